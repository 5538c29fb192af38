//! What is in the log and not yet in a chunk or block, in memory, for readers and for the
//! compressor.
//!
//! Records and texts are immutable and shared: whoever needs some takes handles under the
//! lock and works outside it (ruling 33). Something leaves staging only after the
//! transaction that holds its chunk or block has committed.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use clew_model::ids::{SpanId, TraceId};

use super::codec::log::{LogBlock, OwnerGroup, TraceGroup};
use super::codec::records::{Record, SHARED_OWNER};
use super::codec::text::Text;
use super::hash::ByHash;
use crate::WorkspaceId;

/// The staged part of the store. Cheap to lock: nothing under the lock waits or compresses.
#[derive(Default)]
pub(crate) struct Staging {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    traces: HashMap<i64, StagedTrace, ByHash>,
    owners: HashMap<i64, StagedOwner, ByHash>,
    /// Traces by their oldest staged commit.
    by_age: BTreeSet<(u64, i64)>,
    bytes: usize,
    handed_bytes: usize,
}

struct StagedTrace {
    workspace: WorkspaceId,
    trace_id: TraceId,
    records: Vec<Arc<Record>>,
    bytes: usize,
    last_arrival_nanos: i64,
    /// Handed to the compressor up to this commit: one chunk at a time, so that an older
    /// one can't come after a newer one.
    handed: Option<Handed>,
}

#[derive(Clone, Copy)]
struct Handed {
    seq: u64,
    bytes: usize,
}

struct StagedOwner {
    workspace: WorkspaceId,
    /// Number of the first text.
    first: u64,
    texts: VecDeque<(u64, Text)>,
    /// Texts below this number are with the compressor.
    handed: u64,
    /// Bytes of the texts that are not.
    waiting_bytes: usize,
    /// Bytes of the texts that are.
    handed_bytes: usize,
}

/// Spans for one chunk.
#[derive(Debug, Clone)]
pub(crate) struct ChunkJob {
    pub(crate) workspace: WorkspaceId,
    pub(crate) tno: i64,
    pub(crate) trace_id: TraceId,
    pub(crate) records: Vec<Arc<Record>>,
    /// The last commit inside, taken at hand-over: what comes later is not in it.
    pub(crate) last_seq: u64,
}

/// Texts for one owner's blocks.
#[derive(Debug, Clone)]
pub(crate) struct BlockJob {
    pub(crate) workspace: WorkspaceId,
    pub(crate) owner: i64,
    pub(crate) first: u64,
    pub(crate) texts: Vec<Text>,
    pub(crate) last_seq: u64,
}

/// Work for the compressor. Its parts are committed together, so a chunk is never there
/// without the blocks it refers to (ruling 25).
#[derive(Debug, Clone, Default)]
pub(crate) struct FlushJob {
    pub(crate) chunks: Vec<ChunkJob>,
    pub(crate) blocks: Vec<BlockJob>,
}

/// Jobs in the order in which they must be committed, each of a size that one transaction
/// takes in its stride.
#[derive(Debug, Default)]
pub(crate) struct FlushJobs {
    jobs: Vec<FlushJob>,
    bytes: usize,
}

const JOB_MAX_BYTES: usize = 2 << 20;

impl FlushJobs {
    fn current(&mut self, bytes: usize) -> &mut FlushJob {
        if self.jobs.is_empty() || self.bytes + bytes > JOB_MAX_BYTES {
            self.jobs.push(FlushJob::default());
            self.bytes = 0;
        }
        self.bytes += bytes;
        let last = self.jobs.len() - 1;
        &mut self.jobs[last]
    }

    fn into_vec(self) -> Vec<FlushJob> {
        self.jobs
    }
}

/// When a trace is handed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlushRules {
    pub(crate) spans: usize,
    pub(crate) bytes: usize,
    pub(crate) max_bytes: usize,
    /// Traces whose oldest staged commit is below are due.
    pub(crate) older_than_seq: u64,
    /// Traces without news since are due.
    pub(crate) quiet_since_nanos: Option<i64>,
}

/// The staged part of one trace, as a reader takes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceView {
    pub(crate) records: Vec<Arc<Record>>,
    /// Texts that the records refer to and that are staged, too.
    pub(crate) texts: HashMap<(i64, u64), Text, ByHash>,
}

