//! Where the store asks the model what spans mean.

pub(crate) use clew_model::fold::{fold, resolve_pending};
pub(crate) use clew_model::trace::TraceState;
