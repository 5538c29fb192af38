//! Nothing that can be sent panics, and what is understood survives an export.

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{
    Dropped, LogOrigin, RunEvent, Scope, Sender, SourceEvent, SourceSpan, SourceStatus, SpanKind,
    StatusCode,
};
use clew_model::value::{Attributes, Value};
use clew_wire::fuzz;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::export::{round_trip, sorted};
use crate::recordings::requests;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Empty),
        any::<String>().prop_map(Value::String),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>()
            .prop_filter("NaN is not equal to itself", |number| !number.is_nan())
            .prop_map(Value::Double),
        vec(any::<u8>(), 0..8).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((any::<String>(), inner), 0..4).prop_map(Value::Map),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    vec((prop_oneof![any::<String>(), Just("body".to_owned())], value()), 0..4)
}

fn event() -> impl Strategy<Value = SourceEvent> {
    let origin = (0..25_i32, any::<String>(), "[ab]", 0..i64::MAX).prop_map(
        |(severity_number, severity_text, scope_name, observed_nanos)| LogOrigin {
            severity_number,
            severity_text,
            scope_name,
            observed_nanos,
        },
    );
    (1..i64::MAX, any::<String>(), attributes(), any::<u32>(), option::of(origin)).prop_map(
        |(time_nanos, name, attributes, dropped_attributes_count, from_log)| SourceEvent {
            time_nanos,
            name,
            attributes,
            dropped_attributes_count,
            from_log,
        },
    )
}

prop_compose! {
    fn span()(
        ids in (1..u128::MAX, 1..u64::MAX, option::of(1..u64::MAX)),
        sender in (option::of(any::<String>()), option::of(any::<String>()), any::<bool>()),
        name in option::of(any::<String>()),
        times in (option::of(1..i64::MAX), option::of(1..i64::MAX)),
        status in (any::<bool>(), any::<String>()),
        attributes in attributes(),
        events in vec(event(), 0..4),
        scope in "[ab]",
        numbers in (any::<u32>(), option::of(any::<i64>()), option::of(any::<i64>())),
    ) -> SourceSpan {
        SourceSpan {
            trace_id: TraceId::from_bytes(&ids.0.to_be_bytes()).unwrap(),
            span_id: SpanId::from_bytes(&ids.1.to_be_bytes()).unwrap(),
            parent_span_id: ids.2.map(|id| SpanId::from_bytes(&id.to_be_bytes()).unwrap()),
            sender_span_id: sender.0,
            sender_trace_id: sender.1,
            name,
            kind: SpanKind::Internal,
            start_nanos: times.0,
            end_nanos: times.1,
            status: SourceStatus {
                code: if status.0 { StatusCode::Error } else { StatusCode::Ok },
                message: status.1,
            },
            attributes,
            events,
            links: Vec::new(),
            trace_state: String::new(),
            flags: numbers.0,
            dropped: Dropped { attributes: numbers.0, events: 0, links: 1 },
            resource: std::sync::Arc::default(),
            scope: std::sync::Arc::new(Scope { name: scope, ..Scope::default() }),
            sender: if sender.2 { Sender::Agentos } else { Sender::Otlp },
            version: numbers.1,
            sequence: numbers.2,
            older: Vec::new(),
        }
    }
}

proptest! {
    #[test]
    fn any_span_survives_an_export(span in span()) {
        let (spans, _) = round_trip(std::slice::from_ref(&span), &[]);
        prop_assert_eq!(spans, sorted(vec![span]));
    }

    #[test]
    fn any_run_event_survives_an_export(
        id in 1..u128::MAX,
        event_id in any::<String>(),
        time_nanos in 1..i64::MAX,
        name in any::<String>(),
        attributes in attributes(),
    ) {
        let trace_id = TraceId::from_bytes(&id.to_be_bytes()).unwrap();
        let event = RunEvent { trace_id, event_id, time_nanos, name, attributes };
        let (_, events) = round_trip(&[], std::slice::from_ref(&event));
        prop_assert_eq!(events, vec![event]);
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        fuzz::protobuf(&bytes);
        fuzz::json(&bytes);
        fuzz::agentos(&bytes);
    }

    #[test]
    fn random_text_never_panics(text in r#"[\[\]{}:,"\\a-z0-9. -]{0,60}"#) {
        fuzz::json(text.as_bytes());
        fuzz::json(format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{text}"#).as_bytes());
        fuzz::agentos(text.as_bytes());
    }
}

/// JSON of the fields that AgentOS calls know, with values of every kind.
fn call() -> impl Strategy<Value = serde_json::Value> {
    let keys = "run_id|id|parent_id|name|kind|start_time|end_time|data|end_data|error|status|\
                input|output|metadata|version|sequence|session_id|span_id|time|odd";
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00Z".prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(3, 20, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            vec((keys, inner), 0..8).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    });
    (vec((keys, value.clone()), 0..8), vec(value, 0..4)).prop_map(|(pairs, items)| {
        let mut body: serde_json::Map<_, _> = pairs.into_iter().collect();
        body.insert("spans".to_owned(), items.clone().into());
        body.insert("events".to_owned(), items.into());
        body.into()
    })
}

proptest! {
    #[test]
    fn any_call_is_taken_or_refused_and_survives_an_export(body in call()) {
        fuzz::agentos(body.to_string().as_bytes());
    }
}

/// Recorded bodies with a byte changed, removed or doubled at many places.
#[test]
fn damaged_recordings_never_panic() {
    for request in requests().iter().filter(|request| request.body.len() < 5_000) {
        let step = request.body.len() / 97 + 1;
        for place in (0..request.body.len()).step_by(step) {
            let mut changed = request.body.clone();
            changed[place] ^= 0x55;
            let mut shorter = request.body.clone();
            shorter.remove(place);
            let mut longer = request.body.clone();
            longer.insert(place, request.body[place]);
            for body in [changed, shorter, longer, request.body[..place].to_vec()] {
                fuzz::protobuf(&body);
                fuzz::json(&body);
            }
        }
    }
}
