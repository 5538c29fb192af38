//! What is done now and then, beside requests: their log and uses of keys are written down,
//! what is kept and nobody asks for is given up.

use std::collections::HashMap;
use std::time::Duration;

use clew_store::{RequestEntry, WorkspaceId};
use tokio::sync::watch;

use crate::api::locked;
use crate::app::App;
use crate::error::ApiError;

/// Between two writes.
const INTERVAL: Duration = Duration::from_secs(2);
/// Between two looks for payloads that nobody asked for meanwhile.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);
/// Looks until trees are looked for too: a tree that was used in five minutes stays.
const SWEEPS_PER_TREE: u32 = 10;
/// Between two runs of retention.
const RETENTION_INTERVAL: Duration = Duration::from_secs(300);
/// Before the first run, and before the next where the time was over.
const RETENTION_SOON: Duration = Duration::from_secs(15);
/// Longest run: deleting must not keep writers waiting.
const RETENTION_TIME: Duration = Duration::from_secs(2);

/// Writes until the server stops.
pub(crate) async fn run(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            _ = stopping.wait_for(|stopped| *stopped) => return,
        }
        write(&app).await;
    }
}

/// Gives back the memory of payloads and trees that nobody reads any more, until the server
/// stops. A long run takes as much memory as all the rest of an idle server.
pub(crate) async fn sweep(app: App, mut stopping: watch::Receiver<bool>) {
    for sweep in (1..=SWEEPS_PER_TREE).cycle() {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_INTERVAL) => {}
            _ = stopping.wait_for(|stopped| *stopped) => return,
        }
        app.documents.sweep();
        if sweep == SWEEPS_PER_TREE {
            app.trees.sweep();
        }
    }
}

/// Rolls up hours that have ended and removes what retention says, now and then, until
/// the server stops.
pub(crate) async fn retain(app: App, mut stopping: watch::Receiver<bool>) {
    let mut pause = RETENTION_SOON;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stopped| *stopped) => return,
        }
        let ran = app.read(|app| {
            app.store.roll_up(RETENTION_TIME)?;
            Ok(app.store.run_retention(&locked(app), RETENTION_TIME)?)
        });
        pause = match ran.await {
            Ok(run) => {
                if run.trace_count > 0 {
                    tracing::info!(traces = run.trace_count, "retention removed traces");
                }
                if run.is_done { RETENTION_INTERVAL } else { RETENTION_SOON }
            }
            Err(error) => {
                tracing::warn!(%error, "roll-up or retention could not run");
                RETENTION_INTERVAL
            }
        };
    }
}

/// Writes what is pending.
pub(crate) async fn write(app: &App) {
    let written = app.read(|app| {
        write_requests(app)?;
        write_uses(app)
    });
    if let Err(error) = written.await {
        // Both are for people who look later; ingest must not fail for them.
        tracing::warn!(%error, "the request log could not be written");
    }
}

/// Hands pending entries of the request log to the store.
pub(crate) fn write_requests(app: &App) -> Result<(), ApiError> {
    let mut by_workspace: HashMap<WorkspaceId, Vec<RequestEntry>> = HashMap::new();
    for (workspace, entry) in app.requests.take() {
        by_workspace.entry(workspace).or_default().push(entry);
    }
    for (workspace, entries) in by_workspace {
        app.store.append_requests(workspace, entries)?;
    }
    Ok(())
}

fn write_uses(app: &App) -> Result<(), ApiError> {
    let uses: Vec<(i64, i64)> = app.keys.take_uses().into_iter().collect();
    if !uses.is_empty() {
        app.store.mark_keys_used(uses)?;
    }
    Ok(())
}
