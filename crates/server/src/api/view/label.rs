//! Labels.

use clew_model::label::{Label, LabelSource, LabelTarget};
use serde::Serialize;

use super::Nanos;

/// A verdict.
#[derive(Debug, Serialize)]
pub(crate) struct LabelView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
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
    /// With its number, where it is known.
    pub(crate) fn new(id: Option<i64>, label: &'a Label) -> Self {
        Self {
            id,
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
