//! A server without sockets on a store in a temporary folder, with a clock that stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_store::{Change, NewKey, Scope, Store, StoreOptions, WorkspaceId};
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::app::App;
use crate::auth::keys::Keys;
use crate::config::ServerConfig;
use crate::listen::Addresses;
use crate::prices::Prices;
use crate::routes::Face;
use crate::serve::router;

/// 2026-11-20T12:00:00Z.
pub(super) const NOW: i64 = 1_795_176_000_000_000_000;

/// The key of commands on the server's machine.
pub(super) const LOCAL_KEY: &str = "aos_local_of_this_test";

/// A server and its folder, which goes with it.
pub(super) struct Clew {
    pub(super) app: App,
    pub(super) clock: Arc<AtomicI64>,
    router: Router,
    stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

/// An answer, read whole.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) trailers: Option<HeaderMap>,
}

impl Answer {
    pub(super) fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error's word.
    pub(super) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Clew {
    /// Open mode with the shipped settings.
    pub(super) fn open() -> Self {
        Self::with(|_| {})
    }

    /// A server that wants keys.
    pub(super) fn closed() -> Self {
        Self::with(|config| config.open = Some(false))
    }

    pub(super) fn with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let prices = Prices::new(PriceTable::shipped());
        let clock = Arc::new(AtomicI64::new(NOW));
        let (told, table) = (Arc::clone(&clock), prices.clone());
        let mut options =
            StoreOptions::new(Arc::new(move |source| normalise(source, &table.current())));
        options.clock = Arc::new(move || told.load(Ordering::SeqCst));
        options.reserve_bytes = 0;
        let store = Store::open(folder.path(), options).unwrap();
        let mut config = ServerConfig::default();
        change(&mut config);
        let (stop, stopping) = watch::channel(false);
        let commits = store.subscribe();
        let addresses = Addresses {
            http: Some(([127, 0, 0, 1], 2539).into()),
            otlp_http: Some(([127, 0, 0, 1], 4318).into()),
            otlp_grpc: None,
        };
        let keys = Keys::new(Some(LOCAL_KEY));
        let app = App::new(config, store, prices, keys, addresses, stopping.clone());
        tokio::spawn(crate::live::follow(app.clone(), commits, stopping));
        let router = router(app.clone(), Face::Everything);
        Self { app, clock, router, stop, _folder: folder }
    }

    /// Tells the server to stop.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(super) fn store(&self) -> &Store {
        &self.app.store
    }

    /// A key of a workspace, or of one of its agents.
    pub(super) fn key(
        &self,
        workspace: WorkspaceId,
        scopes: &[Scope],
        agent: Option<&str>,
    ) -> String {
        let app = self.app.clone();
        let (scopes, agent) = (scopes.to_vec(), agent.map(str::to_owned));
        std::thread::spawn(move || {
            let change = Change { workspace, by: "test".to_owned(), at_nanos: NOW };
            let agent = agent.map(|name| crate::api::agent(&app, &name, &change).unwrap().id);
            let key = NewKey { name: "test".to_owned(), scopes: scopes.into(), agent };
            app.store.create_key(&key, &change).unwrap().0
        })
        .join()
        .unwrap()
    }

    /// A second workspace.
    pub(super) fn workspace(&self, name: &str) -> WorkspaceId {
        let (store, name) = (self.store().clone(), name.to_owned());
        std::thread::spawn(move || {
            let change =
                Change { workspace: WorkspaceId::DEFAULT, by: "test".to_owned(), at_nanos: NOW };
            store.create_workspace(&name, &change).unwrap().id
        })
        .join()
        .unwrap()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let collected = body.collect().await.unwrap();
        let trailers = collected.trailers().cloned();
        let body = collected.to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body, trailers }
    }

    /// The response with its body still to come, for streams.
    pub(super) async fn stream(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, &[], "")).await
    }

    pub(super) async fn get_as(&self, path: &str, key: &str) -> Answer {
        self.send(request("GET", path, &[("authorization", &format!("Bearer {key}"))], "")).await
    }

    pub(super) async fn call(&self, method: &str, path: &str, key: &str, body: &Json) -> Answer {
        let authorization = format!("Bearer {key}");
        let headers =
            [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let headers = if key.is_empty() { &headers[1..] } else { &headers[..] };
        self.send(request(method, path, headers, body.to_string())).await
    }

    /// Sends an OTLP JSON request that must be taken.
    pub(super) async fn ingest(&self, key: &str, body: &Json) {
        let answer = self.call("POST", "/v1/traces", key, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.text(), "{}");
    }
}

/// A request by a loopback name.
pub(super) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        builder = builder.header("host", "localhost:2539");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).unwrap()
}

/// A span in OTLP JSON. Times are milliseconds after [`NOW`].
pub(super) fn span(
    trace: &str,
    id: &str,
    parent: Option<&str>,
    name: &str,
    ms: (i64, i64),
) -> Json {
    let nanos = |ms: i64| (NOW + ms * 1_000_000).to_string();
    json!({
        "traceId": trace, "spanId": id, "parentSpanId": parent.unwrap_or(""), "name": name,
        "kind": 1, "startTimeUnixNano": nanos(ms.0), "endTimeUnixNano": nanos(ms.1),
        "attributes": [],
    })
}

/// The same span with string attributes.
pub(super) fn with(mut span: Json, attributes: &[(&str, &str)]) -> Json {
    span["attributes"] = attributes
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } }))
        .collect();
    span
}

/// A request of spans of one service.
pub(super) fn otlp(service: &str, spans: &[Json]) -> Json {
    json!({ "resourceSpans": [{
        "resource": { "attributes": [
            { "key": "service.name", "value": { "stringValue": service } },
        ]},
        "scopeSpans": [{ "scope": { "name": "test" }, "spans": spans }],
    }]})
}
