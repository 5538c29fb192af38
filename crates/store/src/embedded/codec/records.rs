//! Span records: what a chunk holds of one trace, in a head for skeletons and a body for
//! payload.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::Span;

use super::bytes::{Damage, Input, put_bytes, put_varint, put_zigzag};
use super::facts::{self, Said, Who, Words};
use crate::embedded::hash::ByHash;

/// The owner of the texts that are kept once for a workspace.
pub(crate) const SHARED_OWNER: i64 = 0;

/// Consecutive texts of one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) owner: i64,
    pub(crate) first: u64,
    pub(crate) count: u32,
}

impl Run {
    /// The numbers of the texts.
    pub(crate) fn numbers(&self) -> std::ops::Range<u64> {
        self.first..self.first + u64::from(self.count)
    }
}

/// One version of one span, encoded. Immutable: staging, readers and the compressor share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// The commit that stored it, which is its version.
    pub(crate) seq: u64,
    pub(crate) span_id: SpanId,
    pub(crate) start_nanos: i64,
    pub(crate) words: Arc<[u8]>,
    pub(crate) who: Arc<[u8]>,
    pub(crate) facts: Box<[u8]>,
    pub(crate) values: Box<[u8]>,
    pub(crate) runs: Box<[Run]>,
}

impl Record {
    /// Memory that it holds. Words and who are shared by a request's spans and counted in
    /// part.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.facts.len()
            + self.values.len()
            + self.runs.len() * size_of::<Run>()
            + (self.words.len() + self.who.len()) / 4
            + 192
    }

    /// The facts of the span.
    pub(crate) fn span(&self, trace_id: TraceId) -> Result<Span, Damage> {
        self.span_with(trace_id, &mut SaidByRecords::default())
    }

    /// The same for one of many, which share what they say of themselves.
    pub(crate) fn span_with(
        &self,
        trace_id: TraceId,
        known: &mut SaidByRecords,
    ) -> Result<Span, Damage> {
        // The records of a request hold the same bytes.
        let key = (self.words.as_ptr() as usize, self.who.as_ptr() as usize);
        let said = match known.0.entry(key) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(place) => {
                let words = facts::get_words(&self.words)?;
                place.insert(facts::said(&words, &facts::get_who(&self.who)?))
            }
        };
        facts::get_span(trace_id, self.span_id, self.start_nanos, said, &self.facts)
    }
}

/// What records say of themselves, by where their bytes are: only for records that live as
/// long as this.
#[derive(Default)]
pub(crate) struct SaidByRecords(HashMap<(usize, usize), Said, ByHash>);

/// Writes the records of one trace, which stand in order of `seq`.
pub(crate) fn put_records<R: AsRef<Record>>(records: &[R], head: &mut Vec<u8>, body: &mut Vec<u8>) {
    let mut owners: Vec<i64> = Vec::new();
    let mut shared = BTreeSet::new();
    let (mut words, mut whos) = (Distinct::default(), Distinct::default());
    let mut indexes = Vec::with_capacity(records.len());
    for record in records.iter().map(AsRef::as_ref) {
        indexes.push((words.index(&record.words), whos.index(&record.who)));
        for run in &record.runs {
            if run.owner == SHARED_OWNER {
                shared.extend(run.numbers());
            } else if !owners.contains(&run.owner) {
                owners.push(run.owner);
            }
        }
    }
    put_varint(head, owners.len() as u64);
    owners.iter().for_each(|owner| put_varint(head, *owner as u64));
    put_varint(head, shared.len() as u64);
    shared.into_iter().fold(0, |last, number| {
        put_varint(head, number - last);
        number
    });
    words.put(head);
    whos.put(head);
    put_varint(head, records.len() as u64);
    put_varint(body, records.len() as u64);
    let (mut seq, mut start) = (0, 0);
    let mut ends = vec![0_u64; owners.len() + 1];
    for (record, (words, who)) in records.iter().map(AsRef::as_ref).zip(indexes) {
        put_varint(head, record.seq.wrapping_sub(seq));
        head.extend_from_slice(record.span_id.as_bytes());
        put_zigzag(head, record.start_nanos.wrapping_sub(start));
        put_varint(head, words);
        put_varint(head, who);
        put_bytes(head, &record.facts);
        (seq, start) = (record.seq, record.start_nanos);
        put_bytes(body, &record.values);
        put_runs(body, &record.runs, &owners, &mut ends);
    }
}

