//! `POST /runs/query`: runs by id, of a trace, below a run, or of projects. LangSmith's own
//! filter language is not read: what it would leave out would look like there is none.

use axum::Json;
use axum::extract::State;
use clew_model::ids::{SpanId, TraceId};
use clew_model::span::Span;
use clew_model::time::parse_iso_nanos;
use clew_query::{Subject, quoted};
use clew_store::{Budget, TraceQuery};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::super::projects;
use super::{Run, Trace, run, trace_of};
use crate::api::filtering::read_filter;
use crate::api::params::JsonBody;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};

/// Runs of one answer, as in LangSmith.
const PAGE_MAX: usize = 100;
/// Traces of one answer that are given with every run of theirs.
const WHOLE_TRACES_MAX: usize = 10;
/// Runs named by their id in one question.
const IDS_MAX: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    id: Option<Vec<String>>,
    trace: Option<String>,
    parent_run: Option<String>,
    session: Option<Vec<String>>,
    is_root: Option<bool>,
    run_type: Option<String>,
    error: Option<bool>,
    start_time: Option<String>,
    filter: Option<String>,
    trace_filter: Option<String>,
    tree_filter: Option<String>,
    query: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(super) async fn query(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    let filters = [&asked.filter, &asked.trace_filter, &asked.tree_filter, &asked.query];
    if filters.into_iter().flatten().any(|text| !text.is_empty()) {
        let message = "LangSmith's filters are not read here: ask by id, trace, parent_run, \
                       session, is_root, run_type, error or start_time, or use Clew's own API";
        return Err(ApiError::bad_request(message).with_field("filter"));
    }
    app.read(move |app| {
        let (runs, next) = found(app, &caller, &asked)?;
        let runs: Vec<JsonValue> = runs.into_iter().map(|run| run.json).collect();
        Ok(Json(json!({ "runs": runs, "cursors": { "next": next }, "parsed_query": null })))
    })
    .await
}

type Found = (Vec<Run>, Option<String>);

fn found(app: &App, caller: &Caller, asked: &Asked) -> Result<Found, ApiError> {
    if let Some(ids) = &asked.id {
        return Ok((by_id(app, caller, ids)?, None));
    }
    let trace = match (&asked.trace, &asked.parent_run) {
        (Some(trace), _) => TraceId::from_sender(trace).ok(),
        (None, Some(parent)) => match SpanId::from_sender(parent) {
            Ok(span_id) => trace_of(app, caller, parent, span_id)?,
            Err(_) => None,
        },
        (None, None) => return of_projects(app, caller, asked),
    };
    let trace = trace.map(|trace| Trace::read(app, caller, trace)).transpose()?.flatten();
    match trace {
        Some(trace) => page_of(app, &trace, asked),
        None => Ok((Vec::new(), None)),
    }
}

/// A page of a trace's runs. Its spans are read whole a page at a time, until enough of them meet
/// what is asked; the cursor is the number of spans that were looked at.
fn page_of(app: &App, trace: &Trace, asked: &Asked) -> Result<Found, ApiError> {
    let page = page_size(asked);
    let candidates: Vec<&Span> = trace.spans.iter().filter(|span| may_meet(span, asked)).collect();
    let mut seen = asked.cursor.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut runs = Vec::new();
    // Where only what was sent can tell, many are read at once for the few that it may be.
    let told = asked.run_type.is_none() && asked.error.is_none() && asked.start_time.is_none();
    let step = if told { page } else { PAGE_MAX };
    while runs.len() < page && seen < candidates.len() {
        let more = &candidates[seen..candidates.len().min(seen.saturating_add(step))];
        runs.extend(trace.runs(app, more)?.into_iter().filter(|run| meets(run, asked)));
        let last = runs.get(page - 1).filter(|_| runs.len() > page).map(|run| run.span_id);
        let looked = more.iter().position(|span| Some(span.span_id) == last);
        seen += looked.map_or(more.len(), |place| place + 1);
        runs.truncate(page);
    }
    Ok((runs, (seen < candidates.len()).then(|| seen.to_string())))
}

fn by_id(app: &App, caller: &Caller, ids: &[String]) -> Result<Vec<Run>, ApiError> {
    if ids.len() > IDS_MAX {
        let message = format!("at most {IDS_MAX} ids in one question");
        return Err(ApiError::new(ErrorCode::BadRequest, message).with_field("id"));
    }
    let mut runs = Vec::new();
    for id in ids {
        if let (Some(json), Ok(span_id)) = (run(app, caller, id)?, SpanId::from_sender(id)) {
            runs.push(Run { span_id, parent: None, json });
        }
    }
    Ok(runs)
}

/// Runs of the newest traces of projects, a page of traces at a time: a page may hold fewer
/// runs than asked for, or, of deep traces, more.
fn of_projects(app: &App, caller: &Caller, asked: &Asked) -> Result<Found, ApiError> {
    let mut names = Vec::new();
    for id in asked.session.iter().flatten() {
        names.extend(projects::name_of(app, caller.workspace, id)?);
    }
    if asked.session.as_ref().is_some_and(|ids| !ids.is_empty()) && names.is_empty() {
        return Ok((Vec::new(), None));
    }
    let names: Vec<String> = names.iter().map(|name| format!("agent:{}", quoted(name))).collect();
    // With all that is below them, a few traces fill an answer.
    let most = if asked.is_root == Some(true) { PAGE_MAX } else { WHOLE_TRACES_MAX };
    let query = TraceQuery {
        workspace: caller.workspace,
        filter: read_filter(app, &names.join(" or "), Subject::Trace)?,
        sort: Vec::new(),
        limit: page_size(asked).min(most),
        cursor: asked.cursor.clone(),
        agent: caller.agent,
        budget: Budget::default(),
        now: app.store.now(),
    };
    let page = app.store.traces(&query)?;
    let mut runs = Vec::new();
    for row in &page.rows {
        let Some(trace) = Trace::read(app, caller, row.summary.trace_id)? else { continue };
        let wanted: Vec<&Span> = trace.spans.iter().filter(|span| may_meet(span, asked)).collect();
        runs.extend(trace.runs(app, &wanted)?.into_iter().filter(|run| meets(run, asked)));
    }
    Ok((runs, page.next_cursor))
}

fn page_size(asked: &Asked) -> usize {
    asked.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX)
}

/// Whether a span may meet what is asked, as far as it can be told before it is read whole.
fn may_meet(span: &Span, asked: &Asked) -> bool {
    let parent = asked.parent_run.as_deref().and_then(|id| SpanId::from_sender(id).ok());
    (asked.parent_run.is_none() || span.parent_span_id == parent)
        && asked.is_root.is_none_or(|wanted| wanted == span.parent_span_id.is_none())
}

fn meets(run: &Run, asked: &Asked) -> bool {
    let parent = asked.parent_run.as_deref().and_then(|id| SpanId::from_sender(id).ok());
    let since = asked.start_time.as_deref().and_then(parse_iso_nanos);
    let started = run.json["start_time"].as_str().and_then(parse_iso_nanos);
    (asked.parent_run.is_none() || (parent.is_some() && run.parent == parent))
        && asked.is_root.is_none_or(|wanted| wanted == run.parent.is_none())
        && asked.run_type.as_deref().is_none_or(|wanted| run.json["run_type"] == wanted)
        && asked.error.is_none_or(|wanted| wanted != run.json["error"].is_null())
        && since.is_none_or(|since| started.is_some_and(|started| started >= since))
}
