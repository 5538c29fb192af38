//! Claude Code without its traces: most people send its log records alone. Such a record
//! names no span, but the prompt that it belongs to, so runs are built from them: one for
//! each prompt, with its model calls, tools and sub-agents.
//!
//! Ids come from what the records say, so a record that comes again gives the same part, and
//! every record stands for itself: a run grows whatever order they come in. Names and
//! attributes are those of Claude Code's own spans, which the tables read. Where a session
//! shows trace ids its spans come as well, and nothing is built.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{RunEvent, Sender, SourceSpan, SourceStatus, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value, attribute};

use super::{LogRecord, PROCESS_EVENTS, content_id, run_event, span_event, time};
use crate::parts::{checked_id, checked_span_id, checked_trace_id};

/// Said of the whole session, and repeated on each record.
const COMMON: [&str; 8] = [
    "session.id",
    "user.id",
    "user.email",
    "user.account_uuid",
    "user.account_id",
    "organization.id",
    "app.version",
    "terminal.type",
];

/// Without a prompt only these are worth a run: what starts a process or a plug-in is not.
const STEPS: [&str; 6] = [
    "user_prompt",
    "assistant_response",
    "api_request",
    "api_error",
    "tool_result",
    "tool_decision",
];

/// Spans that are built from the records of one request.
#[derive(Default)]
pub(super) struct Built {
    pub(super) spans: Vec<SourceSpan>,
    /// About the process, and whole bodies, beside the spans.
    pub(super) run_events: Vec<RunEvent>,
    /// Records that gave nothing.
    pub(super) ignored: u64,
    /// Places of the parts that several records share.
    shared: HashMap<(TraceId, SpanId, Part), usize>,
}

/// A shared span comes in two parts: what began it, of which the earliest is right, and what
/// ended it, of which the latest is. Folded, each field has its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Begun,
    Ended,
}

/// Builds spans from records without ids. `traced` are the sessions of which spans come.
pub(super) fn build(records: Vec<LogRecord>, traced: &HashSet<String>) -> Built {
    let mut built = Built::default();
    for record in records {
        match Place::of(&record).filter(|place| !traced.contains(&place.session)) {
            Some(place) => built.add(&place, record),
            None => built.ignored += 1,
        }
    }
    built
}

/// The session that a record of Claude Code names.
pub(super) fn session(record: &LogRecord) -> Option<&str> {
    text(&record.attributes, "session.id")
}

/// Where a record belongs.
struct Place {
    session: String,
    trace_id: TraceId,
    root: SpanId,
    /// The sender's id of the run: the prompt's, or the session's.
    run: String,
    of_prompt: bool,
    /// The sub-agent, and the one that started it.
    agent: Option<(String, SpanId)>,
    parent_agent: Option<SpanId>,
    event: String,
}

impl Place {
    /// `None` where the record is about no run.
    fn of(record: &LogRecord) -> Option<Place> {
        let attributes = &record.attributes;
        let session = session(record)?.to_owned();
        let prompt = text(attributes, "prompt.id");
        let name = record.name();
        let event = name.strip_prefix(super::CLAUDE_CODE_PREFIX).unwrap_or(&name);
        if event.is_empty() || (prompt.is_none() && !STEPS.contains(&event)) {
            return None;
        }
        let run = prompt.unwrap_or(&session).to_owned();
        let agent_of = |key| {
            let id = text(attributes, key)?;
            Some((id.to_owned(), checked_span_id(id).ok()?))
        };
        Some(Place {
            trace_id: checked_trace_id(&run).ok()?,
            root: checked_span_id(&run).ok()?,
            of_prompt: prompt.is_some(),
            agent: agent_of("agent_id"),
            parent_agent: agent_of("parent_agent_id").map(|(_, span_id)| span_id),
            event: event.to_owned(),
            session,
            run,
        })
    }

    /// The span that steps stand under.
    fn above(&self) -> SpanId {
        self.agent.as_ref().map_or(self.root, |(_, span_id)| *span_id)
    }
}

