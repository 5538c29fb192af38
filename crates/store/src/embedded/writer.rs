//! The one thread that writes. It takes whatever is queued, up to a limit, writes it in one
//! transaction and answers everybody after COMMIT: under load requests share an fsync
//! without waiting for a timer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{broadcast, oneshot};

use super::active::{ActiveTrace, ActiveTraces};
use super::codec::frame::Dictionary;
use super::commit::Outcome;
use super::disk::dictionaries::{self, Dictionaries};
use super::disk::{blocks, chunks, shared};
use super::file::Folder;
use super::flush::{self, Done, Flushed, Work};
use super::hash::ByHash;
use super::log;
use super::merge::{self, MergeJob, Merged, MergedTrace};
use super::metrics::Counters;
use super::owners::{EpochRules, Owners};
use super::prepare::Prepared;
use super::rows::{RowRules, RowWriter};
use super::staging::{FlushJob, FlushRules, Staging};
use crate::{Appended, Commit, FaultPoint, StoreError, StoreOptions, WorkspaceId};

/// Work for the writer.
pub(super) enum Job {
    /// A request.
    Append(Box<Queued>),
    /// The compressor has finished something.
    Wake,
    /// Anything else, with the connection, between commits.
    Run(Box<dyn FnOnce(&mut Writer, &Connection) + Send>),
    /// Stop; everything queued before is written.
    Stop,
}

/// A request that waits for its commit.
pub(super) struct Queued {
    pub(super) prepared: Prepared,
    pub(super) answer: oneshot::Sender<Result<Appended, StoreError>>,
    pub(super) admission: Admission,
}

/// A share of what may be in flight; gives itself back.
pub(super) struct Admission {
    in_flight: Arc<AtomicUsize>,
    bytes: usize,
}

