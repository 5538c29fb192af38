//! Spans in, answers out.

use clew_store::{Scope, WorkspaceId};
use serde_json::json;

use super::harness::{Clew, NOW, otlp, request, span, with};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";

#[tokio::test]
async fn an_acked_span_is_read_at_once() {
    let clew = Clew::open();
    let body = otlp("shop", &[span(TRACE, "eee19b7ec3c1b174", None, "checkout", (0, 1500))]);
    clew.ingest("", &body).await;
    let row = clew.store().trace_row(WorkspaceId::DEFAULT, &TRACE.parse().unwrap());
    let row = row.unwrap().unwrap();
    assert_eq!(row.summary.name, "checkout");
    assert_eq!(row.summary.start_nanos, NOW);
    assert_eq!(row.summary.span_count, 1);
}

#[tokio::test]
async fn one_bad_span_costs_only_itself() {
    let clew = Clew::open();
    let good = span(TRACE, "eee19b7ec3c1b174", None, "good", (0, 1));
    let bad = span("xyz", "eee19b7ec3c1b175", None, "bad", (0, 1));
    let body = otlp("shop", &[bad, good]);
    let answer = clew.call("POST", "/v1/traces", "", &body).await;
    assert_eq!(answer.status, 200);
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "1");
    assert!(partial["errorMessage"].as_str().unwrap().contains("spans[0]"), "{partial}");
    let requests = clew.get("/api/v1/requests").await.json();
    let entry = &requests["requests"][0];
    assert_eq!((&entry["accepted"], &entry["rejected"]), (&json!(1), &json!(1)));
    assert!(entry["reason"].as_str().unwrap().contains("spans[0]"), "{entry}");
}

#[tokio::test]
async fn sending_again_changes_nothing() {
    let clew = Clew::open();
    let body = otlp("shop", &[span(TRACE, "eee19b7ec3c1b174", None, "checkout", (0, 1500))]);
    for _ in 0..3 {
        clew.ingest("", &body).await;
    }
    let row = clew.store().trace_row(WorkspaceId::DEFAULT, &TRACE.parse().unwrap());
    let summary = row.unwrap().unwrap().summary;
    assert_eq!((summary.span_count, summary.receipt.duplicates), (1, 2));
}

#[tokio::test]
async fn the_agentos_path_wants_to_know_the_agent() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    let unnamed = span(TRACE, "eee19b7ec3c1b174", None, "a", (0, 1));
    let body = otlp("shop", std::slice::from_ref(&unnamed));
    let answer = clew.call("POST", "/api/ingest/v1/traces", &key, &body).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("agentos.agent_id"), "{}", answer.text());
    let named = with(
        span(TRACE, "eee19b7ec3c1b175", None, "b", (0, 1)),
        &[("agentos.agent_id", "planner")],
    );
    let body = otlp("shop", &[unnamed, named]);
    let answer = clew.call("POST", "/api/ingest/v1/traces", &key, &body).await;
    assert_eq!(answer.json()["partialSuccess"]["rejectedSpans"], "1");
}

#[tokio::test]
async fn senders_are_counted() {
    let clew = Clew::open();
    let body = otlp("shop", &[span(TRACE, "eee19b7ec3c1b174", None, "checkout", (0, 1))]);
    clew.ingest("", &body).await;
    let _refused = clew.send(request("POST", "/v1/traces", &[], "not otlp")).await;
    let page = clew.get("/metrics").await.text();
    for line in [
        "clew_accepted_spans_total{sender=\"otlp_http\"} 1",
        "clew_refused_requests_total{sender=\"otlp_http\",code=\"undecodable\"} 1",
        "clew_commit_seconds_count 1",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
    }
}
