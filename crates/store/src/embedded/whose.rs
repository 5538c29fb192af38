//! Whose a span is of which only the id is known: feedback often names nothing else.
//!
//! Staged traces are looked through first, then chunks by their blooms, newest trace first, for
//! a bounded time: feedback mostly comes soon after its run.

use std::time::{Duration, Instant};

use clew_model::ids::{SpanId, TraceId};
use clew_query::each_token;
use rusqlite::Connection;

use super::disk::{chunks, id_of};
use super::search::blooms::TokenHash;
use super::{Embedded, rows};
use crate::{StoreError, WorkspaceId};

/// How long is looked.
const LOOK: Duration = Duration::from_secs(2);
/// Chunks whose blooms are read in one step.
const STEP: i64 = 256;

impl Embedded {
    /// The newest trace with this span.
    pub(crate) fn trace_of_span(
        &self,
        workspace: WorkspaceId,
        span_id: SpanId,
    ) -> Result<Option<TraceId>, StoreError> {
        if let Some(trace_id) = self.staging.trace_of_span(workspace, span_id) {
            return Ok(Some(trace_id));
        }
        self.in_chunks(workspace, &span_id.to_string(), |key, trace_id| {
            let found = self
                .readers
                .read(|connection| chunks::with_keys(connection, &self.dictionaries, &[key]))?;
            let Some(chunk) = found.first() else { return Ok(None) };
            let head = chunk.head()?;
            let is_here = head.entries.iter().any(|entry| entry.span_id == span_id);
            Ok(is_here.then_some(trace_id))
        })
    }

    /// The newest span that its sender calls so, and its trace.
    pub(crate) fn span_of_sender(
        &self,
        workspace: WorkspaceId,
        sender_id: &str,
    ) -> Result<Option<(TraceId, SpanId)>, StoreError> {
        let started = Instant::now();
        for trace_id in self.staging.traces_of(workspace) {
            if started.elapsed() > LOOK {
                return Ok(None);
            }
            if let Some(span_id) = self.called(workspace, &trace_id, sender_id)? {
                return Ok(Some((trace_id, span_id)));
            }
        }
        self.in_chunks(workspace, sender_id, |_, trace_id| {
            let found = self.called(workspace, &trace_id, sender_id)?;
            Ok(found.map(|span_id| (trace_id, span_id)))
        })
    }

    fn called(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
        sender_id: &str,
    ) -> Result<Option<SpanId>, StoreError> {
        let sources = match self.sources(workspace, trace_id, None) {
            Err(StoreError::NotFound(_)) => return Ok(None),
            found => found?,
        };
        let is_it = |said: &Option<String>| said.as_deref() == Some(sender_id);
        Ok(sources.iter().find(|span| is_it(&span.sender_span_id)).map(|span| span.span_id))
    }

    /// Asks `look` for each chunk, newest trace first, whose bloom may hold the text.
    fn in_chunks<T>(
        &self,
        workspace: WorkspaceId,
        text: &str,
        look: impl Fn(i64, TraceId) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let started = Instant::now();
        let mut tokens = Vec::new();
        each_token(text, |token| tokens.push(TokenHash::new(token)));
        let mut below = i64::MAX;
        while started.elapsed() < LOOK {
            let step = self
                .readers
                .read(|connection| candidates(connection, workspace, below, &tokens))?;
            for (key, trace_id) in step.found {
                if let Some(found) = look(key, trace_id)? {
                    return Ok(Some(found));
                }
            }
            match step.next_below {
                Some(next) => below = next,
                None => return Ok(None),
            }
        }
        tracing::warn!(workspace = workspace.0, "the run of a span was not found in time");
        Ok(None)
    }
}

struct Step {
    found: Vec<(i64, TraceId)>,
    next_below: Option<i64>,
}

fn candidates(
    connection: &Connection,
    workspace: WorkspaceId,
    below: i64,
    tokens: &[TokenHash],
) -> Result<Step, StoreError> {
    let sql = "SELECT key, workspace, bloom FROM chunk WHERE key < ?1 ORDER BY key DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([below, STEP])?;
    let mut step = Step { found: Vec::new(), next_below: None };
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        let key: i64 = row.get(0)?;
        step.next_below = Some(key);
        if row.get::<_, i64>(1)? != workspace.0 {
            continue;
        }
        let bloom = row.get_ref(2)?.as_blob().unwrap_or_default();
        if !tokens.iter().all(|token| token.may_be_in(bloom)) {
            continue;
        }
        if let Some(trace_id) = rows::id_of(connection, id_of(key))? {
            step.found.push((key, trace_id));
        }
    }
    if count < STEP {
        step.next_below = None;
    }
    Ok(step)
}
