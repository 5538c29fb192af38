//! Braintrust's addresses: rows of spans, and what its SDKs ask before they send.
//!
//! They try three times whatever is not a success, but for 413, which stops them at once, and
//! print the answer's text.

mod files;
mod projects;

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use clew_store::Scope;
use clew_wire::Limits;
use clew_wire::braintrust::{Context, Received as Rows, overflow, rows};
use clew_wire::otlp::Signal;
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::address;
use crate::ingest::body::size_words;
use crate::ingest::json::{receive, refuse_if_nothing};
use crate::ingest::otlp::{Answered, receive_of};
use crate::ingest::receive::{AgentRule, Landed};
use crate::routes::{Access, Answer, Owner, Route};

/// This sender in metrics, and its projects in the store.
const SENDER: &str = "braintrust";

/// How long one request may look for the spans that its feedback is about.
const LOOK: Duration = Duration::from_secs(2);

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        route(Method::POST, "/logs3", "Braintrust's rows", "BraintrustRows", || post(take_rows)),
        route(
            Method::POST,
            "/logs3/overflow",
            "Where to put rows that are too many for one request",
            "BraintrustOverflow",
            || post(overflow_place),
        ),
        route(
            Method::PUT,
            "/logs3/overflow/{key}",
            "Rows that are too many for one request",
            "BraintrustRows",
            || put(take_overflow),
        ),
        Route {
            answer: Answer::Otlp,
            ..route(
                Method::POST,
                "/braintrust/otel/v1/traces",
                "OTLP traces of Braintrust's span processors",
                "Otlp",
                || post(traces),
            )
        },
        Route {
            access: Access::Public,
            body: None,
            answer: Answer::Redirect,
            ..route(
                Method::GET,
                "/app/{*rest}",
                "The pages, by the addresses that Braintrust's SDKs print",
                "",
                || get(pages),
            )
        },
    ];
    routes.extend(projects::routes());
    routes.extend(files::routes());
    routes
}

/// A route of a sender.
fn route(
    method: Method,
    path: &'static str,
    summary: &'static str,
    body: &'static str,
    handler: fn() -> axum::routing::MethodRouter<App>,
) -> Route {
    Route {
        method,
        path,
        owner: Owner::Braintrust,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: Some(body),
        answer: Answer::FreeJson,
        handler,
    }
}

async fn traces(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    receive_of(&app, &caller, SENDER, Signal::Traces, AgentRule::Any, request).await
}

async fn take_rows(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let landed = land_rows(&app, &caller, request).await?;
    answer(landed)
}

async fn take_overflow(
    State(app): State<App>,
    caller: Caller,
    Path(_key): Path<String>,
    request: Request,
) -> Answered {
    let landed = land_rows(&app, &caller, request).await?;
    answer(landed)
}

fn answer(landed: Landed<Vec<String>>) -> Answered {
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(json!({ "ids": landed.told })).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

async fn land_rows(
    app: &App,
    caller: &Caller,
    request: Request,
) -> Result<Landed<Vec<String>>, ApiError> {
    let (store, workspace, now_nanos) = (app.store.clone(), caller.workspace, app.store.now());
    let landed = receive(app, caller, SENDER, request, move |body| {
        let limits = Limits::default();
        // Rows that were uploaded apart landed there and then.
        if overflow(body, &limits).is_some() {
            return Ok((
                clew_wire::Decoded { accepted_count: 1, ..Default::default() },
                (Vec::new(), Vec::new()),
            ));
        }
        let until = Instant::now() + LOOK;
        let mut span_of_row = |row: &str| {
            let in_time = Instant::now() < until;
            in_time.then(|| store.span_of_sender(workspace, row).ok().flatten()).flatten()
        };
        let mut name_of = |id: &str| projects::name(&store, workspace, id);
        let mut context = Context {
            now_nanos,
            span_of_row: &mut span_of_row,
            name_of: &mut name_of,
            limits: &limits,
        };
        let Rows { decoded, ids, references } = rows(body, &mut context)?;
        Ok((decoded, (ids, references)))
    })
    .await?;
    let Landed { told: (ids, references), decoded, note } = landed;
    if !references.is_empty() {
        let by = caller.clone();
        app.read(move |app| files::expect(app, &by, references)).await?;
    }
    Ok(Landed { told: ids, decoded, note })
}

#[derive(Deserialize)]
struct OverflowAsked {
    #[serde(default)]
    size_bytes: u64,
}

/// The upload goes to an address of ours and is taken like any rows; the row that refers to it
/// afterwards only says that it is done.
async fn overflow_place(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let asked: OverflowAsked = projects::small(&app, &parts.headers, body).await?;
    let most = app.config.limits.max_body_bytes;
    if asked.size_bytes > most as u64 {
        let message =
            format!("the rows are larger than {} (ingest.max_body_bytes)", size_words(most));
        return Err(ApiError::new(ErrorCode::TooLarge, message));
    }
    let key = random_key()?;
    let place = format!("{}/logs3/overflow/{key}", address::base(&parts, Owner::Braintrust));
    let headers = upload_headers(&app, &caller, "application/json")?;
    let answer = json!({ "method": "PUT", "signedUrl": place, "headers": headers, "key": key });
    Ok(Json(answer).into_response())
}

/// What the SDK is to send with an upload, which would come without its key: a pass that is
/// good for a while and for sending alone.
fn upload_headers(app: &App, caller: &Caller, content_type: &str) -> Result<JsonValue, ApiError> {
    let ticket = app.keys.tickets.give(caller, app.store.now()).map_err(crate::trouble::fault)?;
    let bearer = format!("Bearer {ticket}");
    Ok(json!({ "Content-Type": content_type, "Authorization": bearer }))
}

pub(crate) fn random_key() -> Result<String, ApiError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(crate::trouble::fault)?;
    Ok(format!("{:032x}", u128::from_le_bytes(random)))
}

async fn pages() -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/ui/runs")]).into_response()
}

/// An error as the SDKs print it: its text.
pub(crate) fn error(error: &ApiError) -> Response {
    (error.code.http_status(), format!("{}\n", error.message_with_place())).into_response()
}
