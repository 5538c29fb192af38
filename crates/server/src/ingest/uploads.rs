//! Uploads that were announced: what is to come, for whom, and until when. A program asks where
//! to put a file and then puts it there without its key, so the place itself is the secret.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_model::ids::{SpanId, TraceId};
use clew_store::WorkspaceId;

use crate::auth::caller::Caller;

/// Announced uploads of a product that are remembered in a workspace; beyond that the one that
/// ends first is forgotten.
const PENDING_MAX: usize = 10_000;

/// Runs and spans that one file may belong to.
const BELONGS_MAX: usize = 64;

/// How long a file that has come may come once more, in nanoseconds: its sender may not have got
/// the answer.
const AGAIN_NANOS: i64 = 60 * 1_000_000_000;

/// Bytes of a place.
pub(crate) const PLACE_MAX_BYTES: usize = 512;

/// Characters of a name.
const NAME_MAX_CHARACTERS: usize = 512;

/// Bytes of a media type; a longer one is none.
const CONTENT_TYPE_MAX_BYTES: usize = 255;

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
    /// Without what is longer than an attachment's may be: it waits in memory.
    fn cut(mut self) -> Expected {
        if let Some((end, _)) = self.name.char_indices().nth(NAME_MAX_CHARACTERS) {
            self.name.truncate(end);
        }
        self.name.shrink_to_fit();
        if self.content_type.len() > CONTENT_TYPE_MAX_BYTES {
            self.content_type = String::new();
        }
        self
    }

    fn is_same(&self, other: &Expected) -> bool {
        let of = |one: &Expected| (one.trace_id, one.span_id, one.name.clone());
        of(self) == of(other)
    }

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

