//! Writing a trace's row inside a commit.

use clew_model::ids::TraceId;
use clew_model::span::{AgentFacts, Span};
use clew_model::summary::TraceSummary;
use clew_model::usage::Usage;
use rusqlite::{Connection, params};

use super::columns::{flag, stored, summary_flags};
use super::{numbers, rest};
use crate::contract::{Random, StoreError};
use crate::embedded::facets::{self, RememberedTerms, TermSet};
use crate::embedded::stats::rollup;
use crate::embedded::{agents, labels, sessions, users};
use crate::ids::{AgentId, WorkspaceId};
use numbers::Remembered;

/// What a commit says about one trace.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) workspace: WorkspaceId,
    /// Over all spans of the trace, those of this commit included.
    pub(crate) summary: &'a TraceSummary,
    /// Facts of the spans that are new or changed in this commit.
    pub(crate) spans: &'a [&'a Span],
    /// Facts of the trace's note, where it is new or changed in this commit.
    pub(crate) note: Option<&'a Span>,
    /// One of them was there before and has lost a name by being combined
    /// ([`facets::loses_names`]; where that is not known, that it was combined).
    pub(crate) stale: bool,
    /// The commit stores spans of the trace, not only events or labels.
    pub(crate) stored: bool,
    /// The key's agent, where the key has one.
    pub(crate) key_agent: Option<AgentId>,
    pub(crate) now: i64,
    pub(crate) commit_seq: u64,
}

/// When a trace without news counts as quiet and as abandoned (ruling 10), and where new agents'
/// ids come from.
#[derive(Clone)]
pub(crate) struct RowRules {
    pub(crate) quiet_after_nanos: i64,
    pub(crate) abandoned_after_nanos: i64,
    pub(crate) random: Random,
}

/// What became of an [`Arrival`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Upserted {
    pub(crate) tno: i64,
    /// The row was not there before.
    pub(crate) new: bool,
}

/// The row as it was written last: what the next write compares with.
#[derive(Debug, Clone)]
pub(crate) struct RowMemo {
    pub(crate) tno: i64,
    pub(super) agent_no: Option<i64>,
    pub(super) session_no: Option<i64>,
    pub(super) user_no: Option<i64>,
    pub(super) start_nanos: i64,
    pub(super) flags: i64,
    pub(super) arrived_nanos: i64,
    pub(super) last_arrival_nanos: i64,
    pub(super) quiet_at_nanos: i64,
    pub(super) span_seq: u64,
    pub(super) session_id: Option<Box<str>>,
    pub(super) user_id: Option<Box<str>>,
    pub(super) agent: AgentFacts,
    pub(super) key_agent: Option<AgentId>,
    pub(super) terms: TermSet,
}

impl RowMemo {
    /// About what it costs in memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        let agent = &self.agent;
        let texts = [&agent.agentos_id, &agent.name, &agent.id, &agent.project, &agent.service];
        size_of::<Self>()
            + self.session_id.as_deref().map_or(0, str::len)
            + self.user_id.as_deref().map_or(0, str::len)
            + texts.into_iter().flatten().map(String::capacity).sum::<usize>()
            + self.terms.0.capacity() * 8
    }
}

/// Writes rows. The writer thread owns one.
pub(crate) struct RowWriter {
    rules: RowRules,
    terms: RememberedTerms,
    sessions: Remembered<WorkspaceId>,
    users: Remembered<WorkspaceId>,
}

impl RowWriter {
    pub(crate) fn new(rules: RowRules) -> RowWriter {
        RowWriter {
            rules,
            terms: RememberedTerms::default(),
            sessions: Remembered::default(),
            users: Remembered::default(),
        }
    }

    /// To be called after a transaction was rolled back and after rows were removed: numbers may
    /// be remembered that the tables do not have. Memos of traces touched must go as well.
    pub(crate) fn forget(&mut self) {
        self.terms.clear();
        self.sessions.clear();
        self.users.clear();
    }

