//! Spans of AgentOS's own calls (ruling 11).

use clew_model::content::content;
use clew_model::source::{Sender, SourceSpan};
use clew_model::span::Category;
use clew_model::usage::UsageScope;
use clew_model::value::Value;
use serde_json::json;

use crate::{facts, source};

fn agentos(name: &str, pairs: &[(&str, Value)]) -> SourceSpan {
    SourceSpan { sender: Sender::Agentos, ..source(name, "", pairs) }
}

#[test]
fn kinds_are_kept_and_shown() {
    for (kind, category) in [
        ("run", Category::Agent),
        ("step", Category::Chain),
        ("llm", Category::Llm),
        ("tool", Category::Tool),
        ("pre_hook", Category::Other),
        ("post_hook", Category::Other),
        ("hook", Category::Other),
        ("retrieval", Category::Retrieval),
        ("delegation", Category::Agent),
        ("own_word", Category::Other),
    ] {
        let span = facts(&agentos("x", &[("agentos.kind", kind.into())]));
        assert_eq!((span.category, span.kind.as_deref()), (category, Some(kind)), "{kind}");
        assert_eq!(span.conventions, ["AO"]);
    }
}

#[test]
fn a_run_names_agent_session_and_user() {
    let span = facts(&agentos(
        "support",
        &[
            ("agentos.kind", "run".into()),
            ("agentos.agent_id", "b3c5".into()),
            ("agentos.agent_name", "Support".into()),
            ("agentos.session_id", "s-1".into()),
            ("agentos.user_id", "u-1".into()),
            ("agentos.input", "hello".into()),
            ("agentos.output", "bye".into()),
        ],
    ));
    assert_eq!(span.agent.agentos_id.as_deref(), Some("b3c5"));
    assert_eq!(span.agent.name.as_deref(), Some("Support"));
    assert_eq!((span.session_id.as_deref(), span.user_id.as_deref()), (Some("s-1"), Some("u-1")));
    assert_eq!(
        (span.input_preview.as_deref(), span.output_preview.as_deref()),
        (Some("hello"), Some("bye"))
    );
}

