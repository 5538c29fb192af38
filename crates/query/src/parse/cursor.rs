//! Characters: where the parser stands, bare words, quotes, operators.

use crate::error::{ErrorCode, FilterError};
use crate::expr::Place;
use crate::value_test::Relation;

/// The text of a filter and a place in it.
pub(super) struct Cursor {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
}

/// One character of a value, or a `*` that was not escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Char(char),
    Star,
}

/// A value as written.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) pieces: Vec<Piece>,
    pub(super) is_quoted: bool,
    /// Quotes included.
    pub(super) place: Place,
}

impl Scalar {
    /// The text with its stars as characters.
    pub(super) fn text(&self) -> String {
        let characters = self.pieces.iter().map(|piece| match piece {
            Piece::Char(character) => *character,
            Piece::Star => '*',
        });
        characters.collect()
    }

    /// The stretches between the stars.
    pub(super) fn parts(&self) -> Vec<String> {
        let parts = self.pieces.split(|piece| *piece == Piece::Star);
        parts.map(|part| Scalar { pieces: part.to_vec(), ..self.clone() }.text()).collect()
    }

    /// A part of a bare value, which keeps its own place.
    pub(super) fn slice(&self, from: usize, to: usize) -> Option<Scalar> {
        let place = Place { from: self.place.from + from, to: self.place.from + to };
        (from < to).then(|| Scalar {
            pieces: self.pieces[from..to].to_vec(),
            is_quoted: false,
            place,
        })
    }
}

/// What stands between a field and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Match,
    Equal,
    NotEqual,
    Regex,
    NotRegex,
    Compare(Relation),
}

impl Operator {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Operator::Match => ":",
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Regex => "~",
            Operator::NotRegex => "!~",
            Operator::Compare(relation) => relation.symbol(),
        }
    }

    pub(super) fn is_negated(self) -> bool {
        matches!(self, Operator::NotEqual | Operator::NotRegex)
    }
}

/// What looks like an operator: ours, or another language's with our spelling of it.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Ours(Operator),
    Reserved(&'static str),
}

/// Longest first.
const OPERATORS: [(&str, Found); 19] = [
    ("!==", Found::Reserved("!=")),
    ("==", Found::Reserved("=")),
    ("=~", Found::Reserved("~")),
    ("=>", Found::Reserved(">=")),
    ("=<", Found::Reserved("<=")),
    ("<>", Found::Reserved("!=")),
    (">>", Found::Reserved("has descendant(…)")),
    ("<<", Found::Reserved("has ancestor(…)")),
    (":!", Found::Reserved("!=")),
    (":~", Found::Reserved("~")),
    ("!=", Found::Ours(Operator::NotEqual)),
    ("!~", Found::Ours(Operator::NotRegex)),
    ("<=", Found::Ours(Operator::Compare(Relation::LessOrEqual))),
    (">=", Found::Ours(Operator::Compare(Relation::GreaterOrEqual))),
    ("<", Found::Ours(Operator::Compare(Relation::Less))),
    (">", Found::Ours(Operator::Compare(Relation::Greater))),
    ("=", Found::Ours(Operator::Equal)),
    ("~", Found::Ours(Operator::Regex)),
    (":", Found::Ours(Operator::Match)),
];

/// Whether a bare value ends before this character.
pub(super) fn is_delimiter(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | ',' | '"')
}

impl Cursor {
    pub(super) fn new(text: &str) -> Cursor {
        Cursor { chars: text.chars().collect(), at: 0 }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    pub(super) fn slice(&self, place: Place) -> String {
        self.chars[place.from..place.to].iter().collect()
    }

    pub(super) fn skip_space(&mut self) {
        self.at = self.after_space(self.at);
    }

    pub(super) fn after_space(&self, mut at: usize) -> usize {
        while self.char_at(at).is_some_and(char::is_whitespace) {
            at += 1;
        }
        at
    }

    /// Takes `character` if it is next.
    pub(super) fn take(&mut self, character: char) -> bool {
        let is_next = self.peek() == Some(character);
        self.at += usize::from(is_next);
        is_next
    }

    /// The place of the one character before the cursor.
    pub(super) fn last_place(&self) -> Place {
        Place { from: self.at.saturating_sub(1), to: self.at }
    }

    /// From `from` to the cursor.
    pub(super) fn since(&self, from: usize) -> Place {
        Place { from, to: self.at }
    }

    pub(super) fn starts_with(&self, at: usize, text: &str) -> bool {
        text.chars().enumerate().all(|(index, wanted)| self.char_at(at + index) == Some(wanted))
    }

    /// Whether, white space aside, nothing more can stand before an end, `)` or `,`.
    pub(super) fn at_stop(&self) -> bool {
        matches!(self.char_at(self.after_space(self.at)), None | Some(')' | ','))
    }

    /// The place of `word` if it is next, alone, in any case.
    pub(super) fn keyword(&self, word: &str) -> Option<Place> {
        let from = self.after_space(self.at);
        let to = from + word.len();
        let found = self.chars.get(from..to)?;
        let is_word = found.iter().zip(word.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b));
        let is_alone = self.char_at(to).is_none_or(is_delimiter);
        (is_word && is_alone).then_some(Place { from, to })
    }

