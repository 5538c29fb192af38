//! Log records that concern agents, joined to the spans and runs they name.
//!
//! Agents put content in log records: GenAI events, exceptions, Claude Code's events. A
//! record with a span's ids becomes an event of that span, in a part without a name that
//! [`clew_model`] folds into the span whenever it comes; one with a trace only becomes an
//! event of the run. Claude Code's without either become spans themselves. Plain application
//! logs are accepted and counted, and not kept.

mod claude;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use clew_model::ids::{IdError, SpanId, TraceId};
use clew_model::source::{LogOrigin, Resource, RunEvent, Scope, Sender, SourceEvent};
use clew_model::value::{Attributes, Value, attribute};

use super::span::empty_part;
use crate::decoded::{Decoded, Placed};
use crate::fault::{Fault, Parsed};

/// A log record as either encoding gives it.
#[derive(Debug, Default)]
pub(crate) struct LogRecord {
    pub(crate) time_nanos: i64,
    pub(crate) observed_nanos: i64,
    pub(crate) severity_number: i32,
    pub(crate) severity_text: String,
    pub(crate) body: Value,
    pub(crate) attributes: Attributes,
    pub(crate) dropped_attributes_count: u32,
    pub(crate) trace_id: Option<TraceId>,
    pub(crate) span_id: Option<SpanId>,
    pub(crate) event_name: String,
    pub(crate) extension: LogExtension,
    resource: Arc<Resource>,
    scope: Arc<Scope>,
}

/// What Clew's own export says about a record (docs/formats/export.md).
#[derive(Debug, Default)]
pub(crate) struct LogExtension {
    /// Place among the span's events.
    pub(crate) index: Option<usize>,
    /// Id of a run event.
    pub(crate) event_id: Option<String>,
}

impl LogExtension {
    /// The record is one of Clew's own: it is taken as it stands.
    fn is_given(&self) -> bool {
        self.index.is_some() || self.event_id.is_some()
    }
}

impl Placed for LogRecord {
    fn set_resource(&mut self, resource: &Arc<Resource>) {
        self.resource = Arc::clone(resource);
    }

    fn set_scope(&mut self, scope: &Arc<Scope>) {
        self.scope = Arc::clone(scope);
    }
}

impl LogRecord {
    /// Loggers outside any trace write nothing or zeros.
    pub(crate) fn set_trace_id(&mut self, bytes: &[u8]) -> Parsed<()> {
        self.trace_id = given(TraceId::from_bytes(bytes), bytes)?;
        Ok(())
    }

    /// As [`LogRecord::set_trace_id`].
    pub(crate) fn set_span_id(&mut self, bytes: &[u8]) -> Parsed<()> {
        self.span_id = given(SpanId::from_bytes(bytes), bytes)?;
        Ok(())
    }

    /// The record's name as an event, empty for a plain log line.
    fn name(&self) -> String {
        if !self.event_name.is_empty() || self.extension.is_given() {
            return self.event_name.clone();
        }
        if let Some(name) = attribute(&self.attributes, "event.name").and_then(Value::as_str) {
            let foreign = self.is_claude_code() && !name.starts_with(CLAUDE_CODE_PREFIX);
            return if foreign { format!("{CLAUDE_CODE_PREFIX}{name}") } else { name.to_owned() };
        }
        if self.has("exception.type") || self.has("exception.message") {
            return "exception".to_owned();
        }
        if self.has(UNNAMED_CONTENT) { UNNAMED_CONTENT.to_owned() } else { String::new() }
    }

    fn has(&self, key: &str) -> bool {
        attribute(&self.attributes, key).is_some()
    }

    fn is_claude_code(&self) -> bool {
        self.scope.name.starts_with("com.anthropic.claude_code")
    }

    /// Whether the event says something about an agent.
    fn concerns_agents(&self, name: &str) -> bool {
        self.extension.is_given()
            || AGENT_EVENT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || name == "exception"
    }
}

const CLAUDE_CODE_PREFIX: &str = "claude_code.";
const UNNAMED_CONTENT: &str = "gen_ai.event.content";
/// About the process, not about a step. The first of them may name the span of whoever
/// started Claude Code, of which nothing else is ever known.
const PROCESS_EVENTS: [&str; 2] =
    ["claude_code.managed_settings_resolved", "claude_code.plugin_loaded"];
const AGENT_EVENT_PREFIXES: [&str; 3] = ["gen_ai.", CLAUDE_CODE_PREFIX, "agentos."];

fn given<T>(parsed: Result<T, IdError>, bytes: &[u8]) -> Parsed<Option<T>> {
    match parsed {
        Ok(id) => Ok(Some(id)),
        Err(IdError::Zero) => Ok(None),
        Err(_) if bytes.is_empty() => Ok(None),
        Err(error) => Err(Fault::content(error.to_string())),
    }
}

/// Sorts the records into parts of spans, run events, and those that are not kept.
pub(crate) fn join(records: Vec<LogRecord>, decoded: Decoded) -> Decoded {
    let mut joined = Joined { decoded, ..Joined::default() };
    records.into_iter().for_each(|record| joined.add(record));
    joined.finish()
}

