//! The hourly roll-up. An hour of a workspace is rolled up by each pair of dimensions; the roll-up
//! holds until a row of the hour changes ([`spoil`]). So it never has to be repaired, and what it
//! says is always what the rows say.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::figures::Sums;
use super::groups::{Key, Kinds, Reader};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// An hour, in nanoseconds.
pub(crate) const HOUR_NANOS: i64 = 3_600_000_000_000;
/// An hour is rolled up when it is over for so long.
const SETTLE_NANOS: i64 = 600_000_000_000;
/// A roll-up that is hardly shorter than the rows is not kept; the rows are read instead. So many
/// groups, or one for so many traces, are short enough.
const GROUPS_ALWAYS: usize = 64;
const TRACES_A_GROUP: usize = 4;

/// The roll-ups of one hour.
pub(crate) type Rolled = Vec<(Kinds, BTreeMap<Key, Sums>)>;

/// The hour of an instant, counted from 1970.
pub(crate) fn hour_of(nanos: i64) -> i64 {
    nanos.div_euclid(HOUR_NANOS)
}

/// The last hour that may be rolled up.
pub(crate) fn last_hour(now: i64) -> i64 {
    hour_of(now.saturating_sub(SETTLE_NANOS)) - 1
}

/// To be called with every change of a row: its hour has to be rolled up anew. The hour that still
/// runs never was.
pub(crate) fn spoil(
    connection: &Connection,
    workspace: WorkspaceId,
    start_nanos: i64,
    now: i64,
) -> Result<(), StoreError> {
    let hour = hour_of(start_nanos);
    if hour > last_hour(now) {
        return Ok(());
    }
    let sql = "DELETE FROM rollup_hours WHERE workspace = ?1 AND hour = ?2";
    connection.prepare_cached(sql)?.execute([workspace.0, hour])?;
    Ok(())
}

/// The newest hour up to `before` that has traces and is not rolled up.
pub(crate) fn next_open(
    connection: &Connection,
    workspace: WorkspaceId,
    before: i64,
) -> Result<Option<i64>, StoreError> {
    let mut hour = before;
    loop {
        let sql = "SELECT max(start_nanos) FROM traces WHERE workspace = ?1 AND start_nanos < ?2";
        let end = hour.saturating_add(1).saturating_mul(HOUR_NANOS);
        let last: Option<i64> =
            connection.prepare_cached(sql)?.query_row([workspace.0, end], |row| row.get(0))?;
        let Some(last) = last else { return Ok(None) };
        hour = hour_of(last);
        if !is_rolled(connection, workspace, hour)? {
            return Ok(Some(hour));
        }
        hour -= 1;
    }
}

fn is_rolled(
    connection: &Connection,
    workspace: WorkspaceId,
    hour: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM rollup_hours WHERE workspace = ?1 AND hour = ?2 LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Option<i64> =
        statement.query_row([workspace.0, hour], |row| row.get(0)).optional()?;
    Ok(found.is_some())
}

/// What changes with every change of a row of the hour.
pub(crate) fn last_change(
    connection: &Connection,
    workspace: WorkspaceId,
    hour: i64,
) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT coalesce(max(commit_seq), 0), count(*) FROM traces \
               WHERE workspace = ?1 AND start_nanos BETWEEN ?2 AND ?3";
    let (from, to) = bounds(hour);
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([workspace.0, from, to], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// First and last nanosecond of an hour.
pub(crate) fn bounds(hour: i64) -> (i64, i64) {
    let from = hour.saturating_mul(HOUR_NANOS);
    (from, from.saturating_add(HOUR_NANOS - 1))
}

/// Rolls an hour up out of its rows; `None` while a trace of it goes on. That one comes to rest
/// without any change, so the roll-up would go on saying that it is live; and one at rest can only
/// go on by a change, which spoils the hour.
pub(crate) fn of_hour(
    connection: &Connection,
    workspace: WorkspaceId,
    hour: i64,
    now: i64,
) -> Result<Option<Rolled>, StoreError> {
    let mut rolled: Rolled =
        Kinds::all().into_iter().map(|kinds| (kinds, BTreeMap::new())).collect();
    let (from, to) = bounds(hour);
    let mut reader = Reader::new(connection, workspace, now)?;
    let traces = last_change(connection, workspace, hour)?.1;
    let most = GROUPS_ALWAYS.max(usize::try_from(traces).unwrap_or(0) / TRACES_A_GROUP);
    let is_at_rest = reader.each_in(from, to, &mut |trace| {
        for (kinds, groups) in &mut rolled {
            if groups.len() <= most {
                for key in trace.keys(*kinds) {
                    groups.entry(key).or_default().add(&trace.sums);
                }
            }
        }
        Ok(trace.sums.live_count == 0)
    })?;
    rolled.retain(|(_, groups)| groups.len() <= most);
    Ok(is_at_rest.then_some(rolled))
}

/// Keeps the roll-up of an hour, unless a row of it has changed since it was made.
pub(crate) fn keep(
    connection: &Connection,
    workspace: WorkspaceId,
    hour: i64,
    made_at: (i64, i64),
    rolled: &Rolled,
) -> Result<(), StoreError> {
    if last_change(connection, workspace, hour)? != made_at {
        return Ok(());
    }
    let forget = "DELETE FROM rollup WHERE workspace = ?1 AND dimensions = ?2 AND hour = ?3";
    let holds = "INSERT OR IGNORE INTO rollup_hours (workspace, hour, dimensions) \
                 VALUES (?1, ?2, ?3)";
    let insert = "INSERT INTO rollup (workspace, dimensions, hour, first, second, figures) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    for (kinds, groups) in rolled {
        let dimensions = kinds.number();
        connection.prepare_cached(forget)?.execute([workspace.0, dimensions, hour])?;
        connection.prepare_cached(holds)?.execute([workspace.0, hour, dimensions])?;
        for (key, sums) in groups {
            let row = params![workspace.0, dimensions, hour, key.0, key.1, sums.pack()];
            connection.prepare_cached(insert)?.execute(row)?;
        }
    }
    Ok(())
}

/// Hours in a range whose roll-up by these dimensions holds, in order.
pub(crate) fn rolled_hours(
    connection: &Connection,
    workspace: WorkspaceId,
    kinds: Kinds,
    from: i64,
    to: i64,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT hour FROM rollup_hours \
               WHERE workspace = ?1 AND hour BETWEEN ?2 AND ?3 AND dimensions = ?4 ORDER BY hour";
    let mut statement = connection.prepare_cached(sql)?;
    let bounds = params![workspace.0, from, to, kinds.number()];
    let hours = statement.query_map(bounds, |row| row.get(0))?;
    Ok(hours.collect::<Result<_, _>>()?)
}

/// Takes a group and its packed numbers.
type Visit<'v> = dyn FnMut(Key, &[u8]) -> Result<(), StoreError> + 'v;

/// Hands the roll-up of an hour to `visit`, group by group.
pub(crate) fn each_of_hour(
    connection: &Connection,
    workspace: WorkspaceId,
    kinds: Kinds,
    hour: i64,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    let sql = "SELECT first, second, figures FROM rollup \
               WHERE workspace = ?1 AND dimensions = ?2 AND hour = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([workspace.0, kinds.number(), hour])?;
    while let Some(row) = rows.next()? {
        let figures = row.get_ref(2)?.as_blob().unwrap_or_default();
        visit(Key(row.get(0)?, row.get(1)?), figures)?;
    }
    Ok(())
}
