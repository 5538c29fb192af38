//! What is known of a whole trace: the row that lists show and filters read.

use serde::{Deserialize, Serialize};

use crate::ids::TraceId;
use crate::span::{AgentFacts, Status};
use crate::usage::{PicoUsd, Usage};

/// The facts of one trace, kept current with each commit. It is always what
/// [`crate::trace::TraceState::summary`] gives over all spans of the trace and its note: what
/// the note says of name, session, user, environment, release, previews and tags goes before
/// what spans say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceSummary {
    /// The run.
    pub trace_id: TraceId,
    /// The sender's name of the trace, its note's first, else the root's raw name, else the
    /// first top-level span's.
    pub name: String,
    /// Facts that name the agent (ruling 6), from the root first.
    pub agent: AgentFacts,
    /// The root's session, else the shallowest span's that has one, ties by start.
    pub session_id: Option<String>,
    /// Likewise.
    pub user_id: Option<String>,
    /// Likewise.
    pub environment: Option<String>,
    /// Likewise.
    pub release: Option<String>,
    /// Error when any span has status error (the AgentOS rule).
    pub status: Status,
    /// Error when a root failed, with no root the top-level orphans stand in, or when the note
    /// says that the run did.
    pub root_status: Status,
    /// Earliest start. 0 while there are only events or placeholders.
    pub start_nanos: i64,
    /// Latest end among ended spans; `None` while none has ended.
    pub end_nanos: Option<i64>,
    /// Every root has ended, and there is one. State `done` (ruling 10).
    pub ended: bool,
    /// All distinct spans, placeholders included.
    pub span_count: u64,
    /// Spans without a parent reference.
    pub root_count: u64,
    /// Spans whose parent is not in the trace.
    pub orphan_count: u64,
    /// Spans whose status is an error, derived errors included.
    pub error_count: u64,
    /// Model calls, failed ones included, embeddings not.
    pub llm_count: u64,
    /// Of these, failed.
    pub llm_error_count: u64,
    /// Tool calls.
    pub tool_count: u64,
    /// Of these, failed.
    pub tool_error_count: u64,
    /// Embedding calls.
    pub embedding_count: u64,
    /// Counted tokens, each once.
    pub usage: Usage,
    /// Of `usage.input`, those of embedding calls.
    pub embedding_input: u64,
    /// Counted money; `None` where no counted span has a cost.
    pub cost: Option<PicoUsd>,
    /// Of `cost`, what senders reported.
    pub cost_reported: Option<PicoUsd>,
    /// Some part of `cost` is estimated.
    pub cost_estimated: bool,
    /// Counted calls with tokens whose model has no price.
    pub unpriced_count: u64,
    /// Distinct models that answered, first seen first, at most [`NAMES_MAX`].
    pub models: Vec<String>,
    /// Distinct providers, likewise.
    pub providers: Vec<String>,
    /// Distinct tools, likewise.
    pub tools: Vec<String>,
    /// Distinct names on agent spans, likewise.
    pub agents: Vec<String>,
    /// Distinct tags, likewise.
    pub tags: Vec<String>,
    /// First text of the run's input.
    pub input_preview: Option<String>,
    /// First text of the run's output.
    pub output_preview: Option<String>,
    /// Error of the failed root, else of the first failed span.
    pub error: Option<crate::span::SpanError>,
    /// What is missing or odd.
    pub receipt: crate::receipt::Receipt,
}

/// Distinct names kept per list of a summary.
pub const NAMES_MAX: usize = 64;
