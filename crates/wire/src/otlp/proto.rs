//! OTLP as protobuf: the levels above the items, and attribute values.

pub(crate) mod log;
pub(crate) mod metric;
pub(crate) mod span;

use clew_model::source::{Resource, Scope};
use clew_model::value::{Attributes, Value};

pub(crate) use super::names::{LOGS, METRICS, Names, TRACES};
use crate::decoded::{Placed, Sink, Tally};
use crate::fault::{Fault, Parsed, Within};
use crate::protobuf::{Field, Reader};

/// Decodes one item, which is this field.
type Item<T> = fn(&Field<'_>, &mut Tally) -> Parsed<T>;

/// Walks request, resources and scopes, and decodes every item into the sink.
pub(crate) fn groups<T: Placed>(
    body: &[u8],
    names: &Names,
    sink: &mut Sink<T>,
    item: Item<T>,
) -> Parsed<()> {
    let mut request = Reader::new(body, 0);
    let mut index = 0;
    while let Some(field) = request.next()? {
        if field.number == 1 {
            resource_group(&field, names, index, sink, item)
                .map_err(|fault| fault.within(&names.resource_path(index)))?;
            index += 1;
        }
    }
    Ok(())
}

fn resource_group<T: Placed>(
    group: &Field<'_>,
    names: &Names,
    index: usize,
    sink: &mut Sink<T>,
    item: Item<T>,
) -> Parsed<()> {
    let first = sink.items.len();
    let mut parsed = Ok(Resource::default());
    let mut schema_url = String::new();
    let mut scope_index = 0;
    let mut message = group.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => parsed = resource(&field, &mut sink.tally).within("resource"),
            2 => {
                scope_group(&field, names, (index, scope_index), sink, item).map_err(|fault| {
                    fault.within(&format!("{}[{scope_index}]", names.scopes[0]))
                })?;
                scope_index += 1;
            }
            3 => schema_url = text(&field, &mut sink.tally).within("schemaUrl")?,
            _ => {}
        }
    }
    let placed = parsed.map(|resource| Resource { schema_url, ..resource });
    sink.place_resource(first, || names.resource_path(index), placed.map_err(Fault::contained))
}

fn scope_group<T: Placed>(
    group: &Field<'_>,
    names: &Names,
    (resource_index, index): (usize, usize),
    sink: &mut Sink<T>,
    item: Item<T>,
) -> Parsed<()> {
    let first = sink.items.len();
    let mut parsed = Ok(Scope::default());
    let mut schema_url = String::new();
    let mut item_index = 0;
    let mut message = group.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => parsed = scope(&field, &mut sink.tally).within("scope"),
            2 => {
                match sink.admit().and_then(|()| item(&field, &mut sink.tally)) {
                    Ok(decoded) => sink.items.push(decoded),
                    Err(fault) => {
                        let path = names.item_path(resource_index, index, item_index);
                        sink.reject(path, fault.contained());
                    }
                }
                item_index += 1;
            }
            3 => schema_url = text(&field, &mut sink.tally).within("schemaUrl")?,
            _ => {}
        }
    }
    let placed = parsed.map(|scope| Scope { schema_url, ..scope }).map_err(Fault::contained);
    sink.place_scope(first, || names.scope_path(resource_index, index), placed)
}

fn resource(field: &Field<'_>, tally: &mut Tally) -> Parsed<Resource> {
    let mut resource = Resource::default();
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => attribute(&field, tally, &mut resource.attributes)?,
            2 => resource.dropped_attributes_count = count(&field)?,
            _ => {}
        }
    }
    Ok(resource)
}

fn scope(field: &Field<'_>, tally: &mut Tally) -> Parsed<Scope> {
    let mut scope = Scope::default();
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => scope.name = text(&field, tally).within("name")?,
            2 => scope.version = text(&field, tally).within("version")?,
            3 => attribute(&field, tally, &mut scope.attributes)?,
            4 => scope.dropped_attributes_count = count(&field)?,
            _ => {}
        }
    }
    Ok(scope)
}

/// Decodes a `KeyValue` and appends it.
#[inline]
fn attribute(field: &Field<'_>, tally: &mut Tally, into: &mut Attributes) -> Parsed<()> {
    tally
        .check_attributes(into.len())
        .and_then(|()| key_value(field, tally, 1))
        .map(|pair| into.push(pair))
        .map_err(|fault| fault.within(&format!("attributes[{}]", into.len())))
}

fn key_value(field: &Field<'_>, tally: &mut Tally, depth: usize) -> Parsed<(String, Value)> {
    let mut key = String::new();
    let mut decoded = Value::Empty;
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => {
                tally.check_bytes(field.bytes()?.len(), tally.limits.key_bytes).within("key")?;
                key = text(&field, tally).within("key")?;
            }
            2 => decoded = value(&field, tally, depth).within("value")?,
            _ => {}
        }
    }
    tally.take_value()?;
    Ok((key, decoded))
}

/// Decodes an `AnyValue` that lies `depth` levels deep.
fn value(field: &Field<'_>, tally: &mut Tally, depth: usize) -> Parsed<Value> {
    let mut decoded = Value::Empty;
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        decoded = match field.number {
            1 => Value::String(text(&field, tally).within("stringValue")?),
            2 => Value::Bool(field.varint().within("boolValue")? != 0),
            3 => Value::Int(field.varint().within("intValue")?.cast_signed()),
            4 => Value::Double(f64::from_bits(field.fixed64().within("doubleValue")?)),
            5 => Value::Array(list(&field, tally, depth, value).within("arrayValue")?),
            6 => Value::Map(list(&field, tally, depth, key_value).within("kvlistValue")?),
            7 => Value::Bytes(field.bytes().within("bytesValue")?.to_vec()),
            _ => continue,
        };
    }
    Ok(decoded)
}

/// The elements of an `ArrayValue` or a `KeyValueList`, which have the same shape.
fn list<T>(
    field: &Field<'_>,
    tally: &mut Tally,
    depth: usize,
    element: fn(&Field<'_>, &mut Tally, usize) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    if depth >= tally.limits.attribute_depth {
        let limit = tally.limits.attribute_depth;
        return Err(Fault::content(format!("nests deeper than {limit} levels")));
    }
    let mut elements = Vec::new();
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        if field.number == 1 {
            tally.take_value()?;
            let decoded = element(&field, tally, depth + 1)
                .map_err(|fault| fault.within(&format!("values[{}]", elements.len())))?;
            elements.push(decoded);
        }
    }
    Ok(elements)
}

/// A text; where it is no UTF-8, U+FFFD stands for what is wrong and the tally says so.
#[inline]
fn text(field: &Field<'_>, tally: &mut Tally) -> Parsed<String> {
    let bytes = field.bytes()?;
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => {
            tally.replaced_texts += 1;
            Ok(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// A counter of dropped things; one beyond 32 bits is cut to them, as protobuf does.
fn count(field: &Field<'_>) -> Parsed<u32> {
    field.varint().map(|value| value as u32)
}
