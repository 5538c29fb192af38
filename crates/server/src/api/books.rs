//! What is written down about the server itself: the audit log and the last requests.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_store::Scope;
use serde_json::{Value as JsonValue, json};

use super::params::Params;
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::housekeeping;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let audit = Route {
        method: Method::GET,
        path: "/api/v1/audit",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Admin),
        summary: "Who changed what and when, newest first",
        query: &[
            Query { name: "limit", kind: "integer", about: "Lines of a page" },
            Query { name: "cursor", kind: "string", about: "Where the page before ended" },
        ],
        body: None,
        answer: Answer::Json("AuditList"),
        handler: || get(audit),
    };
    let requests = Route {
        path: "/api/v1/requests",
        summary: "The last hundred requests of senders, and why they were refused",
        query: &[],
        answer: Answer::Json("RequestList"),
        handler: || get(requests),
        ..audit.same()
    };
    vec![audit, requests]
}

async fn audit(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(50, app.config.limits.max_page)?;
    let before = number_cursor(&params)?;
    app.read(move |app| {
        let entries = app.store.audit_log(caller.workspace, before, limit)?;
        let next = (entries.len() == limit).then(|| entries.last().map(|entry| entry.id)).flatten();
        let entries: Vec<JsonValue> = entries
            .iter()
            .map(|entry| {
                json!({
                    "id": entry.id, "at_nanos": Nanos(entry.at_nanos), "by": entry.by,
                    "action": entry.action, "subject": entry.subject, "detail": entry.detail,
                })
            })
            .collect();
        let next = next.map(|id| id.to_string());
        Ok(Json(json!({ "entries": entries, "next_cursor": next })))
    })
    .await
}

/// The cursor of pages that are ordered by a number.
pub(crate) fn number_cursor(params: &Params) -> Result<Option<i64>, ApiError> {
    let Some(text) = params.text("cursor") else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| ApiError::new(ErrorCode::BadCursor, "the cursor does not belong to this list"))
}

async fn requests(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        housekeeping::write_requests(app)?;
        let requests: Vec<JsonValue> = app
            .store
            .requests(caller.workspace)?
            .iter()
            .map(|entry| {
                json!({
                    "id": entry.id, "at_nanos": Nanos(entry.at_nanos), "path": entry.path,
                    "client": entry.client, "key": entry.key, "status": entry.status,
                    "bytes": entry.bytes, "accepted": entry.accepted,
                    "rejected": entry.rejected, "reason": entry.reason,
                })
            })
            .collect();
        Ok(Json(json!({ "requests": requests })))
    })
    .await
}
