//! Server-sent events: new and changed runs, and one run as it grows (ruling 37).
//!
//! An event's id is the commit up to which the stream has told everything. A client that
//! comes back with it as `Last-Event-ID` gets what it missed, or `reset` where that is
//! no longer known; then it reads the list or the run anew.

mod follower;
mod run;
mod runs;

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clew_query::Subject;
use clew_store::Scope;
use futures_util::Stream;
use tokio::sync::mpsc;

use self::follower::Follower;
use super::filtering::read_filter;
use super::own::own_row;
use super::params::{Params, TracePath};
use crate::app::App;
use crate::auth;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Query, Route};

/// A line of comment in between, so that proxies keep the stream open.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that wait for a slow reader.
const WAITING_EVENTS: usize = 256;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let all = Route {
        method: Method::GET,
        path: "/api/v1/live",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "New and changed runs as events: ready, trace, deleted, omitted, reset",
        query: &[Query { name: "filter", kind: "string", about: "Runs that meet this filter" }],
        body: None,
        answer: Answer::Events,
        handler: || get(all_runs),
    };
    let one = Route {
        path: "/api/v1/traces/{trace_id}/live",
        summary: "One run as it grows as events: ready, trace, deleted, reset",
        query: &[],
        answer: Answer::Events,
        handler: || get(one_run),
        ..all.same()
    };
    vec![all, one]
}

async fn all_runs(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let filter = match params.text("filter") {
        Some(text) => Some(read_filter(&app, text, Subject::Trace)?),
        None => None,
    };
    let follower = Follower { app: app.clone(), caller, seen: last_event_id(&headers)? };
    respond(app, headers, |sender| runs::follow_runs(follower, filter, sender))
}

async fn one_run(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asking = caller.clone();
    app.read(move |app| own_row(app, &asking, trace_id).map(drop)).await?;
    let follower = Follower { app: app.clone(), caller, seen: last_event_id(&headers)? };
    respond(app, headers, |sender| run::follow_run(follower, trace_id, sender))
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Some).ok_or_else(|| ApiError::bad_request("Last-Event-ID is no id of this server"))
}

/// Starts the task that fills the stream. It ends when the reader goes, may not listen any
/// more, or the server stops.
fn respond<F>(
    app: App,
    headers: HeaderMap,
    follow: impl FnOnce(mpsc::Sender<Event>) -> F,
) -> Result<Response, ApiError>
where
    F: Future<Output = Option<Infallible>> + Send + 'static,
{
    let streams = app.metrics.live_streams.fetch_add(1, Ordering::Relaxed);
    let counted = Counted(app.clone());
    if streams >= app.config.limits.max_live_streams as u64 {
        let message = "too many event streams are open (api.max_live_streams)";
        return Err(ApiError::later(ErrorCode::TooManyRequests, message, Duration::from_secs(5)));
    }
    let (sender, receiver) = mpsc::channel(WAITING_EVENTS);
    let mut stopping = app.stopping.clone();
    let reader = sender.clone();
    let following = follow(sender);
    let refused = auth::refused(app, headers, Access::Scope(Scope::Read));
    tokio::spawn(async move {
        tokio::select! {
            _ = following => {}
            () = refused => {}
            () = reader.closed() => {}
            _ = stopping.wait_for(|stopped| *stopped) => {}
        }
        drop(counted);
    });
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(events(receiver)).keep_alive(keep_alive).into_response())
}

struct Counted(App);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.metrics.live_streams.fetch_sub(1, Ordering::Relaxed);
    }
}

fn events(receiver: mpsc::Receiver<Event>) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|event| (Ok(event), receiver))
    })
}
