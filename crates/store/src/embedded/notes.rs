//! What senders say about whole runs beside their spans: one note a trace, the parts that came
//! combined. docs/formats/store.md, "note", tells what the blob holds.

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use rusqlite::{Connection, OptionalExtension, params};

use super::codec::bytes::{Damage, Input, put_bytes, put_varint, put_zigzag};
use super::codec::frame::{self, Frame, LEVEL_FAST};
use super::codec::source::{Basics, SourceReader, SourceWriter};
use super::rows;
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

const VERSION: i64 = 1;

const PARENT: u8 = 1;
const END: u8 = 2;

/// Writes a note as it stands in its row.
pub(crate) fn pack(note: &SourceSpan, facts: &Span) -> Result<Frame, StoreError> {
    let mut writer = SourceWriter::default();
    let encoded = writer.encode(note, facts);
    let mut raw = Vec::new();
    let parent = facts.parent_span_id;
    let bit = |is_there, bit| if is_there { bit } else { 0 };
    raw.push(bit(parent.is_some(), PARENT) | bit(facts.end_nanos.is_some(), END));
    if let Some(parent) = parent {
        raw.extend_from_slice(parent.as_bytes());
    }
    put_zigzag(&mut raw, facts.start_nanos);
    if let Some(end) = facts.end_nanos {
        put_zigzag(&mut raw, end);
    }
    put_bytes(&mut raw, &encoded.values);
    put_varint(&mut raw, encoded.references.len() as u64);
    for reference in &encoded.references {
        put_bytes(&mut raw, writer.bytes(&writer.slices()[*reference as usize]));
    }
    frame::pack(&raw, LEVEL_FAST)
}

fn unpack(trace_id: TraceId, raw: &[u8]) -> Result<SourceSpan, Damage> {
    let mut input = Input::new(raw);
    let bits = input.byte()?;
    let parent_span_id = match bits & PARENT {
        0 => None,
        _ => Some(SpanId::from_bytes(input.take(8)?).map_err(|_| Damage("a parent is no id"))?),
    };
    let start_nanos = input.zigzag()?;
    let end_nanos = if bits & END == 0 { None } else { Some(input.zigzag()?) };
    let basics = Basics { trace_id, span_id: SpanId::NOTE, parent_span_id, start_nanos, end_nanos };
    let values = input.bytes()?;
    let count = input.count()?;
    let texts = (0..count).map(|_| input.bytes()).collect::<Result<Vec<_>, _>>()?;
    SourceReader::default().decode(&basics, values, &texts)
}

/// Keeps the note of a trace, in place of the one before.
pub(crate) fn put(
    connection: &Connection,
    workspace: WorkspaceId,
    tno: i64,
    note: &Frame,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO trace_notes \
        (tno, workspace, version, raw_bytes, checksum, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![tno, workspace.0, VERSION, note.raw_bytes, note.checksum, note.data];
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// The note of a trace.
pub(crate) fn of_tno(
    connection: &Connection,
    tno: i64,
    trace_id: TraceId,
) -> Result<Option<SourceSpan>, StoreError> {
    let sql = "SELECT version, raw_bytes, checksum, data FROM trace_notes WHERE tno = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([tno], |row| {
        let data: Vec<u8> = row.get(3)?;
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, data))
    });
    let Some((version, raw_bytes, checksum, data)) = found.optional()? else { return Ok(None) };
    if version != VERSION {
        let why = format!("the note of trace {trace_id} is of an unknown version");
        return Err(StoreError::Corrupt(why));
    }
    frame::unpack(&data, raw_bytes, checksum, None)
        .and_then(|raw| unpack(trace_id, &raw))
        .map(Some)
        .map_err(|damage| damage.at(format_args!("the note of trace {trace_id}")))
}

/// The same for the writer, which goes on without a note that is damaged: the next one takes
/// its place. `check` tells of it.
pub(crate) fn readable(
    connection: &Connection,
    tno: i64,
    trace_id: TraceId,
) -> Result<Option<SourceSpan>, StoreError> {
    match of_tno(connection, tno, trace_id) {
        Err(StoreError::Corrupt(why)) => {
            tracing::error!(%trace_id, %why, "a damaged note is left out");
            Ok(None)
        }
        found => found,
    }
}

/// The note of a trace; `None` also where there is no such trace.
pub(crate) fn of_trace(
    connection: &Connection,
    workspace: WorkspaceId,
    trace_id: &TraceId,
) -> Result<Option<SourceSpan>, StoreError> {
    let Some(tno) = rows::tno(connection, workspace, trace_id)? else { return Ok(None) };
    of_tno(connection, tno, *trace_id)
}

/// Removes what belongs to a trace that goes.
pub(crate) fn remove_of_trace(connection: &Connection, tno: i64) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM trace_notes WHERE tno = ?1")?.execute([tno])?;
    Ok(())
}
