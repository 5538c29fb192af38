//! What the exporter of OpenAI's Agents SDK sends, through the public function.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::path::Path;

use clew_model::source::{Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Value, attribute};
use clew_wire::{Decoded, Limits, WireError, openai_agents};

fn decode(body: &[u8]) -> Result<Decoded, WireError> {
    openai_agents::decode(body, &Limits::default())
}

fn recorded(name: &str) -> Decoded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire").join(name);
    decode(&fs::read(path.join("01-POST-v1_traces_ingest.body")).unwrap()).unwrap()
}

/// The one span of these fields, beside ids.
fn span(fields: &str) -> SourceSpan {
    let ids = r#""object":"trace.span","id":"span_1","trace_id":"trace_1""#;
    let decoded = decode(format!(r#"{{"data":[{{{ids},{fields}}}]}}"#).as_bytes()).unwrap();
    assert_eq!(decoded.rejected, []);
    decoded.spans.into_iter().next().unwrap()
}

fn get<'a>(span: &'a SourceSpan, key: &str) -> Option<&'a str> {
    attribute(&span.attributes, key).and_then(Value::as_str)
}

#[test]
fn two_recorded_runs() {
    let decoded = recorded("openai-agents-chat");
    assert_eq!((decoded.notes.len(), decoded.spans.len(), decoded.accepted_count), (2, 30, 32));
    let note = &decoded.notes[0];
    assert_eq!(note.trace_id.to_string(), "753f9d81dba6477bafc408183884a4bc");
    let want = [
        ("openai_agents.workflow_name", "demo-workflow"),
        ("openai_agents.group_id", "sess-123"),
        ("openai_agents.metadata.user_id", "user-42"),
        ("openai_agents.metadata.env", "test"),
    ];
    assert_eq!(note.attributes, want.map(|(key, text)| (key.to_owned(), text.into())));
    let sender = |span: &SourceSpan| span.sender_span_id.clone().unwrap();
    let of = |id: &str| decoded.spans.iter().find(|span| sender(span) == id).unwrap();
    let call = of("span_4258864e4a354d43b88b9310");
    assert_eq!((call.name.as_deref(), call.kind), (Some("generation"), SpanKind::Client));
    assert_eq!(call.sender, Sender::OpenaiAgents);
    assert_eq!(
        (call.start_nanos, call.end_nanos),
        (Some(1_795_154_547_431_754_000), Some(1_795_154_547_565_792_000))
    );
    assert_eq!(call.status.code, StatusCode::Ok);
    assert_eq!(get(call, "openai_agents.model"), Some("gpt-5-mini"));
    assert_eq!(
        get(call, "openai_agents.input"),
        Some(concat!(
            r#"[{"content":"You plan","role":"system"},"#,
            r#"{"role":"user","content":"What is the weather in Paris?"}]"#
        ))
    );
    let turn = of("span_ad2b20786a1040d183c889ae");
    assert_eq!(call.parent_span_id, Some(turn.span_id));
    assert_eq!(get(turn, "openai_agents.data.agent_name"), Some("planner"));
    assert!(get(turn, "openai_agents.usage").unwrap().starts_with(r#"{"input_tokens":120,"#));
    let broken = of("span_82ccab47df12459db4a5345e");
    assert_eq!(broken.status.code, StatusCode::Error);
    assert_eq!(broken.status.message, "Error running tool (non-fatal)");
    assert!(get(broken, "openai_agents.error.data").unwrap().contains("broken_tool"));
    let root = of("span_3999ccec3b3841f09c5fc23f");
    assert_eq!((root.name.as_deref(), root.parent_span_id), (Some("task"), None));
}

#[test]
fn the_javascript_sdk_says_milliseconds_and_no_usage_of_a_response() {
    let decoded = recorded("openai-agents-js");
    assert_eq!((decoded.notes.len(), decoded.spans.len()), (1, 25));
    let call = decoded.spans.iter().find(|span| span.name.as_deref() == Some("response")).unwrap();
    assert_eq!(call.end_nanos, Some(1_795_155_698_692_000_000));
    let want = [
        ("openai_agents.span.type", "response"),
        ("openai_agents.response_id", "resp_1d8363acc37a48a49993fe84"),
    ];
    assert_eq!(call.attributes, want.map(|(key, text)| (key.to_owned(), text.into())));
}

#[test]
fn every_type_of_span_keeps_its_fields() {
    for (data, name, key, text) in [
        (r#"{"type":"handoff","from_agent":"a","to_agent":"b"}"#, "handoff", "to_agent", "b"),
        (
            r#"{"type":"mcp_tools","server":"fs","result":["ls"]}"#,
            "mcp_tools",
            "result",
            r#"["ls"]"#,
        ),
        (
            r#"{"type":"transcription","input":{"data":"","format":"pcm"},"output":"hi"}"#,
            "transcription",
            "output",
            "hi",
        ),
        (r#"{"type":"speech_group","input":"say it"}"#, "speech_group", "input", "say it"),
        (r#"{"type":"later","odd":{"a":[1]}}"#, "later", "odd", r#"{"a":[1]}"#),
        (
            r#"{"type":"custom","name":"prep","data":{"usage":"mine"}}"#,
            "prep",
            "data.usage",
            "mine",
        ),
        (r#"{"type":"custom","name":"prep","data":"text"}"#, "prep", "data", "text"),
    ] {
        let span = span(&format!(r#""span_data":{data}"#));
        assert_eq!(span.name.as_deref(), Some(name), "{data}");
        assert_eq!(get(&span, &format!("openai_agents.{key}")), Some(text), "{data}");
    }
    let guard = span(r#""span_data":{"type":"guardrail","name":"g","triggered":true}"#);
    let triggered = attribute(&guard.attributes, "openai_agents.triggered");
    assert_eq!(triggered, Some(&Value::Bool(true)));
}

#[test]
fn a_span_without_an_end_is_open_and_one_without_data_is_kept() {
    let span = span(r#""started_at":"2026-11-20T06:21:38.594Z","span_data":null,"error":"boom""#);
    assert_eq!((span.name.as_deref(), span.end_nanos), (Some("span"), None));
    assert_eq!((span.status.code, span.status.message.as_str()), (StatusCode::Error, "boom"));
}

#[test]
fn a_bad_item_costs_itself() {
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    let good = r#"{"object":"trace.span","id":"span_2","trace_id":"trace_1"}"#;
    for (bad, reason) in [
        ("1", "wrong type: expected an object, found a number"),
        ("{}", "object: is missing"),
        (r#"{"object":"event"}"#, r#"object: "event" is neither "trace" nor "trace.span""#),
        (r#"{"object":"trace"}"#, "id: is missing"),
        (r#"{"object":"trace.span","id":"x"}"#, "trace_id: is missing"),
        (
            r#"{"object":"trace.span","id":"x","trace_id":"trace_00000000000000000000000000000000"}"#,
            "trace_id: id is all zeros",
        ),
        (
            r#"{"object":"trace.span","id":"x","trace_id":"t","started_at":"1960-01-01T00:00:00Z"}"#,
            "started_at: \"1960-01-01T00:00:00Z\" is no time between 1970 and 2262",
        ),
        (
            r#"{"object":"trace.span","id":"x","trace_id":"t","span_data":[]}"#,
            "span_data: wrong type: expected an object, found an array",
        ),
        (
            &format!(
                r#"{{"object":"trace.span","id":"x","trace_id":"t","span_data":{{"a":{deep}}}}}"#
            ),
            "span_data: nests deeper than 512 levels",
        ),
    ] {
        let decoded = decode(format!(r#"{{"data":[{bad},{good}]}}"#).as_bytes()).unwrap();
        assert_eq!(decoded.spans.len(), 1, "{bad}");
        assert_eq!(decoded.rejected[0].what, "data[0]");
        assert_eq!(decoded.rejected[0].reason, reason);
    }
}

#[test]
fn a_body_that_is_none() {
    for (body, message) in [
        (&b"{\"data\":[{\"object\":\"tra"[..], "the string does not end"),
        (b"[]", "wrong type: expected an object, found an array"),
        (b"{}", "is missing"),
        (b"", "the JSON ends too early"),
    ] {
        assert_eq!(decode(body).unwrap_err().message, message);
    }
    let decoded = decode(b"{\"data\":[{\"object\":\"trace\",\"id\":\"t\",\"group_id\":\"\xff\"}]}");
    assert_eq!(decoded.unwrap().replaced_texts, 1);
}
