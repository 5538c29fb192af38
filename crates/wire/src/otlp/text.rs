//! OTLP as JSON: the levels above the items.
//!
//! Read leniently, since no two exporters agree: lower camel and snake keys, ids as hex
//! or base64, integers as numbers, texts or halves, enums as numbers or names, missing
//! fields, unknown fields.

mod id;
mod log;
mod metric;
mod span;
mod value;

use std::borrow::Cow;

use clew_model::ids::SpanId;
use clew_model::source::{Resource, Scope};

use super::log::{LogRecord, join, join_into_spans};
use super::names::{LOGS, METRICS, Names, TRACES};
use super::proto::metric::Metric;
use crate::decoded::{Decoded, Placed, Sink, Tally};
use crate::fault::{Fault, Parsed, Reach, WireError};
use crate::json::Json;
use crate::limits::Limits;

/// Decodes one item, which is the next value.
type Item<T> = fn(&mut Json<'_>, &mut Tally) -> Parsed<T>;

pub(super) fn decode_traces(body: &[u8], limits: &Limits) -> Result<Decoded, WireError> {
    let (text, replaced) = utf8(body);
    let mut spans = Sink::new(limits);
    let mut records: Sink<LogRecord> = Sink::new(limits);
    let mut notes = Sink::new(limits);
    documents(&text, |json, key| {
        if TRACES.resources.contains(&key) {
            groups(json, &TRACES, &mut spans, span::span)
        } else if key == "clew" {
            json.object(|json, key| match TRACES.resources.contains(&key) {
                true => groups(json, &TRACES, &mut notes, span::span),
                false => json.skip(),
            })
        } else if LOGS.resources.contains(&key) {
            groups(json, &LOGS, &mut records, log::record)
        } else {
            json.skip()
        }
    })?;
    let (spans, from_spans) = spans.finish()?;
    let (records, from_logs) = records.finish()?;
    let (mut notes, from_notes) = notes.finish()?;
    notes.iter_mut().for_each(|note| note.span_id = SpanId::NOTE);
    let parts = [&from_spans, &from_logs, &from_notes];
    let decoded = Decoded {
        spans,
        notes,
        rejected_count: parts.iter().map(|part| part.rejected_count).sum(),
        accepted_count: parts.iter().map(|part| part.accepted_count).sum(),
        rejected: [from_spans.rejected, from_logs.rejected, from_notes.rejected].concat(),
        replaced_texts: replaced,
        ..Decoded::default()
    };
    Ok(join_into_spans(records, decoded))
}

pub(super) fn decode_logs(body: &[u8], limits: &Limits) -> Result<Decoded, WireError> {
    let (text, replaced) = utf8(body);
    let mut records: Sink<LogRecord> = Sink::new(limits);
    documents(&text, |json, key| {
        if LOGS.resources.contains(&key) {
            groups(json, &LOGS, &mut records, log::record)
        } else {
            json.skip()
        }
    })?;
    let (records, decoded) = records.finish()?;
    Ok(join(records, Decoded { replaced_texts: replaced, ..decoded }))
}

pub(super) fn metrics(body: &[u8], sink: &mut Sink<Metric>) -> Parsed<()> {
    let (text, _) = utf8(body);
    documents(&text, |json, key| {
        if METRICS.resources.contains(&key) {
            groups(json, &METRICS, sink, metric::metric)
        } else {
            json.skip()
        }
    })
}

/// The body as text. Bytes that are no UTF-8 are replaced and counted, as in protobuf.
pub(crate) fn utf8(body: &[u8]) -> (Cow<'_, str>, u64) {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if let Ok(text) = std::str::from_utf8(body) {
        return (Cow::Borrowed(text), 0);
    }
    let replaced = body.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    (String::from_utf8_lossy(body), replaced as u64)
}

