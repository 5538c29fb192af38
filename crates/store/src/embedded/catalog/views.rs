//! Saved views: a filter, columns and a sort under a name.

use rusqlite::{Connection, Row, params};
use serde::Serialize;
use serde_json::Value as Json;

use super::{Change, audit};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// A saved view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SavedView {
    /// By which it is changed and deleted.
    pub id: i64,
    /// Unique on its page.
    pub name: String,
    /// Which list it is for: `traces`, `spans`, `sessions`, ...
    pub page: String,
    /// The page's own affair: filter, sort, columns.
    pub definition: Json,
    /// Nanoseconds since 1970 UTC.
    pub created_nanos: i64,
    /// Likewise.
    pub changed_nanos: i64,
    /// Who changed it last.
    pub changed_by: String,
}

/// Saves a view; one of this name on this page is replaced.
pub(crate) fn save(
    connection: &Connection,
    name: &str,
    page: &str,
    definition: &Json,
    change: &Change,
) -> Result<SavedView, StoreError> {
    if name.trim().is_empty() || page.is_empty() {
        return Err(StoreError::Invalid("a saved view needs a name and a page".to_owned()));
    }
    let sql = "INSERT INTO saved_views \
               (workspace, name, page, definition, created_nanos, changed_nanos, changed_by) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) \
               ON CONFLICT (workspace, page, name) DO UPDATE SET \
               definition = excluded.definition, changed_nanos = excluded.changed_nanos, \
               changed_by = excluded.changed_by RETURNING view_no";
    let Change { workspace, by, at_nanos } = change;
    let id: i64 = connection.prepare_cached(sql)?.query_row(
        params![workspace.0, name, page, definition.to_string(), at_nanos, by],
        |row| row.get(0),
    )?;
    audit::append(connection, change, "view.save", name, page)?;
    get(connection, *workspace, id)
}

/// Removes a view.
pub(crate) fn remove(connection: &Connection, id: i64, change: &Change) -> Result<(), StoreError> {
    let view = get(connection, change.workspace, id)?;
    connection.prepare_cached("DELETE FROM saved_views WHERE view_no = ?1")?.execute([id])?;
    audit::append(connection, change, "view.delete", &view.name, &view.page)
}

/// Views of a workspace by page and name.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<SavedView>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM saved_views WHERE workspace = ?1 ORDER BY page, name");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([workspace.0])?;
    let mut views = Vec::new();
    while let Some(row) = rows.next()? {
        views.push(read(row)?);
    }
    Ok(views)
}

fn get(connection: &Connection, workspace: WorkspaceId, id: i64) -> Result<SavedView, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM saved_views WHERE workspace = ?1 AND view_no = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([workspace.0, id])?;
    match rows.next()? {
        Some(row) => read(row),
        None => Err(StoreError::NotFound("saved view")),
    }
}

const COLUMNS: &str = "view_no, name, page, definition, created_nanos, changed_nanos, changed_by";

fn read(row: &Row<'_>) -> Result<SavedView, StoreError> {
    let definition: String = row.get(3)?;
    Ok(SavedView {
        id: row.get(0)?,
        name: row.get(1)?,
        page: row.get(2)?,
        definition: serde_json::from_str(&definition)
            .map_err(|error| StoreError::Corrupt(format!("a saved view: {error}")))?,
        created_nanos: row.get(4)?,
        changed_nanos: row.get(5)?,
        changed_by: row.get(6)?,
    })
}
