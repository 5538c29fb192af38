//! Writing a tree as text that reads back as the same tree.
//!
//! Times come out as instants in UTC and numbers in one unit: a written tree no longer moves with
//! the clock. To show a filter as it was typed, use the text and the places.

use std::fmt::{Display, Formatter, Result};

use super::{Comparison, Expr, Predicate, Term, Within};
use crate::field::{Field, FieldRef, FieldType};
use crate::pattern::{TextPattern, Wildcard};
use crate::time;
use crate::units::{write_decimal, write_duration, write_share, write_size};
use crate::value_test::{NumberTest, Relation, Test, TimeRange};
use crate::words::WordPattern;

impl Display for Expr {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Expr::And(items) => write_list(formatter, items, " ", |formatter, item| match item {
                Expr::And(_) | Expr::Or(_) => write!(formatter, "({item})"),
                _ => item.fmt(formatter),
            }),
            Expr::Or(items) => write_list(formatter, items, " or ", |formatter, item| match item {
                Expr::Or(_) => write!(formatter, "({item})"),
                _ => item.fmt(formatter),
            }),
            Expr::Not(inner) => match **inner {
                Expr::And(_) | Expr::Or(_) => write!(formatter, "-({inner})"),
                _ => write!(formatter, "-{inner}"),
            },
            Expr::Term(term) => term.fmt(formatter),
        }
    }
}

