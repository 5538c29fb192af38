//! Which pages and names may reach the server. Without keys any web page could write to
//! loopback, and read from it by pointing its own name there (DNS rebinding); so in open
//! mode a request must come by a loopback name, and not from a foreign page (ruling 4).

use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::printable;

/// The names by which open mode answers.
const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Header that a page of ours sends with each change, which no foreign form can.
pub(crate) const PAGE_HEADER: &str = "x-clew-page";

/// The name by which the request came, with its port.
pub(crate) fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    uri.authority()
        .map(|authority| authority.as_str())
        .or_else(|| headers.get(header::HOST).and_then(|value| value.to_str().ok()))
}

/// Open mode: refuses foreign names and foreign pages.
pub(crate) fn check_open(
    headers: &HeaderMap,
    uri: &Uri,
    allowed_origins: &[String],
) -> Result<(), ApiError> {
    let host = host(headers, uri).unwrap_or("");
    let name = without_port(host);
    if !is_loopback_name(name) {
        return Err(ApiError::new(
            ErrorCode::ForeignOrigin,
            format!(
                "the server is open and answers only as localhost, 127.0.0.1 and [::1], not as \
                 `{}`: use one of these, or make a key and start with open mode off",
                printable(name)
            ),
        ));
    }
    check_origin(headers, host, allowed_origins)
}

/// Refuses what a foreign page sends: in open mode, and where a cookie says who asks.
pub(crate) fn check_page(
    headers: &HeaderMap,
    uri: &Uri,
    allowed_origins: &[String],
) -> Result<(), ApiError> {
    check_origin(headers, host(headers, uri).unwrap_or(""), allowed_origins)
}

fn check_origin(headers: &HeaderMap, host: &str, allowed: &[String]) -> Result<(), ApiError> {
    let foreign = |from: &str| {
        ApiError::new(
            ErrorCode::ForeignOrigin,
            format!("requests from pages of `{}` are refused (cors_origins)", printable(from)),
        )
    };
    let Some(origin) = headers.get(header::ORIGIN) else {
        // Browsers leave the origin out of plain loads; they still say whose page asks.
        let cross = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
        let navigates = headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
        return if cross && !navigates { Err(foreign("another site")) } else { Ok(()) };
    };
    let origin = origin.to_str().unwrap_or("null");
    let ours = ["http://", "https://"].iter().any(|scheme| {
        origin.strip_prefix(scheme).is_some_and(|rest| rest.eq_ignore_ascii_case(host))
    });
    if ours || allowed.iter().any(|known| known == origin) { Ok(()) } else { Err(foreign(origin)) }
}

/// Whether this is a name by which open mode answers.
pub(crate) fn is_loopback_name(name: &str) -> bool {
    LOOPBACK_NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The name without its port.
pub(crate) fn without_port(host: &str) -> &str {
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    host.split(':').next().unwrap_or(host)
}

/// Answers a browser's question whether it may ask; `None` for any other request.
pub(crate) fn preflight(
    method: &Method,
    headers: &HeaderMap,
    allowed_origins: &[String],
) -> Option<Response> {
    if method != Method::OPTIONS || !headers.contains_key("access-control-request-method") {
        return None;
    }
    allowed_origin(headers, allowed_origins)?;
    let mut response = axum::http::StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    answer.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    answer.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "authorization, content-type, content-encoding, x-api-key, x-clew-workspace, \
             x-clew-page, last-event-id",
        ),
    );
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    add_headers(headers, allowed_origins, &mut response);
    Some(response)
}

/// Lets a configured origin read the answer. Cookies are never shared across origins.
pub(crate) fn add_headers(request: &HeaderMap, allowed: &[String], response: &mut Response) {
    if allowed.is_empty() {
        return;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed_origin(request, allowed) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
}

fn allowed_origin<'a>(headers: &'a HeaderMap, allowed: &[String]) -> Option<&'a HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    allowed.iter().any(|known| origin == known.as_str()).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn open(pairs: &[(&'static str, &str)]) -> Result<(), ErrorCode> {
        check_open(&headers(pairs), &Uri::from_static("/api/v1/traces"), &[])
            .map_err(|error| error.code)
    }

    #[test]
    fn only_loopback_names_are_answered() {
        for host in ["localhost", "LOCALHOST:2539", "127.0.0.1:2539", "[::1]:2539", "[::1]"] {
            assert_eq!(open(&[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:2539",
            "",
            "10.0.0.1",
        ] {
            assert_eq!(open(&[("host", host)]), Err(ErrorCode::ForeignOrigin), "{host}");
        }
        assert_eq!(open(&[]), Err(ErrorCode::ForeignOrigin));
    }

    #[test]
    fn http_2_names_itself_in_the_uri() {
        let uri = Uri::from_static("http://evil.example:4317/x");
        assert!(check_open(&headers(&[("host", "localhost")]), &uri, &[]).is_err());
        let uri = Uri::from_static("http://localhost:4317/x");
        assert!(check_open(&HeaderMap::new(), &uri, &[]).is_ok());
    }

    #[test]
    fn foreign_pages_are_refused() {
        let host = ("host", "localhost:2539");
        assert_eq!(open(&[host, ("origin", "http://localhost:2539")]), Ok(()));
        for origin in ["http://evil.example", "null", "http://localhost:5173", "file://"] {
            assert_eq!(
                open(&[host, ("origin", origin)]),
                Err(ErrorCode::ForeignOrigin),
                "{origin}"
            );
        }
        let load = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")];
        assert_eq!(open(&load), Err(ErrorCode::ForeignOrigin));
        let link = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(open(&link), Ok(()));
    }

    #[test]
    fn cors_is_off_unless_configured() {
        let asking =
            headers(&[("origin", "http://dash.example"), ("access-control-request-method", "GET")]);
        assert!(preflight(&Method::OPTIONS, &asking, &[]).is_none());
        let allowed = ["http://dash.example".to_owned()];
        let response = preflight(&Method::OPTIONS, &asking, &allowed).unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], "http://dash.example");
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
        let mut plain = "x".into_response();
        add_headers(&asking, &[], &mut plain);
        assert!(!plain.headers().contains_key("access-control-allow-origin"));
    }
}
