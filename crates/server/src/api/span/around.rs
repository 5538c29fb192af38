//! What stands around a span: the call before it in its thread, who asked for it, who read
//! what it found, who tried again.

use clew_model::content::content;
use clew_model::ids::SpanId;
use clew_model::message::Part;
use clew_model::source::SourceSpan;
use clew_model::span::{Category, Status};
use clew_model::trace::Tree;
use clew_store::TraceRow;
use serde_json::{Value as JsonValue, json};

/// Model calls whose payload is read to find the one that asked for a tool.
const ASKERS_MAX: usize = 8;

/// Places in the tree around a span. Its thread is what has the same nearest agent above.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Around {
    parent: Option<usize>,
    /// The model call before this one in the same thread.
    pub(super) previous_call: Option<usize>,
    /// Of a tool: model calls one of which may have asked for it, the likeliest first.
    pub(super) may_have_asked: Vec<usize>,
    /// The first model call of the thread after it.
    read_by: Option<usize>,
    /// Of a failed tool: the next call of the same tool in the thread, and whether that has
    /// the same arguments, where that is known.
    retried_by: Option<(usize, Option<bool>)>,
}

impl Around {
    pub(super) fn of(tree: &Tree, index: usize) -> Self {
        let nodes = tree.nodes();
        let node = &nodes[index];
        let place = |index: usize| (nodes[index].span.start_nanos, index);
        let is_call = |index: &usize| nodes[*index].span.category == Category::Llm;
        let before = || thread(tree, index).filter(|other| place(*other) < place(index));
        // What began before it ended cannot have read it.
        let end = node.span.end_nanos.unwrap_or(node.span.start_nanos).max(node.span.start_nanos);
        let after =
            || thread(tree, index).filter(|other| *other != index && place(*other) > (end, index));
        let mut around = Around { parent: node.parent, ..Around::default() };
        around.read_by = after().filter(is_call).min_by_key(|other| place(*other));
        if is_call(&index) {
            around.previous_call = before().filter(is_call).max_by_key(|other| place(*other));
        }
        if node.span.category != Category::Tool {
            return around;
        }
        if node.span.tool_call_id.is_some() {
            let mut calls: Vec<usize> = before().filter(is_call).collect();
            calls.sort_unstable_by_key(|other| std::cmp::Reverse(place(*other)));
            let above = tree.ancestors(index).filter(is_call);
            around.may_have_asked = above.collect();
            calls.retain(|call| !around.may_have_asked.contains(call));
            around.may_have_asked.append(&mut calls);
            around.may_have_asked.truncate(ASKERS_MAX);
        }
        if node.failed() && node.span.tool_name.is_some() {
            let same = |other: &usize| {
                let span = &nodes[*other].span;
                span.category == Category::Tool && span.tool_name == node.span.tool_name
            };
            let again = thread(tree, index).filter(|other| place(*other) > place(index));
            let again = again.filter(same).min_by_key(|other| place(*other));
            let hashes = |other: usize| node.span.call_hash.zip(nodes[other].span.call_hash);
            around.retried_by =
                again.map(|other| (other, hashes(other).map(|(left, right)| left == right)));
        }
        around
    }

    /// What the answer says of it.
    pub(super) fn told(&self, tree: &Tree, asked_by: Option<usize>, row: &TraceRow) -> JsonValue {
        let span = |index: usize| reference(tree, index, row);
        let parent = self.parent.and_then(|parent| tree.nodes().get(parent)).map(|node| {
            let span = &node.span;
            json!({
                "span_id": span.span_id,
                "display_name": span.display_name.as_ref().unwrap_or(&span.name),
                "category": span.category,
            })
        });
        let retried_by = self.retried_by.and_then(|(index, same)| {
            let mut told = span(index)?;
            told["same_arguments"] = json!(same);
            Some(told)
        });
        json!({
            "parent": parent,
            "asked_by": asked_by.and_then(span),
            "read_by": self.read_by.and_then(span),
            "retried_by": retried_by,
        })
    }
}

fn reference(tree: &Tree, index: usize, row: &TraceRow) -> Option<JsonValue> {
    let node = tree.nodes().get(index)?;
    let span = &node.span;
    Some(json!({
        "span_id": span.span_id,
        "display_name": span.display_name.as_ref().unwrap_or(&span.name),
        "start_offset_nanos": span.start_nanos.saturating_sub(row.effective_start_nanos()),
        "status": if node.failed() { Status::Error } else { span.status },
    }))
}

/// The spans with the same nearest agent above, in the order of the tree. A sub-agent is one
/// of them; what is below it is not.
fn thread(tree: &Tree, index: usize) -> impl Iterator<Item = usize> + '_ {
    let nodes = tree.nodes();
    let agent = tree.ancestors(index).find(|above| nodes[*above].is_agent());
    let (first, end) = match agent {
        Some(agent) => (agent + 1, tree.end_of(agent)),
        None => (0, nodes.len()),
    };
    let next = move |at: &usize| {
        let next = if nodes[*at].is_agent() { tree.end_of(*at) } else { *at + 1 };
        (next < end).then_some(next)
    };
    std::iter::successors((first < end).then_some(first), next)
}

/// The model call of these whose answer has a call with this id.
pub(super) fn asker(sources: &[SourceSpan], not: SpanId, call_id: &str) -> Option<SpanId> {
    let asks = |part: &Part| match part {
        Part::ToolCall { id, .. } | Part::ServerToolCall { id, .. } => {
            id.as_deref() == Some(call_id)
        }
        _ => false,
    };
    let others = sources.iter().filter(|source| source.span_id != not && !call_id.is_empty());
    let mut asking = others.filter(|source| {
        let answers = content(source).output_messages;
        answers.iter().flat_map(|message| &message.parts).any(asks)
    });
    asking.next().map(|source| source.span_id)
}
