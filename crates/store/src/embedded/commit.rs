//! One group commit: many requests, one transaction, one log row.
//!
//! Everything that a commit changes in memory is taken out of the writer's tables first and
//! put back after COMMIT. A commit that fails just does not put it back: what is not there
//! is built again from disk and staging, so there is nothing to undo.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{RunEvent, SourceSpan};
use clew_model::span::Span;
use rusqlite::Connection;

use super::active::{ActiveTrace, KnownSpan};
use super::codec::frame;
use super::codec::log::{LogBlock, OwnerGroup, TraceGroup};
use super::codec::records::{Record, Run, SHARED_OWNER};
use super::codec::source::{Basics, SourceReader, SourceWriter};
use super::codec::text::{BLOCK_TEXT_MAX_BYTES, Text};
use super::disk::{blocks, chunks, shared};
use super::hash::ByHash;
use super::owners::{Place, is_session};
use super::prepare::{Parts, Prepared, PreparedSpan, pack_pieces, prepare_span};
use super::reader::sources_of;
use super::rows::{Arrival, Upserted};
use super::writer::Writer;
use super::{facets, labels, meaning, run_events, tombstones};
use crate::{Appended, ChangedTrace, FaultPoint, StoreError, WorkspaceId};

/// What a commit did, to be made known after COMMIT.
pub(super) struct Outcome {
    pub(super) seq: u64,
    /// In the order of the requests.
    pub(super) appended: Vec<Appended>,
    pub(super) block: LogBlock,
    pub(super) changed: Vec<(WorkspaceId, ChangedTrace)>,
    pub(super) log_bytes: usize,
    actives: Vec<(WorkspaceId, TraceId, ActiveTrace)>,
    owners: Vec<i64>,
}

/// The parts of a commit that belong to one trace.
struct Arrived {
    workspace: WorkspaceId,
    trace_id: TraceId,
    /// Request and the trace's spans in it.
    spans: Vec<(usize, Vec<PreparedSpan>)>,
}

/// A span that will be stored: the last version of this commit.
struct Pending {
    span: PreparedSpan,
    texts: Texts,
    /// Its facts lack a name that an earlier version had.
    loses_names: bool,
}

/// Where a pending span's texts are.
enum Texts {
    OfRequest(usize),
    Own(Box<SourceWriter>),
}

impl Writer {
    /// Writes the requests in the open transaction. The caller commits, then calls
    /// [`Writer::settle`], or rolls back and calls [`Writer::forget_after_rollback`].
    pub(super) fn write_commit(
        &mut self,
        connection: &Connection,
        requests: &mut [Prepared],
    ) -> Result<Outcome, StoreError> {
        let seq = self.last_seq + 1;
        let now = (self.options.clock)();
        let mut outcome = Outcome {
            seq,
            appended: vec![Appended { commit_seq: seq, ..Appended::default() }; requests.len()],
            block: LogBlock::default(),
            changed: Vec::new(),
            log_bytes: 0,
            actives: Vec::new(),
            owners: Vec::new(),
        };
        let mut groups = OwnerGroups::default();
        for arrived in by_trace(requests) {
            self.write_trace(connection, requests, arrived, now, &mut outcome, &mut groups)?;
        }
        self.write_events_and_labels(connection, requests, now, &mut outcome)?;
        for (id, traces) in std::mem::take(&mut groups.shared_counts) {
            shared::count(connection, id, traces)?;
        }
        outcome.owners = groups.order.clone();
        outcome.block.owners = groups.finish();
        let mut raw = std::mem::take(&mut self.log_buffer);
        raw.clear();
        outcome.block.encode(&mut raw);
        let packed = frame::pack(&raw, frame::LEVEL_FAST);
        self.log_buffer = raw;
        let packed = packed?;
        outcome.log_bytes = packed.data.len();
        super::log::insert(connection, seq, &packed)?;
        self.fault(FaultPoint::BeforeCommit)?;
        Ok(outcome)
    }

    /// Makes a committed outcome part of the writer's state.
    pub(super) fn settle(&mut self, outcome: &mut Outcome) {
        let seq = outcome.seq;
        self.last_seq = seq;
        for (workspace, trace_id, active) in outcome.actives.drain(..) {
            self.actives.put(workspace, trace_id, active, seq);
        }
        outcome.owners.iter().for_each(|owner| self.owners.touch(*owner, seq));
        self.touched_owners.clear();
    }

    /// Drops everything that the failed transaction may have touched.
    pub(super) fn forget_after_rollback(&mut self) {
        self.rows.forget();
        self.shared.clear();
        for owner in std::mem::take(&mut self.touched_owners) {
            self.owners.forget(owner);
        }
    }

