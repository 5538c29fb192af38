//! Lists: a walk along one index in the order of the page, each row held against the filter.
//!
//! [`plan`] picks the index (start, or the facet, session, user or agent that the filter names),
//! [`walk`] goes along it, [`candidate`] shows a stored row to the evaluator of `clew-query`
//! without decoding what the filter does not ask for. There is one meaning of a filter, the
//! evaluator's; an index only leaves out rows that cannot meet it.

pub(crate) mod candidate;
pub(crate) mod cursor;
pub(crate) mod names;
mod order;
pub(crate) mod plan;
mod sessions;
mod span_row;
mod spans;
mod spans_of;
pub(crate) mod totals;
pub(crate) mod traces;
mod users;
mod users_gathered;
mod values;
pub(crate) mod walk;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use sessions::{session, sessions};
pub(crate) use spans::spans;
pub(crate) use spans_of::SpanSource;
pub(crate) use traces::{row_matches, traces};
pub(crate) use users::users;
pub(crate) use values::field_values;
