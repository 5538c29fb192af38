//! The store as a whole: whether it is sound, and a copy of it.

use std::io::Read;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value as JsonValue, json};
use tokio::sync::mpsc;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};
use crate::trouble::fault;

/// Bytes of a backup that are sent at once.
const PIECE_BYTES: usize = 256 * 1024;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let check = Route {
        method: Method::GET,
        path: "/api/v1/check",
        owner: Owner::Api,
        access: Access::Operator,
        summary: "Reads every block of the store and says what is damaged",
        query: &[],
        body: None,
        answer: Answer::Json("Check"),
        handler: || get(check),
    };
    let backup = Route {
        path: "/api/v1/backup",
        summary: "A copy of the store as it is at one moment",
        answer: Answer::Bytes,
        handler: || get(backup),
        ..check.same()
    };
    vec![check, backup]
}

async fn check(State(app): State<App>, _caller: Caller) -> Result<Json<JsonValue>, ApiError> {
    app.read(|app| {
        let report = app.store.check()?;
        Ok(Json(json!({
            "problems": report.problems,
            "counts": {
                "traces": report.traces,
                "spans": report.spans,
                "log_records": report.log_rows,
                "chunks": report.chunks,
                "blocks": report.blocks,
            },
            "sizes": report.sizes,
        })))
    })
    .await
}

async fn backup(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    let (folder, file) = app
        .read(move |app| {
            let folder = match &app.config.scratch {
                Some(place) => tempfile::tempdir_in(place),
                None => tempfile::tempdir(),
            };
            let folder = folder.map_err(fault)?;
            let path = folder.path().join("clew.db");
            app.store.backup(&path)?;
            let change = caller.change(app.store.now());
            app.store.append_audit(&change, "backup", "clew.db", "")?;
            let file = std::fs::File::open(path).map_err(fault)?;
            Ok((folder, file))
        })
        .await?;
    let length = file.metadata().map_err(fault)?.len();
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    tokio::task::spawn_blocking(move || {
        send(file, &sender);
        // The copy holds everything: it goes as soon as it is sent.
        drop(folder);
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

fn send(mut file: std::fs::File, sender: &mpsc::Sender<Result<Bytes, std::io::Error>>) {
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = file.read(&mut piece).map(|count| {
            piece.truncate(count);
            Bytes::from(piece)
        });
        let (ended, failed) = (read.as_ref().is_ok_and(Bytes::is_empty), read.is_err());
        if ended || sender.blocking_send(read).is_err() || failed {
            return;
        }
    }
}
