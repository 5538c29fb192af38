//! Settings changed at run time. One set from outside (file, environment, flag) is locked: it
//! shows, and cannot be changed here (ruling 32).

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::Value as Json;

use super::{Change, audit};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Workspace number of settings of the whole instance.
pub(crate) const INSTANCE: WorkspaceId = WorkspaceId(0);

/// A setting that has a value other than the shipped one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Its key, as in the configuration file.
    pub name: String,
    /// Its value.
    pub value: Json,
    /// Set from outside.
    pub locked: bool,
    /// Who changed it, empty for a locked one.
    pub changed_by: String,
    /// When, 0 for a locked one.
    pub changed_nanos: i64,
}

/// Values set from outside, by name.
pub type Locked = BTreeMap<String, Json>;

/// All settings of a workspace that are set, by name; locked ones cover stored ones.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
    locked: &Locked,
) -> Result<Vec<Setting>, StoreError> {
    let sql = "SELECT name, value, changed_by, changed_nanos FROM settings WHERE workspace = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([workspace.0])?;
    let mut settings = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let value = read(&name, &row.get::<_, String>(1)?)?;
        let changed_by = row.get(2)?;
        let changed_nanos = row.get(3)?;
        let setting =
            Setting { name: name.clone(), value, locked: false, changed_by, changed_nanos };
        settings.insert(name, setting);
    }
    for (name, value) in locked {
        let setting = Setting {
            name: name.clone(),
            value: value.clone(),
            locked: true,
            changed_by: String::new(),
            changed_nanos: 0,
        };
        settings.insert(name.clone(), setting);
    }
    Ok(settings.into_values().collect())
}

/// The value of a setting, `None` where the shipped one holds.
pub(crate) fn get(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
    locked: &Locked,
) -> Result<Option<Json>, StoreError> {
    if let Some(value) = locked.get(name) {
        return Ok(Some(value.clone()));
    }
    let sql = "SELECT value FROM settings WHERE workspace = ?1 AND name = ?2";
    let text: Option<String> = connection
        .prepare_cached(sql)?
        .query_row(params![workspace.0, name], |row| row.get(0))
        .optional()?;
    text.map(|text| read(name, &text)).transpose()
}

fn read(name: &str, text: &str) -> Result<Json, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("value of setting {name}: {error}")))
}

/// Changes a setting of `workspace` ([`INSTANCE`] or the change's own); `None` goes back to the
/// shipped value.
pub(crate) fn set(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
    value: Option<&Json>,
    locked: &Locked,
    change: &Change,
) -> Result<(), StoreError> {
    if locked.contains_key(name) {
        let message = format!("setting {name} is set by file, environment or flag");
        return Err(StoreError::Conflict(message));
    }
    let before = get(connection, workspace, name, locked)?;
    match value {
        Some(value) => {
            let sql = "INSERT OR REPLACE INTO settings \
                       (workspace, name, value, changed_nanos, changed_by) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let Change { at_nanos, by, .. } = change;
            connection.prepare_cached(sql)?.execute(params![
                workspace.0,
                name,
                value.to_string(),
                at_nanos,
                by
            ])?;
        }
        None => {
            let sql = "DELETE FROM settings WHERE workspace = ?1 AND name = ?2";
            connection.prepare_cached(sql)?.execute(params![workspace.0, name])?;
        }
    }
    let told = |value: Option<&Json>| value.map_or("default".to_owned(), Json::to_string);
    let detail = format!("{} to {}", told(before.as_ref()), told(value));
    audit::append(connection, change, "setting.change", name, &detail)
}
