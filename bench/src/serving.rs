//! The built binary as a process of its own: ingest, reading, memory, start.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_traces, encode_json_lines};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Size;
use crate::http_load::{Coding, Connection, quantile, run};
use crate::limits;
use crate::report::{Report, median, one_place, ratio, spread, thousands};
use crate::workload::{Shape, Workload, build};

const SPANS_PER_REQUEST: usize = 100;
const ACTIVE_TRACES: usize = 1_000;
const START_MAX: Duration = Duration::from_secs(60);

/// How bodies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `application/x-protobuf`.
    Protobuf,
    /// The same, gzip.
    ProtobufGzip,
    /// `application/json`.
    Json,
}

/// One load.
pub(crate) struct Load {
    /// Shape of the spans.
    pub shape: Shape,
    /// Form of the bodies.
    pub form: Form,
    /// Connections at once.
    pub connections: usize,
    /// Spans in all.
    pub spans: usize,
}

/// A `clew serve` that ends with this value.
struct Served {
    child: Child,
    address: SocketAddr,
    ready_ms: f64,
}

impl Served {
    fn start(binary: &Path, data: &Path) -> anyhow::Result<Self> {
        Self::start_with(binary, data, &[])
    }

    fn start_with(binary: &Path, data: &Path, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let begin = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--otlp-grpc-port", "off", "--otlp-http-port", "off", "--port"])
            .arg(port.to_string())
            .arg("--data")
            .arg(data)
            .env("CLEW_LOG_LEVEL", "warn")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("start {}", binary.display()))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut served = Self { child, address, ready_ms: 0.0 };
        loop {
            if let Ok(mut connection) = Connection::open(address)
                && connection.get("/healthz").is_ok()
            {
                served.ready_ms = begin.elapsed().as_secs_f64() * 1e3;
                return Ok(served);
            }
            if begin.elapsed() > START_MAX || served.child.try_wait()?.is_some() {
                bail!("{} did not get ready", binary.display());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// A line of /proc/PID/status, in megabytes.
    fn memory_mb(&self, line: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let kilobytes = status
            .lines()
            .find_map(|found| found.strip_prefix(line)?.split_whitespace().next())
            .and_then(|text| text.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    }

    /// Ends it as kill -9 does.
    fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Gone already after `kill`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One row of the ingest table.
pub(crate) fn ingest(
    report: &mut Report,
    binary: &Path,
    folder: &Path,
    load: &Load,
    repeat: usize,
) -> anyhow::Result<()> {
    let workload = build(load.shape, load.spans, ACTIVE_TRACES, SPANS_PER_REQUEST, 3);
    let (content_type, coding) = match load.form {
        Form::Protobuf => ("application/x-protobuf", Coding::Identity),
        Form::ProtobufGzip => ("application/x-protobuf", Coding::Gzip),
        Form::Json => ("application/json", Coding::Identity),
    };
    let bodies = written(&workload, load.form)?;
    let bytes: usize = bodies.iter().map(Vec::len).sum();
    let (mut rates, mut p50, mut p99, mut peak, mut alone, mut decode) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut refused = 0;
    for _ in 0..repeat {
        let temporary = tempfile::tempdir_in(folder)?;
        alone.push(limits::write_alone(&workload, temporary.path(), SPANS_PER_REQUEST * 10)?);
        decode.push(limits::decode_alone(&workload));
        let served = Served::start(binary, &temporary.path().join("data"))?;
        let result =
            run(served.address, "/v1/traces", content_type, coding, &bodies, load.connections)?;
        rates.push(workload.spans as f64 / result.elapsed.as_secs_f64());
        p50.push(result.quantile(0.5));
        p99.push(result.quantile(0.99));
        peak.push(served.memory_mb("VmHWM:"));
        refused += result.refused;
        check_count(&served, &workload)?;
    }
    report.row(&[
        ("shape", format!("{:?}", load.shape)),
        ("form", format!("{:?}", load.form)),
        ("bytes/span", (bytes / workload.spans).to_string()),
        ("connections", load.connections.to_string()),
        ("spans/s", spread(&rates, thousands)),
        ("ack p50 / p99 ms", format!("{} / {}", one_place(median(&p50)), one_place(median(&p99)))),
        ("peak memory MB", one_place(median(&peak))),
        ("asked to wait", (refused / repeat).to_string()),
        ("decode alone, one thread", thousands(median(&decode))),
        ("zstd-1 + fsync alone", thousands(median(&alone))),
        ("share of the latter", ratio(median(&rates) / median(&alone))),
    ])
}

/// Every acknowledged span is there, once: a fast number for lost spans is worth nothing.
fn check_count(served: &Served, workload: &Workload) -> anyhow::Result<()> {
    let mut connection = Connection::open(served.address)?;
    let answer: serde_json::Value = serde_json::from_slice(connection.get("/api/v1/check")?)?;
    let counted = answer["counts"]["spans"].as_u64().unwrap_or(0);
    if counted as usize != workload.spans || answer["problems"] != serde_json::json!([]) {
        bail!("{} spans were acknowledged, the store says: {answer}", workload.spans);
    }
    Ok(())
}

fn written(workload: &Workload, form: Form) -> anyhow::Result<Vec<Vec<u8>>> {
    workload
        .bodies
        .iter()
        .map(|body| match form {
            Form::Protobuf => Ok(body.clone()),
            Form::ProtobufGzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
                encoder.write_all(body)?;
                Ok(encoder.finish()?)
            }
            Form::Json => {
                let decoded = decode_traces(body, Encoding::Protobuf, &Limits::default())?;
                Ok(encode_json_lines(&decoded.spans, &[], &[]).into_bytes())
            }
        })
        .collect()
}

/// Lists, filters and traces, one request after the other.
pub(crate) fn read(
    report: &mut Report,
    binary: &Path,
    folder: &Path,
    size: Size,
) -> anyhow::Result<()> {
    report.section("Reading over HTTP, one connection")?;
    let temporary = tempfile::tempdir_in(folder)?;
    let data = temporary.path().join("data");
    // Each answer is made from what is on disk.
    let served = Served::start_with(binary, &data, &[("CLEW_API_TREE_CACHE_BYTES", "0")])?;
    // Many small traces for the lists, then one trace of each size to open.
    let many = build(Shape::Narrow, size.of(3_000_000), 1_000, 1_000, 4);
    let bodies = written(&many, Form::Protobuf)?;
    run(served.address, "/v1/traces", "application/x-protobuf", Coding::Identity, &bodies, 8)?;
    let traces = many.spans / Shape::Narrow.spans_per_trace();
    let (lists, opened) = (lists(), opened(&served)?);
    let mut rows = |served: &Served, targets: &[Target], how: &str| {
        for target in targets {
            let (times, bytes) = timed(served.address, &target.path, target.rounds)?;
            report.row(&[
                ("what", format!("{}{how}", target.what)),
                ("traces in the store", traces.to_string()),
                ("p50 ms", format!("{:.2}", quantile(&times, 0.5))),
                ("p99 ms", format!("{:.2}", quantile(&times, 0.99))),
                ("bytes", bytes.to_string()),
            ])?;
        }
        anyhow::Ok(())
    };
    rows(&served, &lists, "")?;
    rows(&served, &opened, "")?;
    served.kill()?;
    let served = Served::start(binary, &data)?;
    rows(&served, &opened, ", again")
}

/// What is asked, so many times.
struct Target {
    what: String,
    path: String,
    rounds: usize,
}

fn lists() -> Vec<Target> {
    let lists = [
        ("list newest 50", ""),
        ("list by agent", "agent:agent-7"),
        ("list by tool", "tool:read_file"),
        ("list by model and status", "model:gpt-5-mini status:error"),
        ("list by duration", "duration > 2s"),
        ("list by session", "session:session-400000001"),
    ];
    let list = |(what, filter): (&str, &str)| {
        let filter = filter.replace(' ', "%20").replace('>', "%3E");
        let path = format!("/api/v1/traces?limit=50&filter={filter}");
        Target { what: what.to_owned(), path, rounds: 200 }
    };
    lists.map(list).into()
}

/// Sends a trace of each size, and gives the ways to open it.
fn opened(served: &Served) -> anyhow::Result<Vec<Target>> {
    let mut targets = Vec::new();
    for (spans, seed, rounds) in
        [(20, 50, 200), (200, 51, 200), (10_000, 52, 100), (100_000, 53, 20)]
    {
        let one = crate::workload::one_trace(spans, seed);
        let (kind, identity) = ("application/x-protobuf", Coding::Identity);
        run(served.address, "/v1/traces", kind, identity, &one.bodies, 1)?;
        let path = format!("/api/v1/traces/{}", one.trace_id);
        let mut target = |what: String, path: String| targets.push(Target { what, path, rounds });
        target(format!("skeleton of {spans} spans"), format!("{path}/skeleton"));
        if spans <= 10_000 {
            target(format!("open a trace of {spans} spans, no payload"), path.clone());
        }
        let span = format!("{path}/spans/{}", one.middle_span_id);
        target(format!("a span of a trace of {spans}"), span);
    }
    Ok(targets)
}

fn timed(address: SocketAddr, path: &str, rounds: usize) -> anyhow::Result<(Vec<f64>, usize)> {
    let mut connection = Connection::open(address)?;
    let bytes = connection.get(path)?.len();
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let begin = Instant::now();
        connection.get(path)?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok((times, bytes))
}

/// Memory when idle, time until the first answer, and recovery after kill -9.
pub(crate) fn start(
    report: &mut Report,
    binary: &Path,
    folder: &Path,
    size: Size,
) -> anyhow::Result<()> {
    report.section("Start and memory")?;
    let temporary = tempfile::tempdir_in(folder)?;
    let data = temporary.path().join("data");
    let fresh = Served::start(binary, &data)?;
    row(report, "empty folder", &fresh)?;
    let workload = build(Shape::Narrow, size.of(10_000_000), 1_000, 1_000, 6);
    run(
        fresh.address,
        "/v1/traces",
        "application/x-protobuf",
        Coding::Identity,
        &workload.bodies,
        8,
    )?;
    row(report, &format!("after taking in {} spans", workload.spans), &fresh)?;
    fresh.kill()?;
    let recovered = Served::start(binary, &data)?;
    row(report, &format!("started again after kill -9, {} spans", workload.spans), &recovered)
}

fn row(report: &mut Report, what: &str, served: &Served) -> anyhow::Result<()> {
    report.row(&[
        ("what", what.to_owned()),
        ("until it answers, ms", one_place(served.ready_ms)),
        ("memory now, MB", one_place(served.memory_mb("VmRSS:"))),
        ("peak, MB", one_place(served.memory_mb("VmHWM:"))),
    ])
}
