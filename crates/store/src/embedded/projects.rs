//! Projects as products' SDKs know them: they ask for one by its name and go on with its id.

use std::sync::Once;

use rusqlite::{Connection, OptionalExtension, params};

use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Projects of one product in a workspace. Senders make them by naming them.
const PROJECTS_MAX: i64 = 10_000;

/// The log says once that names are not kept any more.
static FULL: Once = Once::new();

/// Keeps the name of a project; one that is there gets the new name. Beyond [`PROJECTS_MAX`] a
/// new name is not kept, which is no error: a sender's spans are worth more than their heading.
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
        FULL.call_once(|| {
            let workspace = workspace.0;
            tracing::warn!(
                workspace,
                product,
                "{PROJECTS_MAX} projects are known: no more are kept"
            );
        });
        return Ok(());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_too_many_is_no_error_and_not_kept() {
        let connection = Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE sender_projects (workspace, product, project_id, name, \
            created_nanos)";
        connection.execute(table, []).unwrap();
        let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
            INSERT INTO sender_projects SELECT 1, 'mlflow', 'p' || i, 'n' || i, i FROM n";
        assert_eq!(connection.execute(fill, []).unwrap(), 10_000);
        let workspace = WorkspaceId(1);
        put(&connection, workspace, "mlflow", ("new", "late"), 0).unwrap();
        assert_eq!(name(&connection, workspace, "mlflow", "new").unwrap(), None);
        put(&connection, workspace, "mlflow", ("p7", "other"), 0).unwrap();
        let renamed = name(&connection, workspace, "mlflow", "p7").unwrap();
        assert_eq!(renamed.as_deref(), Some("other"));
        put(&connection, workspace, "braintrust", ("new", "first"), 0).unwrap();
        let kept = name(&connection, workspace, "braintrust", "new").unwrap();
        assert_eq!(kept.as_deref(), Some("first"));
    }
}
