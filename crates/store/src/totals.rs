//! Sums over traces: what a session, a user or an agent comes to.

use clew_model::usage::{PicoUsd, Usage};
use serde::Serialize;

/// The sum of the rows of some traces. A header, a list and a page of the same thing show the same
/// numbers because each is this sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// Traces.
    pub trace_count: u64,
    /// Of these, those with status error.
    pub error_trace_count: u64,
    /// Of these, those whose root failed.
    pub failed_trace_count: u64,
    /// Spans.
    pub span_count: u64,
    /// Spans whose status is an error.
    pub error_count: u64,
    /// Model calls.
    pub llm_count: u64,
    /// Of these, failed.
    pub llm_error_count: u64,
    /// Tool calls.
    pub tool_count: u64,
    /// Of these, failed.
    pub tool_error_count: u64,
    /// Embedding calls.
    pub embedding_count: u64,
    /// Input and output, cached ones and reasoning included; `None` where no trace has any.
    pub tokens: Option<u64>,
    /// Their parts.
    pub usage: Usage,
    /// Money; `None` where no trace has any.
    pub cost: Option<PicoUsd>,
    /// Of it, what senders reported.
    pub cost_reported: Option<PicoUsd>,
    /// Some part of `cost` is estimated.
    pub cost_estimated: bool,
    /// Counted calls without a price.
    pub unpriced_count: u64,
    /// Start of the first trace, 0 without traces.
    pub first_start_nanos: i64,
    /// Start of the last.
    pub last_start_nanos: i64,
    /// Latest end; `None` while nothing has ended.
    pub last_end_nanos: Option<i64>,
    /// Latest arrival.
    pub last_arrival_nanos: i64,
}
