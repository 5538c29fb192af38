//! Which of the two forms an OTLP body has.

use axum::http::{HeaderMap, header};

use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::printable;

/// The form of a body, and of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Media {
    /// What the header says; `None` where there is none and the body must tell.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
        let value = value.to_str().unwrap_or("?");
        let essence = value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match essence.as_str() {
            "" => Ok(None),
            "application/x-protobuf" | "application/protobuf" => Ok(Some(Media::Protobuf)),
            "application/json" => Ok(Some(Media::Json)),
            other => Err(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                format!(
                    "content type `{}` is not read: use application/x-protobuf or application/json",
                    printable(other)
                ),
            )),
        }
    }

    /// Tells the form of an unpacked body. An OTLP message in protobuf begins with the
    /// byte 0x0A, which is also a line break: it is taken for protobuf.
    pub fn sniff(body: &[u8]) -> Self {
        let first = match body {
            [0x0A, ..] | [] => return Media::Protobuf,
            _ => body.iter().find(|byte| !byte.is_ascii_whitespace()),
        };
        if first == Some(&b'{') { Media::Json } else { Media::Protobuf }
    }

    /// The content type to answer with.
    pub fn content_type(self) -> &'static str {
        match self {
            Media::Protobuf => "application/x-protobuf",
            Media::Json => "application/json",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(value: &str) -> Result<Option<Media>, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        Media::from_headers(&headers)
    }

    #[test]
    fn the_header_decides() {
        assert_eq!(from("application/json; charset=utf-8"), Ok(Some(Media::Json)));
        assert_eq!(from("Application/X-Protobuf"), Ok(Some(Media::Protobuf)));
        assert_eq!(Media::from_headers(&HeaderMap::new()), Ok(None));
        let error = from("text/html").unwrap_err();
        assert_eq!(error.code.http_status(), 415);
    }

    #[test]
    fn without_a_header_the_body_tells() {
        assert_eq!(Media::sniff(b" {\"resourceSpans\":[]}"), Media::Json);
        assert_eq!(Media::sniff(&[0x0A, b'{', 1, 2]), Media::Protobuf);
        assert_eq!(Media::sniff(b""), Media::Protobuf);
    }
}
