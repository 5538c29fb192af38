//! What Clew reaches, each number beside the limit of the same run. `make bench` prints
//! the tables that docs/performance.md quotes.

mod http_load;
mod limits;
mod otlp_writer;
mod report;
mod serving;
mod store_alone;
mod text;
mod workload;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use report::Report;
use workload::Shape;

/// Measures a release build of Clew on this machine.
#[derive(Parser)]
struct Arguments {
    /// What to measure; everything where nothing is named
    #[command(subcommand)]
    part: Option<Part>,
    /// The binary that is measured over HTTP
    #[arg(long, default_value = "target/release/clew", global = true)]
    binary: PathBuf,
    /// Where data folders are made; the disk matters
    #[arg(long, default_value = "target/bench", global = true)]
    folder: PathBuf,
    /// A tenth of the work, to see that everything runs
    #[arg(long, global = true)]
    quick: bool,
    /// Each measurement so many times; the median is printed, with the least and the most
    #[arg(long, default_value_t = 3, global = true)]
    repeat: usize,
}

#[derive(Subcommand, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The store alone, by shape and number of active traces
    Store,
    /// Durable ingest over HTTP
    Http,
    /// Lists and traces over HTTP
    Read,
    /// Bytes on disk after merging
    Disk,
    /// Memory, start and recovery
    Start,
}

/// How much work a measurement does.
#[derive(Clone, Copy)]
pub struct Size {
    quick: bool,
    /// Repetitions.
    pub repeat: usize,
}

impl Size {
    /// `full`, or a tenth of it.
    pub fn of(self, full: usize) -> usize {
        if self.quick { full / 10 } else { full }
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let size = Size { quick: arguments.quick, repeat: arguments.repeat.max(1) };
    std::fs::create_dir_all(&arguments.folder)?;
    let folder = arguments.folder.as_path();
    let binary = arguments.binary.as_path();
    let mut report = Report::begin()?;
    let wanted = |part: Part| arguments.part.is_none_or(|only| only == part);
    if wanted(Part::Store) {
        store_part(&mut report, folder, size)?;
    }
    if wanted(Part::Http) {
        http_part(&mut report, binary, folder, size)?;
    }
    if wanted(Part::Read) {
        serving::read(&mut report, binary, folder, size)?;
    }
    if wanted(Part::Disk) {
        store_alone::disk(&mut report, folder, size)?;
    }
    if wanted(Part::Start) {
        serving::start(&mut report, binary, folder, size)?;
    }
    Ok(())
}

fn store_part(report: &mut Report, folder: &Path, size: Size) -> anyhow::Result<()> {
    report.section("Store alone, one writer, 1,000 spans a request, sustained")?;
    for (shape, active, spans) in [
        (Shape::Full, 48, 200_000),
        (Shape::Full, 1_000, 200_000),
        (Shape::Full, 5_000, 200_000),
        (Shape::Full, 20_000, 200_000),
        (Shape::Narrow, 1_000, 800_000),
        (Shape::Narrow, 20_000, 800_000),
        (Shape::Long, 48, 100_000),
        (Shape::Chat, 1_000, 60_000),
    ] {
        store_alone::ingest(report, folder, shape, active, size.of(spans), size.repeat)?;
    }
    Ok(())
}

fn http_part(report: &mut Report, binary: &Path, folder: &Path, size: Size) -> anyhow::Result<()> {
    use serving::{Form, Load};
    report.section("Durable ingest over HTTP, 100 spans a request, 1,000 active traces")?;
    for (shape, form, connections, spans) in [
        (Shape::Full, Form::Protobuf, 8, 200_000),
        (Shape::Full, Form::Protobuf, 64, 200_000),
        (Shape::Full, Form::ProtobufGzip, 8, 100_000),
        (Shape::Full, Form::Json, 8, 100_000),
        (Shape::Narrow, Form::Protobuf, 8, 800_000),
        (Shape::Narrow, Form::Protobuf, 64, 800_000),
    ] {
        let load = Load { shape, form, connections, spans: size.of(spans) };
        serving::ingest(report, binary, folder, &load, size.repeat)?;
    }
    Ok(())
}
