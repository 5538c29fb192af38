//! Numbers over traces by group: finished hours from the roll-up where it holds, everything else
//! from the rows.

pub(crate) mod figures;
pub(crate) mod groups;
pub(crate) mod histogram;
pub(crate) mod rollup;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use clew_query::{Comparison, Expr, Field, FieldRef, Filter, Predicate};
use rusqlite::Connection;

use super::agents::{self as registry};
use super::lists::SpanSource;
use super::lists::candidate::{COLUMNS, Candidate, Context};
use super::lists::names::agent_number;
use super::lists::plan::{Plan, plan};
use super::lists::traces::{Clock, meets, of_path};
use super::lists::walk::{Index, Path, Walk, has_term};
use crate::contract::StoreError;
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Budget, Scanned};
use crate::stats::{AgentList, AgentRow, Dimension, Figures, StatsAnswer, StatsQuery, StatsRow};
use figures::Sums;
use groups::{Key, Kinds, Reader, Trace};
use rollup::HOUR_NANOS;

const DAY_NANOS: i64 = 24 * HOUR_NANOS;

/// Numbers by group.
pub(crate) fn stats(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &StatsQuery,
) -> Result<StatsAnswer, StoreError> {
    let mut seen = Vec::new();
    for dimension in &query.group_by {
        if seen.contains(dimension) || seen.len() == 2 {
            let message = "group by at most two different dimensions";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        seen.push(*dimension);
    }
    let plan = plan(connection, query.workspace, query.filter.expr.as_ref(), query.agent)?;
    let mut answer = Gathered::new(query);
    let Some(path) = plan.path.clone() else { return answer.answer(connection, None) };
    let mut clock = Clock::new(query.budget);
    let rolls_up = query.utc_offset_seconds % 3_600 == 0 && is_plain(&plan, &path);
    let is_whole = match rolls_up {
        true => answer.add_hours(connection, &path, &mut clock)?,
        false => answer.add_rows(connection, spans, &plan, &path, &mut clock)?,
    };
    let scanned = match is_whole {
        true => None,
        false => {
            let of = of_path(connection, &path, query.workspace)?;
            Some(Scanned { rows: clock.scanned, of: of.max(clock.scanned) })
        }
    };
    answer.answer(connection, scanned)
}

/// There are no conditions but on the start: the roll-up knows no others. Its hours are those of
/// UTC.
fn is_plain(plan: &Plan, path: &Path) -> bool {
    let is_every_agent = plan.agent_no.is_none() && path.index == Index::Start;
    is_every_agent && plan.expr.as_ref().is_none_or(is_about_start)
}

fn is_about_start(expr: &Expr) -> bool {
    match expr {
        Expr::And(items) => items.iter().all(is_about_start),
        Expr::Term(term) => matches!(
            &term.predicate,
            Predicate::Comparison(Comparison {
                field: FieldRef::Field(Field::Start),
                below: None,
                is_negated: false,
                test: clew_query::Test::Time(_),
            })
        ),
        Expr::Or(_) | Expr::Not(_) => false,
    }
}

/// Groups while they are counted.
struct Gathered<'q> {
    query: &'q StatsQuery,
    kinds: Kinds,
    /// By the beginning of the hour or day (0 without one) and the other dimensions.
    groups: HashMap<(i64, Key), Sums>,
    total: Sums,
}

