//! Texts that stand once and are named by number.

use std::borrow::Cow;
use std::collections::HashMap;

use super::area::{Area, Column};

/// Longest name, word or error of a skeleton, in characters; the whole is in the span.
const TEXT_MAX_CHARS: usize = 200;
/// Texts that a column's neighbours mostly share, kept for that many columns.
const COLUMNS: usize = 64;

/// The texts of a run by number. 0 is "", which stands for absent.
pub(super) struct Strings<'a> {
    all: Vec<Cow<'a, str>>,
    /// By text and whether it is a long one that stands whole.
    numbers: HashMap<(&'a str, bool), u32>,
    /// The last text of each column: neighbours mostly have the same.
    last: [(&'a str, u32); COLUMNS],
    bytes: usize,
}

impl<'a> Strings<'a> {
    pub(super) fn new() -> Self {
        let (all, numbers) = (vec![Cow::Borrowed("")], HashMap::from([(("", false), 0)]));
        Self { all, numbers, last: [("", 0); COLUMNS], bytes: 2 }
    }

    /// Writes the number of a text, cut where it is too long to be a name.
    pub(super) fn put_word(
        &mut self,
        area: &mut Area,
        column: Column,
        index: usize,
        text: Option<&'a str>,
    ) {
        self.put(area, column, index, text.unwrap_or(""), false);
    }

    /// Writes the number of an id, which is of no use unless it is whole.
    pub(super) fn put_id(
        &mut self,
        area: &mut Area,
        column: Column,
        index: usize,
        text: Option<&'a str>,
    ) {
        let text = text.unwrap_or("");
        self.put(area, column, index, text, text.len() > TEXT_MAX_CHARS);
    }

    fn put(&mut self, area: &mut Area, column: Column, index: usize, text: &'a str, whole: bool) {
        let (before, number) = self.last[column as usize];
        let number = if before == text { number } else { self.number(text, whole) };
        self.last[column as usize] = (text, number);
        area.put(column, index, number.to_le_bytes());
    }

    fn number(&mut self, text: &'a str, whole: bool) -> u32 {
        if let Some(number) = self.numbers.get(&(text, whole)) {
            return *number;
        }
        let number = self.all.len() as u32;
        let shown = if whole { Cow::Borrowed(text) } else { cut(text) };
        self.bytes += shown.len() + 3;
        self.all.push(shown);
        self.numbers.insert((text, whole), number);
        number
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
        strings.put_word(&mut area, Column::Name, 0, Some("search"));
        strings.put_word(&mut area, Column::ToolName, 0, Some("search"));
        strings.put_word(&mut area, Column::Name, 1, Some(&long));
        strings.put_id(&mut area, Column::SessionId, 1, Some(&long));
        strings.put_word(&mut area, Column::Name, 2, None);
        strings.put_word(&mut area, Column::Model, 2, Some(""));
        let cut = format!("{}…", "é".repeat(200));
        assert_eq!(strings.all(), ["", "search", cut.as_str(), long.as_str()]);
    }
}
