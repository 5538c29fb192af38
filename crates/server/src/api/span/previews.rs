//! First texts of several spans, longer than those of lists.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use clew_model::content::content;
use clew_model::ids::SpanId;
use clew_model::message::{Message, Part};
use clew_model::source::SourceSpan;
use clew_store::Scope;
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use crate::api::own::own_row;
use crate::api::params::{JsonBody, TracePath};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// Spans of one previews call.
const PREVIEWS_MAX: usize = 200;
/// Characters of one preview.
const PREVIEW_MAX_CHARS: usize = 2000;

pub(super) fn route() -> Route {
    Route {
        method: Method::POST,
        path: "/api/v1/traces/{trace_id}/previews",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "First texts of up to 200 spans",
        query: &[],
        body: Some("PreviewsAsked"),
        answer: Answer::Json("Previews"),
        handler: || post(previews),
    }
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
