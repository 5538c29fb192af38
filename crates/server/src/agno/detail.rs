//! `GET /traces/{trace_id}`: one trace as a tree, or one of its spans.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Status;
use clew_model::trace::Tree;
use clew_query::{
    Comparison, Expr, Field, FieldRef, Filter, IdTest, Place, Predicate, Subject, Term, Test,
};
use clew_store::{Budget, TraceQuery, TraceRow};

use super::clip::Clipper;
use super::draw::{Whole, draw, draw_one};
use super::list::summary;
use super::request::{Asked, Refusal};
use super::run::{self, Ids};
use super::shape::TraceView;
use super::{ANSWER_MAX_BYTES, attributes};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::printable;

/// Time to look for a span that is not in the trace, so as to say whose it is.
const FOREIGN_SPAN_SEARCH: Duration = Duration::from_millis(500);

/// The handler.
pub(super) async fn detail(
    State(app): State<App>,
    caller: Caller,
    Path(trace_id): Path<String>,
    asked: Asked,
) -> Result<Response, Refusal> {
    asked.check_database(&caller)?;
    let answer = app.read(move |app| {
        let row = own_row(app, &caller, &trace_id)?;
        match asked.text("span_id") {
            Some(span_id) => one_span(app, &caller, &row, span_id),
            None => Ok(Json(trace(app, &caller, &row, ANSWER_MAX_BYTES)?).into_response()),
        }
    });
    Ok(answer.await?)
}

/// 404 in agno's words.
pub(super) fn not_found(what: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::NotFound, what)
}

/// Ids are compared with case.
fn own_row(app: &App, caller: &Caller, text: &str) -> Result<TraceRow, ApiError> {
    let missing = || not_found("Trace not found");
    let trace_id = TraceId::from_hex(text).map_err(|_| missing())?;
    if trace_id.to_string() != text {
        return Err(missing());
    }
    let row = app.store.trace_row(caller.workspace, &trace_id)?.ok_or_else(missing)?;
    let is_own = |agent| row.agent.as_ref().is_some_and(|owner| owner.id == agent);
    if caller.agent.is_none_or(is_own) { Ok(row) } else { Err(missing()) }
}

/// A whole trace in about `budget_bytes`.
pub(super) fn trace(
    app: &App,
    caller: &Caller,
    row: &TraceRow,
    budget_bytes: usize,
) -> Result<TraceView, ApiError> {
    let trace_id = &row.summary.trace_id;
    let spans = app.store.trace_spans(caller.workspace, trace_id)?;
    let speaker = run::speaker(&spans);
    let tree = Tree::build(spans);
    let mut load = |ids: &[SpanId]| -> Result<Vec<SourceSpan>, ApiError> {
        Ok(app.store.sources(caller.workspace, trace_id, Some(ids))?)
    };
    assemble(row, &tree, speaker, &mut load, budget_bytes)
}

/// Puts a trace together out of its tree and its payload.
pub(super) fn assemble(
    row: &TraceRow,
    tree: &Tree,
    speaker: Option<SpanId>,
    load: &mut super::draw::Load<'_>,
    budget_bytes: usize,
) -> Result<TraceView, ApiError> {
    let source = match speaker {
        Some(speaker) => load(&[speaker])?.into_iter().next(),
        None => None,
    };
    let mut view = summary(row, Ids::of(source.as_ref()));
    let mut clipper = Clipper::new(budget_bytes / 8);
    let mut give = |text: String| {
        let slot = clipper.keep(text);
        clipper.give(slot).text
    };
    view.input = run::input(row, source.as_ref()).map(&mut give);
    let at = speaker.and_then(|speaker| tree.index_of(speaker));
    if let (Some(source), Some(at)) = (&source, at) {
        let span = &tree.nodes()[at].span;
        if span.status == Status::Error {
            view.error = attributes::error(source, span).map(&mut give);
        } else if view.status == "OK" {
            view.output = output(tree, at, source, load)?.map(&mut give);
        }
    }
    let start_nanos = row.effective_start_nanos();
    let end_nanos = row.summary.end_nanos.unwrap_or(start_nanos);
    view.tree = Some(draw(tree, Whole { start_nanos, end_nanos }, load, budget_bytes / 4 * 3)?);
    Ok(view)
}

/// A flow that says nothing itself ends with what its last step says.
fn output(
    tree: &Tree,
    at: usize,
    source: &SourceSpan,
    load: &mut super::draw::Load<'_>,
) -> Result<Option<String>, ApiError> {
    let own = attributes::payload(source).output;
    let is_flow = attributes::kind(source, &tree.nodes()[at].span) == "WORKFLOW";
    if !is_flow || own.as_deref().is_some_and(|own| !own.is_empty() && own != "None") {
        return Ok(own);
    }
    let last = tree.children(at).max_by_key(|child| tree.nodes()[*child].span.end_nanos);
    let Some(last) = last else { return Ok(own) };
    let loaded = load(&[tree.nodes()[last].span.span_id])?.into_iter().next();
    Ok(loaded.and_then(|source| attributes::payload(&source).output).or(own))
}

fn one_span(app: &App, caller: &Caller, row: &TraceRow, text: &str) -> Result<Response, ApiError> {
    let trace_id = &row.summary.trace_id;
    let missing = || not_found("Span not found");
    let span_id = SpanId::from_hex(text).map_err(|_| missing())?;
    if span_id.to_string() != text {
        return Err(missing());
    }
    let tree = Tree::build(app.store.trace_spans(caller.workspace, trace_id)?);
    let Some(index) = tree.index_of(span_id) else {
        let elsewhere = is_elsewhere(app, caller, span_id)?;
        let foreign = || format!("Span {} does not belong to trace {trace_id}", printable(text));
        return Err(if elsewhere { not_found(foreign()) } else { missing() });
    };
    let source = app.store.sources(caller.workspace, trace_id, Some(&[span_id]))?;
    let node = draw_one(&tree.nodes()[index], source.first(), ANSWER_MAX_BYTES);
    Ok(Json(node).into_response())
}

/// Whether another trace that the caller may see has the span.
fn is_elsewhere(app: &App, caller: &Caller, span_id: SpanId) -> Result<bool, ApiError> {
    let test = Test::Id(IdTest { text: span_id.to_string(), is_prefix: false });
    let field = FieldRef::Field(Field::Span);
    let below = Some(Subject::Span);
    let comparison = Comparison { field, below, test, is_negated: false };
    let predicate = Predicate::Comparison(comparison);
    let expr = Expr::Term(Term { predicate, place: Place { from: 0, to: 0 } });
    let query = TraceQuery {
        workspace: caller.workspace,
        filter: Filter {
            subject: Subject::Trace,
            text: expr.to_string(),
            expr: Some(expr),
            chips: Vec::new(),
            hints: Vec::new(),
            resolved: Vec::new(),
        },
        sort: Vec::new(),
        limit: 1,
        cursor: None,
        agent: caller.agent,
        budget: Budget { deadline: Some(Instant::now() + FOREIGN_SPAN_SEARCH), scan_rows: None },
        now: app.store.now(),
    };
    Ok(!app.store.traces(&query)?.rows.is_empty())
}
