//! Text to tree: a recursive descent over `or`, `and`, `not`, groups and terms.

mod comparison;
mod cursor;
mod function;
mod name;
mod number;
mod operand;
mod relation;
mod term;
mod value;

use crate::error::{ErrorCode, FilterError};
use crate::expr::{Expr, Place, Predicate, Term};
use crate::filter::{Clock, Filter, ResolvedTime};
use crate::hint::{self, Hint};
use crate::limits;
use crate::subject::Subject;
use cursor::Cursor;

/// Reads a filter on rows of `subject`.
///
/// # Errors
///
/// The first mistake in the text, with its place. Predicates that are not evaluated yet are not
/// mistakes: see [`Filter::check_supported`].
pub fn parse(text: &str, subject: Subject, clock: &Clock) -> Result<Filter, FilterError> {
    let cursor = Cursor::new(text);
    if cursor.chars.len() > limits::FILTER_CHARACTERS {
        let place = Place { from: limits::FILTER_CHARACTERS, to: cursor.chars.len() };
        let message = format!("a filter holds at most {} characters", limits::FILTER_CHARACTERS);
        return Err(FilterError::new(ErrorCode::TooLong, place, message));
    }
    cursor.refuse_invisible()?;
    let mut parser = Parser::new(cursor, subject, clock);
    parser.cursor.skip_space();
    let (expr, chips) = match parser.cursor.peek() {
        None => (None, Vec::new()),
        Some(_) => {
            let (expr, chips) = parser.alternatives()?;
            parser.expect_end()?;
            (Some(expr), chips)
        }
    };
    let Parser { hints, resolved, .. } = parser;
    let mut filter = Filter { subject, text: text.to_owned(), expr, chips, hints, resolved };
    hint::add_different_spans(&mut filter);
    Ok(filter)
}

struct Parser<'a> {
    cursor: Cursor,
    clock: &'a Clock,
    /// What the fields of the filter being read belong to; changes inside functions.
    subject: Subject,
    depth: usize,
    terms: usize,
    hints: Vec<Hint>,
    resolved: Vec<ResolvedTime>,
}

type Parsed<T> = Result<T, FilterError>;

