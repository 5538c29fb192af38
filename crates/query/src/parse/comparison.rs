//! One comparison: field, operator, value.

use super::cursor::{Found, Operator, Piece, Scalar};
use super::name::{Name, Resolved};
use super::value::{Before, Item, Shape};
use super::{Parsed, Parser, reserved};
use crate::error::{ErrorCode, FilterError};
use crate::expr::{Comparison, Expr, Place, Predicate};
use crate::field::{Field, FieldRef, FieldType};
use crate::hint::{Hint, HintCode};
use crate::pattern::TextPattern;
use crate::subject::Subject;
use crate::units::MILLIONTHS;
use crate::value_test::{NumberTest, Test};

impl Parser<'_> {
    /// Reads the operator and the value that follow `name`.
    pub(super) fn comparison(&mut self, name: Name) -> Parsed<Expr> {
        let resolved = self.resolve(&name)?;
        let (operator, operator_place) = self.operator()?;
        self.operator_fits(&resolved.field, operator, operator_place)?;
        let field_type = resolved.field.field_type();
        let before = Before { from: name.place.from, operator, operator_place };
        // In an attribute `a..b` may also be a path: what it is, the operand decides.
        let is_ordered = field_type.is_ordered() && field_type != FieldType::Open;
        let shape = self.value(&before, is_ordered)?;
        let place = self.cursor.since(name.place.from);
        match (&resolved.field, &shape) {
            (FieldRef::Field(Field::Is), _) => return self.flags(shape, operator, place),
            (FieldRef::Field(Field::Status), Shape::Item(Item::One(scalar)))
                if self.means_root_status(scalar) =>
            {
                return self.failed(operator.is_negated(), place);
            }
            _ => {}
        }
        let test = self.test_of(&resolved.field, operator, shape, place)?;
        self.finish_comparison(resolved, test, operator.is_negated(), place)
    }

    fn finish_comparison(
        &mut self,
        resolved: Resolved,
        test: Test,
        is_negated: bool,
        place: Place,
    ) -> Parsed<Expr> {
        self.hint_always_same(&resolved.field, &test, is_negated, place);
        let Resolved { field, below } = resolved;
        let comparison = Comparison { field, below, test, is_negated };
        self.finish_term(Predicate::Comparison(comparison), place)
    }

    /// Takes an operator; `duration:>2s` is `duration>2s`.
    pub(super) fn operator(&mut self) -> Parsed<(Operator, Place)> {
        self.cursor.skip_space();
        let (operator, place) = self.one_operator()?;
        self.cursor.at = place.to;
        let second = self.cursor.operator_at(place.to);
        if operator == Operator::Match
            && let Some((Found::Ours(Operator::Equal | Operator::Compare(_)), _)) = second
        {
            let (operator, second_place) = self.one_operator()?;
            self.cursor.at = second_place.to;
            return Ok((operator, Place { from: place.from, to: second_place.to }));
        }
        Ok((operator, place))
    }

    fn one_operator(&self) -> Parsed<(Operator, Place)> {
        match self.cursor.operator_at(self.cursor.at) {
            Some((Found::Ours(operator), place)) => Ok((operator, place)),
            Some((Found::Reserved(write), place)) => {
                Err(reserved(&self.cursor.slice(place), write, place))
            }
            None => {
                let place = Place { from: self.cursor.at, to: self.cursor.at };
                let message = "an operator such as : or = is missing";
                Err(FilterError::new(ErrorCode::BadOperator, place, message))
            }
        }
    }

    fn operator_fits(&self, field: &FieldRef, operator: Operator, place: Place) -> Parsed<()> {
        let field_type = field.field_type();
        let (symbol, noun) = (operator.symbol(), field_type.noun());
        let message = match operator {
            Operator::Regex | Operator::NotRegex if !field_type.is_text() => {
                format!("\"{symbol}\" needs a text field; {field} is {noun}")
            }
            Operator::Compare(_) if !field_type.is_ordered() => {
                let usable = if field_type.is_text() { ": = != or ~" } else { ": = or !=" };
                format!("\"{symbol}\" does not work on {field} ({noun}); use {usable}")
            }
            _ => return Ok(()),
        };
        Err(FilterError::new(ErrorCode::BadOperator, place, message))
    }

    fn test_of(
        &mut self,
        field: &FieldRef,
        operator: Operator,
        shape: Shape,
        place: Place,
    ) -> Parsed<Test> {
        match shape {
            Shape::Star(star) => star_test(field, operator, star, place),
            Shape::Item(item) => self.item_test(field, operator, &item),
            Shape::List(items) => {
                let tests = items.iter().map(|item| self.item_test(field, operator, item));
                let mut tests = tests.collect::<Parsed<Vec<Test>>>()?;
                match tests.pop() {
                    Some(only) if tests.is_empty() => Ok(only),
                    last => {
                        tests.extend(last);
                        Ok(Test::AnyOf(tests))
                    }
                }
            }
        }
    }

    /// `is:...`: each flag is a comparison of the field behind it, so that there is one way of
    /// saying a thing in the tree.
    fn flags(&mut self, shape: Shape, operator: Operator, place: Place) -> Parsed<Expr> {
        let items = match shape {
            Shape::List(items) => items,
            Shape::Item(item) => vec![item],
            Shape::Star(place) => {
                let pieces = vec![Piece::Star];
                vec![Item::One(Scalar { pieces, is_quoted: false, place })]
            }
        };
        let is_alone = items.len() == 1;
        let mut flags = Vec::new();
        for item in &items {
            if let Item::One(scalar) = item {
                let flag = self.member(&FieldRef::Field(Field::Is), scalar)?;
                let place = if is_alone { place } else { scalar.place };
                flags.push(self.flag(flag, place)?);
            }
        }
        let flags = super::one_or_many(flags, Expr::Or);
        Ok(if operator.is_negated() { Expr::Not(Box::new(flags)) } else { flags })
    }

    fn flag(&mut self, flag: &'static str, place: Place) -> Parsed<Expr> {
        let field = match flag {
            "failed" => return self.failed(false, place),
            "error" => Field::Status,
            "root" | "orphan" => {
                // A span is a root or an orphan; other rows have some span that is.
                let below = (self.subject != Subject::Span).then_some(Subject::Span);
                let resolved = Resolved { field: FieldRef::Field(Field::Is), below };
                return self.finish_comparison(resolved, exactly(flag), false, place);
            }
            _ => Field::State,
        };
        let resolved = self.place_field(FieldRef::Field(field), place)?;
        self.finish_comparison(resolved, exactly(flag), false, place)
    }

    /// `status:failed` and `is:failed` (ruling 23): the run itself failed. A span has no run of
    /// its own to ask, so there it is the span's status.
    fn failed(&mut self, is_negated: bool, place: Place) -> Parsed<Expr> {
        let field = match self.subject {
            Subject::Span => Field::Status,
            Subject::Trace | Subject::Session => Field::RootStatus,
        };
        let resolved = self.place_field(FieldRef::Field(field), place)?;
        self.finish_comparison(resolved, exactly("error"), is_negated, place)
    }

    fn means_root_status(&self, scalar: &Scalar) -> bool {
        let text = scalar.text().to_lowercase();
        matches!(text.as_str(), "failed" | "failure" | "fail")
    }

    fn hint_always_same(&mut self, field: &FieldRef, test: &Test, is_negated: bool, place: Place) {
        let field_type = field.field_type();
        let has_floor = field_type.is_numeric() && field_type != FieldType::Number;
        let Test::Number(test) = test else { return };
        if !has_floor || is_negated {
            return;
        }
        let always = match (test, test.bounds()) {
            (_, (_, Some(most))) if most < 0 => "false",
            (_, (Some(least), _)) if field_type == FieldType::Share && least > MILLIONTHS => {
                "false"
            }
            (NumberTest::Compare(..), (Some(least), None)) if least <= 0 => "true",
            _ => return,
        };
        let limits = if field_type == FieldType::Share { "between 0 and 1" } else { "0 or more" };
        let message = format!("{field} is {limits}, so this is always {always}");
        let (code, suggestions) = (HintCode::AlwaysSame, Vec::new());
        self.hints.push(Hint { code, message, from: place.from, to: place.to, suggestions });
    }
}

fn exactly(value: &str) -> Test {
    Test::Text(TextPattern::Exact(value.to_owned()))
}

fn star_test(field: &FieldRef, operator: Operator, star: Place, place: Place) -> Parsed<Test> {
    match operator {
        Operator::Match | Operator::Equal => Ok(Test::Exists),
        Operator::NotEqual => {
            let message = format!("for rows without {field} write -{field}:*");
            let error = FilterError::new(ErrorCode::BadValue, place, message);
            Err(error.suggest(format!("-{field}:*")))
        }
        _ => {
            let message = format!("\"*\" means any value; write {field}:*");
            Err(FilterError::new(ErrorCode::BadValue, star, message))
        }
    }
}
