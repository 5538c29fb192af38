//! Uploads that were announced: what is to come, for whom, and until when. A program asks where
//! to put a file and then puts it there without its key, so the place itself is the secret.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_model::ids::{SpanId, TraceId};
use clew_store::WorkspaceId;

use crate::auth::caller::Caller;

/// Announced uploads that are remembered; beyond that the one that ends first is forgotten.
const PENDING_MAX: usize = 10_000;

/// A file that is to come.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    /// Who may put it there; none where whoever puts it shows a key.
    pub(crate) caller: Option<Caller>,
    /// The run.
    pub(crate) trace_id: TraceId,
    /// The span, where it is one's.
    pub(crate) span_id: Option<SpanId>,
    /// What its sender calls it.
    pub(crate) sender_id: String,
    /// Name of the file or of the field.
    pub(crate) name: String,
    /// Media type.
    pub(crate) content_type: String,
    /// SHA-256 and bytes, where the sender has said them.
    pub(crate) content: Option<([u8; 32], u64)>,
}

impl Expected {
    /// The attachment with this content.
    pub(crate) fn attachment(&self, content: AttachmentContent) -> NewAttachment {
        NewAttachment {
            trace_id: self.trace_id,
            span_id: self.span_id,
            sender_id: Some(self.sender_id.clone()),
            name: self.name.clone(),
            content_type: self.content_type.clone(),
            content,
        }
    }
}

/// Where a file goes: in a workspace, or at a place that is a secret of its own.
type Place = (Option<WorkspaceId>, String);

/// The uploads of a server, by workspace where a key is shown and by place alone where none is.
#[derive(Default)]
pub(crate) struct Uploads {
    pending: Mutex<HashMap<Place, (i64, Expected)>>,
}

impl Uploads {
    /// Remembers one until `until`, in nanoseconds since 1970.
    pub(crate) fn expect(
        &self,
        workspace: Option<WorkspaceId>,
        place: String,
        expected: Expected,
        (now, until): (i64, i64),
    ) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= PENDING_MAX {
            pending.retain(|_, (ends, _)| *ends > now);
        }
        if pending.len() >= PENDING_MAX {
            let first = pending.iter().min_by_key(|(_, (ends, _))| *ends);
            let first = first.map(|(place, _)| place.clone());
            first.map(|place| pending.remove(&place));
        }
        pending.insert((workspace, place), (until, expected));
    }

    /// What is expected at a place; a file may come twice, since a sender tries again.
    pub(crate) fn at(
        &self,
        workspace: Option<WorkspaceId>,
        place: &str,
        now: i64,
    ) -> Option<Expected> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let found = pending.get(&(workspace, place.to_owned()));
        found.filter(|(until, _)| *until > now).map(|(_, expected)| expected.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Expected {
        Expected {
            caller: None,
            trace_id: TraceId::from_sender("t").unwrap(),
            span_id: None,
            sender_id: "f".to_owned(),
            name: "input".to_owned(),
            content_type: "image/png".to_owned(),
            content: None,
        }
    }

    #[test]
    fn an_upload_ends_and_is_one_workspaces() {
        let uploads = Uploads::default();
        let one = Some(WorkspaceId::DEFAULT);
        uploads.expect(one, "a".to_owned(), file(), (0, 100));
        assert!(uploads.at(one, "a", 99).is_some() && uploads.at(one, "a", 99).is_some());
        assert!(uploads.at(one, "a", 100).is_none());
        assert!(uploads.at(Some(WorkspaceId(7)), "a", 1).is_none());
        assert!(uploads.at(None, "a", 1).is_none());
    }

    #[test]
    fn they_are_bounded() {
        let uploads = Uploads::default();
        for number in 0..PENDING_MAX as i64 + 5 {
            uploads.expect(None, number.to_string(), file(), (0, 100 + number));
        }
        assert!(uploads.at(None, "4", 0).is_none() && uploads.at(None, "5", 0).is_some());
    }
}
