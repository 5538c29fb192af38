//! Where the store asks the model what spans mean.

pub(crate) use clew_model::fold::fold;
pub(crate) use clew_model::trace::TraceState;
