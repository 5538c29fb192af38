//! Appending JSON to a text.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clew_model::value::Value;

/// Appends a string with its quotes.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[plain..index]);
        if escape.is_empty() {
            write_to(out, format_args!("\\u{byte:04x}"));
        } else {
            out.push_str(escape);
        }
        plain = index + 1;
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Appends a double so that reading it gives the same one; what JSON has no number for
/// is a text, as protobuf's JSON mapping says.
pub(crate) fn double(out: &mut String, number: f64) {
    if number.is_nan() {
        out.push_str("\"NaN\"");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
    } else {
        write_to(out, format_args!("{number:?}"));
    }
}

/// Appends a value as plain JSON: bytes as base64, a missing value as null.
pub(crate) fn value(out: &mut String, of: &Value) {
    match of {
        Value::Empty => out.push_str("null"),
        Value::String(text) => string(out, text),
        Value::Bool(flag) => write_to(out, format_args!("{flag}")),
        Value::Int(number) => write_to(out, format_args!("{number}")),
        Value::Double(number) => double(out, *number),
        Value::Bytes(bytes) => string(out, &STANDARD.encode(bytes)),
        Value::Array(values) => list(out, values, value),
        Value::Map(pairs) => {
            let mut object = Object::open(out);
            pairs.iter().for_each(|(name, inner)| value(object.key(name), inner));
            object.close();
        }
    }
}

/// A payload as it is stored: a text as it stands, everything else as JSON.
pub(crate) fn payload(of: Value) -> Value {
    match of {
        Value::String(_) | Value::Empty => of,
        other => {
            let mut out = String::new();
            value(&mut out, &other);
            Value::String(out)
        }
    }
}

/// Appends formatted text.
pub(crate) fn write_to(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

/// Writes the commas and braces of an object.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    /// Opens it.
    pub(crate) fn open(out: &'o mut String) -> Self {
        out.push('{');
        Object { out, empty: true }
    }

    /// Goes on with an object that was begun elsewhere and has a field already.
    pub(crate) fn resume(out: &'o mut String, begun: &str) -> Self {
        out.push_str(begun);
        Object { out, empty: false }
    }

    /// Appends the key and gives the place for the value.
    pub(crate) fn key(&mut self, key: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        string(self.out, key);
        self.out.push(':');
        self.out
    }

    /// A text, left out where it is empty.
    pub(crate) fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            string(self.key(key), text);
        }
    }

    /// A small number, left out where it is zero.
    pub(crate) fn number(&mut self, key: &str, number: i64) {
        if number != 0 {
            write_to(self.key(key), format_args!("{number}"));
        }
    }

    /// A 64-bit number as a text, as protobuf's JSON mapping says.
    pub(crate) fn long(&mut self, key: &str, number: i64) {
        write_to(self.key(key), format_args!("\"{number}\""));
    }

    /// Closes it.
    pub(crate) fn close(self) {
        self.out.push('}');
    }
}

/// Appends a list.
pub(crate) fn list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (index, element) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item(out, element);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_becomes_plain_json() {
        let value = Value::Map(vec![
            ("a\"b".to_owned(), Value::Array(vec![Value::Int(1), Value::Empty])),
            ("c".to_owned(), Value::Double(0.5)),
            ("d".to_owned(), Value::Bytes(vec![1, 2])),
        ]);
        let want = r#"{"a\"b":[1,null],"c":0.5,"d":"AQI="}"#;
        assert_eq!(payload(value), Value::String(want.to_owned()));
        assert_eq!(payload("as it is".into()), Value::String("as it is".to_owned()));
    }
}
