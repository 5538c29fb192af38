//! Langfuse's addresses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clew_model::ids::TraceId;
use clew_store::{Scope, WorkspaceId};
use serde_json::{Value as Json, json};

use super::harness::{Answer, Clew, request};

const TRACE: &str = "effd26b70c38449eb3d0c058921d8636";

fn recorded(path: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire");
    std::fs::read(format!("{folder}/{path}")).unwrap()
}

fn event(id: &str, kind: &str, body: &Json) -> Json {
    json!({ "id": id, "type": kind, "timestamp": "2026-11-20T06:04:47Z", "body": body })
}

async fn post(clew: &Clew, path: &str, body: impl Into<axum::body::Body>) -> Answer {
    clew.send(request("POST", path, &[("content-type", "application/json")], body)).await
}

fn span_count(clew: &Clew, trace: &str) -> u64 {
    let trace: TraceId = trace.parse().unwrap();
    let row = clew.store().trace_row(WorkspaceId::DEFAULT, &trace).unwrap();
    row.map_or(0, |row| row.summary.span_count)
}

#[tokio::test]
async fn recorded_events_land_and_are_answered_one_by_one() {
    let clew = Clew::open();
    for number in [3, 1, 4, 5, 5] {
        let path = format!("langfuse2/0{number}-POST-api_public_ingestion.body");
        let answer = post(&clew, "/langfuse/api/public/ingestion", recorded(&path)).await;
        assert_eq!(answer.status, 207);
        let answer = answer.json();
        assert_eq!(answer["errors"], json!([]));
        let taken = answer["successes"].as_array().unwrap();
        assert_eq!(taken.len(), if number == 5 { 4 } else { 5 });
        assert_eq!(taken[0]["status"], 201);
    }
    assert_eq!(span_count(&clew, TRACE), 8);
}

#[tokio::test]
async fn one_bad_event_costs_only_itself() {
    let clew = Clew::open();
    let body = json!({ "batch": [
        event("e-1", "span-create", &json!({ "id": "a", "traceId": TRACE, "name": "ok" })),
        event("e-2", "span-create", &json!({ "id": 7.5, "traceId": TRACE })),
        event("e-3", "quark-create", &json!({})),
    ]});
    let answer = post(&clew, "/api/public/ingestion", body.to_string()).await;
    assert_eq!(answer.status, 207);
    assert_eq!(
        answer.json(),
        json!({
            "successes": [{ "id": "e-1", "status": 201 }],
            "errors": [
                { "id": "e-2", "status": 400, "message": "Invalid event",
                  "error": "body.id: wrong type: expected a string, found a number" },
                { "id": "e-3", "status": 400, "message": "Invalid event",
                  "error": "type: \"quark-create\" is no type of event" },
            ],
        })
    );
    assert_eq!(span_count(&clew, TRACE), 1);
}

#[tokio::test]
async fn the_secret_key_is_the_password() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    let ask = |secret: String| {
        let word = format!("Basic {}", STANDARD.encode(format!("pk-lf-any:{secret}")));
        let asked = request("GET", "/api/public/projects", &[("authorization", &word)], "");
        clew.send(asked)
    };
    let answer = ask(key).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["data"][0]["name"], "default");
    let refused = ask("sk-lf-wrong".to_owned()).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["error"], "UnauthorizedError");
    assert!(refused.json()["message"].is_string());
}

#[tokio::test]
async fn otlp_lands_by_langfuses_own_path() {
    let clew = Clew::open();
    let body = recorded("js-langfuse/01-POST-api_public_otel_v1_traces.body");
    for path in ["/api/public/otel/v1/traces", "/langfuse/api/public/otel/v1/traces"] {
        let answer = post(&clew, path, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "{}"));
    }
    assert_eq!(span_count(&clew, "4bda59febb8737893506a78a6f0bd7c3"), 3);
    let page = clew.get("/metrics").await.text();
    assert!(page.contains("clew_accepted_spans_total{sender=\"langfuse\"} 6"), "{page}");
}

#[tokio::test]
async fn scores_are_answered_as_each_sdk_expects() {
    let clew = Clew::open();
    let body = recorded("langfuse5/06-POST-api_public_scores.body");
    let answer = post(&clew, "/api/public/scores", body).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json(), json!({ "message": "Accepted" }));
    let one = json!({ "id": "s-1", "traceId": TRACE, "name": "q", "value": 1 });
    let answer = post(&clew, "/api/public/scores", one.to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "id": "s-1" })));
    let nameless = json!({ "traceId": TRACE, "value": 1 });
    let answer = post(&clew, "/api/public/scores", json!([one, nameless]).to_string()).await;
    assert_eq!(answer.status, 207);
    assert_eq!(
        answer.json(),
        json!({ "accepted": 1, "rejected": 1, "errors": [{ "message": "name: is missing" }] })
    );
    let answer = post(&clew, "/api/public/scores", nameless.to_string()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        json!({ "message": "name: is missing", "error": "InvalidRequestError" })
    );
}

