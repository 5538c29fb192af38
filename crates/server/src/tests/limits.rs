//! Large, packed, slow and broken bodies.

use std::io::Write;

use axum::body::Body;

use super::harness::{Clew, request};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn small() -> Clew {
    Clew::with(|config| {
        config.limits.max_body_bytes = 4096;
    })
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_large_body_is_413_and_names_the_limit() {
    let clew = small();
    let answer = clew.send(request("POST", "/v1/traces", &[JSON], vec![b' '; 4097])).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["message"], "the body is larger than 4 KB (ingest.max_body_bytes)");
    assert_eq!(answer.json()["code"], 8);
    let chunks =
        futures_util::stream::iter((0..5).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    let answer = clew.send(request("POST", "/v1/traces", &[JSON], Body::from_stream(chunks))).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn bombs_are_413_and_name_the_limit() {
    let clew = Clew::with(|config| config.limits.max_decoded_bytes = 1 << 20);
    let zeros = vec![0; 2 << 20];
    let bodies = [("gzip", gzip(&zeros)), ("zstd", zstd::encode_all(zeros.as_slice(), 1).unwrap())];
    for (packing, body) in bodies {
        let headers = [JSON, ("content-encoding", packing)];
        let answer = clew.send(request("POST", "/v1/traces", &headers, body)).await;
        assert_eq!(answer.status, 413, "{packing}: {}", answer.text());
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert_eq!(message, "the unpacked body is larger than 1 MB (ingest.max_decoded_bytes)");
    }
}

#[tokio::test]
async fn wrong_types_are_415_in_the_form_of_otlp() {
    let clew = small();
    let headers = [("content-type", "text/plain")];
    let answer = clew.send(request("POST", "/v1/traces", &headers, "hello")).await;
    assert_eq!(answer.status, 415);
    assert_eq!(answer.json()["code"], 12);
    let headers = [JSON, ("content-encoding", "br")];
    assert_eq!(clew.send(request("POST", "/v1/traces", &headers, "{}")).await.status, 415);
}

#[tokio::test]
async fn undecodable_bodies_are_400_with_field_and_offset() {
    let clew = small();
    let answer = clew.send(request("POST", "/v1/traces", &[JSON], r#"{"resourceSpans":[{"#)).await;
    assert_eq!(answer.status, 400);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("at byte 19"), "{message}");
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":5}]}]}"#;
    let answer = clew.send(request("POST", "/v1/traces", &[JSON], body)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("resourceSpans[0].scopeSpans[0].spans"), "{}", answer.text());
    let headers = [("content-type", "application/x-protobuf")];
    let answer = clew.send(request("POST", "/v1/traces", &headers, vec![0x0A, 0xFF, 0x01])).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.headers["content-type"], "application/x-protobuf");
    assert_eq!(answer.body[..2], [0x08, 0x03], "google.rpc.Status with INVALID_ARGUMENT");
    let headers = [JSON, ("content-encoding", "gzip")];
    let answer = clew.send(request("POST", "/v1/traces", &headers, "{}")).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("gzip"), "{}", answer.text());
}

#[tokio::test]
async fn a_full_house_is_429_with_retry_after() {
    let clew = Clew::with(|config| {
        config.limits.max_inflight_bytes = 64 * 1024;
        config.limits.admission_wait = std::time::Duration::from_millis(1);
    });
    let held = clew.app.admission.enter(64 * 1024).await.unwrap();
    let answer = clew.send(request("POST", "/v1/traces", &[JSON], "{}")).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.headers["retry-after"], "1");
    drop(held);
    assert_eq!(clew.send(request("POST", "/v1/traces", &[JSON], "{}")).await.status, 200);
}
