//! `multipart/form-data` (RFC 7578): a body of named parts.
//!
//! Written by hand: the bodies are in memory whole, so that a part is a slice of them, and
//! one that is cut off must be known as such: without its last boundary a body is refused
//! whole, since a half of a run would look like one that ended without an answer.

use memchr::memmem;

use crate::fault::{Fault, Parsed};

/// Bytes of the headers of one part.
const HEADERS_MAX_BYTES: usize = 16 * 1024;
/// Bytes of a boundary, by the RFC.
const BOUNDARY_MAX_BYTES: usize = 70;

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// As sent, empty where there is none.
    pub(crate) content_type: &'a str,
    /// What it holds.
    pub(crate) content: &'a [u8],
}

/// The boundary that a `Content-Type` names; `None` where it is no multipart form.
pub fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameter(parameters, "boundary")
        .filter(|found| (1..=BOUNDARY_MAX_BYTES).contains(&found.len()))
}

/// The parts of a body, at most `most`.
pub(crate) fn parts<'a>(body: &'a [u8], boundary: &str, most: usize) -> Parsed<Vec<Part<'a>>> {
    let delimiter = format!("\r\n--{boundary}");
    let finder = memmem::Finder::new(delimiter.as_bytes());
    let cut = |at| Fault::body("the multipart body ends before its last boundary", at);
    // The first boundary has no line before it, unless there is a preamble.
    let mut position = match body.starts_with(&delimiter.as_bytes()[2..]) {
        true => delimiter.len() - 2,
        false => finder.find(body).ok_or_else(|| cut(body.len()))? + delimiter.len(),
    };
    let mut parts = Vec::new();
    loop {
        let rest = &body[position..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if !rest[padding..].starts_with(b"\r\n") {
            return Err(cut(position));
        }
        // The blank line may come at once, where a part has no headers.
        let after = position + padding;
        let end = finder.find(&body[after + 2..]).ok_or_else(|| cut(body.len()))? + after + 2;
        if parts.len() == most {
            return Err(Fault::body(format!("the body has more than {most} parts"), position));
        }
        parts.push(part(&body[after..end], after)?);
        position = end + delimiter.len();
    }
}

/// A part with its headers; `bytes` begin with the line break before them.
fn part(bytes: &[u8], at: usize) -> Parsed<Part<'_>> {
    let head = memmem::find(&bytes[..bytes.len().min(HEADERS_MAX_BYTES)], b"\r\n\r\n")
        .ok_or_else(|| Fault::body("a part's headers do not end", at))?;
    let headers = std::str::from_utf8(&bytes[..head])
        .map_err(|_| Fault::body("a part's headers are no UTF-8", at))?;
    let mut found = Part { name: "", content_type: "", content: &bytes[head + 4..] };
    for line in headers.split("\r\n") {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => found.name = parameter(value, "name").unwrap_or_default(),
            "content-type" => found.content_type = value.trim(),
            _ => {}
        }
    }
    match found.name {
        "" => Err(Fault::body("a part has no name", at)),
        _ => Ok(found),
    }
}

/// The value of a header's parameter, without its quotes.
fn parameter<'a>(value: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = value;
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=').unwrap_or((rest, ""));
        let name = name.rsplit(';').next().unwrap_or(name).trim();
        let behind = behind.trim_start();
        let (found, next) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => behind.split_once(';').unwrap_or((behind, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(found.trim());
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"a.1\"\r\n\
        Content-Type: application/json; length=2\r\n\r\n{}\r\n--b\r\n\
        content-disposition: form-data; filename=\"x;y\"; name=bin\r\n\r\n\r\n\0--b\r\n--b--\r\n";

    #[test]
    fn parts_are_slices_of_the_body() {
        let json = "application/json; length=2";
        assert_eq!(
            parts(BODY, "b", 9).unwrap(),
            [
                Part { name: "a.1", content_type: json, content: b"{}" },
                Part { name: "bin", content_type: "", content: b"\r\n\0--b" },
            ]
        );
        assert_eq!(parts(b"--b--", "b", 9).unwrap(), []);
        assert_eq!(parts(b"preamble\r\n--b--", "b", 9).unwrap(), []);
    }

    #[test]
    fn a_body_cut_anywhere_is_an_error() {
        for end in 0..BODY.len() - 4 {
            assert!(parts(&BODY[..end], "b", 9).is_err(), "{end}");
        }
        assert!(parts(BODY, "c", 9).is_err());
        assert!(parts(BODY, "b", 1).is_err());
    }

    #[test]
    fn boundaries() {
        assert_eq!(boundary("multipart/form-data; boundary=abc"), Some("abc"));
        assert_eq!(boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), Some("a b"));
        for none in ["application/json", "multipart/form-data", "multipart/form-data; boundary="] {
            assert_eq!(boundary(none), None, "{none}");
        }
    }
}
