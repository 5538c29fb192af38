//! Spans.

use clew_model::ids::{IdError, SpanId, TraceId};
use clew_model::source::{
    OlderFields, PartAge, Sender, SourceEvent, SourceLink, SourceSpan, SourceStatus,
};

use super::id::id;
use super::value::attributes;
use super::{count, name, nanos};
use crate::decoded::Tally;
use crate::fault::{Fault, Parsed, Within};
use crate::json::{Json, Kind};
use crate::otlp::span::{empty_part, kind, status_code};

/// Reads one span.
pub(super) fn span(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<SourceSpan> {
    let mut ids = (Vec::new(), Vec::new());
    // Valid stand-ins until the span is read; its ids may come last.
    let mut span = empty_part(stand_in_trace()?, stand_in_span()?, Sender::Otlp);
    let mut extension = Extension::default();
    json.object(|json, key| {
        match key {
            "traceId" | "trace_id" => ids.0 = id(json, 16)?,
            "spanId" | "span_id" => ids.1 = id(json, 8)?,
            "clew" => extension = Extension::read(json, tally)?,
            _ => fill(&mut span, json, key, tally)?,
        }
        Ok(())
    })?;
    span.trace_id = TraceId::from_bytes(&ids.0).map_err(refused_id).within("traceId")?;
    span.span_id = SpanId::from_bytes(&ids.1).map_err(refused_id).within("spanId")?;
    extension.apply(&mut span);
    Ok(span)
}

fn stand_in_trace() -> Parsed<TraceId> {
    TraceId::from_bytes(&[1; 16]).map_err(refused_id)
}

fn stand_in_span() -> Parsed<SpanId> {
    SpanId::from_bytes(&[1; 8]).map_err(refused_id)
}

fn refused_id(error: IdError) -> Box<Fault> {
    Fault::content(error.to_string())
}

fn fill(span: &mut SourceSpan, json: &mut Json<'_>, key: &str, tally: &mut Tally) -> Parsed<()> {
    match key {
        "parentSpanId" | "parent_span_id" => span.parent_span_id = parent(json)?,
        "traceState" | "trace_state" => span.trace_state = json.text()?,
        "flags" => span.flags = count(json)?,
        "name" => span.name = Some(name(json, tally)?),
        "kind" => {
            span.kind = kind(enumeration(
                json,
                "SPAN_KIND_",
                &["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"],
            )?);
        }
        "startTimeUnixNano" | "start_time_unix_nano" => span.start_nanos = given(nanos(json)?),
        "endTimeUnixNano" | "end_time_unix_nano" => span.end_nanos = given(nanos(json)?),
        "attributes" => attributes(json, tally, &mut span.attributes)?,
        "droppedAttributesCount" | "dropped_attributes_count" => {
            span.dropped.attributes = count(json)?;
        }
        "events" => json.array(|json, _| {
            tally.check(span.events.len(), tally.limits.events_per_span, "events")?;
            span.events.push(event(json, tally)?);
            Ok(())
        })?,
        "droppedEventsCount" | "dropped_events_count" => span.dropped.events = count(json)?,
        "links" => json.array(|json, _| push_link(span, json, tally))?,
        "droppedLinksCount" | "dropped_links_count" => {
            span.dropped.links = span.dropped.links.saturating_add(count(json)?);
        }
        "status" => span.status = status(json)?,
        _ => json.skip()?,
    }
    Ok(())
}

fn given(nanos: i64) -> Option<i64> {
    (nanos != 0).then_some(nanos)
}

fn parent(json: &mut Json<'_>) -> Parsed<Option<SpanId>> {
    // Empty and all-zero ids both say "no parent"; `id` has checked the length.
    Ok(SpanId::from_bytes(&id(json, 8)?).ok())
}

/// A number of an enum: itself, its name with or without the prefix, or its text.
fn enumeration(json: &mut Json<'_>, prefix: &str, names: &[&str]) -> Parsed<i64> {
    if json.kind()? != Kind::Text {
        let number = json.integer()?;
        return Ok(i64::try_from(number).unwrap_or(0));
    }
    let mark = json.mark();
    let text = json.string()?.to_ascii_uppercase();
    let bare = text.strip_prefix(prefix).unwrap_or(&text);
    if let Some(number) = names.iter().position(|name| *name == bare) {
        return Ok(number as i64);
    }
    if let Ok(number) = bare.parse() {
        return Ok(number);
    }
    json.rewind(mark);
    Err(json.unexpected(&format!("one of {prefix}{}", names.join(", ")), Kind::Text))
}

fn event(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<SourceEvent> {
    let mut event = SourceEvent {
        time_nanos: 0,
        name: String::new(),
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        from_log: None,
    };
    tally.take_record()?;
    json.object(|json, key| {
        match key {
            "timeUnixNano" | "time_unix_nano" => event.time_nanos = nanos(json)?,
            "name" => event.name = name(json, tally)?,
            "attributes" => attributes(json, tally, &mut event.attributes)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                event.dropped_attributes_count = count(json)?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(event)
}

/// A link without a valid id says nothing; it is counted as dropped and the span stays.
fn push_link(span: &mut SourceSpan, json: &mut Json<'_>, tally: &mut Tally) -> Parsed<()> {
    tally.check(span.links.len(), tally.limits.links_per_span, "links")?;
    tally.take_record()?;
    let mut ids = (Vec::new(), Vec::new());
    let mut link = SourceLink {
        trace_id: span.trace_id,
        span_id: span.span_id,
        trace_state: String::new(),
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        flags: 0,
    };
    json.object(|json, key| {
        match key {
            "traceId" | "trace_id" => ids.0 = id(json, 16)?,
            "spanId" | "span_id" => ids.1 = id(json, 8)?,
            "traceState" | "trace_state" => link.trace_state = json.text()?,
            "attributes" => attributes(json, tally, &mut link.attributes)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                link.dropped_attributes_count = count(json)?;
            }
            "flags" => link.flags = count(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    match (TraceId::from_bytes(&ids.0), SpanId::from_bytes(&ids.1)) {
        (Ok(trace_id), Ok(span_id)) => {
            span.links.push(SourceLink { trace_id, span_id, ..link });
        }
        _ => span.dropped.links = span.dropped.links.saturating_add(1),
    }
    Ok(())
}

fn status(json: &mut Json<'_>) -> Parsed<SourceStatus> {
    let mut status = SourceStatus::default();
    json.object(|json, key| {
        match key {
            "message" => status.message = json.text()?,
            "code" => {
                status.code =
                    status_code(enumeration(json, "STATUS_CODE_", &["UNSET", "OK", "ERROR"])?);
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(status)
}

/// What Clew's own export says about a span (docs/formats/export.md).
#[derive(Default)]
struct Extension {
    sender_span_id: Option<String>,
    sender_trace_id: Option<String>,
    sender: Option<Sender>,
    version: Option<i64>,
    sequence: Option<i64>,
    nameless: bool,
    older: Vec<OlderFields>,
}

impl Extension {
    fn read(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<Self> {
        let mut extension = Extension::default();
        json.object(|json, key| {
            match key {
                "senderSpanId" => extension.sender_span_id = Some(json.text()?),
                "senderTraceId" => extension.sender_trace_id = Some(json.text()?),
                "sender" => extension.sender = Sender::from_word(&json.text()?),
                "version" => extension.version = Some(long(json)?),
                "sequence" => extension.sequence = Some(long(json)?),
                "nameless" => extension.nameless = json.boolean()?,
                "older" => json.array(|json, _| {
                    extension.older.push(older_fields(json, tally)?);
                    Ok(())
                })?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        Ok(extension)
    }

    /// A span without a name is one whose name is empty, unless it says otherwise.
    fn apply(self, span: &mut SourceSpan) {
        if !self.nameless {
            span.name.get_or_insert_default();
        }
        span.sender_span_id = self.sender_span_id;
        span.sender_trace_id = self.sender_trace_id;
        span.sender = self.sender.unwrap_or(Sender::Otlp);
        span.version = self.version;
        span.sequence = self.sequence;
        span.older = self.older;
    }
}

fn older_fields(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<OlderFields> {
    let mut fields = OlderFields { age: PartAge::default(), paths: Vec::new() };
    json.object(|json, key| {
        match key {
            "settled" => fields.age.settled = json.boolean()?,
            "endUnixNano" => fields.age.end_nanos = Some(long(json)?),
            "version" => fields.age.version = Some(long(json)?),
            "speaks" => fields.age.speaks = json.boolean()?,
            "paths" => json.array(|json, _| {
                let mut path = Vec::new();
                json.array(|json, _| {
                    tally.take_value()?;
                    path.push(json.text()?);
                    Ok(())
                })?;
                fields.paths.push(path);
                Ok(())
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(fields)
}

fn long(json: &mut Json<'_>) -> Parsed<i64> {
    let number = json.integer()?;
    i64::try_from(number).map_err(|_| Fault::content(format!("{number} is out of range")))
}
