//! Adding up trace rows.

use clew_model::span::Status;
use clew_model::usage::PicoUsd;
use clew_query::{Field, MILLIONTHS};
use rusqlite::{Connection, Row, ToSql};

use super::candidate::state_word;
use crate::contract::StoreError;
use crate::embedded::rows::columns::{flag, status_from};
use crate::totals::Totals;

/// Columns of [`add`], in its order.
pub(super) const COLUMNS: &str = "flags, span_count, error_count, llm_count, llm_error_count, tool_count, \
    tool_error_count, embedding_count, tokens, input_tokens, output_tokens, cache_read_tokens, \
    cache_write_tokens, reasoning_tokens, cost_pico, cost_reported_pico, unpriced_count, \
    start_nanos, end_nanos, last_arrival_nanos, quiet_at_nanos, abandoned_at_nanos, agent_no, \
    user_no, session_no, name";

/// The sum of some rows, and who is in them.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) totals: Totals,
    /// Of the newest trace, unless one is live.
    pub(crate) state: Option<&'static str>,
    /// Numbers of agents, first seen first.
    pub(crate) agents: Vec<i64>,
    /// Numbers of users.
    pub(crate) users: Vec<i64>,
    /// Numbers of sessions.
    pub(crate) sessions: Vec<i64>,
    /// Name of the newest trace.
    pub(crate) last_name: String,
}

/// Names kept of each kind; more are counted nowhere but in the rows.
const KEPT_MAX: usize = 64;

/// Adds up the rows that meet `condition`, in order of start. An agent's key sees that agent's
/// rows only.
pub(crate) fn sum(
    connection: &Connection,
    condition: &str,
    values: &[&dyn ToSql],
    agent_no: Option<i64>,
    now: i64,
) -> Result<Sum, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM traces WHERE {condition} ORDER BY start_nanos, tno");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut sum = Sum::default();
    while let Some(row) = rows.next()? {
        if agent_no.is_none() || row.get::<_, Option<i64>>(22)? == agent_no {
            add(&mut sum, row, now)?;
        }
    }
    Ok(sum)
}

/// Takes a row in. Rows come in either direction of their start.
pub(super) fn add(sum: &mut Sum, row: &Row<'_>, now: i64) -> Result<(), StoreError> {
    let totals = &mut sum.totals;
    let flags: i64 = row.get(0)?;
    let start: i64 = row.get(17)?;
    let is_newest = totals.trace_count == 0 || start >= totals.last_start_nanos;
    if totals.trace_count == 0 || start < totals.first_start_nanos {
        totals.first_start_nanos = start;
    }
    if is_newest {
        totals.last_start_nanos = start;
    }
    totals.trace_count += 1;
    totals.error_trace_count += u64::from(status_from(flags) == Status::Error);
    let root = status_from(flags >> flag::ROOT_STATUS_SHIFT);
    totals.failed_trace_count += u64::from(root == Status::Error);
    totals.cost_estimated |= flags & flag::COST_ESTIMATED != 0;
    for (place, total) in [
        (1, &mut totals.span_count),
        (2, &mut totals.error_count),
        (3, &mut totals.llm_count),
        (4, &mut totals.llm_error_count),
        (5, &mut totals.tool_count),
        (6, &mut totals.tool_error_count),
        (7, &mut totals.embedding_count),
        (16, &mut totals.unpriced_count),
    ] {
        *total = total.saturating_add(row.get::<_, i64>(place)?.max(0) as u64);
    }
    for (place, total) in [
        (8, &mut totals.tokens),
        (9, &mut totals.usage.input),
        (10, &mut totals.usage.output),
        (11, &mut totals.usage.cache_read),
        (12, &mut totals.usage.cache_write),
        (13, &mut totals.usage.reasoning),
    ] {
        if let Some(count) = row.get::<_, Option<i64>>(place)? {
            *total = Some(total.unwrap_or(0).saturating_add(count.max(0) as u64));
        }
    }
    for (place, total) in [(14, &mut totals.cost), (15, &mut totals.cost_reported)] {
        if let Some(cost) = row.get::<_, Option<i64>>(place)? {
            *total = Some(PicoUsd(total.map_or(0, |total| total.0).saturating_add(cost)));
        }
    }
    totals.last_end_nanos = totals.last_end_nanos.max(row.get(18)?);
    totals.last_arrival_nanos = totals.last_arrival_nanos.max(row.get(19)?);
    let state = state_word(flags, row.get(20)?, row.get(21)?, now);
    let goes_on = |state| matches!(state, Some("live" | "resumed"));
    if goes_on(Some(state)) || is_newest && !goes_on(sum.state) {
        sum.state = Some(state);
    }
    for (place, kept) in [(22, &mut sum.agents), (23, &mut sum.users), (24, &mut sum.sessions)] {
        if let Some(number) = row.get::<_, Option<i64>>(place)?
            && kept.len() < KEPT_MAX
            && !kept.contains(&number)
        {
            kept.push(number);
        }
    }
    if is_newest {
        sum.last_name = row.get(25)?;
    }
    Ok(())
}

/// A number of a sum by the name that filters and orders have for it.
pub(crate) fn figure(totals: &Totals, field: Field) -> Option<i64> {
    let count = |count: u64| i64::try_from(count).ok();
    match field {
        Field::Duration => {
            totals.last_end_nanos.map(|end| end.saturating_sub(totals.first_start_nanos).max(0))
        }
        Field::Cost => totals.cost.map(|cost| cost.0),
        Field::Tokens => totals.tokens.and_then(count),
        Field::TokensIn => totals.usage.input.and_then(count),
        Field::TokensOut => totals.usage.output.and_then(count),
        Field::TokensCacheRead => totals.usage.cache_read.and_then(count),
        Field::TokensCacheWrite => totals.usage.cache_write.and_then(count),
        Field::TokensReasoning => totals.usage.reasoning.and_then(count),
        Field::CacheHit => {
            let input = totals.usage.input.filter(|input| *input > 0)?;
            let share = i128::from(totals.usage.cache_read?) * MILLIONTHS / i128::from(input);
            i64::try_from(share).ok()
        }
        Field::Spans => count(totals.span_count),
        Field::Errors => count(totals.error_count),
        Field::Traces => count(totals.trace_count),
        Field::LlmCalls => count(totals.llm_count),
        Field::ToolCalls => count(totals.tool_count),
        Field::Start => Some(totals.first_start_nanos),
        Field::End => totals.last_end_nanos,
        _ => None,
    }
}
