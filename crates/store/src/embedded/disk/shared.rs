//! Rows of `shared`: system prompts and tool definitions, once for a workspace.

use rusqlite::{Connection, OptionalExtension, params};

use crate::embedded::codec::bytes::Input;
use crate::embedded::codec::frame::{self, Frame};
use crate::embedded::codec::text::{Text, get_text, put_text};
use crate::{StoreError, WorkspaceId};

/// The number of a text that is there.
pub(crate) fn number(
    connection: &Connection,
    workspace: WorkspaceId,
    hash: u128,
) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT id FROM shared WHERE workspace = ?1 AND hash = ?2";
    let found: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(params![workspace.0, hash.to_le_bytes()], |row| row.get(0))
        .optional()?;
    Ok(found.map(|id| id as u64))
}

/// Keeps a text, referred to by nobody yet.
pub(crate) fn insert(
    connection: &Connection,
    workspace: WorkspaceId,
    hash: u128,
    text: &Text,
) -> Result<u64, StoreError> {
    let mut raw = Vec::with_capacity(text.bytes.len() + 4);
    put_text(&mut raw, text);
    let frame: Frame = frame::pack(&raw, frame::LEVEL_SMALL)?;
    let sql = "INSERT INTO shared (workspace, hash, traces, raw_bytes, checksum, data) \
               VALUES (?1, ?2, 0, ?3, ?4, ?5)";
    let id = connection.prepare_cached(sql)?.insert(params![
        workspace.0,
        hash.to_le_bytes(),
        frame.raw_bytes,
        frame.checksum,
        frame.data,
    ])?;
    Ok(id as u64)
}

/// Counts traces that refer, or no longer do. A text that nobody refers to goes.
pub(crate) fn count(connection: &Connection, id: u64, traces: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE shared SET traces = traces + ?2 WHERE id = ?1")?
        .execute(params![id as i64, traces])?;
    if traces < 0 {
        connection
            .prepare_cached("DELETE FROM shared WHERE id = ?1 AND traces <= 0")?
            .execute([id as i64])?;
    }
    Ok(())
}

/// A text.
pub(crate) fn text(connection: &Connection, id: u64) -> Result<Option<Text>, StoreError> {
    let sql = "SELECT raw_bytes, checksum, data FROM shared WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id as i64])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let data = row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?;
    let place = || format!("shared text {id}");
    let raw =
        frame::unpack(data, row.get(0)?, row.get(1)?, None).map_err(|damage| damage.at(place()))?;
    let (kind, length, bytes) =
        get_text(&mut Input::new(&raw)).map_err(|damage| damage.at(place()))?;
    Ok(Some(Text { kind, length, bytes: bytes.into() }))
}
