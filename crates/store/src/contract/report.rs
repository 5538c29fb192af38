//! What the store says about itself.

use serde::Serialize;

/// The result of [`crate::Store::check`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// Nothing in here: the file is sound.
    pub problems: Vec<Problem>,
    /// Traces looked at.
    pub traces: u64,
    /// Spans found in chunks and staging.
    pub spans: u64,
    /// Chunks read.
    pub chunks: u64,
    /// Message blocks read.
    pub blocks: u64,
    /// Log rows read.
    pub log_rows: u64,
    /// Sizes.
    pub sizes: Sizes,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A short, stable word: `checksum`, `count`, `orphan_block`, `sqlite`, ...
    pub code: &'static str,
    /// Where and what.
    pub message: String,
}

/// The result of [`crate::Store::reprice`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Repriced {
    /// Traces looked at.
    pub traces: u64,
    /// Of these, traces whose summary came out differently.
    pub changed: u64,
    /// Give it back for the next ones; `None` at the end.
    pub next_cursor: Option<String>,
}

/// Bytes, by what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sizes {
    /// The file.
    pub file_bytes: u64,
    /// Its write-ahead log.
    pub wal_bytes: u64,
    /// Pages in the file that hold nothing.
    pub free_bytes: u64,
    /// Log rows.
    pub log_bytes: u64,
    /// Span chunks.
    pub chunk_bytes: u64,
    /// Message blocks.
    pub block_bytes: u64,
    /// Large parts.
    pub blob_bytes: u64,
    /// Contents of attachments.
    pub attachment_bytes: u64,
    /// Shared prompts and tool definitions.
    pub shared_bytes: u64,
    /// Compression dictionaries.
    pub dictionary_bytes: u64,
    /// Rows, indexes and everything else.
    pub other_bytes: u64,
}

/// Counters since the store was opened, and gauges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Metrics {
    /// Group commits.
    pub commits: u64,
    /// Group commits that failed and were rolled back.
    pub failed_commits: u64,
    /// Nanoseconds in group commits.
    pub commit_nanos: u64,
    /// Appends that were turned away as too much at once.
    pub refused_overloaded: u64,
    /// Spans stored.
    pub spans: u64,
    /// Spans combined with an earlier version.
    pub merged_spans: u64,
    /// Spans that said nothing new.
    pub duplicate_spans: u64,
    /// Spans of deleted traces.
    pub refused_deleted: u64,
    /// Chunks written.
    pub chunks: u64,
    /// Message blocks written.
    pub blocks: u64,
    /// Traces merged in idle time.
    pub merges: u64,
    /// Bytes of log rows written.
    pub log_bytes_written: u64,
    /// Last commit.
    pub seq: u64,
    /// Bytes waiting to be written.
    pub in_flight_bytes: u64,
    /// Bytes in the log only.
    pub staging_bytes: u64,
    /// Bytes of state of traces that may still grow.
    pub active_bytes: u64,
    /// Traces with such state.
    pub active_traces: u64,
}
