//! The last requests of senders and why they were refused: the first place to look when
//! nothing arrives. Entries gather in memory and go to the store now and then, since a
//! commit for each would cost as much as the request.

use std::collections::VecDeque;
use std::sync::Mutex;

use clew_store::{RequestEntry, WorkspaceId};

/// Entries kept in memory between two writes. A burst beyond it loses the oldest, which
/// the store's ring of a hundred would drop as well.
const PENDING_MAX: usize = 1000;

/// What a receiver knows of a request after handling it. Travels as an extension of the
/// answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IngestNote {
    /// Bytes on the wire.
    pub(crate) bytes: u64,
    /// Spans taken.
    pub(crate) accepted: u64,
    /// Spans refused.
    pub(crate) rejected: u64,
    /// Why, where something was refused.
    pub(crate) reason: Option<String>,
}

/// Entries that the store has not got yet.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    pending: Mutex<VecDeque<(WorkspaceId, RequestEntry)>>,
}

impl RequestLog {
    /// Adds an entry.
    pub(crate) fn push(&self, workspace: WorkspaceId, entry: RequestEntry) {
        let mut pending = self.pending.lock().unwrap_or_else(|e| e.into_inner());
        if pending.len() == PENDING_MAX {
            pending.pop_front();
        }
        pending.push_back((workspace, entry));
    }

    /// Takes what is pending, oldest first.
    pub(crate) fn take(&self) -> Vec<(WorkspaceId, RequestEntry)> {
        self.pending.lock().unwrap_or_else(|e| e.into_inner()).drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_entries_stay() {
        let log = RequestLog::default();
        for number in 0..PENDING_MAX as i64 + 5 {
            let entry = RequestEntry { at_nanos: number, ..RequestEntry::default() };
            log.push(WorkspaceId::DEFAULT, entry);
        }
        let taken = log.take();
        assert_eq!(taken.len(), PENDING_MAX);
        assert_eq!(taken[0].1.at_nanos, 5);
        assert!(log.take().is_empty());
    }
}
