//! Parameters as agno's server takes them, and what it says of those that it does not.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use super::filter::{Condition, Field, Operand, Relation, Test};
use super::instant;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::printable;

/// Rows of a page, at most (ruling 22).
pub(super) const PAGE_MAX: u64 = 1_000;

/// The query of a request. Of a name that stands twice the last one holds; names that
/// nobody reads are passed over, as agno does.
#[derive(Debug, Default)]
pub(super) struct Asked(HashMap<String, String>);

impl FromRequestParts<App> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let pairs: Result<Query<Vec<(String, String)>>, _> =
            Query::from_request_parts(parts, app).await;
        let Query(pairs) = pairs
            .map_err(|error| ApiError::bad_request(format!("the query cannot be read: {error}")))?;
        Ok(Self(pairs.into_iter().collect()))
    }
}

/// Why a request is not answered.
#[derive(Debug)]
pub(super) enum Refusal {
    /// 422: parameters or fields, one entry each.
    Invalid(Vec<Json>),
    /// Everything else.
    Other(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Refusal::Other(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Invalid(faults) => {
                let body = axum::Json(json!({ "detail": faults }));
                (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
            }
            Refusal::Other(error) => error.into_response(),
        }
    }
}

/// One entry of a 422.
pub(super) fn fault(
    kind: &str,
    place: &[&str],
    message: &str,
    input: &Json,
    context: Option<Json>,
) -> Json {
    let mut fault = json!({ "type": kind, "loc": place, "msg": message, "input": input });
    if let Some(context) = context {
        fault["ctx"] = context;
    }
    fault
}

/// A number that must not be smaller.
pub(super) fn too_small(place: &[&str], least: i64, input: &Json) -> Json {
    let message = format!("Input should be greater than or equal to {least}");
    fault("greater_than_equal", place, &message, input, Some(json!({ "ge": least })))
}

/// Which page of how many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) page: u64,
    pub(super) limit: u64,
}

impl Page {
    /// Rows before the page. Page 0 is the first one again.
    pub(super) fn offset(self) -> u64 {
        self.page.saturating_sub(1).saturating_mul(self.limit)
    }
}

impl Asked {
    /// A text; an empty one is none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// `page`, from `first_page` on, and `limit`.
    pub(super) fn page(&self, first_page: i64) -> Result<Page, Refusal> {
        let mut faults = Vec::new();
        let page = self.number("page", 1, first_page, &mut faults);
        let limit = self.number("limit", 20, 1, &mut faults);
        if faults.is_empty() { Ok(Page { page, limit }) } else { Err(Refusal::Invalid(faults)) }
    }

    fn number(&self, name: &str, default: u64, least: i64, faults: &mut Vec<Json>) -> u64 {
        let Some(text) = self.0.get(name) else { return default };
        let place = ["query", name];
        let input = json!(text);
        match text.trim().parse::<i64>() {
            Ok(number) if number >= least => u64::try_from(number).unwrap_or(default),
            Ok(_) => {
                faults.push(too_small(&place, least, &input));
                default
            }
            Err(_) => {
                let message =
                    "Input should be a valid integer, unable to parse string as an integer";
                faults.push(fault("int_parsing", &place, message, &input, None));
                default
            }
        }
    }

    /// One of a set of words; the first where none is asked for.
    pub(super) fn word(&self, name: &str, words: &[&'static str]) -> Result<&'static str, Refusal> {
        let first = words.first().copied().unwrap_or_default();
        let Some(text) = self.text(name) else { return Ok(first) };
        if let Some(word) = words.iter().find(|word| **word == text) {
            return Ok(word);
        }
        let expected = listed(words);
        let message = format!("Input should be {expected}");
        let context = Some(json!({ "expected": expected }));
        Err(Refusal::Invalid(vec![fault(
            "enum",
            &["query", name],
            &message,
            &json!(text),
            context,
        )]))
    }

    /// Clew is one database, named like the workspace.
    pub(super) fn check_database(&self, caller: &Caller) -> Result<(), ApiError> {
        match self.text("db_id") {
            Some(id) if id != &*caller.workspace_name => Err(ApiError::new(
                ErrorCode::NotFound,
                format!("No database found with id '{}'", printable(id)),
            )),
            _ => Ok(()),
        }
    }

    /// Conditions of equality. An empty id or status is none, an empty user is one that
    /// nobody has.
    pub(super) fn equalities(&self, fields: &[(&str, Field)]) -> Vec<Condition> {
        let value = |name: &str| {
            self.0.get(name).filter(|value| name == "user_id" || !value.is_empty()).cloned()
        };
        fields
            .iter()
            .filter_map(|(name, field)| {
                let operand = Operand::Text(value(name)?);
                Some(Condition::Leaf(*field, Test::Compare(Relation::Equal, operand)))
            })
            .collect()
    }

    /// A bound of time. `doing` begins the message of one that cannot be read.
    pub(super) fn bound(
        &self,
        name: &str,
        field: Field,
        relation: Relation,
        doing: &str,
    ) -> Result<Option<Condition>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let micros = instant::parse(text).map_err(|error| {
            ApiError::bad_request(format!(
                "Error {doing}: 400: Invalid {name} format. Use ISO 8601 format (e.g., \
                 '2025-11-19T10:00:00Z' or '2025-11-19T10:00:00+05:30'): {}",
                error.0
            ))
        })?;
        Ok(Some(Condition::Leaf(field, Test::Compare(relation, Operand::Time(micros)))))
    }
}

/// `'a', 'b' or 'c'`.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}
