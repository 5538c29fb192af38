//! What a text is compared with.

use crate::fold::{fold, nfc};
use crate::limits::REGEX_COMPILED_BYTES;

/// One way of comparing a whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPattern {
    /// `=`: byte for byte after NFC. Holds the NFC text.
    Exact(String),
    /// `:`: case ignored, `*` stands for any characters.
    Folded(Wildcard),
    /// `~`: found anywhere, case counts.
    Regex(RegexPattern),
}

impl TextPattern {
    /// Whether `text` meets the pattern.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            TextPattern::Exact(wanted) => nfc(text) == wanted.as_str(),
            TextPattern::Folded(wildcard) => wildcard.matches(text),
            TextPattern::Regex(pattern) => pattern.regex.is_match(text),
        }
    }
}

/// A text with any number of `*` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard {
    /// The stretches between the stars as written, in NFC; one stretch means no star.
    parts: Vec<String>,
    folded: Vec<String>,
}

impl Wildcard {
    /// From the stretches between the stars; `["delete", ""]` is `delete*`. Stars side by side
    /// mean the same as one.
    pub fn new(parts: &[String]) -> Wildcard {
        let last = parts.len().saturating_sub(1);
        let kept = parts.iter().enumerate();
        let kept = kept.filter(|(index, part)| *index == 0 || *index == last || !part.is_empty());
        let parts: Vec<String> = kept.map(|(_, part)| nfc(part).into_owned()).collect();
        let folded = parts.iter().map(|part| fold(part).into_owned()).collect();
        Wildcard { parts, folded }
    }

    /// The stretches between the stars as written, in NFC.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The stretches case folded: what an index of folded values is asked for. One stretch is a
    /// whole value; of several, the first is a prefix (which may be empty).
    pub fn folded_parts(&self) -> &[String] {
        &self.folded
    }

    /// Whether the whole of `text` meets it, case ignored.
    pub fn matches(&self, text: &str) -> bool {
        if let [whole] = self.folded.as_slice()
            && text.is_ascii()
        {
            return text.eq_ignore_ascii_case(whole);
        }
        let folded = fold(text);
        let (first, last) = match self.folded.as_slice() {
            [] => return false,
            [whole] => return folded == whole.as_str(),
            [first, .., last] => (first, last),
        };
        let Some(rest) = folded.strip_prefix(first.as_str()) else { return false };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else { return false };
        // Leftmost places suffice: taking a part as early as possible never hides a later one.
        for part in &self.folded[1..self.folded.len() - 1] {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

/// A compiled regular expression of linear time. Equal when the source is equal.
#[derive(Clone, Debug)]
pub struct RegexPattern {
    source: String,
    regex: regex::Regex,
}

impl RegexPattern {
    /// Compiles `source`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with a place inside the pattern where it is known.
    pub fn new(source: &str) -> Result<RegexPattern, String> {
        regex_syntax::parse(source).map_err(|error| describe(&error))?;
        let built = regex::RegexBuilder::new(source).size_limit(REGEX_COMPILED_BYTES).build();
        match built {
            Ok(regex) => Ok(RegexPattern { source: source.to_owned(), regex }),
            Err(_) => Err("it is too large once compiled".to_owned()),
        }
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The compiled expression.
    pub fn regex(&self) -> &regex::Regex {
        &self.regex
    }
}

impl PartialEq for RegexPattern {
    fn eq(&self, other: &RegexPattern) -> bool {
        self.source == other.source
    }
}

impl Eq for RegexPattern {}

/// `unclosed group at character 5 of the pattern`, counted from 1.
fn describe(error: &regex_syntax::Error) -> String {
    let (kind, pattern, start) = match error {
        regex_syntax::Error::Parse(error) => {
            (error.kind().to_string(), error.pattern(), error.span().start.offset)
        }
        regex_syntax::Error::Translate(error) => {
            (error.kind().to_string(), error.pattern(), error.span().start.offset)
        }
        _ => return "it cannot be read".to_owned(),
    };
    let character = pattern.char_indices().take_while(|(offset, _)| *offset < start).count() + 1;
    format!("{kind} at character {character} of the pattern")
}

#[cfg(test)]
mod tests {
    use super::Wildcard;

    fn matches(pattern: &str, text: &str) -> bool {
        let parts: Vec<String> = pattern.split('*').map(str::to_owned).collect();
        Wildcard::new(&parts).matches(text)
    }

    #[test]
    fn stars_stand_for_any_characters() {
        assert!(matches("delete*", "Delete_user"));
        assert!(!matches("delete*", "undelete"));
        assert!(matches("*user", "DELETE_USER"));
        assert!(matches("a*b*c", "a-b-b-c"));
        assert!(!matches("a*b*c", "acb"));
        assert!(!matches("aa*a", "aa"));
        assert!(matches("**", ""));
        assert!(!matches("", "x"));
    }
}