impl Staging {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poison| poison.into_inner())
    }

    /// Takes in what a commit brought.
    pub(crate) fn publish(&self, seq: u64, block: &LogBlock, now: i64) {
        let mut inner = self.lock();
        block.owners.iter().for_each(|group| inner.add_texts(seq, group));
        block.traces.iter().for_each(|group| inner.add_records(group, now));
    }

    /// Bytes held, those with the compressor included.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The oldest commit that recovery would need.
    pub(crate) fn low_water(&self) -> Option<u64> {
        let inner = self.lock();
        let trace = inner.by_age.first().map(|(seq, _)| *seq);
        let owner = inner.owners.values().filter_map(|owner| owner.texts.front());
        trace.into_iter().chain(owner.map(|(seq, _)| *seq)).min()
    }

    /// Hands over what is due: large or old traces and large owners, then the oldest while
    /// staging is over three quarters of its cap.
    pub(crate) fn take_due(
        &self,
        touched: &[i64],
        touched_owners: &[i64],
        rules: &FlushRules,
    ) -> Vec<FlushJob> {
        let mut inner = self.lock();
        let mut jobs = FlushJobs::default();
        for tno in touched {
            let is_large = inner.traces.get(tno).is_some_and(|trace| {
                trace.records.len() >= rules.spans || trace.bytes >= rules.bytes
            });
            if is_large {
                inner.hand_over(*tno, &mut jobs);
            }
        }
        for owner in touched_owners {
            if inner.owners.get(owner).is_some_and(|owner| owner.waiting_bytes >= rules.bytes) {
                inner.hand_over_owner(*owner, &mut jobs);
            }
        }
        inner.hand_over_old(rules, &mut jobs);
        jobs.into_vec()
    }

    /// Hands over everything.
    pub(crate) fn take_all(&self) -> Vec<FlushJob> {
        let mut inner = self.lock();
        let mut jobs = FlushJobs::default();
        let traces: Vec<i64> = inner.traces.keys().copied().collect();
        traces.into_iter().for_each(|tno| inner.hand_over(tno, &mut jobs));
        let owners: Vec<i64> = inner.owners.keys().copied().collect();
        owners.into_iter().for_each(|owner| inner.hand_over_owner(owner, &mut jobs));
        jobs.into_vec()
    }

    /// Drops what a committed job holds.
    pub(crate) fn committed(&self, chunks: &[(i64, u64)], blocks: &[(i64, u64)]) {
        let mut inner = self.lock();
        chunks.iter().for_each(|(tno, last_seq)| inner.drop_records(*tno, *last_seq));
        blocks.iter().for_each(|(owner, end)| inner.drop_texts(*owner, *end));
    }

    /// Nothing is with the compressor any more and what it gave was thrown away: it is
    /// handed over again later.
    pub(crate) fn take_back(&self) {
        let mut inner = self.lock();
        inner.handed_bytes = 0;
        inner.traces.values_mut().for_each(|trace| trace.handed = None);
        for owner in inner.owners.values_mut() {
            owner.handed = owner.first;
            owner.waiting_bytes += owner.handed_bytes;
            owner.handed_bytes = 0;
        }
    }

    /// Drops all that is staged of a trace and its own texts: it is being deleted.
    pub(crate) fn forget_trace(&self, tno: i64) {
        let mut inner = self.lock();
        inner.drop_records(tno, u64::MAX);
        inner.drop_texts(tno * 2, u64::MAX);
    }

    /// Drops all staged texts of an owner that is gone.
    pub(crate) fn forget_owner(&self, owner: i64) {
        self.lock().drop_texts(owner, u64::MAX);
    }

    /// Replaces staged texts by holes: they are being purged.
    pub(crate) fn forget_texts(&self, owner: i64, keep: &dyn Fn(u64) -> bool) {
        let mut inner = self.lock();
        let Some(staged) = inner.owners.get_mut(&owner) else { return };
        let handed = staged.handed;
        let mut freed = (0, 0);
        for (number, (_, text)) in (staged.first..).zip(staged.texts.iter_mut()) {
            if !keep(number) {
                let before = text.memory_bytes();
                *text = Text::hole();
                let gain = before - text.memory_bytes();
                if number < handed {
                    freed.0 += gain;
                } else {
                    freed.1 += gain;
                }
            }
        }
        staged.handed_bytes -= freed.0;
        staged.waiting_bytes -= freed.1;
        inner.handed_bytes -= freed.0;
        inner.bytes -= freed.0 + freed.1;
    }

    /// Handles on what is staged of a trace, and on the texts that needs.
    pub(crate) fn view(&self, tno: i64, with_texts: bool) -> TraceView {
        let inner = self.lock();
        let Some(trace) = inner.traces.get(&tno) else { return TraceView::default() };
        let mut view = TraceView { records: trace.records.clone(), ..TraceView::default() };
        if with_texts {
            for run in trace.records.iter().flat_map(|record| record.runs.iter()) {
                let Some(owner) = inner.owners.get(&run.owner) else { continue };
                for number in run.numbers() {
                    if let Some(text) = owner.text(number) {
                        view.texts.entry((run.owner, number)).or_insert_with(|| text.clone());
                    }
                }
            }
        }
        view
    }

    /// All staged texts of an owner: the first one's number, and they.
    pub(crate) fn texts(&self, owner: i64) -> Option<(u64, Vec<Text>)> {
        let inner = self.lock();
        let staged = inner.owners.get(&owner)?;
        Some((staged.first, staged.texts.iter().map(|(_, text)| text.clone()).collect()))
    }

    /// The newest staged trace of a workspace that has a span.
    pub(crate) fn trace_of_span(&self, workspace: WorkspaceId, span_id: SpanId) -> Option<TraceId> {
        let inner = self.lock();
        let has_it = |trace: &StagedTrace| {
            trace.workspace == workspace
                && trace.records.iter().any(|record| record.span_id == span_id)
        };
        let newest =
            inner.traces.iter().filter(|(_, trace)| has_it(trace)).max_by_key(|(tno, _)| **tno);
        newest.map(|(_, trace)| trace.trace_id)
    }

    /// The staged traces of a workspace, newest first.
    pub(crate) fn traces_of(&self, workspace: WorkspaceId) -> Vec<TraceId> {
        let inner = self.lock();
        let own = inner.traces.iter().filter(|(_, trace)| trace.workspace == workspace);
        let mut found: Vec<_> = own.map(|(tno, trace)| (*tno, trace.trace_id)).collect();
        found.sort_unstable_by_key(|(tno, _)| std::cmp::Reverse(*tno));
        found.into_iter().map(|(_, trace_id)| trace_id).collect()
    }

    /// Something of it is staged.
    pub(crate) fn has_trace(&self, tno: i64) -> bool {
        self.lock().traces.contains_key(&tno)
    }
}

