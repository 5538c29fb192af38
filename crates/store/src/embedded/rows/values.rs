//! Attribute values of run events, packed. JSON would lose NaN and infinity.

use clew_model::value::{Attributes, Value};

use super::pack::{Packer, Unpacker};
use crate::contract::StoreError;

/// Depth to which nested values are read; receivers bound it far lower.
const DEPTH_MAX: usize = 256;

/// Tags before a value; stored, never reused.
mod tag {
    pub(super) const EMPTY: u64 = 0;
    pub(super) const STRING: u64 = 1;
    pub(super) const FALSE: u64 = 2;
    pub(super) const TRUE: u64 = 3;
    pub(super) const INT: u64 = 4;
    pub(super) const DOUBLE: u64 = 5;
    pub(super) const BYTES: u64 = 6;
    pub(super) const ARRAY: u64 = 7;
    pub(super) const MAP: u64 = 8;
}

/// Packs attributes in their order.
pub(crate) fn pack(attributes: &Attributes) -> Vec<u8> {
    let mut packer = Packer::default();
    pack_map(&mut packer, attributes);
    packer.bytes
}

fn pack_map(packer: &mut Packer, attributes: &[(String, Value)]) {
    packer.number(attributes.len() as u64);
    for (key, value) in attributes {
        packer.text(key);
        pack_value(packer, value);
    }
}

fn pack_value(packer: &mut Packer, value: &Value) {
    match value {
        Value::Empty => packer.number(tag::EMPTY),
        Value::String(text) => {
            packer.number(tag::STRING);
            packer.text(text);
        }
        Value::Bool(false) => packer.number(tag::FALSE),
        Value::Bool(true) => packer.number(tag::TRUE),
        Value::Int(number) => {
            packer.number(tag::INT);
            packer.number(*number as u64);
        }
        Value::Double(number) => {
            packer.number(tag::DOUBLE);
            packer.number(number.to_bits());
        }
        Value::Bytes(bytes) => {
            packer.number(tag::BYTES);
            packer.raw(bytes);
        }
        Value::Array(values) => {
            packer.number(tag::ARRAY);
            packer.number(values.len() as u64);
            values.iter().for_each(|value| pack_value(packer, value));
        }
        Value::Map(entries) => {
            packer.number(tag::MAP);
            pack_map(packer, entries);
        }
    }
}

/// Reads what [`pack`] wrote.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Attributes, StoreError> {
    unpack_map(&mut Unpacker::new(bytes), 0)
}

fn damaged() -> StoreError {
    StoreError::Corrupt("attributes of a run event cannot be read".to_owned())
}

fn unpack_map(unpacker: &mut Unpacker<'_>, depth: usize) -> Result<Attributes, StoreError> {
    let count = unpacker.number()?;
    let entry = |_| Ok((unpacker.text()?, unpack_value(unpacker, depth + 1)?));
    (0..count).map(entry).collect()
}

fn unpack_value(unpacker: &mut Unpacker<'_>, depth: usize) -> Result<Value, StoreError> {
    if depth > DEPTH_MAX {
        return Err(damaged());
    }
    Ok(match unpacker.number()? {
        tag::EMPTY => Value::Empty,
        tag::STRING => Value::String(unpacker.text()?),
        tag::FALSE => Value::Bool(false),
        tag::TRUE => Value::Bool(true),
        tag::INT => Value::Int(unpacker.number()? as i64),
        tag::DOUBLE => Value::Double(f64::from_bits(unpacker.number()?)),
        tag::BYTES => Value::Bytes(unpacker.raw()?.to_vec()),
        tag::ARRAY => {
            let count = unpacker.number()?;
            Value::Array(
                (0..count).map(|_| unpack_value(unpacker, depth + 1)).collect::<Result<_, _>>()?,
            )
        }
        tag::MAP => Value::Map(unpack_map(unpacker, depth)?),
        _ => return Err(damaged()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back() {
        let attributes = vec![
            ("empty".to_owned(), Value::Empty),
            ("text".to_owned(), Value::from("é")),
            ("yes".to_owned(), Value::Bool(true)),
            ("no".to_owned(), Value::Bool(false)),
            ("least".to_owned(), Value::Int(i64::MIN)),
            ("endless".to_owned(), Value::Double(f64::NEG_INFINITY)),
            ("bytes".to_owned(), Value::Bytes(vec![0, 255])),
            ("list".to_owned(), Value::Array(vec![Value::Int(1), Value::Map(Vec::new())])),
            ("map".to_owned(), Value::Map(vec![("a".to_owned(), Value::Int(2))])),
        ];
        assert_eq!(unpack(&pack(&attributes)).unwrap(), attributes);
    }

    #[test]
    fn not_a_number_stays_not_a_number() {
        let attributes = vec![("nan".to_owned(), Value::Double(f64::NAN))];
        let back = unpack(&pack(&attributes)).unwrap();
        assert!(matches!(back[0].1, Value::Double(number) if number.is_nan()));
    }

    #[test]
    fn damage_is_an_error() {
        assert!(unpack(&[1, 1, b'a', 99]).is_err());
        assert!(unpack(&[2, 1, b'a', 0]).is_err());
    }
}
