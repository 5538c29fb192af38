//! Spellings of JSON that exporters use.

use clew_model::source::{SpanKind, StatusCode};
use clew_model::value::Value;
use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_logs, decode_metrics, decode_traces};

const LOOSE: &str = r#"{
  "resource_spans": [{
    "scope_spans": [{
      "spans": [{
        "trace_id": "CvdlGRbNQ92ESOshHIAxnA==",
        "span_id": "APBnqgupArc",
        "parent_span_id": "",
        "trace_state": null,
        "name": "n",
        "kind": "SPAN_KIND_CLIENT",
        "start_time_unix_nano": {"low": 746986677, "high": 417966972, "unsigned": true},
        "end_time_unix_nano": 1795154476295134390,
        "attributes": [
          {"key": "text", "value": {"string_value": "a"}},
          {"key": "int", "value": {"intValue": 7}},
          {"key": "ints", "value": {"intValue": "7"}},
          {"key": "negative", "value": {"int_value": {"low": -2, "high": -1, "unsigned": false}}},
          {"key": "nan", "value": {"doubleValue": "Infinity"}},
          {"key": "flag", "value": {"boolValue": "true"}},
          {"key": "bytes", "value": {"bytesValue": "AP8"}},
          {"key": "list", "value": {"arrayValue": {"values": [{"boolValue": false}, {}]}}},
          {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": null}]}}},
          {"key": "none"}
        ],
        "events": null,
        "status": {"code": "ERROR", "message": "m"},
        "dropped_attributes_count": "3",
        "flags": "257",
        "someday": {"a": [1, {"b": "}"}]}
      }],
      "scope": {"name": "late"}
    }],
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "s"}}]},
    "schemaUrl": "https://example.org/1"
  }]
}"#;

#[test]
fn loose_spellings_are_understood() {
    let decoded = decode_traces(LOOSE.as_bytes(), Encoding::Json, &Limits::default()).unwrap();
    assert_eq!(decoded.rejected, []);
    let span = &decoded.spans[0];
    assert_eq!(span.trace_id.to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(span.span_id.to_string(), "00f067aa0ba902b7");
    assert_eq!(span.parent_span_id, None);
    assert_eq!(span.kind, SpanKind::Client);
    assert_eq!(span.start_nanos, Some(1_795_154_476_295_134_389));
    assert_eq!(span.end_nanos, Some(1_795_154_476_295_134_390));
    assert_eq!(span.status.code, StatusCode::Error);
    assert_eq!((span.dropped.attributes, span.flags), (3, 257));
    assert_eq!(span.scope.name, "late");
    assert_eq!(span.resource.attributes, [("service.name".to_owned(), Value::from("s"))]);
    assert_eq!(span.resource.schema_url, "https://example.org/1");
    let values: Vec<&Value> = span.attributes.iter().map(|(_, value)| value).collect();
    assert_eq!(
        values,
        [
            &Value::from("a"),
            &Value::Int(7),
            &Value::Int(7),
            &Value::Int(-2),
            &Value::Double(f64::INFINITY),
            &Value::Bool(true),
            &Value::Bytes(vec![0, 255]),
            &Value::Array(vec![Value::Bool(false), Value::Empty]),
            &Value::Map(vec![("k".to_owned(), Value::Empty)]),
            &Value::Empty,
        ]
    );
}

#[test]
fn a_span_of_ids_only_is_an_unnamed_open_span() {
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
        {"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"00f067aa0ba902b7"}]}]}]}"#;
    let span =
        &decode_traces(body.as_bytes(), Encoding::Json, &Limits::default()).unwrap().spans[0];
    assert_eq!(span.name.as_deref(), Some(""));
    assert_eq!((span.start_nanos, span.end_nanos), (None, None));
}

#[test]
fn empty_requests_are_fine() {
    for body in ["{}", " {\"resourceSpans\":[]} ", "{\"resourceSpans\":null}", "\u{FEFF}{}"] {
        let decoded = decode_traces(body.as_bytes(), Encoding::Json, &Limits::default());
        assert_eq!(decoded.unwrap().accepted_count, 0, "{body}");
    }
}

#[test]
fn severities_and_metrics_by_name() {
    let limits = Limits::default();
    let logs = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{
        "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7",
        "severityNumber":"SEVERITY_NUMBER_WARN2","eventName":"gen_ai.choice"}]}]}]}"#;
    let decoded = decode_logs(logs.as_bytes(), Encoding::Json, &limits).unwrap();
    let origin = decoded.spans[0].events[0].from_log.as_ref().unwrap();
    assert_eq!(origin.severity_number, 14);
    let metrics = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
        {"name":"a","sum":{"dataPoints":[{},{}]}},{"name":"b","gauge":{"data_points":[{}]}}]}]}]}"#;
    let decoded = decode_metrics(metrics.as_bytes(), Encoding::Json, &limits).unwrap();
    assert_eq!(decoded.accepted_count, 3);
    assert_eq!(decoded.ignored["metric data point"], 3);
}

#[test]
fn content_types() {
    for (header, want) in [
        ("application/x-protobuf", Some(Encoding::Protobuf)),
        ("Application/JSON; charset=utf-8", Some(Encoding::Json)),
        ("text/plain", None),
    ] {
        assert_eq!(Encoding::from_content_type(header), want, "{header}");
    }
}
