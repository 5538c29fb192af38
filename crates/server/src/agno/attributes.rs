//! What agno shows of a span, read from its attributes as OpenInference writes them. For
//! spans of other tracers the same is taken from Clew's own reading of them.

use clew_model::content::{Content, content};
use clew_model::source::SourceSpan;
use clew_model::span::{Category, Span};
use clew_model::value::{Value, attribute};
use serde_json::{Value as Json, json};

use crate::api::view::source;

const KIND: &str = "openinference.span.kind";

/// Input and output of a span as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) input: Option<String>,
    pub(super) output: Option<String>,
}

/// Spans that agno would know are shown by what they say and nothing else.
fn is_openinference(source: &SourceSpan) -> bool {
    attribute(&source.attributes, KIND).is_some()
}

/// What a span was given and gave.
pub(super) fn payload(source: &SourceSpan) -> Payload {
    let said = |key| attribute(&source.attributes, key).and_then(text);
    let (input, output) = (said("input.value"), said("output.value"));
    if input.is_some() || output.is_some() || is_openinference(source) {
        return Payload { input, output };
    }
    let Content { input_messages, output_messages, input, output, .. } = content(source);
    let messages =
        |messages: Vec<clew_model::message::Message>, otherwise: Option<Json>| match messages
            .is_empty()
        {
            false => Some(json!({ "messages": messages }).to_string()),
            true => otherwise.and_then(json_text),
        };
    Payload { input: messages(input_messages, input), output: messages(output_messages, output) }
}

/// A value as text: what is no text is written as JSON, where agno fails.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Empty => None,
        Value::String(text) => Some(text.clone()),
        other => json_text(plain(other)),
    }
}

fn json_text(value: Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn plain(value: &Value) -> Json {
    let one = vec![(String::new(), value.clone())];
    source::attributes(&one).get_mut("").map(Json::take).unwrap_or_default()
}

/// The word for what a span is.
pub(super) fn kind(source: &SourceSpan, span: &Span) -> String {
    let has = |key| attribute(&source.attributes, key).is_some();
    match attribute(&source.attributes, KIND).and_then(Value::as_str) {
        Some("CHAIN") => "WORKFLOW",
        Some("AGENT") if has("agno.team.id") || has("team.id") => "TEAM",
        Some(kind) => kind,
        None => match span.category {
            Category::Agent => "AGENT",
            Category::Llm => "LLM",
            Category::Tool => "TOOL",
            Category::Embedding => "EMBEDDING",
            Category::Retrieval => "RETRIEVER",
            Category::Reranker => "RERANKER",
            Category::Guardrail => "GUARDRAIL",
            Category::Evaluator => "EVALUATOR",
            Category::Memory => "MEMORY",
            Category::Workflow | Category::Chain => "WORKFLOW",
            Category::Other => "UNKNOWN",
        },
    }
    .to_owned()
}

/// Why a failed span failed, where anything says so.
pub(super) fn error(source: &SourceSpan, span: &Span) -> Option<String> {
    let status = Some(source.status.message.clone());
    let exception = || attribute(&source.attributes, "exception.message").and_then(text);
    let derived = || span.error.as_ref().map(|error| error.message.clone());
    let said = |words: Option<String>| words.filter(|words| !words.is_empty());
    said(status).or_else(|| said(exception())).or_else(|| said(derived()))
}

/// One entry of a node's metadata.
pub(super) type Entry = (&'static str, Json);

/// What agno puts under a node's metadata; what is empty or zero is left out.
pub(super) fn metadata(source: &SourceSpan, span: &Span, kind: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = match kind {
        "AGENT" | "TEAM" => taken(source, &[("run_id", "agno.run.id")]),
        "LLM" => llm(source, span),
        "TOOL" => tool(source, span),
        "WORKFLOW" => flow(source),
        _ => Vec::new(),
    };
    entries.extend(taken(source, &[("session_id", "session.id"), ("user_id", "user.id")]));
    entries
}

/// The steps of a workflow as its root tells them.
pub(super) fn flow(source: &SourceSpan) -> Vec<Entry> {
    taken(
        source,
        &[
            ("description", "agno.workflow.description"),
            ("steps_count", "agno.workflow.steps_count"),
            ("steps", "agno.workflow.steps"),
            ("step_types", "agno.workflow.step_types"),
        ],
    )
}

/// Types of a workflow's steps, in their order.
pub(super) fn step_types(source: &SourceSpan) -> Vec<String> {
    match attribute(&source.attributes, "agno.workflow.step_types") {
        Some(Value::Array(types)) => types.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

fn llm(source: &SourceSpan, span: &Span) -> Vec<Entry> {
    let mut entries = taken(source, &[("model", "llm.model_name")]);
    if entries.is_empty() && !is_openinference(source) {
        entries.extend(span.model().map(|model| ("model", json!(model))));
    }
    let usage = span.usage.unwrap_or_default();
    entries.extend(tokens("input_tokens", usage.input));
    entries.extend(tokens("output_tokens", usage.output));
    entries
}

/// A number of tokens, unless it is zero.
pub(super) fn tokens(name: &'static str, count: Option<u64>) -> Option<Entry> {
    count.filter(|count| *count > 0).map(|count| (name, json!(count)))
}

fn tool(source: &SourceSpan, span: &Span) -> Vec<Entry> {
    let mut entries = taken(source, &[("tool_name", "tool.name")]);
    if entries.is_empty() && !is_openinference(source) {
        entries.extend(span.tool_name.as_deref().map(|name| ("tool_name", json!(name))));
    }
    let parameters = attribute(&source.attributes, "tool.parameters").and_then(text);
    let parameters = parameters.filter(|parameters| !parameters.is_empty());
    entries.extend(parameters.map(|parameters| ("parameters", json!(parameters))));
    entries
}

fn taken(source: &SourceSpan, keys: &[(&'static str, &str)]) -> Vec<Entry> {
    let value = |key: &str| {
        let value = attribute(&source.attributes, key).map(plain)?;
        let empty = match &value {
            Json::Null => true,
            Json::Bool(flag) => !flag,
            Json::Number(number) => number.as_f64() == Some(0.0),
            Json::String(text) => text.is_empty(),
            Json::Array(items) => items.is_empty(),
            Json::Object(members) => members.is_empty(),
        };
        (!empty).then_some(value)
    };
    keys.iter().filter_map(|(name, key)| Some((*name, value(key)?))).collect()
}
