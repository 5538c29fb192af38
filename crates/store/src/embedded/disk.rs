//! The rows that hold blobs: chunks, blocks, large texts, shared texts, dictionaries.
//! Everything here works on any connection, inside whatever transaction it has.

use rusqlite::Connection;

use crate::StoreError;

pub(crate) mod blocks;
pub(crate) mod chunks;
pub(crate) mod dictionaries;
pub(crate) mod shared;

/// Numbers of chunks in a trace and of blocks in an owner take as many bits of their keys.
const NUMBER_BITS: u32 = 20;

/// The keys of everything that belongs to `id`, from and to inclusive.
pub(crate) fn keys(id: i64) -> (i64, i64) {
    (id << NUMBER_BITS, (id << NUMBER_BITS) | ((1 << NUMBER_BITS) - 1))
}

/// Whose it is.
pub(super) fn id_of(key: i64) -> i64 {
    key >> NUMBER_BITS
}

/// Ids above `after` that have an unmerged row, at most about `limit`.
fn unmerged(
    connection: &Connection,
    table: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let sql =
        format!("SELECT key FROM {table} WHERE merged = 0 AND key > ?1 ORDER BY key LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let (_, from) = keys(after);
    let found = statement.query_map([from, limit as i64], |row| row.get::<_, i64>(0))?;
    let mut ids = found.map(|key| key.map(id_of)).collect::<Result<Vec<_>, _>>()?;
    ids.dedup();
    Ok(ids)
}
