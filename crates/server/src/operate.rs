//! What is not about traces: health, metrics, who is there, and the way to the pages.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use clew_store::Scope;
use serde_json::{Value as JsonValue, json};

use crate::app::App;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// A store that takes longer to write is not ready.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, access, summary, answer, handler| Route {
        method: Method::GET,
        path,
        owner: Owner::Operation,
        access,
        summary,
        query: &[],
        body: None,
        answer,
        handler,
    };
    vec![
        route("/", Access::Public, "Leads to the pages", Answer::Redirect, || get(root)),
        route("/healthz", Access::Public, "200 while the server runs", Answer::FreeJson, || {
            get(healthz)
        }),
        route("/readyz", Access::Public, "200 while it takes requests", Answer::FreeJson, || {
            get(readyz)
        }),
        route(
            "/metrics",
            Access::Workspace(Scope::Admin),
            "Prometheus",
            Answer::Text("text/plain"),
            || get(metrics),
        ),
        route(
            "/info",
            Access::Public,
            "What agno and LangSmith clients ask",
            Answer::FreeJson,
            || get(info),
        ),
    ]
}

async fn root() -> Redirect {
    Redirect::temporary("/ui/")
}

async fn healthz() -> Json<JsonValue> {
    Json(json!({ "status": "ok" }))
}

/// Ready is who can write: an empty change goes the way of every other.
async fn readyz(State(app): State<App>) -> Response {
    let written = app.read(|app| Ok(app.store.mark_keys_used(Vec::new())?));
    let (status, word) = if app.is_stopping() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else {
        match tokio::time::timeout(READY_WITHIN, written).await {
            Ok(Ok(())) => (StatusCode::OK, "ok"),
            Ok(Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, "store"),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "slow"),
        }
    };
    let version = env!("CARGO_PKG_VERSION");
    (status, Json(json!({ "status": word, "version": version }))).into_response()
}

async fn metrics(State(app): State<App>) -> Result<Response, ApiError> {
    let page = app.read(page_of_metrics).await?;
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, content_type)], page).into_response())
}

fn page_of_metrics(app: &App) -> Result<String, ApiError> {
    let store = app.store.metrics();
    let sizes = app.store.sizes()?;
    let slowest = app.store.followers()?.into_iter().map(|follower| follower.seq).min();
    let lag = slowest.map_or(0, |seq| store.seq.saturating_sub(seq)) as f64;
    let uptime = app.store.now().saturating_sub(app.started_nanos) / 1_000_000_000;
    let gauges = [
        ("clew_uptime_seconds", "Since the server started.", uptime as f64),
        ("clew_connections", "Open connections.", app.connections.count() as f64),
        (
            "clew_body_bytes",
            "Bodies in memory (ingest.max_inflight_bytes).",
            app.admission.used_bytes() as f64,
        ),
        ("clew_queue_bytes", "Waiting to be written.", store.in_flight_bytes as f64),
        ("clew_staging_bytes", "In the log, not yet in chunks.", store.staging_bytes as f64),
        ("clew_active_traces", "Traces that may still grow.", store.active_traces as f64),
        ("clew_commit_seq", "Last commit.", store.seq as f64),
        ("clew_commits_total", "Group commits.", store.commits as f64),
        (
            "clew_failed_commits_total",
            "Commits that were rolled back.",
            store.failed_commits as f64,
        ),
        ("clew_spans_total", "Spans stored.", store.spans as f64),
        (
            "clew_merged_spans_total",
            "Spans combined with an earlier part.",
            store.merged_spans as f64,
        ),
        ("clew_duplicate_spans_total", "Spans sent again.", store.duplicate_spans as f64),
        ("clew_follower_lag_commits", "Commits that the slowest follower has not done.", lag),
        ("clew_refused_overloaded_total", "Appends turned away.", store.refused_overloaded as f64),
        ("clew_file_bytes", "The store's file.", sizes.file_bytes as f64),
        ("clew_wal_bytes", "Its write-ahead log.", sizes.wal_bytes as f64),
    ];
    Ok(app.metrics.page(&gauges))
}

/// The union of what agno's and LangSmith's clients read.
async fn info(State(app): State<App>) -> Json<JsonValue> {
    let auth_mode = if app.config.is_open() { "none" } else { "security_key" };
    let mut union = crate::ingest::langsmith::abilities();
    let agno = json!({
        "os_id": "clew",
        "name": "Clew",
        "os_version": env!("CARGO_PKG_VERSION"),
        "agno_version": "3.1.10",
        "agent_count": 0,
        "team_count": 0,
        "workflow_count": 0,
        "mcp": { "enabled": false, "path": null, "oauth": null, "tool_run_endpoint": false },
        "auth_mode": auth_mode,
        "user_isolation": false,
    });
    union.extend(agno.as_object().cloned().unwrap_or_default());
    Json(JsonValue::Object(union))
}
