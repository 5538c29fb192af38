//! Values by type: from the text as written to a typed test, or to a message that names the
//! field, its type and an example.

use super::cursor::{Operator, Scalar};
use super::number::{number, number_range, relation, upside_down};
use super::term::words_of;
use super::value::Item;
use super::{Parsed, Parser};
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::Place;
use crate::field::{Field, FieldRef, FieldType};
use crate::filter::ResolvedTime;
use crate::fold::nfc;
use crate::limits;
use crate::nearest::{join, nearest};
use crate::pattern::{RegexPattern, TextPattern, Wildcard};
use crate::subject::Subject;
use crate::time::{self, Instants, TimeProblem};
use crate::units;
use crate::value_test::{IdTest, NumberTest, Relation, Test, TimeRange, normal_id};

impl Parser<'_> {
    pub(super) fn item_test(
        &mut self,
        field: &FieldRef,
        operator: Operator,
        item: &Item,
    ) -> Parsed<Test> {
        let (left, right, place) = match item {
            Item::One(scalar) => return self.scalar_test(field, operator, scalar),
            Item::Range(left, right, place) => (left.as_ref(), right.as_ref(), *place),
        };
        if !matches!(operator, Operator::Match | Operator::NotEqual) {
            let message = format!("a range is written with \":\", as in {field}:a..b");
            return Err(FilterError::new(ErrorCode::BadRange, place, message));
        }
        match field.field_type() {
            FieldType::Time => self.time_range(left, right, place),
            _ => Ok(Test::Number(number_range(field, left, right, place)?)),
        }
    }

    fn scalar_test(
        &mut self,
        field: &FieldRef,
        operator: Operator,
        scalar: &Scalar,
    ) -> Parsed<Test> {
        match field.field_type() {
            FieldType::Text => Ok(Test::Text(text_pattern(operator, scalar)?)),
            FieldType::FullText if operator == Operator::Match => {
                Ok(Test::Words(words_of(scalar)?))
            }
            FieldType::FullText => Ok(Test::Text(text_pattern(operator, scalar)?)),
            FieldType::Set => {
                let value = self.member(field, scalar)?;
                Ok(Test::Text(TextPattern::Exact(value.to_owned())))
            }
            FieldType::Id => id_test(field, scalar),
            FieldType::Open => open_test(field, operator, scalar),
            FieldType::Time => self.time_test(operator, scalar),
            _ => {
                let number = number(field, scalar)?;
                Ok(Test::Number(NumberTest::Compare(relation(operator), number)))
            }
        }
    }

    /// A value of a fixed set, in the set's own spelling.
    pub(super) fn member(&self, field: &FieldRef, scalar: &Scalar) -> Parsed<&'static str> {
        let FieldRef::Field(closed) = field else {
            return Err(bad_value(scalar.place, format!("{field} is not a fixed set")));
        };
        let text = scalar.text();
        let lower = text.to_lowercase();
        let values = closed.info().values;
        let synonym = match (closed, lower.as_str()) {
            (Field::Status | Field::RootStatus, "err") => "error",
            (Field::Status | Field::RootStatus, "success" | "succeeded") => "ok",
            (Field::RootStatus, "failed" | "failure" | "fail") => "error",
            (Field::Status, "failed" | "failure" | "fail") if self.subject == Subject::Span => {
                "error"
            }
            (_, other) => other,
        };
        if let Some(value) = values.iter().find(|value| **value == synonym) {
            return Ok(value);
        }
        let close = nearest(&lower, values.iter().map(|value| (*value, *value)));
        let shown = shown(&text);
        let message = match close.is_empty() {
            true => format!("{field} cannot be \"{shown}\"; one of {}", values.join(", ")),
            false => format!("{field} cannot be \"{shown}\"; did you mean {}?", join(&close)),
        };
        let error = FilterError::new(ErrorCode::UnknownValue, scalar.place, message);
        Err(close.iter().fold(error, |error, value| error.suggest(*value)))
    }

    fn time_test(&mut self, operator: Operator, scalar: &Scalar) -> Parsed<Test> {
        let instants = self.instants(scalar)?;
        let Instants { start_nanos, end_nanos, is_relative_moment } = instants;
        let (from_nanos, to_nanos) = match operator {
            Operator::Compare(Relation::Greater) => (Some(end_nanos), None),
            Operator::Compare(Relation::GreaterOrEqual) => (Some(start_nanos), None),
            Operator::Compare(Relation::Less) => (None, Some(start_nanos)),
            Operator::Compare(Relation::LessOrEqual) => (None, Some(end_nanos)),
            _ if is_relative_moment => {
                let text = scalar.text();
                let message =
                    format!("\"{text}\" is one moment; for everything since then write > {text}");
                return Err(bad_value(scalar.place, message));
            }
            _ => (Some(start_nanos), Some(end_nanos)),
        };
        Ok(Test::Time(TimeRange { from_nanos, to_nanos }))
    }

    fn time_range(
        &mut self,
        left: Option<&Scalar>,
        right: Option<&Scalar>,
        place: Place,
    ) -> Parsed<Test> {
        let first = left.map(|scalar| self.instants(scalar)).transpose()?;
        let last = right.map(|scalar| self.instants(scalar)).transpose()?;
        if let (Some(first), Some(last)) = (&first, &last)
            && first.start_nanos >= last.end_nanos
        {
            let message = upside_down(left, right, "after");
            return Err(FilterError::new(ErrorCode::BadRange, place, message));
        }
        Ok(Test::Time(TimeRange {
            from_nanos: first.map(|first| first.start_nanos),
            to_nanos: last.map(|last| last.end_nanos),
        }))
    }

    fn instants(&mut self, scalar: &Scalar) -> Parsed<Instants> {
        let text = scalar.text();
        let Place { from, to } = scalar.place;
        match time::read(&text, self.clock) {
            Ok(instants) => {
                let Instants { start_nanos, end_nanos, .. } = instants;
                self.resolved.push(ResolvedTime { from, to, text, start_nanos, end_nanos });
                Ok(instants)
            }
            Err(problem) => Err(bad_time(&text, scalar.place, problem)),
        }
    }
}

