//! What MLflow says about runs.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use clew_wire::mlflow::{Context, info};
use clew_wire::{Limits, WireError};
use serde_json::{Value as JsonValue, json};

use super::{Experiment, route};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::json::{receive, refuse_if_nothing};
use crate::routes::Route;
use crate::trouble::fault;

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    let set = "Sets a tag of a run in MLflow's words";
    let unset = "Takes a tag of a run back";
    let prompts = "The prompts that a run used";
    let search = "MLflow 2's search: said not to be here";
    vec![
        route(Method::POST, "/api/3.0/mlflow/traces", "What MLflow says about a run", || {
            post(told)
        }),
        route(Method::POST, "/api/2.0/mlflow/traces", "A run begins, in MLflow 2", || post(begun)),
        route(Method::GET, "/api/2.0/mlflow/traces", search, || get(super::not_here)),
        route(
            Method::PATCH,
            "/api/2.0/mlflow/traces/{request_id}",
            "A run is over, in MLflow 2",
            || patch(over),
        ),
        route(Method::PATCH, "/api/2.0/mlflow/traces/{request_id}/tags", set, || patch(tag)),
        route(Method::PATCH, "/api/3.0/mlflow/traces/{request_id}/tags", set, || patch(tag)),
        route(Method::DELETE, "/api/2.0/mlflow/traces/{request_id}/tags", unset, || delete(tag)),
        route(Method::DELETE, "/api/3.0/mlflow/traces/{request_id}/tags", unset, || delete(tag)),
        route(Method::POST, "/api/2.0/mlflow/traces/link-prompts", prompts, || post(linked)),
        route(Method::POST, "/api/3.0/mlflow/traces/link-prompts", prompts, || post(linked)),
    ]
}

type Answered = Result<Response, ApiError>;

/// The answer gives back what was said, with the place for the file of spans.
async fn told(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let landed = take(&app, &caller, request, info::trace_info, |body, told| {
        let mut whole: JsonValue = serde_json::from_slice(body).unwrap_or_default();
        let mut said = whole.pointer_mut("/trace/trace_info").map(JsonValue::take);
        if let Some(JsonValue::Object(said)) = &mut said {
            said.entry("tags").or_insert_with(|| json!({}))["mlflow.artifactLocation"] =
                artifacts_of(told).into();
        }
        json!({ "trace": { "trace_info": said } })
    })
    .await?;
    Ok(landed)
}

async fn begun(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(fault)?;
    let request_id = format!("tr-{:032x}", u128::from_le_bytes(random).max(1));
    let decode =
        move |body: &[u8], context: &Context<'_>| info::start_trace(&request_id, body, context);
    take(&app, &caller, request, decode, |body, told| older(body, told, "IN_PROGRESS")).await
}

async fn over(
    State(app): State<App>,
    caller: Caller,
    Path(request_id): Path<String>,
    request: Request,
) -> Answered {
    let decode =
        move |body: &[u8], context: &Context<'_>| info::end_trace(&request_id, body, context);
    take(&app, &caller, request, decode, |body, told| older(body, told, "OK")).await
}

async fn tag(
    State(app): State<App>,
    caller: Caller,
    Path(request_id): Path<String>,
    request: Request,
) -> Answered {
    let decode =
        move |body: &[u8], context: &Context<'_>| info::set_tag(&request_id, body, context);
    take(&app, &caller, request, decode, |_, _| json!({})).await
}

async fn linked(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    take(&app, &caller, request, info::link_prompts, |_, _| json!({})).await
}

/// Takes a call about one run, and answers what `answer` makes of it.
async fn take(
    app: &App,
    caller: &Caller,
    request: Request,
    decode: impl FnOnce(&[u8], &Context<'_>) -> Result<info::Told, WireError> + Send + 'static,
    answer: impl FnOnce(&[u8], &info::Told) -> JsonValue + Send + 'static,
) -> Answered {
    let (now_nanos, workspace, within) = (app.store.now(), caller.workspace, app.clone());
    let landed = receive(app, caller, "mlflow", request, move |body| {
        let limits = Limits::default();
        let mut told = decode(body, &Context { now_nanos, limits: &limits })?;
        if let Some(id) = told.experiment_id.clone() {
            told.set_project(&Experiment::of_id(&within, workspace, &id).name);
        }
        let answer = answer(body, &told);
        Ok((std::mem::take(&mut told.decoded), answer))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(landed.told).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

/// Where the file of spans and attachments go; the clients upload to this server by it.
fn artifacts_of(told: &info::Told) -> String {
    let experiment = told.experiment_id.as_deref().unwrap_or("0");
    format!("mlflow-artifacts:/{experiment}/traces/{}/artifacts", told.request_id)
}

/// The answer of the second version: lists of keys and values.
fn older(body: &[u8], told: &info::Told, status: &str) -> JsonValue {
    let said: JsonValue = serde_json::from_slice(body).unwrap_or_default();
    let mut tags = said["tags"].as_array().cloned().unwrap_or_default();
    tags.push(json!({ "key": "mlflow.artifactLocation", "value": artifacts_of(told) }));
    json!({ "trace_info": {
        "request_id": told.request_id,
        "experiment_id": told.experiment_id.as_deref().unwrap_or("0"),
        "timestamp_ms": said["timestamp_ms"],
        "status": said["status"].as_str().unwrap_or(status),
        "request_metadata": said["request_metadata"],
        "tags": tags,
    }})
}
