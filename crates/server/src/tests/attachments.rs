//! Attachments over HTTP: what goes in, what comes out, and who is let.

use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use clew_store::{Scope, WorkspaceId};
use serde_json::{Value as Json, json};

use super::harness::{Answer, Clew, NOW, otlp, request, span};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const PATH: &str = "/api/v1/traces/5b8efff798038103d269b633813fc60c/attachments";

async fn upload(clew: &Clew, query: &str, kind: &str, body: &[u8]) -> Answer {
    let target = format!("{PATH}{query}");
    clew.send(request("POST", &target, &[("content-type", kind)], body.to_vec())).await
}

async fn get(clew: &Clew, path: &str, headers: &[(&str, &str)]) -> Answer {
    clew.send(request("GET", path, headers, "")).await
}

#[tokio::test]
async fn an_attachment_goes_in_and_comes_out() {
    let clew = Clew::open();
    let kept = upload(
        &clew,
        "?name=plot.png&span_id=a000000000000001&sender_id=m1",
        "image/png",
        b"hello",
    )
    .await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    let expected = json!({
        "id": 1,
        "span_id": "a000000000000001",
        "sender_id": "m1",
        "name": "plot.png",
        "content_type": "image/png",
        "size": 5,
        "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "created_nanos": NOW.to_string(),
    });
    assert_eq!(kept.json(), expected);
    let again = upload(
        &clew,
        "?name=plot.png&span_id=a000000000000001&sender_id=m1",
        "image/png",
        b"hello",
    )
    .await;
    assert_eq!(again.json(), expected);
    assert_eq!(get(&clew, PATH, &[]).await.json(), json!({ "attachments": [expected] }));
    let row = get(&clew, &format!("/api/v1/traces/{TRACE}?spans=false"), &[]).await.json();
    assert_eq!(row["trace"]["span_count"], 0, "the run has a row");

    let whole = get(&clew, &format!("{PATH}/1"), &[]).await;
    assert_eq!((whole.status.as_u16(), whole.text().as_str()), (200, "hello"));
    assert_eq!(whole.headers[CONTENT_TYPE], "image/png");
    assert_eq!(whole.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(whole.headers[CONTENT_LENGTH], "5");
    assert!(whole.headers[CONTENT_DISPOSITION].to_str().unwrap().starts_with("inline;"));
    for (range, place, bytes) in
        [("bytes=1-3", "bytes 1-3/5", "ell"), ("bytes=-2", "bytes 3-4/5", "lo")]
    {
        let part = get(&clew, &format!("{PATH}/1"), &[("range", range)]).await;
        assert_eq!((part.status.as_u16(), part.text().as_str()), (206, bytes));
        assert_eq!(part.headers[CONTENT_RANGE], place);
    }
}

#[tokio::test]
async fn what_could_run_in_a_browser_is_a_file_to_be_saved() {
    let clew = Clew::open();
    for kind in ["text/html", "image/svg+xml", "application/pdf", "text/javascript", "", "x"] {
        let kept = upload(&clew, "?name=a.html", kind, kind.as_bytes()).await.json();
        let got = get(&clew, &format!("{PATH}/{}", kept["id"]), &[]).await;
        assert_eq!(got.headers[CONTENT_TYPE], "application/octet-stream", "{kind}");
        assert!(got.headers[CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment;"));
        let policy = got.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'; sandbox"), "{policy}");
    }
    let list = get(&clew, PATH, &[]).await.json();
    let kinds: Vec<&str> = list["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["content_type"].as_str().unwrap())
        .collect();
    let unknown = "application/octet-stream";
    let said = ["text/html", "image/svg+xml", "application/pdf", "text/javascript"];
    assert_eq!(kinds, [said.as_slice(), &[unknown, unknown]].concat());
}

#[tokio::test]
async fn limits_are_named() {
    let clew = Clew::with(|config| {
        config.limits.max_attachment_bytes = 1000;
        config.limits.max_trace_attachments = 1;
    });
    let large = upload(&clew, "", "text/plain", &[0; 1001]).await;
    assert_eq!((large.status.as_u16(), large.code().as_str()), (413, "too_large"));
    assert!(large.text().contains("ingest.max_attachment_bytes"), "{}", large.text());
    assert_eq!(upload(&clew, "", "text/plain", b"1").await.status, 200);
    let more = upload(&clew, "", "text/plain", b"2").await;
    assert_eq!((more.status.as_u16(), more.code().as_str()), (413, "too_large"));
    assert!(more.text().contains("ingest.max_trace_attachments"), "{}", more.text());
    let wrong = upload(&clew, "?span_id=0000000000000000", "text/plain", b"2").await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (400, "bad_request"));
    let packed = [("content-encoding", "gzip")];
    let packed = clew.send(request("POST", PATH, &packed, "x")).await;
    assert_eq!(packed.status, 415);
    clew.call("DELETE", &format!("/api/v1/traces/{TRACE}"), "", &json!({})).await;
    let late = upload(&clew, "", "text/plain", b"1").await;
    assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "conflict"));
}

#[tokio::test]
async fn another_agents_run_is_not_there() {
    let clew = Clew::closed();
    let key = |scope, agent| clew.key(WorkspaceId::DEFAULT, &[scope], agent);
    let (ada, bob) = (key(Scope::Admin, Some("ada")), key(Scope::Admin, Some("bob")));
    let sent = |method: &'static str, path: String, key: &str, body: &'static str| {
        let bearer = format!("Bearer {key}");
        request(method, &path, &[("authorization", bearer.as_str())], body)
    };
    assert_eq!(clew.send(sent("POST", PATH.to_owned(), &ada, "hello")).await.status, 200);
    assert_eq!(clew.send(sent("GET", format!("{PATH}/1"), &ada, "")).await.text(), "hello");
    for (method, path) in
        [("GET", PATH.to_owned()), ("GET", format!("{PATH}/1")), ("POST", PATH.to_owned())]
    {
        let answer = clew.send(sent(method, path.clone(), &bob, "hello")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (404, "not_found"),
            "{method} {path}"
        );
    }
    // The number alone opens nothing: it must be of this run.
    let other = "/api/v1/traces/00000000000000000000000000000001/attachments".to_owned();
    assert_eq!(clew.send(sent("POST", other.clone(), &bob, "x")).await.status, 200);
    let across = clew.send(sent("GET", format!("{other}/1"), &bob, "")).await;
    assert_eq!(across.status, 404);
    let reader = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], None);
    assert_eq!(clew.send(sent("POST", PATH.to_owned(), &reader, "hello")).await.status, 403);
}

