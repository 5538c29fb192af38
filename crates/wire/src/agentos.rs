//! AgentOS's run calls: start a run, open and close spans in it, note events, complete or
//! fail it; or many of these at once ([`add_batch`]). JSON in, parts of spans out; described
//! for senders in docs/agentos-calls.md.
//!
//! Every call is a part that may come late, twice or before the one it follows: ids are
//! the sender's, a missing field says nothing, and the store folds the parts together.

mod batch;
mod span;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{RunEvent, Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::Value;

use crate::decoded::Decoded;
use crate::fault::{Parsed, WireError, Within};
use crate::fields::Fields;
use crate::limits::Limits;
use crate::otlp::content_id;
use crate::parts::{
    check_part, check_sizes, checked_id, checked_span_id, checked_trace_id, keep_or_reject,
    missing, named_part,
};

pub use crate::parts::ID_MAX_BYTES;
pub use batch::add_batch;

/// What a call needs from outside.
pub struct Context<'a> {
    /// The time where the sender gave none.
    pub now_nanos: i64,
    /// Makes an id where the sender gave none.
    pub new_id: &'a mut dyn FnMut() -> String,
    /// Bounds on the body.
    pub limits: &'a Limits,
}

/// A run that was started, or said again to have started.
#[derive(Debug, Clone, PartialEq)]
pub struct StartedRun {
    /// The sender's id of it, or the one that was made.
    pub run_id: String,
    /// The trace that it is.
    pub trace_id: TraceId,
    /// Its root span.
    pub decoded: Decoded,
}

/// `POST /api/ingest/v1/runs`.
pub fn start_run(body: &[u8], context: &mut Context<'_>) -> Result<StartedRun, WireError> {
    let mut fields = Fields::read(body, context.limits)?;
    let run_id = match fields.word("run_id")? {
        Some(id) => id,
        None => (context.new_id)(),
    };
    let run = Run::of(&run_id).within("run_id")?;
    let replaced_texts = fields.replaced_texts;
    let root = start_part(&run, &run_id, fields, context)?;
    Ok(StartedRun { run_id, trace_id: run.trace_id, decoded: one(root, replaced_texts) })
}

/// What the call that starts a run says of its root.
fn start_part(
    run: &Run,
    run_id: &str,
    mut fields: Fields,
    context: &Context<'_>,
) -> Parsed<SourceSpan> {
    let mut root = run.root_part();
    let name = fields.text("name")?;
    let agent_id = fields.word("agent_id")?;
    let agent_name = fields.text("agent_name")?;
    let shown = [&name, &agent_name, &agent_id].into_iter().flatten().next();
    root.name = Some(shown.map_or("run", String::as_str).to_owned());
    root.kind = SpanKind::Internal;
    root.start_nanos = Some(fields.time("start_time")?.unwrap_or(context.now_nanos));
    root.end_nanos = fields.time("end_time")?;
    root.sequence = fields.integer("sequence")?;
    root.version = fields.integer("version")?;
    let texts = [
        ("agentos.kind", Some("run".to_owned())),
        ("agentos.run_id", Some(run_id.to_owned())),
        ("agentos.run_name", name),
        ("agentos.agent_id", agent_id),
        ("agentos.agent_name", agent_name),
        ("agentos.session_id", fields.word("session_id")?),
        ("agentos.user_id", fields.word("user_id")?),
        ("agentos.environment", fields.text("environment")?),
        ("agentos.release", fields.text("release")?),
    ];
    for (key, text) in texts {
        root.attributes.extend(text.map(|text| (key.to_owned(), Value::String(text))));
    }
    for key in ["input", "output", "tags"] {
        let value = fields.any(key);
        root.attributes.extend(value.map(|value| (format!("agentos.{key}"), value)));
    }
    root.attributes.extend(fields.prefixed("metadata", "agentos.metadata.")?);
    root.attributes.extend(fields.prefixed("data", "agentos.data.")?);
    root.attributes.extend(fields.rest("agentos.extra."));
    check_part(&root, context.limits)?;
    Ok(root)
}

/// `POST /api/ingest/v1/runs/{run_id}/spans`.
pub fn add_spans(
    run_id: &str,
    body: &[u8],
    context: &mut Context<'_>,
) -> Result<Decoded, WireError> {
    let run = Run::of(run_id).within("run_id")?;
    let mut fields = Fields::read(body, context.limits)?;
    let items = fields.list("spans")?.ok_or_else(|| missing("spans"))?;
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    take_spans(&mut decoded, &run, "spans", items, context);
    Ok(decoded)
}

/// Takes a list of spans that stands as `list` in the request.
fn take_spans(
    decoded: &mut Decoded,
    run: &Run,
    list: &str,
    items: Vec<Value>,
    context: &mut Context<'_>,
) {
    for (index, item) in items.into_iter().enumerate() {
        let part = Fields::of(item).and_then(|fields| span::part(run, fields, context));
        keep_or_reject(decoded, context.limits, list, index, part, |decoded, part| {
            decoded.spans.push(part)
        });
    }
}

