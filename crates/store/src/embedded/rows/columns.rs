//! Trace rows as SQL writes and reads them.

use clew_model::ids::TraceId;
use clew_model::receipt::Receipt;
use clew_model::span::{AgentFacts, Status};
use clew_model::summary::TraceSummary;
use clew_model::usage::{PicoUsd, Usage};
use rusqlite::{Connection, Row};

use super::rest;
use crate::contract::StoreError;
use crate::embedded::labels;
use crate::ids::{AgentId, WorkspaceId};
use crate::row::{AgentRef, TraceRow};

/// Bits of the column `flags`. Bits 0 and 1 hold the status, 2 and 3 that of the root.
pub(crate) mod flag {
    /// Where the root's status begins.
    pub(crate) const ROOT_STATUS_SHIFT: u32 = 2;
    /// Every root has ended.
    pub(crate) const ENDED: i64 = 1 << 4;
    /// News came after quiet.
    pub(crate) const RESUMED: i64 = 1 << 5;
    /// `start_nanos` was said by a span; else it is the first arrival.
    pub(crate) const STARTED: i64 = 1 << 6;
    /// Some part of the cost is estimated.
    pub(crate) const COST_ESTIMATED: i64 = 1 << 7;
    /// Labels exist for the trace or a span of it.
    pub(crate) const LABELLED: i64 = 1 << 8;
    /// The agent is the key's, whatever spans say.
    pub(crate) const KEY_AGENT: i64 = 1 << 9;
    /// A term of the row may no longer hold: a merge took a name away.
    pub(crate) const STALE_TERMS: i64 = 1 << 10;
    /// There are names that are no term of the row: there were too many.
    pub(crate) const MORE_TERMS: i64 = 1 << 11;
}

/// Columns of [`read`], in its order. `t`, `a`, `s`, `u` are traces, agents, sessions, users.
pub(crate) const COLUMNS: &str = "t.tno, t.workspace, t.trace_id, t.start_nanos, t.arrived_nanos, \
    t.end_nanos, t.last_arrival_nanos, t.quiet_at_nanos, t.abandoned_at_nanos, t.commit_seq, \
    t.span_seq, t.flags, t.span_count, t.root_count, t.orphan_count, t.error_count, t.llm_count, \
    t.llm_error_count, t.tool_count, t.tool_error_count, t.embedding_count, t.input_tokens, \
    t.output_tokens, t.cache_read_tokens, t.cache_write_tokens, t.reasoning_tokens, t.cost_pico, \
    t.cost_reported_pico, t.name, t.environment, t.release, t.rest, a.agent_id, a.name, \
    s.session_id, u.user_id, t.unpriced_count";

/// Where [`COLUMNS`] come from.
pub(crate) const TABLES: &str = "traces t LEFT JOIN agents a ON a.agent_no = t.agent_no \
    LEFT JOIN sessions s ON s.session_no = t.session_no \
    LEFT JOIN users u ON u.user_no = t.user_no";

/// The number of a status in `flags`.
pub(crate) fn status_from(bits: i64) -> Status {
    match bits & 3 {
        1 => Status::Ok,
        2 => Status::Error,
        _ => Status::Unset,
    }
}

/// The bits of `flags` that say what the summary says.
pub(crate) fn summary_flags(summary: &TraceSummary) -> i64 {
    let mut flags = summary.status as i64 | (summary.root_status as i64) << flag::ROOT_STATUS_SHIFT;
    for (is_set, bit) in [
        (summary.ended, flag::ENDED),
        (summary.start_nanos != 0, flag::STARTED),
        (summary.cost_estimated, flag::COST_ESTIMATED),
    ] {
        if is_set {
            flags |= bit;
        }
    }
    flags
}

/// SQLite's integers are signed; a count beyond them is kept as the largest.
pub(crate) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(row: &Row<'_>, column: usize) -> Result<u64, StoreError> {
    Ok(row.get::<_, i64>(column)?.max(0) as u64)
}

fn optional_count(row: &Row<'_>, column: usize) -> Result<Option<u64>, StoreError> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|number| number.max(0) as u64))
}

/// Reads a trace row, labels included, from a statement that selects [`COLUMNS`].
pub(crate) fn read(connection: &Connection, row: &Row<'_>) -> Result<TraceRow, StoreError> {
    let flags: i64 = row.get(11)?;
    let mut trace = read_row(row, flags)?;
    if flags & flag::LABELLED != 0 {
        trace.labels = labels::of_trace(connection, trace.workspace, trace.tno)?;
    }
    Ok(trace)
}

fn read_row(row: &Row<'_>, flags: i64) -> Result<TraceRow, StoreError> {
    let trace_id = TraceId::from_bytes(row.get_ref(2)?.as_blob().unwrap_or_default())
        .map_err(|error| StoreError::Corrupt(format!("the id of a trace row: {error}")))?;
    let mut summary = TraceSummary {
        trace_id,
        name: row.get(28)?,
        agent: AgentFacts::default(),
        session_id: row.get(34)?,
        user_id: row.get(35)?,
        environment: row.get(29)?,
        release: row.get(30)?,
        status: status_from(flags),
        root_status: status_from(flags >> flag::ROOT_STATUS_SHIFT),
        start_nanos: if flags & flag::STARTED == 0 { 0 } else { row.get(3)? },
        end_nanos: row.get(5)?,
        ended: flags & flag::ENDED != 0,
        span_count: count(row, 12)?,
        root_count: count(row, 13)?,
        orphan_count: count(row, 14)?,
        error_count: count(row, 15)?,
        llm_count: count(row, 16)?,
        llm_error_count: count(row, 17)?,
        tool_count: count(row, 18)?,
        tool_error_count: count(row, 19)?,
        embedding_count: count(row, 20)?,
        usage: Usage {
            input: optional_count(row, 21)?,
            output: optional_count(row, 22)?,
            cache_read: optional_count(row, 23)?,
            cache_write: optional_count(row, 24)?,
            reasoning: optional_count(row, 25)?,
            ..Usage::default()
        },
        embedding_input: 0,
        cost: row.get::<_, Option<i64>>(26)?.map(PicoUsd),
        cost_reported: row.get::<_, Option<i64>>(27)?.map(PicoUsd),
        cost_estimated: flags & flag::COST_ESTIMATED != 0,
        unpriced_count: count(row, 36)?,
        models: Vec::new(),
        providers: Vec::new(),
        tools: Vec::new(),
        agents: Vec::new(),
        tags: Vec::new(),
        input_preview: None,
        output_preview: None,
        error: None,
        receipt: Receipt::default(),
    };
    rest::unpack_into(row.get_ref(31)?.as_blob().unwrap_or_default(), &mut summary)?;
    Ok(TraceRow {
        workspace: WorkspaceId(row.get(1)?),
        tno: row.get(0)?,
        summary,
        agent: agent(row)?,
        arrived_nanos: row.get(4)?,
        last_arrival_nanos: row.get(6)?,
        quiet_at: row.get(7)?,
        abandoned_at: row.get(8)?,
        resumed: flags & flag::RESUMED != 0,
        labels: Vec::new(),
        commit_seq: count(row, 9)?,
        span_seq: count(row, 10)?,
    })
}

fn agent(row: &Row<'_>) -> Result<Option<AgentRef>, StoreError> {
    let Some(id) = row.get::<_, Option<[u8; 16]>>(32)? else { return Ok(None) };
    Ok(Some(AgentRef { id: AgentId(id), name: row.get(33)? }))
}
