//! Spans across runs, and the fields that filters know.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use clew_model::ids::TraceId;
use clew_query::{Subject, fields, namespaces};
use clew_store::{Scope, SpanQuery};
use serde::Serialize;
use serde_json::{Value as JsonValue, json};

use super::budget::List;
use super::filtering::{budget, echo, page_fields, read_filter};
use super::params::Params;
use super::params::known::{CURSOR, FILTER, LIMIT, SUBJECT};
use super::traces::json_bytes;
use super::view::Nanos;
use super::view::skeleton::SkeletonView;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/spans",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "A page of spans across runs, the newest run first",
        query: &[FILTER, LIMIT, CURSOR],
        body: None,
        answer: Answer::Json("SpanList"),
        handler: || get(list),
    };
    let schema = Route {
        path: "/api/v1/filter-schema",
        summary: "Fields, operators and values of the filter language",
        query: &[SUBJECT],
        answer: Answer::Json("FilterSchema"),
        handler: || get(schema),
        ..list.same()
    };
    vec![list, schema]
}

/// A span and where it stands.
#[derive(Debug, Serialize)]
struct SpanRow<'a> {
    #[serde(flatten)]
    span: Option<SkeletonView<'a>>,
    trace_id: TraceId,
    trace_name: &'a str,
    start_nanos: Nanos,
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    let limit = params.limit(50, app.config.limits.max_page)?;
    let filter = read_filter(&app, params.text("filter").unwrap_or(""), Subject::Span)?;
    let budget = budget(&app);
    app.read(move |app| {
        let query = SpanQuery {
            workspace: caller.workspace,
            filter,
            limit,
            cursor: params.text("cursor").map(str::to_owned),
            agent: caller.agent,
            budget,
            now: app.store.now(),
        };
        let page = app.store.spans(&query)?;
        // A page of skeletons is far below the byte budget: no row can be left out here
        // without the store's cursor knowing.
        let mut rows = List::new(usize::MAX);
        for hit in &page.rows {
            let start = hit.trace.effective_start_nanos();
            let span = hit.tree.nodes().get(hit.index).map(|node| &node.span);
            rows.push(&SpanRow {
                span: SkeletonView::new(&hit.tree, hit.index, start),
                trace_id: hit.trace.summary.trace_id,
                trace_name: &hit.trace.summary.name,
                start_nanos: Nanos(span.map_or(start, |span| span.start_nanos)),
            })?;
        }
        let mut rest = json!({});
        page_fields(&mut rest, &page);
        echo(&mut rest, &query.filter);
        Ok(json_bytes(rows.into_object("spans", &rest)?))
    })
    .await
}

async fn schema(_caller: Caller, params: Params) -> Result<Json<JsonValue>, ApiError> {
    let subject = params.subject()?;
    Ok(Json(json!({
        "subject": subject,
        "fields": fields(subject).collect::<Vec<_>>(),
        "namespaces": namespaces(subject).collect::<Vec<_>>(),
    })))
}
