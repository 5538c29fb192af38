//! Keeps traces: one SQLite file, a log of commits, chunks per trace, messages stored once.
//!
//! The formats on disk are in docs/formats/store.md; how the parts work together is told at
//! the head of [`embedded`](crate::Store).

mod attachments;
mod catalog;
mod contract;
mod deletion;
mod embedded;
pub mod fuzz;
mod groups;
mod histogram;
mod ids;
mod listing;
mod row;
mod search;
mod spans;
mod stats;
mod totals;
mod values;

use std::path::Path;
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use rusqlite::{Connection, Transaction};

pub use attachments::{Attachment, PutAttachment};
pub use catalog::*;
pub use clew_model::attachment::{AttachmentContent, NewAttachment};
pub use contract::*;
pub use deletion::*;
pub use groups::*;
pub use histogram::{Bucket, Histogram, HistogramQuery};
pub use ids::{AgentId, AgentIdError, WorkspaceId};
pub use listing::*;
pub use row::{AgentRef, SpansAsOf, TraceRow};
pub use search::{SearchHit, SearchPage, SearchQuery};
pub use spans::{SpanHit, SpanQuery};
pub use stats::*;
pub use totals::Totals;
pub use values::{FieldValue, FieldValues, ValueQuery};

/// A trace store in a folder. Cheap to clone; the last clone to go closes the file.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<embedded::Embedded>,
}

impl Store {
    /// Opens the folder, which is made where there is none, brings its file up to this
    /// version's format and takes up what the last process left. Only one process at a
    /// time has the folder.
    pub fn open(folder: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        Ok(Self { inner: Arc::new(embedded::Embedded::open(folder, options)?) })
    }

