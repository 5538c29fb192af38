//! The shape of a value: a star, one value, a range, or a list of alternatives.

use super::cursor::{Found, Operator, Piece, Scalar};
use super::{Parsed, Parser};
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::Place;
use crate::limits;

/// One value or a range of them.
pub(super) enum Item {
    One(Scalar),
    /// At least one end is there. Carries the place of the whole.
    Range(Option<Scalar>, Option<Scalar>, Place),
}

pub(super) enum Shape {
    Star(Place),
    Item(Item),
    List(Vec<Item>),
}

/// How much of the text has been read when a value is due.
pub(super) struct Before {
    /// The field or function that is compared.
    pub(super) from: usize,
    pub(super) operator: Operator,
    pub(super) operator_place: Place,
}

impl Parser<'_> {
    /// Reads a value. Only ordered types have ranges; for others `..` are two characters.
    pub(super) fn value(&mut self, before: &Before, is_ordered: bool) -> Parsed<Shape> {
        self.value_is_there(before)?;
        if self.cursor.peek() == Some('(') {
            return self.list(before.operator, is_ordered);
        }
        let item = self.item(is_ordered)?;
        self.nothing_glued()?;
        Ok(match item {
            Item::One(scalar) if !scalar.is_quoted && scalar.pieces == [Piece::Star] => {
                Shape::Star(scalar.place)
            }
            item => Shape::Item(item),
        })
    }

    /// Reads one value, where neither a list nor a range is possible.
    pub(super) fn single_value(&mut self, before: &Before) -> Parsed<Scalar> {
        self.value_is_there(before)?;
        if self.cursor.peek() == Some('(') {
            let place = Place { from: self.cursor.at, to: self.cursor.at + 1 };
            let message = format!("\"{}\" compares with one value here", before.operator.symbol());
            return Err(FilterError::new(ErrorCode::BadList, place, message));
        }
        let scalar = self.scalar()?;
        self.nothing_glued()?;
        Ok(scalar)
    }

    /// Moves to the value. After `:` it follows at once, after others spaces may stand.
    fn value_is_there(&mut self, before: &Before) -> Parsed<()> {
        let is_colon = before.operator_place.to - before.operator_place.from == 1
            && before.operator == Operator::Match;
        let is_space_next = self.cursor.peek().is_some_and(char::is_whitespace);
        if self.cursor.at_stop() || (is_colon && is_space_next) {
            let place = Place { from: before.from, to: before.operator_place.to };
            let written = shown(&self.cursor.slice(place));
            let is_gap = is_colon && is_space_next && !self.cursor.at_stop();
            let gap = if is_gap { " (no space after the colon)" } else { "" };
            let message = format!("missing value after \"{written}\"{gap}");
            return Err(FilterError::new(ErrorCode::MissingValue, place, message));
        }
        self.cursor.skip_space();
        match self.cursor.operator_at(self.cursor.at) {
            // A value may begin with a colon, but not with what looks like a second operator.
            Some((Found::Ours(Operator::Match), _)) | None => Ok(()),
            Some((_, place)) => {
                let symbol = self.cursor.slice(place);
                let message = format!("\"{symbol}\" is not a value; to mean it as text, quote it");
                Err(FilterError::new(ErrorCode::UnexpectedToken, place, message))
            }
        }
    }

    fn scalar(&mut self) -> Parsed<Scalar> {
        match self.cursor.peek() {
            Some('"') => self.cursor.quoted(),
            Some('\'') => Err(self.single_quote()),
            _ => Ok(self.cursor.bare()),
        }
    }

    /// `name:'a b'` would otherwise be read as `name:"'a"` and the word `b'`, silently.
    fn single_quote(&self) -> FilterError {
        let place = Place { from: self.cursor.at, to: self.cursor.at + 1 };
        let message = "values are quoted with \", not with '; a value that begins with ' needs \"";
        FilterError::new(ErrorCode::UnexpectedToken, place, message)
    }

    fn item(&mut self, is_ordered: bool) -> Parsed<Item> {
        let from = self.cursor.at;
        let first = self.scalar()?;
        if !is_ordered {
            return Ok(Item::One(first));
        }
        if first.is_quoted {
            if !self.cursor.starts_with(self.cursor.at, "..") {
                return Ok(Item::One(first));
            }
            self.cursor.at += 2;
            let last = self.range_end()?;
            return self.range(Some(first), last, self.cursor.since(from));
        }
        let dots = first.pieces.windows(2).position(|pair| pair == [Piece::Char('.'); 2]);
        let Some(dots) = dots else { return Ok(Item::One(first)) };
        let left = first.slice(0, dots);
        let right = match first.slice(dots + 2, first.pieces.len()) {
            Some(right) => Some(right),
            None => self.range_end()?,
        };
        self.range(left, right, self.cursor.since(from))
    }

    fn range_end(&mut self) -> Parsed<Option<Scalar>> {
        let scalar = self.scalar()?;
        Ok((scalar.is_quoted || !scalar.pieces.is_empty()).then_some(scalar))
    }

    fn range(&self, left: Option<Scalar>, right: Option<Scalar>, place: Place) -> Parsed<Item> {
        if left.is_none() && right.is_none() {
            let message = "a range needs at least one end, as in 1..5, 1.. or ..5";
            return Err(FilterError::new(ErrorCode::BadRange, place, message));
        }
        Ok(Item::Range(left, right, place))
    }

    fn list(&mut self, operator: Operator, is_ordered: bool) -> Parsed<Shape> {
        self.cursor.at += 1;
        let opening = self.cursor.last_place();
        let mut items = Vec::new();
        loop {
            self.list_value_is_there(opening)?;
            items.push(self.item(is_ordered)?);
            if items.len() > limits::LIST_ITEMS {
                let message = format!("a list holds at most {} values", limits::LIST_ITEMS);
                return Err(FilterError::new(ErrorCode::TooManyTerms, opening, message));
            }
            self.cursor.skip_space();
            if let Some(place) = self.cursor.keyword("or") {
                self.cursor.at = place.to;
            } else if !self.cursor.take(',') {
                break;
            }
        }
        self.end_of_list(opening)?;
        self.nothing_glued()?;
        if matches!(operator, Operator::Match | Operator::Equal | Operator::NotEqual) {
            return Ok(Shape::List(items));
        }
        let message = format!("\"{}\" compares with one value, not a list", operator.symbol());
        Err(FilterError::new(ErrorCode::BadList, opening, message))
    }

    fn list_value_is_there(&mut self, opening: Place) -> Parsed<()> {
        self.cursor.skip_space();
        for word in ["and", "or"] {
            if let Some(place) = self.cursor.keyword(word) {
                return Err(bad_list(place));
            }
        }
        match self.cursor.peek() {
            None => Err(unclosed(opening)),
            Some(next @ (')' | ',')) => {
                let place = Place { from: self.cursor.at, to: self.cursor.at + 1 };
                let message = format!("missing value before \"{next}\"");
                Err(FilterError::new(ErrorCode::MissingValue, place, message))
            }
            Some('(') => {
                let place = Place { from: self.cursor.at, to: self.cursor.at + 1 };
                Err(FilterError::new(ErrorCode::BadList, place, "a list holds no other list"))
            }
            Some(_) => Ok(()),
        }
    }

    fn end_of_list(&mut self, opening: Place) -> Parsed<()> {
        if self.cursor.take(')') {
            return Ok(());
        }
        if self.cursor.peek().is_none() {
            return Err(unclosed(opening));
        }
        if let Some(place) = self.cursor.keyword("and") {
            return Err(bad_list(place));
        }
        let place =
            Place { from: self.cursor.at, to: self.cursor.bare_end().max(self.cursor.at + 1) };
        let message = "put a comma between the values of a list";
        Err(FilterError::new(ErrorCode::BadList, place, message))
    }
}

fn unclosed(opening: Place) -> FilterError {
    FilterError::new(ErrorCode::UnclosedGroup, opening, "\"(\" is never closed")
}

fn bad_list(place: Place) -> FilterError {
    let message = "a list means \"any of\"; write two filters for \"all of\"";
    FilterError::new(ErrorCode::BadList, place, message)
}
