//! Server-sent events: new and changed runs, and one run as it grows (ruling 37).
//!
//! An event's id is the commit up to which the stream has told everything. A client that
//! comes back with it as `Last-Event-ID` gets what it missed, or `reset` where that is
//! no longer known; then it reads the list or the run anew.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clew_model::ids::{SpanId, TraceId};
use clew_query::{Filter, Subject};
use clew_store::{ChangedTrace, Commit, Scope, TraceRow};
use futures_util::Stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

use super::filtering::read_filter;
use super::own::{own_row, row_for};
use super::params::{Params, TracePath};
use super::traces::skeletons;
use super::view::trace_row::TraceRowView;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::live::{Live, Missed};
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Changes within this time are told together.
const GATHER: Duration = Duration::from_millis(150);
/// A line of comment in between, so that proxies keep the stream open.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Runs told at once; of more only the number is said.
const ROWS_AT_ONCE: usize = 200;
/// Events that wait for a slow reader.
const WAITING_EVENTS: usize = 256;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let runs = Route {
        method: Method::GET,
        path: "/api/v1/live",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "New and changed runs as events: ready, trace, deleted, omitted, reset",
        query: &[Query { name: "filter", kind: "string", about: "Runs that meet this filter" }],
        body: None,
        answer: Answer::Events,
        handler: || get(runs),
    };
    let run = Route {
        path: "/api/v1/traces/{trace_id}/live",
        summary: "One run as it grows as events: ready, trace, deleted, reset",
        query: &[],
        answer: Answer::Events,
        handler: || get(run),
        ..runs.same()
    };
    vec![runs, run]
}

async fn runs(
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
    respond(app, |sender| follow_runs(follower, filter, sender))
}

async fn run(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asking = caller.clone();
    app.read(move |app| own_row(app, &asking, trace_id).map(drop)).await?;
    let follower = Follower { app: app.clone(), caller, seen: last_event_id(&headers)? };
    respond(app, |sender| follow_run(follower, trace_id, sender))
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Some).ok_or_else(|| ApiError::bad_request("Last-Event-ID is no id of this server"))
}

