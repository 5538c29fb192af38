//! People who talked with agents: the traces that share a user id.

use rusqlite::Connection;

use crate::contract::StoreError;

/// Brings what orders the list of users up to date after a trace came, moved or went. A user
/// without traces is removed: true.
pub(crate) fn touch(connection: &Connection, user_no: i64) -> Result<bool, StoreError> {
    let last = "SELECT max(start_nanos) FROM traces WHERE user_no = ?1";
    let last: Option<i64> =
        connection.prepare_cached(last)?.query_row([user_no], |row| row.get(0))?;
    let Some(last) = last else {
        let remove = "DELETE FROM users WHERE user_no = ?1";
        connection.prepare_cached(remove)?.execute([user_no])?;
        return Ok(true);
    };
    let update = "UPDATE users SET last_start_nanos = ?2 \
                  WHERE user_no = ?1 AND last_start_nanos <> ?2";
    connection.prepare_cached(update)?.execute([user_no, last])?;
    Ok(false)
}
