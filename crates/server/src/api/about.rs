//! What the server is, for pages and programs that have signed in.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_store::Scope;
use serde_json::{Value as JsonValue, json};

use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/info",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Version, access, limits",
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler: || get(info),
    }]
}

async fn info(State(app): State<App>, caller: Caller) -> Json<JsonValue> {
    let limits = &app.config.limits;
    Json(json!({
        "name": "Clew",
        "version": env!("CARGO_PKG_VERSION"),
        "open": app.config.is_open(),
        "workspace": caller.workspace_name,
        "agent": caller.agent,
        "scopes": caller.scopes,
        "operator": caller.operator,
        "started_nanos": Nanos(app.started_nanos),
        "now_nanos": Nanos(app.store.now()),
        "price_version": app.prices.current().version(),
        "mapping_version": clew_model::normalise::MAPPING_VERSION,
        "limits": {
            "ingest.max_body_bytes": limits.max_body_bytes,
            "ingest.max_decoded_bytes": limits.max_decoded_bytes,
            "ingest.max_inflight_bytes": limits.max_inflight_bytes,
            "api.max_body_bytes": limits.max_api_body_bytes,
            "api.max_response_bytes": limits.max_response_bytes,
            "api.max_page": limits.max_page,
            "server.max_connections": limits.max_connections,
        },
    }))
}
