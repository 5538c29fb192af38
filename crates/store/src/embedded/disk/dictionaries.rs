//! Compression dictionaries, loaded once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension, params};

use crate::embedded::codec::frame::{Dictionary, checksum};
use crate::{StoreError, WorkspaceId};

/// All that were used since the store was opened. A dictionary never changes.
#[derive(Default)]
pub(crate) struct Dictionaries {
    loaded: RwLock<HashMap<i64, Arc<Dictionary>>>,
    /// What new chunks and blocks of a workspace are compressed with.
    current: RwLock<HashMap<WorkspaceId, Arc<Dictionary>>>,
}

impl Dictionaries {
    /// The dictionary that a row names.
    pub(crate) fn get(
        &self,
        connection: &Connection,
        id: Option<i64>,
    ) -> Result<Option<Arc<Dictionary>>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(dictionary) = loaded.get(&id) {
            return Ok(Some(Arc::clone(dictionary)));
        }
        drop(loaded);
        let sql = "SELECT data, checksum FROM zdict WHERE id = ?1";
        let found: Option<(Vec<u8>, i64)> = connection
            .prepare_cached(sql)?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (data, expected) =
            found.ok_or_else(|| StoreError::Corrupt(format!("dictionary {id} is missing")))?;
        if checksum(&data) != expected {
            return Err(StoreError::Corrupt(format!("dictionary {id}: its checksum is wrong")));
        }
        let dictionary = Arc::new(Dictionary::new(id, &data));
        self.add(Arc::clone(&dictionary));
        Ok(Some(dictionary))
    }

    /// The newest of each workspace, at opening.
    pub(crate) fn load_current(&self, connection: &Connection) -> Result<(), StoreError> {
        let sql = "SELECT workspace, MAX(id) FROM zdict GROUP BY workspace";
        let mut statement = connection.prepare(sql)?;
        let found = statement.query_map([], |row| Ok((WorkspaceId(row.get(0)?), row.get(1)?)))?;
        for (workspace, id) in found.collect::<Result<Vec<_>, _>>()? {
            match self.get(connection, Some(id)) {
                Ok(Some(dictionary)) => self.set_current(workspace, dictionary),
                Ok(None) => {}
                // Rows that name it can't be read; new ones go without.
                Err(error) => tracing::error!(id, %error, "a dictionary can't be used"),
            }
        }
        Ok(())
    }

    /// The one for new rows of a workspace.
    pub(crate) fn current(&self, workspace: WorkspaceId) -> Option<Arc<Dictionary>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.get(&workspace).cloned()
    }

    /// From now on new rows are compressed with it: its own row is committed.
    pub(crate) fn set_current(&self, workspace: WorkspaceId, dictionary: Arc<Dictionary>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.insert(workspace, Arc::clone(&dictionary));
        drop(current);
        self.add(dictionary);
    }

    /// Makes a new one known.
    fn add(&self, dictionary: Arc<Dictionary>) {
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.insert(dictionary.id, dictionary);
    }
}

/// Keeps a dictionary and gives its number.
pub(crate) fn insert(
    connection: &Connection,
    workspace: WorkspaceId,
    now: i64,
    data: &[u8],
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO zdict (workspace, kind, created_nanos, checksum, data) \
               VALUES (?1, 0, ?2, ?3, ?4)";
    let row = params![workspace.0, now, checksum(data), data];
    Ok(connection.prepare_cached(sql)?.insert(row)?)
}
