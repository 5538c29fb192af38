//! Few large chunks out of many small ones, when a trace has come to rest.
//!
//! Small chunks compress badly and each costs a look-up. What is merged is always the tail:
//! the chunks that were never merged and the one before them where it is small, so that a
//! trace that grows again and again is not rewritten whole each time. Of a span that stands
//! there in several versions only the newest is kept. Texts keep their numbers.

use std::collections::BTreeSet;

use clew_model::ids::TraceId;
use rusqlite::{Connection, OptionalExtension};

use super::codec::frame::LEVEL_SMALL;
use super::codec::records::{Record, SHARED_OWNER};
use super::codec::text::{BLOCK_TEXT_MAX_BYTES, Text};
use super::disk::blocks::{self, BlockPlace, PackedBlock};
use super::disk::chunks::{self, CHUNK_MAX_BYTES, ChunkPlace, PackedChunk, Packing, Want};
use super::disk::dictionaries::Dictionaries;
use super::index::{self, Shapes};
use super::reader::keep_newest;
use crate::{StoreError, WorkspaceId};

/// What is to be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum MergeJob {
    /// Chunks of a trace.
    Trace(i64),
    /// Blocks of an owner.
    Owner(i64),
}

/// New rows for old ones.
#[derive(Debug)]
pub(super) enum Merged {
    /// Of a trace.
    Chunks { trace: MergedTrace, old: Vec<i64>, new: Vec<PackedChunk> },
    /// Of an owner.
    Blocks { owner: i64, old: Vec<i64>, new: Vec<PackedBlock> },
}

/// Whose chunks were merged.
#[derive(Debug)]
pub(super) struct MergedTrace {
    pub(super) tno: i64,
    pub(super) workspace: WorkspaceId,
    pub(super) trace_id: TraceId,
    /// Shared texts that only dropped versions of these chunks refer to.
    pub(super) dropped_shared: Vec<u64>,
}

/// Spans and bytes of one merge: it is one transaction.
const SPANS_MAX: u64 = 5_000;
const BYTES_MAX: u64 = 8 << 20;

/// Reads, joins and compresses; `None` where there is nothing to gain. On the compressor's
/// thread, with a connection of its own.
pub(super) fn merge(
    connection: &Connection,
    dictionaries: &Dictionaries,
    shapes: &mut Shapes,
    job: MergeJob,
) -> Result<Option<Merged>, StoreError> {
    connection.execute_batch("BEGIN")?;
    let result = match job {
        MergeJob::Trace(tno) => merge_trace(connection, dictionaries, shapes, tno),
        MergeJob::Owner(owner) => merge_owner(connection, dictionaries, owner),
    };
    connection.execute_batch("COMMIT")?;
    result
}

fn merge_trace(
    connection: &Connection,
    dictionaries: &Dictionaries,
    shapes: &mut Shapes,
    tno: i64,
) -> Result<Option<Merged>, StoreError> {
    let places = chunks::places(connection, tno)?;
    let tail = chunk_tail(&places);
    if tail.len() < 2 {
        return Ok(None);
    }
    let old: Vec<i64> = tail.iter().map(|place| place.key).collect();
    let mut records: Vec<Record> = Vec::new();
    let mut workspace = WorkspaceId::DEFAULT;
    for chunk in chunks::of_trace(connection, dictionaries, tno, Want::Bodies)? {
        if old.contains(&chunk.key) {
            workspace = chunk.workspace;
            records.extend(chunk.records()?);
        }
    }
    let mut dropped = shared_of(&records);
    keep_newest(&mut records, |record| (record.span_id, record.seq));
    let kept = shared_of(&records);
    dropped.retain(|id| !kept.contains(id));
    // A newer version stands at the place of the first; a chunk's records ascend by commit.
    records.sort_by_key(|record| record.seq);
    let dictionary = dictionaries.current(workspace);
    let packing =
        Packing { level: Some(LEVEL_SMALL), dictionary: dictionary.as_deref(), merged: true };
    shapes.find(connection, dictionaries, &records)?;
    let Some(trace_id) = trace_id(connection, tno)? else { return Ok(None) };
    let index = |records: &[Record]| index::of_chunk(trace_id, records, shapes);
    let new = chunks::pack(workspace, tno, &records, packing, index)?;
    let dropped_shared = dropped.into_iter().collect();
    let trace = MergedTrace { tno, workspace, trace_id, dropped_shared };
    Ok((new.len() <= old.len()).then_some(Merged::Chunks { trace, old, new }))
}

fn shared_of(records: &[Record]) -> BTreeSet<u64> {
    let runs = records.iter().flat_map(|record| record.runs.iter());
    runs.filter(|run| run.owner == SHARED_OWNER).flat_map(|run| run.numbers()).collect()
}

