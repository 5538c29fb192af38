//! Sums over runs, as sessions, users, agents and statistics show them.

use clew_store::Totals;
use serde_json::{Map, Value as Json, json};

use super::Nanos;
use super::money::{GroupCost, UsageView};

/// The fields of a sum, to stand beside the name of what it is a sum of.
pub(crate) fn fields(totals: &Totals) -> Map<String, Json> {
    let sum = json!({
        "trace_count": totals.trace_count,
        "error_trace_count": totals.error_trace_count,
        "failed_count": totals.failed_trace_count,
        "span_count": totals.span_count,
        "error_count": totals.error_count,
        "llm_calls": totals.llm_count,
        "llm_calls_failed": totals.llm_error_count,
        "tool_calls": totals.tool_count,
        "tool_calls_failed": totals.tool_error_count,
        "embedding_calls": totals.embedding_count,
        "usage": UsageView::all(&totals.usage),
        "cost": GroupCost::of(totals),
        "first_start_nanos": known(totals.first_start_nanos),
        "last_start_nanos": known(totals.last_start_nanos),
        "last_end_nanos": totals.last_end_nanos.map(Nanos),
        "last_arrival_nanos": known(totals.last_arrival_nanos),
    });
    match sum {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// 0 stands for "no run yet".
fn known(nanos: i64) -> Option<Nanos> {
    (nanos != 0).then_some(Nanos(nanos))
}

/// `named` with the fields of the sum behind its own.
pub(crate) fn with(named: Json, totals: &Totals) -> Json {
    let mut object = match named {
        Json::Object(object) => object,
        _ => Map::new(),
    };
    object.extend(fields(totals));
    Json::Object(object)
}
