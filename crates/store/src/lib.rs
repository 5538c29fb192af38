//! Keeps traces: one SQLite file, a log of commits, chunks per trace, messages stored once.
//!
//! The formats on disk are in docs/formats/store.md; how the parts work together is told at
//! the head of [`embedded`](crate::Store).

mod catalog;
mod contract;
mod embedded;
mod ids;
mod row;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction};

pub use catalog::*;
pub use contract::*;
pub use ids::{AgentId, AgentIdError, WorkspaceId};
pub use row::{AgentRef, TraceRow};

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

    /// Injected randomness.
    pub(crate) fn random(&self, buffer: &mut [u8]) {
        (self.inner.options.random)(buffer);
    }

    /// Writes out what is queued, brings everything into the file and closes it. Calls
    /// after it fail with [`StoreError::Closed`].
    pub fn close(&self) -> Result<(), StoreError> {
        self.inner.close()
    }
}