fn bad_time(text: &str, place: Place, problem: TimeProblem) -> FilterError {
    let shown = shown(text);
    match problem {
        TimeProblem::Length => {
            let message =
                format!("\"{shown}\" is a length of time; for \"{shown} ago\" write -{shown}");
            bad_value(place, message).suggest(format!("-{text}"))
        }
        TimeProblem::Epoch => {
            bad_value(place, "epoch numbers are not accepted; write 2026-11-20T10:00:00Z")
        }
        TimeProblem::NotADate => bad_value(place, format!("\"{shown}\" is not a date")),
        TimeProblem::NotATime => bad_value(
            place,
            format!("\"{shown}\" is not a time; write -24h, today, 2026-11-20, 2026-11-20T10:00Z"),
        ),
        TimeProblem::OutOfRange => {
            bad_value(place, format!("\"{shown}\" is outside the years 1678 to 2261"))
        }
    }
}

fn text_pattern(operator: Operator, scalar: &Scalar) -> Parsed<TextPattern> {
    Ok(match operator {
        Operator::Regex | Operator::NotRegex => TextPattern::Regex(regex_pattern(scalar)?),
        Operator::Equal | Operator::NotEqual => {
            TextPattern::Exact(nfc(&scalar.text()).into_owned())
        }
        Operator::Match | Operator::Compare(_) => {
            TextPattern::Folded(Wildcard::new(&scalar.parts()))
        }
    })
}

