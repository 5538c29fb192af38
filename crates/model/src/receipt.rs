//! What is known to be missing or odd about a trace.

use serde::{Deserialize, Serialize};

/// Counts of gaps. All zero: nothing is known to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// Spans whose parent never came.
    pub orphans: u64,
    /// No root came.
    pub missing_root: bool,
    /// Spans received again, or in parts, and combined.
    pub duplicates: u64,
    /// Spans known only from a log record or event.
    pub placeholders: u64,
    /// Spans that never ended.
    pub open_spans: u64,
    /// Attributes, events and links dropped by the sender's SDK.
    pub dropped_by_sender: u64,
    /// Spans whose payload was cut by their sender.
    pub truncated: u64,
    /// Spans that end before they start, or start before 2000 or after 2099.
    pub odd_clocks: u64,
    /// Children that lie outside their parent's time by more than a second.
    pub skewed: u64,
    /// Circles of spans that name each other as parents; the earliest span of each is
    /// drawn at top level.
    pub cycles: u64,
    /// Numbers left out because they could not be believed.
    pub rejected_numbers: u64,
    /// Counted model calls without a price.
    pub unpriced: u64,
    /// Counted sums that may go on over a whole session (Strands' agent spans).
    #[serde(default)]
    pub suspect_cumulative: u64,
}

impl Receipt {
    /// Gaps in the sense of the filter `receipt.gaps`: what is missing, without what is
    /// merely odd.
    pub fn gaps(&self) -> u64 {
        self.orphans
            + u64::from(self.missing_root)
            + self.placeholders
            + self.dropped_by_sender
            + self.truncated
    }
}
