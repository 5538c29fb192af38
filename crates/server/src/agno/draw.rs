//! The tree of a trace as agno nests it.

use std::collections::HashMap;

use clew_model::ids::SpanId;
use clew_model::source::SourceSpan;
use clew_model::span::{Span, Status};
use clew_model::trace::{Tree, TreeNode};
use serde_json::{Map, Value as Json, json};

use super::attributes::{self, Entry};
use super::clip::{Clipper, Slot};
use super::instant;
use super::shape::NodeView;
use crate::error::ApiError;

/// Nesting beyond it goes on flat: agno's client takes no answer of more than 255 levels,
/// and its server fails at half of that.
const DEPTH_MAX: usize = 240;

/// Spans whose payload is held at once.
const LOADED_SPANS: usize = 256;

/// What a node takes in JSON beside its texts.
const NODE_BYTES: usize = 400;

/// Gives the payload of some spans of the trace.
pub(super) type Load<'a> = dyn FnMut(&[SpanId]) -> Result<Vec<SourceSpan>, ApiError> + 'a;

/// Times of the whole trace, which agno shows on its root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) start_nanos: i64,
    pub(super) end_nanos: i64,
}

/// The nodes at top level with everything below them, in about `budget_bytes` of JSON.
pub(super) fn draw(
    tree: &Tree,
    whole: Whole,
    load: &mut Load<'_>,
    budget_bytes: usize,
) -> Result<Vec<NodeView>, ApiError> {
    // Half for the nodes, half at least for what they say. The order of the tree has each
    // parent before its children, so that any beginning of it is a tree.
    let shown =
        tree.nodes().len().min(budget_bytes / 2 / NODE_BYTES).max(1).min(tree.nodes().len());
    let mut clipper = Clipper::new(budget_bytes.saturating_sub(shown * NODE_BYTES));
    let mut drafts: Vec<Option<Draft>> = Vec::with_capacity(shown);
    let lone = lone_root(tree);
    for batch in tree.nodes()[..shown].chunks(LOADED_SPANS) {
        let ids: Vec<SpanId> = batch.iter().map(|node| node.span.span_id).collect();
        let mut sources: HashMap<SpanId, SourceSpan> =
            load(&ids)?.into_iter().map(|source| (source.span_id, source)).collect();
        for node in batch {
            let source = sources.remove(&node.span.span_id);
            let is_lone = lone == Some(drafts.len());
            drafts
                .push(source.map(|source| Draft::new(&source, &node.span, is_lone, &mut clipper)));
        }
    }
    let mut nodes: Vec<NodeView> = Vec::with_capacity(shown);
    for (index, draft) in drafts.iter().enumerate() {
        let node = &tree.nodes()[index];
        let mut view = match draft {
            Some(draft) => draft.view(node, &mut clipper),
            None => bare(node),
        };
        if lone == Some(index) {
            as_root(&mut view, tree, whole);
        } else if node.depth == 0 {
            totals(&mut view, node);
        }
        nodes.push(view);
    }
    mark_step_types(tree, &drafts, &mut nodes);
    mark_left_out(tree, shown, &mut nodes);
    Ok(nest(tree, nodes))
}

/// One span by itself.
pub(super) fn draw_one(
    node: &TreeNode,
    source: Option<&SourceSpan>,
    budget_bytes: usize,
) -> NodeView {
    let mut clipper = Clipper::new(budget_bytes);
    let draft = source.map(|source| Draft::new(source, &node.span, false, &mut clipper));
    draft.map_or_else(|| bare(node), |draft| draft.view(node, &mut clipper))
}

/// The root, where there is exactly one: it shows the times of the whole trace, and its
/// input and output stand at the trace.
fn lone_root(tree: &Tree) -> Option<usize> {
    let mut roots = tree.tops().filter(|index| !tree.nodes()[*index].orphan);
    let first = roots.next()?;
    roots.next().is_none().then_some(first)
}

/// What a span says, while its trace is put together.
struct Draft {
    kind: String,
    name: Slot,
    input: Option<Slot>,
    output: Option<Slot>,
    error: Option<Slot>,
    metadata: Vec<(&'static str, Metadatum)>,
    step_types: Vec<String>,
}

enum Metadatum {
    Text(Slot),
    Other(Json),
}

impl Draft {
    fn new(source: &SourceSpan, span: &Span, is_lone_root: bool, clipper: &mut Clipper) -> Draft {
        let kind = attributes::kind(source, span);
        let failed = span.status == Status::Error;
        let entries: Vec<Entry> = match (is_lone_root, kind.as_str()) {
            (false, kind) => attributes::metadata(source, span, kind),
            (true, "WORKFLOW") => attributes::flow(source),
            (true, _) => Vec::new(),
        };
        let payload = match is_lone_root {
            true => attributes::Payload::default(),
            false => attributes::payload(source),
        };
        let error = if failed && !is_lone_root { attributes::error(source, span) } else { None };
        Draft {
            name: clipper.keep(span.name.clone()),
            input: payload.input.map(|text| clipper.keep(text)),
            output: payload.output.filter(|_| !failed).map(|text| clipper.keep(text)),
            error: error.map(|text| clipper.keep(text)),
            metadata: entries
                .into_iter()
                .map(|(name, value)| {
                    let value = match value {
                        Json::String(text) => Metadatum::Text(clipper.keep(text)),
                        other => Metadatum::Other(other),
                    };
                    (name, value)
                })
                .collect(),
            step_types: match kind.as_str() {
                "WORKFLOW" => attributes::step_types(source),
                _ => Vec::new(),
            },
            kind,
        }
    }

