//! What the writer does besides taking requests: chunks out of staging, merging, training,
//! cleaning the log. The compressor's thread does the work, this decides what and when, and
//! puts the results into the file.

use std::sync::Arc;

use rusqlite::Connection;

use super::Writer;
use crate::embedded::codec::frame::Dictionary;
use crate::embedded::commit::Outcome;
use crate::embedded::disk::{blocks, chunks, dictionaries, shared};
use crate::embedded::flush::{self, Done, Work};
use crate::embedded::merge::{self, MergeJob, Merged, MergedTrace};
use crate::embedded::staging::{FlushJob, FlushRules};
use crate::embedded::{follow, log, recovery};
use crate::{FaultPoint, StoreError, WorkspaceId};

/// Traces and owners that are merged in one round of idle time.
const MERGE_ROUND: usize = 64;
/// A store that is never idle merges a round after so many commits.
const MERGE_EVERY: u64 = 256;

impl Writer {
    /// Gives the compressor what is due after a commit.
    pub(super) fn hand_over(&mut self, outcome: &Outcome) {
        let traces: Vec<i64> = outcome.block.traces.iter().map(|group| group.tno).collect();
        let owners: Vec<i64> = outcome.block.owners.iter().map(|group| group.owner).collect();
        let rules = self.flush_rules(None);
        let jobs = self.staging.take_due(&traces, &owners, &rules);
        self.send_to_compressor(jobs);
    }

    fn flush_rules(&self, quiet_since_nanos: Option<i64>) -> FlushRules {
        FlushRules {
            spans: self.options.flush_spans,
            bytes: self.options.flush_bytes,
            max_bytes: self.options.staging_max_bytes,
            older_than_seq: self.last_seq.saturating_sub(self.options.flush_commits),
            quiet_since_nanos,
        }
    }

    fn send_to_compressor(&mut self, jobs: Vec<FlushJob>) {
        for job in jobs {
            self.outstanding += 1;
            // The thread lives as long as the writer.
            let _ = self.compressor.send(Work::Flush(job));
        }
    }

    pub(super) fn take_result(&mut self, done: Done) {
        self.outstanding -= 1;
        match done {
            Done::Flushed(Ok(flushed)) => self.finished.push(flushed),
            // Compression fails for want of memory only. What was handed over stays staged
            // and in the log, and is taken up by the next start.
            Done::Flushed(Err(error)) => tracing::error!(%error, "a flush failed"),
            Done::Merged(job, result) => self.merged.push((job, result)),
            Done::Trained(workspace, Ok(Some(data))) => self.trained.push((workspace, data)),
            Done::Trained(_, Ok(None)) => {}
            Done::Trained(workspace, Err(error)) => {
                tracing::warn!(%workspace, %error, "no dictionary could be trained");
            }
        }
    }

    /// Writes finished chunks in a transaction of their own.
    pub(super) fn commit_finished(&mut self, connection: &Connection) {
        let result = self.transaction(connection, |writer| {
            flush::insert(connection, &writer.finished)?;
            writer.fault(FaultPoint::BeforeFlushCommit)
        });
        match result {
            Ok(()) => {
                self.apart = false;
                self.release_finished();
            }
            Err(error) => {
                tracing::error!(%error, "chunks could not be written; they are tried again");
                self.apart = true;
            }
        }
    }

    pub(super) fn release_finished(&mut self) {
        let now = (self.options.clock)();
        for flushed in std::mem::take(&mut self.finished) {
            self.metrics.chunks.add(flushed.chunks.len() as u64);
            self.metrics.blocks.add(flushed.blocks.len() as u64);
            self.staging.committed(&flushed.traces, &flushed.owners);
            for chunk in &flushed.chunks {
                *self.untrained.entry(chunk.workspace).or_default() += 1;
            }
            let traces = flushed.traces.iter().map(|(tno, _)| MergeJob::Trace(*tno));
            let owners = flushed.owners.iter().map(|(owner, _)| MergeJob::Owner(*owner));
            self.recent.extend(traces.chain(owners).map(|job| (job, now)));
        }
    }

