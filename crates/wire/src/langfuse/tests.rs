use clew_model::fold::fold;
use clew_model::label::{LabelSource, LabelTarget};
use clew_model::source::SourceSpan;
use clew_model::value::attribute;

use super::*;

const TRACE: &str = "effd26b70c38449eb3d0c058921d8636";
const NOW: i64 = 1_795_154_700_000_000_000;

fn recorded(number: usize) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/langfuse2");
    std::fs::read(format!("{folder}/0{number}-POST-api_public_ingestion.body")).unwrap()
}

fn with<T>(
    run_of: &mut dyn FnMut(SpanId) -> Option<TraceId>,
    f: impl FnOnce(&mut Context<'_>) -> T,
) -> T {
    f(&mut Context { now_nanos: NOW, run_of, limits: &Limits::default() })
}

fn ingested(body: &[u8]) -> Received {
    with(&mut |_| None, |context| ingest(body, context)).unwrap()
}

fn scored(body: &str) -> Received {
    with(&mut |_| None, |context| scores(body.as_bytes(), context)).unwrap()
}

fn text<'a>(part: &'a SourceSpan, key: &str) -> Option<&'a str> {
    attribute(&part.attributes, key).and_then(Value::as_str)
}

fn map(pairs: &[(&str, Value)]) -> Value {
    Value::Map(pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// Events of one observation each, `(type, body)`.
fn batch(events: &[(&str, &str)]) -> String {
    let events: Vec<String> = events
        .iter()
        .enumerate()
        .map(|(n, (kind, body))| {
            format!(
                r#"{{"id":"e{n}","type":"{kind}","timestamp":"2026-11-20T06:04:4{n}Z","body":{body}}}"#
            )
        })
        .collect();
    format!(r#"{{"batch":[{}]}}"#, events.join(","))
}

#[test]
fn a_run_is_a_note() {
    let received = ingested(&recorded(1));
    let note = &received.decoded.notes[0];
    assert_eq!(note.trace_id.to_string(), TRACE);
    assert_eq!(note.sender_trace_id.as_deref(), Some("effd26b7-0c38-449e-b3d0-c058921d8636"));
    assert_eq!(note.version, Some(1_795_154_687_845_519_000));
    for (key, want) in [
        ("langfuse.trace.name", "demo-trace"),
        ("langfuse.user.id", "user-42"),
        ("langfuse.session.id", "sess-123"),
        ("langfuse.release", "1.0"),
        ("langfuse.version", "7"),
        ("langfuse.trace.input", r#"{"q": "weather?"}"#),
    ] {
        assert_eq!(text(note, key), Some(want), "{key}");
    }
    let tags = Value::Array(vec!["demo".into()]);
    assert_eq!(attribute(&note.attributes, "langfuse.trace.tags"), Some(&tags));
    let metadata = map(&[("k", "v".into())]);
    assert_eq!(attribute(&note.attributes, "langfuse.trace.metadata"), Some(&metadata));
    let last = ingested(&recorded(5)).decoded.notes.remove(0);
    assert_eq!(text(&last, "langfuse.trace.output"), Some("done"));
    assert_eq!(attribute(&last.attributes, "langfuse.trace.public"), Some(&Value::Bool(false)));
    assert_eq!(last.version, Some(1_795_154_687_847_738_000));
}

#[test]
fn a_generation_comes_in_two_parts() {
    let received = ingested(&recorded(1));
    let parts = &received.decoded.spans;
    assert_eq!(parts.len(), 4);
    let (planner, begun, ended) = (&parts[0], &parts[1], &parts[2]);
    assert_eq!(begun.span_id, ended.span_id);
    assert_eq!(begun.parent_span_id, Some(planner.span_id));
    assert_eq!(begun.sender_span_id.as_deref(), Some("5f622cc1-1e81-46bc-9cbf-f058f7c07550"));
    assert_eq!((begun.end_nanos, ended.start_nanos, &ended.name), (None, None, &None));
    for whole in [fold(begun, ended), fold(ended, begun)] {
        assert_eq!(whole.name.as_deref(), Some("llm"));
        assert_eq!(whole.start_nanos, Some(1_795_154_687_846_009_000));
        assert_eq!(whole.end_nanos, Some(1_795_154_687_846_347_000));
        assert_eq!(text(&whole, "langfuse.observation.type"), Some("generation"));
        assert_eq!(text(&whole, "gen_ai.request.model"), Some("gpt-5-mini"));
        let input = r#"[{"role": "user", "content": "hi"}]"#;
        assert_eq!(text(&whole, "langfuse.observation.input"), Some(input));
        let usage = map(&[
            ("input", Value::Int(120)),
            ("output", Value::Int(17)),
            ("cache_read_input_tokens", Value::Int(64)),
        ]);
        let key = "langfuse.observation.usage_details";
        let Some(Value::Map(found)) = attribute(&whole.attributes, key) else { panic!("{key}") };
        let Value::Map(want) = usage else { panic!() };
        assert!(found.len() == 3 && want.iter().all(|pair| found.contains(pair)), "{found:?}");
    }
}

#[test]
fn older_usage_is_told_in_the_newer_words() {
    let received = ingested(&recorded(3));
    let part = &received.decoded.spans[0];
    let usage =
        map(&[("input", Value::Int(5)), ("output", Value::Int(2)), ("total", Value::Int(7))]);
    assert_eq!(attribute(&part.attributes, "langfuse.observation.usage_details"), Some(&usage));
    let body = r#"{"id":"a","traceId":"t","usage":{"promptTokens":3,"completionTokens":4,
        "totalCost":0.5,"unit":"TOKENS"}}"#;
    let part = ingested(batch(&[("generation-update", body)]).as_bytes()).decoded.spans.remove(0);
    let usage = map(&[("input", Value::Int(3)), ("output", Value::Int(4))]);
    assert_eq!(attribute(&part.attributes, "langfuse.observation.usage_details"), Some(&usage));
    let cost = map(&[("total", Value::Double(0.5))]);
    assert_eq!(attribute(&part.attributes, "langfuse.observation.cost_details"), Some(&cost));
    let letters = r#"{"id":"a","traceId":"t","usage":{"input":3,"unit":"CHARACTERS"}}"#;
    let part = ingested(batch(&[("span-update", letters)]).as_bytes()).decoded.spans.remove(0);
    assert_eq!(attribute(&part.attributes, "langfuse.observation.usage_details"), None);
    assert!(attribute(&part.attributes, "langfuse.observation.usage").is_some());
}

#[test]
fn an_event_is_a_moment_and_an_update_keeps_the_kind() {
    let received = ingested(&recorded(5));
    let event = &received.decoded.spans[0];
    assert_eq!(event.name.as_deref(), Some("note"));
    assert_eq!(event.start_nanos, Some(1_795_154_687_847_641_000));
    assert_eq!(event.end_nanos, event.start_nanos);
    let update = &received.decoded.spans[1];
    assert_eq!(text(update, "langfuse.observation.type"), None);
    let agent = batch(&[
        ("observation-create", r#"{"id":"a","traceId":"t","type":"AGENT","name":"planner"}"#),
        ("tool-create", r#"{"id":"b","traceId":"t","name":"search"}"#),
    ]);
    let spans = ingested(agent.as_bytes()).decoded.spans;
    assert_eq!(text(&spans[0], "langfuse.observation.type"), Some("agent"));
    assert_eq!(text(&spans[1], "langfuse.observation.type"), Some("tool"));
    // Without a start, when the event was sent.
    assert_eq!(spans[1].start_nanos, Some(1_795_154_681_000_000_000));
}

#[test]
fn an_observation_without_a_run_finds_it() {
    let known: TraceId = TRACE.parse().unwrap();
    let body = batch(&[
        ("span-update", r#"{"id":"a","traceId":"7f1c2f9e-1111-4222-8333-444455556666"}"#),
        ("span-update", r#"{"id":"a","output":1}"#),
        ("span-update", r#"{"id":"b","output":1}"#),
        ("span-create", r#"{"id":"c"}"#),
    ]);
    let b = SpanId::from_sender("b").unwrap();
    let mut run_of = |span| (span == b).then_some(known);
    let received = with(&mut run_of, |context| ingest(body.as_bytes(), context)).unwrap();
    let runs: Vec<TraceId> = received.decoded.spans.iter().map(|part| part.trace_id).collect();
    let said: TraceId = "7f1c2f9e111142228333444455556666".parse().unwrap();
    assert_eq!(runs, [said, said, known, TraceId::from_sender("c").unwrap()]);
}

#[test]
fn a_score_is_a_label() {
    let received = ingested(&recorded(5));
    let label = &received.decoded.labels[0];
    assert_eq!(label.target, LabelTarget::Trace { trace_id: TRACE.parse().unwrap() });
    assert_eq!((label.name.as_str(), label.score), ("quality", Some(0.9)));
    assert_eq!(label.explanation.as_deref(), Some("fine"));
    assert_eq!(label.source, LabelSource::Sdk);
    assert_eq!(label.created_nanos, 1_795_154_687_847_697_000);
}

#[test]
fn scores_of_every_kind() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/langfuse5");
    let body = std::fs::read(format!("{folder}/06-POST-api_public_scores.body")).unwrap();
    let received = with(&mut |_| None, |context| scores(&body, context)).unwrap();
    let trace_id: TraceId = "021df591fe80c44fefa0eb0307c675c1".parse().unwrap();
    let span_id: SpanId = "c3c3d37ee07b715e".parse().unwrap();
    let labels = &received.decoded.labels;
    assert_eq!(labels[0].target, LabelTarget::Span { trace_id, span_id });
    assert_eq!((labels[0].score, labels[0].explanation.as_deref()), (Some(0.9), Some("fine")));
    assert_eq!(labels[1].target, LabelTarget::Trace { trace_id });
    assert_eq!((labels[1].score, labels[1].value.as_deref()), (None, Some("up")));
    let one = |more: &str| {
        let received = scored(&format!(r#"{{"id":"s","name":"n",{more}}}"#));
        let label = received.decoded.labels.first();
        label.map(|label| (label.target.clone(), label.score, label.value.clone()))
    };
    let session = LabelTarget::Session { session_id: "s-1".to_owned() };
    let yes = one(r#""sessionId":"s-1","value":1,"dataType":"BOOLEAN""#);
    assert_eq!(yes, Some((session, Some(1.0), Some("true".to_owned()))));
    for wrong in [
        r#""value":1"#,
        r#""traceId":"t""#,
        r#""traceId":"t","value":"high","dataType":"NUMERIC""#,
        r#""traceId":"t","value":{"a":1}"#,
        r#""observationId":"o","sessionId":"s","value":1"#,
    ] {
        assert_eq!(one(wrong), None, "{wrong}");
    }
}

#[test]
fn every_event_is_answered() {
    let body = batch(&[
        ("span-create", r#"{"id":"a","traceId":"t"}"#),
        ("span-destroy", r#"{"id":"a"}"#),
        ("sdk-log", r#"{"log":"hello"}"#),
        ("span-create", "7"),
        ("span-create", r#"{"id":"b","traceId":"t","startTime":"soon"}"#),
        ("trace-create", r#"{"id":"00000000-0000-0000-0000-000000000000"}"#),
    ]);
    let received = ingested(body.as_bytes());
    let answers: Vec<(&str, Option<&str>)> =
        received.answers.iter().map(|a| (a.id.as_str(), a.refused.as_deref())).collect();
    assert_eq!(
        answers,
        [
            ("e0", None),
            ("e1", Some(r#"type: "span-destroy" is no type of event"#)),
            ("e2", None),
            ("e3", Some("body: wrong type: expected an object, found a number")),
            ("e4", Some(r#"body.startTime: "soon" is no time between 1970 and 2262"#)),
            ("e5", Some("body.id: id is all zeros")),
        ]
    );
    assert_eq!((received.decoded.accepted_count, received.decoded.rejected_count), (2, 4));
}

#[test]
fn what_is_no_batch_is_refused_whole() {
    let refused =
        |body: &str| with(&mut |_| None, |context| ingest(body.as_bytes(), context)).is_err();
    assert!(refused("") && refused("{}") && refused("7") && refused(r#"{"batch":7}"#));
    assert!(refused(r#"{"batch":[{"id":"#));
}

#[test]
fn damaged_recordings_never_panic() {
    for number in [1, 3, 4, 5] {
        let whole = recorded(number);
        for place in (0..whole.len()).step_by(23) {
            crate::fuzz::langfuse(&whole[..place]);
            for byte in [0, b'"', b'{', b'7', 0xff] {
                let mut damaged = whole.clone();
                damaged[place] = byte;
                crate::fuzz::langfuse(&damaged);
            }
        }
    }
}