impl<'a> Parser<'a> {
    fn new(cursor: Cursor, subject: Subject, clock: &'a Clock) -> Parser<'a> {
        let (hints, resolved) = (Vec::new(), Vec::new());
        Parser { cursor, clock, subject, depth: 0, terms: 0, hints, resolved }
    }

    /// Filters joined by `or`, and the places of the chips that they make.
    fn alternatives(&mut self) -> Parsed<(Expr, Vec<Place>)> {
        let (first, chips) = self.conjunction()?;
        let from = chips.first().map_or(self.cursor.at, |place| place.from);
        let mut items = vec![first];
        while let Some(place) = self.cursor.keyword("or") {
            self.cursor.at = place.to;
            self.needs_filter_after(place)?;
            items.push(self.conjunction()?.0);
        }
        let chips = if items.len() > 1 { vec![self.cursor.since(from)] } else { chips };
        Ok((one_or_many(items, Expr::Or), chips))
    }

    /// Filters joined by `and` or by a space, and the place of each.
    fn conjunction(&mut self) -> Parsed<(Expr, Vec<Place>)> {
        let mut items = Vec::new();
        let mut places = Vec::new();
        loop {
            self.cursor.skip_space();
            let from = self.cursor.at;
            items.push(self.negation()?);
            places.push(self.cursor.since(from));
            if self.cursor.at_stop() || self.cursor.keyword("or").is_some() {
                break;
            }
            if let Some(place) = self.cursor.keyword("and") {
                self.cursor.at = place.to;
                self.needs_filter_after(place)?;
            }
        }
        Ok((one_or_many(items, Expr::And), places))
    }

    /// A filter with any number of `not` and `-` before it.
    fn negation(&mut self) -> Parsed<Expr> {
        self.cursor.skip_space();
        for word in ["and", "or"] {
            if let Some(place) = self.cursor.keyword(word) {
                let message = format!("\"{word}\" needs a filter before it");
                return Err(FilterError::new(ErrorCode::MissingOperand, place, message));
            }
        }
        if let Some(place) = self.cursor.keyword("not") {
            self.cursor.at = place.to;
            self.needs_filter_after(place)?;
            return self.negated(place);
        }
        match self.cursor.peek() {
            Some('-') => {
                self.cursor.at += 1;
                let place = self.cursor.last_place();
                if self.cursor.at_stop() || self.cursor.peek().is_some_and(char::is_whitespace) {
                    let message = "\"-\" needs a filter right after it";
                    return Err(FilterError::new(ErrorCode::MissingOperand, place, message));
                }
                self.negated(place)
            }
            Some('(') => self.group(),
            _ => self.term(),
        }
    }

    fn negated(&mut self, place: Place) -> Parsed<Expr> {
        self.enter(place)?;
        let inner = self.negation()?;
        self.depth -= 1;
        Ok(Expr::Not(Box::new(inner)))
    }

    fn group(&mut self) -> Parsed<Expr> {
        self.cursor.at += 1;
        let opening = self.cursor.last_place();
        self.cursor.skip_space();
        if self.cursor.take(')') {
            let place = self.cursor.since(opening.from);
            return Err(FilterError::new(ErrorCode::EmptyGroup, place, "empty group \"()\""));
        }
        self.enter(opening)?;
        self.needs_filter_in(opening)?;
        let (inner, _) = self.alternatives()?;
        self.close(opening)?;
        self.depth -= 1;
        Ok(inner)
    }

    fn finish_term(&mut self, predicate: Predicate, place: Place) -> Parsed<Expr> {
        self.terms += 1;
        if self.terms > limits::TERMS {
            let message = format!("a filter holds at most {} terms", limits::TERMS);
            return Err(FilterError::new(ErrorCode::TooManyTerms, place, message));
        }
        Ok(Expr::Term(Term { predicate, place }))
    }

    fn enter(&mut self, place: Place) -> Parsed<()> {
        self.depth += 1;
        if self.depth <= limits::DEPTH {
            return Ok(());
        }
        let message = format!("a filter nests at most {} levels deep", limits::DEPTH);
        Err(FilterError::new(ErrorCode::TooDeep, place, message))
    }

    /// Takes the `)` that belongs to `opening`.
    fn close(&mut self, opening: Place) -> Parsed<()> {
        self.cursor.skip_space();
        if self.cursor.take(')') {
            return Ok(());
        }
        match self.cursor.peek() {
            None => {
                let message = "\"(\" is never closed";
                Err(FilterError::new(ErrorCode::UnclosedGroup, opening, message))
            }
            Some(_) => self.expect_end(),
        }
    }

    fn expect_end(&mut self) -> Parsed<()> {
        self.cursor.skip_space();
        let Some(next) = self.cursor.peek() else { return Ok(()) };
        self.cursor.at += 1;
        let message = match next {
            ')' => "\")\" has no matching \"(\"",
            _ => "\",\" belongs in a list such as tool:(a, b) or in a function",
        };
        Err(FilterError::new(ErrorCode::UnexpectedToken, self.cursor.last_place(), message))
    }

    fn needs_filter_after(&self, place: Place) -> Parsed<()> {
        let is_word = ["and", "or"].iter().any(|word| self.cursor.keyword(word).is_some());
        if !self.cursor.at_stop() && !is_word {
            return Ok(());
        }
        let message = format!("\"{}\" needs a filter after it", self.cursor.slice(place));
        Err(FilterError::new(ErrorCode::MissingOperand, place, message))
    }

    /// Something must follow `before`, a bracket or a comma.
    fn needs_filter_in(&mut self, before: Place) -> Parsed<()> {
        match self.cursor.char_at(self.cursor.after_space(self.cursor.at)) {
            None if self.cursor.char_at(before.from) == Some('(') => self.close(before),
            None | Some(')' | ',') => self.needs_filter_after(before),
            Some(_) => Ok(()),
        }
    }
}

fn one_or_many(mut items: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match items.pop() {
        Some(only) if items.is_empty() => only,
        last => {
            items.extend(last);
            join(items)
        }
    }
}

fn reserved(symbol: &str, write: &str, place: Place) -> FilterError {
    let message = format!("\"{symbol}\" is not an operator here; write \"{write}\"");
    let error = FilterError::new(ErrorCode::ReservedOperator, place, message);
    if write.contains('…') { error } else { error.suggest(write) }
}
