//! Searches: retrieval, re-ranking, memory, embeddings (span-conventions 3.15).

use serde_json::{Map, Value as Json};

use super::{Document, RetrievalContent};
use crate::attributes::indexed::{Members, entries, member};
use crate::attributes::{AttrView, Key, Source, Table, decode, float_of, key, text_of};
use crate::convention::Layers;
use crate::normalise::events;
use crate::source::{SourceEvent, SourceSpan};
use crate::span::Category;
use crate::value::Value;

/// A vector's numbers are not text; longer lists of numbers are left out of documents.
const VECTOR_MAX: usize = 16;

/// The search of a span, `None` where it is none.
pub(super) fn retrieval(
    source: &SourceSpan,
    view: &AttrView<'_>,
    category: Category,
) -> Option<RetrievalContent> {
    let is_search = matches!(
        category,
        Category::Retrieval | Category::Reranker | Category::Memory | Category::Embedding
    );
    if !is_search {
        return None;
    }
    let documents = if category == Category::Embedding {
        embedded(view)
    } else {
        documents(&source.events, view)
    };
    let found = RetrievalContent {
        query: view.first_string(QUERIES).or_else(|| in_events(source, "memory.query")).or_else(
            || match category {
                Category::Embedding => None,
                _ => view.first_string(RAW_QUERIES).map(|text| asked(&text).unwrap_or(text)),
            },
        ),
        top_k: view.rows(TOP_K).find_map(|top| {
            view.float(top.key).filter(|count| count.fract() == 0.0).map(|count| count as i64)
        }),
        data_source: view.first_string(DATA_SOURCES),
        documents,
    };
    (found != RetrievalContent::default()).then_some(found)
}

/// The query among a decorated function's arguments, or in a request.
fn asked(text: &str) -> Option<String> {
    let json = decode::structure_of_text(text)?;
    let named = |object: &Json| {
        ["query", "question", "q", "input", "text"]
            .iter()
            .find_map(|name| object.get(*name)?.as_str().map(str::to_owned))
    };
    let positional = || json.get("args")?.as_array()?.first()?.as_str().map(str::to_owned);
    named(&json).or_else(|| json.get("kwargs").and_then(named)).or_else(positional)
}

static QUERIES: &Table = &Table::of(&[
    Source::any("gen_ai.retrieval.query.text"),
    Source::any("reranker.query"),
    Source::any("gen_ai.memory.query.text"),
    Source::only(Layers::AO, "agentos.data.query"),
]);

static RAW_QUERIES: &Table = &Table::of(&[
    Source::any("langfuse.observation.input"),
    Source::any("input.value"),
    Source::any("lmnr.span.input"),
    Source::any("mlflow.spanInputs"),
    Source::any("traceloop.entity.input"),
    Source::any("gen_ai.prompt"),
    Source::only(Layers::AO, "agentos.data.input"),
]);

static TOP_K: &Table = &Table::of(&[
    Source::any("gen_ai.retrieval.top_k"),
    Source::any("db.vector.query.top_k"),
    Source::any("reranker.top_k"),
    Source::any("pinecone.query.top_k"),
    Source::only(Layers::AO, "agentos.data.k"),
    Source::only(Layers::AO, "agentos.data.top_k"),
    // Up to version 1.41 this meant the number of documents on retrieval spans.
    Source::any("gen_ai.request.top_k"),
]);

static DATA_SOURCES: &Table = &Table::of(&[
    Source::any("gen_ai.data_source.id"),
    Source::any("db.collection.name"),
    Source::any("aws.bedrock.knowledge_base.id"),
    Source::any("gen_ai.memory.store.id"),
    Source::only(Layers::AO, "agentos.data.store"),
]);

/// Attributes that hold a list of documents.
static LISTS: &[Key] = &[
    key("gen_ai.retrieval.documents"),
    key("gen_ai.memory.records"),
    key("ai.ranking"),
    key("agentos.end.documents"),
];

/// Outputs that may hold documents.
static OUTPUTS: &[Key] = &[
    key("langfuse.observation.output"),
    key("output.value"),
    key("lmnr.span.output"),
    key("mlflow.spanOutputs"),
    key("traceloop.entity.output"),
    key("gen_ai.completion"),
];

