//! Every error that leaves the server: one closed set of codes, and what each is over
//! HTTP and over gRPC. No other file names a status for a failure.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use clew_query::FilterError;
use clew_wire::WireError;
use serde_json::{Map, Value as Json, json};

/// What went wrong, as a program reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A parameter or a field of the body is wrong.
    BadRequest,
    /// The filter text is wrong; the error says where.
    BadFilter,
    /// The cursor is not one that this route gave out for this question.
    BadCursor,
    /// The body could not be read as what it says it is.
    Undecodable,
    /// No key, or one that is not known.
    Unauthenticated,
    /// A key that was good once, or a session of one.
    KeyRevoked,
    /// A session that is not known any more: signed out, too old, or the server started anew.
    SessionEnded,
    /// The key may not do this.
    Forbidden,
    /// Open mode: the request came by a foreign name or from a foreign page.
    ForeignOrigin,
    /// There is no such thing, or the key may not see it.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The sender took too long.
    Timeout,
    /// It exists already, or it changed meanwhile.
    Conflict,
    /// The setting comes from file, environment or flag.
    Locked,
    /// A limit on size was passed; the message names it.
    TooLarge,
    /// The content type or encoding is none that the route reads.
    UnsupportedMediaType,
    /// Too much is under way; come again after `Retry-After`.
    TooManyRequests,
    /// The server is overloaded, stopping or not ready; come again.
    Unavailable,
    /// The disk is full; reading and deleting go on.
    StorageFull,
    /// A fault of ours; the message has the id to look for in the log.
    Internal,
}

/// gRPC's status codes, as far as they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum GrpcCode {
    /// It went well.
    Ok = 0,
    /// The request is wrong and will stay wrong.
    InvalidArgument = 3,
    /// It took too long.
    DeadlineExceeded = 4,
    /// No such thing.
    NotFound = 5,
    /// It exists already.
    AlreadyExists = 6,
    /// Not with this key.
    PermissionDenied = 7,
    /// A limit; senders come again only where RetryInfo says when.
    ResourceExhausted = 8,
    /// No such method or encoding.
    Unimplemented = 12,
    /// A fault of ours.
    Internal = 13,
    /// Come again.
    Unavailable = 14,
    /// Which key?
    Unauthenticated = 16,
}

impl ErrorCode {
    /// Every code, for the document and for tests.
    pub const ALL: [ErrorCode; 20] = [
        ErrorCode::BadRequest,
        ErrorCode::BadFilter,
        ErrorCode::BadCursor,
        ErrorCode::Undecodable,
        ErrorCode::Unauthenticated,
        ErrorCode::KeyRevoked,
        ErrorCode::SessionEnded,
        ErrorCode::Forbidden,
        ErrorCode::ForeignOrigin,
        ErrorCode::NotFound,
        ErrorCode::MethodNotAllowed,
        ErrorCode::Timeout,
        ErrorCode::Conflict,
        ErrorCode::Locked,
        ErrorCode::TooLarge,
        ErrorCode::UnsupportedMediaType,
        ErrorCode::TooManyRequests,
        ErrorCode::Unavailable,
        ErrorCode::StorageFull,
        ErrorCode::Internal,
    ];

