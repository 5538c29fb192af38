//! Reading the log: what followers (live feed, exporters, segments) build on.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::Span;

use crate::ids::WorkspaceId;

/// One commit of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRecord {
    /// Its number.
    pub seq: u64,
    /// What it holds, by trace.
    pub traces: Vec<LogTrace>,
    /// Traces that it deleted.
    pub deleted: Vec<(WorkspaceId, TraceId)>,
}

/// Some rows of the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogRecords {
    /// In order.
    pub records: Vec<LogRecord>,
    /// Where to read on.
    pub next_seq: u64,
    /// Rows that could not be read: what they held is found by way of its traces.
    pub damaged: Vec<u64>,
}

/// Traces that have changed since a commit, by the last commit that changed them; for a
/// follower that has fallen behind the log (ruling 26).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TracesSince {
    /// Each as often as it has chunks since then.
    pub traces: Vec<(WorkspaceId, TraceId)>,
    /// Give it back for what comes next; `None` at the end.
    pub next: Option<SinceCursor>,
}

/// A place among the traces of [`TracesSince`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinceCursor {
    pub(crate) seq: u64,
    pub(crate) key: i64,
}

impl SinceCursor {
    /// Everything that changed after this commit.
    pub fn after(seq: u64) -> Self {
        Self { seq, key: i64::MAX }
    }
}

/// The spans of one trace in one commit.
#[derive(Debug, Clone, PartialEq)]
pub struct LogTrace {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The run.
    pub trace_id: TraceId,
    /// In order of arrival. A span that was combined with an earlier version stands here
    /// as the combined one.
    pub spans: Vec<LogSpan>,
}

/// A span of the log. (trace, span, version) names it: a follower that sees a version
/// twice has it already, one with a lower version is out of date.
#[derive(Debug, Clone, PartialEq)]
pub struct LogSpan {
    /// Facts.
    pub span: Arc<Span>,
    /// The commit that stored this version.
    pub version: u64,
}

impl LogSpan {
    /// Its id.
    pub fn span_id(&self) -> SpanId {
        self.span.span_id
    }
}

/// How far a follower has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowerCursor {
    /// Its name.
    pub name: String,
    /// All commits up to here are done.
    pub seq: u64,
    /// The log no longer holds what comes next: it goes by
    /// [`crate::Store::traces_since`] until it has caught up (ruling 26).
    pub behind: bool,
}