fn documents(span_events: &[SourceEvent], view: &AttrView<'_>) -> Vec<Document> {
    let listed = LISTS.iter().filter_map(|key| view.get(*key));
    for value in listed {
        let found = of_list(&decode::json_of(value), true);
        if !found.is_empty() {
            return found;
        }
    }
    // The output's order is the ranking.
    for prefix in ["retrieval.documents.", "reranker.output_documents."] {
        let found: Vec<Document> = entries(view.all(), prefix).values().map(flattened).collect();
        if !found.is_empty() {
            return found;
        }
    }
    let from_events: Vec<Document> = span_events.iter().filter_map(of_event).collect();
    if !from_events.is_empty() {
        return from_events;
    }
    OUTPUTS
        .iter()
        .filter_map(|key| view.get(*key))
        .map(|value| of_list(&decode::json_of(value), false))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// Documents of a list, or of an object around one. A guess must look like documents.
fn of_list(json: &Json, stated: bool) -> Vec<Document> {
    match json {
        Json::Array(items) => items
            .iter()
            .filter(|item| stated || looks_like_document(item))
            .filter_map(of_json)
            .collect(),
        Json::Object(members) => ["documents", "results", "records", "matches", "output"]
            .iter()
            .filter_map(|name| members.get(*name))
            .find(|inner| inner.is_array())
            .map(|inner| of_list(inner, stated))
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn looks_like_document(json: &Json) -> bool {
    match json {
        Json::String(_) => true,
        Json::Object(members) => {
            let fields = members.get("kwargs").and_then(Json::as_object).unwrap_or(members);
            CONTENT_NAMES.iter().any(|name| fields.contains_key(*name))
        }
        _ => false,
    }
}

const CONTENT_NAMES: &[&str] = &["content", "page_content", "text", "document", "pageContent"];

fn of_json(json: &Json) -> Option<Document> {
    let members = match json {
        Json::String(text) => {
            return Some(Document { content: Some(text.clone()), ..Document::default() });
        }
        Json::Object(members) => members,
        _ => return None,
    };
    let fields = members.get("kwargs").and_then(Json::as_object).unwrap_or(members);
    let mut rest = fields.clone();
    let id = take(&mut rest, &["id"]).map(as_text);
    let score = take(&mut rest, &["score", "relevanceScore", "relevance_score"]);
    let distance = take(&mut rest, &["distance"]);
    let content = take(&mut rest, CONTENT_NAMES).map(as_text);
    let metadata = take(&mut rest, &["metadata", "meta_data"]);
    rest.retain(|_, value| !is_vector(value) && !value.is_null());
    let number = |json: Option<Json>| json.and_then(|json| json.as_f64());
    Some(Document {
        id,
        score: number(score),
        distance: number(distance),
        content,
        metadata: joined(metadata, rest),
    })
}

fn take(members: &mut Map<String, Json>, names: &[&str]) -> Option<Json> {
    names.iter().find_map(|name| members.remove(*name)).filter(|value| !value.is_null())
}

fn as_text(json: Json) -> String {
    match json {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn is_vector(json: &Json) -> bool {
    json.as_array()
        .is_some_and(|items| items.len() > VECTOR_MAX && items.iter().all(Json::is_number))
}

/// Metadata with whatever else the document had.
fn joined(metadata: Option<Json>, rest: Map<String, Json>) -> Option<Json> {
    match metadata {
        Some(Json::Object(mut members)) => {
            members.extend(rest);
            Some(Json::Object(members))
        }
        Some(other) if rest.is_empty() => Some(other),
        _ => (!rest.is_empty()).then_some(Json::Object(rest)),
    }
}

fn flattened(members: &Members<'_>) -> Document {
    let field = |name: &str| member(members, &format!("document.{name}"));
    let text = |name: &str| field(name).and_then(text_of).map(|text| text.into_owned());
    Document {
        id: text("id"),
        score: field("score").and_then(float_of),
        distance: None,
        content: text("content"),
        metadata: field("metadata").map(decode::json_of),
    }
}

/// Vector databases give an event a result. Milvus calls its distance a score.
fn of_event(event: &SourceEvent) -> Option<Document> {
    let prefix = match events::name(event) {
        "db.query.result" => "db.query.result.",
        "db.search.result" => "db.search.result.",
        _ => return None,
    };
    let field = |name: &str| -> Option<&Value> {
        let wanted = format!("{prefix}{name}");
        crate::value::attribute(&event.attributes, &wanted)
    };
    let text = |name: &str| field(name).and_then(text_of).map(|text| text.into_owned());
    let number = |name: &str| field(name).and_then(float_of);
    let search = prefix.starts_with("db.search");
    Some(Document {
        id: text("id"),
        score: number("score").filter(|_| !search),
        distance: number("distance").or_else(|| number("score").filter(|_| search)),
        content: text("document").or_else(|| text("entity")),
        metadata: field("metadata").map(decode::json_of),
    })
}

/// Vercel's input of an embedding.
static EMBEDDED: &[Key] = &[key("ai.value"), key("ai.values")];

/// Texts that were embedded; the vectors stay in the attributes.
pub(super) fn embedded_texts(view: &AttrView<'_>) -> Vec<String> {
    let flattened: Vec<String> = entries(view.all(), "embedding.embeddings.")
        .values()
        .filter_map(|members| member(members, "embedding.text").and_then(text_of))
        .map(|text| text.into_owned())
        .collect();
    if !flattened.is_empty() {
        return flattened;
    }
    // Vercel writes each text as JSON.
    let values = EMBEDDED.iter().find_map(|key| view.get(*key));
    match values.map(decode::json_of) {
        Some(Json::String(text)) => vec![text],
        Some(Json::Array(texts)) => {
            let unquoted = |text: &str| serde_json::from_str(text).unwrap_or(text.to_owned());
            texts.iter().filter_map(Json::as_str).map(unquoted).collect()
        }
        _ => Vec::new(),
    }
}

fn embedded(view: &AttrView<'_>) -> Vec<Document> {
    let document = |text| Document { content: Some(text), ..Document::default() };
    embedded_texts(view).into_iter().map(document).collect()
}

fn in_events(source: &SourceSpan, wanted: &str) -> Option<String> {
    let event = source.events.iter().find(|event| events::name(event) == wanted)?;
    let value = crate::value::attribute(&event.attributes, "content")?;
    text_of(value).map(|text| text.into_owned())
}
