//! Traces that may still grow: what the writer must know to tell a new span from a known
//! one and to keep the row current. All of it can be had again from chunks and staging, so
//! it may be dropped at any time; after a failed commit it is dropped.

use std::collections::{BTreeSet, HashMap};

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::Span;
use rusqlite::Connection;

use super::codec::records::{Record, SHARED_OWNER};
use super::disk::chunks::{self, Want};
use super::disk::dictionaries::Dictionaries;
use super::hash::ByHash;
use super::meaning::TraceState;
use super::notes;
use super::owners::is_session;
use super::rows::{self, RowMemo};
use super::staging::Staging;
use crate::{Normalise, StoreError, WorkspaceId};

/// Traces that are looked at for eviction in one commit.
const EVICT_LOOKS: usize = 256;

/// One trace.
pub(super) struct ActiveTrace {
    pub(super) state: TraceState,
    pub(super) memo: Option<RowMemo>,
    pub(super) spans: HashMap<SpanId, KnownSpan, ByHash>,
    /// Shared texts that count this trace.
    pub(super) shared: Vec<u64>,
    /// Session owners that name this trace.
    pub(super) owners: Vec<i64>,
    touched: u64,
    counted: usize,
    /// Spans when the state's memory was last asked for: that is a round over all of them.
    counted_spans: usize,
    counted_state: usize,
}

/// The stored version of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownSpan {
    /// Hash of its source; 0 where it is not known.
    pub(super) hash: u64,
    /// The commit that stored it.
    pub(super) seq: u64,
}

/// All of them, by workspace and id.
#[derive(Default)]
pub(super) struct ActiveTraces {
    traces: HashMap<(WorkspaceId, TraceId), ActiveTrace, ByHash>,
    by_touch: BTreeSet<(u64, WorkspaceId, TraceId)>,
    bytes: usize,
}

impl ActiveTrace {
    /// A trace that nothing is known of.
    pub(super) fn new(trace_id: TraceId) -> Self {
        Self {
            state: TraceState::new(trace_id),
            memo: None,
            spans: HashMap::default(),
            shared: Vec::new(),
            owners: Vec::new(),
            touched: 0,
            counted: 0,
            counted_spans: 0,
            counted_state: 0,
        }
    }

    /// Builds the state of a trace that is stored; `None` where it is not.
    pub(super) fn load(
        connection: &Connection,
        dictionaries: &Dictionaries,
        staging: &Staging,
        normalise: &Normalise,
        (workspace, trace_id): (WorkspaceId, TraceId),
    ) -> Result<Option<Self>, StoreError> {
        let Some(found) = rows::find(connection, workspace, &trace_id)? else { return Ok(None) };
        let mut active = Self::new(trace_id);
        active.state.set_duplicates(found.duplicates);
        let mut last_seq = 0;
        for chunk in chunks::of_trace(connection, dictionaries, found.tno, Want::Heads)? {
            last_seq = last_seq.max(chunk.last_seq);
            let head = chunk.head()?;
            head.shared.iter().for_each(|number| {
                active.note_shared(*number);
            });
            head.owners.iter().for_each(|owner| active.note_owner(*owner));
            let mut spans = Vec::new();
            head.spans(trace_id, &mut spans)
                .map_err(|damage| damage.at(format_args!("chunk {}", chunk.key)))?;
            for (seq, span) in spans {
                active.learn(seq, &span);
            }
        }
        for record in staging.view(found.tno, false).records {
            if record.seq > last_seq {
                active.learn_staged(trace_id, &record)?;
            }
        }
        if let Some(note) = notes::readable(connection, found.tno, trace_id)? {
            active.state.set_note(&normalise(&note));
        }
        active.memo = Some(found.memo);
        Ok(Some(active))
    }

    fn learn(&mut self, seq: u64, span: &Span) {
        if self.spans.get(&span.span_id).is_none_or(|known| known.seq <= seq) {
            self.state.upsert(span);
            self.spans.insert(span.span_id, KnownSpan { hash: 0, seq });
        }
    }

    fn learn_staged(&mut self, trace_id: TraceId, record: &Record) -> Result<(), StoreError> {
        let place = || format!("span {} of trace {trace_id}", record.span_id);
        self.learn(record.seq, &record.span(trace_id).map_err(|damage| damage.at(place()))?);
        for run in &record.runs {
            if run.owner == SHARED_OWNER {
                run.numbers().for_each(|number| {
                    self.note_shared(number);
                });
            } else {
                self.note_owner(run.owner);
            }
        }
        Ok(())
    }

    fn note_owner(&mut self, owner: i64) {
        if is_session(owner) && !self.owners.contains(&owner) {
            self.owners.push(owner);
        }
    }

    /// True when the trace did not refer to this shared text before.
    pub(super) fn note_shared(&mut self, number: u64) -> bool {
        let is_new = !self.shared.contains(&number);
        if is_new {
            self.shared.push(number);
        }
        is_new
    }

    fn memory_bytes(&mut self) -> usize {
        if self.spans.len() > self.counted_spans + self.counted_spans / 8 {
            self.counted_spans = self.spans.len();
            self.counted_state = self.state.memory_bytes();
        }
        size_of::<Self>()
            + self.spans.capacity() * 26
            + self.counted_state
            + self.memo.as_ref().map_or(0, RowMemo::memory_bytes)
            + self.shared.capacity() * 8
            + self.owners.capacity() * 8
    }
}

impl ActiveTraces {
    /// Takes a trace out; a commit that succeeds gives it back.
    pub(super) fn take(
        &mut self,
        workspace: WorkspaceId,
        trace_id: TraceId,
    ) -> Option<ActiveTrace> {
        let active = self.traces.remove(&(workspace, trace_id))?;
        self.bytes -= active.counted;
        self.by_touch.remove(&(active.touched, workspace, trace_id));
        Some(active)
    }

    /// Puts a trace back as used by commit `seq`.
    pub(super) fn put(
        &mut self,
        workspace: WorkspaceId,
        trace_id: TraceId,
        mut active: ActiveTrace,
        seq: u64,
    ) {
        active.touched = seq;
        active.counted = active.memory_bytes();
        self.bytes += active.counted;
        self.by_touch.insert((seq, workspace, trace_id));
        self.traces.insert((workspace, trace_id), active);
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.traces.len()
    }

    /// Drops the traces that were not used for longest, but not those that are staged while
    /// others can go: they will be asked for again. Looks at a few in each commit, so that
    /// a store full of staged traces costs no round over all of them every time.
    pub(super) fn evict(&mut self, max_bytes: usize, is_staged: impl Fn(i64) -> bool) {
        let mut spared = Vec::new();
        while self.bytes > max_bytes && spared.len() < EVICT_LOOKS {
            let Some(oldest) = self.by_touch.pop_first() else { break };
            let key = (oldest.1, oldest.2);
            let memo = self.traces.get(&key).and_then(|active| active.memo.as_ref());
            // A quarter more is the end of sparing any.
            if self.bytes <= max_bytes / 4 * 5 && memo.is_some_and(|memo| is_staged(memo.tno)) {
                spared.push(oldest);
            } else if let Some(active) = self.traces.remove(&key) {
                self.bytes -= active.counted;
            }
        }
        self.by_touch.extend(spared);
    }
}
