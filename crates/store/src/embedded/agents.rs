//! The registry of agents: registered by hand, or made when a trace first names one (ruling 6).

use clew_model::span::AgentFacts;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::catalog::Change;
use crate::contract::{Random, StoreError};
use crate::ids::{AgentId, WorkspaceId};

/// The agent of a trace: the key's, else `agentos.agent_id`, else the name of the root's agent,
/// else the sender's project, else its service. `None` where nothing names one.
pub(crate) fn resolve(
    connection: &Connection,
    workspace: WorkspaceId,
    key_agent: Option<AgentId>,
    facts: &AgentFacts,
    random: &Random,
    now: i64,
) -> Result<Option<i64>, StoreError> {
    let said_id = said(&facts.agentos_id);
    let name = said(&facts.name);
    if let Some(id) = key_agent.or_else(|| said_id.and_then(|text| text.parse().ok())) {
        return by_id(connection, workspace, id, name, now).map(Some);
    }
    let name = said_id.or(name).or(said(&facts.project)).or(said(&facts.service));
    name.map(|name| by_name(connection, workspace, name, random, now)).transpose()
}

fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// An agent seen by id only is called by its id until something names it.
fn by_id(
    connection: &Connection,
    workspace: WorkspaceId,
    id: AgentId,
    name: Option<&str>,
    now: i64,
) -> Result<i64, StoreError> {
    let find = "SELECT agent_no, name FROM agents WHERE workspace = ?1 AND agent_id = ?2";
    let found: Option<(i64, String)> = connection
        .prepare_cached(find)?
        .query_row(params![workspace.0, id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((agent_no, known_as)) = found else {
        let id_text = id.to_string();
        return insert(connection, workspace, id, name.unwrap_or(&id_text), false, now);
    };
    if let Some(name) = name
        && known_as == id.to_string()
    {
        let rename = "UPDATE agents SET name = ?2 WHERE agent_no = ?1 AND registered = 0";
        connection.prepare_cached(rename)?.execute(params![agent_no, name])?;
    }
    Ok(agent_no)
}

fn by_name(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
    random: &Random,
    now: i64,
) -> Result<i64, StoreError> {
    let find = "SELECT agent_no FROM agents WHERE workspace = ?1 AND name = ?2 \
                ORDER BY agent_no LIMIT 1";
    let found = connection
        .prepare_cached(find)?
        .query_row(params![workspace.0, name], |row| row.get(0))
        .optional()?;
    match found {
        Some(agent_no) => Ok(agent_no),
        None => insert(connection, workspace, new_id(random), name, false, now),
    }
}

/// A fresh id.
pub(crate) fn new_id(random: &Random) -> AgentId {
    let mut bytes = [0; 16];
    random(&mut bytes);
    AgentId::from_random(bytes)
}

/// Puts an agent into the registry.
pub(crate) fn insert(
    connection: &Connection,
    workspace: WorkspaceId,
    id: AgentId,
    name: &str,
    registered: bool,
    now: i64,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO agents (workspace, agent_id, name, registered, created_nanos) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    Ok(connection.prepare_cached(sql)?.insert(params![workspace.0, id.0, name, registered, now])?)
}

/// The number of a registered agent.
pub(crate) fn number(
    connection: &Connection,
    workspace: WorkspaceId,
    id: AgentId,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT agent_no FROM agents WHERE workspace = ?1 AND agent_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![workspace.0, id.0], |row| row.get(0)).optional()?)
}

/// An agent in the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name; several agents may have the same.
    pub name: String,
    /// Put there by hand, not because a trace named it.
    pub registered: bool,
    /// For people.
    pub description: Option<String>,
    /// Nanoseconds since 1970 UTC.
    pub created_nanos: i64,
}

const NAME_MAX_CHARS: usize = 200;

/// Registers an agent. One that traces named first keeps its number and takes the name.
pub(crate) fn register(
    connection: &Connection,
    name: &str,
    description: Option<&str>,
    id: AgentId,
    change: &Change,
) -> Result<Agent, StoreError> {
    if name.trim().is_empty() || name.chars().count() > NAME_MAX_CHARS {
        let message = format!("an agent's name has 1 to {NAME_MAX_CHARS} characters");
        return Err(StoreError::Invalid(message));
    }
    let sql = "INSERT INTO agents \
               (workspace, agent_id, name, registered, description, created_nanos) \
               VALUES (?1, ?2, ?3, 1, ?4, ?5) ON CONFLICT (workspace, agent_id) DO UPDATE SET \
               name = excluded.name, registered = 1, description = excluded.description";
    let Change { workspace, at_nanos, .. } = change;
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        id.0,
        name,
        description,
        at_nanos
    ])?;
    by_agent_id(connection, *workspace, id)?.ok_or(StoreError::NotFound("agent"))
}

/// The agent with this id.
pub(crate) fn by_agent_id(
    connection: &Connection,
    workspace: WorkspaceId,
    id: AgentId,
) -> Result<Option<Agent>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM agents WHERE workspace = ?1 AND agent_id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row(params![workspace.0, id.0], read).optional()?)
}

/// The first agent with this name.
pub(crate) fn by_agent_name(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<Agent>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM agents WHERE workspace = ?1 AND name = ?2 ORDER BY agent_no LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row(params![workspace.0, name], read).optional()?)
}

/// Every agent of a workspace.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<Agent>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM agents WHERE workspace = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let agents = statement.query_map([workspace.0], read)?;
    Ok(agents.collect::<Result<_, _>>()?)
}

const COLUMNS: &str = "agent_id, name, registered, description, created_nanos";

fn read(row: &Row<'_>) -> rusqlite::Result<Agent> {
    Ok(Agent {
        id: AgentId(row.get(0)?),
        name: row.get(1)?,
        registered: row.get(2)?,
        description: row.get(3)?,
        created_nanos: row.get(4)?,
    })
}
