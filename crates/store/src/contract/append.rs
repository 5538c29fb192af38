//! Writing.

use clew_model::ids::TraceId;
use clew_model::label::Label;
use clew_model::source::{RunEvent, SourceSpan};
use clew_model::span::Span;

use crate::ids::{AgentId, WorkspaceId};

/// What one request brings. It is kept as a whole or not at all.
#[derive(Debug, Clone, Default)]
pub struct Append {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The key's agent, where the key has one; else spans name it (ruling 6).
    pub agent: Option<AgentId>,
    /// Spans, any number of traces, in any order, duplicates included.
    pub spans: Vec<Incoming>,
    /// What senders say about whole runs ([`SourceSpan::note`]), with its facts.
    pub notes: Vec<Incoming>,
    /// Flat events.
    pub run_events: Vec<RunEvent>,
    /// Verdicts that came along; a run that they name is created where it is not there yet.
    pub labels: Vec<Label>,
}

/// A span and its facts.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// What is kept.
    pub source: SourceSpan,
    /// `normalise(source)`. Where the span is there already the store combines both
    /// sources and derives the facts again.
    pub span: Span,
}

/// What became of an [`Append`], told after it is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    /// The commit that holds it.
    pub commit_seq: u64,
    /// Spans seen for the first time.
    pub new_spans: u64,
    /// Spans combined with what was there.
    pub merged_spans: u64,
    /// Spans that said nothing new; nothing was stored for them.
    pub duplicate_spans: u64,
    /// Spans and events of traces that were deleted; they are not kept (ruling 28).
    pub refused_deleted: u64,
}

/// One commit as subscribers see it, per workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Grows by one with each commit.
    pub seq: u64,
    /// Whose traces.
    pub workspace: WorkspaceId,
    /// Traces that changed.
    pub traces: Vec<ChangedTrace>,
}

/// A trace in a [`Commit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedTrace {
    /// The run.
    pub trace_id: TraceId,
    /// Seen for the first time.
    pub new: bool,
    /// It is gone: deleted by a person or by retention.
    pub deleted: bool,
}
