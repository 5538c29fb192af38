//! Traces over time. Steps have round lengths and begin where a clock on the wall would have
//! them, so that two questions for nearly the same time have the same steps.

use clew_model::span::Status;
use clew_query::Field;
use rusqlite::Connection;

use super::figures::Sums;
use super::groups::Kinds;
use super::rollup::{self, HOUR_NANOS};
use super::{DAY_NANOS, is_plain};
use crate::contract::StoreError;
use crate::embedded::lists::SpanSource;
use crate::embedded::lists::candidate::{COLUMNS, Candidate, Context};
use crate::embedded::lists::plan::{Plan, plan};
use crate::embedded::lists::traces::{Clock, meets, of_path};
use crate::embedded::lists::walk::{Path, Walk, has_term};
use crate::embedded::rows::columns::{flag, status_from};
use crate::histogram::{Bucket, Histogram, HistogramQuery};
use crate::listing::Scanned;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const WEEK: i64 = 7 * DAY_NANOS;
/// Lengths of a step. Beyond the last one it is so many weeks that it is enough.
const STEPS: [i64; 15] = [
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR_NANOS,
    3 * HOUR_NANOS,
    6 * HOUR_NANOS,
    12 * HOUR_NANOS,
    DAY_NANOS,
    WEEK,
];
/// The first Monday after 1970 began.
const MONDAY: i64 = 4 * DAY_NANOS;
/// What is shown where there is no trace to begin with.
const NOTHING_NANOS: i64 = HOUR_NANOS;

/// Counts traces by their start.
pub(crate) fn histogram(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &HistogramQuery,
) -> Result<Histogram, StoreError> {
    let plan = plan(connection, query.workspace, query.filter.expr.as_ref(), query.agent)?;
    let end = query.end_nanos;
    let start = match (query.start_nanos, &plan.path) {
        (Some(start), _) => Some(start),
        (None, Some(path)) => first_start(connection, path)?,
        (None, None) => None,
    };
    let start = start.unwrap_or(end.saturating_sub(NOTHING_NANOS)).min(end.saturating_sub(1));
    let offset = i64::from(query.utc_offset_seconds) * SECOND;
    let mut counted = Counted::new(start, end, query.buckets.max(1), offset);
    let scanned = match &plan.path {
        None => None,
        Some(path) => {
            let path = Path {
                from_nanos: path.from_nanos.max(start),
                to_nanos: path.to_nanos.min(end.saturating_sub(1)),
                ..path.clone()
            };
            let mut clock = Clock::new(query.budget);
            let is_whole = match is_plain(&plan, &path) {
                true => counted.add_plain(connection, query, &path, &mut clock)?,
                false => counted.add_rows(connection, spans, query, &plan, &path, &mut clock)?,
            };
            let of = match is_whole {
                true => 0,
                false => of_path(connection, &path, query.workspace)?,
            };
            (!is_whole).then(|| Scanned { rows: clock.scanned, of: of.max(clock.scanned) })
        }
    };
    let Counted { step, buckets, .. } = counted;
    Ok(Histogram { start_nanos: start, end_nanos: end, bucket_nanos: step, buckets, scanned })
}

fn first_start(connection: &Connection, path: &Path) -> Result<Option<i64>, StoreError> {
    let first = Walk::new(connection, path.clone(), false, None)?.next()?;
    Ok(first.map(|place| place.start_nanos))
}

/// The buckets while they are filled.
struct Counted {
    step: i64,
    buckets: Vec<Bucket>,
}

impl Counted {
    fn new(start: i64, end: i64, most: usize, offset: i64) -> Counted {
        let begin = |step: i64| {
            let origin = (if step % WEEK == 0 { MONDAY } else { 0 }) - offset;
            start
                .saturating_sub(origin)
                .div_euclid(step)
                .saturating_mul(step)
                .saturating_add(origin)
        };
        let count = |step: i64| {
            let length = i128::from(end) - i128::from(begin(step));
            (length + i128::from(step) - 1) / i128::from(step)
        };
        let weeks = (1..).map(|doubled: u32| WEEK.saturating_mul(1i64 << doubled.min(40)));
        let steps = STEPS.into_iter().chain(weeks);
        let mut fitting = steps.filter(|step| count(*step) <= most as i128 || *step == i64::MAX);
        let step = fitting.next().unwrap_or(i64::MAX);
        let first = begin(step);
        let place = |index: i128| first.saturating_add((index as i64).saturating_mul(step));
        let buckets = (0..count(step).clamp(1, most as i128))
            .map(|index| Bucket { start_nanos: place(index), ..Bucket::default() })
            .collect();
        Counted { step, buckets }
    }

    /// The bucket of an instant.
    fn at(&mut self, nanos: i64) -> Option<&mut Bucket> {
        let first = self.buckets.first()?.start_nanos;
        let index = nanos.saturating_sub(first).div_euclid(self.step);
        self.buckets.get_mut(usize::try_from(index).ok()?)
    }

    fn add(&mut self, start_nanos: i64, status: Status, root_status: Status) {
        if let Some(bucket) = self.at(start_nanos) {
            bucket.trace_count += 1;
            bucket.error_count += u64::from(status == Status::Error);
            bucket.failed_count += u64::from(root_status == Status::Error);
        }
    }

