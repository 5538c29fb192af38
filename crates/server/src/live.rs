//! The recent commits, so that a stream that broke off can go on where it stopped
//! (ruling 37).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use clew_store::{Commit, WorkspaceId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use crate::app::App;

/// Commits that a stream may have missed and still get.
const KEPT_COMMITS: usize = 4096;
/// Changed traces in all of them together.
const KEPT_CHANGES: usize = 65_536;

/// What was committed lately, and who wants to hear of the next.
#[derive(Debug)]
pub(crate) struct Hub {
    recent: Mutex<Recent>,
    told: broadcast::Sender<Live>,
}

/// What a stream hears.
#[derive(Debug, Clone)]
pub(crate) enum Live {
    /// A commit.
    Commit(Arc<Commit>),
    /// Some commits up to this one passed unseen.
    Lost(u64),
}

/// Commits that a stream may lag behind before it has a gap.
const WAITING_COMMITS: usize = 1024;

#[derive(Debug, Default)]
struct Recent {
    commits: VecDeque<Arc<Commit>>,
    changes: usize,
    /// Every commit after this one is in `commits`.
    complete_after: u64,
    latest: u64,
}

/// What a stream gets that has seen everything up to some commit.
#[derive(Debug, PartialEq)]
pub(crate) enum Missed {
    /// These commits, possibly none.
    Commits(Vec<Arc<Commit>>),
    /// More than is known: it must read everything anew.
    Gap,
}

impl Hub {
    /// Starts at the store's newest commit.
    pub(crate) fn new(latest: u64) -> Self {
        let recent = Recent { complete_after: latest, latest, ..Recent::default() };
        Self { recent: Mutex::new(recent), told: broadcast::Sender::new(WAITING_COMMITS) }
    }

    /// Everything from the newest commit on: that one's number, and what comes.
    pub(crate) fn listen(&self) -> (u64, broadcast::Receiver<Live>) {
        let recent = self.lock();
        (recent.latest, self.told.subscribe())
    }

    /// Everything of a workspace after `seq`: what was missed, the newest commit's number,
    /// and what comes. Nothing falls in between.
    pub(crate) fn resume(
        &self,
        workspace: WorkspaceId,
        seq: u64,
    ) -> (Missed, u64, broadcast::Receiver<Live>) {
        let recent = self.lock();
        (recent.missed(workspace, seq), recent.latest, self.told.subscribe())
    }

    fn push(&self, commit: Arc<Commit>) {
        let mut recent = self.lock();
        recent.push(Arc::clone(&commit));
        // Nobody listening is no failure.
        let _listeners = self.told.send(Live::Commit(commit));
    }

    /// Some commits were not seen: whoever stands before them has a gap.
    fn lost(&self, latest: u64) {
        let mut recent = self.lock();
        *recent = Recent { complete_after: latest, latest, ..Recent::default() };
        let _listeners = self.told.send(Live::Lost(latest));
    }

    fn lock(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Recent {
    fn missed(&self, workspace: WorkspaceId, seq: u64) -> Missed {
        if seq < self.complete_after || seq > self.latest {
            return Missed::Gap;
        }
        let of_workspace =
            |commit: &&Arc<Commit>| commit.seq > seq && commit.workspace == workspace;
        Missed::Commits(self.commits.iter().filter(of_workspace).cloned().collect())
    }

    fn push(&mut self, commit: Arc<Commit>) {
        self.latest = self.latest.max(commit.seq);
        self.changes += commit.traces.len();
        self.commits.push_back(commit);
        while self.commits.len() > KEPT_COMMITS || self.changes > KEPT_CHANGES {
            let Some(oldest) = self.commits.pop_front() else { break };
            self.changes -= oldest.traces.len();
            self.complete_after = self.complete_after.max(oldest.seq);
        }
    }
}

/// Keeps the hub current until the server stops.
pub(crate) async fn follow(
    app: App,
    mut commits: broadcast::Receiver<Arc<Commit>>,
    mut stopping: watch::Receiver<bool>,
) {
    let hub = &app.live;
    loop {
        let received = tokio::select! {
            received = commits.recv() => received,
            _ = stopping.wait_for(|stopped| *stopped) => return,
        };
        match received {
            Ok(commit) => {
                for gone in commit.traces.iter().filter(|changed| changed.deleted) {
                    app.forget_run(commit.workspace, gone.trace_id);
                }
                hub.push(commit);
            }
            Err(RecvError::Lagged(_)) => {
                app.forget_runs();
                hub.lost(app.store.metrics().seq);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(seq: u64, workspace: i64) -> Arc<Commit> {
        Arc::new(Commit { seq, workspace: WorkspaceId(workspace), traces: Vec::new() })
    }

    #[test]
    fn a_stream_goes_on_after_what_it_has_seen() {
        let hub = Hub::new(10);
        let missed = |workspace, seq| hub.resume(workspace, seq).0;
        for seq in 11..=13 {
            hub.push(commit(seq, 1));
        }
        hub.push(commit(13, 2));
        let one = WorkspaceId(1);
        assert_eq!(missed(one, 11), Missed::Commits(vec![commit(12, 1), commit(13, 1)]));
        assert_eq!(missed(one, 13), Missed::Commits(vec![]));
        assert_eq!(missed(WorkspaceId(2), 10), Missed::Commits(vec![commit(13, 2)]));
        assert_eq!(missed(one, 9), Missed::Gap);
        assert_eq!(missed(one, 14), Missed::Gap, "a number from another store");
    }

    #[test]
    fn what_was_dropped_or_lost_is_a_gap() {
        let hub = Hub::new(0);
        let missed = |seq| hub.resume(WorkspaceId(1), seq).0;
        for seq in 1..=KEPT_COMMITS as u64 + 1 {
            hub.push(commit(seq, 1));
        }
        assert_eq!(missed(0), Missed::Gap);
        assert!(matches!(missed(1), Missed::Commits(all) if all.len() == 4096));
        hub.lost(5000);
        assert_eq!(missed(4097), Missed::Gap);
        assert_eq!(missed(5000), Missed::Commits(vec![]));
    }
}