    /// Makes the row say what the summary says. With `None` as memo the row is looked up.
    pub(crate) fn upsert(
        &mut self,
        connection: &Connection,
        arrival: &Arrival<'_>,
        memo: &mut Option<RowMemo>,
    ) -> Result<Upserted, StoreError> {
        if memo.is_none() {
            let found = super::find(connection, arrival.workspace, &arrival.summary.trace_id)?;
            *memo = found.map(|found| found.memo);
        }
        let mut next = self.next_memo(connection, arrival, memo.as_ref())?;
        let new = memo.is_none();
        match memo.as_ref() {
            None => next.tno = insert(connection, arrival, &next, &self.rules)?,
            Some(before) => {
                update(connection, arrival, &next, &self.rules)?;
                update_indexed(connection, arrival.workspace, before, &next)?;
            }
        }
        let before = memo.as_ref().map(|before| (&before.terms, before.start_nanos));
        let none = TermSet::default();
        facets::write_difference(
            connection,
            next.tno,
            before.unwrap_or((&none, next.start_nanos)),
            (&next.terms, next.start_nanos),
        )?;
        rollup::spoil(connection, arrival.workspace, next.start_nanos, arrival.now)?;
        if let Some((_, start)) = before
            && start != next.start_nanos
        {
            rollup::spoil(connection, arrival.workspace, start, arrival.now)?;
        }
        if self.touch_groups(connection, memo.as_ref(), &next)? {
            self.sessions.clear();
            self.users.clear();
        }
        let tno = next.tno;
        *memo = Some(next);
        Ok(Upserted { tno, new })
    }

    /// The memo after this arrival, `tno` 0 where the row is yet to be inserted.
    fn next_memo(
        &mut self,
        connection: &Connection,
        arrival: &Arrival<'_>,
        before: Option<&RowMemo>,
    ) -> Result<RowMemo, StoreError> {
        let summary = arrival.summary;
        let workspace = arrival.workspace;
        let arrived_nanos = before.map_or(arrival.now, |before| before.arrived_nanos);
        let session_no = match (before, summary.session_id.as_deref()) {
            (Some(before), id) if before.session_id.as_deref() == id => before.session_no,
            (_, id) => id
                .map(|id| {
                    let find = || numbers::session(connection, workspace.0, id);
                    self.sessions.number(workspace, id, find)
                })
                .transpose()?,
        };
        let user_no = match (before, summary.user_id.as_deref()) {
            (Some(before), id) if before.user_id.as_deref() == id => before.user_no,
            (_, id) => id
                .map(|id| {
                    let find = || numbers::user(connection, workspace.0, id);
                    self.users.number(workspace, id, find)
                })
                .transpose()?,
        };
        // A key's agent once known stays: the next request may come with a workspace key.
        let key_agent = arrival.key_agent.or(before.and_then(|before| before.key_agent));
        let agent_no = self.agent_no(connection, arrival, before)?;
        let none = TermSet::default();
        let terms_before = before.map_or((&none, 0), |before| (&before.terms, before.flags));
        let (terms, term_flags) = facets::terms_of(
            connection,
            &mut self.terms,
            workspace,
            summary,
            (arrival.spans, arrival.note),
            terms_before,
        )?;
        Ok(RowMemo {
            tno: before.map_or(0, |before| before.tno),
            agent_no,
            session_no,
            user_no,
            start_nanos: if summary.start_nanos == 0 { arrived_nanos } else { summary.start_nanos },
            flags: flags(arrival, before) | term_flags,
            arrived_nanos,
            last_arrival_nanos: before
                .map_or(arrival.now, |before| before.last_arrival_nanos.max(arrival.now)),
            quiet_at_nanos: arrival.now.saturating_add(self.rules.quiet_after_nanos),
            span_seq: match (arrival.stored, before) {
                (true, _) => arrival.commit_seq,
                (false, before) => before.map_or(0, |before| before.span_seq),
            },
            session_id: summary.session_id.as_deref().map(Into::into),
            user_id: summary.user_id.as_deref().map(Into::into),
            agent: summary.agent.clone(),
            key_agent,
            terms,
        })
    }

