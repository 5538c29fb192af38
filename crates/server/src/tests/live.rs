//! Event streams.

use std::time::Duration;

use axum::body::Body;
use futures_util::StreamExt;
use http_body_util::BodyDataStream;
use serde_json::{Value as Json, json};

use clew_store::{Scope, WorkspaceId};

use super::harness::{Clew, otlp, request, span};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const OTHER: &str = "6b8efff798038103d269b633813fc60c";

/// Reads a stream event by event.
struct Events {
    body: BodyDataStream<Body>,
    text: String,
}

#[derive(Debug)]
struct Event {
    name: String,
    id: Option<String>,
    data: Json,
}

impl Events {
    async fn open(clew: &Clew, path: &str, last: Option<&str>) -> Events {
        let headers: Vec<(&str, &str)> = last.map(|id| ("last-event-id", id)).into_iter().collect();
        Events::open_with(clew, path, &headers).await
    }

    async fn open_with(clew: &Clew, path: &str, headers: &[(&str, &str)]) -> Events {
        let response = clew.stream(request("GET", path, headers, Body::empty())).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events { body: BodyDataStream::new(response.into_body()), text: String::new() }
    }

    /// Waits until the server ends the stream; nothing is told any more.
    async fn end(mut self) {
        let rest = tokio::time::timeout(Duration::from_secs(10), self.body.next());
        assert!(rest.await.expect("the stream ends").is_none());
        assert_eq!(self.text, "");
    }

    async fn next(&mut self) -> Event {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|v| v.trim().to_owned())
                };
                let data = field("data:").unwrap_or("null".to_owned());
                let event = Event {
                    name: field("event:").unwrap_or_default(),
                    id: field("id:"),
                    data: serde_json::from_str(&data).unwrap(),
                };
                self.text = rest.to_owned();
                if event.name.is_empty() {
                    continue;
                }
                return event;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.body.next());
            let chunk = chunk.await.expect("an event comes").unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

async fn send(clew: &Clew, trace: &str, id: &str, name: &str) {
    clew.ingest("", &otlp("shop", &[span(trace, id, None, name, (0, 5))])).await;
}

#[tokio::test]
async fn new_and_changed_runs_are_told() {
    let clew = Clew::open();
    let mut events = Events::open(&clew, "/api/v1/live", None).await;
    assert_eq!(events.next().await.name, "ready");
    send(&clew, TRACE, "a000000000000001", "first").await;
    let event = events.next().await;
    assert_eq!((event.name.as_str(), &event.data["new"]), ("trace", &json!(true)));
    assert_eq!(event.data["trace"]["trace_id"], TRACE);
    assert!(event.id.is_some());
    send(&clew, TRACE, "a000000000000002", "second").await;
    let event = events.next().await;
    assert_eq!(event.data["new"], false);
    assert_eq!(event.data["trace"]["span_count"], 2);
}

#[tokio::test]
async fn a_stream_goes_on_where_it_broke_off() {
    let clew = Clew::open();
    let mut events = Events::open(&clew, "/api/v1/live", None).await;
    let ready = events.next().await.id.unwrap();
    drop(events);
    send(&clew, TRACE, "a000000000000001", "missed").await;
    let mut events = Events::open(&clew, "/api/v1/live", Some(&ready)).await;
    let event = events.next().await;
    assert_eq!((event.name.as_str(), &event.data["trace"]["name"]), ("trace", &json!("missed")));
    let seen = event.id.unwrap();
    drop(events);
    let mut events = Events::open(&clew, "/api/v1/live", Some(&seen)).await;
    send(&clew, OTHER, "b000000000000001", "after").await;
    assert_eq!(events.next().await.data["trace"]["name"], "after", "nothing is told twice");
}

