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
    let body = json!({ "run_id": ROOT, "trace_id": ROOT, "key": "score", "score": 0.5 });
    for _ in 0..2 {
        assert_eq!(clew.call("POST", "/feedback", "", &body).await.status, 200);
    }
    let labels = clew.get("/api/v1/labels?name=score").await.json();
    assert_eq!(labels["labels"].as_array().map(Vec::len), Some(1), "{labels}");
}

#[tokio::test]
async fn feedback_that_only_names_a_run_waits_for_it() {
    let clew = Clew::open();
    let body = json!({ "run_id": ROOT, "key": "score", "score": 0.5 });
    let early = clew.call("POST", "/feedback", "", &body).await;
    assert_eq!((early.status.as_u16(), early.code().as_str()), (404, "not_found"));
    assert_eq!(clew.get("/api/v1/labels").await.json()["labels"], json!([]));
    assert_eq!(clew.call("POST", "/runs", "", &run(&json!({}))).await.status, 200);
    assert_eq!(clew.call("POST", "/feedback", "", &body).await.status, 200);
    let labels = clew.get("/api/v1/labels").await.json();
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

#[tokio::test]
async fn runs_and_projects_are_given_back() {
    const CHILD: &str = "01a1f78d-98ff-7eb1-b88f-d286429bfacb";
    let clew = Clew::open();
    let order = format!("20261120T060334476673Z{ROOT}");
    let root = run(&json!({ "inputs": { "q": 1 }, "outputs": { "a": 2 }, "dotted_order": order,
        "end_time": "2026-11-20T06:03:35Z", "tags": ["demo"],
        "extra": { "metadata": { "user_id": "u-1" } } }));
    let child = run(&json!({ "id": CHILD, "name": "ask", "run_type": "llm",
        "dotted_order": format!("{order}.20261120T060334527598Z{CHILD}"),
        "error": "ValueError('x')", "end_time": "2026-11-20T06:03:34.600000Z",
        "start_time": "2026-11-20T06:03:34.527598Z" }));
    let body = json!({ "post": [root, child] });
    assert_eq!(clew.call("POST", "/runs/batch", "", &body).await.status, 200);
    let read = clew.get(&format!("/runs/{CHILD}")).await.json();
    assert_eq!((&read["id"], &read["parent_run_id"]), (&json!(CHILD), &json!(ROOT)));
    assert_eq!((&read["trace_id"], &read["status"]), (&json!(ROOT), &json!("error")));
    assert_eq!(read["start_time"], "2026-11-20T06:03:34.527598Z");
    let read = clew.get(&format!("/langsmith/runs/{ROOT}")).await.json();
    assert_eq!((&read["inputs"], &read["outputs"]), (&json!({"q": 1}), &json!({"a": 2})));
    assert_eq!(read["extra"]["metadata"], json!({"user_id": "u-1"}));
    assert_eq!((&read["tags"], &read["dotted_order"]), (&json!(["demo"]), &json!(order)));
    let unknown = "/runs/01a1f78d-0000-7eb1-b88f-d286429bfacb";
    assert_eq!(clew.get(unknown).await.status, 404);

    let projects = clew.get("/sessions?name=agents&limit=1").await.json();
    let id = projects[0]["id"].as_str().unwrap();
    assert_eq!(clew.get(&format!("/sessions/{id}")).await.json()["name"], "agents");
    assert_eq!(clew.get("/sessions?name=none").await.json(), json!([]));
    let names = |answer: &Json| {
        let runs = answer["runs"].as_array().unwrap();
        runs.iter().map(|run| run["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (asked, want) in [
        (json!({ "session": [id], "is_root": true }), vec!["planner"]),
        (json!({ "session": [id] }), vec!["planner", "ask"]),
        (json!({ "session": ["none"] }), vec![]),
        (json!({ "id": [CHILD, ROOT] }), vec!["ask", "planner"]),
        (json!({ "trace": ROOT, "error": true }), vec!["ask"]),
        (json!({ "parent_run": ROOT }), vec!["ask"]),
        (json!({ "trace": ROOT, "run_type": "chain" }), vec!["planner"]),
        (json!({ "trace": ROOT, "start_time": "2026-11-20T06:03:34.5Z" }), vec!["ask"]),
    ] {
        let answer = clew.call("POST", "/runs/query", "", &asked).await.json();
        assert_eq!(names(&answer), want, "{asked}");
    }
    let first = clew.call("POST", "/runs/query", "", &json!({ "trace": ROOT, "limit": 1 })).await;
    let next = json!({ "trace": ROOT, "limit": 1, "cursor": first.json()["cursors"]["next"] });
    assert_eq!(names(&clew.call("POST", "/runs/query", "", &next).await.json()), ["ask"]);
    // A page is of what meets the question, however much else stands before it.
    let late = json!({ "trace": ROOT, "run_type": "llm", "limit": 1 });
    let late = clew.call("POST", "/runs/query", "", &late).await.json();
    assert_eq!((names(&late), &late["cursors"]["next"]), (vec!["ask".to_owned()], &Json::Null));
    assert_eq!(late["runs"][0]["parent_run_id"], ROOT);
    let filter = json!({ "filter": "eq(name, 'x')" });
    assert_eq!(clew.call("POST", "/runs/query", "", &filter).await.status, 400);
}

#[tokio::test]
async fn a_project_is_made_once() {
    let clew = Clew::open();
    let body = json!({ "name": "eval", "id": ROOT });
    assert_eq!(clew.call("POST", "/sessions", "", &body).await.json()["id"], ROOT);
    assert_eq!(clew.call("POST", "/sessions", "", &json!({ "name": "eval" })).await.status, 409);
    let again = clew.call("POST", "/sessions?upsert=true", "", &json!({ "name": "eval" })).await;
    assert_eq!(again.json()["id"], ROOT);
    assert_eq!(clew.get("/sessions?name=eval").await.json()[0]["id"], ROOT);
    let taken = json!({ "id": ROOT, "name": "other" });
    for path in ["/sessions", "/sessions?upsert=true"] {
        assert_eq!(clew.call("POST", path, "", &taken).await.status, 409, "{path}");
    }
    let path = format!("/sessions/{ROOT}");
    assert_eq!(clew.get(&path).await.json()["name"], "eval");
}

#[tokio::test]
async fn files_and_patches_find_their_run() {
    const CHILD: &str = "01a1f78d-98ff-7eb1-b88f-d286429bfacb";
    let clew = Clew::open();
    let child = run(&json!({ "id": CHILD, "parent_run_id": ROOT }));
    assert_eq!(clew.call("POST", "/runs", "", &child).await.status, 200);
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    let file = format!(
        "--b\r\nContent-Disposition: form-data; name=\"attachment.{CHILD}.pic\"\r\n\
         Content-Type: image/png\r\n\r\n\u{1}\r\n--b--\r\n"
    );
    for _ in 0..2 {
        let answer = clew.send(request("POST", "/runs/multipart", &headers, file.clone())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let kept = clew.get(&format!("/api/v1/traces/{TRACE}/attachments")).await.json();
    assert_eq!(kept["attachments"].as_array().map(Vec::len), Some(1), "{kept}");
    assert_eq!(kept["attachments"][0]["content_type"], "image/png");
    let ended = json!({ "outputs": { "a": 2 }, "end_time": "2026-11-20T06:03:35Z" });
    let path = format!("/runs/{CHILD}");
    assert_eq!(clew.call("PATCH", &path, "", &ended).await.status, 200);
    let read = clew.get(&path).await.json();
    assert_eq!((&read["outputs"], &read["trace_id"]), (&json!({"a": 2}), &json!(ROOT)));
}

#[tokio::test]
async fn a_project_is_found_by_its_very_name() {
    const OTHER: &str = "01a1f78d-98ff-7eb1-b88f-d286429bfacb";
    let clew = Clew::open();
    let other = run(&json!({ "id": OTHER, "trace_id": OTHER, "dotted_order": null,
        "session_name": "a\u{1}b" }));
    for run in [run(&json!({ "session_name": "agents" })), other] {
        assert_eq!(clew.call("POST", "/runs", "", &run).await.status, 200);
    }
    for (name, want) in [("a*", 0), ("a\u{1}b", 1)] {
        let made = clew.call("POST", "/sessions", "", &json!({ "name": name })).await.json();
        let asked = json!({ "session": [made["id"]], "is_root": true });
        let answer = clew.call("POST", "/runs/query", "", &asked).await.json();
        assert_eq!(answer["runs"].as_array().map(Vec::len), Some(want), "{name:?} {answer}");
    }
}
