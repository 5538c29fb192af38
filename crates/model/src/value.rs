//! Attribute values as senders give them: OTLP's `AnyValue`, nothing lost.

use serde::{Deserialize, Serialize};

/// One attribute value. `Bytes` stays apart from `String` so that a record can be given
/// out again exactly as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub enum Value {
    /// Present, but without a value (an empty OTLP `AnyValue`).
    #[default]
    Empty,
    /// `stringValue`.
    String(String),
    /// `boolValue`.
    Bool(bool),
    /// `intValue`.
    Int(i64),
    /// `doubleValue`; may be NaN or infinite.
    Double(f64),
    /// `bytesValue`.
    Bytes(Vec<u8>),
    /// `arrayValue`.
    Array(Vec<Value>),
    /// `kvlistValue`, in the sender's order.
    Map(Vec<(String, Value)>),
}

/// Attributes in the order the sender gave them. A key that stands twice is kept twice;
/// look-ups take the last, as OpenTelemetry's collectors do.
pub type Attributes = Vec<(String, Value)>;

impl Value {
    /// The text of a `String`, else `None`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Double(number)
    }
}

/// The last value under `key`.
pub fn attribute<'a>(attributes: &'a [(String, Value)], key: &str) -> Option<&'a Value> {
    attributes.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
}
