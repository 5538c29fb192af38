//! A body that holds many items of JSON: a fault in one costs that one alone, and payloads are
//! taken as the sender wrote them.

use clew_model::value::{Attributes, Value};

use crate::decoded::Tally;
use crate::fault::{Parsed, Reach};
use crate::fields::Fields;
use crate::json::{Json, Kind, SKIP_DEPTH};
use crate::limits::Limits;
use crate::otlp::utf8;
use crate::parts::missing;

/// Levels of an item above the values that senders choose.
const OWN_DEPTH: usize = 4;

/// How the items of a format are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Field of the body with the list; the body may also be the list itself.
    pub(crate) list: &'static str,
    /// An object without that field is the only item.
    pub(crate) alone: bool,
    /// Field of an item that holds what the item is about, where there is one.
    pub(crate) inside: Option<&'static str>,
    /// Payloads: the JSON text that the sender wrote.
    pub(crate) payloads: &'static [&'static str],
    /// A payload that is a text keeps its quotes; else it is the text.
    pub(crate) quoted: bool,
}

/// A body, taken apart.
pub(crate) struct Batch {
    /// In order; refused ones with the reason.
    pub(crate) items: Vec<Parsed<Fields>>,
    /// The body was one item and no list.
    pub(crate) is_single: bool,
    /// Texts that were no UTF-8.
    pub(crate) replaced_texts: u64,
}

impl Shape {
    /// Reads a body.
    pub(crate) fn read(self, body: &[u8], limits: &Limits) -> Parsed<Batch> {
        let (text, replaced_texts) = utf8(body);
        let deeper = Limits { attribute_depth: limits.attribute_depth + OWN_DEPTH, ..*limits };
        let mut reader = Reader { shape: self, tally: Tally::new(&deeper), items: Vec::new() };
        let mut json = Json::new(&text);
        let mut is_single = false;
        match json.kind()? {
            Kind::Array => reader.list(&mut json)?,
            Kind::Object => {
                let start = json.mark();
                let mut found = false;
                json.object(|json, key| {
                    if key == self.list {
                        found = true;
                        reader.list(json)
                    } else {
                        json.skip()
                    }
                })?;
                if !found {
                    if !self.alone {
                        return Err(missing(self.list));
                    }
                    json.rewind(start);
                    reader.one(&mut json)?;
                    is_single = true;
                }
            }
            other => return Err(json.unexpected("an object", other)),
        }
        if !json.at_end() {
            return Err(json.more_than_one());
        }
        Ok(Batch { items: reader.items, is_single, replaced_texts })
    }
}

struct Reader {
    shape: Shape,
    tally: Tally,
    items: Vec<Parsed<Fields>>,
}

impl Reader {
    fn list(&mut self, json: &mut Json<'_>) -> Parsed<()> {
        json.array(|json, _| self.one(json))
    }

    fn one(&mut self, json: &mut Json<'_>) -> Parsed<()> {
        let start = json.mark();
        let item = match self.item(json) {
            Err(fault) if fault.reach != Reach::Body => {
                json.rewind(start);
                json.skip()?;
                Err(fault)
            }
            read => Ok(read?),
        };
        self.items.push(item.and_then(Fields::of));
        Ok(())
    }

    fn item(&mut self, json: &mut Json<'_>) -> Parsed<Value> {
        if json.kind()? != Kind::Object {
            return json.any(&mut self.tally, 0);
        }
        let inside = self.shape.inside;
        self.object(json, inside).map(Value::Map)
    }

    fn object(&mut self, json: &mut Json<'_>, inside: Option<&str>) -> Parsed<Attributes> {
        let mut pairs = Attributes::new();
        json.object(|json, key| {
            self.tally.check_attributes(pairs.len())?;
            self.tally.check_bytes(key.len(), self.tally.limits.key_bytes)?;
            let value = if self.shape.payloads.contains(&key) {
                payload(json, self.shape.quoted)?
            } else if inside == Some(key) && json.kind()? == Kind::Object {
                Value::Map(self.object(json, None)?)
            } else {
                json.any(&mut self.tally, 1)?
            };
            pairs.push((key.to_owned(), value));
            Ok(())
        })?;
        Ok(pairs)
    }
}

/// The next value as its text.
fn payload(json: &mut Json<'_>, quoted: bool) -> Parsed<Value> {
    match json.kind()? {
        Kind::Null => json.take_null().map(|_| Value::Empty),
        Kind::Text if !quoted => json.text().map(Value::String),
        _ => json.raw(SKIP_DEPTH).map(|text| Value::String(text.to_owned())),
    }
}

/// Takes the object under `key` apart.
pub(crate) fn inner(fields: &mut Fields, key: &str) -> Parsed<Fields> {
    match fields.any(key) {
        Some(value) => Fields::of(value).map_err(|fault| fault.within(key)),
        None => Err(missing(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        list: "batch",
        alone: true,
        inside: Some("body"),
        payloads: &["input"],
        quoted: false,
    };

    fn read(body: &str) -> Parsed<Vec<Parsed<Fields>>> {
        SHAPE.read(body.as_bytes(), &Limits::default()).map(|batch| batch.items)
    }

    #[test]
    fn payloads_are_kept_as_they_were_written() {
        let body = r#"{"batch":[{"body":{"input":{"a": 1.0, "b":[1e3]},"x":1.0}},
            {"input":"text"},{"input":null}],"metadata":{"input":[}"#;
        assert!(read(body).is_err(), "the body is no JSON");
        let mut items = read(&body.replace("[}", "[]}}")).ok().unwrap();
        let mut first = inner(items[0].as_mut().ok().unwrap(), "body").ok().unwrap();
        assert_eq!(first.any("input"), Some(r#"{"a": 1.0, "b":[1e3]}"#.into()));
        assert_eq!(first.any("x"), Some(Value::Double(1.0)));
        assert_eq!(items[1].as_mut().ok().unwrap().any("input"), Some("text".into()));
        assert_eq!(items[2].as_mut().ok().unwrap().any("input"), None);
        let quoted = Shape { quoted: true, ..SHAPE };
        let batch = quoted.read(br#"{"input":"a\"b"}"#, &Limits::default()).ok().unwrap();
        let mut only = batch.items.into_iter().next().unwrap().ok().unwrap();
        assert_eq!(only.any("input"), Some(r#""a\"b""#.into()));
    }

    #[test]
    fn one_bad_item_costs_only_itself() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        let body = format!(r#"{{"batch":[{{"a":{deep}}},7,{{"input":{deep}}}]}}"#);
        let items = read(&body).ok().unwrap();
        let reasons: Vec<Option<String>> =
            items.iter().map(|item| item.as_ref().err().map(|fault| fault.reason())).collect();
        let deep = reasons[0].as_ref().unwrap();
        assert!(
            deep.starts_with("a[0]") && deep.ends_with("nests deeper than 36 levels"),
            "{deep}"
        );
        let number = "wrong type: expected an object, found a number";
        assert_eq!(reasons[1..], [Some(number.to_owned()), None]);
    }

    #[test]
    fn a_list_and_a_single_item_are_batches_too() {
        assert_eq!(read("[{},{}]").ok().unwrap().len(), 2);
        assert_eq!(read(r#"{"name":"x"}"#).ok().unwrap().len(), 1);
        let strict = Shape { alone: false, ..SHAPE };
        assert!(strict.read(br#"{"name":"x"}"#, &Limits::default()).is_err());
        assert!(read("7").is_err());
        assert!(read("{} {}").is_err());
    }
}