    fn view(&self, node: &TreeNode, clipper: &mut Clipper) -> NodeView {
        let mut clipped = Map::new();
        let mut give = |name: &str, slot: Slot| {
            let given = clipper.give(slot);
            if let Some(whole) = given.whole_bytes {
                clipped.insert(name.to_owned(), json!(whole));
            }
            given.text
        };
        let mut view = bare(node);
        view.r#type.clone_from(&self.kind);
        view.name = give("name", self.name);
        view.input = self.input.map(|slot| give("input", slot));
        view.output = self.output.map(|slot| give("output", slot));
        view.error = self.error.map(|slot| give("error", slot));
        for (name, value) in &self.metadata {
            let value = match value {
                Metadatum::Text(slot) => json!(give(name, *slot)),
                Metadatum::Other(value) => value.clone(),
            };
            view.metadata.insert((*name).to_owned(), value);
        }
        if !clipped.is_empty() {
            view.extra_data.insert("clipped_bytes".to_owned(), Json::Object(clipped));
        }
        view
    }
}

/// A node with what the facts of its span say. agno knows no open spans: one shows no
/// length, and says so.
fn bare(node: &TreeNode) -> NodeView {
    let span = &node.span;
    let end_nanos = span.end_nanos.unwrap_or(span.start_nanos);
    let mut extra_data = Map::new();
    if span.end_nanos.is_none() {
        extra_data.insert("open".to_owned(), json!(true));
    }
    if node.orphan {
        extra_data.insert("orphan_of".to_owned(), json!(span.parent_span_id));
    }
    NodeView {
        id: span.span_id.to_string(),
        name: span.name.clone(),
        r#type: "UNKNOWN".to_owned(),
        duration: instant::duration(instant::millis(span.duration_nanos().unwrap_or(0))),
        start_time: instant::written(span.start_nanos),
        end_time: instant::written(end_nanos),
        status: status_word(span.status),
        extra_data,
        ..NodeView::default()
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Ok => "OK",
        Status::Error => "ERROR",
        Status::Unset => "UNSET",
    }
}

fn as_root(view: &mut NodeView, tree: &Tree, whole: Whole) {
    let length = whole.end_nanos.saturating_sub(whole.start_nanos);
    view.duration = instant::duration(instant::millis(length));
    view.start_time = instant::written(whole.start_nanos);
    view.end_time = instant::written(whole.end_nanos);
    let summary = tree.summary();
    let input = summary.usage.input.map(|input| input.saturating_sub(summary.embedding_input));
    put_totals(view, input, summary.usage.output);
}

/// One of several at top level: the tokens of what is below it. agno shows those of the
/// whole trace at each.
fn totals(view: &mut NodeView, node: &TreeNode) {
    let usage = node.subtree.usage.unwrap_or_default();
    put_totals(view, usage.input, usage.output);
}

/// Totals stand before everything else.
fn put_totals(view: &mut NodeView, input: Option<u64>, output: Option<u64>) {
    let totals = attributes::tokens("total_input_tokens", input)
        .into_iter()
        .chain(attributes::tokens("total_output_tokens", output))
        .map(|(name, count)| (name.to_owned(), count));
    let rest = std::mem::take(&mut view.metadata);
    view.metadata = totals.chain(rest).collect();
}

/// A workflow's root names the types of its steps, in the order of their start.
fn mark_step_types(tree: &Tree, drafts: &[Option<Draft>], nodes: &mut [NodeView]) {
    for root in tree.tops() {
        let Some(Some(draft)) = drafts.get(root) else { continue };
        for (child, step_type) in tree.children(root).zip(&draft.step_types) {
            if let Some(node) = nodes.get_mut(child) {
                node.step_type = Some(step_type.clone());
            }
        }
    }
}

/// Spans that have no room are counted where they would stand.
fn mark_left_out(tree: &Tree, shown: usize, nodes: &mut [NodeView]) {
    let mut left_out: HashMap<usize, u64> = HashMap::new();
    for index in shown..tree.nodes().len() {
        let place = tree.ancestors(index).find(|above| *above < shown).unwrap_or(0);
        *left_out.entry(place).or_default() += 1;
    }
    for (place, count) in left_out {
        if let Some(node) = nodes.get_mut(place) {
            node.extra_data.insert("spans_left_out".to_owned(), json!(count));
        }
    }
}

/// Puts the nodes into each other, from the last to the first: what is below a node is
/// whole before the node itself is moved.
fn nest(tree: &Tree, nodes: Vec<NodeView>) -> Vec<NodeView> {
    let mut levels: Vec<(usize, Option<usize>)> = Vec::with_capacity(nodes.len());
    for index in 0..nodes.len() {
        let place = match tree.nodes()[index].parent {
            None => (0, None),
            Some(parent) => match levels[parent] {
                (level, above) if level >= DEPTH_MAX => (level, above),
                (level, _) => (level + 1, Some(parent)),
            },
        };
        levels.push(place);
    }
    let mut below: HashMap<usize, Vec<NodeView>> = HashMap::new();
    let mut tops = Vec::new();
    for (index, mut node) in nodes.into_iter().enumerate().rev() {
        let (level, above) = levels[index];
        let depth = tree.nodes()[index].depth as usize;
        if depth > level {
            node.extra_data.insert("depth".to_owned(), json!(depth));
        }
        let mut spans = below.remove(&index).unwrap_or_default();
        spans.reverse();
        node.spans = spans;
        match above {
            Some(above) => below.entry(above).or_default().push(node),
            None => tops.push(node),
        }
    }
    tops.reverse();
    tops
}