    /// No condition but on the start: whole hours from the roll-up where they fit into the steps,
    /// the rest from two columns of the rows, the newest first. False when the time was over.
    fn add_plain(
        &mut self,
        connection: &Connection,
        query: &HistogramQuery,
        path: &Path,
        clock: &mut Clock,
    ) -> Result<bool, StoreError> {
        let mut hours = Vec::new();
        if self.step % HOUR_NANOS == 0 && query.utc_offset_seconds % 3_600 == 0 {
            let from = path.from_nanos.saturating_add(HOUR_NANOS - 1).div_euclid(HOUR_NANOS);
            let to = path.to_nanos.saturating_add(1).div_euclid(HOUR_NANOS) - 1;
            let all = Kinds::of(&[]);
            hours = rollup::rolled_hours(connection, query.workspace, all, from, to)?;
        }
        let mut end = path.to_nanos;
        loop {
            let hour = hours.pop();
            let begin = hour.map_or(path.from_nanos, |hour| rollup::bounds(hour).1 + 1);
            if begin <= end && !self.add_between(connection, query, (begin, end), clock)? {
                return Ok(false);
            }
            let Some(hour) = hour else { return Ok(true) };
            self.add_hour(connection, query, hour)?;
            end = rollup::bounds(hour).0 - 1;
        }
    }

    fn add_between(
        &mut self,
        connection: &Connection,
        query: &HistogramQuery,
        (from, to): (i64, i64),
        clock: &mut Clock,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT start_nanos, flags FROM traces INDEXED BY traces_by_start \
                   WHERE workspace = ?1 AND start_nanos BETWEEN ?2 AND ?3 \
                   ORDER BY start_nanos DESC";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([query.workspace.0, from, to])?;
        while let Some(row) = rows.next()? {
            if !clock.has_time() {
                return Ok(false);
            }
            let flags: i64 = row.get(1)?;
            let root_status = status_from(flags >> flag::ROOT_STATUS_SHIFT);
            self.add(row.get(0)?, status_from(flags), root_status);
        }
        Ok(true)
    }

    fn add_hour(
        &mut self,
        connection: &Connection,
        query: &HistogramQuery,
        hour: i64,
    ) -> Result<(), StoreError> {
        let mut sums = Sums::default();
        let all = Kinds::of(&[]);
        rollup::each_of_hour(connection, query.workspace, all, hour, &mut |_, packed| {
            sums.add_packed(packed)
        })?;
        if let Some(bucket) = self.at(rollup::bounds(hour).0) {
            bucket.trace_count += sums.trace_count;
            bucket.error_count += sums.error_count;
            bucket.failed_count += sums.failed_count;
        }
        Ok(())
    }

    /// Each row of the walk is held against the filter. False when the time was over first.
    fn add_rows(
        &mut self,
        connection: &Connection,
        spans: &dyn SpanSource,
        query: &HistogramQuery,
        plan: &Plan,
        path: &Path,
        clock: &mut Clock,
    ) -> Result<bool, StoreError> {
        let context = Context::new(connection, query.workspace, query.now, spans);
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
            let candidate = Candidate::new(&context, row);
            let meets = meets(plan, &candidate)?;
            let status = |field| match candidate.word(field) {
                Some("error") => Status::Error,
                _ => Status::Unset,
            };
            let statuses = (status(Field::Status), status(Field::RootStatus));
            context.check()?;
            if meets {
                self.add(place.start_nanos, statuses.0, statuses.1);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The step and the begin of the first bucket, and how many there are.
    fn steps(start: i64, end: i64, most: usize, offset: i64) -> (i64, i64, usize) {
        let counted = Counted::new(start * SECOND, end * SECOND, most, offset * SECOND);
        let first = counted.buckets[0].start_nanos / SECOND;
        (counted.step / SECOND, first, counted.buckets.len())
    }

    /// 2026-11-20T00:00:00Z, a Friday.
    const FRIDAY: i64 = 1_795_132_800;

    #[test]
    fn a_step_is_the_least_round_one_that_fits() {
        let day = 86_400;
        for (length, most, offset, wanted) in [
            (60, 60, 0, (1, FRIDAY, 60)),
            (60, 59, 0, (5, FRIDAY, 12)),
            (3_600, 96, 0, (60, FRIDAY, 60)),
            (day, 96, 0, (900, FRIDAY, 96)),
            (day, 24, 0, (3_600, FRIDAY, 24)),
            (7 * day, 96, 0, (3 * 3_600, FRIDAY, 56)),
            (30 * day, 96, 0, (12 * 3_600, FRIDAY, 60)),
            (30 * day, 30, 0, (day, FRIDAY, 30)),
            // Two hours east the day has begun two hours before.
            (30 * day, 31, 7_200, (day, FRIDAY - 7_200, 31)),
            // Weeks begin on Monday: this one four days before, so it takes one more.
            (70 * day, 11, 0, (7 * day, FRIDAY - 4 * day, 11)),
            (140 * day, 11, 0, (14 * day, FRIDAY - 11 * day, 11)),
            (1, 1, 0, (1, FRIDAY, 1)),
        ] {
            assert_eq!(steps(FRIDAY, FRIDAY + length, most, offset), wanted, "{length} {most}");
        }
        assert_eq!(steps(FRIDAY + 59, FRIDAY + 61, 1, 0), (300, FRIDAY, 1));
    }

    #[test]
    fn all_of_time_is_a_few_buckets() {
        let counted = Counted::new(i64::MIN, i64::MAX, 500, 0);
        assert!(counted.buckets.len() <= 500);
        assert!(counted.step > WEEK);
    }
}
