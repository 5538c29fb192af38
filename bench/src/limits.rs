//! The limits of the machine, measured in the same run as what is compared with them.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_traces};

use crate::workload::Workload;

/// Spans a second that one thread decodes, and does nothing else with.
pub(crate) fn decode_alone(workload: &Workload) -> f64 {
    let limits = Limits::default();
    let begin = Instant::now();
    let decoded: usize = workload
        .bodies
        .iter()
        .map(|body| decode_traces(body, Encoding::Protobuf, &limits).map_or(0, |d| d.spans.len()))
        .sum();
    assert_eq!(decoded, workload.spans, "the reader under test must take every span");
    workload.spans as f64 / begin.elapsed().as_secs_f64()
}

/// Spans a second when bodies are compressed (zstd 1) and written with an fsync for each
/// `spans_per_commit`, on one thread: the least that any durable store has to do.
pub(crate) fn write_alone(
    workload: &Workload,
    folder: &Path,
    spans_per_commit: usize,
) -> anyhow::Result<f64> {
    let mut file = File::create(folder.join("write-alone"))?;
    let spans_per_body = workload.spans.div_ceil(workload.bodies.len());
    let bodies_per_commit = (spans_per_commit / spans_per_body).max(1);
    let begin = Instant::now();
    for bodies in workload.bodies.chunks(bodies_per_commit) {
        let block = zstd::bulk::compress(&bodies.concat(), 1)?;
        file.write_all(&block)?;
        file.sync_data()?;
    }
    Ok(workload.spans as f64 / begin.elapsed().as_secs_f64())
}
