//! Attachments: which run, and which span of it, has which content under which name.

pub(crate) mod contents;

use clew_model::attachment::NewAttachment;
use clew_model::ids::{SpanId, TraceId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows;
use crate::attachments::Attachment;
use crate::contract::StoreError;
use crate::ids::WorkspaceId;
use contents::PreparedContent;

/// Longest media type that is kept; a longer one says nothing.
const CONTENT_TYPE_MAX_BYTES: usize = 255;
/// Longest name that is kept, in characters; what is beyond is cut.
const NAME_MAX_CHARS: usize = 512;
/// Longest sender's id that is kept; a longer one is none.
const SENDER_ID_MAX_BYTES: usize = 512;
/// What bytes are of which nobody says more.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// An attachment as the writer takes it.
pub(crate) struct PreparedAttachment {
    trace_id: TraceId,
    span_id: Option<SpanId>,
    sender_id: Option<String>,
    name: String,
    content_type: String,
    content: PreparedContent,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is there now.
    New,
    /// It was there.
    Known,
    /// Too many of the run, or its content is not there.
    Refused,
}

/// Hashes and compresses, on the caller's thread.
pub(crate) fn prepare(new: NewAttachment) -> Result<PreparedAttachment, StoreError> {
    Ok(PreparedAttachment {
        trace_id: new.trace_id,
        span_id: new.span_id,
        sender_id: new.sender_id.filter(|id| !id.is_empty() && id.len() <= SENDER_ID_MAX_BYTES),
        name: cut_name(&new.name),
        content_type: media_type(&new.content_type),
        content: PreparedContent::of(new.content)?,
    })
}

/// A name as it is kept.
pub(crate) fn cut_name(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(NAME_MAX_CHARS).collect()
}

/// What may stand in a header: visible ASCII with a slash in it.
fn media_type(said: &str) -> String {
    let said = said.trim();
    let fits = said.len() <= CONTENT_TYPE_MAX_BYTES
        && said.contains('/')
        && said.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if fits { said.to_ascii_lowercase() } else { UNKNOWN_TYPE.to_owned() }
}

impl PreparedAttachment {
    /// Its run.
    pub(crate) fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// Memory that it holds.
    pub(crate) fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.name.len() + self.content.memory_bytes()
    }
}

/// Keeps an attachment of a trace that has a row.
pub(crate) fn put(
    connection: &Connection,
    (workspace, tno): (WorkspaceId, i64),
    new: &PreparedAttachment,
    per_trace: usize,
    now: i64,
) -> Result<Kept, StoreError> {
    let known = contents::find(connection, workspace, &new.content.sha256)?;
    let span = span_bytes(new.span_id.as_ref());
    if let Some((content_no, _)) = known {
        // The same content may have got an id since.
        let again = "UPDATE attachments SET sender_id = COALESCE(?5, sender_id) \
            WHERE tno = ?1 AND span_id = ?2 AND name = ?3 AND content_no = ?4";
        let row = params![tno, span, new.name, content_no, new.sender_id];
        if connection.prepare_cached(again)?.execute(row)? > 0 {
            return Ok(Kept::Known);
        }
    }
    let count = "SELECT COUNT(*) FROM attachments WHERE tno = ?1";
    let count: i64 = connection.prepare_cached(count)?.query_row([tno], |row| row.get(0))?;
    if count as usize >= per_trace {
        return Ok(Kept::Refused);
    }
    let content_no = match known {
        Some((content_no, _)) => Some(content_no),
        None => contents::insert(connection, workspace, &new.content)?,
    };
    let Some(content_no) = content_no else { return Ok(Kept::Refused) };
    let sql = "INSERT INTO attachments (workspace, tno, span_id, name, content_no, sender_id, \
        content_type, created_nanos) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let PreparedAttachment { name, sender_id, content_type, .. } = new;
    let row = params![workspace.0, tno, span, name, content_no, sender_id, content_type, now];
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(Kept::New)
}

fn span_bytes(span_id: Option<&SpanId>) -> &[u8] {
    span_id.map_or(&[], |id| id.as_bytes().as_slice())
}

const COLUMNS: &str = "a.attachment_no, t.trace_id, a.span_id, a.sender_id, a.name, \
    a.content_type, c.bytes, c.sha256, a.created_nanos FROM attachments a \
    JOIN traces t ON t.tno = a.tno JOIN contents c ON c.content_no = a.content_no";

