//! Writing.

use clew_model::attachment::NewAttachment;
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
    /// Files, images and sound; likewise. Those beyond the limits are not kept, and counted.
    pub attachments: Vec<NewAttachment>,
    /// How many and how large they may be.
    pub attachment_limits: AttachmentLimits,
}

/// Bounds of attachments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachmentLimits {
    /// `ingest.max_attachment_bytes`: the bytes of one.
    pub bytes: usize,
    /// `ingest.max_trace_attachments`: those of one run.
    pub per_trace: usize,
}

impl Default for AttachmentLimits {
    fn default() -> Self {
        Self { bytes: 64 << 20, per_trace: 1_000 }
    }
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
    /// Spans, notes, events, labels and attachments of traces that were deleted; they are not kept (ruling 28).
    pub refused_deleted: u64,
    /// Attachments that were not there before.
    pub new_attachments: u64,
    /// Attachments that were not kept: too large, too many of one run, or of content that is
    /// not there.
    pub refused_attachments: u64,
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
