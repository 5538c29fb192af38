//! Braintrust's addresses.

use clew_model::ids::TraceId;
use clew_store::{Scope, WorkspaceId};
use serde_json::{Value as Json, json};

use super::harness::{Answer, Clew, request};

const TRACE: &str = "eee2821c5f16e07b4fd2338ff92b3157";

fn recorded(name: &str, number: usize) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire");
    std::fs::read(format!("{folder}/{name}/0{number}-POST-logs3.body")).unwrap()
}

/// As Python sends it: without a content type.
async fn post(clew: &Clew, path: &str, body: impl Into<axum::body::Body>) -> Answer {
    clew.send(request("POST", path, &[], body)).await
}

fn row(id: &str, span: &str, more: &Json) -> Json {
    let mut row = json!({ "id": id, "span_id": span, "root_span_id": TRACE, "log_id": "g" });
    for (key, value) in more.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

fn summary(clew: &Clew, trace: &str) -> clew_model::summary::TraceSummary {
    let trace: TraceId = trace.parse().unwrap();
    clew.store().trace_row(WorkspaceId::DEFAULT, &trace).unwrap().unwrap().summary
}

#[tokio::test]
async fn recorded_rows_land_in_any_order() {
    let clew = Clew::open();
    for number in [8, 5, 9, 4, 7, 6, 4, 8] {
        let answer = post(&clew, "/braintrust/logs3", recorded("braintrust", number)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(!answer.json()["ids"].as_array().unwrap().is_empty());
    }
    let run = summary(&clew, TRACE);
    assert_eq!((run.name.as_str(), run.span_count), ("planner", 13));
    assert_eq!(
        (run.session_id.as_deref(), run.user_id.as_deref()),
        (Some("sess-123"), Some("user-42"))
    );
    assert_eq!(run.end_nanos, Some(1_795_154_742_602_440_192));
}

#[tokio::test]
async fn login_tells_the_address_by_which_the_client_came() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    let bearer = format!("Bearer {key}");
    for (path, base) in [
        ("/api/apikey/login", "http://clew.example"),
        ("/braintrust/api/apikey/login", "http://clew.example/braintrust"),
    ] {
        let headers = [("authorization", bearer.as_str()), ("host", "clew.example")];
        let answer = clew.send(request("POST", path, &headers, "")).await;
        assert_eq!(answer.status, 200);
        let org = answer.json()["org_info"][0].clone();
        assert_eq!((org["name"].as_str(), org["api_url"].as_str()), (Some("default"), Some(base)));
    }
    let headers = [("authorization", "Bearer sk-wrong"), ("host", "clew.example")];
    let refused = clew.send(request("POST", "/api/apikey/login", &headers, "")).await;
    assert_eq!(refused.status, 401);
    assert!(refused.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
}

#[tokio::test]
async fn a_project_keeps_its_id_and_names_the_agent() {
    let clew = Clew::open();
    let python = post(&clew, "/v1/project", json!({ "name": "agents" }).to_string()).await.json();
    let id = python["id"].as_str().unwrap();
    assert_eq!((id.len(), python["name"].as_str()), (36, Some("agents")));
    let asked = json!({ "project_name": "agents", "org_id": "any" }).to_string();
    let script = post(&clew, "/api/project/register", asked).await.json();
    assert_eq!(script["project"]["id"], id);
    assert_eq!(clew.get(&format!("/v1/project/{id}")).await.json()["name"], "agents");
    assert_eq!(clew.get("/v1/project/nothing").await.status, 404);
    let rows = json!({ "rows": [row("a", "00000000000000a1", &json!({ "project_id": id }))] });
    assert_eq!(post(&clew, "/logs3", rows.to_string()).await.status, 200);
    let run = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    assert_eq!(run["trace"]["agent"]["name"], "agents");
}

#[tokio::test]
async fn experiments_have_names_of_their_own() {
    let clew = Clew::open();
    let asked = json!({ "project_id": "p", "name": "first", "ensure_new": true }).to_string();
    let first = post(&clew, "/v1/experiment", asked.clone()).await.json();
    let second = post(&clew, "/v1/experiment", asked).await.json();
    assert_eq!(first["name"], "first");
    assert!(second["name"].as_str().unwrap().starts_with("first-"), "{second}");
    assert_ne!(first["id"], second["id"]);
    let again = json!({ "project_id": "p", "name": "first" }).to_string();
    assert_eq!(post(&clew, "/v1/experiment", again).await.json()["id"], first["id"]);
    let both = json!({ "project_name": "agents", "experiment_name": "e" }).to_string();
    let both = post(&clew, "/api/experiment/register", both).await.json();
    assert_eq!(both["experiment"]["project_id"], both["project"]["id"]);
    let no_base = post(&clew, "/api/base_experiment/get_id", "{}").await;
    assert_eq!(no_base.status, 400);
}

#[tokio::test]
async fn feedback_finds_its_span_later() {
    let clew = Clew::open();
    let unknown = json!({ "rows": [
        { "id": "row-1", "scores": { "thumb": 1 }, "_is_merge": true, "_audit_source": "external" },
    ]});
    let answer = post(&clew, "/logs3", unknown.to_string()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("no span is known of the row \"row-1\""), "{}", answer.text());
    let span = row("row-1", "00000000000000a1", &json!({ "span_attributes": { "name": "fb" } }));
    post(&clew, "/logs3", json!({ "rows": [span] }).to_string()).await;
    assert_eq!(post(&clew, "/logs3", unknown.to_string()).await.status, 200);
    let comment = json!({ "rows": [{
        "id": "c-1", "comment": { "text": "good" }, "origin": { "id": "row-1" },
        "_audit_metadata": { "user_id": "u" },
    }]});
    assert_eq!(post(&clew, "/logs3", comment.to_string()).await.status, 200);
    let shown = clew.get(&format!("/api/v1/traces/{TRACE}/spans/00000000000000a1")).await.json();
    let said: Vec<Json> = shown["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| json!([label["name"], label["score"], label["explanation"], label["author"]]))
        .collect();
    assert!(said.contains(&json!(["thumb", 1.0, null, ""])), "{said:?}");
    assert!(said.contains(&json!(["comment", null, "good", "u"])), "{said:?}");
    assert_eq!(summary(&clew, TRACE).span_count, 1);
}

#[tokio::test]
async fn too_many_rows_go_by_an_upload() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    let asked = json!({ "content_type": "application/json", "size_bytes": 9_000_000, "rows": [] });
    let place = clew.call("POST", "/logs3/overflow", &key, &asked).await.json();
    let address = place["signedUrl"].as_str().unwrap();
    let path = address.strip_prefix("http://localhost:2539").unwrap();
    let shown = place["headers"]["Authorization"].as_str().unwrap();
    assert_eq!(place["method"], "PUT");
    assert!(shown.starts_with("Bearer clew_upload_") && !place.to_string().contains(&key));
    let rows = recorded("js-braintrust", 5);
    assert_eq!(clew.send(request("PUT", path, &[], rows.clone())).await.status, 401);
    let headers = [("authorization", shown)];
    assert_eq!(clew.send(request("PUT", path, &headers, rows)).await.status, 200);
    // The pass is for sending alone.
    assert_eq!(clew.send(request("GET", "/api/v1/traces", &headers, "")).await.status, 403);
    let done = json!({ "rows": { "type": "logs3_overflow", "key": place["key"] } });
    let answer = clew.call("POST", "/logs3", &key, &done).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "ids": [] })));
    assert_eq!(summary(&clew, "69847eebfd1f6b8e9c0a89c23e4db397").span_count, 3);
    let large = json!({ "size_bytes": 1_000_000_000 });
    assert_eq!(clew.call("POST", "/logs3/overflow", &key, &large).await.status, 413);
}

