//! Lists of sessions and users: what is asked and what is answered.

use clew_query::{Filter, SortKey};
use serde::Serialize;

use crate::embedded::labels::StoredLabel;
use crate::embedded::lists;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Page, StoredSpans};
use crate::row::AgentRef;
use crate::totals::Totals;
use crate::{Store, StoreError};

/// A page of sessions.
#[derive(Debug, Clone)]
pub struct SessionQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Read for [`clew_query::Subject::Session`].
    pub filter: Filter,
    /// Empty is the one with the newest trace first.
    pub sort: Vec<SortKey>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Only this agent's traces.
    pub agent: Option<AgentId>,
    /// How much may be looked at.
    pub budget: Budget,
    /// For states, nanoseconds since 1970 UTC.
    pub now: i64,
}

/// A conversation: the traces that share a session id.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionRow {
    /// Its id.
    pub session_id: String,
    /// The sum of its traces' rows.
    pub totals: Totals,
    /// `live` or `resumed` where one of its traces is, else the state of the last one.
    pub state: String,
    /// Name of the last trace.
    pub last_name: String,
    /// Who ran, first seen first, at most 64.
    pub agents: Vec<AgentRef>,
    /// Who talked, likewise.
    pub users: Vec<String>,
    /// Labels of the session itself.
    pub labels: Vec<StoredLabel>,
}

/// A page of users.
#[derive(Debug, Clone)]
pub struct UserQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Ids that begin so, case ignored; empty is all.
    pub prefix: String,
    /// Read for [`clew_query::Subject::Trace`]. Users with a trace that meets it are listed, with
    /// the sums of those traces.
    pub filter: Filter,
    /// Fields of sums, and the id; empty is the one with the newest trace first.
    pub sort: Vec<SortKey>,
    /// Rows of the page.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Only this agent's traces.
    pub agent: Option<AgentId>,
    /// How much may be looked at.
    pub budget: Budget,
    /// For states, nanoseconds since 1970 UTC.
    pub now: i64,
}

/// A person, or whatever the sender calls a user.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UserRow {
    /// The id.
    pub user_id: String,
    /// The sum of the traces' rows.
    pub totals: Totals,
    /// Sessions, at most 64 are counted.
    pub session_count: u64,
    /// Agents talked with, first seen first, at most 64.
    pub agents: Vec<AgentRef>,
}

impl Store {
    /// A page of sessions, the one with the newest trace first unless sorted otherwise.
    pub fn sessions(&self, query: &SessionQuery) -> Result<Page<SessionRow>, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| lists::sessions(connection, &spans, query))
    }

    /// One session, as the list shows it.
    pub fn session(
        &self,
        workspace: WorkspaceId,
        session_id: &str,
        agent: Option<AgentId>,
        now: i64,
    ) -> Result<Option<SessionRow>, StoreError> {
        self.read(|connection| lists::session(connection, workspace, session_id, agent, now))
    }

    /// A page of users, the one with the newest trace first unless sorted otherwise. With a filter
    /// or an order every trace is looked at for each page; where the time runs out, the newest.
    pub fn users(&self, query: &UserQuery) -> Result<Page<UserRow>, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| lists::users(connection, &spans, query))
    }
}
