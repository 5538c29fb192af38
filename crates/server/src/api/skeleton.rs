//! A run in columns: what the page draws from, in the shape of typed arrays. The format is
//! docs/formats/skeleton.md.

mod area;
mod fill;
mod strings;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use clew_model::ids::SpanId;
use clew_model::label::{LabelSource, LabelTarget};
use clew_model::span::Category;
use clew_model::trace::Tree;
use clew_store::{Scope, StoredLabel, TraceRow};
use serde::Serialize;

use super::own::own_row;
use super::params::TracePath;
use super::view::trace_row::{ReceiptView, TraceRowView};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Route};
use crate::trees::{Run, run};
use crate::trouble::fault;
use area::{Area, Described, padded};
use strings::Strings;

/// The content type.
const SKELETON: &str = "application/vnd.clew.skeleton";
/// First bytes of an answer.
const MAGIC: [u8; 4] = *b"CLSK";
/// Of the format. A reader refuses one that it does not know.
const VERSION: u32 = 1;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/skeleton",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "One run in columns, for typed arrays: docs/formats/skeleton.md; its header is \
                  a SkeletonHeader",
        query: &[],
        body: None,
        answer: Answer::Binary(SKELETON),
        handler: || get(skeleton),
    }]
}

async fn skeleton(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    app.read(move |app| {
        let now = app.store.now();
        let row = own_row(app, &caller, trace_id)?;
        let tag = tag(app, &row, now)?;
        if names(&headers, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let max_bytes = app.config.limits.max_skeleton_bytes;
        let spans = row.summary.span_count;
        check_size(spans, Area::bytes_of(spans as usize), max_bytes)?;
        let run = run(app, &caller, trace_id)?;
        let tag = self::tag(app, &run.row, now)?;
        let parts = written(&run, now, max_bytes)?;
        let length = HeaderValue::from(parts.iter().map(Vec::len).sum::<usize>());
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(SKELETON)),
            (header::CONTENT_LENGTH, length),
            (header::ETAG, tag),
        ];
        let parts = parts.map(|part| Ok::<Bytes, Infallible>(Bytes::from(part)));
        let body = Body::from_stream(futures_util::stream::iter(parts));
        Ok((headers, body).into_response())
    })
    .await
}

/// The commit of the row, and a hash of what changes without one: the run's state by the
/// clock, labels, names of agents, and facts that were derived anew.
fn tag(app: &App, row: &TraceRow, now: i64) -> Result<HeaderValue, ApiError> {
    let row_now = serde_json::to_vec(&TraceRowView::new(row, now)).map_err(fault)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&row_now);
    for number in [row.span_seq, app.store.derivations(), app.started_nanos as u64] {
        hasher.update(&number.to_le_bytes());
    }
    let hash = hasher.finalize().to_hex();
    let text = format!("\"{}-{}\"", row.commit_seq, &hash[..16]);
    HeaderValue::from_str(&text).map_err(fault)
}

/// The reader has this version already.
fn names(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let asked = headers.get_all(header::IF_NONE_MATCH).iter();
    asked.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one).as_bytes() == tag.as_bytes()
    })
}

fn check_size(spans: u64, bytes: usize, max_bytes: usize) -> Result<(), ApiError> {
    if bytes <= max_bytes {
        return Ok(());
    }
    let message = format!(
        "the {spans} spans of this run take {bytes} bytes in columns, more than \
         api.max_skeleton_bytes ({max_bytes}): raise it, or read the run in pages"
    );
    Err(ApiError::new(ErrorCode::TooLarge, message))
}

/// What stands before the columns, as JSON.
#[derive(Serialize)]
struct Header<'a> {
    trace: TraceRowView<'a>,
    receipt: ReceiptView,
    commit_seq: u64,
    count: usize,
    strings: &'a [Cow<'a, str>],
    categories: Vec<&'static str>,
    columns: Vec<Described>,
    orphans: BTreeMap<usize, SpanId>,
    labels: Vec<LabelOfSpan<'a>>,
}

/// A label of a span, named by its place.
#[derive(Serialize)]
struct LabelOfSpan<'a> {
    index: usize,
    id: i64,
    name: &'a str,
    score: Option<f64>,
    value: Option<&'a str>,
    explanation: Option<&'a str>,
    source: LabelSource,
}

/// What stands before the columns, and the columns: apart, for they are large.
fn written(run: &Run, now: i64, max_bytes: usize) -> Result<[Vec<u8>; 2], ApiError> {
    let Run { row, tree } = run;
    let count = tree.nodes().len();
    check_size(count as u64, Area::bytes_of(count), max_bytes)?;
    let (mut area, mut strings) = (Area::new(count), Strings::new());
    let start = row.effective_start_nanos();
    fill::fill(&mut area, &mut strings, tree, start);
    check_size(count as u64, area.len() + strings.bytes(), max_bytes)?;
    let head = serde_json::to_vec(&Header {
        trace: TraceRowView::new(row, now),
        receipt: ReceiptView::from(&row.summary.receipt),
        commit_seq: row.commit_seq,
        count,
        strings: strings.all(),
        categories: Category::ALL.iter().map(|category| category.as_str()).collect(),
        columns: area.described(count),
        orphans: orphans(tree),
        labels: row.labels.iter().filter_map(|label| label_of_span(tree, label)).collect(),
    })
    .map_err(fault)?;
    let mut before = Vec::with_capacity(padded(MAGIC.len() + 8 + head.len()));
    before.extend_from_slice(&MAGIC);
    before.extend_from_slice(&VERSION.to_le_bytes());
    before.extend_from_slice(&u32::try_from(head.len()).map_err(fault)?.to_le_bytes());
    before.extend_from_slice(&head);
    before.resize(padded(before.len()), 0);
    Ok([before, area.into_bytes()])
}

fn orphans(tree: &Tree) -> BTreeMap<usize, SpanId> {
    let nodes = tree.nodes().iter().enumerate().filter(|(_, node)| node.orphan);
    nodes.filter_map(|(index, node)| Some((index, node.span.parent_span_id?))).collect()
}

fn label_of_span<'a>(tree: &Tree, stored: &'a StoredLabel) -> Option<LabelOfSpan<'a>> {
    let label = &stored.label;
    let LabelTarget::Span { span_id, .. } = &label.target else { return None };
    Some(LabelOfSpan {
        id: stored.id,
        index: tree.index_of(*span_id)?,
        name: &label.name,
        score: label.score,
        value: label.value.as_deref(),
        explanation: label.explanation.as_deref(),
        source: label.source,
    })
}
