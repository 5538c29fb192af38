//! Phoenix's REST calls, as `arize-phoenix-client` makes them: annotations, projects and
//! spans as JSON. Its client raises everything that is not 2xx to the application, and tries
//! nothing again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clew_model::ids::{SpanId, TraceId};
use clew_model::label::LabelTarget;
use clew_store::{Scope, WorkspaceId};
use clew_wire::phoenix::{self, Subject, Target};
use clew_wire::{Decoded, Limits, Rejected};
use serde_json::{Value as JsonValue, json};

use crate::api::params::JsonBody;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::json::receive;
use crate::routes::{Access, Answer, Owner, Route};

/// The version of Phoenix whose calls are taken: the client tells its user where it would need
/// a later one.
const VERSION: &str = "12.0.0";
/// The project that every Phoenix has.
const DEFAULT: &str = "default";
/// The product in the table of senders' projects.
const PRODUCT: &str = "phoenix";
/// How long one request may look for the runs of its spans; further ones count as missing.
const LOOKING_MAX: Duration = Duration::from_secs(10);
/// Names of spans that are not there, in a message.
const NAMED_MAX: usize = 5;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |method, path, summary, handler| Route {
        method,
        path,
        owner: Owner::Phoenix,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler,
    };
    let labels = "Phoenix's annotations: labels";
    vec![
        route(Method::POST, "/v1/span_annotations", labels, || post(of_spans)),
        route(Method::POST, "/v1/document_annotations", labels, || post(of_documents)),
        route(Method::POST, "/v1/trace_annotations", labels, || post(of_traces)),
        route(Method::POST, "/v1/session_annotations", labels, || post(of_sessions)),
        route(Method::POST, "/v1/span_notes", "A note on a span: a label", || post(notes)),
        Route {
            access: Access::Public,
            answer: Answer::Text("text/plain"),
            ..route(
                Method::GET,
                "/arize_phoenix_version",
                "The version of Phoenix whose calls are taken",
                || get(version),
            )
        },
        route(Method::GET, "/v1/projects", "Projects that were made", || get(list_projects)),
        route(Method::POST, "/v1/projects", "A project of a name, which is always there", || {
            post(create_project)
        }),
        route(Method::GET, "/v1/projects/{project}", "A project, which is always there", || {
            get(read_project)
        }),
        route(Method::POST, "/v1/projects/{project}/spans", "Spans as Phoenix gives them", || {
            post(spans)
        }),
    ]
}

type Answered = Result<Response, ApiError>;

async fn of_spans(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    annotate(&app, &caller, Subject::Span, request).await
}

async fn of_documents(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    annotate(&app, &caller, Subject::Document, request).await
}

async fn of_traces(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    annotate(&app, &caller, Subject::Trace, request).await
}

async fn of_sessions(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    annotate(&app, &caller, Subject::Session, request).await
}

async fn notes(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    annotate(&app, &caller, Subject::Note, request).await
}

/// Labels; spans are named without their run, which is looked up. One that has not come yet
/// is refused, as Phoenix does.
async fn annotate(app: &App, caller: &Caller, subject: Subject, request: Request) -> Answered {
    let (now_nanos, workspace, within) = (app.store.now(), caller.workspace, app.clone());
    let landed = receive(app, caller, "phoenix", request, move |body| {
        let (taken, mut decoded) =
            phoenix::annotations(subject, body, now_nanos, &Limits::default())?;
        let mut runs =
            Runs { app: &within, workspace, known: HashMap::new(), begun: Instant::now() };
        let mut missing = Vec::new();
        for annotation in taken {
            match runs.target(&annotation.target) {
                Some(target) => decoded.labels.push(annotation.label(target)),
                None => missing.push(annotation.target),
            }
        }
        refuse_missing(&mut decoded, &missing);
        let kept = decoded.labels.len();
        Ok((decoded, (kept, !missing.is_empty())))
    })
    .await?;
    let (kept, is_missing) = landed.told;
    if let Some(why) = landed.decoded.partial_message() {
        let code = if is_missing { ErrorCode::NotFound } else { ErrorCode::BadRequest };
        let kept = if kept > 0 { format!("; {kept} others were kept") } else { String::new() };
        return Err(ApiError::new(code, format!("{why}{kept}")));
    }
    let ids: Vec<JsonValue> = (0..kept).map(|index| json!({ "id": index.to_string() })).collect();
    let data = if subject == Subject::Note { json!({ "id": "0" }) } else { json!(ids) };
    Ok(with_note(landed.note, StatusCode::OK, json!({ "data": data })))
}

