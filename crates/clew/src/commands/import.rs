//! `clew import`: files of other tools, whatever they are called, as runs.

mod detect;
mod folders;
mod journal;
mod otlp;
mod records;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};

use super::traces::plural;
use crate::arguments::{Import, ImportFormat};
use crate::client::Client;
use crate::render::progress::Progress;
use crate::render::style::Style;
use crate::render::{Screen, numbers, text};
use detect::{Kind, Way};
use folders::Found;
use journal::Journal;
use records::Records;

/// Bytes of records in one request, so that the bar moves and little is sent twice.
const REQUEST_BYTES: usize = 4 << 20;
/// Larger requests are packed: the server takes four times as much of them.
const PACKED_ABOVE_BYTES: usize = 8 << 20;
/// Reasons that are shown; the rest is a number.
const REASONS_SHOWN: usize = 5;

/// What was read and what the server took.
#[derive(Default)]
struct Tally {
    files: usize,
    records: u64,
    spans: u64,
    ignored: u64,
    resumed: u64,
    rejected: u64,
    reasons: Vec<String>,
}

/// Sends every record of every file. What was sent before changes nothing; an import that
/// broke off goes on where it was.
pub(super) fn run(client: &Client, import: &Import, screen: &mut Screen) -> anyhow::Result<()> {
    let found = folders::find(&import.files, import.format)?;
    let mut journal = Journal::open(client.base());
    let mut tally = Tally::default();
    for file in &found {
        let mut one = Importing { client, import, journal: &mut journal, tally: &mut tally };
        one.file(file).with_context(|| format!("cannot import {}", file.shown()))?;
        tally.files += 1;
    }
    report(&tally, screen)
}

struct Importing<'a> {
    client: &'a Client,
    import: &'a Import,
    journal: &'a mut Journal,
    tally: &'a mut Tally,
}

/// How far the bar is.
struct Bar {
    progress: Progress,
    read: Arc<AtomicU64>,
    size: Option<u64>,
    name: String,
}

impl Bar {
    fn show(&mut self, records: u64) {
        let read = self.read.load(Ordering::Relaxed);
        let (name, size) = (&self.name, self.size);
        self.progress.show(|| {
            let records = plural(records as usize, "record");
            match size {
                Some(size) if size > 0 => {
                    let percent = (read.min(size) * 100) / size;
                    let of =
                        format!("{} of {}", numbers::bytes(read.min(size)), numbers::bytes(size));
                    format!("{name}: {percent} %, {of}, {records}")
                }
                _ => format!("{name}: {}, {records}", numbers::bytes(read)),
            }
        });
    }
}