#[tokio::test]
async fn what_sdks_ask_besides_is_answered_in_their_form() {
    let clew = Clew::open();
    assert_eq!(clew.get("/langfuse/api/public/health").await.json()["status"], "OK");
    let prompt = clew.get("/api/public/v2/prompts/movie-critic?label=production").await;
    assert_eq!(prompt.status, 404);
    assert_eq!(
        prompt.json(),
        json!({
            "message": "Clew keeps no prompts: use the fallback of the call",
            "error": "LangfuseNotFoundError",
        })
    );
    let page = clew.get(&format!("/project/default/traces/{TRACE}")).await;
    assert_eq!(page.headers["location"], format!("/ui/runs/{TRACE}"));
    let page = clew.get("/langfuse/trace/effd26b7-0c38-449e-b3d0-c058921d8636").await;
    assert_eq!(page.headers["location"], format!("/ui/runs/{TRACE}"));
    let broken = post(&clew, "/api/public/ingestion", "{\"batch\":[").await;
    assert_eq!(broken.status, 400);
    assert_eq!(broken.json()["error"], "InvalidRequestError");
}

/// What the recorded program says of its picture, and the picture.
fn medium() -> (Json, Vec<u8>) {
    let about = recorded("langfuse5/01-POST-api_public_media.body");
    (serde_json::from_slice(&about).unwrap(), recorded("langfuse5/02-PUT-upload_ID.body"))
}

#[tokio::test]
async fn a_medium_is_announced_put_and_kept_once() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest, Scope::Read], None);
    let (about, bytes) = medium();
    let told = clew.call("POST", "/langfuse/api/public/media", &key, &about).await;
    assert_eq!(told.status, 201, "{}", told.text());
    let told = told.json();
    assert_eq!(told["mediaId"], "TEtqO-ExSrhhOL70MU3eAi");
    let place = told["uploadUrl"].as_str().unwrap().strip_prefix("http://localhost:2539").unwrap();
    assert!(place.starts_with("/langfuse/api/public/media/upload/"), "{place}");
    let other = clew.send(request("PUT", place, &[], "something else")).await;
    assert_eq!(other.status, 400, "{}", other.text());
    for _ in 0..2 {
        let put = clew.send(request("PUT", place, &[], bytes.clone())).await;
        assert_eq!(put.status, 200, "{}", put.text());
    }
    let said = json!({ "uploadedAt": "2026-11-20T06:00:00Z", "uploadHttpStatus": 200 });
    let path = "/api/public/media/TEtqO-ExSrhhOL70MU3eAi";
    assert_eq!(clew.call("PATCH", path, &key, &said).await.status, 200);
    let found = clew.get_as(path, &key).await.json();
    assert_eq!(
        (&found["contentType"], &found["contentLength"]),
        (&json!("image/png"), &json!(bytes.len()))
    );
    let whole = found["url"].as_str().unwrap().strip_prefix("http://localhost:2539").unwrap();
    assert_eq!(clew.get_as(whole, &key).await.body, bytes);
    let mut again = about.clone();
    again["traceId"] = json!("another");
    let told = clew.call("POST", "/api/public/media", &key, &again).await.json();
    assert_eq!(told["uploadUrl"], json!(null));
    let store = clew.store().clone();
    let another = TraceId::from_sender("another").unwrap();
    let kept = std::thread::spawn(move || store.attachments(WorkspaceId::DEFAULT, &another));
    assert_eq!(kept.join().unwrap().unwrap().len(), 1);
}

#[tokio::test]
async fn the_place_of_an_upload_ends_and_is_no_key() {
    let clew = Clew::open();
    let (about, bytes) = medium();
    let told = clew.call("POST", "/api/public/media", "", &about).await.json();
    let place = told["uploadUrl"].as_str().unwrap().strip_prefix("http://localhost:2539").unwrap();
    let (front, last) = place.split_at(place.len() - 1);
    let guessed = format!("{front}{}", if last == "0" { "1" } else { "0" });
    assert_eq!(clew.send(request("PUT", &guessed, &[], bytes.clone())).await.status, 404);
    clew.clock.fetch_add(16 * 60 * 1_000_000_000, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(clew.send(request("PUT", place, &[], bytes)).await.status, 404);
    for (field, value) in [("sha256Hash", json!("short")), ("traceId", json!(null))] {
        let mut wrong = about.clone();
        wrong[field] = value;
        assert_eq!(clew.call("POST", "/api/public/media", "", &wrong).await.status, 400, "{field}");
    }
    let mut large = about;
    large["contentLength"] = json!(1_u64 << 40);
    assert_eq!(clew.call("POST", "/api/public/media", "", &large).await.status, 413);
}
