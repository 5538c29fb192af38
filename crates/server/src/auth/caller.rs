//! Who asks, once that is known.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use clew_store::{AgentId, Change, Scope, Scopes, WorkspaceId};

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::routes::Access;
use crate::trouble;

/// Somebody who was let in. Every handler reads and writes inside of it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The tenant.
    pub(crate) workspace: WorkspaceId,
    /// Its name.
    pub(crate) workspace_name: Arc<str>,
    /// Set by an agent key: nothing of other agents is read or written.
    pub(crate) agent: Option<AgentId>,
    /// What the key may do.
    pub(crate) scopes: Scopes,
    /// For the audit log: `open mode`, or the shown part of the key.
    pub(crate) by: Arc<str>,
    /// The key's row.
    pub(crate) key_no: Option<i64>,
    /// The part of the key that may be shown.
    pub(crate) key_prefix: Option<Arc<str>>,
    /// A browser's session said so.
    pub(crate) by_cookie: bool,
    /// Runs the instance: an admin of the workspace `default`, not bound to an agent, and
    /// everybody in open mode.
    pub(crate) operator: bool,
}

impl Caller {
    /// Whether a key of this workspace, agent and scopes runs the instance.
    pub(crate) fn runs_instance(&self) -> bool {
        self.scopes.has(Scope::Admin)
            && self.agent.is_none()
            && self.workspace == WorkspaceId::DEFAULT
    }

    /// The caller as the audit log names it.
    pub(crate) fn change(&self, at_nanos: i64) -> Change {
        Change { workspace: self.workspace, by: self.by.to_string(), at_nanos }
    }

    /// Whether the key has this scope. Admin, which can make any key, has all.
    pub(crate) fn has(&self, scope: Scope) -> bool {
        self.scopes.has(scope) || self.scopes.has(Scope::Admin)
    }

    /// Refuses what the key may not do.
    pub(crate) fn require(&self, access: Access) -> Result<(), ApiError> {
        let forbidden = |message: String| Err(ApiError::new(ErrorCode::Forbidden, message));
        match access {
            Access::Public => Ok(()),
            Access::Scope(scope) | Access::Workspace(scope) if !self.has(scope) => {
                let scope = scope.as_str();
                forbidden(format!("this needs a key with the scope `{scope}`"))
            }
            Access::Workspace(_) if self.agent.is_some() => {
                forbidden("this needs a workspace key; the key is one agent's".to_owned())
            }
            Access::Operator if !self.operator => forbidden(
                "this needs an admin key of the workspace `default`, which runs the instance"
                    .to_owned(),
            ),
            Access::Scope(_) | Access::Workspace(_) | Access::Operator => Ok(()),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, ApiError> {
        // The pipeline puts it there for every route that is not public.
        parts
            .extensions
            .get::<Caller>()
            .cloned()
            .ok_or_else(|| trouble::fault("a route has no caller"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(scopes: &[Scope], agent: bool, workspace: i64) -> Caller {
        let mut caller = Caller {
            workspace: WorkspaceId(workspace),
            workspace_name: "w".into(),
            agent: agent.then_some(AgentId([1; 16])),
            scopes: scopes.to_vec().into(),
            by: "test".into(),
            key_no: None,
            key_prefix: None,
            by_cookie: false,
            operator: false,
        };
        caller.operator = caller.runs_instance();
        caller
    }

    #[test]
    fn a_scope_allows_itself_and_admin_allows_all() {
        for own in Scope::ALL {
            for asked in Scope::ALL {
                let allowed = caller(&[own], false, 1).require(Access::Scope(asked)).is_ok();
                assert_eq!(allowed, own == asked || own == Scope::Admin, "{own:?} for {asked:?}");
            }
        }
    }

    #[test]
    fn only_the_default_workspaces_admin_runs_the_instance() {
        assert!(caller(&Scope::ALL, false, 1).require(Access::Operator).is_ok());
        assert!(caller(&Scope::ALL, false, 2).require(Access::Operator).is_err());
        assert!(caller(&Scope::ALL, true, 1).require(Access::Operator).is_err());
        let agents = caller(&Scope::ALL, true, 1);
        assert!(agents.require(Access::Workspace(Scope::Read)).is_err());
        assert!(agents.require(Access::Scope(Scope::Read)).is_ok());
    }
}