impl Importing<'_> {
    fn file(&mut self, found: &Found) -> anyhow::Result<()> {
        if let Found::Session { main, agents } = found {
            return self.session(main, agents);
        }
        let Found::File(path) = found else { return self.stream(None, Box::new(std::io::stdin())) };
        let file = File::open(path).context("it cannot be read")?;
        self.stream(Some(path), Box::new(file))
    }

    fn stream(&mut self, path: Option<&Path>, raw: Box<dyn Read>) -> anyhow::Result<()> {
        let metadata = path.map(std::fs::metadata).transpose()?;
        let read = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: raw, read: Arc::clone(&read) };
        let mut bar = Bar {
            progress: Progress::new("importing"),
            read,
            size: metadata.as_ref().map(std::fs::Metadata::len),
            name: path.map_or("standard input".to_owned(), file_name),
        };
        let mut reader = plain(counted)?;
        match detect::kind_of(reader.fill_buf()?) {
            Kind::Text => {}
            Kind::Protobuf => return self.protobuf(reader, &mut bar),
            Kind::Parquet => bail!(
                "this is a Parquet file; bring it into JSON lines with `python -m clew.parquet FILE | clew import -` (pip install clew-sdk pyarrow)"
            ),
        }
        let file_time = metadata.and_then(|metadata| modified_nanos(&metadata));
        let key = path.map(|path| self.journal.key(path)).transpose()?;
        let done = match (&key, self.import.from_start) {
            (Some(key), false) => self.journal.done(key),
            _ => 0,
        };
        self.tally.resumed += done;
        let mut sending = Sending { way: None, body: Vec::new(), in_body: 0, file_time };
        let mut number = 0;
        for record in Records::new(reader) {
            let record = record.with_context(|| format!("after record {number}"))?;
            number += 1;
            if number <= done {
                continue;
            }
            let way = match sending.way {
                Some(way) => way,
                None => *sending.way.insert(self.way(&record)?),
            };
            sending.push(&record);
            if way == Way::OtlpJson || sending.body.len() >= REQUEST_BYTES {
                self.send(&mut sending, number)?;
                if let Some(key) = &key {
                    self.journal.note(key, number);
                }
                bar.show(number);
            }
        }
        self.send(&mut sending, number)?;
        if let Some(key) = &key {
            self.journal.finished(key);
        }
        Ok(())
    }

    /// What the records are: as was said, else as the first one looks.
    fn way(&self, record: &str) -> anyhow::Result<Way> {
        if let Some(format) = self.import.format {
            return Ok(detect::way_of(format));
        }
        detect::detect(record).with_context(|| {
            let names = detect::names();
            format!("its first record is of no known format; name one with --format ({names})")
        })
    }

    fn send(&mut self, sending: &mut Sending, last: u64) -> anyhow::Result<()> {
        if sending.in_body == 0 {
            return Ok(());
        }
        let first = last - sending.in_body + 1;
        let body = std::mem::take(&mut sending.body);
        let count = std::mem::take(&mut sending.in_body);
        let Some(way) = sending.way else { return Ok(()) };
        let answer = self.post(way, &body, sending.file_time);
        let answer = answer.with_context(|| match count {
            1 => format!("record {first}"),
            _ => format!("records {first} to {last}"),
        })?;
        self.note(way, &answer, count, first - 1);
        Ok(())
    }

    fn post(&self, way: Way, body: &[u8], file_time: Option<i64>) -> anyhow::Result<Json> {
        let (path, kind) = match way {
            Way::OtlpJson => (otlp::path_of(body).to_owned(), "application/json"),
            Way::Records(format) => {
                let time = file_time.map_or(String::new(), |time| format!("?file_time={time}"));
                (format!("/api/v1/import/{format}{time}"), "application/x-ndjson")
            }
        };
        if body.len() <= PACKED_ABOVE_BYTES {
            return self.client.post_bytes(&path, kind, None, body);
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        std::io::Write::write_all(&mut packed, body)?;
        self.client.post_bytes(&path, kind, Some("gzip"), &packed.finish()?)
    }

    fn protobuf(&mut self, reader: Box<dyn BufRead>, bar: &mut Bar) -> anyhow::Result<()> {
        for (number, message) in otlp::messages(reader)?.into_iter().enumerate() {
            let kind = "application/x-protobuf";
            let answer = self.client.post_bytes("/v1/traces", kind, None, &message);
            answer.with_context(|| format!("message {} is no OTLP traces request", number + 1))?;
            self.tally.records += 1;
            bar.show(self.tally.records);
        }
        Ok(())
    }

    /// A session of Claude Code with its sub-agents: one request, since its lines belong
    /// together.
    fn session(&mut self, main: &Path, agents: &[PathBuf]) -> anyhow::Result<()> {
        let body = folders::session_body(main, agents)?;
        let answer = self.post(Way::Records("claude-code"), &body, None)?;
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        self.note(Way::Records("claude-code"), &answer, lines as u64, 0);
        Ok(())
    }

    fn note(&mut self, way: Way, answer: &Json, records: u64, before: u64) {
        self.tally.records += records;
        if way == Way::OtlpJson {
            let partial = &answer["partialSuccess"];
            let rejected = &partial["rejectedSpans"];
            let rejected = rejected.as_u64().or_else(|| rejected.as_str()?.parse().ok());
            self.tally.rejected += rejected.unwrap_or(0);
            let message = partial["errorMessage"].as_str().filter(|text| !text.is_empty());
            self.tally.reasons.extend(message.map(str::to_owned));
            return;
        }
        self.tally.spans += answer["spans"].as_u64().unwrap_or(0);
        self.tally.ignored += answer["ignored"].as_u64().unwrap_or(0);
        self.tally.rejected += answer["rejected_count"].as_u64().unwrap_or(0);
        let reasons = answer["rejected"].as_array().into_iter().flatten();
        let reasons = reasons.map(|rejected| {
            let what = rejected["what"].as_str().unwrap_or_default();
            let reason = rejected["reason"].as_str().unwrap_or_default();
            match what.strip_prefix("line ").and_then(|line| line.parse::<u64>().ok()) {
                Some(line) => format!("record {}: {reason}", before + line),
                None => format!("{what}: {reason}"),
            }
        });
        self.tally.reasons.extend(reasons);
    }
}