    fn write_trace(
        &mut self,
        connection: &Connection,
        requests: &[Prepared],
        arrived: Arrived,
        now: i64,
        outcome: &mut Outcome,
        groups: &mut OwnerGroups,
    ) -> Result<(), StoreError> {
        let Arrived { workspace, trace_id, spans } = arrived;
        let Some(mut active) = self.active(connection, workspace, trace_id, now)? else {
            let mut refused = 0;
            for (request, spans) in spans {
                outcome.appended[request].refused_deleted += spans.len() as u64;
                refused += spans.len() as u64;
            }
            return tombstones::count_refused(connection, workspace, &trace_id, refused);
        };
        let key_agent = spans.iter().find_map(|(request, _)| requests[*request].agent);
        let pending = self.sort_out(connection, requests, &mut active, spans, outcome)?;
        let summary = active.state.summary();
        let facts: Vec<&Span> = pending.iter().map(|pending| &pending.span.span).collect();
        let arrival = Arrival {
            workspace,
            summary: &summary,
            spans: &facts,
            stale: pending.iter().any(|pending| pending.loses_names),
            stored: !pending.is_empty(),
            key_agent,
            now,
            commit_seq: outcome.seq,
        };
        let Upserted { tno, new } = self.rows.upsert(connection, &arrival, &mut active.memo)?;
        outcome.changed.push((workspace, ChangedTrace { trace_id, new, deleted: false }));
        if !pending.is_empty() {
            let place = Place {
                connection,
                dictionaries: &self.dictionaries,
                staging: &self.staging,
                workspace,
                now,
            };
            let session = summary.session_id.as_deref();
            let owner = self.owners.current(&place, (tno, new), session, &self.epochs)?;
            self.touched_owners.push(owner);
            let mut numbering = Numbering { workspace, tno, owner, groups };
            let records = self.number_texts(
                connection,
                requests,
                &mut active,
                pending,
                &mut numbering,
                outcome.seq,
            )?;
            outcome.block.traces.push(TraceGroup { workspace, tno, trace_id, records });
        }
        outcome.actives.push((workspace, trace_id, active));
        Ok(())
    }

    /// The state of a trace; `None` where it was deleted and is refused.
    fn active(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
        now: i64,
    ) -> Result<Option<ActiveTrace>, StoreError> {
        if let Some(active) = self.actives.take(workspace, trace_id) {
            return Ok(Some(active));
        }
        let found =
            ActiveTrace::load(connection, &self.dictionaries, &self.staging, workspace, trace_id)?;
        if found.is_some() {
            return Ok(found);
        }
        let is_refused = tombstones::refused(connection, workspace, &trace_id, now)?;
        Ok((!is_refused).then(|| ActiveTrace::new(trace_id)))
    }

    /// Tells new spans from known ones, and combines versions.
    fn sort_out(
        &self,
        connection: &Connection,
        requests: &[Prepared],
        active: &mut ActiveTrace,
        spans: Vec<(usize, Vec<PreparedSpan>)>,
        outcome: &mut Outcome,
    ) -> Result<Vec<Pending>, StoreError> {
        let mut pending: Vec<Pending> = Vec::new();
        let mut places: HashMap<SpanId, usize, ByHash> = HashMap::default();
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
                            self.fold(connection, requests, active, known, earlier, arriving)?;
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
        connection: &Connection,
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
                self.stored_source(connection, tno, trace_id, span.span_id(), known.seq)?
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
        connection: &Connection,
        tno: i64,
        trace_id: TraceId,
        span_id: SpanId,
        seq: u64,
    ) -> Result<(SourceSpan, Span), StoreError> {
        let is_it = |record: &Record| record.span_id == span_id && record.seq == seq;
        let view = self.staging.view(tno, true);
        let mut record = view.records.iter().find(|record| is_it(record)).cloned();
        if record.is_none() {
            let all = chunks::of_trace(connection, &self.dictionaries, tno, chunks::Want::Bodies)?;
            for chunk in all.iter().rev().filter(|chunk| chunk.last_seq >= seq) {
                record = chunk.records()?.into_iter().find(|record| is_it(record)).map(Arc::new);
                if record.is_some() {
                    break;
                }
            }
        }
        let missing =
            || StoreError::Corrupt(format!("span {span_id} of trace {trace_id} is missing"));
        let record = record.ok_or_else(missing)?;
        let facts =
            record.span(trace_id).map_err(|damage| damage.at(format_args!("span {span_id}")))?;
        let sources = sources_of(connection, &self.dictionaries, trace_id, &[record], &view.texts)?;
        Ok((sources.into_iter().next().ok_or_else(missing)?, facts))
    }

