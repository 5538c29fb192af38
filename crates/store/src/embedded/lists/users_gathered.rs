//! Users by what their traces are: those with traces that meet a filter, in any order.

use std::collections::HashMap;

use clew_query::{Direction, Field, FieldType, SortKey};
use rusqlite::Connection;

use super::candidate::{COLUMNS, Candidate, Context};
use super::cursor::{Cursor, Next};
use super::order::{Best, Ranked, SortValue};
use super::plan::plan;
use super::spans_of::SpanSource;
use super::totals::{self, Sum, figure};
use super::traces::{Clock, meets, of_path};
use super::users::{asked, of_sum};
use super::walk::{Walk, has_term};
use crate::contract::StoreError;
use crate::embedded::rows::numbers::folded;
use crate::groups::{UserQuery, UserRow};
use crate::listing::{Page, Scanned, TotalIs};

/// The order where only a filter was named. The newest trace of each is not among the fields, so
/// it is put in by hand.
const NEWEST: &[SortKey] = &[SortKey { field: Field::Start, direction: Direction::Descending }];

/// A page of users. Every trace that meets the filter is added to its user, the newest first, so
/// that where the time runs out the numbers are those of the newest.
pub(super) fn gathered(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &UserQuery,
) -> Result<Page<UserRow>, StoreError> {
    if let Some(key) = query.sort.iter().find(|key| !is_sortable(key.field)) {
        let name = key.field.info().name;
        return Err(StoreError::Invalid(format!("users cannot be sorted by {name}")));
    }
    let asked = asked(query);
    let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, asked)).transpose()?;
    let context = Context::new(connection, query.workspace, query.now, spans);
    let (sums, scanned) = sums(&context, query)?;
    let prefix = folded(&query.prefix);
    let keys = if query.sort.is_empty() { NEWEST } else { &query.sort };
    let after = match cursor.map(|cursor| cursor.next) {
        Some(Next::Sorted(values, number)) => Some(Ranked { values, number }),
        Some(_) => return Err(StoreError::BadCursor),
        None => None,
    };
    let mut best = Best::new(keys, query.limit.saturating_add(1));
    let mut total = 0u64;
    for (number, sum) in &sums {
        let id = context.names.user(connection, *number)?;
        if !folded(&id).starts_with(&prefix) {
            continue;
        }
        total += 1;
        let value = |key: &SortKey| match (key.field, query.sort.is_empty()) {
            (Field::User, _) => SortValue::Text(folded(&id).into()),
            (_, true) => SortValue::Number(sum.totals.last_start_nanos),
            (field, false) => {
                figure(&sum.totals, field).map_or(SortValue::Absent, SortValue::Number)
            }
        };
        let ranked = Ranked { values: keys.iter().map(value).collect(), number: *number };
        if after.as_ref().is_none_or(|after| ranked.compare(after, keys).is_gt()) {
            best.offer(ranked);
        }
    }
    page(&context, query, sums, best.into_sorted(), (total, scanned))
}

fn is_sortable(field: Field) -> bool {
    let is_figure = !matches!(field.info().field_type, FieldType::Text | FieldType::Set);
    field == Field::User || is_figure && field != Field::Size
}

/// The sum of each user's traces by the user's number; how far it came where it is not all.
fn sums(
    context: &Context<'_>,
    query: &UserQuery,
) -> Result<(HashMap<i64, Sum>, Option<Scanned>), StoreError> {
    let connection = context.connection;
    let mut sums: HashMap<i64, Sum> = HashMap::new();
    let plan = plan(connection, query.workspace, query.filter.expr.as_ref(), query.agent)?;
    let Some(path) = plan.path.clone() else { return Ok((sums, None)) };
    let mut clock = Clock::new(query.budget);
    let mut fetch =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1"))?;
    let add = format!("SELECT {}, user_no FROM traces WHERE tno = ?1", totals::COLUMNS);
    let mut add = connection.prepare_cached(&add)?;
    let mut walk = Walk::new(connection, path.clone(), true, None)?;
    while let Some(place) = walk.next()? {
        if !clock.has_time() {
            let of = of_path(connection, &path, query.workspace)?;
            return Ok((sums, Some(Scanned { rows: clock.scanned, of: of.max(clock.scanned) })));
        }
        let mut has_terms = true;
        for terms in &plan.also {
            has_terms &= has_term(connection, place, terms)?;
        }
        if !has_terms {
            continue;
        }
        if plan.expr.is_some() || plan.agent_no.is_some() {
            let mut rows = fetch.query([place.tno])?;
            let Some(row) = rows.next()? else { continue };
            let meets = meets(&plan, &Candidate::new(context, row))?;
            context.check()?;
            if !meets {
                continue;
            }
        }
        let mut rows = add.query([place.tno])?;
        let Some(row) = rows.next()? else { continue };
        if let Some(user) = row.get::<_, Option<i64>>("user_no")? {
            totals::add(sums.entry(user).or_default(), row, query.now)?;
        }
    }
    Ok((sums, None))
}

fn page(
    context: &Context<'_>,
    query: &UserQuery,
    mut sums: HashMap<i64, Sum>,
    mut kept: Vec<Ranked>,
    (total, scanned): (u64, Option<Scanned>),
) -> Result<Page<UserRow>, StoreError> {
    let has_more = kept.len() > query.limit;
    kept.truncate(query.limit);
    let total_is = if scanned.is_none() { TotalIs::Exact } else { TotalIs::AtLeast };
    let next_cursor = kept.last().filter(|_| has_more).map(|last| {
        let cursor = Cursor {
            question: asked(query),
            next: Next::Sorted(last.values.clone(), last.number),
            matched: 0,
            total,
            total_is_exact: scanned.is_none(),
            scanned: scanned.map_or(0, |scanned| scanned.rows),
        };
        cursor.encode()
    });
    let mut rows = Vec::new();
    for ranked in kept {
        let Some(sum) = sums.remove(&ranked.number) else { continue };
        let id = context.names.user(context.connection, ranked.number)?;
        rows.push(of_sum(context.connection, &context.names, id.to_string(), sum)?);
    }
    Ok(Page { rows, next_cursor, total, total_is, scanned })
}
