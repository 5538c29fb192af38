//! Which runs a caller may see: those of its workspace, and of its agent if it has one.

use clew_model::ids::TraceId;
use clew_store::TraceRow;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// The row of a run that the caller may see.
pub(crate) fn row_for(
    app: &App,
    caller: &Caller,
    trace_id: TraceId,
) -> Result<Option<TraceRow>, ApiError> {
    let row = app.store.trace_row(caller.workspace, &trace_id)?;
    Ok(row.filter(|row| match caller.agent {
        None => true,
        Some(agent) => row.agent.as_ref().is_some_and(|owner| owner.id == agent),
    }))
}

/// The same, or 404.
pub(crate) fn own_row(app: &App, caller: &Caller, trace_id: TraceId) -> Result<TraceRow, ApiError> {
    row_for(app, caller, trace_id)?.ok_or_else(|| ApiError::not_found("trace"))
}
