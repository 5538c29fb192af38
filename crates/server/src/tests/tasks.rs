//! An agent in the background and the turn that its end began, as Claude Code sends them.

use serde_json::{Value as Json, json};

use super::harness::{Clew, otlp, span, with};

const FIRST: &str = "0da2b8bac9c26eab1db53ad0fe46ce05";
const CALL: &str = "d571c568222cb17d";
const SECOND: &str = "7993707efeaaf5ce42bcfdc7cfd95778";
const TURN: &str = "efad4548098db0ea";

fn call() -> Json {
    let call = span(FIRST, CALL, None, "claude_code.tool", (0, 5));
    with(
        call,
        &[
            ("span.type", "tool"),
            ("tool_name", "Agent"),
            ("tool_use_id", "toolu_c07ae9"),
            ("session.id", "s \"1\""),
        ],
    )
}

fn turn() -> Json {
    let prompt = "<task-notification>\n<task-id>ae89</task-id>\n<tool-use-id>toolu_c07ae9\
                  </tool-use-id>\n<status>completed</status></task-notification>";
    let turn = span(SECOND, TURN, None, "claude_code.interaction", (10, 20));
    with(turn, &[("span.type", "interaction"), ("user_prompt", prompt), ("session.id", "s \"1\"")])
}

async fn links(clew: &Clew, trace: &str, span: &str) -> Json {
    clew.get(&format!("/api/v1/traces/{trace}/spans/{span}")).await.json()["links"].clone()
}

#[tokio::test]
async fn both_ends_of_a_task_lead_to_each_other() {
    for bodies in [[call(), turn()], [turn(), call()]] {
        let clew = Clew::open();
        clew.ingest("", &otlp("claude-code", &[bodies[0].clone()])).await;
        assert_eq!(links(&clew, FIRST, CALL).await.as_array().map_or(0, Vec::len), 0);
        clew.ingest("", &otlp("claude-code", &[bodies[1].clone()])).await;
        let there = json!([{ "trace_id": SECOND, "span_id": TURN,
            "attributes": { "clew.link": "the turn that the end of this task began" } }]);
        assert_eq!(links(&clew, FIRST, CALL).await, there);
        let back = json!([{ "trace_id": FIRST, "span_id": CALL,
            "attributes": { "clew.link": "the call that started this task" } }]);
        assert_eq!(links(&clew, SECOND, TURN).await, back);
    }
}

#[tokio::test]
async fn other_sessions_are_not_looked_into() {
    let clew = Clew::open();
    let mut elsewhere = call();
    elsewhere["attributes"][3]["value"]["stringValue"] = json!("another");
    clew.ingest("", &otlp("claude-code", &[elsewhere, turn()])).await;
    assert_eq!(links(&clew, SECOND, TURN).await, json!([]));
}
