//! Making texts comparable: NFC, and case folding on top of it.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Unicode NFC. ASCII and text that is already composed are not copied.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Unicode case folding after NFC, composed again: two texts that differ only in case fold to
/// the same text. Accents stay.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let mut folded = String::with_capacity(text.len());
    nfc(text).chars().for_each(|character| fold_character(character, &mut folded));
    match is_nfc_quick(folded.chars()) {
        IsNormalized::Yes => Cow::Owned(folded),
        _ => Cow::Owned(folded.nfc().collect()),
    }
}

/// Full case folding by way of the standard library's tables: upper, then lower case, is what
/// CaseFolding.txt says (ß and ẞ to ss, ς to σ) but for the two characters named here, and for
/// Cherokee, where it gives the other case of the pair, which compares just as well.
fn fold_character(character: char, folded: &mut String) {
    match character {
        'ı' => folded.push('ı'),
        'ẞ' => folded.push_str("ss"),
        _ if character.is_ascii() => folded.push(character.to_ascii_lowercase()),
        _ => folded.extend(character.to_uppercase().flat_map(char::to_lowercase)),
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folds_case_and_keeps_accents() {
        assert_eq!(fold("Überweisung"), "überweisung");
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_eq!(fold("GROẞ"), "gross");
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("ılı"), "ılı");
        assert_ne!(fold("uberweisung"), fold("überweisung"));
    }

    #[test]
    fn composed_and_decomposed_are_the_same() {
        assert_eq!(fold("U\u{308}ber"), "über");
        assert_eq!(fold("J\u{30c}"), fold("\u{1f0}"));
    }
}
