//! A span a record: what OpenTelemetry's console exporters print, what Phoenix and others
//! write as JSON lines, and OTLP's own spans without their wrapping.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{
    Resource, Scope, Sender, SourceEvent, SourceLink, SourceSpan, SpanKind, StatusCode,
};
use clew_model::value::{Attributes, Value};

use super::{Reading, part, records};
use crate::decoded::Tally;
use crate::fault::{Fault, Parsed, Within};
use crate::fields::Fields;
use crate::otlp::{Encoding, decode_traces};
use crate::time::parse_time;

/// Spellings of one field, the first that is there counts.
const TRACE_IDS: &[&str] = &["trace_id", "context.trace_id", "traceId"];
const SPAN_IDS: &[&str] = &["span_id", "context.span_id", "spanId"];
const PARENT_IDS: &[&str] = &["parent_id", "parent_span_id", "parentSpanId", "parentId"];
const STARTS: &[&str] = &["start_time", "start_time_unix_nano", "startTime", "startTimeUnixNano"];
const ENDS: &[&str] = &["end_time", "end_time_unix_nano", "endTime", "endTimeUnixNano"];
const TIMES: &[&str] = &["timestamp", "time", "time_unix_nano", "timeUnixNano"];
const MESSAGES: &[&str] = &["description", "message", "status_message"];

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    let limits = reading.context.limits;
    let mut tally = Tally::new(limits);
    for (number, line, fields) in records(text, limits) {
        let span = fields.and_then(|fields| match fields.is_list("attributes") {
            true => bare_otlp(line, reading),
            false => span_of(fields, &mut tally),
        });
        reading.take(number, span.map(|span| vec![span]));
    }
}

/// OTLP's JSON of one span: wrapped as OTLP wants it, its own reader reads it.
fn bare_otlp(line: &str, reading: &Reading<'_>) -> Parsed<SourceSpan> {
    let wrapped = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{line}]}}]}}]}}"#);
    let refused = |error: crate::WireError| Fault::content(error.message);
    let decoded = decode_traces(wrapped.as_bytes(), Encoding::Json, reading.context.limits);
    let mut decoded = decoded.map_err(refused)?;
    let reason = || decoded.rejected.first().map_or("no span", |first| &first.reason).to_owned();
    decoded.spans.pop().ok_or_else(|| Fault::content(reason()))
}

fn span_of(mut fields: Fields, tally: &mut Tally) -> Parsed<SourceSpan> {
    let mut context =
        Fields::of(fields.any("context").unwrap_or(Value::Map(Vec::new()))).within("context")?;
    let mut id = |keys: &[&str]| -> Parsed<Option<String>> {
        Ok(first_word(&mut context, keys)?.or(first_word(&mut fields, keys)?))
    };
    let trace = id(TRACE_IDS)?.ok_or_else(|| missing("trace_id"))?;
    let span = id(SPAN_IDS)?.ok_or_else(|| missing("span_id"))?;
    let mut part = part(&trace, &span, Sender::Otlp)?;
    part.parent_span_id = match first_word(&mut fields, PARENT_IDS)? {
        Some(parent) => Some(span_id(&parent).within("parent_id")?),
        None => None,
    };
    part.name = Some(fields.text("name")?.ok_or_else(|| missing("name"))?);
    part.start_nanos = first_time(&mut fields, STARTS)?;
    part.end_nanos = first_time(&mut fields, ENDS)?;
    let mut attributes = attributes(&mut fields, tally)?;
    set_kind(&mut part, &mut fields, &mut attributes)?;
    set_status(&mut part, &mut fields)?;
    part.events = list(&mut fields, "events", |fields| event(fields, tally))?;
    part.links = list(&mut fields, "links", |fields| link(fields, tally))?;
    part.resource = Arc::new(resource(&mut fields, tally)?);
    part.scope = Arc::new(scope(&mut fields, tally)?);
    attributes.extend(fields.rest("import."));
    part.attributes = attributes;
    Ok(part)
}