/// Reads the objects of the body: one, or one a line.
fn documents(text: &str, mut field: impl FnMut(&mut Json<'_>, &str) -> Parsed<()>) -> Parsed<()> {
    let mut json = Json::new(text);
    loop {
        json.object(&mut field)?;
        if json.at_end() {
            return Ok(());
        }
    }
}

fn groups<T: Placed>(
    json: &mut Json<'_>,
    names: &Names,
    sink: &mut Sink<T>,
    item: Item<T>,
) -> Parsed<()> {
    json.array(|json, index| resource_group(json, names, index, sink, item))
}

fn resource_group<T: Placed>(
    json: &mut Json<'_>,
    names: &Names,
    index: usize,
    sink: &mut Sink<T>,
    item: Item<T>,
) -> Parsed<()> {
    let first = sink.items.len();
    let mut parsed = Ok(Resource::default());
    let mut schema_url = String::new();
    json.object(|json, key| {
        if key == "resource" {
            parsed = contained(json, &mut sink.tally, key, resource)?;
            return Ok(());
        }
        if names.scopes.contains(&key) {
            return json.array(|json, scope_index| {
                scope_group(json, names, (index, scope_index), sink, item)
            });
        }
        match key {
            "schemaUrl" | "schema_url" => schema_url = json.text()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let placed = parsed.map(|resource| Resource { schema_url, ..resource });
    sink.place_resource(first, || names.resource_path(index), placed)
}

fn scope_group<T: Placed>(
    json: &mut Json<'_>,
    names: &Names,
    (resource_index, index): (usize, usize),
    sink: &mut Sink<T>,
    item: Item<T>,
) -> Parsed<()> {
    let first = sink.items.len();
    let mut parsed = Ok(Scope::default());
    let mut schema_url = String::new();
    json.object(|json, key| {
        if names.items.contains(&key) {
            return json.array(|json, item_index| {
                let path = || names.item_path(resource_index, index, item_index);
                take_item(json, sink, item, path)
            });
        }
        match key {
            "scope" => parsed = contained(json, &mut sink.tally, key, scope)?,
            "schemaUrl" | "schema_url" => schema_url = json.text()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let placed = parsed.map(|scope| Scope { schema_url, ..scope });
    sink.place_scope(first, || names.scope_path(resource_index, index), placed)
}

/// Decodes an item; a refused one is noted and stepped over.
fn take_item<T: Placed>(
    json: &mut Json<'_>,
    sink: &mut Sink<T>,
    item: Item<T>,
    path: impl Fn() -> String,
) -> Parsed<()> {
    let mark = json.mark();
    match sink.admit().and_then(|()| item(json, &mut sink.tally)) {
        Ok(decoded) => {
            sink.items.push(decoded);
            Ok(())
        }
        Err(fault) if fault.reach == Reach::Body => Err(fault),
        Err(fault) => {
            sink.reject(path(), fault);
            json.rewind(mark);
            json.skip()
        }
    }
}

/// Reads a part whose fault costs the items below it and not the body.
fn contained<T>(
    json: &mut Json<'_>,
    tally: &mut Tally,
    key: &str,
    read: fn(&mut Json<'_>, &mut Tally) -> Parsed<T>,
) -> Parsed<Parsed<T>> {
    let mark = json.mark();
    match read(json, tally) {
        Err(fault) if fault.reach != Reach::Body => {
            json.rewind(mark);
            json.skip()?;
            Ok(Err(fault.within(key)))
        }
        Err(fault) => Err(fault),
        Ok(value) => Ok(Ok(value)),
    }
}

fn resource(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<Resource> {
    let mut resource = Resource::default();
    json.object(|json, key| {
        match key {
            "attributes" => value::attributes(json, tally, &mut resource.attributes)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                resource.dropped_attributes_count = count(json)?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(resource)
}

fn scope(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<Scope> {
    let mut scope = Scope::default();
    json.object(|json, key| {
        match key {
            "name" => scope.name = json.text()?,
            "version" => scope.version = json.text()?,
            "attributes" => value::attributes(json, tally, &mut scope.attributes)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                scope.dropped_attributes_count = count(json)?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(scope)
}

/// A counter or flags of 32 bits.
fn count(json: &mut Json<'_>) -> Parsed<u32> {
    let number = json.integer()?;
    u32::try_from(number).map_err(|_| Fault::content(format!("{number} is out of range")))
}

/// A time; zero is OTLP's spelling of "not given".
fn nanos(json: &mut Json<'_>) -> Parsed<i64> {
    let number = json.integer()?;
    match u64::try_from(number) {
        Ok(number) => super::span::nanos(number),
        Err(_) => Err(Fault::content(format!("time {number} is out of range"))),
    }
}

/// A name that the limits allow.
fn name(json: &mut Json<'_>, tally: &Tally) -> Parsed<String> {
    let name = json.text()?;
    tally.check_bytes(name.len(), tally.limits.name_bytes)?;
    Ok(name)
}