/// Starts the task that fills the stream. It ends when the reader goes or the server stops.
fn respond<F>(app: App, follow: impl FnOnce(mpsc::Sender<Event>) -> F) -> Result<Response, ApiError>
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
    let following = follow(sender);
    tokio::spawn(async move {
        tokio::select! {
            _ = following => {}
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

struct Follower {
    app: App,
    caller: Caller,
    seen: Option<u64>,
}

/// What happened since the last look.
enum News {
    Changes { traces: BTreeMap<TraceId, ChangedTrace>, seq: u64 },
    Gap { seq: u64 },
}

impl Follower {
    /// What was missed, and a way to hear what comes.
    fn begin(&self) -> (broadcast::Receiver<Live>, News) {
        let Some(seen) = self.seen else {
            let (latest, commits) = self.app.live.listen();
            return (commits, News::Changes { traces: BTreeMap::new(), seq: latest });
        };
        let (missed, latest, commits) = self.app.live.resume(self.caller.workspace, seen);
        let Missed::Commits(missed) = missed else { return (commits, News::Gap { seq: latest }) };
        let mut traces = BTreeMap::new();
        missed.iter().for_each(|commit| gather(&mut traces, commit));
        (commits, News::Changes { traces, seq: latest })
    }

    /// Waits for the next change, and a little for more. `None`: the store closed.
    async fn next(
        &self,
        commits: &mut broadcast::Receiver<Live>,
        after: u64,
        wanted: impl Fn(&Commit) -> bool,
    ) -> Option<News> {
        let mut traces = BTreeMap::new();
        let mut seq = after;
        let mut until: Option<tokio::time::Instant> = None;
        loop {
            let received = match until {
                None => commits.recv().await,
                Some(until) => match tokio::time::timeout_at(until, commits.recv()).await {
                    Ok(received) => received,
                    Err(_) => return Some(News::Changes { traces, seq }),
                },
            };
            match received {
                Ok(Live::Lost(seq)) => return Some(News::Gap { seq }),
                Ok(Live::Commit(commit)) => {
                    if commit.workspace == self.caller.workspace && wanted(&commit) {
                        seq = seq.max(commit.seq);
                        gather(&mut traces, &commit);
                        until.get_or_insert_with(|| tokio::time::Instant::now() + GATHER);
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    let (seq, fresh) = self.app.live.listen();
                    *commits = fresh;
                    return Some(News::Gap { seq });
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

fn gather(traces: &mut BTreeMap<TraceId, ChangedTrace>, commit: &Commit) {
    for changed in &commit.traces {
        let known = traces.entry(changed.trace_id).or_insert(*changed);
        known.new |= changed.new;
        known.deleted = changed.deleted;
    }
}

fn event(name: &str, id: Option<u64>, data: &serde_json::Value) -> Event {
    let event = Event::default().event(name).data(data.to_string());
    match id {
        Some(id) => event.id(id.to_string()),
        None => event,
    }
}

/// Ends with `None` when nobody reads any more.
async fn follow_runs(
    follower: Follower,
    filter: Option<Filter>,
    sender: mpsc::Sender<Event>,
) -> Option<Infallible> {
    let (mut commits, mut news) = follower.begin();
    if follower.seen.is_none()
        && let News::Changes { seq, .. } = &news
    {
        sender.send(event("ready", Some(*seq), &json!({ "commit_seq": seq }))).await.ok()?;
    }
    let filter = filter.map(Arc::new);
    loop {
        let seq = match news {
            News::Gap { seq } => {
                let data = json!({ "commit_seq": seq });
                sender.send(event("reset", Some(seq), &data)).await.ok()?;
                seq
            }
            News::Changes { traces, seq } => {
                tell_runs(&follower, &filter, traces, seq, &sender).await?;
                seq
            }
        };
        news = follower.next(&mut commits, seq, |commit| !commit.traces.is_empty()).await?;
    }
}

async fn tell_runs(
    follower: &Follower,
    filter: &Option<Arc<Filter>>,
    traces: BTreeMap<TraceId, ChangedTrace>,
    seq: u64,
    sender: &mpsc::Sender<Event>,
) -> Option<()> {
    let omitted = traces.len().saturating_sub(ROWS_AT_ONCE);
    let (caller, filter) = (follower.caller.clone(), filter.clone());
    let told = follower.app.read(move |app| {
        let changed: Vec<ChangedTrace> = traces.into_values().take(ROWS_AT_ONCE).collect();
        let mut events = Vec::new();
        // Whose a deleted run was is no longer known: an agent key is told of none.
        if caller.agent.is_none() {
            let deleted = changed.iter().filter(|changed| changed.deleted);
            events.extend(deleted.map(|gone| ("deleted", json!({ "trace_id": gone.trace_id }))));
        }
        let now = app.store.now();
        let alive: Vec<TraceId> =
            changed.iter().filter(|changed| !changed.deleted).map(|one| one.trace_id).collect();
        for row in rows_of(app, &caller, &alive, filter.as_deref(), now)? {
            let trace_id = row.summary.trace_id;
            let new = changed.iter().any(|changed| changed.trace_id == trace_id && changed.new);
            events.push(("trace", json!({ "trace": TraceRowView::new(&row, now), "new": new })));
        }
        Ok(events)
    });
    // A row that cannot be read now is told with its next change, or by a reset.
    let Ok(mut events) = told.await else {
        let data = json!({ "commit_seq": seq });
        return sender.send(event("reset", Some(seq), &data)).await.ok();
    };
    if omitted > 0 {
        events.push(("omitted", json!({ "traces": omitted })));
    }
    // The id stands on the last one: only then has everything been told.
    let last = events.len().saturating_sub(1);
    for (index, (name, data)) in events.into_iter().enumerate() {
        let id = (index == last).then_some(seq);
        sender.send(event(name, id, &data)).await.ok()?;
    }
    Some(())
}

/// The rows of these runs, as far as the caller may see them and the filter takes them.
fn rows_of(
    app: &App,
    caller: &Caller,
    traces: &[TraceId],
    filter: Option<&Filter>,
    now: i64,
) -> Result<Vec<TraceRow>, ApiError> {
    let mut rows = Vec::new();
    for trace_id in traces {
        let Some(row) = row_for(app, caller, *trace_id)? else { continue };
        let wanted = match filter {
            Some(filter) => app.store.row_matches(filter, &row, now)?,
            None => true,
        };
        if wanted {
            rows.push(row);
        }
    }
    Ok(rows)
}

async fn follow_run(
    follower: Follower,
    trace_id: TraceId,
    sender: mpsc::Sender<Event>,
) -> Option<Infallible> {
    let (mut commits, mut news) = follower.begin();
    let mut sent: HashMap<SpanId, u64> = HashMap::new();
    let resumed = follower.seen.is_some();
    if let News::Changes { seq, traces } = &news {
        let seq = *seq;
        if !resumed {
            // What the reader fetches after this event cannot be older than it.
            sender.send(event("ready", Some(seq), &json!({ "commit_seq": seq }))).await.ok()?;
        }
        if !resumed || !traces.contains_key(&trace_id) {
            tell_run(&follower, trace_id, seq, &mut sent, None).await?;
            news = next_of(&follower, &mut commits, seq, trace_id).await?;
        }
    }
    loop {
        let seq = match news {
            News::Gap { seq } => {
                let data = json!({ "commit_seq": seq });
                sender.send(event("reset", Some(seq), &data)).await.ok()?;
                seq
            }
            News::Changes { seq, traces } => {
                if traces.get(&trace_id).is_some_and(|changed| changed.deleted) {
                    let data = json!({ "trace_id": trace_id });
                    sender.send(event("deleted", Some(seq), &data)).await.ok()?;
                    return None;
                }
                tell_run(&follower, trace_id, seq, &mut sent, Some(&sender)).await?;
                seq
            }
        };
        news = next_of(&follower, &mut commits, seq, trace_id).await?;
    }
}

async fn next_of(
    follower: &Follower,
    commits: &mut broadcast::Receiver<Live>,
    after: u64,
    trace_id: TraceId,
) -> Option<News> {
    let wanted = |commit: &Commit| commit.traces.iter().any(|changed| changed.trace_id == trace_id);
    follower.next(commits, after, wanted).await
}

/// Tells the row and the spans that look otherwise than last time. Without a sender it
/// only remembers how they look.
async fn tell_run(
    follower: &Follower,
    trace_id: TraceId,
    seq: u64,
    sent: &mut HashMap<SpanId, u64>,
    sender: Option<&mpsc::Sender<Event>>,
) -> Option<()> {
    let caller = follower.caller.clone();
    let read = follower.app.read(move |app| {
        let now = app.store.now();
        let row = own_row(app, &caller, trace_id)?;
        let spans = skeletons(app, &caller, &row)?;
        Ok((serde_json::to_value(TraceRowView::new(&row, now)).unwrap_or_default(), spans))
    });
    let Ok((row, spans)) = read.await else {
        let data = json!({ "commit_seq": seq });
        return match sender {
            Some(sender) => sender.send(event("reset", Some(seq), &data)).await.ok(),
            None => Some(()),
        };
    };
    let mut changed = Vec::new();
    for (span_id, skeleton) in spans {
        let hash = fingerprint(&skeleton);
        if sent.insert(span_id, hash) != Some(hash) {
            changed.push(skeleton);
        }
    }
    let Some(sender) = sender else { return Some(()) };
    let data = json!({ "trace": row, "spans": changed });
    sender.send(event("trace", Some(seq), &data)).await.ok()
}

fn fingerprint(skeleton: &serde_json::Value) -> u64 {
    let hash = blake3::hash(skeleton.to_string().as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
