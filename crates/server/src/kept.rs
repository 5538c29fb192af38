//! What took long to read and is asked for again soon, kept in memory: of each run, or of
//! each span, the newest. Bounded in bytes; what was not used for longest goes first.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use clew_model::ids::{SpanId, TraceId};
use clew_store::WorkspaceId;

/// What an entry takes besides what it keeps.
const ENTRY_BYTES: usize = 256;

/// What something was made from; any other numbers are another thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    /// The commit.
    pub(crate) seq: u64,
    /// How often facts were derived anew, which is no commit.
    pub(crate) derivations: u64,
}

/// What is kept is of a run, or of a span of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Of(i64, TraceId, Option<SpanId>);

impl Of {
    /// Of a run.
    pub(crate) fn run(workspace: WorkspaceId, trace_id: TraceId) -> Self {
        Self(workspace.0, trace_id, None)
    }

    /// Of a span.
    pub(crate) fn span(workspace: WorkspaceId, trace_id: TraceId, span_id: SpanId) -> Self {
        Self(workspace.0, trace_id, Some(span_id))
    }

    /// The run that goes with everything that is of it.
    pub(crate) fn of_run(self) -> (WorkspaceId, TraceId) {
        (WorkspaceId(self.0), self.1)
    }
}

/// Things of one kind that are kept.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    max_bytes: usize,
    held: Mutex<Held<T>>,
}

#[derive(Debug)]
struct Held<T> {
    entries: BTreeMap<Of, Entry<T>>,
    /// The same by their last use.
    by_use: BTreeMap<u64, Of>,
    bytes: usize,
    uses: u64,
    /// Uses when unused ones were last forgotten.
    swept: u64,
}

#[derive(Debug)]
struct Entry<T> {
    version: Version,
    value: Arc<T>,
    bytes: usize,
    used: u64,
}

impl<T> Kept<T> {
    /// Nothing yet. What takes more than `max_bytes` is never kept.
    pub(crate) fn new(max_bytes: usize) -> Self {
        let (entries, by_use) = (BTreeMap::new(), BTreeMap::new());
        let held = Held { entries, by_use, bytes: 0, uses: 0, swept: 0 };
        Self { max_bytes, held: Mutex::new(held) }
    }

    /// What is kept of it, if it was made from the same.
    pub(crate) fn get(&self, of: Of, version: Version) -> Option<Arc<T>> {
        let mut held = self.lock();
        held.uses += 1;
        let now = held.uses;
        let entry = held.entries.get_mut(&of).filter(|entry| entry.version == version)?;
        let (value, before) = (Arc::clone(&entry.value), std::mem::replace(&mut entry.used, now));
        held.by_use.remove(&before);
        held.by_use.insert(now, of);
        Some(value)
    }

    /// Keeps it in the place of an earlier one, where it fits. Callers go by
    /// [`crate::app::App::keep`], which knows of runs that were deleted meanwhile.
    pub(crate) fn put(&self, of: Of, version: Version, value: Arc<T>, bytes: usize) {
        let bytes = bytes.saturating_add(ENTRY_BYTES);
        let mut held = self.lock();
        held.remove(of);
        if bytes > self.max_bytes {
            return;
        }
        while held.bytes + bytes > self.max_bytes {
            let Some(oldest) = held.by_use.first_key_value().map(|(_, of)| *of) else { break };
            held.remove(oldest);
        }
        held.uses += 1;
        let used = held.uses;
        held.bytes += bytes;
        held.by_use.insert(used, of);
        held.entries.insert(of, Entry { version, value, bytes, used });
    }

    /// Forgets a run that was deleted, and its spans.
    pub(crate) fn forget(&self, workspace: WorkspaceId, trace_id: TraceId) {
        let mut held = self.lock();
        let run = Of::run(workspace, trace_id);
        let of_run = held.entries.range(run..).map(|(of, _)| *of);
        let gone: Vec<Of> = of_run.take_while(|of| of.of_run() == run.of_run()).collect();
        gone.into_iter().for_each(|of| held.remove(of));
    }

