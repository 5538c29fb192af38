//! Values that fields have had: what completion offers and what a hint compares with.

use clew_query::Field;
use serde::Serialize;

use crate::embedded::lists;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Scanned};
use crate::{Store, StoreError};

/// A question for values.
#[derive(Debug, Clone)]
pub struct ValueQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Only of this agent's traces: an agent key is told of no others (ruling 5).
    pub agent: Option<AgentId>,
    /// Of which field. One whose values are not remembered has none.
    pub field: Field,
    /// Values that begin so, case ignored.
    pub prefix: String,
    /// How many.
    pub limit: usize,
    /// How much may be looked at.
    pub budget: Budget,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldValue {
    /// As senders wrote it.
    pub value: String,
    /// Traces that have it, counted up to a thousand; `None` where nothing counts them.
    pub trace_count: Option<u64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldValues {
    /// Sessions, users and names by their newest trace, others by how many traces have them,
    /// those that are not counted in order.
    pub values: Vec<FieldValue>,
    /// Set where the time ran out: the values are those of the newest traces, and not counted.
    pub scanned: Option<Scanned>,
}

impl Store {
    /// Values of a field that there are now.
    pub fn field_values(&self, query: &ValueQuery) -> Result<FieldValues, StoreError> {
        self.inner.walkers.read(|connection| lists::field_values(connection, query))
    }
}