/// `POST /api/ingest/v1/runs/{run_id}/events`.
pub fn add_events(
    run_id: &str,
    body: &[u8],
    context: &mut Context<'_>,
) -> Result<Decoded, WireError> {
    let run = Run::of(run_id).within("run_id")?;
    let mut fields = Fields::read(body, context.limits)?;
    let items = fields.list("events")?.ok_or_else(|| missing("events"))?;
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    take_events(&mut decoded, &run, "events", items, context);
    Ok(decoded)
}

/// Takes a list of events that stands as `list` in the request.
fn take_events(
    decoded: &mut Decoded,
    run: &Run,
    list: &str,
    items: Vec<Value>,
    context: &Context<'_>,
) {
    for (index, item) in items.into_iter().enumerate() {
        let event = Fields::of(item).and_then(|fields| run_event(run, fields, context));
        keep_or_reject(decoded, context.limits, list, index, event, |decoded, event| {
            decoded.run_events.push(event);
        });
    }
}

/// `POST /api/ingest/v1/runs/{run_id}/complete`. The body may be empty.
pub fn complete_run(
    run_id: &str,
    body: &[u8],
    context: &mut Context<'_>,
) -> Result<Decoded, WireError> {
    end_run(run_id, body, StatusCode::Ok, context)
}

/// `POST /api/ingest/v1/runs/{run_id}/fail`. The body may be empty.
pub fn fail_run(
    run_id: &str,
    body: &[u8],
    context: &mut Context<'_>,
) -> Result<Decoded, WireError> {
    end_run(run_id, body, StatusCode::Error, context)
}

fn end_run(
    run_id: &str,
    body: &[u8],
    code: StatusCode,
    context: &Context<'_>,
) -> Result<Decoded, WireError> {
    let run = Run::of(run_id).within("run_id")?;
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    let fields = Fields::read(body, context.limits)?;
    let replaced_texts = fields.replaced_texts;
    Ok(one(end_part(&run, fields, code, context)?, replaced_texts))
}

/// What the call that ends a run says of its root.
fn end_part(
    run: &Run,
    mut fields: Fields,
    code: StatusCode,
    context: &Context<'_>,
) -> Parsed<SourceSpan> {
    let mut root = run.root_part();
    let end = fields.time("end_time")?.unwrap_or(context.now_nanos);
    root.end_nanos = Some(end);
    root.version = fields.integer("version")?;
    let output = fields.any("output");
    root.attributes.extend(output.map(|output| ("agentos.output".to_owned(), output)));
    if let Some(error) = fields.any("error") {
        span::set_error(&mut root, error, end)?;
    }
    root.status.code = code;
    root.attributes.extend(fields.prefixed("end_data", "agentos.end.")?);
    root.attributes.extend(fields.prefixed("metadata", "agentos.metadata.")?);
    root.attributes.extend(fields.rest("agentos.extra."));
    check_part(&root, context.limits)?;
    Ok(root)
}

fn run_event(run: &Run, mut fields: Fields, context: &Context<'_>) -> Parsed<RunEvent> {
    let id = fields.word("id")?.map(|id| checked_id(&id).map(|()| id)).transpose().within("id")?;
    let name = fields.text("name")?.ok_or_else(|| missing("name"))?;
    let time_nanos = fields.time("time")?.unwrap_or(context.now_nanos);
    let mut attributes = fields.prefixed("data", "")?;
    if let Some(span) = fields.word("span_id")? {
        let id = checked_span_id(&span).within("span_id")?;
        attributes.push(("span_id".to_owned(), Value::String(id.to_string())));
    }
    attributes.extend(fields.rest("agentos.extra."));
    check_sizes(&name, &attributes, context.limits)?;
    let trace_id = run.trace_id;
    let event_id = id.unwrap_or_else(|| content_id(trace_id, time_nanos, &name, &attributes));
    Ok(RunEvent { trace_id, event_id, time_nanos, name, attributes })
}

/// The run that a call is about.
pub(crate) struct Run {
    trace_id: TraceId,
    root_id: SpanId,
    sender_id: String,
}

impl Run {
    /// The trace by ruling 20; the root span has the run's id too.
    fn of(run_id: &str) -> Parsed<Run> {
        Ok(Run {
            trace_id: checked_trace_id(run_id)?,
            root_id: checked_span_id(run_id)?,
            sender_id: run_id.trim().to_owned(),
        })
    }

    /// A part of a span of this run that says nothing yet.
    fn part(&self, span_id: SpanId, sender_id: &str) -> SourceSpan {
        named_part((self.trace_id, &self.sender_id), (span_id, sender_id), Sender::Agentos)
    }

    fn root_part(&self) -> SourceSpan {
        self.part(self.root_id, &self.sender_id)
    }
}

fn one(part: SourceSpan, replaced_texts: u64) -> Decoded {
    Decoded { spans: vec![part], accepted_count: 1, replaced_texts, ..Decoded::default() }
}