#[tokio::test]
async fn a_run_tells_what_is_said_about_it() {
    let clew = Clew::open();
    let spans = otlp("shop", &[span(TRACE, "a000000000000001", None, "chat", (0, 5))]);
    clew.ingest("", &spans).await;
    let bare = get(&clew, &format!("/api/v1/traces/{TRACE}"), &[]).await.json();
    assert_eq!(bare["note"], Json::Null);
    let note = json!({"clew": {"resourceSpans": [{"scopeSpans": [{"spans": [{
        "traceId": TRACE, "spanId": "ffffffffffffffff", "status": {"code": 2, "message": "no money"},
        "attributes": [
            {"key": "langfuse.trace.name", "value": {"stringValue": "demo"}},
            {"key": "langfuse.trace.metadata.plan", "value": {"stringValue": "pro"}}],
        "clew": {"sender": "langfuse", "nameless": true, "senderTraceId": "demo-1"}}]}]}]}});
    clew.ingest("", &note).await;
    let told = get(&clew, &format!("/api/v1/traces/{TRACE}"), &[]).await.json();
    assert_eq!(told["trace"]["name"], "demo");
    assert_eq!(
        (&told["trace"]["root_status"], &told["trace"]["span_count"]),
        (&json!("error"), &json!(1))
    );
    let note = &told["note"];
    assert_eq!((&note["sender"], &note["sender_trace_id"]), (&json!("langfuse"), &json!("demo-1")));
    assert_eq!((&note["metadata"], &note["name"]), (&json!({"plan": "pro"}), &Json::Null));
    assert_eq!(note["status_message"], "no money");
    assert_eq!(note["attributes"]["langfuse.trace.name"], "demo");

    let export = get(&clew, &format!("/api/v1/traces/{TRACE}/export"), &[]).await.text();
    let copy = Clew::open();
    let headers = [("content-type", "application/json")];
    assert_eq!(
        copy.send(request("POST", "/v1/traces", &headers, export.clone())).await.status,
        200
    );
    let again = get(&copy, &format!("/api/v1/traces/{TRACE}/export"), &[]).await.text();
    assert_eq!(again, export);
    assert_eq!(export.lines().count(), 2);
}
