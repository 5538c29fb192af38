//! The lines that make a run's totals (design, rule 2: every total can be opened).

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_model::trace::{LedgerLine, Tree};
use clew_store::Scope;
use serde_json::{Value as JsonValue, json};

use super::params::TracePath;
use super::view::money::{CostView, TraceCost, TraceUsage, UsageView};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};
use crate::trees::{Run, run};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/ledger",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Every span that says tokens or money, whether it counts, and why",
        query: &[],
        body: None,
        answer: Answer::Json("Ledger"),
        handler: || get(ledger),
    }]
}

async fn ledger(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let Run { row, tree } = run(app, &caller, trace_id)?;
        let lines: Vec<JsonValue> =
            tree.ledger_lines().iter().map(|line| view(&tree, line)).collect();
        Ok(Json(json!({
            "lines": lines,
            "usage": TraceUsage::from(&row.summary),
            "cost": TraceCost::of(&row.summary),
        })))
    })
    .await
}

fn view(tree: &Tree, line: &LedgerLine) -> JsonValue {
    let why = json!(line.why);
    json!({
        "index": line.index,
        "span_id": line.span_id,
        "name": tree.nodes().get(line.index).map(|node| &node.span.name),
        "counted": line.counted,
        "why": why["why"],
        "because_of": why["span_id"],
        "usage": UsageView::of(&line.usage),
        "cost": line.cost.as_ref().map(|cost| CostView::new(cost, line.cost_counted)),
        "filled": line.filled,
    })
}
