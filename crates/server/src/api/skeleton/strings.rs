//! Texts that stand once and are named by number.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use clew_model::span::{Span, SpanWords};

use super::area::{Area, Column};

/// Longest name, word or error of a skeleton, in characters; the whole is in the span.
const TEXT_MAX_CHARS: usize = 200;
/// Columns of what spans say of themselves.
const WORDS: [Column; 8] = [
    Column::Name,
    Column::DisplayName,
    Column::Kind,
    Column::Operation,
    Column::Model,
    Column::Provider,
    Column::ToolName,
    Column::FinishReason,
];

/// The texts of a run by number. 0 is "", which stands for absent.
pub(super) struct Strings<'a> {
    all: Vec<Cow<'a, str>>,
    /// By text and whether it is a long one that stands whole.
    numbers: HashMap<(&'a str, bool), u32>,
    /// The numbers of [`WORDS`], by where the words are: few different ones are shared by all
    /// spans.
    words: HashMap<*const SpanWords, [u32; WORDS.len()]>,
    bytes: usize,
}

/// What the span before inherited, which neighbours mostly do as well.
#[derive(Clone, Copy, Default)]
pub(super) struct Inherited<'a> {
    text: &'a str,
    number: u32,
}

impl<'a> Strings<'a> {
    pub(super) fn new() -> Self {
        let (all, numbers) = (vec![Cow::Borrowed("")], HashMap::from([(("", false), 0)]));
        Self { all, numbers, words: HashMap::new(), bytes: 2 }
    }

    /// Writes the numbers of what a span says of itself.
    pub(super) fn put_words(&mut self, area: &mut Area, index: usize, span: &'a Span) {
        let place = Arc::as_ptr(&span.words);
        let numbers = match self.words.get(&place) {
            Some(numbers) => *numbers,
            None => {
                let shown = span.display_name.as_deref().unwrap_or(&span.name);
                let words = [
                    Some(span.name.as_str()),
                    Some(shown),
                    span.kind.as_deref(),
                    span.operation.as_deref(),
                    span.model(),
                    span.provider.as_deref(),
                    span.tool_name.as_deref(),
                    span.finish_reason.as_deref(),
                ];
                let numbers = words.map(|word| self.number(word.unwrap_or(""), false));
                self.words.insert(place, numbers);
                numbers
            }
        };
        for (column, number) in WORDS.into_iter().zip(numbers) {
            area.put(column, index, number.to_le_bytes());
        }
    }

    /// Writes the number of a word, cut where it is too long to be one.
    pub(super) fn put_word(
        &mut self,
        area: &mut Area,
        column: Column,
        index: usize,
        text: &'a str,
    ) {
        if !text.is_empty() {
            let number = self.number(text, false);
            area.put(column, index, number.to_le_bytes());
        }
    }

    /// Writes the number of an id, whole: it is of no use otherwise.
    pub(super) fn put_inherited(
        &mut self,
        area: &mut Area,
        column: Column,
        index: usize,
        text: Option<&'a str>,
        before: &mut Inherited<'a>,
    ) {
        let text = text.unwrap_or("");
        if !std::ptr::eq(text, before.text) {
            *before = Inherited { text, number: self.number(text, text.len() > TEXT_MAX_CHARS) };
        }
        area.put(column, index, before.number.to_le_bytes());
    }

    /// Writes the number of an id that no other span is likely to have.
    pub(super) fn put_alone(
        &mut self,
        area: &mut Area,
        column: Column,
        index: usize,
        text: &'a str,
    ) {
        if !text.is_empty() {
            let number = self.push(Cow::Borrowed(text));
            area.put(column, index, number.to_le_bytes());
        }
    }

    fn number(&mut self, text: &'a str, whole: bool) -> u32 {
        if let Some(number) = self.numbers.get(&(text, whole)) {
            return *number;
        }
        let number = self.push(if whole { Cow::Borrowed(text) } else { cut(text) });
        self.numbers.insert((text, whole), number);
        number
    }

    fn push(&mut self, text: Cow<'a, str>) -> u32 {
        self.bytes += text.len() + 3;
        self.all.push(text);
        self.all.len() as u32 - 1
    }

    /// About as many bytes as they have in JSON.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn all(&self) -> &[Cow<'a, str>] {
        &self.all
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(TEXT_MAX_CHARS) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_once_and_ids_stand_whole() {
        let long = "é".repeat(201);
        let (mut area, mut strings) = (Area::new(3), Strings::new());
        let mut before = Inherited::default();
        strings.put_word(&mut area, Column::Name, 0, "search");
        strings.put_word(&mut area, Column::ToolName, 0, "search");
        strings.put_word(&mut area, Column::Name, 1, &long);
        strings.put_inherited(&mut area, Column::SessionId, 1, Some(&long), &mut before);
        strings.put_inherited(&mut area, Column::SessionId, 2, Some(&long), &mut before);
        strings.put_word(&mut area, Column::Name, 2, "");
        strings.put_inherited(&mut area, Column::UserId, 2, None, &mut before);
        let cut = format!("{}…", "é".repeat(200));
        assert_eq!(strings.all(), ["", "search", cut.as_str(), long.as_str()]);
    }
}
