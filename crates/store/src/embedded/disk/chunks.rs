//! Rows of `chunk`.

use clew_model::ids::TraceId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::dictionaries::Dictionaries;
use super::{id_of, keys};
use crate::embedded::codec::bytes::Input;
use crate::embedded::codec::frame::{self, Dictionary, Frame};
use crate::embedded::codec::records::{
    BodyEntry, Head, Record, get_body, get_records, put_records,
};
use crate::{StoreError, WorkspaceId};

const VERSION: i64 = 1;
/// A chunk takes records until it has as many bytes, head and body together.
pub(crate) const CHUNK_MAX_BYTES: usize = 256 << 10;

/// A chunk as it goes into its row.
#[derive(Debug, Clone)]
pub(crate) struct PackedChunk {
    pub(crate) workspace: WorkspaceId,
    pub(crate) tno: i64,
    pub(crate) spans: usize,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) merged: bool,
    pub(crate) head: Frame,
    pub(crate) body: Frame,
    pub(crate) dictionary: Option<i64>,
    pub(crate) bloom: Option<Vec<u8>>,
}

/// A chunk out of its row.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    pub(crate) key: i64,
    pub(crate) workspace: WorkspaceId,
    pub(crate) last_seq: u64,
    pub(crate) merged: bool,
    head: Vec<u8>,
    body: Vec<u8>,
}

/// How a chunk is compressed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Packing<'a> {
    /// `None` for that of a first write.
    pub(crate) level: Option<i32>,
    pub(crate) dictionary: Option<&'a Dictionary>,
    pub(crate) merged: bool,
}

/// Packs records of one trace, in order, into as many chunks as they need.
pub(crate) fn pack<R: AsRef<Record>>(
    workspace: WorkspaceId,
    tno: i64,
    records: &[R],
    packing: Packing<'_>,
    index: impl Fn(&[R]) -> Option<Vec<u8>>,
) -> Result<Vec<PackedChunk>, StoreError> {
    let mut chunks = Vec::new();
    let mut rest = records;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|record| {
            bytes += record.as_ref().memory_bytes();
            bytes <= CHUNK_MAX_BYTES
        });
        let (now, later) = rest.split_at(fits.count().max(1));
        let bloom = index(now);
        chunks.push(PackedChunk { bloom, ..pack_one(workspace, tno, now, packing)? });
        rest = later;
    }
    Ok(chunks)
}

fn pack_one<R: AsRef<Record>>(
    workspace: WorkspaceId,
    tno: i64,
    records: &[R],
    packing: Packing<'_>,
) -> Result<PackedChunk, StoreError> {
    let (mut head, mut body) = (Vec::new(), Vec::new());
    put_records(records, &mut head, &mut body);
    let dictionary = packing.dictionary;
    let level =
        |raw: &[u8]| packing.level.unwrap_or_else(|| frame::first_level(raw.len(), dictionary));
    let seqs = || records.iter().map(|record| record.as_ref().seq);
    Ok(PackedChunk {
        workspace,
        tno,
        spans: records.len(),
        first_seq: seqs().min().unwrap_or_default(),
        last_seq: seqs().max().unwrap_or_default(),
        merged: packing.merged,
        head: frame::pack_with(&head, level(&head), dictionary)?,
        body: frame::pack_with(&body, level(&body), dictionary)?,
        dictionary: dictionary.map(|dictionary| dictionary.id),
        bloom: None,
    })
}

/// Appends a chunk to its trace.
pub(crate) fn insert(connection: &Connection, chunk: &PackedChunk) -> Result<i64, StoreError> {
    let (from, to) = keys(chunk.tno);
    let sql = "SELECT key FROM chunk WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
    let last: Option<i64> =
        connection.prepare_cached(sql)?.query_row([from, to], |row| row.get(0)).optional()?;
    let key = last.map_or(from, |last| last + 1);
    if key > to {
        return Err(StoreError::Invalid(format!("trace {} has too many chunks", chunk.tno)));
    }
    // Alone it is as good as merged.
    insert_at(connection, key, chunk, chunk.merged || last.is_none())?;
    Ok(key)
}

