//! LangSmith's SDKs: what they are told, and what a reader sees.

use clew_store::{Scope, WorkspaceId};
use serde_json::{Value as Json, json};

use super::harness::{Clew, request};

const ROOT: &str = "01a1f78d-98cc-7d9d-8c47-a335f3932748";
const TRACE: &str = "01a1f78d98cc7d9d8c47a335f3932748";

fn run(fields: &Json) -> Json {
    let mut run = json!({
        "id": ROOT, "trace_id": ROOT, "name": "planner", "run_type": "chain",
        "session_name": "agents", "start_time": "2026-11-20T06:03:34.476673+00:00",
    });
    for (name, value) in fields.as_object().unwrap() {
        run[name] = value.clone();
    }
    run
}

#[tokio::test]
async fn both_infos_ask_for_packed_forms() {
    let clew = Clew::open();
    for path in ["/info", "/langsmith/info"] {
        let info = clew.get(path).await.json();
        assert_eq!(info["batch_ingest_config"]["use_multipart_endpoint"], true, "{path}");
        assert_eq!(info["instance_flags"]["zstd_compression_enabled"], true, "{path}");
        assert_eq!(info["batch_ingest_config"]["size_limit_bytes"], 20_971_520, "{path}");
    }
    assert!(clew.get("/langsmith/info").await.json().get("agno_version").is_none());
}

#[tokio::test]
async fn a_run_that_is_patched_before_it_is_posted() {
    let clew = Clew::open();
    let ended = run(&json!({ "end_time": "2026-11-20T06:03:35Z", "outputs": { "a": 2 } }));
    let path = format!("/langsmith/runs/{ROOT}");
    assert_eq!(clew.call("PATCH", &path, "", &ended).await.status, 200);
    let begun = run(&json!({ "inputs": { "q": 1 }, "outputs": {} }));
    for path in ["/runs", "/langsmith/runs", "/runs"] {
        let answer = clew.call("POST", path, "", &begun).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json(), json!({"accepted": 1, "rejected_count": 0, "rejected": []}));
    }
    let row = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    assert_eq!(row["trace"]["span_count"], 1);
    assert_eq!(row["trace"]["agent"]["name"], "agents");
    assert_eq!(row["trace"]["root_status"], "ok");
    let span = row["spans"][0]["span_id"].as_str().unwrap();
    let span = clew.get(&format!("/api/v1/traces/{TRACE}/spans/{span}")).await.json();
    assert_eq!(
        (&span["content"]["input"], &span["content"]["output"]),
        (&json!({"q": 1}), &json!({"a": 2}))
    );
}

fn form(boundary: &str, end: &str) -> String {
    let run = run(&json!({ "end_time": 1_795_154_615_000_i64 }));
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"post.{ROOT}\"\r\n\
         Content-Type: application/json; length=300\r\n\r\n{run}\r\n--{boundary}{end}"
    )
}

#[tokio::test]
async fn a_form_lands_plain_and_packed() {
    for packing in ["identity", "zstd", "gzip"] {
        let clew = Clew::open();
        let plain = form("b", "--\r\n").into_bytes();
        let body = match packing {
            "zstd" => zstd::encode_all(&plain[..], 3).unwrap(),
            "gzip" => {
                use std::io::Write;
                let mut packer =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packer.write_all(&plain).unwrap();
                packer.finish().unwrap()
            }
            _ => plain,
        };
        let headers =
            [("content-type", "multipart/form-data; boundary=b"), ("content-encoding", packing)];
        let answer = clew.send(request("POST", "/runs/multipart", &headers, body)).await;
        assert_eq!(answer.status, 200, "{packing}: {}", answer.text());
        let row = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
        assert_eq!(row["trace"]["name"], "planner", "{packing}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_dropped_by_the_sdk_and_not_tried_again() {
    let clew = Clew::open();
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    let half = clew.send(request("POST", "/runs/multipart", &headers, form("b", ""))).await;
    assert_eq!((half.status.as_u16(), half.code().as_str()), (400, "undecodable"));
    assert!(half.text().contains("the multipart body ends before its last boundary"));
    let json = clew.call("POST", "/runs/multipart", "", &json!({})).await;
    assert_eq!(json.status, 415);
    let bad = clew.call("POST", "/runs/batch", "", &json!({ "post": [{ "name": "x" }] })).await;
    assert_eq!(bad.status, 400);
    assert_eq!(bad.json()["error"]["message"], "post[0]: id: is missing");
    assert_eq!(clew.get(&format!("/api/v1/traces/{TRACE}")).await.status, 404);
}

#[tokio::test]
async fn feedback_may_come_before_its_run() {
    let clew = Clew::open();
    let body = json!({ "run_id": ROOT, "key": "score", "score": 0.5, "comment": "why" });
    for _ in 0..2 {
        assert_eq!(clew.call("POST", "/feedback", "", &body).await.status, 200);
    }
    let labels = clew.get("/api/v1/labels?name=score").await.json();
    assert_eq!(labels["labels"].as_array().map(Vec::len), Some(1), "{labels}");
}

#[tokio::test]
async fn the_key_stands_in_x_api_key_and_workspaces_stay_apart() {
    let clew = Clew::closed();
    let other = clew.workspace("other");
    let body = run(&json!({})).to_string();
    for workspace in [WorkspaceId::DEFAULT, other] {
        let key = clew.key(workspace, &[Scope::Ingest, Scope::Read], None);
        let path = format!("/api/v1/traces/{TRACE}");
        assert_eq!(clew.get_as(&path, &key).await.status, 404);
        let headers = [("x-api-key", key.as_str())];
        let answer = clew.send(request("POST", "/runs", &headers, body.clone())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(clew.get_as(&path, &key).await.status, 200);
    }
    let wrong = clew.send(request("POST", "/runs", &[("x-api-key", "lsv2_pt_x")], body)).await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (401, "unauthenticated"));
}
