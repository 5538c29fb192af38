//! The row of each trace: one table, current after every commit.
//!
//! The writer calls [`RowWriter::upsert`] for each trace that a commit touches. What it must know
//! of the row to write the difference only (indexed columns, facets) stands in a [`RowMemo`] that
//! the writer keeps beside the trace's state.

pub(crate) mod columns;
pub(crate) mod numbers;
pub(crate) mod pack;
mod rest;
pub(crate) mod values;
mod write;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use clew_model::ids::TraceId;
use rusqlite::{Connection, OptionalExtension, params};

pub(crate) use write::{Arrival, RowMemo, RowRules, RowWriter, Upserted};

use super::facets::{self, TermSet};
use super::stats::rollup;
use super::{attachments, labels, notes, run_events, sessions, users};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;
use crate::row::TraceRow;
use columns::{COLUMNS, TABLES};

/// A row that is there already, as the writer needs it.
#[derive(Debug)]
pub(crate) struct RowFound {
    /// The store's number of the trace.
    pub(crate) tno: i64,
    /// For the next [`RowWriter::upsert`].
    pub(crate) memo: RowMemo,
    /// Spans received again so far.
    pub(crate) duplicates: u64,
}

/// Finds a trace's row for writing.
pub(crate) fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
) -> Result<Option<RowFound>, StoreError> {
    let Some(row) = by_id(connection, workspace, trace_id)? else { return Ok(None) };
    let sql = "SELECT agent_no, session_no, user_no, start_nanos, flags, terms \
               FROM traces WHERE tno = ?1";
    let memo = connection.prepare_cached(sql)?.query_row([row.tno], |columns| {
        Ok((
            RowMemo {
                tno: row.tno,
                agent_no: columns.get(0)?,
                session_no: columns.get(1)?,
                user_no: columns.get(2)?,
                start_nanos: columns.get(3)?,
                flags: columns.get(4)?,
                arrived_nanos: row.arrived_nanos,
                last_arrival_nanos: row.last_arrival_nanos,
                quiet_at_nanos: row.quiet_at,
                span_seq: row.span_seq,
                session_id: row.summary.session_id.as_deref().map(Into::into),
                user_id: row.summary.user_id.as_deref().map(Into::into),
                agent: row.summary.agent.clone(),
                key_agent: None,
                terms: TermSet::default(),
            },
            columns.get::<_, Vec<u8>>(5)?,
        ))
    });
    let (mut memo, terms) = memo?;
    memo.terms = TermSet::unpack(&terms)?;
    Ok(Some(RowFound { tno: row.tno, memo, duplicates: row.summary.receipt.duplicates }))
}

/// The row of a trace, labels included.
pub(crate) fn by_id(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
) -> Result<Option<TraceRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE t.workspace = ?1 AND t.trace_id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![workspace.0, trace_id.as_bytes()])?;
    rows.next()?.map(|row| columns::read(connection, row)).transpose()
}

/// The row with this number, labels included.
pub(crate) fn by_tno(connection: &Connection, tno: i64) -> Result<Option<TraceRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE t.tno = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([tno])?;
    rows.next()?.map(|row| columns::read(connection, row)).transpose()
}

/// The number of a trace.
pub(crate) fn tno(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT tno FROM traces WHERE workspace = ?1 AND trace_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement
        .query_row(params![workspace.0, trace_id.as_bytes()], |row| row.get(0))
        .optional()?)
}

/// The id of a trace.
pub(crate) fn id_of(connection: &Connection, tno: i64) -> Result<Option<TraceId>, StoreError> {
    let sql = "SELECT trace_id FROM traces WHERE tno = ?1";
    let found: Option<[u8; 16]> =
        connection.prepare_cached(sql)?.query_row([tno], |row| row.get(0)).optional()?;
    Ok(found.and_then(|bytes| TraceId::from_bytes(&bytes).ok()))
}

/// Says that a commit changed what belongs to a trace, though nothing of its row.
pub(crate) fn set_commit(connection: &Connection, tno: i64, seq: u64) -> Result<(), StoreError> {
    let sql = "UPDATE traces SET commit_seq = ?2 WHERE tno = ?1";
    connection.prepare_cached(sql)?.execute(params![tno, columns::stored(seq)])?;
    Ok(())
}

/// Takes rows away with everything that hangs on them: facets, labels, run events, note, attachments, and names that
/// no other trace has. Spans and messages are the caller's. The writer must forget its numbers
/// afterwards.
pub(crate) fn remove(connection: &Connection, tnos: &[i64]) -> Result<(), StoreError> {
    let mut terms_gone: BTreeMap<WorkspaceId, TermSet> = BTreeMap::new();
    for tno in tnos {
        if let Some((workspace, terms)) = remove_one(connection, *tno)? {
            terms_gone.entry(workspace).or_default().join(&terms);
        }
    }
    terms_gone
        .iter()
        .try_for_each(|(workspace, terms)| facets::collect(connection, *workspace, terms))
}

fn remove_one(
    connection: &Connection,
    tno: i64,
) -> Result<Option<(WorkspaceId, TermSet)>, StoreError> {
    let sql = "DELETE FROM traces WHERE tno = ?1 \
               RETURNING workspace, start_nanos, terms, session_no, user_no";
    let found = connection
        .prepare_cached(sql)?
        .query_row([tno], |row| {
            let workspace = WorkspaceId(row.get(0)?);
            let start: i64 = row.get(1)?;
            let terms: Vec<u8> = row.get(2)?;
            let session: Option<i64> = row.get(3)?;
            let user: Option<i64> = row.get(4)?;
            Ok((workspace, start, terms, session, user))
        })
        .optional()?;
    let Some((workspace, start, terms, session, user)) = found else { return Ok(None) };
    let terms = TermSet::unpack(&terms)?;
    for term in terms.indexed() {
        facets::remove(connection, term, start, tno)?;
    }
    rollup::spoil(connection, workspace, start, i64::MAX)?;
    labels::remove_of_trace(connection, workspace, tno, start)?;
    run_events::remove_of_trace(connection, tno)?;
    notes::remove_of_trace(connection, tno)?;
    attachments::remove_of_trace(connection, tno)?;
    if let Some(session_no) = session {
        sessions::touch(connection, session_no)?;
    }
    if let Some(user_no) = user {
        users::touch(connection, user_no)?;
    }
    let count = "UPDATE workspaces SET trace_count = trace_count - 1 WHERE workspace = ?1";
    connection.prepare_cached(count)?.execute([workspace.0])?;
    Ok(Some((workspace, terms)))
}

/// How many traces a workspace has.
pub(crate) fn count(connection: &Connection, workspace: WorkspaceId) -> Result<u64, StoreError> {
    let sql = "SELECT trace_count FROM workspaces WHERE workspace = ?1";
    let found: Option<i64> =
        connection.prepare_cached(sql)?.query_row([workspace.0], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(0).max(0) as u64)
}
