//! Keys: made, listed, revoked. The key itself is shown once.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, post};
use clew_store::{Agent, AgentId, Change, KeyRecord, NewKey, Scope};
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
    let access = Access::Workspace(Scope::Admin);
    let list = Route {
        method: Method::GET,
        path: "/api/v1/keys",
        owner: Owner::Api,
        access,
        summary: "Keys of the workspace, by their first characters",
        query: &[],
        body: None,
        answer: Answer::Json("KeyList"),
        handler: || get(list),
    };
    let create = Route {
        method: Method::POST,
        summary: "Makes a key; the answer is the only place that shows it",
        body: Some("NewKey"),
        answer: Answer::Created("MadeKey"),
        handler: || post(create),
        ..list.same()
    };
    let revoke = Route {
        method: Method::DELETE,
        path: "/api/v1/keys/{id}",
        summary: "Refuses a key from now on",
        answer: Answer::Json("Done"),
        handler: || delete(revoke),
        ..list.same()
    };
    vec![list, create, revoke]
}

async fn list(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let keys = app.store.keys(caller.workspace)?;
        let mut agents = HashMap::new();
        for id in keys.iter().filter_map(|key| key.agent) {
            if let Some(agent) = app.store.agent(caller.workspace, id)? {
                agents.insert(id, agent);
            }
        }
        let keys: Vec<JsonValue> = keys
            .iter()
            .map(|key| view(key, key.agent.and_then(|id| agents.get(&id)), &caller))
            .collect();
        Ok(Json(json!({ "keys": keys })))
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: String,
    scopes: Vec<Scope>,
    /// Name or id of the agent of an agent key; put into the registry where it is new.
    agent: Option<String>,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<(StatusCode, Json<JsonValue>), ApiError> {
    app.read(move |app| {
        let change = caller.change(app.store.now());
        let agent = asked.agent.as_deref().map(|name| agent(app, name, &change)).transpose()?;
        let key = NewKey {
            name: asked.name,
            scopes: asked.scopes.into(),
            agent: agent.as_ref().map(|agent| agent.id),
        };
        let (text, record) = app.store.create_key(&key, &change)?;
        let mut made = view(&record, agent.as_ref(), &caller);
        made["key"] = json!(text);
        Ok((StatusCode::CREATED, Json(made)))
    })
    .await
}

/// The agent of this name or id; a new one is registered.
pub(crate) fn agent(app: &App, name: &str, change: &Change) -> Result<Agent, ApiError> {
    if let Ok(id) = name.parse::<AgentId>() {
        return match app.store.agent(change.workspace, id)? {
            Some(agent) => Ok(agent),
            None => Ok(app.store.register_agent(name, None, Some(id), change)?),
        };
    }
    match app.store.agent_by_name(change.workspace, name)? {
        Some(agent) => Ok(agent),
        None => Ok(app.store.register_agent(name, None, None, change)?),
    }
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    let id = id.parse().map_err(|_| ApiError::not_found("key"))?;
    app.read(move |app| {
        app.store.revoke_key(id, &caller.change(app.store.now()))?;
        app.keys.forget();
        Ok(Json(json!({ "done": true, "id": id })))
    })
    .await
}

fn view(key: &KeyRecord, agent: Option<&Agent>, caller: &Caller) -> JsonValue {
    let agent = match (agent, key.agent) {
        (Some(agent), _) => json!({ "id": agent.id, "name": agent.name }),
        (None, Some(id)) => json!({ "id": id, "name": id.to_string() }),
        (None, None) => JsonValue::Null,
    };
    json!({
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "agent": agent,
        "workspace": caller.workspace_name,
        "created_nanos": Nanos(key.created_nanos),
        "created_by": key.created_by,
        "revoked_nanos": key.revoked_nanos.map(Nanos),
        "last_used_nanos": key.last_used_nanos.map(Nanos),
    })
}
