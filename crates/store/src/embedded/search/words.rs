//! What a search box holds: words and phrases.

use clew_query::WordPattern;

/// Words looked for at once.
const WORDS_MAX: usize = 16;

/// Words and phrases in quotes, each of which must be found. What has no letter and no digit is
/// left out.
pub(crate) fn words(text: &str) -> Vec<WordPattern> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && found.len() < WORDS_MAX {
        let (piece, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => {
                let end =
                    rest.find(|character: char| character.is_whitespace() || character == '"');
                rest.split_at(end.unwrap_or(rest.len()))
            }
        };
        let (piece, is_prefix) = match piece.strip_suffix('*') {
            Some(piece) => (piece, true),
            None => (piece, false),
        };
        found.extend(WordPattern::new(piece, is_prefix).or_else(|| WordPattern::new(piece, false)));
        rest = after.trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_phrases_and_prefixes() {
        let told = |text: &str| {
            let words = words(text);
            words.iter().map(|word| (word.text().to_owned(), word.is_prefix())).collect::<Vec<_>>()
        };
        let word = |text: &str| (text.to_owned(), false);
        assert_eq!(told("refund  Policy"), [word("refund"), word("Policy")]);
        assert_eq!(told("\"refund policy\" x"), [word("refund policy"), word("x")]);
        assert_eq!(told("\"never closed"), [word("never closed")]);
        assert_eq!(told("a\"b c\"d"), [word("a"), word("b c"), word("d")]);
        assert_eq!(told("ref*"), [("ref".to_owned(), true)]);
        assert_eq!(told(" … * - "), []);
        assert_eq!(told("http://x.y/z?q=1"), [word("http://x.y/z?q=1")]);
    }
}
