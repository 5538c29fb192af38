//! `GET /trace_session_stats`, also as `/traces/stats/sessions`: conversations and their
//! traces.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use clew_model::ids::TraceId;

use super::filter::{Condition, Field, Relation};
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
#[derive(Debug, Clone, Copy)]
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
    let search = Search { app, caller, condition, sort: vec![NEWEST_FIRST], deadline };
    let mut groups: HashMap<String, Group> = HashMap::new();
    let extent = search.walk(u64::MAX, &mut |row, _| {
        let start = row.effective_start_nanos();
        let Some(session_id) = row.summary.session_id else { return Next::Row };
        let group = groups.entry(session_id.clone()).or_insert_with(|| Group {
            session_id,
            first_arrival: row.arrived_nanos,
            ..Group::default()
        });
        group.first_arrival = group.first_arrival.min(row.arrived_nanos);
        group.last_arrival = group.last_arrival.max(row.arrived_nanos);
        group.last_start = group.last_start.max(start);
        // Of several users agno shows the largest text, and so with the ids below.
        group.user_id = group.user_id.take().max(row.summary.user_id);
        group.traces.push(row.summary.trace_id);
        Next::Row
    })?;
    let mut groups: Vec<Group> = groups.into_values().collect();
    sort(&mut groups, order);
    let extent = Extent { total: groups.len() as u64, ..extent };
    let limit = usize::try_from(page.limit.min(PAGE_MAX)).unwrap_or(usize::MAX);
    let window = Page { limit: page.limit.min(PAGE_MAX), ..page };
    let offset = usize::try_from(window.offset()).unwrap_or(usize::MAX);
    let mut data = Vec::new();
    for group in groups.into_iter().skip(offset).take(limit) {
        data.push(session(app, caller, group, deadline)?);
    }
    Ok(PageView { data, meta: meta(page, extent, started) })
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

/// Ids of agents, teams and workflows stand in the spans of each trace. The traces come
/// newest first; those that there is no time for are left out.
fn session(
    app: &App,
    caller: &Caller,
    group: Group,
    deadline: Instant,
) -> Result<SessionView, ApiError> {
    let mut largest = Ids::default();
    for (index, trace_id) in group.traces.iter().enumerate() {
        if index > 0 && Instant::now() >= deadline {
            break;
        }
        let ids = Ids::of(load_speaker(app, caller, trace_id)?.as_ref());
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
