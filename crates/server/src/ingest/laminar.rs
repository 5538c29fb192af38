//! What Laminar's clients send beside OpenTelemetry: tags and metadata of runs that are over.
//! They raise what is not 200 to the application, except for 404.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clew_store::Scope;
use clew_wire::{Decoded, Limits, WireError, laminar};
use serde_json::json;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::json::{receive, refuse_if_nothing};
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, summary, handler| Route {
        method: Method::POST,
        path,
        owner: Owner::Laminar,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler,
    };
    vec![
        route("/v1/tag", "Laminar's tags of a run: labels", || post(tag)),
        route("/v1/traces/metadata", "Laminar's metadata of a run", || post(metadata)),
    ]
}

async fn tag(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    take(&app, &caller, request, laminar::tags).await
}

async fn metadata(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    take(&app, &caller, request, laminar::metadata).await
}

type Answered = Result<Response, ApiError>;
type Decode = fn(&[u8], i64, &Limits) -> Result<Decoded, WireError>;

async fn take(app: &App, caller: &Caller, request: Request, decode: Decode) -> Answered {
    let now_nanos = app.store.now();
    let landed = receive(app, caller, "laminar", request, move |body| {
        Ok((decode(body, now_nanos, &Limits::default())?, ()))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(json!({})).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}
