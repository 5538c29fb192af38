//! What Logfire's SDK asks before it sends: whose the token is. Its spans come as
//! OpenTelemetry, the token in `Authorization` without a word before it.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clew_store::Scope;
use serde_json::json;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::ingest::address;
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/v1/info",
        owner: Owner::Logfire,
        access: Access::Scope(Scope::Ingest),
        summary: "Logfire's question whose a token is: the workspace and where to look",
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler: || get(info),
    }]
}

/// The SDK prints the address where people find their runs.
async fn info(State(_): State<App>, caller: Caller, parts: Parts) -> Response {
    let page = format!("{}/ui/", address::base(&parts, Owner::Api));
    let name: &str = &caller.workspace_name;
    Json(json!({ "project_name": name, "project_url": page })).into_response()
}
