//! The one shape in which a filter is refused.

use serde::Serialize;

use crate::expr::Place;
use crate::limits::MESSAGE_CHARACTERS;

/// Why a text is not a filter. The names are part of the API (reference/filters.md section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No field has this name.
    UnknownField,
    /// A fixed set does not hold this value.
    UnknownValue,
    /// The unit after a number is not one of the field's.
    UnknownUnit,
    /// `has` is followed by a word that is no relation.
    UnknownRelation,
    /// A word glued to `(` is no function.
    UnknownFunction,
    /// An operator has no field before it, or a namespace no name after it.
    MissingField,
    /// An operator has no value after it.
    MissingValue,
    /// A number needs a unit here.
    MissingUnit,
    /// `and`, `or`, `not` or `-` has no filter beside it.
    MissingOperand,
    /// A function is not compared with anything.
    MissingComparison,
    /// A number has a unit where none belongs.
    WrongUnit,
    /// The value does not fit the type of the field.
    BadValue,
    /// A range is upside down or has no ends.
    BadRange,
    /// A regular expression cannot be read, or is too large.
    BadRegex,
    /// A list is not a list of alternatives.
    BadList,
    /// A function has the wrong arguments.
    BadArgument,
    /// The operator does not work on this type.
    BadOperator,
    /// A backslash stands before a character that needs none.
    BadEscape,
    /// The field or relation belongs to other rows.
    WrongSubject,
    /// An operator of another language.
    ReservedOperator,
    /// A bracket is never closed.
    UnclosedGroup,
    /// A quote is never closed.
    UnclosedQuote,
    /// Something stands where it cannot.
    UnexpectedToken,
    /// Brackets with nothing in them.
    EmptyGroup,
    /// A character that cannot be seen, outside quotes.
    InvisibleCharacter,
    /// The text or one regular expression is too long.
    TooLong,
    /// Too many groups inside each other.
    TooDeep,
    /// Too many terms, list values or steps.
    TooManyTerms,
    /// Well formed, but not evaluated yet (ruling 23).
    NotSupportedYet,
}

/// One mistake in a filter, with its place. The wire form of `error` in API answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// What kind of mistake.
    pub code: ErrorCode,
    /// One sentence, lower case, no full stop, at most 160 characters: what is wrong and what to
    /// write instead.
    pub message: String,
    /// First character of the place, counted from 0 in characters (not bytes).
    pub from: usize,
    /// One past the last character of the place.
    pub to: usize,
    /// Texts that may replace the place, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

impl FilterError {
    pub(crate) fn new(code: ErrorCode, place: Place, message: impl Into<String>) -> FilterError {
        let message = clip(&message.into(), MESSAGE_CHARACTERS);
        FilterError { code, message, from: place.from, to: place.to, suggestions: Vec::new() }
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> FilterError {
        self.suggestions.push(suggestion.into());
        self
    }

    /// Line and column of `from` in `text`, both counted from 1, for people.
    pub fn line_and_column(&self, text: &str) -> (usize, usize) {
        let before = text.chars().take(self.from);
        before.fold((1, 1), |(line, column), character| match character {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        })
    }

    /// The line of `text` that holds the place, a line of carets under it, and the message: what
    /// a terminal and an MCP client show.
    pub fn explain(&self, text: &str) -> String {
        let (line, column) = self.line_and_column(text);
        let shown = text.split('\n').nth(line - 1).unwrap_or_default();
        let rest = shown.chars().count().saturating_sub(column - 1);
        let carets = self.to.saturating_sub(self.from).min(rest).max(1);
        format!("{shown}\n{}{}\n{}", " ".repeat(column - 1), "^".repeat(carets), self.message)
    }
}

/// Cuts at `limit` characters, the last of which is then an ellipsis.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit - 1).chain(['…']).collect(),
    }
}

/// A part of the user's text inside a message, short enough to leave room for the advice.
pub(crate) fn shown(text: &str) -> String {
    clip(text, 40)
}
