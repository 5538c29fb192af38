//! Traces over time: what is asked and what is answered.

use clew_query::Filter;
use serde::Serialize;

use crate::embedded::stats::histogram;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Scanned, StoredSpans};
use crate::{Store, StoreError};

/// A question for traces over time.
#[derive(Debug, Clone)]
pub struct HistogramQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Read for [`clew_query::Subject::Trace`]; times in it restrict further.
    pub filter: Filter,
    /// First start counted, nanoseconds since 1970 UTC; `None`: the first that there is.
    pub start_nanos: Option<i64>,
    /// Starts before it are counted.
    pub end_nanos: i64,
    /// Buckets at most.
    pub buckets: usize,
    /// Where days and weeks begin; east of UTC is positive.
    pub utc_offset_seconds: i32,
    /// Only this agent's.
    pub agent: Option<AgentId>,
    /// How much may be looked at.
    pub budget: Budget,
    /// For states, nanoseconds since 1970 UTC.
    pub now: i64,
}

/// Traces over time, in steps of a round length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// First start counted.
    pub start_nanos: i64,
    /// Starts before it are counted.
    pub end_nanos: i64,
    /// Nanoseconds from one bucket to the next.
    pub bucket_nanos: i64,
    /// In order of time, without gaps; of the first and the last a part may lie outside.
    pub buckets: Vec<Bucket>,
    /// Set where the time ran out: the numbers are of the newest rows only.
    pub scanned: Option<Scanned>,
}

/// The traces that began in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Bucket {
    /// Its beginning, nanoseconds since 1970 UTC.
    pub start_nanos: i64,
    /// Traces.
    pub trace_count: u64,
    /// Of these, those with status error.
    pub error_count: u64,
    /// Of these, those whose root failed.
    pub failed_count: u64,
}

impl Store {
    /// Counts traces by their start. Finished hours come from the roll-up where it holds.
    pub fn histogram(&self, query: &HistogramQuery) -> Result<Histogram, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| histogram::histogram(connection, &spans, query))
    }
}