/// Runs of spans that are named without them.
struct Runs<'a> {
    app: &'a App,
    workspace: WorkspaceId,
    known: HashMap<SpanId, Option<TraceId>>,
    begun: Instant,
}

impl Runs<'_> {
    fn target(&mut self, target: &Target) -> Option<LabelTarget> {
        let span_id = match target {
            Target::Known(known) => return Some(known.clone()),
            Target::Span(span_id) => *span_id,
        };
        let (app, workspace, begun) = (self.app, self.workspace, self.begun);
        let run = *self.known.entry(span_id).or_insert_with(|| {
            let may_look = begun.elapsed() < LOOKING_MAX;
            may_look.then(|| app.store.trace_of_span(workspace, span_id).ok().flatten())?
        });
        run.map(|trace_id| LabelTarget::Span { trace_id, span_id })
    }
}

fn refuse_missing(decoded: &mut Decoded, missing: &[Target]) {
    let named: Vec<String> = missing
        .iter()
        .take(NAMED_MAX)
        .filter_map(|target| match target {
            Target::Span(span_id) => Some(span_id.to_string()),
            Target::Known(_) => None,
        })
        .collect();
    if named.is_empty() {
        return;
    }
    let count = missing.len() as u64;
    decoded.rejected_count += count;
    decoded.accepted_count = decoded.accepted_count.saturating_sub(count);
    let reason = "not here (yet): flush the tracer before annotating its spans".to_owned();
    decoded.rejected.push(Rejected { what: format!("spans {}", named.join(", ")), reason });
}

async fn version() -> &'static str {
    VERSION
}

async fn create_project(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<JsonValue>,
) -> Answered {
    let name = body["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ApiError::bad_request("is missing").with_field("name"))?;
    let (answer, name) = (project(name), name.to_owned());
    app.read(move |app| {
        Ok(app.store.put_sender_project(caller.workspace, PRODUCT, &name, &name)?)
    })
    .await?;
    Ok(Json(json!({ "data": answer })).into_response())
}

async fn list_projects(State(app): State<App>, caller: Caller) -> Answered {
    let known =
        app.read(move |app| Ok(app.store.sender_projects(caller.workspace, PRODUCT)?)).await?;
    let mut projects: Vec<JsonValue> = known.iter().map(|(_, name)| project(name)).collect();
    if !known.iter().any(|(_, name)| name == DEFAULT) {
        projects.insert(0, project(DEFAULT));
    }
    Ok(Json(json!({ "data": projects, "next_cursor": null })).into_response())
}

async fn read_project(Path(name): Path<String>) -> Response {
    Json(json!({ "data": project(&name) })).into_response()
}

/// Projects are the names under which spans come; one has no other id.
fn project(name: &str) -> JsonValue {
    json!({ "id": name, "name": name, "description": "" })
}

async fn spans(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    request: Request,
) -> Answered {
    let landed = receive(&app, &caller, "phoenix", request, move |body| {
        Ok((phoenix::spans(body, &project, &Limits::default())?, ()))
    })
    .await?;
    let decoded = &landed.decoded;
    let received = decoded.accepted_count + decoded.rejected_count;
    let told = json!({ "total_received": received, "total_queued": decoded.accepted_count });
    if decoded.rejected_count == 0 {
        return Ok(with_note(landed.note, StatusCode::ACCEPTED, told));
    }
    Ok(with_note(landed.note, StatusCode::BAD_REQUEST, refused(decoded, received)))
}

/// The client makes its own error out of this, and looks for each of these words.
fn refused(decoded: &Decoded, received: u64) -> JsonValue {
    let invalid: Vec<JsonValue> = decoded
        .rejected
        .iter()
        .map(|rejected| json!({ "span_id": rejected.what, "error": rejected.reason }))
        .collect();
    json!({
        "error": "Request contains invalid spans; the others were kept",
        "total_received": received, "total_queued": decoded.accepted_count,
        "total_duplicates": 0, "total_invalid": decoded.rejected_count,
        "duplicate_spans": [], "invalid_spans": invalid,
    })
}

fn with_note(
    note: crate::request_log::IngestNote,
    status: StatusCode,
    body: JsonValue,
) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(note);
    response
}
