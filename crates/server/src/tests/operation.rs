//! Health, pages, the document, and what never leaks.

use serde_json::json;

use clew_store::{Scope, WorkspaceId};

use super::harness::{Clew, otlp, request, span};
use crate::openapi::DOCUMENT;

const TRACE: &str = "5b8efff798038103d269b633813fc60c";

#[tokio::test]
async fn every_route_of_the_document_answers() {
    let clew = Clew::open();
    let document: serde_json::Value = serde_json::from_str(&DOCUMENT).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let target = path.replace(['{', '}'], "");
            let method = method.to_uppercase();
            let response = clew.stream(request(&method, &target, &[], "{}")).await;
            let status = response.status().as_u16();
            assert!(status < 500 && status != 405, "{method} {target}: {status}");
        }
    }
}

#[tokio::test]
async fn health_readiness_and_pages() {
    let clew = Clew::open();
    assert_eq!(clew.get("/healthz").await.json(), json!({"status": "ok"}));
    assert_eq!(clew.get("/readyz").await.json()["status"], "ok");
    let root = clew.get("/").await;
    assert_eq!((root.status.as_u16(), &root.headers["location"]), (307, &"/ui/".parse().unwrap()));
    let info = clew.get("/info").await.json();
    for field in
        ["os_id", "agno_version", "user_isolation", "batch_ingest_config", "instance_flags"]
    {
        assert!(info.get(field).is_some(), "{field}");
    }
    for path in ["/api/v1/traces", "/nothing", "/v1/traces"] {
        let answer = clew.get(path).await;
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn a_stopping_server_says_come_again() {
    let clew = Clew::open();
    clew.stop();
    let body = otlp("shop", &[]);
    let answer = clew.call("POST", "/v1/traces", "", &body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(clew.get("/readyz").await.status, 503);
    assert_eq!(clew.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_panic_is_a_500_with_an_id_and_the_server_goes_on() {
    let clew = Clew::open();
    let panics = axum::Router::new()
        .route("/boom", axum::routing::get(async || -> () { panic!("the secret of a sender") }))
        .layer(axum::middleware::from_fn_with_state(clew.app.clone(), crate::pipeline::entry));
    let response =
        tower::ServiceExt::oneshot(panics, request("GET", "/boom", &[], "")).await.unwrap();
    assert_eq!(response.status(), 500);
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains(&id) && !text.contains("secret"), "{text}");
    let page = clew.get("/metrics").await.text();
    assert!(page.contains("clew_panics_total 1"), "{page}");
}

#[tokio::test]
async fn a_state_follows_the_clock() {
    let clew = Clew::open();
    let body = serde_json::json!({"run_id": "nightly", "agent_name": "indexer"});
    let started = clew.call("POST", "/api/ingest/v1/runs", "", &body).await.json();
    let path = format!("/api/v1/traces/{}", started["trace_id"].as_str().unwrap());
    let state = async || clew.get(&path).await.json()["trace"]["state"].clone();
    assert_eq!(state().await, "live");
    for (seconds, expected) in [(59, "live"), (60, "quiet"), (1800, "abandoned")] {
        let now = super::harness::NOW + seconds * 1_000_000_000;
        clew.clock.store(now, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(state().await, expected, "after {seconds} s");
    }
    let spans = serde_json::json!({"spans": [{"id": "s1", "name": "list", "kind": "step"}]});
    let answer = clew.call("POST", "/api/ingest/v1/runs/nightly/spans", "", &spans).await.json();
    assert_eq!((&answer["accepted"], &answer["trace_id"]), (&json!(1), &started["trace_id"]));
    assert_eq!(state().await, "resumed");
    clew.call("POST", "/api/ingest/v1/runs/nightly/complete", "", &json!({})).await;
    assert_eq!(state().await, "done");
}

#[tokio::test]
async fn runs_are_told_step_by_step() {
    let clew = Clew::open();
    let events = json!({"events": [{"id": "e1", "name": "note", "data": {"a": 1}}, {"id": "e2"}]});
    let answer = clew.call("POST", "/api/ingest/v1/runs/r1/events", "", &events).await.json();
    assert_eq!((&answer["accepted"], &answer["rejected_count"]), (&json!(1), &json!(1)));
    assert_eq!(answer["rejected"][0]["what"], "events[1]");
    let path = format!("/api/v1/traces/{}/events", answer["trace_id"].as_str().unwrap());
    let seen = clew.get(&path).await.json();
    assert_eq!(seen["events"][0]["name"], "note");
    assert_eq!(seen["events"][0]["attributes"], json!({"a": 1}));
    let wrong = clew.call("POST", "/api/ingest/v1/runs/r1/spans", "", &json!({"spans": 5})).await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (400, "undecodable"));
    assert_eq!(wrong.json()["error"]["field"], "spans");
}

#[tokio::test]
async fn info_says_what_a_page_needs_to_begin() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let agent = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], Some("planner"));
    let info = clew.get_as("/api/v1/info", &admin).await.json();
    let expected = json!({"http": "http://localhost:2539", "otlp_http": "http://localhost:4318",
        "otlp_grpc": null});
    assert_eq!(info["addresses"], expected);
    assert_eq!((&info["open"], &info["has_traces"]), (&json!(false), &json!(false)));
    assert!(info["data_bytes"].as_u64().unwrap() >= 4096, "{info}");
    clew.ingest(&admin, &otlp("shop", &[span(TRACE, "a000000000000001", None, "one", (0, 5))]))
        .await;
    assert_eq!(clew.get_as("/api/v1/info", &admin).await.json()["has_traces"], true);
    let info = clew.get_as("/api/v1/info", &agent).await.json();
    assert_eq!((&info["has_traces"], &info["data_bytes"]), (&json!(false), &json!(null)));
}

#[tokio::test]
async fn a_deleted_run_is_told_to_whose_it_was() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let own = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest, Scope::Read], Some("planner"));
    let other = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], Some("coder"));
    clew.ingest(&own, &otlp("shop", &[span(TRACE, "a000000000000001", None, "one", (0, 5))])).await;
    let path = format!("/api/v1/traces/{TRACE}");
    assert_eq!(clew.call("DELETE", &path, &admin, &json!({})).await.status, 200);
    let asked = format!("/api/v1/deleted?trace_id={TRACE}");
    for key in [&admin, &own] {
        let found = clew.get_as(&asked, key).await.json();
        let deleted = &found["deleted"][0];
        assert_eq!((&deleted["trace_id"], &deleted["span_count"]), (&json!(TRACE), &json!(1)));
        assert_eq!(deleted["deleted_nanos"], super::harness::NOW.to_string());
        assert_eq!(clew.get_as("/api/v1/deleted", key).await.json(), found);
    }
    let nothing = json!({"deleted": [], "next_cursor": null});
    assert_eq!(clew.get_as(&asked, &other).await.json(), nothing);
    let unknown = "/api/v1/deleted?trace_id=6b8efff798038103d269b633813fc60c";
    assert_eq!(clew.get_as(unknown, &admin).await.json(), nothing);
}
