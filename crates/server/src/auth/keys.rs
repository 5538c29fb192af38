//! Keys that were seen lately, so that not every request reads the catalog, and the uses
//! that are still to be written down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use clew_store::{KeyRecord, Store, StoreError, WorkspaceId};

use tokio::sync::watch;

use crate::auth::session::Sessions;
use crate::auth::tickets::Tickets;
use crate::error::ApiError;
use crate::ingest::decompress::printable;

/// Good keys kept. Unknown ones are not kept: they would let anybody fill it.
const CACHED_MAX: usize = 10_000;

/// What is known of keys, workspaces and sessions beside the catalog.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    cache: Mutex<Cache>,
    uses: Mutex<Uses>,
    /// Browsers that signed in.
    pub(crate) sessions: Sessions,
    /// Passes for single uploads.
    pub(crate) tickets: Tickets,
    /// Told whenever somebody who was let in may have to go.
    changed: watch::Sender<()>,
    /// Of the key that commands on this machine use while the server runs.
    local: Option<blake3::Hash>,
}

#[derive(Debug, Default)]
struct Cache {
    by_hash: HashMap<[u8; 32], Arc<KeyRecord>>,
    names: HashMap<WorkspaceId, Arc<str>>,
}

/// When each key was used last: what is noted, and of it what is not written yet.
#[derive(Debug, Default)]
struct Uses {
    noted: HashMap<i64, i64>,
    pending: HashMap<i64, i64>,
}

/// A use is noted once in this time.
const NOTED_EVERY_NANOS: i64 = 60 * 1_000_000_000;

impl Keys {
    /// Keys of a server that was given a local key, or none.
    pub(crate) fn new(local_key: Option<&str>) -> Self {
        let local = local_key.map(|key| blake3::hash(key.as_bytes()));
        Self { local, ..Self::default() }
    }

    /// Whether this is the local key. Hashes are compared in constant time.
    pub(crate) fn is_local(&self, text: &str) -> bool {
        self.local.is_some_and(|local| local == blake3::hash(text.as_bytes()))
    }

    /// The record of a good key.
    pub(crate) fn verify(
        &self,
        store: &Store,
        text: &str,
    ) -> Result<Option<Arc<KeyRecord>>, ApiError> {
        let hash = *blake3::hash(text.as_bytes()).as_bytes();
        if let Some(record) = self.cache().by_hash.get(&hash) {
            return Ok(Some(Arc::clone(record)));
        }
        let Some(record) = store.verify_key(text)? else { return Ok(None) };
        let record = Arc::new(record);
        let mut cache = self.cache();
        if cache.by_hash.len() >= CACHED_MAX {
            cache.by_hash.clear();
        }
        cache.by_hash.insert(hash, Arc::clone(&record));
        Ok(Some(record))
    }

    /// The record of the key that a browser signed in with, also of a revoked one.
    pub(crate) fn session(
        &self,
        store: &Store,
        token: &str,
    ) -> Result<Option<Arc<KeyRecord>>, ApiError> {
        let Some(key_no) = self.sessions.key_no(token, store.now()) else { return Ok(None) };
        let cached = self.cache().by_hash.values().find(|record| record.id == key_no).cloned();
        if cached.is_some() {
            return Ok(cached);
        }
        Ok(store.key(key_no)?.map(Arc::new))
    }

    /// Ends the session of a token; with `everywhere` all sessions of its key.
    pub(crate) fn sign_out(&self, token: &str, everywhere: bool, now: i64) {
        match self.sessions.key_no(token, now) {
            Some(key_no) if everywhere => self.sessions.end_all(key_no),
            _ => self.sessions.end(token),
        }
        self.changed.send_replace(());
    }

    /// For those who stay: to be asked again who they are.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The name of a workspace.
    pub(crate) fn workspace_name(
        &self,
        store: &Store,
        id: WorkspaceId,
    ) -> Result<Arc<str>, ApiError> {
        if let Some(name) = self.cache().names.get(&id) {
            return Ok(Arc::clone(name));
        }
        let found = store.workspaces()?.into_iter().find(|workspace| workspace.id == id);
        let name: Arc<str> = found.ok_or(StoreError::NotFound("workspace"))?.name.into();
        self.cache().names.insert(id, Arc::clone(&name));
        Ok(name)
    }

    /// The workspace of a name.
    pub(crate) fn workspace_by_name(
        &self,
        store: &Store,
        name: &str,
    ) -> Result<WorkspaceId, ApiError> {
        let known =
            self.cache().names.iter().find(|(_, known)| &***known == name).map(|(id, _)| *id);
        if let Some(id) = known {
            return Ok(id);
        }
        match store.workspace_by_name(name)? {
            Some(workspace) => {
                self.cache().names.insert(workspace.id, workspace.name.into());
                Ok(workspace.id)
            }
            None => Err(ApiError::not_found(&format!("workspace `{}`", printable(name)))),
        }
    }

    /// Something about keys or workspaces changed.
    pub(crate) fn forget(&self) {
        *self.cache() = Cache::default();
        self.tickets.clear();
        self.changed.send_replace(());
    }

    /// Notes a use.
    pub(crate) fn mark_used(&self, record: &KeyRecord, now: i64) {
        let mut uses = self.uses();
        let last = uses.noted.get(&record.id).copied();
        if last.is_none_or(|last| now.saturating_sub(last) >= NOTED_EVERY_NANOS) {
            uses.noted.insert(record.id, now);
            uses.pending.insert(record.id, now);
        }
    }

    /// Uses since the last call.
    pub(crate) fn take_uses(&self) -> HashMap<i64, i64> {
        std::mem::take(&mut self.uses().pending)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn uses(&self) -> MutexGuard<'_, Uses> {
        self.uses.lock().unwrap_or_else(|e| e.into_inner())
    }
}
