//! Langfuse's addresses: OpenTelemetry under its path, batches of events, scores, and what its
//! SDKs ask besides.

mod media;

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clew_model::ids::TraceId;
use clew_store::Scope;
use clew_wire::langfuse::{Answered as Answer207, Context, Received as Decoded, ingest, scores};
use clew_wire::otlp::Signal;
use clew_wire::{Limits, WireError};
use serde_json::{Value as JsonValue, json};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::json;
use crate::ingest::otlp::{Answered, receive_of};
use crate::ingest::receive::{AgentRule, Landed};
use crate::routes::{Access, Answer, Owner, Route};

/// This sender in metrics.
const SENDER: &str = "langfuse";

/// How long one request may look for the runs of observations that it does not name.
const LOOK: Duration = Duration::from_secs(2);

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let take = |path, summary, body, answer, handler| Route {
        method: Method::POST,
        path,
        owner: Owner::Langfuse,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: Some(body),
        answer,
        handler,
    };
    let ask = |path, access, summary, handler| Route {
        method: Method::GET,
        access,
        body: None,
        ..take(path, summary, "", Answer::FreeJson, handler)
    };
    let ingest = Access::Scope(Scope::Ingest);
    let mut routes = vec![
        take(
            "/api/public/otel/v1/traces",
            "OTLP traces of Langfuse's SDKs from version 3",
            "Otlp",
            Answer::Otlp,
            || post(traces),
        ),
        take(
            "/api/public/ingestion",
            "Langfuse's events",
            "LangfuseBatch",
            Answer::FreeJson,
            || post(events),
        ),
        take(
            "/api/public/scores",
            "Langfuse's scores: one, or a list",
            "LangfuseScore",
            Answer::FreeJson,
            || post(take_scores),
        ),
        ask(
            "/api/public/health",
            Access::Public,
            "Langfuse's question whether all is well",
            || get(health),
        ),
        ask("/api/public/projects", ingest, "Langfuse's question whose key this is", || {
            get(projects)
        }),
        ask("/api/public/{*rest}", ingest, "What Langfuse has and Clew has not", || get(absent)),
        Route {
            answer: Answer::Redirect,
            ..ask(
                "/project/{project_id}/traces/{trace_id}",
                Access::Public,
                "A run's page by the address that Langfuse's SDKs make",
                || get(page),
            )
        },
        Route {
            answer: Answer::Redirect,
            ..ask(
                "/trace/{trace_id}",
                Access::Public,
                "A run's page by the address that Langfuse's version 2 makes",
                || get(page_of_run),
            )
        },
    ];
    routes.extend(media::routes());
    routes
}

async fn traces(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    receive_of(&app, &caller, SENDER, Signal::Traces, AgentRule::Any, request).await
}

async fn events(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let landed = receive(&app, &caller, request, ingest).await?;
    let (refused, taken): (Vec<&Answer207>, _) =
        landed.told.0.iter().partition(|answer| answer.refused.is_some());
    let taken: Vec<JsonValue> =
        taken.iter().map(|answer| json!({ "id": answer.id, "status": 201 })).collect();
    let refused: Vec<JsonValue> = refused
        .iter()
        .map(|answer| {
            json!({
                "id": answer.id, "status": 400, "message": "Invalid event",
                "error": answer.refused,
            })
        })
        .collect();
    let answer = json!({ "successes": taken, "errors": refused });
    Ok(told(StatusCode::MULTI_STATUS, answer, &landed))
}

async fn take_scores(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let landed = receive(&app, &caller, request, scores).await?;
    let (answers, is_single) = &landed.told;
    let refused: Vec<&str> =
        answers.iter().filter_map(|answer| answer.refused.as_deref()).collect();
    if *is_single {
        if let Some(why) = refused.first() {
            return Err(ApiError::bad_request(*why));
        }
        let id = answers.first().map(|answer| answer.id.as_str()).unwrap_or_default();
        return Ok(told(StatusCode::OK, json!({ "id": id }), &landed));
    }
    if refused.is_empty() {
        return Ok(told(StatusCode::ACCEPTED, json!({ "message": "Accepted" }), &landed));
    }
    let answer = json!({
        "accepted": answers.len() - refused.len(),
        "rejected": refused.len(),
        "errors": refused.iter().map(|why| json!({ "message": why })).collect::<Vec<_>>(),
    });
    Ok(told(StatusCode::MULTI_STATUS, answer, &landed))
}

type Told = (Vec<Answer207>, bool);

type Call = fn(&[u8], &mut Context<'_>) -> Result<Decoded, WireError>;

async fn receive(
    app: &App,
    caller: &Caller,
    request: Request,
    decode: Call,
) -> Result<Landed<Told>, ApiError> {
    let (store, workspace, now_nanos) = (app.store.clone(), caller.workspace, app.store.now());
    json::receive(app, caller, SENDER, request, move |body| {
        let limits = Limits::default();
        let until = Instant::now() + LOOK;
        let mut run_of = |span_id| {
            let in_time = Instant::now() < until;
            in_time.then(|| store.trace_of_span(workspace, span_id).ok().flatten()).flatten()
        };
        let mut context = Context { now_nanos, run_of: &mut run_of, limits: &limits };
        let Decoded { decoded, answers, is_single } = decode(body, &mut context)?;
        Ok((decoded, (answers, is_single)))
    })
    .await
}

fn told<T>(status: StatusCode, answer: JsonValue, landed: &Landed<T>) -> Response {
    let mut response = (status, Json(answer)).into_response();
    response.extensions_mut().insert(landed.note.clone());
    response
}

async fn health() -> Json<JsonValue> {
    Json(json!({ "status": "OK", "version": env!("CARGO_PKG_VERSION") }))
}

/// A workspace is what Langfuse calls a project.
async fn projects(caller: Caller) -> Json<JsonValue> {
    let name = &*caller.workspace_name;
    Json(json!({ "data": [{
        "id": name, "name": name, "metadata": {}, "retentionDays": null,
        "organization": { "id": "clew", "name": "Clew" },
    }]}))
}

/// Prompts, datasets and whatever else: an SDK falls back where it can.
async fn absent(Path(rest): Path<String>) -> ApiError {
    let what = match rest.split('/').collect::<Vec<_>>().as_slice() {
        ["v2", "prompts", ..] => "Clew keeps no prompts: use the fallback of the call".to_owned(),
        _ => "Clew has no such call of Langfuse's; it takes traces, scores and media".to_owned(),
    };
    ApiError::new(ErrorCode::NotFound, what)
}

async fn page(Path((_, trace)): Path<(String, String)>) -> Answered {
    page_of_run(Path(trace)).await
}

async fn page_of_run(Path(trace): Path<String>) -> Answered {
    let trace_id = TraceId::from_sender(&trace)
        .map_err(|error| ApiError::bad_request(error.to_string()).with_field("trace_id"))?;
    let place = format!("/ui/runs/{trace_id}");
    Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place)]).into_response())
}

/// An error in Langfuse's form.
pub(crate) fn error(error: &ApiError) -> Response {
    let word = match error.code {
        ErrorCode::NotFound => "LangfuseNotFoundError",
        ErrorCode::Unauthenticated | ErrorCode::KeyRevoked => "UnauthorizedError",
        ErrorCode::Forbidden => "ForbiddenError",
        ErrorCode::MethodNotAllowed => "MethodNotAllowedError",
        ErrorCode::BadRequest | ErrorCode::Undecodable => "InvalidRequestError",
        other => other.as_str(),
    };
    let body = json!({ "message": error.message_with_place(), "error": word });
    (error.code.http_status(), Json(body)).into_response()
}
