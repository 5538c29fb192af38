//! Texts of an answer by their place in it, named by pointers of RFC 6901.

use serde::Serialize;
use serde_json::Value as Json;

/// Cut texts that are listed; the others are counted.
const LISTED_MAX: usize = 1_000;

/// A text that was cut.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Clipped {
    /// Where it stands.
    pointer: String,
    /// Characters of the whole.
    chars: usize,
    /// Bytes of the whole, in UTF-8.
    bytes: usize,
}

/// Copies answers with every text cut that has more than so many characters.
pub(super) struct Cutting {
    max_chars: usize,
    /// The first of the texts that were cut.
    pub(super) clipped: Vec<Clipped>,
    /// How many were cut.
    pub(super) total: usize,
}

impl Cutting {
    pub(super) fn to(max_chars: usize) -> Self {
        Self { max_chars, clipped: Vec::new(), total: 0 }
    }

    /// The copy; what is cut away is never copied. `pointer` is where it stands.
    pub(super) fn copy(&mut self, json: &Json, pointer: &str) -> Json {
        self.copied(json, &mut pointer.to_owned())
    }

    fn copied(&mut self, json: &Json, pointer: &mut String) -> Json {
        let before = pointer.len();
        match json {
            Json::String(text) => Json::String(self.cut(text, pointer).to_owned()),
            Json::Array(items) => {
                let copied = items.iter().enumerate().map(|(index, item)| {
                    pointer.push_str(&format!("/{index}"));
                    let item = self.copied(item, pointer);
                    pointer.truncate(before);
                    item
                });
                Json::Array(copied.collect())
            }
            Json::Object(fields) => {
                let copied = fields.iter().map(|(key, value)| {
                    push_key(pointer, key);
                    let value = self.copied(value, pointer);
                    pointer.truncate(before);
                    (key.clone(), value)
                });
                Json::Object(copied.collect())
            }
            other => other.clone(),
        }
    }

    fn cut<'a>(&mut self, text: &'a str, pointer: &str) -> &'a str {
        if text.len() <= self.max_chars {
            return text;
        }
        let shown = chars_of(text, 0, self.max_chars);
        if shown.len() < text.len() {
            self.total += 1;
            if self.clipped.len() < LISTED_MAX {
                let (chars, bytes) = (text.chars().count(), text.len());
                self.clipped.push(Clipped { pointer: pointer.to_owned(), chars, bytes });
            }
        }
        shown
    }
}

/// At most `max` characters of a text, from one on. Chars pass many at a time in `nth`, which
/// is not so in `char_indices`.
pub(super) fn chars_of(text: &str, from: usize, max: usize) -> &str {
    let after = |text: &str, count: usize| {
        let mut chars = text.chars();
        if let Some(last) = count.checked_sub(1) {
            chars.nth(last);
        }
        text.len() - chars.as_str().len()
    };
    let rest = &text[after(text, from)..];
    &rest[..after(rest, max)]
}

/// Every text with its pointer, until `seen` says false.
pub(super) fn each_text(
    json: &Json,
    pointer: &mut String,
    seen: &mut dyn FnMut(&str, &str) -> bool,
) -> bool {
    let before = pointer.len();
    let mut goes_on = |pointer: &mut String, inner: &Json| {
        let goes_on = each_text(inner, pointer, seen);
        pointer.truncate(before);
        goes_on
    };
    match json {
        Json::String(text) => seen(pointer, text),
        Json::Array(items) => items.iter().enumerate().all(|(index, item)| {
            pointer.push_str(&format!("/{index}"));
            goes_on(pointer, item)
        }),
        Json::Object(fields) => fields.iter().all(|(key, value)| {
            push_key(pointer, key);
            goes_on(pointer, value)
        }),
        _ => true,
    }
}

fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_texts_are_cut_and_named() {
        let answer = json!({"a/b": ["ééé", "éé"], "~": {"x": "abcd", "n": 12345}});
        let mut cutting = Cutting::to(2);
        let answer = cutting.copy(&answer, "/in");
        assert_eq!(answer, json!({"a/b": ["éé", "éé"], "~": {"x": "ab", "n": 12345}}));
        let of =
            |pointer: &str, chars, bytes| Clipped { pointer: pointer.to_owned(), chars, bytes };
        assert_eq!(cutting.clipped, [of("/in/a~1b/0", 3, 6), of("/in/~0/x", 4, 4)]);
        assert_eq!(cutting.total, 2);
    }

    #[test]
    fn characters_are_counted_from_anywhere() {
        let text = "aé€😀b";
        assert_eq!(
            [chars_of(text, 0, 2), chars_of(text, 2, 2), chars_of(text, 4, 9)],
            ["aé", "€😀", "b"]
        );
        assert_eq!(
            [chars_of(text, 5, 1), chars_of(text, 9, 1), chars_of(text, 1, 0)],
            ["", "", ""]
        );
    }

    #[test]
    fn a_thousand_are_listed_and_all_are_counted() {
        let mut cutting = Cutting::to(1);
        cutting.copy(&json!(vec!["long"; 1001]), "");
        assert_eq!((cutting.clipped.len(), cutting.total), (1000, 1001));
        assert_eq!(cutting.clipped[999].pointer, "/999");
    }
}
