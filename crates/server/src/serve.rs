//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use clew_model::prices::PriceTable;
use clew_store::{Change, NewKey, Scope, Store, StoreError, WorkspaceId};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::auth::keys::Keys;
use crate::config::ServerConfig;
use crate::connections::serve_listener;
use crate::error::{ApiError, ErrorCode};
use crate::listen::{self, Addresses, ListenError};
use crate::prices::Prices;
use crate::routes::{self, Face};
use crate::{api, auth, housekeeping, live, pipeline};

/// A server that runs.
pub struct Running {
    /// Everything.
    pub http: Option<SocketAddr>,
    /// OTLP over HTTP.
    pub otlp_http: Option<SocketAddr>,
    /// OTLP over gRPC.
    pub otlp_grpc: Option<SocketAddr>,
    /// What people should know: listeners that are missing, open mode.
    pub warnings: Vec<String>,
    /// A key for commands on this machine, where the server is not open: it may do
    /// everything in every workspace, stands in no file of the store, and ends with the
    /// server.
    pub local_key: Option<String>,
    tasks: JoinSet<()>,
    app: App,
    stop: watch::Sender<bool>,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No address.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness for keys.
    #[error("the system gives no randomness: {0}")]
    Random(String),
    /// Told to listen, the system did not say where.
    #[error("a listener has no address: {0}")]
    Address(std::io::Error),
}

/// Starts a server on `store`. It runs until [`Running::stop`] or until `shutdown` ends.
/// `prices` is the handle that the store derives its facts with, too.
pub async fn serve(
    config: ServerConfig,
    store: Store,
    prices: Prices,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, ServeError> {
    let (config, store, prices) = tokio::task::spawn_blocking(move || {
        prepare(&config, &store, &prices)?;
        Ok::<_, ServeError>((config, store, prices))
    })
    .await
    .map_err(|error| ServeError::Address(std::io::Error::other(error)))??;
    let listeners = listen::bind(&config)?;
    let addresses = listeners.addresses().map_err(ServeError::Address)?;
    let mut warnings = listeners.warnings;
    if config.is_open() && !config.bind.is_loopback() {
        warnings.push(
            "open mode is on by hand: whoever reaches this address by a loopback name can read and \
             write everything"
                .to_owned(),
        );
    }
    for name in api::unknown_locked(&config.locked_settings) {
        warnings.push(format!("the setting {name} is not known to the server and has no effect"));
    }
    let (stop, stopping) = watch::channel(false);
    let commits = store.subscribe();
    let local_key = match config.is_open() {
        true => None,
        false => Some(auth::local_key().map_err(|error| ServeError::Random(error.to_string()))?),
    };
    let keys = Keys::new(local_key.as_deref());
    let app = App::new(config, store, prices, keys, addresses, stopping.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(live::follow(app.clone(), commits, stopping.clone()));
    tasks.spawn(housekeeping::run(app.clone(), stopping.clone()));
    tasks.spawn(housekeeping::retain(app.clone(), stopping.clone()));
    tasks.spawn(housekeeping::sweep(app.clone(), stopping.clone()));
    let mut open = |listener: Option<TcpListener>, face: Face| {
        let Some(listener) = listener else { return };
        let limits = Arc::new(app.config.limits.clone());
        let connections = Arc::clone(&app.connections);
        let router = router(app.clone(), face);
        tasks.spawn(serve_listener(listener, router, limits, connections, stopping.clone()));
    };
    open(listeners.http, Face::Everything);
    open(listeners.otlp_http, Face::OtlpHttp);
    open(listeners.otlp_grpc, Face::OtlpGrpc);
    let told = stop.clone();
    tokio::spawn(async move {
        shutdown.await;
        told.send_replace(true);
    });
    let Addresses { http, otlp_http, otlp_grpc } = addresses;
    Ok(Running { http, otlp_http, otlp_grpc, warnings, local_key, tasks, app, stop })
}

/// Seeds the first key, loads prices, and refuses what must not listen.
fn prepare(config: &ServerConfig, store: &Store, prices: &Prices) -> Result<(), ServeError> {
    if let Some(secret) = &config.admin_key {
        let key = NewKey {
            name: "CLEW_ADMIN_KEY".to_owned(),
            scopes: Vec::from(Scope::ALL).into(),
            agent: None,
        };
        let change = Change {
            workspace: WorkspaceId::DEFAULT,
            by: "configuration".to_owned(),
            at_nanos: store.now(),
        };
        store.seed_key(&key, &secret.0, &change)?;
    }
    listen::check_access(config, store.has_good_key()?)?;
    let overrides = store.prices(WorkspaceId::DEFAULT)?;
    if !overrides.is_empty() {
        prices.replace(PriceTable::with_overrides(overrides));
    }
    Ok(())
}

/// The router of one listener with everything around it.
pub(crate) fn router(app: App, face: Face) -> Router {
    routes::router(face)
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), pipeline::entry))
        .with_state(app)
}

async fn no_route() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is nothing at this address; see /api/v1/openapi.json")
}

async fn wrong_method() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed, "this address does not take this method")
}

impl std::fmt::Debug for Running {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { http, otlp_http, otlp_grpc, warnings, .. } = self;
        f.debug_struct("Running")
            .field("http", http)
            .field("otlp_http", otlp_http)
            .field("otlp_grpc", otlp_grpc)
            .field("warnings", warnings)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// Stops taking requests, lets those that run end, writes out what is pending and
    /// closes the store.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.stop.send_replace(true);
        self.finished().await
    }

    /// Waits until the server has been told to stop and has.
    pub async fn finished(mut self) -> Result<(), StoreError> {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a task of the server failed");
            }
        }
        housekeeping::write(&self.app).await;
        let store = self.app.store.clone();
        match tokio::task::spawn_blocking(move || store.close()).await {
            Ok(closed) => closed,
            Err(error) => {
                tracing::error!(%error, "closing the store failed");
                Err(StoreError::Closed)
            }
        }
    }
}
