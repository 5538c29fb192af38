//! A page of traces.

use std::time::{Duration, Instant};

use clew_query::{Direction, Field, FieldType, SortKey, matches};
use rusqlite::{CachedStatement, Connection};

use super::candidate::{COLUMNS, Candidate, Context};
use super::cursor::{Cursor, Next, question};
use super::order::{Best, Ranked, SortValue};
use super::plan::{Plan, plan};
use super::spans_of::SpanSource;
use super::walk::{Index, Path, Place, Walk, has_term};
use crate::contract::StoreError;
use crate::embedded::rows;
use crate::embedded::rows::numbers::folded;
use crate::ids::WorkspaceId;
use crate::listing::{Budget, Page, Scanned, TotalIs, TraceQuery};
use crate::row::TraceRow;

/// `store.read_max`, where the caller names no deadline.
const READ_MAX: Duration = Duration::from_secs(2);
/// The first page goes on counting for so long, and so far.
const COUNT_MAX: Duration = Duration::from_micros(300);
const COUNTED_MAX: u64 = 1_000;
/// The clock is looked at once in so many rows.
const ROWS_A_LOOK: u64 = 32;

/// A page of traces.
pub(crate) fn traces(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &TraceQuery,
) -> Result<Page<TraceRow>, StoreError> {
    let question = asked(query);
    let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, question)).transpose()?;
    let plan = plan(connection, query.workspace, query.filter.expr.as_ref(), query.agent)?;
    let context = Context::new(connection, query.workspace, query.now, spans);
    let mut list = List {
        query,
        plan: &plan,
        context: &context,
        fetch: connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1"))?,
        clock: Clock::new(query.budget),
        before: cursor.unwrap_or(Cursor {
            question,
            next: Next::Walk(Place { start_nanos: 0, tno: 0 }),
            matched: 0,
            total: 0,
            total_is_exact: false,
            scanned: 0,
        }),
        is_first: query.cursor.is_none(),
    };
    match query.sort.as_slice() {
        [] => list.by_start(true),
        [SortKey { field: Field::Start, direction }] => {
            list.by_start(*direction == Direction::Descending)
        }
        keys => list.sorted(keys),
    }
}

fn asked(query: &TraceQuery) -> u64 {
    let sort: Vec<String> =
        query.sort.iter().map(|key| format!("{:?}{:?}", key.field, key.direction)).collect();
    let agent = query.agent.map(|agent| agent.to_string()).unwrap_or_default();
    question(&["traces", &query.workspace.to_string(), &query.filter.text, &sort.join(","), &agent])
}

/// Time and rows that are left.
pub(crate) struct Clock {
    started: Instant,
    deadline: Instant,
    scan_rows: u64,
    pub(crate) scanned: u64,
}

impl Clock {
    pub(crate) fn new(budget: Budget) -> Clock {
        let started = Instant::now();
        let deadline = budget.deadline.unwrap_or(started + READ_MAX);
        Clock { started, deadline, scan_rows: budget.scan_rows.unwrap_or(u64::MAX), scanned: 0 }
    }

    /// Counts a row; false when there is no time for it.
    pub(crate) fn has_time(&mut self) -> bool {
        // One row at least, or a page would never get on.
        let looks = self.scanned > 0 && self.scanned.is_multiple_of(ROWS_A_LOOK);
        if self.scanned >= self.scan_rows || looks && Instant::now() >= self.deadline {
            return false;
        }
        self.scanned += 1;
        true
    }

    fn may_count_on(&self) -> bool {
        !self.scanned.is_multiple_of(ROWS_A_LOOK) || self.started.elapsed() < COUNT_MAX
    }
}

struct List<'a> {
    query: &'a TraceQuery,
    plan: &'a Plan,
    context: &'a Context<'a>,
    fetch: CachedStatement<'a>,
    clock: Clock,
    before: Cursor,
    is_first: bool,
}

/// How a walk came to its end.
enum Ended {
    /// There are no more rows.
    Exhausted,
    /// The time is up; the walk goes on after this place.
    OutOfTime(Place),
    /// The page is full and enough was counted.
    Enough,
}

