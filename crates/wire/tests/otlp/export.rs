//! What is exported reads back as what was stored.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{
    Dropped, LogOrigin, OlderFields, PartAge, Resource, RunEvent, Scope, Sender, SourceEvent,
    SourceLink, SourceSpan, SourceStatus, SpanKind, StatusCode,
};
use clew_model::value::Value;
use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_traces, encode_json_lines};

use crate::recordings::requests;

/// Exports and reads back; spans in the order of their ids.
pub(crate) fn round_trip(
    spans: &[SourceSpan],
    run_events: &[RunEvent],
) -> (Vec<SourceSpan>, Vec<RunEvent>) {
    let lines = encode_json_lines(spans, run_events, &[]);
    let decoded = decode_traces(lines.as_bytes(), Encoding::Json, &Limits::default()).unwrap();
    assert_eq!(decoded.rejected, [], "{lines}");
    (sorted(decoded.spans), decoded.run_events)
}

/// Groups of resources may come in another order than their spans.
pub(crate) fn sorted(mut spans: Vec<SourceSpan>) -> Vec<SourceSpan> {
    spans.sort_by_key(|span| (span.trace_id, span.span_id));
    spans
}

#[test]
fn a_note_about_the_run_comes_back_and_is_no_span() {
    let note = SourceSpan { span_id: SpanId::NOTE, sender: Sender::Langfuse, ..full_span() };
    let lines = encode_json_lines(&[full_span()], &[], std::slice::from_ref(&note));
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.lines().nth(1).unwrap().starts_with("{\"clew\":{\"resourceSpans\":[{"));
    let decoded = decode_traces(lines.as_bytes(), Encoding::Json, &Limits::default()).unwrap();
    assert_eq!(decoded.rejected, []);
    assert_eq!((decoded.spans, decoded.notes), (vec![full_span()], vec![note]));
}

#[test]
fn a_note_by_hand_is_one_whatever_its_span_id() {
    let body = br#"{"clew":{"other":[1],"resourceSpans":[{"scopeSpans":[{"spans":[
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7"},
        {"traceId":"","spanId":"00f067aa0ba902b7"}]}]}]}}"#;
    let decoded = decode_traces(body, Encoding::Json, &Limits::default()).unwrap();
    assert_eq!((decoded.spans.len(), decoded.notes.len()), (0, 1));
    assert_eq!(decoded.notes[0].span_id, SpanId::NOTE);
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 1));
}

#[test]
fn every_recorded_request_round_trips() {
    for request in requests() {
        let decoded = request.decode();
        if decoded.spans.is_empty() {
            continue;
        }
        let (spans, run_events) = round_trip(&decoded.spans, &decoded.run_events);
        assert_eq!(spans, sorted(decoded.spans), "{}", request.name);
        assert_eq!(run_events, decoded.run_events, "{}", request.name);
    }
}

#[test]
fn a_span_with_events_of_its_own_and_from_logs_keeps_their_order() {
    let event = |name: &str, from_log: Option<LogOrigin>| SourceEvent {
        time_nanos: 5,
        name: name.to_owned(),
        attributes: vec![("a".to_owned(), Value::Int(1)), ("body".to_owned(), "text".into())],
        dropped_attributes_count: 2,
        from_log,
    };
    let origin = |scope: &str| {
        Some(LogOrigin {
            severity_number: 9,
            severity_text: "INFO".to_owned(),
            scope_name: scope.to_owned(),
            observed_nanos: 6,
        })
    };
    let span = SourceSpan {
        events: vec![
            event("first", origin("logger")),
            event("own", None),
            event("", origin("logger")),
            event("last", origin("library")),
        ],
        ..full_span()
    };
    let (spans, _) = round_trip(std::slice::from_ref(&span), &[]);
    assert_eq!(spans, [span]);
}

