//! What the SDKs' `read_run` and `list_runs` ask for: runs of this very format, given back
//! from what is stored. Everything else is read by Clew's own API.

mod query;
mod view;

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, post};
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{Sender, SourceSpan};
use clew_model::span::Span;
use clew_store::{Scope, WorkspaceId};
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
    let Some(trace) = Trace::read(app, caller, trace_id)? else { return Ok(None) };
    let own: Vec<&Span> = trace.spans.iter().filter(|span| span.span_id == span_id).collect();
    Ok(trace.runs(app, &own)?.pop().map(|run| run.json))
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

/// What is known of a trace without reading what was sent.
struct Trace {
    workspace: WorkspaceId,
    trace_id: TraceId,
    /// In order of their start.
    spans: Vec<Span>,
}

impl Trace {
    /// The trace, where it is there and the caller may see it.
    fn read(app: &App, caller: &Caller, trace_id: TraceId) -> Result<Option<Trace>, ApiError> {
        if row_for(app, caller, trace_id)?.is_none() {
            return Ok(None);
        }
        let workspace = caller.workspace;
        let mut spans = app.store.trace_spans(workspace, &trace_id)?;
        spans.sort_by_key(|span| (span.start_nanos, span.span_id));
        Ok(Some(Trace { workspace, trace_id, spans }))
    }

    /// These spans as runs, in their order: only they are read whole, and their parents, for
    /// their ids. Spans of other senders have no form here.
    fn runs(&self, app: &App, wanted: &[&Span]) -> Result<Vec<Run>, ApiError> {
        let parents = wanted.iter().filter_map(|span| span.parent_span_id);
        let read: HashSet<SpanId> = wanted.iter().map(|span| span.span_id).chain(parents).collect();
        let read: Vec<SpanId> = read.into_iter().collect();
        let only = (wanted.len() < self.spans.len()).then_some(read.as_slice());
        let sources = app.store.sources(self.workspace, &self.trace_id, only)?;
        let id = |source: &SourceSpan| Some((source.span_id, source.sender_span_id.clone()?));
        let ids = sources.iter().filter_map(id).collect();
        let sources: HashMap<SpanId, &SourceSpan> =
            sources.iter().map(|source| (source.span_id, source)).collect();
        let run = |span: &&Span| {
            let source = sources.get(&span.span_id)?;
            let json = match source.sender {
                Sender::Langsmith => view::run(source, span, &ids)?,
                _ => return None,
            };
            Some(Run { span_id: span.span_id, parent: source.parent_span_id, json })
        };
        Ok(wanted.iter().filter_map(run).collect())
    }
}

/// An id as the uuid that it was.
pub(super) fn uuid(id: TraceId) -> String {
    let hex = id.to_string();
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    let groups: Vec<&str> = groups.into_iter().filter_map(|range| hex.get(range)).collect();
    groups.join("-")
}
