//! Login, projects and experiments. Ids are made from names, so that asking again, or another
//! server on the same data, gives the same ones.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use clew_store::{Store, WorkspaceId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as JsonValue, json};

use super::{SENDER, random_key, route};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::address;
use crate::ingest::body::{BodyLimits, read_small};
use crate::ingest::otlp::Answered;
use crate::routes::{Owner, Route};

/// Braintrust's experiments, as the store calls them.
const EXPERIMENTS: &str = "braintrust_experiment";

/// Name of the project where a program names none.
const NAMELESS: &str = "Global";

/// Bytes of a question about projects.
const QUESTION_MAX_BYTES: usize = 1 << 20;

/// Bytes of a project's or an experiment's name.
const NAME_MAX_BYTES: usize = 512;

/// Projects have been there since then, as far as anybody asks.
const CREATED: &str = "2026-01-01T00:00:00.000Z";

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    let ask = |path, summary, handler| Route {
        body: None,
        ..route(Method::GET, path, summary, "", handler)
    };
    let tell =
        |path, summary, handler| route(Method::POST, path, summary, "BraintrustQuestion", handler);
    vec![
        Route {
            body: None,
            ..tell("/api/apikey/login", "Who a key of Braintrust's SDKs is", || post(login))
        },
        tell("/v1/project", "A project of Braintrust's Python SDK", || post(project)),
        ask("/v1/project/{project_id}", "A project of Braintrust's SDKs", || get(project_by_id)),
        tell("/api/project/register", "A project of Braintrust's JavaScript SDK", || {
            post(register_project)
        }),
        tell("/api/project/get", "A project of Braintrust's JavaScript SDK, by its id", || {
            post(get_project)
        }),
        tell("/v1/experiment", "An experiment of Braintrust's Python SDK", || post(experiment)),
        ask("/v1/experiment", "Experiments of one name", || get(experiments)),
        ask("/v1/experiment/{experiment_id}/summarize", "No sums of an experiment", || {
            get(summary)
        }),
        tell("/api/experiment/register", "An experiment of Braintrust's JavaScript SDK", || {
            post(register_experiment)
        }),
        tell("/api/base_experiment/get_id", "No experiment to compare with", || post(no_base)),
        ask("/experiment-comparison2", "No comparison of experiments", || get(comparison)),
    ]
}

/// Reads a small JSON body, whatever its content type; an empty one is an empty object.
pub(super) async fn small<T: DeserializeOwned>(
    app: &App,
    headers: &HeaderMap,
    body: Body,
) -> Result<T, ApiError> {
    let limits = BodyLimits {
        max_bytes: QUESTION_MAX_BYTES,
        name: "of a question",
        timeout: app.config.limits.body_timeout,
    };
    let bytes = read_small(headers, body, limits).await?;
    let bytes = if bytes.trim_ascii().is_empty() { b"{}".to_vec() } else { bytes };
    serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::new(ErrorCode::Undecodable, format!("no such question: {error}"))
    })
}

/// The name of a project or an experiment.
pub(super) fn name(store: &Store, workspace: WorkspaceId, id: &str) -> Option<String> {
    let known = |product| store.sender_project_name(workspace, product, id).ok().flatten();
    known(SENDER).or_else(|| known(EXPERIMENTS))
}

async fn login(caller: Caller, request: Request) -> Json<JsonValue> {
    let (parts, _) = request.into_parts();
    let base = address::base(&parts, Owner::Braintrust);
    Json(json!({ "org_info": [{
        "id": id_of(caller.workspace, &["organization"]), "name": &*caller.workspace_name,
        "api_url": base, "proxy_url": base, "realtime_url": base,
        "is_universal_api": true, "git_metadata": { "collect": "none" },
    }]}))
}

#[derive(Deserialize)]
struct NewProject {
    #[serde(alias = "project_name")]
    name: Option<String>,
    #[serde(alias = "id")]
    project_id: Option<String>,
}

async fn project(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let asked: NewProject = small(&app, &parts.headers, body).await?;
    let found = registered(&app, &caller, asked).await?;
    Ok(Json(found).into_response())
}

async fn register_project(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let asked: NewProject = small(&app, &parts.headers, body).await?;
    let found = registered(&app, &caller, asked).await?;
    Ok(Json(json!({ "project": found })).into_response())
}

async fn get_project(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let asked: NewProject = small(&app, &parts.headers, body).await?;
    let found = registered(&app, &caller, asked).await?;
    Ok(Json(json!([found])).into_response())
}

async fn project_by_id(
    State(app): State<App>,
    caller: Caller,
    Path(project_id): Path<String>,
) -> Answered {
    let asked = NewProject { name: None, project_id: Some(project_id) };
    Ok(Json(registered(&app, &caller, asked).await?).into_response())
}

/// The project of a name, which is kept; or the one of an id.
async fn registered(app: &App, caller: &Caller, asked: NewProject) -> Result<JsonValue, ApiError> {
    let workspace = caller.workspace;
    let (id, name) = match (asked.project_id, asked.name) {
        (Some(id), None) => {
            let known = id.clone();
            let name = app.read(move |app| Ok(name(&app.store, workspace, &known))).await?;
            let name = name.ok_or_else(|| ApiError::not_found("a project with this id"))?;
            (id, name)
        }
        (_, name) => {
            let name = name.filter(|name| !name.trim().is_empty());
            let name = checked(name.unwrap_or_else(|| NAMELESS.to_owned()))?;
            let id = id_of(workspace, &["project", &name]);
            keep(app, workspace, SENDER, &id, &name).await?;
            (id, name)
        }
    };
    Ok(json!({
        "id": id, "name": name, "org_id": id_of(workspace, &["organization"]),
        "created": CREATED, "deleted_at": null, "user_id": null, "settings": null,
    }))
}

