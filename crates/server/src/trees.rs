//! Trees of runs that were looked at lately. A run is opened, then its spans, its ledger and
//! its conversation are read: each needs the tree, which takes longer to build than to ask.

use std::sync::Arc;

use clew_model::ids::TraceId;
use clew_model::trace::Tree;
use clew_store::TraceRow;

use crate::api::own::own_row;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::kept::{Of, Version};

/// How often a reader that is overtaken by a commit starts over.
const ATTEMPTS: usize = 3;

/// A run at one moment: its row, and the tree of the same spans.
pub(crate) struct Run {
    /// The row.
    pub(crate) row: TraceRow,
    /// The tree. Its sums are the row's.
    pub(crate) tree: Arc<Tree>,
}

/// The run as the caller may see it, or 404.
pub(crate) fn run(app: &App, caller: &Caller, trace_id: TraceId) -> Result<Run, ApiError> {
    let workspace = caller.workspace;
    let derivations = app.store.derivations();
    let mut row = own_row(app, caller, trace_id)?;
    let of = Of::run(workspace, trace_id);
    for attempt in 1.. {
        let version = Version { seq: row.span_seq, derivations };
        if let Some(tree) = app.trees.get(of, version) {
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
                let version = Version { seq: row.span_seq, derivations };
                app.keep(&app.trees, of, version, &tree, tree.memory_bytes());
            }
            return Ok(Run { row, tree });
        }
    }
    Err(ApiError::not_found("trace"))
}
