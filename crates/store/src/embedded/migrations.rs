//! The file's format, version by version. `PRAGMA user_version` tells how many ran.

use rusqlite::Connection;

use crate::StoreError;

/// Each is a batch of SQL that brings a file of the version before it up by one. A released
/// one never changes.
const MIGRATIONS: &[&[&str]] = &[
    &[
        include_str!("schema/store.sql"),
        include_str!("schema/rows.sql"),
        include_str!("schema/catalog.sql"),
    ],
    &[include_str!("schema/tombstone_agents.sql")],
    &[include_str!("schema/rollup_again.sql")],
    // Facts say whether a span has events and links. Older ones are read as saying no until
    // they are derived anew; a version before could not read these.
    &[],
    &[include_str!("schema/beside.sql")],
];

/// Brings the file up to this version's format, one transaction a step.
pub(super) fn run(connection: &Connection) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (index, batches) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let step = batches
            .iter()
            .try_for_each(|batch| connection.execute_batch(batch))
            .and_then(|()| connection.pragma_update(None, "user_version", index as i64 + 1))
            .and_then(|()| connection.execute_batch("COMMIT"));
        if let Err(error) = step {
            let _ = connection.execute_batch("ROLLBACK");
            return Err(error.into());
        }
    }
    Ok(())
}
