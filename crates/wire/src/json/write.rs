//! Appending JSON to a text.

use std::fmt::Write;

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
