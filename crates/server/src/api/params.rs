//! Query parameters and JSON bodies, read with messages that name the field.

use std::collections::HashMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use clew_model::ids::{SpanId, TraceId};
use clew_query::Subject;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::body::{BodyLimits, read_small};
use crate::ingest::decompress::printable;

/// The query of a request. Names are checked against the table of routes before.
#[derive(Debug)]
pub(crate) struct Params(HashMap<String, String>);

impl FromRequestParts<App> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let pairs: Result<Query<Vec<(String, String)>>, QueryRejection> =
            Query::from_request_parts(parts, app).await;
        let Query(pairs) = pairs
            .map_err(|error| ApiError::bad_request(format!("the query cannot be read: {error}")))?;
        let mut values = HashMap::new();
        for (name, value) in pairs {
            if values.contains_key(&name) {
                return Err(ApiError::bad_request(format!("`{name}` stands twice"))
                    .with_field(printable(&name)));
            }
            values.insert(name, value);
        }
        Ok(Self(values))
    }
}

impl Params {
    /// A text, `None` where it is absent or empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &'static str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let text = printable(text);
            ApiError::bad_request(format!("`{name}` must be a whole number, not `{text}`"))
                .with_field(name)
        })
    }

    /// `true` or `false`; absent is false.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        match self.text(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => {
                let other = printable(other);
                Err(ApiError::bad_request(format!("`{name}` must be true or false, not `{other}`"))
                    .with_field(name))
            }
        }
    }

    /// `utc_offset_minutes`, in seconds.
    pub(crate) fn utc_offset_seconds(&self) -> Result<i32, ApiError> {
        let name = known::UTC_OFFSET.name;
        let offset = self.integer(name)?.unwrap_or(0);
        i32::try_from(offset)
            .ok()
            .filter(|minutes| (-14 * 60..=14 * 60).contains(minutes))
            .map(|minutes| minutes * 60)
            .ok_or_else(|| {
                let message = format!("`{name}` is a number from -840 to 840");
                ApiError::bad_request(message).with_field(name)
            })
    }

    /// `subject`; absent is the runs.
    pub(crate) fn subject(&self) -> Result<Subject, ApiError> {
        match self.text("subject").unwrap_or("trace") {
            "trace" => Ok(Subject::Trace),
            "span" => Ok(Subject::Span),
            "session" => Ok(Subject::Session),
            _ => Err(ApiError::bad_request("`subject` is trace, span or session")
                .with_field("subject")
                .with_suggestions(["trace", "span", "session"].map(str::to_owned).to_vec())),
        }
    }

    /// Rows of a page: 1 to `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        let Some(asked) = self.integer("limit")? else { return Ok(default.min(max)) };
        match usize::try_from(asked) {
            Ok(limit) if (1..=max).contains(&limit) => Ok(limit),
            _ => Err(ApiError::bad_request(format!("`limit` must be 1 to {max}, not {asked}"))
                .with_field("limit")),
        }
    }
}

/// Query parameters that most lists have.
pub(crate) mod known {
    use crate::routes::Query;

    pub(crate) const FILTER: Query =
        Query { name: "filter", kind: "string", about: "What to show, in the filter language" };
    pub(crate) const SORT: Query = Query {
        name: "sort",
        kind: "string",
        about: "Fields by comma, `-` before one turns it round",
    };
    pub(crate) const LIMIT: Query =
        Query { name: "limit", kind: "integer", about: "Rows of a page" };
    pub(crate) const SUBJECT: Query =
        Query { name: "subject", kind: "string", about: "trace, span or session" };
    pub(crate) const UTC_OFFSET: Query = Query {
        name: "utc_offset_minutes",
        kind: "integer",
        about: "Where hours and days begin; east of UTC is positive",
    };
    pub(crate) const CURSOR: Query =
        Query { name: "cursor", kind: "string", about: "Where the page before ended" };
}

/// A path's trace id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TracePath(pub(crate) TraceId);

/// A path's trace and span ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanPath(pub(crate) TraceId, pub(crate) SpanId);

impl FromRequestParts<App> for TracePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path(id) = path::<String>(parts, app).await?;
        Ok(Self(trace_id(&id)?))
    }
}

impl FromRequestParts<App> for SpanPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path((trace, span)) = path::<(String, String)>(parts, app).await?;
        let span = SpanId::from_sender(&span).map_err(|_| ApiError::not_found("span"))?;
        Ok(Self(trace_id(&trace)?, span))
    }
}

async fn path<T: DeserializeOwned + Send>(
    parts: &mut Parts,
    app: &App,
) -> Result<Path<T>, ApiError> {
    Path::from_request_parts(parts, app)
        .await
        .map_err(|error| ApiError::bad_request(format!("the path cannot be read: {error}")))
}

/// Any id that a sender may know its trace by; one that cannot be an id names nothing.
pub(crate) fn trace_id(text: &str) -> Result<TraceId, ApiError> {
    TraceId::from_sender(text).map_err(|_| ApiError::not_found("trace"))
}

/// A JSON body sent to the API.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let limits = BodyLimits {
            max_bytes: app.config.limits.max_api_body_bytes,
            name: "api.max_body_bytes",
            timeout: app.config.limits.body_timeout,
        };
        let bytes = read_small(&parts.headers, body, limits).await?;
        from_json(&bytes).map(Self)
    }
}

/// Reads JSON; an error names field and offset.
fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader);
    let error = match read {
        Ok(value) => match reader.end() {
            Ok(()) => return Ok(value),
            Err(error) => undecodable(bytes, &error, String::new()),
        },
        Err(error) => {
            let field = error.path().to_string();
            undecodable(bytes, error.inner(), field)
        }
    };
    Err(error)
}

fn undecodable(bytes: &[u8], error: &serde_json::Error, field: String) -> ApiError {
    // serde_json's text ends in line and column, which say the same as the offset.
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    let mut answer = ApiError::new(ErrorCode::Undecodable, message);
    answer.field = Some(field).filter(|field| !field.is_empty() && field != ".");
    answer.offset = Some(offset(bytes, error.line(), error.column()));
    answer
}

fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Pair {
        left: i64,
        #[serde(default)]
        names: Vec<String>,
    }

    #[test]
    fn wrong_json_names_field_and_offset() {
        assert_eq!(from_json(br#"{"left":1}"#), Ok(Pair { left: 1, names: vec![] }));
        let error = from_json::<Pair>(br#"{"left":1,"names":["a",5]}"#).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("names[1]"));
        assert_eq!(error.offset, Some(23));
        assert_eq!(error.message, "invalid type: integer `5`, expected a string");
        let error = from_json::<Pair>(b"{\"left\":1}\nx").unwrap_err();
        assert_eq!((error.code, error.offset), (ErrorCode::Undecodable, Some(11)));
    }

    #[test]
    fn parameters_are_read_with_their_name_in_the_message() {
        let params = Params(HashMap::from([
            ("limit".to_owned(), "0".to_owned()),
            ("deep".to_owned(), "yes".to_owned()),
        ]));
        assert_eq!(params.limit(50, 100).unwrap_err().message, "`limit` must be 1 to 100, not 0");
        assert_eq!(params.flag("deep").unwrap_err().field.as_deref(), Some("deep"));
        assert_eq!(params.integer("none"), Ok(None));
    }
}