    /// Puts merged chunks in place of what they were made of, each in a transaction of its
    /// own. One that fails is looked for again in the next round.
    pub(super) fn commit_merged(&mut self, connection: &Connection) {
        for (job, result) in std::mem::take(&mut self.merged) {
            let outcome = result.and_then(|merged| {
                self.transaction(connection, |writer| {
                    let replaced = match &merged {
                        Some(merged) => {
                            let replaced = merge::replace(connection, merged)?;
                            if let (true, Merged::Chunks { trace, .. }) = (replaced, merged) {
                                writer.release_shared(connection, trace)?;
                            }
                            replaced
                        }
                        None => merge::mark(connection, job).map(|()| false)?,
                    };
                    writer.fault(FaultPoint::BeforeMergeCommit)?;
                    Ok(replaced)
                })
            });
            match outcome {
                Ok(true) => self.metrics.merges.add(1),
                Ok(false) => {}
                Err(error) => tracing::warn!(?job, %error, "a merge failed"),
            }
        }
    }

    /// Asks for the dictionary of a workspace that has none and enough to learn from. Where
    /// too little is shared yet it asks again after as many chunks.
    pub(super) fn start_training(&mut self) {
        let enough = self.options.dictionary_samples;
        if enough == 0 {
            return;
        }
        let dictionaries = Arc::clone(&self.dictionaries);
        let due: Vec<WorkspaceId> = self
            .untrained
            .iter()
            .filter(|(workspace, chunks)| {
                **chunks >= enough && dictionaries.current(**workspace).is_none()
            })
            .map(|(workspace, _)| *workspace)
            .collect();
        for workspace in due {
            self.untrained.remove(&workspace);
            self.outstanding += 1;
            // The thread lives as long as the writer.
            let _ = self.compressor.send(Work::Train(workspace));
        }
    }

    /// Keeps new dictionaries; only then chunks may name them.
    pub(super) fn commit_trained(&mut self, connection: &Connection) {
        for (workspace, data) in std::mem::take(&mut self.trained) {
            let now = (self.options.clock)();
            let inserted = self.transaction(connection, |_| {
                dictionaries::insert(connection, workspace, now, &data)
            });
            match inserted {
                Ok(id) => {
                    let dictionary = Arc::new(Dictionary::new(id, &data));
                    self.dictionaries.set_current(workspace, dictionary);
                }
                Err(error) => tracing::warn!(%error, "a dictionary could not be kept"),
            }
        }
    }

    /// Shared texts that only dropped versions referred to no longer count the trace.
    fn release_shared(
        &mut self,
        connection: &Connection,
        trace: &MergedTrace,
    ) -> Result<(), StoreError> {
        if trace.dropped_shared.is_empty() {
            return Ok(());
        }
        let MergedTrace { workspace, trace_id, .. } = *trace;
        // Its list of them is no longer right; it is built again when it is needed.
        self.actives.take(workspace, trace_id);
        let loaded = self.load_active(connection, workspace, trace_id)?;
        let still = loaded.map(|active| active.shared).unwrap_or_default();
        for id in trace.dropped_shared.iter().filter(|id| !still.contains(id)) {
            shared::count(connection, *id, -1)?;
            // The text may be gone, and with it the number.
            self.shared.clear();
        }
        Ok(())
    }

    /// Starts merging some of what has come to rest, from where the last round ended; false
    /// when the end was reached.
    fn start_merges(&mut self, connection: &Connection) -> Result<bool, StoreError> {
        let now = (self.options.clock)();
        let since = now.saturating_sub(self.options.merge_after_nanos);
        self.recent.retain(|_, written| *written > since);
        let traces = chunks::unmerged(connection, self.merge_after.0, MERGE_ROUND)?;
        let owners = blocks::unmerged(connection, self.merge_after.1, MERGE_ROUND)?;
        if traces.is_empty() && owners.is_empty() {
            self.merge_after = (0, 0);
            return Ok(false);
        }
        self.merge_after.0 = traces.last().copied().unwrap_or(self.merge_after.0);
        self.merge_after.1 = owners.last().copied().unwrap_or(self.merge_after.1);
        let traces = traces.into_iter().map(MergeJob::Trace);
        for job in traces.chain(owners.into_iter().map(MergeJob::Owner)) {
            if !self.recent.contains_key(&job) {
                self.outstanding += 1;
                // The thread lives as long as the writer.
                let _ = self.compressor.send(Work::Merge(job));
            }
        }
        Ok(true)
    }

    /// Idle time may never come.
    pub(super) fn merge_under_load(&mut self, connection: &Connection) {
        let is_due = self.options.idle_work && self.last_seq.is_multiple_of(MERGE_EVERY);
        if is_due
            && self.outstanding == 0
            && let Err(error) = self.start_merges(connection)
        {
            tracing::warn!(%error, "nothing could be merged");
        }
    }

