//! One span: what stands around it, and its long texts.

use std::sync::Arc;

use clew_store::WorkspaceId;
use serde_json::{Value as Json, json};

use super::harness::{Clew, otlp, span, with};
use crate::kept::{Of, Version};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const AGENT: &str = "a000000000000001";
const FIRST: &str = "a000000000000002";
const TOOL: &str = "a000000000000003";
const AGAIN: &str = "a000000000000004";
const SECOND: &str = "a000000000000005";
const HELPER: &str = "a000000000000006";
const INNER: &str = "a000000000000007";

const ASKED: &str = r#"{"role":"user","parts":[{"type":"text","content":"find shoes"}]}"#;
const CALLED: &str = r#"{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"search","arguments":{"q":"x"}}]}"#;
const FOUND: &str =
    r#"{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"42"}]}"#;
const SHORTER: &str = r#"{"role":"user","parts":[{"type":"text","content":"find (shortened)"}]}"#;

fn call(id: &str, parent: &str, ms: (i64, i64), messages: [&str; 4]) -> Json {
    let [system, tools, input, output] = messages;
    with(
        span(TRACE, id, Some(parent), "chat gpt-5-mini", ms),
        &[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "gpt-5-mini"),
            ("gen_ai.system_instructions", system),
            ("gen_ai.tool.definitions", tools),
            ("gen_ai.input.messages", input),
            ("gen_ai.output.messages", output),
        ],
    )
}

fn tool(id: &str, ms: (i64, i64), arguments: &str) -> Json {
    with(
        span(TRACE, id, Some(AGENT), "execute_tool search", ms),
        &[
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "search"),
            ("gen_ai.tool.call.id", "c1"),
            ("gen_ai.tool.call.arguments", arguments),
            ("gen_ai.tool.call.result", "42"),
        ],
    )
}

fn agent(id: &str, parent: Option<&str>, name: &str, ms: (i64, i64)) -> Json {
    with(
        span(TRACE, id, parent, &format!("invoke_agent {name}"), ms),
        &[("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", name)],
    )
}

