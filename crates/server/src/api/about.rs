//! What the server is, for pages and programs that have signed in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::routing::get;
use clew_store::Scope;
use serde_json::{Value as JsonValue, json};

use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::config::{Limits, ServerConfig};
use crate::error::ApiError;
use crate::listen::Addresses;
use crate::origin;
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/info",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Version, access, addresses, limits",
        query: &[],
        body: None,
        answer: Answer::Json("Info"),
        handler: || get(info),
    }]
}

async fn info(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<JsonValue>, ApiError> {
    let addresses = addresses(&app.config, &app.addresses, &uri, &headers);
    app.read(move |app| {
        // How much there is of all workspaces together is no other tenant's business.
        let data_bytes = caller.operator.then(|| app.store.disk_bytes());
        Ok(Json(json!({
            "name": "Clew",
            "version": env!("CARGO_PKG_VERSION"),
            "open": app.config.is_open(),
            "workspace": caller.workspace_name,
            "agent": caller.agent,
            "scopes": caller.scopes,
            "operator": caller.operator,
            "started_nanos": Nanos(app.started_nanos),
            "now_nanos": Nanos(app.store.now()),
            "price_version": app.prices.current().version(),
            "mapping_version": clew_model::normalise::MAPPING_VERSION,
            "addresses": addresses,
            "has_traces": app.store.has_traces(caller.workspace, caller.agent)?,
            "data_bytes": data_bytes,
            "limits": limits(&app.config.limits),
        })))
    })
    .await
}

fn limits(limits: &Limits) -> JsonValue {
    json!({
        "ingest.max_body_bytes": limits.max_body_bytes,
        "ingest.max_decoded_bytes": limits.max_decoded_bytes,
        "ingest.max_attachment_bytes": limits.max_attachment_bytes,
        "ingest.max_inflight_bytes": limits.max_inflight_bytes,
        "api.max_body_bytes": limits.max_api_body_bytes,
        "api.max_response_bytes": limits.max_response_bytes,
        "api.max_page": limits.max_page,
        "api.max_live_streams": limits.max_live_streams,
        "server.max_connections": limits.max_connections,
    })
}

/// Where senders reach each listener, by the name that this request came by. A listener on
/// loopback is not reached by a proxy's name, so it keeps its own.
fn addresses(
    config: &ServerConfig,
    listening: &Addresses,
    uri: &Uri,
    headers: &HeaderMap,
) -> JsonValue {
    let host = origin::host(headers, uri).map(plain).filter(|host| !host.is_empty());
    let secure = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
    let scheme = if secure { "https" } else { "http" };
    let http = match (&host, listening.http) {
        (Some(host), _) => Some(format!("{scheme}://{host}")),
        (None, address) => address.map(|address| format!("http://{address}")),
    };
    let name = host
        .as_deref()
        .map(origin::without_port)
        .filter(|name| !config.bind.is_loopback() || origin::is_loopback_name(name));
    let beside = |address: Option<std::net::SocketAddr>| {
        address.map(|address| match name {
            Some(name) => format!("http://{name}:{}", address.port()),
            None => format!("http://{address}"),
        })
    };
    json!({
        "http": http,
        "otlp_http": beside(listening.otlp_http),
        "otlp_grpc": beside(listening.otlp_grpc),
    })
}

/// What may stand in a host: a header of a request is nobody's word.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || ".:[]-_".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bind: &str, pairs: &[(&'static str, &str)]) -> JsonValue {
        let config = ServerConfig { bind: bind.parse().unwrap(), ..ServerConfig::default() };
        let listening = Addresses {
            http: format!("{bind}:2539").parse().ok(),
            otlp_http: format!("{bind}:4318").parse().ok(),
            otlp_grpc: None,
        };
        let headers =
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let uri = Uri::from_static("/api/v1/info");
        addresses(&config, &listening, &uri, &headers.collect())
    }

    #[test]
    fn senders_are_told_the_name_that_the_page_came_by() {
        assert_eq!(
            told("0.0.0.0", &[("host", "clew.example:2539")]),
            json!({"http": "http://clew.example:2539", "otlp_http": "http://clew.example:4318",
                "otlp_grpc": null})
        );
        assert_eq!(told("127.0.0.1", &[("host", "[::1]:2539")])["otlp_http"], "http://[::1]:4318");
    }

    #[test]
    fn behind_a_proxy_only_its_own_address_is_new() {
        assert_eq!(
            told("127.0.0.1", &[("host", "clew.example"), ("x-forwarded-proto", "https")]),
            json!({"http": "https://clew.example", "otlp_http": "http://127.0.0.1:4318",
                "otlp_grpc": null})
        );
    }

    #[test]
    fn nothing_but_a_name_is_taken_over() {
        assert_eq!(told("0.0.0.0", &[("host", "a\"><b>/x")])["http"], "http://abx");
        assert_eq!(told("0.0.0.0", &[])["http"], "http://0.0.0.0:2539");
    }
}
