//! Files, images and sound that belong to a run or to one of its spans.

use crate::ids::{SpanId, TraceId};

/// An attachment as it comes. It is the same as another of its run when span, name and content
/// are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// The run.
    pub trace_id: TraceId,
    /// The span; `None` where the whole run has it.
    pub span_id: Option<SpanId>,
    /// What the sender calls the content, such as Langfuse's id of a medium.
    pub sender_id: Option<String>,
    /// Name of the file, or of the field that it stands in.
    pub name: String,
    /// Media type, as the sender says; not to be believed.
    pub content_type: String,
    /// The bytes.
    pub content: AttachmentContent,
}

/// The bytes of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentContent {
    /// Here they are.
    Bytes(Vec<u8>),
    /// The SHA-256 of bytes that came before.
    Stored([u8; 32]),
}

impl AttachmentContent {
    /// Bytes that came; 0 where they are there already.
    pub fn byte_count(&self) -> usize {
        match self {
            AttachmentContent::Bytes(bytes) => bytes.len(),
            AttachmentContent::Stored(_) => 0,
        }
    }
}
