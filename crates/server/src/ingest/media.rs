//! Which of the two forms an OTLP body has.

use axum::http::{HeaderMap, header};
use clew_wire::otlp::Encoding;

use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::printable;

/// What the header says; `None` where there is none and the body must tell.
pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Option<Encoding>, ApiError> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let value = value.to_str().unwrap_or("?");
    if value.trim().is_empty() {
        return Ok(None);
    }
    Encoding::from_content_type(value).map(Some).ok_or_else(|| {
        ApiError::new(
            ErrorCode::UnsupportedMediaType,
            format!(
                "content type `{}` is not read: use application/x-protobuf or application/json",
                printable(value)
            ),
        )
    })
}

/// Tells the form of an unpacked body. An OTLP message in protobuf begins with the byte
/// 0x0A, which is also a line break: such a body is JSON only where it is text.
pub(crate) fn sniff(body: &[u8]) -> Encoding {
    match Encoding::sniff(body) {
        Encoding::Json if body.first() == Some(&0x0A) && std::str::from_utf8(body).is_err() => {
            Encoding::Protobuf
        }
        encoding => encoding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(value: &str) -> Result<Option<Encoding>, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        from_headers(&headers)
    }

    #[test]
    fn the_header_decides() {
        assert_eq!(from("application/json; charset=utf-8"), Ok(Some(Encoding::Json)));
        assert_eq!(from("Application/X-Protobuf"), Ok(Some(Encoding::Protobuf)));
        assert_eq!(from_headers(&HeaderMap::new()), Ok(None));
        let error = from("text/html").unwrap_err();
        assert_eq!(error.code.http_status(), 415);
    }

    #[test]
    fn without_a_header_the_body_tells() {
        assert_eq!(sniff(b" {\"resourceSpans\":[]}"), Encoding::Json);
        assert_eq!(sniff(b"\n{\"resourceSpans\":[]}"), Encoding::Json);
        assert_eq!(sniff(&[0x0A, b'{', 0xff, 2]), Encoding::Protobuf);
        assert_eq!(sniff(b""), Encoding::Protobuf);
    }
}
