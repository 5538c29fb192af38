//! Rows of `block` and `blob`: texts by owner and number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::dictionaries::Dictionaries;
use super::keys;
use crate::embedded::codec::frame::{self, Dictionary, Frame};
use crate::embedded::codec::text::{BLOCK_TEXT_MAX_BYTES, Text, TextKind, get_texts, put_texts};
use crate::embedded::hash::ByHash;
use crate::{StoreError, WorkspaceId};

const VERSION: i64 = 1;

/// Texts by owner and number.
pub(crate) type TextTable = HashMap<(i64, u64), Text, ByHash>;

/// A block as it goes into its row.
#[derive(Debug, Clone)]
pub(crate) struct PackedBlock {
    pub(crate) workspace: WorkspaceId,
    pub(crate) owner: i64,
    pub(crate) first: u64,
    pub(crate) texts: usize,
    pub(crate) last_seq: u64,
    pub(crate) merged: bool,
    pub(crate) frame: Frame,
    pub(crate) dictionary: Option<i64>,
    pub(crate) bloom: Option<Vec<u8>>,
}

/// Where a block stands and what it holds, without its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockPlace {
    pub(crate) key: i64,
    pub(crate) first: u64,
    pub(crate) texts: u64,
    pub(crate) last_seq: u64,
    pub(crate) raw_bytes: i64,
    pub(crate) merged: bool,
}

impl BlockPlace {
    /// Number after the last text.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.texts
    }
}

/// Cuts texts into parts of at most a block's size each; a text is never cut.
pub(crate) fn parts(texts: &[Text]) -> Vec<&[Text]> {
    let mut parts = Vec::new();
    let mut rest = texts;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|text| {
            bytes += text.bytes.len() + 2;
            bytes <= BLOCK_TEXT_MAX_BYTES
        });
        let (now, later) = rest.split_at(fits.count().max(1));
        parts.push(now);
        rest = later;
    }
    parts
}

/// Compresses texts of one owner.
pub(crate) fn pack(
    texts: &[Text],
    level: Option<i32>,
    dictionary: Option<&Dictionary>,
) -> Result<Frame, StoreError> {
    let mut raw = Vec::new();
    put_texts(&mut raw, texts);
    let level = level.unwrap_or_else(|| frame::first_level(raw.len(), dictionary));
    frame::pack_with(&raw, level, dictionary)
}

/// Appends a block to its owner.
pub(crate) fn insert(connection: &Connection, block: &PackedBlock) -> Result<(), StoreError> {
    let (from, to) = keys(block.owner);
    let sql = "SELECT key FROM block WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
    let last: Option<i64> =
        connection.prepare_cached(sql)?.query_row([from, to], |row| row.get(0)).optional()?;
    let key = last.map_or(from, |last| last + 1);
    if key > to {
        return Err(StoreError::Invalid(format!("owner {} has too many blocks", block.owner)));
    }
    // Alone it is as good as merged.
    insert_at(connection, key, block, block.merged || last.is_none())
}

/// Writes a block under a key that is free.
pub(crate) fn insert_at(
    connection: &Connection,
    key: i64,
    block: &PackedBlock,
    merged: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO block (key, workspace, version, first, texts, last_seq, merged, \
               dictionary, raw_bytes, checksum, bloom, data) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(sql)?.execute(params![
        key,
        block.workspace.0,
        VERSION,
        block.first as i64,
        block.texts as i64,
        block.last_seq as i64,
        merged,
        block.dictionary,
        block.frame.raw_bytes,
        block.frame.checksum,
        block.bloom,
        block.frame.data,
    ])?;
    Ok(())
}