/// Writes a chunk under a key that is free.
pub(crate) fn insert_at(
    connection: &Connection,
    key: i64,
    chunk: &PackedChunk,
    merged: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO chunk (key, workspace, version, spans, first_seq, last_seq, merged, \
               head_dictionary, head_bytes, head_checksum, body_dictionary, body_bytes, \
               body_checksum, bloom, head, body) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    connection.prepare_cached(sql)?.execute(params![
        key,
        chunk.workspace.0,
        VERSION,
        chunk.spans as i64,
        chunk.first_seq as i64,
        chunk.last_seq as i64,
        merged,
        chunk.dictionary,
        chunk.head.raw_bytes,
        chunk.head.checksum,
        chunk.dictionary,
        chunk.body.raw_bytes,
        chunk.body.checksum,
        chunk.bloom,
        chunk.head.data,
        chunk.body.data,
    ])?;
    Ok(())
}

/// The last commit that is in a chunk of the trace.
pub(crate) fn last_seq(connection: &Connection, tno: i64) -> Result<Option<u64>, StoreError> {
    let (from, to) = keys(tno);
    let sql = "SELECT last_seq FROM chunk WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1";
    let found: Option<i64> =
        connection.prepare_cached(sql)?.query_row([from, to], |row| row.get(0)).optional()?;
    Ok(found.map(|seq| seq as u64))
}

/// Which part of chunks a reader needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Facts.
    Heads,
    /// Facts and payload.
    Bodies,
}

const HEAD_COLUMNS: &str = "key, workspace, version, last_seq, merged, head_dictionary, \
                            head_bytes, head_checksum, head";
const BODY_COLUMNS: &str = "key, workspace, version, last_seq, merged, head_dictionary, \
                            head_bytes, head_checksum, head, body_dictionary, body_bytes, \
                            body_checksum, body";

