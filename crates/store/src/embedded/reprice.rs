//! Facts of stored spans derived anew: prices or the mapping have changed (ruling 21).
//!
//! Payload and texts stay as they are; heads are written again, and bodies where what they
//! share with the facts has moved.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use clew_model::ids::TraceId;
use clew_model::span::Span;
use rusqlite::{Connection, params};

use super::Embedded;
use super::codec::records::Record;
use super::codec::source::SourceWriter;
use super::disk::chunks::{self, Chunk, Want};
use super::index::{self, Shapes};
use super::notes;
use super::prepare::{Parts, prepare_span};
use super::reader::{keep_newest, sources_of};
use super::rows::{self, Arrival};
use super::writer::Writer;
use crate::{Repriced, StoreError, WorkspaceId};

impl Embedded {
    /// The next `limit` traces of a workspace, in order of first arrival.
    pub(crate) fn reprice(
        &self,
        workspace: WorkspaceId,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Repriced, StoreError> {
        let after: i64 =
            cursor.map_or(Ok(0), |text| text.parse().map_err(|_| StoreError::BadCursor))?;
        let traces = self.readers.read(|connection| traces(connection, workspace, after, limit))?;
        let mut repriced = Repriced::default();
        if cursor.is_none() {
            // One flush at the start: what is staged later has new facts already.
            self.flush()?;
        }
        let is_last = traces.len() < limit;
        for (tno, trace_id) in traces {
            let changed = self.run(move |writer, connection| {
                writer.drain(connection)?;
                writer.reprice(connection, workspace, tno, trace_id)
            })?;
            // Behind the writing: facts read before it are told apart by the count before.
            self.derivations.fetch_add(1, Ordering::AcqRel);
            repriced.traces += 1;
            repriced.changed += u64::from(changed);
            repriced.next_cursor = Some(tno.to_string());
        }
        if is_last {
            repriced.next_cursor = None;
        }
        Ok(repriced)
    }
}

fn traces(
    connection: &Connection,
    workspace: WorkspaceId,
    after: i64,
    limit: usize,
) -> Result<Vec<(i64, TraceId)>, StoreError> {
    let sql = "SELECT tno, trace_id FROM traces WHERE tno > ?1 AND workspace = ?2 \
               ORDER BY tno LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![after, workspace.0, limit as i64])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: [u8; 16] = row.get(1)?;
        let trace_id = TraceId::from_bytes(&id)
            .map_err(|error| StoreError::Corrupt(format!("a trace row: {error}")))?;
        found.push((row.get(0)?, trace_id));
    }
    Ok(found)
}

impl Writer {
    /// True when the trace's summary came out differently.
    fn reprice(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        tno: i64,
        trace_id: TraceId,
    ) -> Result<bool, StoreError> {
        let result = self.transaction(connection, |writer| {
            let chunks = chunks::of_trace(connection, &writer.dictionaries, tno, Want::Bodies)?;
            let mut spans = Vec::new();
            let mut any = false;
            for chunk in &chunks {
                any |= writer.reprice_chunk(connection, chunk, trace_id, &mut spans)?;
            }
            // A note's facts are stored nowhere but in the row.
            if !any && notes::readable(connection, tno, trace_id)?.is_none() {
                return Ok(false);
            }
            // The state in memory holds the old facts.
            writer.actives.take(workspace, trace_id);
            let loaded = writer.load_active(connection, workspace, trace_id)?;
            let Some(mut active) = loaded else { return Ok(false) };
            let before = rows::by_id(connection, workspace, &trace_id)?;
            let summary = active.state.summary();
            let facts: Vec<&Span> = spans.iter().map(|(_, span)| span).collect();
            let arrival = Arrival {
                workspace,
                summary: &summary,
                spans: &facts,
                note: None,
                stale: any,
                stored: false,
                key_agent: None,
                now: before.as_ref().map_or(0, |row| row.last_arrival_nanos),
                commit_seq: before.as_ref().map_or(0, |row| row.commit_seq),
            };
            writer.rows.upsert(connection, &arrival, &mut active.memo)?;
            Ok(before.is_none_or(|row| row.summary != summary))
        });
        if result.is_err() {
            self.rows.forget();
        }
        result
    }

    /// Writes a chunk's heads anew where some facts differ.
    fn reprice_chunk(
        &self,
        connection: &Connection,
        chunk: &Chunk,
        trace_id: TraceId,
        spans: &mut Vec<(u64, Span)>,
    ) -> Result<bool, StoreError> {
        let records: Vec<Arc<Record>> = chunk.records()?.into_iter().map(Arc::new).collect();
        let none = Default::default();
        let sources = sources_of(connection, &self.dictionaries, trace_id, &records, &none)?;
        let mut parts = Parts::default();
        let mut renewed = Vec::with_capacity(records.len());
        let mut any = false;
        for (record, source) in records.iter().zip(sources) {
            let place = || format!("span {} of trace {trace_id}", record.span_id);
            let before = record.span(trace_id).map_err(|damage| damage.at(place()))?;
            let facts = (self.options.normalise)(&source);
            spans.push((record.seq, facts.clone()));
            if facts == before {
                renewed.push(Arc::clone(record));
                continue;
            }
            any = true;
            // Texts come in the same order whatever the facts are: their numbers hold.
            let fresh = prepare_span(&mut parts, &mut SourceWriter::default(), &source, facts);
            renewed.push(Arc::new(Record {
                start_nanos: fresh.span.start_nanos,
                words: fresh.words,
                who: fresh.who,
                facts: fresh.facts,
                values: fresh.source.values,
                ..Record::clone(record)
            }));
        }
        keep_newest(spans, |(seq, span)| (span.span_id, *seq));
        if any {
            let mut shapes = Shapes::default();
            shapes.find(connection, &self.dictionaries, &renewed)?;
            let bloom = index::of_chunk(trace_id, &renewed, &shapes);
            chunks::rewrite(connection, &self.dictionaries, chunk, &renewed, bloom)?;
        }
        Ok(any)
    }
}
