//! `count(...)`, `sum(...)`, `sequence(...)`, `every(...)`.

use super::cursor::{Found, Operator, Scalar};
use super::number::{number, relation};
use super::operand::bad_value;
use super::value::Before;
use super::{Parsed, Parser, reserved};
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::{Aggregation, Expr, Place, Predicate, Relative, Within};
use crate::field::{FieldRef, FieldType};
use crate::limits;
use crate::nearest::{join, nearest};
use crate::subject::Subject;
use crate::units;
use crate::value_test::NumberTest;

pub(super) const FUNCTIONS: [&str; 7] = ["count", "sum", "min", "max", "avg", "sequence", "every"];

impl Parser<'_> {
    /// Reads the function whose name has just been read; `None` when it was a plain word.
    pub(super) fn function(&mut self, name: Place) -> Parsed<Option<Expr>> {
        let word = self.cursor.slice(name);
        if word == "has"
            && let Some(expr) = self.has(name)?
        {
            return Ok(Some(expr));
        }
        if self.cursor.peek() != Some('(') {
            return Ok(None);
        }
        let expr = match word.as_str() {
            "count" => self.count(name),
            "sum" => self.aggregate(name, Aggregation::Sum),
            "min" => self.aggregate(name, Aggregation::Min),
            "max" => self.aggregate(name, Aggregation::Max),
            "avg" => self.aggregate(name, Aggregation::Avg),
            "sequence" => self.sequence(name),
            "every" => self.every(name),
            _ => Err(self.unknown_function(name)),
        };
        expr.map(Some)
    }

    pub(super) fn unknown_function(&self, name: Place) -> FilterError {
        let word = self.cursor.slice(name);
        let shown = shown(&word);
        let error = |message| FilterError::new(ErrorCode::UnknownFunction, name, message);
        if word == "has" {
            return error("has needs a relation, as in has span(…) or has child(…)".to_owned());
        }
        let relations = Relative::ALL.iter().map(|relative| relative.name());
        if relations.into_iter().any(|relation| relation == word) {
            return error(format!("{word}(…) needs \"has\" before it, as in has {word}(…)"))
                .suggest(format!("has {word}"));
        }
        let close = nearest(&word, FUNCTIONS.iter().map(|name| (*name, *name)));
        if close.is_empty() {
            let known = FUNCTIONS.join(", ");
            return error(format!("unknown function \"{shown}\"; there are has …(…), {known}"));
        }
        let message = format!("unknown function \"{shown}\"; did you mean {}?", join(&close));
        close.iter().fold(error(message), |error, name| error.suggest(*name))
    }

    fn count(&mut self, name: Place) -> Parsed<Expr> {
        let opening = self.open();
        self.cursor.skip_space();
        let filter = match self.cursor.peek() {
            Some(')') => None,
            _ => Some(Box::new(self.inside(Subject::Span, opening, Parser::alternatives)?.0)),
        };
        self.close(opening)?;
        let (operator, scalar) = self.compared(name, "count", "5")?;
        let text = scalar.text();
        let number = units::count(&text).map_err(|problem| {
            let what =
                if problem == units::Problem::NotWhole { "a whole number" } else { "a number" };
            bad_value(scalar.place, format!("\"{}\" is not {what}", shown(&text)))
        })?;
        let (test, is_negated) = number_test(operator, number);
        let place = self.cursor.since(name.from);
        self.finish_term(Predicate::Count { filter, test, is_negated }, place)
    }

    fn aggregate(&mut self, name: Place, aggregation: Aggregation) -> Parsed<Expr> {
        let function = aggregation.name();
        let opening = self.open();
        let outer = std::mem::replace(&mut self.subject, Subject::Span);
        let field = self.aggregated_field(function, name)?;
        self.subject = outer;
        self.cursor.skip_space();
        let mut filter = None;
        if self.cursor.take(',') {
            let comma = self.cursor.last_place();
            filter = Some(Box::new(self.inside(Subject::Span, comma, Parser::alternatives)?.0));
        }
        self.close_arguments(opening, function)?;
        let (operator, scalar) = self.compared(name, function, sample(field.field_type()))?;
        let (test, is_negated) = number_test(operator, number(&field, &scalar)?);
        let place = self.cursor.since(name.from);
        let predicate = Predicate::Aggregate { aggregation, field, filter, test, is_negated };
        self.finish_term(predicate, place)
    }

    fn aggregated_field(&mut self, function: &str, name: Place) -> Parsed<FieldRef> {
        self.cursor.skip_space();
        let starts_name = |next: char| next.is_alphabetic() || next == '@';
        if !self.cursor.peek().is_some_and(starts_name) {
            let message = format!("{function} needs a field, as in {function}(cost)");
            return Err(FilterError::new(ErrorCode::BadArgument, name, message));
        }
        let written = self.name()?;
        let field = self.resolve(&written)?.field;
        let field_type = field.field_type();
        if field_type.is_numeric() || field_type == FieldType::Open {
            return Ok(field);
        }
        let message = format!("{function} needs a number; {field} is {}", field_type.noun());
        Err(FilterError::new(ErrorCode::BadArgument, written.place, message))
    }

    fn sequence(&mut self, name: Place) -> Parsed<Expr> {
        let steps = self.arguments(limits::SEQUENCE_STEPS)?;
        let place = self.cursor.since(name.from);
        if steps.len() < 2 {
            let message = "sequence needs at least two filters, as in sequence(a, b)";
            return Err(FilterError::new(ErrorCode::BadArgument, place, message));
        }
        let within = match self.cursor.keyword("within") {
            Some(keyword) => Some(self.within(keyword)?),
            None => None,
        };
        let place = self.cursor.since(name.from);
        self.finish_term(Predicate::Sequence { steps, within }, place)
    }

    fn within(&mut self, keyword: Place) -> Parsed<Within> {
        self.cursor.at = keyword.to;
        self.cursor.skip_space();
        let value = self.cursor.bare();
        let text = value.text();
        let place = if text.is_empty() { keyword } else { value.place };
        let problem = || {
            let message = "after \"within\" write a number of steps or a time: within 3 steps, \
                           within 30s";
            bad_value(place, message)
        };
        self.nothing_glued()?;
        if let Ok(steps) = text.parse::<u32>() {
            let word = ["steps", "step"].iter().find_map(|word| self.cursor.keyword(word));
            self.cursor.at = word.ok_or_else(problem)?.to;
            return Ok(Within::Steps(steps));
        }
        let nanos = units::duration(&text).map_err(|_| problem())?;
        i64::try_from(nanos).map(Within::Nanos).map_err(|_| problem())
    }

    fn every(&mut self, name: Place) -> Parsed<Expr> {
        let arguments = self.arguments(2)?;
        let place = self.cursor.since(name.from);
        let Ok([which, must]) = <[Expr; 2]>::try_from(arguments) else {
            let message = "every needs two filters, which and must, as in every(kind:llm, model:a)";
            return Err(FilterError::new(ErrorCode::BadArgument, place, message));
        };
        let (which, must) = (Box::new(which), Box::new(must));
        self.finish_term(Predicate::Every { which, must }, place)
    }

    /// Filters on spans between brackets; `)` has been read after it.
    fn arguments(&mut self, most: usize) -> Parsed<Vec<Expr>> {
        let opening = self.open();
        let mut arguments = Vec::new();
        self.cursor.skip_space();
        if self.cursor.take(')') {
            return Ok(arguments);
        }
        let mut before = opening;
        loop {
            arguments.push(self.inside(Subject::Span, before, Parser::alternatives)?.0);
            self.cursor.skip_space();
            if !self.cursor.take(',') {
                break;
            }
            before = self.cursor.last_place();
            if arguments.len() == most {
                let message = format!("at most {most} filters stand here");
                return Err(FilterError::new(ErrorCode::TooManyTerms, before, message));
            }
        }
        self.close(opening)?;
        Ok(arguments)
    }

    /// Takes the `(` that is next.
    pub(super) fn open(&mut self) -> Place {
        self.cursor.at += 1;
        self.cursor.last_place()
    }

    /// Reads with other rows in mind; `before` is the bracket or comma that the filter follows.
    pub(super) fn inside<T>(
        &mut self,
        subject: Subject,
        before: Place,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        self.enter(before)?;
        self.needs_filter_in(before)?;
        let outer = std::mem::replace(&mut self.subject, subject);
        let result = read(self)?;
        self.subject = outer;
        self.depth -= 1;
        Ok(result)
    }

    fn close_arguments(&mut self, opening: Place, function: &str) -> Parsed<()> {
        let next = self.cursor.char_at(self.cursor.after_space(self.cursor.at));
        if matches!(next, None | Some(')')) {
            return self.close(opening);
        }
        self.cursor.skip_space();
        let place = Place { from: self.cursor.at, to: self.cursor.at + 1 };
        let message =
            format!("after the field of {function}(…) write \",\" and a filter, or \")\"");
        Err(FilterError::new(ErrorCode::BadArgument, place, message))
    }

    /// The operator and the value after a function.
    fn compared(
        &mut self,
        name: Place,
        function: &str,
        example: &str,
    ) -> Parsed<(Operator, Scalar)> {
        let end = self.cursor.at;
        let (operator, operator_place) = match self.cursor.operator_at(self.cursor.after_space(end))
        {
            Some((Found::Ours(operator), place)) if compares(operator) => (operator, place),
            Some((Found::Reserved(write), place)) => {
                return Err(reserved(&self.cursor.slice(place), write, place));
            }
            _ => {
                let place = self.cursor.since(name.from);
                let message = format!(
                    "{function}(…) must be compared, for example {function}(…) > {example}"
                );
                return Err(FilterError::new(ErrorCode::MissingComparison, place, message));
            }
        };
        self.cursor.at = operator_place.to;
        let before = Before { from: name.from, operator, operator_place };
        Ok((operator, self.single_value(&before)?))
    }
}

fn compares(operator: Operator) -> bool {
    matches!(operator, Operator::Equal | Operator::NotEqual | Operator::Compare(_))
}

fn number_test(operator: Operator, number: i128) -> (NumberTest, bool) {
    (NumberTest::Compare(relation(operator), number), operator.is_negated())
}

/// A value of a type, for a message.
fn sample(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Duration => "30s",
        FieldType::Size => "2MB",
        FieldType::Share => "35%",
        FieldType::Money | FieldType::Number => "0.5",
        _ => "5",
    }
}