/// Whose uploads are counted together, so that nobody's push out another's: a workspace, and the
/// product whose SDK sends.
pub(crate) type Group = (WorkspaceId, &'static str);

/// The uploads of a server.
#[derive(Default)]
pub(crate) struct Uploads {
    groups: Mutex<HashMap<Group, Pending>>,
}

/// The uploads of a group, by place.
#[derive(Default)]
struct Pending {
    places: HashMap<String, Announced>,
    by_end: BTreeSet<(i64, String)>,
}

/// A file that is to come, and where it belongs.
struct Announced {
    until: i64,
    expected: Vec<Expected>,
}

impl Uploads {
    /// Remembers one until `until`, in nanoseconds since 1970. A place that is known belongs to
    /// both; one that is too long is not remembered.
    pub(crate) fn expect(&self, group: Group, place: String, expected: Expected, until: i64) {
        if place.len() > PLACE_MAX_BYTES {
            return;
        }
        let mut groups = self.groups();
        let pending = groups.entry(group).or_default();
        let mut all = pending.take(&place).map(|known| known.expected).unwrap_or_default();
        let expected = expected.cut();
        if all.len() < BELONGS_MAX && !all.iter().any(|known| known.is_same(&expected)) {
            all.push(expected);
        }
        while pending.places.len() >= PENDING_MAX
            && let Some((_, first)) = pending.by_end.pop_first()
        {
            pending.places.remove(&first);
        }
        pending.put(place, Announced { until, expected: all });
    }

    /// Everything that a file at this place belongs to; nothing where none is expected.
    pub(crate) fn at(&self, group: Group, place: &str, now: i64) -> Vec<Expected> {
        let groups = self.groups();
        let found = groups.get(&group).and_then(|pending| pending.at(place, now));
        found.map(|announced| announced.expected.clone()).unwrap_or_default()
    }

    /// What is expected at a place that is a secret of its own, in whichever workspace.
    pub(crate) fn at_secret(&self, product: &str, place: &str, now: i64) -> Option<Expected> {
        let groups = self.groups();
        let mut own = groups.iter().filter(|((_, its), _)| *its == product);
        own.find_map(|(_, pending)| pending.at(place, now)?.expected.first().cloned())
    }

    /// The file has come: the place is forgotten soon, and before any that still waits.
    pub(crate) fn came(&self, group: Group, place: &str, now: i64) {
        let mut groups = self.groups();
        let Some(pending) = groups.get_mut(&group) else { return };
        if let Some(mut announced) = pending.take(place) {
            announced.until = announced.until.min(now.saturating_add(AGAIN_NANOS));
            pending.put(place.to_owned(), announced);
        }
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<Group, Pending>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn at(&self, place: &str, now: i64) -> Option<&Announced> {
        self.places.get(place).filter(|announced| announced.until > now)
    }

    fn take(&mut self, place: &str) -> Option<Announced> {
        let announced = self.places.remove(place)?;
        self.by_end.remove(&(announced.until, place.to_owned()));
        Some(announced)
    }

    fn put(&mut self, place: String, announced: Announced) {
        self.by_end.insert((announced.until, place.clone()));
        self.places.insert(place, announced);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRAINTRUST: Group = (WorkspaceId::DEFAULT, "braintrust");
    const LANGFUSE: Group = (WorkspaceId::DEFAULT, "langfuse");

    fn file(trace: &str) -> Expected {
        Expected {
            caller: None,
            trace_id: TraceId::from_sender(trace).unwrap(),
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
        uploads.expect(BRAINTRUST, "a".to_owned(), file("t"), 100);
        let count = |group, now| uploads.at(group, "a", now).len();
        assert_eq!(
            (count(BRAINTRUST, 99), count(BRAINTRUST, 99), count(BRAINTRUST, 100)),
            (1, 1, 0)
        );
        assert_eq!((count(LANGFUSE, 1), count((WorkspaceId(7), "braintrust"), 1)), (0, 0));
        assert!(uploads.at_secret("langfuse", "a", 1).is_none());
        uploads.expect((WorkspaceId(7), "langfuse"), "a".to_owned(), file("t"), 100);
        assert!(uploads.at_secret("langfuse", "a", 1).is_some());
        assert!(uploads.at_secret("langfuse", "a", 100).is_none());
    }

    #[test]
    fn they_are_bounded_for_each_workspace_and_product() {
        let uploads = Uploads::default();
        uploads.expect(LANGFUSE, "first".to_owned(), file("t"), 1);
        for number in 0..10_005 {
            uploads.expect(BRAINTRUST, number.to_string(), file("t"), 100 + number);
        }
        let count = |group, place| uploads.at(group, place, 0).len();
        assert_eq!((count(BRAINTRUST, "4"), count(BRAINTRUST, "5")), (0, 1));
        assert_eq!(count(LANGFUSE, "first"), 1);
    }

    #[test]
    fn what_has_come_goes_first() {
        let uploads = Uploads::default();
        let day = 24 * 3600 * 1_000_000_000;
        uploads.expect(BRAINTRUST, "a".to_owned(), file("t"), day);
        uploads.came(BRAINTRUST, "a", 0);
        assert_eq!(uploads.at(BRAINTRUST, "a", 59_999_999_999).len(), 1);
        assert_eq!(uploads.at(BRAINTRUST, "a", 60_000_000_000).len(), 0);
    }

    #[test]
    fn a_file_may_belong_to_several_and_texts_are_cut() {
        let uploads = Uploads::default();
        for number in 0..70 {
            uploads.expect(BRAINTRUST, "a".to_owned(), file(&number.to_string()), 100);
            uploads.expect(BRAINTRUST, "a".to_owned(), file("0"), 100);
        }
        assert_eq!(uploads.at(BRAINTRUST, "a", 0).len(), 64);
        let long = || "x".repeat(2000);
        let large = Expected { name: long(), content_type: long(), ..file("t") };
        uploads.expect(BRAINTRUST, "b".to_owned(), large.clone(), 100);
        let kept = uploads.at(BRAINTRUST, "b", 0).remove(0);
        assert_eq!((kept.name.len(), kept.content_type.as_str()), (512, ""));
        uploads.expect(BRAINTRUST, long(), large, 100);
        assert!(uploads.at(BRAINTRUST, &long(), 0).is_empty());
    }
}
