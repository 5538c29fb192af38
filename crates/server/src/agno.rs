//! The traces API of agno's AgentOS, so that its clients read from Clew as from its own
//! server (docs/agno.md). Runs arrive over OTLP like everybody's; here they are only read.

mod about;
mod attributes;
mod body;
mod clip;
mod detail;
pub(crate) mod dialect;
mod draw;
mod filter;
pub(crate) mod instant;
mod list;
mod python;
mod request;
mod run;
mod search;
mod select;
mod sessions;
mod shape;

use axum::http::Method;
use axum::routing::{get, post};
use clew_store::Scope;

use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// One answer: longer texts are clipped (ruling 22).
const ANSWER_MAX_BYTES: usize = 16 << 20;

const fn query(name: &'static str, about: &'static str) -> Query {
    Query { name, kind: "string", about }
}

const fn number(name: &'static str, about: &'static str) -> Query {
    Query { name, kind: "integer", about }
}

const PAGE: Query = number("page", "Number of the page, from 1");
const LIMIT: Query = number("limit", "Rows of a page, 1,000 at most");
const DATABASE: Query = query("db_id", "The name of the workspace, if any");
const ORDER: Query = query("sort_order", "desc or asc");

static LIST: [Query; 14] = [
    query("run_id", "agno's id of the run"),
    query("session_id", "The conversation"),
    query("user_id", "Who talked"),
    query("agent_id", "agno's id of the agent"),
    query("team_id", "agno's id of the team"),
    query("workflow_id", "agno's id of the workflow"),
    query("status", "OK or ERROR"),
    query("start_time", "Started then or later, ISO 8601"),
    query("end_time", "Ended then or earlier, ISO 8601"),
    query("sort_by", "start_time, duration, ..."),
    ORDER,
    PAGE,
    LIMIT,
    DATABASE,
];

static STATS: [Query; 11] = [
    query("user_id", "Who talked"),
    query("agent_id", "agno's id of the agent"),
    query("team_id", "agno's id of the team"),
    query("workflow_id", "agno's id of the workflow"),
    query("start_time", "Traces that arrived then or later, ISO 8601"),
    query("end_time", "Traces that arrived then or earlier, ISO 8601"),
    query("sort_by", "last_trace_at, first_trace_at, total_traces, session_id or user_id"),
    ORDER,
    PAGE,
    LIMIT,
    DATABASE,
];

static DETAIL: [Query; 3] = [
    query("span_id", "Only this span"),
    query("run_id", "Not used: the path names the trace"),
    DATABASE,
];

/// Every route of agno's, each with and without a slash at the end, as its server takes
/// them.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/traces",
        owner: Owner::Agno,
        access: Access::Scope(Scope::Read),
        summary: "A page of traces",
        query: &LIST,
        body: None,
        answer: Answer::FreeJson,
        handler: || get(list::list),
    };
    let detail = Route {
        path: "/traces/{trace_id}",
        summary: "A trace as a tree, or one span of it",
        query: &DETAIL,
        handler: || get(detail::detail),
        ..list.same()
    };
    let search = Route {
        method: Method::POST,
        path: "/traces/search",
        summary: "Traces or sessions that meet a filter expression",
        query: &[DATABASE],
        handler: || post(search::search),
        ..list.same()
    };
    // agno takes the word for the id of a trace here.
    let no_search = Route {
        path: "/traces/search",
        summary: "Always 404: a search is a POST",
        query: &[],
        handler: || get(no_trace),
        ..list.same()
    };
    let schema = Route {
        path: "/traces/filter-schema",
        summary: "What a filter expression may ask for",
        query: &[],
        handler: || get(about::filter_schema),
        ..list.same()
    };
    let stats = Route {
        path: "/trace_session_stats",
        summary: "Sessions and their traces",
        query: &STATS,
        handler: || get(sessions::stats),
        ..list.same()
    };
    let documented_stats = Route { path: "/traces/stats/sessions", ..stats.same() };
    let config = Route {
        path: "/config",
        summary: "What there is to read, in agno's form",
        query: &[],
        handler: || get(about::config),
        ..list.same()
    };
    let health = Route {
        path: "/health",
        access: Access::Public,
        summary: "200 while the server runs, in agno's form",
        query: &[],
        handler: || get(about::health),
        ..list.same()
    };
    let routes =
        vec![list, detail, search, no_search, schema, stats, documented_stats, config, health];
    let slashed: Vec<Route> = routes
        .iter()
        .filter_map(|route| Some(Route { path: with_slash(route.path)?, ..route.same() }))
        .collect();
    routes.into_iter().chain(slashed).collect()
}

fn with_slash(path: &str) -> Option<&'static str> {
    Some(match path {
        "/traces" => "/traces/",
        "/traces/{trace_id}" => "/traces/{trace_id}/",
        "/traces/search" => "/traces/search/",
        "/traces/filter-schema" => "/traces/filter-schema/",
        "/trace_session_stats" => "/trace_session_stats/",
        "/traces/stats/sessions" => "/traces/stats/sessions/",
        "/config" => "/config/",
        "/health" => "/health/",
        _ => return None,
    })
}

async fn no_trace() -> ApiError {
    detail::not_found("Trace not found")
}
