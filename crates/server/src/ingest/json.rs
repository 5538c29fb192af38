//! What the receivers of products' own JSON share.

use axum::extract::Request;
use axum::http::header;
use clew_wire::{Decoded, WireError};
use serde_json::{Value as JsonValue, json};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::body::discard;
use crate::ingest::decompress::Packing;
use crate::ingest::otlp::read;
use crate::ingest::receive::{AgentRule, Landed, Received, land};

/// Takes the body of a request all the way; any agent, and none, may be named.
pub(crate) async fn receive<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    sender: &'static str,
    request: Request,
    decode: impl FnOnce(&[u8]) -> Result<(Decoded, T), WireError> + Send + 'static,
) -> Result<Landed<T>, ApiError> {
    let (parts, body) = request.into_parts();
    let said = parts.headers.get(header::CONTENT_ENCODING).map(|v| v.to_str().unwrap_or("?"));
    let packing = match Packing::from_header(said) {
        Ok(packing) => packing,
        Err(error) => {
            discard(&parts.headers, body).await;
            return Err(error);
        }
    };
    let (body, room) = read(app, &parts.headers, body).await?;
    let received = Received { body, packing, room };
    land(app, caller, sender, AgentRule::Any, received, decode).await
}

/// An error where every item of a request was refused: its sender should hear it.
pub(crate) fn refuse_if_nothing(decoded: &Decoded) -> Result<(), ApiError> {
    match decoded.partial_message() {
        Some(why) if decoded.accepted_count == 0 => Err(ApiError::new(ErrorCode::BadRequest, why)),
        _ => Ok(()),
    }
}

/// How much of a request was taken, and what was not.
pub(crate) fn taken(decoded: &Decoded) -> JsonValue {
    let rejected: Vec<JsonValue> = decoded
        .rejected
        .iter()
        .map(|rejected| json!({ "what": rejected.what, "reason": rejected.reason }))
        .collect();
    json!({
        "accepted": decoded.accepted_count, "rejected_count": decoded.rejected_count,
        "rejected": rejected,
    })
}
