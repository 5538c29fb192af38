//! Read connections. Each read is one short transaction on its own connection, so readers
//! never wait for the writer and never see half a commit.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard};

use rusqlite::Connection;

use super::file;
use crate::StoreError;

/// At most `max` connections; a read beyond them waits for one to come back.
pub(crate) struct Readers {
    path: PathBuf,
    max: usize,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Connection>,
    open: usize,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(path: &Path, max: usize) -> Self {
        Self {
            path: path.to_owned(),
            max: max.max(1),
            state: Mutex::new(State { idle: Vec::new(), open: 0, closed: false }),
            returned: Condvar::new(),
        }
    }

    /// Runs `work` in one read transaction: everything it reads is of one moment.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let lease = self.take()?;
        let connection = lease.connection();
        connection.execute_batch("BEGIN")?;
        let result = work(connection);
        // Nothing was written: ending the transaction can't lose anything.
        let ended = connection.execute_batch("COMMIT");
        let value = result?;
        ended?;
        Ok(value)
    }

    /// Closes idle connections and refuses new reads. Reads under way finish.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.open -= state.idle.len();
        state.idle.clear();
        self.returned.notify_all();
        while state.open > 0 {
            state = self.returned.wait(state).unwrap_or_else(|poison| poison.into_inner());
        }
    }

    fn take(&self) -> Result<Lease<'_>, StoreError> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(StoreError::Closed);
            }
            if let Some(connection) = state.idle.pop() {
                return Ok(Lease { readers: self, connection: Some(connection) });
            }
            if state.open < self.max {
                state.open += 1;
                break;
            }
            state = self.returned.wait(state).unwrap_or_else(|poison| poison.into_inner());
        }
        drop(state);
        match file::open_reader(&self.path) {
            Ok(connection) => Ok(Lease { readers: self, connection: Some(connection) }),
            Err(error) => {
                self.lock().open -= 1;
                self.returned.notify_one();
                Err(error)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poison| poison.into_inner())
    }
}

/// Gives the connection back when dropped, also when the work panicked.
struct Lease<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Lease<'_> {
    #[allow(clippy::expect_used)]
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a lease holds its connection until it is dropped")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let mut state = self.readers.lock();
        // A transaction left open by a panic would pin the write-ahead log.
        let usable = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        if state.closed || !usable {
            state.open -= 1;
        } else {
            state.idle.push(connection);
        }
        self.readers.returned.notify_all();
    }
}
