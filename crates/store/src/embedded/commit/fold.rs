//! New, known or another version of something known?

use std::collections::HashMap;
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use rusqlite::Connection;

use super::{Outcome, Pending, Texts};
use crate::StoreError;
use crate::embedded::active::{ActiveTrace, KnownSpan};
use crate::embedded::codec::records::Record;
use crate::embedded::codec::source::{Basics, SourceReader, SourceWriter};
use crate::embedded::disk::chunks;
use crate::embedded::disk::dictionaries::Dictionaries;
use crate::embedded::hash::ByHash;
use crate::embedded::prepare::{Parts, Prepared, PreparedSpan, prepare_span};
use crate::embedded::reader::sources_of;
use crate::embedded::writer::Writer;
use crate::embedded::{facets, meaning};

impl Writer {
    /// Tells new spans from known ones, and combines versions.
    pub(super) fn sort_out(
        &self,
        connection: &Connection,
        requests: &[Prepared],
        active: &mut ActiveTrace,
        spans: Vec<(usize, Vec<PreparedSpan>)>,
        outcome: &mut Outcome,
    ) -> Result<Vec<Pending>, StoreError> {
        let mut pending: Vec<Pending> = Vec::new();
        let mut places: HashMap<SpanId, usize, ByHash> = HashMap::default();
        let mut stored = Stored { connection, chunk: Vec::new() };
        for (request, spans) in spans {
            let counts = &mut outcome.appended[request];
            for span in spans {
                let hash = span.source.hash;
                let span_id = span.span_id();
                match active.spans.get(&span_id).copied() {
                    None => {
                        counts.new_spans += 1;
                        active.state.upsert(&span.span);
                        active.spans.insert(span_id, KnownSpan { hash, seq: outcome.seq });
                        places.insert(span_id, pending.len());
                        let texts = Texts::OfRequest(request);
                        pending.push(Pending { span, texts, loses_names: false });
                    }
                    Some(known) if known.hash == hash => {
                        counts.duplicate_spans += 1;
                        active.state.note_duplicate();
                    }
                    Some(known) => {
                        active.state.note_duplicate();
                        let earlier = places.get(&span_id).map(|place| &pending[*place]);
                        let arriving = (&span, &requests[request].texts);
                        let folded =
                            self.fold(&mut stored, requests, active, known, earlier, arriving)?;
                        let Some(folded) = folded else {
                            counts.duplicate_spans += 1;
                            continue;
                        };
                        counts.merged_spans += 1;
                        active.state.upsert(&folded.span.span);
                        let version = KnownSpan { hash: folded.span.source.hash, seq: outcome.seq };
                        active.spans.insert(span_id, version);
                        match places.get(&span_id) {
                            Some(place) => pending[*place] = folded,
                            None => {
                                places.insert(span_id, pending.len());
                                pending.push(folded);
                            }
                        }
                    }
                }
            }
        }
        Ok(pending)
    }

