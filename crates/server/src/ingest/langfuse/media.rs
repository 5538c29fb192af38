//! Langfuse's media: a program says what it is about to upload, puts it to the address that it
//! is told, without its key, and says how that went.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, patch, post, put};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clew_model::attachment::AttachmentContent;
use clew_model::ids::{SpanId, TraceId};
use clew_store::Scope;
use clew_wire::{Decoded, WireError};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::SENDER;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::address;
use crate::ingest::body::{BodyLimits, read_admitted, read_small, size_words};
use crate::ingest::decompress::Packing;
use crate::ingest::foreign::may_write;
use crate::ingest::otlp::Answered;
use crate::ingest::receive::{AgentRule, Received, land};
use crate::ingest::uploads::Expected;
use crate::routes::{Access, Answer, Owner, Route};

/// How long the address of an upload is good, in nanoseconds.
const UPLOAD_NANOS: i64 = 15 * 60 * 1_000_000_000;

/// Bytes of what is said about a medium.
const ABOUT_MAX_BYTES: usize = 64 * 1024;

/// Letters of an id of a medium: the first of its SHA-256.
const ID_LETTERS: usize = 22;

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    let route = |method, path, access, summary, body, handler| Route {
        method,
        path,
        owner: Owner::Langfuse,
        access,
        summary,
        query: &[],
        body,
        answer: Answer::FreeJson,
        handler,
    };
    let ingest = Access::Scope(Scope::Ingest);
    vec![
        route(
            Method::POST,
            "/api/public/media",
            ingest,
            "Where to put a medium of Langfuse's SDKs",
            Some("LangfuseMedium"),
            || post(announce),
        ),
        route(
            Method::PUT,
            "/api/public/media/upload/{place}",
            Access::Public,
            "A medium, at the place that was told",
            None,
            || put(upload),
        ),
        route(
            Method::PATCH,
            "/api/public/media/{media_id}",
            ingest,
            "How an upload went",
            Some("LangfuseMedium"),
            || patch(uploaded),
        ),
        route(
            Method::GET,
            "/api/public/media/{media_id}",
            Access::Scope(Scope::Read),
            "A medium, and where it is",
            None,
            || get(medium),
        ),
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Announced {
    trace_id: Option<String>,
    observation_id: Option<String>,
    content_type: Option<String>,
    content_length: u64,
    #[serde(alias = "sha256hash")]
    sha256_hash: String,
    field: Option<String>,
}

impl Announced {
    fn expected(self, caller: &Caller) -> Result<Expected, ApiError> {
        let wrong = |field: &str, why: String| ApiError::bad_request(why).with_field(field);
        let trace = self.trace_id.ok_or_else(|| {
            wrong("traceId", "is missing: media of datasets are not kept".to_owned())
        })?;
        let trace_id = TraceId::from_sender(&trace).map_err(|e| wrong("traceId", e.to_string()))?;
        let span_id = self.observation_id.map(|id| SpanId::from_sender(&id)).transpose();
        let sha256 = STANDARD.decode(self.sha256_hash.trim()).unwrap_or_default();
        let sha256: [u8; 32] = sha256.try_into().map_err(|_| {
            wrong("sha256Hash", "is no SHA-256 in base64: 32 bytes are wanted".to_owned())
        })?;
        Ok(Expected {
            caller: Some(caller.clone()),
            trace_id,
            span_id: span_id.map_err(|e| wrong("observationId", e.to_string()))?,
            sender_id: media_id(&sha256),
            name: self.field.unwrap_or_else(|| "media".to_owned()),
            content_type: self.content_type.unwrap_or_default(),
            content: Some((sha256, self.content_length)),
        })
    }
}

/// The SDK computes the same and uploads nothing where it differs.
fn media_id(sha256: &[u8; 32]) -> String {
    let mut id = URL_SAFE_NO_PAD.encode(sha256);
    id.truncate(ID_LETTERS);
    id
}

async fn announce(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let about = read_small(&parts.headers, body, about_limits(&app)).await?;
    let announced: Announced = serde_json::from_slice(&about)
        .map_err(|error| ApiError::new(ErrorCode::Undecodable, error.to_string()))?;
    let most = app.config.limits.max_attachment_bytes;
    if announced.content_length > most as u64 {
        let most = size_words(most);
        let why = format!("the medium is larger than {most} (ingest.max_attachment_bytes)");
        return Err(ApiError::new(ErrorCode::TooLarge, why));
    }
    let expected = announced.expected(&caller)?;
    let media_id = expected.sender_id.clone();
    let (asked, by) = (expected.clone(), caller.clone());
    if !app.read(move |app| may_write(app, &by, asked.trace_id)).await? {
        let why = "the trace belongs to another agent than the key";
        return Err(ApiError::new(ErrorCode::Forbidden, why));
    }
    if is_there(&app, &caller, &expected).await? {
        return Ok(Json(json!({ "mediaId": media_id, "uploadUrl": null })).into_response());
    }
    let place = crate::ingest::braintrust::random_key()?;
    let now = app.store.now();
    let until = now.saturating_add(UPLOAD_NANOS);
    app.uploads.expect((caller.workspace, SENDER), place.clone(), expected, until);
    let base = address::base(&parts, Owner::Langfuse);
    let url = format!("{base}/api/public/media/upload/{place}");
    let answer = Json(json!({ "mediaId": media_id, "uploadUrl": url }));
    Ok((StatusCode::CREATED, answer).into_response())
}

/// Content that the workspace has already only needs its new place noted.
async fn is_there(app: &App, caller: &Caller, expected: &Expected) -> Result<bool, ApiError> {
    let Some((sha256, length)) = expected.content else { return Ok(false) };
    let workspace = caller.workspace;
    let size = app.read(move |app| Ok(app.store.content_size(workspace, &sha256)?)).await?;
    if size != Some(length) {
        return Ok(false);
    }
    let attachment = expected.attachment(AttachmentContent::Stored(sha256));
    let room = app.admission.enter(0).await?;
    let received = Received { body: Vec::new(), packing: Packing::Identity, room };
    let decode = move |_: &[u8]| Ok((one(attachment), ()));
    let landed = land(app, caller, SENDER, AgentRule::Any, received, decode).await?;
    Ok(landed.decoded.rejected_count == 0)
}

fn one(attachment: clew_model::attachment::NewAttachment) -> Decoded {
    Decoded { attachments: vec![attachment], accepted_count: 1, ..Decoded::default() }
}

fn about_limits(app: &App) -> BodyLimits {
    BodyLimits {
        max_bytes: ABOUT_MAX_BYTES,
        name: "of what is said about a medium",
        timeout: app.config.limits.body_timeout,
    }
}

async fn upload(State(app): State<App>, Path(place): Path<String>, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let expected = app.uploads.at_secret(SENDER, &place, app.store.now());
    let Some((expected, caller)) = expected.and_then(|e| e.caller.clone().map(|by| (e, by))) else {
        crate::ingest::body::discard(&parts.headers, body).await;
        let why = "this address of an upload is not known or not good any more: ask for a new one";
        return Err(ApiError::new(ErrorCode::NotFound, why));
    };
    let limits = BodyLimits {
        max_bytes: app.config.limits.max_attachment_bytes,
        name: "ingest.max_attachment_bytes",
        timeout: app.config.limits.body_timeout,
    };
    let (body, room) = read_admitted(&parts.headers, body, limits, &app.admission).await?;
    let received = Received { body, packing: Packing::Identity, room };
    let decode = move |bytes: &[u8]| {
        check(&expected, bytes)?;
        Ok((one(expected.attachment(AttachmentContent::Bytes(bytes.to_vec()))), ()))
    };
    let landed = land(&app, &caller, SENDER, AgentRule::Any, received, decode).await?;
    crate::ingest::json::refuse_if_nothing(&landed.decoded)?;
    app.uploads.came((caller.workspace, SENDER), &place, app.store.now());
    Ok(StatusCode::OK.into_response())
}

fn check(expected: &Expected, bytes: &[u8]) -> Result<(), WireError> {
    let refused = |message: String| WireError { message, field: None, offset: None };
    let Some((sha256, length)) = expected.content else { return Ok(()) };
    if bytes.len() as u64 != length {
        return Err(refused(format!("{} bytes came, {length} were announced", bytes.len())));
    }
    if <[u8; 32]>::from(Sha256::digest(bytes)) != sha256 {
        return Err(refused("the content has another SHA-256 than was announced".to_owned()));
    }
    Ok(())
}

async fn uploaded(State(app): State<App>, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    read_small(&parts.headers, body, about_limits(&app)).await?;
    Ok(Json(json!({})).into_response())
}

async fn medium(
    State(app): State<App>,
    caller: Caller,
    Path(media_id): Path<String>,
    request: Request,
) -> Answered {
    let (parts, _) = request.into_parts();
    let by = caller.clone();
    let found = app
        .read(move |app| {
            let found = app.store.attachment_of_sender(by.workspace, &media_id)?;
            match found {
                Some(found) if may_write(app, &by, found.trace_id)? => Ok(Some(found)),
                _ => Ok(None),
            }
        })
        .await?;
    let found = found.ok_or_else(|| ApiError::not_found("a medium with this id"))?;
    let origin = address::base(&parts, Owner::Api);
    Ok(Json(json!({
        "mediaId": found.sender_id, "contentType": found.content_type,
        "contentLength": found.size,
        "uploadedAt": crate::agno::instant::written(found.created_nanos),
        "url": format!("{origin}/api/v1/traces/{}/attachments/{}", found.trace_id, found.id),
        "urlExpiry": "9999-12-31T23:59:59Z",
    }))
    .into_response())
}
