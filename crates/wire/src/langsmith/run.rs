//! A run, or what is known of it so far, as a part of a span.
//!
//! A run is told by a post when it starts and a patch when it ends, or whole in one of the
//! two, in any order. An empty object of outputs says "not yet". Fields are kept by the
//! names that LangSmith's own OpenTelemetry exporter gives them.

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{Sender, SourceEvent, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value, attribute};

use super::answer::Answer;
use super::known::{Known, said_trace};
use super::{Context, order};
use crate::fault::{Fault, Parsed, Within};
use crate::parts::{check_part, checked_span_id, checked_trace_id, missing, named_part};
use crate::raw::{RawFields, elements, is_blank, payload};
use crate::time::parse_time;

/// Which call told it. The later one's fields win where both have the same end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Call {
    /// It starts, or is told whole.
    Post,
    /// It ends, or changes.
    Patch,
}

/// Reads a run.
pub(super) fn part(
    id: &str,
    call: Call,
    mut fields: RawFields<'_>,
    known: &Known,
    context: &Context<'_>,
) -> Parsed<SourceSpan> {
    let mut run = with_ids(id, call, &mut fields, known, context)?;
    run.version = Some(i64::from(call == Call::Patch));
    run.name = fields.text("name")?.filter(|name| !name.is_empty());
    run.start_nanos = fields.time("start_time")?;
    run.end_nanos = fields.time("end_time")?;
    if call == Call::Post && run.start_nanos.is_none() && run.end_nanos.is_none() {
        run.start_nanos = Some(context.now_nanos);
    }
    let kind = fields.word("run_type")?;
    run.kind = match kind.as_deref() {
        Some("llm" | "embedding") => SpanKind::Client,
        Some(_) => SpanKind::Internal,
        None => SpanKind::Unspecified,
    };
    add_texts(&mut run.attributes, kind, &mut fields, context)?;
    add_payloads(&mut run.attributes, &mut fields)?;
    set_status(&mut run, &mut fields)?;
    add_events(&mut run, fields.raw("events"), context).within("events")?;
    fields.drop_blank();
    run.attributes.extend(fields.rest("langsmith.extra.", &[])?);
    check_part(&run, context.limits)?;
    Ok(run)
}

/// Ids, trace and parent.
fn with_ids(
    id: &str,
    call: Call,
    fields: &mut RawFields<'_>,
    known: &Known,
    context: &Context<'_>,
) -> Parsed<SourceSpan> {
    let span_id = checked_span_id(id).within("id")?;
    let own = checked_trace_id(id).within("id")?;
    let said = said_trace(id, fields);
    let trace = fields.word("trace_id")?;
    let parent = fields.word("parent_run_id")?;
    let dotted = fields.word("dotted_order")?;
    let order = dotted
        .as_deref()
        .and_then(|text| order::believed(text, id, parent.as_deref(), trace.as_deref()));
    if let (Some(trace), None) = (&trace, said) {
        checked_trace_id(trace).within("trace_id")?;
    }
    let parent = parent.as_deref().or(order.and_then(|order| order.parent));
    let parent_span_id = parent.map(checked_span_id).transpose().within("parent_run_id")?;
    let found = said.or_else(|| match parent_span_id {
        // A run posted without a parent is a root, and its id the trace's.
        None if call == Call::Post => None,
        None => known.trace_of(span_id, context),
        Some(parent) => {
            known.trace_of(span_id, context).or_else(|| known.trace_of(parent, context))
        }
    });
    let trace_id: TraceId = match (found, parent) {
        (Some(trace_id), _) => trace_id,
        // Of a run that nothing else is known of, the parent is more likely the root.
        (None, Some(parent)) => checked_trace_id(parent).within("parent_run_id")?,
        (None, None) => own,
    };
    let sender_trace = match trace {
        Some(trace) => trace,
        None => trace_id.to_string(),
    };
    let mut run = named_part((trace_id, &sender_trace), (span_id, id), Sender::Langsmith);
    run.parent_span_id = parent_span_id.filter(|parent: &SpanId| *parent != span_id);
    let dotted = dotted.map(|text| ("langsmith.dotted_order".to_owned(), Value::String(text)));
    run.attributes.extend(dotted);
    Ok(run)
}