impl Inner {
    fn add_texts(&mut self, seq: u64, group: &OwnerGroup) {
        let staged = self.owners.entry(group.owner).or_insert_with(|| StagedOwner {
            workspace: group.workspace,
            first: group.first,
            texts: VecDeque::new(),
            handed: group.first,
            waiting_bytes: 0,
            handed_bytes: 0,
        });
        // A damaged log row may be missing in between: its texts are holes.
        while staged.first + (staged.texts.len() as u64) < group.first {
            let hole = Text::hole();
            staged.waiting_bytes += hole.memory_bytes();
            self.bytes += hole.memory_bytes();
            staged.texts.push_back((seq, hole));
        }
        for text in &group.texts {
            let bytes = text.memory_bytes();
            staged.waiting_bytes += bytes;
            self.bytes += bytes;
            staged.texts.push_back((seq, text.clone()));
        }
    }

    fn add_records(&mut self, group: &TraceGroup, now: i64) {
        let Some(first) = group.records.first() else { return };
        let staged = self.traces.entry(group.tno).or_insert_with(|| StagedTrace {
            workspace: group.workspace,
            trace_id: group.trace_id,
            records: Vec::new(),
            bytes: 0,
            last_arrival_nanos: now,
            handed: None,
        });
        if staged.records.is_empty() {
            self.by_age.insert((first.seq, group.tno));
        }
        staged.last_arrival_nanos = now;
        for record in &group.records {
            let bytes = record.memory_bytes();
            staged.bytes += bytes;
            self.bytes += bytes;
            staged.records.push(Arc::clone(record));
        }
    }

