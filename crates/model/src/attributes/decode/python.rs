//! Objects written by Python's `repr`: single quotes, `True`, `None`. The examples of
//! OpenInference's own specification are written so.

use serde_json::Value as Json;

/// Longest text that is tried; `repr` of large payloads is not worth a second pass.
const LENGTH_MAX: usize = 64 * 1024;

/// The value of a Python literal, or `None` where the text is not one.
pub(super) fn literal(text: &str) -> Option<Json> {
    if text.len() > LENGTH_MAX || !text.contains('\'') {
        return None;
    }
    serde_json::from_str(&as_json(text)?).ok()
}

/// The literal rewritten as JSON, text by text and word by word.
fn as_json(text: &str) -> Option<String> {
    let mut json = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match first {
            '\'' | '"' => rest = push_text(&mut json, &rest[1..], first)?,
            '(' => {
                json.push('[');
                rest = &rest[1..];
            }
            ')' => {
                json.push(']');
                rest = &rest[1..];
            }
            letter if letter.is_ascii_alphabetic() => {
                let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                json.push_str(match &rest[..length] {
                    "True" | "true" => "true",
                    "False" | "false" => "false",
                    "None" | "null" => "null",
                    "e" | "E" => "e",
                    _ => return None,
                });
                rest = &rest[length..];
            }
            other => {
                json.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    Some(json)
}

/// Appends a quoted text as JSON and gives what follows it.
fn push_text<'a>(json: &mut String, text: &'a str, quote: char) -> Option<&'a str> {
    json.push('"');
    let mut characters = text.char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            _ if character == quote => {
                json.push('"');
                return Some(&text[position + 1..]);
            }
            '"' => json.push_str("\\\""),
            '\\' => match characters.next()?.1 {
                '\'' => json.push('\''),
                'x' => {
                    json.push_str("\\u00");
                    json.push(characters.next()?.1);
                    json.push(characters.next()?.1);
                }
                escape => {
                    json.push('\\');
                    json.push(escape);
                }
            },
            control if control < ' ' => return None,
            other => json.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn python_literals_become_json() {
        for (text, want) in [
            ("{'k': 'v', 'n': 1.5e3}", json!({"k": "v", "n": 1500.0})),
            ("{'a': (1, 2), 'b': 'say \"hi\"'}", json!({"a": [1, 2], "b": "say \"hi\""})),
            ("['it\\'s', \"it's\", 'caf\\xe9']", json!(["it's", "it's", "café"])),
        ] {
            assert_eq!(literal(text), Some(want), "{text}");
        }
        assert_eq!(literal("{'a': <Object at 0x7f>}"), None);
        assert_eq!(literal("{'a': 'open"), None);
    }
}