    /// The word on the wire, the HTTP status and the gRPC code, in one table. OTLP
    /// senders drop what is answered with 400 or 500, so nothing that may pass later
    /// may map to those.
    const fn table(self) -> (&'static str, StatusCode, GrpcCode) {
        use StatusCode as S;
        match self {
            Self::BadRequest => ("bad_request", S::BAD_REQUEST, GrpcCode::InvalidArgument),
            Self::BadFilter => ("bad_filter", S::BAD_REQUEST, GrpcCode::InvalidArgument),
            Self::BadCursor => ("bad_cursor", S::BAD_REQUEST, GrpcCode::InvalidArgument),
            Self::Undecodable => ("undecodable", S::BAD_REQUEST, GrpcCode::InvalidArgument),
            Self::Unauthenticated => {
                ("unauthenticated", S::UNAUTHORIZED, GrpcCode::Unauthenticated)
            }
            Self::KeyRevoked => ("key_revoked", S::UNAUTHORIZED, GrpcCode::Unauthenticated),
            Self::SessionEnded => ("session_ended", S::UNAUTHORIZED, GrpcCode::Unauthenticated),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, GrpcCode::PermissionDenied),
            Self::ForeignOrigin => ("foreign_origin", S::FORBIDDEN, GrpcCode::PermissionDenied),
            Self::NotFound => ("not_found", S::NOT_FOUND, GrpcCode::NotFound),
            Self::MethodNotAllowed => {
                ("method_not_allowed", S::METHOD_NOT_ALLOWED, GrpcCode::Unimplemented)
            }
            Self::Timeout => ("timeout", S::REQUEST_TIMEOUT, GrpcCode::DeadlineExceeded),
            Self::Conflict => ("conflict", S::CONFLICT, GrpcCode::AlreadyExists),
            Self::Locked => ("locked", S::CONFLICT, GrpcCode::InvalidArgument),
            Self::TooLarge => ("too_large", S::PAYLOAD_TOO_LARGE, GrpcCode::ResourceExhausted),
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", S::UNSUPPORTED_MEDIA_TYPE, GrpcCode::Unimplemented)
            }
            Self::TooManyRequests => {
                ("too_many_requests", S::TOO_MANY_REQUESTS, GrpcCode::ResourceExhausted)
            }
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, GrpcCode::Unavailable),
            Self::StorageFull => {
                ("storage_full", S::INSUFFICIENT_STORAGE, GrpcCode::ResourceExhausted)
            }
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, GrpcCode::Internal),
        }
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        self.table().0
    }

    /// The HTTP status.
    pub const fn http_status(self) -> StatusCode {
        self.table().1
    }

    /// The gRPC code.
    pub const fn grpc_code(self) -> GrpcCode {
        self.table().2
    }
}

/// A failure on its way out. Boxed, since nearly every call may give one and few do.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError(Box<Failure>);

/// What an [`ApiError`] says.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// For programs.
    pub code: ErrorCode,
    /// For people: one sentence that says what to do where that is known.
    pub message: String,
    /// A finer word, such as a filter's own error code.
    pub reason: Option<String>,
    /// Start of the faulty part of a text parameter, in characters.
    pub from: Option<usize>,
    /// End of it, exclusive.
    pub to: Option<usize>,
    /// What may have been meant.
    pub suggestions: Vec<String>,
    /// Path of the faulty field in a body.
    pub field: Option<String>,
    /// Byte of the body at which reading stopped.
    pub offset: Option<usize>,
    /// When to come again.
    pub retry_after: Option<Duration>,
}

