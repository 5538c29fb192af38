//! `has child(...)` and its kin.

use super::function::FUNCTIONS;
use super::{Parsed, Parser};
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::{Expr, Place, Predicate, Relative, Term};
use crate::nearest::{join, nearest};
use crate::subject::Subject;

impl Parser<'_> {
    /// `has` is a keyword only before `relation(`; elsewhere it is a word.
    pub(super) fn has(&mut self, has: Place) -> Parsed<Option<Expr>> {
        let from = self.cursor.after_space(has.to);
        let mut to = from;
        while self.cursor.char_at(to).is_some_and(|next| next.is_alphanumeric() || next == '_') {
            to += 1;
        }
        let place = Place { from, to };
        let word = self.cursor.slice(place);
        let relative = Relative::ALL.into_iter().find(|relative| relative.name() == word);
        let bracket = match relative {
            Some(_) => self.cursor.after_space(to),
            None => to,
        };
        let is_operator = FUNCTIONS.contains(&word.as_str())
            || ["and", "or", "not"].iter().any(|operator| word.eq_ignore_ascii_case(operator));
        if from == has.to || word.is_empty() || is_operator {
            return Ok(None);
        }
        if self.cursor.char_at(bracket) != Some('(') {
            return Ok(None);
        }
        let Some(relative) = relative else { return Err(unknown_relation(&word, place)) };
        self.relative_fits(relative, place)?;
        self.cursor.at = bracket;
        let subject = match relative {
            Relative::Trace => Subject::Trace,
            Relative::Session => Subject::Session,
            _ => Subject::Span,
        };
        let opening = self.open();
        let filter = Box::new(self.inside(subject, opening, Parser::alternatives)?.0);
        self.close(opening)?;
        let place = self.cursor.since(has.from);
        let expr = self.finish_term(Predicate::Has { relative, filter }, place)?;
        let is_of_spans = !matches!(relative, Relative::Span | Relative::Trace | Relative::Session);
        if !is_of_spans || self.subject == Subject::Span {
            return Ok(Some(expr));
        }
        // On traces and sessions some span is meant (example 62).
        let predicate = Predicate::Has { relative: Relative::Span, filter: Box::new(expr) };
        Ok(Some(Expr::Term(Term { predicate, place })))
    }

    fn relative_fits(&self, relative: Relative, place: Place) -> Parsed<()> {
        let message = match (self.subject, relative) {
            (Subject::Span, Relative::Span) => {
                "a span has no spans of its own; write has descendant(…) or has child(…)".to_owned()
            }
            (Subject::Trace, Relative::Trace) | (Subject::Session, Relative::Session) => {
                let (rows, name) = (self.subject.plural(), relative.name());
                format!("the rows are {rows} already; write the filter without has {name}(…)")
            }
            _ => return Ok(()),
        };
        Err(FilterError::new(ErrorCode::WrongSubject, place, message))
    }
}

fn unknown_relation(word: &str, place: Place) -> FilterError {
    let close = nearest(word, Relative::ALL.iter().map(|one| (one.name(), one.name())));
    let shown = shown(word);
    let message = match close.is_empty() {
        true => {
            let known = Relative::ALL.map(Relative::name).join(", ");
            format!("unknown relation \"{shown}\"; one of {known}")
        }
        false => format!("unknown relation \"{shown}\"; did you mean {}?", join(&close)),
    };
    let error = FilterError::new(ErrorCode::UnknownRelation, place, message);
    close.iter().fold(error, |error, name| error.suggest(*name))
}
