//! The same error in the words of each protocol.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use clew_wire::otlp::{Encoding, encode_status, retry_details};

use crate::error::{ApiError, GrpcCode};
use crate::ingest::media;
use crate::routes::Dialect;

/// Rewrites an error that a handler gave in the API's form. Other answers pass.
pub(crate) fn in_dialect(dialect: Dialect, request: &HeaderMap, response: Response) -> Response {
    let Some(error) = response.extensions().get::<ApiError>().cloned() else { return response };
    let mut written = match dialect {
        Dialect::Api => return response,
        Dialect::Otlp => otlp(request, &error),
        Dialect::Grpc => grpc(&error),
        Dialect::Agno => crate::agno::dialect::answer(request, &error),
        Dialect::Langfuse => crate::ingest::langfuse::error(&error),
        Dialect::Detail => detail(&error),
        Dialect::Mlflow => crate::ingest::mlflow::dialect::answer(&error),
        Dialect::Braintrust => crate::ingest::braintrust::error(&error),
    };
    error.add_headers(&mut written);
    written.extensions_mut().insert(error);
    written
}

/// google.rpc.Status in the form of the request, as OTLP/HTTP asks for. A sender whose
/// form is not known gets JSON, which people can read.
fn otlp(request: &HeaderMap, error: &ApiError) -> Response {
    let encoding = media::from_headers(request).ok().flatten().unwrap_or(Encoding::Json);
    let body = encode_status(encoding, error.code.grpc_code() as i32, &error.message_with_place());
    let content_type = HeaderValue::from_static(encoding.content_type());
    (error.code.http_status(), [(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// FastAPI's form, which the servers of Phoenix and Logfire answer in.
fn detail(error: &ApiError) -> Response {
    let body = serde_json::json!({ "detail": error.message_with_place() });
    (error.code.http_status(), axum::Json(body)).into_response()
}

/// A gRPC answer of trailers only.
fn grpc(error: &ApiError) -> Response {
    let code = error.code.grpc_code();
    let message = error.message_with_place();
    let mut response = grpc_trailers_only(code, &message);
    if let Some(after) = error.retry_after {
        let details = STANDARD_NO_PAD.encode(retry_details(code as i32, &message, after));
        if let Ok(value) = HeaderValue::from_str(&details) {
            response.headers_mut().insert("grpc-status-details-bin", value);
        }
    }
    response
}

fn grpc_trailers_only(code: GrpcCode, message: &str) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", HeaderValue::from(code as u16));
    if let Ok(value) = HeaderValue::from_str(&percent_encoded(message)) {
        headers.insert("grpc-message", value);
    }
    response
}

/// `grpc-message` is percent-encoded outside of printable ASCII.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// What the sender calls itself, for the request log: printable and short.
pub(crate) fn client_name(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    crate::ingest::decompress::printable(agent.unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt;

    use super::*;
    use crate::error::ErrorCode;

    async fn body(response: Response) -> Vec<u8> {
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    fn full() -> ApiError {
        ApiError::later(ErrorCode::TooManyRequests, "100% full", Duration::from_secs(1))
    }

    #[tokio::test]
    async fn otlp_answers_in_the_form_of_the_request() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/x-protobuf"));
        let response = in_dialect(Dialect::Otlp, &headers, full().into_response());
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["content-type"], "application/x-protobuf");
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(body(response).await, b"\x08\x08\x12\x09100% full");
        let response = in_dialect(Dialect::Otlp, &HeaderMap::new(), full().into_response());
        assert_eq!(body(response).await, br#"{"code":8,"message":"100% full"}"#);
    }

    #[tokio::test]
    async fn grpc_answers_in_headers_with_retry_info() {
        let response = in_dialect(Dialect::Grpc, &HeaderMap::new(), full().into_response());
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["grpc-status"], "8");
        assert_eq!(response.headers()["grpc-message"], "100%25 full");
        let details = response.headers()["grpc-status-details-bin"].to_str().unwrap().to_owned();
        let details = STANDARD_NO_PAD.decode(details).unwrap();
        assert!(details.windows(9).any(|window| window == b"RetryInfo"));
    }

    #[test]
    fn messages_of_grpc_are_ascii() {
        assert_eq!(percent_encoded("naïve\n"), "na%C3%AFve%0A");
    }
}
