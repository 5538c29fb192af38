//! Experiments: names for runs to stand under, our projects. Asked for by name there is none
//! that is not there, and its id follows from its name, so that the same program finds the
//! same one in every store.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clew_store::WorkspaceId;
use clew_wire::Decoded;
use clew_wire::mlflow::experiment_id;
use serde_json::{Value as JsonValue, json};

use super::route;
use crate::api::params::{JsonBody, Params};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Query, Route};

/// The product in the table of senders' projects.
const PRODUCT: &str = "mlflow";
/// The experiment that every MLflow has.
const DEFAULT: (&str, &str) = ("0", "Default");
/// Which experiment the spans of a request belong to.
const HEADER: &str = "x-mlflow-experiment-id";
/// Characters of an experiment's name.
const NAME_MAX_CHARACTERS: usize = 500;

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    const BY_NAME: &[Query] =
        &[Query { name: "experiment_name", kind: "string", about: "The experiment's name" }];
    const BY_ID: &[Query] =
        &[Query { name: "experiment_id", kind: "string", about: "The experiment's id" }];
    let search = "/api/2.0/mlflow/experiments/search";
    let named = Route {
        query: BY_NAME,
        ..route(
            Method::GET,
            "/api/2.0/mlflow/experiments/get-by-name",
            "The experiment of a name, which is always there",
            || get(by_name),
        )
    };
    let of_id = Route {
        query: BY_ID,
        ..route(Method::GET, "/api/2.0/mlflow/experiments/get", "The experiment of an id", || {
            get(by_id)
        })
    };
    vec![
        named,
        of_id,
        route(Method::GET, search, "Every experiment", || get(listed)),
        route(Method::POST, search, "Every experiment", || post(listed)),
        route(
            Method::POST,
            "/api/2.0/mlflow/experiments/create",
            "The experiment of a name, which is always there",
            || post(created),
        ),
        route(
            Method::POST,
            "/api/2.0/mlflow/experiments/set-experiment-tag",
            "A tag of an experiment: taken, not kept",
            || post(tagged),
        ),
    ]
}

/// A name for runs to stand under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Experiment {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Experiment {
    /// The experiment of an id that a client has, by whatever name is known of it. A client
    /// may have got the id from another store: then the id is the name.
    pub(crate) fn of_id(app: &App, workspace: WorkspaceId, id: &str) -> Experiment {
        let known = app.store.sender_project_name(workspace, PRODUCT, id).ok().flatten();
        let default = (id == DEFAULT.0).then(|| DEFAULT.1.to_owned());
        let name = known.or(default).unwrap_or_else(|| format!("experiment {id}"));
        Experiment { id: id.to_owned(), name }
    }

    fn json(&self) -> JsonValue {
        json!({
            "experiment_id": self.id, "name": self.name, "lifecycle_stage": "active",
            "artifact_location": format!("mlflow-artifacts:/{}", self.id),
        })
    }
}

/// Names the project of spans whose request names their experiment.
pub(crate) fn name_project(
    app: &App,
    workspace: WorkspaceId,
    headers: &HeaderMap,
    decoded: &mut Decoded,
) {
    let id = headers.get(HEADER).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(id) = id.filter(|id| !id.is_empty() && id.len() <= NAME_MAX_CHARACTERS) else {
        return;
    };
    let name = Experiment::of_id(app, workspace, id).name;
    decoded.add_to_resources("mlflow.experimentName", &name);
}

type Answered = Result<Response, ApiError>;

async fn by_name(State(app): State<App>, caller: Caller, params: Params) -> Answered {
    let name = checked(params.text("experiment_name"))?;
    let experiment = kept(&app, caller, name).await?;
    Ok(Json(json!({ "experiment": experiment.json() })).into_response())
}

async fn created(State(app): State<App>, caller: Caller, body: JsonBody<JsonValue>) -> Answered {
    let name = checked(body.0["name"].as_str())?;
    let experiment = kept(&app, caller, name).await?;
    Ok(Json(json!({ "experiment_id": experiment.id })).into_response())
}

async fn by_id(State(app): State<App>, caller: Caller, params: Params) -> Answered {
    let Some(id) = params.text("experiment_id").map(str::to_owned) else {
        return Err(ApiError::bad_request("is missing").with_field("experiment_id"));
    };
    let name = id.clone();
    let known = app
        .read(move |app| Ok(app.store.sender_project_name(caller.workspace, PRODUCT, &name)?))
        .await?;
    let name = match known {
        Some(name) => name,
        None if id == DEFAULT.0 => DEFAULT.1.to_owned(),
        None => return Err(ApiError::not_found(&format!("no experiment with id {id}:"))),
    };
    Ok(Json(json!({ "experiment": Experiment { id, name }.json() })).into_response())
}

/// All of them: whoever asks has few, and filters are not read.
async fn listed(State(app): State<App>, caller: Caller) -> Answered {
    let mut known =
        app.read(move |app| Ok(app.store.sender_projects(caller.workspace, PRODUCT)?)).await?;
    if !known.iter().any(|(id, _)| id == DEFAULT.0) {
        known.insert(0, (DEFAULT.0.to_owned(), DEFAULT.1.to_owned()));
    }
    let experiments: Vec<JsonValue> =
        known.into_iter().map(|(id, name)| Experiment { id, name }.json()).collect();
    Ok(Json(json!({ "experiments": experiments })).into_response())
}

async fn tagged() -> Answered {
    Ok(Json(json!({})).into_response())
}

fn checked(name: Option<&str>) -> Result<String, ApiError> {
    let name = name.map(str::trim).unwrap_or_default();
    match name.chars().count() {
        1..=NAME_MAX_CHARACTERS => Ok(name.to_owned()),
        0 => Err(ApiError::bad_request("is missing").with_field("experiment_name")),
        _ => Err(ApiError::bad_request(format!("has more than {NAME_MAX_CHARACTERS} characters"))
            .with_field("experiment_name")),
    }
}

async fn kept(app: &App, caller: Caller, name: String) -> Result<Experiment, ApiError> {
    let id = experiment_id(&name);
    app.read(move |app| {
        let known = app.store.sender_project_name(caller.workspace, PRODUCT, &id)?;
        if known.as_deref() != Some(&name) {
            app.store.put_sender_project(caller.workspace, PRODUCT, &id, &name)?;
        }
        Ok(Experiment { id, name })
    })
    .await
}
