//! `GET /trace_session_stats`, also as `/traces/stats/sessions`: conversations and their
//! traces.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use clew_model::ids::TraceId;
use clew_query::{Filter, Subject};
use clew_store::{Budget, SessionQuery, SessionRow, TotalIs, TraceRow};

use super::filter::{Condition, Field, Operand, Relation, Test};
use super::instant;
use super::list::NEWEST_FIRST;
use super::request::{Asked, PAGE_MAX, Page, Refusal};
use super::run::{Ids, load_speaker};
use super::select::{Extent, Next, Search, meta};
use super::shape::{PageView, SessionView};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// What the list can be sorted by, the default first.
const SORTS: [&str; 5] =
    ["last_trace_at", "first_trace_at", "total_traces", "session_id", "user_id"];

/// The handler.
pub(super) async fn stats(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<PageView<SessionView>>, Refusal> {
    let started = Instant::now();
    let page = asked.page(1)?;
    let order = Order {
        by: asked.word("sort_by", &SORTS)?,
        ascending: asked.word("sort_order", &["desc", "asc"])? == "asc",
    };
    asked.check_database(&caller)?;
    let condition = condition(&asked)?;
    let answer = app.read(move |app| grouped(app, &caller, &condition, order, page, started));
    Ok(Json(answer.await?))
}

fn condition(asked: &Asked) -> Result<Condition, Refusal> {
    let mut conditions = asked.equalities(&[
        ("user_id", Field::UserId),
        ("agent_id", Field::AgentId),
        ("team_id", Field::TeamId),
        ("workflow_id", Field::WorkflowId),
    ]);
    const DOING: &str = "retrieving statistics";
    let after = asked.bound("start_time", Field::CreatedAt, Relation::GreaterOrEqual, DOING)?;
    let before = asked.bound("end_time", Field::CreatedAt, Relation::LessOrEqual, DOING)?;
    conditions.extend(after.into_iter().chain(before));
    Ok(Condition::And(conditions))
}

/// Which session comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    by: &'static str,
    ascending: bool,
}

impl Order {
    /// The session that something came to last.
    pub(super) const LATEST: Order = Order { by: SORTS[0], ascending: false };
}

/// A session while its traces come by.
#[derive(Debug, Default)]
struct Group {
    session_id: String,
    user_id: Option<String>,
    first_arrival: i64,
    last_arrival: i64,
    /// Traces of one request arrive at one instant; the later one counts as later.
    last_start: i64,
    traces: Vec<TraceId>,
}

/// A page of sessions over the traces that meet a condition.
pub(super) fn grouped(
    app: &App,
    caller: &Caller,
    condition: &Condition,
    order: Order,
    page: Page,
    started: Instant,
) -> Result<PageView<SessionView>, ApiError> {
    let deadline = started + app.config.limits.scan_deadline;
    let asked = Asking { app, caller, deadline };
    if *condition == Condition::And(Vec::new()) && order == Order::LATEST {
        return asked.latest(page, started);
    }
    let mut groups: HashMap<String, Group> = HashMap::new();
    let extent = asked.search(condition).walk(u64::MAX, &mut |row, _| {
        if let Some(session_id) = &row.summary.session_id {
            groups.entry(session_id.clone()).or_default().take(row);
        }
        Next::Row
    })?;
    let mut groups: Vec<Group> = groups.into_values().collect();
    sort(&mut groups, order);
    let extent = Extent { total: groups.len() as u64, ..extent };
    let window = Page { limit: page.limit.min(PAGE_MAX), ..page };
    let (offset, limit) = (at_most(window.offset()), at_most(window.limit));
    let groups = groups.into_iter().skip(offset).take(limit);
    let data = groups.map(|group| asked.session(group)).collect::<Result<_, _>>()?;
    Ok(PageView { data, meta: meta(page, extent, started) })
}

fn at_most(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Who asks, and until when an answer is looked for.
struct Asking<'a> {
    app: &'a App,
    caller: &'a Caller,
    deadline: Instant,
}