    /// Gives every text its number, and makes the records.
    fn number_texts(
        &mut self,
        connection: &Connection,
        requests: &[Prepared],
        active: &mut ActiveTrace,
        pending: Vec<Pending>,
        numbering: &mut Numbering<'_>,
        seq: u64,
    ) -> Result<Vec<Arc<Record>>, StoreError> {
        let mut seen: HashMap<(usize, u32), (i64, u64), ByHash> = HashMap::default();
        let mut records = Vec::with_capacity(pending.len());
        for Pending { span, texts, .. } in pending {
            let mut runs = Runs::default();
            for reference in &span.source.references {
                let number = match &texts {
                    Texts::OfRequest(request) => match seen.get(&(*request, *reference)) {
                        Some(number) => *number,
                        None => {
                            let prepared = &requests[*request];
                            let source = TextSource {
                                texts: &prepared.texts,
                                reference: *reference,
                                pieces: prepared.blobs.get(reference).map(Vec::as_slice),
                            };
                            let number = self.number(connection, active, &source, numbering)?;
                            seen.insert((*request, *reference), number);
                            number
                        }
                    },
                    Texts::Own(own) => {
                        let source = TextSource { texts: own, reference: *reference, pieces: None };
                        self.number(connection, active, &source, numbering)?
                    }
                };
                runs.push(number.0, number.1);
            }
            records.push(Arc::new(Record {
                seq,
                span_id: span.span_id(),
                start_nanos: span.span.start_nanos,
                words: span.words,
                who: span.who,
                facts: span.facts,
                values: span.source.values,
                runs: runs.0.into(),
            }));
        }
        if is_session(numbering.owner) && !active.owners.contains(&numbering.owner) {
            let sql = "INSERT OR IGNORE INTO owner_trace (owner, tno) VALUES (?1, ?2)";
            connection.prepare_cached(sql)?.execute([numbering.owner, numbering.tno])?;
            active.owners.push(numbering.owner);
        }
        Ok(records)
    }

    fn number(
        &mut self,
        connection: &Connection,
        active: &mut ActiveTrace,
        source: &TextSource<'_>,
        numbering: &mut Numbering<'_>,
    ) -> Result<(i64, u64), StoreError> {
        let slice = &source.texts.slices()[source.reference as usize];
        let bytes = source.texts.bytes(slice);
        if slice.sharable && bytes.len() <= BLOCK_TEXT_MAX_BYTES {
            let text = || Text::new(slice.kind, bytes);
            if let Some(id) = self.share(connection, numbering, slice.hash, text)? {
                if active.note_shared(id) {
                    *numbering.groups.shared_counts.entry(id).or_default() += 1;
                }
                return Ok((SHARED_OWNER, id));
            }
        }
        let owner = numbering.owner;
        let known = self.owners.get_mut(owner).ok_or(StoreError::NotFound("owner"))?;
        if let Some(number) = known.number(slice.hash) {
            return Ok((owner, number));
        }
        let first = known.next();
        let number = known.add(slice.hash, bytes.len() as u64);
        let text = if bytes.len() > BLOCK_TEXT_MAX_BYTES {
            match source.pieces {
                Some(pieces) => blocks::insert_blob(connection, owner, number, pieces)?,
                None => blocks::insert_blob(connection, owner, number, &pack_pieces(bytes)?)?,
            }
            Text::blob(slice.hash, bytes.len() as u64)
        } else {
            Text::new(slice.kind, bytes)
        };
        numbering.groups.add(owner, numbering.workspace, first, text);
        Ok((owner, number))
    }

    /// The number of a shared text, which is kept where it is new. `None` where a commit
    /// brings more new ones than is good for a table with an index: resources or keys that
    /// differ from span to span are better kept by their owners.
    fn share(
        &mut self,
        connection: &Connection,
        numbering: &mut Numbering<'_>,
        hash: u128,
        text: impl FnOnce() -> Text,
    ) -> Result<Option<u64>, StoreError> {
        let workspace = numbering.workspace;
        if let Some(id) = self.shared.get(&(workspace, hash)) {
            return Ok(Some(*id));
        }
        let id = match shared::number(connection, workspace, hash)? {
            Some(id) => id,
            None if numbering.groups.new_shared >= NEW_SHARED_MAX => return Ok(None),
            None => {
                numbering.groups.new_shared += 1;
                shared::insert(connection, workspace, hash, &text())?
            }
        };
        if self.shared.len() >= SHARED_KNOWN_MAX {
            self.shared.clear();
        }
        self.shared.insert((workspace, hash), id);
        Ok(Some(id))
    }

