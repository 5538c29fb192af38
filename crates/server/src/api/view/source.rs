//! What the sender said, as plain JSON: attributes, events, links, resource, scope.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clew_model::source::{Resource, Scope, SourceEvent, SourceLink, SourceSpan};
use clew_model::value::{Attributes, Value};
use serde_json::{Map, Value as Json, json};

/// Attributes as an object. Of a key that stands twice the last value shows, as
/// OpenTelemetry's collectors have it.
pub(crate) fn attributes(attributes: &Attributes) -> Json {
    Json::Object(attributes.iter().map(|(key, value)| (key.clone(), json(value))).collect())
}

/// A value. Whole numbers that JavaScript would round, NaN and infinities are text;
/// bytes are `{"base64": ...}`.
fn json(value: &Value) -> Json {
    const SAFE: i64 = 1 << 53;
    match value {
        Value::Empty => Json::Null,
        Value::String(text) => json!(text),
        Value::Bool(flag) => json!(flag),
        Value::Int(number) if (-SAFE..=SAFE).contains(number) => json!(number),
        Value::Int(number) => json!(number.to_string()),
        Value::Double(number) if number.is_finite() => json!(number),
        Value::Double(number) => json!(number.to_string()),
        Value::Bytes(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
        Value::Array(values) => values.iter().map(json).collect(),
        Value::Map(entries) => attributes(entries),
    }
}

/// The resource with what its SDK dropped.
pub(crate) fn resource(resource: &Resource) -> Json {
    json!({
        "attributes": attributes(&resource.attributes),
        "dropped_attributes_count": resource.dropped_attributes_count,
        "schema_url": resource.schema_url,
    })
}

/// The scope likewise.
pub(crate) fn scope(scope: &Scope) -> Json {
    json!({
        "name": scope.name,
        "version": scope.version,
        "attributes": attributes(&scope.attributes),
        "dropped_attributes_count": scope.dropped_attributes_count,
        "schema_url": scope.schema_url,
    })
}

/// What a sender says about a run itself.
pub(crate) fn note(note: &SourceSpan) -> Json {
    let content = clew_model::content::content(note);
    json!({
        "sender": note.sender.as_str(),
        "sender_trace_id": note.sender_trace_id,
        "name": note.name,
        "status_message": note.status.message,
        "metadata": content.metadata,
        "attributes": attributes(&note.attributes),
        "resource": resource(&note.resource),
    })
}

/// An event at its offset from the start of the trace.
pub(crate) fn event(event: &SourceEvent, trace_start_nanos: i64) -> Json {
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(event.name));
    object.insert("time_nanos".to_owned(), json!(event.time_nanos.to_string()));
    let offset = event.time_nanos.saturating_sub(trace_start_nanos);
    object.insert("offset_nanos".to_owned(), json!(offset));
    object.insert("attributes".to_owned(), attributes(&event.attributes));
    let log = event.from_log.as_ref().map(|log| {
        json!({
            "severity_number": log.severity_number,
            "severity_text": log.severity_text,
            "scope_name": log.scope_name,
            "observed_nanos": log.observed_nanos.to_string(),
        })
    });
    object.insert("from_log".to_owned(), json!(log));
    Json::Object(object)
}

/// A link.
pub(crate) fn link(link: &SourceLink) -> Json {
    json!({
        "trace_id": link.trace_id,
        "span_id": link.span_id,
        "attributes": attributes(&link.attributes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_what_json_cannot_say() {
        let sent = vec![
            ("n".to_owned(), Value::Int(9_007_199_254_740_993)),
            ("nan".to_owned(), Value::Double(f64::NAN)),
            ("b".to_owned(), Value::Bytes(vec![0, 255])),
            ("list".to_owned(), Value::Array(vec![Value::Int(1), Value::Empty])),
            ("twice".to_owned(), Value::Int(1)),
            ("twice".to_owned(), Value::Int(2)),
        ];
        assert_eq!(
            attributes(&sent),
            json!({"n": "9007199254740993", "nan": "NaN", "b": {"base64": "AP8="},
                "list": [1, null], "twice": 2})
        );
    }
}
