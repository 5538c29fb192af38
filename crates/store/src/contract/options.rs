//! Settings of the store. Each limit has a name here and a key in the configuration.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::SourceSpan;
use clew_model::span::Span;

use super::StoreError;

/// Nanoseconds since 1970 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
/// Fills a buffer with random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
/// Facts of a source span; must be pure.
pub type Normalise = Arc<dyn Fn(&SourceSpan) -> Span + Send + Sync>;
/// Called at the places of [`FaultPoint`]; an error there fails the operation, for tests.
pub type FaultHook = Arc<dyn Fn(FaultPoint) -> Result<(), StoreError> + Send + Sync>;

/// Places where a test can make the writer fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultPoint {
    /// The log row is written, nothing is committed.
    BeforeCommit,
    /// The transaction that holds finished chunks is about to commit.
    BeforeFlushCommit,
    /// The transaction that holds merged chunks is about to commit.
    BeforeMergeCommit,
}

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// Time.
    pub clock: Clock,
    /// Randomness for ids and keys.
    pub random: Random,
    /// Derives facts of combined spans.
    pub normalise: Normalise,
    /// `store.in_flight_max_bytes`: waiting to be written; one larger request is let in alone.
    pub in_flight_max_bytes: usize,
    /// `store.staging_max_bytes`: written to the log, not yet to chunks.
    pub staging_max_bytes: usize,
    /// `store.active_max_bytes`: state of traces that may still grow.
    pub active_max_bytes: usize,
    /// `log.max_bytes`: what a follower that lags may keep of the log.
    pub log_max_bytes: u64,
    /// `store.commit_max_spans`: spans of one group commit.
    pub commit_max_spans: usize,
    /// `store.commit_max_bytes`: bytes of one group commit.
    pub commit_max_bytes: usize,
    /// `store.flush_spans`: a trace with as many staged spans gets a chunk.
    pub flush_spans: usize,
    /// `store.flush_bytes`: a trace or session with as many staged bytes gets a chunk or block.
    pub flush_bytes: usize,
    /// `store.flush_after_nanos`: a staged trace without news for so long gets a chunk.
    pub flush_after_nanos: i64,
    /// `store.flush_commits`: a trace staged for as many commits gets a chunk.
    pub flush_commits: u64,
    /// `store.merge_after_nanos`: a trace without news for so long is merged.
    pub merge_after_nanos: i64,
    /// `store.owner_max_bytes`: unique text of a session before its next epoch.
    pub owner_max_bytes: u64,
    /// `store.owner_max_nanos`: age of a session's epoch before the next.
    pub owner_max_nanos: i64,
    /// `store.reserve_bytes`: kept on disk so that deleting works when the disk is full.
    pub reserve_bytes: u64,
    /// `store.max_bytes`: largest file; 0 for as large as the disk. Deleting may go beyond
    /// by the reserve.
    pub max_bytes: u64,
    /// `store.readers`: read connections kept open.
    pub readers: usize,
    /// `store.read_max`: longest read transaction.
    pub read_max: Duration,
    /// `trace.quiet_after_nanos` (ruling 10).
    pub quiet_after_nanos: i64,
    /// `trace.abandoned_after_nanos` (ruling 10).
    pub abandoned_after_nanos: i64,
    /// `store.dictionary_samples`: chunks of a workspace before a dictionary is trained for
    /// it; 0 trains none.
    pub dictionary_samples: usize,
    /// Flush by age and merge happen by themselves in idle time. Off, tests call for them.
    pub idle_work: bool,
    /// For tests.
    pub fault: Option<FaultHook>,
}

impl StoreOptions {
    /// The shipped settings, with this way to derive facts.
    pub fn new(normalise: Normalise) -> Self {
        Self {
            clock: Arc::new(system_nanos),
            random: Arc::new(fill_from_system),
            normalise,
            in_flight_max_bytes: 40 << 20,
            staging_max_bytes: 32 << 20,
            active_max_bytes: 96 << 20,
            log_max_bytes: 1 << 30,
            commit_max_spans: 5_000,
            commit_max_bytes: 8 << 20,
            flush_spans: 32,
            flush_bytes: 64 << 10,
            flush_after_nanos: 2_000_000_000,
            flush_commits: 1_024,
            merge_after_nanos: 60_000_000_000,
            owner_max_bytes: 8 << 20,
            owner_max_nanos: 86_400_000_000_000,
            reserve_bytes: 64 << 20,
            max_bytes: 0,
            readers: 8,
            read_max: Duration::from_secs(2),
            quiet_after_nanos: 60_000_000_000,
            abandoned_after_nanos: 1_800_000_000_000,
            dictionary_samples: 500,
            idle_work: true,
            fault: None,
        }
    }
}

impl Default for StoreOptions {
    /// Facts by the model's mapping and the shipped prices.
    fn default() -> Self {
        let prices = PriceTable::shipped();
        Self::new(Arc::new(move |source| normalise(source, &prices)))
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("in_flight_max_bytes", &self.in_flight_max_bytes)
            .field("staging_max_bytes", &self.staging_max_bytes)
            .field("reserve_bytes", &self.reserve_bytes)
            .finish_non_exhaustive()
    }
}

fn system_nanos() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// A system without randomness can't make keys: there is nothing to go on with.
#[allow(clippy::expect_used)]
fn fill_from_system(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the operating system gives random bytes");
}