fn put_runs(body: &mut Vec<u8>, runs: &[Run], owners: &[i64], ends: &mut [u64]) {
    put_varint(body, runs.len() as u64);
    for run in runs {
        let ordinal =
            owners.iter().position(|owner| *owner == run.owner).map_or(0, |place| place + 1);
        put_varint(body, ordinal as u64);
        put_zigzag(body, run.first.wrapping_sub(ends[ordinal]) as i64);
        put_varint(body, u64::from(run.count));
        ends[ordinal] = run.first + u64::from(run.count);
    }
}

/// Byte strings by first appearance.
#[derive(Default)]
struct Distinct {
    known: HashMap<Arc<[u8]>, u64, ByHash>,
    order: Vec<Arc<[u8]>>,
}

impl Distinct {
    fn index(&mut self, bytes: &Arc<[u8]>) -> u64 {
        // Neighbours mostly have the same ones.
        if let Some(last) = self.order.last()
            && Arc::ptr_eq(last, bytes)
        {
            return self.order.len() as u64 - 1;
        }
        if let Some(index) = self.known.get(bytes) {
            return *index;
        }
        let index = self.order.len() as u64;
        self.known.insert(Arc::clone(bytes), index);
        self.order.push(Arc::clone(bytes));
        index
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.order.len() as u64);
        self.order.iter().for_each(|bytes| put_bytes(out, bytes));
    }
}

/// A head as it stands, before its facts are looked at.
pub(crate) struct Head<'a> {
    pub(crate) owners: Vec<i64>,
    /// Shared texts that its records refer to.
    pub(crate) shared: Vec<u64>,
    words: Vec<&'a [u8]>,
    whos: Vec<&'a [u8]>,
    pub(crate) entries: Vec<HeadEntry<'a>>,
}

/// A record of a head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeadEntry<'a> {
    pub(crate) seq: u64,
    pub(crate) span_id: SpanId,
    pub(crate) start_nanos: i64,
    words: usize,
    who: usize,
    facts: &'a [u8],
}

impl<'a> Head<'a> {
    pub(crate) fn read(input: &mut Input<'a>) -> Result<Self, Damage> {
        let count = input.count()?;
        let owners =
            (0..count).map(|_| Ok(input.varint()? as i64)).collect::<Result<Vec<_>, _>>()?;
        let shared = ascending(input)?;
        let (words, whos) = (strings(input)?, strings(input)?);
        let count = input.count()?;
        let mut entries = Vec::with_capacity(count);
        let (mut seq, mut start_nanos) = (0_u64, 0_i64);
        for _ in 0..count {
            seq = seq.wrapping_add(input.varint()?);
            let span_id =
                SpanId::from_bytes(input.take(8)?).map_err(|_| Damage("a span id of zeros"))?;
            start_nanos = start_nanos.wrapping_add(input.zigzag()?);
            let entry = HeadEntry {
                seq,
                span_id,
                start_nanos,
                words: index(input, words.len())?,
                who: index(input, whos.len())?,
                facts: input.bytes()?,
            };
            entries.push(entry);
        }
        Ok(Self { owners, shared, words, whos, entries })
    }

    /// The distinct words of its records.
    pub(crate) fn words(&self) -> &[&'a [u8]] {
        &self.words
    }

