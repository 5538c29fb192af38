use clew_model::fold::fold;
use clew_model::source::{SourceSpan, StatusCode};

use crate::decoded::Decoded;
use crate::limits::Limits;
use crate::otlp::{Encoding, decode_logs};

const SESSION: &str = "0233fda4-ee1d-402f-9b2e-3ce447f3b18f";
const PROMPT: &str = "9188fe8f-ba81-46ee-aa1b-4ff36f5dada3";
/// The prompt's id is the run's.
const RUN: &str = "9188fe8fba8146eeaa1b4ff36f5dada3";
const SECOND: i64 = 1_000_000_000;

/// A record at a second, of event `name`, with further attributes as JSON members.
fn record(at: i64, name: &str, more: &str) -> String {
    traced(at, name, more, "")
}

fn traced(at: i64, name: &str, more: &str, ids: &str) -> String {
    let attributes = |members: &str| {
        let json: Vec<(String, String)> = members
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        json.iter()
            .map(|(key, value)| {
                let value = match value.parse::<i64>() {
                    Ok(number) => format!("{{\"intValue\":\"{number}\"}}"),
                    Err(_) => format!("{{\"stringValue\":\"{value}\"}}"),
                };
                format!("{{\"key\":\"{key}\",\"value\":{value}}}")
            })
            .collect::<Vec<_>>()
            .join(",")
    };
    let members = attributes(&format!("session.id={SESSION};event.name={name};{more}"));
    format!(
        "{{\"timeUnixNano\":\"{}\",\"body\":{{\"stringValue\":\"claude_code.{name}\"}},\
         \"attributes\":[{members}]{ids}}}",
        at * SECOND
    )
}

fn decode(records: &[String]) -> Decoded {
    let body = format!(
        "{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"scope\":{{\"name\":\
         \"com.anthropic.claude_code.events\"}},\"logRecords\":[{}]}}]}}]}}",
        records.join(",")
    );
    decode_logs(body.as_bytes(), Encoding::Json, &Limits::default()).unwrap()
}

/// The spans of all requests, each folded, by name and start.
fn folded(requests: &[Vec<String>]) -> Vec<SourceSpan> {
    let mut spans: Vec<SourceSpan> = Vec::new();
    for part in requests.iter().flat_map(|records| decode(records).spans) {
        match spans.iter().position(|span| span.span_id == part.span_id) {
            Some(place) => spans[place] = fold(&spans[place], &part),
            None => spans.push(part),
        }
    }
    spans.sort_by_key(|span| (span.start_nanos, span.name.clone(), span.span_id));
    spans
}

fn prompt(more: &str) -> String {
    format!("prompt.id={PROMPT};{more}")
}

fn a_run() -> Vec<String> {
    let agent = "agent_id=ae890f766f250fab3;agent.name=general-purpose";
    vec![
        record(100, "user_prompt", &prompt("prompt=hello")),
        record(101, "tool_decision", &prompt("tool_use_id=toolu_1;tool_name=Read;decision=accept")),
        record(104, "api_request", &prompt("model=m;input_tokens=56;duration_ms=3000")),
        record(
            106,
            "tool_result",
            &prompt("tool_use_id=toolu_1;tool_name=Read;duration_ms=1000;success=false;error=gone"),
        ),
        record(107, "api_request", &prompt(&format!("model=m;duration_ms=1000;{agent}"))),
        record(108, "assistant_response", &prompt("response=done")),
        record(110, "subagent_completed", &prompt(&format!("duration_ms=5000;{agent}"))),
    ]
}

fn times(span: &SourceSpan) -> (Option<i64>, Option<i64>) {
    (span.start_nanos.map(|at| at / SECOND), span.end_nanos.map(|at| at / SECOND))
}

fn check(spans: &[SourceSpan]) {
    let names: Vec<&str> = spans.iter().filter_map(|span| span.name.as_deref()).collect();
    let expected = [
        "claude_code.interaction",
        "claude_code.llm_request",
        "claude_code.subagent",
        "claude_code.tool",
        "claude_code.llm_request",
    ];
    assert_eq!(names, expected);
    let [root, call, agent, tool, inner] = spans else { panic!("five spans") };
    assert!(spans.iter().all(|span| span.trace_id.to_string() == RUN));
    assert_eq!((root.parent_span_id, times(root)), (None, (Some(100), Some(108))));
    assert_eq!((call.parent_span_id, times(call)), (Some(root.span_id), (Some(101), Some(104))));
    assert_eq!((agent.parent_span_id, times(agent)), (Some(root.span_id), (Some(105), Some(110))));
    assert_eq!((tool.parent_span_id, times(tool)), (Some(root.span_id), (Some(105), Some(106))));
    assert_eq!((inner.parent_span_id, times(inner)), (Some(agent.span_id), (Some(106), Some(107))));
    assert_eq!((tool.status.code, tool.status.message.as_str()), (StatusCode::Error, "gone"));
    let events: Vec<&str> = root.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(events, ["claude_code.user_prompt", "claude_code.assistant_response"]);
    assert_eq!(tool.events[0].name, "claude_code.tool_decision");
    assert_eq!(root.sender_trace_id.as_deref(), Some(PROMPT));
}

