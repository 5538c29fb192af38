//! Values that fields have had.

use std::collections::HashMap;

use clew_query::{Field, FieldRef};
use rusqlite::{Connection, params};

use super::candidate::facet_of;
use super::names::{Names, agent_number};
use super::traces::{Clock, of_path};
use super::walk::{Index, Path, Walk};
use crate::contract::StoreError;
use crate::embedded::facets::{self, FacetKind, TermSet};
use crate::embedded::rows::numbers::folded;
use crate::ids::WorkspaceId;
use crate::listing::Scanned;
use crate::values::{FieldValue, FieldValues, ValueQuery};

/// Traces counted of one value.
const COUNTED_MAX: i64 = 1_000;
/// Values counted; a field with more is told in order.
const VALUES_MAX: usize = 500;
/// Values gathered from rows; every trace may have a name of its own.
const GATHERED_MAX: usize = 10_000;

/// Values of a field that begin with a prefix, case ignored.
pub(crate) fn field_values(
    connection: &Connection,
    query: &ValueQuery,
) -> Result<FieldValues, StoreError> {
    let prefix = folded(&query.prefix);
    // Nothing lists the names of traces, nor what the traces of one agent have.
    if query.agent.is_some() || query.field == Field::Name {
        return gathered(connection, query, &prefix);
    }
    let mut values = match query.field {
        Field::Session => recent(connection, query, "sessions", "session", &prefix)?,
        Field::User => recent(connection, query, "users", "user", &prefix)?,
        Field::Agent => counted(connection, agents(connection, query.workspace, &prefix)?)?,
        _ => counted(connection, terms(connection, query, &prefix)?)?,
    };
    // One whose last trace is gone is no value any more.
    values.retain(|value| value.trace_count != Some(0));
    values.truncate(query.limit);
    Ok(FieldValues { values, scanned: None })
}

/// A value, and where its traces are counted.
type Named = (Option<(Index, i64)>, String);

/// Those that most traces have come first.
fn counted(connection: &Connection, named: Vec<Named>) -> Result<Vec<FieldValue>, StoreError> {
    let counts = named.len() <= VALUES_MAX;
    let mut values = Vec::new();
    for (path, value) in named {
        let trace_count = match path {
            Some(path) if counts => Some(count(connection, path)?),
            _ => None,
        };
        values.push(FieldValue { value, trace_count });
    }
    values.sort_by(|left, right| {
        right.trace_count.cmp(&left.trace_count).then_with(|| left.value.cmp(&right.value))
    });
    Ok(values)
}

fn count(connection: &Connection, (index, key): (Index, i64)) -> Result<u64, StoreError> {
    let path = Path { index, keys: vec![key], from_nanos: i64::MIN, to_nanos: i64::MAX };
    Ok(path.count(connection, COUNTED_MAX)?.max(0) as u64)
}

fn kind_of(field: Field) -> Option<FacetKind> {
    match field {
        Field::Label => Some(FacetKind::Label),
        _ => facet_of(&FieldRef::Field(field)),
    }
}

fn terms(
    connection: &Connection,
    query: &ValueQuery,
    prefix: &str,
) -> Result<Vec<Named>, StoreError> {
    let Some(kind) = kind_of(query.field) else { return Ok(Vec::new()) };
    let mut terms = facets::terms(connection, query.workspace, kind)?;
    terms.retain(|(_, text)| folded(text).starts_with(prefix));
    let path = |term| kind.is_indexed().then_some((Index::Term, term));
    Ok(terms.into_iter().map(|(term, text)| (path(term), text)).collect())
}

fn agents(
    connection: &Connection,
    workspace: WorkspaceId,
    prefix: &str,
) -> Result<Vec<Named>, StoreError> {
    let sql = "SELECT agent_no, name FROM agents WHERE workspace = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([workspace.0])?;
    let mut named = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        if folded(&name).starts_with(prefix) {
            named.push((Some((Index::Agent, row.get(0)?)), name));
        }
    }
    Ok(named)
}

