//! One group commit: many requests, one transaction, one log row.
//!
//! Everything that a commit changes in memory is taken out of the writer's tables first and
//! put back after COMMIT. A commit that fails just does not put it back: what is not there
//! is built again from disk and staging, so there is nothing to undo.

mod beside;
mod fold;
mod note;
mod numbering;

use std::collections::{HashMap, HashSet};

use clew_model::ids::TraceId;
use clew_model::span::Span;
use rusqlite::Connection;

use super::active::ActiveTrace;
use super::codec::frame;
use super::codec::log::{LogBlock, TraceGroup};
use super::codec::source::SourceWriter;
use super::disk::shared;
use super::hash::ByHash;
use super::owners::Place;
use super::prepare::{Prepared, PreparedSpan};
use super::rows::{Arrival, Upserted};
use super::writer::Writer;
use super::{notes, tombstones};
use crate::{Appended, ChangedTrace, FaultPoint, Incoming, StoreError, WorkspaceId};
use numbering::{Numbering, OwnerGroups};

/// What a commit did, to be made known after COMMIT.
pub(super) struct Outcome {
    pub(super) seq: u64,
    /// In the order of the requests.
    pub(super) appended: Vec<Appended>,
    pub(super) block: LogBlock,
    pub(super) changed: Vec<(WorkspaceId, ChangedTrace)>,
    pub(super) log_bytes: usize,
    /// The traces of `changed`: a request may speak of as many as it has items.
    announced: HashSet<(WorkspaceId, TraceId), ByHash>,
    actives: HashMap<(WorkspaceId, TraceId), ActiveTrace, ByHash>,
    owners: Vec<i64>,
}

impl Outcome {
    /// Notes that a trace changed, once however much is said of it.
    fn announce(&mut self, workspace: WorkspaceId, trace_id: TraceId, new: bool) {
        if self.announced.insert((workspace, trace_id)) {
            self.changed.push((workspace, ChangedTrace { trace_id, new, deleted: false }));
        }
    }
}

/// The parts of a commit that belong to one trace.
struct Arrived {
    workspace: WorkspaceId,
    trace_id: TraceId,
    /// Request and the trace's spans in it.
    spans: Vec<(usize, Vec<PreparedSpan>)>,
    /// Likewise.
    notes: Vec<(usize, Vec<Incoming>)>,
}

/// A span that will be stored: the last version of this commit.
struct Pending {
    span: PreparedSpan,
    texts: Texts,
    /// Its facts lack a name that an earlier version had.
    loses_names: bool,
}

/// Where a pending span's texts are.
enum Texts {
    OfRequest(usize),
    Own(Box<SourceWriter>),
}

impl Writer {
    /// Writes the requests in the open transaction. The caller commits, then calls
    /// [`Writer::settle`], or rolls back and calls [`Writer::forget_after_rollback`].
    pub(super) fn write_commit(
        &mut self,
        connection: &Connection,
        requests: &mut [Prepared],
    ) -> Result<Outcome, StoreError> {
        let seq = self.last_seq + 1;
        let now = (self.options.clock)();
        let mut outcome = Outcome {
            seq,
            appended: vec![Appended { commit_seq: seq, ..Appended::default() }; requests.len()],
            block: LogBlock::default(),
            changed: Vec::new(),
            log_bytes: 0,
            announced: HashSet::default(),
            actives: HashMap::default(),
            owners: Vec::new(),
        };
        let mut groups = OwnerGroups::default();
        for arrived in by_trace(requests) {
            self.write_trace(connection, requests, arrived, now, &mut outcome, &mut groups)?;
        }
        self.write_beside(connection, requests, now, &mut outcome)?;
        for (id, traces) in std::mem::take(&mut groups.shared_counts) {
            shared::count(connection, id, traces)?;
        }
        outcome.owners = groups.order.clone();
        outcome.block.owners = groups.finish();
        let mut raw = std::mem::take(&mut self.log_buffer);
        raw.clear();
        outcome.block.encode(&mut raw);
        let packed = frame::pack(&raw, frame::LEVEL_FAST);
        self.log_buffer = raw;
        let packed = packed?;
        outcome.log_bytes = packed.data.len();
        super::log::insert(connection, seq, &packed)?;
        self.fault(FaultPoint::BeforeCommit)?;
        Ok(outcome)
    }

    /// Makes a committed outcome part of the writer's state.
    pub(super) fn settle(&mut self, outcome: &mut Outcome) {
        let seq = outcome.seq;
        self.last_seq = seq;
        for ((workspace, trace_id), active) in outcome.actives.drain() {
            self.actives.put(workspace, trace_id, active, seq);
        }
        outcome.owners.iter().for_each(|owner| self.owners.touch(*owner, seq));
        self.touched_owners.clear();
    }

