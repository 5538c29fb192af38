//! The store's calls for everything beside traces: workspaces, keys, settings, views, books.

use std::sync::Arc;

use clew_model::label::Label;
use clew_model::prices::PriceRow;
use serde_json::Value as Json;

use crate::embedded::catalog::{audit, keys, prices, requests, settings, views, workspaces};
use crate::embedded::{agents, labels, projects, rows};
use crate::ids::{AgentId, WorkspaceId};
use crate::{Store, StoreError};

pub use crate::embedded::agents::Agent;
pub use crate::embedded::catalog::{
    AuditEntry, Change, KeyRecord, Locked, NewKey, RequestEntry, SavedView, Scope, Scopes, Setting,
    Workspace,
};
pub use crate::embedded::labels::StoredLabel;

impl Store {
    /// Every workspace, by name.
    pub fn workspaces(&self) -> Result<Vec<Workspace>, StoreError> {
        self.read(workspaces::list)
    }

    /// The workspace with this name.
    pub fn workspace_by_name(&self, name: &str) -> Result<Option<Workspace>, StoreError> {
        self.read(|connection| workspaces::by_name(connection, name))
    }

    /// Makes a workspace.
    pub fn create_workspace(&self, name: &str, change: &Change) -> Result<Workspace, StoreError> {
        let (name, change) = (name.to_owned(), change.clone());
        self.write(move |tx| workspaces::create(tx, &name, &change))
    }

    /// Makes a key: the key itself, which is nowhere afterwards, and its record.
    pub fn create_key(
        &self,
        key: &NewKey,
        change: &Change,
    ) -> Result<(String, KeyRecord), StoreError> {
        let (key, change) = (key.clone(), change.clone());
        let random = Arc::clone(&self.inner.options.random);
        self.write(move |tx| keys::create(tx, &key, &random, &change))
    }

    /// Takes a key that was made elsewhere, such as `CLEW_ADMIN_KEY`. Seen again, it changes
    /// nothing.
    pub fn seed_key(
        &self,
        key: &NewKey,
        text: &str,
        change: &Change,
    ) -> Result<KeyRecord, StoreError> {
        let (key, text, change) = (key.clone(), text.to_owned(), change.clone());
        self.write(move |tx| keys::seed(tx, &key, &text, &change))
    }

    /// The record of a key that is good; `None` for one that is unknown or revoked.
    pub fn verify_key(&self, text: &str) -> Result<Option<KeyRecord>, StoreError> {
        self.read(|connection| keys::verify(connection, text))
    }

    /// Whether this is a key that was revoked. Who shows it had it, so the answer tells nobody
    /// anything new.
    pub fn is_revoked_key(&self, text: &str) -> Result<bool, StoreError> {
        let found = self.read(|connection| keys::recognise(connection, text))?;
        Ok(found.is_some_and(|record| record.revoked_nanos.is_some()))
    }

    /// A key's record by its number, whatever its workspace, revoked ones included.
    pub fn key(&self, id: i64) -> Result<Option<KeyRecord>, StoreError> {
        self.read(|connection| keys::by_number(connection, id))
    }

    /// Keys of a workspace, revoked ones included, newest first.
    pub fn keys(&self, workspace: WorkspaceId) -> Result<Vec<KeyRecord>, StoreError> {
        self.read(|connection| keys::list(connection, workspace))
    }

    /// Refuses a key from now on.
    pub fn revoke_key(&self, id: i64, change: &Change) -> Result<KeyRecord, StoreError> {
        let change = change.clone();
        self.write(move |tx| keys::revoke(tx, id, &change))
    }

    /// Writes down uses of keys as (number, when); at most one a minute is kept of each.
    pub fn mark_keys_used(&self, uses: Vec<(i64, i64)>) -> Result<(), StoreError> {
        self.write(move |tx| uses.iter().try_for_each(|(id, at)| keys::mark_used(tx, *id, *at)))
    }

    /// Whether any key in any workspace is good.
    pub fn has_good_key(&self) -> Result<bool, StoreError> {
        self.read(keys::any_is_good)
    }

    /// Settings of a workspace, or of the instance (`WorkspaceId(0)`), that are set; those set
    /// from outside cover stored ones.
    pub fn settings(
        &self,
        workspace: WorkspaceId,
        locked: &Locked,
    ) -> Result<Vec<Setting>, StoreError> {
        self.read(|connection| settings::list(connection, workspace, locked))
    }

    /// The value of a setting; `None` where the shipped one holds.
    pub fn setting(
        &self,
        workspace: WorkspaceId,
        name: &str,
        locked: &Locked,
    ) -> Result<Option<Json>, StoreError> {
        self.read(|connection| settings::get(connection, workspace, name, locked))
    }

    /// Changes a setting; `None` goes back to the shipped value.
    pub fn change_setting(
        &self,
        workspace: WorkspaceId,
        name: &str,
        value: Option<Json>,
        locked: &Locked,
        change: &Change,
    ) -> Result<(), StoreError> {
        let (name, locked, change) = (name.to_owned(), locked.clone(), change.clone());
        self.write(move |tx| settings::set(tx, workspace, &name, value.as_ref(), &locked, &change))
    }

    /// Saved views by page and name.
    pub fn saved_views(&self, workspace: WorkspaceId) -> Result<Vec<SavedView>, StoreError> {
        self.read(|connection| views::list(connection, workspace))
    }

