//! Braintrust's attachments. A row names them by a key; the file comes afterwards, with the key
//! of the program, which it is told to send along.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_store::Scope;
use clew_wire::Decoded;
use clew_wire::braintrust::Reference;
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};
use sha2::{Digest, Sha256};

use super::{SENDER, projects, route, upload_headers};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::address;
use crate::ingest::body::{BodyLimits, discard, read_admitted};
use crate::ingest::decompress::Packing;
use crate::ingest::foreign::may_write;
use crate::ingest::json::refuse_if_nothing;
use crate::ingest::otlp::Answered;
use crate::ingest::receive::{AgentRule, Received, land};
use crate::ingest::uploads::{Expected, PLACE_MAX_BYTES};
use crate::routes::{Access, Owner, Route};

/// How long a file may come after its row, in nanoseconds.
const AFTER_ROW_NANOS: i64 = 24 * 3600 * 1_000_000_000;

/// The routes of this file.
pub(super) fn routes() -> Vec<Route> {
    vec![
        route(
            Method::POST,
            "/attachment",
            "Where to put a file that a row names",
            "BraintrustFile",
            || post(place),
        ),
        Route {
            body: None,
            ..route(Method::PUT, "/attachment/{key}", "A file that a row names", "", || put(upload))
        },
        route(Method::POST, "/attachment/status", "How an upload went", "BraintrustFile", || {
            post(status)
        }),
        Route {
            body: None,
            access: Access::Scope(Scope::Read),
            ..route(Method::GET, "/attachment", "A file that a row names", "", || get(file))
        },
    ]
}

/// Remembers the files that rows name, until they come. The rows have landed, but for those of
/// other agents' runs.
pub(super) fn expect(
    app: &App,
    caller: &Caller,
    references: Vec<Reference>,
) -> Result<(), ApiError> {
    let until = app.store.now().saturating_add(AFTER_ROW_NANOS);
    let mut own = HashMap::new();
    for reference in references {
        let is_own = match own.entry(reference.trace_id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => *place.insert(may_write(app, caller, reference.trace_id)?),
        };
        if !is_own {
            continue;
        }
        let expected = Expected {
            caller: None,
            trace_id: reference.trace_id,
            span_id: Some(reference.span_id),
            sender_id: reference.key.clone(),
            name: reference.filename,
            content_type: reference.content_type,
            content: None,
        };
        app.uploads.expect((caller.workspace, SENDER), reference.key, expected, until);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Asked {
    key: Option<String>,
}

async fn place(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    #[derive(Deserialize)]
    struct File {
        key: String,
        content_type: Option<String>,
    }
    let (parts, body) = request.into_parts();
    let asked: File = projects::small(&app, &parts.headers, body).await?;
    if asked.key.len() > PLACE_MAX_BYTES {
        let why = format!("a key of an attachment has at most {PLACE_MAX_BYTES} bytes");
        return Err(ApiError::bad_request(why).with_field("key"));
    }
    if asked.key.is_empty() || !asked.key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        let why = "is no key of an attachment: letters, digits and `-` are";
        return Err(ApiError::bad_request(why).with_field("key"));
    }
    let base = address::base(&parts, Owner::Braintrust);
    let kind = asked.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    Ok(Json(json!({
        "signedUrl": format!("{base}/attachment/{}", asked.key),
        "headers": upload_headers(&app, &caller, &kind)?,
    }))
    .into_response())
}

async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    request: Request,
) -> Answered {
    let (parts, body) = request.into_parts();
    let expected = app.uploads.at((caller.workspace, SENDER), &key, app.store.now());
    if expected.is_empty() {
        discard(&parts.headers, body).await;
        let why = "no row has named this attachment in the last day";
        return Err(ApiError::new(ErrorCode::NotFound, why));
    }
    let limits = BodyLimits {
        max_bytes: app.config.limits.max_attachment_bytes,
        name: "ingest.max_attachment_bytes",
        timeout: app.config.limits.body_timeout,
    };
    let (body, room) = read_admitted(&parts.headers, body, limits, &app.admission).await?;
    let received = Received { body, packing: Packing::Identity, room };
    let decode = move |bytes: &[u8]| {
        let attachments = attachments(&expected, bytes);
        let accepted_count = attachments.len() as u64;
        Ok((Decoded { attachments, accepted_count, ..Decoded::default() }, ()))
    };
    let landed = land(&app, &caller, SENDER, AgentRule::Any, received, decode).await?;
    refuse_if_nothing(&landed.decoded)?;
    app.uploads.came((caller.workspace, SENDER), &key, app.store.now());
    Ok(StatusCode::OK.into_response())
}

/// A file wherever it belongs: its bytes once, then by their SHA-256.
fn attachments(expected: &[Expected], bytes: &[u8]) -> Vec<NewAttachment> {
    let mut contents = vec![AttachmentContent::Bytes(bytes.to_vec())];
    if expected.len() > 1 {
        let sha256 = Sha256::digest(bytes).into();
        contents.resize(expected.len(), AttachmentContent::Stored(sha256));
    }
    expected.iter().zip(contents).map(|(one, content)| one.attachment(content)).collect()
}

async fn status(State(app): State<App>, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let _said: JsonValue = projects::small(&app, &parts.headers, body).await?;
    Ok(Json(json!({})).into_response())
}

async fn file(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
    request: Request,
) -> Answered {
    let (parts, _) = request.into_parts();
    let key = asked.key.ok_or_else(|| ApiError::bad_request("is missing").with_field("key"))?;
    let found = app
        .read(move |app| match app.store.attachment_of_sender(caller.workspace, &key)? {
            Some(found) if may_write(app, &caller, found.trace_id)? => Ok(Some(found)),
            _ => Ok(None),
        })
        .await?;
    let found = found.ok_or_else(|| ApiError::not_found("an attachment with this key"))?;
    let origin = address::base(&parts, Owner::Api);
    let place = format!("{origin}/api/v1/traces/{}/attachments/{}", found.trace_id, found.id);
    let answer = json!({ "downloadUrl": place, "status": { "upload_status": "done" } });
    Ok(Json(answer).into_response())
}
