//! Saved views: a filter, columns and a sort under a name.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{delete, get, post};
use clew_store::{SavedView, Scope};
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
        path: "/api/v1/views",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Read),
        summary: "Saved views of the workspace",
        query: &[],
        body: None,
        answer: Answer::Json("SavedViewList"),
        handler: || get(list),
    };
    let save = Route {
        method: Method::POST,
        access: Access::Workspace(Scope::Admin),
        summary: "Saves a view; one of this name on this page is replaced",
        body: Some("NewView"),
        answer: Answer::Json("SavedView"),
        handler: || post(save),
        ..list.same()
    };
    let remove = Route {
        method: Method::DELETE,
        path: "/api/v1/views/{id}",
        access: Access::Workspace(Scope::Admin),
        summary: "Removes a saved view",
        answer: Answer::Json("Done"),
        handler: || delete(remove),
        ..list.same()
    };
    vec![list, save, remove]
}

async fn list(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let views: Vec<JsonValue> =
            app.store.saved_views(caller.workspace)?.iter().map(view).collect();
        Ok(Json(json!({ "views": views })))
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: String,
    page: String,
    definition: JsonValue,
}

async fn save(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let change = caller.change(app.store.now());
        let saved = app.store.save_view(&asked.name, &asked.page, asked.definition, &change)?;
        Ok(Json(view(&saved)))
    })
    .await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    let id = id.parse().map_err(|_| ApiError::not_found("saved view"))?;
    app.read(move |app| {
        app.store.delete_view(id, &caller.change(app.store.now()))?;
        Ok(Json(json!({ "done": true })))
    })
    .await
}

fn view(view: &SavedView) -> JsonValue {
    json!({
        "id": view.id, "name": view.name, "page": view.page, "definition": view.definition,
        "created_nanos": Nanos(view.created_nanos),
        "changed_nanos": Nanos(view.changed_nanos), "changed_by": view.changed_by,
    })
}
