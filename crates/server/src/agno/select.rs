//! Traces that meet a condition, a page at a time. Clew's lists go on by cursor; agno's
//! pages have numbers, so what lies before a page is walked through, within the time of
//! one answer.

use std::time::{Duration, Instant};

use clew_query::{Expr, Filter, SortKey, Subject};
use clew_store::{Budget, Scanned, TotalIs, TraceQuery, TraceRow};

use super::filter::{Condition, May, evaluate, prefilter};
use super::request::{PAGE_MAX, Page};
use super::run::{Ids, load_speaker, row_fact};
use super::shape::Meta;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};

/// Rows fetched at once.
const FETCH_ROWS: usize = 1_000;

/// Time to count on after the page is full.
const COUNTING: Duration = Duration::from_millis(500);

/// How much was found and how far the search came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Rows that meet the condition.
    pub(super) total: u64,
    /// Set where the time ran out first: the total is at least that.
    pub(super) scanned: Option<Scanned>,
    /// All were counted.
    pub(super) is_exact: bool,
}

/// Whether a walk goes on.
pub(super) enum Next {
    Row,
    Enough,
}

/// A search under way.
pub(super) struct Search<'a> {
    pub(super) app: &'a App,
    pub(super) caller: &'a Caller,
    pub(super) condition: &'a Condition,
    pub(super) sort: Vec<SortKey>,
    pub(super) deadline: Instant,
}

/// The rows of one page.
pub(super) fn page(search: Search<'_>, page: Page) -> Result<(Vec<TraceRow>, Extent), ApiError> {
    let page = Page { limit: page.limit.min(PAGE_MAX), ..page };
    let mut rows = Vec::new();
    let mut seen = 0;
    let enough = page.offset().saturating_add(page.limit);
    let extent = search.walk(enough, &mut |row, total_is_known| {
        seen += 1;
        if seen > page.offset() && (rows.len() as u64) < page.limit {
            rows.push(row);
        }
        let full = rows.len() as u64 >= page.limit;
        if full && total_is_known { Next::Enough } else { Next::Row }
    })?;
    // An empty page that is only empty because nobody came so far would be taken for the end.
    if rows.is_empty() && page.offset() > 0 && seen < page.offset() && extent.scanned.is_some() {
        return Err(ApiError::new(
            ErrorCode::Unavailable,
            "the page lies beyond what one answer may search (api.scan_deadline): narrow the \
             search, for example by end_time",
        ));
    }
    Ok((rows, extent))
}

