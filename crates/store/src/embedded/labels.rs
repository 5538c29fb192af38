//! Labels: named verdicts, unique by target, name, source and author.

use clew_model::ids::{SpanId, TraceId};
use clew_model::label::{Label, LabelSource, LabelTarget};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::facets::{self, FacetKind};
use super::rows;
use super::rows::columns::flag;
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Numbers of the column `target_kind`.
const TRACE: i64 = 1;
const SPAN: i64 = 2;
const SESSION: i64 = 3;

/// A label with the number by which it is deleted.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StoredLabel {
    /// Unique in the store.
    pub id: i64,
    /// The verdict.
    #[serde(flatten)]
    pub label: Label,
}

/// Keeps labels; one with the same target, name, source and author is replaced, unless what
/// comes was said earlier: a batch that is sent again late undoes nothing. A label on a
/// trace that is not there is an error and nothing is kept (the caller's transaction goes back).
pub(crate) fn put(
    connection: &Connection,
    workspace: WorkspaceId,
    labels: &[Label],
) -> Result<(), StoreError> {
    check(labels)?;
    labels.iter().try_for_each(|label| {
        let target = target(connection, workspace, &label.target)?;
        put_one(connection, workspace, label, target)
    })
}

/// Keeps labels that come along with the runs they are about; [`check`] has looked at them, and
/// their runs have rows. A session may be one of which no run has come yet.
pub(crate) fn put_along(
    connection: &Connection,
    workspace: WorkspaceId,
    labels: &[Label],
) -> Result<(), StoreError> {
    labels.iter().try_for_each(|label| {
        let target = match &label.target {
            LabelTarget::Session { session_id } => (SESSION, 0, session_id.as_bytes().to_vec()),
            other => target(connection, workspace, other)?,
        };
        put_one(connection, workspace, label, target)
    })
}

/// What can be told of labels without the store.
pub(crate) fn check(labels: &[Label]) -> Result<(), StoreError> {
    match labels.iter().any(|label| label.name.is_empty()) {
        true => Err(StoreError::Invalid("a label needs a name".to_owned())),
        false => Ok(()),
    }
}

fn put_one(
    connection: &Connection,
    workspace: WorkspaceId,
    label: &Label,
    (kind, tno, target): (i64, i64, Vec<u8>),
) -> Result<(), StoreError> {
    let sql = "INSERT INTO labels (workspace, tno, target_kind, target, name, source, author, \
        score, value, explanation, created_nanos) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
        ON CONFLICT (workspace, tno, target_kind, target, name, source, author) DO UPDATE SET \
        score = excluded.score, value = excluded.value, explanation = excluded.explanation, \
        created_nanos = excluded.created_nanos \
        WHERE excluded.created_nanos >= labels.created_nanos";
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        tno,
        kind,
        target,
        label.name,
        source_number(label.source),
        label.author,
        label.score,
        label.value,
        label.explanation,
        label.created_nanos,
    ])?;
    if kind == SESSION {
        return Ok(());
    }
    let mark = "UPDATE traces SET flags = flags | ?2 WHERE tno = ?1 RETURNING start_nanos";
    let start =
        connection.prepare_cached(mark)?.query_row([tno, flag::LABELLED], |row| row.get(0))?;
    let term = facets::term_number(connection, workspace, FacetKind::Label, &label.name)?;
    facets::add(connection, term, start, tno)
}

