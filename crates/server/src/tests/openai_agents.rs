//! The exporter of OpenAI's Agents SDK: what it gets as an answer, and what a reader sees.

use clew_store::{Scope, WorkspaceId};
use serde_json::{Value as Json, json};

use super::harness::{Clew, request};

const PATH: &str = "/v1/traces/ingest";
const TRACE: &str = "8ce8be32c46c44f2bb4685ecb520e220";

fn items() -> Json {
    let trace = format!("trace_{TRACE}");
    json!({ "data": [
        { "object": "trace", "id": trace, "workflow_name": "demo", "group_id": "s-1",
          "metadata": { "user_id": "u-1" } },
        { "object": "trace.span", "id": "span_0a", "trace_id": trace, "parent_id": null,
          "started_at": "2026-11-20T06:21:38.594Z", "ended_at": "2026-11-20T06:21:39.594Z",
          "span_data": { "type": "agent", "name": "planner" }, "error": null },
    ] })
}

#[tokio::test]
async fn a_run_lands_bare_and_under_the_prefix() {
    for path in [PATH, "/openai-agents/v1/traces/ingest"] {
        let clew = Clew::open();
        let answer = clew.call("POST", path, "", &items()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json(), json!({"accepted": 2, "rejected_count": 0, "rejected": []}));
        let row = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
        assert_eq!(row["spans"][0]["name"], "planner");
        assert_eq!(row["spans"][0]["category"], "agent");
    }
}

#[tokio::test]
async fn what_is_wrong_is_never_tried_again() {
    let clew = Clew::open();
    let bad = json!({ "data": [{ "object": "trace.span" }] });
    let answer = clew.call("POST", PATH, "", &bad).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["message"], "data[0]: id: is missing");
    let half = clew.send(request("POST", PATH, &[], r#"{"data":[{"obj"#)).await;
    assert_eq!((half.status.as_u16(), half.code().as_str()), (400, "undecodable"));
    let mut some = items();
    some["data"][1]["trace_id"] = json!(7.5);
    let answer = clew.call("POST", PATH, "", &some).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["rejected"][0]["what"], "data[1]");
}

#[tokio::test]
async fn a_key_is_asked_for_and_must_be_known() {
    let clew = Clew::closed();
    for key in ["", "sk-proj-of-openai"] {
        let answer = clew.call("POST", PATH, key, &items()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "unauthenticated"));
    }
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    assert_eq!(clew.call("POST", PATH, &key, &items()).await.status, 200);
}
