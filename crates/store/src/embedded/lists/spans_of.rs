//! The spans of one trace, as the evaluator walks them.

use std::cell::OnceCell;
use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use clew_model::trace::Tree;
use rusqlite::Connection;

use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Where spans come from: the chunks and staging of the store, or a test.
pub(crate) trait SpanSource {
    /// Facts of every span of a trace, in any order.
    fn spans(&self, workspace: WorkspaceId, trace_id: &TraceId) -> Result<Vec<Span>, StoreError>;

    /// The spans as their senders sent them, with all of their payload.
    fn sources(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<SourceSpan>, StoreError>;

    /// Whether each of these tokens may stand somewhere in the trace's text. `true` where that is
    /// not known.
    fn may_hold(
        &self,
        connection: &Connection,
        tno: i64,
        tokens: &[String],
    ) -> Result<bool, StoreError>;
}

/// The spans of a trace in their tree.
pub(crate) struct Spans {
    pub(crate) tree: Tree,
    sources: OnceCell<HashMap<SpanId, SourceSpan>>,
}

impl Spans {
    /// Puts spans into their tree.
    pub(crate) fn new(spans: Vec<Span>) -> Spans {
        Spans { tree: Tree::build(spans), sources: OnceCell::new() }
    }

    /// The span as it was sent.
    pub(crate) fn source(
        &self,
        index: usize,
        load: impl FnOnce() -> Result<Vec<SourceSpan>, StoreError>,
    ) -> Result<Option<&SourceSpan>, StoreError> {
        if self.sources.get().is_none() {
            let by_id = load()?.into_iter().map(|source| (source.span_id, source)).collect();
            // Set just now by nobody else: there is one thread.
            let _ = self.sources.set(by_id);
        }
        let id = self.tree.nodes().get(index).map(|node| node.span.span_id);
        Ok(id.and_then(|id| self.sources.get().and_then(|by_id| by_id.get(&id))))
    }
}
