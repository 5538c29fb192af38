//! Compression dictionaries, loaded once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;
use crate::embedded::codec::frame::{Dictionary, checksum};

/// All that were used since the store was opened. A dictionary never changes.
#[derive(Default)]
pub(crate) struct Dictionaries {
    loaded: RwLock<HashMap<i64, Arc<Dictionary>>>,
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

    /// Makes a new one known.
    pub(crate) fn add(&self, dictionary: Arc<Dictionary>) {
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.insert(dictionary.id, dictionary);
    }
}