    /// The operator that begins at `at`, and its length.
    pub(super) fn operator_at(&self, at: usize) -> Option<(Found, Place)> {
        let (symbol, found) = OPERATORS.iter().find(|(symbol, _)| self.starts_with(at, symbol))?;
        Some((*found, Place { from: at, to: at + symbol.len() }))
    }

    /// The place where a bare word or value that begins at the cursor ends.
    pub(super) fn bare_end(&self) -> usize {
        let rest = self.chars[self.at..].iter();
        self.at + rest.take_while(|character| !is_delimiter(**character)).count()
    }

    /// A bare value; empty when a delimiter is next.
    pub(super) fn bare(&mut self) -> Scalar {
        let place = Place { from: self.at, to: self.bare_end() };
        let pieces = self.chars[place.from..place.to].iter().map(|character| match character {
            '*' => Piece::Star,
            character => Piece::Char(*character),
        });
        let pieces = pieces.collect();
        self.at = place.to;
        Scalar { pieces, is_quoted: false, place }
    }

    /// A quoted value; the opening quote is next.
    pub(super) fn quoted(&mut self) -> Result<Scalar, FilterError> {
        let from = self.at;
        self.at += 1;
        let opening = self.last_place();
        let mut pieces = Vec::new();
        loop {
            let Some(character) = self.peek() else {
                let message = "quote is never closed";
                return Err(FilterError::new(ErrorCode::UnclosedQuote, opening, message));
            };
            self.at += 1;
            match character {
                '"' => break,
                '\\' => pieces.push(self.escaped(opening)?),
                '*' => pieces.push(Piece::Star),
                character => pieces.push(Piece::Char(character)),
            }
        }
        Ok(Scalar { pieces, is_quoted: true, place: self.since(from) })
    }

    /// What follows a backslash.
    fn escaped(&mut self, opening: Place) -> Result<Piece, FilterError> {
        let Some(character) = self.peek() else {
            let message = "quote is never closed";
            return Err(FilterError::new(ErrorCode::UnclosedQuote, opening, message));
        };
        self.at += 1;
        Ok(Piece::Char(match character {
            '"' | '\\' | '*' => character,
            'n' => '\n',
            't' => '\t',
            _ => {
                let place = Place { from: self.at - 2, to: self.at };
                let message =
                    format!("unknown escape \"\\{character}\"; for a backslash write \"\\\\\"");
                let error = FilterError::new(ErrorCode::BadEscape, place, message);
                return Err(error.suggest(format!("\\\\{character}")));
            }
        }))
    }

    /// Refuses what cannot be seen outside quotes: it comes from pasting, and can hide a
    /// condition from the reader.
    pub(super) fn refuse_invisible(&self) -> Result<(), FilterError> {
        let mut is_quoted = false;
        let mut is_escaped = false;
        for (index, character) in self.chars.iter().enumerate() {
            if is_escaped {
                is_escaped = false;
            } else if *character == '"' {
                is_quoted = !is_quoted;
            } else if is_quoted {
                is_escaped = *character == '\\';
            } else if is_invisible(*character) {
                let place = Place { from: index, to: index + 1 };
                let message = format!(
                    "invisible character U+{:04X}; delete it, or put it inside quotes",
                    u32::from(*character)
                );
                let error = FilterError::new(ErrorCode::InvisibleCharacter, place, message);
                return Err(error.suggest(""));
            }
        }
        Ok(())
    }
}

/// Controls other than white space, and Unicode's format and filler characters.
fn is_invisible(character: char) -> bool {
    if character.is_control() {
        return !character.is_whitespace();
    }
    matches!(u32::from(character),
        0x00AD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}