    fn agent_no(
        &self,
        connection: &Connection,
        arrival: &Arrival<'_>,
        before: Option<&RowMemo>,
    ) -> Result<Option<i64>, StoreError> {
        let facts = &arrival.summary.agent;
        match before {
            // The key's agent goes before whatever spans say, then and later.
            Some(before) if arrival.key_agent.is_none() && before.flags & flag::KEY_AGENT != 0 => {
                Ok(before.agent_no)
            }
            Some(before)
                if before.agent == *facts
                    && (arrival.key_agent.is_none() || arrival.key_agent == before.key_agent) =>
            {
                Ok(before.agent_no)
            }
            _ => agents::resolve(
                connection,
                arrival.workspace,
                arrival.key_agent,
                facts,
                &self.rules.random,
                arrival.now,
            ),
        }
    }

    /// Keeps the order of sessions and users; true when one of them is gone.
    fn touch_groups(
        &self,
        connection: &Connection,
        before: Option<&RowMemo>,
        next: &RowMemo,
    ) -> Result<bool, StoreError> {
        let moved = before.is_none_or(|before| before.start_nanos != next.start_nanos);
        let mut is_gone = false;
        let old_session = before.and_then(|before| before.session_no);
        if moved || old_session != next.session_no {
            for session_no in next.session_no.into_iter().chain(old_session) {
                is_gone |= sessions::touch(connection, session_no)?;
            }
        }
        let old_user = before.and_then(|before| before.user_no);
        if moved || old_user != next.user_no {
            for user_no in next.user_no.into_iter().chain(old_user) {
                is_gone |= users::touch(connection, user_no)?;
            }
        }
        Ok(is_gone)
    }
}

/// Input and output; what senders gave as total where they gave neither.
fn tokens(usage: &Usage) -> Option<u64> {
    match (usage.input, usage.output) {
        (None, None) => usage.total,
        (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
    }
}

fn flags(arrival: &Arrival<'_>, before: Option<&RowMemo>) -> i64 {
    let mut flags = summary_flags(arrival.summary);
    if arrival.stale {
        flags |= flag::STALE_TERMS;
    }
    if arrival.key_agent.is_some() {
        flags |= flag::KEY_AGENT;
    }
    if let Some(before) = before {
        flags |= before.flags & (flag::RESUMED | flag::KEY_AGENT);
        let was_silent = arrival.now >= before.quiet_at_nanos && before.flags & flag::ENDED == 0;
        if was_silent && arrival.stored {
            flags |= flag::RESUMED;
        }
    }
    flags
}

fn insert(
    connection: &Connection,
    arrival: &Arrival<'_>,
    memo: &RowMemo,
    rules: &RowRules,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO traces (workspace, trace_id, start_nanos, agent_no, session_no, \
        user_no, arrived_nanos, end_nanos, last_arrival_nanos, quiet_at_nanos, \
        abandoned_at_nanos, commit_seq, span_seq, flags, span_count, root_count, orphan_count, \
        error_count, llm_count, llm_error_count, tool_count, tool_error_count, embedding_count, \
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, \
        cost_pico, cost_reported_pico, gaps, name, environment, release, terms, rest, tokens, \
        unpriced_count) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
        ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, \
        ?36, ?37, ?38)";
    let summary = arrival.summary;
    let usage = &summary.usage;
    let tno = connection.prepare_cached(sql)?.insert(params![
        arrival.workspace.0,
        TraceId::as_bytes(&summary.trace_id),
        memo.start_nanos,
        memo.agent_no,
        memo.session_no,
        memo.user_no,
        memo.arrived_nanos,
        summary.end_nanos,
        memo.last_arrival_nanos,
        memo.quiet_at_nanos,
        arrival.now.saturating_add(rules.abandoned_after_nanos),
        stored(arrival.commit_seq),
        stored(memo.span_seq),
        memo.flags,
        stored(summary.span_count),
        stored(summary.root_count),
        stored(summary.orphan_count),
        stored(summary.error_count),
        stored(summary.llm_count),
        stored(summary.llm_error_count),
        stored(summary.tool_count),
        stored(summary.tool_error_count),
        stored(summary.embedding_count),
        usage.input.map(stored),
        usage.output.map(stored),
        usage.cache_read.map(stored),
        usage.cache_write.map(stored),
        usage.reasoning.map(stored),
        summary.cost.map(|cost| cost.0),
        summary.cost_reported.map(|cost| cost.0),
        stored(summary.receipt.gaps()),
        summary.name,
        summary.environment,
        summary.release,
        memo.terms.pack(),
        rest::pack(summary),
        tokens(usage).map(stored),
        stored(summary.unpriced_count),
    ])?;
    let count = "UPDATE workspaces SET trace_count = trace_count + 1 WHERE workspace = ?1";
    connection.prepare_cached(count)?.execute([arrival.workspace.0])?;
    Ok(tno)
}

