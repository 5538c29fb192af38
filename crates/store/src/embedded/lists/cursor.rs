//! Where a page ended, as text for the next one.

use xxhash_rust::xxh3::xxh3_64;

use super::order::SortValue;
use super::walk::Place;
use crate::contract::StoreError;
use crate::embedded::rows::pack::{Packer, Unpacker};

/// First number of a cursor; another one is not read.
const VERSION: u64 = 1;

/// A place in a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cursor {
    /// Of what was asked: a cursor of another question is refused.
    pub(crate) question: u64,
    /// How it goes on.
    pub(crate) next: Next,
    /// Rows of the pages so far that met the filter.
    pub(crate) matched: u64,
    /// The total as it was told.
    pub(crate) total: u64,
    /// It was exact.
    pub(crate) total_is_exact: bool,
    /// Rows looked at so far.
    pub(crate) scanned: u64,
}

/// How a list goes on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    /// After this place of the walk.
    Walk(Place),
    /// After this row of a sorted list.
    Sorted(Vec<SortValue>, i64),
    /// The span after this one in its trace, which stands at this place.
    Span(Place, u64),
}

/// What identifies a question.
pub(crate) fn question(parts: &[&str]) -> u64 {
    let mut packer = Packer::default();
    parts.iter().for_each(|part| packer.text(part));
    xxh3_64(&packer.bytes)
}

impl Cursor {
    /// As text.
    pub(crate) fn encode(&self) -> String {
        let mut packer = Packer::default();
        packer.number(VERSION);
        packer.number(self.question);
        packer.number(self.matched);
        packer.number(self.total);
        packer.number(u64::from(self.total_is_exact));
        packer.number(self.scanned);
        match &self.next {
            Next::Walk(place) => {
                packer.number(0);
                pack_place(&mut packer, *place);
            }
            Next::Sorted(values, tno) => {
                packer.number(1);
                packer.number(values.len() as u64);
                values.iter().for_each(|value| value.pack(&mut packer));
                packer.number(*tno as u64);
            }
            Next::Span(place, index) => {
                packer.number(2);
                pack_place(&mut packer, *place);
                packer.number(*index);
            }
        }
        hex(&packer.bytes)
    }

    /// Reads a cursor of this very question.
    pub(crate) fn decode(text: &str, question: u64) -> Result<Cursor, StoreError> {
        let bytes = unhex(text).ok_or(StoreError::BadCursor)?;
        let cursor = unpack(&bytes).map_err(|_| StoreError::BadCursor)?;
        match cursor {
            Some(cursor) if cursor.question == question => Ok(cursor),
            _ => Err(StoreError::BadCursor),
        }
    }
}

fn pack_place(packer: &mut Packer, place: Place) {
    packer.number(place.start_nanos as u64);
    packer.number(place.tno as u64);
}

fn unpack_place(unpacker: &mut Unpacker<'_>) -> Result<Place, StoreError> {
    Ok(Place { start_nanos: unpacker.number()? as i64, tno: unpacker.number()? as i64 })
}

fn unpack(bytes: &[u8]) -> Result<Option<Cursor>, StoreError> {
    let mut unpacker = Unpacker::new(bytes);
    if unpacker.number()? != VERSION {
        return Ok(None);
    }
    let question = unpacker.number()?;
    let matched = unpacker.number()?;
    let total = unpacker.number()?;
    let total_is_exact = unpacker.number()? != 0;
    let scanned = unpacker.number()?;
    let next = match unpacker.number()? {
        0 => Next::Walk(unpack_place(&mut unpacker)?),
        1 => {
            let count = unpacker.number()?;
            let values =
                (0..count).map(|_| SortValue::unpack(&mut unpacker)).collect::<Result<_, _>>()?;
            Next::Sorted(values, unpacker.number()? as i64)
        }
        2 => Next::Span(unpack_place(&mut unpacker)?, unpacker.number()?),
        _ => return Ok(None),
    };
    let cursor = Cursor { question, next, matched, total, total_is_exact, scanned };
    Ok(unpacker.is_at_end().then_some(cursor))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_for_the_same_question_only() {
        for next in [
            Next::Walk(Place { start_nanos: -5, tno: 7 }),
            Next::Sorted(
                vec![SortValue::Number(3), SortValue::Text("é".into()), SortValue::Absent],
                9,
            ),
            Next::Span(Place { start_nanos: 5, tno: 7 }, 3),
        ] {
            let asked = question(&["1", "status:error", "-start"]);
            let cursor = Cursor {
                question: asked,
                next,
                matched: 50,
                total: 1_000,
                total_is_exact: false,
                scanned: 77,
            };
            let text = cursor.encode();
            assert_eq!(Cursor::decode(&text, asked).unwrap(), cursor);
            assert!(Cursor::decode(&text, question(&["2", "status:error", "-start"])).is_err());
            assert!(Cursor::decode(&text[1..], asked).is_err());
            assert!(Cursor::decode(&format!("{text}00"), asked).is_err());
        }
        for wrong in ["", "zz", "00", "ffffffffffffffffffffffff", "é"] {
            assert!(matches!(Cursor::decode(wrong, 0), Err(StoreError::BadCursor)), "{wrong}");
        }
    }
}
