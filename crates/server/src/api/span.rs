//! One span with its payload, and longer previews of several.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clew_model::content::{Content, content};
use clew_model::ids::SpanId;
use clew_model::label::LabelTarget;
use clew_model::message::{Message, Part};
use clew_model::source::SourceSpan;
use clew_model::span::Category;
use clew_model::trace::Tree;
use clew_store::{Scope, TraceRow};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::clip::clip;
use super::own::own_row;
use super::params::{JsonBody, SpanPath, TracePath};
use super::view::label::LabelView;
use super::view::skeleton::SkeletonView;
use super::view::source;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};
use crate::trees::{Run, run};

/// Spans of one previews call.
const PREVIEWS_MAX: usize = 200;
/// Characters of one preview.
const PREVIEW_MAX_CHARS: usize = 2000;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let detail = Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/spans/{span_id}",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "One span: messages, arguments and results, what the sender said, and what is new \
                  since the model call before",
        query: &[],
        body: None,
        answer: Answer::Json("SpanDetail"),
        handler: || get(detail),
    };
    let previews = Route {
        method: Method::POST,
        path: "/api/v1/traces/{trace_id}/previews",
        summary: "First texts of up to 200 spans",
        body: Some("PreviewsAsked"),
        answer: Answer::Json("Previews"),
        handler: || post(previews),
        ..detail.same()
    };
    vec![detail, previews]
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    SpanPath(trace_id, span_id): SpanPath,
) -> Result<Response, ApiError> {
    app.read(move |app| {
        let Run { row, tree } = run(app, &caller, trace_id)?;
        let index = tree.index_of(span_id).ok_or_else(|| ApiError::not_found("span"))?;
        let previous = previous_call(&tree, index);
        let wanted: Vec<SpanId> = previous.into_iter().chain([span_id]).collect();
        let sources = app.store.sources(caller.workspace, &trace_id, Some(&wanted))?;
        let find = |id: SpanId| sources.iter().find(|source| source.span_id == id);
        let source = find(span_id).ok_or_else(|| ApiError::not_found("span"))?;
        let before = previous.and_then(find);
        let skeleton = SkeletonView::new(&tree, index, row.effective_start_nanos());
        let mut answer = described(&row, skeleton, source, before);
        let cut = clip(&mut answer, app.config.limits.max_response_bytes);
        answer["clipped_bytes"] = json!(cut);
        Ok(Json(answer).into_response())
    })
    .await
}

fn described(
    row: &TraceRow,
    skeleton: Option<SkeletonView<'_>>,
    source: &SourceSpan,
    before: Option<&SourceSpan>,
) -> JsonValue {
    let start = row.effective_start_nanos();
    let content = content(source);
    let difference = before.and_then(|before| difference(before, &content));
    let events: Vec<JsonValue> =
        source.events.iter().map(|event| source::event(event, start)).collect();
    let links: Vec<JsonValue> = source.links.iter().map(source::link).collect();
    let labels: Vec<LabelView<'_>> = row
        .labels
        .iter()
        .filter(|label| {
            matches!(&label.target, LabelTarget::Span { span_id, .. } if *span_id == source.span_id)
        })
        .map(|label| LabelView::new(None, label))
        .collect();
    json!({
        "span": skeleton,
        "content": content,
        "attributes": source::attributes(&source.attributes),
        "resource": source::resource(&source.resource),
        "scope": source::scope(&source.scope),
        "events": events,
        "links": links,
        "labels": labels,
        "sender": source.sender,
        "sender_span_id": source.sender_span_id,
        "sender_trace_id": source.sender_trace_id,
        "trace_state": source.trace_state,
        "dropped": source.dropped,
        "difference": difference,
    })
}

/// The model call before this one in the same thread: with the same nearest agent above,
/// and started last before it.
fn previous_call(tree: &Tree, index: usize) -> Option<SpanId> {
    let nodes = tree.nodes();
    let is_call = |index: usize| nodes[index].span.category == Category::Llm;
    if !is_call(index) {
        return None;
    }
    let place = |index: usize| (nodes[index].span.start_nanos, index);
    let thread = nearest_agent(tree, index);
    (0..nodes.len())
        .filter(|other| is_call(*other) && place(*other) < place(index))
        .filter(|other| nearest_agent(tree, *other) == thread)
        .max_by_key(|other| place(*other))
        .map(|other| nodes[other].span.span_id)
}

fn nearest_agent(tree: &Tree, index: usize) -> Option<usize> {
    tree.ancestors(index).find(|above| tree.nodes()[*above].is_agent())
}

/// Agents send their whole history with every call; what is new is what comes after the
/// common beginning.
fn difference(before: &SourceSpan, now: &Content) -> Option<JsonValue> {
    let earlier = content(before).input_messages;
    if earlier.is_empty() || now.input_messages.is_empty() {
        return None;
    }
    let pairs = earlier.iter().zip(&now.input_messages);
    let common = pairs.take_while(|(left, right)| left == right).count();
    Some(json!({
        "previous_span_id": before.span_id,
        "common_messages": common,
        "added": now.input_messages[common..],
        "removed": earlier.len() - common,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    span_ids: Vec<String>,
}

async fn previews(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    if asked.span_ids.len() > PREVIEWS_MAX {
        return Err(ApiError::bad_request(format!("at most {PREVIEWS_MAX} spans at once"))
            .with_field("span_ids"));
    }
    let ids: Vec<SpanId> =
        asked.span_ids.iter().filter_map(|id| SpanId::from_sender(id).ok()).collect();
    app.read(move |app| {
        own_row(app, &caller, trace_id)?;
        let sources = app.store.sources(caller.workspace, &trace_id, Some(&ids))?;
        let previews: Vec<JsonValue> = sources.iter().map(preview).collect();
        Ok(Json(json!({ "previews": previews })))
    })
    .await
}

fn preview(source: &SourceSpan) -> JsonValue {
    let content = content(source);
    let tool = content.tool.as_ref();
    let input = tool
        .and_then(|tool| tool.arguments.as_ref())
        .map(as_text)
        .or_else(|| content.input_messages.iter().rev().find_map(text_of))
        .or_else(|| content.input.as_ref().map(as_text));
    let output = tool
        .and_then(|tool| tool.result.as_ref())
        .map(as_text)
        .or_else(|| content.output_messages.iter().find_map(text_of))
        .or_else(|| content.output.as_ref().map(as_text));
    json!({ "span_id": source.span_id, "input": input.map(short), "output": output.map(short) })
}

/// The first thing of a message that can be read.
fn text_of(message: &Message) -> Option<String> {
    message.parts.iter().find_map(|part| match part {
        Part::Text { content: Some(text) } => Some(text.clone()),
        Part::ToolCall { name, arguments, .. } => Some(format!("{name}({})", as_text(arguments))),
        Part::ToolCallResponse { response, .. } => Some(as_text(response)),
        _ => None,
    })
}

fn as_text(json: &JsonValue) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn short(text: String) -> String {
    match text.char_indices().nth(PREVIEW_MAX_CHARS) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
