//! Deleting traces with everything that is theirs.
//!
//! The row, the chunks and the trace's own texts go at once. Texts of a session go when no
//! other trace refers to them, shared texts when nobody does. A purge that wipes also
//! rewrites log rows, overwrites what it deletes, shrinks the file by its free pages and
//! empties the write-ahead log: afterwards no file holds a byte of the trace (ruling 28).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clew_model::ids::TraceId;
use rusqlite::{Connection, params};

use super::codec::frame::{self, LEVEL_SMALL};
use super::codec::log::LogBlock;
use super::codec::text::Text;
use super::disk::{blocks, chunks, shared};
use super::owners::{is_session, of_trace};
use super::writer::Writer;
use super::{Embedded, file, log, rows};
use crate::{ChangedTrace, Commit, StoreError, WorkspaceId};

/// What to delete.
#[derive(Debug, Clone)]
pub(crate) struct Purge {
    pub(crate) workspace: WorkspaceId,
    pub(crate) traces: Vec<TraceId>,
    /// For privacy: no byte may be left in any file. Otherwise room is merely freed.
    pub(crate) wipe: bool,
}

/// What a purge did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Purged {
    /// Traces that were there.
    pub(crate) traces: u64,
    /// The commit that deleted them.
    pub(crate) seq: u64,
    /// Of a purge that wipes: the write-ahead log is empty and the file holds no free page.
    pub(crate) wiped: bool,
}

/// Pages given back in one step: commits go on between two.
const VACUUM_PAGES: u32 = 4_096;
/// Readers that stand in the way of an empty write-ahead log are waited for so long.
const WIPE_WAIT: Duration = Duration::from_secs(10);

impl Embedded {
    /// Deletes traces. `with` runs in the same transaction while their rows are still
    /// there, with the commit's number: tombstones and the audit log are written there.
    /// It runs a second time when the first one met a full disk.
    pub(crate) fn purge(
        &self,
        purge: Purge,
        with: impl Fn(&Connection, u64) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<Purged, StoreError> {
        let wipe = purge.wipe;
        let mut purged =
            self.run(move |writer, connection| match writer.purge(connection, &purge, &with) {
                Err(StoreError::Full(_)) => writer
                    .with_reserve(connection, |writer| writer.purge(connection, &purge, &with)),
                result => result,
            })?;
        if wipe {
            purged.wiped = self.wipe_free_pages()?;
        }
        Ok(purged)
    }

    /// Gives free pages back to the disk and empties the write-ahead log; false when a
    /// reader or a writer kept it from being empty all the time.
    pub(crate) fn wipe_free_pages(&self) -> Result<bool, StoreError> {
        while self.run(|_, connection| file::vacuum(connection, VACUUM_PAGES))? {}
        let started = Instant::now();
        while !self.run(|_, connection| file::checkpoint(connection))? {
            if started.elapsed() > WIPE_WAIT {
                return Ok(false);
            }
            std::thread::yield_now();
        }
        Ok(true)
    }
}

/// A trace that is being deleted.
struct Doomed {
    trace_id: TraceId,
    tno: i64,
    shared: Vec<u64>,
    owners: Vec<i64>,
}

/// Numbers of an owner's texts that are still referred to; `None` where the owner is gone.
type Kept = BTreeMap<i64, Option<BTreeSet<u64>>>;

impl Writer {
    /// Runs `work` with the room that is kept for deleting. The reserve is made again in
    /// idle time, when there is room for it.
    fn with_reserve<T>(
        &mut self,
        connection: &Connection,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (max_bytes, reserve) = (self.options.max_bytes, self.options.reserve_bytes);
        self.folder.release_reserve();
        if max_bytes > 0 {
            file::limit_size(connection, max_bytes.saturating_add(reserve))?;
        }
        let result = work(self);
        if max_bytes > 0 {
            file::limit_size(connection, max_bytes)?;
        }
        result
    }

