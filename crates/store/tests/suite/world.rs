//! A store in a folder of its own, with time that the test moves, and spans to put in.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use clew_model::ids::{SpanId, TraceId};
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::{
    Resource, Scope, Sender, SourceEvent, SourceLink, SourceSpan, SourceStatus, SpanKind,
    StatusCode,
};
use clew_model::value::Value;
use clew_store::{Append, Appended, Incoming, Store, StoreError, StoreOptions, WorkspaceId};
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_767_225_600_000_000_000;

pub(crate) const WS: WorkspaceId = WorkspaceId::DEFAULT;

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Arc<AtomicI64>,
    change: fn(&mut StoreOptions),
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(crate) fn with(change: fn(&mut StoreOptions)) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let store = Store::open(folder.path(), options(&clock, change)).unwrap();
        Self { folder, store, clock, change }
    }

    /// A store in a folder that is there.
    pub(crate) fn in_folder(
        folder: TempDir,
        change: fn(&mut StoreOptions),
    ) -> Result<Self, StoreError> {
        let clock = Arc::new(AtomicI64::new(NOW));
        let store = Store::open(folder.path(), options(&clock, change))?;
        Ok(Self { folder, store, clock, change })
    }

    pub(crate) fn pass(&self, nanos: i64) {
        self.clock.fetch_add(nanos, Ordering::SeqCst);
    }

    pub(crate) fn put(&self, spans: &[SourceSpan]) -> Appended {
        self.put_in(WS, spans).unwrap()
    }

    pub(crate) fn put_in(
        &self,
        workspace: WorkspaceId,
        spans: &[SourceSpan],
    ) -> Result<Appended, StoreError> {
        self.store.append_blocking(append(workspace, spans))
    }

    /// Keeps the writer busy until the returned function is called: a label write waits.
    pub(crate) fn hold_writer(&self) -> impl FnOnce() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (entered, inside) = std::sync::mpsc::channel::<()>();
        let store = self.store.clone();
        let thread = std::thread::spawn(move || {
            store.with_writer(move || {
                let _ = entered.send(());
                let _ = held.recv();
            })
        });
        inside.recv().unwrap();
        move || {
            release.send(()).unwrap();
            thread.join().unwrap().unwrap();
        }
    }

    /// Spans and what is said about their runs.
    pub(crate) fn put_notes(&self, spans: &[SourceSpan], notes: &[SourceSpan]) -> Appended {
        self.store.append_blocking(append_notes(WS, spans, notes)).unwrap()
    }

    /// Resolves a future without a runtime of its own.
    pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    pub(crate) fn sources(&self, trace: u64) -> Vec<SourceSpan> {
        self.store.sources(WS, &trace_id(trace), None).unwrap()
    }

    /// The same folder after a clean end.
    pub(crate) fn reopened(self) -> Self {
        self.store.close().unwrap();
        let Self { folder, store, clock, change } = self;
        drop(store);
        let store = Store::open(folder.path(), options(&clock, change)).unwrap();
        Self { folder, store, clock, change }
    }

    /// A copy of the files as they are now, as a crash would leave them, opened.
    pub(crate) fn crashed(&self) -> Self {
        self.crashed_after(|_| ())
    }

    /// [`World::crashed`], with something done to the file before it is opened.
    pub(crate) fn crashed_after(&self, harm: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().unwrap();
        let (from, to) = (self.folder.path().to_owned(), folder.path().to_owned());
        // Between two commits; the compressor may be at work.
        self.store.with_writer(move || copy(&from, &to)).unwrap();
        harm(&folder.path().join("clew.db"));
        let clock = Arc::new(AtomicI64::new(self.clock.load(Ordering::SeqCst)));
        let store = Store::open(folder.path(), options(&clock, self.change)).unwrap();
        Self { folder, store, clock, change: self.change }
    }
}

