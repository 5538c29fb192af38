//! Numbers and ranges of them, in the base unit of a field's type.

use super::Parsed;
use super::cursor::{Operator, Scalar};
use super::operand::bad_value;
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::Place;
use crate::field::{FieldRef, FieldType};
use crate::units::{self, Problem};
use crate::value_test::{NumberTest, Relation};

/// A number in the base unit of the field's type.
pub(super) fn number(field: &FieldRef, scalar: &Scalar) -> Parsed<i128> {
    let text = scalar.text();
    let field_type = field.field_type();
    let read = match field_type {
        FieldType::Duration => units::duration(&text),
        FieldType::Money => units::money(&text),
        FieldType::Size => units::size(&text),
        FieldType::Share => units::share(&text),
        FieldType::Number | FieldType::Open => units::number(&text),
        _ => units::count(&text),
    };
    match read {
        Ok(value)
            if field_type == FieldType::Share && !(0..=units::MILLIONTHS).contains(&value) =>
        {
            let message = format!("\"{}\" is no share of 1; write 35% or 0.35", shown(&text));
            Err(bad_value(scalar.place, message))
        }
        Ok(value) => Ok(value),
        Err(problem) => Err(bad_number(field, &text, scalar, problem)),
    }
}

pub(super) fn number_range(
    field: &FieldRef,
    left: Option<&Scalar>,
    right: Option<&Scalar>,
    place: Place,
) -> Parsed<NumberTest> {
    let least = left.map(|scalar| number(field, scalar)).transpose()?;
    let most = right.map(|scalar| number(field, scalar)).transpose()?;
    if let (Some(first), Some(last)) = (least, most)
        && first > last
    {
        let message = upside_down(left, right, "more than");
        return Err(FilterError::new(ErrorCode::BadRange, place, message));
    }
    Ok(NumberTest::Between(least, most))
}

pub(super) fn upside_down(left: Option<&Scalar>, right: Option<&Scalar>, relation: &str) -> String {
    let text = |scalar: Option<&Scalar>| shown(&scalar.map(Scalar::text).unwrap_or_default());
    format!("range is upside down: {} is {relation} {}", text(left), text(right))
}

pub(super) fn relation(operator: Operator) -> Relation {
    match operator {
        Operator::Compare(relation) => relation,
        _ => Relation::Equal,
    }
}

fn bad_number(field: &FieldRef, text: &str, scalar: &Scalar, problem: Problem) -> FilterError {
    let field_type = field.field_type();
    let shown = shown(text);
    let (noun, how) = (field_type.noun(), how_to_write(field_type));
    let place = scalar.place;
    match problem {
        Problem::NotOne => {
            let noun = if field_type == FieldType::Money { "an amount" } else { noun };
            bad_value(place, format!("\"{shown}\" is not {noun}; {how}"))
        }
        Problem::MissingUnit => {
            let [small, large] =
                if field_type == FieldType::Size { ["KB", "MB"] } else { ["ms", "s"] };
            let message =
                format!("{field} needs a unit, for example {shown}{small} or {shown}{large}");
            let error = FilterError::new(ErrorCode::MissingUnit, place, message);
            error.suggest(format!("{text}{small}")).suggest(format!("{text}{large}"))
        }
        Problem::UnknownUnit { from, to, unit } => {
            let is_size = field_type == FieldType::Size;
            let units = if is_size { "B KB MB GB KiB MiB GiB" } else { "ns us ms s m h d w" };
            let message = format!("unknown unit \"{unit}\"; use {units}");
            let inside = Place { from: place.from + from, to: place.from + to };
            let place = if scalar.is_quoted { place } else { inside };
            FilterError::new(ErrorCode::UnknownUnit, place, message)
        }
        Problem::WrongUnit => {
            let how = match field_type {
                FieldType::Money => "write a plain number such as 0.05",
                _ => how,
            };
            FilterError::new(ErrorCode::WrongUnit, place, format!("{field} is {noun}; {how}"))
        }
        Problem::TooLarge => bad_value(place, format!("\"{shown}\" is too large")),
        Problem::NotWhole => bad_value(place, format!("\"{shown}\" is not a whole number")),
    }
}

fn how_to_write(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Duration => "write 250ms, 2s, 1h30m",
        FieldType::Money => "write 0.05 or $0.05",
        FieldType::Count => "write a plain number, or 10k, 2M",
        FieldType::Size => "write 500KB, 2MB, 1GiB",
        FieldType::Share => "write 35% or 0.35",
        _ => "write a plain number such as 0.5",
    }
}