    /// Keeps what a request brings; resolves when it is on disk. Encoding and hashing
    /// happen here, on the caller's thread, before the first await. Needs no runtime.
    pub fn append(
        &self,
        append: Append,
    ) -> impl Future<Output = Result<Appended, StoreError>> + Send + 'static {
        self.inner.append(append)
    }

    /// [`Store::append`] for callers without a runtime.
    pub fn append_blocking(&self, append: Append) -> Result<Appended, StoreError> {
        self.inner.append_blocking(append)
    }

    /// Every commit from now on. A receiver that falls too far behind is told so by the
    /// channel and reads on from lists.
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<Arc<Commit>> {
        self.inner.subscribe()
    }

    /// Runs `work` on a read connection, inside one read transaction.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.inner.readers.read(work)
    }

    /// Runs `work` on the writer's connection in a transaction of its own, after what is
    /// queued. Blocks until it is on disk.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.write(work)
    }

    /// The injected time, nanoseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        (self.inner.options.clock)()
    }

    /// The row of a trace.
    pub fn trace_row(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Option<TraceRow>, StoreError> {
        self.read(|connection| embedded::rows::by_id(connection, workspace, trace_id))
    }

    /// Facts of all spans of a trace, in order of arrival; `Tree::build` orders them.
    pub fn trace_spans(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<Span>, StoreError> {
        Ok(self.inner.spans(workspace, trace_id)?.spans)
    }

    /// The same with the commit that they are of: where it is the row's `span_seq`, row and
    /// spans are of one moment.
    pub fn trace_spans_as_of(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<SpansAsOf, StoreError> {
        self.inner.spans(workspace, trace_id)
    }

    /// Goes up whenever stored facts are derived anew, which no commit tells of: what was
    /// made of spans read at another count may be out of date.
    pub fn derivations(&self) -> u64 {
        self.inner.derivations.load(std::sync::atomic::Ordering::Acquire)
    }

    /// What senders gave, whole, versions combined: all spans of a trace, or those named.
    pub fn sources(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
        only: Option<&[SpanId]>,
    ) -> Result<Vec<SourceSpan>, StoreError> {
        self.inner.sources(workspace, trace_id, only)
    }

    /// What senders say about a run beside its spans, the parts combined; `None` where nobody
    /// says anything.
    pub fn trace_note(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Option<SourceSpan>, StoreError> {
        self.read(|connection| embedded::notes::of_trace(connection, workspace, trace_id))
    }

    /// The newest trace with a span, of which nothing but the id is known; `None` also where it
    /// was not found in two seconds.
    pub fn trace_of_span(
        &self,
        workspace: WorkspaceId,
        span_id: SpanId,
    ) -> Result<Option<TraceId>, StoreError> {
        self.inner.trace_of_span(workspace, span_id)
    }

    /// The same by what the span's sender calls it.
    pub fn span_of_sender(
        &self,
        workspace: WorkspaceId,
        sender_span_id: &str,
    ) -> Result<Option<(TraceId, SpanId)>, StoreError> {
        self.inner.span_of_sender(workspace, sender_span_id)
    }

    /// A follower's place in the log; `None` for one that is not known.
    pub fn follower(&self, name: &str) -> Result<Option<FollowerCursor>, StoreError> {
        self.inner.follower(name)
    }

    /// All followers.
    pub fn followers(&self) -> Result<Vec<FollowerCursor>, StoreError> {
        self.inner.followers()
    }

    /// Says durably how far a follower has come; the log keeps what comes after, up to
    /// `log.max_bytes`. Costs a commit: say it every second or so.
    pub fn set_follower(&self, cursor: FollowerCursor) -> Result<(), StoreError> {
        self.write(move |connection| embedded::log::put_follower(connection, &cursor))
    }

    /// The log no longer waits for this follower.
    pub fn remove_follower(&self, name: &str) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write(move |connection| embedded::log::remove_follower(connection, &name))
    }

    /// First and last commit that the log holds.
    pub fn log_range(&self) -> Result<Option<(u64, u64)>, StoreError> {
        self.inner.log_range()
    }

    /// Commits from `from_seq` on, about `max_bytes` of them. A follower whose next commit
    /// is no longer there gets [`StoreError::NotFound`] and goes by [`Store::traces_since`].
    pub fn read_log(&self, from_seq: u64, max_bytes: usize) -> Result<LogRecords, StoreError> {
        self.inner.read_log(from_seq, max_bytes)
    }

    /// Traces that changed since a commit and are in chunks: what a follower that has
    /// fallen behind reads whole, before it goes on with the log's first commit.
    pub fn traces_since(
        &self,
        after: SinceCursor,
        limit: usize,
    ) -> Result<TracesSince, StoreError> {
        self.inner.traces_since(after, limit)
    }

    /// Derives the facts of stored spans anew, of the next `limit` traces: prices or the
    /// mapping have changed. Ingest goes on in between.
    pub fn reprice(
        &self,
        workspace: WorkspaceId,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Repriced, StoreError> {
        self.inner.reprice(workspace, cursor, limit)
    }

    /// Copies the store, as it is at one moment, to a file that must not be there yet.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.inner.backup(to)
    }

    /// Brings everything staged into chunks. Happens by itself; backups and tests want it now.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.inner.flush()
    }

    /// Merges the chunks of traces that have come to rest. Happens by itself in idle time.
    pub fn merge(&self) -> Result<(), StoreError> {
        self.inner.merge()
    }

    /// Deletes a trace with a tombstone, and every byte of it where `wipe` says so. The
    /// mechanism below `delete_trace`, without its audit row.
    #[doc(hidden)]
    pub fn purge_trace(
        &self,
        workspace: WorkspaceId,
        trace_id: TraceId,
        wipe: bool,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let purge = embedded::purge::Purge { workspace, traces: vec![trace_id], wipe };
        let purged = self.inner.purge(purge, move |connection, commit_seq| {
            let deletion = embedded::tombstones::Deletion {
                by: String::new(),
                rule: String::new(),
                at_nanos: now,
                commit_seq,
            };
            embedded::tombstones::add(connection, workspace, &trace_id, &deletion)
        })?;
        Ok(purged.traces > 0 && (purged.wiped || !wipe))
    }

    /// Runs `work` on the writer's thread, after what is queued. For tests of what happens
    /// while it is busy.
    #[doc(hidden)]
    pub fn with_writer(&self, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        self.inner.with_writer(work)
    }

    /// Reads the whole file and says what does not fit together; for `clew doctor`.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        self.inner.check()
    }

    /// Bytes by what they hold.
    pub fn sizes(&self) -> Result<Sizes, StoreError> {
        self.inner.sizes()
    }

    /// Bytes of all files in the data folder, by what the file system says.
    pub fn disk_bytes(&self) -> u64 {
        self.inner.disk_bytes()
    }

    /// Counters and gauges.
    pub fn metrics(&self) -> Metrics {
        self.inner.metrics()
    }

    /// Writes out what is queued, brings everything into the file and closes it. Calls
    /// after it fail with [`StoreError::Closed`].
    pub fn close(&self) -> Result<(), StoreError> {
        self.inner.close()
    }
}
