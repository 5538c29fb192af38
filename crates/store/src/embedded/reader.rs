//! Reading a trace back, from chunks and staging as one, each span once.
//!
//! Order is what makes it right: handles on the staged part first, then the snapshot of the
//! file. What is flushed in between is in both and dropped by its sequence; nothing is in
//! neither. A commit in between shows in the row only: then the reading starts over.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use rusqlite::Connection;

use super::Embedded;
use super::codec::records::{Record, Run, SHARED_OWNER, SaidByRecords};
use super::codec::source::{Basics, SourceReader};
use super::codec::text::{Text, TextKind};
use super::disk::blocks::{self, TextTable};
use super::disk::chunks::{self, Want};
use super::disk::dictionaries::Dictionaries;
use super::disk::shared;
use super::hash::ByHash;
use super::rows;
use super::staging::TraceView;
use crate::{SpansAsOf, StoreError, WorkspaceId};

/// A reader that meets a commit every time gives up waiting for a quiet moment and takes
/// what it has, which is a moment older than the row.
const ATTEMPTS: usize = 64;

impl Embedded {
    /// Facts of all spans of a trace, the newest version of each, in order of arrival.
    pub(crate) fn spans(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<SpansAsOf, StoreError> {
        let versions = self.versions(workspace, trace_id)?;
        let seq = versions.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
        Ok(SpansAsOf { seq, spans: versions.into_iter().map(|(_, span)| span).collect() })
    }

    /// The same, each with the commit that stored it.
    pub(crate) fn versions(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<(u64, Span)>, StoreError> {
        self.consistent(workspace, trace_id, false, |connection, tno, view, span_seq| {
            let chunks = chunks::of_trace(connection, &self.dictionaries, tno, Want::Heads)?;
            let last_seq = chunks.iter().map(|chunk| chunk.last_seq).max().unwrap_or(0);
            let mut versions = Vec::new();
            for chunk in &chunks {
                chunk.spans(*trace_id, &mut versions)?;
            }
            let mut known = SaidByRecords::default();
            for record in unflushed(view, last_seq) {
                let damaged = || format!("staged span {}", record.span_id);
                let span = record
                    .span_with(*trace_id, &mut known)
                    .map_err(|damage| damage.at(damaged()))?;
                versions.push((record.seq, span));
            }
            let complete = is_complete(last_seq, view, span_seq);
            keep_newest(&mut versions, |(seq, span)| (span.span_id, *seq));
            Ok((versions, complete))
        })
    }

    /// What senders gave, whole; only the spans named, where some are.
    pub(crate) fn sources(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
        only: Option<&[SpanId]>,
    ) -> Result<Vec<SourceSpan>, StoreError> {
        self.consistent(workspace, trace_id, true, |connection, tno, view, span_seq| {
            let records = self.records(connection, tno, view, only)?;
            let complete = is_complete(records.last_seq, view, span_seq);
            let newest = &records.newest;
            match sources_of(connection, &self.dictionaries, *trace_id, newest, &view.texts) {
                Ok(sources) => Ok((sources, complete)),
                // A text may have been flushed after the snapshot was taken.
                Err(StoreError::Corrupt(why)) if !complete => Err(StoreError::Conflict(why)),
                Err(error) => Err(error),
            }
        })
    }

    /// The newest record of each span, or of those named, in order of arrival.
    fn records(
        &self,
        connection: &Connection,
        tno: i64,
        view: &TraceView,
        only: Option<&[SpanId]>,
    ) -> Result<Records, StoreError> {
        let is_wanted = |id: &SpanId| only.is_none_or(|ids| ids.contains(id));
        let want = if only.is_some() { Want::Heads } else { Want::Bodies };
        let mut chunks = chunks::of_trace(connection, &self.dictionaries, tno, want)?;
        let last_seq = chunks.iter().map(|chunk| chunk.last_seq).max().unwrap_or(0);
        if only.is_some() {
            // Of a long trace only the bodies that hold one of them are read.
            let mut keys = Vec::new();
            for chunk in &chunks {
                if chunk.head()?.entries.iter().any(|entry| is_wanted(&entry.span_id)) {
                    keys.push(chunk.key);
                }
            }
            chunks = chunks::with_keys(connection, &self.dictionaries, &keys)?;
        }
        let mut newest = Vec::new();
        for chunk in &chunks {
            newest.extend(chunk.records()?.into_iter().map(Arc::new));
        }
        newest.extend(unflushed(view, last_seq).cloned());
        newest.retain(|record| is_wanted(&record.span_id));
        keep_newest(&mut newest, |record| (record.span_id, record.seq));
        Ok(Records { newest, last_seq })
    }

    /// Runs `read` until staging and snapshot fit together.
    fn consistent<T>(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
        with_texts: bool,
        read: impl Fn(&Connection, i64, &TraceView, u64) -> Result<(T, bool), StoreError>,
    ) -> Result<T, StoreError> {
        let known = self.readers.read(|connection| rows::tno(connection, workspace, trace_id))?;
        let tno = known.ok_or(StoreError::NotFound("trace"))?;
        for attempt in 0.. {
            let view = self.staging.view(tno, with_texts);
            let found = self.readers.read(|connection| {
                let span_seq = span_seq(connection, tno)?;
                read(connection, tno, &view, span_seq)
            });
            match found {
                Ok((value, complete)) if complete || attempt >= ATTEMPTS => return Ok(value),
                Err(StoreError::Conflict(_)) | Ok(_) if attempt < ATTEMPTS => {
                    std::thread::yield_now();
                }
                Err(error) => return Err(error),
                Ok((value, _)) => return Ok(value),
            }
        }
        Err(StoreError::NotFound("trace"))
    }
}

/// See [`Embedded::records`].
struct Records {
    newest: Vec<Arc<Record>>,
    last_seq: u64,
}

fn span_seq(connection: &Connection, tno: i64) -> Result<u64, StoreError> {
    let sql = "SELECT span_seq FROM traces WHERE tno = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([tno])?;
    let row = rows.next()?.ok_or(StoreError::NotFound("trace"))?;
    Ok(row.get::<_, i64>(0)? as u64)
}

/// Staged records that no chunk of the snapshot holds.
fn unflushed(view: &TraceView, last_seq: u64) -> impl Iterator<Item = &Arc<Record>> {
    view.records.iter().filter(move |record| record.seq > last_seq)
}

fn is_complete(last_seq: u64, view: &TraceView, span_seq: u64) -> bool {
    last_seq.max(view.records.last().map_or(0, |record| record.seq)) >= span_seq
}

/// Of several versions of a span the one with the highest sequence, at the place of the
/// first.
pub(super) fn keep_newest<T>(versions: &mut Vec<T>, key: impl Fn(&T) -> (SpanId, u64)) {
    let mut places: HashMap<SpanId, usize, ByHash> = HashMap::default();
    places.reserve(versions.len());
    places.extend(versions.iter().enumerate().map(|(index, version)| (key(version).0, index)));
    if places.len() == versions.len() {
        // As it mostly is: nothing has to be moved.
        return;
    }
    places.clear();
    let mut kept: Vec<T> = Vec::with_capacity(versions.len());
    for version in versions.drain(..) {
        let (span_id, seq) = key(&version);
        match places.entry(span_id) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(version);
            }
            std::collections::hash_map::Entry::Occupied(place) => {
                let earlier = &mut kept[*place.get()];
                if key(earlier).1 <= seq {
                    *earlier = version;
                }
            }
        }
    }
    *versions = kept;
}

