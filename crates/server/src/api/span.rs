//! One span with its payload, and what stands around it.

mod around;
mod difference;
mod long_texts;
mod pieces;
mod previews;
mod tasks;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clew_model::content::{Content, content};
use clew_model::ids::{SpanId, TraceId};
use clew_model::label::LabelTarget;
use clew_model::source::SourceSpan;
use clew_store::{Scope, TraceRow};
use serde_json::{Value as JsonValue, json};

use super::clip::{clip, size};
use super::own::own_row;
use super::params::{Params, SpanPath};
use super::view::label::LabelView;
use super::view::skeleton::SkeletonView;
use super::view::source;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::kept::{Of, Version};
use crate::routes::{Access, Answer, Owner, Query, Route};
use crate::trees::{Run, run};
use around::Around;
use long_texts::Cutting;

/// The routes of this file and of its parts.
pub(crate) fn routes() -> Vec<Route> {
    let detail = Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/spans/{span_id}",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "One span: messages, arguments and results, what the sender said, what is new \
                  since the model call before, and who asked for it and went on from it",
        query: &[Query {
            name: "text_max",
            kind: "integer",
            about: "Longer texts are cut at so many characters and told in `clipped`",
        }],
        body: None,
        answer: Answer::Json("SpanDetail"),
        handler: || get(detail),
    };
    let [text, find] = pieces::routes();
    vec![detail, previews::route(), text, find]
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    SpanPath(trace_id, span_id): SpanPath,
    params: Params,
) -> Result<Response, ApiError> {
    let text_max = match params.integer("text_max")? {
        None => None,
        Some(asked) => {
            Some(usize::try_from(asked).ok().filter(|max| *max > 0).ok_or_else(|| {
                ApiError::bad_request(format!("`text_max` must be at least 1, not {asked}"))
                    .with_field("text_max")
            })?)
        }
    };
    app.read(move |app| {
        let Told { row, document } = told(app, &caller, trace_id, span_id)?;
        let labels = json!(labels(&row, span_id));
        let links = match tasks::may_link(&document) {
            true => tasks::links(app, &caller, &row, span_id)?,
            false => Vec::new(),
        };
        let mut answer = match text_max {
            None => with_others((*document).clone(), labels, links),
            Some(text_max) => {
                let mut cutting = Cutting::to(text_max);
                let labels = cutting.copy(&labels, "/labels");
                let mut answer = with_others(cutting.copy(&document, ""), labels, links);
                answer["clipped"] = json!(cutting.clipped);
                answer["clipped_total"] = json!(cutting.total);
                answer
            }
        };
        let cut = clip(&mut answer, app.config.limits.max_response_bytes);
        answer["clipped_bytes"] = json!(cut);
        Ok(Json(answer).into_response())
    })
    .await
}

/// What is told of a span, and the row of its run.
struct Told {
    row: TraceRow,
    /// Everything but labels, which come and go without a commit, with every text whole.
    document: Arc<JsonValue>,
}

/// Reads what is told of a span, or takes what was read for the piece of text before.
fn told(app: &App, caller: &Caller, trace_id: TraceId, span_id: SpanId) -> Result<Told, ApiError> {
    let row = own_row(app, caller, trace_id)?;
    let derivations = app.store.derivations();
    let version = |row: &TraceRow| Version { seq: row.commit_seq, derivations };
    let of = Of::span(caller.workspace, trace_id, span_id);
    if let Some(document) = app.documents.get(of, version(&row)) {
        return Ok(Told { row, document });
    }
    let run = run(app, caller, trace_id)?;
    let document = Arc::new(read(app, caller, &run, span_id)?);
    app.keep(&app.documents, of, version(&run.row), &document, size(&document));
    Ok(Told { row: run.row, document })
}

/// Adds what others say of the span: labels, and links that their runs lead to.
fn with_others(mut document: JsonValue, labels: JsonValue, links: Vec<JsonValue>) -> JsonValue {
    document["labels"] = labels;
    if let Some(own) = document["links"].as_array_mut() {
        own.extend(links);
    }
    document
}

fn read(app: &App, caller: &Caller, run: &Run, span_id: SpanId) -> Result<JsonValue, ApiError> {
    let Run { row, tree } = run;
    let trace_id = row.summary.trace_id;
    let index = tree.index_of(span_id).ok_or_else(|| ApiError::not_found("span"))?;
    let around = Around::of(tree, index);
    let id = |index: usize| tree.nodes()[index].span.span_id;
    // Mostly the nearest call before a tool asked for it.
    let (likely, unlikely) = around.may_have_asked.split_at(around.may_have_asked.len().min(1));
    let wanted: Vec<SpanId> = around
        .previous_call
        .iter()
        .chain(likely)
        .map(|index| id(*index))
        .chain([span_id])
        .collect();
    let read = |ids: &[SpanId]| app.store.sources(caller.workspace, &trace_id, Some(ids));
    let sources = read(&wanted)?;
    let find = |id: SpanId| sources.iter().find(|source| source.span_id == id);
    let source = find(span_id).ok_or_else(|| ApiError::not_found("span"))?;
    let call_id = tree.nodes()[index].span.tool_call_id.as_deref().unwrap_or("");
    let mut asked_by = around::asker(&sources, span_id, call_id);
    if asked_by.is_none() && !unlikely.is_empty() {
        let ids: Vec<SpanId> = unlikely.iter().map(|index| id(*index)).collect();
        asked_by = around::asker(&read(&ids)?, span_id, call_id);
    }
    let content = content(source);
    let before = around.previous_call.and_then(|index| find(id(index)));
    let mut answer = json!({
        "span": SkeletonView::new(tree, index, row.effective_start_nanos()),
        "difference": before.and_then(|before| difference::difference(before, &content)),
    });
    let told = around.told(tree, asked_by.and_then(|id| tree.index_of(id)), row);
    for part in [payload(source, &content, row), told] {
        if let (JsonValue::Object(answer), JsonValue::Object(part)) = (&mut answer, part) {
            answer.extend(part);
        }
    }
    Ok(answer)
}

/// What the span itself brought: no tree is needed for it.
fn payload(source: &SourceSpan, content: &Content, row: &TraceRow) -> JsonValue {
    let start = row.effective_start_nanos();
    let events: Vec<JsonValue> =
        source.events.iter().map(|event| source::event(event, start)).collect();
    let links: Vec<JsonValue> = source.links.iter().map(source::link).collect();
    json!({
        "content": content,
        "attributes": source::attributes(&source.attributes),
        "resource": source::resource(&source.resource),
        "scope": source::scope(&source.scope),
        "events": events,
        "links": links,
        "sender": source.sender,
        "sender_span_id": source.sender_span_id,
        "sender_trace_id": source.sender_trace_id,
        "trace_state": source.trace_state,
        "dropped": source.dropped,
    })
}

fn labels(row: &TraceRow, id: SpanId) -> Vec<LabelView<'_>> {
    let is_of_span = |target: &LabelTarget| matches!(target, LabelTarget::Span { span_id, .. } if *span_id == id);
    let labels = row.labels.iter().filter(|stored| is_of_span(&stored.label.target));
    labels.map(LabelView::new).collect()
}
