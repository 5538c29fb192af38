//! Labels: named verdicts on runs, spans and sessions.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{delete, get, post};
use clew_model::ids::SpanId;
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_store::Scope;
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::books::number_cursor;
use super::own::own_row;
use super::params::{JsonBody, Params, trace_id};
use super::view::label::LabelView;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/labels",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Read),
        summary: "Labels of the workspace, newest first",
        query: &[
            Query { name: "name", kind: "string", about: "Labels of this name only" },
            Query { name: "limit", kind: "integer", about: "Rows of a page" },
            Query { name: "cursor", kind: "string", about: "Where the page before ended" },
        ],
        body: None,
        answer: Answer::Json("LabelList"),
        handler: || get(list),
    };
    let put = Route {
        method: Method::POST,
        access: Access::Scope(Scope::Ingest),
        summary: "Says a verdict; one of the same target, name, source and author is replaced",
        query: &[],
        body: Some("NewLabel"),
        answer: Answer::Json("Done"),
        handler: || post(put),
        ..list.same()
    };
    let remove = Route {
        method: Method::DELETE,
        path: "/api/v1/labels/{id}",
        access: Access::Workspace(Scope::Admin),
        summary: "Takes a verdict back",
        query: &[],
        answer: Answer::Json("Done"),
        handler: || delete(remove),
        ..list.same()
    };
    vec![list, put, remove]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(50, app.config.limits.max_page)?;
    let before = number_cursor(&params)?;
    app.read(move |app| {
        let name = params.text("name");
        let labels = app.store.labels(caller.workspace, name, before, limit)?;
        let next =
            labels.last().filter(|_| labels.len() == limit).map(|label| label.id.to_string());
        let labels: Vec<LabelView<'_>> = labels.iter().map(LabelView::new).collect();
        Ok(Json(json!({ "labels": labels, "next_cursor": next })))
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    trace_id: Option<String>,
    span_id: Option<String>,
    session_id: Option<String>,
    name: String,
    score: Option<f64>,
    value: Option<String>,
    explanation: Option<String>,
    source: Option<LabelSource>,
    author: Option<String>,
}

async fn put(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let target = target(&asked)?;
        match &target {
            LabelTarget::Trace { trace_id } | LabelTarget::Span { trace_id, .. } => {
                own_row(app, &caller, *trace_id)?;
            }
            LabelTarget::Session { .. } if caller.agent.is_some() => {
                return Err(ApiError::not_found("session"));
            }
            LabelTarget::Session { .. } => {}
        }
        let now = app.store.now();
        let label = Label {
            target,
            name: asked.name,
            score: asked.score,
            value: asked.value,
            explanation: asked.explanation,
            source: asked.source.unwrap_or(LabelSource::Human),
            author: asked.author.unwrap_or_default(),
            created_nanos: now,
        };
        app.store.put_labels(vec![label], &caller.change(now))?;
        Ok(Json(json!({ "done": true })))
    })
    .await
}

/// A span with its run, a run, or a session.
fn target(asked: &Asked) -> Result<LabelTarget, ApiError> {
    match (&asked.trace_id, &asked.span_id, &asked.session_id) {
        (Some(trace), None, None) => Ok(LabelTarget::Trace { trace_id: trace_id(trace)? }),
        (Some(trace), Some(span), None) => Ok(LabelTarget::Span {
            trace_id: trace_id(trace)?,
            span_id: SpanId::from_sender(span).map_err(|_| ApiError::not_found("span"))?,
        }),
        (None, None, Some(session)) => Ok(LabelTarget::Session { session_id: session.clone() }),
        _ => Err(ApiError::bad_request(
            "a label is about `trace_id`, about `trace_id` and `span_id`, or about `session_id`",
        )),
    }
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    let id = id.parse().map_err(|_| ApiError::not_found("label"))?;
    app.read(move |app| {
        app.store.delete_label(id, &caller.change(app.store.now()))?;
        Ok(Json(json!({ "done": true })))
    })
    .await
}
