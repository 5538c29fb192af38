//! Deleted traces: what, when, by whom and by which rule. For a named time spans that come later
//! for one of them are refused and counted (ruling 28), so that a sender that tries again does not
//! bring back what somebody had removed.

use clew_model::ids::TraceId;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::contract::StoreError;
use crate::ids::{AgentId, WorkspaceId};

/// For so long after its deletion spans of a trace are refused: 30 days.
pub(crate) const REFUSED_NANOS: i64 = 30 * 86_400 * 1_000_000_000;

/// A deleted trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tombstone {
    /// The run that was deleted.
    pub trace_id: TraceId,
    /// When, nanoseconds since 1970 UTC.
    pub deleted_nanos: i64,
    /// Until then spans that come for it are refused.
    pub expires_nanos: i64,
    /// Who did it.
    pub by: String,
    /// By which rule: `by hand`, `older than 30 days`, ...
    pub rule: String,
    /// Spans that it had.
    pub span_count: u64,
    /// Spans and events that came afterwards and were refused.
    pub refused_count: u64,
}

/// Which deleted traces are asked for.
#[derive(Debug, Clone)]
pub struct TombstoneQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Only this agent's: an agent key is told of no others (ruling 5).
    pub agent: Option<AgentId>,
    /// Only this one.
    pub trace_id: Option<TraceId>,
    /// Those before it: when it was deleted, and which it was.
    pub before: Option<(i64, TraceId)>,
    /// How many.
    pub limit: usize,
}

/// Why and by whom traces are deleted.
#[derive(Debug, Clone)]
pub(crate) struct Deletion {
    pub(crate) by: String,
    pub(crate) rule: String,
    pub(crate) at_nanos: i64,
    pub(crate) commit_seq: u64,
}

/// Says that a trace is gone; to be called while its row is still there.
pub(crate) fn add(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
    deletion: &Deletion,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO tombstones (workspace, trace_id, tno, commit_seq, \
        deleted_nanos, expires_nanos, by, rule, span_count, refused_count, agent_no) \
        SELECT workspace, trace_id, tno, ?3, ?4, ?5, ?6, ?7, span_count, 0, agent_no FROM traces \
        WHERE workspace = ?1 AND trace_id = ?2";
    let Deletion { by, rule, at_nanos, commit_seq } = deletion;
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        trace_id.as_bytes(),
        *commit_seq as i64,
        at_nanos,
        at_nanos.saturating_add(REFUSED_NANOS),
        by,
        rule,
    ])?;
    Ok(())
}