    /// Saves a view; one of this name on this page is replaced.
    pub fn save_view(
        &self,
        name: &str,
        page: &str,
        definition: Json,
        change: &Change,
    ) -> Result<SavedView, StoreError> {
        let (name, page, change) = (name.to_owned(), page.to_owned(), change.clone());
        self.write(move |tx| views::save(tx, &name, &page, &definition, &change))
    }

    /// Removes a saved view.
    pub fn delete_view(&self, id: i64, change: &Change) -> Result<(), StoreError> {
        let change = change.clone();
        self.write(move |tx| views::remove(tx, id, &change))
    }

    /// Lines of the audit log, newest first, those before `before`.
    pub fn audit_log(
        &self,
        workspace: WorkspaceId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|connection| audit::list(connection, workspace, before, limit))
    }

    /// Writes a line into the audit log for a change that is made elsewhere.
    pub fn append_audit(
        &self,
        change: &Change,
        action: &str,
        subject: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let change = change.clone();
        let [action, subject, detail] = [action, subject, detail].map(str::to_owned);
        self.write(move |tx| audit::append(tx, &change, &action, &subject, &detail))
    }

    /// The last requests to ingest paths, newest first.
    pub fn requests(&self, workspace: WorkspaceId) -> Result<Vec<RequestEntry>, StoreError> {
        self.read(|connection| requests::list(connection, workspace))
    }

    /// Writes requests down; the last hundred of a workspace stay.
    pub fn append_requests(
        &self,
        workspace: WorkspaceId,
        entries: Vec<RequestEntry>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| requests::append(tx, workspace, &entries))
    }

    /// The workspace's own prices.
    pub fn prices(&self, workspace: WorkspaceId) -> Result<Vec<PriceRow>, StoreError> {
        self.read(|connection| prices::list(connection, workspace))
    }

    /// Keeps a price; one for the same provider, model and beginning is replaced.
    pub fn put_price(&self, price: PriceRow, change: &Change) -> Result<(), StoreError> {
        let change = change.clone();
        self.write(move |tx| prices::put(tx, &price, &change))
    }

    /// Removes the price for this provider, model and beginning.
    pub fn delete_price(&self, price: PriceRow, change: &Change) -> Result<(), StoreError> {
        let change = change.clone();
        self.write(move |tx| prices::remove(tx, &price, &change))
    }

    /// Keeps the name of a project that a product's SDK goes by; one that is there gets the new
    /// name. Where a product has very many, a new one is not kept, which is no error.
    pub fn put_sender_project(
        &self,
        workspace: WorkspaceId,
        product: &str,
        project_id: &str,
        name: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let [product, id, name] = [product, project_id, name].map(str::to_owned);
        self.write(move |tx| projects::put(tx, workspace, &product, (&id, &name), now))
    }

    /// The name of such a project.
    pub fn sender_project_name(
        &self,
        workspace: WorkspaceId,
        product: &str,
        project_id: &str,
    ) -> Result<Option<String>, StoreError> {
        self.read(|connection| projects::name(connection, workspace, product, project_id))
    }

    /// The id of the oldest project with this name.
    pub fn sender_project_id(
        &self,
        workspace: WorkspaceId,
        product: &str,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        self.read(|connection| projects::id(connection, workspace, product, name))
    }

    /// Ids and names of a product's projects, by name.
    pub fn sender_projects(
        &self,
        workspace: WorkspaceId,
        product: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.read(|connection| projects::list(connection, workspace, product))
    }

    /// Labels, newest first, those with a smaller number than `before`; of one name where given.
    pub fn labels(
        &self,
        workspace: WorkspaceId,
        name: Option<&str>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<StoredLabel>, StoreError> {
        self.read(|connection| labels::list(connection, workspace, name, before, limit))
    }

    /// Keeps labels, all or none; one with the same target, name, source and author is replaced.
    pub fn put_labels(&self, new: Vec<Label>, change: &Change) -> Result<(), StoreError> {
        let change = change.clone();
        self.write(move |tx| {
            labels::put(tx, change.workspace, &new)?;
            new.iter().try_for_each(|label| {
                audit::append(tx, &change, "label.put", &label.name, &labels::described(label))
            })
        })
    }

    /// Removes a label.
    pub fn delete_label(&self, id: i64, change: &Change) -> Result<(), StoreError> {
        let change = change.clone();
        self.write(move |tx| {
            let removed = labels::remove(tx, change.workspace, id)?.label;
            let detail = labels::described(&removed);
            audit::append(tx, &change, "label.delete", &removed.name, &detail)
        })
    }

    /// Puts an agent into the registry, with this id or a fresh one.
    pub fn register_agent(
        &self,
        name: &str,
        description: Option<&str>,
        id: Option<AgentId>,
        change: &Change,
    ) -> Result<Agent, StoreError> {
        let id = id.unwrap_or_else(|| agents::new_id(&self.inner.options.random));
        let (name, description) = (name.to_owned(), description.map(str::to_owned));
        let change = change.clone();
        self.write(move |tx| {
            let agent = agents::register(tx, &name, description.as_deref(), id, &change)?;
            audit::append(tx, &change, "agent.register", &name, &id.to_string())?;
            Ok(agent)
        })
    }

    /// The first agent with this name.
    pub fn agent_by_name(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<Agent>, StoreError> {
        self.read(|connection| agents::by_agent_name(connection, workspace, name))
    }

    /// How many traces a workspace has.
    pub fn trace_count(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        self.read(|connection| rows::count(connection, workspace))
    }

    /// The agent with this id.
    pub fn agent(&self, workspace: WorkspaceId, id: AgentId) -> Result<Option<Agent>, StoreError> {
        self.read(|connection| agents::by_agent_id(connection, workspace, id))
    }
}
