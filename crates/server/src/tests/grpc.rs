//! OTLP over gRPC, byte by byte.

use std::io::Write;

use axum::http::Request;
use clew_store::{Scope, WorkspaceId};

use super::harness::{Answer, Clew, request};

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// An ExportTraceServiceRequest of one span, field by field as protobuf has it.
fn message() -> Vec<u8> {
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
        out.extend_from_slice(bytes);
        out
    }
    let mut span = field(1, &[0x5b; 16]);
    span.extend(field(2, &[0xee; 8]));
    span.extend(field(5, b"checkout"));
    for (number, nanos) in [(7_u8, 1_795_176_000_000_000_000_u64), (8, 1_795_176_001_000_000_000)] {
        span.push(number << 3 | 1);
        span.extend(nanos.to_le_bytes());
    }
    field(1, &field(2, &field(2, &span)))
}

fn framed(flag: u8, message: &[u8]) -> Vec<u8> {
    let mut out = vec![flag];
    out.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    out.extend_from_slice(message);
    out
}

fn call(headers: &[(&str, &str)], body: Vec<u8>) -> Request<axum::body::Body> {
    let mut all = vec![("content-type", "application/grpc"), ("te", "trailers")];
    all.extend_from_slice(headers);
    request("POST", EXPORT, &all, body)
}

/// Status of an answer: in the trailers where there is a message, else in the headers.
fn status(answer: &Answer) -> &str {
    let headers = answer.trailers.as_ref().unwrap_or(&answer.headers);
    headers["grpc-status"].to_str().unwrap()
}

#[tokio::test]
async fn a_span_lands_and_the_answer_is_empty() {
    let clew = Clew::open();
    let answer = clew.send(call(&[], framed(0, &message()))).await;
    assert_eq!((answer.status.as_u16(), status(&answer)), (200, "0"));
    assert_eq!(answer.body, [0, 0, 0, 0, 0]);
    let trace = clew.get(&format!("/api/v1/traces/{}", "5b".repeat(16))).await.json();
    assert_eq!(trace["trace"]["name"], "checkout");
}

#[tokio::test]
async fn packed_messages_are_read() {
    let clew = Clew::open();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&message()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(message().as_slice(), 1).unwrap();
    for (name, packed) in [("gzip", gzip), ("zstd", zstd)] {
        let answer = clew.send(call(&[("grpc-encoding", name)], framed(1, &packed))).await;
        assert_eq!(status(&answer), "0", "{name}: {:?}", answer.headers);
    }
    let answer = clew.send(call(&[("grpc-encoding", "br")], framed(1, b"x"))).await;
    assert_eq!(status(&answer), "12");
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    let clew = Clew::with(|config| {
        config.open = Some(false);
        config.limits.max_body_bytes = 4096;
        config.limits.max_inflight_bytes = 64 * 1024;
        config.limits.admission_wait = std::time::Duration::from_millis(1);
    });
    let reader = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], None);
    let sender = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    assert_eq!(status(&clew.send(call(&[], framed(0, b""))).await), "16");
    let as_reader = [("authorization", format!("Bearer {reader}"))];
    let as_reader: Vec<_> = as_reader.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(status(&clew.send(call(&as_reader, framed(0, b""))).await), "7");
    let as_sender = [("api_key", sender.as_str())];
    assert_eq!(status(&clew.send(call(&as_sender, framed(0, b""))).await), "0");
    assert_eq!(status(&clew.send(call(&as_sender, framed(0, &[0x0A, 0xFF, 1]))).await), "3");
    let large = clew.send(call(&as_sender, framed(0, &[0; 5000]))).await;
    assert_eq!(status(&large), "8");
    assert!(!large.headers.contains_key("grpc-status-details-bin"), "it will not pass later");
    let held = clew.app.admission.enter(64 * 1024).await.unwrap();
    let full = clew.send(call(&as_sender, framed(0, b""))).await;
    assert_eq!(status(&full), "8");
    assert!(full.headers.contains_key("grpc-status-details-bin"), "RetryInfo says: come again");
    drop(held);
}
