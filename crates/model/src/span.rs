//! A span after normalising: the facts that lists, trees, filters and totals need.
//!
//! It holds no payload. Messages, arguments and results are derived from the
//! [`crate::source::SourceSpan`] on demand, by [`crate::content::content`].

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{SpanId, TraceId};
use crate::usage::{Cost, Usage, UsageScope};

/// The closed set that colours and groups. The sender's own word is [`SpanWords::kind`].
/// Stored by number; numbers are never reused.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Category {
    /// Anything without an AI convention, and what no other word fits.
    #[default]
    Other = 0,
    /// An agent's whole turn or run.
    Agent = 1,
    /// A model call.
    Llm = 2,
    /// A tool call.
    Tool = 3,
    /// An embedding call.
    Embedding = 4,
    /// A search in a store.
    Retrieval = 5,
    /// A re-ranking call.
    Reranker = 6,
    /// A check on input or output.
    Guardrail = 7,
    /// A judgement on a result.
    Evaluator = 8,
    /// Reading or writing of an agent's memory.
    Memory = 9,
    /// A named flow over agents.
    Workflow = 10,
    /// A step, task or glue.
    Chain = 11,
}

impl Category {
    /// Every category, in the order of its number.
    pub const ALL: [Category; 12] = [
        Category::Other,
        Category::Agent,
        Category::Llm,
        Category::Tool,
        Category::Embedding,
        Category::Retrieval,
        Category::Reranker,
        Category::Guardrail,
        Category::Evaluator,
        Category::Memory,
        Category::Workflow,
        Category::Chain,
    ];

    /// The word used in API, CLI and UI.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Other => "other",
            Category::Agent => "agent",
            Category::Llm => "llm",
            Category::Tool => "tool",
            Category::Embedding => "embedding",
            Category::Retrieval => "retrieval",
            Category::Reranker => "reranker",
            Category::Guardrail => "guardrail",
            Category::Evaluator => "evaluator",
            Category::Memory => "memory",
            Category::Workflow => "workflow",
            Category::Chain => "chain",
        }
    }

    /// The category with this number.
    pub fn from_number(number: u8) -> Option<Category> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// Status after normalising.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// The sender said nothing; not an error.
    #[default]
    Unset = 0,
    /// The sender said that it went well.
    Ok = 1,
    /// It failed.
    Error = 2,
}

/// What went wrong with a span.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SpanError {
    /// Class or code, empty where unknown.
    pub kind: String,
    /// Text for people, cut at [`ERROR_MESSAGE_MAX_BYTES`]; the whole is in the payload.
    pub message: String,
}

/// Longest error message kept among a span's facts.
pub const ERROR_MESSAGE_MAX_BYTES: usize = 1024;

/// Who a span says its agent is; see ruling 6 for which of them names the trace's agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgentFacts {
    /// Resource or span attribute `agentos.agent_id`.
    pub agentos_id: Option<String>,
    /// The agent that this span belongs to, by name. On agent spans: the agent itself.
    pub name: Option<String>,
    /// The sender's id of the agent.
    pub id: Option<String>,
    /// The sender's project, for tracers that have projects.
    pub project: Option<String>,
    /// `service.name` of the resource.
    pub service: Option<String>,
}

