//! Counters that any thread may read.

use std::sync::atomic::{AtomicU64, Ordering};

use super::commit::Outcome;

/// A number that is written by one thread and read by others.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// See [`crate::Metrics`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: Counter,
    pub(crate) failed_commits: Counter,
    pub(crate) commit_nanos: Counter,
    pub(crate) refused_overloaded: Counter,
    pub(crate) spans: Counter,
    pub(crate) merged_spans: Counter,
    pub(crate) duplicate_spans: Counter,
    pub(crate) refused_deleted: Counter,
    pub(crate) chunks: Counter,
    pub(crate) blocks: Counter,
    pub(crate) merges: Counter,
    pub(crate) log_bytes_written: Counter,
    pub(crate) seq: Counter,
    pub(crate) active_bytes: Counter,
    pub(crate) active_traces: Counter,
}

impl Counters {
    pub(super) fn count(&self, outcome: &Outcome) {
        self.commits.add(1);
        self.seq.set(outcome.seq);
        self.log_bytes_written.add(outcome.log_bytes as u64);
        for appended in &outcome.appended {
            self.spans.add(appended.new_spans);
            self.merged_spans.add(appended.merged_spans);
            self.duplicate_spans.add(appended.duplicate_spans);
            self.refused_deleted.add(appended.refused_deleted);
        }
    }
}
