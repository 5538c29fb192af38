//! A span as trees and lists show it: everything but its payload (ruling 35).

use clew_model::ids::SpanId;
use clew_model::span::{Category, Status};
use clew_model::trace::Tree;
use clew_model::usage::UsageScope;
use serde::{Serialize, Serializer};

use super::ErrorView;
use super::money::{CostView, UsageView, Usd};

/// The JSON of a span of a tree.
#[derive(Debug, Serialize)]
pub(crate) struct SkeletonView<'a> {
    span_id: SpanId,
    parent_span_id: Option<SpanId>,
    index: usize,
    parent_index: Option<usize>,
    depth: u32,
    orphan: bool,
    name: &'a str,
    display_name: &'a str,
    category: Category,
    kind: Option<&'a str>,
    operation: Option<&'a str>,
    status: Status,
    error_derived: bool,
    error: Option<ErrorView<'a>>,
    start_offset_nanos: i64,
    duration_nanos: Option<i64>,
    open: bool,
    usage: Option<UsageView>,
    usage_scope: UsageScope,
    counted: Option<bool>,
    cost: Option<CostView>,
    model: Option<&'a str>,
    request_model: Option<&'a str>,
    response_model: Option<&'a str>,
    provider: Option<&'a str>,
    tool_name: Option<&'a str>,
    tool_call_id: Option<&'a str>,
    agent_name: Option<&'a str>,
    session_id: Option<&'a str>,
    user_id: Option<&'a str>,
    finish_reason: Option<&'a str>,
    ttft_nanos: Option<i64>,
    input_preview: Option<&'a str>,
    output_preview: Option<&'a str>,
    input_bytes: u64,
    output_bytes: u64,
    call_hash: Option<Hash>,
    result_hash: Option<Hash>,
    conventions: &'a [String],
    tags: &'a [String],
    subtree: SubtreeView,
}

/// Sums over a span and everything below it.
#[derive(Debug, Serialize)]
pub(crate) struct SubtreeView {
    spans: u64,
    errors: u64,
    usage: Option<UsageView>,
    cost: Option<Usd>,
}

/// Sixteen hex digits: JavaScript cannot hold the number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(u64);

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'a> SkeletonView<'a> {
    /// The span at `index`, with its start counted from the start of the trace.
    pub(crate) fn new(tree: &'a Tree, index: usize, trace_start_nanos: i64) -> Option<Self> {
        let node = tree.nodes().get(index)?;
        let span = &node.span;
        // A line may hold details that only a wrapper told; it is what adds up.
        let line = tree.ledger_line(index);
        let usage = line.map_or(span.usage, |line| Some(line.usage));
        let cost = line.map_or(span.cost, |line| line.cost);
        let cost_counted = line.is_some_and(|line| line.cost_counted);
        let offset = span.start_nanos.saturating_sub(trace_start_nanos);
        Some(Self {
            span_id: span.span_id,
            parent_span_id: span.parent_span_id,
            index,
            parent_index: node.parent,
            depth: node.depth,
            orphan: node.orphan,
            name: &span.name,
            display_name: span.display_name.as_deref().unwrap_or(&span.name),
            category: span.category,
            kind: span.kind.as_deref(),
            operation: span.operation.as_deref(),
            // A child's error may be its error; `error_derived` says that it was not its word.
            status: if node.failed() { Status::Error } else { span.status },
            error_derived: node.error_derived,
            error: span.error.as_ref().map(ErrorView::from),
            start_offset_nanos: if span.placeholder { 0 } else { offset },
            duration_nanos: span.duration_nanos(),
            open: span.end_nanos.is_none(),
            usage: usage.as_ref().and_then(UsageView::of),
            usage_scope: span.usage_scope,
            counted: node.counted,
            cost: cost.as_ref().map(|cost| CostView::new(cost, cost_counted)),
            model: span.model(),
            request_model: span.request_model.as_deref(),
            response_model: span.response_model.as_deref(),
            provider: span.provider.as_deref(),
            tool_name: span.tool_name.as_deref(),
            tool_call_id: span.tool_call_id.as_deref(),
            agent_name: tree.agent_name(index),
            session_id: tree.session_id(index),
            user_id: tree.user_id(index),
            finish_reason: span.finish_reason.as_deref(),
            ttft_nanos: span.ttft_nanos,
            input_preview: span.input_preview.as_deref(),
            output_preview: span.output_preview.as_deref(),
            input_bytes: span.input_bytes,
            output_bytes: span.output_bytes,
            call_hash: span.call_hash.map(Hash),
            result_hash: span.result_hash.map(Hash),
            conventions: &span.conventions,
            tags: &span.tags,
            subtree: SubtreeView {
                spans: node.subtree.spans,
                errors: node.subtree.errors,
                usage: node.subtree.usage.as_ref().and_then(UsageView::of),
                cost: node.subtree.cost.map(Usd),
            },
        })
    }
}