/// Whether what comes for a trace now is refused.
pub(crate) fn refused(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
    now: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT expires_nanos FROM tombstones WHERE workspace = ?1 AND trace_id = ?2";
    let expires: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(params![workspace.0, trace_id.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(expires.is_some_and(|expires| now < expires))
}

/// Counts what was refused.
pub(crate) fn count_refused(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
    count: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE tombstones SET refused_count = refused_count + ?3 \
               WHERE workspace = ?1 AND trace_id = ?2";
    let row = params![workspace.0, trace_id.as_bytes(), count as i64];
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Deleted traces that meet the question, the latest first.
pub(crate) fn list(
    connection: &Connection,
    query: &TombstoneQuery,
) -> Result<Vec<Tombstone>, StoreError> {
    let columns = "SELECT trace_id, deleted_nanos, expires_nanos, by, rule, span_count, \
        refused_count FROM tombstones";
    // Only what is asked for stands in the question, so that it goes by the right index.
    let from = match query.trace_id {
        Some(_) => "WHERE workspace = ?1 AND trace_id = ?5 AND",
        None => "INDEXED BY tombstones_by_time WHERE workspace = ?1 AND ?5 IS NULL AND",
    };
    let sql = format!(
        "{columns} {from} (deleted_nanos, trace_id) < (?2, ?3) \
         AND (?6 IS NULL OR agent_no = (SELECT agent_no FROM agents \
              WHERE workspace = ?1 AND agent_id = ?6)) \
         ORDER BY deleted_nanos DESC, trace_id DESC LIMIT ?4"
    );
    // No id follows sixteen bytes of ones at the same instant.
    let (nanos, id) =
        query.before.map_or((i64::MAX, [0xff; 16]), |(nanos, id)| (nanos, *id.as_bytes()));
    let trace_id = query.trace_id.map(|id| *id.as_bytes());
    let agent = query.agent.map(|agent| agent.0);
    let mut statement = connection.prepare_cached(&sql)?;
    let asked = params![query.workspace.0, nanos, id, query.limit as i64, trace_id, agent];
    let mut rows = statement.query(asked)?;
    let mut tombstones = Vec::new();
    while let Some(row) = rows.next()? {
        let id: [u8; 16] = row.get(0)?;
        tombstones.push(Tombstone {
            trace_id: TraceId::from_bytes(&id)
                .map_err(|error| StoreError::Corrupt(format!("a tombstone: {error}")))?,
            deleted_nanos: row.get(1)?,
            expires_nanos: row.get(2)?,
            by: row.get(3)?,
            rule: row.get(4)?,
            span_count: row.get::<_, i64>(5)?.max(0) as u64,
            refused_count: row.get::<_, i64>(6)?.max(0) as u64,
        });
    }
    Ok(tombstones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::rows;
    use crate::embedded::rows::fixture::{DAY, ONE, Rows, SECOND, TWO, summary, trace_id};

    fn deletion(second: i64, rule: &str) -> Deletion {
        Deletion {
            by: "ada".to_owned(),
            rule: rule.to_owned(),
            at_nanos: DAY + second * SECOND,
            commit_seq: 7,
        }
    }

    fn all(workspace: WorkspaceId, limit: usize) -> TombstoneQuery {
        TombstoneQuery { workspace, agent: None, trace_id: None, before: None, limit }
    }

    #[test]
    fn what_comes_for_a_deleted_trace_is_refused_for_thirty_days() {
        let mut store = Rows::new();
        store.put(ONE, &summary(1, 0), 0);
        store.put(TWO, &summary(1, 0), 0);
        add(&store.connection, ONE, &trace_id(1), &deletion(10, "by hand")).unwrap();
        rows::remove(&store.connection, &[1]).unwrap();
        let refused =
            |workspace, at| refused(&store.connection, workspace, &trace_id(1), at).unwrap();
        let deleted = DAY + 10 * SECOND;
        assert!(refused(ONE, deleted));
        assert!(refused(ONE, deleted + 2_591_999 * SECOND));
        assert!(!refused(ONE, deleted + 2_592_000 * SECOND));
        assert!(!refused(TWO, deleted));
        count_refused(&store.connection, ONE, &trace_id(1), 3).unwrap();
        count_refused(&store.connection, ONE, &trace_id(1), 2).unwrap();
        let listed = list(&store.connection, &all(ONE, 10)).unwrap();
        assert_eq!(
            listed,
            [Tombstone {
                trace_id: trace_id(1),
                deleted_nanos: deleted,
                expires_nanos: deleted + 2_592_000 * SECOND,
                by: "ada".to_owned(),
                rule: "by hand".to_owned(),
                span_count: 1,
                refused_count: 5,
            }]
        );
        assert_eq!(list(&store.connection, &all(TWO, 10)).unwrap(), []);
    }

    #[test]
    fn the_latest_deletions_come_first_in_pages() {
        let mut store = Rows::new();
        for number in 1..=5 {
            store.put(ONE, &summary(number, 0), 0);
            let deletion = deletion(i64::from(number / 2), "older than 30 days");
            add(&store.connection, ONE, &trace_id(number), &deletion).unwrap();
        }
        let first = list(&store.connection, &all(ONE, 3)).unwrap();
        let last = first[2].clone();
        let before = Some((last.deleted_nanos, last.trace_id));
        let rest = list(&store.connection, &TombstoneQuery { before, ..all(ONE, 3) }).unwrap();
        let ids: Vec<TraceId> = first.iter().chain(&rest).map(|found| found.trace_id).collect();
        assert_eq!(ids, [5, 4, 3, 2, 1].map(trace_id));
    }
}
