//! What the rows of a list are.

use serde::{Deserialize, Serialize};

/// The kind of thing that a filter selects. The order is from above to below: a session has
/// traces, a trace has spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Rows are sessions (conversations).
    Session,
    /// Rows are traces (runs).
    Trace,
    /// Rows are spans (steps).
    Span,
}

impl Subject {
    /// From above to below.
    pub const ALL: [Subject; 3] = [Subject::Session, Subject::Trace, Subject::Span];

    /// The word for one, as written in `has trace(...)`.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Session => "session",
            Subject::Trace => "trace",
            Subject::Span => "span",
        }
    }

    /// The word for several, as used in messages.
    pub fn plural(self) -> &'static str {
        match self {
            Subject::Session => "sessions",
            Subject::Trace => "traces",
            Subject::Span => "spans",
        }
    }
}
