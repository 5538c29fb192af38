//! The last requests to the ingest paths: what came, and why it was refused.

use rusqlite::{Connection, params};
use serde::Serialize;

use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Requests kept per workspace.
pub(crate) const KEPT: i64 = 100;
const TEXT_MAX_CHARS: usize = 500;

/// A request to an ingest path.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RequestEntry {
    /// Given by the store; grows.
    pub id: i64,
    /// When it was answered, nanoseconds since 1970 UTC.
    pub at_nanos: i64,
    /// Path, or gRPC method.
    pub path: String,
    /// The sender's user agent and address.
    pub client: String,
    /// Prefix of the key, where one was given.
    pub key: Option<String>,
    /// HTTP status of the answer, also for gRPC.
    pub status: u16,
    /// Size of the body as it came.
    pub bytes: u64,
    /// Spans and events taken.
    pub accepted: u64,
    /// Spans and events refused.
    pub rejected: u64,
    /// Why the request or a part of it was refused.
    pub reason: Option<String>,
}

/// Writes requests down; those before the last hundred go.
pub(crate) fn append(
    connection: &Connection,
    workspace: WorkspaceId,
    requests: &[RequestEntry],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO requests (workspace, at_nanos, path, client, key, status, bytes, \
               accepted, rejected, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let mut statement = connection.prepare_cached(sql)?;
    let skipped = requests.len().saturating_sub(KEPT as usize);
    for request in &requests[skipped..] {
        statement.execute(params![
            workspace.0,
            request.at_nanos,
            cut(&request.path),
            cut(&request.client),
            request.key,
            request.status,
            i64::try_from(request.bytes).unwrap_or(i64::MAX),
            i64::try_from(request.accepted).unwrap_or(i64::MAX),
            i64::try_from(request.rejected).unwrap_or(i64::MAX),
            request.reason.as_deref().map(cut),
        ])?;
    }
    let trim = "DELETE FROM requests WHERE workspace = ?1 AND request_no <= (SELECT request_no \
                FROM requests WHERE workspace = ?1 ORDER BY request_no DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(trim)?.execute([workspace.0, KEPT])?;
    Ok(())
}

/// Senders choose these texts: they are not kept at any length.
fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX_CHARS).collect()
}

/// The last requests, newest first.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<RequestEntry>, StoreError> {
    let sql = "SELECT request_no, at_nanos, path, client, key, status, bytes, accepted, \
               rejected, reason FROM requests WHERE workspace = ?1 ORDER BY request_no DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let requests = statement.query_map([workspace.0], |row| {
        Ok(RequestEntry {
            id: row.get(0)?,
            at_nanos: row.get(1)?,
            path: row.get(2)?,
            client: row.get(3)?,
            key: row.get(4)?,
            status: row.get(5)?,
            bytes: row.get::<_, i64>(6)?.max(0) as u64,
            accepted: row.get::<_, i64>(7)?.max(0) as u64,
            rejected: row.get::<_, i64>(8)?.max(0) as u64,
            reason: row.get(9)?,
        })
    })?;
    Ok(requests.collect::<Result<_, _>>()?)
}
