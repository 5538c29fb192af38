//! Protobuf's wire format, read in place.
//!
//! Written by hand instead of generated structs: spans are decoded straight into the
//! model's types, so every text is copied once, and a fault knows its byte and its field.

pub(crate) mod write;

use crate::fault::{Fault, Parsed};

/// A message, or what is left of it.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

/// One field of a message.
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    payload: Payload<'a>,
    /// Byte of the body at which the payload begins.
    pub(crate) offset: usize,
}

enum Payload<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, which begin at `offset` of the body.
    #[inline]
    pub(crate) fn new(bytes: &'a [u8], offset: usize) -> Self {
        Reader { rest: bytes, offset }
    }

    /// The next field, `None` at the end.
    #[inline]
    pub(crate) fn next(&mut self) -> Parsed<Option<Field<'a>>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let number = match u32::try_from(tag >> 3) {
            Ok(number) if number != 0 => number,
            _ => return Err(Fault::body("no protobuf: bad field number", self.offset)),
        };
        let payload = match tag & 7 {
            0 => return self.varint_field(number).map(Some),
            1 => Payload::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = self.varint()?;
                let offset = self.offset;
                let bytes = self.take(length)?;
                return Ok(Some(Field { number, payload: Payload::Bytes(bytes), offset }));
            }
            5 => Payload::Fixed32(u32::from_le_bytes(self.array()?)),
            other => {
                return Err(Fault::body(format!("no protobuf: wire type {other}"), self.offset));
            }
        };
        Ok(Some(Field { number, payload, offset: self.offset }))
    }

    fn varint_field(&mut self, number: u32) -> Parsed<Field<'a>> {
        let offset = self.offset;
        Ok(Field { number, payload: Payload::Varint(self.varint()?), offset })
    }

    #[inline]
    fn varint(&mut self) -> Parsed<u64> {
        if let [byte, rest @ ..] = self.rest
            && *byte < 0x80
        {
            self.rest = rest;
            self.offset += 1;
            return Ok(u64::from(*byte));
        }
        self.long_varint()
    }

    fn long_varint(&mut self) -> Parsed<u64> {
        let mut value = 0_u64;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[index + 1..];
                self.offset += index + 1;
                return Ok(value);
            }
        }
        Err(Fault::body("no protobuf: the number at this place does not end", self.offset))
    }

    fn array<const LENGTH: usize>(&mut self) -> Parsed<[u8; LENGTH]> {
        match self.rest.split_first_chunk() {
            Some((bytes, rest)) => {
                self.rest = rest;
                self.offset += LENGTH;
                Ok(*bytes)
            }
            None => Err(self.truncated(LENGTH as u64)),
        }
    }

    #[inline]
    fn take(&mut self, length: u64) -> Parsed<&'a [u8]> {
        match usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length)) {
            Some((bytes, rest)) => {
                self.rest = rest;
                self.offset += bytes.len();
                Ok(bytes)
            }
            None => Err(self.truncated(length)),
        }
    }

    #[cold]
    fn truncated(&self, wanted: u64) -> Box<Fault> {
        let left = self.rest.len();
        Fault::body(format!("truncated: {wanted} bytes announced, {left} left"), self.offset)
    }
}

impl<'a> Field<'a> {
    /// A text, a byte string or a message.
    #[inline]
    pub(crate) fn bytes(&self) -> Parsed<&'a [u8]> {
        match self.payload {
            Payload::Bytes(bytes) => Ok(bytes),
            _ => Err(self.unexpected("bytes")),
        }
    }

    /// A nested message.
    #[inline]
    pub(crate) fn message(&self) -> Parsed<Reader<'a>> {
        Ok(Reader::new(self.bytes()?, self.offset))
    }

    /// An integer of any width, a flag or an enum.
    #[inline]
    pub(crate) fn varint(&self) -> Parsed<u64> {
        match self.payload {
            Payload::Varint(value) => Ok(value),
            _ => Err(self.unexpected("a varint")),
        }
    }

    /// `fixed64` or `double`.
    #[inline]
    pub(crate) fn fixed64(&self) -> Parsed<u64> {
        match self.payload {
            Payload::Fixed64(value) => Ok(value),
            _ => Err(self.unexpected("eight bytes")),
        }
    }

    /// `fixed32`.
    #[inline]
    pub(crate) fn fixed32(&self) -> Parsed<u32> {
        match self.payload {
            Payload::Fixed32(value) => Ok(value),
            _ => Err(self.unexpected("four bytes")),
        }
    }

    #[cold]
    fn unexpected(&self, expected: &str) -> Box<Fault> {
        let found = match self.payload {
            Payload::Varint(_) => "a varint",
            Payload::Fixed64(_) => "eight bytes",
            Payload::Fixed32(_) => "four bytes",
            Payload::Bytes(_) => "bytes",
        };
        Fault::shape(format!("wrong type: expected {expected}, found {found}"), self.offset)
    }
}
