//! Conversations: the traces that share a session id.

use rusqlite::Connection;

use crate::contract::StoreError;

/// Brings what orders the list of sessions up to date after a trace came, moved or went. A
/// session without traces is removed: true.
pub(crate) fn touch(connection: &Connection, session_no: i64) -> Result<bool, StoreError> {
    let last = "SELECT max(start_nanos) FROM traces WHERE session_no = ?1";
    let last: Option<i64> =
        connection.prepare_cached(last)?.query_row([session_no], |row| row.get(0))?;
    let Some(last) = last else {
        let remove = "DELETE FROM sessions WHERE session_no = ?1";
        connection.prepare_cached(remove)?.execute([session_no])?;
        return Ok(true);
    };
    let update = "UPDATE sessions SET last_start_nanos = ?2 \
                  WHERE session_no = ?1 AND last_start_nanos <> ?2";
    connection.prepare_cached(update)?.execute([session_no, last])?;
    Ok(false)
}
