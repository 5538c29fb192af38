//! Attachments: files, images and sound of runs.

use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_model::ids::{SpanId, TraceId};

use crate::contract::{Append, AttachmentLimits};
use crate::embedded::attachments::{self, contents};
use crate::ids::{AgentId, WorkspaceId};
use crate::{Store, StoreError};

/// An attachment that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Unique in the store.
    pub id: i64,
    /// The run.
    pub trace_id: TraceId,
    /// The span; `None` where the whole run has it.
    pub span_id: Option<SpanId>,
    /// What its sender calls the content.
    pub sender_id: Option<String>,
    /// Name of the file or field, as the sender says, without control characters.
    pub name: String,
    /// Media type as the sender says, lower case; it may be anything.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Of the bytes.
    pub sha256: [u8; 32],
    /// When it came, nanoseconds since 1970 UTC.
    pub created_nanos: i64,
}

/// What became of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutAttachment {
    /// It is there now.
    Kept(Attachment),
    /// It was there.
    Known(Attachment),
    /// Its run was deleted; that is counted (ruling 28).
    Deleted,
    /// The run has as many as [`AttachmentLimits::per_trace`].
    TooMany,
}

impl Store {
    /// Keeps an attachment and makes the row of its run where it is not there; resolves when
    /// both are on disk. The same span, name and content is kept once.
    ///
    /// Errors: `Invalid` where it is too large, `NotFound` where the content is said to be
    /// stored and is not.
    pub fn put_attachment(
        &self,
        workspace: WorkspaceId,
        agent: Option<AgentId>,
        new: NewAttachment,
        limits: AttachmentLimits,
    ) -> Result<PutAttachment, StoreError> {
        if new.content.byte_count() > limits.bytes {
            let (name, bytes) = (&new.name, new.content.byte_count());
            let why = format!(
                "attachment {name:?} has {bytes} bytes, at most {} are kept \
                 (ingest.max_attachment_bytes)",
                limits.bytes
            );
            return Err(StoreError::Invalid(why));
        }
        let (trace_id, span_id) = (new.trace_id, new.span_id);
        let name = attachments::cut_name(&new.name);
        let sha256 = contents::sha256(&new.content);
        let is_here = matches!(new.content, AttachmentContent::Bytes(_));
        let appended = self.append_blocking(Append {
            workspace,
            agent,
            attachments: vec![new],
            attachment_limits: limits,
            ..Append::default()
        })?;
        if appended.refused_deleted > 0 {
            return Ok(PutAttachment::Deleted);
        }
        if appended.refused_attachments > 0 {
            let is_there = is_here || self.content_size(workspace, &sha256)?.is_some();
            return match is_there {
                true => Ok(PutAttachment::TooMany),
                false => Err(StoreError::NotFound("content")),
            };
        }
        let found = self.read(|connection| {
            let of = (&trace_id, span_id.as_ref());
            attachments::the_same(connection, workspace, of, &name, &sha256)
        })?;
        // Deleted by somebody in between.
        let Some(attachment) = found else { return Ok(PutAttachment::Deleted) };
        Ok(match appended.new_attachments {
            0 => PutAttachment::Known(attachment),
            _ => PutAttachment::Kept(attachment),
        })
    }

    /// Bytes of the content with this SHA-256, where the workspace has it.
    pub fn content_size(
        &self,
        workspace: WorkspaceId,
        sha256: &[u8; 32],
    ) -> Result<Option<u64>, StoreError> {
        let found = self.read(|connection| contents::find(connection, workspace, sha256))?;
        Ok(found.map(|(_, size)| size))
    }

    /// Attachments of a run and of its spans, in the order in which they came.
    pub fn attachments(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<Attachment>, StoreError> {
        self.read(|connection| attachments::of_trace(connection, workspace, trace_id))
    }

    /// One attachment.
    pub fn attachment(
        &self,
        workspace: WorkspaceId,
        id: i64,
    ) -> Result<Option<Attachment>, StoreError> {
        self.read(|connection| attachments::by_number(connection, workspace, id))
    }

    /// The first attachment with this id of its sender's.
    pub fn attachment_of_sender(
        &self,
        workspace: WorkspaceId,
        sender_id: &str,
    ) -> Result<Option<Attachment>, StoreError> {
        self.read(|connection| attachments::by_sender(connection, workspace, sender_id))
    }

    /// At most `length` bytes from `offset` on; fewer only at the end.
    pub fn attachment_bytes(
        &self,
        workspace: WorkspaceId,
        id: i64,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StoreError> {
        self.read(|connection| attachments::bytes(connection, workspace, id, offset, length))
    }
}