/// The facts of one span. Every field is derived; nothing here is stored as truth.
///
/// What it says of itself reads like fields of its own (`span.name`), and may be written
/// likewise; it is shared with the spans that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The run.
    pub trace_id: TraceId,
    /// Its own id.
    pub span_id: SpanId,
    /// The parent that it names, whether or not that one is here. Pending and corrected
    /// parents (Logfire, Laminar) are resolved already.
    pub parent_span_id: Option<SpanId>,
    /// The sender said that it is a root although it names a parent.
    pub forced_root: bool,
    /// Only parts without a name have come so far (a log record before its span).
    pub placeholder: bool,
    /// The trace's name, where the sender gives the whole run one on this span.
    pub trace_name: Option<String>,
    /// What recurs from span to span.
    #[serde(flatten)]
    pub words: Arc<SpanWords>,
    /// Closed set.
    pub category: Category,
    /// After normalising.
    pub status: Status,
    /// Set where `status` is an error.
    pub error: Option<SpanError>,
    /// An error in this span is an error of the span above it, which its sender leaves
    /// unmarked (Claude Code's `tool.execution` below its `tool`).
    pub error_marks_parent: bool,
    /// Nanoseconds since 1970 UTC. 0 for a placeholder.
    pub start_nanos: i64,
    /// Nanoseconds since 1970 UTC; `None` while open.
    pub end_nanos: Option<i64>,
    /// The sender's place among siblings.
    pub sequence: Option<i64>,
    /// The provider's id of the answer; the same twice in a trace is one call.
    pub response_id: Option<String>,
    /// The model's id of the tool call.
    pub tool_call_id: Option<String>,
    /// Tokens said on this span, whoever owns them.
    pub usage: Option<Usage>,
    /// Whether that usage is one call's or a sum.
    pub usage_scope: UsageScope,
    /// The call was answered from a cache of the application: it counts nothing.
    pub cached: bool,
    /// What it cost.
    pub cost: Option<Cost>,
    /// Time to the first token, nanoseconds.
    pub ttft_nanos: Option<i64>,
    /// First text of the input, at most [`PREVIEW_MAX_CHARS`] characters.
    pub input_preview: Option<String>,
    /// First text of the output, at most [`PREVIEW_MAX_CHARS`] characters.
    pub output_preview: Option<String>,
    /// Bytes of the input's payload as sent.
    pub input_bytes: u64,
    /// Bytes of the output's payload as sent.
    pub output_bytes: u64,
    /// Hash of tool name and canonical arguments; equal calls have equal ones.
    pub call_hash: Option<u64>,
    /// Hash of the canonical result.
    pub result_hash: Option<u64>,
    /// It has events of its own, or log records that belong to it.
    pub has_events: bool,
    /// It links to other spans.
    pub has_links: bool,
    /// Attributes, events and links that the sender's SDK dropped.
    pub dropped_count: u32,
    /// A payload was cut by its sender (unparsable JSON, missing indices).
    pub truncated: bool,
    /// Numbers that were not believable and were left out, by attribute key.
    pub rejected_keys: Vec<String>,
}

/// The facts of a span that recur: a run of 100,000 spans has a few dozen different ones, and
/// holds each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SpanWords {
    /// Raw name as sent; empty for a placeholder.
    pub name: String,
    /// The name to show where it differs from `name` (span-conventions 3.2, ruling 13).
    pub display_name: Option<String>,
    /// The sender's own word for what it is (`invoke_agent`, `CHAIN`, `hook`, ...).
    pub kind: Option<String>,
    /// `gen_ai.operation.name` or its like, as sent.
    pub operation: Option<String>,
    /// Names of the conventions found on the span, in order of precedence, by their
    /// short ids of span-conventions section 1 (`LF`, `OI`, `SC`, ...).
    pub conventions: Vec<String>,
    /// Which agent.
    pub agent: AgentFacts,
    /// Conversation, as said on this very span or its resource.
    pub session_id: Option<String>,
    /// User, as said on this very span or its resource.
    pub user_id: Option<String>,
    /// Deployment environment.
    pub environment: Option<String>,
    /// Release or service version.
    pub release: Option<String>,
    /// Canonical provider name (`openai`, `anthropic`, `gcp.gemini`, ...).
    pub provider: Option<String>,
    /// Model asked for.
    pub request_model: Option<String>,
    /// Model that answered.
    pub response_model: Option<String>,
    /// Set on tool spans.
    pub tool_name: Option<String>,
    /// Canonical finish reason of the first choice.
    pub finish_reason: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

impl Deref for Span {
    type Target = SpanWords;

    fn deref(&self) -> &SpanWords {
        &self.words
    }
}

/// A change is this span's alone.
impl DerefMut for Span {
    fn deref_mut(&mut self) -> &mut SpanWords {
        Arc::make_mut(&mut self.words)
    }
}

/// Characters of text kept for previews.
pub const PREVIEW_MAX_CHARS: usize = 240;

impl Span {
    /// Length in nanoseconds, negative clocks clamped to 0; `None` while open.
    pub fn duration_nanos(&self) -> Option<i64> {
        self.end_nanos.map(|end| end.saturating_sub(self.start_nanos).max(0))
    }

    /// The model to show and to price by: the one that answered, else the one asked for.
    pub fn model(&self) -> Option<&str> {
        self.response_model.as_deref().or(self.request_model.as_deref())
    }

    /// About as many bytes as it takes in memory behind the span itself, without what it
    /// shares.
    pub(crate) fn heap_bytes(&self) -> usize {
        // Each piece of memory has a head of its own.
        const HEAD: usize = 16;
        let texts = [
            &self.trace_name,
            &self.response_id,
            &self.tool_call_id,
            &self.input_preview,
            &self.output_preview,
        ];
        let error = self.error.as_ref().map_or(0, |error| error.kind.len() + error.message.len());
        let rejected = self.rejected_keys.iter().map(|key| key.len() + 2 * HEAD).sum::<usize>();
        texts.into_iter().flatten().map(|text| text.len() + HEAD).sum::<usize>() + error + rejected
    }
}