impl Search<'_> {
    /// Hands out every row that meets the condition, in order, until it is told that it is
    /// enough or the time is over. A row comes with whether the total is known without
    /// looking at the rest; then no more than `enough` rows are of interest.
    pub(super) fn walk(
        &self,
        enough: u64,
        visit: &mut dyn FnMut(TraceRow, bool) -> Next,
    ) -> Result<Extent, ApiError> {
        let prefilter = prefilter(self.condition);
        let expr = match prefilter.may {
            May::None => return Ok(Extent { total: 0, scanned: None, is_exact: true }),
            May::All => None,
            May::Some(expr) => Some(expr),
        };
        let mut query = self.query(expr);
        if prefilter.is_exact {
            query.limit = usize::try_from(enough).unwrap_or(FETCH_ROWS).clamp(1, FETCH_ROWS);
            return self.walk_exact(query, visit);
        }
        let (mut looked, mut found) = (0, 0);
        loop {
            let page = self.app.store.traces(&query)?;
            let mut late = false;
            for row in page.rows {
                late = Instant::now() >= self.deadline;
                if late {
                    break;
                }
                looked += 1;
                if self.meets(&row)? {
                    found += 1;
                    visit(row, false);
                }
            }
            match page.next_cursor {
                None if !late => return Ok(Extent { total: found, scanned: None, is_exact: true }),
                Some(cursor) if !late && Instant::now() < self.deadline => {
                    query.cursor = Some(cursor);
                }
                _ => {
                    let scanned = page.scanned.unwrap_or(Scanned { rows: looked, of: page.total });
                    return Ok(Extent { total: found, scanned: Some(scanned), is_exact: false });
                }
            }
        }
    }

    /// The store finds the very rows. It counts them only as far as its own lists need;
    /// agno's pages are numbered, so here they are counted for a while longer.
    fn walk_exact(
        &self,
        mut query: TraceQuery,
        visit: &mut dyn FnMut(TraceRow, bool) -> Next,
    ) -> Result<Extent, ApiError> {
        let (mut found, mut visiting) = (0, true);
        let mut until = self.deadline;
        loop {
            let page = self.app.store.traces(&query)?;
            for row in page.rows {
                found += 1;
                if visiting && matches!(visit(row, true), Next::Enough) {
                    visiting = false;
                    until = until.min(Instant::now() + COUNTING);
                }
            }
            let is_exact = page.total_is == TotalIs::Exact;
            let scanned = page.scanned;
            match page.next_cursor {
                None => return Ok(Extent { total: found, scanned, is_exact: true }),
                Some(_) if is_exact && !visiting => {
                    return Ok(Extent { total: page.total, scanned: None, is_exact });
                }
                Some(cursor) if Instant::now() < until => {
                    query.cursor = Some(cursor);
                    query.limit = if visiting { query.limit } else { FETCH_ROWS };
                }
                Some(_) => {
                    let total = page.total.max(found);
                    let scanned = scanned.unwrap_or(Scanned { rows: found, of: total });
                    let scanned = (!is_exact || visiting).then_some(scanned);
                    return Ok(Extent { total, scanned, is_exact });
                }
            }
        }
    }

    fn query(&self, expr: Option<Expr>) -> TraceQuery {
        let filter = Filter {
            subject: Subject::Trace,
            text: expr.as_ref().map(Expr::to_string).unwrap_or_default(),
            expr,
            chips: Vec::new(),
            hints: Vec::new(),
            resolved: Vec::new(),
        };
        TraceQuery {
            workspace: self.caller.workspace,
            filter,
            sort: self.sort.clone(),
            limit: FETCH_ROWS,
            cursor: None,
            agent: self.caller.agent,
            budget: Budget { deadline: Some(self.deadline), scan_rows: None },
            now: self.app.store.now(),
        }
    }

    /// Holds a row against the condition itself. Spans are read only where it must be.
    fn meets(&self, row: &TraceRow) -> Result<bool, ApiError> {
        let mut ids: Option<Ids> = None;
        let truth = evaluate(self.condition, &mut |field| {
            if !field.is_in_spans() {
                return Ok(row_fact(row, field));
            }
            if ids.is_none() {
                let speaker = load_speaker(self.app, self.caller, &row.summary.trace_id)?;
                ids = Some(Ids::of(speaker.as_ref()));
            }
            Ok::<_, ApiError>(
                ids.as_ref().map(|ids| ids.fact(field)).unwrap_or(row_fact(row, field)),
            )
        })?;
        Ok(truth == Some(true))
    }
}

/// What a page says of itself. The limit is the one asked for as long as it makes no
/// difference.
pub(super) fn meta(page: Page, extent: Extent, started: Instant) -> Meta {
    let capped = page.limit > PAGE_MAX && extent.total > PAGE_MAX;
    let limit = if capped { PAGE_MAX } else { page.limit };
    Meta {
        page: page.page,
        limit,
        total_pages: extent.total.div_ceil(limit.max(1)),
        total_count: extent.total,
        search_time_ms: (started.elapsed().as_secs_f64() * 1e5).round() / 1e2,
        limit_asked: capped.then_some(page.limit),
        total_is: (!extent.is_exact).then_some("at_least"),
        scanned: extent.scanned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta_of(page: u64, limit: u64, total: u64) -> Meta {
        let extent = Extent { total, scanned: None, is_exact: true };
        meta(Page { page, limit }, extent, Instant::now())
    }

    #[test]
    fn a_limit_is_capped_where_that_makes_a_difference_and_says_so() {
        let whole = meta_of(1, 100_000, 9);
        assert_eq!((whole.limit, whole.total_pages, whole.limit_asked), (100_000, 1, None));
        let capped = meta_of(1, 100_000, 2_500);
        assert_eq!((capped.limit, capped.total_pages), (1_000, 3));
        assert_eq!(capped.limit_asked, Some(100_000));
        assert_eq!(meta_of(1, 2, 9).total_pages, 5);
        assert_eq!(meta_of(1, 20, 0).total_pages, 0);
    }

    #[test]
    fn what_was_not_counted_to_the_end_says_so() {
        let scanned = Some(Scanned { rows: 70, of: 900 });
        let extent = Extent { total: 7, scanned, is_exact: false };
        let meta = meta(Page { page: 1, limit: 20 }, extent, Instant::now());
        assert_eq!((meta.total_is, meta.scanned), (Some("at_least"), scanned));
    }
}
