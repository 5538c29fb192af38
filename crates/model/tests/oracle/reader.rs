//! Reads recorded OTLP JSON into source spans, for tests of this crate alone. Receivers
//! have a decoder of their own in clew-wire.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{
    LogOrigin, Resource, Scope, Sender, SourceEvent, SourceSpan, SourceStatus, StatusCode,
};
use clew_model::value::{Attributes, Value};
use serde_json::Value as Json;

/// The folder with the recordings.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Every span of a recording, with the log records that name it joined as events.
pub(crate) fn spans_of(recording: &str) -> Vec<SourceSpan> {
    let folder = fixtures().join("wire").join(recording);
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".meta.json"))
        .collect();
    names.sort();
    let (mut spans, mut logs) = (Vec::new(), Vec::new());
    for name in names {
        let base = name.trim_end_matches(".meta.json");
        let decoded = folder.join(format!("{base}.otlp.json"));
        let path = if decoded.exists() { decoded } else { folder.join(format!("{base}.body")) };
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let Ok(json) = serde_json::from_str::<Json>(&text) else { continue };
        read_traces(&json, &mut spans);
        read_logs(&json, &mut logs);
    }
    for (trace, span, event) in logs {
        if let Some(owner) =
            spans.iter_mut().find(|known| known.trace_id == trace && known.span_id == span)
        {
            owner.events.push(event);
        }
    }
    for span in &mut spans {
        span.events.sort_by_key(|event| event.time_nanos);
    }
    spans
}

fn list<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    json.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn text(json: &Json, name: &str) -> String {
    json.get(name).and_then(Json::as_str).unwrap_or("").to_owned()
}

fn number(json: &Json, name: &str) -> i64 {
    match json.get(name) {
        Some(Json::String(text)) => text.parse().unwrap_or(0),
        Some(Json::Number(number)) => number.as_i64().unwrap_or(0),
        _ => 0,
    }
}

fn read_traces(json: &Json, spans: &mut Vec<SourceSpan>) {
    for resource_spans in list(json, "resourceSpans") {
        let resource = Arc::new(Resource {
            attributes: attributes(resource_spans.get("resource").unwrap_or(&Json::Null)),
            ..Resource::default()
        });
        for scope_spans in list(resource_spans, "scopeSpans") {
            let scope = scope_spans.get("scope").unwrap_or(&Json::Null);
            let scope = Arc::new(Scope {
                name: text(scope, "name"),
                version: text(scope, "version"),
                ..Scope::default()
            });
            for span in list(scope_spans, "spans") {
                spans.push(read_span(span, &resource, &scope));
            }
        }
    }
}

fn read_span(span: &Json, resource: &Arc<Resource>, scope: &Arc<Scope>) -> SourceSpan {
    let status = span.get("status").unwrap_or(&Json::Null);
    let trace_id = TraceId::from_hex(&text(span, "traceId")).unwrap();
    let span_id = SpanId::from_hex(&text(span, "spanId")).unwrap();
    SourceSpan {
        parent_span_id: SpanId::from_hex(&text(span, "parentSpanId")).ok(),
        name: Some(text(span, "name")),
        start_nanos: Some(number(span, "startTimeUnixNano")),
        end_nanos: Some(number(span, "endTimeUnixNano")),
        status: SourceStatus { code: status_code(status), message: text(status, "message") },
        attributes: attributes(span),
        events: list(span, "events").iter().map(read_event).collect(),
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
        ..SourceSpan::part(trace_id, span_id, Sender::Otlp)
    }
}

fn status_code(status: &Json) -> StatusCode {
    match status.get("code") {
        Some(Json::String(code)) if code == "STATUS_CODE_ERROR" => StatusCode::Error,
        Some(Json::String(code)) if code == "STATUS_CODE_OK" => StatusCode::Ok,
        Some(Json::Number(code)) if code.as_i64() == Some(2) => StatusCode::Error,
        Some(Json::Number(code)) if code.as_i64() == Some(1) => StatusCode::Ok,
        _ => StatusCode::Unset,
    }
}

fn read_event(event: &Json) -> SourceEvent {
    SourceEvent {
        time_nanos: number(event, "timeUnixNano"),
        name: text(event, "name"),
        attributes: attributes(event),
        dropped_attributes_count: 0,
        from_log: None,
    }
}

fn read_logs(json: &Json, logs: &mut Vec<(TraceId, SpanId, SourceEvent)>) {
    for resource_logs in list(json, "resourceLogs") {
        for scope_logs in list(resource_logs, "scopeLogs") {
            for record in list(scope_logs, "logRecords") {
                let trace = TraceId::from_hex(&text(record, "traceId"));
                let span = SpanId::from_hex(&text(record, "spanId"));
                let (Ok(trace), Ok(span)) = (trace, span) else { continue };
                let mut read = read_event(record);
                read.name = text(record, "eventName");
                read.from_log = Some(LogOrigin::default());
                if let Some(body) = record.get("body") {
                    read.attributes.push(("body".to_owned(), value(body)));
                }
                logs.push((trace, span, read));
            }
        }
    }
}

fn attributes(owner: &Json) -> Attributes {
    list(owner, "attributes")
        .iter()
        .map(|pair| (text(pair, "key"), pair.get("value").map_or(Value::Empty, value)))
        .collect()
}

fn value(json: &Json) -> Value {
    let Some((kind, inner)) = json.as_object().and_then(|object| object.iter().next()) else {
        return Value::Empty;
    };
    match kind.as_str() {
        "stringValue" => Value::String(inner.as_str().unwrap_or("").to_owned()),
        "boolValue" => Value::Bool(inner.as_bool().unwrap_or(false)),
        "intValue" => Value::Int(number(json, "intValue")),
        "doubleValue" => Value::Double(inner.as_f64().unwrap_or(f64::NAN)),
        "arrayValue" => Value::Array(list(inner, "values").iter().map(value).collect()),
        "kvlistValue" => Value::Map(
            list(inner, "values")
                .iter()
                .map(|pair| (text(pair, "key"), pair.get("value").map_or(Value::Empty, value)))
                .collect(),
        ),
        _ => Value::Empty,
    }
}
