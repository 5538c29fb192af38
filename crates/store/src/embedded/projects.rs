//! Projects as products' SDKs know them: they ask for one by its name and go on with its id.

use rusqlite::{Connection, OptionalExtension, params};

use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Projects of one product in a workspace. Senders make them by naming them.
const PROJECTS_MAX: i64 = 10_000;

/// Keeps the name of a project; one that is there gets the new name.
pub(crate) fn put(
    connection: &Connection,
    workspace: WorkspaceId,
    product: &str,
    (project_id, name): (&str, &str),
    now: i64,
) -> Result<(), StoreError> {
    let rename = "UPDATE sender_projects SET name = ?4 \
        WHERE workspace = ?1 AND product = ?2 AND project_id = ?3";
    let row = params![workspace.0, product, project_id, name];
    if connection.prepare_cached(rename)?.execute(row)? > 0 {
        return Ok(());
    }
    let count = "SELECT COUNT(*) FROM sender_projects WHERE workspace = ?1 AND product = ?2";
    let count: i64 = connection
        .prepare_cached(count)?
        .query_row(params![workspace.0, product], |row| row.get(0))?;
    if count >= PROJECTS_MAX {
        let why = format!("there are {PROJECTS_MAX} projects of {product}, no more are kept");
        return Err(StoreError::Invalid(why));
    }
    let sql = "INSERT INTO sender_projects (workspace, product, project_id, name, created_nanos) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        product,
        project_id,
        name,
        now
    ])?;
    Ok(())
}

/// The name of a project.
pub(crate) fn name(
    connection: &Connection,
    workspace: WorkspaceId,
    product: &str,
    project_id: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM sender_projects \
               WHERE workspace = ?1 AND product = ?2 AND project_id = ?3";
    let row = params![workspace.0, product, project_id];
    Ok(connection.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?)
}

/// The oldest project with a name.
pub(crate) fn id(
    connection: &Connection,
    workspace: WorkspaceId,
    product: &str,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT project_id FROM sender_projects \
               WHERE workspace = ?1 AND product = ?2 AND name = ?3 \
               ORDER BY created_nanos, project_id LIMIT 1";
    let row = params![workspace.0, product, name];
    Ok(connection.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?)
}

/// Ids and names of all projects of a product, by name.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
    product: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT project_id, name FROM sender_projects \
               WHERE workspace = ?1 AND product = ?2 ORDER BY name, project_id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows =
        statement.query_map(params![workspace.0, product], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
