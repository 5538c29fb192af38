//! Runs over time, for the strip above a list.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_query::Subject;
use clew_store::{Bucket, HistogramQuery, Scope};
use serde_json::{Value as JsonValue, json};

use super::filtering::{budget, echo, read_filter};
use super::params::Params;
use super::params::known::{FILTER, UTC_OFFSET};
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Buckets where nobody says how many.
const BUCKETS: usize = 96;
/// Buckets of one answer, at most: as many as a screen has room for.
const BUCKETS_MAX: usize = 500;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/histogram",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Runs by their start, in steps of a round length, empty ones included",
        query: &[
            FILTER,
            Query {
                name: "start",
                kind: "string",
                about: "First start counted, nanoseconds since 1970; left out, the first run's",
            },
            Query {
                name: "end",
                kind: "string",
                about: "Starts before it are counted, nanoseconds since 1970; left out, now",
            },
            Query { name: "buckets", kind: "integer", about: "Steps at most, 1 to 500" },
            UTC_OFFSET,
        ],
        body: None,
        answer: Answer::Json("Histogram"),
        handler: || get(histogram),
    }]
}

async fn histogram(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let filter = read_filter(&app, params.text("filter").unwrap_or(""), Subject::Trace)?;
    let start_nanos = params.integer("start")?;
    // A run that begins at this very instant has begun.
    let now = app.store.now();
    let end_nanos = params.integer("end")?.unwrap_or(now.saturating_add(1));
    if start_nanos.is_some_and(|start| start >= end_nanos) {
        return Err(ApiError::bad_request("`start` must lie before `end`").with_field("start"));
    }
    let buckets = match params.integer("buckets")?.map(usize::try_from) {
        None => BUCKETS,
        Some(Ok(buckets)) if (1..=BUCKETS_MAX).contains(&buckets) => buckets,
        Some(_) => {
            let message = format!("`buckets` must be 1 to {BUCKETS_MAX}");
            return Err(ApiError::bad_request(message).with_field("buckets"));
        }
    };
    let utc_offset_seconds = params.utc_offset_seconds()?;
    let budget = budget(&app);
    app.read(move |app| {
        let query = HistogramQuery {
            workspace: caller.workspace,
            filter,
            start_nanos,
            end_nanos,
            buckets,
            utc_offset_seconds,
            agent: caller.agent,
            budget,
            now,
        };
        let found = app.store.histogram(&query)?;
        let mut answer = json!({
            "start_nanos": Nanos(found.start_nanos),
            "end_nanos": Nanos(found.end_nanos),
            "bucket_nanos": found.bucket_nanos,
            "buckets": found.buckets.iter().map(bucket).collect::<Vec<_>>(),
            "scanned": found.scanned,
        });
        echo(&mut answer, &query.filter);
        Ok(Json(answer))
    })
    .await
}

fn bucket(bucket: &Bucket) -> JsonValue {
    json!({
        "start_nanos": Nanos(bucket.start_nanos),
        "count": bucket.trace_count,
        "error_count": bucket.error_count,
        "failed_count": bucket.failed_count,
    })
}
