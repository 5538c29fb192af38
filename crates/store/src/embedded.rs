//! The store in one SQLite file.

pub(crate) mod agents;
pub(crate) mod catalog;
mod facets;
mod file;
pub(crate) mod labels;
mod migrations;
mod pool;
mod rows;
mod run_events;
mod sessions;
mod users;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Transaction;
use tokio::sync::{broadcast, oneshot};

use crate::{Append, Appended, Commit, StoreError, StoreOptions};

/// Everything behind a [`crate::Store`].
pub(crate) struct Embedded {
    pub(crate) options: Arc<StoreOptions>,
    pub(crate) readers: pool::Readers,
    commits: broadcast::Sender<Arc<Commit>>,
    writer: writer::Handle,
}

impl Embedded {
    pub(crate) fn open(folder: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let options = Arc::new(options);
        let folder = file::Folder::lock(folder)?;
        folder.keep_reserve(options.reserve_bytes);
        let connection = file::open_writer(&folder.file())?;
        let readers = pool::Readers::new(&folder.file(), options.readers);
        let (commits, _) = broadcast::channel(1024);
        let writer = writer::start(connection, folder)?;
        Ok(Self { options, readers, commits, writer })
    }

    pub(crate) fn append(
        &self,
        _append: Append,
    ) -> impl Future<Output = Result<Appended, StoreError>> + Send + 'static {
        async { Err(StoreError::Closed) }
    }

    pub(crate) fn append_blocking(&self, _append: Append) -> Result<Appended, StoreError> {
        Err(StoreError::Closed)
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, result) = oneshot::channel();
        self.writer.send(writer::Job::Write(Box::new(move |connection| {
            let outcome = connection.transaction().map_err(StoreError::from).and_then(|tx| {
                let value = work(&tx)?;
                tx.commit()?;
                Ok(value)
            });
            let _ = answer.send(outcome);
        })))?;
        result.blocking_recv().map_err(|_| StoreError::Closed)?
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Commit>> {
        self.commits.subscribe()
    }

    pub(crate) fn close(&self) -> Result<(), StoreError> {
        self.readers.close();
        self.writer.stop();
        Ok(())
    }
}
