//! The store without a server: decoded and normalised before the clock starts.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_store::{Append, Incoming, Store, StoreOptions, WorkspaceId};
use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_traces};

use crate::Size;
use crate::http_load::quantile;
use crate::limits;
use crate::report::{Report, median, one_place, ratio, spread, thousands};
use crate::workload::{Shape, Workload, build};

const SPANS_PER_REQUEST: usize = 1_000;

/// One row: spans a second and commit times beside the machine's limit.
pub(crate) fn ingest(
    report: &mut Report,
    folder: &Path,
    shape: Shape,
    active: usize,
    spans: usize,
    repeat: usize,
) -> anyhow::Result<()> {
    let workload = build(shape, spans, active, SPANS_PER_REQUEST, 1);
    let (mut rates, mut write_alone, mut p50, mut p99, mut per_span) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..repeat {
        let temporary = tempfile::tempdir_in(folder)?;
        write_alone.push(limits::write_alone(&workload, temporary.path(), SPANS_PER_REQUEST)?);
        let run = fill(&temporary.path().join("data"), &workload)?;
        rates.push(run.rate);
        p50.push(quantile(&run.commit_ms, 0.5));
        p99.push(quantile(&run.commit_ms, 0.99));
        per_span.push(run.file_bytes as f64 / workload.spans as f64);
    }
    report.row(&[
        ("shape", format!("{shape:?}")),
        ("bytes/span on the wire", workload.bytes_per_span().to_string()),
        ("active traces", active.to_string()),
        ("spans/s", spread(&rates, thousands)),
        (
            "commit p50 / p99 ms",
            format!("{} / {}", one_place(median(&p50)), one_place(median(&p99))),
        ),
        ("zstd-1 + fsync alone, spans/s", spread(&write_alone, thousands)),
        ("share of it", ratio(median(&rates) / median(&write_alone))),
        ("file bytes/span before merge", one_place(median(&per_span))),
    ])
}

/// Bytes on disk after everything quiet is merged.
pub(crate) fn disk(report: &mut Report, folder: &Path, size: Size) -> anyhow::Result<()> {
    report.section("Bytes on disk after merging, whole file by spans")?;
    for (shape, active, spans) in [
        (Shape::Full, 1_000, 200_000),
        (Shape::Long, 48, 100_000),
        (Shape::Chat, 1_000, 80_000),
        (Shape::Narrow, 1_000, 800_000),
    ] {
        let workload = build(shape, size.of(spans), active, SPANS_PER_REQUEST, 2);
        let temporary = tempfile::tempdir_in(folder)?;
        let data = temporary.path().join("data");
        let before = fill(&data, &workload)?.file_bytes;
        let store = open(&data)?;
        let begin = Instant::now();
        store.flush()?;
        store.merge()?;
        let merge_seconds = begin.elapsed().as_secs_f64();
        let sizes = store.sizes()?;
        let used = (sizes.file_bytes - sizes.free_bytes) as f64;
        store.close()?;
        report.row(&[
            ("shape", format!("{shape:?}")),
            ("spans", workload.spans.to_string()),
            ("raw bytes/span", workload.bytes_per_span().to_string()),
            ("before", one_place(before as f64 / workload.spans as f64)),
            ("after", one_place(used / workload.spans as f64)),
            (
                "chunks / messages / shared / rows and indexes",
                format!(
                    "{} / {} / {} / {}",
                    one_place(sizes.chunk_bytes as f64 / workload.spans as f64),
                    one_place(sizes.block_bytes as f64 / workload.spans as f64),
                    one_place(sizes.shared_bytes as f64 / workload.spans as f64),
                    one_place(sizes.other_bytes as f64 / workload.spans as f64),
                ),
            ),
            ("merge, spans/s", thousands(workload.spans as f64 / merge_seconds)),
        ])?;
    }
    Ok(())
}

struct Run {
    rate: f64,
    commit_ms: Vec<f64>,
    file_bytes: u64,
}

/// Two callers keep the writer busy, each with one request under way: what is measured is
/// the store, not the wait between two calls.
fn fill(data: &Path, workload: &Workload) -> anyhow::Result<Run> {
    let store = open(data)?;
    let prices = PriceTable::shipped();
    let limits = Limits::default();
    let next = std::sync::Mutex::new(workload.bodies.iter());
    let busy = std::sync::Mutex::new((0.0_f64, Vec::new()));
    let begin = Instant::now();
    // Decoding goes on beside the writer, as it does in the server; its time is taken off.
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    let mut decode_seconds = 0.0;
                    let mut times = Vec::new();
                    loop {
                        let body = next.lock().ok().and_then(|mut bodies| bodies.next());
                        let Some(body) = body else { break };
                        let decoding = Instant::now();
                        let append = decoded(body, &prices, &limits)?;
                        decode_seconds += decoding.elapsed().as_secs_f64();
                        let sent = Instant::now();
                        store.append_blocking(append)?;
                        times.push(sent.elapsed().as_secs_f64() * 1e3);
                    }
                    if let Ok(mut busy) = busy.lock() {
                        busy.0 += decode_seconds;
                        busy.1.extend(times);
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("loader thread"))
    })?;
    let elapsed = begin.elapsed().as_secs_f64();
    let (_, mut commit_ms) = busy.into_inner().unwrap_or_default();
    commit_ms.sort_by(f64::total_cmp);
    let file_bytes = store.sizes()?.file_bytes;
    store.close()?;
    Ok(Run { rate: workload.spans as f64 / elapsed, commit_ms, file_bytes })
}

fn decoded(body: &[u8], prices: &PriceTable, limits: &Limits) -> anyhow::Result<Append> {
    let decoded = decode_traces(body, Encoding::Protobuf, limits)?;
    let spans = decoded
        .spans
        .into_iter()
        .map(|source| Incoming { span: normalise(&source, prices), source })
        .collect();
    Ok(Append { workspace: WorkspaceId::DEFAULT, spans, ..Append::default() })
}

/// Opens a store as the server does.
pub(crate) fn open(data: &Path) -> anyhow::Result<Store> {
    let prices = PriceTable::shipped();
    let options = StoreOptions::new(Arc::new(move |source| normalise(source, &prices)));
    Ok(Store::open(data, options)?)
}
