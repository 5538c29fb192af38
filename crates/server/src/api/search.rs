//! Search in everything that spans carry.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_store::{Scope, SearchHit, SearchQuery};
use serde_json::{Value as JsonValue, json};

use super::filtering::budget;
use super::params::Params;
use super::params::known::{CURSOR, LIMIT};
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Longest text that is searched for.
const TEXT_MAX_BYTES: usize = 1024;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/search",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Texts, names and ids of runs and spans, newest run first",
        query: &[
            Query {
                name: "q",
                kind: "string",
                about: "Words that must all be there; \"in quotes\" side by side; word* begins so",
            },
            LIMIT,
            CURSOR,
        ],
        body: None,
        answer: Answer::Json("SearchAnswer"),
        handler: || get(search),
    }]
}

async fn search(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(20, app.config.limits.max_page)?;
    let text = params.text("q").unwrap_or("").to_owned();
    if text.trim().is_empty() || text.len() > TEXT_MAX_BYTES {
        return Err(ApiError::bad_request(format!(
            "`q` is what to search for, at most {TEXT_MAX_BYTES} bytes"
        ))
        .with_field("q"));
    }
    let budget = budget(&app);
    app.read(move |app| {
        let query = SearchQuery {
            workspace: caller.workspace,
            text,
            limit,
            cursor: params.text("cursor").map(str::to_owned),
            agent: caller.agent,
            budget,
        };
        let page = app.store.search(&query)?;
        let hits: Vec<JsonValue> = page.hits.iter().map(hit).collect();
        Ok(Json(json!({
            "hits": hits, "next_cursor": page.next_cursor, "scanned": page.scanned,
        })))
    })
    .await
}

fn hit(hit: &SearchHit) -> JsonValue {
    json!({
        "trace_id": hit.trace_id,
        "trace_name": hit.trace_name,
        "start_nanos": Nanos(hit.start_nanos),
        "span_id": hit.span_id,
        "span_name": hit.span_name,
        "snippet": hit.snippet,
        "marks": hit.marks,
    })
}