    fn purge(
        &mut self,
        connection: &Connection,
        purge: &Purge,
        with: &dyn Fn(&Connection, u64) -> Result<(), StoreError>,
    ) -> Result<Purged, StoreError> {
        self.settle_flushes(connection)?;
        let mode = if purge.wipe { "ON" } else { "FAST" };
        connection.execute_batch(&format!("PRAGMA secure_delete = {mode}"))?;
        let result = self.purge_in_transaction(connection, purge, with);
        connection.execute_batch("PRAGMA secure_delete = FAST")?;
        let (doomed, kept, purged) = result?;
        self.last_seq = purged.seq;
        self.metrics.seq.set(purged.seq);
        for trace in &doomed {
            self.actives.take(purge.workspace, trace.trace_id);
            self.staging.forget_trace(trace.tno);
            self.owners.forget(of_trace(trace.tno));
        }
        for (owner, numbers) in &kept {
            self.owners.forget(*owner);
            match numbers {
                Some(numbers) => {
                    self.staging.forget_texts(*owner, &|number| numbers.contains(&number));
                }
                None => self.staging.forget_owner(*owner),
            }
        }
        self.rows.forget();
        self.shared.clear();
        self.announce_deleted(purge.workspace, &doomed, purged.seq);
        Ok(purged)
    }

    fn purge_in_transaction(
        &mut self,
        connection: &Connection,
        purge: &Purge,
        with: &dyn Fn(&Connection, u64) -> Result<(), StoreError>,
    ) -> Result<(Vec<Doomed>, Kept, Purged), StoreError> {
        let seq = self.last_seq + 1;
        let result = self.transaction(connection, |writer| {
            with(connection, seq)?;
            let doomed = writer.doomed(connection, purge)?;
            let tnos: HashSet<i64> = doomed.iter().map(|trace| trace.tno).collect();
            for trace in &doomed {
                chunks::remove_of_trace(connection, trace.tno)?;
                blocks::remove_owner(connection, of_trace(trace.tno))?;
                for id in &trace.shared {
                    shared::count(connection, *id, -1)?;
                }
                let sql = "DELETE FROM owner_trace WHERE tno = ?1";
                connection.prepare_cached(sql)?.execute([trace.tno])?;
            }
            let kept = writer.release_sessions(connection, &doomed, purge.wipe)?;
            if purge.wipe {
                rewrite_log(connection, &tnos, &kept)?;
            }
            let all: Vec<i64> = tnos.into_iter().collect();
            rows::remove(connection, &all)?;
            let deleted = doomed.iter().map(|trace| (purge.workspace, trace.trace_id)).collect();
            let block = LogBlock { deleted, ..LogBlock::default() };
            let mut raw = Vec::new();
            block.encode(&mut raw);
            log::insert(connection, seq, &frame::pack(&raw, frame::LEVEL_FAST)?)?;
            let purged = Purged { traces: doomed.len() as u64, seq, wiped: false };
            Ok((doomed, kept, purged))
        });
        if result.is_err() {
            self.rows.forget();
        }
        result
    }

    /// What is stored of the traces to delete; those that are not there are left out.
    fn doomed(&self, connection: &Connection, purge: &Purge) -> Result<Vec<Doomed>, StoreError> {
        let mut doomed = Vec::new();
        for trace_id in &purge.traces {
            let tno = match rows::tno(connection, purge.workspace, trace_id)? {
                Some(tno) => tno,
                None => continue,
            };
            let loaded = self.load_active(connection, purge.workspace, *trace_id);
            let (shared, owners) = match loaded {
                Ok(Some(active)) => (active.shared, active.owners),
                Ok(None) => continue,
                // A damaged trace must be deletable. Its share in shared texts stays counted.
                Err(StoreError::Corrupt(why)) => {
                    tracing::warn!(%trace_id, %why, "a damaged trace is deleted");
                    (Vec::new(), session_owners(connection, tno)?)
                }
                Err(error) => return Err(error),
            };
            doomed.push(Doomed { trace_id: *trace_id, tno, shared, owners });
        }
        Ok(doomed)
    }

    /// Deletes sessions' texts that nobody refers to any more. Without `wipe` only whole
    /// owners go: rewriting blocks for a few texts is not worth the room.
    fn release_sessions(
        &self,
        connection: &Connection,
        doomed: &[Doomed],
        wipe: bool,
    ) -> Result<Kept, StoreError> {
        let owners: BTreeSet<i64> =
            doomed.iter().flat_map(|trace| trace.owners.iter().copied()).collect();
        let mut kept = Kept::new();
        for owner in owners.into_iter().filter(|owner| is_session(*owner)) {
            let remaining = traces_of(connection, owner)?;
            if remaining.is_empty() {
                blocks::remove_owner(connection, owner)?;
                let sql = "DELETE FROM session_owner WHERE id = ?1";
                connection.prepare_cached(sql)?.execute([owner / 2])?;
                kept.insert(owner, None);
            } else if wipe {
                let numbers = self.referred(connection, owner, &remaining)?;
                self.rewrite_blocks(connection, owner, &numbers)?;
                kept.insert(owner, Some(numbers));
            }
        }
        Ok(kept)
    }

