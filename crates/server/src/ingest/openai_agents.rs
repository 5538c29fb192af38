//! The exporter of OpenAI's Agents SDK.
//!
//! It tries a batch three times on 408, 409, 429 and every 5xx, and drops it on any other
//! 4xx, whose text it writes into the application's log. So what is wrong with the content
//! is a 400, and nothing else may become a 5xx.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clew_store::Scope;
use clew_wire::{Limits, openai_agents};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::json::{receive, refuse_if_nothing, taken};
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::POST,
        path: "/v1/traces/ingest",
        owner: Owner::OpenaiAgents,
        access: Access::Scope(Scope::Ingest),
        summary: "Traces and spans of OpenAI's Agents SDK",
        query: &[],
        body: Some("OpenaiAgentsItems"),
        answer: Answer::Json("ItemsTaken"),
        handler: || post(ingest),
    }]
}

async fn ingest(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    let landed = receive(&app, &caller, "openai_agents", request, |body| {
        Ok((openai_agents::decode(body, &Limits::default())?, ()))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(taken(&landed.decoded)).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}
