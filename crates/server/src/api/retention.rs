//! How long runs are kept, what retention removed, and which runs were deleted by hand.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, post};
use clew_model::ids::TraceId;
use clew_store::{RetentionReceipt, Scope, Tombstone, TombstoneQuery};
use serde_json::{Value as JsonValue, json};

use super::params::known::{CURSOR, LIMIT};
use super::params::{Params, trace_id};
use super::settings::{self, locked};
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Receipts that the page shows.
const RECEIPTS: usize = 100;
/// Longest run that a request waits for; the rest follows by itself.
const RUN_TIME: Duration = Duration::from_secs(30);

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let state = Route {
        method: Method::GET,
        path: "/api/v1/retention",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Read),
        summary: "How long runs are kept, and what was removed by that; the settings are changed \
                  at /api/v1/settings",
        query: &[],
        body: None,
        answer: Answer::Json("Retention"),
        handler: || get(state),
    };
    let run = Route {
        method: Method::POST,
        path: "/api/v1/retention/run",
        access: Access::Operator,
        summary: "Removes now what the settings say",
        answer: Answer::Json("RetentionRun"),
        handler: || post(run),
        ..state.same()
    };
    let deleted = Route {
        path: "/api/v1/deleted",
        access: Access::Scope(Scope::Read),
        summary: "Runs that were deleted: what, when, by whom, by which rule",
        query: &[Query { name: "trace_id", kind: "string", about: "Only this run" }, LIMIT, CURSOR],
        answer: Answer::Json("DeletedList"),
        handler: || get(deleted),
        ..state.same()
    };
    vec![state, run, deleted]
}

async fn state(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let receipts: Vec<JsonValue> =
            app.store.retention_receipts(caller.workspace, RECEIPTS)?.iter().map(receipt).collect();
        let mut answer = settings::all(app, &caller)?;
        answer["receipts"] = json!(receipts);
        Ok(Json(answer))
    })
    .await
}

fn receipt(receipt: &RetentionReceipt) -> JsonValue {
    let mut view = json!(receipt);
    for name in ["ran_nanos", "cut_nanos", "oldest_nanos", "newest_nanos"] {
        if let Some(nanos) = view.get(name).and_then(JsonValue::as_i64) {
            view[name] = json!(Nanos(nanos));
        }
    }
    view
}

async fn run(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let run = app.store.run_retention(&locked(app), RUN_TIME)?;
        let detail = format!("{} runs removed", run.trace_count);
        let change = caller.change(app.store.now());
        app.store.append_audit(&change, "retention.run", "by hand", &detail)?;
        Ok(Json(json!({ "trace_count": run.trace_count, "done": run.is_done })))
    })
    .await
}

async fn deleted(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(50, app.config.limits.max_page)?;
    let query = TombstoneQuery {
        workspace: caller.workspace,
        agent: caller.agent,
        trace_id: params.text("trace_id").map(trace_id).transpose()?,
        before: params.text("cursor").map(read_cursor).transpose()?,
        limit,
    };
    app.read(move |app| {
        let found = app.store.tombstones(&query)?;
        let next = found.last().filter(|_| found.len() == limit);
        let next = next.map(|last| format!("{}-{}", last.deleted_nanos, last.trace_id));
        let deleted: Vec<JsonValue> = found.iter().map(tombstone).collect();
        Ok(Json(json!({ "deleted": deleted, "next_cursor": next })))
    })
    .await
}

fn read_cursor(text: &str) -> Result<(i64, TraceId), ApiError> {
    let read = || {
        let (nanos, trace) = text.split_once('-')?;
        Some((nanos.parse().ok()?, TraceId::from_hex(trace).ok()?))
    };
    read().ok_or_else(|| {
        ApiError::new(ErrorCode::BadCursor, "the cursor does not belong to this list")
    })
}

fn tombstone(tombstone: &Tombstone) -> JsonValue {
    json!({
        "trace_id": tombstone.trace_id,
        "deleted_nanos": Nanos(tombstone.deleted_nanos),
        "refused_until_nanos": Nanos(tombstone.expires_nanos),
        "by": tombstone.by,
        "rule": tombstone.rule,
        "span_count": tombstone.span_count,
        "refused_count": tombstone.refused_count,
    })
}
