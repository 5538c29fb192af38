//! The feed of new and changed runs.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::Event;
use clew_model::ids::TraceId;
use clew_query::Filter;
use clew_store::{ChangedTrace, TraceRow};
use serde_json::json;
use tokio::sync::mpsc;

use super::follower::{Follower, News, event};
use crate::api::own::row_for;
use crate::api::view::trace_row::TraceRowView;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// Runs told at once; of more only the number is said.
const ROWS_AT_ONCE: usize = 200;

/// Ends with `None` when nobody reads any more.
pub(super) async fn follow_runs(
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