/// Removes a label by its number.
pub(crate) fn remove(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
) -> Result<StoredLabel, StoreError> {
    let found = get(connection, workspace, id)?.ok_or(StoreError::NotFound("label"))?;
    connection.prepare_cached("DELETE FROM labels WHERE label_no = ?1")?.execute([id])?;
    let trace_id = match &found.label.target {
        LabelTarget::Trace { trace_id } | LabelTarget::Span { trace_id, .. } => trace_id,
        LabelTarget::Session { .. } => return Ok(found),
    };
    let Some(tno) = rows::tno(connection, workspace, trace_id)? else { return Ok(found) };
    let left = names(connection, workspace, tno)?;
    let start = "SELECT start_nanos FROM traces WHERE tno = ?1";
    let start: i64 = connection.prepare_cached(start)?.query_row([tno], |row| row.get(0))?;
    if !left.contains(&found.label.name) {
        let term = facets::term_number(connection, workspace, FacetKind::Label, &found.label.name)?;
        facets::remove(connection, term, start, tno)?;
    }
    if left.is_empty() {
        let unmark = "UPDATE traces SET flags = flags & ~?2 WHERE tno = ?1";
        connection.prepare_cached(unmark)?.execute([tno, flag::LABELLED])?;
    }
    Ok(found)
}

/// Removes what belongs to a trace that goes.
pub(crate) fn remove_of_trace(
    connection: &Connection,
    workspace: WorkspaceId,
    tno: i64,
    start_nanos: i64,
) -> Result<(), StoreError> {
    for name in names(connection, workspace, tno)? {
        let term = facets::term_number(connection, workspace, FacetKind::Label, &name)?;
        facets::remove(connection, term, start_nanos, tno)?;
    }
    let sql = "DELETE FROM labels WHERE workspace = ?1 AND tno = ?2";
    connection.prepare_cached(sql)?.execute([workspace.0, tno])?;
    Ok(())
}

/// The facets of a trace's labels follow its start.
pub(crate) fn move_facets(
    connection: &Connection,
    workspace: WorkspaceId,
    tno: i64,
    from_nanos: i64,
    to_nanos: i64,
) -> Result<(), StoreError> {
    for name in names(connection, workspace, tno)? {
        let term = facets::term_number(connection, workspace, FacetKind::Label, &name)?;
        facets::remove(connection, term, from_nanos, tno)?;
        facets::add(connection, term, to_nanos, tno)?;
    }
    Ok(())
}

fn names(
    connection: &Connection,
    workspace: WorkspaceId,
    tno: i64,
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT name FROM labels WHERE workspace = ?1 AND tno = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_map([workspace.0, tno], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

const COLUMNS: &str = "l.label_no, l.target_kind, l.target, l.name, l.source, l.author, l.score, \
    l.value, l.explanation, l.created_nanos, t.trace_id";

/// Labels of a trace and of its spans, oldest first.
pub(crate) fn of_trace(
    connection: &Connection,
    workspace: WorkspaceId,
    tno: i64,
) -> Result<Vec<StoredLabel>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM labels l JOIN traces t ON t.tno = l.tno \
         WHERE l.workspace = ?1 AND l.tno = ?2 ORDER BY l.created_nanos, l.label_no"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([workspace.0, tno])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push(read(row)?);
    }
    Ok(labels)
}

/// Labels of a conversation itself, oldest first.
pub(crate) fn of_session(
    connection: &Connection,
    workspace: WorkspaceId,
    session_id: &str,
) -> Result<Vec<StoredLabel>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM labels l LEFT JOIN traces t ON t.tno = l.tno \
         WHERE l.workspace = ?1 AND l.tno = 0 AND l.target_kind = {SESSION} AND l.target = ?2 \
         ORDER BY l.created_nanos, l.label_no"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![workspace.0, session_id.as_bytes()])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push(read(row)?);
    }
    Ok(labels)
}

/// Labels of a workspace, newest first, those with a smaller number than `before`; of one name
/// where it is given.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
    name: Option<&str>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<StoredLabel>, StoreError> {
    let by_name = if name.is_some() { "AND l.name = ?3" } else { "AND ?3 IS NULL" };
    let sql = format!(
        "SELECT {COLUMNS} FROM labels l LEFT JOIN traces t ON t.tno = l.tno \
         WHERE l.workspace = ?1 AND l.label_no < ?2 {by_name} ORDER BY l.label_no DESC LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let before = before.unwrap_or(i64::MAX);
    let mut rows = statement.query(params![workspace.0, before, name, limit as i64])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push(read(row)?);
    }
    Ok(labels)
}

