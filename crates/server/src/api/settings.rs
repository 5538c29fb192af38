//! Settings that may change while the server runs. One that came from file, environment
//! or flag shows as locked (ruling 32).

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, put};
use clew_query::{Clock, Subject, parse};
use clew_store::{Locked, RetentionRule, Scope, Setting, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::params::JsonBody;
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Route};

/// Settings of the whole instance.
const INSTANCE: WorkspaceId = WorkspaceId(0);

/// A setting that there is.
struct Known {
    name: &'static str,
    /// Whose it is: the instance's, or each workspace's own.
    instance: bool,
    /// Whether a value is one, and what to write instead.
    check: fn(&JsonValue) -> bool,
    expected: &'static str,
    about: &'static str,
}

/// The store reads these (docs/formats/store.md); null is "no limit" in all of them.
const KNOWN: [Known; 3] = [
    Known {
        name: "retention.days",
        instance: false,
        check: |value| value.as_u64().is_some_and(|days| (1..=36_500).contains(&days)),
        expected: "a number of days from 1 to 36500",
        about: "Runs that began more days ago are removed",
    },
    Known {
        name: "retention.rules",
        instance: false,
        check: are_rules,
        expected: "a list of {name, filter, days} with filters on runs",
        about: "Runs that meet the filter and began more days ago are removed",
    },
    Known {
        name: "retention.max_bytes",
        instance: true,
        check: |value| value.as_u64().is_some_and(|bytes| bytes >= 64 << 20),
        expected: "a number of bytes from 64 MB on",
        about: "When the store is larger, the oldest runs are removed",
    },
];

fn are_rules(value: &JsonValue) -> bool {
    let clock = Clock { now_nanos: 0, utc_offset_seconds: 0 };
    serde_json::from_value::<Vec<RetentionRule>>(value.clone()).is_ok_and(|rules| {
        rules.iter().all(|rule| {
            let filter = parse(&rule.filter, Subject::Trace, &clock);
            rule.days > 0 && filter.is_ok_and(|filter| filter.check_supported().is_ok())
        })
    })
}

/// Names that came from outside and that nothing reads.
pub(crate) fn unknown_locked(names: &[(String, JsonValue)]) -> Vec<&str> {
    let known = |name: &str| KNOWN.iter().any(|known| known.name == name);
    names.iter().map(|(name, _)| name.as_str()).filter(|name| !known(name)).collect()
}

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/settings",
        owner: Owner::Api,
        access: Access::Workspace(Scope::Read),
        summary: "Settings that may change while the server runs",
        query: &[],
        body: None,
        answer: Answer::Json("SettingList"),
        handler: || get(list),
    };
    let change = Route {
        method: Method::PUT,
        access: Access::Workspace(Scope::Admin),
        summary: "Changes a setting; null goes back to the shipped value",
        body: Some("SettingChange"),
        answer: Answer::Json("SettingList"),
        handler: || put(change),
        ..list.same()
    };
    vec![list, change]
}

async fn list(State(app): State<App>, caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| Ok(Json(all(app, &caller)?))).await
}

pub(crate) fn all(app: &App, caller: &Caller) -> Result<JsonValue, ApiError> {
    let locked = locked(app);
    let mut set = app.store.settings(INSTANCE, &locked)?;
    set.extend(app.store.settings(caller.workspace, &Locked::new())?);
    let settings: Vec<JsonValue> = KNOWN
        .iter()
        .map(|known| view(known, set.iter().find(|setting| setting.name == known.name)))
        .collect();
    Ok(json!({ "settings": settings }))
}

fn view(known: &Known, set: Option<&Setting>) -> JsonValue {
    let changed = set.filter(|setting| !setting.locked);
    json!({
        "name": known.name,
        "value": set.map(|setting| &setting.value),
        "default": null,
        "locked": set.is_some_and(|setting| setting.locked),
        "level": if known.instance { "instance" } else { "workspace" },
        "about": known.about,
        "changed_by": changed.map(|setting| &setting.changed_by),
        "changed_nanos": changed.map(|setting| Nanos(setting.changed_nanos)),
    })
}

/// Values from outside, as the store wants them.
pub(crate) fn locked(app: &App) -> Locked {
    app.config.locked_settings.iter().cloned().collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: String,
    value: JsonValue,
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    let known = KNOWN.iter().find(|known| known.name == asked.name).ok_or_else(|| {
        let names = KNOWN.iter().map(|known| known.name.to_owned()).collect();
        ApiError::bad_request("there is no such setting").with_field("name").with_suggestions(names)
    })?;
    if known.instance {
        caller.require(Access::Operator)?;
    }
    let value = checked(known, &asked.value)?;
    app.read(move |app| {
        let locked = locked(app);
        if locked.contains_key(known.name) {
            let message =
                format!("`{}` is set by file, environment or flag; change it there", known.name);
            return Err(ApiError::new(ErrorCode::Locked, message).with_field(known.name));
        }
        let workspace = if known.instance { INSTANCE } else { caller.workspace };
        let change = caller.change(app.store.now());
        app.store.change_setting(workspace, known.name, value, &locked, &change)?;
        Ok(Json(all(app, &caller)?))
    })
    .await
}

fn checked(known: &Known, value: &JsonValue) -> Result<Option<JsonValue>, ApiError> {
    match value {
        JsonValue::Null => Ok(None),
        _ if (known.check)(value) => Ok(Some(value.clone())),
        _ => {
            let message = format!("`{}` is {}, or null", known.name, known.expected);
            Err(ApiError::bad_request(message).with_field("value"))
        }
    }
}