/// Attachments of a run in the order in which they came.
pub(crate) fn of_trace(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
) -> Result<Vec<Attachment>, StoreError> {
    let Some(tno) = rows::tno(connection, workspace, trace_id)? else { return Ok(Vec::new()) };
    let sql = format!("SELECT {COLUMNS} WHERE a.tno = ?1 ORDER BY a.attachment_no");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([tno])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// One of them.
pub(crate) fn by_number(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
) -> Result<Option<Attachment>, StoreError> {
    let sql = format!("SELECT {COLUMNS} WHERE a.attachment_no = ?1 AND a.workspace = ?2");
    one(connection, &sql, params![id, workspace.0])
}

/// The first with a sender's id.
pub(crate) fn by_sender(
    connection: &Connection,
    workspace: WorkspaceId,
    sender_id: &str,
) -> Result<Option<Attachment>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE a.workspace = ?1 AND a.sender_id = ?2 \
         ORDER BY a.attachment_no LIMIT 1"
    );
    one(connection, &sql, params![workspace.0, sender_id])
}

/// The one that an arriving one is, or would be.
pub(crate) fn the_same(
    connection: &Connection,
    workspace: WorkspaceId,
    (trace_id, span_id): (&TraceId, Option<&SpanId>),
    name: &str,
    sha256: &[u8; 32],
) -> Result<Option<Attachment>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE t.workspace = ?1 AND t.trace_id = ?2 AND a.span_id = ?3 \
         AND a.name = ?4 AND c.sha256 = ?5"
    );
    let span = span_bytes(span_id);
    let asked = params![workspace.0, trace_id.as_bytes(), span, name, sha256];
    one(connection, &sql, asked)
}

fn one(
    connection: &Connection,
    sql: &str,
    asked: impl rusqlite::Params,
) -> Result<Option<Attachment>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(asked)?;
    rows.next()?.map(read).transpose()
}

fn read(row: &Row<'_>) -> Result<Attachment, StoreError> {
    let id: i64 = row.get(0)?;
    let damaged = || StoreError::Corrupt(format!("attachment {id} cannot be read"));
    let trace_id = TraceId::from_bytes(row.get_ref(1)?.as_blob().unwrap_or_default());
    let span_id = match row.get_ref(2)?.as_blob().unwrap_or_default() {
        [] => None,
        bytes => Some(SpanId::from_bytes(bytes).map_err(|_| damaged())?),
    };
    Ok(Attachment {
        id,
        trace_id: trace_id.map_err(|_| damaged())?,
        span_id,
        sender_id: row.get(3)?,
        name: row.get(4)?,
        content_type: row.get(5)?,
        size: row.get::<_, i64>(6)?.max(0) as u64,
        sha256: row.get(7)?,
        created_nanos: row.get(8)?,
    })
}

/// Bytes of an attachment, see [`contents::bytes`].
pub(crate) fn bytes(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, StoreError> {
    let sql = "SELECT content_no FROM attachments WHERE attachment_no = ?1 AND workspace = ?2";
    let content: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(params![id, workspace.0], |row| row.get(0))
        .optional()?;
    contents::bytes(connection, content.ok_or(StoreError::NotFound("attachment"))?, offset, length)
}

/// Removes what belongs to a trace that goes, and contents that nobody else has.
pub(crate) fn remove_of_trace(connection: &Connection, tno: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM attachments WHERE tno = ?1 RETURNING content_no";
    let mut statement = connection.prepare_cached(sql)?;
    let mut freed: Vec<i64> =
        statement.query_map([tno], |row| row.get(0))?.collect::<Result<_, _>>()?;
    freed.sort_unstable();
    freed.dedup();
    freed.into_iter().try_for_each(|content| contents::release(connection, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_says_of_an_attachment_is_made_fit() {
        for (said, kept) in [
            ("image/PNG", "image/png"),
            (" text/plain; charset=utf-8 ", "text/plain; charset=utf-8"),
            ("image/png\r\nSet-Cookie: a=b", UNKNOWN_TYPE),
            ("image/ü", UNKNOWN_TYPE),
            ("png", UNKNOWN_TYPE),
            ("", UNKNOWN_TYPE),
        ] {
            assert_eq!(media_type(said), kept, "{said}");
        }
        assert_eq!(cut_name("a\u{0}b\nc.png"), "abc.png");
        assert_eq!(cut_name(&"ü".repeat(600)).chars().count(), 512);
    }
}
