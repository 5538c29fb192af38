//! Values in Python's spelling: agno's messages quote what was sent so.

use serde_json::Value as Json;

/// Most characters of a quoted value; what is longer was not sent by mistake of a field.
const VALUE_MAX_CHARS: usize = 500;

/// A value as `repr` writes it, cut where it is long.
pub(super) fn value(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out);
    if out.chars().count() > VALUE_MAX_CHARS {
        out = out.chars().take(VALUE_MAX_CHARS).chain("...".chars()).collect();
    }
    out
}

fn write(value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("None"),
        Json::Bool(true) => out.push_str("True"),
        Json::Bool(false) => out.push_str("False"),
        Json::Number(number) => out.push_str(&number.to_string()),
        Json::String(string) => out.push_str(&text(string)),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&text(key));
                out.push_str(": ");
                write(member, out);
            }
            out.push('}');
        }
    }
}

/// A text in single quotes, in double ones where it holds only single ones.
pub(super) fn text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => {
                out.push('\\');
                out.push(quote);
            }
            _ if character.is_control() => {
                out.push_str(&format!("\\x{:02x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // Expectations from `python3 -c 'print(repr(...))'`.
    #[test]
    fn values_are_quoted_as_python_does() {
        let sent = json!({"op": "EQ", "n": [1, 2.5, true, null], "it's": "a\n\"b\"'"});
        assert_eq!(value(&sent), r#"{'op': 'EQ', 'n': [1, 2.5, True, None], "it's": 'a\n"b"\''}"#);
        assert_eq!(value(&json!({})), "{}");
        assert_eq!(text("\u{7}"), r"'\x07'");
    }

    #[test]
    fn a_long_value_is_cut() {
        let long = value(&json!("x".repeat(10_000)));
        assert_eq!(long.len(), 503);
    }
}
