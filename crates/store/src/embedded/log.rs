//! Rows of `log`, and the followers that read them.

use rusqlite::{Connection, OptionalExtension, params};

use super::codec::frame::{self, Frame};
use super::codec::log::LogBlock;
use crate::{FollowerCursor, StoreError};

const VERSION: i64 = 1;

pub(super) fn insert(connection: &Connection, seq: u64, frame: &Frame) -> Result<(), StoreError> {
    let sql = "INSERT INTO log (seq, version, raw_bytes, checksum, block) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![
        seq as i64,
        VERSION,
        frame.raw_bytes,
        frame.checksum,
        frame.data
    ])?;
    Ok(())
}

/// Replaces what a row holds: something in it was purged.
pub(super) fn replace(connection: &Connection, seq: u64, frame: &Frame) -> Result<(), StoreError> {
    let sql = "UPDATE log SET raw_bytes = ?2, checksum = ?3, block = ?4 WHERE seq = ?1";
    connection.prepare_cached(sql)?.execute(params![
        seq as i64,
        frame.raw_bytes,
        frame.checksum,
        frame.data
    ])?;
    Ok(())
}

/// First and last row.
pub(super) fn range(connection: &Connection) -> Result<Option<(u64, u64)>, StoreError> {
    let sql = "SELECT MIN(seq), MAX(seq) FROM log";
    let (first, last): (Option<i64>, Option<i64>) =
        connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(first.zip(last).map(|(first, last)| (first as u64, last as u64)))
}

/// Calls `visit` with each row from `from` on, damaged ones included, until it says no.
pub(super) fn each(
    connection: &Connection,
    from: u64,
    mut visit: impl FnMut(u64, Result<LogBlock, StoreError>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT seq, version, raw_bytes, checksum, block FROM log \
               WHERE seq >= ?1 ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([i64::try_from(from).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        let seq = row.get::<_, i64>(0)? as u64;
        let version: i64 = row.get(1)?;
        let data = row.get_ref(4)?.as_bytes().map_err(rusqlite::Error::from)?;
        let block = if version == VERSION {
            frame::unpack(data, row.get(2)?, row.get(3)?, None)
                .and_then(|raw| LogBlock::decode(&raw))
                .map_err(|damage| damage.at(format_args!("log row {seq}")))
        } else {
            Err(StoreError::Corrupt(format!("log row {seq} has the unknown version {version}")))
        };
        if !visit(seq, block)? {
            break;
        }
    }
    Ok(())
}

/// Deletes rows that nobody needs, never the newest: its number is the last one given.
pub(super) fn clean(connection: &Connection, keep_from: u64) -> Result<usize, StoreError> {
    let sql = "DELETE FROM log WHERE seq < ?1 AND seq < (SELECT MAX(seq) FROM log)";
    Ok(connection.prepare_cached(sql)?.execute([i64::try_from(keep_from).unwrap_or(i64::MAX)])?)
}

/// Bytes of the rows from `from` on.
pub(super) fn bytes_from(connection: &Connection, from: u64) -> Result<u64, StoreError> {
    let sql = "SELECT COALESCE(SUM(LENGTH(block)), 0) FROM log WHERE seq >= ?1";
    let bytes: i64 = connection
        .prepare_cached(sql)?
        .query_row([i64::try_from(from).unwrap_or(i64::MAX)], |row| row.get(0))?;
    Ok(bytes as u64)
}

/// All followers.
pub(super) fn followers(connection: &Connection) -> Result<Vec<FollowerCursor>, StoreError> {
    let sql = "SELECT name, seq, behind FROM follower ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let cursors = statement.query_map([], cursor)?;
    Ok(cursors.collect::<Result<_, _>>()?)
}

pub(super) fn follower(
    connection: &Connection,
    name: &str,
) -> Result<Option<FollowerCursor>, StoreError> {
    let sql = "SELECT name, seq, behind FROM follower WHERE name = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([name], cursor).optional()?)
}

fn cursor(row: &rusqlite::Row<'_>) -> rusqlite::Result<FollowerCursor> {
    Ok(FollowerCursor { name: row.get(0)?, seq: row.get::<_, i64>(1)? as u64, behind: row.get(2)? })
}

pub(crate) fn put_follower(
    connection: &Connection,
    cursor: &FollowerCursor,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO follower (name, seq, behind) VALUES (?1, ?2, ?3) \
               ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, behind = excluded.behind";
    connection.prepare_cached(sql)?.execute(params![
        cursor.name,
        cursor.seq as i64,
        cursor.behind
    ])?;
    Ok(())
}

pub(crate) fn remove_follower(connection: &Connection, name: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM follower WHERE name = ?1")?.execute([name])?;
    Ok(())
}
