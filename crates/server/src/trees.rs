//! Trees of runs that were looked at lately. A run is opened, then its spans, its ledger and
//! its conversation are read: each needs the tree, which takes longer to build than to ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use clew_model::ids::TraceId;
use clew_model::trace::Tree;
use clew_store::{TraceRow, WorkspaceId};

use crate::api::own::own_row;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// How long a tree that nobody asks for is kept.
const KEPT_NANOS: i64 = 300 * 1_000_000_000;
/// How often a reader that is overtaken by a commit starts over.
const ATTEMPTS: usize = 3;

/// A run at one moment: its row, and the tree of the same spans.
pub(crate) struct Run {
    /// The row.
    pub(crate) row: TraceRow,
    /// The tree. Its sums are the row's.
    pub(crate) tree: Arc<Tree>,
}

/// What a tree was made from; any other number is another tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    span_seq: u64,
    derivations: u64,
}

/// The trees, by the run that they are of: one of each.
#[derive(Debug)]
pub(crate) struct Trees {
    max_bytes: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    trees: HashMap<(WorkspaceId, TraceId), Kept>,
    bytes: usize,
    uses: u64,
}

#[derive(Debug)]
struct Kept {
    version: Version,
    tree: Arc<Tree>,
    bytes: usize,
    used: u64,
    used_nanos: i64,
}

/// The run as the caller may see it, or 404.
pub(crate) fn run(app: &App, caller: &Caller, trace_id: TraceId) -> Result<Run, ApiError> {
    let workspace = caller.workspace;
    let derivations = app.store.derivations();
    let mut row = own_row(app, caller, trace_id)?;
    let key = (workspace, trace_id);
    for attempt in 1.. {
        let version = Version { span_seq: row.span_seq, derivations };
        let now = app.store.now();
        if let Some(tree) = app.trees.get(key, version, now) {
            return Ok(Run { row, tree });
        }
        let found = app.store.trace_spans_as_of(workspace, &trace_id)?;
        if found.seq != row.span_seq {
            // A commit came in between: the row of now may fit the spans.
            row = own_row(app, caller, trace_id)?;
        }
        let fits = found.seq == row.span_seq;
        if fits || attempt == ATTEMPTS {
            let tree = Arc::new(Tree::build(found.spans));
            if fits {
                let version = Version { span_seq: row.span_seq, derivations };
                app.trees.put(key, version, Arc::clone(&tree), now);
            }
            return Ok(Run { row, tree });
        }
    }
    Err(ApiError::not_found("trace"))
}

impl Trees {
    /// None yet. A tree of more than `max_bytes` is never kept.
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, held: Mutex::default() }
    }

    fn get(&self, key: (WorkspaceId, TraceId), version: Version, now: i64) -> Option<Arc<Tree>> {
        let mut held = self.lock();
        held.uses += 1;
        let used = held.uses;
        let kept = held.trees.get_mut(&key).filter(|kept| kept.version == version)?;
        (kept.used, kept.used_nanos) = (used, now);
        Some(Arc::clone(&kept.tree))
    }

    fn put(&self, key: (WorkspaceId, TraceId), version: Version, tree: Arc<Tree>, now: i64) {
        let bytes = tree.memory_bytes();
        if bytes > self.max_bytes {
            return;
        }
        let mut held = self.lock();
        held.remove(key);
        while held.bytes + bytes > self.max_bytes {
            let oldest = held.trees.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key);
            let Some(oldest) = oldest else { break };
            held.remove(oldest);
        }
        held.uses += 1;
        held.bytes += bytes;
        let used = held.uses;
        held.trees.insert(key, Kept { version, tree, bytes, used, used_nanos: now });
    }

    /// Forgets a run that was deleted.
    pub(crate) fn forget(&self, workspace: WorkspaceId, trace_id: TraceId) {
        self.lock().remove((workspace, trace_id));
    }

    /// Forgets what nobody has asked for lately: a long run takes as much memory as all the
    /// rest of an idle server.
    pub(crate) fn forget_unused(&self, now: i64) {
        let mut held = self.lock();
        let is_old = |kept: &Kept| now.saturating_sub(kept.used_nanos) > KEPT_NANOS;
        let old: Vec<_> =
            held.trees.iter().filter(|(_, kept)| is_old(kept)).map(|(key, _)| *key).collect();
        old.into_iter().for_each(|key| held.remove(key));
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(|poison| poison.into_inner())
    }
}

impl Held {
    fn remove(&mut self, key: (WorkspaceId, TraceId)) {
        if let Some(kept) = self.trees.remove(&key) {
            self.bytes -= kept.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Version = Version { span_seq: 1, derivations: 0 };

    fn key(number: u8) -> (WorkspaceId, TraceId) {
        (WorkspaceId::DEFAULT, TraceId::from_bytes(&[number; 16]).unwrap())
    }

    fn held(trees: &Trees, number: u8) -> bool {
        trees.get(key(number), FIRST, 0).is_some()
    }

    #[test]
    fn a_tree_of_another_moment_is_not_given() {
        let trees = Trees::new(1 << 20);
        trees.put(key(1), FIRST, Arc::new(Tree::build(Vec::new())), 0);
        assert!(held(&trees, 1));
        assert!(trees.get(key(1), Version { span_seq: 2, ..FIRST }, 0).is_none());
        assert!(trees.get(key(1), Version { derivations: 1, ..FIRST }, 0).is_none());
        assert!(trees.get(key(2), FIRST, 0).is_none());
        trees.forget(key(1).0, key(1).1);
        assert!(!held(&trees, 1));
    }

    #[test]
    fn the_one_not_used_for_longest_goes_first() {
        let trees = Trees::new(0);
        trees.put(key(9), FIRST, Arc::new(Tree::build(Vec::new())), 0);
        assert!(held(&trees, 9), "an empty tree takes nothing");
        let mut held_trees = trees.lock();
        for number in 1..=3 {
            let tree = Arc::new(Tree::build(Vec::new()));
            let used = u64::from(number);
            let kept = Kept { version: FIRST, tree, bytes: 10, used, used_nanos: 0 };
            held_trees.trees.insert(key(number), kept);
            held_trees.bytes += 10;
        }
        drop(held_trees);
        let trees = Trees { max_bytes: 20, ..trees };
        trees.get(key(1), FIRST, 0);
        trees.put(key(4), FIRST, Arc::new(Tree::build(Vec::new())), 0);
        assert_eq!([1, 2, 3].map(|number| held(&trees, number)), [true, false, true]);
        assert_eq!(trees.lock().bytes, 20);
    }

    #[test]
    fn a_tree_that_nobody_asks_for_goes() {
        let trees = Trees::new(1 << 20);
        for number in [1, 2] {
            trees.put(key(number), FIRST, Arc::new(Tree::build(Vec::new())), 0);
        }
        assert!(trees.get(key(1), FIRST, KEPT_NANOS).is_some());
        trees.forget_unused(KEPT_NANOS);
        assert_eq!(trees.lock().trees.len(), 2);
        trees.forget_unused(KEPT_NANOS + 1);
        assert_eq!([1, 2].map(|number| held(&trees, number)), [true, false]);
    }
}
