//! Feedback and expectations: labels, which MLflow's clients name by ids of their own. Those of
//! people and judges are not theirs: only what SDKs have said is read, changed or deleted here.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use clew_model::ids::TraceId;
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_store::StoredLabel;
use clew_wire::mlflow::{Context, assessment, moment};
use clew_wire::{Decoded, Limits, WireError};
use serde_json::{Map, Value as JsonValue, json};

use super::route;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::json::receive;
use crate::routes::Route;

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    let one = "/api/3.0/mlflow/traces/{request_id}/assessments/{assessment_id}";
    vec![
        route(
            Method::POST,
            "/api/3.0/mlflow/traces/{request_id}/assessments",
            "Feedback or an expectation about a run: a label",
            || post(created),
        ),
        route(Method::GET, one, "An assessment", || get(read)),
        route(Method::PATCH, one, "Changes an assessment", || patch(changed)),
        route(Method::DELETE, one, "Takes an assessment back", || delete(removed)),
    ]
}

type Answered = Result<Response, ApiError>;

async fn created(
    State(app): State<App>,
    caller: Caller,
    Path(request_id): Path<String>,
    request: Request,
) -> Answered {
    let named = request_id.clone();
    keep(&app, &caller, None, request, move |body, context| {
        let label = assessment::created(&named, body, context)?;
        let said: JsonValue = serde_json::from_slice(body).unwrap_or_default();
        let mut said = said["assessment"].as_object().cloned().unwrap_or_default();
        said.insert("assessment_id".to_owned(), id_of(&label).into());
        said.insert("trace_id".to_owned(), named.into());
        Ok((label, said))
    })
    .await
}

async fn changed(
    State(app): State<App>,
    caller: Caller,
    Path((request_id, assessment_id)): Path<(String, String)>,
    request: Request,
) -> Answered {
    let found = find(&app, &caller, &request_id, assessment_id).await?;
    let before = found.label.clone();
    keep(&app, &caller, Some(found), request, move |body, context| {
        let label = assessment::changed(&before, body, context)?;
        let said = told(&request_id, &label);
        Ok((label, said))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path((request_id, assessment_id)): Path<(String, String)>,
) -> Answered {
    let found = find(&app, &caller, &request_id, assessment_id).await?;
    Ok(Json(json!({ "assessment": told(&request_id, &found.label) })).into_response())
}

async fn removed(
    State(app): State<App>,
    caller: Caller,
    Path((request_id, assessment_id)): Path<(String, String)>,
) -> Answered {
    let found = find(&app, &caller, &request_id, assessment_id).await?;
    delete_label(&app, &caller, found.id).await?;
    Ok(Json(json!({})).into_response())
}

async fn delete_label(app: &App, caller: &Caller, id: i64) -> Result<(), ApiError> {
    let change = caller.change(app.store.now());
    app.read(move |app| Ok(app.store.delete_label(id, &change)?)).await
}

type Said = Map<String, JsonValue>;

/// Keeps what a request says. Where it changes the label `before` and gives it another name, the
/// label of the old name goes.
async fn keep(
    app: &App,
    caller: &Caller,
    before: Option<StoredLabel>,
    request: Request,
    decode: impl FnOnce(&[u8], &Context<'_>) -> Result<(Label, Said), WireError> + Send + 'static,
) -> Answered {
    let now_nanos = app.store.now();
    let landed = receive(app, caller, "mlflow", request, move |body| {
        let limits = Limits::default();
        let (label, said) = decode(body, &Context { now_nanos, limits: &limits })?;
        let decoded = Decoded { labels: vec![label], accepted_count: 1, ..Decoded::default() };
        Ok((decoded, said))
    })
    .await?;
    if let Some(before) = before
        && landed.decoded.rejected_count == 0
        && landed.told["assessment_id"] != id_of(&before.label)
    {
        delete_label(app, caller, before.id).await?;
    }
    let mut response = Json(json!({ "assessment": landed.told })).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

async fn find(
    app: &App,
    caller: &Caller,
    request_id: &str,
    assessment_id: String,
) -> Result<StoredLabel, ApiError> {
    let trace_id = TraceId::from_sender(request_id)
        .map_err(|error| ApiError::bad_request(error.to_string()).with_field("trace id"))?;
    let (workspace, agent) = (caller.workspace, caller.agent);
    app.read(move |app| {
        let row = app.store.trace_row(workspace, &trace_id)?;
        let row = row.filter(|row| {
            agent.is_none_or(|own| row.agent.as_ref().is_none_or(|agent| agent.id == own))
        });
        row.into_iter()
            .flat_map(|row| row.labels)
            .filter(|stored| stored.label.source == LabelSource::Sdk)
            .find(|stored| id_of(&stored.label) == assessment_id)
            .ok_or_else(|| ApiError::not_found(&format!("assessment {assessment_id}")))
    })
    .await
}

/// The client's id of a label. It follows from what makes a label one of its own, so that
/// saying the same again gives the same.
fn id_of(label: &Label) -> String {
    let span = match &label.target {
        LabelTarget::Span { span_id, .. } => span_id.to_string(),
        LabelTarget::Trace { .. } | LabelTarget::Session { .. } => String::new(),
    };
    let key = json!([span, label.name, label.source, label.author]).to_string();
    format!("a-{}", &blake3::hash(key.as_bytes()).to_hex()[..32])
}

/// A label in MLflow's words. Whether it was feedback or an expectation is not kept.
fn told(request_id: &str, label: &Label) -> Said {
    let value = match (label.score, label.value.as_deref()) {
        (Some(score), _) => json!(score),
        (None, Some("true")) => json!(true),
        (None, Some("false")) => json!(false),
        (None, value) => json!(value),
    };
    let at = moment(label.created_nanos);
    let mut said = Said::new();
    for (key, value) in [
        ("assessment_id", json!(id_of(label))),
        ("assessment_name", json!(label.name)),
        ("trace_id", json!(request_id)),
        ("source", json!({ "source_type": "CODE", "source_id": label.author })),
        ("create_time", json!(at)),
        ("last_update_time", json!(at)),
        ("feedback", json!({ "value": value })),
        ("rationale", json!(label.explanation)),
    ] {
        said.insert(key.to_owned(), value);
    }
    if let LabelTarget::Span { span_id, .. } = &label.target {
        said.insert("span_id".to_owned(), json!(span_id.to_string()));
    }
    said
}