fn get(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
) -> Result<Option<StoredLabel>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM labels l LEFT JOIN traces t ON t.tno = l.tno \
         WHERE l.workspace = ?1 AND l.label_no = ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([workspace.0, id])?;
    rows.next()?.map(read).transpose()
}

/// For the audit log: on what, and what it says.
pub(crate) fn described(label: &Label) -> String {
    let target = match &label.target {
        LabelTarget::Trace { trace_id } => format!("trace {trace_id}"),
        LabelTarget::Span { trace_id, span_id } => format!("span {span_id} of trace {trace_id}"),
        LabelTarget::Session { session_id } => format!("session {session_id}"),
    };
    match (&label.value, label.score) {
        (Some(value), _) => format!("{target}: {value}"),
        (None, Some(score)) => format!("{target}: {score}"),
        (None, None) => target,
    }
}

fn target(
    connection: &Connection,
    workspace: WorkspaceId,
    target: &LabelTarget,
) -> Result<(i64, i64, Vec<u8>), StoreError> {
    let tno = |trace_id: &TraceId| {
        rows::tno(connection, workspace, trace_id)?.ok_or(StoreError::NotFound("trace"))
    };
    Ok(match target {
        LabelTarget::Trace { trace_id } => (TRACE, tno(trace_id)?, Vec::new()),
        LabelTarget::Span { trace_id, span_id } => {
            (SPAN, tno(trace_id)?, span_id.as_bytes().to_vec())
        }
        LabelTarget::Session { session_id } => {
            let sql = "SELECT 1 FROM sessions WHERE workspace = ?1 AND session_id = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found: Option<i64> = statement
                .query_row(params![workspace.0, session_id], |row| row.get(0))
                .optional()?;
            found.ok_or(StoreError::NotFound("session"))?;
            (SESSION, 0, session_id.as_bytes().to_vec())
        }
    })
}

fn read(row: &Row<'_>) -> Result<StoredLabel, StoreError> {
    let target: Vec<u8> = row.get(2)?;
    let damaged = || StoreError::Corrupt("the target of a label cannot be read".to_owned());
    let trace_id = || -> Result<TraceId, StoreError> {
        let bytes: Vec<u8> = row.get(10)?;
        TraceId::from_bytes(&bytes).map_err(|_| damaged())
    };
    let target = match row.get(1)? {
        TRACE => LabelTarget::Trace { trace_id: trace_id()? },
        SPAN => {
            let span_id = SpanId::from_bytes(&target).map_err(|_| damaged())?;
            LabelTarget::Span { trace_id: trace_id()?, span_id }
        }
        SESSION => {
            LabelTarget::Session { session_id: String::from_utf8(target).map_err(|_| damaged())? }
        }
        _ => return Err(damaged()),
    };
    Ok(StoredLabel {
        id: row.get(0)?,
        label: Label {
            target,
            name: row.get(3)?,
            score: row.get(6)?,
            value: row.get(7)?,
            explanation: row.get(8)?,
            source: source_from_number(row.get(4)?).ok_or_else(damaged)?,
            author: row.get(5)?,
            created_nanos: row.get(9)?,
        },
    })
}

/// Stored numbers are never reused.
fn source_number(source: LabelSource) -> i64 {
    match source {
        LabelSource::Reflex => 1,
        LabelSource::Rule => 2,
        LabelSource::Human => 3,
        LabelSource::Judge => 4,
        LabelSource::Sdk => 5,
    }
}

fn source_from_number(number: i64) -> Option<LabelSource> {
    Some(match number {
        1 => LabelSource::Reflex,
        2 => LabelSource::Rule,
        3 => LabelSource::Human,
        4 => LabelSource::Judge,
        5 => LabelSource::Sdk,
        _ => return None,
    })
}
