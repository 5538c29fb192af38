//! The AgentOS calls through the public functions.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::path::Path;

use clew_model::source::{Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Value, attribute};
use clew_wire::agentos::{
    Context, StartedRun, add_batch, add_events, add_spans, complete_run, fail_run, start_run,
};
use clew_wire::{Decoded, Limits, WireError};

const NOW: i64 = 1_795_154_500_000_000_000;
const RUN: &str = "0198c3c2-b5d0-7f3e-8a4f-1234567890ab";

/// Calls with a fixed clock and ids `made-1`, `made-2`, ...
fn with_context<T>(call: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let mut made = 0;
    let mut new_id = || {
        made += 1;
        format!("made-{made}")
    };
    let limits = Limits::default();
    call(&mut Context { now_nanos: NOW, new_id: &mut new_id, limits: &limits })
}

fn start(body: &str) -> Result<StartedRun, WireError> {
    with_context(|context| start_run(body.as_bytes(), context))
}

fn spans(body: &str) -> Decoded {
    with_context(|context| add_spans(RUN, body.as_bytes(), context)).unwrap()
}

fn span(fields: &str) -> SourceSpan {
    let decoded = spans(&format!(r#"{{"spans":[{fields}]}}"#));
    assert_eq!(decoded.rejected, []);
    decoded.spans.into_iter().next().unwrap()
}

fn get<'a>(span: &'a SourceSpan, key: &str) -> Option<&'a Value> {
    attribute(&span.attributes, key)
}

#[test]
fn a_run_is_a_trace_and_its_root_span() {
    let run = start(&format!(
        r#"{{"run_id":"{RUN}","agent_id":7,"agent_name":"Ada","session_id":"s","user_id":"u",
            "input":{{"q":[1,2.5,null]}},"metadata":{{"k":true}},"start_time":1795154508,"odd":1}}"#
    ))
    .unwrap();
    assert_eq!(run.run_id, RUN);
    assert_eq!(run.trace_id.to_string(), "0198c3c2b5d07f3e8a4f1234567890ab");
    let root = &run.decoded.spans[0];
    assert_eq!(root.sender_trace_id.as_deref(), Some(RUN));
    assert_eq!(root.sender, Sender::Agentos);
    assert_eq!(root.name.as_deref(), Some("Ada"));
    assert_eq!((root.parent_span_id, root.end_nanos), (None, None));
    assert_eq!(root.start_nanos, Some(1_795_154_508_000_000_000));
    let want = [
        ("agentos.kind", "run".into()),
        ("agentos.run_id", RUN.into()),
        ("agentos.agent_id", "7".into()),
        ("agentos.agent_name", "Ada".into()),
        ("agentos.session_id", "s".into()),
        ("agentos.user_id", "u".into()),
        (
            "agentos.input",
            Value::Map(vec![(
                "q".to_owned(),
                Value::Array(vec![Value::Int(1), Value::Double(2.5), Value::Empty]),
            )]),
        ),
        ("agentos.metadata.k", Value::Bool(true)),
        ("agentos.extra.odd", Value::Int(1)),
    ];
    assert_eq!(root.attributes, want.map(|(key, value)| (key.to_owned(), value)));
}