    /// Combines an arriving version with the stored one; `None` where it says nothing new.
    fn fold(
        &self,
        chunks: &mut Stored<'_>,
        requests: &[Prepared],
        active: &mut ActiveTrace,
        known: KnownSpan,
        earlier: Option<&Pending>,
        (span, texts): (&PreparedSpan, &SourceWriter),
    ) -> Result<Option<Pending>, StoreError> {
        let trace_id = span.span.trace_id;
        let (stored, stored_facts) = match earlier {
            Some(pending) => {
                let texts = match &pending.texts {
                    Texts::OfRequest(request) => &requests[*request].texts,
                    Texts::Own(texts) => texts,
                };
                (source_of_prepared(&pending.span, texts)?, pending.span.span.clone())
            }
            None => {
                let tno = active.memo.as_ref().map(|memo| memo.tno);
                let tno = tno.ok_or(StoreError::NotFound("trace"))?;
                self.stored_source(chunks, tno, trace_id, span.span_id(), known.seq)?
            }
        };
        let arriving = source_of_prepared(span, texts)?;
        let combined = meaning::fold(&stored, &arriving);
        let mut own = Box::new(SourceWriter::default());
        let mut parts = Parts::default();
        let known_hash = if known.hash == 0 {
            let facts = (self.options.normalise)(&stored);
            SourceWriter::default().encode(&stored, &facts).hash
        } else {
            known.hash
        };
        let facts = (self.options.normalise)(&combined);
        let loses_names = earlier.is_some_and(|pending| pending.loses_names)
            || facets::loses_names(&stored_facts, &facts);
        let folded = prepare_span(&mut parts, &mut own, &combined, facts);
        if folded.source.hash == known_hash {
            active.spans.insert(span.span_id(), KnownSpan { hash: known_hash, seq: known.seq });
            return Ok(None);
        }
        Ok(Some(Pending { span: folded, texts: Texts::Own(own), loses_names }))
    }

    /// The stored version of a span, from staging or from its chunk.
    fn stored_source(
        &self,
        stored: &mut Stored<'_>,
        tno: i64,
        trace_id: TraceId,
        span_id: SpanId,
        seq: u64,
    ) -> Result<(SourceSpan, Span), StoreError> {
        let is_it = |record: &Record| record.span_id == span_id && record.seq == seq;
        let view = self.staging.view(tno, true);
        let mut record = view.records.iter().find(|record| is_it(record)).cloned();
        if record.is_none() {
            record = stored.record(&self.dictionaries, tno, seq, is_it)?;
        }
        let missing =
            || StoreError::Corrupt(format!("span {span_id} of trace {trace_id} is missing"));
        let record = record.ok_or_else(missing)?;
        let facts =
            record.span(trace_id).map_err(|damage| damage.at(format_args!("span {span_id}")))?;
        let (connection, texts) = (stored.connection, &view.texts);
        let sources = sources_of(connection, &self.dictionaries, trace_id, &[record], texts)?;
        Ok((sources.into_iter().next().ok_or_else(missing)?, facts))
    }
}

/// Chunks of one trace, of which the one read last is kept: spans that come again mostly
/// stood together before.
struct Stored<'a> {
    connection: &'a Connection,
    chunk: Vec<Arc<Record>>,
}

impl Stored<'_> {
    /// A record that commit `seq` stored. Only chunks with something of that commit are read:
    /// a long trace has hundreds, and each of its spans may come again.
    fn record(
        &mut self,
        dictionaries: &Dictionaries,
        tno: i64,
        seq: u64,
        is_it: impl Fn(&Record) -> bool,
    ) -> Result<Option<Arc<Record>>, StoreError> {
        let find = |records: &[Arc<Record>]| records.iter().find(|record| is_it(record)).cloned();
        if let Some(found) = find(&self.chunk) {
            return Ok(Some(found));
        }
        for chunk in chunks::of_commit(self.connection, dictionaries, tno, seq)? {
            self.chunk = chunk.records()?.into_iter().map(Arc::new).collect();
            if let Some(found) = find(&self.chunk) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// The source of a span that is encoded and not stored.
fn source_of_prepared(span: &PreparedSpan, texts: &SourceWriter) -> Result<SourceSpan, StoreError> {
    let facts = &span.span;
    let basics = Basics {
        trace_id: facts.trace_id,
        span_id: facts.span_id,
        parent_span_id: facts.parent_span_id,
        start_nanos: facts.start_nanos,
        end_nanos: facts.end_nanos,
    };
    let bytes = |reference: &u32| texts.bytes(&texts.slices()[*reference as usize]);
    let referred: Vec<&[u8]> = span.source.references.iter().map(bytes).collect();
    SourceReader::default()
        .decode(&basics, &span.source.values, &referred)
        .map_err(|damage| damage.at(format_args!("span {}", facts.span_id)))
}