impl Display for Term {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match &self.predicate {
            Predicate::Comparison(comparison) => comparison.fmt(formatter),
            Predicate::Has { relative, filter } => {
                write!(formatter, "has {}({filter})", relative.name())
            }
            Predicate::Count { filter, test, is_negated } => {
                formatter.write_str("count(")?;
                if let Some(filter) = filter {
                    filter.fmt(formatter)?;
                }
                write!(formatter, ") {}", compared(FieldType::Count, test, *is_negated))
            }
            Predicate::Aggregate { aggregation, field, filter, test, is_negated } => {
                write!(formatter, "{}({field}", aggregation.name())?;
                if let Some(filter) = filter {
                    write!(formatter, ", {filter}")?;
                }
                write!(formatter, ") {}", compared(field.field_type(), test, *is_negated))
            }
            Predicate::Sequence { steps, within } => {
                formatter.write_str("sequence(")?;
                write_list(formatter, steps, ", ", |formatter, step| step.fmt(formatter))?;
                match within {
                    None => formatter.write_str(")"),
                    Some(Within::Steps(steps)) => write!(formatter, ") within {steps} steps"),
                    Some(Within::Nanos(nanos)) => {
                        write!(formatter, ") within {}", write_duration(i128::from(*nanos)))
                    }
                }
            }
            Predicate::Every { which, must } => write!(formatter, "every({which}, {must})"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let field_type = self.field.field_type();
        // Both operators mean the same on a fixed set; the usual one is written.
        let is_set = field_type == FieldType::Set;
        let negation = if self.is_negated { "!=" } else { "" };
        match &self.test {
            Test::Words(words) if self.field == FieldRef::Field(Field::Text) => {
                write_words(formatter, words)
            }
            Test::Text(TextPattern::Regex(pattern)) => {
                let operator = if self.is_negated { "!~" } else { "~" };
                write!(formatter, "{} {operator} {}", self.field, quoted(pattern.source()))
            }
            Test::Number(test) | Test::Open { number: test, text: None } => {
                let test = compared(field_type, test, self.is_negated);
                let gap = if test.starts_with([':', '!']) { "" } else { " " };
                write!(formatter, "{}{gap}{test}", self.field)
            }
            Test::Time(TimeRange { from_nanos: Some(from), to_nanos: None })
                if !self.is_negated =>
            {
                write!(formatter, "{} >= {}", self.field, time::write(*from, false))
            }
            Test::Time(TimeRange { from_nanos: None, to_nanos: Some(to) }) if !self.is_negated => {
                write!(formatter, "{} < {}", self.field, time::write(*to, false))
            }
            Test::AnyOf(tests) => {
                let is_exact = !is_set && tests.iter().all(is_exact);
                let plain = if is_exact { "=" } else { ":" };
                let operator = if negation.is_empty() { plain } else { negation };
                write!(formatter, "{}{operator}(", self.field)?;
                write_list(formatter, tests, ", ", |formatter, test| {
                    write_value(formatter, &self.field, test)
                })?;
                formatter.write_str(")")
            }
            test => {
                let plain = if !is_set && is_exact(test) { "=" } else { ":" };
                let operator = if negation.is_empty() { plain } else { negation };
                write!(formatter, "{}{operator}", self.field)?;
                write_value(formatter, &self.field, test)
            }
        }
    }
}

/// Whether only `=` and `!=` make this test.
fn is_exact(test: &Test) -> bool {
    match test {
        Test::Text(TextPattern::Exact(_)) => true,
        Test::Open { text, .. } => matches!(text, Some(TextPattern::Exact(_))),
        _ => false,
    }
}

/// Operator and value of a number: `:1s..5s`, `>= 2s`, `!=3`.
fn compared(field_type: FieldType, test: &NumberTest, is_negated: bool) -> String {
    let number = |value: i128| write_number(field_type, value);
    let end = |value: Option<i128>| value.map(number).unwrap_or_default();
    match *test {
        NumberTest::Compare(Relation::Equal, value) if is_negated => {
            format!("!={}", number(value))
        }
        NumberTest::Compare(relation, value) => {
            format!("{} {}", relation.symbol(), number(value))
        }
        NumberTest::Between(least, most) => {
            let operator = if is_negated { "!=" } else { ":" };
            format!("{operator}{}..{}", end(least), end(most))
        }
    }
}

fn write_number(field_type: FieldType, value: i128) -> String {
    match field_type {
        FieldType::Duration => write_duration(value),
        FieldType::Money => write_decimal(value, 12),
        FieldType::Size => write_size(value),
        FieldType::Share => write_share(value),
        FieldType::Number | FieldType::Open => write_decimal(value, 9),
        _ => value.to_string(),
    }
}

fn write_value(formatter: &mut Formatter<'_>, field: &FieldRef, test: &Test) -> Result {
    let field_type = field.field_type();
    match test {
        Test::Exists => formatter.write_str("*"),
        Test::Text(TextPattern::Exact(text)) if field_type == FieldType::Open => {
            formatter.write_str(&quoted(text))
        }
        Test::Text(TextPattern::Exact(text)) => write_text(formatter, text),
        Test::Text(TextPattern::Folded(wildcard)) => write_wildcard(formatter, field, wildcard),
        Test::Text(TextPattern::Regex(pattern)) => formatter.write_str(&quoted(pattern.source())),
        Test::Words(words) => write_words(formatter, words),
        Test::Id(id) => {
            write_text(formatter, &id.text)?;
            formatter.write_str(if id.is_prefix { "*" } else { "" })
        }
        // The number as it was written is the text it is compared with.
        Test::Open { text: Some(TextPattern::Exact(text)), .. } => formatter.write_str(text),
        Test::Open { text: Some(TextPattern::Folded(wildcard)), .. } => {
            formatter.write_str(&wildcard.parts().concat())
        }
        Test::Number(test) | Test::Open { number: test, .. } => match *test {
            NumberTest::Compare(_, value) => formatter.write_str(&write_number(field_type, value)),
            NumberTest::Between(..) => {
                let range = compared(field_type, test, false);
                formatter.write_str(range.trim_start_matches(':'))
            }
        },
        Test::Time(TimeRange { from_nanos, to_nanos }) => {
            let first = from_nanos.map(|nanos| time::write(nanos, false)).unwrap_or_default();
            let last = to_nanos.map(|nanos| time::write(nanos - 1, true)).unwrap_or_default();
            write!(formatter, "{first}..{last}")
        }
        Test::AnyOf(tests) => write_list(formatter, tests, ", ", |formatter, test| {
            write_value(formatter, field, test)
        }),
    }
}

fn write_wildcard(formatter: &mut Formatter<'_>, field: &FieldRef, wildcard: &Wildcard) -> Result {
    let parts = wildcard.parts();
    let bare = parts.join("*");
    let is_safe = parts.iter().all(|part| part.is_empty() || is_bare(part))
        && parts.iter().any(|part| !part.is_empty())
        && field.field_type() != FieldType::Open;
    if is_safe {
        return formatter.write_str(&bare);
    }
    let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
    write!(formatter, "\"{}\"", parts.join("*"))
}

fn write_words(formatter: &mut Formatter<'_>, words: &WordPattern) -> Result {
    let star = if words.is_prefix() { "*" } else { "" };
    write!(formatter, "\"{}{star}\"", escaped(words.text()))
}

fn write_text(formatter: &mut Formatter<'_>, text: &str) -> Result {
    if is_bare(text) { formatter.write_str(text) } else { formatter.write_str(&quoted(text)) }
}

/// Whether a value needs no quotes. Cautious: what is not plainly safe is quoted.
fn is_bare(text: &str) -> bool {
    let is_word = ["and", "or", "not"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_safe = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.' | '/')
    };
    !is_word
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(is_safe)
}

/// A value in quotes that reads back as `text` itself: every `*` is literal.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\\' | '*' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn write_list<T>(
    formatter: &mut Formatter<'_>,
    items: &[T],
    separator: &str,
    mut write_item: impl FnMut(&mut Formatter<'_>, &T) -> Result,
) -> Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            formatter.write_str(separator)?;
        }
        write_item(formatter, item)?;
    }
    Ok(())
}