/// Copies what a crash leaves. The shared memory of the log is rebuilt by SQLite.
pub(crate) fn copy(from: &Path, to: &Path) {
    for name in ["clew.db", "clew.db-wal"] {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// Settings of tests: injected time and randomness, nothing happens by itself.
pub(crate) fn options(clock: &Arc<AtomicI64>, change: fn(&mut StoreOptions)) -> StoreOptions {
    let mut options = StoreOptions::default();
    let clock = Arc::clone(clock);
    options.clock = Arc::new(move || clock.load(Ordering::SeqCst));
    let counter = AtomicU64::new(1);
    options.random = Arc::new(move |buffer| {
        for byte in buffer {
            *byte = counter.fetch_add(1, Ordering::SeqCst) as u8;
        }
    });
    options.idle_work = false;
    options.reserve_bytes = 0;
    change(&mut options);
    options
}

pub(crate) fn append(workspace: WorkspaceId, spans: &[SourceSpan]) -> Append {
    append_notes(workspace, spans, &[])
}

pub(crate) fn append_notes(
    workspace: WorkspaceId,
    spans: &[SourceSpan],
    notes: &[SourceSpan],
) -> Append {
    let prices = PriceTable::shipped();
    let incoming =
        |source: &SourceSpan| Incoming { source: source.clone(), span: normalise(source, &prices) };
    let (spans, notes) = (spans.iter().map(incoming), notes.iter().map(incoming));
    Append { workspace, spans: spans.collect(), notes: notes.collect(), ..Append::default() }
}

pub(crate) fn trace_id(number: u64) -> TraceId {
    let mut bytes = [0xee; 16];
    bytes[8..].copy_from_slice(&(number + 1).to_be_bytes());
    TraceId::from_bytes(&bytes).unwrap()
}

pub(crate) fn span_id(number: u64) -> SpanId {
    SpanId::from_bytes(&(number + 1).to_be_bytes()).unwrap()
}

/// A finished span below span 0 of its trace; span 0 is the root.
pub(crate) fn span(trace: u64, number: u64) -> SourceSpan {
    let mut span = SourceSpan::part(trace_id(trace), span_id(number), Sender::Otlp);
    span.name = Some(format!("step {}", number % 5));
    span.parent_span_id = (number > 0).then(|| span_id(0));
    span.kind = SpanKind::Internal;
    span.start_nanos = Some(NOW + number as i64 * 1_000_000);
    span.end_nanos = Some(NOW + number as i64 * 1_000_000 + 500_000);
    span.attributes = vec![
        ("number".to_owned(), Value::Int(number as i64)),
        ("host".to_owned(), "machine".into()),
    ];
    span.resource = Arc::new(Resource {
        attributes: vec![("service.name".to_owned(), "tests".into())],
        ..Resource::default()
    });
    span.scope = Arc::new(Scope { name: "suite".to_owned(), ..Scope::default() });
    span
}

/// A model call with the history of its conversation as one JSON attribute.
pub(crate) fn call(trace: u64, number: u64, session: Option<&str>, turns: u64) -> SourceSpan {
    let mut span = span(trace, number);
    span.name = Some("chat gpt-5".to_owned());
    let mut messages = vec![message("system", &words(7, 2_000))];
    for turn in 0..turns {
        let who = session.map_or(trace, |name| name.len() as u64 * 1_000_003);
        messages.push(message("user", &words(who * 1_000 + turn * 2, 300)));
        messages.push(message("assistant", &words(who * 1_000 + turn * 2 + 1, 400)));
    }
    span.attributes.push(("gen_ai.operation.name".to_owned(), "chat".into()));
    span.attributes.push(("gen_ai.request.model".to_owned(), "gpt-5".into()));
    span.attributes
        .push(("gen_ai.input.messages".to_owned(), format!("[{}]", messages.join(", ")).into()));
    if let Some(session) = session {
        span.attributes.push(("session.id".to_owned(), session.into()));
    }
    span
}

fn message(role: &str, text: &str) -> String {
    format!(
        "{{\"role\": \"{role}\", \"parts\": [{{\"type\": \"text\", \"content\": \"{text}\"}}]}}"
    )
}

/// Text that does not repeat itself, from a seed.
pub(crate) fn words(seed: u64, bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::with_capacity(bytes + 8);
    while text.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("{:x} ", state >> 40));
    }
    text
}

/// A span that uses every field there is.
pub(crate) fn full_span(trace: u64, number: u64) -> SourceSpan {
    let mut span = call(trace, number, Some("conversation"), 3);
    span.sender_span_id = Some("run-1/span-7".to_owned());
    span.sender_trace_id = Some("run-1".to_owned());
    span.status = SourceStatus { code: StatusCode::Error, message: words(3, 200) };
    span.trace_state = "vendor=1".to_owned();
    span.flags = 257;
    span.dropped.attributes = 3;
    span.dropped.links = 1;
    span.version = Some(-5);
    span.sequence = Some(12);
    for (key, value) in [
        ("empty", Value::Empty),
        ("flag", true.into()),
        ("ratio", 0.1.into()),
        ("bytes", Value::Bytes(vec![0, 159, 146, 150])),
        ("large.bytes", Value::Bytes((0..=255).collect())),
        ("twice", 1_i64.into()),
        ("twice", 2_i64.into()),
        ("list", Value::Array(vec![words(9, 100).into(), 1_i64.into(), Value::Empty])),
        ("map", Value::Map(vec![("a".to_owned(), words(10, 90).into())])),
        ("llm.tools.0.tool.json_schema", words(11, 700).into()),
        ("llm.tools.1.tool.json_schema", words(12, 700).into()),
        ("llm.input_messages.0.message.role", "user".into()),
        ("llm.input_messages.0.message.content", words(13, 100).into()),
        ("llm.input_messages.1.message.role", "assistant".into()),
        ("llm.input_messages.1.message.content", words(14, 100).into()),
        ("llm.input_messages.10.message.content", words(15, 100).into()),
        ("input.value", format!("{{\"tools\": [{}], \"x\": 1}}", message("user", "x")).into()),
    ] {
        span.attributes.push((key.to_owned(), value));
    }
    span.events = vec![SourceEvent {
        time_nanos: NOW + 5,
        name: "exception".to_owned(),
        attributes: vec![
            ("exception.type".to_owned(), "Timeout".into()),
            ("exception.stacktrace".to_owned(), words(16, 600).into()),
        ],
        dropped_attributes_count: 2,
        from_log: Some(clew_model::source::LogOrigin {
            severity_number: 17,
            severity_text: "ERROR".to_owned(),
            scope_name: "logger".to_owned(),
            observed_nanos: NOW + 6,
        }),
    }];
    span.links = vec![SourceLink {
        trace_id: trace_id(99),
        span_id: span_id(98),
        trace_state: "a=b".to_owned(),
        attributes: vec![("why".to_owned(), words(17, 80).into())],
        dropped_attributes_count: 1,
        flags: 1,
    }];
    span
}
