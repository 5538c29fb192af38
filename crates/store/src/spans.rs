//! Lists of spans across traces.

use std::sync::Arc;

use clew_model::trace::Tree;
use clew_query::Filter;

use crate::embedded::lists;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Page, StoredSpans, TraceQuery};
use crate::row::TraceRow;
use crate::{Store, StoreError};

/// A page of spans.
#[derive(Debug, Clone)]
pub struct SpanQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Read for [`clew_query::Subject::Span`].
    pub filter: Filter,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Only this agent's traces.
    pub agent: Option<AgentId>,
    /// How much may be looked at; rows are traces here.
    pub budget: Budget,
    /// For states, nanoseconds since 1970 UTC.
    pub now: i64,
}

/// A span that was found, in its trace. Spans of one trace share it.
#[derive(Debug, Clone)]
pub struct SpanHit {
    /// The trace's row.
    pub trace: Arc<TraceRow>,
    /// All of its spans.
    pub tree: Arc<Tree>,
    /// Which one, in the order of the tree.
    pub index: usize,
}

impl Store {
    /// A page of spans: traces by start, the newest first, and in each the order of its tree.
    pub fn spans(&self, query: &SpanQuery) -> Result<Page<SpanHit>, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| lists::spans(connection, &spans, query))
    }

    /// Whether a row meets a filter on traces, as the list would say.
    pub fn row_matches(
        &self,
        filter: &Filter,
        row: &TraceRow,
        now: i64,
    ) -> Result<bool, StoreError> {
        let query = TraceQuery {
            workspace: row.workspace,
            filter: filter.clone(),
            sort: Vec::new(),
            limit: 1,
            cursor: None,
            agent: None,
            budget: Budget::default(),
            now,
        };
        let spans = StoredSpans::new(&self.inner);
        self.inner
            .walkers
            .read(|connection| lists::row_matches(connection, &spans, &query, row.tno))
    }
}