/// Sessions and users are many: those with the newest traces. Of more than [`VALUES_MAX`] that
/// begin so, the first in order are looked at.
fn recent(
    connection: &Connection,
    query: &ValueQuery,
    table: &str,
    what: &str,
    prefix: &str,
) -> Result<Vec<FieldValue>, StoreError> {
    let (index, order) = match prefix.is_empty() {
        true => ("last", "last_start_nanos DESC"),
        false => ("folded", "folded"),
    };
    let sql = format!(
        "SELECT {what}_no, {what}_id FROM ( \
         SELECT {what}_no, {what}_id, last_start_nanos FROM {table} INDEXED BY {table}_by_{index} \
         WHERE workspace = ?1 AND folded BETWEEN ?2 AND ?3 ORDER BY {order} LIMIT {VALUES_MAX}) \
         ORDER BY last_start_nanos DESC LIMIT ?4"
    );
    let most = format!("{prefix}\u{10ffff}");
    let index = if what == "session" { Index::Session } else { Index::User };
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = params![query.workspace.0, prefix, most, query.limit as i64];
    let mut rows = statement.query(bounds)?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        let trace_count = Some(count(connection, (index, row.get(0)?))?);
        values.push(FieldValue { value: row.get(1)?, trace_count });
    }
    Ok(values)
}

/// Values out of the rows of the newest traces, as far as the time goes.
fn gathered(
    connection: &Connection,
    query: &ValueQuery,
    prefix: &str,
) -> Result<FieldValues, StoreError> {
    let (index, key) = match query.agent {
        None => (Index::Start, Some(query.workspace.0)),
        Some(agent) => (Index::Agent, agent_number(connection, query.workspace, agent)?),
    };
    let Some(key) = key else { return Ok(FieldValues { values: Vec::new(), scanned: None }) };
    let path = Path { index, keys: vec![key], from_nanos: i64::MIN, to_nanos: i64::MAX };
    let mut clock = Clock::new(query.budget);
    let mut walk = Walk::new(connection, path.clone(), true, None)?;
    let sql = "SELECT name, terms, agent_no, session_no, user_no FROM traces WHERE tno = ?1";
    let mut fetch = connection.prepare_cached(sql)?;
    let names = Names::default();
    // By value: when it was met first, and how often.
    let mut met: HashMap<String, (usize, u64)> = HashMap::new();
    let is_whole = loop {
        let Some(place) = walk.next()? else { break true };
        if !clock.has_time() {
            break false;
        }
        let mut rows = fetch.query([place.tno])?;
        let Some(row) = rows.next()? else { continue };
        each_value(connection, &names, query.field, row, &mut |value| {
            let order = met.len();
            if let Some((_, count)) = met.get_mut(value) {
                *count += 1;
            } else if order < GATHERED_MAX && folded(value).starts_with(prefix) {
                met.insert(value.to_owned(), (order, 1));
            }
        })?;
    };
    let mut met: Vec<(String, (usize, u64))> = met.into_iter().collect();
    match query.field {
        Field::Session | Field::User | Field::Name => met.sort_by_key(|(_, (order, _))| *order),
        _ => met.sort_by(|(left, (_, left_count)), (right, (_, right_count))| {
            right_count.cmp(left_count).then_with(|| left.cmp(right))
        }),
    }
    met.truncate(query.limit);
    let told = |count: u64| is_whole.then_some(count.min(COUNTED_MAX as u64));
    let values = met
        .into_iter()
        .map(|(value, (_, count))| FieldValue { value, trace_count: told(count) })
        .collect();
    let scanned = match is_whole {
        true => None,
        false => {
            let of = of_path(connection, &path, query.workspace)?;
            Some(Scanned { rows: clock.scanned, of: of.max(clock.scanned) })
        }
    };
    Ok(FieldValues { values, scanned })
}

/// Hands the values that one row has of a field to `visit`.
fn each_value(
    connection: &Connection,
    names: &Names,
    field: Field,
    row: &rusqlite::Row<'_>,
    visit: &mut dyn FnMut(&str),
) -> Result<(), StoreError> {
    match field {
        Field::Name => visit(row.get_ref(0)?.as_str().unwrap_or_default()),
        Field::Agent => {
            if let Some(number) = row.get::<_, Option<i64>>(2)? {
                visit(&names.agent(connection, number)?.name);
            }
        }
        Field::Session => {
            if let Some(number) = row.get::<_, Option<i64>>(3)? {
                visit(&names.session(connection, number)?);
            }
        }
        Field::User => {
            if let Some(number) = row.get::<_, Option<i64>>(4)? {
                visit(&names.user(connection, number)?);
            }
        }
        _ => {
            let Some(kind) = kind_of(field) else { return Ok(()) };
            let terms = TermSet::unpack(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            for term in terms.0 {
                let term = names.term(connection, term)?;
                if term.kind == kind {
                    visit(&term.text);
                }
            }
        }
    }
    Ok(())
}
