//! What a transcript shows of some spans: the words of a model call, a tool's arguments and
//! result. The page asks for the spans that are in view.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use clew_model::content::{Content, Document, category, content};
use clew_model::ids::SpanId;
use clew_model::message::{Message, Part};
use clew_model::source::SourceSpan;
use clew_model::span::Category;
use clew_store::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Value as JsonValue, json};

use super::own::own_row;
use super::params::{JsonBody, TracePath};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// Spans of one call.
const SPANS_MAX: usize = 200;
/// Characters of what somebody said.
const WORDS_MAX_CHARS: usize = 1_200;
/// Characters of arguments and results.
const VALUE_MAX_CHARS: usize = 400;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::POST,
        path: "/api/v1/traces/{trace_id}/texts",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "What a transcript shows of up to 200 spans",
        query: &[],
        body: Some("TextsAsked"),
        answer: Answer::Json("Texts"),
        handler: || post(texts),
    }]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    span_ids: Vec<String>,
}

/// A text, cut where it is too long to show.
#[derive(Debug, PartialEq, Serialize)]
struct Cut {
    text: String,
    /// Characters of the whole.
    chars: usize,
}

/// A tool that the model asked for.
#[derive(Debug, PartialEq, Serialize)]
struct Call<'a> {
    id: Option<&'a str>,
    name: &'a str,
    arguments: String,
    /// Characters of the whole arguments.
    chars: usize,
}

/// Something that is no text.
#[derive(Debug, PartialEq, Serialize)]
struct Media<'a> {
    role: &'a str,
    modality: &'a str,
    mime_type: Option<&'a str>,
}

/// What a span says.
#[derive(Debug, Default, Serialize)]
struct Said<'a> {
    user: Option<Cut>,
    thinking: Option<Cut>,
    text: Option<Cut>,
    calls: Vec<Call<'a>>,
    arguments: Option<Cut>,
    result: Option<Cut>,
    system: Option<Cut>,
    media: Vec<Media<'a>>,
}

async fn texts(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    if asked.span_ids.len() > SPANS_MAX {
        return Err(ApiError::bad_request(format!("at most {SPANS_MAX} spans at once"))
            .with_field("span_ids"));
    }
    let ids: Vec<SpanId> =
        asked.span_ids.iter().filter_map(|id| SpanId::from_sender(id).ok()).collect();
    app.read(move |app| {
        own_row(app, &caller, trace_id)?;
        let sources = app.store.sources(caller.workspace, &trace_id, Some(&ids))?;
        let asked = ids.iter().filter_map(|id| sources.iter().find(|one| one.span_id == *id));
        let texts = asked.map(text_of).collect::<Result<Vec<_>, _>>()?;
        Ok(Json(json!({ "texts": texts })))
    })
    .await
}

fn text_of(source: &SourceSpan) -> Result<JsonValue, ApiError> {
    let content = content(source);
    let said = match category(source) {
        Category::Llm => of_call(&content),
        Category::Tool => of_tool(&content),
        _ => of_step(&content),
    };
    let mut text = serde_json::to_value(said).map_err(crate::trouble::fault)?;
    text["span_id"] = json!(source.span_id);
    Ok(text)
}

fn of_call(content: &Content) -> Said<'_> {
    let asked = asked_now(&content.input_messages);
    let output = &content.output_messages;
    let parts = || output.iter().flat_map(|message| &message.parts);
    let words = |text: String| cut(&text, WORDS_MAX_CHARS);
    let raw = |value: &Option<JsonValue>| value.as_ref().map(|value| words(plain(value).into()));
    let user = match content.input_messages.is_empty() {
        true => raw(&content.input),
        false => asked.and_then(|message| joined(text_parts(&message.parts))).map(words),
    };
    let text = match output.is_empty() {
        true => raw(&content.output),
        false => joined(parts().filter_map(text_in)).map(words),
    };
    Said {
        user,
        thinking: joined(parts().filter_map(thought_in)).map(words),
        text,
        calls: parts().filter_map(call_in).collect(),
        system: joined(system_texts(content)).map(words),
        media: asked.into_iter().chain(output).flat_map(media_in).collect(),
        ..Said::default()
    }
}

fn of_tool(content: &Content) -> Said<'_> {
    let tool = content.tool.as_ref();
    let value = |value: Option<&JsonValue>| value.map(|value| cut(&plain(value), VALUE_MAX_CHARS));
    Said {
        arguments: value(tool.and_then(|tool| tool.arguments.as_ref())),
        result: value(tool.and_then(|tool| tool.result.as_ref())),
        ..Said::default()
    }
}

