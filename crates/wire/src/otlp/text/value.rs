//! Attributes and values.

use clew_model::value::{Attributes, Value};

use super::id::base64;
use crate::decoded::Tally;
use crate::fault::{Fault, Parsed};
use crate::json::Json;

/// Appends the attributes of a list of `KeyValue`.
pub(super) fn attributes(
    json: &mut Json<'_>,
    tally: &mut Tally,
    into: &mut Attributes,
) -> Parsed<()> {
    json.array(|json, _| {
        tally.check_attributes(into.len())?;
        into.push(key_value(json, tally, 1)?);
        Ok(())
    })
}

fn key_value(json: &mut Json<'_>, tally: &mut Tally, depth: usize) -> Parsed<(String, Value)> {
    let mut key = String::new();
    let mut decoded = Value::Empty;
    json.object(|json, field| {
        match field {
            "key" => {
                key = json.text()?;
                tally.check_bytes(key.len(), tally.limits.key_bytes)?;
            }
            "value" => decoded = value(json, tally, depth)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    tally.take_value()?;
    Ok((key, decoded))
}

/// Reads an `AnyValue` that lies `depth` levels deep.
pub(super) fn value(json: &mut Json<'_>, tally: &mut Tally, depth: usize) -> Parsed<Value> {
    let mut decoded = Value::Empty;
    json.object(|json, field| {
        if json.take_null()? {
            return Ok(());
        }
        decoded = match field {
            "stringValue" | "string_value" => Value::String(json.text()?),
            "boolValue" | "bool_value" => Value::Bool(json.boolean()?),
            "intValue" | "int_value" => Value::Int(integer(json)?),
            "doubleValue" | "double_value" => Value::Double(json.double()?),
            "arrayValue" | "array_value" => Value::Array(list(json, tally, depth, value)?),
            "kvlistValue" | "kvlist_value" => Value::Map(list(json, tally, depth, key_value)?),
            "bytesValue" | "bytes_value" => Value::Bytes(bytes(json)?),
            _ => return json.skip(),
        };
        Ok(())
    })?;
    Ok(decoded)
}

/// The `values` of an array or a key-value list.
fn list<T>(
    json: &mut Json<'_>,
    tally: &mut Tally,
    depth: usize,
    element: fn(&mut Json<'_>, &mut Tally, usize) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    if depth >= tally.limits.attribute_depth {
        let limit = tally.limits.attribute_depth;
        return Err(Fault::content(format!("nests deeper than {limit} levels")));
    }
    let mut elements = Vec::new();
    json.object(|json, field| {
        if field != "values" {
            return json.skip();
        }
        json.array(|json, _| {
            tally.take_value()?;
            elements.push(element(json, tally, depth + 1)?);
            Ok(())
        })
    })?;
    Ok(elements)
}

fn integer(json: &mut Json<'_>) -> Parsed<i64> {
    let number = json.integer()?;
    i64::try_from(number).map_err(|_| Fault::content(format!("{number} does not fit into 64 bits")))
}

fn bytes(json: &mut Json<'_>) -> Parsed<Vec<u8>> {
    let text = json.string()?;
    base64(&text).ok_or_else(|| Fault::content("is no base64"))
}
