//! What the tests of rows, lists and the catalog start from.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use clew_model::ids::{SpanId, TraceId};
use clew_model::receipt::Receipt;
use clew_model::span::{AgentFacts, Category, Span, SpanWords, Status};
use clew_model::summary::TraceSummary;
use clew_model::usage::{Usage, UsageScope};
use rusqlite::Connection;

use super::{Arrival, RowMemo, RowRules, RowWriter};
use crate::contract::Random;
use crate::embedded::migrations;
use crate::ids::WorkspaceId;

/// A second, in nanoseconds.
pub(crate) const SECOND: i64 = 1_000_000_000;
/// 2026-11-20T00:00:00Z.
pub(crate) const DAY: i64 = 1_795_132_800 * SECOND;
/// The workspaces of a fixture.
pub(crate) const ONE: WorkspaceId = WorkspaceId(1);
/// The other one.
pub(crate) const TWO: WorkspaceId = WorkspaceId(2);

/// An empty database with the tables of rows and catalog and the workspaces `default` and `two`.
pub(crate) fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.set_prepared_statement_cache_capacity(128);
    migrations::run(&connection).unwrap();
    let names = "INSERT INTO workspaces (name, created_nanos) VALUES ('default', 0), ('two', 0)";
    connection.execute_batch(names).unwrap();
    connection
}

/// Counts instead of being random: the n-th call fills with n.
pub(crate) fn counting() -> Random {
    let calls = AtomicU8::new(0);
    Arc::new(move |buffer| buffer.fill(calls.fetch_add(1, Ordering::Relaxed) + 1))
}

/// A writer with the shipped times and counting ids.
pub(crate) fn writer() -> RowWriter {
    RowWriter::new(RowRules {
        quiet_after_nanos: 60 * SECOND,
        abandoned_after_nanos: 1_800 * SECOND,
        random: counting(),
    })
}

/// The trace id whose bytes are all `number`.
pub(crate) fn trace_id(number: u8) -> TraceId {
    TraceId::from_bytes(&[number; 16]).unwrap()
}

/// A trace of one root span that began `start` seconds into the day and is still running.
pub(crate) fn summary(number: u8, start: i64) -> TraceSummary {
    TraceSummary {
        trace_id: trace_id(number),
        name: format!("run {number}"),
        agent: AgentFacts::default(),
        session_id: None,
        user_id: None,
        environment: None,
        release: None,
        status: Status::Unset,
        root_status: Status::Unset,
        start_nanos: DAY + start * SECOND,
        end_nanos: None,
        ended: false,
        span_count: 1,
        root_count: 1,
        orphan_count: 0,
        error_count: 0,
        llm_count: 0,
        llm_error_count: 0,
        tool_count: 0,
        tool_error_count: 0,
        embedding_count: 0,
        usage: Usage::default(),
        embedding_input: 0,
        cost: None,
        cost_reported: None,
        cost_estimated: false,
        unpriced_count: 0,
        models: Vec::new(),
        providers: Vec::new(),
        tools: Vec::new(),
        agents: Vec::new(),
        tags: Vec::new(),
        input_preview: None,
        output_preview: None,
        error: None,
        receipt: Receipt::default(),
    }
}

/// The span with other words, which are its own from then on.
pub(crate) fn saying(mut span: Span, say: impl FnOnce(&mut SpanWords)) -> Span {
    say(&mut span);
    span
}

/// A span of the trace with this number.
pub(crate) fn span(trace: u8, number: u8) -> Span {
    Span {
        trace_id: trace_id(trace),
        span_id: SpanId::from_bytes(&[number; 8]).unwrap(),
        parent_span_id: None,
        forced_root: false,
        placeholder: false,
        trace_name: None,
        category: Category::Other,
        status: Status::Unset,
        error: None,
        error_marks_parent: false,
        start_nanos: DAY,
        end_nanos: None,
        sequence: None,
        response_id: None,
        tool_call_id: None,
        usage: None,
        usage_scope: UsageScope::Own,
        cached: false,
        cost: None,
        ttft_nanos: None,
        input_preview: None,
        output_preview: None,
        input_bytes: 0,
        output_bytes: 0,
        call_hash: None,
        result_hash: None,
        dropped_count: 0,
        truncated: false,
        has_events: false,
        has_links: false,
        rejected_keys: Vec::new(),
        words: Arc::new(SpanWords { name: format!("step {number}"), ..SpanWords::default() }),
    }
}

/// A tool call of the trace with this number.
pub(crate) fn tool(trace: u8, number: u8, name: &str) -> Span {
    saying(Span { category: Category::Tool, ..span(trace, number) }, |words| {
        words.tool_name = Some(name.to_owned())
    })
}

/// A database with a writer, where each arrival is a commit.
pub(crate) struct Rows {
    pub(crate) connection: Connection,
    pub(crate) writer: RowWriter,
    pub(crate) commit_seq: u64,
}

impl Rows {
    pub(crate) fn new() -> Rows {
        Rows { connection: database(), writer: writer(), commit_seq: 0 }
    }

    /// Writes a row without a memo, as for a trace that was not in memory; gives its number.
    pub(crate) fn put(&mut self, workspace: WorkspaceId, summary: &TraceSummary, now: i64) -> i64 {
        self.arrive(workspace, summary, &[], now, &mut None)
    }

    /// Writes a row of a trace with these spans.
    pub(crate) fn put_with(
        &mut self,
        workspace: WorkspaceId,
        summary: &TraceSummary,
        spans: &[Span],
        now: i64,
    ) -> i64 {
        let spans: Vec<&Span> = spans.iter().collect();
        self.arrive(workspace, summary, &spans, now, &mut None)
    }

    /// Writes a row `now` seconds into the day.
    pub(crate) fn arrive(
        &mut self,
        workspace: WorkspaceId,
        summary: &TraceSummary,
        spans: &[&Span],
        now: i64,
        memo: &mut Option<RowMemo>,
    ) -> i64 {
        self.commit_seq += 1;
        let arrival = Arrival {
            workspace,
            summary,
            spans,
            note: None,
            stale: false,
            stored: true,
            key_agent: None,
            now: DAY + now * SECOND,
            commit_seq: self.commit_seq,
        };
        self.writer.upsert(&self.connection, &arrival, memo).unwrap().tno
    }
}