fn add_texts(
    attributes: &mut Attributes,
    kind: Option<String>,
    fields: &mut RawFields<'_>,
    context: &Context<'_>,
) -> Parsed<()> {
    // LangSmith's "session" is its project.
    let texts = [
        ("langsmith.span.kind", kind),
        ("langsmith.trace.session_name", fields.word("session_name")?),
        ("langsmith.trace.session_id", fields.word("session_id")?),
        ("langsmith.reference_example_id", fields.word("reference_example_id")?),
    ];
    let texts = texts.into_iter().filter_map(|(key, text)| Some((key, Value::String(text?))));
    attributes.extend(texts.map(|(key, value)| (key.to_owned(), value)));
    if let Some(tags) = fields.raw("tags").filter(|tags| !is_blank(tags)) {
        let most = context.limits.attributes_per_item;
        let tags = match tags.starts_with('[') {
            true => elements(tags, most).and_then(|tags| tags.into_iter().map(payload).collect()),
            false => payload(tags).map(|tag| vec![tag]),
        };
        let tags: Vec<Value> = tags.within("tags")?;
        let key = "langsmith.span.tags".to_owned();
        attributes.push((key, Value::Array(tags.into_iter().filter(is_text).collect())));
    }
    Ok(())
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

/// Inputs and outputs, what the answer says beside its text, and what stands beside them.
fn add_payloads(attributes: &mut Attributes, fields: &mut RawFields<'_>) -> Parsed<()> {
    let inputs = fields.raw("inputs").filter(|text| !is_blank(text));
    let outputs = fields.raw("outputs").filter(|text| !is_blank(text));
    for (key, raw) in [("gen_ai.prompt", inputs), ("gen_ai.completion", outputs)] {
        if let Some(raw) = raw {
            attributes.push((key.to_owned(), payload(raw)?));
        }
    }
    if let Some(serialized) = fields.raw("serialized").filter(|text| !is_blank(text)) {
        attributes.push(("langsmith.serialized".to_owned(), payload(serialized)?));
    }
    let mut extra = match fields.peek("extra") {
        Some(text) if text.starts_with('{') => fields.object("extra")?.unwrap_or_default(),
        _ => RawFields::default(),
    };
    let mut metadata = match extra.peek("metadata") {
        Some(text) if text.starts_with('{') => extra.object("metadata")?.unwrap_or_default(),
        _ => RawFields::default(),
    };
    let answer = outputs.map(Answer::of).unwrap_or_default();
    let usage = answer.usage(&metadata);
    attributes.extend(usage.map(|usage| ("langsmith.usage_metadata".to_owned(), usage)));
    let kind = attribute(attributes, "langsmith.span.kind").and_then(Value::as_str);
    match kind {
        Some("llm" | "embedding") => attributes.extend(answer.facts()),
        Some("tool") => {
            let id = answer.tool_call_id().map(Value::String);
            attributes.extend(id.map(|id| ("gen_ai.tool.call.id".to_owned(), id)));
        }
        _ => {}
    }
    attributes.extend(metadata.rest("langsmith.metadata.", &[]).within("extra.metadata")?);
    for (name, key) in [
        ("runtime", "langsmith.span.runtime"),
        ("invocation_params", "langsmith.invocation_params"),
    ] {
        let value = extra.payload(name).within("extra")?;
        attributes.extend(value.map(|value| (key.to_owned(), value)));
    }
    attributes.extend(extra.rest("langsmith.extra.", &[]).within("extra")?);
    Ok(())
}

/// The error is a text: what was raised, and its traceback below.
fn set_status(run: &mut SourceSpan, fields: &mut RawFields<'_>) -> Parsed<()> {
    let said = fields.word("status")?;
    let error = fields.raw("error").map(payload).transpose().within("error")?;
    let error = match error {
        Some(Value::String(text)) if text.trim().is_empty() => None,
        Some(Value::String(text)) => Some(text),
        Some(Value::Bool(false)) | None => None,
        Some(_) => Some("failed".to_owned()),
    };
    let Some(error) = error else {
        run.status.code = match said.as_deref() {
            Some("error") => StatusCode::Error,
            Some("pending") => StatusCode::Unset,
            _ if run.end_nanos.is_some() => StatusCode::Ok,
            _ => StatusCode::Unset,
        };
        return Ok(());
    };
    run.status.code = StatusCode::Error;
    let (message, stack) = split_error(&error);
    run.status.message = message.to_owned();
    if let Some(time_nanos) = run.end_nanos.or(run.start_nanos) {
        let stack = stack.then(|| error.clone());
        let texts = [
            ("type", class_of(message).map(str::to_owned)),
            ("message", Some(message.to_owned())),
            ("stacktrace", stack),
        ];
        let attributes = texts
            .into_iter()
            .filter_map(|(key, text)| Some((format!("exception.{key}"), Value::String(text?))));
        run.events.push(event("exception", time_nanos, attributes.collect()));
    }
    Ok(())
}

/// The message before the traceback, and whether there is one: Python's or JavaScript's.
fn split_error(error: &str) -> (&str, bool) {
    let at = ["Traceback (most recent call last)", "\n    at "]
        .iter()
        .filter_map(|mark| error.find(mark))
        .min();
    match at.map(|at| error[..at].trim()) {
        Some("") | None => (error.trim(), at.is_some()),
        Some(message) => (message, true),
    }
}

/// `ValueError` of `ValueError('x')`, `TypeError` of `TypeError: x`.
fn class_of(message: &str) -> Option<&str> {
    let end = message.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))?;
    let class = &message[..end];
    let follows = message[end..].starts_with('(') || message[end..].starts_with(": ");
    let named = class.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    (follows && (named || class.contains('.'))).then_some(class)
}