/// Puts records into the spans of the same request where they are (an export read back),
/// at the places that the export named; the others become parts of their own.
pub(crate) fn join_into_spans(records: Vec<LogRecord>, decoded: Decoded) -> Decoded {
    let mut joined = Joined { decoded, ..Joined::default() };
    for (index, span) in joined.decoded.spans.iter().enumerate() {
        joined.parts.entry((span.trace_id, span.span_id)).or_insert(index);
    }
    records.into_iter().for_each(|record| joined.add(record));
    joined.finish()
}

#[derive(Default)]
struct Joined {
    decoded: Decoded,
    parts: HashMap<(TraceId, SpanId), usize>,
    placed: HashMap<usize, Vec<(usize, SourceEvent)>>,
    /// Claude Code's records that name no span.
    untraced: Vec<LogRecord>,
    /// Sessions of Claude Code whose records do.
    traced: HashSet<String>,
}

impl Joined {
    fn add(&mut self, record: LogRecord) {
        let name = record.name();
        if record.trace_id.is_some() && record.is_claude_code() {
            self.traced.extend(claude::session(&record).map(str::to_owned));
        }
        match (record.trace_id, record.span_id) {
            (None, _) if record.is_claude_code() => self.untraced.push(record),
            (None, _) => self.ignore("log record without a trace"),
            (Some(_), _) if name.is_empty() && !record.extension.is_given() => {
                self.ignore("log record that is no event")
            }
            (Some(trace_id), Some(_)) if PROCESS_EVENTS.contains(&name.as_str()) => {
                self.decoded.run_events.push(run_event(trace_id, name, record));
            }
            (Some(trace_id), Some(span_id)) if record.concerns_agents(&name) => {
                self.add_to_span(trace_id, span_id, name, record);
            }
            (Some(_), Some(_)) => self.ignore("event that does not concern agents"),
            (Some(trace_id), None) => {
                self.decoded.run_events.push(run_event(trace_id, name, record));
            }
        }
    }

    fn ignore(&mut self, reason: &str) {
        *self.decoded.ignored.entry(reason.to_owned()).or_default() += 1;
    }

    fn add_to_span(&mut self, trace_id: TraceId, span_id: SpanId, name: String, record: LogRecord) {
        let spans = &mut self.decoded.spans;
        let part = *self.parts.entry((trace_id, span_id)).or_insert_with(|| {
            let mut part = empty_part(trace_id, span_id, Sender::Otlp);
            part.resource = Arc::clone(&record.resource);
            part.scope = Arc::clone(&record.scope);
            spans.push(part);
            spans.len() - 1
        });
        let index = record.extension.index;
        let event = span_event(name, record);
        match index {
            Some(index) => self.placed.entry(part).or_default().push((index, event)),
            None => self.decoded.spans[part].events.push(event),
        }
    }

    fn finish(mut self) -> Decoded {
        let built = claude::build(std::mem::take(&mut self.untraced), &self.traced);
        self.decoded.spans.extend(built.spans);
        self.decoded.run_events.extend(built.run_events);
        if built.ignored > 0 {
            let reason = "Claude Code event without a trace".to_owned();
            *self.decoded.ignored.entry(reason).or_default() += built.ignored;
        }
        for (part, mut placed) in self.placed {
            placed.sort_by_key(|(index, _)| *index);
            let events = &mut self.decoded.spans[part].events;
            *events = merge(std::mem::take(events), placed);
        }
        self.decoded
    }
}

/// Events in their order, with others at the places that they name.
fn merge(own: Vec<SourceEvent>, placed: Vec<(usize, SourceEvent)>) -> Vec<SourceEvent> {
    let mut merged = Vec::with_capacity(own.len() + placed.len());
    let mut own = own.into_iter();
    for (index, event) in placed {
        let before = index.saturating_sub(merged.len());
        merged.extend(own.by_ref().take(before));
        merged.push(event);
    }
    merged.extend(own);
    merged
}

/// The body stands among the attributes, last, where it says anything.
fn with_body(mut attributes: Attributes, body: Value) -> Attributes {
    if body != Value::Empty {
        attributes.push(("body".to_owned(), body));
    }
    attributes
}

fn span_event(name: String, record: LogRecord) -> SourceEvent {
    SourceEvent {
        time_nanos: time(&record),
        name,
        attributes: with_body(record.attributes, record.body),
        dropped_attributes_count: record.dropped_attributes_count,
        from_log: Some(LogOrigin {
            severity_number: record.severity_number,
            severity_text: record.severity_text,
            scope_name: record.scope.name.clone(),
            observed_nanos: record.observed_nanos,
        }),
    }
}

fn run_event(trace_id: TraceId, name: String, record: LogRecord) -> RunEvent {
    let time_nanos = time(&record);
    let attributes = with_body(record.attributes, record.body);
    let event_id = record
        .extension
        .event_id
        .unwrap_or_else(|| content_id(trace_id, time_nanos, &name, &attributes));
    RunEvent { trace_id, event_id, time_nanos, name, attributes }
}

fn time(record: &LogRecord) -> i64 {
    if record.time_nanos == 0 { record.observed_nanos } else { record.time_nanos }
}

/// An id for an event whose sender has none: the same event sent again gets the same.
pub(crate) fn content_id(
    trace_id: TraceId,
    time_nanos: i64,
    name: &str,
    attributes: &Attributes,
) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(trace_id.as_bytes());
    hasher.update(&time_nanos.to_le_bytes());
    hasher.update(name.as_bytes());
    let mut json = String::new();
    super::export::write_attributes(&mut json, attributes);
    hasher.update(json.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}
