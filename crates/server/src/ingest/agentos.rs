//! The AgentOS calls: a run told step by step while it happens.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clew_model::ids::TraceId;
use clew_store::Scope;
use clew_wire::agentos::{
    Context, add_batch, add_events, add_spans, complete_run, fail_run, start_run,
};
use clew_wire::{Decoded, Limits, WireError};
use serde_json::{Value as JsonValue, json};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::json::{self, taken};
use crate::ingest::receive::Landed;
use crate::routes::{Access, Answer, Owner, Route};
use crate::trouble::fault;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, summary, body, answer, handler| Route {
        method: Method::POST,
        path,
        owner: Owner::Agentos,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: Some(body),
        answer: Answer::Json(answer),
        handler,
    };
    vec![
        route("/api/ingest/v1/runs", "Starts a run", "NewRun", "StartedRun", || post(start)),
        route(
            "/api/ingest/v1/runs/{run_id}/spans",
            "Opens spans, ends them, or both",
            "RunSpans",
            "RunTaken",
            || post(spans),
        ),
        route(
            "/api/ingest/v1/runs/{run_id}/events",
            "Notes flat, timed events of a run",
            "RunEventsBody",
            "RunTaken",
            || post(events),
        ),
        route(
            "/api/ingest/v1/runs/{run_id}/complete",
            "Ends a run as completed",
            "RunCompleted",
            "RunTaken",
            || post(complete),
        ),
        route(
            "/api/ingest/v1/runs/{run_id}/fail",
            "Ends a run as failed",
            "RunFailed",
            "RunTaken",
            || post(fail),
        ),
        route(
            "/api/ingest/v1/batch",
            "Any of these calls about any runs, at once",
            "RunBatch",
            "BatchTaken",
            || post(batch),
        ),
    ]
}

type Call = fn(&str, &[u8], &mut Context<'_>) -> Result<Decoded, WireError>;

async fn start(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let landed = receive(&app, &caller, request, |body, context| {
        let started = start_run(body, context)?;
        Ok((started.decoded, (started.run_id, started.trace_id)))
    })
    .await?;
    let (run_id, trace_id) = &landed.told;
    Ok(with_note(&landed, json!({ "run_id": run_id, "trace_id": trace_id })))
}

async fn spans(
    State(app): State<App>,
    caller: Caller,
    Path(run): Path<String>,
    request: Request,
) -> Answered {
    add(&app, &caller, run, request, add_spans).await
}

async fn events(
    State(app): State<App>,
    caller: Caller,
    Path(run): Path<String>,
    request: Request,
) -> Answered {
    add(&app, &caller, run, request, add_events).await
}

async fn complete(
    State(app): State<App>,
    caller: Caller,
    Path(run): Path<String>,
    request: Request,
) -> Answered {
    add(&app, &caller, run, request, complete_run).await
}

async fn fail(
    State(app): State<App>,
    caller: Caller,
    Path(run): Path<String>,
    request: Request,
) -> Answered {
    add(&app, &caller, run, request, fail_run).await
}

async fn batch(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let landed =
        receive(&app, &caller, request, |body, context| Ok((add_batch(body, context)?, ())))
            .await?;
    let answer = taken(&landed.decoded);
    Ok(with_note(&landed, answer))
}

type Answered = Result<Response, ApiError>;

async fn add(app: &App, caller: &Caller, run: String, request: Request, call: Call) -> Answered {
    let trace_id = TraceId::from_sender(&run)
        .map_err(|error| ApiError::bad_request(error.to_string()).with_field("run_id"))?;
    let named = run.clone();
    let landed =
        receive(app, caller, request, move |body, context| Ok((call(&named, body, context)?, ())))
            .await?;
    let mut answer = taken(&landed.decoded);
    answer["run_id"] = json!(run);
    answer["trace_id"] = json!(trace_id);
    Ok(with_note(&landed, answer))
}

async fn receive<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    request: Request,
    decode: impl FnOnce(&[u8], &mut Context<'_>) -> Result<(Decoded, T), WireError> + Send + 'static,
) -> Result<Landed<T>, ApiError> {
    let mut next = first_id()?;
    let clock = app.store.clone();
    json::receive(app, caller, "agentos", request, move |body| {
        let now_nanos = clock.now();
        let mut new_id = || {
            next = next.wrapping_add(1).max(1);
            format!("{next:032x}")
        };
        let limits = Limits::default();
        decode(body, &mut Context { now_nanos, new_id: &mut new_id, limits: &limits })
    })
    .await
}

/// Where the ids begin that are made for one request. They count on from it, so that
/// making one cannot fail.
fn first_id() -> Result<u128, ApiError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(fault)?;
    Ok(u128::from_le_bytes(random))
}

fn with_note<T>(landed: &Landed<T>, answer: JsonValue) -> Response {
    let mut response = Json(answer).into_response();
    response.extensions_mut().insert(landed.note.clone());
    response
}
