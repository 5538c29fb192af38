//! Attribute values as JSON: encoded twice, cut short, or written as Python.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::value::Value;

mod python;
mod salvage;

pub use salvage::salvage;

/// Texts inside texts are decoded this many times: senders encode up to three times, and
/// an attacker as often as they like.
const DECODE_DEPTH: usize = 2;

/// Nesting of OTLP arrays and maps that is followed; what is deeper becomes `null`.
const NESTING_MAX: usize = 64;

/// A value as JSON, with texts that hold JSON decoded.
pub fn json_of(value: &Value) -> Json {
    match value {
        Value::String(text) => json_of_text(text),
        other => plain_json(other),
    }
}

/// A text as JSON where it holds an object or an array (also encoded twice, cut short, or
/// written by Python's `repr`), else as a JSON string.
pub fn json_of_text(text: &str) -> Json {
    decoded(text, DECODE_DEPTH).unwrap_or_else(|| Json::String(text.to_owned()))
}

/// The object or array in a text, or `None` where it holds none.
pub fn structure_of_text(text: &str) -> Option<Json> {
    decoded(text, DECODE_DEPTH).filter(|json| json.is_object() || json.is_array())
}

/// A value as JSON as it stands: nothing inside texts is decoded.
pub fn plain_json(value: &Value) -> Json {
    nested_json(value, 0)
}

fn nested_json(value: &Value, depth: usize) -> Json {
    if depth > NESTING_MAX {
        return Json::Null;
    }
    match value {
        Value::Empty => Json::Null,
        Value::String(text) => Json::String(text.clone()),
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::from(*number),
        Value::Double(number) => match serde_json::Number::from_f64(*number) {
            Some(finite) => Json::Number(finite),
            None => Json::String(number.to_string()),
        },
        Value::Bytes(bytes) => Json::String(String::from_utf8_lossy(bytes).into_owned()),
        Value::Array(items) => {
            Json::Array(items.iter().map(|item| nested_json(item, depth + 1)).collect())
        }
        Value::Map(members) => Json::Object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), nested_json(member, depth + 1)))
                .collect::<Map<_, _>>(),
        ),
    }
}

fn decoded(text: &str, depth: usize) -> Option<Json> {
    let trimmed = text.trim();
    match trimmed.as_bytes().first()? {
        b'{' | b'[' => serde_json::from_str(trimmed)
            .ok()
            .or_else(|| python::literal(trimmed))
            .or_else(|| salvage(trimmed)),
        b'"' if depth > 0 => {
            let inner: String = serde_json::from_str(trimmed).ok()?;
            decoded(&inner, depth - 1).or(Some(Json::String(inner)))
        }
        _ => None,
    }
}

/// The string in JSON text of a string, at most [`DECODE_DEPTH`] deep; any other text as
/// it stands.
pub(crate) fn unquoted(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut text = text;
    for _ in 0..DECODE_DEPTH {
        if !(text.len() > 1 && text.starts_with('"') && text.ends_with('"')) {
            break;
        }
        match serde_json::from_str::<String>(&text) {
            Ok(inner) => text = Cow::Owned(inner),
            Err(_) => break,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_decoded_twice_and_no_more() {
        for (text, want) in [
            (r#"{"a":1}"#, json!({"a": 1})),
            (r#""{\"a\":1}""#, json!({"a": 1})),
            (r#""plain""#, json!("plain")),
            ("plain", json!("plain")),
            ("12", json!("12")),
            ("[not json", json!("[not json")),
            ("{'a': True, 'b': [None, \"it's\"]}", json!({"a": true, "b": [null, "it's"]})),
        ] {
            assert_eq!(json_of_text(text), want, "{text}");
        }
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let thrice = quoted(&quoted(&quoted("deep")));
        assert_eq!(json_of_text(&thrice), json!("\"deep\""));
    }

    #[test]
    fn otlp_values_keep_order_and_bounds() {
        let mut deep = Value::from("leaf");
        for _ in 0..100 {
            deep = Value::Array(vec![deep]);
        }
        assert!(plain_json(&deep).to_string().contains("null"));
        assert_eq!(plain_json(&Value::Double(f64::NAN)), json!("NaN"));
    }

    #[test]
    fn quoted_text_is_unquoted() {
        assert_eq!(unquoted(Cow::Borrowed("\"LLM\"")), "LLM");
        assert_eq!(unquoted(Cow::Borrowed("LLM")), "LLM");
        assert_eq!(unquoted(Cow::Borrowed("\"")), "\"");
    }
}
