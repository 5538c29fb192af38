//! Words of a text: what full-text terms match, and what the store's bloom filters hold.
//!
//! A text is read in NFC, case folded, as a row of units. In scripts with spaces a unit is a run
//! of letters, digits and marks; everything else separates, `_` and `.` included, so that
//! `delete` finds `delete_user`. In scripts without spaces (Chinese, Japanese, Thai and their
//! kin, and Hangul, whose particles stick to the word) each character is a unit, and a search is
//! for a contiguous stretch: cutting them into words would need a dictionary and would miss.

use crate::fold::{fold, nfc};
use unicode_normalization::char::is_combining_mark;

/// Calls `visit` with each token of `text`, in order, repeats included: each word of a script
/// with spaces; of a run without spaces each pair of neighbours, or the one character that it is.
/// A store that keeps the set of tokens of a text can rule out a text that lacks one of
/// [`WordPattern::required_tokens`].
pub fn each_token(text: &str, mut visit: impl FnMut(&str)) {
    let folded = fold(text);
    let mut run_so_far: Option<(&str, usize)> = None;
    for unit in Units::new(&folded) {
        if unit.is_word {
            flush_single(&mut run_so_far, &mut visit);
            visit(unit.text);
            continue;
        }
        match run_so_far {
            Some((_, start)) if unit.is_glued => {
                visit(&folded[start..unit.start + unit.text.len()]);
                run_so_far = Some(("", unit.start));
            }
            _ => {
                flush_single(&mut run_so_far, &mut visit);
                run_so_far = Some((unit.text, unit.start));
            }
        }
    }
    flush_single(&mut run_so_far, &mut visit);
}

/// The tokens of [`each_token`] as a list.
pub fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each_token(text, |token| found.push(token.to_owned()));
    found
}

/// Ends a run without spaces: one that never had a neighbour is a token of its own.
fn flush_single(run: &mut Option<(&str, usize)>, visit: &mut impl FnMut(&str)) {
    if let Some((text, _)) = run.take()
        && !text.is_empty()
    {
        visit(text);
    }
}

/// Words that must stand side by side in this order; a single word is the usual case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordPattern {
    text: String,
    is_prefix: bool,
    units: Vec<OwnedUnit>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct OwnedUnit {
    text: String,
    is_word: bool,
    is_glued: bool,
}

impl WordPattern {
    /// From the text as written, without the star at its end; `is_prefix` says that there was
    /// one. `None` when it holds no letter or digit, or when the star does not touch one.
    pub fn new(text: &str, is_prefix: bool) -> Option<WordPattern> {
        let text = nfc(text).into_owned();
        let folded = fold(&text);
        let units: Vec<OwnedUnit> = Units::new(&folded).map(Unit::to_owned).collect();
        let star_is_free =
            is_prefix && !folded.chars().next_back().is_some_and(|last| kind(last) != Kind::Other);
        drop(folded);
        match units.is_empty() || star_is_free {
            true => None,
            false => Some(WordPattern { text, is_prefix, units }),
        }
    }

    /// The words as written, in NFC.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the last word may go on (`refund*`).
    pub fn is_prefix(&self) -> bool {
        self.is_prefix
    }

    /// Tokens that every text meeting this has, in the form of [`tokens`]. Empty when there is no
    /// such token (`refund*`, or one character of a script without spaces): then only reading the
    /// text tells.
    pub fn required_tokens(&self) -> Vec<String> {
        let mut required = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            let is_last = index + 1 == self.units.len();
            if unit.is_word {
                if !(is_last && self.is_prefix) {
                    required.push(unit.text.clone());
                }
            } else if unit.is_glued
                && let Some(before) = index.checked_sub(1).and_then(|index| self.units.get(index))
            {
                required.push(format!("{}{}", before.text, unit.text));
            }
        }
        required
    }

    /// Whether the words stand in `text`.
    pub fn matches(&self, text: &str) -> bool {
        let folded = fold(text);
        // Most texts lack the word altogether, which a plain search tells much sooner.
        if !self.units.iter().all(|unit| folded.contains(&unit.text)) {
            return false;
        }
        let mut units = Units::new(&folded);
        loop {
            if self.matches_at(units.clone()) {
                return true;
            }
            if units.next().is_none() {
                return false;
            }
        }
    }

    fn matches_at(&self, mut units: Units<'_>) -> bool {
        for (index, wanted) in self.units.iter().enumerate() {
            let Some(unit) = units.next() else { return false };
            let may_go_on = self.is_prefix && wanted.is_word && index + 1 == self.units.len();
            let fits = match may_go_on {
                true => unit.text.starts_with(&wanted.text),
                false => unit.text == wanted.text,
            };
            // What is glued in the pattern must be glued in the text, except at its beginning.
            if !fits || (index > 0 && wanted.is_glued && !unit.is_glued) {
                return false;
            }
        }
        true
    }
}

#[derive(Clone, Copy)]
struct Unit<'a> {
    text: &'a str,
    start: usize,
    is_word: bool,
    /// A character of a script without spaces right after another one.
    is_glued: bool,
}

impl Unit<'_> {
    fn to_owned(self) -> OwnedUnit {
        OwnedUnit { text: self.text.to_owned(), is_word: self.is_word, is_glued: self.is_glued }
    }
}

