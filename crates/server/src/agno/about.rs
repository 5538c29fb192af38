//! What an agno client asks of a server before it reads traces.

use axum::Json;
use axum::extract::State;
use serde_json::{Value as JsonValue, json};

use super::instant;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// `GET /health`.
pub(super) async fn health(State(app): State<App>) -> Json<JsonValue> {
    Json(json!({ "status": "ok", "instantiated_at": instant::written(app.started_nanos) }))
}

/// `GET /config`. Clew runs no agents and keeps no sessions, memories or evaluations for
/// agno: traces of one database, named like the workspace.
pub(super) async fn config(caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    let database = &*caller.workspace_name;
    let none = || json!({ "dbs": [] });
    Ok(Json(json!({
        "os_id": "clew",
        "available_models": [],
        "os_database": database,
        "databases": [database],
        "session": none(),
        "metrics": none(),
        "memory": none(),
        "learning": none(),
        "filesystem": { "namespaces": [] },
        "knowledge": { "dbs": [], "knowledge_instances": [] },
        "evals": none(),
        "traces": {
            "dbs": [{ "db_id": database, "domain_config": { "display_name": database } }],
        },
        "queue": { "durable": false, "queue_per_session": false },
        "agents": [],
        "teams": [],
        "workflows": [],
        "interfaces": [],
        "company": null,
    })))
}

/// `GET /traces/filter-schema`: the one answer of agno's that says null.
pub(super) async fn filter_schema() -> Json<JsonValue> {
    const WORDS: [&str; 5] = ["EQ", "NEQ", "CONTAINS", "STARTSWITH", "IN"];
    const NUMBERS: [&str; 6] = ["EQ", "NEQ", "GT", "GTE", "LT", "LTE"];
    let field = |key: &str, label: &str, kind: &str, operators: &[&str]| json!({ "key": key, "label": label, "type": kind, "operators": operators, "values": null });
    let mut status = field("status", "Status", "enum", &["EQ", "NEQ", "IN"]);
    status["values"] = json!(["OK", "ERROR"]);
    let fields = [
        status,
        field("user_id", "User ID", "string", &WORDS),
        field("agent_id", "Agent ID", "string", &WORDS),
        field("team_id", "Team ID", "string", &WORDS),
        field("workflow_id", "Workflow ID", "string", &WORDS),
        field("session_id", "Session ID", "string", &WORDS),
        field("run_id", "Run ID", "string", &WORDS),
        field("name", "Trace Name", "string", &WORDS[..4]),
        field("trace_id", "Trace ID", "string", &WORDS),
        field("duration_ms", "Duration (ms)", "number", &NUMBERS),
        field("start_time", "Start Time", "datetime", &NUMBERS[2..]),
        field("end_time", "End Time", "datetime", &NUMBERS[2..]),
        field("created_at", "Created At", "datetime", &NUMBERS[2..]),
    ];
    Json(json!({ "fields": fields, "logical_operators": ["AND", "OR"] }))
}