/// Events as they came; `new_token` tells when the answer began. One that is not of the
/// form is kept as far as it goes: it must not cost the run.
fn add_events(run: &mut SourceSpan, raw: Option<&str>, context: &Context<'_>) -> Parsed<()> {
    let Some(raw) = raw.filter(|raw| raw.starts_with('[')) else { return Ok(()) };
    let start = run.start_nanos.or(run.end_nanos).unwrap_or(context.now_nanos);
    for item in elements(raw, context.limits.items_per_request)? {
        if run.events.len() >= context.limits.events_per_span {
            run.dropped.events += 1;
            continue;
        }
        if !item.starts_with('{') {
            let body = vec![("body".to_owned(), payload(item)?)];
            run.events.push(event("event", start, body));
            continue;
        }
        let mut fields = RawFields::read(item)?;
        let name = fields.word("name").ok().flatten().unwrap_or_else(|| "event".to_owned());
        let time = fields.payload("time")?;
        let time = time.and_then(|time| parse_time(&time).ok().flatten()).unwrap_or(start);
        run.events.push(event(&name, time, fields.rest("", &[])?));
    }
    Ok(())
}

fn event(name: &str, time_nanos: i64, attributes: Attributes) -> SourceEvent {
    SourceEvent {
        time_nanos,
        name: name.to_owned(),
        attributes,
        dropped_attributes_count: 0,
        from_log: None,
    }
}

/// The id of a run that names itself.
pub(super) fn id_of(fields: &mut RawFields<'_>) -> Parsed<String> {
    fields.word("id")?.ok_or_else(|| -> Box<Fault> { missing("id") })
}
