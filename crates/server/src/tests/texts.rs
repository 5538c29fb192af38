//! What a transcript shows of spans.

use serde_json::{Value as Json, json};

use super::harness::{Clew, otlp, span, with};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const FIRST: &str = "a000000000000001";
const SECOND: &str = "a000000000000002";
const TOOL: &str = "a000000000000003";
const SEARCH: &str = "a000000000000004";
const AGENT: &str = "a000000000000005";

const ASKED: &str = r#"{"role":"user","parts":[{"type":"text","content":"find shoes"},{"type":"uri","modality":"image","mime_type":"image/png","uri":"https://shoes.test/1.png"}]}"#;
const CALLED: &str = r#"{"role":"assistant","parts":[{"type":"reasoning","content":"I should look"},{"type":"text","content":"Looking."},{"type":"tool_call","id":"c1","name":"search","arguments":{"q":"shoes"}}]}"#;
const FOUND: &str =
    r#"{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"42"}]}"#;

fn call(id: &str, ms: i64, input: &str, output: &str) -> Json {
    with(
        span(TRACE, id, None, "chat gpt-5-mini", (ms, ms + 5)),
        &[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "gpt-5-mini"),
            ("gen_ai.system_instructions", r#"[{"type":"text","content":"Be brief."}]"#),
            ("gen_ai.input.messages", input),
            ("gen_ai.output.messages", output),
        ],
    )
}

async fn texts(clew: &Clew, ids: &[&str]) -> Json {
    let path = format!("/api/v1/traces/{TRACE}/texts");
    let answer = clew.call("POST", &path, "", &json!({ "span_ids": ids })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["texts"].clone()
}

#[tokio::test]
async fn a_model_call_says_what_is_new_and_what_it_answered() {
    let clew = Clew::open();
    let done = r#"[{"role":"assistant","parts":[{"type":"text","content":"There are 42."}]}]"#;
    clew.ingest(
        "",
        &otlp(
            "shop",
            &[
                call(FIRST, 0, &format!("[{ASKED}]"), &format!("[{CALLED}]")),
                call(SECOND, 20, &format!("[{ASKED},{CALLED},{FOUND}]"), done),
            ],
        ),
    )
    .await;
    let texts = texts(&clew, &[FIRST, SECOND]).await;
    let none = Json::Null;
    assert_eq!(
        texts[0],
        json!({"user": {"text": "find shoes", "chars": 10},
            "thinking": {"text": "I should look", "chars": 13},
            "text": {"text": "Looking.", "chars": 8},
            "calls": [{"id": "c1", "name": "search", "arguments": r#"{"q":"shoes"}"#, "chars": 13}],
            "arguments": none, "result": none,
            "system": {"text": "Be brief.", "chars": 9},
            "media": [{"role": "user", "modality": "image", "mime_type": "image/png"}],
            "span_id": FIRST})
    );
    assert_eq!((&texts[1]["user"], &texts[1]["media"]), (&none, &json!([])));
    assert_eq!(texts[1]["text"], json!({"text": "There are 42.", "chars": 13}));
    assert_eq!((&texts[1]["thinking"], &texts[1]["calls"]), (&none, &json!([])));
}

#[tokio::test]
async fn tools_and_steps_have_arguments_and_results() {
    let clew = Clew::open();
    let documents = r#"[{"id":"d1","content":"red ones","score":0.5}]"#;
    clew.ingest(
        "",
        &otlp(
            "shop",
            &[
                with(
                    span(TRACE, TOOL, None, "execute_tool search", (0, 5)),
                    &[
                        ("gen_ai.operation.name", "execute_tool"),
                        ("gen_ai.tool.name", "search"),
                        ("gen_ai.tool.call.arguments", r#"{"q":"shoes"}"#),
                        ("gen_ai.tool.call.result", &"é".repeat(401)),
                    ],
                ),
                with(
                    span(TRACE, SEARCH, None, "retrieval", (6, 9)),
                    &[
                        ("gen_ai.operation.name", "retrieval"),
                        ("gen_ai.retrieval.query.text", "shoes"),
                        ("gen_ai.retrieval.documents", documents),
                    ],
                ),
                with(
                    span(TRACE, AGENT, None, "invoke_agent planner", (10, 20)),
                    &[
                        ("gen_ai.operation.name", "invoke_agent"),
                        ("gen_ai.input.messages", &format!("[{ASKED}]")),
                    ],
                ),
            ],
        ),
    )
    .await;
    let backwards = texts(&clew, &[AGENT, TOOL]).await;
    assert_eq!((&backwards[0]["span_id"], &backwards[1]["span_id"]), (&json!(AGENT), &json!(TOOL)));
    let texts = texts(&clew, &[TOOL, SEARCH, AGENT]).await;
    assert_eq!(texts[0]["arguments"], json!({"text": r#"{"q":"shoes"}"#, "chars": 13}));
    assert_eq!(texts[0]["result"], json!({"text": "é".repeat(400), "chars": 401}));
    assert_eq!(texts[0]["user"], Json::Null);
    assert_eq!(texts[1]["arguments"]["text"], "shoes");
    assert_eq!(texts[1]["result"], json!({"text": "d1: red ones", "chars": 12}));
    assert_eq!(texts[2]["arguments"]["text"], "find shoes");
    assert_eq!(texts[2]["result"], Json::Null);
}

#[tokio::test]
async fn at_most_two_hundred_spans_and_none_of_others() {
    let clew = Clew::open();
    clew.ingest("", &otlp("shop", &[span(TRACE, AGENT, None, "a", (0, 1))])).await;
    let path = format!("/api/v1/traces/{TRACE}/texts");
    let many: Vec<&str> = vec![AGENT; 201];
    let answer = clew.call("POST", &path, "", &json!({ "span_ids": many })).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "bad_request"));
    assert_eq!(answer.json()["error"]["field"], "span_ids");
    assert_eq!(texts(&clew, &["ffffffffffffffff"]).await, json!([]));
    let other = "/api/v1/traces/00000000000000000000000000000001/texts";
    let answer = clew.call("POST", other, "", &json!({"span_ids": [AGENT]})).await;
    assert_eq!(answer.status, 404);
}