/// A call that asks for a search, the search that fails, the same one again, a helper with a
/// call of its own, and a second call whose history is another one from the start.
fn run() -> Json {
    let brief = r#"[{"type":"text","content":"Be brief."}]"#;
    let long = r#"[{"type":"text","content":"Be long."}]"#;
    let search = r#"[{"type":"function","name":"search"},{"type":"function","name":"read"}]"#;
    let write = r#"[{"type":"function","name":"search"},{"type":"function","name":"write"}]"#;
    let answered = [brief, search, &format!("[{ASKED}]"), &format!("[{CALLED}]")];
    let mut failed = tool(TOOL, (20, 30), r#"{"q":"x"}"#);
    failed["status"] = json!({"code": 2, "message": "not found"});
    otlp(
        "shop",
        &[
            agent(AGENT, None, "planner", (0, 100)),
            call(FIRST, AGENT, (10, 20), answered),
            failed,
            tool(AGAIN, (31, 35), r#"{"q":"x"}"#),
            agent(HELPER, Some(AGENT), "helper", (36, 60)),
            call(INNER, HELPER, (37, 50), answered),
            call(
                SECOND,
                AGENT,
                (70, 90),
                [long, write, &format!("[{SHORTER},{CALLED},{FOUND}]"), "[]"],
            ),
        ],
    )
}

async fn detail(clew: &Clew, id: &str, query: &str) -> Json {
    let answer = clew.get(&format!("/api/v1/traces/{TRACE}/spans/{id}{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_span_tells_who_asked_and_who_went_on() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let failed = detail(&clew, TOOL, "").await;
    assert_eq!(
        failed["parent"],
        json!({"span_id": AGENT, "display_name": "planner", "category": "agent"})
    );
    let call = |id: &str, ms: i64| {
        json!({"span_id": id, "display_name": "gpt-5-mini",
            "start_offset_nanos": ms * 1_000_000, "status": "unset"})
    };
    assert_eq!(failed["asked_by"], call(FIRST, 10));
    assert_eq!(failed["read_by"], call(SECOND, 70), "not the helper's call");
    assert_eq!(
        failed["retried_by"],
        json!({"span_id": AGAIN, "display_name": "search",
            "start_offset_nanos": 31_000_000, "status": "unset", "same_arguments": true})
    );
    let again = detail(&clew, AGAIN, "").await;
    assert_eq!((&again["asked_by"], &again["retried_by"]), (&call(FIRST, 10), &Json::Null));
    let helper = detail(&clew, HELPER, "").await;
    assert_eq!(helper["read_by"], call(SECOND, 70));
    let inner = detail(&clew, INNER, "").await;
    assert_eq!((&inner["read_by"], &inner["difference"]), (&Json::Null, &Json::Null));
    let root = detail(&clew, AGENT, "").await;
    assert_eq!((&root["parent"], &root["asked_by"]), (&Json::Null, &Json::Null));
}

#[tokio::test]
async fn a_retry_with_other_arguments_says_so() {
    let clew = Clew::open();
    let mut failed = tool(TOOL, (20, 30), r#"{"q":"x"}"#);
    failed["status"] = json!({"code": 2});
    let root = agent(AGENT, None, "planner", (0, 100));
    let spans = [root, failed, tool(AGAIN, (31, 35), r#"{"q":"y"}"#)];
    clew.ingest("", &otlp("shop", &spans)).await;
    let failed = detail(&clew, TOOL, "").await;
    assert_eq!(failed["retried_by"]["span_id"], AGAIN);
    assert_eq!(failed["retried_by"]["same_arguments"], false);
    assert_eq!(failed["asked_by"], Json::Null, "no call with that id is here");
}

#[tokio::test]
async fn a_difference_tells_what_changed_and_where() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let difference = &detail(&clew, SECOND, "").await["difference"];
    assert_eq!(difference["previous_span_id"], FIRST);
    assert_eq!(
        (&difference["common_messages"], &difference["first_change"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(difference["removed"], 1);
    assert_eq!(difference["removed_messages"][0]["parts"][0]["content"], "find shoes");
    assert_eq!(difference["added"].as_array().unwrap().len(), 3);
    assert_eq!(difference["system_changed"], true);
    assert_eq!(difference["tools_added"], json!(["write"]));
    assert_eq!(difference["tools_removed"], json!(["read"]));
}

#[tokio::test]
async fn long_texts_are_cut_where_asked_and_read_in_pieces() {
    let clew = Clew::open();
    let text = "é".repeat(100);
    let input = format!(r#"[{{"role":"user","parts":[{{"type":"text","content":"{text}"}}]}}]"#);
    let call = call(FIRST, AGENT, (10, 20), ["[]", "[]", &input, "[]"]);
    clew.ingest("", &otlp("shop", &[call])).await;
    let whole = detail(&clew, FIRST, "").await;
    assert_eq!(whole["clipped"], Json::Null);
    let pointer = "/content/input_messages/0/parts/0/content";
    assert_eq!(whole.pointer(pointer).unwrap(), text.as_str());
    let short = detail(&clew, FIRST, "?text_max=64").await;
    assert_eq!(short.pointer(pointer).unwrap(), "é".repeat(64).as_str());
    assert_eq!(
        short["clipped"],
        json!([{"pointer": "/span/input_preview", "chars": 100, "bytes": 200},
            {"pointer": pointer, "chars": 100, "bytes": 200},
            {"pointer": "/attributes/gen_ai.input.messages", "chars": 156, "bytes": 256}])
    );
    assert_eq!((&short["clipped_total"], &short["clipped_bytes"]), (&json!(3), &json!(0)));

    let path = format!("/api/v1/traces/{TRACE}/spans/{FIRST}/text?pointer={pointer}");
    let piece = clew.get(&format!("{path}&from=60&max=30")).await.json();
    assert_eq!(piece, json!({"text": "é".repeat(30), "from": 60, "chars": 100, "next": 90}));
    let last = clew.get(&format!("{path}&from=90&max=30")).await.json();
    assert_eq!(last, json!({"text": "é".repeat(10), "from": 90, "chars": 100, "next": null}));
    let beyond = clew.get(&format!("{path}&from=500")).await.json();
    assert_eq!((&beyond["text"], &beyond["next"]), (&json!(""), &Json::Null));
    let nothing = path.replace("/parts/0", "/parts/9");
    let answer = clew.get(&nothing).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"));
    for wrong in ["&max=0", "&max=1048577", "&from=-1", "&from=x"] {
        assert_eq!(clew.get(&format!("{path}{wrong}")).await.status, 400, "{wrong}");
    }
    let answer = clew.get(&format!("/api/v1/traces/{TRACE}/spans/{FIRST}?text_max=0")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "bad_request"));
}

#[tokio::test]
async fn a_piece_may_be_of_what_the_call_before_said() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let pointer = "/difference/removed_messages/0/parts/0/content";
    let path = format!("/api/v1/traces/{TRACE}/spans/{SECOND}/text?pointer={pointer}");
    assert_eq!(clew.get(&path).await.json()["text"], "find shoes");
}

#[tokio::test]
async fn texts_of_a_span_are_searched_whatever_the_case() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let path = |q: &str| format!("/api/v1/traces/{TRACE}/spans/{FIRST}/find?q={q}");
    let found = clew.get(&path("SHOES")).await.json();
    assert_eq!(
        found["matches"][0],
        json!({"pointer": "/content/input_messages/0/parts/0/content", "at": 5,
            "snippet": "find shoes", "mark": [5, 5]})
    );
    // The same once more in what the sender said.
    assert_eq!(found["matches"][1]["pointer"], "/attributes/gen_ai.input.messages");
    assert_eq!((&found["total"], &found["total_is"]), (&json!(2), &json!("exact")));
    let none = clew.get(&path("hats")).await.json();
    assert_eq!(none, json!({"matches": [], "total": 0, "total_is": "exact"}));
    for wrong in [String::new(), "x".repeat(1025)] {
        let answer = clew.get(&path(&wrong)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "bad_request"));
    }
}

#[tokio::test]
async fn a_text_that_is_read_in_pieces_is_kept_until_its_run_is_deleted() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let pointer = "/content/input_messages/0/parts/0/content";
    let path = format!("/api/v1/traces/{TRACE}/spans/{FIRST}/text?pointer={pointer}");
    assert_eq!(clew.get(&path).await.json()["text"], "find shoes");
    assert_eq!(clew.app.documents.len(), 1);
    detail(&clew, FIRST, "?text_max=64").await;
    assert_eq!(clew.app.documents.len(), 1);
    detail(&clew, SECOND, "").await;
    assert_eq!((clew.app.documents.len(), clew.app.trees.len()), (2, 1));

    let run_path = format!("/api/v1/traces/{TRACE}");
    assert_eq!(clew.call("DELETE", &run_path, "", &json!({})).await.status, 200);
    while clew.app.documents.len() + clew.app.trees.len() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(clew.get(&path).await.status, 404);
    // A reader that began before and ends after keeps nothing either.
    let (of, version) = (
        Of::span(WorkspaceId::DEFAULT, TRACE.parse().unwrap(), FIRST.parse().unwrap()),
        Version { seq: 1, derivations: 0 },
    );
    clew.app.keep(&clew.app.documents, of, version, &Arc::new(json!("find shoes")), 10);
    assert_eq!(clew.app.documents.len(), 0);
}

#[tokio::test]
async fn a_text_is_that_of_now() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let pointer = "/labels/0/explanation";
    let path = format!("/api/v1/traces/{TRACE}/spans/{FIRST}/text?pointer={pointer}");
    assert_eq!(clew.get(&path).await.status, 404);
    let label = json!({"trace_id": TRACE, "span_id": FIRST, "name": "l", "explanation": "why not"});
    assert_eq!(clew.call("POST", "/api/v1/labels", "", &label).await.status, 200);
    assert_eq!(clew.get(&path).await.json()["text"], "why not");
    let short = detail(&clew, FIRST, "?text_max=3").await;
    assert_eq!(short["labels"][0]["explanation"], "why");
    let cut = json!({"pointer": pointer, "chars": 7, "bytes": 7});
    assert!(short["clipped"].as_array().unwrap().contains(&cut), "{}", short["clipped"]);

    let later = call(
        FIRST,
        AGENT,
        (10, 25),
        ["[]", "[]", r#"[{"role":"user","parts":[{"type":"text","content":"hats"}]}]"#, "[]"],
    );
    clew.ingest("", &otlp("shop", &[later])).await;
    assert_eq!(detail(&clew, FIRST, "").await["span"]["duration_nanos"], 15_000_000);
}
