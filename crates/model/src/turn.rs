//! Turns: from one user message to the next (ruling 18).

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::ids::SpanId;
use crate::message::{Message, Part};
use crate::span::{Category, Span};
use crate::trace::Tree;

/// One turn of a trace: a range of the tree's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Names the turn: its agent span, or its first span where there is no agent.
    pub span_id: SpanId,
    /// Index of its first span.
    pub first: usize,
    /// The first index behind it.
    pub end: usize,
}

/// The turns of a trace, in order.
///
/// A turn is a top-most agent span with all below it: sub-agents belong to the turn of
/// the agent that called them. In a trace without agent spans one turn ends where a model
/// is given the messages of before and a new one of the user. `content` is asked for
/// model calls, and only in that case.
pub fn turns(tree: &Tree, content: &mut dyn FnMut(&Span) -> Option<Content>) -> Vec<Turn> {
    let agents = turns_of_agents(tree);
    if agents.is_empty() { turns_of_messages(tree, content) } else { agents }
}

fn turns_of_agents(tree: &Tree) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut index = 0;
    while let Some(node) = tree.nodes().get(index) {
        if !node.is_agent() {
            index += 1;
            continue;
        }
        let end = tree.end_of(index);
        turns.push(Turn { span_id: node.span.span_id, first: index, end });
        index = end;
    }
    turns
}

fn turns_of_messages(tree: &Tree, content: &mut dyn FnMut(&Span) -> Option<Content>) -> Vec<Turn> {
    let calls = tree.nodes().iter().enumerate();
    let calls = calls.filter(|(_, node)| node.span.category == Category::Llm);
    let mut starts: Vec<usize> = Vec::new();
    let mut asked: Vec<String> = Vec::new();
    for (index, node) in calls {
        let Some(content) = content(&node.span) else { continue };
        let now = user_texts(&content.input_messages);
        if now.is_empty() {
            continue;
        }
        if starts.is_empty() {
            starts.push(0);
            asked = now;
        } else if now.len() > asked.len() && now.starts_with(&asked) {
            starts.push(index);
            asked = now;
        }
    }
    if starts.is_empty() && !tree.nodes().is_empty() {
        starts.push(0);
    }
    let ends = starts.iter().skip(1).copied().chain([tree.nodes().len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(first, end)| Turn { span_id: tree.nodes()[*first].span.span_id, first: *first, end })
        .collect()
}

/// What the user said, message by message; what tools answered in the user's name is not
/// the user's.
fn user_texts(messages: &[Message]) -> Vec<String> {
    messages
        .iter()
        .filter(|message| message.role == "user")
        .map(|message| {
            let texts = message.parts.iter().filter_map(|part| match part {
                Part::Text { content } => content.as_deref(),
                _ => None,
            });
            texts.collect::<Vec<_>>().join("\n")
        })
        .filter(|text| !text.is_empty())
        .collect()
}