fn full_span() -> SourceSpan {
    let trace_id = TraceId::from_hex("0af7651916cd43dd8448eb211c80319c").unwrap();
    let span_id = SpanId::from_hex("00f067aa0ba902b7").unwrap();
    SourceSpan {
        trace_id,
        span_id,
        parent_span_id: Some(SpanId::from_hex("00f067aa0ba902b8").unwrap()),
        sender_span_id: Some("my span".to_owned()),
        sender_trace_id: Some("my \"run\"".to_owned()),
        name: None,
        kind: SpanKind::Producer,
        start_nanos: Some(1_795_154_476_295_134_389),
        end_nanos: Some(1_795_154_476_295_134_390),
        status: SourceStatus { code: StatusCode::Error, message: "no\n".to_owned() },
        attributes: vec![
            ("k".to_owned(), Value::Empty),
            ("k".to_owned(), Value::Bytes(vec![0, 1, 255])),
            (String::new(), Value::Double(f64::NEG_INFINITY)),
            ("tenth".to_owned(), Value::Double(0.1)),
            ("large".to_owned(), Value::Double(1e300)),
            ("min".to_owned(), Value::Int(i64::MIN)),
            ("map".to_owned(), Value::Map(vec![("x".to_owned(), Value::Array(vec![true.into()]))])),
        ],
        events: Vec::new(),
        links: vec![SourceLink {
            trace_id,
            span_id,
            trace_state: "a=b".to_owned(),
            attributes: vec![("l".to_owned(), "\u{1}".into())],
            dropped_attributes_count: 1,
            flags: 1,
        }],
        trace_state: "rojo=1".to_owned(),
        flags: 257,
        dropped: Dropped { attributes: 1, events: 2, links: 3 },
        resource: Arc::new(Resource {
            attributes: vec![("service.name".to_owned(), "s".into())],
            dropped_attributes_count: 4,
            schema_url: "r".to_owned(),
        }),
        scope: Arc::new(Scope {
            name: "library".to_owned(),
            version: "1".to_owned(),
            attributes: vec![("s".to_owned(), true.into())],
            dropped_attributes_count: 5,
            schema_url: "s".to_owned(),
        }),
        sender: Sender::Agentos,
        version: Some(-7),
        sequence: Some(i64::MAX),
        older: vec![
            OlderFields {
                age: PartAge { settled: true, end_nanos: Some(3), version: Some(-1), speaks: true },
                paths: vec![
                    vec!["name".to_owned()],
                    vec!["attributes".to_owned(), "\"".to_owned()],
                ],
            },
            OlderFields { age: PartAge::default(), paths: vec![Vec::new()] },
        ],
    }
}

#[test]
fn nothing_of_a_span_is_lost() {
    let named = SourceSpan { name: Some(String::new()), sender: Sender::Otlp, ..full_span() };
    let other =
        SourceSpan { span_id: SpanId::from_hex("00f067aa0ba902b9").unwrap(), ..named.clone() };
    for span in [full_span(), named] {
        let mut spans = vec![span, other.clone()];
        let (read, _) = round_trip(&spans, &[]);
        assert_eq!(read, spans);
        // Another resource in between makes another group.
        let resource = Arc::default();
        spans.push(SourceSpan {
            resource,
            span_id: SpanId::from_hex("00f067aa0ba902ba").unwrap(),
            ..other.clone()
        });
        spans.swap(1, 2);
        assert_eq!(round_trip(&spans, &[]).0, sorted(spans));
    }
}

#[test]
fn run_events_keep_their_ids() {
    let event = RunEvent {
        trace_id: TraceId::from_hex("0af7651916cd43dd8448eb211c80319c").unwrap(),
        event_id: "mine".to_owned(),
        time_nanos: 7,
        name: "note".to_owned(),
        attributes: vec![("body".to_owned(), Value::Map(Vec::new()))],
    };
    let (spans, events) = round_trip(&[], std::slice::from_ref(&event));
    assert_eq!((spans, events), (vec![], vec![event]));
}

#[test]
fn a_line_is_otlp_that_others_read() {
    let whole = SourceSpan { older: Vec::new(), ..full_span() };
    let lines = encode_json_lines(&[whole], &[], &[]);
    assert_eq!(lines.lines().count(), 1);
    let json: serde_json::Value = serde_json::from_str(&lines).unwrap();
    let group = &json["resourceSpans"][0];
    assert_eq!(group["resource"]["attributes"][0]["value"]["stringValue"], "s");
    assert_eq!(group["schemaUrl"], "r");
    let span = &group["scopeSpans"][0]["spans"][0];
    assert_eq!(span["traceId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(span["startTimeUnixNano"], "1795154476295134389");
    assert_eq!(span["kind"], 4);
    assert_eq!(span["attributes"][5]["value"]["intValue"], "-9223372036854775808");
    assert_eq!(span["attributes"][1]["value"]["bytesValue"], "AAH/");
    assert_eq!(
        span["clew"],
        serde_json::json!({
            "sender": "agentos", "senderSpanId": "my span", "senderTraceId": "my \"run\"",
            "version": "-7", "sequence": "9223372036854775807", "nameless": true
        })
    );
}

#[test]
fn places_that_cannot_be_are_bent_to_the_nearest() {
    let ids = r#""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7""#;
    let record = |name: &str, index: u64| {
        format!(r#"{{{ids},"eventName":"{name}","clew":{{"index":{index}}}}}"#)
    };
    let records = [record("late", 9), record("a", 1), record("b", 1)].join(",");
    let lines = format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{records}]}}]}}]}}
           {{"resourceSpans":[{{"scopeSpans":[{{"spans":[
               {{{ids},"events":[{{"name":"first"}},{{"name":"second"}}]}}]}}]}}]}}"#
    );
    let decoded = decode_traces(lines.as_bytes(), Encoding::Json, &Limits::default()).unwrap();
    let names: Vec<&str> =
        decoded.spans[0].events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["first", "a", "b", "second", "late"]);
}
