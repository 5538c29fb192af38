//! One term: a comparison or a function when it begins with a name, else a word or a phrase.

use super::cursor::{Found, Operator, Piece, Scalar};
use super::{Parsed, Parser, reserved};
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::{Comparison, Expr, Place, Predicate};
use crate::field::{Field, FieldRef};
use crate::hint::{Hint, HintCode};
use crate::value_test::Test;
use crate::words::WordPattern;

impl Parser<'_> {
    pub(super) fn term(&mut self) -> Parsed<Expr> {
        let from = self.cursor.at;
        match self.cursor.peek() {
            Some(')' | ',') => self.expect_end()?,
            Some('"') => {
                let phrase = self.cursor.quoted()?;
                self.nothing_glued()?;
                return self.words(&phrase);
            }
            Some(first) if first.is_alphabetic() || first == '@' => {
                if let Some(expr) = self.named_term()? {
                    return Ok(expr);
                }
            }
            _ => {}
        }
        self.refuse_operator()?;
        let word = self.cursor.bare();
        if let Some(split) = self.operator_inside(word.place) {
            return Err(self.unknown_field(Place { from, to: split }));
        }
        if self.cursor.peek() == Some('(') {
            return Err(self.unknown_function(word.place));
        }
        self.nothing_glued()?;
        self.hint_field_name(&word);
        self.words(&word)
    }

    /// A comparison or a function, both of which begin with a name; `None` for a plain word.
    fn named_term(&mut self) -> Parsed<Option<Expr>> {
        let from = self.cursor.at;
        let name = self.name()?;
        let glued = self.cursor.operator_at(self.cursor.at);
        let spaced = self.cursor.operator_at(self.cursor.after_space(self.cursor.at));
        // A colon must touch its field: `tool :x` is not `tool:x` to anybody but us.
        let spaced = spaced.filter(|(found, _)| !is_colon(*found));
        if glued.or(spaced).is_some() {
            return self.comparison(name).map(Some);
        }
        if name.is_bracketed {
            let written = self.cursor.slice(name.place);
            let message = format!("{written} needs an operator, for example {written}:*");
            return Err(FilterError::new(ErrorCode::MissingValue, name.place, message));
        }
        let function = self.function(name.place)?;
        if function.is_none() {
            self.cursor.at = from;
        }
        Ok(function)
    }

    /// A word or a phrase that is searched in all text.
    fn words(&mut self, scalar: &Scalar) -> Parsed<Expr> {
        let test = Test::Words(words_of(scalar)?);
        let field = FieldRef::Field(Field::Text);
        let comparison = Comparison { field, below: None, test, is_negated: false };
        self.finish_term(Predicate::Comparison(comparison), scalar.place)
    }

    /// After a value or a word there is a space, a bracket that closes, a comma or the end.
    pub(super) fn nothing_glued(&self) -> Parsed<()> {
        let next = match self.cursor.peek() {
            Some(next) if !next.is_whitespace() && !matches!(next, ')' | ',') => next,
            _ => return Ok(()),
        };
        let place = Place { from: self.cursor.at, to: self.cursor.at + 1 };
        let message = format!("unexpected \"{next}\"; put a space before it, or quote the whole");
        Err(FilterError::new(ErrorCode::UnexpectedToken, place, message))
    }

    /// Refuses an operator where a filter should begin.
    fn refuse_operator(&self) -> Parsed<()> {
        let at = self.cursor.at;
        for (symbol, write) in [("&&", "and"), ("||", "or")] {
            if self.cursor.starts_with(at, symbol) {
                return Err(reserved(symbol, write, Place { from: at, to: at + 2 }));
            }
        }
        match self.cursor.operator_at(at) {
            Some((Found::Reserved(write), place)) => {
                Err(reserved(&self.cursor.slice(place), write, place))
            }
            Some((Found::Ours(operator), place)) => {
                let before = self.cursor.chars[..at].iter().rev();
                let last = before.copied().find(|character| !character.is_whitespace());
                let ends_value = if last == Some('*') { "; \"*\" ends a value here" } else { "" };
                let symbol = operator.symbol();
                let message = format!("\"{symbol}\" needs a field before it{ends_value}");
                Err(FilterError::new(ErrorCode::MissingField, place, message))
            }
            None if self.cursor.peek() == Some('!') => {
                Err(reserved("!", "not", Place { from: at, to: at + 1 }))
            }
            None => Ok(()),
        }
    }

    /// Where an operator begins inside a bare word: `a-b:c` is meant as a comparison.
    fn operator_inside(&self, word: Place) -> Option<usize> {
        (word.from..word.to).find(|at| self.cursor.operator_at(*at).is_some())
    }

    fn hint_field_name(&mut self, word: &Scalar) {
        let name = word.text();
        if let Some(field) = Field::from_name(&name) {
            let example = field.info().example;
            self.hints.push(Hint {
                code: HintCode::FieldNameAsText,
                message: format!(
                    "\"{name}\" is searched as text; to filter by the field write for example \
                     {example}"
                ),
                from: word.place.from,
                to: word.place.to,
                suggestions: vec![example.to_owned()],
            });
        }
    }
}

fn is_colon(found: Found) -> bool {
    match found {
        Found::Ours(operator) => operator == Operator::Match,
        Found::Reserved(_) => false,
    }
}

/// Words for full text: a star only at the end of the last one.
pub(super) fn words_of(scalar: &Scalar) -> Parsed<WordPattern> {
    let is_prefix = scalar.pieces.last() == Some(&Piece::Star);
    let parts = scalar.parts();
    let bad = |message| FilterError::new(ErrorCode::BadValue, scalar.place, message);
    if parts.len() > 1 + usize::from(is_prefix) {
        return Err(bad("in a text \"*\" stands only at the end of a word, as in refund*".into()));
    }
    WordPattern::new(&parts[0], is_prefix).ok_or_else(|| {
        let text = shown(&scalar.text());
        bad(format!("\"{text}\" holds no word to search for; for signs write text ~ \"…\""))
    })
}