#[test]
fn a_model_call_without_a_model_is_named_by_it() {
    let pairs = [
        ("agentos.kind", "llm".into()),
        ("agentos.end.input_tokens", 100_i64.into()),
        ("agentos.end.output_tokens", 7_i64.into()),
        ("agentos.end.cache_read_tokens", 60_i64.into()),
        ("agentos.end.latency", 3_i64.into()),
        ("agentos.data.messages", r#"[{"role":"user","content":"hi"}]"#.into()),
        ("agentos.data.top_p", 0.5.into()),
        ("agentos.end.content", "hello".into()),
    ];
    let span = facts(&agentos("gpt-5-mini", &pairs));
    assert_eq!(span.request_model.as_deref(), Some("gpt-5-mini"));
    assert_eq!(span.usage_scope, UsageScope::Own);
    let usage = span.usage.unwrap();
    assert_eq!((usage.input, usage.output, usage.cache_read), (Some(100), Some(7), Some(60)));
    assert!(span.cost.is_some());
    assert_eq!(span.input_preview.as_deref(), Some("hi"));
    assert_eq!(span.output_preview.as_deref(), Some("hello"));
    let content = content(&agentos("gpt-5-mini", &pairs));
    assert_eq!(content.input_messages[0].role, "user");
    assert_eq!(content.output_messages[0].role, "assistant");
    assert_eq!(serde_json::to_value(&content.details).unwrap(), json!({"latency": 3}));
    assert_eq!(serde_json::to_value(&content.parameters).unwrap(), json!({"top_p": 0.5}));
}

#[test]
fn a_run_is_not_named_like_its_agent() {
    let by_id = [("agentos.kind", "run".into()), ("agentos.agent_id", "support".into())];
    let span = facts(&agentos("nightly", &by_id));
    assert_eq!(span.agent.name.as_deref(), Some("support"));
    let nameless = facts(&agentos("nightly", &[("agentos.kind", "run".into())]));
    assert_eq!((nameless.agent.name.clone(), nameless.name.as_str()), (None, "nightly"));
}

#[test]
fn a_model_that_asks_for_tools() {
    let calls = r#"[{"id":"c1","name":"f","arguments":{"a":1}}]"#;
    let span = agentos(
        "gpt-5-mini",
        &[("agentos.kind", "llm".into()), ("agentos.end.tool_calls", calls.into())],
    );
    assert_eq!(facts(&span).output_preview.as_deref(), Some(r#"f({"a":1})"#));
    assert_eq!(
        serde_json::to_value(content(&span).output_messages).unwrap(),
        json!([{"role": "assistant", "parts": [
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ]}])
    );
}

#[test]
fn a_model_that_says_how_it_thought() {
    let pairs = [
        ("agentos.kind", "llm".into()),
        ("agentos.end.reasoning", "the courier knows".into()),
        ("agentos.end.content", "In Lyon.".into()),
    ];
    let span = agentos("gpt-5-mini", &pairs);
    assert_eq!(facts(&span).output_preview.as_deref(), Some("In Lyon."));
    assert_eq!(
        serde_json::to_value(content(&span).output_messages).unwrap(),
        json!([{"role": "assistant", "parts": [
            {"type": "reasoning", "content": "the courier knows"},
            {"type": "text", "content": "In Lyon."},
        ]}])
    );
}

#[test]
fn a_tool_call() {
    let pairs = [
        ("agentos.kind", "tool".into()),
        ("agentos.data.name", "get_weather".into()),
        ("agentos.data.arguments", Value::Map(vec![("city".into(), "Paris".into())])),
        ("agentos.end.result", "21C".into()),
    ];
    let span = facts(&agentos("tool call", &pairs));
    assert_eq!(span.tool_name.as_deref(), Some("get_weather"));
    let tool = content(&agentos("tool call", &pairs)).tool.unwrap();
    assert_eq!(tool.arguments, Some(json!({"city": "Paris"})));
    assert_eq!(tool.result, Some(json!("21C")));
}

#[test]
fn a_retrieval() {
    let documents = r#"[{"id":"d1","content":"sunny","score":0.9,"page":3}]"#;
    let span = agentos(
        "search",
        &[
            ("agentos.kind", "retrieval".into()),
            ("agentos.data.query", "weather".into()),
            ("agentos.data.store", "pgvector".into()),
            ("agentos.data.k", 5_i64.into()),
            ("agentos.end.documents", documents.into()),
        ],
    );
    assert_eq!(facts(&span).input_preview.as_deref(), Some("weather"));
    let found = content(&span).retrieval.unwrap();
    assert_eq!((found.query.as_deref(), found.top_k), (Some("weather"), Some(5)));
    assert_eq!(found.data_source.as_deref(), Some("pgvector"));
    let document = &found.documents[0];
    assert_eq!((document.id.as_deref(), document.score), (Some("d1"), Some(0.9)));
    assert_eq!(document.content.as_deref(), Some("sunny"));
    assert_eq!(document.metadata, Some(json!({"page": 3})));
}

#[test]
fn hooks_and_delegations_keep_their_details() {
    let hook = content(&agentos(
        "guard",
        &[
            ("agentos.kind", "pre_hook".into()),
            ("agentos.data.hook", "pii".into()),
            ("agentos.end.modified_input", r#"{"text":"***"}"#.into()),
        ],
    ));
    assert_eq!(
        serde_json::to_value(&hook.details).unwrap(),
        json!({"hook": "pii", "modified_input": {"text": "***"}})
    );
    assert_eq!(hook.output, Some(json!({"text": "***"})));
    let span = agentos(
        "to writer",
        &[
            ("agentos.kind", "delegation".into()),
            ("agentos.data.member", "writer".into()),
            ("agentos.data.mode", "coordinate".into()),
            ("agentos.end.sub_run", "run-2".into()),
            ("agentos.data.task", "write it".into()),
        ],
    );
    assert_eq!(facts(&span).agent.name.as_deref(), Some("writer"));
    assert_eq!(facts(&span).input_preview.as_deref(), Some("write it"));
    assert_eq!(
        serde_json::to_value(content(&span).details).unwrap(),
        json!({"member": "writer", "mode": "coordinate", "sub_run": "run-2", "task": "write it"})
    );
}

#[test]
fn a_span_whose_opening_never_came_is_a_point_in_time() {
    let mut ended = agentos("gpt-5-mini", &[("agentos.kind", "llm".into())]);
    (ended.start_nanos, ended.end_nanos) = (None, Some(1_795_154_476_295_027_349));
    let span = facts(&ended);
    assert_eq!(span.start_nanos, 1_795_154_476_295_027_349);
    assert_eq!(span.duration_nanos(), Some(0));
}
