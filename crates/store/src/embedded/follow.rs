//! Followers: durable cursors into the log.

use std::sync::Arc;

use clew_model::ids::TraceId;
use rusqlite::{Connection, params};

use super::codec::log::LogBlock;
use super::{Embedded, log};
use crate::{
    FollowerCursor, LogRecord, LogRecords, LogSpan, LogTrace, SinceCursor, StoreError, TracesSince,
    WorkspaceId,
};

impl Embedded {
    /// A follower's place; `None` for a name that has none.
    pub(crate) fn follower(&self, name: &str) -> Result<Option<FollowerCursor>, StoreError> {
        self.readers.read(|connection| log::follower(connection, name))
    }

    /// All followers.
    pub(crate) fn followers(&self) -> Result<Vec<FollowerCursor>, StoreError> {
        self.readers.read(log::followers)
    }

    /// First and last commit of the log.
    pub(crate) fn log_range(&self) -> Result<Option<(u64, u64)>, StoreError> {
        self.readers.read(log::range)
    }

    /// Rows from `from` on, at least one where there is one, else about `max_bytes` of them.
    pub(crate) fn read_log(&self, from: u64, max_bytes: usize) -> Result<LogRecords, StoreError> {
        self.readers.read(|connection| {
            let first = log::range(connection)?.map_or(from, |(first, _)| first);
            if from < first {
                return Err(StoreError::NotFound("log row: the follower is behind"));
            }
            let mut found = LogRecords { next_seq: from, ..LogRecords::default() };
            let mut bytes = 0;
            log::each(connection, from, |seq, block| {
                match block {
                    Ok(block) => {
                        bytes += block_bytes(&block);
                        found.records.push(record(seq, &block)?);
                    }
                    Err(StoreError::Corrupt(why)) => {
                        tracing::warn!(seq, %why, "a damaged log row is left out");
                        found.damaged.push(seq);
                    }
                    Err(error) => return Err(error),
                }
                found.next_seq = seq + 1;
                Ok(bytes < max_bytes)
            })?;
            Ok(found)
        })
    }

    /// Traces with chunks of commits after a place.
    pub(crate) fn traces_since(
        &self,
        after: SinceCursor,
        limit: usize,
    ) -> Result<TracesSince, StoreError> {
        let sql = "SELECT c.last_seq, c.key, t.workspace, t.trace_id \
                   FROM chunk c INDEXED BY chunk_last_seq JOIN traces t ON t.tno = c.key >> 20 \
                   WHERE c.last_seq >= ?1 AND (c.last_seq > ?1 OR c.key > ?2) \
                   ORDER BY c.last_seq, c.key LIMIT ?3";
        self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![after.seq as i64, after.key, limit as i64])?;
            let mut found = TracesSince::default();
            while let Some(row) = rows.next()? {
                let cursor = SinceCursor { seq: row.get::<_, i64>(0)? as u64, key: row.get(1)? };
                let id: [u8; 16] = row.get(3)?;
                let trace_id = TraceId::from_bytes(&id)
                    .map_err(|error| StoreError::Corrupt(format!("a trace row: {error}")))?;
                found.traces.push((WorkspaceId(row.get(2)?), trace_id));
                found.next = Some(cursor);
            }
            if found.traces.len() < limit {
                found.next = None;
            }
            Ok(found)
        })
    }
}

fn block_bytes(block: &LogBlock) -> usize {
    let records = block.traces.iter().flat_map(|group| group.records.iter());
    let texts = block.owners.iter().flat_map(|group| group.texts.iter());
    records.map(|record| record.memory_bytes()).sum::<usize>()
        + texts.map(|text| text.memory_bytes()).sum::<usize>()
}

fn record(seq: u64, block: &LogBlock) -> Result<LogRecord, StoreError> {
    let mut traces = Vec::with_capacity(block.traces.len());
    for group in &block.traces {
        let mut spans = Vec::with_capacity(group.records.len());
        for record in &group.records {
            let span = record
                .span(group.trace_id)
                .map_err(|damage| damage.at(format_args!("log row {seq}")))?;
            spans.push(LogSpan { span: Arc::new(span), version: record.seq });
        }
        let (workspace, trace_id) = (group.workspace, group.trace_id);
        traces.push(LogTrace { workspace, trace_id, spans });
    }
    Ok(LogRecord { seq, traces, deleted: block.deleted.clone() })
}

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
