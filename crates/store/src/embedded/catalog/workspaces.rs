//! Workspaces: the tenants.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::{Change, audit};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Name of the workspace that a fresh install has.
pub(crate) const DEFAULT_NAME: &str = "default";
const NAME_MAX_BYTES: usize = 64;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Workspace {
    /// Its number.
    pub id: WorkspaceId,
    /// Unique name.
    pub name: String,
    /// Nanoseconds since 1970 UTC.
    pub created_nanos: i64,
}

/// Makes the workspace `default` in a fresh store.
pub(crate) fn make_default(connection: &Connection, now: i64) -> Result<(), StoreError> {
    // `AUTOINCREMENT` remembers: a store whose default was deleted does not get it again.
    let sql = "INSERT INTO workspaces (workspace, name, created_nanos) SELECT 1, ?1, ?2 \
               WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'workspaces')";
    connection.execute(sql, params![DEFAULT_NAME, now])?;
    Ok(())
}

/// Makes a workspace.
pub(crate) fn create(
    connection: &Connection,
    name: &str,
    change: &Change,
) -> Result<Workspace, StoreError> {
    check_name(name)?;
    if by_name(connection, name)?.is_some() {
        return Err(StoreError::Conflict(format!("there is a workspace \"{name}\" already")));
    }
    let sql = "INSERT INTO workspaces (name, created_nanos) VALUES (?1, ?2)";
    let id = connection.prepare_cached(sql)?.insert(params![name, change.at_nanos])?;
    audit::append(connection, change, "workspace.create", name, "")?;
    Ok(Workspace { id: WorkspaceId(id), name: name.to_owned(), created_nanos: change.at_nanos })
}

/// Names stand in headers, paths and on command lines.
fn check_name(name: &str) -> Result<(), StoreError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let starts_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if starts_well && name.len() <= NAME_MAX_BYTES && name.bytes().all(fits) {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "a workspace's name has 1 to {NAME_MAX_BYTES} letters, digits, \"-\", \"_\" or \".\" and starts with a letter or digit"
    )))
}

/// Every workspace by name.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Workspace>, StoreError> {
    let sql = "SELECT workspace, name, created_nanos FROM workspaces \
               WHERE substr(name, 1, 1) <> '~' ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let workspaces = statement.query_map([], read)?;
    Ok(workspaces.collect::<Result<_, _>>()?)
}

/// The workspace with this name.
pub(crate) fn by_name(
    connection: &Connection,
    name: &str,
) -> Result<Option<Workspace>, StoreError> {
    let sql = "SELECT workspace, name, created_nanos FROM workspaces WHERE name = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([name], read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Workspace> {
    Ok(Workspace { id: WorkspaceId(row.get(0)?), name: row.get(1)?, created_nanos: row.get(2)? })
}

/// A workspace that is being deleted is called so, and by nothing that a request could say.
const CLOSED: &str = "~deleted-";

/// Takes a workspace out of reach: its keys and its name go at once, its data follows. The line
/// about it stands in the audit log of `change.workspace`.
pub(crate) fn close(
    connection: &Connection,
    workspace: &Workspace,
    change: &Change,
) -> Result<(), StoreError> {
    if workspace.id == change.workspace {
        let message = "a workspace cannot be deleted from inside itself";
        return Err(StoreError::Conflict(message.to_owned()));
    }
    let rename = "UPDATE workspaces SET name = ?2 || workspace WHERE workspace = ?1";
    if connection.execute(rename, params![workspace.id.0, CLOSED])? == 0 {
        return Err(StoreError::NotFound("workspace"));
    }
    connection.execute("DELETE FROM keys WHERE workspace = ?1", [workspace.id.0])?;
    audit::append(connection, change, "workspace.delete", &workspace.name, "")
}

/// Workspaces whose deletion was broken off.
pub(crate) fn closed(connection: &Connection) -> Result<Vec<Workspace>, StoreError> {
    let sql = "SELECT workspace, name, created_nanos FROM workspaces \
               WHERE substr(name, 1, length(?1)) = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let workspaces = statement.query_map([CLOSED], read)?;
    Ok(workspaces.collect::<Result<_, _>>()?)
}

/// Tables whose rows go with their workspace, once its traces are gone.
pub(super) const TABLES: [&str; 18] = [
    "agents",
    "sessions",
    "users",
    "terms",
    "labels",
    "tombstones",
    "retention_receipts",
    "rollup_hours",
    "rollup",
    "keys",
    "settings",
    "saved_views",
    "audit",
    "requests",
    "price_overrides",
    "session_owner",
    "zdict",
    "sender_projects",
];

/// Removes what is left of a workspace without traces.
pub(crate) fn remove(connection: &Connection, workspace: WorkspaceId) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM traces WHERE workspace = ?1)";
    if connection.query_row(sql, [workspace.0], |row| row.get(0))? {
        return Err(StoreError::Conflict("the workspace still has traces".to_owned()));
    }
    for table in TABLES {
        let sql = format!("DELETE FROM {table} WHERE workspace = ?1");
        connection.execute(&sql, [workspace.0])?;
    }
    connection.execute("DELETE FROM workspaces WHERE workspace = ?1", [workspace.0])?;
    Ok(())
}
