//! Labels: named verdicts on a span, a trace, a turn or a session.

use serde::{Deserialize, Serialize};

use crate::ids::{SpanId, TraceId};

/// A named verdict. (workspace, target, name, source, author) is unique: saying it again
/// replaces what was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// What it is about.
    pub target: LabelTarget,
    /// Name of the verdict, such as `looping`.
    pub name: String,
    /// Number, where the verdict has one.
    pub score: Option<f64>,
    /// Word, where the verdict has one.
    pub value: Option<String>,
    /// Why.
    pub explanation: Option<String>,
    /// Who or what said it.
    pub source: LabelSource,
    /// Name of the person, rule or model, empty where unknown.
    pub author: String,
    /// When it was said, nanoseconds since 1970 UTC.
    pub created_nanos: i64,
}

/// What a label is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum LabelTarget {
    /// A whole run.
    Trace {
        /// The run.
        trace_id: TraceId,
    },
    /// A span; a turn is named by its agent span.
    Span {
        /// The run.
        trace_id: TraceId,
        /// The span.
        span_id: SpanId,
    },
    /// A conversation.
    Session {
        /// Its id.
        session_id: String,
    },
}

impl LabelTarget {
    /// The run that it is about; none for a session.
    pub fn trace_id(&self) -> Option<TraceId> {
        match self {
            LabelTarget::Trace { trace_id } | LabelTarget::Span { trace_id, .. } => Some(*trace_id),
            LabelTarget::Session { .. } => None,
        }
    }
}

/// Where a label comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// Clew's own classifier.
    Reflex,
    /// A rule.
    Rule,
    /// A person.
    Human,
    /// A model asked to judge.
    Judge,
    /// It came along with the trace.
    Sdk,
}
