//! Followers: durable cursors into the log.

use rusqlite::Connection;

use super::log;
use crate::{FollowerCursor, StoreError};

/// The first row that must stay: what staging needs, and what followers need as far as
/// `max_bytes` go. A follower that would need more is marked as behind (ruling 26).
pub(super) fn keep_from(
    connection: &Connection,
    staged: u64,
    max_bytes: u64,
) -> Result<u64, StoreError> {
    let mut keep = staged;
    for follower in log::followers(connection)? {
        let needs = follower.seq + 1;
        if follower.behind || needs >= staged {
            continue;
        }
        if log::bytes_from(connection, needs)? > max_bytes {
            log::put_follower(connection, &FollowerCursor { behind: true, ..follower })?;
        } else {
            keep = keep.min(needs);
        }
    }
    Ok(keep)
}
