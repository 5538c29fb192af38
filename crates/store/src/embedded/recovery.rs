//! Opening: what the log holds and no chunk or block does goes back into staging.
//!
//! Traces and owners are taken up apart (ruling 25): a trace's spans by the last sequence
//! of its newest chunk, an owner's texts by that of its newest block. Rows of traces were
//! written in the same commits and are right already.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension};

use super::codec::log::LogBlock;
use super::disk::{blocks, chunks};
use super::hash::ByHash;
use super::log;
use super::owners::is_session;
use super::staging::Staging;
use crate::StoreError;

/// What recovery found.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    /// The last commit.
    pub(super) last_seq: u64,
    /// Log rows that could not be read; their spans are lost unless sent again.
    pub(super) damaged_rows: u64,
}

pub(super) fn recover(
    connection: &Connection,
    staging: &Staging,
    now: i64,
) -> Result<Recovered, StoreError> {
    let mut recovered = Recovered::default();
    let mut traces: HashMap<i64, Option<u64>, ByHash> = HashMap::default();
    let mut owners: HashMap<i64, Option<u64>, ByHash> = HashMap::default();
    recovered.last_seq = log::range(connection)?.map_or(0, |(_, last)| last);
    log::each(connection, staged_from(connection)?, |seq, block| {
        match block {
            Ok(mut block) => {
                keep_unflushed(connection, seq, &mut block, &mut traces, &mut owners)?;
                staging.publish(seq, &block, now);
            }
            Err(error) => {
                tracing::error!(seq, %error, "a damaged log row is left out");
                recovered.damaged_rows += 1;
            }
        }
        Ok(true)
    })?;
    Ok(recovered)
}

/// Rows before hold nothing but what chunks and blocks hold: they are there for followers.
fn staged_from(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT staged_from FROM recovery WHERE id = 0";
    let found: Option<i64> = connection.query_row(sql, [], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(0) as u64)
}

/// Tells the next start where to begin.
pub(super) fn note_staged_from(connection: &Connection, seq: u64) -> Result<(), StoreError> {
    let sql = "INSERT INTO recovery (id, staged_from) VALUES (0, ?1) \
               ON CONFLICT (id) DO UPDATE SET staged_from = excluded.staged_from";
    connection.prepare_cached(sql)?.execute([seq as i64])?;
    Ok(())
}

/// Leaves only what is in no chunk and no block. `traces` holds each trace's last flushed
/// commit, `None` where the trace has no row.
fn keep_unflushed(
    connection: &Connection,
    seq: u64,
    block: &mut LogBlock,
    traces: &mut HashMap<i64, Option<u64>, ByHash>,
    owners: &mut HashMap<i64, Option<u64>, ByHash>,
) -> Result<(), StoreError> {
    for group in &block.traces {
        if let Entry::Vacant(place) = traces.entry(group.tno) {
            let exists = exists(connection, "SELECT 1 FROM traces WHERE tno = ?1", group.tno)?;
            let flushed =
                || Ok::<_, StoreError>(chunks::last_seq(connection, group.tno)?.unwrap_or(0));
            place.insert(exists.then(flushed).transpose()?);
        }
    }
    for group in &block.owners {
        if let Entry::Vacant(place) = owners.entry(group.owner) {
            let sql = match is_session(group.owner) {
                true => "SELECT 1 FROM session_owner WHERE id = ?1",
                false => "SELECT 1 FROM traces WHERE tno = ?1",
            };
            let exists = exists(connection, sql, group.owner / 2)?;
            let flushed =
                || Ok::<_, StoreError>(blocks::last_seq(connection, group.owner)?.unwrap_or(0));
            place.insert(exists.then(flushed).transpose()?);
        }
    }
    let is_unflushed =
        |known: Option<&Option<u64>>| matches!(known, Some(Some(last)) if *last < seq);
    block.traces.retain(|group| is_unflushed(traces.get(&group.tno)));
    block.owners.retain(|group| is_unflushed(owners.get(&group.owner)));
    Ok(())
}

fn exists(connection: &Connection, sql: &str, id: i64) -> Result<bool, StoreError> {
    let found: Option<i64> =
        connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    Ok(found.is_some())
}