#[derive(Clone)]
struct Units<'a> {
    text: &'a str,
    at: usize,
    after_unspaced: bool,
}

impl<'a> Units<'a> {
    fn new(folded: &'a str) -> Units<'a> {
        Units { text: folded, at: 0, after_unspaced: false }
    }
}

impl<'a> Iterator for Units<'a> {
    type Item = Unit<'a>;

    fn next(&mut self) -> Option<Unit<'a>> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            let start = self.at;
            let is_glued = self.after_unspaced;
            match kind(first) {
                Kind::Other => {
                    self.at += first.len_utf8();
                    self.after_unspaced = false;
                }
                Kind::Unspaced => {
                    self.at += first.len_utf8();
                    self.after_unspaced = true;
                    let text = &self.text[start..self.at];
                    return Some(Unit { text, start, is_word: false, is_glued });
                }
                Kind::Word => {
                    let length = rest.find(|character| kind(character) != Kind::Word);
                    self.at += length.unwrap_or(rest.len());
                    self.after_unspaced = false;
                    let text = &self.text[start..self.at];
                    return Some(Unit { text, start, is_word: true, is_glued: false });
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Unspaced,
    Other,
}

fn kind(character: char) -> Kind {
    if character.is_ascii() {
        return if character.is_ascii_alphanumeric() { Kind::Word } else { Kind::Other };
    }
    match character.is_alphanumeric() || is_combining_mark(character) {
        true if is_unspaced(character) => Kind::Unspaced,
        true => Kind::Word,
        false => Kind::Other,
    }
}

/// Blocks of the Unicode standard whose scripts are written without spaces between words.
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0E00..=0x0EFF      // Thai, Lao
        | 0x1000..=0x109F    // Myanmar
        | 0x1100..=0x11FF    // Hangul Jamo
        | 0x1780..=0x17FF    // Khmer
        | 0x1950..=0x19DF    // Tai Le, New Tai Lue
        | 0x1A20..=0x1AAF    // Tai Tham
        | 0x2E80..=0x2FDF    // radicals
        | 0x3005..=0x3007    // iteration mark, closing mark, zero
        | 0x3021..=0x30FF    // Hangzhou numerals, Hiragana, Katakana
        | 0x3105..=0x318F    // Bopomofo, Hangul compatibility
        | 0x31A0..=0x31FF    // Bopomofo extended, Katakana extensions
        | 0x3400..=0x4DBF    // Han extension A
        | 0x4E00..=0x9FFF    // Han
        | 0xA000..=0xA4CF    // Yi
        | 0xA960..=0xA97F    // Hangul Jamo extended A
        | 0xAC00..=0xD7FF    // Hangul syllables, Jamo extended B
        | 0xF900..=0xFAFF    // Han compatibility
        | 0xFF66..=0xFFDC    // half-width Katakana, Hangul
        | 0x1B000..=0x1B16F  // Kana supplement
        | 0x20000..=0x3FFFF) // Han extensions B and on
}

#[cfg(test)]
mod tests {
    use super::{WordPattern, tokens};

    fn found(pattern: &str, text: &str) -> bool {
        let is_prefix = pattern.ends_with('*');
        WordPattern::new(pattern.trim_end_matches('*'), is_prefix).unwrap().matches(text)
    }

    #[test]
    fn tokens_are_folded_words_and_pairs() {
        assert_eq!(tokens("Delete_user(42), naïve!"), ["delete", "user", "42", "naïve"]);
        assert_eq!(tokens("検索エラー"), ["検索", "索エ", "エラ", "ラー"]);
        assert_eq!(tokens("GPT検索 東 x"), ["gpt", "検索", "東", "x"]);
        assert_eq!(tokens("हिन्दी"), ["हिन्दी"]);
        assert_eq!(tokens("…!?"), Vec::<String>::new());
    }

    #[test]
    fn words_match_whole_and_phrases_in_order() {
        assert!(found("refund", "A REFUND, please"));
        assert!(!found("refund", "refunds"));
        assert!(found("refund*", "two refunds"));
        assert!(found("refund policy", "our refund-policy page"));
        assert!(!found("refund policy", "policy on refund"));
        assert!(found("refund pol*", "refund policies"));
    }

    #[test]
    fn scripts_without_spaces_match_contiguous_stretches() {
        assert!(found("検索", "全文検索エラー"));
        assert!(!found("検索", "検 索"));
        assert!(found("索", "全文検索エラー"));
        assert!(found("エラー", "検索エラー"));
        assert!(found("검색", "검색을"));
    }

    #[test]
    fn required_tokens_leave_out_what_is_not_certain() {
        let required = |text, prefix| WordPattern::new(text, prefix).unwrap().required_tokens();
        assert_eq!(required("Refund policy", false), ["refund", "policy"]);
        assert_eq!(required("refund pol", true), ["refund"]);
        assert_eq!(required("検索エ", false), ["検索", "索エ"]);
        assert_eq!(required("検", false), Vec::<String>::new());
    }

    #[test]
    fn a_pattern_needs_a_word_and_its_star_must_touch_it() {
        assert_eq!(WordPattern::new("…", false), None);
        assert_eq!(WordPattern::new("refund ", true), None);
    }
}
