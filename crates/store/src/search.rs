//! Searching all text: what is asked and what is answered.

use clew_model::ids::{SpanId, TraceId};
use serde::Serialize;

use crate::embedded::search;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Scanned, StoredSpans};
use crate::{Store, StoreError};

/// A search over everything that spans carry.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Words, all of which the trace must have; `"in quotes"` they stand side by side; `word*`
    /// begins so. A whole id, ours or the sender's, or the id of a session is found at once.
    pub text: String,
    /// Hits at most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Only this agent's traces.
    pub agent: Option<AgentId>,
    /// How much may be looked at; rows are traces here.
    pub budget: Budget,
}

/// A place where the text stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// The run.
    pub trace_id: TraceId,
    /// Its name.
    pub trace_name: String,
    /// Its start, nanoseconds since 1970 UTC.
    pub start_nanos: i64,
    /// The span; `None` where the run itself was meant (its id, name, session or user).
    pub span_id: Option<SpanId>,
    /// Its name.
    pub span_name: Option<String>,
    /// The words and what stands around them, at most 200 characters.
    pub snippet: String,
    /// Where the words begin in the snippet, in characters, and how many they are.
    pub marks: Vec<(usize, usize)>,
}

/// What a search found so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchPage {
    /// Newest run first; at most three of a run.
    pub hits: Vec<SearchHit>,
    /// To go on.
    pub next_cursor: Option<String>,
    /// Set where the time ran out.
    pub scanned: Option<Scanned>,
}

impl Store {
    /// Searches, newest run first, until the page is full or the time is over.
    pub fn search(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        self.search_each(query, &mut |_| true)
    }

    /// [`Store::search`] that hands out each hit as it is found; `false` ends the search, with a
    /// cursor to go on.
    pub fn search_each(
        &self,
        query: &SearchQuery,
        visit: &mut dyn FnMut(&SearchHit) -> bool,
    ) -> Result<SearchPage, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| search::search(connection, &spans, query, visit))
    }
}
