//! What one reader of the live feed has heard, and what comes next.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::response::sse::Event;
use clew_model::ids::TraceId;
use clew_store::{ChangedTrace, Commit};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::live::{Live, Missed};

/// Changes within this time are told together.
const GATHER: Duration = Duration::from_millis(150);

/// A reader.
pub(super) struct Follower {
    pub(super) app: App,
    pub(super) caller: Caller,
    /// `Last-Event-ID`.
    pub(super) seen: Option<u64>,
}

/// What happened since the last look.
pub(super) enum News {
    Changes { traces: BTreeMap<TraceId, ChangedTrace>, seq: u64 },
    Gap { seq: u64 },
}

impl Follower {
    /// What was missed, and a way to hear what comes.
    pub(super) fn begin(&self) -> (broadcast::Receiver<Live>, News) {
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
    pub(super) async fn next(
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

/// An event; the id says up to where everything was told.
pub(super) fn event(name: &str, id: Option<u64>, data: &serde_json::Value) -> Event {
    let event = Event::default().event(name).data(data.to_string());
    match id {
        Some(id) => event.id(id.to_string()),
        None => event,
    }
}
