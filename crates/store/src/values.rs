//! Values that fields have had: what completion offers and what a hint compares with.

use clew_query::Field;
use serde::Serialize;

use crate::embedded::lists;
use crate::ids::WorkspaceId;
use crate::{Store, StoreError};

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldValue {
    /// As senders wrote it.
    pub value: String,
    /// Traces that have it, counted up to a thousand; `None` where nothing counts them.
    pub trace_count: Option<u64>,
}

impl Store {
    /// Values of a field that begin so, case ignored: the most frequent first where they are
    /// counted, else in order. Fields whose values are not remembered have none.
    pub fn field_values(
        &self,
        workspace: WorkspaceId,
        field: Field,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<FieldValue>, StoreError> {
        self.read(|connection| lists::field_values(connection, workspace, field, prefix, limit))
    }
}
