//! Numbers over runs, and the agents with theirs (ruling 30).

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_query::Subject;
use clew_store::{AgentRow, Dimension, Figures, Scope, StatsQuery, StatsRow};
use serde_json::{Map, Value as JsonValue, json};

use super::filtering::{budget, echo, read_filter};
use super::params::Params;
use super::params::known::{CURSOR, FILTER, LIMIT, UTC_OFFSET};
use super::view::Nanos;
use super::view::money::{UsageView, Usd};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Dimensions of one question.
const DIMENSIONS_MAX: usize = 2;
/// What runs can be grouped by, as written.
const DIMENSIONS: [(&str, Dimension); 7] = [
    ("agent", Dimension::Agent),
    ("model", Dimension::Model),
    ("tool", Dimension::Tool),
    ("name", Dimension::Name),
    ("status", Dimension::Status),
    ("hour", Dimension::Hour),
    ("day", Dimension::Day),
];

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let stats = Route {
        method: Method::GET,
        path: "/api/v1/stats",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Counts, errors, tokens, cost and durations of runs, by group",
        query: &[
            FILTER,
            Query {
                name: "group_by",
                kind: "string",
                about: "Up to two of agent, model, tool, name, status, hour, day, by comma",
            },
            LIMIT,
            UTC_OFFSET,
        ],
        body: None,
        answer: Answer::Json("Stats"),
        handler: || get(stats),
    };
    let agents = Route {
        path: "/api/v1/agents",
        summary: "Agents with the numbers of their runs, the one that ran last first",
        query: &[Query { name: "q", kind: "string", about: "Part of the name" }, LIMIT, CURSOR],
        answer: Answer::Json("AgentList"),
        handler: || get(agents),
        ..stats.same()
    };
    vec![stats, agents]
}

async fn stats(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(100, app.config.limits.max_page)?;
    let filter = read_filter(&app, params.text("filter").unwrap_or(""), Subject::Trace)?;
    let group_by = dimensions(params.text("group_by").unwrap_or(""))?;
    let utc_offset_seconds = params.utc_offset_seconds()?;
    let budget = budget(&app);
    app.read(move |app| {
        let query = StatsQuery {
            workspace: caller.workspace,
            filter,
            group_by,
            limit,
            agent: caller.agent,
            utc_offset_seconds,
            budget,
            now: app.store.now(),
        };
        let found = app.store.stats(&query)?;
        let words: Vec<&str> = query.group_by.iter().copied().map(word).collect();
        let rows: Vec<JsonValue> = found.rows.iter().map(row).collect();
        let mut answer = json!({
            "group_by": words,
            "rows": rows,
            "more_groups": found.more_groups,
            "total": figures(&found.total),
            "scanned": found.scanned,
        });
        echo(&mut answer, &query.filter);
        Ok(Json(answer))
    })
    .await
}

fn dimensions(text: &str) -> Result<Vec<Dimension>, ApiError> {
    let mut found = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let known = DIMENSIONS.iter().find(|(word, _)| *word == name);
        let Some((_, dimension)) = known else {
            let words = DIMENSIONS.iter().map(|(word, _)| (*word).to_owned()).collect();
            let message = "`group_by` is up to two of agent, model, tool, name, status, hour, day";
            return Err(ApiError::bad_request(message)
                .with_field("group_by")
                .with_suggestions(words));
        };
        if !found.contains(dimension) {
            found.push(*dimension);
        }
    }
    if found.len() > DIMENSIONS_MAX {
        return Err(ApiError::bad_request("at most two groups at once").with_field("group_by"));
    }
    Ok(found)
}

fn word(dimension: Dimension) -> &'static str {
    DIMENSIONS.iter().find(|(_, known)| *known == dimension).map_or("", |(word, _)| word)
}

fn row(row: &StatsRow) -> JsonValue {
    let group: Vec<Option<&str>> = row
        .group
        .iter()
        .map(|value| Some(value.as_str()).filter(|value| !value.is_empty()))
        .collect();
    let mut view = figures(&row.figures);
    view.insert("group".to_owned(), json!(group));
    view.insert("agent".to_owned(), json!(row.agent));
    view.into()
}

fn figures(figures: &Figures) -> Map<String, JsonValue> {
    let duration = figures
        .duration_nanos
        .map(|duration| json!({ "p50": duration.p50, "p95": duration.p95, "p99": duration.p99 }));
    let view = json!({
        "count": figures.trace_count,
        "error_count": figures.error_count,
        "failed_count": figures.failed_count,
        "live_count": figures.live_count,
        "span_count": figures.span_count,
        "span_error_count": figures.span_error_count,
        "tokens": figures.tokens,
        "usage": UsageView::all(&figures.usage),
        "cost": figures.cost.map(|cost| json!({ "total": Usd(cost) })),
        "duration_nanos": duration,
    });
    match view {
        JsonValue::Object(view) => view,
        _ => Map::new(),
    }
}

async fn agents(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(100, app.config.limits.max_page)?;
    let part = params.text("q").unwrap_or("").to_lowercase();
    let budget = budget(&app);
    app.read(move |app| {
        let list = app.store.agents(caller.workspace, caller.agent, budget)?;
        let mut rows: Vec<&AgentRow> =
            list.rows.iter().filter(|row| row.agent.name.to_lowercase().contains(&part)).collect();
        if let Some(after) = params.text("cursor") {
            let place = rows.iter().position(|row| row.agent.id.to_string() == after);
            let place = place.ok_or_else(|| {
                ApiError::new(ErrorCode::BadCursor, "the cursor does not belong to this list")
            })?;
            rows.drain(..=place);
        }
        let total = rows.len();
        rows.truncate(limit);
        let next = rows.last().filter(|_| total > limit).map(|row| row.agent.id.to_string());
        let agents: Vec<JsonValue> = rows.into_iter().map(agent).collect();
        Ok(Json(json!({ "agents": agents, "next_cursor": next, "scanned": list.scanned })))
    })
    .await
}

fn agent(row: &AgentRow) -> JsonValue {
    let mut view = figures(&row.figures);
    let count = view.shift_remove("count");
    let named = json!({
        "id": row.agent.id,
        "name": row.agent.name,
        "registered": row.agent.registered,
        "description": row.agent.description,
        "created_nanos": Nanos(row.agent.created_nanos),
        "last_start_nanos": row.last_start_nanos.map(Nanos),
        "trace_count": count,
    });
    let mut agent = match named {
        JsonValue::Object(named) => named,
        _ => Map::new(),
    };
    agent.append(&mut view);
    agent.into()
}
