//! kill -9 during ingest, in a process of its own: nothing acked is lost, nothing is there
//! twice. `CLEW_KILL_ROUNDS` sets how often; the default suits every test run.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{SystemTime, UNIX_EPOCH};

use clew_model::source::SourceSpan;
use clew_store::{Store, StoreError, StoreOptions};

use crate::world::{NOW, WS, append, call, options, trace_id};

const CHILD_FOLDER: &str = "CLEW_KILL_FOLDER";
const CHILD_FIRST: &str = "CLEW_KILL_FIRST";

/// Small limits, so that flushes, merges of the log and epochs happen all the time.
fn settings(options: &mut StoreOptions) {
    options.flush_spans = 8;
    options.staging_max_bytes = 256 << 10;
    options.owner_max_bytes = 64 << 10;
    options.merge_after_nanos = -1;
    options.idle_work = true;
}

/// The spans of request `number`: two traces of one session interleaved, one without a
/// session, and a span that comes again.
fn request(number: u64) -> Vec<SourceSpan> {
    let round = number / 20;
    vec![
        call(round * 3, number, Some("both"), number % 20),
        call(round * 3 + 1, number, Some("both"), number % 20),
        call(round * 3 + 2, number, None, number % 7),
        call(round * 3, number.saturating_sub(1).max(round * 20), Some("both"), number % 20),
    ]
}

/// Runs only inside the child that the test below starts.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER).map(PathBuf::from) else { return };
    let first: u64 = std::env::var(CHILD_FIRST).unwrap().parse().unwrap();
    let clock = Arc::new(AtomicI64::new(NOW));
    let store = Store::open(&folder, options(&clock, settings)).unwrap();
    let threads: Vec<_> = (0..3_u64)
        .map(|lane| {
            let store = store.clone();
            std::thread::spawn(move || {
                for number in (first + lane..).step_by(3) {
                    store.append_blocking(append(WS, &request(number))).unwrap();
                    // The test harness captures `println`; acks must leave the process.
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "ack {number}").unwrap();
                    out.flush().unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

fn ingest_until_killed(folder: &Path, first: u64, acks: usize) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::child", "--exact", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .env(CHILD_FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acked = Vec::new();
    let mut killed = false;
    for line in lines.map_while(Result::ok) {
        acked.extend(line.strip_prefix("ack ").and_then(|number| number.parse::<u64>().ok()));
        if acked.len() >= acks && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    child.wait().unwrap();
    acked
}

#[test]
fn nothing_acked_is_lost_and_nothing_is_there_twice() {
    let rounds: u64 =
        std::env::var("CLEW_KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos() as u64;
    let folder = tempfile::TempDir::new().unwrap();
    let mut acked: Vec<u64> = Vec::new();
    let mut next = 0;
    for round in 0..rounds {
        let acks = 5 + (seed.wrapping_mul(round + 1) >> 7) % 60;
        let new = ingest_until_killed(folder.path(), next, acks as usize);
        assert!(new.len() >= acks as usize, "the child stopped by itself");
        acked.extend(&new);
        // A request that was written and not acked may be there, too.
        next = acked.iter().max().unwrap() + 10;
        look(folder.path(), &acked, round);
    }
}

fn look(folder: &Path, acked: &[u64], round: u64) {
    let clock = Arc::new(AtomicI64::new(NOW));
    let quiet: fn(&mut StoreOptions) = |options| {
        settings(options);
        options.idle_work = false;
    };
    let store = Store::open(folder, options(&clock, quiet)).unwrap();
    let mut wanted: BTreeMap<_, Vec<SourceSpan>> = BTreeMap::new();
    for number in acked {
        for span in request(*number) {
            wanted.entry(span.trace_id).or_default().push(span);
        }
    }
    for (trace, spans) in wanted {
        let found = store.sources(WS, &trace, None).unwrap();
        let row = store.trace_row(WS, &trace).unwrap().unwrap();
        assert_eq!(row.summary.span_count, found.len() as u64, "round {round}, {trace}");
        for span in &spans {
            let same: Vec<_> = found.iter().filter(|f| f.span_id == span.span_id).collect();
            assert_eq!(same.len(), 1, "round {round}, {trace}, {}", span.span_id);
            // Spans of the session's traces come in versions; the others as they were sent.
            let in_session = span.attributes.iter().any(|(key, _)| key == "session.id");
            assert!(in_session || same[0] == span, "round {round}, {trace}");
        }
    }
    let nothing = store.sources(WS, &trace_id(u64::MAX - 1), None);
    assert!(matches!(nothing, Err(StoreError::NotFound(_))));
    assert_eq!(store.check().unwrap().problems, [], "round {round}");
    // No close: the next process finds whatever this one left.
    drop(store);
}