fn update(
    connection: &Connection,
    arrival: &Arrival<'_>,
    memo: &RowMemo,
    rules: &RowRules,
) -> Result<(), StoreError> {
    // No indexed column stands here, and the bit that says "has labels" is left as it is.
    let sql = "UPDATE traces SET end_nanos = ?2, last_arrival_nanos = ?3, quiet_at_nanos = ?4, \
        abandoned_at_nanos = ?5, commit_seq = ?6, span_seq = ?7, \
        flags = flags & 256 | ?8, span_count = ?9, root_count = ?10, \
        orphan_count = ?11, error_count = ?12, llm_count = ?13, llm_error_count = ?14, \
        tool_count = ?15, tool_error_count = ?16, embedding_count = ?17, input_tokens = ?18, \
        output_tokens = ?19, cache_read_tokens = ?20, cache_write_tokens = ?21, \
        reasoning_tokens = ?22, cost_pico = ?23, cost_reported_pico = ?24, gaps = ?25, \
        name = ?26, environment = ?27, release = ?28, terms = ?29, rest = ?30, tokens = ?31, \
        unpriced_count = ?32 WHERE tno = ?1";
    let summary = arrival.summary;
    let usage = &summary.usage;
    let changed = connection.prepare_cached(sql)?.execute(params![
        memo.tno,
        summary.end_nanos,
        memo.last_arrival_nanos,
        memo.quiet_at_nanos,
        arrival.now.saturating_add(rules.abandoned_after_nanos),
        stored(arrival.commit_seq),
        stored(memo.span_seq),
        memo.flags,
        stored(summary.span_count),
        stored(summary.root_count),
        stored(summary.orphan_count),
        stored(summary.error_count),
        stored(summary.llm_count),
        stored(summary.llm_error_count),
        stored(summary.tool_count),
        stored(summary.tool_error_count),
        stored(summary.embedding_count),
        usage.input.map(stored),
        usage.output.map(stored),
        usage.cache_read.map(stored),
        usage.cache_write.map(stored),
        usage.reasoning.map(stored),
        summary.cost.map(|cost| cost.0),
        summary.cost_reported.map(|cost| cost.0),
        stored(summary.receipt.gaps()),
        summary.name,
        summary.environment,
        summary.release,
        memo.terms.pack(),
        rest::pack(summary),
        tokens(usage).map(stored),
        stored(summary.unpriced_count),
    ])?;
    if changed != 1 {
        return Err(StoreError::Corrupt(format!("trace row {} is gone", memo.tno)));
    }
    Ok(())
}

/// A statement of its own: naming an indexed column rewrites its indexes in any case. Facets of
/// labels carry the start too, but belong to the labels.
fn update_indexed(
    connection: &Connection,
    workspace: WorkspaceId,
    before: &RowMemo,
    memo: &RowMemo,
) -> Result<(), StoreError> {
    let was = (before.start_nanos, before.agent_no, before.session_no, before.user_no);
    let is = (memo.start_nanos, memo.agent_no, memo.session_no, memo.user_no);
    if was == is {
        return Ok(());
    }
    let sql = "UPDATE traces SET start_nanos = ?2, agent_no = ?3, session_no = ?4, user_no = ?5 \
               WHERE tno = ?1 RETURNING flags";
    let (start, agent, session, user) = is;
    let flags: i64 = connection
        .prepare_cached(sql)?
        .query_row(params![memo.tno, start, agent, session, user], |row| row.get(0))?;
    if flags & flag::LABELLED != 0 && before.start_nanos != memo.start_nanos {
        let (from, to) = (before.start_nanos, memo.start_nanos);
        labels::move_facets(connection, workspace, memo.tno, from, to)?;
    }
    Ok(())
}