#[tokio::test]
async fn a_row_of_1970_or_of_nonsense_costs_only_itself() {
    let clew = Clew::open();
    let rows = json!({ "rows": [
        row("a", "00000000000000a1", &json!({ "metrics": { "start": 1.5, "end": 2.5 } })),
        row("b", "00000000000000a2", &json!({ "metrics": { "start": -1.0 } })),
        row("c", "00000000000000a3", &json!({ "span_attributes": { "name": "nul \u{0}" } })),
    ]});
    let answer = post(&clew, "/logs3", rows.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(summary(&clew, TRACE).span_count, 2);
}

#[tokio::test]
async fn a_file_follows_its_row() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest, Scope::Read], None);
    let asked = json!({ "key": "k-1", "filename": "a.png", "content_type": "image/png" });
    let place = clew.call("POST", "/attachment", &key, &asked).await.json();
    assert_eq!(place["signedUrl"], "http://localhost:2539/attachment/k-1");
    let bearer = place["headers"]["Authorization"].as_str().unwrap().to_owned();
    let put = || {
        let headers = [("authorization", bearer.as_str()), ("content-type", "image/png")];
        clew.send(request("PUT", "/attachment/k-1", &headers, "pixels"))
    };
    assert_eq!(put().await.status, 404);
    let named = json!({ "image": { "type": "braintrust_attachment", "key": "k-1",
        "filename": "a.png", "content_type": "image/png" } });
    let rows = json!({ "rows": [
        row("a", "00000000000000a1", &json!({ "input": named })),
        row("b", "00000000000000a2", &json!({ "output": named })),
    ]});
    assert_eq!(clew.call("POST", "/logs3", &key, &rows).await.status, 200);
    assert_eq!(put().await.status, 200);
    let path = format!("/api/v1/traces/{TRACE}/attachments");
    let kept = clew.get_as(&path, &key).await.json();
    let spans: Vec<&Json> =
        kept["attachments"].as_array().unwrap().iter().map(|one| &one["span_id"]).collect();
    assert_eq!(spans, ["00000000000000a1", "00000000000000a2"]);
    let done = json!({ "key": "k-1", "status": { "upload_status": "done" } });
    assert_eq!(clew.call("POST", "/attachment/status", &key, &done).await.status, 200);
    let found = clew.get_as("/attachment?key=k-1&filename=a.png", &key).await.json();
    assert_eq!(found["status"]["upload_status"], "done");
    let place = found["downloadUrl"].as_str().unwrap();
    let whole = clew.get_as(place.strip_prefix("http://localhost:2539").unwrap(), &key).await;
    assert_eq!(whole.text(), "pixels");
}