#[test]
fn ids_and_times_are_made_only_where_none_are_given() {
    let run = start("{}").unwrap();
    assert_eq!(run.run_id, "made-1");
    let root = &run.decoded.spans[0];
    assert_eq!((root.name.as_deref(), root.start_nanos), (Some("run"), Some(NOW)));
    // Started again under that id, it is the same run.
    assert_eq!(start(r#"{"run_id":"made-1"}"#).unwrap().decoded, run.decoded);
    assert_eq!(span(r#"{"name":"n"}"#).sender_span_id.as_deref(), Some("made-1"));
}

#[test]
fn opening_a_span_puts_it_under_the_run_and_leaves_it_open() {
    let part = span(r#"{"id":"a","name":"plan","kind":"step"}"#);
    assert_eq!((part.start_nanos, part.end_nanos), (Some(NOW), None));
    assert_eq!(part.status.code, StatusCode::Unset);
    assert_eq!(
        part.parent_span_id,
        Some(start(&format!(r#"{{"run_id":"{RUN}"}}"#)).unwrap().decoded.spans[0].span_id)
    );
    assert_eq!(part.kind, SpanKind::Internal);
    let below = span(r#"{"id":"b","parent_id":"a","kind":"llm","data":{"model":"m"}}"#);
    assert_eq!(below.parent_span_id, Some(part.span_id));
    assert_eq!((below.name.as_deref(), below.kind), (Some("llm"), SpanKind::Client));
    assert_eq!(get(&below, "agentos.data.model"), Some(&"m".into()));
}

#[test]
fn ending_a_span_says_nothing_of_what_opened_it() {
    let part = span(r#"{"id":"a","end_data":{"result":{"x":1}},"end_time":1795154509000}"#);
    assert_eq!((part.name.as_ref(), part.start_nanos, part.parent_span_id), (None, None, None));
    assert_eq!(part.end_nanos, Some(1_795_154_509_000_000_000));
    assert_eq!(part.status.code, StatusCode::Ok);
    assert_eq!(
        get(&part, "agentos.end.result"),
        Some(&Value::Map(vec![("x".to_owned(), Value::Int(1))]))
    );
    assert_eq!(span(r#"{"id":"a","status":"ok"}"#).end_nanos, Some(NOW));
}

#[test]
fn one_body_opens_and_ends() {
    let part =
        span(r#"{"id":"a","name":"n","kind":"tool","start_time":5000000000000000000,"output":1}"#);
    assert_eq!((part.start_nanos, part.end_nanos), (Some(5_000_000_000_000_000_000), Some(NOW)));
    let without_start = span(r#"{"id":"a","name":"n","end_time":"2026-11-20T06:01:48Z"}"#);
    assert_eq!(without_start.start_nanos, None);
    assert_eq!(without_start.end_nanos, Some(1_795_154_508_000_000_000));
}

#[test]
fn errors_of_every_shape() {
    let text = span(r#"{"id":"a","error":"broken"}"#);
    assert_eq!((text.status.code, text.status.message.as_str()), (StatusCode::Error, "broken"));
    assert_eq!(get(&text, "agentos.error"), Some(&"broken".into()));
    let object = span(
        r#"{"id":"a","end_time":1795154509,
            "error":{"message":"m","type":"T","stack":"s","code":429,"name":"N"}}"#,
    );
    assert_eq!(object.status.message, "m");
    assert_eq!(get(&object, "agentos.error.type"), Some(&"T".into()));
    assert_eq!(get(&object, "agentos.error.code"), Some(&Value::Int(429)));
    assert_eq!(get(&object, "agentos.error.name"), Some(&"N".into()));
    let event = &object.events[0];
    assert_eq!((event.name.as_str(), event.time_nanos), ("exception", 1_795_154_509_000_000_000));
    assert_eq!(attribute(&event.attributes, "exception.stacktrace"), Some(&"s".into()));
    assert_eq!(span(r#"{"id":"a","error":true}"#).status.code, StatusCode::Error);
    assert_eq!(span(r#"{"id":"a","status":"failed"}"#).status.code, StatusCode::Error);
    assert_eq!(span(r#"{"id":"a","error":null,"name":"n"}"#).end_nanos, None);
}

#[test]
fn a_bad_span_costs_only_itself() {
    let decoded = spans(
        r#"{"spans":[{"id":"a","name":"n"},{"id":"b","name":7},5,{"id":"c","end_time":"soon"},
            {"id":"0000000000000000"},{"id":"d","status":"odd"},{"id":"e","data":"x"},
            {"id":"f","name":"n"}]}"#,
    );
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (2, 6));
    let rejected: Vec<(&str, &str)> = decoded
        .rejected
        .iter()
        .map(|rejected| (rejected.what.as_str(), rejected.reason.as_str()))
        .collect();
    assert_eq!(
        rejected,
        [
            ("spans[1]", "name: wrong type: expected a string, found a number"),
            ("spans[2]", "wrong type: expected an object, found a number"),
            ("spans[3]", "end_time: \"soon\" is no time between 1970 and 2262"),
            ("spans[4]", "id: id is all zeros"),
            ("spans[5]", "status: \"odd\" is neither ok nor error"),
            ("spans[6]", "data: wrong type: expected an object, found a string"),
        ]
    );
}

#[test]
fn bodies_that_are_no_call_name_field_and_byte() {
    let error = start("{\"run_id\": }").unwrap_err();
    assert_eq!((error.field.as_deref(), error.offset), (Some("run_id"), Some(11)));
    let error = start(r#"{"start_time":[]}"#).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("start_time"));
    let error = start("{} {}").unwrap_err();
    assert_eq!(error.message, "the body holds more than one JSON value");
    let error = start(&format!(r#"{{"run_id":"{}"}}"#, "x".repeat(513))).unwrap_err();
    assert_eq!(error.to_string(), "run_id: has 513 bytes, at most 512 are taken");
    let error =
        start(&format!(r#"{{"input":{}1{}}}"#, "[".repeat(40), "]".repeat(40))).unwrap_err();
    assert!(error.message.starts_with("nests deeper"), "{error}");
    let deep = |levels: usize| {
        start(&format!(r#"{{"input":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels)))
    };
    assert!(deep(31).is_ok());
    assert_eq!(deep(32).unwrap_err().to_string(), "agentos.input: nests deeper than 32 levels");
    let zeros = "0".repeat(32);
    let error = with_context(|context| add_spans(&zeros, b"{\"spans\":[]}", context)).unwrap_err();
    assert_eq!(error.to_string(), "run_id: id is all zeros");
    let error = with_context(|context| add_spans(RUN, b"{}", context)).unwrap_err();
    assert_eq!(error.to_string(), "spans: is missing");
}

#[test]
fn completing_and_failing_close_the_root() {
    let root_id = start(&format!(r#"{{"run_id":"{RUN}"}}"#)).unwrap().decoded.spans[0].span_id;
    let done = with_context(|context| complete_run(RUN, br#"{"output":"bye"}"#, context)).unwrap();
    let part = &done.spans[0];
    assert_eq!((part.span_id, part.name.as_ref(), part.start_nanos), (root_id, None, None));
    assert_eq!((part.end_nanos, part.status.code), (Some(NOW), StatusCode::Ok));
    assert_eq!(get(part, "agentos.output"), Some(&"bye".into()));
    let failed =
        with_context(|context| fail_run(RUN, br#"{"error":"no","end_time":1795154509}"#, context))
            .unwrap();
    let part = &failed.spans[0];
    assert_eq!((part.status.code, part.status.message.as_str()), (StatusCode::Error, "no"));
    assert_eq!(part.end_nanos, Some(1_795_154_509_000_000_000));
    assert_eq!(with_context(|context| fail_run(RUN, b" ", context)).unwrap().accepted_count, 1);
}

#[test]
fn events_are_flat_records_of_the_run() {
    let body =
        br#"{"events":[{"id":"e","name":"n","time":7000000000000000000,"data":{"a":1},"x":2},
        {"name":"n","span_id":"00F067AA0BA902B7"},{"time":1}]}"#;
    let decoded = with_context(|context| add_events(RUN, body, context)).unwrap();
    let [first, second] = &decoded.run_events[..] else { panic!("two events") };
    assert_eq!((first.event_id.as_str(), first.time_nanos), ("e", 7_000_000_000_000_000_000));
    let want = [("a", Value::Int(1)), ("agentos.extra.x", Value::Int(2))];
    assert_eq!(first.attributes, want.map(|(key, value)| (key.to_owned(), value)));
    assert_eq!((second.event_id.len(), second.time_nanos), (32, NOW));
    assert_eq!(second.attributes, [("span_id".to_owned(), "00f067aa0ba902b7".into())]);
    assert_eq!(decoded.rejected[0].reason, "name: is missing");
    let again = with_context(|context| add_events(RUN, body, context)).unwrap();
    assert_eq!(again, decoded);
}

/// The parts of a run give the same whole in every order.
#[test]
fn parts_fold_to_the_same_span_in_every_order() {
    let open =
        span(r#"{"id":"a","parent_id":"p","name":"n","kind":"tool","data":{"arguments":{}}}"#);
    let end = span(r#"{"id":"a","end_time":1795154509,"end_data":{"result":1}}"#);
    let whole = clew_model::fold::fold(&open, &end);
    assert_eq!(whole, clew_model::fold::fold(&end, &open));
    assert_eq!(whole.name.as_deref(), Some("n"));
    assert_eq!(whole.parent_span_id, open.parent_span_id);
    assert_eq!((whole.start_nanos, whole.end_nanos), (open.start_nanos, end.end_nanos));
    assert!(get(&whole, "agentos.data.arguments").is_some());
    assert!(get(&whole, "agentos.end.result").is_some());
}

/// Every example of the documentation is taken whole, with no field unknown.
#[test]
fn the_documented_examples_work() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/agentos-calls.md");
    let text = fs::read_to_string(path).unwrap();
    let examples: Vec<&str> = text.split("```http\n").skip(1).collect();
    assert_eq!(examples.len(), 13);
    for example in examples {
        let example = example.split("```").next().unwrap();
        let (request, body) = example.split_once("\n\n").unwrap();
        let path = request.strip_prefix("POST /api/ingest/v1").unwrap();
        let call = path.strip_prefix(&format!("/runs/{RUN}")).unwrap_or(path);
        let body = body.as_bytes();
        let decoded = with_context(|context| match call {
            "/runs" => start_run(body, context).map(|run| run.decoded),
            "/spans" => add_spans(RUN, body, context),
            "/events" => add_events(RUN, body, context),
            "/complete" => complete_run(RUN, body, context),
            "/fail" => fail_run(RUN, body, context),
            "/batch" => add_batch(body, context),
            other => panic!("{other} is no call"),
        })
        .unwrap();
        assert_eq!(decoded.rejected, [], "{example}");
        let keys = decoded.spans.iter().flat_map(|span| &span.attributes);
        let unknown: Vec<_> = keys.filter(|(key, _)| key.starts_with("agentos.extra.")).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[test]
fn a_batch_tells_what_the_single_calls_tell() {
    let start = r#"{"agent_id":"support","start_time":1795154508}"#;
    let spans = r#"[{"id":"s","name":"gpt-4.1","kind":"llm","start_time":1795154509,"end_time":1795154510,
        "data":{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}}]"#;
    let events = r#"[{"id":"e","name":"note","time":1795154509}]"#;
    let end = r#"{"output":"done","end_time":1795154511}"#;
    let body = format!(
        r#"{{"runs":[{{"run_id":"{RUN}","start":{start},"spans":{spans},"events":{events},"complete":{end}}},
                     {{"run_id":"other","fail":{{"error":"down"}}}}]}}"#
    );
    let batch = with_context(|context| add_batch(body.as_bytes(), context)).unwrap();
    let call = |call: fn(&str, &[u8], &mut Context<'_>) -> _, run: &str, body: &str| {
        let decoded: Result<Decoded, WireError> =
            with_context(|context| call(run, body.as_bytes(), context));
        decoded.unwrap()
    };
    let begin = start.replacen('{', &format!(r#"{{"run_id":"{RUN}","#), 1);
    let mut want = self::start(&begin).unwrap().decoded.spans;
    want.extend(call(add_spans, RUN, &format!(r#"{{"spans":{spans}}}"#)).spans);
    want.extend(call(complete_run, RUN, end).spans);
    want.extend(call(fail_run, "other", r#"{"error":"down"}"#).spans);
    assert_eq!(batch.spans, want);
    let noted = call(add_events, RUN, &format!(r#"{{"events":{events}}}"#));
    assert_eq!(batch.run_events, noted.run_events);
    assert_eq!((batch.accepted_count, batch.rejected_count), (5, 0));
}

#[test]
fn what_is_wrong_in_a_batch_costs_only_itself() {
    let body = format!(
        r#"{{"runs":[{{"run_id":"{RUN}","start":7,"spans":[{{"id":"a","name":3}},{{"id":"b","name":"kept"}}]}},
            {{"spans":[{{"id":"c","name":"whose"}}]}}, 5, {{"run_id":"r","span":[]}},
            {{"run_id":"r","complete":{{"end_time":"soon"}}}}]}}"#
    );
    let decoded = with_context(|context| add_batch(body.as_bytes(), context)).unwrap();
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 6));
    assert_eq!(decoded.spans[0].name.as_deref(), Some("kept"));
    let places: Vec<&str> = decoded.rejected.iter().map(|item| item.what.as_str()).collect();
    let want =
        ["runs[0].start", "runs[0].spans[0]", "runs[1]", "runs[2]", "runs[3]", "runs[4].complete"];
    assert_eq!(places, want);
    assert_eq!(decoded.rejected[2].reason, "run_id: is missing");
    assert_eq!(decoded.rejected[4].reason, "span: is no part of a run in a batch");
}

#[test]
fn a_batch_without_runs_is_refused() {
    for body in ["{}", r#"{"runs":{}}"#, "[]", "", r#"{"runs":[{"run_id":"r""#] {
        assert!(with_context(|context| add_batch(body.as_bytes(), context)).is_err(), "{body}");
    }
}

#[test]
fn a_batch_may_nest_as_deep_as_a_call() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let spans = |levels| format!(r#"[{{"id":"s","name":"n","data":{{"v":{}}}}}]"#, nested(levels));
    let call = |levels| format!(r#"{{"spans":{}}}"#, spans(levels));
    let batch = |levels| format!(r#"{{"runs":[{{"run_id":"r","spans":{}}}]}}"#, spans(levels));
    let rejected = |body: &str| {
        with_context(|context| add_batch(body.as_bytes(), context)).unwrap().rejected.len()
    };
    let alone = |body: &str| {
        with_context(|context| add_spans("r", body.as_bytes(), context)).unwrap().rejected.len()
    };
    for levels in [1, 31, 32] {
        assert_eq!(rejected(&batch(levels)), alone(&call(levels)), "{levels}");
    }
}
