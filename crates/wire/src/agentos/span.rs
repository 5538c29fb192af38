//! Spans of a run: what opens one, what ends one, and both at once.

use clew_model::source::{SourceEvent, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value};

use super::{Context, Run};
use crate::fault::{Fault, Parsed, Within};
use crate::fields::{Fields, wrong_type};
use crate::parts::{check_part, checked_id, checked_span_id};

/// Reads one element of `spans`.
///
/// It opens the span where it has a name, a start or data, and only then says the parent;
/// it ends the span where it has an end, an error, a status or end data. A part that only
/// ends must not move a span that an earlier part opened elsewhere.
pub(super) fn part(run: &Run, mut fields: Fields, context: &mut Context<'_>) -> Parsed<SourceSpan> {
    let opens = ["name", "start_time", "data", "input"].iter().any(|key| fields.has(key));
    let ends =
        ["end_time", "end_data", "error", "status", "output"].iter().any(|key| fields.has(key));
    let id = fields.word("id")?.unwrap_or_else(|| (context.new_id)());
    let span_id = checked_span_id(&id).within("id")?;
    let mut part = run.part(span_id, &id);
    let parent = fields.word("parent_id")?;
    part.parent_span_id = match parent {
        Some(parent) => Some(checked_span_id(&parent).within("parent_id")?),
        None if opens && span_id != run.root_id => Some(run.root_id),
        None => None,
    };
    let kind = fields.text("kind")?;
    checked_id(kind.as_deref().unwrap_or_default()).within("kind")?;
    part.name = fields.text("name")?.or_else(|| kind.clone().filter(|_| opens));
    part.start_nanos = match fields.time("start_time")? {
        None if opens && !ends => Some(context.now_nanos),
        given => given,
    };
    if let Some(kind) = kind {
        part.kind = span_kind(&kind);
        part.attributes.push(("agentos.kind".to_owned(), Value::String(kind)));
    }
    part.sequence = fields.integer("sequence")?;
    part.version = fields.integer("version")?;
    add_payload(&mut part.attributes, &mut fields)?;
    let end = fields.time("end_time")?;
    if ends {
        let end = end.unwrap_or(context.now_nanos);
        part.end_nanos = Some(end);
        set_status(&mut part, &mut fields, end)?;
    }
    part.attributes.extend(fields.rest("agentos.extra."));
    check_part(&part, context.limits)?;
    Ok(part)
}

fn span_kind(kind: &str) -> SpanKind {
    match kind {
        "llm" | "model" | "embedding" => SpanKind::Client,
        _ => SpanKind::Internal,
    }
}

fn add_payload(attributes: &mut Attributes, fields: &mut Fields) -> Parsed<()> {
    for key in ["session_id", "user_id", "agent_id", "agent_name"] {
        let text = fields.word(key)?;
        attributes.extend(text.map(|text| (format!("agentos.{key}"), Value::String(text))));
    }
    for key in ["input", "output", "tags"] {
        let value = fields.any(key);
        attributes.extend(value.map(|value| (format!("agentos.{key}"), value)));
    }
    attributes.extend(fields.prefixed("data", "agentos.data.")?);
    attributes.extend(fields.prefixed("end_data", "agentos.end.")?);
    attributes.extend(fields.prefixed("metadata", "agentos.metadata.")?);
    Ok(())
}

fn set_status(part: &mut SourceSpan, fields: &mut Fields, end: i64) -> Parsed<()> {
    let error = fields.any("error").filter(|error| *error != Value::Bool(false));
    part.status.code = match fields.text("status")?.as_deref() {
        Some("error" | "failed" | "ERROR") => StatusCode::Error,
        None | Some("ok" | "completed" | "OK") => StatusCode::Ok,
        Some(other) => {
            return Err(
                Fault::content(format!("{other:?} is neither ok nor error")).within("status")
            );
        }
    };
    if let Some(error) = error {
        part.status.code = StatusCode::Error;
        set_error(part, error, end)?;
    }
    Ok(())
}

/// Takes an error: its text, or an object with `message`, `type` and `stack`. A stack
/// becomes an exception event, where OpenTelemetry's senders put it.
pub(super) fn set_error(part: &mut SourceSpan, error: Value, end: i64) -> Parsed<()> {
    let mut fields = match error {
        Value::String(message) => vec![("message".to_owned(), Value::String(message))],
        Value::Bool(_) => Vec::new(),
        Value::Map(fields) => fields,
        other => return Err(wrong_type("a string or an object", &other).within("error")),
    };
    let message = take_text(&mut fields, &["message", "detail"]);
    let kind = take_text(&mut fields, &["type", "kind", "name"]);
    let stack = take_text(&mut fields, &["stack", "stacktrace", "traceback"]);
    part.status.message = message.clone().unwrap_or_default();
    if let Some(stack) = stack {
        let exception = [("type", &kind), ("message", &message), ("stacktrace", &Some(stack))];
        let attributes = exception.into_iter().filter_map(|(key, text)| {
            Some((format!("exception.{key}"), Value::String(text.clone()?)))
        });
        part.events.push(SourceEvent {
            time_nanos: end,
            name: "exception".to_owned(),
            attributes: attributes.collect(),
            dropped_attributes_count: 0,
            from_log: None,
        });
    }
    let known = [("agentos.error", message), ("agentos.error.type", kind)];
    let known = known.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into())));
    part.attributes.extend(known);
    let others = fields.into_iter();
    part.attributes.extend(others.map(|(key, value)| (format!("agentos.error.{key}"), value)));
    Ok(())
}

/// Takes the first of these keys that holds a text.
fn take_text(fields: &mut Attributes, keys: &[&str]) -> Option<String> {
    let place = keys.iter().find_map(|key| {
        fields.iter().position(|(name, value)| name == key && value.as_str().is_some())
    })?;
    match fields.remove(place).1 {
        Value::String(text) => Some(text),
        _ => None,
    }
}
