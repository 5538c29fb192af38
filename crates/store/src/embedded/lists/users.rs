//! A page of users.

use rusqlite::{Connection, params};

use super::cursor::{Cursor, Next, question};
use super::names::{Names, agent_number};
use super::spans_of::SpanSource;
use super::totals::{Sum, sum};
use super::traces::Clock;
use super::users_gathered::gathered;
use super::walk::Place;
use crate::contract::StoreError;
use crate::embedded::rows::numbers::folded;
use crate::groups::{UserQuery, UserRow};
use crate::listing::{Page, Scanned, TotalIs};
use crate::row::AgentRef;

/// Users fetched at once.
const FETCH: i64 = 128;

/// A page of users.
pub(crate) fn users(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &UserQuery,
) -> Result<Page<UserRow>, StoreError> {
    match query.filter.expr.is_none() && query.sort.is_empty() {
        true => by_last(connection, query),
        false => gathered(connection, spans, query),
    }
}

/// What identifies a question for users.
pub(super) fn asked(query: &UserQuery) -> u64 {
    let keys: String = query.sort.iter().map(|key| format!("{key:?}")).collect();
    let agent = query.agent.map(|agent| agent.to_string()).unwrap_or_default();
    let workspace = query.workspace.to_string();
    question(&["users", &workspace, &query.prefix, &query.filter.text, &keys, &agent])
}

/// The one with the newest trace first, along the index of users.
fn by_last(connection: &Connection, query: &UserQuery) -> Result<Page<UserRow>, StoreError> {
    let asked = asked(query);
    let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, asked)).transpose()?;
    let agent_no = match query.agent {
        Some(agent) => match agent_number(connection, query.workspace, agent)? {
            Some(number) => Some(number),
            None => return Ok(Page::empty()),
        },
        None => None,
    };
    let mut after = match cursor.as_ref().map(|cursor| &cursor.next) {
        Some(Next::Walk(place)) => *place,
        Some(_) => return Err(StoreError::BadCursor),
        None => Place { start_nanos: i64::MAX, tno: i64::MAX },
    };
    let names = Names::default();
    let mut clock = Clock::new(query.budget);
    let mut rows = Vec::new();
    let mut is_out_of_time = false;
    let mut has_more = false;
    'walk: loop {
        let fetched = fetch(connection, query, after)?;
        let is_last = (fetched.len() as i64) < FETCH;
        for (place, id) in fetched {
            has_more = rows.len() == query.limit;
            is_out_of_time = !has_more && !clock.has_time();
            if has_more || is_out_of_time {
                break 'walk;
            }
            after = place;
            rows.extend(row(connection, &names, place.tno, id, agent_no, query.now)?);
        }
        if is_last {
            break;
        }
    }
    let shown = cursor.as_ref().map_or(0, |cursor| cursor.matched) + rows.len() as u64;
    let scanned = cursor.as_ref().map_or(0, |cursor| cursor.scanned) + clock.scanned;
    let goes_on = has_more || is_out_of_time;
    let (total, is_exact) = match query.prefix.is_empty() && agent_no.is_none() {
        true => (count(connection, query)?, true),
        false => (shown, !goes_on),
    };
    let told = is_out_of_time.then_some(Scanned { rows: scanned, of: total.max(scanned) });
    let next_cursor = goes_on.then(|| {
        let cursor = Cursor {
            question: asked,
            next: Next::Walk(after),
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

fn fetch(
    connection: &Connection,
    query: &UserQuery,
    after: Place,
) -> Result<Vec<(Place, String)>, StoreError> {
    let sql = format!(
        "SELECT last_start_nanos, user_no, user_id FROM users INDEXED BY users_by_last \
         WHERE workspace = ?1 AND (last_start_nanos, user_no) < (?2, ?3) \
         AND substr(folded, 1, length(?4)) = ?4 \
         ORDER BY last_start_nanos DESC, user_no DESC LIMIT {FETCH}"
    );
    let Place { start_nanos, tno } = after;
    let bounds = params![query.workspace.0, start_nanos, tno, folded(&query.prefix)];
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(bounds, |row| {
        Ok((Place { start_nanos: row.get(0)?, tno: row.get(1)? }, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// `None` for a user of another agent's traces only.
fn row(
    connection: &Connection,
    names: &Names,
    user_no: i64,
    user_id: String,
    agent_no: Option<i64>,
    now: i64,
) -> Result<Option<UserRow>, StoreError> {
    let sum = sum(connection, "user_no = ?1", &[&user_no], agent_no, now)?;
    if sum.totals.trace_count == 0 {
        return Ok(None);
    }
    of_sum(connection, names, user_id, sum).map(Some)
}

/// A user and the sum of the traces.
pub(super) fn of_sum(
    connection: &Connection,
    names: &Names,
    user_id: String,
    sum: Sum,
) -> Result<UserRow, StoreError> {
    let agent = |number: &i64| Ok(AgentRef::clone(&*names.agent(connection, *number)?));
    let agents = sum.agents.iter().map(agent).collect::<Result<_, StoreError>>()?;
    let session_count = sum.sessions.len() as u64;
    Ok(UserRow { user_id, totals: sum.totals, session_count, agents })
}

fn count(connection: &Connection, query: &UserQuery) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM users INDEXED BY users_by_last WHERE workspace = ?1";
    let count: i64 =
        connection.prepare_cached(sql)?.query_row([query.workspace.0], |row| row.get(0))?;
    Ok(count.max(0) as u64)
}