/// Puts source spans together from their records. `staged` holds texts that may not be in
/// blocks yet.
pub(super) fn sources_of(
    connection: &Connection,
    dictionaries: &Dictionaries,
    trace_id: TraceId,
    records: &[Arc<Record>],
    staged: &TextTable,
) -> Result<Vec<SourceSpan>, StoreError> {
    let runs = records.iter().flat_map(|record| record.runs.iter());
    let texts = find_texts(connection, dictionaries, runs, staged)?;
    let mut reader = SourceReader::default();
    let source = |record: &Arc<Record>| source_of(&mut reader, trace_id, record, &texts);
    records.iter().map(source).collect()
}

fn source_of(
    reader: &mut SourceReader,
    trace_id: TraceId,
    record: &Record,
    texts: &TextTable,
) -> Result<SourceSpan, StoreError> {
    let place = || format!("span {} of trace {trace_id}", record.span_id);
    let facts = record.span(trace_id).map_err(|damage| damage.at(place()))?;
    let basics = Basics {
        trace_id,
        span_id: record.span_id,
        parent_span_id: facts.parent_span_id,
        start_nanos: record.start_nanos,
        end_nanos: facts.end_nanos,
    };
    let mut referred: Vec<&[u8]> = Vec::new();
    for run in &record.runs {
        for number in run.numbers() {
            let text = texts.get(&(run.owner, number)).ok_or_else(|| {
                let owner = run.owner;
                StoreError::Corrupt(format!(
                    "{}: text {number} of owner {owner} is missing",
                    place()
                ))
            })?;
            referred.push(&text.bytes);
        }
    }
    reader.decode(&basics, &record.values, &referred).map_err(|damage| damage.at(place()))
}

/// Every text that the runs name and that can be found, large ones whole.
pub(super) fn find_texts<'r>(
    connection: &Connection,
    dictionaries: &Dictionaries,
    runs: impl Iterator<Item = &'r Run>,
    staged: &TextTable,
) -> Result<TextTable, StoreError> {
    let mut found = TextTable::default();
    let mut wanted: BTreeMap<i64, BTreeSet<u64>> = BTreeMap::new();
    for run in runs {
        for number in run.numbers() {
            if let Some(text) = staged.get(&(run.owner, number)) {
                found.insert((run.owner, number), text.clone());
            } else {
                wanted.entry(run.owner).or_default().insert(number);
            }
        }
    }
    for id in wanted.remove(&SHARED_OWNER).unwrap_or_default() {
        if let Some(text) = shared::text(connection, id)? {
            found.insert((SHARED_OWNER, id), text);
        }
    }
    blocks::find(connection, dictionaries, &wanted, &mut found)?;
    for ((owner, number), text) in &mut found {
        if text.kind == TextKind::Blob {
            let whole = blocks::blob(connection, *owner, *number, text.length)?;
            *text = Text::new(TextKind::Bytes, &whole);
        }
    }
    Ok(found)
}