    /// Forgets all, where it is not known what was deleted.
    pub(crate) fn clear(&self) {
        let mut held = self.lock();
        held.entries.clear();
        held.by_use.clear();
        held.bytes = 0;
    }

    /// Forgets what nobody asked for since the call before.
    pub(crate) fn sweep(&self) {
        let mut held = self.lock();
        let (uses, swept) = (held.uses, held.swept);
        held.swept = uses;
        let unused: Vec<Of> = held.by_use.range(..=swept).map(|(_, of)| *of).collect();
        unused.into_iter().for_each(|of| held.remove(of));
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().entries.len()
    }

    fn lock(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(|poison| poison.into_inner())
    }
}

impl<T> Held<T> {
    fn remove(&mut self, of: Of) {
        if let Some(entry) = self.entries.remove(&of) {
            self.by_use.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Version = Version { seq: 1, derivations: 0 };

    fn trace(number: u8) -> TraceId {
        TraceId::from_bytes(&[number; 16]).unwrap()
    }

    fn run(number: u8) -> Of {
        Of::run(WorkspaceId::DEFAULT, trace(number))
    }

    fn span(number: u8, span: u8) -> Of {
        let span_id = SpanId::from_bytes(&[span; 8]).unwrap();
        Of::span(WorkspaceId::DEFAULT, trace(number), span_id)
    }

    fn has(kept: &Kept<u8>, of: Of) -> bool {
        kept.get(of, FIRST).is_some()
    }

    #[test]
    fn one_of_another_moment_is_not_given() {
        let kept = Kept::new(1000);
        kept.put(run(1), FIRST, Arc::new(7), 0);
        assert_eq!(kept.get(run(1), FIRST).as_deref(), Some(&7));
        assert_eq!(kept.get(run(1), Version { seq: 2, ..FIRST }), None);
        assert_eq!(kept.get(run(1), Version { derivations: 1, ..FIRST }), None);
        assert_eq!(kept.get(run(2), FIRST), None);
    }

    #[test]
    fn the_one_not_used_for_longest_goes_first() {
        let kept = Kept::new(700);
        kept.put(run(1), FIRST, Arc::new(1), 44);
        kept.put(run(2), FIRST, Arc::new(2), 44);
        assert!(has(&kept, run(1)));
        kept.put(run(3), FIRST, Arc::new(3), 44);
        assert_eq!([1, 2, 3].map(|number| has(&kept, run(number))), [true, false, true]);
        assert_eq!(kept.lock().bytes, 600);
        kept.put(run(1), FIRST, Arc::new(1), 701);
        assert!(!has(&kept, run(1)), "it is another, and too large");
        assert_eq!(kept.lock().bytes, 300);
        assert_eq!(kept.lock().by_use.len(), 1);
    }

    #[test]
    fn a_run_is_forgotten_with_its_spans() {
        let kept = Kept::new(10_000);
        let all = [run(1), span(1, 1), run(2), span(2, 1), span(2, 255), run(3)];
        all.into_iter().for_each(|of| kept.put(of, FIRST, Arc::new(0), 0));
        kept.forget(WorkspaceId::DEFAULT, trace(2));
        assert_eq!(all.map(|of| has(&kept, of)), [true, true, false, false, false, true]);
        kept.forget(WorkspaceId(99), trace(1));
        assert_eq!(kept.len(), 3);
        assert_eq!(kept.lock().bytes, 768);
        kept.clear();
        assert_eq!(kept.len(), 0);
        assert_eq!(kept.lock().bytes, 0);
    }

    #[test]
    fn what_nobody_asks_for_goes() {
        let kept = Kept::new(10_000);
        kept.put(run(1), FIRST, Arc::new(1), 0);
        kept.put(run(2), FIRST, Arc::new(2), 0);
        kept.sweep();
        assert!(has(&kept, run(2)));
        kept.sweep();
        assert_eq!([1, 2].map(|number| has(&kept, run(number))), [false, true]);
    }
}
