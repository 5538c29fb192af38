//! Values that fields have had.

use clew_query::{Field, FieldRef};
use rusqlite::{Connection, params};

use super::candidate::facet_of;
use super::walk::{Index, Path};
use crate::contract::StoreError;
use crate::embedded::facets::{self, FacetKind};
use crate::embedded::rows::numbers::folded;
use crate::ids::WorkspaceId;
use crate::values::FieldValue;

/// Traces counted of one value.
const COUNTED_MAX: i64 = 1_000;
/// Values counted; a field with more is told in order.
const VALUES_MAX: usize = 500;

/// Values of a field that begin with `prefix`, case ignored.
pub(crate) fn field_values(
    connection: &Connection,
    workspace: WorkspaceId,
    field: Field,
    prefix: &str,
    limit: usize,
) -> Result<Vec<FieldValue>, StoreError> {
    let prefix = folded(prefix);
    let named = match field {
        Field::Session => names(connection, workspace, "sessions", "session", &prefix, limit)?,
        Field::User => names(connection, workspace, "users", "user", &prefix, limit)?,
        Field::Agent => agents(connection, workspace, &prefix)?,
        _ => terms(connection, workspace, field, &prefix)?,
    };
    let counts = named.len() <= VALUES_MAX;
    let mut values = Vec::new();
    for (path, value) in named {
        let count = match path {
            Some((index, key)) if counts => {
                let (from_nanos, to_nanos) = (i64::MIN, i64::MAX);
                let path = Path { index, keys: vec![key], from_nanos, to_nanos };
                Some(path.count(connection, COUNTED_MAX)?.max(0) as u64)
            }
            _ => None,
        };
        values.push(FieldValue { value, trace_count: count });
    }
    // One whose last trace is gone is no value any more.
    values.retain(|value| value.trace_count != Some(0));
    values.sort_by(|left, right| {
        right.trace_count.cmp(&left.trace_count).then_with(|| left.value.cmp(&right.value))
    });
    values.truncate(limit);
    Ok(values)
}

/// A value, and where its traces are counted.
type Named = (Option<(Index, i64)>, String);

fn terms(
    connection: &Connection,
    workspace: WorkspaceId,
    field: Field,
    prefix: &str,
) -> Result<Vec<Named>, StoreError> {
    let kind = match field {
        Field::Label => Some(FacetKind::Label),
        _ => facet_of(&FieldRef::Field(field)),
    };
    let Some(kind) = kind else { return Ok(Vec::new()) };
    let mut terms = facets::terms(connection, workspace, kind)?;
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

/// Sessions and users are many: those of the index, as far as they are wanted.
fn names(
    connection: &Connection,
    workspace: WorkspaceId,
    table: &str,
    what: &str,
    prefix: &str,
    limit: usize,
) -> Result<Vec<Named>, StoreError> {
    let sql = format!(
        "SELECT {what}_no, {what}_id FROM {table} \
         WHERE workspace = ?1 AND folded BETWEEN ?2 AND ?3 ORDER BY folded LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let most = format!("{prefix}\u{10ffff}");
    let bounds = params![workspace.0, prefix, most, limit as i64];
    let index = if what == "session" { Index::Session } else { Index::User };
    let rows = statement.query_map(bounds, |row| Ok((Some((index, row.get(0)?)), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
