//! Runs as OTLP JSON lines, without loss: `POST /v1/traces` takes them back.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use clew_model::ids::TraceId;
use clew_query::{Filter, Subject};
use clew_store::{Budget, Scope, TraceQuery};
use clew_wire::otlp::encode_json_lines;
use tokio::sync::mpsc;

use super::filtering::read_filter;
use super::own::own_row;
use super::params::{Params, TracePath};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Runs read at once.
const PAGE: usize = 100;
/// Runs that wait for a slow reader.
const WAITING: usize = 4;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let many = Route {
        method: Method::GET,
        path: "/api/v1/export",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Runs that meet a filter, as OTLP JSON lines",
        query: &[Query { name: "filter", kind: "string", about: "Which runs" }],
        body: None,
        answer: Answer::Lines,
        handler: || get(many),
    };
    let one = Route {
        path: "/api/v1/traces/{trace_id}/export",
        summary: "One run as OTLP JSON lines",
        query: &[],
        answer: Answer::Lines,
        handler: || get(one),
        ..many.same()
    };
    vec![many, one]
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Response, ApiError> {
    app.read(move |app| {
        own_row(app, &caller, trace_id)?;
        audit(app, &caller, &trace_id.to_string())?;
        Ok(lines(Body::from(of_trace(app, &caller, trace_id)?)))
    })
    .await
}

async fn many(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    let text = params.text("filter").unwrap_or("").to_owned();
    let filter = read_filter(&app, &text, Subject::Trace)?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let asking = caller.clone();
    app.read(move |app| audit(app, &asking, &text)).await?;
    tokio::task::spawn_blocking(move || {
        let told = sender.clone();
        // A stream that breaks off in the middle is the only way to say that the rest
        // is missing: the status went out with the first line.
        if let Err(error) = write_all(&app, &caller, filter, &sender) {
            let _reader_gone = told.blocking_send(Err(std::io::Error::other(error.to_string())));
        }
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    Ok(lines(Body::from_stream(stream)))
}

type Chunk = Result<Bytes, std::io::Error>;

fn write_all(
    app: &App,
    caller: &Caller,
    filter: Filter,
    sender: &mpsc::Sender<Chunk>,
) -> Result<(), ApiError> {
    let mut query = TraceQuery {
        workspace: caller.workspace,
        filter,
        sort: Vec::new(),
        limit: PAGE,
        cursor: None,
        agent: caller.agent,
        budget: Budget::default(),
        now: app.store.now(),
    };
    loop {
        let page = app.store.traces(&query)?;
        for row in &page.rows {
            let text = of_trace(app, caller, row.summary.trace_id)?;
            if app.is_stopping() || sender.blocking_send(Ok(Bytes::from(text))).is_err() {
                return Ok(());
            }
        }
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(());
        }
    }
}

fn of_trace(app: &App, caller: &Caller, trace_id: TraceId) -> Result<String, ApiError> {
    let sources = app.store.sources(caller.workspace, &trace_id, None)?;
    let events = app.store.run_events(caller.workspace, &trace_id)?;
    let note = app.store.trace_note(caller.workspace, &trace_id)?;
    Ok(encode_json_lines(&sources, &events, note.as_slice()))
}

fn audit(app: &App, caller: &Caller, subject: &str) -> Result<(), ApiError> {
    let change = caller.change(app.store.now());
    Ok(app.store.append_audit(&change, "export", subject, "")?)
}

fn lines(body: Body) -> Response {
    let content_type = HeaderValue::from_static("application/jsonl");
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}