    /// Drops everything that the failed transaction may have touched.
    pub(super) fn forget_after_rollback(&mut self) {
        self.rows.forget();
        self.shared.clear();
        for owner in std::mem::take(&mut self.touched_owners) {
            self.owners.forget(owner);
        }
    }

    fn write_trace(
        &mut self,
        connection: &Connection,
        requests: &[Prepared],
        arrived: Arrived,
        now: i64,
        outcome: &mut Outcome,
        groups: &mut OwnerGroups,
    ) -> Result<(), StoreError> {
        let Arrived { workspace, trace_id, spans, notes } = arrived;
        let Some(mut active) = self.active(connection, workspace, trace_id, now)? else {
            let of_spans = spans.iter().map(|(request, spans)| (*request, spans.len()));
            let of_notes = notes.iter().map(|(request, notes)| (*request, notes.len()));
            let mut refused = 0;
            for (request, count) in of_spans.chain(of_notes) {
                outcome.appended[request].refused_deleted += count as u64;
                refused += count as u64;
            }
            return tombstones::count_refused(connection, workspace, &trace_id, refused);
        };
        let places = spans.iter().map(|(place, _)| *place);
        let mut places = places.chain(notes.iter().map(|(place, _)| *place));
        let key_agent = places.find_map(|place| requests[place].agent);
        let note = self.fold_notes(connection, &mut active, trace_id, notes)?;
        let pending = self.sort_out(connection, requests, &mut active, spans, outcome)?;
        let summary = active.state.summary();
        let facts: Vec<&Span> = pending.iter().map(|pending| &pending.span.span).collect();
        let arrival = Arrival {
            workspace,
            summary: &summary,
            spans: &facts,
            note: note.as_ref().map(|note| &note.facts),
            stale: pending.iter().any(|pending| pending.loses_names),
            stored: !pending.is_empty(),
            key_agent,
            now,
            commit_seq: outcome.seq,
        };
        let Upserted { tno, new } = self.rows.upsert(connection, &arrival, &mut active.memo)?;
        outcome.announce(workspace, trace_id, new);
        if let Some(note) = note {
            notes::put(connection, workspace, tno, &note.packed)?;
        }
        if !pending.is_empty() {
            let place = Place {
                connection,
                dictionaries: &self.dictionaries,
                staging: &self.staging,
                workspace,
                now,
            };
            let session = summary.session_id.as_deref();
            let owner = self.owners.current(&place, (tno, new), session, &self.epochs)?;
            self.touched_owners.push(owner);
            let mut numbering = Numbering { workspace, tno, owner, groups };
            let records = self.number_texts(
                connection,
                requests,
                &mut active,
                pending,
                &mut numbering,
                outcome.seq,
            )?;
            outcome.block.traces.push(TraceGroup { workspace, tno, trace_id, records });
        }
        outcome.actives.insert((workspace, trace_id), active);
        Ok(())
    }

    /// The state of a trace from what is stored; `None` where it is not.
    pub(super) fn load_active(
        &self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
    ) -> Result<Option<ActiveTrace>, StoreError> {
        let (dictionaries, normalise) = (&self.dictionaries, &self.options.normalise);
        let key = (workspace, trace_id);
        ActiveTrace::load(connection, dictionaries, &self.staging, normalise, key)
    }

    /// The state of a trace; `None` where it was deleted and is refused.
    fn active(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
        now: i64,
    ) -> Result<Option<ActiveTrace>, StoreError> {
        if let Some(active) = self.actives.take(workspace, trace_id) {
            return Ok(Some(active));
        }
        let found = self.load_active(connection, workspace, trace_id)?;
        if found.is_some() {
            return Ok(found);
        }
        let is_refused = tombstones::refused(connection, workspace, &trace_id, now)?;
        Ok((!is_refused).then(|| ActiveTrace::new(trace_id)))
    }
}

/// The spans of all requests by trace, traces in order of first appearance.
fn by_trace(requests: &mut [Prepared]) -> Vec<Arrived> {
    let mut all: Vec<Arrived> = Vec::new();
    let mut places: HashMap<(WorkspaceId, TraceId), usize, ByHash> = HashMap::default();
    for (place, request) in requests.iter_mut().enumerate() {
        let workspace = request.workspace;
        for trace in std::mem::take(&mut request.traces) {
            let trace_id = trace.trace_id;
            let known = *places.entry((workspace, trace_id)).or_insert_with(|| {
                all.push(Arrived { workspace, trace_id, spans: Vec::new(), notes: Vec::new() });
                all.len() - 1
            });
            if !trace.spans.is_empty() {
                all[known].spans.push((place, trace.spans));
            }
            if !trace.notes.is_empty() {
                all[known].notes.push((place, trace.notes));
            }
        }
    }
    all
}
