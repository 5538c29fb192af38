//! Values that a field of the filter language has, for completion.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_query::{Field, FieldInfo, Subject, fields};
use clew_store::{Budget, Scope, ValueQuery};
use serde_json::{Value as JsonValue, json};

use super::params::Params;
use super::params::known::{LIMIT, SUBJECT};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Values of one answer, at most.
const VALUES_MAX: usize = 200;
/// Somebody is typing: what was found by then is answered.
const TIME: Duration = Duration::from_millis(300);

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/filter-values",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Values of a field of the filter language that begin so",
        query: &[
            Query { name: "field", kind: "string", about: "A field, as in a filter" },
            Query { name: "prefix", kind: "string", about: "How values begin, case ignored" },
            SUBJECT,
            LIMIT,
        ],
        body: None,
        answer: Answer::Json("FilterValues"),
        handler: || get(values),
    }]
}

async fn values(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(20, VALUES_MAX)?;
    let info = field(params.text("field").unwrap_or(""), params.subject()?)?;
    let prefix = params.text("prefix").unwrap_or("").to_owned();
    if !info.values.is_empty() {
        return Ok(Json(of_a_set(info, &prefix, limit)));
    }
    let deadline = Instant::now() + TIME.min(app.config.limits.scan_deadline);
    app.read(move |app| {
        let query = ValueQuery {
            workspace: caller.workspace,
            agent: caller.agent,
            field: info.field,
            prefix,
            limit,
            budget: Budget { deadline: Some(deadline), scan_rows: None },
        };
        let found = app.store.field_values(&query)?;
        let values: Vec<JsonValue> = found
            .values
            .iter()
            .map(|value| json!({ "value": value.value, "count": value.trace_count }))
            .collect();
        Ok(Json(json!({ "values": values, "scanned": found.scanned })))
    })
    .await
}

/// A field that filters on rows of this subject may name.
fn field(name: &str, subject: Subject) -> Result<&'static FieldInfo, ApiError> {
    let known = Field::from_name(name);
    let info = known.and_then(|known| fields(subject).find(|info| info.field == known));
    info.ok_or_else(|| {
        let names = fields(subject).map(|info| info.name.to_owned()).collect();
        ApiError::bad_request("`field` is a field of the filter language, as in /filter-schema")
            .with_field("field")
            .with_suggestions(names)
    })
}

/// A fixed set is known without looking; its words are in lower case.
fn of_a_set(info: &FieldInfo, prefix: &str, limit: usize) -> JsonValue {
    let prefix = prefix.to_lowercase();
    let values: Vec<JsonValue> = info
        .values
        .iter()
        .filter(|value| value.starts_with(&prefix))
        .take(limit)
        .map(|value| json!({ "value": value, "count": null }))
        .collect();
    json!({ "values": values, "scanned": null })
}
