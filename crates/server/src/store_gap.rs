//! Calls that the store does not have yet.

use clew_model::ids::TraceId;
use clew_store::{Agent, Change, Store, StoreError, Workspace, WorkspaceId};

type Outcome<T> = Result<T, StoreError>;

fn not_yet<T>() -> Outcome<T> {
    Err(StoreError::Invalid("not in this version".to_owned()))
}

pub(crate) trait StoreGap {
    fn delete_trace(&self, _trace: &TraceId, _why: &str, _change: &Change) -> Outcome<()> {
        not_yet()
    }
    fn agent_by_name(&self, workspace: WorkspaceId, name: &str) -> Outcome<Option<Agent>>;
    fn trace_count(&self, _workspace: WorkspaceId) -> Outcome<u64> {
        not_yet()
    }
    fn delete_workspace(&self, _workspace: &Workspace, _change: &Change) -> Outcome<()> {
        not_yet()
    }
}

impl StoreGap for Store {
    fn agent_by_name(&self, workspace: WorkspaceId, name: &str) -> Outcome<Option<Agent>> {
        for id in self.keys(workspace)?.iter().filter_map(|key| key.agent) {
            let agent = self.agent(workspace, id)?;
            if let Some(agent) = agent.filter(|agent| agent.name == name) {
                return Ok(Some(agent));
            }
        }
        Ok(None)
    }
}
