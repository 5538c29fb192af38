//! Errors as MLflow's clients read them.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::{ApiError, ErrorCode};

/// Clients look for this word to learn what a server cannot.
pub(crate) const NO_ENDPOINT: &str = "ENDPOINT_NOT_FOUND";

/// The answer of an error.
pub(crate) fn answer(error: &ApiError) -> Response {
    let body = json!({ "error_code": word(error), "message": error.message_with_place() });
    (error.code.http_status(), axum::Json(body)).into_response()
}

fn word(error: &ApiError) -> &str {
    match error.code {
        ErrorCode::NotFound if error.reason.as_deref() == Some(NO_ENDPOINT) => NO_ENDPOINT,
        ErrorCode::NotFound => "RESOURCE_DOES_NOT_EXIST",
        ErrorCode::MethodNotAllowed => NO_ENDPOINT,
        ErrorCode::Unauthenticated | ErrorCode::KeyRevoked | ErrorCode::SessionEnded => {
            "UNAUTHENTICATED"
        }
        ErrorCode::Forbidden | ErrorCode::ForeignOrigin => "PERMISSION_DENIED",
        ErrorCode::Conflict => "RESOURCE_ALREADY_EXISTS",
        ErrorCode::TooManyRequests => "REQUEST_LIMIT_EXCEEDED",
        ErrorCode::Unavailable | ErrorCode::Timeout => "TEMPORARILY_UNAVAILABLE",
        ErrorCode::StorageFull => "RESOURCE_LIMIT_EXCEEDED",
        ErrorCode::Internal => "INTERNAL_ERROR",
        ErrorCode::BadRequest
        | ErrorCode::BadFilter
        | ErrorCode::BadCursor
        | ErrorCode::Undecodable
        | ErrorCode::Locked
        | ErrorCode::TooLarge
        | ErrorCode::UnsupportedMediaType => "INVALID_PARAMETER_VALUE",
    }
}