#[test]
fn a_prompt_becomes_a_run() {
    check(&folded(&[a_run()]));
}

#[test]
fn order_repeats_and_pieces_make_no_difference() {
    let mut reversed = a_run();
    reversed.reverse();
    check(&folded(&[reversed]));
    check(&folded(&[a_run(), a_run()]));
    let pieces: Vec<Vec<String>> = a_run().into_iter().map(|record| vec![record]).collect();
    check(&folded(&pieces));
    let backwards: Vec<Vec<String>> = pieces.into_iter().rev().collect();
    check(&folded(&backwards));
}

#[test]
fn a_session_that_shows_spans_is_not_built_again() {
    let mut records = a_run();
    let ids = ",\"traceId\":\"0da2b8bac9c26eab1db53ad0fe46ce05\",\"spanId\":\"2adb18fbb82aace1\"";
    records.push(traced(109, "api_request", &prompt("model=m"), ids));
    let decoded = decode(&records);
    assert_eq!(decoded.spans.len(), 1);
    assert_eq!(decoded.spans[0].trace_id.to_string(), "0da2b8bac9c26eab1db53ad0fe46ce05");
    assert_eq!(decoded.ignored["Claude Code event without a trace"], 7);
}

#[test]
fn older_versions_name_no_prompt_and_give_one_run_a_session() {
    let spans = folded(&[vec![
        record(100, "user_prompt", "prompt_length=5"),
        record(102, "api_request", "model=m;duration_ms=1000;input_tokens=3"),
        record(103, "tool_result", "tool_name=Bash;duration_ms=500;success=true"),
        record(99, "plugin_loaded", ""),
    ]]);
    let names: Vec<&str> = spans.iter().filter_map(|span| span.name.as_deref()).collect();
    assert_eq!(names, ["claude_code.session", "claude_code.llm_request", "claude_code.tool"]);
    assert_eq!(spans[0].trace_id.to_string(), "0233fda4ee1d402f9b2e3ce447f3b18f");
    assert_eq!(times(&spans[0]), (Some(100), Some(103)));
}

#[test]
fn a_refused_tool_has_ended_and_a_failed_call_says_why() {
    let spans = folded(&[vec![
        record(100, "user_prompt", &prompt("prompt=p")),
        record(101, "tool_decision", &prompt("tool_use_id=toolu_1;tool_name=Bash;decision=reject")),
        record(102, "api_error", &prompt("model=m;error=overloaded;status_code=529;duration_ms=1")),
    ]]);
    assert_eq!(times(&spans[1]), (Some(101), Some(101)));
    assert_eq!(spans[1].name.as_deref(), Some("claude_code.tool"));
    assert_eq!(spans[2].status.message, "overloaded");
}

#[test]
fn whole_bodies_stand_beside_the_spans() {
    let decoded = decode(&[
        record(100, "api_request_body", &prompt("request_body_id=a;body=b")),
        record(101, "api_response_body", &prompt("request_body_id=a;body=c")),
        record(101, "plugin_loaded", &prompt("plugin.name=p")),
    ]);
    let names: Vec<&str> = decoded.run_events.iter().map(|event| event.name.as_str()).collect();
    let expected = ["api_request_body", "api_response_body", "plugin_loaded"];
    assert_eq!(names, expected.map(|name| format!("claude_code.{name}")));
    assert!(decoded.spans.iter().all(|span| span.events.is_empty()));
    assert!(decoded.run_events.iter().all(|event| event.trace_id.to_string() == RUN));
}

#[test]
fn records_that_lie_about_their_ids_or_times_give_nothing_odd() {
    let zeros = "prompt.id=00000000-0000-0000-0000-000000000000";
    let long = "x".repeat(600);
    let decoded = decode(&[
        record(100, "api_request", zeros),
        record(100, "api_request", &format!("prompt.id={long}")),
        record(100, "tool_result", &prompt(&format!("tool_use_id={long};agent_id={long}"))),
        record(100, "", &prompt("")),
        record(100, "tool_result", &prompt("tool_use_id= ;duration_ms=-5")),
        record(100, "api_request", &prompt("duration_ms=99999999999999")),
    ]);
    assert_eq!(decoded.ignored["Claude Code event without a trace"], 3);
    assert!(decoded.spans.iter().all(|span| span.sender_span_id.as_ref() != Some(&long)));
    let calls = decoded.spans.iter().filter(|span| {
        matches!(span.name.as_deref(), Some("claude_code.tool" | "claude_code.llm_request"))
    });
    for span in calls {
        assert_eq!(times(span), (Some(100), Some(100)));
    }
}
