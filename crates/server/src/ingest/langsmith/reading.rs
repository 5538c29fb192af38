//! What the SDKs' `read_run` and `list_runs` ask for: runs of this very format, given back
//! from what is stored. Everything else is read by Clew's own API.

mod query;
mod view;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, post};
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{Sender, SourceSpan};
use clew_model::span::Span;
use clew_store::Scope;
use serde_json::Value as JsonValue;

use crate::api::own::row_for;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    let one = Route {
        method: Method::GET,
        path: "/runs/{run_id}",
        owner: Owner::Langsmith,
        access: Access::Scope(Scope::Read),
        summary: "A run of LangSmith's SDKs",
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler: || get(one),
    };
    let query = Route {
        method: Method::POST,
        path: "/runs/query",
        summary: "Runs of LangSmith's SDKs: by id, trace, parent or project",
        body: Some("LangsmithQuery"),
        handler: || post(query::query),
        ..one.same()
    };
    vec![one, query]
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let found = run(app, &caller, &id)?.ok_or_else(|| ApiError::not_found("run"))?;
        Ok(Json(found))
    })
    .await
}

/// A run by its id, where it is there and the caller may see it.
fn run(app: &App, caller: &Caller, id: &str) -> Result<Option<JsonValue>, ApiError> {
    let Ok(span_id) = SpanId::from_sender(id) else { return Ok(None) };
    let Some(trace_id) = trace_of(app, caller, id, span_id)? else { return Ok(None) };
    let runs = runs_of(app, caller, trace_id, Which::All)?;
    Ok(runs.into_iter().find(|run| run.span_id == span_id).map(|run| run.json))
}

/// The trace of a run: a root's id is its trace's.
fn trace_of(
    app: &App,
    caller: &Caller,
    id: &str,
    span_id: SpanId,
) -> Result<Option<TraceId>, ApiError> {
    if let Ok(own) = TraceId::from_sender(id)
        && row_for(app, caller, own)?.is_some()
    {
        return Ok(Some(own));
    }
    Ok(app.store.trace_of_span(caller.workspace, span_id)?)
}

/// A run, and what questions are asked by.
struct Run {
    span_id: SpanId,
    parent: Option<SpanId>,
    json: JsonValue,
}

/// Which runs of a trace are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Roots,
}

/// The runs of a trace, in order of their start. Spans of other senders have no form here.
fn runs_of(
    app: &App,
    caller: &Caller,
    trace_id: TraceId,
    which: Which,
) -> Result<Vec<Run>, ApiError> {
    if row_for(app, caller, trace_id)?.is_none() {
        return Ok(Vec::new());
    }
    let spans = app.store.trace_spans(caller.workspace, &trace_id)?;
    let roots = || spans.iter().filter(|span| span.parent_span_id.is_none());
    let only: Option<Vec<SpanId>> = match which {
        Which::All => None,
        Which::Roots => Some(roots().map(|span| span.span_id).collect()),
    };
    let sources = app.store.sources(caller.workspace, &trace_id, only.as_deref())?;
    let ids = |source: &SourceSpan| Some((source.span_id, source.sender_span_id.clone()?));
    let ids = sources.iter().filter_map(ids).collect();
    let facts = |id: SpanId| -> Option<&Span> { spans.iter().find(|span| span.span_id == id) };
    let mut found: Vec<(i64, Run)> = sources
        .iter()
        .filter(|source| source.sender == Sender::Langsmith)
        .filter_map(|source| {
            let json = view::run(source, facts(source.span_id)?, &ids)?;
            let run = Run { span_id: source.span_id, parent: source.parent_span_id, json };
            Some((source.start_nanos.unwrap_or(0), run))
        })
        .collect();
    found.sort_by_key(|(start, run)| (*start, run.span_id));
    Ok(found.into_iter().map(|(_, run)| run).collect())
}

/// An id as the uuid that it was.
pub(super) fn uuid(id: TraceId) -> String {
    let hex = id.to_string();
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    let groups: Vec<&str> = groups.into_iter().filter_map(|range| hex.get(range)).collect();
    groups.join("-")
}