/// Agents, chains, searches: what went in and what came out.
fn of_step(content: &Content) -> Said<'_> {
    let value = |text: String| cut(&text, VALUE_MAX_CHARS);
    let raw = |value: &Option<JsonValue>| value.as_ref().map(|value| plain(value).into_owned());
    let found = content.retrieval.as_ref();
    let last = |message: &Message| joined(text_parts(&message.parts));
    let asked = content.input_messages.iter().rev().find_map(last);
    let answered =
        joined(content.output_messages.iter().flat_map(|message| text_parts(&message.parts)));
    let documents = found.and_then(|found| joined(found.documents.iter().map(line)));
    Said {
        arguments: found
            .and_then(|found| found.query.clone())
            .or(asked)
            .or_else(|| raw(&content.input))
            .map(value),
        result: documents.or(answered).or_else(|| raw(&content.output)).map(value),
        system: joined(system_texts(content)).map(|text| cut(&text, WORDS_MAX_CHARS)),
        media: content.output_messages.iter().flat_map(media_in).collect(),
        ..Said::default()
    }
}

/// The user's message that this call answers: the last of its input but for what tools said.
/// With an answer of the model behind it, it is an earlier call's.
fn asked_now(messages: &[Message]) -> Option<&Message> {
    let last = messages.iter().rev().find(|message| !is_of_tools(message))?;
    (last.role == "user").then_some(last)
}

/// Some providers have tools answer in the user's name.
fn is_of_tools(message: &Message) -> bool {
    let answers = |part: &Part| {
        matches!(part, Part::ToolCallResponse { .. } | Part::ServerToolCallResponse { .. })
    };
    message.role == "tool" || (!message.parts.is_empty() && message.parts.iter().all(answers))
}

fn system_texts(content: &Content) -> impl Iterator<Item = Cow<'_, str>> {
    let messages = content.input_messages.iter();
    let said = messages.filter(|message| matches!(message.role.as_str(), "system" | "developer"));
    text_parts(&content.system_instructions)
        .chain(said.flat_map(|message| text_parts(&message.parts)))
}

fn text_parts(parts: &[Part]) -> impl Iterator<Item = Cow<'_, str>> {
    parts.iter().filter_map(text_in)
}

fn text_in(part: &Part) -> Option<Cow<'_, str>> {
    match part {
        Part::Text { content } => content.as_deref().map(Cow::Borrowed),
        _ => None,
    }
}

fn thought_in(part: &Part) -> Option<Cow<'_, str>> {
    match part {
        Part::Reasoning { content } => content.as_deref().map(Cow::Borrowed),
        _ => None,
    }
}

fn call_in(part: &Part) -> Option<Call<'_>> {
    let (id, name, arguments) = match part {
        Part::ToolCall { id, name, arguments } => (id, name, arguments),
        Part::ServerToolCall { id, name, server_tool_call } => (id, name, server_tool_call),
        _ => return None,
    };
    let Cut { text, chars } = cut(&plain(arguments), VALUE_MAX_CHARS);
    Some(Call { id: id.as_deref(), name, arguments: text, chars })
}

fn media_in(message: &Message) -> impl Iterator<Item = Media<'_>> {
    message.parts.iter().filter_map(|part| {
        let (modality, mime_type) = match part {
            Part::Blob { modality, mime_type, .. }
            | Part::File { modality, mime_type, .. }
            | Part::Uri { modality, mime_type, .. } => (modality, mime_type),
            _ => return None,
        };
        Some(Media { role: &message.role, modality, mime_type: mime_type.as_deref() })
    })
}

/// "title: text", or as much of it as there is.
fn line(document: &Document) -> Cow<'_, str> {
    let metadata = document.metadata.as_ref();
    let named = ["title", "name", "source", "file_name"].into_iter().find_map(|key| {
        metadata.and_then(|metadata| metadata.get(key)).and_then(JsonValue::as_str)
    });
    match (named.or(document.id.as_deref()), document.content.as_deref()) {
        (Some(title), Some(text)) => Cow::Owned(format!("{title}: {text}")),
        (title, text) => Cow::Borrowed(text.or(title).unwrap_or("")),
    }
}

/// The texts, one after another; `None` where nobody said anything.
fn joined<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Option<String> {
    let texts: Vec<Cow<'a, str>> = texts.filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// A text as it stands, anything else as JSON.
fn plain(value: &JsonValue) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

fn cut(text: &str, max_chars: usize) -> Cut {
    let end = text.char_indices().nth(max_chars).map_or(text.len(), |(end, _)| end);
    Cut { text: text[..end].to_owned(), chars: text.chars().count() }
}
