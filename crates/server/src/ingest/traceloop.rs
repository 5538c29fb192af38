//! What Traceloop's SDK asks and says beside OpenTelemetry: the prompts it would manage, of
//! which there are none here, and annotations. It asks every few seconds, and where it is not
//! answered it fills the application's log.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clew_store::Scope;
use clew_wire::traceloop::{self, ImagePlace};
use clew_wire::{Decoded, Limits};
use serde_json::json;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::address;
use crate::ingest::json::{receive, refuse_if_nothing};
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |method, path, summary, handler| Route {
        method,
        path,
        owner: Owner::Traceloop,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler,
    };
    vec![
        route(
            Method::GET,
            "/v1/traceloop/prompts",
            "Traceloop's managed prompts: none are kept here",
            || get(prompts),
        ),
        route(
            Method::GET,
            "/v1/traceloop/pii/tracing-allow-list",
            "Whose content Traceloop's SDK may send: nobody is listed",
            || get(allowed),
        ),
        route(
            Method::POST,
            "/v2/annotation-tasks/{task}/annotations",
            "Traceloop's annotations: labels of the session",
            || post(annotations),
        ),
        route(
            Method::POST,
            "/v2/traces/{trace_id}/spans/{span_id}/images",
            "Where an image of a message may be sent",
            || post(image_place),
        ),
        route(
            Method::POST,
            "/v2/traces/{trace_id}/spans/{span_id}/images/{name}",
            "An image of a message: an attachment",
            || post(image),
        ),
    ]
}

async fn prompts() -> Response {
    Json(json!({ "prompts": [] })).into_response()
}

async fn allowed() -> Response {
    Json(json!({ "associationPropertyAllowList": [] })).into_response()
}

async fn annotations(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    let now_nanos = app.store.now();
    let landed = receive(&app, &caller, "traceloop", request, move |body| {
        Ok((traceloop::annotations(body, now_nanos, &Limits::default())?, ()))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(json!({})).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

/// The SDK takes an image out of a message, asks where to send it and writes that address in
/// its place. Without an answer it would drop the whole prompt.
async fn image_place(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let origin = address::base(&parts, Owner::Api);
    let request = Request::from_parts(parts, body);
    let landed = receive(&app, &caller, "traceloop", request, |body| {
        Ok((Decoded::default(), traceloop::image_name(body, &Limits::default())?))
    })
    .await?;
    let url = format!("{origin}{path}/{}", landed.told);
    Ok(Json(json!({ "url": url })).into_response())
}

async fn image(
    State(app): State<App>,
    caller: Caller,
    Path((trace_id, span_id, name)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let place = ImagePlace { trace_id, span_id, name };
    let landed = receive(&app, &caller, "traceloop", request, move |body| {
        Ok((traceloop::image(body, &place, &Limits::default())?, ()))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(json!({})).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}
