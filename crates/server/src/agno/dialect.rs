//! Errors in agno's form, `{"detail": ...}`, with the words that its clients look for.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::auth::credential::{Credential, credential};
use crate::error::{ApiError, ErrorCode};

/// The answer to a request that showed `headers`.
pub(crate) fn answer(headers: &HeaderMap, error: &ApiError) -> Response {
    let detail = match error.code {
        ErrorCode::MethodNotAllowed => "Method Not Allowed".to_owned(),
        ErrorCode::Unauthenticated if shows_nothing(headers) => {
            "Authorization header required".to_owned()
        }
        ErrorCode::Unauthenticated => "Invalid authentication token".to_owned(),
        _ => error.message_with_place(),
    };
    (error.code.http_status(), axum::Json(json!({ "detail": detail }))).into_response()
}

/// A header that holds no key, such as Basic without a password, is a wrong one.
fn shows_nothing(headers: &HeaderMap) -> bool {
    let authorization = headers.get(header::AUTHORIZATION);
    authorization.is_none_or(|value| value.is_empty()) && credential(headers) == Credential::None
}
