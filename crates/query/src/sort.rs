//! Sort orders: `-duration,start`.

use serde::Serialize;

use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::Place;
use crate::field::{FIELDS, Field, FieldType};
use crate::limits;
use crate::nearest::{join, nearest};
use crate::subject::Subject;

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest, earliest, A first.
    Ascending,
    /// Written `-`.
    Descending,
}

/// One key of a sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SortKey {
    /// A field that the rows own.
    pub field: Field,
    /// Which end comes first.
    pub direction: Direction,
}

/// Reads a sort order for rows of `subject`: names of fields joined by commas, the first counts
/// most, `-` before a name turns it round. Empty text is no order.
///
/// # Errors
///
/// `unknown_field`, `wrong_subject` for a field that the rows do not have themselves,
/// `bad_argument` for one without an order or named twice, `missing_field` for an empty name,
/// `too_many_terms`.
pub fn sort_keys(text: &str, subject: Subject) -> Result<Vec<SortKey>, FilterError> {
    let mut keys: Vec<SortKey> = Vec::new();
    if text.trim().is_empty() {
        return Ok(keys);
    }
    let mut from = 0;
    for part in text.split(',') {
        let to = from + part.chars().count();
        let key = sort_key(part, from, subject)?;
        let place = Place { from, to };
        if keys.iter().any(|other| other.field == key.field) {
            let message = format!("{} is named twice", key.field.info().name);
            return Err(FilterError::new(ErrorCode::BadArgument, place, message));
        }
        keys.push(key);
        if keys.len() > limits::SORT_KEYS {
            let message = format!("a sort order holds at most {} fields", limits::SORT_KEYS);
            return Err(FilterError::new(ErrorCode::TooManyTerms, place, message));
        }
        from = to + 1;
    }
    Ok(keys)
}

/// `from` is where `part` begins in the whole text.
fn sort_key(part: &str, from: usize, subject: Subject) -> Result<SortKey, FilterError> {
    let leading = part.chars().take_while(|character| character.is_whitespace()).count();
    let written = part.trim();
    let (direction, name) = match written.strip_prefix('-') {
        Some(name) => (Direction::Descending, name),
        None => (Direction::Ascending, written),
    };
    let start = from + leading + usize::from(direction == Direction::Descending);
    let place = Place { from: start, to: start + name.chars().count() };
    let error = |code, message: String| Err(FilterError::new(code, place, message));
    if name.is_empty() {
        let message = "write a field, as in -duration,start".to_owned();
        return error(ErrorCode::MissingField, message);
    }
    let Some(field) = Field::from_name(name) else { return Err(unknown(name, place)) };
    let info = field.info();
    if !info.owners.contains(&subject) {
        let message = format!("{} have no \"{}\" of their own", subject.plural(), info.name);
        return error(ErrorCode::WrongSubject, message);
    }
    if info.field_type == FieldType::FullText
        || matches!(field, Field::Is | Field::Tag | Field::Label)
    {
        return error(ErrorCode::BadArgument, format!("{} has no order to sort by", info.name));
    }
    Ok(SortKey { field, direction })
}

fn unknown(name: &str, place: Place) -> FilterError {
    let spellings = FIELDS.iter().flat_map(|info| {
        info.aliases.iter().chain([&info.name]).map(|spelling| (*spelling, info.name))
    });
    let close = nearest(name, spellings);
    let shown = shown(name);
    let message = match close.is_empty() {
        true => format!("unknown field \"{shown}\""),
        false => format!("unknown field \"{shown}\"; did you mean {}?", join(&close)),
    };
    let error = FilterError::new(ErrorCode::UnknownField, place, message);
    close.iter().fold(error, |error, name| error.suggest(*name))
}
