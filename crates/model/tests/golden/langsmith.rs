//! Runs of LangSmith's SDKs, and LangChain's in them.

use clew_model::content::content;
use clew_model::source::{Sender, SourceSpan};
use clew_model::span::Category;
use clew_model::value::Value;
use serde_json::{Value as Json, json};

use crate::{event, facts, source};

fn run(name: &str, kind: &str, pairs: &[(&str, Value)]) -> SourceSpan {
    let mut run = SourceSpan { sender: Sender::Langsmith, ..source(name, "", pairs) };
    run.attributes.push(("langsmith.span.kind".to_owned(), kind.into()));
    run
}

#[test]
fn kinds_of_runs() {
    for (kind, category) in [
        ("chain", Category::Chain),
        ("llm", Category::Llm),
        ("tool", Category::Tool),
        ("retriever", Category::Retrieval),
        ("embedding", Category::Embedding),
        ("prompt", Category::Other),
        ("parser", Category::Chain),
        ("of_tomorrow", Category::Other),
    ] {
        let span = facts(&run("x", kind, &[]));
        assert_eq!((span.category, span.kind.as_deref()), (category, Some(kind)), "{kind}");
        assert_eq!(span.conventions, ["LS"]);
    }
}

#[test]
fn langchain_says_which_run_is_the_agent() {
    let named = [("langsmith.metadata.lc_agent_name", "planner".into())];
    let agent = facts(&run("planner", "chain", &named));
    assert_eq!((agent.category, agent.agent.name.as_deref()), (Category::Agent, Some("planner")));
    let node = facts(&run("model", "chain", &named));
    assert_eq!((node.category, node.agent.name.clone()), (Category::Chain, None));
}

#[test]
fn a_call_with_tokens_in_both_spellings() {
    for usage in [
        r#"{"input_tokens":120,"output_tokens":17,"input_token_details":{"cache_read":64},
            "output_token_details":{"reasoning":5}}"#,
        r#"{"prompt_tokens":120,"completion_tokens":17,"prompt_tokens_details":{"cached_tokens":64},
            "completion_tokens_details":{"reasoning_tokens":5}}"#,
    ] {
        let call = facts(&run("c", "llm", &[("langsmith.usage_metadata", usage.into())]));
        let usage = call.usage.unwrap();
        assert_eq!((usage.input, usage.output), (Some(120), Some(17)));
        assert_eq!((usage.cache_read, usage.reasoning), (Some(64), Some(5)));
    }
}

#[test]
fn session_user_project_and_tags() {
    let span = facts(&run(
        "x",
        "chain",
        &[
            ("langsmith.metadata.thread_id", "t-1".into()),
            ("langsmith.metadata.user_id", "u-1".into()),
            ("langsmith.trace.session_name", "agents".into()),
            ("langsmith.span.tags", Value::Array(vec!["a".into(), "b, c".into()])),
        ],
    ));
    assert_eq!((span.session_id.as_deref(), span.user_id.as_deref()), (Some("t-1"), Some("u-1")));
    assert_eq!(span.agent.project.as_deref(), Some("agents"));
    assert_eq!(span.tags, ["a", "b, c"]);
}

#[test]
fn the_first_token_is_an_event() {
    let mut call = run("c", "llm", &[]);
    call.events.push(event("new_token", &[]));
    assert_eq!(facts(&call).ttft_nanos, Some(500_000_000));
}

#[test]
fn a_tool_a_retriever_and_pairs_of_messages() {
    let both = |input: &str, output: &str| {
        [("gen_ai.prompt", input.into()), ("gen_ai.completion", output.into())]
    };
    let tool = content(&run("add", "tool", &both(r#"{"a":1}"#, r#"{"output":2}"#))).tool.unwrap();
    assert_eq!((tool.name.as_deref(), tool.arguments), (Some("add"), Some(json!({"a": 1}))));
    assert_eq!(tool.result, Some(json!({"output": 2})));
    let found =
        r#"{"output":[{"page_content":"sunny","type":"Document","metadata":{"src":"kb"}}]}"#;
    let search =
        content(&run("r", "retriever", &both(r#"{"q":"Paris?"}"#, found))).retrieval.unwrap();
    assert_eq!(search.query.as_deref(), Some("Paris?"));
    assert_eq!(search.documents[0].content.as_deref(), Some("sunny"));
    let graph =
        content(&run("g", "chain", &both(r#"{"messages":[["user","hi"],["ai","yo"]]}"#, "{}")));
    let said: Vec<Json> =
        graph.input_messages.iter().map(|message| json!([message.role, message.parts])).collect();
    assert_eq!(
        said,
        [
            json!(["user", [{"type": "text", "content": "hi"}]]),
            json!(["assistant", [{"type": "text", "content": "yo"}]])
        ]
    );
    let tools = r#"{"model":"m-1","temperature":0.5,"tools":[{"type":"function","function":{"name":"f"}}]}"#;
    let call = run("c", "llm", &[("langsmith.invocation_params", tools.into())]);
    assert_eq!(facts(&call).request_model.as_deref(), Some("m-1"));
    let call = content(&call);
    assert_eq!(call.tool_definitions, [json!({"name": "f", "type": "function"})]);
    assert_eq!(call.parameters.get("temperature"), Some(&json!(0.5)));
}