#[derive(Deserialize, Default)]
struct NewExperiment {
    project_id: Option<String>,
    project_name: Option<String>,
    #[serde(alias = "experiment_name")]
    name: Option<String>,
    #[serde(default)]
    ensure_new: bool,
    #[serde(default)]
    update: bool,
}

async fn experiment(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let asked: NewExperiment = small(&app, &parts.headers, body).await?;
    let project = asked.project_id.clone().unwrap_or_default();
    Ok(Json(begun(&app, &caller, project, asked).await?).into_response())
}

/// The JavaScript SDK names the project along with the experiment.
async fn register_experiment(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let mut asked: NewExperiment = small(&app, &parts.headers, body).await?;
    let project =
        NewProject { name: asked.project_name.take(), project_id: asked.project_id.take() };
    let project = registered(&app, &caller, project).await?;
    let id = project["id"].as_str().unwrap_or_default().to_owned();
    asked.ensure_new = !asked.update;
    let experiment = begun(&app, &caller, id, asked).await?;
    Ok(Json(json!({ "project": project, "experiment": experiment })).into_response())
}

/// An experiment; a name that is taken gets an ending where a new one is asked for.
async fn begun(
    app: &App,
    caller: &Caller,
    project: String,
    asked: NewExperiment,
) -> Result<JsonValue, ApiError> {
    let workspace = caller.workspace;
    let ending = random_key()?[..8].to_owned();
    let mut name = match asked.name.filter(|name| !name.trim().is_empty()) {
        Some(name) => checked(name)?,
        None => format!("experiment-{ending}"),
    };
    let mut id = id_of(workspace, &["experiment", &project, &name]);
    let known = id.clone();
    let lookup =
        move |app: &App| Ok(app.store.sender_project_name(workspace, EXPERIMENTS, &known)?);
    if asked.ensure_new && app.read(lookup).await?.is_some() {
        name = format!("{name}-{ending}");
        id = id_of(workspace, &["experiment", &project, &name]);
    }
    keep(app, workspace, EXPERIMENTS, &id, &name).await?;
    Ok(described(&id, &project, &name))
}

fn described(id: &str, project: &str, name: &str) -> JsonValue {
    json!({
        "id": id, "project_id": project, "name": name, "created": CREATED, "public": false,
        "description": null, "deleted_at": null, "user_id": null, "metadata": null,
    })
}

#[derive(Deserialize)]
struct ExperimentQuestion {
    experiment_name: Option<String>,
    project_id: Option<String>,
    project_name: Option<String>,
}

async fn experiments(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<ExperimentQuestion>,
) -> Answered {
    let workspace = caller.workspace;
    let named = asked.project_name.map(|name| id_of(workspace, &["project", &name]));
    let (Some(project), Some(name)) = (asked.project_id.or(named), asked.experiment_name) else {
        return Ok(Json(json!({ "objects": [] })).into_response());
    };
    let id = id_of(workspace, &["experiment", &project, &name]);
    let known = id.clone();
    let found = app
        .read(move |app| Ok(app.store.sender_project_name(workspace, EXPERIMENTS, &known)?))
        .await?;
    let objects: Vec<JsonValue> = found.iter().map(|name| described(&id, &project, name)).collect();
    Ok(Json(json!({ "objects": objects })).into_response())
}

/// Scores stand at the runs; the SDK prints its sums without any.
async fn summary(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answered {
    let workspace = caller.workspace;
    let name = app
        .read(move |app| Ok(app.store.sender_project_name(workspace, EXPERIMENTS, &id)?))
        .await?;
    Ok(Json(json!({
        "project_name": "", "experiment_name": name.unwrap_or_default(), "project_url": null,
        "experiment_url": null, "comparison_experiment_name": null, "scores": {}, "metrics": {},
    }))
    .into_response())
}

async fn comparison() -> Json<JsonValue> {
    Json(json!({ "scores": {}, "metrics": {} }))
}

async fn no_base() -> ApiError {
    ApiError::bad_request("there is no experiment to compare with")
}

fn checked(name: String) -> Result<String, ApiError> {
    if name.len() > NAME_MAX_BYTES {
        let message = format!("a name has at most {NAME_MAX_BYTES} bytes");
        return Err(ApiError::bad_request(message).with_field("name"));
    }
    Ok(name)
}

/// Keeps a name; one that is there already costs no commit.
async fn keep(
    app: &App,
    workspace: WorkspaceId,
    product: &'static str,
    id: &str,
    name: &str,
) -> Result<(), ApiError> {
    let (id, name) = (id.to_owned(), name.to_owned());
    app.read(move |app| {
        if app.store.sender_project_name(workspace, product, &id)?.as_ref() != Some(&name) {
            app.store.put_sender_project(workspace, product, &id, &name)?;
        }
        Ok(())
    })
    .await
}

/// A UUID made from the words.
fn id_of(workspace: WorkspaceId, words: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("braintrust {}", workspace.0).as_bytes());
    for word in words {
        hasher.update(&[0]).update(word.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
