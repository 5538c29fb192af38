//! Spans of the exporter of OpenAI's Agents SDK.

use clew_model::content::content;
use clew_model::source::{Sender, SourceSpan};
use clew_model::span::Category;
use clew_model::usage::UsageScope;
use clew_model::value::Value;
use serde_json::json;

use crate::{facts, source};

fn openai(name: &str, pairs: &[(&str, Value)]) -> SourceSpan {
    SourceSpan { sender: Sender::OpenaiAgents, ..source(name, "", pairs) }
}

#[test]
fn types_of_spans() {
    for (kind, category) in [
        ("agent", Category::Agent),
        ("generation", Category::Llm),
        ("response", Category::Llm),
        ("function", Category::Tool),
        ("handoff", Category::Chain),
        ("guardrail", Category::Guardrail),
        ("custom", Category::Other),
        ("transcription", Category::Other),
        ("mcp_tools", Category::Other),
        ("of_tomorrow", Category::Other),
    ] {
        let span = facts(&openai("x", &[("openai_agents.span.type", kind.into())]));
        assert_eq!((span.category, span.kind.as_deref()), (category, Some(kind)), "{kind}");
        assert_eq!(span.conventions, ["OA"]);
    }
}

#[test]
fn a_turn_sums_and_a_call_owns() {
    let turn = facts(&openai(
        "turn",
        &[
            ("openai_agents.span.type", "custom".into()),
            ("openai_agents.data.sdk_span_type", "turn".into()),
            (
                "openai_agents.usage",
                r#"{"input_tokens":360,"output_tokens":51,"cached_input_tokens":192,"cache_write_input_tokens":0}"#.into(),
            ),
        ],
    ));
    assert_eq!((turn.category, turn.kind.as_deref()), (Category::Chain, Some("turn")));
    assert_eq!(turn.usage_scope, UsageScope::Aggregate);
    let usage = turn.usage.unwrap();
    assert_eq!((usage.input, usage.output, usage.cache_read), (Some(360), Some(51), Some(192)));
    let call = facts(&openai(
        "response",
        &[
            ("openai_agents.span.type", "response".into()),
            ("openai_agents.response_id", "resp_1".into()),
            (
                "openai_agents.usage",
                r#"{"requests":1,"input_tokens":120,"output_tokens":17,"total_tokens":137,
                "input_tokens_details":{"cache_write_tokens":0,"cached_tokens":64},
                "output_tokens_details":{"reasoning_tokens":5}}"#
                    .into(),
            ),
        ],
    ));
    assert_eq!(call.usage_scope, UsageScope::Own);
    assert_eq!(call.response_id.as_deref(), Some("resp_1"));
    let usage = call.usage.unwrap();
    assert_eq!(
        (usage.cache_read, usage.cache_write, usage.reasoning),
        (Some(64), Some(0), Some(5))
    );
}

#[test]
fn a_note_names_run_session_and_user() {
    let note = facts(&openai(
        "",
        &[
            ("openai_agents.workflow_name", "demo".into()),
            ("openai_agents.group_id", "s-1".into()),
            ("openai_agents.metadata.user_id", "u-1".into()),
        ],
    ));
    assert_eq!(note.trace_name.as_deref(), Some("demo"));
    assert_eq!((note.session_id.as_deref(), note.user_id.as_deref()), (Some("s-1"), Some("u-1")));
    assert_eq!(note.agent.project.as_deref(), Some("demo"));
}

#[test]
fn a_handoff_and_a_guardrail_keep_their_details() {
    let handoff = content(&openai(
        "handoff",
        &[
            ("openai_agents.span.type", "handoff".into()),
            ("openai_agents.from_agent", "planner".into()),
            ("openai_agents.to_agent", "writer".into()),
            ("openai_agents.metadata.k", 1.into()),
        ],
    ));
    assert_eq!(
        serde_json::to_value(&handoff.details).unwrap(),
        json!({"from_agent": "planner", "to_agent": "writer"})
    );
    assert_eq!(serde_json::to_value(&handoff.metadata).unwrap(), json!({"k": 1}));
}

/// What the custom processor of docs/tracers/openai-agents.md adds.
#[test]
fn a_response_that_was_sent_whole() {
    let call = openai(
        "response",
        &[
            ("openai_agents.span.type", "response".into()),
            (
                "openai_agents.input",
                r#"[{"role":"user","content":"hi"},
                {"type":"function_call","id":"fc_1","callId":"c-1","name":"f","arguments":"{}"},
                {"type":"function_call_result","name":"f","callId":"c-1","output":{"type":"text","text":"21C"}}]"#
                    .into(),
            ),
            (
                "openai_agents.response",
                r#"{"id":"resp_1","model":"gpt-5-mini-2026-08-01","instructions":"Be brief","usage":{"input_tokens":120,"output_tokens":17,
                "input_tokens_details":{"cached_tokens":64}},
                "output":[{"type":"message","role":"assistant",
                "content":[{"type":"output_text","text":"yo"}]}]}"#
                    .into(),
            ),
        ],
    );
    assert_eq!(facts(&call).response_model.as_deref(), Some("gpt-5-mini-2026-08-01"));
    let usage = facts(&call).usage.unwrap();
    assert_eq!((usage.input, usage.output, usage.cache_read), (Some(120), Some(17), Some(64)));
    let content = content(&call);
    let said = serde_json::to_value(&content.output_messages).unwrap();
    assert_eq!(said[0]["parts"][0]["content"], "yo");
    assert_eq!(content.input_messages[0].role, "user");
    let answered = serde_json::to_value(&content.input_messages[2]).unwrap();
    assert_eq!((&answered["role"], &answered["parts"][0]["id"]), (&json!("tool"), &json!("c-1")));
    let instructions = serde_json::to_value(&content.system_instructions).unwrap();
    assert_eq!(instructions[0]["content"], "Be brief");
}