impl<'a> List<'a> {
    fn walk(&self, descending: bool) -> Result<Option<Walk<'a>>, StoreError> {
        let Some(path) = self.plan.path.clone() else { return Ok(None) };
        let after = match (&self.before.next, self.is_first) {
            (Next::Walk(place), false) => Some(*place),
            _ => None,
        };
        Walk::new(self.context.connection, path, descending, after).map(Some)
    }

    /// Pages in the order of the index: as many rows as the page needs are looked at.
    fn by_start(&mut self, descending: bool) -> Result<Page<TraceRow>, StoreError> {
        let Some(mut walk) = self.walk(descending)? else { return Ok(Page::empty()) };
        let limit = self.query.limit;
        // Without a condition every row counts, and their number is known.
        let is_open = self.plan.expr.is_none() && self.plan.agent_no.is_none();
        let mut places: Vec<Place> = Vec::with_capacity(limit.min(1_024));
        let mut matched = 0u64;
        let mut last = None;
        let ended = loop {
            let is_full = places.len() >= limit;
            let is_counted =
                is_open || !self.is_first || self.before.matched + matched >= COUNTED_MAX;
            if is_full && matched > limit as u64 && (is_counted || !self.clock.may_count_on()) {
                break Ended::Enough;
            }
            let Some(place) = walk.next()? else { break Ended::Exhausted };
            if !self.clock.has_time() {
                break match (is_full, last) {
                    (false, Some(last)) => Ended::OutOfTime(last),
                    _ => Ended::Enough,
                };
            }
            last = Some(place);
            if is_open || self.meets(place, |_| true)?.is_some() {
                matched += 1;
                if !is_full {
                    places.push(place);
                }
            }
        };
        let next = match (&ended, places.last()) {
            (Ended::OutOfTime(place), _) => Some(*place),
            (_, Some(place)) if matched > places.len() as u64 => Some(*place),
            (Ended::Enough, Some(place)) => Some(*place),
            _ => None,
        };
        let mut numbers = places.iter().map(|place| place.tno);
        let rows = self.rows(&mut numbers)?;
        self.page(rows, matched, &ended, next.map(Next::Walk))
    }

    /// Any other order: every row of the walk is looked at, the best are kept.
    fn sorted(&mut self, keys: &[SortKey]) -> Result<Page<TraceRow>, StoreError> {
        if let Some(key) = keys.iter().find(|key| !is_sortable(key.field)) {
            let name = key.field.info().name;
            return Err(StoreError::Invalid(format!("traces cannot be sorted by {name}")));
        }
        let Some(mut walk) = self.walk(true)? else { return Ok(Page::empty()) };
        let after = match &self.before.next {
            Next::Sorted(values, number) if !self.is_first => {
                Some(Ranked { values: values.clone(), number: *number })
            }
            _ => None,
        };
        let mut best = Best::new(keys, self.query.limit.saturating_add(1));
        let mut matched = 0u64;
        let mut last = None;
        let ended = loop {
            let Some(place) = walk.next()? else { break Ended::Exhausted };
            if !self.clock.has_time() {
                break last.map_or(Ended::Enough, Ended::OutOfTime);
            }
            last = Some(place);
            let values = |candidate: &Candidate<'_>| {
                keys.iter().map(|key| sort_value(candidate, key.field)).collect::<Vec<_>>()
            };
            let Some(values) = self.meets(place, values)? else { continue };
            matched += 1;
            let ranked = Ranked { values, number: place.tno };
            if after.as_ref().is_none_or(|after| ranked.compare(after, keys).is_gt()) {
                best.offer(ranked);
            }
        };
        let mut kept = best.into_sorted();
        let has_more = kept.len() > self.query.limit;
        kept.truncate(self.query.limit);
        let next = match (&ended, kept.last()) {
            // What was not looked at comes as a list of its own.
            (Ended::OutOfTime(place), _) => Some(Next::Walk(*place)),
            (_, Some(last)) if has_more => Some(Next::Sorted(last.values.clone(), last.number)),
            _ => None,
        };
        let rows = self.rows(&mut kept.iter().map(|ranked| ranked.number))?;
        if after.is_some() {
            // Rows of earlier pages were counted again.
            self.before.matched = 0;
        }
        self.page(rows, matched, &ended, next)
    }

    /// What `read` makes of the row, if it meets the filter.
    fn meets<T>(
        &mut self,
        place: Place,
        read: impl FnOnce(&Candidate<'_>) -> T,
    ) -> Result<Option<T>, StoreError> {
        for terms in &self.plan.also {
            if !has_term(self.context.connection, place, terms)? {
                return Ok(None);
            }
        }
        let mut rows = self.fetch.query([place.tno])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let candidate = Candidate::new(self.context, row);
        let meets = meets(self.plan, &candidate)?;
        let value = meets.then(|| read(&candidate));
        self.context.check()?;
        Ok(value)
    }

    fn rows(&self, numbers: &mut dyn Iterator<Item = i64>) -> Result<Vec<TraceRow>, StoreError> {
        let rows = numbers.map(|tno| rows::by_tno(self.context.connection, tno));
        rows.filter_map(Result::transpose).collect()
    }

    fn page(
        &self,
        rows: Vec<TraceRow>,
        matched: u64,
        ended: &Ended,
        next: Option<Next>,
    ) -> Result<Page<TraceRow>, StoreError> {
        let is_open = self.plan.expr.is_none() && self.plan.agent_no.is_none();
        let matched = self.before.matched + matched;
        let (total, is_exact) = match ended {
            _ if is_open => (rows::count(self.context.connection, self.query.workspace)?, true),
            _ if self.before.total_is_exact => (self.before.total, true),
            Ended::Exhausted => (matched, true),
            _ => (matched.max(self.before.total), false),
        };
        let scanned = self.before.scanned + self.clock.scanned;
        let told = match (ended, &self.plan.path) {
            (Ended::OutOfTime(_), Some(path)) => {
                let of = of_path(self.context.connection, path, self.query.workspace)?;
                Some(Scanned { rows: scanned, of: of.max(scanned) })
            }
            _ => None,
        };
        let shown = self.before_rows() + rows.len() as u64;
        let next_cursor = next.map(|next| {
            let cursor = Cursor {
                question: self.before.question,
                next,
                matched: shown,
                total,
                total_is_exact: is_exact,
                scanned,
            };
            cursor.encode()
        });
        let total_is = if is_exact { TotalIs::Exact } else { TotalIs::AtLeast };
        Ok(Page { rows, next_cursor, total, total_is, scanned: told })
    }

    fn before_rows(&self) -> u64 {
        self.before.matched
    }
}

