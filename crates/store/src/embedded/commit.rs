//! One group commit: many requests, one transaction, one log row.
//!
//! Everything that a commit changes in memory is taken out of the writer's tables first and
//! put back after COMMIT. A commit that fails just does not put it back: what is not there
//! is built again from disk and staging, so there is nothing to undo.

mod fold;
mod numbering;

use std::collections::HashMap;

use clew_model::ids::TraceId;
use clew_model::source::RunEvent;
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
use super::{labels, run_events, tombstones};
use crate::{Appended, ChangedTrace, FaultPoint, StoreError, WorkspaceId};
use numbering::{Numbering, OwnerGroups};

/// What a commit did, to be made known after COMMIT.
pub(super) struct Outcome {
    pub(super) seq: u64,
    /// In the order of the requests.
    pub(super) appended: Vec<Appended>,
    pub(super) block: LogBlock,
    pub(super) changed: Vec<(WorkspaceId, ChangedTrace)>,
    pub(super) log_bytes: usize,
    actives: Vec<(WorkspaceId, TraceId, ActiveTrace)>,
    owners: Vec<i64>,
}

/// The parts of a commit that belong to one trace.
struct Arrived {
    workspace: WorkspaceId,
    trace_id: TraceId,
    /// Request and the trace's spans in it.
    spans: Vec<(usize, Vec<PreparedSpan>)>,
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
            actives: Vec::new(),
            owners: Vec::new(),
        };
        let mut groups = OwnerGroups::default();
        for arrived in by_trace(requests) {
            self.write_trace(connection, requests, arrived, now, &mut outcome, &mut groups)?;
        }
        self.write_events_and_labels(connection, requests, now, &mut outcome)?;
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
        for (workspace, trace_id, active) in outcome.actives.drain(..) {
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
        let Arrived { workspace, trace_id, spans } = arrived;
        let Some(mut active) = self.active(connection, workspace, trace_id, now)? else {
            let mut refused = 0;
            for (request, spans) in spans {
                outcome.appended[request].refused_deleted += spans.len() as u64;
                refused += spans.len() as u64;
            }
            return tombstones::count_refused(connection, workspace, &trace_id, refused);
        };
        let key_agent = spans.iter().find_map(|(request, _)| requests[*request].agent);
        let pending = self.sort_out(connection, requests, &mut active, spans, outcome)?;
        let summary = active.state.summary();
        let facts: Vec<&Span> = pending.iter().map(|pending| &pending.span.span).collect();
        let arrival = Arrival {
            workspace,
            summary: &summary,
            spans: &facts,
            stale: pending.iter().any(|pending| pending.loses_names),
            stored: !pending.is_empty(),
            key_agent,
            now,
            commit_seq: outcome.seq,
        };
        let Upserted { tno, new } = self.rows.upsert(connection, &arrival, &mut active.memo)?;
        outcome.changed.push((workspace, ChangedTrace { trace_id, new, deleted: false }));
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
        outcome.actives.push((workspace, trace_id, active));
        Ok(())
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
        let found =
            ActiveTrace::load(connection, &self.dictionaries, &self.staging, workspace, trace_id)?;
        if found.is_some() {
            return Ok(found);
        }
        let is_refused = tombstones::refused(connection, workspace, &trace_id, now)?;
        Ok((!is_refused).then(|| ActiveTrace::new(trace_id)))
    }

    fn write_events_and_labels(
        &mut self,
        connection: &Connection,
        requests: &mut [Prepared],
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        for (place, request) in requests.iter_mut().enumerate() {
            let workspace = request.workspace;
            let mut by_trace: Vec<(TraceId, Vec<RunEvent>)> = Vec::new();
            for event in std::mem::take(&mut request.run_events) {
                match by_trace.iter_mut().find(|(trace_id, _)| *trace_id == event.trace_id) {
                    Some((_, events)) => events.push(event),
                    None => by_trace.push((event.trace_id, vec![event])),
                }
            }
            for (trace_id, events) in by_trace {
                let key_agent = request.agent;
                let tno = self.touch(connection, workspace, trace_id, key_agent, now, outcome)?;
                match tno {
                    Some(tno) => {
                        run_events::put(connection, workspace, tno, &events)?;
                    }
                    None => {
                        let refused = events.len() as u64;
                        outcome.appended[place].refused_deleted += refused;
                        tombstones::count_refused(connection, workspace, &trace_id, refused)?;
                    }
                }
            }
            let labels = std::mem::take(&mut request.labels);
            if !labels.is_empty() {
                labels::put(connection, workspace, &labels)?;
            }
        }
        Ok(())
    }

    /// Makes sure that a trace with events has a row; `None` where it is refused.
    fn touch(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
        key_agent: Option<crate::AgentId>,
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<Option<i64>, StoreError> {
        let place = outcome.actives.iter().position(|(w, t, _)| (*w, *t) == (workspace, trace_id));
        let mut active = match place {
            Some(place) => outcome.actives.swap_remove(place).2,
            None => match self.active(connection, workspace, trace_id, now)? {
                Some(active) => active,
                None => return Ok(None),
            },
        };
        let summary = active.state.summary();
        let arrival = Arrival {
            workspace,
            summary: &summary,
            spans: &[],
            stale: false,
            stored: false,
            key_agent,
            now,
            commit_seq: outcome.seq,
        };
        let Upserted { tno, new } = self.rows.upsert(connection, &arrival, &mut active.memo)?;
        if !outcome.changed.iter().any(|(w, t)| (*w, t.trace_id) == (workspace, trace_id)) {
            outcome.changed.push((workspace, ChangedTrace { trace_id, new, deleted: false }));
        }
        outcome.actives.push((workspace, trace_id, active));
        Ok(Some(tno))
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
                all.push(Arrived { workspace, trace_id, spans: Vec::new() });
                all.len() - 1
            });
            all[known].spans.push((place, trace.spans));
        }
    }
    all
}
