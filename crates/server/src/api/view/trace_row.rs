//! A trace as lists and headers show it.

use clew_model::ids::TraceId;
use clew_model::receipt::Receipt;
use clew_model::span::Status;
use clew_model::state::{Liveness, RunState};
use clew_store::{AgentRef, TraceRow};
use serde::Serialize;

use super::label::LabelView;
use super::money::{TraceCost, TraceUsage};
use super::{ErrorView, Nanos};

/// The JSON of a [`TraceRow`].
#[derive(Debug, Serialize)]
pub(crate) struct TraceRowView<'a> {
    trace_id: TraceId,
    name: &'a str,
    agent: Option<&'a AgentRef>,
    session_id: Option<&'a str>,
    user_id: Option<&'a str>,
    environment: Option<&'a str>,
    release: Option<&'a str>,
    status: Status,
    root_status: Status,
    state: RunState,
    start_nanos: Nanos,
    end_nanos: Option<Nanos>,
    duration_nanos: Option<i64>,
    arrived_nanos: Nanos,
    last_arrival_nanos: Nanos,
    span_count: u64,
    root_count: u64,
    orphan_count: u64,
    error_count: u64,
    llm_calls: u64,
    llm_calls_failed: u64,
    tool_calls: u64,
    tool_calls_failed: u64,
    embedding_calls: u64,
    usage: TraceUsage,
    cost: Option<TraceCost>,
    models: &'a [String],
    providers: &'a [String],
    tools: &'a [String],
    agents: &'a [String],
    tags: &'a [String],
    labels: Vec<LabelView<'a>>,
    error: Option<ErrorView<'a>>,
    input_preview: Option<&'a str>,
    output_preview: Option<&'a str>,
    receipt: ReceiptView,
    commit_seq: u64,
}

/// A receipt and how many gaps it has.
#[derive(Debug, Serialize)]
pub(crate) struct ReceiptView {
    #[serde(flatten)]
    receipt: Receipt,
    gaps: u64,
}

impl From<&Receipt> for ReceiptView {
    fn from(receipt: &Receipt) -> Self {
        Self { receipt: *receipt, gaps: receipt.gaps() }
    }
}

impl<'a> TraceRowView<'a> {
    /// The row as it is at `now`.
    pub(crate) fn new(row: &'a TraceRow, now: i64) -> Self {
        let summary = &row.summary;
        Self {
            trace_id: summary.trace_id,
            name: &summary.name,
            agent: row.agent.as_ref(),
            session_id: summary.session_id.as_deref(),
            user_id: summary.user_id.as_deref(),
            environment: summary.environment.as_deref(),
            release: summary.release.as_deref(),
            status: summary.status,
            root_status: summary.root_status,
            state: state(row, now),
            start_nanos: Nanos(row.effective_start_nanos()),
            end_nanos: summary.end_nanos.map(Nanos),
            duration_nanos: row.duration_nanos(),
            arrived_nanos: Nanos(row.arrived_nanos),
            last_arrival_nanos: Nanos(row.last_arrival_nanos),
            span_count: summary.span_count,
            root_count: summary.root_count,
            orphan_count: summary.orphan_count,
            error_count: summary.error_count,
            llm_calls: summary.llm_count,
            llm_calls_failed: summary.llm_error_count,
            tool_calls: summary.tool_count,
            tool_calls_failed: summary.tool_error_count,
            embedding_calls: summary.embedding_count,
            usage: TraceUsage::from(summary),
            cost: TraceCost::of(summary),
            models: &summary.models,
            providers: &summary.providers,
            tools: &summary.tools,
            agents: &summary.agents,
            tags: &summary.tags,
            labels: row.labels.iter().map(LabelView::new).collect(),
            error: summary.error.as_ref().map(ErrorView::from),
            input_preview: summary.input_preview.as_deref(),
            output_preview: summary.output_preview.as_deref(),
            receipt: ReceiptView::from(&summary.receipt),
            commit_seq: row.commit_seq,
        }
    }
}

/// How the run stands at `now` (ruling 10).
fn state(row: &TraceRow, now: i64) -> RunState {
    let liveness = Liveness {
        last_arrival_nanos: row.last_arrival_nanos,
        quiet_at: row.quiet_at,
        abandoned_at: row.abandoned_at,
        resumed: row.resumed,
    };
    RunState::at(row.summary.ended, &liveness, now)
}