impl Built {
    fn add(&mut self, place: &Place, record: LogRecord) {
        let name = record.name();
        if PROCESS_EVENTS.contains(&name.as_str()) {
            return self.run_events.push(run_event(place.trace_id, name, record));
        }
        let at = time(&record);
        let begun = at.saturating_sub(duration_nanos(&record.attributes));
        self.witness(place, &record, begun, at);
        match place.event.as_str() {
            "api_request" => self.call(place, record, begun, at, false),
            "api_error" => self.call(place, record, begun, at, true),
            "tool_result" => self.tool_result(place, record, begun, at),
            "tool_decision" => self.tool_decision(place, record, at),
            "subagent_completed" => self.completed(place, record, begun, at),
            // Whole requests, each with the conversation so far: beside the spans, or the
            // interaction would grow by all of them.
            "api_request_body" | "api_response_body" => {
                self.run_events.push(run_event(place.trace_id, name, record));
            }
            _ => self.keep_event(place, place.above(), record),
        }
    }

    /// What any record tells of the spans above it: that they are there, and since when.
    fn witness(&mut self, place: &Place, record: &LogRecord, begun: i64, at: i64) {
        let root = self.shared(place, record, place.root, Part::Begun);
        root.sender_span_id = Some(place.run.clone());
        let name = if place.of_prompt { "interaction" } else { "session" };
        name_part(root, name, &record.attributes);
        begin(root, begun);
        match &place.agent {
            // A sub-agent may go on when its run's answer has been given.
            None => {
                let root = self.shared(place, record, place.root, Part::Ended);
                root.end_nanos = root.end_nanos.max(Some(at));
            }
            Some((agent_id, span_id)) => {
                let agent = self.shared(place, record, *span_id, Part::Begun);
                agent.parent_span_id = Some(place.parent_agent.unwrap_or(place.root));
                agent.sender_span_id = Some(agent_id.clone());
                name_part(agent, "subagent", &record.attributes);
                begin(agent, begun);
                set(agent, "agent_id", Value::String(agent_id.clone()));
                let named = ["agent.name", "agent_type"];
                let kind = named.iter().find_map(|key| text(&record.attributes, key));
                if let Some(kind) = kind {
                    set(agent, "gen_ai.agent.name", kind.into());
                }
            }
        }
    }

    /// A model call: the record is the span.
    fn call(&mut self, place: &Place, record: LogRecord, begun: i64, at: i64, failed: bool) {
        let Ok(span_id) = SpanId::from_sender(&numbered(place, &record, at)) else { return };
        let mut span = part(place, span_id, &record);
        span.parent_span_id = Some(place.above());
        span.name = Some("claude_code.llm_request".to_owned());
        span.kind = SpanKind::Internal;
        (span.start_nanos, span.end_nanos) = (Some(begun), Some(at));
        if failed {
            span.status = failed_status(&record.attributes);
        }
        span.attributes = own(record.attributes);
        self.spans.push(span);
    }

    fn tool_result(&mut self, place: &Place, record: LogRecord, begun: i64, at: i64) {
        let Some(mut span) = tool(place, &record, at) else { return };
        (span.start_nanos, span.end_nanos) = (Some(begun), Some(at));
        if is_false(&record.attributes, "success") {
            span.status = failed_status(&record.attributes);
        }
        span.attributes = own(record.attributes);
        self.spans.push(span);
    }

    /// The tool is open until its result comes, unless it was refused.
    fn tool_decision(&mut self, place: &Place, record: LogRecord, at: i64) {
        if text(&record.attributes, "tool_use_id").is_none() {
            return self.keep_event(place, place.above(), record);
        }
        let Some(mut span) = tool(place, &record, at) else { return };
        span.start_nanos = Some(at);
        let refused = text(&record.attributes, "decision") == Some("reject");
        span.end_nanos = refused.then_some(at);
        for key in ["tool_name", "tool_use_id"] {
            if let Some(value) = attribute(&record.attributes, key) {
                span.attributes.push((key.to_owned(), value.clone()));
            }
        }
        let name = record.name();
        span.events.push(span_event(name, record));
        self.spans.push(span);
    }

    fn completed(&mut self, place: &Place, record: LogRecord, begun: i64, at: i64) {
        let Some((_, span_id)) = place.agent else {
            return self.keep_event(place, place.root, record);
        };
        let agent = self.shared(place, &record, span_id, Part::Ended);
        (agent.start_nanos, agent.end_nanos) = (Some(begun), Some(at));
        self.keep_event(place, span_id, record);
    }

    fn keep_event(&mut self, place: &Place, span_id: SpanId, record: LogRecord) {
        let part = self.shared(place, &record, span_id, Part::Begun);
        let name = record.name();
        part.events.push(span_event(name, record));
    }

