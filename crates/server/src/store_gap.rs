//! Calls that the store does not have yet.
#![allow(missing_docs)]
use clew_model::ids::TraceId;
use clew_model::source::RunEvent;
use clew_query::Filter;
use clew_store::*;
type R<T> = Result<T, StoreError>;
pub(crate) trait StoreGap {
    fn trace_row(&self, _w: WorkspaceId, _t: &TraceId) -> R<Option<TraceRow>> {
        Err(StoreError::Closed)
    }
    fn run_events(&self, _w: WorkspaceId, _t: &TraceId) -> R<Vec<RunEvent>> {
        Err(StoreError::Closed)
    }
    fn delete_trace(&self, _t: &TraceId, _why: &str, _c: &Change) -> R<()> {
        Err(StoreError::Closed)
    }
    fn agent_by_name(&self, w: WorkspaceId, n: &str) -> R<Option<Agent>>;
    fn trace_count(&self, _w: WorkspaceId) -> R<u64> {
        Err(StoreError::Closed)
    }
    fn delete_workspace(&self, _w: &Workspace, _c: &Change) -> R<()> {
        Err(StoreError::Closed)
    }
    fn sizes(&self) -> R<Sizes> {
        Err(StoreError::Closed)
    }
    fn row_matches(&self, _f: &Filter, _r: &TraceRow, _now: i64) -> bool {
        true
    }
}
impl StoreGap for Store {
    fn agent_by_name(&self, w: WorkspaceId, n: &str) -> R<Option<Agent>> {
        for id in self.keys(w)?.iter().filter_map(|key| key.agent) {
            if let Some(agent) = self.agent(w, id)?.filter(|agent| agent.name == n) {
                return Ok(Some(agent));
            }
        }
        Ok(None)
    }
}
