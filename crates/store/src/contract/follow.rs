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
