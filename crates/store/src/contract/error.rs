//! Why a call failed.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Cheap to clone, since one failed commit answers many callers.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// More is in flight than the store admits; try again.
    #[error(
        "the store is overloaded: {in_flight_bytes} bytes are in flight, {max_bytes} are admitted"
    )]
    Overloaded {
        /// Bytes waiting to be written.
        in_flight_bytes: usize,
        /// `store.in_flight_max_bytes`.
        max_bytes: usize,
    },
    /// The disk is full, or the store's size limit is reached.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The folder or the file can't be written.
    #[error("the data folder is read-only: {0}")]
    ReadOnly(String),
    /// Another process has the folder.
    #[error("the data folder {0} is in use by another clew process")]
    Locked(PathBuf),
    /// The file was written by a later version.
    #[error(
        "the file has format {found}, this version knows up to {known}: use the clew that wrote it, or a later one"
    )]
    Newer {
        /// The file's format.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The thing that was asked for is not there.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// A page cursor that this query did not give.
    #[error("the cursor does not belong to this query")]
    BadCursor,
    /// The thing is there already, or changed meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// The request can't be met as it stands.
    #[error("{0}")]
    Invalid(String),
    /// Stored bytes don't fit their checksum or their format.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// The store is closing or closed.
    #[error("the store is closed")]
    Closed,
    /// SQLite said no.
    #[error("sqlite: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// The operating system said no.
    #[error("{0}")]
    Io(Arc<io::Error>),
}

impl StoreError {
    /// Too much at once: 429 or 503, the sender tries again.
    pub fn is_overloaded(&self) -> bool {
        matches!(self, StoreError::Overloaded { .. })
    }

    /// No room: 507.
    pub fn is_full(&self) -> bool {
        matches!(self, StoreError::Full(_))
    }

    /// Nothing there: 404.
    pub fn is_not_found(&self) -> bool {
        matches!(self, StoreError::NotFound(_))
    }

    /// The caller's own mistake: 400 or 409.
    pub fn is_callers_fault(&self) -> bool {
        matches!(self, StoreError::BadCursor | StoreError::Conflict(_) | StoreError::Invalid(_))
    }

    /// The store can't serve at all right now: 503.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, StoreError::Closed | StoreError::Locked(_) | StoreError::ReadOnly(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full(error.to_string()),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
                StoreError::ReadOnly(error.to_string())
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Corrupt(error.to_string())
            }
            _ => StoreError::Sqlite(Arc::new(error)),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::Full(error.to_string())
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly(error.to_string())
            }
            _ => StoreError::Io(Arc::new(error)),
        }
    }
}
