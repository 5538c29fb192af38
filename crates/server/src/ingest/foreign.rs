//! Runs of other agents: an agent's key does not write there (ruling 5).

use std::collections::HashMap;

use clew_model::ids::TraceId;
use clew_store::{AgentId, WorkspaceId};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// Whether the caller may write to a run, which need not be there yet.
pub(crate) fn may_write(app: &App, caller: &Caller, trace_id: TraceId) -> Result<bool, ApiError> {
    let Some(agent) = caller.agent else { return Ok(true) };
    let mut foreign = ForeignTraces::new(app, caller.workspace, agent);
    foreign.check([trace_id].into_iter())?;
    Ok(!foreign.has(trace_id))
}

/// Which traces of a request are another agent's: an agent key does not write there.
pub(super) struct ForeignTraces<'a> {
    app: &'a App,
    workspace: WorkspaceId,
    agent: AgentId,
    known: HashMap<TraceId, bool>,
}

impl<'a> ForeignTraces<'a> {
    pub(super) fn new(app: &'a App, workspace: WorkspaceId, agent: AgentId) -> Self {
        ForeignTraces { app, workspace, agent, known: HashMap::new() }
    }

    pub(super) fn check(&mut self, traces: impl Iterator<Item = TraceId>) -> Result<(), ApiError> {
        for trace in traces {
            if !self.known.contains_key(&trace) {
                let row = self.app.store.trace_row(self.workspace, &trace)?;
                let owner = row.and_then(|row| row.agent);
                self.known.insert(trace, owner.is_some_and(|owner| owner.id != self.agent));
            }
        }
        Ok(())
    }

    pub(super) fn has(&self, trace: TraceId) -> bool {
        self.known.get(&trace).copied().unwrap_or(false)
    }
}
