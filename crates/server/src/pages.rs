//! The web pages: files that the binary brings along, each under `/ui/`. Every address
//! that is no file is the same first page, whose script reads the address (ADR 14).

mod files;

pub use files::{PageFile, Pages};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};
use files::Content;

/// The page that all addresses of people lead to.
const FIRST: &str = "index.html";
/// Files whose names hold a hash of what is in them.
const HASHED: &str = "assets/";
/// A hashed file never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Asked for anew each time, answered 304 while it is the same.
const ASK_AGAIN: &str = "no-cache";

/// What pages may do: load what comes from here, talk to here, and nothing else. Texts of
/// traces are hostile, so there is no inline script, and no other host could be told of them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; worker-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What of the machine they may use: nothing.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
    gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let first = Route {
        method: Method::GET,
        path: "/ui",
        owner: Owner::Operation,
        access: Access::Public,
        summary: "The web pages",
        query: &[],
        body: None,
        answer: Answer::Text("text/html"),
        handler: || get(first),
    };
    let slash = Route { path: "/ui/", answer: Answer::Text("text/html"), ..first.same() };
    let file = Route {
        path: "/ui/{*path}",
        summary: "A file of the web pages, or the first page for any other address under /ui",
        answer: Answer::Text("text/html"),
        handler: || get(file),
        ..first.same()
    };
    vec![first, slash, file]
}

async fn first(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    answer(&app, FIRST.to_owned(), &headers).await
}

async fn file(
    State(app): State<App>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    answer(&app, path, &headers).await
}

async fn answer(app: &App, path: String, headers: &HeaderMap) -> Result<Response, ApiError> {
    let found = match &app.config.pages {
        // Nothing blocks: the bytes stand in the binary.
        Pages::Absent | Pages::Built(_) => look_up(&app.config.pages, &path),
        Pages::Folder(_) => app.read(move |app| Ok(look_up(&app.config.pages, &path))).await?,
    };
    let mut response = match found {
        Found::File(content, lasting) => serve(content, lasting, headers),
        Found::NoPages => {
            let content_type = HeaderValue::from_static("text/html; charset=utf-8");
            ([(header::CONTENT_TYPE, content_type)], NO_PAGES).into_response()
        }
        Found::Nothing => ApiError::not_found("file").into_response(),
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// What stands at an address.
enum Found {
    File(Content, &'static str),
    NoPages,
    Nothing,
}

fn look_up(pages: &Pages, path: &str) -> Found {
    if matches!(pages, Pages::Absent) {
        return Found::NoPages;
    }
    let lasting = if path.starts_with(HASHED) { FOREVER } else { ASK_AGAIN };
    if let Some(content) = pages.content(path) {
        return Found::File(content, lasting);
    }
    // An address of people may hold an id with dots in it, but never in its first part.
    let first_part_has_dot = path != FIRST && !path.contains('/') && path.contains('.');
    if path.starts_with(HASHED) || first_part_has_dot {
        return Found::Nothing;
    }
    match pages.content(FIRST) {
        Some(content) => Found::File(content, ASK_AGAIN),
        None => Found::NoPages,
    }
}

fn serve(content: Content, lasting: &'static str, asked: &HeaderMap) -> Response {
    let packed = content.gzip.filter(|_| takes_gzip(asked));
    // Two forms of one file are two things to a cache.
    let tag = if packed.is_some() { "-gz" } else { "" };
    let etag = format!("\"{}{tag}\"", content.hash);
    let known = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|known| known == etag || known == "*");
    let mut response = match (known, packed) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, Some(packed)) => {
            ([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))], packed).into_response()
        }
        (false, None) => content.identity.into_response(),
    };
    let headers = response.headers_mut();
    if known {
        headers.remove(header::CONTENT_TYPE);
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content.content_type));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasting));
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// Whether a client that sent these headers unpacks gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let weight = weight.trim().trim_start_matches("q=");
            name.trim().eq_ignore_ascii_case("gzip")
                && weight.parse::<f32>().map_or(true, |weight| weight > 0.0)
        })
}

const NO_PAGES: &str = r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Clew</title>
<h1>Clew</h1>
<p>This binary was built without its web pages. The API, the receivers and the command line
work as ever: <code>clew traces list</code>, or <a href="/api/v1/traces">/api/v1/traces</a>.</p>
<p>With Node 20 or later, <code>make build</code> in the repository builds a binary that has
them.</p>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(takes("gzip"));
        assert!(takes("gzip, deflate, br, zstd"));
        assert!(takes("br;q=1.0, GZIP;q=0.5"));
        assert!(!takes("gzip;q=0"));
        assert!(!takes("identity"));
        assert!(!takes("x-gzipped"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