/// Rows on a path, for "x of y".
pub(crate) fn of_path(
    connection: &Connection,
    path: &Path,
    workspace: WorkspaceId,
) -> Result<u64, StoreError> {
    match path.index {
        Index::Start if path.from_nanos == i64::MIN && path.to_nanos == i64::MAX => {
            rows::count(connection, workspace)
        }
        _ => Ok(path.count(connection, i64::MAX)?.max(0) as u64),
    }
}

/// Whether the list would have this row.
pub(crate) fn row_matches(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &TraceQuery,
    tno: i64,
) -> Result<bool, StoreError> {
    let context = Context::new(connection, query.workspace, query.now, spans);
    let plan = Plan::of_one(query.filter.expr.as_ref());
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1"))?;
    let mut rows = statement.query([tno])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let meets = meets(&plan, &Candidate::new(&context, row))?;
    context.check()?;
    Ok(meets)
}

/// Whether a row meets the plan's conditions.
pub(crate) fn meets(plan: &Plan, candidate: &Candidate<'_>) -> Result<bool, StoreError> {
    if plan.agent_no.is_some() && candidate.agent_no() != plan.agent_no {
        return Ok(false);
    }
    let Some(expr) = &plan.expr else { return Ok(true) };
    if !candidate.may_have_words(&plan.words)? {
        return Ok(false);
    }
    Ok(matches(expr, candidate))
}

fn is_sortable(field: Field) -> bool {
    // These two are in no row: sorting would read every span of every trace.
    field.info().field_type != FieldType::FullText && !matches!(field, Field::Depth | Field::Size)
}

fn sort_value(candidate: &Candidate<'_>, field: Field) -> SortValue {
    if let Some(word) = candidate.word(field) {
        return SortValue::Text(word.into());
    }
    let text = match field {
        Field::Trace => candidate.trace_id().map(|id| id.to_string()),
        Field::Session => candidate.session().map(|id| folded(&id)),
        Field::User => candidate.user().map(|id| folded(&id)),
        Field::Name => Some(folded(candidate.name())),
        Field::Agent => candidate.agent_name().map(|name| folded(&name)),
        _ => {
            let figure = candidate.figure(field);
            return figure.map_or(SortValue::Absent, SortValue::Number);
        }
    };
    text.map_or(SortValue::Absent, |text| SortValue::Text(text.into()))
}
