//! The fields of a JSON body, taken one by one; what nobody took is kept as it is.

use clew_model::value::{Attributes, Value, attribute};

use crate::decoded::Tally;
use crate::fault::{Fault, Parsed, Within};
use crate::json::Json;
use crate::limits::Limits;
use crate::otlp::utf8;
use crate::time::parse_time;

/// Levels of the body above the values that senders choose.
const OWN_DEPTH: usize = 4;

/// An object of the body.
#[derive(Default)]
pub(crate) struct Fields {
    pairs: Attributes,
    /// Texts that were no UTF-8; only the whole body's fields know.
    pub(crate) replaced_texts: u64,
}

impl From<Attributes> for Fields {
    fn from(pairs: Attributes) -> Fields {
        Fields { pairs, replaced_texts: 0 }
    }
}

impl Fields {
    /// Reads a body, which must be one JSON object.
    pub(crate) fn read(body: &[u8], limits: &Limits) -> Parsed<Fields> {
        let (text, replaced_texts) = utf8(body);
        Ok(Fields { replaced_texts, ..Fields::of_text(&text, &mut Fields::tally(limits))? })
    }

    /// What the records of one request may hold together.
    pub(crate) fn tally(limits: &Limits) -> Tally {
        let attribute_depth = limits.attribute_depth + OWN_DEPTH;
        Tally::new(&Limits { attribute_depth, ..*limits })
    }

    /// Reads one record of a text, which must be one JSON object.
    pub(crate) fn of_text(text: &str, tally: &mut Tally) -> Parsed<Fields> {
        let mut json = Json::new(text);
        let value = json.any(tally, 0)?;
        if !json.at_end() {
            return Err(json.more_than_one());
        }
        Fields::of(value)
    }

    /// Takes a value that must be an object.
    pub(crate) fn of(value: Value) -> Parsed<Fields> {
        match value {
            Value::Map(pairs) => Ok(Fields { pairs, replaced_texts: 0 }),
            other => Err(wrong_type("an object", &other)),
        }
    }

    /// Takes a field; `null` is the same as none. Of two with one name the last counts.
    pub(crate) fn any(&mut self, key: &str) -> Option<Value> {
        let mut found = None;
        self.pairs.retain_mut(|(name, value)| {
            let is_it = name == key;
            if is_it {
                found = Some(std::mem::take(value));
            }
            !is_it
        });
        found.filter(|value| *value != Value::Empty)
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &str) -> Parsed<Option<String>> {
        match self.any(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type("a string", &other).within(key)),
        }
    }

    /// An id or the like: a text that says something, or a number, which becomes one.
    pub(crate) fn word(&mut self, key: &str) -> Parsed<Option<String>> {
        match self.any(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Int(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(wrong_type("a string", &other).within(key)),
        }
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, key: &str) -> Parsed<Option<i64>> {
        match self.any(key) {
            None => Ok(None),
            Some(Value::Int(number)) => Ok(Some(number)),
            Some(other) => Err(wrong_type("a whole number", &other).within(key)),
        }
    }

    /// A time.
    pub(crate) fn time(&mut self, key: &str) -> Parsed<Option<i64>> {
        self.any(key).map_or(Ok(None), |value| parse_time(&value)).within(key)
    }

    /// A list.
    pub(crate) fn list(&mut self, key: &str) -> Parsed<Option<Vec<Value>>> {
        match self.any(key) {
            None => Ok(None),
            Some(Value::Array(values)) => Ok(Some(values)),
            Some(other) => Err(wrong_type("an array", &other).within(key)),
        }
    }

    /// A look at a field that somebody else takes.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        attribute(&self.pairs, key).filter(|value| **value != Value::Empty)
    }

    /// Whether the field is there and says something.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.pairs.iter().any(|(name, value)| name == key && *value != Value::Empty)
    }

    /// The pairs of an object, their keys behind `prefix`.
    pub(crate) fn prefixed(&mut self, key: &str, prefix: &str) -> Parsed<Attributes> {
        match self.any(key) {
            None => Ok(Vec::new()),
            Some(Value::Map(pairs)) => Ok(pairs
                .into_iter()
                .map(|(name, value)| (format!("{prefix}{name}"), value))
                .collect()),
            Some(other) => Err(wrong_type("an object", &other).within(key)),
        }
    }

    /// Whether the field is a list.
    pub(crate) fn is_list(&self, key: &str) -> bool {
        self.pairs.iter().any(|(name, value)| name == key && matches!(value, Value::Array(_)))
    }

    /// Takes the fields whose name begins with `prefix`, without it.
    pub(crate) fn take_prefixed(&mut self, prefix: &str) -> Attributes {
        let begins = |(name, _): &mut (String, Value)| name.starts_with(prefix);
        let taken = self.pairs.extract_if(.., begins);
        taken.map(|(name, value)| (name[prefix.len()..].to_owned(), value)).collect()
    }

    /// What nobody took, under `prefix`.
    pub(crate) fn rest(&mut self, prefix: &str) -> Attributes {
        let left = std::mem::take(&mut self.pairs);
        let said = left.into_iter().filter(|(_, value)| *value != Value::Empty);
        said.map(|(key, value)| (format!("{prefix}{key}"), value)).collect()
    }
}

pub(crate) fn wrong_type(expected: &str, found: &Value) -> Box<Fault> {
    let found = match found {
        Value::Empty => "null",
        Value::String(_) => "a string",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Double(_) => "a number",
        Value::Bytes(_) => "bytes",
        Value::Array(_) => "an array",
        Value::Map(_) => "an object",
    };
    Fault::content(format!("wrong type: expected {expected}, found {found}"))
}