/// The blocks of an owner, oldest first.
pub(crate) fn places(connection: &Connection, owner: i64) -> Result<Vec<BlockPlace>, StoreError> {
    let (from, to) = keys(owner);
    let sql = "SELECT key, first, texts, last_seq, raw_bytes, merged FROM block \
               WHERE key BETWEEN ?1 AND ?2 ORDER BY key";
    let mut statement = connection.prepare_cached(sql)?;
    let places = statement.query_map([from, to], |row| {
        Ok(BlockPlace {
            key: row.get(0)?,
            first: row.get::<_, i64>(1)? as u64,
            texts: row.get::<_, i64>(2)? as u64,
            last_seq: row.get::<_, i64>(3)? as u64,
            raw_bytes: row.get(4)?,
            merged: row.get(5)?,
        })
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}

/// The last commit that is in a block of the owner.
pub(crate) fn last_seq(connection: &Connection, owner: i64) -> Result<Option<u64>, StoreError> {
    let (from, to) = keys(owner);
    let sql = "SELECT last_seq FROM block WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
    let found: Option<i64> =
        connection.prepare_cached(sql)?.query_row([from, to], |row| row.get(0)).optional()?;
    Ok(found.map(|seq| seq as u64))
}

/// The texts of one block: the first one's number, and they.
pub(crate) fn texts(
    connection: &Connection,
    dictionaries: &Dictionaries,
    key: i64,
) -> Result<(u64, Vec<Text>), StoreError> {
    let sql = "SELECT version, first, dictionary, raw_bytes, checksum, data FROM block \
               WHERE key = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([key])?;
    let Some(row) = rows.next()? else { return Err(StoreError::NotFound("block")) };
    let raw = unpack(connection, dictionaries, key, row)?;
    let found = get_texts(&raw).map_err(|damage| damage.at(format_args!("block {key}")))?;
    let text =
        |(kind, length, bytes): (TextKind, u64, &[u8])| Text { kind, length, bytes: bytes.into() };
    Ok((row.get::<_, i64>(1)? as u64, found.into_iter().map(text).collect()))
}

fn unpack(
    connection: &Connection,
    dictionaries: &Dictionaries,
    key: i64,
    row: &Row<'_>,
) -> Result<Vec<u8>, StoreError> {
    let version: i64 = row.get(0)?;
    if version != VERSION {
        return Err(StoreError::Corrupt(format!("block {key} has the unknown version {version}")));
    }
    let dictionary = dictionaries.get(connection, row.get(2)?)?;
    let data = row.get_ref(5)?.as_bytes().map_err(rusqlite::Error::from)?;
    frame::unpack(data, row.get(3)?, row.get(4)?, dictionary.as_deref())
        .map_err(|damage| damage.at(format_args!("block {key}")))
}

/// Looks up texts that are in blocks; numbers without one are left out.
pub(crate) fn find(
    connection: &Connection,
    dictionaries: &Dictionaries,
    wanted: &BTreeMap<i64, BTreeSet<u64>>,
    into: &mut TextTable,
) -> Result<(), StoreError> {
    for (owner, numbers) in wanted {
        for place in places(connection, *owner)? {
            if numbers.range(place.first..place.end()).next().is_none() {
                continue;
            }
            let (first, texts) = texts(connection, dictionaries, place.key)?;
            for (number, text) in (first..).zip(texts) {
                if numbers.contains(&number) {
                    into.insert((*owner, number), text);
                }
            }
        }
    }
    Ok(())
}

/// Keeps a large text.
pub(crate) fn insert_blob(
    connection: &Connection,
    owner: i64,
    number: u64,
    pieces: &[Frame],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO blob (owner, number, piece, raw_bytes, checksum, data) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = connection.prepare_cached(sql)?;
    for (piece, frame) in pieces.iter().enumerate() {
        statement.execute(params![
            owner,
            number as i64,
            piece as i64,
            frame.raw_bytes,
            frame.checksum,
            frame.data,
        ])?;
    }
    Ok(())
}

/// A large text whole.
pub(crate) fn blob(
    connection: &Connection,
    owner: i64,
    number: u64,
    length: u64,
) -> Result<Vec<u8>, StoreError> {
    let sql = "SELECT raw_bytes, checksum, data FROM blob \
               WHERE owner = ?1 AND number = ?2 ORDER BY piece";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![owner, number as i64])?;
    let mut whole = Vec::new();
    let place = || format!("large text {number} of owner {owner}");
    while let Some(row) = rows.next()? {
        let data = row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?;
        let piece = frame::unpack(data, row.get(0)?, row.get(1)?, None)
            .map_err(|damage| damage.at(place()))?;
        whole.extend_from_slice(&piece);
    }
    if whole.len() as u64 != length {
        return Err(StoreError::Corrupt(format!("{}: pieces are missing", place())));
    }
    Ok(whole)
}

/// Owners with blocks that are not merged, from `after` on.
pub(crate) fn unmerged(
    connection: &Connection,
    after: i64,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    super::unmerged(connection, "block", after, limit)
}

/// Removes blocks by key.
pub(crate) fn remove(connection: &Connection, keys: &[i64]) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("DELETE FROM block WHERE key = ?1")?;
    for key in keys {
        statement.execute([key])?;
    }
    Ok(())
}

/// Removes everything of an owner.
pub(crate) fn remove_owner(connection: &Connection, owner: i64) -> Result<(), StoreError> {
    let (from, to) = keys(owner);
    connection
        .prepare_cached("DELETE FROM block WHERE key BETWEEN ?1 AND ?2")?
        .execute([from, to])?;
    connection.prepare_cached("DELETE FROM blob WHERE owner = ?1")?.execute([owner])?;
    Ok(())
}

/// Removes one large text.
pub(crate) fn remove_blob(
    connection: &Connection,
    owner: i64,
    number: u64,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM blob WHERE owner = ?1 AND number = ?2")?
        .execute(params![owner, number as i64])?;
    Ok(())
}

/// Replaces a block's texts by as many others.
pub(crate) fn replace(connection: &Connection, key: i64, frame: &Frame) -> Result<(), StoreError> {
    let sql = "UPDATE block SET raw_bytes = ?2, checksum = ?3, data = ?4, dictionary = NULL, \
               bloom = NULL WHERE key = ?1";
    connection.prepare_cached(sql)?.execute(params![
        key,
        frame.raw_bytes,
        frame.checksum,
        frame.data
    ])?;
    Ok(())
}

/// Nothing of it is to be merged any more.
pub(crate) fn mark_merged(connection: &Connection, owner: i64) -> Result<(), StoreError> {
    let (from, to) = keys(owner);
    connection
        .prepare_cached("UPDATE block SET merged = 1 WHERE key BETWEEN ?1 AND ?2 AND merged = 0")?
        .execute([from, to])?;
    Ok(())
}

/// Whose a block is.
pub(crate) fn workspace(connection: &Connection, key: i64) -> Result<WorkspaceId, StoreError> {
    let sql = "SELECT workspace FROM block WHERE key = ?1";
    Ok(WorkspaceId(connection.prepare_cached(sql)?.query_row([key], |row| row.get(0))?))
}
