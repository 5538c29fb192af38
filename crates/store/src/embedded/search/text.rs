//! The texts of a span that people search: its name, ids and error, and every string it carries.
//!
//! A value that is JSON (messages, arguments, results) is searched by the strings inside of it,
//! unescaped, and by what stands between them (numbers), not by its keys: else a search for
//! "content" would find everything. Blooms are built over the same texts, so that what a bloom
//! rules out a reading would not have found.

use clew_model::source::SourceSpan;
use clew_model::value::Value;

/// JSON inside of strings of JSON is read so far down.
const NESTING_MAX: usize = 4;

/// Calls `visit` with each text of a span as it was sent.
pub(crate) fn each_text_of(source: &SourceSpan, visit: &mut dyn FnMut(&str)) {
    if let Some(name) = &source.name {
        visit(name);
    }
    visit(&source.span_id.to_string());
    [&source.sender_span_id, &source.sender_trace_id]
        .into_iter()
        .flatten()
        .for_each(|id| visit(id));
    if !source.status.message.is_empty() {
        each_text(&source.status.message, visit);
    }
    each_text_of_values(&source.attributes, visit);
    for event in &source.events {
        visit(&event.name);
        each_text_of_values(&event.attributes, visit);
    }
}

fn each_text_of_values(attributes: &[(String, Value)], visit: &mut dyn FnMut(&str)) {
    attributes.iter().for_each(|(_, value)| each_text_of_value(value, visit));
}

fn each_text_of_value(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => each_text(text, visit),
        Value::Array(values) => values.iter().for_each(|value| each_text_of_value(value, visit)),
        Value::Map(entries) => each_text_of_values(entries, visit),
        Value::Empty | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Bytes(_) => {}
    }
}

/// Calls `visit` with each piece of a text, which may be JSON, or a slice of JSON that was cut
/// between elements.
pub(crate) fn each_text(text: &str, visit: &mut dyn FnMut(&str)) {
    each_nested_text(text, NESTING_MAX, visit);
}

fn each_nested_text(text: &str, nesting: usize, visit: &mut dyn FnMut(&str)) {
    let looks_like_json = text.trim_start().starts_with(['{', '[', '"', ',']) && text.contains('"');
    if !looks_like_json || nesting == 0 {
        return visit(text);
    }
    let mut rest = text;
    let mut buffer = String::new();
    while let Some(quote) = rest.find('"') {
        visit_between(&rest[..quote], visit);
        let Some(after) = string_end(&rest[quote + 1..]) else {
            // No string after all: nothing may be lost.
            return visit(&rest[quote..]);
        };
        let raw = &rest[quote + 1..quote + 1 + after];
        rest = &rest[quote + 2 + after..];
        if !rest.trim_start().starts_with(':') {
            match raw.contains('\\') {
                true => {
                    buffer.clear();
                    unescape(raw, &mut buffer);
                    each_nested_text(&buffer, nesting - 1, visit);
                }
                false => visit(raw),
            }
        }
    }
    visit_between(rest, visit);
}

/// Numbers and words between strings.
fn visit_between(text: &str, visit: &mut dyn FnMut(&str)) {
    if text.chars().any(char::is_alphanumeric) {
        visit(text);
    }
}

/// Where the string that began before `text` ends.
fn string_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        match byte {
            b'"' => return Some(place),
            b'\\' => place += 2,
            _ => place += 1,
        }
    }
    None
}

fn unescape(raw: &str, out: &mut String) {
    let mut characters = raw.chars();
    let mut high = None;
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b' | 'f') => out.push(' '),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                let Ok(unit) = u32::from_str_radix(&digits, 16) else { continue };
                match (high.take(), unit) {
                    (_, 0xd800..=0xdbff) => high = Some(unit),
                    (Some(high), 0xdc00..=0xdfff) => {
                        let value = 0x1_0000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
                        out.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    (_, unit) => out.push(char::from_u32(unit).unwrap_or(' ')),
                }
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each_text(text, &mut |piece| found.push(piece.to_owned()));
        found
    }

    #[test]
    fn plain_text_is_one_piece() {
        assert_eq!(pieces("Where is \"my\" parcel?"), ["Where is \"my\" parcel?"]);
        assert_eq!(pieces("[not json"), ["[not json"]);
    }

    #[test]
    fn json_is_read_by_its_strings_without_keys() {
        let message =
            r#"[{"role":"user","content":"Caf\u00e9\nline \ud83d\ude00 \"x\""}, {"n": 12345}]"#;
        assert_eq!(pieces(message), ["user", "Café\nline 😀 \"x\"", ": 12345}]"]);
        // A slice that was cut between two elements.
        assert_eq!(pieces(r#",{"role":"tool","content":"ok"}"#), ["tool", "ok"]);
    }

    #[test]
    fn json_inside_of_a_string_is_read_too() {
        let call = r#"{"arguments":"{\"city\":\"K\\u00f6ln\"}"}"#;
        assert_eq!(pieces(call), ["Köln"]);
    }

    #[test]
    fn nothing_is_lost_of_a_string_without_an_end() {
        assert_eq!(pieces(r#"{"a":"b","c":"half"#), ["b", "\"half"]);
    }
}
