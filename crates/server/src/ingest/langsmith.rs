//! LangSmith's SDKs for Python and JavaScript, and what builds on them (LangChain,
//! LangGraph).
//!
//! They drop a batch on any 4xx but 408, 425 and 429 and write the answer's text into the
//! application's log; those three and 5xx are tried three times. So content is refused with
//! 400, and only overload comes again.

mod projects;
mod reading;

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, patch, post};
use clew_store::Scope;
use clew_wire::langsmith::{self, Context};
use clew_wire::{Decoded, Limits, WireError};
use serde_json::json;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::body::discard;
use crate::ingest::json::{receive, refuse_if_nothing, taken};
use crate::ingest::otlp;
use crate::ingest::receive::Landed;
use crate::routes::{Access, Answer, Owner, Route};

/// Most bytes that the SDK is asked to put into one body; one larger run comes alone.
const BODY_BYTES: usize = 20 << 20;

/// How long one request may look for the traces of runs that it only names.
const LOOK: Duration = Duration::from_secs(2);

/// The routes of this file and of its parts.
pub(crate) fn routes() -> Vec<Route> {
    [sending_routes(), projects::routes(), reading::routes()].into_iter().flatten().collect()
}

fn sending_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::GET,
            path: "/langsmith/info",
            owner: Owner::Langsmith,
            access: Access::Public,
            summary: "What LangSmith's SDKs ask before they send",
            query: &[],
            body: None,
            answer: Answer::FreeJson,
            handler: || get(info),
        },
        sending(Method::POST, "/runs", "Starts a run of LangSmith's SDKs", "LangsmithRun", || {
            post(create)
        }),
        sending(
            Method::PATCH,
            "/runs/{run_id}",
            "Ends or changes a run of LangSmith's SDKs",
            "LangsmithRun",
            || patch(update),
        ),
        sending(Method::POST, "/runs/batch", "Runs of LangSmith's SDKs", "LangsmithBatch", || {
            post(batch)
        }),
        sending(
            Method::POST,
            "/runs/multipart",
            "Runs, feedback and attachments of LangSmith's SDKs",
            "Multipart",
            || post(multipart),
        ),
        sending(Method::POST, "/feedback", "Feedback on a run", "LangsmithFeedback", || {
            post(feedback)
        }),
        Route {
            body: Some("Otlp"),
            answer: Answer::Otlp,
            ..sending(
                Method::POST,
                "/otel/v1/traces",
                "OTLP traces of LangSmith's SDKs",
                "Otlp",
                || post(otlp::traces),
            )
        },
    ]
}

fn sending(
    method: Method,
    path: &'static str,
    summary: &'static str,
    body: &'static str,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route {
        method,
        path,
        owner: Owner::Langsmith,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: Some(body),
        answer: Answer::Json("ItemsTaken"),
        handler,
    }
}

/// What the SDKs read of a server: multipart bodies, packed if they like. Bare `/info`
/// answers the same beside what agno reads.
pub(crate) fn abilities() -> serde_json::Map<String, serde_json::Value> {
    let said = json!({
        "version": "0.11.0",
        "license_expiration_time": null,
        "batch_ingest_config": {
            "use_multipart_endpoint": true,
            "scale_up_qsize_trigger": 1000,
            "scale_up_nthreads_limit": 16,
            "scale_down_nempty_trigger": 4,
            "size_limit": 100,
            "size_limit_bytes": BODY_BYTES,
        },
        "instance_flags": { "zstd_compression_enabled": true, "gzip_body_enabled": true },
    });
    match said {
        serde_json::Value::Object(said) => said,
        _ => serde_json::Map::new(),
    }
}

async fn info() -> Json<serde_json::Map<String, serde_json::Value>> {
    Json(abilities())
}

type Answered = Result<Response, ApiError>;

async fn create(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    take(&app, &caller, request, langsmith::create_run).await
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(run): Path<String>,
    request: Request,
) -> Answered {
    take(&app, &caller, request, move |body, context| langsmith::update_run(&run, body, context))
        .await
}

async fn batch(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    take(&app, &caller, request, langsmith::batch).await
}

async fn feedback(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (own, workspace) = (app.clone(), caller.workspace);
    let landed = landed(&app, &caller, request, move |body, context| {
        let has_trace = |trace| matches!(own.store.trace_row(workspace, &trace), Ok(Some(_)));
        langsmith::feedback(body, context, &has_trace)
    })
    .await?;
    // A run is on its way behind its feedback: the SDK tries again after 404, and only then.
    if landed.told && landed.decoded.accepted_count == 0 {
        return Err(ApiError::not_found("run").with_field("run_id"));
    }
    answer(landed)
}

async fn multipart(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let said = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = said.and_then(langsmith::boundary).map(str::to_owned);
    let Some(boundary) = boundary else {
        let (parts, body) = request.into_parts();
        discard(&parts.headers, body).await;
        return Err(ApiError::new(
            ErrorCode::UnsupportedMediaType,
            "runs come as multipart/form-data with a boundary; JSON goes to /runs/batch",
        ));
    };
    take(&app, &caller, request, move |body, context| {
        langsmith::multipart(body, &boundary, context)
    })
    .await
}

async fn take(
    app: &App,
    caller: &Caller,
    request: Request,
    call: impl FnOnce(&[u8], &Context<'_>) -> Result<Decoded, WireError> + Send + 'static,
) -> Answered {
    answer(landed(app, caller, request, |body, context| Ok((call(body, context)?, ()))).await?)
}

async fn landed<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    request: Request,
    call: impl FnOnce(&[u8], &Context<'_>) -> Result<(Decoded, T), WireError> + Send + 'static,
) -> Result<Landed<T>, ApiError> {
    let (own, workspace, now_nanos) = (app.clone(), caller.workspace, app.store.now());
    receive(app, caller, "langsmith", request, move |body| {
        let limits = Limits::default();
        // A fault of the store is no reason to refuse a run: it lands where it says itself.
        let until = Instant::now() + LOOK;
        let trace_of = |span| {
            let in_time = Instant::now() < until;
            in_time.then(|| own.store.trace_of_span(workspace, span).ok().flatten()).flatten()
        };
        let context = Context { now_nanos, trace_of: &trace_of, limits: &limits };
        call(body, &context)
    })
    .await
}

fn answer<T>(landed: Landed<T>) -> Answered {
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(taken(&landed.decoded)).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}
