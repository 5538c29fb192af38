//! Names of fields: reading them, finding what they stand for, and what to say when nothing.

use super::{Parsed, Parser};
use crate::error::{ErrorCode, FilterError, shown};
use crate::expr::{Place, quoted};
use crate::field::{FIELDS, Field, FieldRef, Namespace, is_path_character, level};
use crate::nearest::{join, nearest};
use crate::subject::Subject;

/// A name as written.
pub(super) struct Name {
    pub(super) place: Place,
    pub(super) text: String,
    /// `attr.x`, `@x` and `attr["x"]`.
    open: Option<(Namespace, String)>,
    pub(super) is_bracketed: bool,
}

/// What a name stands for in a filter on the rows at hand.
#[derive(Clone)]
pub(super) struct Resolved {
    pub(super) field: FieldRef,
    /// See [`crate::Comparison::below`].
    pub(super) below: Option<Subject>,
}

impl Parser<'_> {
    /// Reads what may be the name of a field; whether it is one, [`Parser::resolve`] says.
    pub(super) fn name(&mut self) -> Parsed<Name> {
        let from = self.cursor.at;
        if self.cursor.take('@') {
            self.skip_while(is_path_character);
            let path = Place { from: from + 1, to: self.cursor.at };
            let open = Some((Namespace::Attr, self.cursor.slice(path)));
            return Ok(self.finish_name(from, open, false));
        }
        self.skip_while(|character| character.is_alphanumeric() || matches!(character, '_' | '.'));
        let text = self.cursor.slice(self.cursor.since(from));
        if self.cursor.peek() == Some('[')
            && let Some(namespace) = Namespace::from_name(&text)
        {
            let path = self.bracketed(&text)?;
            return Ok(self.finish_name(from, Some((namespace, path)), true));
        }
        let Some((prefix, _)) = text.split_once('.') else {
            return Ok(self.finish_name(from, None, false));
        };
        let Some(namespace) = Namespace::from_name(prefix) else {
            return Ok(self.finish_name(from, None, false));
        };
        self.skip_while(is_path_character);
        let path = Place { from: from + prefix.chars().count() + 1, to: self.cursor.at };
        let open = Some((namespace, self.cursor.slice(path)));
        Ok(self.finish_name(from, open, false))
    }

    fn finish_name(
        &self,
        from: usize,
        open: Option<(Namespace, String)>,
        is_bracketed: bool,
    ) -> Name {
        let place = self.cursor.since(from);
        Name { place, text: self.cursor.slice(place), open, is_bracketed }
    }

    fn skip_while(&mut self, accepts: impl Fn(char) -> bool) {
        while self.cursor.peek().is_some_and(&accepts) {
            self.cursor.at += 1;
        }
    }

    /// `["my key"]`; the bracket is next.
    fn bracketed(&mut self, namespace: &str) -> Parsed<String> {
        self.cursor.at += 1;
        let opening = self.cursor.last_place();
        let expected = || {
            let message = format!("write the name in quotes, as in {namespace}[\"my key\"]");
            FilterError::new(ErrorCode::UnexpectedToken, opening, message)
        };
        if self.cursor.peek() != Some('"') {
            return Err(expected());
        }
        let path = self.cursor.quoted()?;
        if !self.cursor.take(']') {
            return Err(expected());
        }
        Ok(path.text())
    }

    /// The field of a name, and whose it is.
    pub(super) fn resolve(&self, name: &Name) -> Parsed<Resolved> {
        let field = match &name.open {
            Some((_, path)) if path.is_empty() => return Err(nameless(&name.text, name.place)),
            Some((namespace, path)) => FieldRef::Open(*namespace, path.clone()),
            None => match Field::from_name(&name.text) {
                Some(field) => FieldRef::Field(field),
                None => return Err(self.unknown_field(name.place)),
            },
        };
        self.place_field(field, name.place)
    }

    /// Whose `field` is in a filter on the rows at hand.
    pub(super) fn place_field(&self, field: FieldRef, place: Place) -> Parsed<Resolved> {
        let owners = field.owners();
        if let Some(level) = level(owners, self.subject) {
            let below = (level != self.subject).then_some(level);
            return Ok(Resolved { field, below });
        }
        // Owned only by what is above the rows: the nearest of those is the one to go up to.
        let nearest = owners.iter().copied().max().unwrap_or(Subject::Trace);
        let (name, above) = (nearest.name(), nearest.plural());
        let message =
            format!("\"{field}\" is a field of {above}; here write has {name}({field} …)");
        Err(FilterError::new(ErrorCode::WrongSubject, place, message))
    }

    pub(super) fn unknown_field(&self, place: Place) -> FilterError {
        let name = self.cursor.slice(place);
        let error = |message| FilterError::new(ErrorCode::UnknownField, place, message);
        if Namespace::from_name(&name).is_some() {
            return nameless(&name, place);
        }
        if name.eq_ignore_ascii_case("http") || name.eq_ignore_ascii_case("https") {
            let message = format!("\"{name}\" is not a field; put a URL in quotes");
            let mut end = place.to;
            while self.cursor.char_at(end).is_some_and(|next| !super::cursor::is_delimiter(next)) {
                end += 1;
            }
            let url = Place { from: place.from, to: end };
            return FilterError::new(ErrorCode::UnknownField, url, message)
                .suggest(quoted(&self.cursor.slice(url)));
        }
        let spellings = FIELDS.iter().flat_map(|info| {
            info.aliases.iter().chain([&info.name]).map(|spelling| (*spelling, info.name))
        });
        let close = nearest(&name, spellings);
        let shown = shown(&name);
        if !close.is_empty() {
            let message = format!("unknown field \"{shown}\"; did you mean {}?", join(&close));
            return close.iter().fold(error(message), |error, name| error.suggest(*name));
        }
        let is_path = name.chars().all(is_path_character) && !name.ends_with('.');
        if is_path && name.starts_with(char::is_alphabetic) {
            let message =
                format!("unknown field \"{shown}\"; for a span attribute write attr.{shown}");
            return error(message).suggest(format!("attr.{name}"));
        }
        error(format!("unknown field \"{shown}\"; to search for it as text, put it in quotes"))
    }
}

/// A namespace, or `@`, without a name after it.
fn nameless(text: &str, place: Place) -> FilterError {
    let namespace = Namespace::from_name(text.trim_end_matches('.')).unwrap_or(Namespace::Attr);
    let example = namespace.info().example;
    let message = format!("\"{text}\" needs a name after it, as in {example}");
    FilterError::new(ErrorCode::MissingField, place, message)
}
