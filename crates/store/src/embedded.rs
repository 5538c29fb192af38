//! The store in one SQLite file.
//!
//! The way of a span: `prepare` encodes it on the caller's thread; the `writer` thread
//! gathers what is queued, `commit` tells new from known and writes one log row and the
//! rows of the traces, in one transaction; after COMMIT the span is in `staging`, and the
//! caller is answered. Later the compressor (`flush`) makes chunks and blocks of what is
//! staged, the log is cleaned, `merge` makes few large chunks of many small ones.
//! `reader` sees staging and chunks as one; `recovery` fills staging from the log.

mod active;
pub(crate) mod agents;
pub(crate) mod attachments;
mod backup;
pub(crate) mod catalog;
mod check;
pub(crate) mod codec;
mod commit;
mod disk;
mod facets;
mod file;
mod flush;
mod follow;
mod hash;
mod index;
pub(crate) mod labels;
pub(crate) mod lists;
pub(crate) mod log;
mod meaning;
mod merge;
mod metrics;
mod migrations;
pub(crate) mod notes;
mod owners;
mod pool;
mod prepare;
pub(crate) mod projects;
pub(crate) mod purge;
mod reader;
mod recovery;
mod reprice;
pub(crate) mod retention;
pub(crate) mod rows;
pub(crate) mod run_events;
pub(crate) mod search;
mod sessions;
mod staging;
pub(crate) mod stats;
pub(crate) mod tombstones;
mod train;
mod users;
mod whose;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use rusqlite::{Connection, Transaction};
use tokio::sync::{broadcast, oneshot};

use crate::{Append, Appended, Commit, Metrics, StoreError, StoreOptions};
use writer::{Admission, Job, Queued, Writer};

/// Everything behind a [`crate::Store`].
pub(crate) struct Embedded {
    pub(crate) options: Arc<StoreOptions>,
    pub(crate) readers: pool::Readers,
    /// For lists: while one walks it may have to read spans, with a connection of `readers`.
    pub(crate) walkers: pool::Readers,
    pub(crate) staging: Arc<staging::Staging>,
    pub(crate) dictionaries: Arc<disk::dictionaries::Dictionaries>,
    path: PathBuf,
    metrics: Arc<metrics::Counters>,
    commits: broadcast::Sender<Arc<Commit>>,
    in_flight: Arc<AtomicUsize>,
    closed: AtomicBool,
    /// See [`crate::Store::derivations`].
    pub(crate) derivations: AtomicU64,
    writer: writer::Handle,
}

/// Commits that a subscriber may lag behind before it is told that it missed some.
const SUBSCRIBER_BACKLOG: usize = 1_024;

impl Embedded {
    pub(crate) fn open(folder: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let options = Arc::new(options);
        let folder = file::Folder::lock(folder)?;
        folder.keep_reserve(options.reserve_bytes);
        let path = folder.file();
        let connection = file::open_writer(&path)?;
        file::limit_size(&connection, options.max_bytes)?;
        let now = (options.clock)();
        catalog::workspaces::make_default(&connection, now)?;
        let staging = Arc::<staging::Staging>::default();
        let recovered = recovery::recover(&connection, &staging, now)?;
        let readers = pool::Readers::new(&path, options.readers);
        let walkers = pool::Readers::new(&path, options.readers);
        let (commits, _) = broadcast::channel(SUBSCRIBER_BACKLOG);
        let metrics = Arc::<metrics::Counters>::default();
        metrics.seq.set(recovered.last_seq);
        let dictionaries = Arc::<disk::dictionaries::Dictionaries>::default();
        dictionaries.load_current(&connection)?;
        let parts = writer::Parts {
            options: Arc::clone(&options),
            staging: Arc::clone(&staging),
            dictionaries: Arc::clone(&dictionaries),
            metrics: Arc::clone(&metrics),
            folder,
            commits: commits.clone(),
            last_seq: recovered.last_seq,
        };
        let writer = writer::start(connection, parts)?;
        Ok(Self {
            options,
            readers,
            walkers,
            staging,
            dictionaries,
            path,
            metrics,
            commits,
            in_flight: Arc::default(),
            closed: AtomicBool::new(false),
            derivations: AtomicU64::new(0),
            writer,
        })
    }

    pub(crate) fn append(
        &self,
        append: Append,
    ) -> impl Future<Output = Result<Appended, StoreError>> + Send + 'static {
        let queued = self.enqueue(append);
        async move { queued?.await.map_err(|_| StoreError::Closed)? }
    }

    pub(crate) fn append_blocking(&self, append: Append) -> Result<Appended, StoreError> {
        self.enqueue(append)?.blocking_recv().map_err(|_| StoreError::Closed)?
    }

    fn enqueue(
        &self,
        append: Append,
    ) -> Result<oneshot::Receiver<Result<Appended, StoreError>>, StoreError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed);
        }
        let max_bytes = self.options.in_flight_max_bytes;
        let admit = |bytes: usize| {
            let admission = Admission::take(&self.in_flight, bytes, max_bytes);
            admission.inspect_err(|_| self.metrics.refused_overloaded.add(1))
        };
        // Looked at before the work is done, for all that is known is that it is not empty.
        drop(admit(1)?);
        let prepared = prepare::prepare(append)?;
        let admission = admit(prepared.bytes)?;
        let (answer, result) = oneshot::channel();
        self.writer.send(Job::Append(Box::new(Queued { prepared, answer, admission })))?;
        Ok(result)
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |_, connection| {
            let transaction = connection.unchecked_transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
    }

    /// Runs `work` on the writer's thread between two commits and waits for it.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer, &Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, result) = oneshot::channel();
        self.writer.send(Job::Run(Box::new(move |writer, connection| {
            let _ = answer.send(work(writer, connection));
        })))?;
        result.blocking_recv().map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` on the writer's thread.
    pub(crate) fn with_writer(
        &self,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), StoreError> {
        self.run(move |_, _| {
            work();
            Ok(())
        })
    }

    /// Writes everything staged into chunks and blocks.
    pub(crate) fn flush(&self) -> Result<(), StoreError> {
        self.run(|writer, connection| writer.flush_all(connection))
    }

    /// Merges everything that has come to rest.
    pub(crate) fn merge(&self) -> Result<(), StoreError> {
        self.run(|writer, connection| writer.merge_all(connection))
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Commit>> {
        self.commits.subscribe()
    }

    pub(crate) fn metrics(&self) -> Metrics {
        let counters = &self.metrics;
        Metrics {
            commits: counters.commits.get(),
            failed_commits: counters.failed_commits.get(),
            commit_nanos: counters.commit_nanos.get(),
            refused_overloaded: counters.refused_overloaded.get(),
            spans: counters.spans.get(),
            merged_spans: counters.merged_spans.get(),
            duplicate_spans: counters.duplicate_spans.get(),
            refused_deleted: counters.refused_deleted.get(),
            chunks: counters.chunks.get(),
            blocks: counters.blocks.get(),
            merges: counters.merges.get(),
            log_bytes_written: counters.log_bytes_written.get(),
            seq: counters.seq.get(),
            in_flight_bytes: self.in_flight.load(Ordering::Relaxed) as u64,
            staging_bytes: self.staging.bytes() as u64,
            active_bytes: counters.active_bytes.get(),
            active_traces: counters.active_traces.get(),
        }
    }

    pub(crate) fn close(&self) -> Result<(), StoreError> {
        if self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let flushed = self.flush();
        self.walkers.close();
        self.readers.close();
        let checkpointed = self.run(|_, connection| file::checkpoint(connection));
        self.writer.stop();
        flushed.and(checkpointed.map(|_| ()))
    }
}