impl<'q> Gathered<'q> {
    fn new(query: &'q StatsQuery) -> Gathered<'q> {
        let kinds = Kinds::of(&query.group_by);
        Gathered { query, kinds, groups: HashMap::new(), total: Sums::default() }
    }

    /// The beginning of the hour or day, in UTC, if there is one among the dimensions.
    fn time_of(&self, start_nanos: i64) -> i64 {
        let offset = i64::from(self.query.utc_offset_seconds) * 1_000_000_000;
        let begin =
            |length: i64| (start_nanos + offset).div_euclid(length).saturating_mul(length) - offset;
        // With both of them the hour says which day it is.
        match &self.query.group_by {
            by if by.contains(&Dimension::Hour) => begin(HOUR_NANOS),
            by if by.contains(&Dimension::Day) => begin(DAY_NANOS),
            _ => 0,
        }
    }

    fn add(&mut self, trace: &Trace) {
        self.total.add(&trace.sums);
        let time = self.time_of(trace.start_nanos);
        for key in trace.keys(self.kinds) {
            self.groups.entry((time, key)).or_default().add(&trace.sums);
        }
    }

    /// False when the time was over first.
    fn add_rows(
        &mut self,
        connection: &Connection,
        spans: &dyn SpanSource,
        plan: &Plan,
        path: &Path,
        clock: &mut Clock,
    ) -> Result<bool, StoreError> {
        let context = Context::new(connection, self.query.workspace, self.query.now, spans);
        let reader = Reader::new(connection, self.query.workspace, self.query.now)?;
        let mut fetch =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1"))?;
        let mut walk = Walk::new(connection, path.clone(), true, None)?;
        while let Some(place) = walk.next()? {
            if !clock.has_time() {
                return Ok(false);
            }
            let mut has_terms = true;
            for terms in &plan.also {
                has_terms &= has_term(connection, place, terms)?;
            }
            if !has_terms {
                continue;
            }
            let mut rows = fetch.query([place.tno])?;
            let Some(row) = rows.next()? else { continue };
            let meets = meets(plan, &Candidate::new(&context, row))?;
            context.check()?;
            if meets && let Some(trace) = reader.by_number(place.tno)? {
                self.add(&trace);
            }
        }
        Ok(true)
    }

    /// Whole hours from the roll-up, what is between them from the rows, the newest first.
    fn add_hours(
        &mut self,
        connection: &Connection,
        path: &Path,
        clock: &mut Clock,
    ) -> Result<bool, StoreError> {
        let workspace = self.query.workspace;
        // Hours that lie in the range with their first and their last nanosecond.
        let from = path.from_nanos.saturating_add(HOUR_NANOS - 1).div_euclid(HOUR_NANOS);
        let to = path.to_nanos.saturating_add(1).div_euclid(HOUR_NANOS) - 1;
        let mut hours = rollup::rolled_hours(connection, workspace, self.kinds, from, to)?;
        let mut reader = Reader::new(connection, workspace, self.query.now)?;
        let mut end = path.to_nanos;
        let mut is_whole = true;
        while is_whole {
            let hour = hours.pop();
            let begin = hour.map_or(path.from_nanos, |hour| rollup::bounds(hour).1 + 1);
            if begin <= end {
                is_whole = reader.each_in(begin, end, &mut |trace| {
                    let has_time = clock.has_time();
                    if has_time {
                        self.add(trace);
                    }
                    Ok(has_time)
                })?;
            }
            let Some(hour) = hour else { break };
            if is_whole {
                self.add_hour(connection, hour)?;
            }
            end = rollup::bounds(hour).0 - 1;
        }
        Ok(is_whole)
    }

    fn add_hour(&mut self, connection: &Connection, hour: i64) -> Result<(), StoreError> {
        let workspace = self.query.workspace;
        let time = self.time_of(rollup::bounds(hour).0);
        let all = Kinds::of(&[]);
        let total = &mut self.total;
        rollup::each_of_hour(connection, workspace, all, hour, &mut |_, packed| {
            total.add_packed(packed)
        })?;
        let groups = &mut self.groups;
        rollup::each_of_hour(connection, workspace, self.kinds, hour, &mut |key, packed| {
            groups.entry((time, key)).or_default().add_packed(packed)
        })
    }

    fn answer(
        self,
        connection: &Connection,
        scanned: Option<Scanned>,
    ) -> Result<StatsAnswer, StoreError> {
        let has_time =
            self.query.group_by.iter().any(|by| matches!(by, Dimension::Hour | Dimension::Day));
        let mut groups: Vec<((i64, Key), Sums)> = self.groups.into_iter().collect();
        groups.sort_by(|(left, left_sums), (right, right_sums)| {
            let by_count = right_sums.trace_count.cmp(&left_sums.trace_count);
            let by_time = left.0.cmp(&right.0);
            let order = if has_time { by_time.then(by_count) } else { by_count };
            order.then_with(|| left.1.cmp(&right.1))
        });
        let more_groups = groups.len().saturating_sub(self.query.limit) as u64;
        groups.truncate(self.query.limit);
        let told = Told { connection, query: self.query, kinds: self.kinds };
        let rows = groups
            .into_iter()
            .map(|((time, key), sums)| told.row(time, key, &sums))
            .collect::<Result<_, _>>()?;
        Ok(StatsAnswer { rows, more_groups, total: self.total.figures(), scanned })
    }
}

/// Groups as they are told.
struct Told<'a> {
    connection: &'a Connection,
    query: &'a StatsQuery,
    kinds: Kinds,
}

