//! Which trace a run belongs to, where it does not say so itself: a patch by its id alone,
//! and runs made one by one without the SDK's bookkeeping.

use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};

use super::Context;
use super::order;
use crate::parts::{checked_span_id, checked_trace_id};
use crate::raw::RawFields;

/// Traces of runs that a request names.
#[derive(Debug, Default)]
pub(super) struct Known {
    traces: HashMap<SpanId, TraceId>,
}

impl Known {
    /// Notes what a run says of itself, before any run is read: they may stand in any order.
    pub(super) fn note(&mut self, id: &str, fields: &RawFields<'_>) {
        let Ok(span_id) = checked_span_id(id) else { return };
        let said = said_trace(id, fields).or_else(|| match fields.peek("parent_run_id") {
            // A run made without a parent is the root.
            None => checked_trace_id(id).ok().filter(|_| fields.peek("run_type").is_some()),
            Some(_) => None,
        });
        if let Some(trace_id) = said {
            self.traces.insert(span_id, trace_id);
        }
    }

    /// Notes the trace of a run that has been looked up.
    pub(super) fn put(&mut self, span_id: SpanId, trace_id: TraceId) {
        self.traces.insert(span_id, trace_id);
    }

    /// The trace of a run, from this request or an earlier one.
    pub(super) fn trace_of(&self, span_id: SpanId, context: &Context<'_>) -> Option<TraceId> {
        self.traces.get(&span_id).copied().or_else(|| (context.trace_of)(span_id))
    }
}

/// The trace that a run names, else the root of its order.
pub(super) fn said_trace(id: &str, fields: &RawFields<'_>) -> Option<TraceId> {
    let trace = fields.peek_word("trace_id");
    let order = fields.peek_word("dotted_order");
    let root = order.as_deref().and_then(|order| {
        let parent = fields.peek_word("parent_run_id");
        order::believed(order, id, parent.as_deref(), trace.as_deref())
    });
    checked_trace_id(trace.as_deref().or(root.map(|order| order.root))?).ok()
}
