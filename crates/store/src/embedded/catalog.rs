//! Everything beside traces: workspaces, keys, settings, views, the books about changes and
//! requests, prices.

pub(crate) mod audit;
pub(crate) mod keys;
pub(crate) mod prices;
pub(crate) mod requests;
pub(crate) mod settings;
pub(crate) mod views;
pub(crate) mod workspaces;

#[cfg(test)]
mod tests;

use crate::ids::WorkspaceId;

pub use audit::AuditEntry;
pub use keys::{KeyRecord, NewKey, Scope, Scopes};
pub use requests::RequestEntry;
pub use settings::Locked;
pub use settings::Setting;
pub use views::SavedView;
pub use workspaces::Workspace;

/// Who changes something and when: stands in the audit log with every change.
#[derive(Debug, Clone)]
pub struct Change {
    /// The workspace in which it happens.
    pub workspace: WorkspaceId,
    /// A person, a key by its prefix, `cli`, `retention`, ...
    pub by: String,
    /// Nanoseconds since 1970 UTC.
    pub at_nanos: i64,
}