#[tokio::test]
async fn a_gap_resets() {
    let clew = Clew::open();
    let mut events = Events::open(&clew, "/api/v1/live", Some("99999")).await;
    assert_eq!(events.next().await.name, "reset");
    send(&clew, TRACE, "a000000000000001", "first").await;
    assert_eq!(events.next().await.name, "trace");
    let headers = [("last-event-id", "x")];
    let answer = clew.send(request("GET", "/api/v1/live", &headers, "")).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn one_run_tells_the_spans_that_changed() {
    let clew = Clew::open();
    send(&clew, TRACE, "a000000000000001", "first").await;
    let path = format!("/api/v1/traces/{TRACE}/live");
    let mut events = Events::open(&clew, &path, None).await;
    let ready = events.next().await;
    assert_eq!(ready.name, "ready");
    send(&clew, OTHER, "b000000000000001", "elsewhere").await;
    send(&clew, TRACE, "a000000000000002", "second").await;
    let event = events.next().await;
    assert_eq!(event.data["trace"]["span_count"], 2);
    let names: Vec<&Json> =
        event.data["spans"].as_array().unwrap().iter().map(|span| &span["name"]).collect();
    assert_eq!(names, ["second"]);
    drop(events);
    let mut events = Events::open(&clew, &path, ready.id.as_deref()).await;
    let event = events.next().await;
    assert_eq!(event.data["spans"].as_array().unwrap().len(), 2, "all that may have been missed");
}

#[tokio::test]
async fn a_filter_passes_matching_runs_only() {
    let clew = Clew::open();
    let mut events = Events::open(&clew, "/api/v1/live?filter=name:wanted", None).await;
    assert_eq!(events.next().await.name, "ready");
    send(&clew, TRACE, "a000000000000001", "other").await;
    send(&clew, OTHER, "b000000000000001", "wanted").await;
    assert_eq!(events.next().await.data["trace"]["name"], "wanted");
    let answer = clew.get("/api/v1/live?filter=modle:x").await;
    assert_eq!(answer.code(), "bad_filter");
}

#[tokio::test]
async fn streams_are_bounded() {
    let clew = Clew::with(|config| config.limits.max_live_streams = 1);
    let first = Events::open(&clew, "/api/v1/live", None).await;
    let answer = clew.get("/api/v1/live").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (429, "too_many_requests"));
    drop(first);
    // The place is free again although nothing happens that could be told.
    while clew.app.metrics.live_streams.load(std::sync::atomic::Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    Events::open(&clew, "/api/v1/live", None).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_key_and_no_other() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let asked = json!({"name": "p", "scopes": ["read"]});
    let made = clew.call("POST", "/api/v1/keys", &admin, &asked).await.json();
    let bearer = |key: &str| format!("Bearer {key}");
    let (own, other) = (bearer(made["key"].as_str().unwrap()), bearer(&admin));
    clew.ingest(&admin, &otlp("shop", &[span(TRACE, "a000000000000001", None, "one", (0, 5))]))
        .await;
    let run = format!("/api/v1/traces/{TRACE}/live");
    let mut streams = Vec::new();
    for path in ["/api/v1/live", run.as_str()] {
        let mut stream = Events::open_with(&clew, path, &[("authorization", &own)]).await;
        assert_eq!(stream.next().await.name, "ready");
        streams.push(stream);
    }
    let mut kept = Events::open_with(&clew, "/api/v1/live", &[("authorization", &other)]).await;
    assert_eq!(kept.next().await.name, "ready");
    let path = format!("/api/v1/keys/{}", made["id"]);
    assert_eq!(clew.call("DELETE", &path, &admin, &json!({})).await.status, 200);
    for stream in streams {
        stream.end().await;
    }
    clew.ingest(&admin, &otlp("shop", &[span(OTHER, "b000000000000001", None, "two", (0, 5))]))
        .await;
    let mut told = kept.next().await.data["trace"]["name"].clone();
    if told == "one" {
        // The hub may hear of the first commit only after the stream is open.
        told = kept.next().await.data["trace"]["name"].clone();
    }
    assert_eq!(told, "two");
}

#[tokio::test]
async fn a_stream_ends_when_its_page_signs_out() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let mut pages = Vec::new();
    for _ in 0..3 {
        let signed_in = clew.call("POST", "/api/v1/session", "", &json!({ "key": admin })).await;
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut stream = Events::open_with(&clew, "/api/v1/live", &[("cookie", &cookie)]).await;
        assert_eq!(stream.next().await.name, "ready");
        pages.push((cookie, stream));
    }
    let sign_out = async |path: &str, cookie: &str| {
        let headers = [("cookie", cookie), ("x-clew-page", "1")];
        assert_eq!(clew.send(request("DELETE", path, &headers, "")).await.status, 200);
    };
    let (cookie, stream) = pages.remove(0);
    sign_out("/api/v1/session", &cookie).await;
    stream.end().await;
    clew.ingest(&admin, &otlp("shop", &[span(TRACE, "a000000000000001", None, "one", (0, 5))]))
        .await;
    for (_, stream) in &mut pages {
        assert_eq!(stream.next().await.data["trace"]["name"], "one");
    }
    sign_out("/api/v1/session?everywhere=true", &pages[0].0.clone()).await;
    for (_, stream) in pages {
        stream.end().await;
    }
}
