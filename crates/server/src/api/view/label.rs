//! Labels.

use clew_model::label::{LabelSource, LabelTarget};
use clew_store::StoredLabel;
use serde::Serialize;

use super::Nanos;

/// A verdict.
#[derive(Debug, Serialize)]
pub(crate) struct LabelView<'a> {
    id: i64,
    #[serde(flatten)]
    target: &'a LabelTarget,
    name: &'a str,
    score: Option<f64>,
    value: Option<&'a str>,
    explanation: Option<&'a str>,
    source: LabelSource,
    author: &'a str,
    created_nanos: Nanos,
}

impl<'a> LabelView<'a> {
    /// With the number that takes it back.
    pub(crate) fn new(stored: &'a StoredLabel) -> Self {
        let label = &stored.label;
        Self {
            id: stored.id,
            target: &label.target,
            name: &label.name,
            score: label.score,
            value: label.value.as_deref(),
            explanation: label.explanation.as_deref(),
            source: label.source,
            author: &label.author,
            created_nanos: Nanos(label.created_nanos),
        }
    }
}
