//! The row of a trace as lists show it.

use clew_model::span::Span;
use clew_model::summary::TraceSummary;
use serde::{Deserialize, Serialize};

use crate::embedded::labels::StoredLabel;
use crate::ids::{AgentId, WorkspaceId};

/// One trace as lists, filters and headers see it. Current after each commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceRow {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The store's own number of the trace, in order of first arrival; never used again.
    pub tno: i64,
    /// The facts of all its spans.
    pub summary: TraceSummary,
    /// Who ran (ruling 6).
    pub agent: Option<AgentRef>,
    /// First arrival, nanoseconds since 1970 UTC.
    pub arrived_nanos: i64,
    /// Latest arrival.
    pub last_arrival_nanos: i64,
    /// From this instant on the trace counts as quiet, unless something comes (ruling 10).
    pub quiet_at: i64,
    /// From this instant on it counts as abandoned.
    pub abandoned_at: i64,
    /// Something came after it had been quiet without having ended.
    pub resumed: bool,
    /// Labels of the trace and of its spans.
    pub labels: Vec<StoredLabel>,
    /// The commit that last changed the row.
    pub commit_seq: u64,
    /// The commit that last stored a span of the trace.
    pub span_seq: u64,
}

impl TraceRow {
    /// When the trace started, for order and filters: its first arrival while no span has said.
    pub fn effective_start_nanos(&self) -> i64 {
        match self.summary.start_nanos {
            0 => self.arrived_nanos,
            start => start,
        }
    }

    /// From start to latest end; `None` while nothing has ended.
    pub fn duration_nanos(&self) -> Option<i64> {
        self.summary.end_nanos.map(|end| end.saturating_sub(self.summary.start_nanos).max(0))
    }
}

/// An agent in the registry of its workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRef {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
}

/// The spans of a trace at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct SpansAsOf {
    /// The commit that stored the newest of them; 0 where there are none.
    pub seq: u64,
    /// Facts of each span, in order of arrival.
    pub spans: Vec<Span>,
}