fn missing(field: &str) -> Box<Fault> {
    Fault::content("is missing; a record is one span with trace_id, span_id and name").within(field)
}

fn span_id(text: &str) -> Parsed<SpanId> {
    let bare = text.trim().trim_start_matches("0x");
    SpanId::from_sender(bare).map_err(|error| Fault::content(error.to_string()))
}

fn first_word(fields: &mut Fields, keys: &[&str]) -> Parsed<Option<String>> {
    for key in keys {
        if let Some(word) = fields.word(key)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

/// A time; digits in quotes are a number.
fn first_time(fields: &mut Fields, keys: &[&str]) -> Parsed<Option<i64>> {
    for key in keys {
        let value = match fields.any(key) {
            Some(Value::String(text)) => match text.trim().parse() {
                Ok(number) => Value::Int(number),
                Err(_) => Value::String(text),
            },
            Some(other) => other,
            None => continue,
        };
        return parse_time(&value).within(key);
    }
    Ok(None)
}

/// Attributes nested or with dots in their names, and those that stand beside the span's
/// own fields as `attributes.NAME`.
fn attributes(fields: &mut Fields, tally: &mut Tally) -> Parsed<Attributes> {
    let mut found = Vec::new();
    if let Some(nested) = fields.any("attributes") {
        let Value::Map(pairs) = nested else {
            return Err(Fault::content("is no object").within("attributes"));
        };
        for (key, value) in pairs {
            flatten(key, value, &mut found, tally)?;
        }
    }
    for (key, value) in fields.take_prefixed("attributes.") {
        flatten(key, value, &mut found, tally)?;
    }
    Ok(found)
}

/// Objects become keys with dots and lists of objects keys with numbers, the form in which
/// OpenTelemetry's attributes travel. A list of plain values stays one.
fn flatten(key: String, value: Value, into: &mut Attributes, tally: &mut Tally) -> Parsed<()> {
    match value {
        Value::Map(pairs) => {
            for (name, inner) in pairs {
                flatten(joined(&key, &name, tally)?, inner, into, tally)?;
            }
        }
        Value::Array(items) if items.iter().any(|item| matches!(item, Value::Map(_))) => {
            for (index, inner) in items.into_iter().enumerate() {
                flatten(joined(&key, &index.to_string(), tally)?, inner, into, tally)?;
            }
        }
        Value::Empty => {}
        plain => {
            tally.check_attributes(into.len())?;
            into.push((key, plain));
        }
    }
    Ok(())
}

/// A key with those above it; its length is checked before it is made.
fn joined(above: &str, name: &str, tally: &mut Tally) -> Parsed<String> {
    tally.take_joined_key(above.len() + 1 + name.len()).within("attributes")?;
    Ok(format!("{above}.{name}"))
}

/// OpenTelemetry's kind; Phoenix says OpenInference's in that place.
fn set_kind(part: &mut SourceSpan, fields: &mut Fields, attributes: &mut Attributes) -> Parsed<()> {
    const KIND: &str = "openinference.span.kind";
    let said = match fields.word("kind")? {
        Some(kind) => Some(kind),
        None => fields.word("span_kind")?,
    };
    let Some(said) = said else { return Ok(()) };
    let word = said.rsplit(['.', '_']).next().unwrap_or_default().to_ascii_uppercase();
    part.kind = match word.as_str() {
        "INTERNAL" | "1" => SpanKind::Internal,
        "SERVER" | "2" => SpanKind::Server,
        "CLIENT" | "3" => SpanKind::Client,
        "PRODUCER" | "4" => SpanKind::Producer,
        "CONSUMER" | "5" => SpanKind::Consumer,
        _ => {
            if !attributes.iter().any(|(key, _)| key == KIND) {
                attributes.push((KIND.to_owned(), Value::String(said)));
            }
            SpanKind::Unspecified
        }
    };
    Ok(())
}

/// A word, a number, or an object around one, with the message beside it.
fn set_status(part: &mut SourceSpan, fields: &mut Fields) -> Parsed<()> {
    let mut inner = match fields.any("status") {
        Some(Value::Map(pairs)) => Fields::of(Value::Map(pairs))?,
        Some(word) => Fields::of(Value::Map(vec![("status_code".to_owned(), word)]))?,
        None => Fields::of(Value::Map(Vec::new()))?,
    };
    let code = match first_word(&mut inner, &["status_code", "code"]).within("status")? {
        Some(code) => Some(code),
        None => first_word(fields, &["status_code", "statusCode"])?,
    };
    let word = code.unwrap_or_default().to_ascii_uppercase();
    part.status.code = match word.rsplit(['.', '_']).next().unwrap_or_default() {
        "ERROR" | "2" => StatusCode::Error,
        "OK" | "1" => StatusCode::Ok,
        _ => StatusCode::Unset,
    };
    let message = match first_word(&mut inner, MESSAGES)? {
        Some(message) => Some(message),
        None => first_word(fields, &["status_message"])?,
    };
    part.status.message = message.unwrap_or_default();
    Ok(())
}

fn list<T>(
    fields: &mut Fields,
    key: &str,
    mut read: impl FnMut(Fields) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    let items = fields.list(key)?.unwrap_or_default();
    items.into_iter().map(|item| Fields::of(item).and_then(&mut read).within(key)).collect()
}

fn event(mut fields: Fields, tally: &mut Tally) -> Parsed<SourceEvent> {
    Ok(SourceEvent {
        time_nanos: first_time(&mut fields, TIMES)?.unwrap_or(0),
        name: fields.text("name")?.unwrap_or_default(),
        attributes: attributes(&mut fields, tally)?,
        dropped_attributes_count: 0,
        from_log: None,
    })
}

fn link(mut fields: Fields, tally: &mut Tally) -> Parsed<SourceLink> {
    let mut context = Fields::of(fields.any("context").unwrap_or(Value::Map(Vec::new())))?;
    let mut id = |keys: &[&str]| -> Parsed<String> {
        let word = first_word(&mut context, keys)?.or(first_word(&mut fields, keys)?);
        Ok(word.ok_or_else(|| missing(keys[0]))?.trim_start_matches("0x").to_owned())
    };
    let (trace, span) = (id(TRACE_IDS)?, id(SPAN_IDS)?);
    let refused = |error: clew_model::ids::IdError| Fault::content(error.to_string());
    Ok(SourceLink {
        trace_id: TraceId::from_sender(&trace).map_err(refused)?,
        span_id: SpanId::from_sender(&span).map_err(refused)?,
        trace_state: String::new(),
        attributes: attributes(&mut fields, tally)?,
        dropped_attributes_count: 0,
        flags: 0,
    })
}

fn resource(fields: &mut Fields, tally: &mut Tally) -> Parsed<Resource> {
    let Some(value) = fields.any("resource") else { return Ok(Resource::default()) };
    let mut inner = Fields::of(value).within("resource")?;
    let schema_url = inner.text("schema_url")?.unwrap_or_default();
    let attributes = match inner.has("attributes") {
        true => attributes(&mut inner, tally)?,
        false => inner.rest(""),
    };
    Ok(Resource { attributes, schema_url, ..Resource::default() })
}

fn scope(fields: &mut Fields, tally: &mut Tally) -> Parsed<Scope> {
    let value = ["instrumentation_scope", "instrumentationScope", "scope"]
        .iter()
        .find_map(|key| fields.any(key));
    let Some(value) = value else { return Ok(Scope::default()) };
    let mut inner = Fields::of(value).within("scope")?;
    Ok(Scope {
        name: inner.text("name")?.unwrap_or_default(),
        version: inner.text("version")?.unwrap_or_default(),
        schema_url: inner.text("schema_url")?.unwrap_or_default(),
        attributes: attributes(&mut inner, tally)?,
        ..Scope::default()
    })
}
