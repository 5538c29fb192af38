//! Costs of old runs by today's prices (ruling 21).

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use clew_store::Scope;
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::params::JsonBody;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// Runs of one call; a program calls again with the cursor.
const RUNS_AT_ONCE: usize = 200;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::POST,
        path: "/api/v1/reprice",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Admin),
        summary: "Works out computed costs anew, some runs at a time; what senders reported stays",
        query: &[],
        body: Some("Cursor"),
        answer: Answer::Json("Repriced"),
        handler: || post(reprice),
    }]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    cursor: Option<String>,
}

async fn reprice(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let cursor = asked.cursor.as_deref();
        if cursor.is_none() {
            let change = caller.change(app.store.now());
            let version = app.prices.current().version().to_string();
            app.store.append_audit(&change, "reprice", &version, "")?;
        }
        let done = app.store.reprice(caller.workspace, cursor, RUNS_AT_ONCE)?;
        Ok(Json(json!({
            "traces": done.traces, "changed": done.changed, "next_cursor": done.next_cursor,
        })))
    })
    .await
}