    fn write_events_and_labels(
        &mut self,
        connection: &Connection,
        requests: &mut [Prepared],
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        for (place, request) in requests.iter_mut().enumerate() {
            let workspace = request.workspace;
            let mut by_trace: Vec<(TraceId, Vec<RunEvent>)> = Vec::new();
            for event in std::mem::take(&mut request.run_events) {
                match by_trace.iter_mut().find(|(trace_id, _)| *trace_id == event.trace_id) {
                    Some((_, events)) => events.push(event),
                    None => by_trace.push((event.trace_id, vec![event])),
                }
            }
            for (trace_id, events) in by_trace {
                let key_agent = request.agent;
                let tno = self.touch(connection, workspace, trace_id, key_agent, now, outcome)?;
                match tno {
                    Some(tno) => {
                        run_events::put(connection, workspace, tno, &events)?;
                    }
                    None => {
                        let refused = events.len() as u64;
                        outcome.appended[place].refused_deleted += refused;
                        tombstones::count_refused(connection, workspace, &trace_id, refused)?;
                    }
                }
            }
            let labels = std::mem::take(&mut request.labels);
            if !labels.is_empty() {
                labels::put(connection, workspace, &labels)?;
            }
        }
        Ok(())
    }

    /// Makes sure that a trace with events has a row; `None` where it is refused.
    fn touch(
        &mut self,
        connection: &Connection,
        workspace: WorkspaceId,
        trace_id: TraceId,
        key_agent: Option<crate::AgentId>,
        now: i64,
        outcome: &mut Outcome,
    ) -> Result<Option<i64>, StoreError> {
        let place = outcome.actives.iter().position(|(w, t, _)| (*w, *t) == (workspace, trace_id));
        let mut active = match place {
            Some(place) => outcome.actives.swap_remove(place).2,
            None => match self.active(connection, workspace, trace_id, now)? {
                Some(active) => active,
                None => return Ok(None),
            },
        };
        let summary = active.state.summary();
        let arrival = Arrival {
            workspace,
            summary: &summary,
            spans: &[],
            stale: false,
            stored: false,
            key_agent,
            now,
            commit_seq: outcome.seq,
        };
        let Upserted { tno, new } = self.rows.upsert(connection, &arrival, &mut active.memo)?;
        if !outcome.changed.iter().any(|(w, t)| (*w, t.trace_id) == (workspace, trace_id)) {
            outcome.changed.push((workspace, ChangedTrace { trace_id, new, deleted: false }));
        }
        outcome.actives.push((workspace, trace_id, active));
        Ok(Some(tno))
    }
}

/// New shared texts of one commit.
const NEW_SHARED_MAX: usize = 256;
/// Shared texts known by hash before all are forgotten.
const SHARED_KNOWN_MAX: usize = 65_536;

/// Where texts of one trace go.
struct Numbering<'a> {
    workspace: WorkspaceId,
    tno: i64,
    owner: i64,
    groups: &'a mut OwnerGroups,
}

/// A text of a request.
struct TextSource<'a> {
    texts: &'a SourceWriter,
    reference: u32,
    pieces: Option<&'a [frame::Frame]>,
}

/// New texts of a commit by owner.
#[derive(Default)]
struct OwnerGroups {
    groups: HashMap<i64, OwnerGroup, ByHash>,
    order: Vec<i64>,
    /// Traces that refer to a shared text for the first time.
    shared_counts: BTreeMap<u64, i64>,
    new_shared: usize,
}

impl OwnerGroups {
    fn add(&mut self, owner: i64, workspace: WorkspaceId, first: u64, text: Text) {
        let order = &mut self.order;
        let group = self.groups.entry(owner).or_insert_with(|| {
            order.push(owner);
            OwnerGroup { owner, workspace, first, texts: Vec::new() }
        });
        group.texts.push(text);
    }

    fn finish(mut self) -> Vec<OwnerGroup> {
        self.order.iter().filter_map(|owner| self.groups.remove(owner)).collect()
    }
}

/// Consecutive texts become one run.
#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn push(&mut self, owner: i64, number: u64) {
        match self.0.last_mut() {
            Some(last) if last.owner == owner && last.numbers().end == number => last.count += 1,
            _ => self.0.push(Run { owner, first: number, count: 1 }),
        }
    }
}

/// The spans of all requests by trace, traces in order of first appearance.
fn by_trace(requests: &mut [Prepared]) -> Vec<Arrived> {
    let mut all: Vec<Arrived> = Vec::new();
    let mut places: HashMap<(WorkspaceId, TraceId), usize, ByHash> = HashMap::default();
    for (place, request) in requests.iter_mut().enumerate() {
        let workspace = request.workspace;
        for trace in std::mem::take(&mut request.traces) {
            let trace_id = trace.trace_id;
            let known = *places.entry((workspace, trace_id)).or_insert_with(|| {
                all.push(Arrived { workspace, trace_id, spans: Vec::new() });
                all.len() - 1
            });
            all[known].spans.push((place, trace.spans));
        }
    }
    all
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