impl Admission {
    /// Lets a request in. One that is larger than the limit is let in alone (ruling 31).
    pub(super) fn take(
        in_flight: &Arc<AtomicUsize>,
        bytes: usize,
        max_bytes: usize,
    ) -> Result<Self, StoreError> {
        let admit = |now: usize| {
            let fits = now == 0 || now.saturating_add(bytes) <= max_bytes;
            fits.then(|| now.saturating_add(bytes))
        };
        match in_flight.fetch_update(Ordering::AcqRel, Ordering::Acquire, admit) {
            Ok(_) => Ok(Self { in_flight: Arc::clone(in_flight), bytes }),
            Err(in_flight_bytes) => Err(StoreError::Overloaded { in_flight_bytes, max_bytes }),
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// The way to the writer.
pub(super) struct Handle {
    jobs: Sender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Handle {
    pub(super) fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).map_err(|_| StoreError::Closed)
    }

    /// Ends the thread after what is queued.
    pub(super) fn stop(&self) {
        let _ = self.jobs.send(Job::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the writer's thread owns.
pub(super) struct Writer {
    pub(super) options: Arc<StoreOptions>,
    pub(super) staging: Arc<Staging>,
    pub(super) dictionaries: Arc<Dictionaries>,
    pub(super) metrics: Arc<Counters>,
    pub(super) folder: Folder,
    pub(super) rows: RowWriter,
    pub(super) actives: ActiveTraces,
    pub(super) owners: Owners,
    pub(super) epochs: EpochRules,
    /// Numbers of shared texts by hash.
    pub(super) shared: HashMap<(WorkspaceId, u128), u64, ByHash>,
    /// Owners that the open transaction may have changed in memory.
    pub(super) touched_owners: Vec<i64>,
    pub(super) last_seq: u64,
    pub(super) log_buffer: Vec<u8>,
    pub(super) commits: broadcast::Sender<Arc<Commit>>,
    queue: Receiver<Job>,
    compressor: Sender<Work>,
    results: Receiver<Done>,
    /// Jobs with the compressor.
    outstanding: usize,
    /// Compressed, not committed.
    finished: Vec<Flushed>,
    /// Likewise.
    merged: Vec<(MergeJob, Result<Option<Merged>, StoreError>)>,
    /// Dictionaries that are not committed yet.
    trained: Vec<(WorkspaceId, Vec<u8>)>,
    /// Chunks of a workspace since it last asked for a dictionary.
    untrained: HashMap<WorkspaceId, usize>,
    /// When something of these was last written: they are left alone for a while.
    recent: HashMap<MergeJob, i64>,
    /// Where the next round of merging goes on.
    merge_after: (i64, i64),
    /// A transaction with chunks and requests failed: until chunks alone have succeeded
    /// they go alone, so that neither can keep the other from the disk.
    apart: bool,
    commits_since_clean: u64,
    compressor_thread: Option<JoinHandle<()>>,
}

/// What the writer is started with.
pub(super) struct Parts {
    pub(super) options: Arc<StoreOptions>,
    pub(super) staging: Arc<Staging>,
    pub(super) dictionaries: Arc<Dictionaries>,
    pub(super) metrics: Arc<Counters>,
    pub(super) folder: Folder,
    pub(super) commits: broadcast::Sender<Arc<Commit>>,
    pub(super) last_seq: u64,
}

/// The log is cleaned every so many commits.
const CLEAN_EVERY: u64 = 16;
/// Traces and owners that are merged in one round of idle time.
const MERGE_ROUND: usize = 64;
/// Idle work is looked for so often.
const IDLE: Duration = Duration::from_millis(250);

pub(super) fn start(connection: Connection, parts: Parts) -> Result<Handle, StoreError> {
    let (jobs, queue) = mpsc::channel();
    let (compressor, compressor_works) = mpsc::channel();
    let (results_in, results) = mpsc::channel();
    let waker = jobs.clone();
    let wake = move || {
        let _ = waker.send(Job::Wake);
    };
    let dictionaries = Arc::clone(&parts.dictionaries);
    let reader = super::file::open_reader(&parts.folder.file())?;
    let compressor_thread = flush::start(compressor_works, results_in, reader, dictionaries, wake)?;
    let options = parts.options;
    let rules = RowRules {
        quiet_after_nanos: options.quiet_after_nanos,
        abandoned_after_nanos: options.abandoned_after_nanos,
        random: Arc::clone(&options.random),
    };
    let epochs =
        EpochRules { max_bytes: options.owner_max_bytes, max_nanos: options.owner_max_nanos };
    let writer = Writer {
        options,
        staging: parts.staging,
        dictionaries: parts.dictionaries,
        metrics: parts.metrics,
        folder: parts.folder,
        rows: RowWriter::new(rules),
        actives: ActiveTraces::default(),
        owners: Owners::default(),
        epochs,
        shared: HashMap::default(),
        touched_owners: Vec::new(),
        last_seq: parts.last_seq,
        log_buffer: Vec::new(),
        commits: parts.commits,
        queue,
        compressor,
        results,
        outstanding: 0,
        finished: Vec::new(),
        merged: Vec::new(),
        trained: Vec::new(),
        untrained: HashMap::new(),
        recent: HashMap::new(),
        merge_after: (0, 0),
        apart: false,
        commits_since_clean: 0,
        compressor_thread: Some(compressor_thread),
    };
    let thread = thread::Builder::new()
        .name("clew-writer".to_owned())
        .spawn(move || writer.run(&connection))?;
    Ok(Handle { jobs, thread: Mutex::new(Some(thread)) })
}

/// Requests of one group commit.
#[derive(Default)]
struct Batch {
    requests: Vec<Prepared>,
    answers: Vec<(oneshot::Sender<Result<Appended, StoreError>>, Admission)>,
    spans: usize,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, queued: Queued) {
        self.spans += queued.prepared.span_count;
        self.bytes += queued.prepared.bytes;
        self.requests.push(queued.prepared);
        self.answers.push((queued.answer, queued.admission));
    }

    fn is_full(&self, options: &StoreOptions) -> bool {
        self.spans >= options.commit_max_spans || self.bytes >= options.commit_max_bytes
    }
}

impl Writer {
    fn run(mut self, connection: &Connection) {
        loop {
            match self.queue.recv_timeout(IDLE) {
                Ok(job) => {
                    if !self.turn(connection, job) {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.idle(connection),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let (closed, _) = mpsc::channel();
        self.compressor = closed;
        if let Some(thread) = self.compressor_thread.take() {
            let _ = thread.join();
        }
    }

    /// One group commit and whatever else was queued behind it; false to stop.
    fn turn(&mut self, connection: &Connection, first: Job) -> bool {
        let mut batch = Batch::default();
        let mut other = None;
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Append(queued) => {
                    batch.add(*queued);
                    if batch.is_full(&self.options) {
                        break;
                    }
                }
                Job::Wake => {}
                job => {
                    other = Some(job);
                    break;
                }
            }
            next = self.queue.try_recv().ok();
        }
        while let Ok(result) = self.results.try_recv() {
            self.take_result(result);
        }
        if !batch.requests.is_empty() {
            self.commit(connection, batch);
        } else if !self.finished.is_empty() {
            self.commit_finished(connection);
        }
        self.commit_merged(connection);
        self.commit_trained(connection);
        match other {
            Some(Job::Run(work)) => work(self, connection),
            Some(Job::Stop) => return false,
            _ => {}
        }
        true
    }

    fn commit(&mut self, connection: &Connection, mut batch: Batch) {
        let started = Instant::now();
        let result = self.transaction(connection, |writer| {
            if writer.commits_since_clean >= CLEAN_EVERY {
                writer.clean_log_in(connection)?;
            }
            if !writer.apart {
                flush::insert(connection, &writer.finished)?;
            }
            writer.write_commit(connection, &mut batch.requests)
        });
        match result {
            Ok(outcome) => {
                self.metrics.commit_nanos.add(started.elapsed().as_nanos() as u64);
                self.publish(outcome, batch);
                if !self.apart {
                    self.release_finished();
                }
                self.after_commit(connection);
            }
            Err(error) => {
                tracing::error!(%error, "a commit failed and was rolled back");
                self.metrics.failed_commits.add(1);
                self.forget_after_rollback();
                self.apart = !self.finished.is_empty();
                for (answer, admission) in batch.answers {
                    drop(admission);
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
        if self.apart {
            self.commit_finished(connection);
        }
    }

    /// Makes a commit visible, then answers: who is answered sees it.
    fn publish(&mut self, mut outcome: Outcome, batch: Batch) {
        let now = (self.options.clock)();
        self.staging.publish(outcome.seq, &outcome.block, now);
        self.settle(&mut outcome);
        self.metrics.count(&outcome);
        for ((answer, admission), appended) in batch.answers.into_iter().zip(&outcome.appended) {
            drop(admission);
            let _ = answer.send(Ok(*appended));
        }
        self.announce(&outcome);
        self.hand_over(&outcome);
    }

    fn announce(&self, outcome: &Outcome) {
        if self.commits.receiver_count() == 0 {
            return;
        }
        let mut by_workspace: Vec<Commit> = Vec::new();
        for (workspace, changed) in &outcome.changed {
            match by_workspace.iter_mut().find(|commit| commit.workspace == *workspace) {
                Some(commit) => commit.traces.push(*changed),
                None => by_workspace.push(Commit {
                    seq: outcome.seq,
                    workspace: *workspace,
                    traces: vec![*changed],
                }),
            }
        }
        for commit in by_workspace {
            // Nobody listens: nothing is lost, lists have it.
            let _ = self.commits.send(Arc::new(commit));
        }
    }

    /// Gives the compressor what is due after a commit.
    fn hand_over(&mut self, outcome: &Outcome) {
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

    fn take_result(&mut self, done: Done) {
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
    fn commit_finished(&mut self, connection: &Connection) {
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

    fn release_finished(&mut self) {
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
    fn commit_merged(&mut self, connection: &Connection) {
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
    fn start_training(&mut self) {
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
    fn commit_trained(&mut self, connection: &Connection) {
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
        let loaded =
            ActiveTrace::load(connection, &self.dictionaries, &self.staging, workspace, trace_id)?;
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

    /// Merges everything that has come to rest: rounds until one brings nothing.
    pub(super) fn merge_all(&mut self, connection: &Connection) -> Result<(), StoreError> {
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

    fn after_commit(&mut self, connection: &Connection) {
        self.commits_since_clean =
            if self.commits_since_clean >= CLEAN_EVERY { 0 } else { self.commits_since_clean + 1 };
        self.evict();
        self.start_training();
        // Ingest is faster than the compressor: it waits here, and with it the senders.
        let limit = self.options.staging_max_bytes + self.options.staging_max_bytes / 4;
        while self.staging.bytes() > limit && self.outstanding > 0 {
            let Ok(result) = self.results.recv() else { break };
            self.take_result(result);
            self.commit_finished(connection);
            if self.apart {
                break;
            }
        }
    }

    pub(super) fn evict(&mut self) {
        let budget = self.options.active_max_bytes;
        let staging = Arc::clone(&self.staging);
        self.actives.evict(budget / 4 * 3, |tno| staging.has_trace(tno));
        self.owners.evict(budget / 4);
        self.metrics
            .active_bytes
            .set((self.actives.memory_bytes() + self.owners.memory_bytes()) as u64);
        self.metrics.active_traces.set(self.actives.len() as u64);
    }

    /// Deletes log rows that neither staging nor a follower needs.
    pub(super) fn clean_log(&mut self, connection: &Connection) {
        match self.transaction(connection, |writer| writer.clean_log_in(connection)) {
            Ok(()) => self.commits_since_clean = 0,
            Err(error) => tracing::warn!(%error, "the log could not be cleaned"),
        }
    }

    /// Likewise, in the open transaction.
    fn clean_log_in(&self, connection: &Connection) -> Result<(), StoreError> {
        let staged = self.staging.low_water().unwrap_or(self.last_seq + 1);
        let max_bytes = self.options.log_max_bytes;
        let keep_from = super::follow::keep_from(connection, staged, max_bytes)?;
        log::clean(connection, keep_from)?;
        Ok(())
    }

    /// When nothing was queued for a while.
    fn idle(&mut self, connection: &Connection) {
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
    pub(super) fn flush_all(&mut self, connection: &Connection) -> Result<(), StoreError> {
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

    /// Waits until nothing is with the compressor and writes what it gave.
    pub(super) fn drain(&mut self, connection: &Connection) -> Result<(), StoreError> {
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

    /// Runs `work` in a transaction: all of it happens or nothing.
    pub(super) fn transaction<T>(
        &mut self,
        connection: &Connection,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let result = work(self).and_then(|value| {
            connection.execute_batch("COMMIT")?;
            Ok(value)
        });
        if result.is_err() && !connection.is_autocommit() {
            // SQLite has rolled back by itself after some errors; else we do.
            if let Err(error) = connection.execute_batch("ROLLBACK") {
                tracing::error!(%error, "a transaction could not be rolled back");
            }
        }
        result
    }

    pub(super) fn fault(&self, point: FaultPoint) -> Result<(), StoreError> {
        self.options.fault.as_ref().map_or(Ok(()), |hook| hook(point))
    }
}
