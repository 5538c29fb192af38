//! Lists of traces, spans, sessions, users and agents: what is asked and what is answered.

use std::time::Instant;

use clew_model::ids::TraceId;
use clew_model::source::{RunEvent, SourceSpan};
use clew_model::span::Span;
use clew_query::{Filter, SortKey};
use rusqlite::Connection;
use serde::Serialize;

use crate::embedded::lists::{self, SpanSource};
use crate::embedded::search::held::{SharedTokens, may_hold};
use crate::embedded::{Embedded, run_events};
use crate::ids::{AgentId, WorkspaceId};
use crate::{Store, StoreError, TraceRow};

/// A page of traces.
#[derive(Debug, Clone)]
pub struct TraceQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Read for [`clew_query::Subject::Trace`].
    pub filter: Filter,
    /// The first counts most; empty is newest start first. Ties go by order of arrival.
    pub sort: Vec<SortKey>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Only this agent's: an agent key sees no others (ruling 5).
    pub agent: Option<AgentId>,
    /// How much may be looked at.
    pub budget: Budget,
    /// For states, nanoseconds since 1970 UTC.
    pub now: i64,
}

/// How long one answer may take. Beyond it the rows so far are answered, with a cursor to go on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget {
    /// `None`: `store.read_max` from now on.
    pub deadline: Option<Instant>,
    /// Rows looked at, at most; for tests.
    pub scan_rows: Option<u64>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// In order.
    pub rows: Vec<T>,
    /// For the next page; `None` where this is the last.
    pub next_cursor: Option<String>,
    /// Rows that meet the filter, over all pages.
    pub total: u64,
    /// Whether that is all of them or what was counted so far.
    pub total_is: TotalIs,
    /// Set where the time ran out before the page was full.
    pub scanned: Option<Scanned>,
}

impl<T> Page<T> {
    /// Nothing meets the question.
    pub(crate) fn empty() -> Page<T> {
        Page {
            rows: Vec::new(),
            next_cursor: None,
            total: 0,
            total_is: TotalIs::Exact,
            scanned: None,
        }
    }
}

/// What a total says (ruling 19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalIs {
    /// All were counted.
    Exact,
    /// There may be more.
    AtLeast,
}

/// "x of y": how far a scan came, all pages so far together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scanned {
    /// Rows looked at.
    pub rows: u64,
    /// Rows that there are to look at.
    pub of: u64,
}

impl Store {
    /// A page of traces. It holds what was committed before the call.
    pub fn traces(&self, query: &TraceQuery) -> Result<Page<TraceRow>, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| lists::traces(connection, &spans, query))
    }

    /// Whether there is any trace, or any of this agent. Stops at the first.
    pub fn has_traces(
        &self,
        workspace: WorkspaceId,
        agent: Option<AgentId>,
    ) -> Result<bool, StoreError> {
        self.read(|connection| match agent {
            None => {
                let sql = "SELECT EXISTS (SELECT 1 FROM traces WHERE workspace = ?1)";
                Ok(connection.prepare_cached(sql)?.query_row([workspace.0], |row| row.get(0))?)
            }
            Some(agent) => {
                let sql = "SELECT EXISTS (SELECT 1 FROM traces WHERE agent_no = \
                    (SELECT agent_no FROM agents WHERE workspace = ?1 AND agent_id = ?2))";
                let asked = (workspace.0, agent.0);
                Ok(connection.prepare_cached(sql)?.query_row(asked, |row| row.get(0))?)
            }
        })
    }

    /// Flat events of a run, in order of time.
    pub fn run_events(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<RunEvent>, StoreError> {
        self.read(|connection| run_events::of_trace(connection, workspace, trace_id))
    }
}

/// Spans of the store, for filters that ask for more than rows know.
pub(crate) struct StoredSpans<'a> {
    store: &'a Embedded,
    in_shared: SharedTokens,
}

impl StoredSpans<'_> {
    /// For one list.
    pub(crate) fn new(store: &Embedded) -> StoredSpans<'_> {
        StoredSpans { store, in_shared: SharedTokens::default() }
    }
}

impl SpanSource for StoredSpans<'_> {
    fn spans(&self, workspace: WorkspaceId, trace_id: &TraceId) -> Result<Vec<Span>, StoreError> {
        unless_gone(self.store.spans(workspace, trace_id).map(|found| found.spans))
    }

    fn sources(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<SourceSpan>, StoreError> {
        unless_gone(self.store.sources(workspace, trace_id, None))
    }

    fn may_hold(
        &self,
        connection: &Connection,
        tno: i64,
        tokens: &[String],
    ) -> Result<bool, StoreError> {
        may_hold(connection, &self.in_shared, tno, tokens)
    }
}

/// A trace may be deleted while a list walks over it.
fn unless_gone<T>(found: Result<Vec<T>, StoreError>) -> Result<Vec<T>, StoreError> {
    match found {
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        other => other,
    }
}
