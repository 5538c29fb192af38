//! Deleting: one trace, what meets a filter, a workspace, and what retention says.

use std::time::{Duration, Instant};

use clew_model::ids::TraceId;
use rusqlite::Connection;
use serde::Serialize;

use crate::embedded::catalog::{Locked, audit, workspaces};
use crate::embedded::purge::{Purge, Purged};
use crate::embedded::retention::{self, Receipt, Rules};
use crate::embedded::rows;
use crate::embedded::tombstones::{self, Deletion};
use crate::listing::{Budget, TraceQuery};
use crate::{Change, Store, StoreError, Workspace, WorkspaceId};

pub use crate::embedded::retention::{
    Receipt as RetentionReceipt, RetentionRun, Rule as RetentionRule,
};
pub use crate::embedded::tombstones::{Tombstone, TombstoneQuery};

/// Traces that are deleted in one transaction; commits go on between two.
const BATCH: usize = 200;

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Deleted {
    /// Traces that are gone.
    pub trace_count: u64,
    /// No file of the store holds a byte of them any more. Backups and exports are outside.
    pub wiped: bool,
}

impl Store {
    /// Deletes one trace for good: every byte of it. What comes for it later is refused for 30
    /// days.
    pub fn delete_trace(
        &self,
        trace_id: &TraceId,
        why: &str,
        change: &Change,
    ) -> Result<Deleted, StoreError> {
        let workspace = change.workspace;
        let found = self.read(|connection| rows::tno(connection, workspace, trace_id))?;
        found.ok_or(StoreError::NotFound("trace"))?;
        self.delete_batch(vec![*trace_id], why, change)
    }

    /// Deletes every trace that meets the question, for good. `limit` and `cursor` of the question
    /// say nothing here.
    pub fn delete_matching(
        &self,
        query: &TraceQuery,
        why: &str,
        change: &Change,
    ) -> Result<Deleted, StoreError> {
        let mut deleted = Deleted { trace_count: 0, wiped: true };
        let mut page = TraceQuery { limit: BATCH, cursor: None, sort: Vec::new(), ..query.clone() };
        loop {
            page.budget = Budget::default();
            let found = self.traces(&page)?;
            let ids: Vec<TraceId> = found.rows.iter().map(|row| row.summary.trace_id).collect();
            if !ids.is_empty() {
                let batch = self.delete_batch(ids, why, change)?;
                deleted.trace_count += batch.trace_count;
                deleted.wiped &= batch.wiped;
            }
            match found.next_cursor {
                Some(cursor) => page.cursor = Some(cursor),
                None => return Ok(deleted),
            }
        }
    }

    fn delete_batch(
        &self,
        traces: Vec<TraceId>,
        why: &str,
        change: &Change,
    ) -> Result<Deleted, StoreError> {
        let (ids, why, change) = (traces.clone(), why.to_owned(), change.clone());
        let workspace = change.workspace;
        let with = move |connection: &Connection, commit_seq: u64| {
            let deletion = Deletion {
                by: change.by.clone(),
                rule: why.clone(),
                at_nanos: change.at_nanos,
                commit_seq,
            };
            for id in &ids {
                tombstones::add(connection, workspace, id, &deletion)?;
                audit::append(connection, &change, "trace.delete", &id.to_string(), &why)?;
            }
            Ok(())
        };
        let Purged { traces, wiped, .. } =
            self.inner.purge(Purge { workspace, traces, wipe: true }, with)?;
        Ok(Deleted { trace_count: traces, wiped })
    }

    /// Deleted traces, the latest first.
    pub fn tombstones(&self, query: &TombstoneQuery) -> Result<Vec<Tombstone>, StoreError> {
        self.read(|connection| tombstones::list(connection, query))
    }

    /// Deletes a workspace with everything in it. Keys go first, so that nobody sends into it
    /// meanwhile. Broken off, it is finished by the next [`Store::run_retention`].
    pub fn delete_workspace(
        &self,
        workspace: &Workspace,
        change: &Change,
    ) -> Result<Deleted, StoreError> {
        let (doomed, by) = (workspace.clone(), change.clone());
        self.write(move |tx| workspaces::close(tx, &doomed, &by))?;
        self.finish_workspace(workspace)
    }

    fn finish_workspace(&self, workspace: &Workspace) -> Result<Deleted, StoreError> {
        let id = workspace.id;
        let mut deleted = Deleted { trace_count: 0, wiped: true };
        loop {
            let traces =
                self.read(|connection| retention::oldest(connection, id, i64::MAX, BATCH))?;
            if traces.is_empty() {
                break;
            }
            let purged =
                self.inner.purge(Purge { workspace: id, traces, wipe: true }, |_, _| Ok(()))?;
            deleted.trace_count += purged.traces;
            deleted.wiped &= purged.wiped;
        }
        self.write(move |tx| workspaces::remove(tx, id))?;
        deleted.wiped &= self.inner.wipe_free_pages()?;
        Ok(deleted)
    }