/// Records that go together.
struct Sending {
    way: Option<Way>,
    body: Vec<u8>,
    in_body: u64,
    file_time: Option<i64>,
}

impl Sending {
    fn push(&mut self, record: &str) {
        self.body.extend_from_slice(record.as_bytes());
        self.body.push(b'\n');
        self.in_body += 1;
    }
}

/// Counts the bytes of the file as they are read, packed or not.
struct Counted {
    inner: Box<dyn Read>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Unpacks gzip, known by its first two bytes whatever the file is called.
fn plain(raw: impl Read + 'static) -> anyhow::Result<Box<dyn BufRead>> {
    let mut reader = BufReader::with_capacity(1 << 16, raw);
    if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(reader))));
    }
    Ok(Box::new(reader))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn modified_nanos(metadata: &std::fs::Metadata) -> Option<i64> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok()
}

fn report(tally: &Tally, screen: &mut Screen) -> anyhow::Result<()> {
    if screen.json {
        return screen.value(&json!({
            "files": tally.files, "records": tally.records, "resumed": tally.resumed,
            "ignored": tally.ignored, "rejected": tally.rejected, "reasons": tally.reasons,
        }));
    }
    let mut line = format!("imported {}", plural(tally.records as usize, "record"));
    if tally.files > 1 {
        line.push_str(&format!(" of {}", plural(tally.files, "file")));
    }
    if tally.spans > 0 {
        line.push_str(&format!(", {}", plural(tally.spans as usize, "span")));
    }
    screen.line(&line)?;
    if tally.resumed > 0 {
        let resumed = plural(tally.resumed as usize, "record");
        screen.line(&format!(
            "went on after {resumed} of an import that broke off (--from-start reads all)"
        ))?;
    }
    if tally.ignored > 0 {
        let ignored = plural(tally.ignored as usize, "record");
        screen.line(&format!("passed over {ignored} that say nothing about a run"))?;
    }
    if tally.rejected > 0 {
        let refused = format!("{} refused:", plural(tally.rejected as usize, "record"));
        let refused = screen.paint.paint(Style::Warning, &refused);
        screen.line(&refused)?;
        for reason in tally.reasons.iter().take(REASONS_SHOWN) {
            screen.line(&format!("  {}", text::one_line(reason, 200)))?;
        }
    }
    Ok(())
}

impl ImportFormat {
    /// The word of the route, `None` for OTLP, which has routes of its own.
    pub(super) fn word(self) -> Option<&'static str> {
        Some(match self {
            ImportFormat::Otlp => return None,
            ImportFormat::Spans => "spans",
            ImportFormat::ClaudeCode => "claude-code",
            ImportFormat::OpenaiChat => "openai-chat",
            ImportFormat::Mlflow => "mlflow",
            ImportFormat::Langfuse => "langfuse",
            ImportFormat::Langsmith => "langsmith",
        })
    }
}
