//! What belongs to a run and is no span: flat events and labels.

use std::collections::{BTreeMap, HashSet};

use clew_model::ids::TraceId;
use clew_model::source::RunEvent;
use rusqlite::Connection;

use super::Outcome;
use crate::embedded::attachments::{self, Kept};
use crate::embedded::prepare::Prepared;
use crate::embedded::rows::{self, Arrival, Upserted};
use crate::embedded::writer::Writer;
use crate::embedded::{labels, run_events, tombstones};
use crate::{AgentId, StoreError, WorkspaceId};

impl Writer {
    pub(super) fn write_beside(
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
                        refuse(connection, outcome, place, (workspace, trace_id), events.len())?
                    }
                }
            }
            self.write_labels(connection, (place, request), now, outcome)?;
            self.write_attachments(connection, (place, request), now, outcome)?;
        }
        Ok(())
    }

    /// A run that a label names gets its row; a run that was deleted refuses it.
    fn write_labels(
        &mut self,
        connection: &Connection,
        (place, request): (usize, &mut Prepared),
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let (workspace, key_agent) = (request.workspace, request.agent);
        let mut labels = std::mem::take(&mut request.labels);
        let mut refused: BTreeMap<TraceId, usize> = BTreeMap::new();
        let mut there: HashSet<TraceId> = HashSet::new();
        for label in &labels {
            let Some(trace_id) = label.target.trace_id() else { continue };
            if let Some(count) = refused.get_mut(&trace_id) {
                *count += 1;
            } else if !there.contains(&trace_id) {
                match self.reach(connection, workspace, trace_id, key_agent, now, outcome)? {
                    Some(_) => _ = there.insert(trace_id),
                    None => _ = refused.insert(trace_id, 1),
                }
            }
        }
        for (trace_id, count) in &refused {
            refuse(connection, outcome, place, (workspace, *trace_id), *count)?;
        }
        labels.retain(|label| {
            label.target.trace_id().is_none_or(|trace_id| !refused.contains_key(&trace_id))
        });
        labels::put_along(connection, workspace, &labels)
    }

    /// Likewise.
    fn write_attachments(
        &mut self,
        connection: &Connection,
        (place, request): (usize, &mut Prepared),
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let (workspace, key_agent) = (request.workspace, request.agent);
        outcome.appended[place].refused_attachments += request.refused_attachments;
        for attachment in std::mem::take(&mut request.attachments) {
            let trace_id = attachment.trace_id();
            let tno = self.reach(connection, workspace, trace_id, key_agent, now, outcome)?;
            let Some(tno) = tno else {
                refuse(connection, outcome, place, (workspace, trace_id), 1)?;
                continue;
            };
            let per_trace = request.attachments_per_trace;
            let kept = attachments::put(connection, (workspace, tno), &attachment, per_trace, now)?;
            let appended = &mut outcome.appended[place];
            match kept {
                Kept::New => appended.new_attachments += 1,
                Kept::Known => {}
                Kept::Refused => appended.refused_attachments += 1,
            }
        }
        Ok(())
    }

    /// The number of a trace that something is said about; `None` where it is refused. Neither a
    /// verdict nor a file is news of a run that is there: it does not come to life by it.
    fn reach(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
        key_agent: Option<AgentId>,
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<Option<i64>, StoreError> {
        let Some(tno) = rows::tno(connection, workspace, &trace_id)? else {
            return self.touch(connection, workspace, trace_id, key_agent, now, outcome);
        };
        rows::set_commit(connection, tno, outcome.seq)?;
        outcome.announce(workspace, trace_id, false);
        Ok(Some(tno))
    }

    /// Makes sure that a trace with events or labels has a row; `None` where it is refused.
    fn touch(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
        key_agent: Option<AgentId>,
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<Option<i64>, StoreError> {
        let mut active = match outcome.actives.remove(&(workspace, trace_id)) {
            Some(active) => active,
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
            note: None,
            stale: false,
            stored: false,
            key_agent,
            now,
            commit_seq: outcome.seq,
        };
        let Upserted { tno, new } = self.rows.upsert(connection, &arrival, &mut active.memo)?;
        outcome.announce(workspace, trace_id, new);
        outcome.actives.insert((workspace, trace_id), active);
        Ok(Some(tno))
    }
}

fn refuse(
    connection: &Connection,
    outcome: &mut Outcome,
    place: usize,
    (workspace, trace_id): (WorkspaceId, TraceId),
    count: usize,
) -> Result<(), StoreError> {
    outcome.appended[place].refused_deleted += count as u64;
    tombstones::count_refused(connection, workspace, &trace_id, count as u64)
}
