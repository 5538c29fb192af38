//! Runs: the list, one run, what belongs to it, and its end.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use clew_model::ids::{SpanId, TraceId};
use clew_model::trace::TreeNode;
use clew_query::Subject;
use clew_store::{Scope, TraceQuery, TraceRow};
use serde_json::{Value as JsonValue, json};

use super::budget::List;
use super::filtering::{budget, echo, filter_and_sort, page_fields};
use super::own::own_row;
use super::params::known::{CURSOR, FILTER, LIMIT, SORT};
use super::params::{Params, TracePath};
use super::view::skeleton::SkeletonView;
use super::view::trace_row::{ReceiptView, TraceRowView};
use super::view::{Nanos, source};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Query, Route};
use crate::trees::{Run, run};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/traces",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "A page of runs",
        query: &[FILTER, SORT, LIMIT, CURSOR],
        body: None,
        answer: Answer::Json("TraceList"),
        handler: || get(list),
    };
    let detail = Route {
        path: "/api/v1/traces/{trace_id}",
        summary: "One run: its row and its spans in the order of the tree, without payloads",
        query: &[
            Query { name: "spans", kind: "boolean", about: "false leaves the spans out" },
            LIMIT,
            CURSOR,
        ],
        answer: Answer::Json("TraceDetail"),
        handler: || get(detail),
        ..list.same()
    };
    let remove = Route {
        method: Method::DELETE,
        path: "/api/v1/traces/{trace_id}",
        access: Access::Scope(Scope::Admin),
        summary: "Deletes a run for good, every byte of it",
        query: &[],
        answer: Answer::Json("Done"),
        handler: || delete(remove),
        ..list.same()
    };
    let receipt = Route {
        path: "/api/v1/traces/{trace_id}/receipt",
        summary: "What is known to be missing or odd about a run",
        query: &[],
        answer: Answer::Json("ReceiptAnswer"),
        handler: || get(receipt),
        ..list.same()
    };
    let events = Route {
        path: "/api/v1/traces/{trace_id}/events",
        summary: "Flat events of a run, by time",
        query: &[],
        answer: Answer::Json("RunEvents"),
        handler: || get(events),
        ..list.same()
    };
    vec![list, detail, remove, receipt, events]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    let limits = &app.config.limits;
    let limit = params.limit(50, limits.max_page)?;
    let (filter, sort) = filter_and_sort(&app, &params, Subject::Trace)?;
    let budget = budget(&app);
    let now = app.store.now();
    app.read(move |app| {
        let query = TraceQuery {
            workspace: caller.workspace,
            filter,
            sort,
            limit,
            cursor: params.text("cursor").map(str::to_owned),
            agent: caller.agent,
            budget,
            now,
        };
        let page = app.store.traces(&query)?;
        let rows: Vec<TraceRowView<'_>> =
            page.rows.iter().map(|row| TraceRowView::new(row, now)).collect();
        let mut answer = json!({ "traces": rows });
        page_fields(&mut answer, &page);
        echo(&mut answer, &query.filter);
        Ok(Json(answer).into_response())
    })
    .await
}

/// A run and every span as lists show it, in the order of the tree.
pub(crate) fn skeletons(
    app: &App,
    caller: &Caller,
    trace_id: TraceId,
) -> Result<(TraceRow, Vec<(SpanId, JsonValue)>), ApiError> {
    let Run { row, tree } = run(app, caller, trace_id)?;
    let start = row.effective_start_nanos();
    let skeleton = |(index, node): (usize, &TreeNode)| {
        let view = SkeletonView::new(&tree, index, start);
        let json = serde_json::to_value(view).map_err(crate::trouble::fault)?;
        Ok::<_, ApiError>((node.span.span_id, json))
    };
    let spans = tree.nodes().iter().enumerate().map(skeleton).collect::<Result<_, _>>()?;
    Ok((row, spans))
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    params: Params,
) -> Result<Response, ApiError> {
    let max_bytes = app.config.limits.max_response_bytes;
    let limit = match params.text("limit") {
        Some(_) => params.limit(usize::MAX, 1_000_000)?,
        None => usize::MAX,
    };
    let with_spans = params.text("spans").is_none() || params.flag("spans")?;
    let from = match params.text("cursor") {
        None => 0,
        Some(text) => text.parse::<usize>().map_err(|_| {
            ApiError::new(ErrorCode::BadCursor, "the cursor does not belong to this run")
        })?,
    };
    app.read(move |app| {
        let now = app.store.now();
        let mut list = List::new(max_bytes);
        let mut next = None;
        let row;
        if with_spans {
            let tree;
            Run { row, tree } = run(app, &caller, trace_id)?;
            let start = row.effective_start_nanos();
            for index in from..tree.nodes().len() {
                if list.len() == limit || !list.push(&SkeletonView::new(&tree, index, start))? {
                    next = Some(index.to_string());
                    break;
                }
            }
        } else {
            row = own_row(app, &caller, trace_id)?;
        }
        let note = app.store.trace_note(caller.workspace, &trace_id)?;
        let rest = json!({
            "trace": TraceRowView::new(&row, now),
            "next_cursor": next,
            "receipt": ReceiptView::from(&row.summary.receipt),
            "note": note.as_ref().map(source::note),
        });
        Ok(json_bytes(list.into_object("spans", &rest)?))
    })
    .await
}

/// An answer of JSON that is written already.
pub(crate) fn json_bytes(bytes: Vec<u8>) -> Response {
    let content_type = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, content_type)], Body::from(bytes)).into_response()
}

async fn receipt(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let row = own_row(app, &caller, trace_id)?;
        let receipt = ReceiptView::from(&row.summary.receipt);
        Ok(Json(json!({ "trace_id": trace_id, "receipt": receipt })))
    })
    .await
}

async fn events(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Response, ApiError> {
    app.read(move |app| {
        let row = own_row(app, &caller, trace_id)?;
        let start = row.effective_start_nanos();
        let mut list = List::new(app.config.limits.max_response_bytes);
        let events = app.store.run_events(caller.workspace, &trace_id)?;
        let total = events.len();
        for event in &events {
            let fits = list.push(&json!({
                "event_id": event.event_id,
                "time_nanos": Nanos(event.time_nanos),
                "offset_nanos": event.time_nanos.saturating_sub(start),
                "name": event.name,
                "attributes": source::attributes(&event.attributes),
            }))?;
            if !fits {
                break;
            }
        }
        let rest = json!({ "shown": list.len(), "total": total });
        Ok(json_bytes(list.into_object("events", &rest)?))
    })
    .await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        own_row(app, &caller, trace_id)?;
        let change = caller.change(app.store.now());
        app.store.delete_trace(&trace_id, "by hand", &change)?;
        Ok(Json(json!({ "done": true, "trace_id": trace_id })))
    })
    .await
}
