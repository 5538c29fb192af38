//! Flat, timed records on a run, beside its spans.

use clew_model::ids::TraceId;
use clew_model::source::RunEvent;
use rusqlite::{Connection, params};

use super::rows;
use super::rows::values;
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Keeps events of one trace; an id sent again changes nothing, whatever time came with it
/// (a time left out is that of arrival). Says how many are new.
pub(crate) fn put(
    connection: &Connection,
    workspace: WorkspaceId,
    tno: i64,
    events: &[RunEvent],
) -> Result<u64, StoreError> {
    let sql = "INSERT OR IGNORE INTO run_events \
               (tno, time_nanos, event_id, workspace, name, attributes) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut new = 0;
    for event in events {
        let attributes = values::pack(&event.attributes);
        let RunEvent { time_nanos, event_id, name, .. } = event;
        let row = params![tno, time_nanos, event_id, workspace.0, name, attributes];
        new += statement.execute(row)? as u64;
    }
    Ok(new)
}

/// The events of a run in order of time, ties by id.
pub(crate) fn of_trace(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
) -> Result<Vec<RunEvent>, StoreError> {
    let Some(tno) = rows::tno(connection, workspace, trace_id)? else { return Ok(Vec::new()) };
    let sql = "SELECT time_nanos, event_id, name, attributes FROM run_events \
               WHERE tno = ?1 ORDER BY time_nanos, event_id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([tno])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        let attributes = row.get_ref(3)?.as_blob().unwrap_or_default();
        events.push(RunEvent {
            trace_id: *trace_id,
            event_id: row.get(1)?,
            time_nanos: row.get(0)?,
            name: row.get(2)?,
            attributes: values::unpack(attributes)?,
        });
    }
    Ok(events)
}

/// Removes what belongs to a trace that goes.
pub(crate) fn remove_of_trace(connection: &Connection, tno: i64) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM run_events WHERE tno = ?1")?.execute([tno])?;
    Ok(())
}
