//! By which address a client came: some are told other addresses, which must be ones that they
//! can reach.

use axum::http::request::Parts;

use crate::origin::host;
use crate::routes::Owner;

/// Scheme, host and the product's prefix where the request has it, without a slash at the end.
/// What the header says of scheme and host only goes back to whoever sent it.
pub(crate) fn base(parts: &Parts, owner: Owner) -> String {
    let host = host(&parts.headers, &parts.uri).unwrap_or("localhost");
    let forwarded = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let scheme = if forwarded == Some("https") { "https" } else { "http" };
    let prefix = owner.prefix().filter(|prefix| {
        parts.uri.path().strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
    });
    format!("{scheme}://{host}{}", prefix.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, headers: &[(&str, &str)]) -> String {
        let mut request = axum::http::Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        base(&request.body(()).unwrap().into_parts().0, Owner::Braintrust)
    }

    #[test]
    fn the_prefix_survives() {
        let host = ("host", "clew.example:2539");
        assert_eq!(of("/api/apikey/login", &[host]), "http://clew.example:2539");
        let prefixed = of("/braintrust/api/apikey/login", &[host]);
        assert_eq!(prefixed, "http://clew.example:2539/braintrust");
        assert_eq!(of("/braintrustful/login", &[host]), "http://clew.example:2539");
        let secure = of("/version", &[host, ("x-forwarded-proto", "https")]);
        assert_eq!(secure, "https://clew.example:2539");
    }
}
