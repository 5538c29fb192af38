//! What a tree means: whether one row meets it.

use crate::expr::{Comparison, Expr, Predicate, Relative, Term};
use crate::field::FieldRef;
use crate::pattern::TextPattern;
use crate::subject::Subject;
use crate::units;
use crate::value_test::{NumberTest, Test};

/// One value of a field of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Texts as the sender sent them; fixed sets in our spelling; `true` and `false` of
    /// attributes; attributes that are objects or arrays as JSON.
    Text(&'a str),
    /// In the base unit of the field's type ([`crate::FieldType`]): nanoseconds, pico-dollars,
    /// counts, bytes, millionths; scores and numeric attributes in [`crate::billionths`];
    /// instants as nanoseconds since 1970.
    Number(i128),
}

/// A session, a trace or a span as a filter sees it. Implemented by whatever holds rows: a stored
/// summary, a staged trace, a span.
pub trait Row {
    /// Hands the values of `field` that the row itself has to `holds`, until one is accepted;
    /// answers whether one was. A field has any number of values: none when it is absent, several
    /// for tags and labels, one text after the other for full text.
    ///
    /// Asked only for fields that rows of this subject own ([`crate::FieldInfo::owners`]).
    /// `is` has the values `root` and `orphan`. `text` is all text of the row, with that of its
    /// spans; `label` and `label.x` of a trace include those of its turns and spans.
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool;

    /// Hands the things of `subject` below this row (for a span: its descendants) to `holds`,
    /// until one is accepted; answers whether one was.
    fn any_below(&self, subject: Subject, holds: &mut dyn FnMut(&dyn Row) -> bool) -> bool;

    /// The values of `field` over all things of `subject` below this row. A row that keeps such a
    /// list (the models of a trace) answers from it instead of going through its spans.
    fn any_value_below(
        &self,
        subject: Subject,
        field: &FieldRef,
        holds: &mut dyn FnMut(Value<'_>) -> bool,
    ) -> bool {
        self.any_below(subject, &mut |row| row.any_value(field, holds))
    }
}

/// Whether `row` meets `expr`. The row is of the subject that the filter was read for.
///
/// Predicates that [`crate::Filter::check_supported`] refuses hold for no row here; call it
/// first, so that nobody is shown the result of a half-understood filter.
pub fn matches(expr: &Expr, row: &dyn Row) -> bool {
    match expr {
        Expr::And(items) => items.iter().all(|item| matches(item, row)),
        Expr::Or(items) => items.iter().any(|item| matches(item, row)),
        Expr::Not(inner) => !matches(inner, row),
        Expr::Term(term) => term_matches(term, row),
    }
}

fn term_matches(term: &Term, row: &dyn Row) -> bool {
    match &term.predicate {
        Predicate::Comparison(comparison) => comparison_matches(comparison, row),
        Predicate::Has { relative: Relative::Span, filter } => {
            row.any_below(Subject::Span, &mut |span| matches(filter, span))
        }
        Predicate::Count { filter, test, is_negated } => {
            count_matches(filter.as_deref(), test, row) != *is_negated
        }
        Predicate::Has { .. }
        | Predicate::Aggregate { .. }
        | Predicate::Sequence { .. }
        | Predicate::Every { .. } => false,
    }
}

fn comparison_matches(comparison: &Comparison, row: &dyn Row) -> bool {
    let Comparison { field, below, test, is_negated } = comparison;
    let mut holds = |value: Value<'_>| test.matches(value) != *is_negated;
    match below {
        None => row.any_value(field, &mut holds),
        Some(subject) => row.any_value_below(*subject, field, &mut holds),
    }
}

fn count_matches(filter: Option<&Expr>, test: &NumberTest, row: &dyn Row) -> bool {
    // Counting goes on only until the number is past all that the test tells apart.
    let enough = match test.bounds() {
        (_, Some(most)) => most.saturating_add(1),
        (Some(least), None) => least,
        (None, None) => 0,
    };
    let mut count: i128 = 0;
    row.any_below(Subject::Span, &mut |span| {
        count += i128::from(filter.is_none_or(|filter| matches(filter, span)));
        count >= enough
    });
    test.matches(count)
}

impl Test {
    /// Whether one value passes. A value of another type than the test's does not.
    pub fn matches(&self, value: Value<'_>) -> bool {
        match (self, value) {
            (Test::Exists, _) => true,
            (Test::AnyOf(tests), value) => tests.iter().any(|test| test.matches(value)),
            (Test::Text(pattern), Value::Text(text)) => pattern.matches(text),
            (Test::Words(words), Value::Text(text)) => words.matches(text),
            (Test::Id(id), Value::Text(text)) => id.matches(text),
            (Test::Number(test), Value::Number(number)) => test.matches(number),
            (Test::Time(range), Value::Number(nanos)) => range.matches(nanos),
            (Test::Open { number, .. }, Value::Number(value)) => number.matches(value),
            (Test::Open { number, text }, Value::Text(value)) => {
                open_text_matches(number, text.as_ref(), value)
            }
            _ => false,
        }
    }
}

/// Equality compares text with text, so that version 1.10 is not 1.1; an order needs a number,
/// which a text may spell.
fn open_text_matches(number: &NumberTest, text: Option<&TextPattern>, value: &str) -> bool {
    match text {
        Some(pattern) => pattern.matches(value),
        None => units::number(value.trim()).is_ok_and(|value| number.matches(value)),
    }
}
