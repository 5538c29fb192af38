//! Where senders put a key. Every tracer has its own place (ruling 3).

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Name of the cookie that a signed-in browser sends.
pub(crate) const SESSION_COOKIE: &str = "clew_session";

/// Headers that hold a bare key, after `Authorization`. gRPC metadata are headers too.
const KEY_HEADERS: [&str; 2] = ["x-api-key", "api_key"];

/// What a request shows to be let in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// A key.
    Key(String),
    /// The token of a browser's session.
    Session(String),
}

/// Finds the key: `Authorization` as Bearer, as the password of Basic or bare, then
/// `x-api-key`, then `api_key`, then the session cookie. An empty value is no key.
pub(crate) fn credential(headers: &HeaderMap) -> Credential {
    let authorization = text(headers, header::AUTHORIZATION.as_str()).and_then(from_authorization);
    let key = authorization
        .or_else(|| KEY_HEADERS.iter().find_map(|name| text(headers, name)).map(str::to_owned));
    match key {
        Some(key) => Credential::Key(key),
        None => session_cookie(headers).map_or(Credential::None, Credential::Session),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

fn from_authorization(value: &str) -> Option<String> {
    // Some exporters hand on `Bearer%20KEY` from their environment as it stands.
    let (scheme, rest) = match value.split_once("%20").or_else(|| value.split_once(' ')) {
        Some((scheme, rest)) => (scheme, rest.trim()),
        None => return Some(value.to_owned()),
    };
    if rest.is_empty() {
        None
    } else if scheme.eq_ignore_ascii_case("basic") {
        basic_password(rest)
    } else {
        Some(rest.to_owned())
    }
}

fn basic_password(encoded: &str) -> Option<String> {
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')))
        .ok()?;
    let pair = String::from_utf8(bytes).ok()?;
    let (_user, password) = pair.split_once(':')?;
    (!password.is_empty()).then(|| password.to_owned())
}

fn session_cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == SESSION_COOKIE && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &'static str, value: &str) -> Credential {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        credential(&headers)
    }

    fn is_key(credential: Credential, key: &str) -> bool {
        credential == Credential::Key(key.to_owned())
    }

    #[test]
    fn every_place_of_a_key_is_read() {
        assert!(is_key(found("authorization", "Bearer aos_ws_1"), "aos_ws_1"));
        assert!(is_key(found("authorization", "bearer  aos_ws_1"), "aos_ws_1"));
        assert!(is_key(found("authorization", "Bearer%20aos_ws_1"), "aos_ws_1"));
        assert!(is_key(found("authorization", "aos_ws_1"), "aos_ws_1"));
        assert!(is_key(found("x-api-key", "aos_ws_1"), "aos_ws_1"));
        assert!(is_key(found("api_key", "aos_ws_1"), "aos_ws_1"));
        // "pk-lf:aos_ws_1"
        assert!(is_key(found("authorization", "Basic cGstbGY6YW9zX3dzXzE="), "aos_ws_1"));
        assert!(is_key(found("authorization", "Basic cGstbGY6YW9zX3dzXzE"), "aos_ws_1"));
    }

    #[test]
    fn nothing_is_no_key() {
        assert!(credential(&HeaderMap::new()) == Credential::None);
        assert!(found("authorization", "") == Credential::None);
        assert!(found("authorization", "Bearer ") == Credential::Key("Bearer".to_owned()));
        // "user:" has no password.
        assert!(found("authorization", "Basic dXNlcjo=") == Credential::None);
        assert!(found("authorization", "Basic ???") == Credential::None);
    }

    #[test]
    fn a_key_goes_before_a_cookie() {
        let cookie = "theme=dark; clew_session=abc";
        assert!(found("cookie", cookie) == Credential::Session("abc".to_owned()));
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
        headers.insert("x-api-key", "aos_ws_1".parse().unwrap());
        assert!(is_key(credential(&headers), "aos_ws_1"));
    }
}
