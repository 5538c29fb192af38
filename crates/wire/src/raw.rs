//! Objects whose values stay the JSON text they came as: payloads are kept byte for byte,
//! and only what a receiver asks for is read.

use clew_model::value::{Attributes, Value};

use crate::decoded::Tally;
use crate::fault::{Fault, Parsed, Within};
use crate::fields::wrong_type;
use crate::json::{Json, Kind};
use crate::limits::Limits;
use crate::time::parse_time;

/// Levels of one item of a body.
const ITEM_DEPTH: usize = 512;
/// Levels of a whole body: an item that nests deeper than [`ITEM_DEPTH`] is refused alone.
const BODY_DEPTH: usize = 1 << 20;

/// An object of a body.
#[derive(Debug, Default)]
pub(crate) struct RawFields<'a> {
    pairs: Vec<(String, &'a str)>,
}

impl<'a> RawFields<'a> {
    /// Reads a body, which must be one JSON object.
    pub(crate) fn read_body(text: &'a str) -> Parsed<RawFields<'a>> {
        RawFields::read_to(text, BODY_DEPTH)
    }

    /// Reads one item of a body; whatever is wrong with it costs this item only.
    pub(crate) fn read(text: &'a str) -> Parsed<RawFields<'a>> {
        RawFields::read_to(text, ITEM_DEPTH).map_err(inner)
    }

    fn read_to(text: &'a str, depth: usize) -> Parsed<RawFields<'a>> {
        let mut json = Json::new(text);
        let found = json.kind()?;
        if found != Kind::Object {
            return Err(json.unexpected("an object", found));
        }
        let mut pairs: Vec<(String, &'a str)> = Vec::new();
        let most = Limits::default().attributes_per_item;
        json.object(|json, key| {
            if pairs.len() >= most {
                return Err(Fault::content(format!("has more than {most} fields")));
            }
            pairs.push((key.to_owned(), json.raw(depth)?));
            Ok(())
        })?;
        if !json.at_end() {
            return Err(json.more_than_one());
        }
        Ok(RawFields { pairs })
    }

    /// Adds a field that came apart from the object, and goes before one inside.
    pub(crate) fn put(&mut self, key: &str, text: &'a str) {
        self.pairs.push((key.to_owned(), text));
    }

    /// A field as it stands, left in its place; `null` is the same as none.
    pub(crate) fn peek(&self, key: &str) -> Option<&'a str> {
        let found = self.pairs.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, text)| *text).filter(|text| *text != "null")
    }

    /// A field that is a word or a number, left in its place.
    pub(crate) fn peek_word(&self, key: &str) -> Option<String> {
        match payload(self.peek(key).filter(|text| !text.starts_with(['{', '[']))?).ok()? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(text),
            Value::Int(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Adds the fields of another object, before those that came apart.
    pub(crate) fn join(&mut self, other: RawFields<'a>) {
        self.pairs.splice(0..0, other.pairs);
    }

    /// Drops the fields that say nothing; see [`is_blank`].
    pub(crate) fn drop_blank(&mut self) {
        self.pairs.retain(|(_, text)| !is_blank(text));
    }

    /// Takes a field as it stands; `null` is the same as none. Of two with one name the
    /// last counts.
    pub(crate) fn raw(&mut self, key: &str) -> Option<&'a str> {
        let mut found = None;
        self.pairs.retain(|(name, text)| {
            let is_it = name == key;
            if is_it {
                found = Some(*text);
            }
            !is_it
        });
        found.filter(|text| *text != "null")
    }

    /// Takes a field as a payload; see [`payload`].
    pub(crate) fn payload(&mut self, key: &str) -> Parsed<Option<Value>> {
        self.raw(key).map(payload).transpose().within(key)
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &str) -> Parsed<Option<String>> {
        let Some(raw) = self.raw(key) else { return Ok(None) };
        if raw.starts_with('"') {
            return Json::new(raw).text().map(Some).map_err(inner).within(key);
        }
        Err(wrong_type("a string", &shown(raw)).within(key))
    }

    /// An id or the like: a text that says something, or a number, which becomes one.
    pub(crate) fn word(&mut self, key: &str) -> Parsed<Option<String>> {
        match self.payload(key)? {
            Some(Value::String(text)) if text.starts_with(['{', '[']) => {
                Err(wrong_type("a string", &shown(&text)).within(key))
            }
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Int(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(wrong_type("a string", &other).within(key)),
            None => Ok(None),
        }
    }

    /// A time.
    pub(crate) fn time(&mut self, key: &str) -> Parsed<Option<i64>> {
        self.payload(key)?.map_or(Ok(None), |value| parse_time(&value)).within(key)
    }

    /// An object.
    pub(crate) fn object(&mut self, key: &str) -> Parsed<Option<RawFields<'a>>> {
        self.raw(key).map(RawFields::read).transpose().within(key)
    }

    /// A list.
    pub(crate) fn list(&mut self, key: &str) -> Parsed<Option<Vec<&'a str>>> {
        let most = Limits::default().items_per_request;
        self.raw(key).map(|text| elements(text, most)).transpose().within(key)
    }

    /// What nobody took, as payloads under `prefix`; those named in `without` are dropped.
    pub(crate) fn rest(&mut self, prefix: &str, without: &[&str]) -> Parsed<Attributes> {
        let left = std::mem::take(&mut self.pairs);
        let said = left
            .into_iter()
            .filter(|(key, text)| *text != "null" && !without.contains(&key.as_str()));
        said.map(|(key, text)| Ok((format!("{prefix}{key}"), payload(text).within(&key)?)))
            .collect()
    }
}

/// The elements of a list, as they stand; more than `most` are a fault.
pub(crate) fn elements(text: &str, most: usize) -> Parsed<Vec<&str>> {
    let mut json = Json::new(text);
    let found = json.kind()?;
    if found != Kind::Array {
        return Err(json.unexpected("an array", found));
    }
    let mut items = Vec::new();
    json.array(|json, _| {
        if items.len() >= most {
            return Err(Fault::content(format!("has more than {most} elements")));
        }
        items.push(json.raw(BODY_DEPTH)?);
        Ok(())
    })?;
    Ok(items)
}

/// Checks that a text is one JSON value of bounded depth.
pub(crate) fn whole(text: &str) -> Parsed<()> {
    let mut json = Json::new(text);
    json.raw(ITEM_DEPTH).map_err(inner)?;
    if json.at_end() { Ok(()) } else { Err(inner(json.more_than_one())) }
}

/// A payload as an attribute: a text is that text, an object or a list its JSON text, which
/// the store can cut and share.
pub(crate) fn payload(text: &str) -> Parsed<Value> {
    match Json::new(text).kind()? {
        Kind::Object | Kind::Array => Ok(Value::String(text.to_owned())),
        _ => Json::new(text).any(&mut Tally::new(&Limits::default()), 0).map_err(inner),
    }
}

/// Whether a payload says nothing: `{}`, `[]` or an empty text.
pub(crate) fn is_blank(text: &str) -> bool {
    let inside = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    [inside('{', '}'), inside('[', ']'), inside('"', '"')]
        .into_iter()
        .flatten()
        .any(|inside| inside.trim_ascii().is_empty())
}

/// A fault inside an item: its place in the item says nothing about the body.
fn inner(fault: Box<Fault>) -> Box<Fault> {
    let mut fault = fault.contained();
    fault.offset = None;
    fault
}

/// Only the kind of the value, for a message.
fn shown(raw: &str) -> Value {
    match raw.bytes().next() {
        Some(b'{') => Value::Map(Vec::new()),
        Some(b'[') => Value::Array(Vec::new()),
        Some(b't' | b'f') => Value::Bool(true),
        _ => Value::Int(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_stay_as_they_came() {
        let mut fields = RawFields::read(
            r#"{"a": {"x": 1.50,  "y":[null]}, "b":"q\n", "c":12345678901234567890, "d":null}"#,
        )
        .unwrap();
        let a = Value::from(r#"{"x": 1.50,  "y":[null]}"#);
        assert_eq!(fields.payload("a").ok(), Some(Some(a)));
        assert_eq!(fields.text("b").ok(), Some(Some("q\n".to_owned())));
        assert_eq!(fields.payload("d").ok(), Some(None));
        assert_eq!(
            fields.rest("p.", &[]).ok(),
            Some(vec![("p.c".to_owned(), Value::Double(12_345_678_901_234_567_890.0))])
        );
    }

    #[test]
    fn wrong_types_are_named_with_their_field() {
        let reason = |text: &str| {
            let mut fields = RawFields::read(text).unwrap();
            fields.text("a").err().map(|fault| fault.reason())
        };
        let want = "a: wrong type: expected a string, found an object";
        assert_eq!(reason(r#"{"a":{}}"#).as_deref(), Some(want));
        let want = "a: wrong type: expected a string, found a number";
        assert_eq!(reason(r#"{"a":1}"#).as_deref(), Some(want));
    }

    #[test]
    fn an_item_is_bounded_in_depth_and_a_body_is_not_lost_by_it() {
        let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
        let body = format!(r#"{{"data":[{{"x":{deep}}},{{"x":1}}]}}"#);
        let items = RawFields::read_body(&body).unwrap().list("data").unwrap().unwrap();
        assert!(RawFields::read(items[0]).is_err());
        assert!(RawFields::read(items[1]).is_ok());
    }

    #[test]
    fn fields_and_elements_are_counted() {
        let object = |count| format!("{{{}}}", vec![r#""a":1"#; count].join(","));
        assert!(RawFields::read(&object(16_384)).is_ok());
        let fault = RawFields::read(&object(16_385)).unwrap_err();
        assert_eq!(fault.reason(), "a: has more than 16384 fields");
        assert_eq!(elements("[1,2]", 2).unwrap(), ["1", "2"]);
        assert_eq!(elements("[1,2,3]", 2).unwrap_err().reason(), "[2]: has more than 2 elements");
        let body = format!(r#"{{"data":[{}]}}"#, vec!["1"; 250_001].join(","));
        let fault = RawFields::read_body(&body).unwrap().list("data").unwrap_err();
        assert_eq!(fault.reason(), "data[250000]: has more than 250000 elements");
    }

    #[test]
    fn blank_payloads() {
        for text in ["{}", "{ }", "[]", "\"\""] {
            assert!(is_blank(text), "{text}");
        }
        for text in ["{\"a\":{}}", "0", "[0]", "\"x\""] {
            assert!(!is_blank(text), "{text}");
        }
    }
}