impl Told<'_> {
    fn row(&self, time: i64, key: Key, sums: &Sums) -> Result<StatsRow, StoreError> {
        let ordered = self.kinds.dimensions();
        let mut agent = None;
        let mut group = Vec::new();
        for dimension in &self.query.group_by {
            let place = ordered.iter().position(|known| known == dimension);
            let value = match place {
                Some(0) => key.0.clone(),
                Some(_) => key.1.clone(),
                None if *dimension == Dimension::Day => self.day_of(time).to_string(),
                None => time.to_string(),
            };
            group.push(match dimension {
                Dimension::Agent => {
                    agent = value.parse::<AgentId>().ok();
                    self.agent_name(agent)?
                }
                _ => value,
            });
        }
        Ok(StatsRow { group, agent, figures: sums.figures() })
    }

    fn day_of(&self, time: i64) -> i64 {
        let offset = i64::from(self.query.utc_offset_seconds) * 1_000_000_000;
        (time + offset).div_euclid(DAY_NANOS) * DAY_NANOS - offset
    }

    fn agent_name(&self, id: Option<AgentId>) -> Result<String, StoreError> {
        let Some(id) = id else { return Ok(String::new()) };
        let agent = registry::by_agent_id(self.connection, self.query.workspace, id)?;
        Ok(agent.map_or_else(|| id.to_string(), |agent| agent.name))
    }
}

/// Every agent with its numbers.
pub(crate) fn agents(
    connection: &Connection,
    spans: &dyn SpanSource,
    workspace: WorkspaceId,
    only: Option<AgentId>,
    budget: Budget,
    now: i64,
) -> Result<AgentList, StoreError> {
    let query = StatsQuery {
        workspace,
        filter: Filter {
            subject: clew_query::Subject::Trace,
            text: String::new(),
            expr: None,
            chips: Vec::new(),
            hints: Vec::new(),
            resolved: Vec::new(),
        },
        group_by: vec![Dimension::Agent],
        limit: usize::MAX,
        agent: only,
        utc_offset_seconds: 0,
        budget,
        now,
    };
    let answer = stats(connection, spans, &query)?;
    let by_id: HashMap<AgentId, Figures> = (answer.rows.iter())
        .filter_map(|row| row.agent.map(|agent| (agent, row.figures)))
        .collect();
    let mut rows = Vec::new();
    for agent in registry::list(connection, workspace)? {
        let is_seen = only.is_none_or(|only| only == agent.id);
        let figures = by_id.get(&agent.id).copied().unwrap_or_default();
        let last_start_nanos = last_start(connection, workspace, agent.id)?;
        // One that only a first guess at a trace's agent made is nobody.
        if is_seen && (agent.registered || last_start_nanos.is_some()) {
            rows.push(AgentRow { agent, figures, last_start_nanos });
        }
    }
    rows.sort_by(|left, right| {
        let by_time = right.last_start_nanos.cmp(&left.last_start_nanos);
        by_time.then_with(|| left.agent.name.cmp(&right.agent.name))
    });
    Ok(AgentList { rows, scanned: answer.scanned })
}

fn last_start(
    connection: &Connection,
    workspace: WorkspaceId,
    id: AgentId,
) -> Result<Option<i64>, StoreError> {
    let Some(number) = agent_number(connection, workspace, id)? else { return Ok(None) };
    let sql = "SELECT max(start_nanos) FROM traces WHERE agent_no = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([number], |row| row.get(0))?)
}
