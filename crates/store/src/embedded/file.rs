//! The folder and the file: lock, reserve, connections and their settings.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::migrations;
use crate::StoreError;

/// The data file's name in the folder.
pub(crate) const FILE_NAME: &str = "clew.db";
const LOCK_NAME: &str = "clew.lock";
const RESERVE_NAME: &str = "reserve";
/// "Clew" in ASCII: `file` and SQLite's own tools tell our files from others by it.
const APPLICATION_ID: i64 = 0x436c_6577;
const PAGE_BYTES: i64 = 4_096;
/// The write-ahead log is copied into the file when it has as many pages (32 MB).
const CHECKPOINT_PAGES: i64 = 8_192;
const WRITER_CACHE_KIB: i64 = 32_768;
const READER_CACHE_KIB: i64 = 2_048;

/// The folder, locked against other processes until this is dropped.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder where there is none, and takes its lock.
    pub(crate) fn lock(path: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(path)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK_NAME))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The data file.
    pub(crate) fn file(&self) -> PathBuf {
        self.path.join(FILE_NAME)
    }

    /// Makes sure that the reserve is there. It is room that a delete may use when the
    /// disk is full; not being able to keep it is no reason not to start.
    pub(crate) fn keep_reserve(&self, bytes: u64) -> bool {
        let path = self.path.join(RESERVE_NAME);
        if bytes == 0 {
            return fs::remove_file(path).is_ok();
        }
        if fs::metadata(&path).is_ok_and(|found| found.len() == bytes) {
            return true;
        }
        let written = write_reserve(&path, bytes);
        if written.is_err() {
            // Half a reserve would only take away the room that is left.
            let _ = fs::remove_file(&path);
        }
        written.is_ok()
    }

    /// Gives the reserve's room back to the disk.
    pub(crate) fn release_reserve(&self) -> bool {
        fs::remove_file(self.path.join(RESERVE_NAME)).is_ok()
    }
}

/// Real blocks, not a hole: a sparse file reserves nothing.
fn write_reserve(path: &Path, bytes: u64) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = File::create(path)?;
    // Not zeros: some file systems store a block of zeros as a hole.
    let piece: Vec<u8> = (0..1_u32 << 16).map(|place| (place % 251) as u8).collect();
    let mut left = bytes;
    while left > 0 {
        let now = left.min(piece.len() as u64);
        file.write_all(&piece[..now as usize])?;
        left -= now;
    }
    file.sync_all()
}

/// The one connection that writes: settings, format, migrations.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly(path.display().to_string()));
    }
    // Both only take effect before the first table, and are harmless afterwards.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", CHECKPOINT_PAGES * PAGE_BYTES)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Deleted cells are wiped inside the pages that are written anyway; a purge also wipes
    // whole pages and gives the free ones back.
    connection.execute_batch("PRAGMA secure_delete = FAST")?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    migrations::run(&connection)?;
    Ok(connection)
}

/// Plans do not depend on bound values. Without it SQLite prepares a cached statement anew
/// with every binding where a partial index is in question: a third of the writer's time.
pub(crate) fn keep_plans(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A connection that reads only.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "query_only", true)?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Brings the write-ahead log into the file and empties it; true when no reader was in the
/// way.
pub(crate) fn checkpoint(connection: &Connection) -> Result<bool, StoreError> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Gives back at most `pages` free pages; true while there are more.
pub(crate) fn vacuum(connection: &Connection, pages: u32) -> Result<bool, StoreError> {
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    // It frees a page with each step.
    while rows.next()?.is_some() {}
    let left: i64 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
    Ok(left > 0)
}

/// Sets the largest size of the file; 0 for none.
pub(crate) fn limit_size(connection: &Connection, bytes: u64) -> Result<(), StoreError> {
    // SQLite's own limit, 32 TB of our pages.
    let pages = if bytes == 0 { 0xffff_fffe } else { (bytes / PAGE_BYTES as u64).max(64) };
    let sql = format!("PRAGMA max_page_count = {pages}");
    connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?;
    Ok(())
}
