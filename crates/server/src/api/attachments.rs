//! Attachments of a run: the list, the bytes, and the way in for whoever has no format for them.

mod deliver;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use axum::routing::{get, post};
use clew_model::ids::{SpanId, TraceId};
use clew_store::{Attachment, AttachmentContent, NewAttachment, PutAttachment, Scope};
use serde_json::{Value as JsonValue, json};

use super::own::own_row;
use super::params::{Params, TracePath, trace_id};
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::body::{BodyLimits, discard, read_admitted};
use crate::ingest::foreign;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/attachments",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Files, images and sound of a run and its spans, in the order in which they came",
        query: &[],
        body: None,
        answer: Answer::Json("AttachmentList"),
        handler: || get(list),
    };
    let one = Route {
        path: "/api/v1/traces/{trace_id}/attachments/{id}",
        summary: "The bytes of an attachment; `Range` asks for a part of them",
        answer: Answer::Bytes,
        handler: || get(one),
        ..list.same()
    };
    let put = Route {
        method: Method::POST,
        access: Access::Scope(Scope::Ingest),
        summary: "Keeps the body as an attachment, with its content type",
        query: &[
            Query { name: "span_id", kind: "string", about: "The span that has it; else the run" },
            Query { name: "name", kind: "string", about: "Its name" },
            Query { name: "sender_id", kind: "string", about: "What its sender calls the content" },
        ],
        body: Some("Bytes"),
        answer: Answer::Json("Attachment"),
        handler: || post(put),
        ..list.same()
    };
    vec![list, one, put]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        own_row(app, &caller, trace_id)?;
        let found = app.store.attachments(caller.workspace, &trace_id)?;
        let found: Vec<JsonValue> = found.iter().map(view).collect();
        Ok(Json(json!({ "attachments": found })))
    })
    .await
}

fn view(attachment: &Attachment) -> JsonValue {
    let hash: String = attachment.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "id": attachment.id,
        "span_id": attachment.span_id,
        "sender_id": attachment.sender_id,
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": hash,
        "created_nanos": Nanos(attachment.created_nanos),
    })
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path((trace, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let trace_id = trace_id(&trace)?;
    let nothing = || ApiError::not_found("attachment");
    let id: i64 = id.parse().map_err(|_| nothing())?;
    let asking = caller.clone();
    let attachment = app
        .read(move |app| {
            own_row(app, &asking, trace_id)?;
            let found = app.store.attachment(asking.workspace, id)?;
            found.filter(|found| found.trace_id == trace_id).ok_or_else(nothing)
        })
        .await?;
    Ok(deliver::deliver(app, &caller, attachment, &headers))
}

async fn put(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    params: Params,
    request: Request,
) -> Result<Json<JsonValue>, ApiError> {
    let (parts, body) = request.into_parts();
    let asked = asked(&parts.headers, &params);
    let sender_id = params.text("sender_id").map(str::to_owned);
    let (span_id, name, content_type) = match asked {
        Ok(asked) => asked,
        Err(error) => {
            discard(&parts.headers, body).await;
            return Err(error);
        }
    };
    let limits = BodyLimits {
        max_bytes: app.config.limits.max_attachment_bytes,
        name: "ingest.max_attachment_bytes",
        timeout: app.config.limits.body_timeout,
    };
    let (bytes, room) = read_admitted(&parts.headers, body, limits, &app.admission).await?;
    app.decode(move |app| {
        let new = NewAttachment {
            trace_id,
            span_id,
            sender_id,
            name,
            content_type,
            content: AttachmentContent::Bytes(bytes),
        };
        let kept = keep(app, &caller, trace_id, new);
        drop(room);
        kept
    })
    .await
}

type Asked = (Option<SpanId>, String, String);

fn asked(headers: &HeaderMap, params: &Params) -> Result<Asked, ApiError> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let message = "an attachment is sent as it is, without a content encoding";
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType, message));
    }
    let wrong = |_| ApiError::bad_request("`span_id` is no id of a span").with_field("span_id");
    let span_id = params.text("span_id").map(SpanId::from_sender).transpose().map_err(wrong)?;
    let name = params.text("name").unwrap_or("attachment").to_owned();
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok());
    Ok((span_id, name, said.unwrap_or_default().to_owned()))
}

fn keep(
    app: &App,
    caller: &Caller,
    trace_id: TraceId,
    new: NewAttachment,
) -> Result<Json<JsonValue>, ApiError> {
    if !foreign::may_write(app, caller, trace_id)? {
        return Err(ApiError::not_found("trace"));
    }
    let limits = app.config.limits.attachments();
    match app.store.put_attachment(caller.workspace, caller.agent, new, limits)? {
        PutAttachment::Kept(attachment) | PutAttachment::Known(attachment) => {
            Ok(Json(view(&attachment)))
        }
        PutAttachment::Deleted => Err(ApiError::new(
            ErrorCode::Conflict,
            "the run was deleted, what comes for it is not taken",
        )),
        PutAttachment::TooMany => Err(ApiError::new(
            ErrorCode::TooLarge,
            format!(
                "the run has {} attachments, no more are kept (ingest.max_trace_attachments)",
                limits.per_trace
            ),
        )),
    }
}