    fn hand_over_old(&mut self, rules: &FlushRules, jobs: &mut FlushJobs) {
        let mut due = Vec::new();
        for (seq, tno) in &self.by_age {
            let Some(trace) = self.traces.get(tno).filter(|trace| trace.handed.is_none()) else {
                continue;
            };
            let is_quiet =
                rules.quiet_since_nanos.is_some_and(|since| trace.last_arrival_nanos <= since);
            if *seq < rules.older_than_seq || is_quiet {
                due.push(*tno);
            }
            // Beyond the old ones only quietness counts, and that needs no full round.
            if due.len() >= 1_024 || (rules.quiet_since_nanos.is_none() && !due.ends_with(&[*tno]))
            {
                break;
            }
        }
        due.into_iter().for_each(|tno| self.hand_over(tno, jobs));
        if self.bytes - self.handed_bytes > rules.max_bytes / 4 * 3 {
            let oldest: Vec<i64> = self.by_age.iter().map(|(_, tno)| *tno).collect();
            for tno in oldest {
                if self.bytes - self.handed_bytes <= rules.max_bytes / 2 {
                    break;
                }
                self.hand_over(tno, jobs);
            }
        }
    }

    fn hand_over(&mut self, tno: i64, jobs: &mut FlushJobs) {
        let Some(trace) = self.traces.get_mut(&tno) else { return };
        let Some(last) = trace.records.last() else { return };
        if trace.handed.is_some() {
            return;
        }
        let last_seq = last.seq;
        let bytes = trace.bytes;
        trace.handed = Some(Handed { seq: last_seq, bytes: trace.bytes });
        self.handed_bytes += trace.bytes;
        let chunk = ChunkJob {
            workspace: trace.workspace,
            tno,
            trace_id: trace.trace_id,
            records: trace.records.clone(),
            last_seq,
        };
        let mut owners: Vec<i64> = chunk
            .records
            .iter()
            .flat_map(|record| record.runs.iter().map(|run| run.owner))
            .filter(|owner| *owner != SHARED_OWNER)
            .collect();
        owners.sort_unstable();
        owners.dedup();
        owners.into_iter().for_each(|owner| self.hand_over_owner(owner, jobs));
        jobs.current(bytes).chunks.push(chunk);
    }

    /// The compressor works in order, so blocks handed over earlier are committed earlier.
    fn hand_over_owner(&mut self, owner: i64, jobs: &mut FlushJobs) {
        let Some(staged) = self.owners.get_mut(&owner) else { return };
        let skip = (staged.handed - staged.first) as usize;
        let Some((last_seq, _)) = staged.texts.back().filter(|_| skip < staged.texts.len()) else {
            return;
        };
        let block = BlockJob {
            workspace: staged.workspace,
            owner,
            first: staged.handed,
            texts: staged.texts.iter().skip(skip).map(|(_, text)| text.clone()).collect(),
            last_seq: *last_seq,
        };
        staged.handed = staged.first + staged.texts.len() as u64;
        let bytes = staged.waiting_bytes;
        self.handed_bytes += staged.waiting_bytes;
        staged.handed_bytes += staged.waiting_bytes;
        staged.waiting_bytes = 0;
        jobs.current(bytes).blocks.push(block);
    }

    fn drop_records(&mut self, tno: i64, last_seq: u64) {
        let Some(trace) = self.traces.get_mut(&tno) else { return };
        if let Some(first) = trace.records.first() {
            self.by_age.remove(&(first.seq, tno));
        }
        if let Some(handed) = trace.handed.take_if(|handed| handed.seq <= last_seq) {
            self.handed_bytes -= handed.bytes;
        }
        let gone = trace.records.partition_point(|record| record.seq <= last_seq);
        let freed: usize = trace.records.drain(..gone).map(|record| record.memory_bytes()).sum();
        trace.bytes -= freed;
        self.bytes -= freed;
        // The list of a long trace would otherwise keep its largest size.
        trace.records.shrink_to(trace.records.len() * 2);
        match trace.records.first() {
            Some(first) => {
                self.by_age.insert((first.seq, tno));
            }
            None => {
                self.traces.remove(&tno);
            }
        }
    }

    fn drop_texts(&mut self, owner: i64, end: u64) {
        let Some(staged) = self.owners.get_mut(&owner) else { return };
        while staged.first < end {
            let Some((_, text)) = staged.texts.pop_front() else { break };
            let bytes = text.memory_bytes();
            if staged.first < staged.handed {
                self.handed_bytes -= bytes;
                staged.handed_bytes -= bytes;
            } else {
                staged.waiting_bytes -= bytes;
            }
            staged.first += 1;
            self.bytes -= bytes;
        }
        if staged.texts.is_empty() {
            self.owners.remove(&owner);
        }
    }
}

impl StagedOwner {
    fn text(&self, number: u64) -> Option<&Text> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.texts.get(place).map(|(_, text)| text)
    }
}
