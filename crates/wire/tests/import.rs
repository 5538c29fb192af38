//! Files of other tools: what their records give, by hand from the files themselves.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::BTreeMap;
use std::path::Path;

use clew_model::source::{SourceSpan, StatusCode};
use clew_model::value::{Value, attribute};
use clew_wire::import::{Context, Format, decode};
use clew_wire::{Decoded, Limits};

const FILE_TIME: i64 = 1_700_000_000_000_000_000;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/import");
    std::fs::read(folder.join(name)).unwrap()
}

fn decoded(format: Format, body: &[u8]) -> Decoded {
    decode(format, body, &Context { file_nanos: FILE_TIME, limits: &Limits::default() }).unwrap()
}

fn text<'s>(span: &'s SourceSpan, key: &str) -> Option<&'s str> {
    attribute(&span.attributes, key).and_then(Value::as_str)
}

fn number(span: &SourceSpan, key: &str) -> Option<i64> {
    match attribute(&span.attributes, key) {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    }
}

/// The files of a session as `clew import` puts them together.
fn session() -> String {
    const SESSION: &str = "claude-code/8d3085ef-8e3a-4847-8fb2-4b8896500047";
    let mut body = String::from_utf8(fixture(&format!("{SESSION}.jsonl"))).unwrap();
    // The deeper agent's lines come first: their order must not matter.
    for (agent, tool) in [
        ("ae8d51f29cd42e379", "toolu_8ba62d9f3f954989955222"),
        ("a9871f577448a7b9d", "toolu_384ca7e5e424431586cfe8"),
    ] {
        body.push_str(&format!(
            "{{\"type\":\"agent-meta\",\"agentId\":\"{agent}\",\"agentType\":\"general-purpose\",\"toolUseId\":\"{tool}\"}}\n"
        ));
        let lines = fixture(&format!("{SESSION}/subagents/agent-{agent}.jsonl"));
        body.push_str(&String::from_utf8(lines).unwrap());
    }
    body
}

