//! Attribute values that stand inside something: a group, an array, an event, a resource.

use clew_model::source::{Resource, Scope};
use clew_model::value::{Attributes, Value};

use super::bytes::{Damage, Input, put_bytes, put_varint, put_zigzag};

const EMPTY: u8 = 0;
const STRING: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const INT: u8 = 4;
const DOUBLE: u8 = 5;
const BYTES: u8 = 6;
const ARRAY: u8 = 7;
const MAP: u8 = 8;

/// Deeper values are refused when they are read; receivers refuse them long before.
pub(crate) const DEPTH_MAX: usize = 64;

pub(crate) fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Empty => out.push(EMPTY),
        Value::String(text) => {
            out.push(STRING);
            put_bytes(out, text.as_bytes());
        }
        Value::Bool(false) => out.push(FALSE),
        Value::Bool(true) => out.push(TRUE),
        Value::Int(number) => {
            out.push(INT);
            put_zigzag(out, *number);
        }
        Value::Double(number) => {
            out.push(DOUBLE);
            out.extend_from_slice(&number.to_bits().to_le_bytes());
        }
        Value::Bytes(bytes) => {
            out.push(BYTES);
            put_bytes(out, bytes);
        }
        Value::Array(values) => {
            out.push(ARRAY);
            put_varint(out, values.len() as u64);
            values.iter().for_each(|value| put_value(out, value));
        }
        Value::Map(entries) => {
            out.push(MAP);
            put_attributes(out, entries);
        }
    }
}

pub(crate) fn get_value(input: &mut Input<'_>, depth: usize) -> Result<Value, Damage> {
    if depth > DEPTH_MAX {
        return Err(Damage("a value is nested too deeply"));
    }
    Ok(match input.byte()? {
        EMPTY => Value::Empty,
        STRING => Value::String(input.string()?),
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        INT => Value::Int(input.zigzag()?),
        DOUBLE => Value::Double(f64::from_bits(input.u64()?)),
        BYTES => Value::Bytes(input.bytes()?.to_vec()),
        ARRAY => {
            let count = input.count()?;
            let values: Result<_, _> = (0..count).map(|_| get_value(input, depth + 1)).collect();
            Value::Array(values?)
        }
        MAP => Value::Map(get_attributes(input, depth + 1)?),
        _ => return Err(Damage("a value of an unknown kind")),
    })
}

pub(crate) fn put_attributes(out: &mut Vec<u8>, attributes: &[(String, Value)]) {
    put_varint(out, attributes.len() as u64);
    for (key, value) in attributes {
        put_bytes(out, key.as_bytes());
        put_value(out, value);
    }
}

pub(crate) fn get_attributes(input: &mut Input<'_>, depth: usize) -> Result<Attributes, Damage> {
    let count = input.count()?;
    (0..count).map(|_| Ok((input.string()?, get_value(input, depth)?))).collect()
}

pub(crate) fn put_resource(out: &mut Vec<u8>, resource: &Resource) {
    put_attributes(out, &resource.attributes);
    put_varint(out, u64::from(resource.dropped_attributes_count));
    put_bytes(out, resource.schema_url.as_bytes());
}

pub(crate) fn get_resource(bytes: &[u8]) -> Result<Resource, Damage> {
    let mut input = Input::new(bytes);
    Ok(Resource {
        attributes: get_attributes(&mut input, 0)?,
        dropped_attributes_count: get_u32(&mut input)?,
        schema_url: input.string()?,
    })
}

pub(crate) fn put_scope(out: &mut Vec<u8>, scope: &Scope) {
    put_bytes(out, scope.name.as_bytes());
    put_bytes(out, scope.version.as_bytes());
    put_attributes(out, &scope.attributes);
    put_varint(out, u64::from(scope.dropped_attributes_count));
    put_bytes(out, scope.schema_url.as_bytes());
}

pub(crate) fn get_scope(bytes: &[u8]) -> Result<Scope, Damage> {
    let mut input = Input::new(bytes);
    Ok(Scope {
        name: input.string()?,
        version: input.string()?,
        attributes: get_attributes(&mut input, 0)?,
        dropped_attributes_count: get_u32(&mut input)?,
        schema_url: input.string()?,
    })
}

pub(crate) fn get_u32(input: &mut Input<'_>) -> Result<u32, Damage> {
    u32::try_from(input.varint()?).map_err(|_| Damage("a number is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back() {
        let value = Value::Map(vec![
            ("empty".into(), Value::Empty),
            ("text".into(), "täxt".into()),
            ("no".into(), false.into()),
            ("yes".into(), true.into()),
            ("int".into(), i64::MIN.into()),
            ("double".into(), (-0.0).into()),
            ("bytes".into(), Value::Bytes(vec![0, 255])),
            ("array".into(), Value::Array(vec![1_i64.into(), Value::Map(vec![])])),
            ("text".into(), "twice".into()),
        ]);
        let mut out = Vec::new();
        put_value(&mut out, &value);
        assert_eq!(get_value(&mut Input::new(&out), 0), Ok(value));
    }

    #[test]
    fn not_a_number_keeps_its_bits() {
        let mut out = Vec::new();
        put_value(&mut out, &f64::from_bits(0x7ff8_0000_0000_0001).into());
        let Ok(Value::Double(number)) = get_value(&mut Input::new(&out), 0) else {
            panic!("a double comes back as one");
        };
        assert_eq!(number.to_bits(), 0x7ff8_0000_0000_0001);
    }

    #[test]
    fn endless_nesting_is_damage() {
        let mut out = Vec::new();
        for _ in 0..200 {
            out.extend_from_slice(&[ARRAY, 1]);
        }
        out.push(EMPTY);
        assert!(get_value(&mut Input::new(&out), 0).is_err());
    }
}
