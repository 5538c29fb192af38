//! Files that MLflow's clients upload beside a run: its spans once more, and attachments.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_model::ids::TraceId;
use clew_wire::mlflow::{Context, artifact};
use clew_wire::{Decoded, Limits};
use serde_json::json;

use super::Experiment;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::json::{receive, refuse_if_nothing};
use crate::routes::Route;

/// The file of spans.
const SPANS: &str = "traces.json";

/// The route of this file.
pub(super) fn route() -> Route {
    super::route(
        Method::PUT,
        "/api/2.0/mlflow-artifacts/artifacts/{*path}",
        "A file of a run: its spans, or an attachment",
        || put(upload),
    )
}

/// What a path names: `EXPERIMENT/traces/RUN/artifacts/NAME`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    experiment: String,
    request_id: String,
    name: String,
}

impl Place {
    fn of(path: &str) -> Option<Place> {
        let (experiment, rest) = path.trim_start_matches('/').split_once("/traces/")?;
        let (request_id, name) = rest.split_once("/artifacts/")?;
        let own = |text: &str| text.to_owned();
        (!request_id.is_empty() && !name.is_empty()).then(|| Place {
            experiment: own(experiment),
            request_id: own(request_id),
            name: own(name),
        })
    }
}

async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(path): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let Some(place) = Place::of(&path) else {
        return Err(ApiError::bad_request(
            "files are taken beside traces alone: EXPERIMENT/traces/ID/artifacts/NAME",
        ));
    };
    if place.name == SPANS {
        spans(&app, &caller, place, request).await
    } else {
        attachment(&app, &caller, place, request).await
    }
}

async fn spans(
    app: &App,
    caller: &Caller,
    place: Place,
    request: Request,
) -> Result<Response, ApiError> {
    let (now_nanos, workspace, within) = (app.store.now(), caller.workspace, app.clone());
    let landed = receive(app, caller, "mlflow", request, move |body| {
        let limits = Limits::default();
        let context = Context { now_nanos, limits: &limits };
        let mut decoded = artifact::spans(body, Some(&place.request_id), &context)?;
        let project = Experiment::of_id(&within, workspace, &place.experiment).name;
        decoded.add_to_resources("mlflow.experimentName", &project);
        Ok((decoded, ()))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(json!({})).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

async fn attachment(
    app: &App,
    caller: &Caller,
    place: Place,
    request: Request,
) -> Result<Response, ApiError> {
    let said = request.headers().get(header::CONTENT_TYPE);
    let said = said.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let trace_id = TraceId::from_sender(&place.request_id)
        .map_err(|error| ApiError::bad_request(error.to_string()).with_field("trace id"))?;
    let name = place.name.strip_prefix("attachments/").unwrap_or(&place.name).to_owned();
    let landed = receive(app, caller, "mlflow", request, move |body| {
        let attachment = NewAttachment {
            trace_id,
            span_id: None,
            sender_id: Some(name.clone()),
            content_type: media_type(&said, body),
            name,
            content: AttachmentContent::Bytes(body.to_vec()),
        };
        let attachments = vec![attachment];
        Ok((Decoded { attachments, accepted_count: 1, ..Decoded::default() }, ()))
    })
    .await?;
    refuse_if_nothing(&landed.decoded)?;
    let mut response = Json(json!({})).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

/// The clients guess a type from a name that has no ending, so the first bytes tell better.
fn media_type(said: &str, bytes: &[u8]) -> String {
    const BEGINNINGS: [(&[u8], &str); 8] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"ID3", "audio/mpeg"),
        (b"\xff\xfb", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"fLaC", "audio/flac"),
    ];
    let plain = matches!(said, "" | "application/octet-stream" | "text/plain");
    let container = |kind: &[u8]| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(kind);
    match BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        Some((_, known)) if plain => (*known).to_owned(),
        _ if plain && container(b"WAVE") => "audio/wav".to_owned(),
        _ if plain && container(b"WEBP") => "image/webp".to_owned(),
        _ if said.is_empty() => "application/octet-stream".to_owned(),
        _ => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_run_and_file() {
        let place = Place::of("5/traces/tr-1/artifacts/attachments/a-b").unwrap();
        assert_eq!(
            (place.experiment.as_str(), place.request_id.as_str(), place.name.as_str()),
            ("5", "tr-1", "attachments/a-b")
        );
        for odd in ["", "5/traces/tr-1/artifacts/", "5/models/x", "5/traces//artifacts/traces.json"]
        {
            assert_eq!(Place::of(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_first_bytes_tell_the_type() {
        assert_eq!(media_type("application/octet-stream", b"\x89PNG\r\n\x1a\nx"), "image/png");
        assert_eq!(media_type("text/plain", b"RIFF....WAVEfmt"), "audio/wav");
        assert_eq!(media_type("text/plain", b"hello"), "text/plain");
        assert_eq!(media_type("image/svg+xml", b"GIF8"), "image/svg+xml");
        assert_eq!(media_type("", b"hello"), "application/octet-stream");
    }
}