#[test]
fn a_claude_code_session_becomes_a_run_for_each_prompt() {
    let decoded = decoded(Format::ClaudeCode, session().as_bytes());
    assert_eq!(decoded.rejected, []);
    let mut runs: BTreeMap<String, Vec<&SourceSpan>> = BTreeMap::new();
    for span in &decoded.spans {
        runs.entry(span.trace_id.to_string()).or_default().push(span);
    }
    let counts: Vec<(&str, usize)> =
        runs.iter().map(|(id, spans)| (id.as_str(), spans.len())).collect();
    assert_eq!(
        counts,
        [("de3b8c566d4b4b12ac6b3c0e5f82a236", 2), ("f948a8bd20af48ef8f74a51a8625f646", 14)]
    );
    let calls: Vec<_> = decoded
        .spans
        .iter()
        .filter(|s| s.name.as_deref() == Some("claude_code.llm_request"))
        .collect();
    assert_eq!(calls.len(), 8);
    for call in &calls {
        assert_eq!(number(call, "input_tokens"), Some(56));
        assert_eq!(number(call, "output_tokens"), Some(17));
        assert_eq!(number(call, "cache_read_tokens"), Some(64));
        assert_eq!(number(call, "cache_creation_tokens"), Some(32));
    }
    // From the request that went out to the answer's line.
    let first = calls[0];
    assert_eq!(first.start_nanos, Some(1_795_184_068_412_000_000));
    assert_eq!(first.end_nanos, Some(1_795_184_068_424_000_000));
    let context = text(first, "new_context").unwrap();
    assert_eq!(context, r#"[{"role":"user","content":"MAIN_MARK What is the weather in Paris?"}]"#);
}

#[test]
fn sub_agents_stand_below_the_tool_calls_that_started_them() {
    let decoded = decoded(Format::ClaudeCode, session().as_bytes());
    let named = |id: &str| {
        decoded.spans.iter().find(|span| span.sender_span_id.as_deref() == Some(id)).unwrap()
    };
    let (outer, inner) = (named("a9871f577448a7b9d"), named("ae8d51f29cd42e379"));
    let (outer_tool, inner_tool) =
        (named("toolu_384ca7e5e424431586cfe8"), named("toolu_8ba62d9f3f954989955222"));
    assert_eq!(outer.parent_span_id, Some(outer_tool.span_id));
    assert_eq!(inner.parent_span_id, Some(inner_tool.span_id));
    assert_eq!(inner_tool.parent_span_id, Some(outer.span_id));
    assert_eq!(text(inner, "user_prompt"), Some("DEEP_MARK look deeper"));
    // The notice of its end is a run of its own that points at it.
    let notice = named("de3b8c56-6d4b-4b12-ac6b-3c0e5f82a236");
    let links: Vec<_> = notice.links.iter().map(|link| (link.trace_id, link.span_id)).collect();
    assert_eq!(links, [(outer.trace_id, outer.span_id)]);
}

#[test]
fn a_failed_tool_carries_what_it_said() {
    let decoded = decoded(Format::ClaudeCode, session().as_bytes());
    let failed: Vec<_> =
        decoded.spans.iter().filter(|span| span.status.code == StatusCode::Error).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(text(failed[0], "tool_name"), Some("Read"));
    assert!(failed[0].status.message.starts_with("File does not exist."));
}

#[test]
fn the_same_session_again_and_grown_gives_the_same_ids() {
    let whole = session();
    let ids = |body: &str| -> Vec<_> {
        decoded(Format::ClaudeCode, body.as_bytes())
            .spans
            .iter()
            .map(|span| (span.trace_id, span.span_id))
            .collect()
    };
    let all = ids(&whole);
    let lines: Vec<&str> = whole.lines().collect();
    let early = lines[..12].join("\n");
    let part = ids(&early);
    assert!(!part.is_empty() && part.iter().all(|id| all.contains(id)));
}

#[test]
fn spans_as_opentelemetrys_console_exporter_prints_them() {
    // Records over several lines are brought into lines by the command.
    let text_of_file = String::from_utf8(fixture("opentelemetry-console.json")).unwrap();
    let lines: Vec<String> = serde_json::Deserializer::from_str(&text_of_file)
        .into_iter::<serde_json::Value>()
        .map(|record| record.unwrap().to_string())
        .collect();
    let decoded = decoded(Format::Spans, lines.join("\n").as_bytes());
    let names: Vec<_> = decoded.spans.iter().filter_map(|span| span.name.as_deref()).collect();
    assert_eq!(names, ["chat gpt-4.1", "execute_tool get_weather", "invoke_agent planner"]);
    let root = &decoded.spans[2];
    assert_eq!(root.parent_span_id, None);
    assert_eq!(decoded.spans[0].parent_span_id, Some(root.span_id));
    assert_eq!(number(&decoded.spans[0], "gen_ai.usage.input_tokens"), Some(120));
    assert_eq!(decoded.spans[1].status.code, StatusCode::Error);
    assert_eq!(decoded.spans[1].events[0].name, "exception");
    let service = attribute(&root.resource.attributes, "service.name");
    assert_eq!(service.and_then(Value::as_str), Some("weather-agent"));
}

#[test]
fn phoenix_spans_flat_and_nested_give_the_same_attributes() {
    let flat = r#"{"name":"llm","span_kind":"LLM","parent_id":null,"start_time":"2026-11-20T10:00:00+00:00","end_time":"2026-11-20T10:00:01+00:00","status_code":"OK","context.trace_id":"00000000000000000000000000000001","context.span_id":"0000000000000002","attributes.llm.model_name":"gpt-4.1","attributes.llm.input_messages":[{"message.role":"user","message.content":"hi"}]}"#;
    let nested = r#"{"name":"llm","span_kind":"LLM","parent_id":null,"start_time":"2026-11-20T10:00:00+00:00","end_time":"2026-11-20T10:00:01+00:00","status_code":"OK","context":{"trace_id":"00000000000000000000000000000001","span_id":"0000000000000002"},"attributes":{"llm":{"model_name":"gpt-4.1","input_messages":[{"message":{"role":"user","content":"hi"}}]}}}"#;
    let spans = decoded(Format::Spans, format!("{flat}\n{nested}").as_bytes()).spans;
    let sorted = |span: &SourceSpan| {
        let mut attributes = span.attributes.clone();
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        attributes
    };
    let want: Vec<(String, Value)> = [
        ("llm.input_messages.0.message.content", "hi"),
        ("llm.input_messages.0.message.role", "user"),
        ("llm.model_name", "gpt-4.1"),
        ("openinference.span.kind", "LLM"),
    ]
    .map(|(key, value)| (key.to_owned(), Value::from(value)))
    .to_vec();
    assert_eq!(sorted(&spans[0]), want);
    assert_eq!(sorted(&spans[1]), want);
    assert_eq!(spans[0].end_nanos, Some(1_795_168_801_000_000_000));
}

#[test]
fn openai_calls_have_their_times_tokens_and_errors() {
    let decoded = decoded(Format::OpenaiChat, &fixture("openai-batch-output.jsonl"));
    let [good, expired] = decoded.spans.as_slice() else { panic!("two calls") };
    assert_eq!(good.start_nanos, Some(1_795_154_742_000_000_000));
    assert_eq!(number(good, "gen_ai.usage.input_tokens"), Some(22));
    assert_eq!(number(good, "gen_ai.usage.cache_read.input_tokens"), Some(16));
    assert_eq!(text(good, "gen_ai.response.model"), Some("gpt-4.1-2025-04-14"));
    assert_eq!(expired.status.code, StatusCode::Error);
    assert_eq!(text(expired, "error.type"), Some("batch_expired"));
    assert_eq!(expired.start_nanos, Some(FILE_TIME));
}

#[test]
fn conversations_end_with_the_answer_and_other_records_are_refused() {
    let decoded = decoded(Format::OpenaiChat, &fixture("openai-conversations.jsonl"));
    let [talk, call] = decoded.spans.as_slice() else { panic!("two calls") };
    assert_eq!(text(talk, "session.id"), Some("sess-9"));
    assert_eq!(
        text(talk, "gen_ai.output.messages"),
        Some(r#"[{"role":"assistant","content":"Paris."}]"#)
    );
    assert_eq!(call.start_nanos, Some(1_795_168_800_000_000_000));
    assert_eq!(call.end_nanos, Some(1_795_168_800_250_000_000));
    assert_eq!(decoded.rejected_count, 1);
    assert_eq!(decoded.rejected[0].what, "line 3");
}

#[test]
fn hostile_records_are_refused_by_their_lines() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(600), "]".repeat(600));
    let wrong = [
        "nonsense",
        &deep,
        r#"{"name":"x"}"#,
        r#"{"name":"x","trace_id":7,"span_id":[]}"#,
        r#"{"name":"x","trace_id":"t","span_id":"00000000000000000000"}"#,
        r#"{"name":"x","trace_id":"t","span_id":"s","start_time":"yesterday"}"#,
    ];
    let good = r#"{"name":"\u0000 <b>","trace_id":"t","span_id":"s"}"#;
    let body = format!("{}\n{good}\n", wrong.join("\n"));
    let decoded = decoded(Format::Spans, body.as_bytes());
    assert_eq!(decoded.spans.len(), 2);
    let lines: Vec<&str> = decoded.rejected.iter().map(|rejected| rejected.what.as_str()).collect();
    assert_eq!(lines, ["line 1", "line 2", "line 3", "line 4", "line 6"]);
    let context = Context { file_nanos: FILE_TIME, limits: &Limits::default() };
    let all_wrong = decode(Format::Spans, b"nonsense", &context);
    assert!(all_wrong.unwrap_err().field.is_some_and(|field| field == "line 1"));
}

#[test]
fn the_records_of_a_request_share_its_values() {
    let record = |id: u8| {
        format!(
            r#"{{"trace_id":"t","span_id":"{id}","name":"n","attributes":{{"a":[{}]}}}}"#,
            ["1"; 20].join(",")
        )
    };
    let limits = Limits { values_per_request: 40, ..Limits::default() };
    let context = Context { file_nanos: FILE_TIME, limits: &limits };
    let body = format!("{}\n{}", record(1), record(2));
    let decoded = decode(Format::Spans, body.as_bytes(), &context).unwrap();
    assert_eq!((decoded.spans.len(), decoded.rejected[0].what.as_str()), (1, "line 2"));
}

#[test]
fn joined_keys_of_a_record_are_bounded() {
    let name = "k".repeat(10_000);
    let record = format!(
        r#"{{"trace_id":"t","span_id":"s","name":"n","attributes":{{"{name}":{{"{name}":1}}}}}}"#
    );
    let limits = Limits::default();
    let context = Context { file_nanos: FILE_TIME, limits: &limits };
    let error = decode(Format::Spans, record.as_bytes(), &context).unwrap_err();
    assert_eq!(error.to_string(), "line 1.attributes: has 20001 bytes, at most 16384 are taken");
}