    fn shared(
        &mut self,
        place: &Place,
        record: &LogRecord,
        span_id: SpanId,
        which: Part,
    ) -> &mut SourceSpan {
        let spans = &mut self.spans;
        let index = *self.shared.entry((place.trace_id, span_id, which)).or_insert_with(|| {
            spans.push(part(place, span_id, record));
            spans.len() - 1
        });
        &mut spans[index]
    }
}

fn part(place: &Place, span_id: SpanId, record: &LogRecord) -> SourceSpan {
    let mut part = SourceSpan::part(place.trace_id, span_id, Sender::Otlp);
    part.sender_trace_id = Some(place.run.clone());
    part.resource = Arc::clone(&record.resource);
    part.scope = Arc::clone(&record.scope);
    part
}

/// The span of a tool's call, where its decision and its result meet.
fn tool(place: &Place, record: &LogRecord, at: i64) -> Option<SourceSpan> {
    let called = text(&record.attributes, "tool_use_id").filter(|id| checked_id(id).is_ok());
    let called = called.map(str::to_owned);
    let id = called.clone().unwrap_or_else(|| numbered(place, record, at));
    let mut span = part(place, SpanId::from_sender(&id).ok()?, record);
    span.sender_span_id = called;
    span.parent_span_id = Some(place.above());
    span.name = Some("claude_code.tool".to_owned());
    span.kind = SpanKind::Internal;
    Some(span)
}

/// An id for a record that is a span: its number in the process, which begins anew when a
/// session is resumed, but then with another prompt. Older versions do not number.
fn numbered(place: &Place, record: &LogRecord, at: i64) -> String {
    match attribute(&record.attributes, "event.sequence") {
        Some(Value::Int(number)) => format!("{} {} {number}", place.run, place.event),
        _ => content_id(place.trace_id, at, &record.name(), &record.attributes)[..16].to_owned(),
    }
}

fn name_part(part: &mut SourceSpan, name: &str, attributes: &Attributes) {
    part.name = Some(format!("{}{name}", super::CLAUDE_CODE_PREFIX));
    part.kind = SpanKind::Internal;
    for key in COMMON {
        if let Some(value) = attribute(attributes, key) {
            set(part, key, value.clone());
        }
    }
}

/// The earliest beginning is the right one: the smaller the start, the larger the version.
fn begin(part: &mut SourceSpan, begun: i64) {
    let start = part.start_nanos.map_or(begun, |start| start.min(begun));
    part.start_nanos = Some(start);
    part.version = Some(start.saturating_neg());
}

fn set(part: &mut SourceSpan, key: &str, value: Value) {
    match part.attributes.iter_mut().find(|(name, _)| name == key) {
        Some((_, old)) => *old = value,
        None => part.attributes.push((key.to_owned(), value)),
    }
}

/// A record's attributes as a span's. The prompt's id is the run's; as an attribute it would
/// read as that of a managed prompt.
fn own(mut attributes: Attributes) -> Attributes {
    attributes.retain(|(key, _)| key != "prompt.id");
    attributes
}

fn text<'a>(attributes: &'a Attributes, key: &str) -> Option<&'a str> {
    attribute(attributes, key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// What went wrong in words, which are sent only where details are, else its kind.
fn failed_status(attributes: &Attributes) -> SourceStatus {
    let message = text(attributes, "error").or_else(|| text(attributes, "error_type"));
    SourceStatus { code: StatusCode::Error, message: message.unwrap_or_default().to_owned() }
}

fn is_false(attributes: &Attributes, key: &str) -> bool {
    match attribute(attributes, key) {
        Some(Value::Bool(flag)) => !flag,
        Some(Value::String(text)) => text == "false",
        _ => false,
    }
}

/// Nanoseconds of `duration_ms`, which older versions write as a text.
fn duration_nanos(attributes: &Attributes) -> i64 {
    let milliseconds = match attribute(attributes, "duration_ms") {
        Some(Value::Int(number)) => *number as f64,
        Some(Value::Double(number)) => *number,
        Some(Value::String(text)) => text.trim().parse().unwrap_or(0.0),
        _ => 0.0,
    };
    // A year is longer than any step takes.
    if (0.0..3.2e10).contains(&milliseconds) { (milliseconds * 1e6).round() as i64 } else { 0 }
}

#[cfg(test)]
mod tests;