fn regex_pattern(scalar: &Scalar) -> Parsed<RegexPattern> {
    let source = scalar.text();
    if source.chars().count() > limits::REGEX_CHARACTERS {
        let most = limits::REGEX_CHARACTERS;
        let message = format!("a regular expression holds at most {most} characters");
        return Err(FilterError::new(ErrorCode::TooLong, scalar.place, message));
    }
    RegexPattern::new(&source).map_err(|problem| {
        let message = format!("invalid regular expression: {problem}");
        FilterError::new(ErrorCode::BadRegex, scalar.place, message)
    })
}

fn id_test(field: &FieldRef, scalar: &Scalar) -> Parsed<Test> {
    let parts = scalar.parts();
    let bad = |message| Err(bad_value(scalar.place, message));
    let whole = match parts.as_slice() {
        [whole] if whole.is_empty() => return bad(format!("{field} needs an id")),
        [whole] => whole,
        [first, last] if last.is_empty() => {
            let text: String = first.chars().filter(|character| *character != '-').collect();
            let text = text.to_lowercase();
            if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return bad(format!(
                    "before \"*\" {field} needs hex digits, as in {field}:4bf92f*"
                ));
            }
            let least = limits::ID_PREFIX_DIGITS;
            if text.len() < least {
                return bad(format!("before \"*\" {field} needs at least {least} digits"));
            }
            return Ok(Test::Id(IdTest { text, is_prefix: true }));
        }
        _ => return bad(format!("in {field} \"*\" stands only at the end, as in {field}:4bf92f*")),
    };
    Ok(Test::Id(IdTest { text: normal_id(whole), is_prefix: false }))
}

/// A value for a field without a type: a number when it looks like one and is not quoted.
fn open_test(field: &FieldRef, operator: Operator, scalar: &Scalar) -> Parsed<Test> {
    let text = scalar.text();
    if let Operator::Compare(relation) = operator {
        let number = units::number(&text).or_else(|problem| match units::count(&text) {
            Ok(count) => count.checked_mul(units::BILLIONTHS).ok_or(problem),
            Err(_) => Err(problem),
        });
        return match number {
            Ok(number) if !scalar.is_quoted => {
                let number = NumberTest::Compare(relation, number);
                Ok(Test::Open { number, text: None })
            }
            Ok(_) => Err(bad_value(
                scalar.place,
                format!(
                    "in quotes \"{}\" is text; leave them out to compare numbers",
                    shown(&text)
                ),
            )),
            Err(_) => Err(bad_value(
                scalar.place,
                format!("\"{}\" is not a number; {field} compares with numbers only", shown(&text)),
            )),
        };
    }
    if matches!(operator, Operator::Match | Operator::NotEqual)
        && let Some(range) = open_range(field, scalar)?
    {
        return Ok(Test::Open { number: range, text: None });
    }
    let pattern = text_pattern(operator, scalar)?;
    let is_regex = matches!(pattern, TextPattern::Regex(_));
    match units::number(&text) {
        Ok(number) if !scalar.is_quoted && !is_regex => {
            let number = NumberTest::Compare(Relation::Equal, number);
            Ok(Test::Open { number, text: Some(pattern) })
        }
        _ => Ok(Test::Text(pattern)),
    }
}

/// `1..5` with numbers at its ends; anything else with dots is a text.
fn open_range(field: &FieldRef, scalar: &Scalar) -> Parsed<Option<NumberTest>> {
    let text = scalar.text();
    let Some((left, right)) = text.split_once("..") else { return Ok(None) };
    let is_end = |end: &str| end.is_empty() || units::number(end).is_ok();
    if scalar.is_quoted || !is_end(left) || !is_end(right) || text == ".." {
        return Ok(None);
    }
    let dots = left.chars().count();
    let left = scalar.slice(0, dots);
    let right = scalar.slice(dots + 2, scalar.pieces.len());
    number_range(field, left.as_ref(), right.as_ref(), scalar.place).map(Some)
}

pub(super) fn bad_value(place: Place, message: impl Into<String>) -> FilterError {
    FilterError::new(ErrorCode::BadValue, place, message)
}
