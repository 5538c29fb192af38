//! A copy of the file while the store goes on.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{Embedded, file};
use crate::StoreError;

impl Embedded {
    /// Copies by SQLite's backup interface, in one read transaction: the copy is of one
    /// moment and holds the log as well. It appears under its name when it is whole.
    pub(crate) fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Conflict(format!("{} is there already", to.display())));
        }
        let partial = to.with_extension("partial");
        let result = copy(&self.path, &partial).and_then(|()| {
            File::open(&partial)?.sync_all()?;
            fs::rename(&partial, to)?;
            Ok(())
        });
        if result.is_err() {
            // What is there of it is of no use.
            let _ = fs::remove_file(&partial);
        }
        result
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let source = file::open_reader(from)?;
    let mut target = Connection::open(to)?;
    let backup = Backup::new(&source, &mut target)?;
    // All pages at once: in steps it would begin anew with every commit.
    match backup.step(-1)? {
        StepResult::Done => {}
        _ => return Err(StoreError::Conflict("the copy could not be finished".to_owned())),
    }
    drop(backup);
    // The copy stands in one file until it is opened.
    target
        .pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0))?;
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}
