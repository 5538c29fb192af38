//! LangSmith's projects, which its API calls sessions: what a sender's runs name becomes the
//! agent here, and the SDKs ask for it by name to get its id.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::Method;
use axum::routing::{get, post};
use clew_model::ids::TraceId;
use clew_store::{Scope, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::reading::uuid;
use crate::agno::instant;
use crate::api::params::JsonBody;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Route};

/// The product's name in the store's table of projects.
const PRODUCT: &str = "langsmith";
/// Bytes of a project's name or id.
const NAME_MAX_BYTES: usize = 512;

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/sessions",
        owner: Owner::Langsmith,
        access: Access::Scope(Scope::Read),
        summary: "LangSmith's projects: all, or the one with a name",
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler: || get(list),
    };
    let one = Route {
        path: "/sessions/{project_id}",
        summary: "A project of LangSmith",
        handler: || get(one),
        ..list.same()
    };
    let create = Route {
        method: Method::POST,
        access: Access::Scope(Scope::Ingest),
        summary: "Makes a project of LangSmith known",
        body: Some("LangsmithProject"),
        handler: || post(create),
        ..list.same()
    };
    vec![list, one, create]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let workspace = caller.workspace;
        let found = match asked.get("name") {
            Some(name) => {
                let id = id_of(app, workspace, name)?;
                id.map(|id| vec![view(app, workspace, &id, name)]).unwrap_or_default()
            }
            None => {
                let projects = app.store.sender_projects(workspace, PRODUCT)?;
                projects.iter().map(|(id, name)| view(app, workspace, id, name)).collect()
            }
        };
        Ok(Json(JsonValue::Array(found)))
    })
    .await
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let name = app.store.sender_project_name(caller.workspace, PRODUCT, &id)?;
        let name = name.ok_or_else(|| ApiError::not_found("project"))?;
        Ok(Json(view(app, caller.workspace, &id, &name)))
    })
    .await
}

#[derive(Deserialize)]
struct NewProject {
    name: String,
    #[serde(default)]
    id: Option<String>,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<HashMap<String, String>>,
    JsonBody(new): JsonBody<NewProject>,
) -> Result<Json<JsonValue>, ApiError> {
    let long = |text: &str| text.is_empty() || text.len() > NAME_MAX_BYTES;
    if long(&new.name) || new.id.as_deref().is_some_and(long) {
        let message = format!("a project's name has 1 to {NAME_MAX_BYTES} bytes");
        return Err(ApiError::bad_request(message).with_field("name"));
    }
    let upsert = asked.get("upsert").is_some_and(|said| said.eq_ignore_ascii_case("true"));
    app.read(move |app| {
        let workspace = caller.workspace;
        let known = app.store.sender_project_id(workspace, PRODUCT, &new.name)?;
        if known.is_some() && !upsert {
            let message = format!("there is a project {:?}", new.name);
            return Err(ApiError::new(ErrorCode::Conflict, message));
        }
        let id = known.or(new.id).unwrap_or_else(|| made_id(&new.name));
        let holder = name_of(app, workspace, &id)?.filter(|name| *name != new.name);
        if let Some(name) = holder {
            let message = format!("the id {id} is that of the project {name:?}");
            return Err(ApiError::new(ErrorCode::Conflict, message).with_field("id"));
        }
        app.store.put_sender_project(workspace, PRODUCT, &id, &new.name)?;
        Ok(Json(view(app, workspace, &id, &new.name)))
    })
    .await
}

/// The id of a project: the one that was given, or that of an agent that runs have named.
fn id_of(app: &App, workspace: WorkspaceId, name: &str) -> Result<Option<String>, ApiError> {
    if let Some(id) = app.store.sender_project_id(workspace, PRODUCT, name)? {
        return Ok(Some(id));
    }
    if app.store.agent_by_name(workspace, name)?.is_none() {
        return Ok(None);
    }
    let id = made_id(name);
    app.store.put_sender_project(workspace, PRODUCT, &id, name)?;
    Ok(Some(id))
}

/// The same id for the same name, so that two who ask at once get one.
fn made_id(name: &str) -> String {
    TraceId::from_sender(&format!("langsmith project {name}")).map_or_else(|_| String::new(), uuid)
}

/// The name of a project that a query names by its id.
pub(super) fn name_of(
    app: &App,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<String>, ApiError> {
    Ok(app.store.sender_project_name(workspace, PRODUCT, id)?)
}

fn view(app: &App, workspace: WorkspaceId, id: &str, name: &str) -> JsonValue {
    json!({
        "id": id,
        "name": name,
        "tenant_id": format!("00000000-0000-0000-0000-{:012x}", workspace.0),
        "start_time": instant::written(app.store.now()),
        "end_time": null,
        "description": null,
        "extra": {},
        "reference_dataset_id": null,
        "trace_tier": "longlived",
    })
}
