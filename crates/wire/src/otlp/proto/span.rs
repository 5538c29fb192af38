//! `opentelemetry.proto.trace.v1.Span`.

use clew_model::ids::{IdError, SpanId, TraceId};
use clew_model::source::{Sender, SourceEvent, SourceLink, SourceSpan, SourceStatus};

use super::{attribute, count, text};
use crate::decoded::Tally;
use crate::fault::{Fault, Parsed, Within};
use crate::otlp::span::{empty_part, given_nanos, kind, nanos, status_code};
use crate::protobuf::{Field, Reader};

const TRACE_ID: u32 = 1;
const SPAN_ID: u32 = 2;
const ATTRIBUTES: u32 = 9;
const EVENTS: u32 = 11;

/// Decodes one span.
pub(crate) fn span(field: &Field<'_>, tally: &mut Tally) -> Parsed<SourceSpan> {
    let outline = Outline::of(field.message()?)?;
    let trace_id = TraceId::from_bytes(outline.trace_id).map_err(refused_id).within("traceId")?;
    let span_id = SpanId::from_bytes(outline.span_id).map_err(refused_id).within("spanId")?;
    let mut span = empty_part(trace_id, span_id, Sender::Otlp);
    span.name = Some(String::new());
    tally.check(outline.events.saturating_sub(1), tally.limits.events_per_span, "events")?;
    tally.check_attributes(outline.attributes.saturating_sub(1))?;
    span.attributes.reserve_exact(outline.attributes);
    span.events.reserve_exact(outline.events);
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        fill(&mut span, &field, tally)?;
    }
    Ok(span)
}

/// Ids and counts, found without decoding the rest, so that refused spans cost little
/// and lists are allocated once.
#[derive(Default)]
struct Outline<'a> {
    trace_id: &'a [u8],
    span_id: &'a [u8],
    attributes: usize,
    events: usize,
}

impl<'a> Outline<'a> {
    fn of(mut message: Reader<'a>) -> Parsed<Self> {
        let mut outline = Outline::default();
        while let Some(field) = message.next()? {
            match field.number {
                TRACE_ID => outline.trace_id = field.bytes().within("traceId")?,
                SPAN_ID => outline.span_id = field.bytes().within("spanId")?,
                ATTRIBUTES => outline.attributes += 1,
                EVENTS => outline.events += 1,
                _ => {}
            }
        }
        Ok(outline)
    }
}

#[inline]
fn fill(span: &mut SourceSpan, field: &Field<'_>, tally: &mut Tally) -> Parsed<()> {
    match field.number {
        3 => span.trace_state = text(field, tally).within("traceState")?,
        4 => span.parent_span_id = parent(field.bytes().within("parentSpanId")?)?,
        5 => {
            tally
                .check_bytes(field.bytes().within("name")?.len(), tally.limits.name_bytes)
                .within("name")?;
            span.name = Some(text(field, tally)?);
        }
        6 => span.kind = kind(field.varint().within("kind")?.cast_signed()),
        7 => {
            span.start_nanos = field.fixed64().and_then(given_nanos).within("startTimeUnixNano")?;
        }
        8 => span.end_nanos = field.fixed64().and_then(given_nanos).within("endTimeUnixNano")?,
        ATTRIBUTES => attribute(field, tally, &mut span.attributes)?,
        10 => span.dropped.attributes = count(field).within("droppedAttributesCount")?,
        EVENTS => {
            let decoded = event(field, tally)
                .map_err(|fault| fault.within(&format!("events[{}]", span.events.len())))?;
            span.events.push(decoded);
        }
        12 => span.dropped.events = count(field).within("droppedEventsCount")?,
        13 => push_link(span, field, tally)
            .map_err(|fault| fault.within(&format!("links[{}]", span.links.len())))?,
        14 => {
            let dropped = count(field).within("droppedLinksCount")?;
            span.dropped.links = span.dropped.links.saturating_add(dropped);
        }
        15 => span.status = status(field, tally).within("status")?,
        16 => span.flags = field.fixed32().within("flags")?,
        _ => {}
    }
    Ok(())
}

fn refused_id(error: IdError) -> Box<Fault> {
    Fault::content(error.to_string())
}

/// Empty and all-zero ids both say "no parent".
fn parent(bytes: &[u8]) -> Parsed<Option<SpanId>> {
    match SpanId::from_bytes(bytes) {
        Ok(id) => Ok(Some(id)),
        Err(IdError::Zero) => Ok(None),
        Err(_) if bytes.is_empty() => Ok(None),
        Err(error) => Err(refused_id(error).within("parentSpanId")),
    }
}

fn event(field: &Field<'_>, tally: &mut Tally) -> Parsed<SourceEvent> {
    let mut event = SourceEvent {
        time_nanos: 0,
        name: String::new(),
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        from_log: None,
    };
    tally.take_record()?;
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => event.time_nanos = field.fixed64().and_then(nanos).within("timeUnixNano")?,
            2 => {
                tally
                    .check_bytes(field.bytes().within("name")?.len(), tally.limits.name_bytes)
                    .within("name")?;
                event.name = text(&field, tally)?;
            }
            3 => attribute(&field, tally, &mut event.attributes)?,
            4 => event.dropped_attributes_count = count(&field).within("droppedAttributesCount")?,
            _ => {}
        }
    }
    Ok(event)
}

/// A link without a valid id says nothing; it is counted as dropped and the span stays.
fn push_link(span: &mut SourceSpan, field: &Field<'_>, tally: &mut Tally) -> Parsed<()> {
    tally.check(span.links.len(), tally.limits.links_per_span, "links")?;
    tally.take_record()?;
    let mut trace_id = &[][..];
    let mut span_id = &[][..];
    let mut trace_state = String::new();
    let mut attributes = Vec::new();
    let mut dropped_attributes_count = 0;
    let mut flags = 0;
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => trace_id = field.bytes().within("traceId")?,
            2 => span_id = field.bytes().within("spanId")?,
            3 => trace_state = text(&field, tally).within("traceState")?,
            4 => attribute(&field, tally, &mut attributes)?,
            5 => dropped_attributes_count = count(&field).within("droppedAttributesCount")?,
            6 => flags = field.fixed32().within("flags")?,
            _ => {}
        }
    }
    match (TraceId::from_bytes(trace_id), SpanId::from_bytes(span_id)) {
        (Ok(trace_id), Ok(span_id)) => span.links.push(SourceLink {
            trace_id,
            span_id,
            trace_state,
            attributes,
            dropped_attributes_count,
            flags,
        }),
        _ => span.dropped.links = span.dropped.links.saturating_add(1),
    }
    Ok(())
}

fn status(field: &Field<'_>, tally: &mut Tally) -> Parsed<SourceStatus> {
    let mut status = SourceStatus::default();
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            2 => status.message = text(&field, tally).within("message")?,
            3 => status.code = status_code(field.varint().within("code")?.cast_signed()),
            _ => {}
        }
    }
    Ok(status)
}