    /// Deletes what the settings `retention.days`, `retention.rules` and `retention.max_bytes` say,
    /// oldest first, whole batches at a time, until it is done or the time is over. Each rule that
    /// removed something leaves a receipt.
    pub fn run_retention(
        &self,
        locked: &Locked,
        time: Duration,
    ) -> Result<RetentionRun, StoreError> {
        let deadline = Instant::now() + time;
        let now = self.now();
        let mut run = RetentionRun::default();
        for workspace in self.read(workspaces::closed)? {
            run.trace_count += self.finish_workspace(&workspace)?.trace_count;
        }
        for workspace in self.workspaces()? {
            let rules = self.read(|connection| Rules::read(connection, workspace.id, locked))?;
            for rule in rules.rules {
                if !self.apply_rule(workspace.id, &rule, now, deadline, &mut run)? {
                    return Ok(run);
                }
            }
        }
        if let Some(max_bytes) = self.read(|connection| retention::max_bytes(connection, locked))?
            && !self.apply_size(max_bytes, now, deadline, &mut run)?
        {
            return Ok(run);
        }
        if run.trace_count > 0 {
            self.inner.wipe_free_pages()?;
        }
        self.write(move |tx| retention::forget_old_books(tx, now))?;
        run.is_done = true;
        Ok(run)
    }

    /// False when the time was over first.
    fn apply_rule(
        &self,
        workspace: WorkspaceId,
        rule: &RetentionRule,
        now: i64,
        deadline: Instant,
        run: &mut RetentionRun,
    ) -> Result<bool, StoreError> {
        let mut receipt = Receipt::new(workspace, rule.told(), now);
        receipt.cut_nanos = Some(rule.cut_nanos(now));
        let mut cursor = None;
        let is_done = loop {
            if Instant::now() >= deadline {
                break false;
            }
            let query = rule.query(workspace, now, BATCH, cursor.take())?;
            let page = self.traces(&query)?;
            let doomed: Vec<_> = page.rows.into_iter().filter(|row| now >= row.quiet_at).collect();
            if !doomed.is_empty() {
                receipt.take(&doomed);
                let traces = doomed.iter().map(|row| row.summary.trace_id).collect();
                self.inner.purge(Purge { workspace, traces, wipe: false }, |_, _| Ok(()))?;
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break true,
            }
        };
        self.keep_receipt(receipt, run)?;
        Ok(is_done)
    }

    /// Deletes the oldest traces of all workspaces until what the file holds fits.
    fn apply_size(
        &self,
        max_bytes: u64,
        now: i64,
        deadline: Instant,
        run: &mut RetentionRun,
    ) -> Result<bool, StoreError> {
        let mut receipts: Vec<Receipt> = Vec::new();
        let mut is_done = true;
        while self.read(retention::used_bytes)? > max_bytes {
            if Instant::now() >= deadline {
                is_done = false;
                break;
            }
            let Some((workspace, rows)) =
                self.read(|connection| retention::oldest_of_all(connection, BATCH))?
            else {
                break;
            };
            let rule = format!("size over {max_bytes} bytes");
            let place = receipts.iter().position(|receipt| receipt.workspace == workspace);
            let place = place.unwrap_or_else(|| {
                receipts.push(Receipt::new(workspace, rule, now));
                receipts.len() - 1
            });
            receipts[place].take(&rows);
            let traces = rows.iter().map(|row| row.summary.trace_id).collect();
            self.inner.purge(Purge { workspace, traces, wipe: false }, |_, _| Ok(()))?;
        }
        receipts.into_iter().try_for_each(|receipt| self.keep_receipt(receipt, run))?;
        Ok(is_done)
    }

    fn keep_receipt(&self, receipt: Receipt, run: &mut RetentionRun) -> Result<(), StoreError> {
        if receipt.trace_count == 0 {
            return Ok(());
        }
        run.trace_count += receipt.trace_count;
        run.receipts.push(receipt.clone());
        self.write(move |tx| retention::keep_receipt(tx, &receipt))
    }

    /// What retention removed, the latest run first.
    pub fn retention_receipts(
        &self,
        workspace: WorkspaceId,
        limit: usize,
    ) -> Result<Vec<RetentionReceipt>, StoreError> {
        self.read(|connection| retention::receipts(connection, workspace, limit))
    }
}