/// The chunks with these keys, with their bodies.
pub(crate) fn with_keys(
    connection: &Connection,
    dictionaries: &Dictionaries,
    keys: &[i64],
) -> Result<Vec<Chunk>, StoreError> {
    let sql = format!("SELECT {BODY_COLUMNS} FROM chunk WHERE key = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut chunks = Vec::with_capacity(keys.len());
    for key in keys {
        let mut rows = statement.query([key])?;
        if let Some(row) = rows.next()? {
            chunks.push(read(connection, dictionaries, row, Want::Bodies)?);
        }
    }
    Ok(chunks)
}

/// The chunks of a trace that may hold what a commit stored, with their bodies, newest first.
pub(crate) fn of_commit(
    connection: &Connection,
    dictionaries: &Dictionaries,
    tno: i64,
    seq: u64,
) -> Result<Vec<Chunk>, StoreError> {
    let (from, to) = keys(tno);
    let sql = format!(
        "SELECT {BODY_COLUMNS} FROM chunk WHERE key BETWEEN ?1 AND ?2 \
         AND first_seq <= ?3 AND last_seq >= ?3 ORDER BY key DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([from, to, seq as i64])?;
    let mut chunks = Vec::new();
    while let Some(row) = rows.next()? {
        chunks.push(read(connection, dictionaries, row, Want::Bodies)?);
    }
    Ok(chunks)
}

/// All chunks of a trace, oldest first.
pub(crate) fn of_trace(
    connection: &Connection,
    dictionaries: &Dictionaries,
    tno: i64,
    want: Want,
) -> Result<Vec<Chunk>, StoreError> {
    let (from, to) = keys(tno);
    // Columns are read in order and only as far as needed: without the body its pages stay
    // untouched.
    let columns = match want {
        Want::Heads => HEAD_COLUMNS,
        Want::Bodies => BODY_COLUMNS,
    };
    let sql = format!("SELECT {columns} FROM chunk WHERE key BETWEEN ?1 AND ?2 ORDER BY key");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([from, to])?;
    let mut chunks = Vec::new();
    while let Some(row) = rows.next()? {
        chunks.push(read(connection, dictionaries, row, want)?);
    }
    Ok(chunks)
}

fn read(
    connection: &Connection,
    dictionaries: &Dictionaries,
    row: &Row<'_>,
    want: Want,
) -> Result<Chunk, StoreError> {
    let key: i64 = row.get(0)?;
    let version: i64 = row.get(2)?;
    if version != VERSION {
        return Err(StoreError::Corrupt(format!("chunk {key} has the unknown version {version}")));
    }
    let part = |first: usize, name: &str| -> Result<Vec<u8>, StoreError> {
        let dictionary = dictionaries.get(connection, row.get(first)?)?;
        let data = row.get_ref(first + 3)?.as_bytes().map_err(rusqlite::Error::from)?;
        frame::unpack(data, row.get(first + 1)?, row.get(first + 2)?, dictionary.as_deref())
            .map_err(|damage| damage.at(format_args!("{name} of chunk {key}")))
    };
    let head = part(5, "head")?;
    let body = if want == Want::Bodies { part(9, "body")? } else { Vec::new() };
    let last_seq = row.get::<_, i64>(3)? as u64;
    let workspace = WorkspaceId(row.get(1)?);
    Ok(Chunk { key, workspace, last_seq, merged: row.get(4)?, head, body })
}

impl Chunk {
    /// The trace's number.
    pub(crate) fn tno(&self) -> i64 {
        id_of(self.key)
    }

    pub(crate) fn head(&self) -> Result<Head<'_>, StoreError> {
        Head::read(&mut Input::new(&self.head)).map_err(|damage| self.damaged(damage))
    }

    /// The records of the body, in the order of the head.
    pub(crate) fn body(&self, head: &Head<'_>) -> Result<Vec<BodyEntry<'_>>, StoreError> {
        get_body(&mut Input::new(&self.body), &head.owners).map_err(|damage| self.damaged(damage))
    }

    /// Adds the facts of every record with their version.
    pub(crate) fn spans(
        &self,
        trace_id: TraceId,
        found: &mut Vec<(u64, clew_model::span::Span)>,
    ) -> Result<(), StoreError> {
        self.head()?.spans(trace_id, found).map_err(|damage| self.damaged(damage))
    }

    /// Whole records.
    pub(crate) fn records(&self) -> Result<Vec<Record>, StoreError> {
        let head = self.head()?;
        let body = self.body(&head)?;
        get_records(&head, &body).map_err(|damage| self.damaged(damage))
    }

    fn damaged(&self, damage: crate::embedded::codec::bytes::Damage) -> StoreError {
        damage.at(format_args!("chunk {}", self.key))
    }
}

/// A chunk's place, without what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkPlace {
    pub(crate) key: i64,
    pub(crate) merged: bool,
    pub(crate) spans: u64,
    pub(crate) bytes: u64,
}

/// The chunks of a trace, oldest first.
pub(crate) fn places(connection: &Connection, tno: i64) -> Result<Vec<ChunkPlace>, StoreError> {
    let (from, to) = keys(tno);
    let sql = "SELECT key, merged, spans, head_bytes + body_bytes FROM chunk \
               WHERE key BETWEEN ?1 AND ?2 ORDER BY key";
    let mut statement = connection.prepare_cached(sql)?;
    let places = statement.query_map([from, to], |row| {
        Ok(ChunkPlace {
            key: row.get(0)?,
            merged: row.get(1)?,
            spans: row.get::<_, i64>(2)? as u64,
            bytes: row.get::<_, i64>(3)? as u64,
        })
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}

/// Traces with chunks that are not merged, from `after` on.
pub(crate) fn unmerged(
    connection: &Connection,
    after: i64,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    super::unmerged(connection, "chunk", after, limit)
}

/// Removes chunks by key.
pub(crate) fn remove(connection: &Connection, keys: &[i64]) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("DELETE FROM chunk WHERE key = ?1")?;
    for key in keys {
        statement.execute([key])?;
    }
    Ok(())
}

/// Removes all chunks of a trace.
pub(crate) fn remove_of_trace(connection: &Connection, tno: i64) -> Result<(), StoreError> {
    let (from, to) = keys(tno);
    connection
        .prepare_cached("DELETE FROM chunk WHERE key BETWEEN ?1 AND ?2")?
        .execute([from, to])?;
    Ok(())
}

/// Nothing of it is to be merged any more.
pub(crate) fn mark_merged(connection: &Connection, tno: i64) -> Result<(), StoreError> {
    let (from, to) = keys(tno);
    connection
        .prepare_cached("UPDATE chunk SET merged = 1 WHERE key BETWEEN ?1 AND ?2 AND merged = 0")?
        .execute([from, to])?;
    Ok(())
}

/// Replaces what a chunk holds by other records of the same spans.
pub(crate) fn rewrite<R: AsRef<Record>>(
    connection: &Connection,
    dictionaries: &Dictionaries,
    chunk: &Chunk,
    records: &[R],
    bloom: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let dictionary = dictionaries.current(chunk.workspace);
    let packing =
        Packing { dictionary: dictionary.as_deref(), merged: chunk.merged, ..Packing::default() };
    let packed = pack_one(chunk.workspace, chunk.tno(), records, packing)?;
    remove(connection, &[chunk.key])?;
    insert_at(connection, chunk.key, &PackedChunk { bloom, ..packed }, chunk.merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::codec::facts;
    use crate::embedded::rows::fixture::{ONE, database, span, trace_id};

    /// The record of a span as some commit stored it.
    fn record(number: u8, seq: u64) -> Record {
        let facts = span(1, number);
        let (mut words, mut who, mut own) = (Vec::new(), Vec::new(), Vec::new());
        facts::put_words(&mut words, &facts);
        facts::put_who(&mut who, &facts);
        facts::put_facts(&mut own, &facts);
        Record {
            seq,
            span_id: facts.span_id,
            start_nanos: facts.start_nanos,
            words: words.into(),
            who: who.into(),
            facts: own.into(),
            values: Box::default(),
            runs: Box::default(),
        }
    }

    #[test]
    fn what_a_commit_stored_is_read_from_its_chunks_alone() {
        let (connection, dictionaries) = (database(), Dictionaries::default());
        // The third commit came in two chunks.
        for records in [
            vec![record(1, 1), record(2, 2)],
            vec![record(3, 3)],
            vec![record(4, 3), record(5, 4)],
            vec![record(6, 5)],
        ] {
            let records: Vec<std::sync::Arc<Record>> =
                records.into_iter().map(std::sync::Arc::new).collect();
            for chunk in pack(ONE, 7, &records, Packing::default(), |_| None).unwrap() {
                insert(&connection, &chunk).unwrap();
            }
        }
        let spans_of = |seq: u64| -> Vec<Vec<u8>> {
            let chunks = of_commit(&connection, &dictionaries, 7, seq).unwrap();
            let spans = |chunk: &Chunk| {
                let mut found = Vec::new();
                chunk.spans(trace_id(1), &mut found).unwrap();
                found.iter().map(|(_, span)| span.span_id.as_bytes()[0]).collect()
            };
            chunks.iter().map(spans).collect()
        };
        assert_eq!(spans_of(2), [[1, 2]]);
        assert_eq!(spans_of(3), [vec![4, 5], vec![3]]);
        assert_eq!(spans_of(5), [[6]]);
        assert!(spans_of(6).is_empty());
    }
}
