//! Statistics over traces: what is asked and what is answered (ruling 30).

use std::time::{Duration, Instant};

use clew_model::usage::{PicoUsd, Usage};
use clew_query::Filter;
use serde::{Deserialize, Serialize};

use crate::embedded::stats;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Scanned, StoredSpans};
use crate::{Agent, Store, StoreError};

/// What traces are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// The trace's agent.
    Agent,
    /// Each model that was asked or answered: a trace with two of them counts in both groups.
    Model,
    /// Each tool that was called, likewise.
    Tool,
    /// The trace's name.
    Name,
    /// Its status.
    Status,
    /// The hour of its start.
    Hour,
    /// The day of its start.
    Day,
}

/// A question for numbers.
#[derive(Debug, Clone)]
pub struct StatsQuery {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Read for [`clew_query::Subject::Trace`].
    pub filter: Filter,
    /// Two at most.
    pub group_by: Vec<Dimension>,
    /// Groups at most, the largest first; with a time in `group_by` in order of time.
    pub limit: usize,
    /// Only this agent's.
    pub agent: Option<AgentId>,
    /// Where days and hours begin; east of UTC is positive.
    pub utc_offset_seconds: i32,
    /// How much may be looked at.
    pub budget: Budget,
    /// For states, nanoseconds since 1970 UTC.
    pub now: i64,
}

/// The numbers of some traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Traces.
    pub trace_count: u64,
    /// Of these, those with status error.
    pub error_count: u64,
    /// Of these, those whose root failed.
    pub failed_count: u64,
    /// Of these, those that go on now: live, or resumed.
    pub live_count: u64,
    /// Spans of all of them.
    pub span_count: u64,
    /// Of these, failed.
    pub span_error_count: u64,
    /// Input and output; `None` where no trace has any.
    pub tokens: Option<u64>,
    /// Their parts, as far as rows are kept of them: input, output, cache_read, cache_write, reasoning.
    pub usage: Usage,
    /// Money; `None` where no trace has any.
    pub cost: Option<PicoUsd>,
    /// Of traces that ended at all.
    pub duration_nanos: Option<Percentiles>,
}

/// Percentiles, within a thirty-second part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Half of them are not longer.
    pub p50: i64,
    /// Nineteen of twenty.
    pub p95: i64,
    /// Ninety-nine of a hundred.
    pub p99: i64,
}

/// The numbers of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatsRow {
    /// A value for each of `group_by`: names, words, or nanoseconds since 1970 of the beginning of
    /// an hour or a day as decimal text. Empty where a trace has none.
    pub group: Vec<String>,
    /// The agent, where traces are grouped by it: names need not be unique.
    pub agent: Option<AgentId>,
    /// Its numbers.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatsAnswer {
    /// The groups.
    pub rows: Vec<StatsRow>,
    /// Groups beyond the limit.
    pub more_groups: u64,
    /// All traces, each once.
    pub total: Figures,
    /// Set where the time ran out: the numbers are of the newest rows only.
    pub scanned: Option<Scanned>,
}

/// An agent and the numbers of all its traces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentRow {
    /// The registry's entry.
    #[serde(flatten)]
    pub agent: Agent,
    /// Its traces.
    #[serde(flatten)]
    pub figures: Figures,
    /// Start of the newest; `None` without traces.
    pub last_start_nanos: Option<i64>,
}

/// The agents of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgentList {
    /// The one with the newest trace first, those without any last.
    pub rows: Vec<AgentRow>,
    /// Set where the time ran out: the numbers are of the newest traces only.
    pub scanned: Option<Scanned>,
}

impl Store {
    /// Counts, errors, tokens, cost and durations of traces, by group. Finished hours come from the
    /// roll-up where it holds, the others from the rows: the numbers are those of the lists.
    pub fn stats(&self, query: &StatsQuery) -> Result<StatsAnswer, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        self.inner.walkers.read(|connection| stats::stats(connection, &spans, query))
    }

    /// Every agent with its numbers; `only` for an agent's key.
    pub fn agents(
        &self,
        workspace: WorkspaceId,
        only: Option<AgentId>,
        budget: Budget,
    ) -> Result<AgentList, StoreError> {
        let spans = StoredSpans::new(&self.inner);
        let now = self.now();
        self.inner
            .walkers
            .read(|connection| stats::agents(connection, &spans, workspace, only, budget, now))
    }

    /// Rolls up hours that have ended, the newest first, until all are or the time is over. A
    /// follower calls it every few minutes. Gives the number of hours rolled up.
    pub fn roll_up(&self, time: Duration) -> Result<u64, StoreError> {
        let deadline = Instant::now() + time;
        let now = self.now();
        let mut count = 0;
        for workspace in self.workspaces()? {
            let id = workspace.id;
            let mut before = stats::rollup::last_hour(now);
            while let Some(hour) =
                self.read(|connection| stats::rollup::next_open(connection, id, before))?
            {
                if Instant::now() >= deadline {
                    return Ok(count);
                }
                // Read outside of the writer; kept only if no row of the hour changed meanwhile.
                let (seq, rolled) = self.inner.walkers.read(|connection| {
                    let seq = stats::rollup::last_change(connection, id, hour)?;
                    Ok((seq, stats::rollup::of_hour(connection, id, hour, now)?))
                })?;
                if let Some(rolled) = rolled {
                    self.write(move |tx| stats::rollup::keep(tx, id, hour, seq, &rolled))?;
                    count += 1;
                }
                before = hour - 1;
            }
        }
        Ok(count)
    }
}