    /// Adds the facts of every record, in its order.
    pub(crate) fn spans(
        &self,
        trace_id: TraceId,
        found: &mut Vec<(u64, Span)>,
    ) -> Result<(), Damage> {
        let words: Vec<Words> =
            self.words.iter().map(|bytes| facts::get_words(bytes)).collect::<Result<_, _>>()?;
        let whos: Vec<Who> =
            self.whos.iter().map(|bytes| facts::get_who(bytes)).collect::<Result<_, _>>()?;
        let mut said: HashMap<(usize, usize), Said, ByHash> = HashMap::default();
        found.reserve(self.entries.len());
        for entry in &self.entries {
            let said = said
                .entry((entry.words, entry.who))
                .or_insert_with(|| facts::said(&words[entry.words], &whos[entry.who]));
            let (id, start) = (entry.span_id, entry.start_nanos);
            found.push((entry.seq, facts::get_span(trace_id, id, start, said, entry.facts)?));
        }
        Ok(())
    }
}

fn ascending(input: &mut Input<'_>) -> Result<Vec<u64>, Damage> {
    let count = input.count()?;
    let mut last = 0_u64;
    let mut next = || -> Result<u64, Damage> {
        last = last.checked_add(input.varint()?).ok_or(Damage("a number overflows"))?;
        Ok(last)
    };
    (0..count).map(|_| next()).collect()
}

fn strings<'a>(input: &mut Input<'a>) -> Result<Vec<&'a [u8]>, Damage> {
    let count = input.count()?;
    (0..count).map(|_| input.bytes()).collect()
}

fn index(input: &mut Input<'_>, limit: usize) -> Result<usize, Damage> {
    let index = input.varint()?;
    if index >= limit as u64 {
        return Err(Damage("an index is too large"));
    }
    Ok(index as usize)
}

/// A record of a body: values, and the texts they refer to.
#[derive(Debug, Clone)]
pub(crate) struct BodyEntry<'a> {
    pub(crate) values: &'a [u8],
    pub(crate) runs: Vec<Run>,
}

/// The records of a body, in the order of its head.
pub(crate) fn get_body<'a>(
    input: &mut Input<'a>,
    owners: &[i64],
) -> Result<Vec<BodyEntry<'a>>, Damage> {
    let count = input.count()?;
    let mut ends = vec![0_u64; owners.len() + 1];
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let values = input.bytes()?;
        let runs = input.count()?;
        let runs = (0..runs).map(|_| run(input, owners, &mut ends)).collect::<Result<_, _>>()?;
        entries.push(BodyEntry { values, runs });
    }
    Ok(entries)
}

fn run(input: &mut Input<'_>, owners: &[i64], ends: &mut [u64]) -> Result<Run, Damage> {
    let ordinal = index(input, ends.len())?;
    let first = ends[ordinal].wrapping_add(input.zigzag()? as u64);
    let count = u32::try_from(input.varint()?).map_err(|_| Damage("a run is too long"))?;
    let end = first.checked_add(u64::from(count)).ok_or(Damage("a run is too long"))?;
    ends[ordinal] = end;
    let owner = if ordinal == 0 { SHARED_OWNER } else { owners[ordinal - 1] };
    Ok(Run { owner, first, count })
}

/// Whole records again: for recovery and merging.
pub(crate) fn get_records(head: &Head<'_>, body: &[BodyEntry<'_>]) -> Result<Vec<Record>, Damage> {
    if head.entries.len() != body.len() {
        return Err(Damage("head and body differ in length"));
    }
    let shared =
        |all: &[&[u8]]| -> Vec<Arc<[u8]>> { all.iter().map(|bytes| Arc::from(*bytes)).collect() };
    let (words, whos) = (shared(&head.words), shared(&head.whos));
    let record = |(entry, body): (&HeadEntry<'_>, &BodyEntry<'_>)| Record {
        seq: entry.seq,
        span_id: entry.span_id,
        start_nanos: entry.start_nanos,
        words: Arc::clone(&words[entry.words]),
        who: Arc::clone(&whos[entry.who]),
        facts: entry.facts.into(),
        values: body.values.into(),
        runs: body.runs.as_slice().into(),
    };
    Ok(head.entries.iter().zip(body).map(record).collect())
}