impl Asking<'_> {
    fn search<'a>(&'a self, condition: &'a Condition) -> Search<'a> {
        let Asking { app, caller, deadline } = *self;
        Search { app, caller, condition, sort: vec![NEWEST_FIRST], deadline }
    }

    /// All sessions, as Clew's own list has them: only the traces of those on the page are
    /// looked at.
    fn latest(&self, page: Page, started: Instant) -> Result<PageView<SessionView>, ApiError> {
        let window = Page { limit: page.limit.min(PAGE_MAX), ..page };
        let (offset, limit) = (at_most(window.offset()), at_most(window.limit));
        let mut query = SessionQuery {
            workspace: self.caller.workspace,
            filter: no_filter(),
            sort: Vec::new(),
            limit: offset.saturating_add(limit).clamp(1, at_most(PAGE_MAX)),
            cursor: None,
            agent: self.caller.agent,
            budget: Budget { deadline: Some(self.deadline), scan_rows: None },
            now: self.app.store.now(),
        };
        let mut rows = Vec::new();
        let mut seen = 0;
        let extent = loop {
            let found = self.app.store.sessions(&query)?;
            let is_exact = found.total_is == TotalIs::Exact;
            let extent = Extent { total: found.total, scanned: found.scanned, is_exact };
            for row in found.rows {
                seen += 1;
                if seen > offset && rows.len() < limit {
                    rows.push(row);
                }
            }
            match found.next_cursor {
                Some(cursor) if rows.len() < limit && Instant::now() < self.deadline => {
                    query.cursor = Some(cursor);
                }
                _ => break extent,
            }
        };
        let data = rows.iter().map(|row| self.whole(row)).collect::<Result<_, _>>()?;
        Ok(PageView { data, meta: meta(page, extent, started) })
    }

    /// A session with what its traces say.
    fn whole(&self, row: &SessionRow) -> Result<SessionView, ApiError> {
        let id = Operand::Text(row.session_id.clone());
        let condition = Condition::Leaf(Field::SessionId, Test::Compare(Relation::Equal, id));
        let mut group = Group::default();
        self.search(&condition).walk(u64::MAX, &mut |row, _| {
            group.take(row);
            Next::Row
        })?;
        group.session_id.clone_from(&row.session_id);
        let view = self.session(group)?;
        Ok(SessionView { total_traces: row.totals.trace_count, ..view })
    }

    /// Ids of agents, teams and workflows stand in the spans of each trace. The traces come
    /// newest first; those that there is no time for are left out.
    fn session(&self, group: Group) -> Result<SessionView, ApiError> {
        let mut largest = Ids::default();
        for (index, trace_id) in group.traces.iter().enumerate() {
            if index > 0 && Instant::now() >= self.deadline {
                break;
            }
            let ids = Ids::of(load_speaker(self.app, self.caller, trace_id)?.as_ref());
            largest.agent_id = largest.agent_id.max(ids.agent_id);
            largest.team_id = largest.team_id.max(ids.team_id);
            largest.workflow_id = largest.workflow_id.max(ids.workflow_id);
        }
        Ok(SessionView {
            session_id: group.session_id,
            user_id: group.user_id,
            agent_id: largest.agent_id,
            team_id: largest.team_id,
            workflow_id: largest.workflow_id,
            total_traces: group.traces.len() as u64,
            first_trace_at: instant::written(group.first_arrival),
            last_trace_at: instant::written(group.last_arrival),
        })
    }
}

impl Group {
    /// Takes a trace in.
    fn take(&mut self, row: TraceRow) {
        let is_first = self.traces.is_empty();
        let start = row.effective_start_nanos();
        let arrived = row.arrived_nanos;
        self.session_id = row.summary.session_id.unwrap_or_default();
        self.first_arrival = if is_first { arrived } else { self.first_arrival.min(arrived) };
        self.last_arrival = if is_first { arrived } else { self.last_arrival.max(arrived) };
        self.last_start = if is_first { start } else { self.last_start.max(start) };
        // Of several users agno shows the largest text, and so with the ids.
        self.user_id = self.user_id.take().max(row.summary.user_id);
        self.traces.push(row.summary.trace_id);
    }
}

fn no_filter() -> Filter {
    Filter {
        subject: Subject::Session,
        text: String::new(),
        expr: None,
        chips: Vec::new(),
        hints: Vec::new(),
        resolved: Vec::new(),
    }
}

fn sort(groups: &mut [Group], order: Order) {
    let id = |group: &Group| group.session_id.clone();
    match order.by {
        "first_trace_at" => groups.sort_by_key(|group| (group.first_arrival, id(group))),
        "total_traces" => groups.sort_by_key(|group| (group.traces.len(), id(group))),
        "session_id" => groups.sort_by_key(id),
        "user_id" => groups.sort_by_key(|group| (group.user_id.clone(), id(group))),
        _ => groups.sort_by_key(|group| (group.last_arrival, group.last_start, Reverse(id(group)))),
    }
    if !order.ascending {
        groups.reverse();
    }
}