    /// Texts of the owner that these traces refer to.
    fn referred(
        &self,
        connection: &Connection,
        owner: i64,
        tnos: &[i64],
    ) -> Result<BTreeSet<u64>, StoreError> {
        let mut numbers = BTreeSet::new();
        for tno in tnos {
            let found =
                chunks::of_trace(connection, &self.dictionaries, *tno, chunks::Want::Bodies)?;
            for chunk in &found {
                let head = chunk.head()?;
                for entry in chunk.body(&head)? {
                    let runs = entry.runs.iter().filter(|run| run.owner == owner);
                    numbers.extend(runs.flat_map(|run| run.numbers()));
                }
            }
            for record in self.staging.view(*tno, false).records {
                let runs = record.runs.iter().filter(|run| run.owner == owner);
                numbers.extend(runs.flat_map(|run| run.numbers()));
            }
        }
        Ok(numbers)
    }

    fn rewrite_blocks(
        &self,
        connection: &Connection,
        owner: i64,
        keep: &BTreeSet<u64>,
    ) -> Result<(), StoreError> {
        for place in blocks::places(connection, owner)? {
            if (place.first..place.end()).all(|number| keep.contains(&number)) {
                continue;
            }
            let (first, mut texts) = blocks::texts(connection, &self.dictionaries, place.key)?;
            for (number, text) in (first..).zip(&mut texts) {
                if !keep.contains(&number) {
                    *text = Text::hole();
                    blocks::remove_blob(connection, owner, number)?;
                }
            }
            blocks::replace(
                connection,
                place.key,
                &blocks::pack(&texts, Some(LEVEL_SMALL), None)?,
            )?;
        }
        if let Some((first, texts)) = self.staging.texts(owner) {
            for number in first..first + texts.len() as u64 {
                if !keep.contains(&number) {
                    blocks::remove_blob(connection, owner, number)?;
                }
            }
        }
        Ok(())
    }

    fn announce_deleted(&self, workspace: WorkspaceId, doomed: &[Doomed], seq: u64) {
        let traces = doomed
            .iter()
            .map(|trace| ChangedTrace { trace_id: trace.trace_id, new: false, deleted: true })
            .collect();
        // Nobody listens: nothing is lost.
        let _ = self.commits.send(Arc::new(Commit { seq, workspace, traces }));
    }
}

fn traces_of(connection: &Connection, owner: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT tno FROM owner_trace WHERE owner = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map([owner], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn session_owners(connection: &Connection, tno: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT owner FROM owner_trace WHERE tno = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params![tno], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Takes the deleted traces and texts out of the log.
fn rewrite_log(
    connection: &Connection,
    tnos: &HashSet<i64>,
    kept: &Kept,
) -> Result<(), StoreError> {
    let mut rewritten = Vec::new();
    let mut damaged = Vec::new();
    log::each(connection, 0, |seq, block| {
        match block {
            Ok(mut block) => {
                if strip(&mut block, tnos, kept) {
                    let mut raw = Vec::new();
                    block.encode(&mut raw);
                    rewritten.push((seq, frame::pack(&raw, frame::LEVEL_FAST)?));
                }
            }
            // What can't be read may hold the trace.
            Err(StoreError::Corrupt(_)) => damaged.push(seq),
            Err(error) => return Err(error),
        }
        Ok(true)
    })?;
    let mut empty = Vec::new();
    LogBlock::default().encode(&mut empty);
    for seq in damaged {
        rewritten.push((seq, frame::pack(&empty, frame::LEVEL_FAST)?));
    }
    rewritten.iter().try_for_each(|(seq, frame)| log::replace(connection, *seq, frame))
}

/// True when something was taken out.
fn strip(block: &mut LogBlock, tnos: &HashSet<i64>, kept: &Kept) -> bool {
    let before = block.traces.len() + block.owners.len();
    block.traces.retain(|group| !tnos.contains(&group.tno));
    block.owners.retain(|group| is_session(group.owner) || !tnos.contains(&(group.owner / 2)));
    let mut changed = before != block.traces.len() + block.owners.len();
    for group in &mut block.owners {
        let Some(Some(numbers)) = kept.get(&group.owner) else { continue };
        for (number, text) in (group.first..).zip(&mut group.texts) {
            if !numbers.contains(&number) && *text != Text::hole() {
                *text = Text::hole();
                changed = true;
            }
        }
    }
    changed
}