impl Deref for ApiError {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl DerefMut for ApiError {
    fn deref_mut(&mut self) -> &mut Failure {
        &mut self.0
    }
}

impl ApiError {
    /// An error with a message and nothing else.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Failure {
            code,
            message: message.into(),
            reason: None,
            from: None,
            to: None,
            suggestions: Vec::new(),
            field: None,
            offset: None,
            retry_after: None,
        }))
    }

    /// A wrong parameter or field.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadRequest, message)
    }

    /// Nothing under this name, or nothing that the key may see.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("{what} not found"))
    }

    /// A full queue: `code` says which of the two ways of "later" it is.
    pub fn later(code: ErrorCode, message: impl Into<String>, after: Duration) -> Self {
        let mut error = Self::new(code, message);
        error.retry_after = Some(after);
        error
    }

    /// A fault of ours. What it was stands in the log under this id.
    pub fn internal(id: &str) -> Self {
        Self::new(ErrorCode::Internal, format!("internal error; the log has it under {id}"))
    }

    /// The message with field and offset, for protocols that have one text only.
    pub fn message_with_place(&self) -> String {
        let field = self.field.as_ref().map_or(String::new(), |field| format!("{field}: "));
        let offset = self.offset.map_or(String::new(), |at| format!(" (at byte {at})"));
        format!("{field}{}{offset}", self.message)
    }

    /// Names the faulty field.
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Offers what may have been meant.
    pub fn with_suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// The object under `error` in the API's answers.
    pub fn to_json(&self) -> Json {
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.code.as_str()));
        error.insert("message".to_owned(), json!(self.message));
        if let Some(reason) = &self.reason {
            error.insert("reason".to_owned(), json!(reason));
        }
        for (key, value) in [("from", self.from), ("to", self.to), ("offset", self.offset)] {
            if let Some(value) = value {
                error.insert(key.to_owned(), json!(value));
            }
        }
        if let Some(field) = &self.field {
            error.insert("field".to_owned(), json!(field));
        }
        if !self.suggestions.is_empty() {
            error.insert("suggestions".to_owned(), json!(self.suggestions));
        }
        json!({ "error": error })
    }

    /// `Retry-After` in whole seconds, at least one.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.map(|after| after.as_secs().max(1))
    }
}

/// The API's form. The error rides along as an extension, so that the layer of a route
/// with another dialect (OTLP, gRPC, agno) can say the same in that dialect, and the
/// request log can keep the reason.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.code.http_status(), axum::Json(self.to_json())).into_response();
        self.add_headers(&mut response);
        response.extensions_mut().insert(self);
        response
    }
}

impl ApiError {
    /// Headers that every dialect sends with this error.
    pub fn add_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code.http_status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
    }
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        let word = serde_json::to_value(error.code).ok();
        let mut refused = Self::new(ErrorCode::BadFilter, error.message);
        refused.reason = word.and_then(|word| word.as_str().map(str::to_owned));
        (refused.from, refused.to) = (Some(error.from), Some(error.to));
        refused.suggestions = error.suggestions;
        refused
    }
}

impl From<WireError> for ApiError {
    fn from(error: WireError) -> Self {
        let mut refused = Self::new(ErrorCode::Undecodable, error.message);
        (refused.field, refused.offset) = (error.field, error.offset);
        refused
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message_with_place())
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_in_snake_case() {
        let mut words: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ErrorCode::ALL.len());
        assert!(words.iter().all(|w| w.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }

    /// OTLP senders drop what gets 400 or 500: nothing temporary may use them.
    #[test]
    fn what_passes_later_is_never_400_or_500() {
        for (code, status, grpc) in [
            (ErrorCode::TooManyRequests, 429, 8),
            (ErrorCode::Unavailable, 503, 14),
            (ErrorCode::StorageFull, 507, 8),
            (ErrorCode::Timeout, 408, 4),
        ] {
            assert_eq!(code.http_status().as_u16(), status);
            assert_eq!(code.grpc_code() as u8, grpc);
        }
    }

    #[test]
    fn absent_places_are_left_out() {
        let plain = ApiError::bad_request("limit must be a number").to_json();
        assert_eq!(
            plain,
            json!({"error": {"code": "bad_request", "message": "limit must be a number"}})
        );
        let mut placed = ApiError::new(ErrorCode::BadFilter, "unknown field `modle`")
            .with_suggestions(vec!["model".to_owned()]);
        (placed.from, placed.to) = (Some(0), Some(5));
        assert_eq!(
            placed.to_json(),
            json!({"error": {"code": "bad_filter", "message": "unknown field `modle`",
                "from": 0, "to": 5, "suggestions": ["model"]}})
        );
    }

    #[test]
    fn a_wait_below_a_second_is_rounded_up() {
        let error = ApiError::later(ErrorCode::Unavailable, "later", Duration::from_millis(200));
        let response = error.into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "1");
    }
}
