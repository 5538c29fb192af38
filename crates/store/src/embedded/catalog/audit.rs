//! The audit log: one line for each change, in the transaction that makes it.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::Change;
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Grows with time; the place to read on from.
    pub id: i64,
    /// When, nanoseconds since 1970 UTC.
    pub at_nanos: i64,
    /// Who.
    pub by: String,
    /// `key.create`, `trace.delete`, `setting.change`, ...
    pub action: String,
    /// What it was done to, by name or id.
    pub subject: String,
    /// For people: old and new value, counts. Never a secret.
    pub detail: String,
}

/// Writes a line.
pub(crate) fn append(
    connection: &Connection,
    change: &Change,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (workspace, at_nanos, by, action, subject, detail) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let Change { workspace, by, at_nanos } = change;
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        at_nanos,
        by,
        action,
        subject,
        detail
    ])?;
    Ok(())
}

/// Lines of a workspace, newest first, those before `before`.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let sql = "SELECT audit_no, at_nanos, by, action, subject, detail FROM audit \
               WHERE workspace = ?1 AND audit_no < ?2 ORDER BY audit_no DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let before = before.unwrap_or(i64::MAX);
    let entries = statement.query_map(params![workspace.0, before, limit as i64], |row| {
        Ok(AuditEntry {
            id: row.get(0)?,
            at_nanos: row.get(1)?,
            by: row.get(2)?,
            action: row.get(3)?,
            subject: row.get(4)?,
            detail: row.get(5)?,
        })
    })?;
    Ok(entries.collect::<Result<_, _>>()?)
}
