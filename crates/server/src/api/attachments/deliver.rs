//! Giving out bytes that a stranger chose, under a name and a type that a stranger chose.
//!
//! Nothing of it may run as a page of ours: but for pictures and sound it is a file to be saved,
//! of no type that a browser opens, and even an opened one has no scripts and no origin.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use clew_store::Attachment;

use crate::app::App;
use crate::auth::caller::Caller;

/// Types that a page may show.
const SHOWN: [&str; 14] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/webm",
    "audio/flac",
    "audio/aac",
];
/// What an opened file may do: nothing.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
/// Bytes read at once.
const PIECE_BYTES: usize = 1 << 20;

/// The bytes that were asked for, piece by piece.
pub(super) fn deliver(
    app: App,
    caller: &Caller,
    attachment: Attachment,
    headers: &HeaderMap,
) -> Response {
    let size = attachment.size;
    let said = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let part = said.and_then(|said| range(said, size));
    let asked = part.clone().unwrap_or(0..size);
    let length = asked.end - asked.start;
    let shown = SHOWN.iter().find(|kind| **kind == base_type(&attachment.content_type));
    let mut response = body(app, caller, attachment.id, asked.clone()).into_response();
    let headers = response.headers_mut();
    let disposition = disposition(&attachment.name, shown.is_some());
    for (name, value) in [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(shown.unwrap_or(&"application/octet-stream")),
        ),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
    ] {
        headers.insert(name, value);
    }
    if part.is_some() {
        let place = format!("bytes {}-{}/{size}", asked.start, asked.end.saturating_sub(1));
        if let Ok(place) = HeaderValue::from_str(&place) {
            headers.insert(header::CONTENT_RANGE, place);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// The bytes, piece by piece as the reader takes them: none of the server's threads waits for
/// a reader.
fn body(app: App, caller: &Caller, id: i64, asked: Range<u64>) -> Body {
    let workspace = caller.workspace;
    let pieces = futures_util::stream::unfold(asked, move |rest| {
        let app = app.clone();
        async move {
            if rest.is_empty() || app.is_stopping() {
                return None;
            }
            let length = (rest.end - rest.start).min(PIECE_BYTES as u64) as usize;
            let read = app.read(move |app| {
                Ok(app.store.attachment_bytes(workspace, id, rest.start, length)?)
            });
            match read.await {
                Ok(piece) if piece.is_empty() => Some((Err(broken("it is shorter")), 0..0)),
                Ok(piece) => {
                    let next = rest.start + piece.len() as u64..rest.end;
                    Some((Ok(Bytes::from(piece)), next))
                }
                // It was deleted meanwhile, or is damaged: the body breaks off.
                Err(error) => Some((Err(broken(&error.message)), 0..0)),
            }
        }
    });
    Body::from_stream(pieces)
}

fn broken(why: &str) -> std::io::Error {
    std::io::Error::other(format!("the attachment broke off: {why}"))
}

/// One range of bytes. Whatever else is asked for, several of them or what is not there, is not
/// understood, and all is given.
fn range(said: &str, size: u64) -> Option<Range<u64>> {
    let (from, to) = said.strip_prefix("bytes=")?.split_once('-')?;
    let found = match (from.trim(), to.trim()) {
        ("", last) => size.saturating_sub(last.parse().ok()?)..size,
        (from, "") => from.parse().ok()?..size,
        (from, to) => from.parse().ok()?..to.parse::<u64>().ok()?.saturating_add(1).min(size),
    };
    (found.start < found.end).then_some(found)
}

fn base_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// A name for saving: plain for old readers, and as it is, in percent signs.
fn disposition(name: &str, shown: bool) -> HeaderValue {
    let kind = if shown { "inline" } else { "attachment" };
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if last.is_empty() { "attachment" } else { last };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._- ".contains(letter);
    let plain: String =
        name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let plain = plain.trim_matches(['.', ' ']);
    let plain = if plain.is_empty() { "attachment" } else { plain };
    let whole: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let value = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (said, found) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=2-", Some(2..10)),
            ("bytes=2-99", Some(2..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-99", Some(0..10)),
            ("bytes=10-", None),
            ("bytes=5-4", None),
            ("bytes=-0", None),
            ("bytes=0-1,4-5", None),
            ("bytes=a-b", None),
            ("lines=0-1", None),
            ("bytes=0-18446744073709551615", Some(0..10)),
        ] {
            assert_eq!(range(said, 10), found, "{said}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_place() {
        for (name, value) in [
            ("plot.png", "attachment; filename=\"plot.png\"; filename*=UTF-8''plot.png"),
            (
                "a\"; x=\"b",
                "attachment; filename=\"a__ x__b\"; filename*=UTF-8''a%22%3B%20x%3D%22b",
            ),
            ("../../etc/passwd", "attachment; filename=\"passwd\"; filename*=UTF-8''passwd"),
            ("grün.txt", "attachment; filename=\"gr_n.txt\"; filename*=UTF-8''gr%C3%BCn.txt"),
            ("", "attachment; filename=\"attachment\"; filename*=UTF-8''attachment"),
        ] {
            assert_eq!(disposition(name, false), value, "{name}");
        }
        assert_eq!(base_type("image/png; charset=x"), "image/png");
    }
}
