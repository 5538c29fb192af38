//! Files of other tools, record by record: what `clew import` sends.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clew_store::Scope;
use clew_wire::Limits;
use clew_wire::import::{Context, Format, decode};
use serde_json::{Value as JsonValue, json};

use crate::api::params::Params;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::body::discard;
use crate::ingest::decompress::printable;
use crate::ingest::json::receive;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::POST,
        path: "/api/v1/import/{format}",
        owner: Owner::Api,
        access: Access::Scope(Scope::Ingest),
        summary: "Takes records of another tool's file, one JSON object a line",
        query: &[Query {
            name: "file_time",
            kind: "string",
            about: "When records happened that say no time: nanoseconds since 1970",
        }],
        body: Some("Records"),
        answer: Answer::Json("Imported"),
        handler: || post(import),
    }]
}

async fn import(
    State(app): State<App>,
    caller: Caller,
    Path(format): Path<String>,
    params: Params,
    request: Request,
) -> Result<Response, ApiError> {
    let described = known(&format).and_then(|format| {
        let now_nanos = app.store.now();
        Ok((format, params.integer("file_time")?.unwrap_or(now_nanos)))
    });
    let (format, file_nanos) = match described {
        Ok(described) => described,
        Err(error) => {
            let (parts, body) = request.into_parts();
            discard(&parts.headers, body).await;
            return Err(error);
        }
    };
    let landed = receive(&app, &caller, "import", request, move |body| {
        let limits = Limits::default();
        let decoded = decode(format, body, &Context { file_nanos, limits: &limits })?;
        let traces: HashSet<_> = decoded.spans.iter().map(|span| span.trace_id).collect();
        let counts = (decoded.spans.len(), traces.len());
        Ok((decoded, counts))
    })
    .await?;
    let (spans, traces) = landed.told;
    let decoded = &landed.decoded;
    let rejected: Vec<JsonValue> = decoded
        .rejected
        .iter()
        .map(|rejected| json!({ "what": rejected.what, "reason": rejected.reason }))
        .collect();
    let answer = json!({
        "records": decoded.accepted_count, "spans": spans, "traces": traces,
        "ignored": decoded.ignored.values().sum::<u64>(),
        "rejected_count": decoded.rejected_count, "rejected": rejected,
    });
    let mut response = Json(answer).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

fn known(word: &str) -> Result<Format, ApiError> {
    Format::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Format::WORDS.iter().map(|(_, word)| *word).collect();
        let message = format!(
            "`{}` is no format that is imported; there are {}",
            printable(word),
            words.join(", ")
        );
        ApiError::bad_request(message).with_field("format")
    })
}
