//! A stored span in the form of LangSmith's runs.

use std::collections::HashMap;

use clew_model::ids::SpanId;
use clew_model::source::SourceSpan;
use clew_model::span::{Span, Status};
use clew_model::value::{Attributes, Value, attribute};
use serde_json::{Map, Value as JsonValue, json};

use super::uuid;
use crate::agno::instant;

/// The run; `None` where it has no id of its own that LangSmith's SDKs can read.
pub(super) fn run(
    source: &SourceSpan,
    span: &Span,
    ids: &HashMap<SpanId, String>,
) -> Option<JsonValue> {
    let id = source.sender_span_id.as_deref()?;
    let text = |key: &str| attribute(&source.attributes, key).and_then(Value::as_str);
    let payload = |key: &str| text(key).map(decoded);
    let outputs = payload("gen_ai.completion").map(as_object);
    let usage = span.usage.as_ref();
    let status = match (span.status, source.end_nanos) {
        (Status::Error, _) => "error",
        (_, Some(_)) => "success",
        (_, None) => "pending",
    };
    let trace = uuid(source.trace_id);
    let first_token = span.ttft_nanos.zip(source.start_nanos);
    Some(json!({
        "id": id,
        "trace_id": trace,
        "parent_run_id": source.parent_span_id.and_then(|parent| ids.get(&parent)),
        "dotted_order": text("langsmith.dotted_order").unwrap_or_default(),
        "name": source.name.as_deref().unwrap_or_default(),
        "run_type": text("langsmith.span.kind").unwrap_or("chain"),
        "start_time": instant::written(source.start_nanos.or(source.end_nanos).unwrap_or(0)),
        "end_time": source.end_nanos.map(instant::written),
        "status": status,
        "error": error(source, span),
        "inputs": payload("gen_ai.prompt").map_or_else(|| json!({}), as_object),
        "outputs": outputs,
        "extra": extra(&source.attributes),
        "serialized": payload("langsmith.serialized").filter(JsonValue::is_object),
        "events": events(source),
        "tags": span.words.tags,
        "session_id": text("langsmith.trace.session_id"),
        "reference_example_id": text("langsmith.reference_example_id"),
        "prompt_tokens": usage.and_then(|usage| usage.input),
        "completion_tokens": usage.and_then(|usage| usage.output),
        "total_tokens": usage.and_then(|usage| usage.total),
        "first_token_time": first_token.map(|(after, start)| instant::written(start + after)),
        "feedback_stats": {},
        "app_path": format!("/ui/runs/{}?span={}", source.trace_id, source.span_id),
    }))
}

/// The whole text of the error, as it was sent.
fn error(source: &SourceSpan, span: &Span) -> Option<String> {
    let raised = source.events.iter().find(|event| event.name == "exception");
    let stack = raised.and_then(|event| {
        attribute(&event.attributes, "exception.stacktrace").and_then(Value::as_str)
    });
    stack.map(str::to_owned).or_else(|| span.error.as_ref().map(|error| error.message.clone()))
}

fn extra(attributes: &Attributes) -> JsonValue {
    let (mut extra, mut metadata) = (Map::new(), Map::new());
    for (key, value) in attributes {
        if let Some(name) = key.strip_prefix("langsmith.metadata.") {
            metadata.insert(name.to_owned(), plain(value));
        } else if let Some(name) = key.strip_prefix("langsmith.extra.") {
            extra.insert(name.to_owned(), plain(value));
        }
    }
    for (name, key) in [
        ("runtime", "langsmith.span.runtime"),
        ("invocation_params", "langsmith.invocation_params"),
    ] {
        if let Some(value) = attribute(attributes, key) {
            extra.insert(name.to_owned(), plain(value));
        }
    }
    extra.insert("metadata".to_owned(), JsonValue::Object(metadata));
    JsonValue::Object(extra)
}

fn events(source: &SourceSpan) -> Vec<JsonValue> {
    let told = source.events.iter().filter(|event| event.name != "exception");
    told.map(|event| {
        let mut fields: Map<String, JsonValue> =
            event.attributes.iter().map(|(key, value)| (key.clone(), plain(value))).collect();
        fields.insert("name".to_owned(), json!(event.name));
        fields.insert("time".to_owned(), json!(instant::written(event.time_nanos)));
        JsonValue::Object(fields)
    })
    .collect()
}

/// A value as JSON; a text that is a JSON object or list is what it was before.
fn plain(value: &Value) -> JsonValue {
    match value {
        Value::String(text) => decoded(text),
        Value::Bool(yes) => json!(yes),
        Value::Int(number) => json!(number),
        Value::Double(number) => json!(number),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Map(pairs) => pairs.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        Value::Empty | Value::Bytes(_) => JsonValue::Null,
    }
}

fn decoded(text: &str) -> JsonValue {
    let whole = text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
    whole.unwrap_or_else(|| JsonValue::String(text.to_owned()))
}

/// Inputs and outputs are objects for the SDKs.
fn as_object(json: JsonValue) -> JsonValue {
    if json.is_object() { json } else { json!({ "output": json }) }
}
