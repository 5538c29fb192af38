//! `POST /traces/search`.

use std::time::Instant;

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::Value as JsonValue;

use super::ANSWER_MAX_BYTES;
use super::body::{SearchBody, read};
use super::detail;
use super::filter::{Condition, Fault, parse};
use super::list::NEWEST_FIRST;
use super::request::{Asked, Refusal};
use super::select::{Extent, Search, meta, page};
use super::sessions::{Order, grouped};
use super::shape::PageView;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::body::{BodyLimits, read_small};
use crate::ingest::decompress::printable;

/// Says why nothing was found where the filter could not be met. agno's server logs it.
const NOTE: HeaderName = HeaderName::from_static("x-clew-note");

/// The bytes of a small body.
pub(super) struct Bytes(Vec<u8>);

impl FromRequest<App> for Bytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let limits = BodyLimits {
            max_bytes: app.config.limits.max_api_body_bytes,
            name: "api.max_body_bytes",
            timeout: app.config.limits.body_timeout,
        };
        read_small(&parts.headers, body, limits).await.map(Bytes)
    }
}

/// The handler.
pub(super) async fn search(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    Bytes(bytes): Bytes,
) -> Result<Response, Refusal> {
    let started = Instant::now();
    let body = read(&bytes).map_err(Refusal::Invalid)?;
    asked.check_database(&caller)?;
    let condition = match body.filter.as_ref().map(parse) {
        None => Condition::And(Vec::new()),
        Some(Ok(condition)) => condition,
        Some(Err(Fault::Invalid(words))) => {
            let words = format!("Invalid filter expression: {words}");
            return Err(ApiError::bad_request(words).into());
        }
        Some(Err(Fault::NothingFound(note))) => return Ok(nothing(&body, &note, started)),
    };
    let answer = app.read(move |app| {
        if body.by_session {
            let page = grouped(app, &caller, &condition, Order::LATEST, body.page, started)?;
            return Ok(Json(page).into_response());
        }
        runs(app, &caller, &condition, &body, started)
    });
    Ok(answer.await?)
}

/// Whole trees, as long as the answer has room: what one leaves over, the others may take.
fn runs(
    app: &App,
    caller: &Caller,
    condition: &Condition,
    body: &SearchBody,
    started: Instant,
) -> Result<Response, ApiError> {
    let deadline = started + app.config.limits.scan_deadline;
    let search = Search { app, caller, condition, sort: vec![NEWEST_FIRST], deadline };
    let (rows, extent) = page(search, body.page)?;
    let meta = meta(body.page, extent, started);
    let mut room = ANSWER_MAX_BYTES;
    let mut data = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let view = detail::trace(app, caller, row, room / (rows.len() - index))?;
        let text = serde_json::value::to_raw_value(&view).map_err(crate::trouble::fault)?;
        room = room.saturating_sub(text.get().len());
        data.push(text);
    }
    Ok(Json(PageView { data, meta }).into_response())
}

fn nothing(body: &SearchBody, note: &str, started: Instant) -> Response {
    let extent = Extent { total: 0, scanned: None, is_exact: true };
    let meta = meta(body.page, extent, started);
    let mut response = Json(PageView::<JsonValue> { data: Vec::new(), meta }).into_response();
    if let Ok(note) = HeaderValue::from_str(&printable(note)) {
        response.headers_mut().insert(NOTE, note);
    }
    response
}
