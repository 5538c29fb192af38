//! The one thread that writes. It takes whatever is queued, up to a limit, writes it in one
//! transaction and answers everybody after COMMIT: under load requests share an fsync
//! without waiting for a timer.

mod background;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{broadcast, oneshot};

use super::active::ActiveTraces;
use super::commit::Outcome;
use super::disk::dictionaries::Dictionaries;
use super::file::Folder;
use super::flush::{self, Done, Flushed};
use super::hash::ByHash;
use super::merge::{MergeJob, Merged};
use super::metrics::Counters;
use super::owners::{EpochRules, Owners};
use super::prepare::Prepared;
use super::rows::{RowRules, RowWriter};
use super::staging::Staging;
use crate::{Appended, Commit, FaultPoint, StoreError, StoreOptions, WorkspaceId};

/// Where a request is answered.
pub(super) type Answer = oneshot::Sender<Result<Appended, StoreError>>;
/// Work with the writer's connection.
type Work = Box<dyn FnOnce(&mut Writer, &Connection) + Send>;
/// What became of a merge.
type MergeResult = (MergeJob, Result<Option<Merged>, StoreError>);

/// Work for the writer.
pub(super) enum Job {
    /// A request.
    Append(Box<Queued>),
    /// The compressor has finished something.
    Wake,
    /// Anything else, with the connection, between commits.
    Run(Work),
    /// Stop; everything queued before is written.
    Stop,
}

/// A request that waits for its commit.
pub(super) struct Queued {
    pub(super) prepared: Prepared,
    pub(super) answer: Answer,
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
    compressor: Sender<flush::Work>,
    results: Receiver<Done>,
    /// Jobs with the compressor.
    outstanding: usize,
    /// Compressed, not committed.
    finished: Vec<Flushed>,
    /// Likewise.
    merged: Vec<MergeResult>,
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
    answers: Vec<(Answer, Admission)>,
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

    fn after_commit(&mut self, connection: &Connection) {
        self.commits_since_clean =
            if self.commits_since_clean >= CLEAN_EVERY { 0 } else { self.commits_since_clean + 1 };
        self.evict();
        self.start_training();
        self.merge_under_load(connection);
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