fn trace_id(connection: &Connection, tno: i64) -> Result<Option<TraceId>, StoreError> {
    let sql = "SELECT trace_id FROM traces WHERE tno = ?1";
    let found: Option<[u8; 16]> =
        connection.prepare_cached(sql)?.query_row([tno], |row| row.get(0)).optional()?;
    Ok(found.and_then(|bytes| TraceId::from_bytes(&bytes).ok()))
}

/// The oldest chunks of the tail that are worth joining, in order.
fn chunk_tail(places: &[ChunkPlace]) -> &[ChunkPlace] {
    let Some(first) = places.iter().position(|place| !place.merged) else { return &[] };
    let is_small = |place: &ChunkPlace| place.bytes < CHUNK_MAX_BYTES as u64 / 2;
    let from = if first > 0 && is_small(&places[first - 1]) { first - 1 } else { first };
    let (mut spans, mut bytes) = (0, 0);
    let fits = places[from..].iter().take_while(|place| {
        spans += place.spans;
        bytes += place.bytes;
        spans <= SPANS_MAX && bytes <= BYTES_MAX
    });
    &places[from..from + fits.count().max(1)]
}

fn merge_owner(
    connection: &Connection,
    dictionaries: &Dictionaries,
    owner: i64,
) -> Result<Option<Merged>, StoreError> {
    let places = blocks::places(connection, owner)?;
    let tail = block_tail(&places);
    if tail.len() < 2 {
        return Ok(None);
    }
    let mut texts: Vec<Text> = Vec::new();
    let mut workspace = WorkspaceId::DEFAULT;
    for place in tail {
        let (first, found) = blocks::texts(connection, dictionaries, place.key)?;
        // A damaged log row may have left a gap: numbers must not shift.
        let missing = first.saturating_sub(tail[0].first + texts.len() as u64);
        texts.extend((0..missing).map(|_| Text::hole()));
        texts.extend(found);
        workspace = blocks::workspace(connection, place.key)?;
    }
    let dictionary = dictionaries.current(workspace);
    let last_seq = tail.iter().map(|place| place.last_seq).max().unwrap_or_default();
    let mut first = tail[0].first;
    let mut new = Vec::new();
    for part in blocks::parts(&texts) {
        new.push(PackedBlock {
            workspace,
            owner,
            first,
            texts: part.len(),
            last_seq,
            merged: true,
            frame: blocks::pack(part, Some(LEVEL_SMALL), dictionary.as_deref())?,
            dictionary: dictionary.as_ref().map(|dictionary| dictionary.id),
            bloom: index::of_block(part),
        });
        first += part.len() as u64;
    }
    let old: Vec<i64> = tail.iter().map(|place| place.key).collect();
    Ok((new.len() <= old.len()).then_some(Merged::Blocks { owner, old, new }))
}

fn block_tail(places: &[BlockPlace]) -> &[BlockPlace] {
    let Some(first) = places.iter().position(|place| !place.merged) else { return &[] };
    let is_small = |place: &BlockPlace| (place.raw_bytes as usize) < BLOCK_TEXT_MAX_BYTES / 2;
    let from = if first > 0 && is_small(&places[first - 1]) { first - 1 } else { first };
    let mut bytes = 0;
    let fits = places[from..].iter().take_while(|place| {
        bytes += place.raw_bytes as u64;
        bytes <= BYTES_MAX
    });
    &places[from..from + fits.count().max(1)]
}

/// Puts the new rows in place of the old ones, in the open transaction; false when those
/// are no longer what was read.
pub(super) fn replace(connection: &Connection, merged: &Merged) -> Result<bool, StoreError> {
    match merged {
        Merged::Chunks { trace, old, new } => {
            let now: Vec<i64> =
                chunks::places(connection, trace.tno)?.iter().map(|place| place.key).collect();
            if !holds(&now, old) {
                return Ok(false);
            }
            chunks::remove(connection, old)?;
            for (key, chunk) in old.iter().zip(new) {
                chunks::insert_at(connection, *key, chunk, true)?;
            }
        }
        Merged::Blocks { owner, old, new } => {
            let now: Vec<i64> =
                blocks::places(connection, *owner)?.iter().map(|place| place.key).collect();
            if !holds(&now, old) {
                return Ok(false);
            }
            blocks::remove(connection, old)?;
            for (key, block) in old.iter().zip(new) {
                blocks::insert_at(connection, *key, block, true)?;
            }
        }
    }
    Ok(true)
}

fn holds(now: &[i64], old: &[i64]) -> bool {
    now.windows(old.len()).any(|window| window == old)
}

/// Says that what could not be made smaller has been looked at.
pub(super) fn mark(connection: &Connection, job: MergeJob) -> Result<(), StoreError> {
    match job {
        MergeJob::Trace(tno) => chunks::mark_merged(connection, tno),
        MergeJob::Owner(owner) => blocks::mark_merged(connection, owner),
    }
}
