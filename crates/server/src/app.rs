//! What every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use clew_model::ids::TraceId;
use clew_model::trace::Tree;
use clew_store::{Store, WorkspaceId};
use serde_json::Value as JsonValue;
use tokio::sync::{Semaphore, watch};

use crate::auth::keys::Keys;
use crate::config::ServerConfig;
use crate::connections::Open;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::admission::Admission;
use crate::ingest::uploads::Uploads;
use crate::kept::{Kept, Of, Version};
use crate::listen::Addresses;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::prices::Prices;
use crate::request_log::RequestLog;

/// The server's state. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The fields of [`App`].
pub(crate) struct Shared {
    pub(crate) config: ServerConfig,
    pub(crate) store: Store,
    pub(crate) prices: Prices,
    pub(crate) keys: Keys,
    pub(crate) admission: Admission,
    /// Files that were announced.
    pub(crate) uploads: Uploads,
    pub(crate) decoding: Arc<Semaphore>,
    pub(crate) reading: Arc<Semaphore>,
    pub(crate) metrics: Metrics,
    pub(crate) connections: Arc<Open>,
    pub(crate) live: Hub,
    pub(crate) requests: RequestLog,
    /// Trees of runs.
    pub(crate) trees: Kept<Tree>,
    /// What is told of spans, with every text whole.
    pub(crate) documents: Kept<JsonValue>,
    pub(crate) started_nanos: i64,
    /// Where it listens.
    pub(crate) addresses: Addresses,
    /// True once the server is told to stop.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// Puts the parts together. The caller has checked that it may listen.
    pub(crate) fn new(
        config: ServerConfig,
        store: Store,
        prices: Prices,
        keys: Keys,
        addresses: Addresses,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let limits = &config.limits;
        let started_nanos = store.now();
        Self(Arc::new(Shared {
            keys,
            admission: Admission::new(limits.max_inflight_bytes, limits.admission_wait),
            uploads: Uploads::default(),
            decoding: Arc::new(Semaphore::new(limits.decode_threads.max(1))),
            reading: Arc::new(Semaphore::new(limits.read_threads.max(1))),
            metrics: Metrics::default(),
            connections: Arc::default(),
            live: Hub::new(store.metrics().seq),
            requests: RequestLog::default(),
            trees: Kept::new(limits.tree_cache_bytes),
            documents: Kept::new(limits.span_cache_bytes),
            started_nanos,
            addresses,
            stopping,
            config,
            store,
            prices,
        }))
    }

    /// The server is told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Keeps what was read of a run, unless the run was deleted meanwhile: whoever forgets
    /// deleted runs may have passed before this came.
    pub(crate) fn keep<T>(
        &self,
        kept: &Kept<T>,
        of: Of,
        version: Version,
        value: &Arc<T>,
        bytes: usize,
    ) {
        kept.put(of, version, Arc::clone(value), bytes);
        let (workspace, trace_id) = of.of_run();
        if !matches!(self.store.trace_row(workspace, &trace_id), Ok(Some(_))) {
            kept.forget(workspace, trace_id);
        }
    }

    /// Keeps nothing of a run that was deleted.
    pub(crate) fn forget_run(&self, workspace: WorkspaceId, trace_id: TraceId) {
        self.trees.forget(workspace, trace_id);
        self.documents.forget(workspace, trace_id);
    }

    /// Keeps nothing of any run, where it is not known which were deleted.
    pub(crate) fn forget_runs(&self) {
        self.trees.clear();
        self.documents.clear();
    }

    /// Runs `work` on the store where it may block, a bounded number at a time.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.blocking(&self.reading, work).await
    }

    /// Runs the decoding of a body beside the network's threads.
    pub(crate) async fn decode<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.blocking(&self.decoding, work).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        pool: &Arc<Semaphore>,
        work: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let stopping = || ApiError::new(ErrorCode::Unavailable, "the server is stopping");
        let permit = Arc::clone(pool).acquire_owned().await.map_err(|_| stopping())?;
        let app = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let result = work(&app);
            drop(permit);
            result
        });
        match task.await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(stopping()),
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}