    /// Merges everything that has come to rest: rounds until one brings nothing.
    pub(in crate::embedded) fn merge_all(
        &mut self,
        connection: &Connection,
    ) -> Result<(), StoreError> {
        self.flush_all(connection)?;
        self.start_training();
        self.drain(connection)?;
        self.commit_trained(connection);
        self.merge_after = (0, 0);
        let mut before = None;
        while before != Some(self.metrics.merges.get()) {
            before = Some(self.metrics.merges.get());
            while self.start_merges(connection)? {
                self.drain(connection)?;
                self.commit_merged(connection);
            }
        }
        Ok(())
    }

    pub(super) fn evict(&mut self) {
        let budget = self.options.active_max_bytes;
        let staging = Arc::clone(&self.staging);
        self.owners.evict(budget / 4);
        let rest = budget.saturating_sub(self.owners.memory_bytes());
        self.actives.evict(rest, |tno| staging.has_trace(tno));
        self.metrics
            .active_bytes
            .set((self.actives.memory_bytes() + self.owners.memory_bytes()) as u64);
        self.metrics.active_traces.set(self.actives.len() as u64);
    }

    /// Deletes log rows that neither staging nor a follower needs.
    pub(in crate::embedded) fn clean_log(&mut self, connection: &Connection) {
        match self.transaction(connection, |writer| writer.clean_log_in(connection)) {
            Ok(()) => self.commits_since_clean = 0,
            Err(error) => tracing::warn!(%error, "the log could not be cleaned"),
        }
    }

    /// Likewise, in the open transaction.
    pub(super) fn clean_log_in(&self, connection: &Connection) -> Result<(), StoreError> {
        let staged = self.staging.low_water().unwrap_or(self.last_seq + 1);
        let max_bytes = self.options.log_max_bytes;
        let keep_from = follow::keep_from(connection, staged, max_bytes)?;
        log::clean(connection, keep_from)?;
        recovery::note_staged_from(connection, staged)
    }

    /// When nothing was queued for a while.
    pub(super) fn idle(&mut self, connection: &Connection) {
        if !self.options.idle_work {
            return;
        }
        let quiet_since = (self.options.clock)().saturating_sub(self.options.flush_after_nanos);
        let rules = self.flush_rules(Some(quiet_since));
        let jobs = self.staging.take_due(&[], &[], &rules);
        let was_busy = !jobs.is_empty();
        self.send_to_compressor(jobs);
        if !was_busy {
            if self.commits_since_clean > 0 {
                self.clean_log(connection);
            }
            if self.outstanding == 0
                && let Err(error) = self.start_merges(connection)
            {
                tracing::warn!(%error, "nothing could be merged");
            }
            self.folder.keep_reserve(self.options.reserve_bytes);
        }
    }

    /// Writes everything staged into chunks and blocks.
    pub(in crate::embedded) fn flush_all(
        &mut self,
        connection: &Connection,
    ) -> Result<(), StoreError> {
        loop {
            let jobs = self.staging.take_all();
            self.send_to_compressor(jobs);
            if self.outstanding == 0 && self.finished.is_empty() {
                self.clean_log(connection);
                return Ok(());
            }
            self.drain(connection)?;
        }
    }

    /// Waits until nothing is with the compressor, and writes what it gave or, where there
    /// is no room for it, throws that away: it is all in the log and in staging.
    pub(in crate::embedded) fn settle_flushes(
        &mut self,
        connection: &Connection,
    ) -> Result<(), StoreError> {
        if self.drain(connection).is_err() {
            if self.outstanding > 0 {
                return Err(StoreError::Closed);
            }
            self.finished.clear();
            self.apart = false;
            self.staging.take_back();
        }
        Ok(())
    }

    /// Waits until nothing is with the compressor and writes what it gave.
    pub(in crate::embedded) fn drain(&mut self, connection: &Connection) -> Result<(), StoreError> {
        while self.outstanding > 0 {
            let Ok(result) = self.results.recv() else { return Err(StoreError::Closed) };
            self.take_result(result);
        }
        if !self.finished.is_empty() {
            self.commit_finished(connection);
        }
        match self.apart {
            true => Err(StoreError::Full("chunks could not be written".to_owned())),
            false => Ok(()),
        }
    }
}
