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

/// Cuts every text of more than `max_chars` there. Gives the first of them, and how many
/// there are.
pub(super) fn cut(answer: &mut Json, max_chars: usize) -> (Vec<Clipped>, usize) {
    let (mut clipped, mut total) = (Vec::new(), 0);
    each_text_mut(answer, &mut String::new(), &mut |pointer, text| {
        if text.len() <= max_chars {
            return;
        }
        let Some((end, _)) = text.char_indices().nth(max_chars) else { return };
        total += 1;
        if clipped.len() < LISTED_MAX {
            let (chars, bytes) = (text.chars().count(), text.len());
            clipped.push(Clipped { pointer: pointer.to_owned(), chars, bytes });
        }
        text.truncate(end);
        text.shrink_to_fit();
    });
    (clipped, total)
}

fn each_text_mut(json: &mut Json, pointer: &mut String, seen: &mut dyn FnMut(&str, &mut String)) {
    let before = pointer.len();
    match json {
        Json::String(text) => seen(pointer, text),
        Json::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push_str(&format!("/{index}"));
                each_text_mut(item, pointer, seen);
                pointer.truncate(before);
            }
        }
        Json::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                push_key(pointer, key);
                each_text_mut(value, pointer, seen);
                pointer.truncate(before);
            }
        }
        _ => {}
    }
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
        let mut answer = json!({"a/b": ["ééé", "éé"], "~": {"x": "abcd", "n": 12345}});
        let (clipped, total) = cut(&mut answer, 2);
        assert_eq!(answer, json!({"a/b": ["éé", "éé"], "~": {"x": "ab", "n": 12345}}));
        let of =
            |pointer: &str, chars, bytes| Clipped { pointer: pointer.to_owned(), chars, bytes };
        assert_eq!(clipped, [of("/a~1b/0", 3, 6), of("/~0/x", 4, 4)]);
        assert_eq!(total, 2);
    }

    #[test]
    fn a_thousand_are_listed_and_all_are_counted() {
        let mut answer = json!(vec!["long"; 1001]);
        let (clipped, total) = cut(&mut answer, 1);
        assert_eq!((clipped.len(), total), (1000, 1001));
        assert_eq!(clipped[999].pointer, "/999");
    }
}
