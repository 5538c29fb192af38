//! Workspaces: the tenants.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, post};
use clew_store::{Scope, Workspace};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::params::JsonBody;
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/workspaces",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Admin),
        summary: "Workspaces: all for whoever runs the instance, else the key's own",
        query: &[],
        body: None,
        answer: Answer::Json("WorkspaceList"),
        handler: || get(list),
    };
    let create = Route {
        method: Method::POST,
        access: Access::Operator,
        summary: "Makes a workspace",
        body: Some("NewWorkspace"),
        answer: Answer::Created("Workspace"),
        handler: || post(create),
        ..list.same()
    };
    let remove = Route {
        method: Method::DELETE,
        path: "/api/v1/workspaces/{name}",
        access: Access::Operator,
        summary: "Deletes a workspace with its traces, agents and keys",
        answer: Answer::Json("Done"),
        handler: || delete(remove),
        ..list.same()
    };
    vec![list, create, remove]
}

async fn list(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let mut workspaces = Vec::new();
        for workspace in app.store.workspaces()? {
            if caller.operator || workspace.id == caller.workspace {
                let count = app.store.trace_count(workspace.id)?;
                workspaces.push(view(&workspace, count));
            }
        }
        Ok(Json(json!({ "workspaces": workspaces })))
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: String,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<(StatusCode, Json<JsonValue>), ApiError> {
    app.read(move |app| {
        let made = app.store.create_workspace(&asked.name, &caller.change(app.store.now()))?;
        Ok((StatusCode::CREATED, Json(view(&made, 0))))
    })
    .await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let found = app.store.workspace_by_name(&name)?;
        let workspace = found.ok_or_else(|| ApiError::not_found("workspace"))?;
        app.store.delete_workspace(&workspace, &caller.change(app.store.now()))?;
        app.keys.forget();
        app.forget_runs();
        Ok(Json(json!({ "done": true })))
    })
    .await
}

fn view(workspace: &Workspace, trace_count: u64) -> JsonValue {
    json!({
        "id": workspace.id.0,
        "name": workspace.name,
        "trace_count": trace_count,
        "created_nanos": Nanos(workspace.created_nanos),
    })
}
