//! Who is asking, and what they may do (rulings 3 to 5).

pub(crate) mod caller;
pub(crate) mod credential;
pub(crate) mod keys;
pub(crate) mod session;
pub(crate) mod tickets;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clew_store::{KeyRecord, Scope};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::auth::credential::{Credential, credential};
use crate::auth::tickets::TICKET_START;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::printable;
use crate::routes::Access;

/// Names the workspace in open mode, where no key does.
pub(crate) const WORKSPACE_HEADER: &str = "x-clew-workspace";

/// Who the audit log names where no key was asked for.
const OPEN: &str = "open mode";
/// Who it names for commands on the server's machine.
const LOCAL: &str = "command line";

/// The workspace of a fresh install.
const DEFAULT_WORKSPACE: &str = "default";

/// All keys of ours begin so. In open mode a sender may show any other text: many SDKs
/// do not start without some key.
const KEY_START: &str = "aos_";

/// Makes the key of commands on this machine. It lives as long as the server.
pub(crate) fn local_key() -> Result<String, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(format!("{KEY_START}local_{}", URL_SAFE_NO_PAD.encode(random)))
}

/// Finds out who asks for something of this access.
pub(crate) fn identify(app: &App, headers: &HeaderMap, access: Access) -> Result<Caller, ApiError> {
    let open = app.config.is_open();
    match credential(headers) {
        Credential::Key(text) if app.keys.is_local(&text) => whole(app, headers, LOCAL),
        Credential::Key(text) if text.starts_with(TICKET_START) => {
            let caller = app.keys.tickets.caller(&text, app.store.now());
            caller.ok_or_else(|| {
                let message = "the pass for this upload has ended: ask again where to put it";
                ApiError::new(ErrorCode::Unauthenticated, message)
            })
        }
        Credential::Key(text) if !open || text.starts_with(KEY_START) => {
            let Some(record) = app.keys.verify(&app.store, &text)? else {
                return Err(wrong_key(app.store.is_revoked_key(&text)?));
            };
            app.keys.mark_used(&record, app.store.now());
            keyed(app, headers, &record, false, access)
        }
        Credential::Session(token) => match app.keys.session(&app.store, &token)? {
            Some(record) if record.revoked_nanos.is_some() && !open => Err(wrong_key(true)),
            Some(record) if record.revoked_nanos.is_none() => {
                keyed(app, headers, &record, true, access)
            }
            _ if open => whole(app, headers, OPEN),
            _ => {
                let message = "the session has ended: sign in again";
                Err(ApiError::new(ErrorCode::SessionEnded, message))
            }
        },
        _ if open => whole(app, headers, OPEN),
        _ => Err(ApiError::new(
            ErrorCode::Unauthenticated,
            "a key is needed: send the header `Authorization: Bearer aos_...` \
             (`clew keys create` makes one)",
        )),
    }
}

/// Never says anything of the key itself.
fn wrong_key(revoked: bool) -> ApiError {
    match revoked {
        true => ApiError::new(ErrorCode::KeyRevoked, "the key was revoked: use another one"),
        false => ApiError::new(ErrorCode::Unauthenticated, "the key is not known here"),
    }
}

/// Waits until who sent these headers would not be let in any more: the key was revoked, the
/// session ended, the workspace went.
pub(crate) async fn refused(app: App, headers: HeaderMap, access: Access) {
    // Listening comes first, so that no change falls between the question and the wait.
    let mut changes = app.keys.changes();
    loop {
        let asking = headers.clone();
        let known = app.read(move |app| identify(app, &asking, access)?.require(access)).await;
        if known.is_err() || changes.changed().await.is_err() {
            return;
        }
    }
}

fn keyed(
    app: &App,
    headers: &HeaderMap,
    record: &KeyRecord,
    by_cookie: bool,
    access: Access,
) -> Result<Caller, ApiError> {
    let mut caller = Caller {
        workspace: record.workspace,
        workspace_name: app.keys.workspace_name(&app.store, record.workspace)?,
        agent: record.agent,
        scopes: record.scopes,
        by: format!("key {}", record.prefix).into(),
        key_no: Some(record.id),
        key_prefix: Some(record.prefix.as_str().into()),
        by_cookie,
        operator: false,
    };
    caller.operator = caller.runs_instance();
    let asked = asked_workspace(headers).filter(|asked| *asked != &*caller.workspace_name);
    match asked {
        None => Ok(caller),
        // Whoever runs the instance keeps the keys of every workspace, and reads none of
        // its traces.
        Some(name) if caller.operator && access.is_administration() => {
            caller.workspace = app.keys.workspace_by_name(&app.store, name)?;
            caller.workspace_name = name.into();
            Ok(caller)
        }
        Some(name) => Err(ApiError::new(
            ErrorCode::Forbidden,
            format!(
                "the key belongs to the workspace `{}`, not to `{}`",
                caller.workspace_name,
                printable(name)
            ),
        )),
    }
}

/// Somebody who may do everything, in the workspace that the header names.
fn whole(app: &App, headers: &HeaderMap, by: &str) -> Result<Caller, ApiError> {
    let name = asked_workspace(headers).unwrap_or(DEFAULT_WORKSPACE);
    Ok(Caller {
        workspace: app.keys.workspace_by_name(&app.store, name)?,
        workspace_name: name.into(),
        agent: None,
        scopes: Vec::from(Scope::ALL).into(),
        by: by.into(),
        key_no: None,
        key_prefix: None,
        by_cookie: false,
        operator: true,
    })
}

fn asked_workspace(headers: &HeaderMap) -> Option<&str> {
    let name = headers.get(WORKSPACE_HEADER)?.to_str().ok()?.trim();
    (!name.is_empty()).then_some(name)
}
