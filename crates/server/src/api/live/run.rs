//! The feed of one run: its row, and the spans that changed.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::response::sse::Event;
use clew_model::ids::{SpanId, TraceId};
use clew_store::Commit;
use serde_json::json;
use tokio::sync::{broadcast, mpsc};

use super::follower::{Follower, News, event};
use crate::api::traces::skeletons;
use crate::api::view::trace_row::TraceRowView;
use crate::live::Live;

pub(super) async fn follow_run(
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
        let (row, spans) = skeletons(app, &caller, trace_id)?;
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
