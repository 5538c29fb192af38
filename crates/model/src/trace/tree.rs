//! A whole trace as a tree in the one order in which everybody shows it.

mod lines;
mod order;
mod totals;

use serde::{Deserialize, Serialize};

use super::best::{AGENT_NAME, INPUT, OUTPUT, SESSION, USER};
use super::counts::has_odd_clock;
use super::hash::Map;
use super::node::{CUT, NOWHERE, PLACEHOLDER, Place};
use super::state::{TraceState, unscrubbed};
use crate::ids::{SpanId, TraceId};
use crate::span::{Category, Span, Status};
use crate::summary::TraceSummary;
use crate::usage::{Cost, PicoUsd, Usage};

/// A trace as a tree, its nodes in order: each before what is below it, siblings by
/// start, then their sender's sequence, then end, then span id. What names a parent that
/// is not here stands at top level, as does the earliest span of a circle.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    nodes: Vec<TreeNode>,
    lines: Vec<LedgerLine>,
    summary: TraceSummary,
    indexes: Map<SpanId, u32>,
}

/// One span and what the tree makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeNode {
    /// Its facts.
    pub span: Span,
    /// Where its parent stands in the tree's order; `None` at top level.
    pub parent: Option<usize>,
    /// 0 at top level.
    pub depth: u32,
    /// The parent that it names is not here.
    pub orphan: bool,
    /// It is the earliest of a circle of spans that name each other as parents.
    pub cycle: bool,
    /// It lies outside its parent's time by more than a second.
    pub skewed: bool,
    /// It ends before it starts, or lies in no believable time.
    pub odd_clock: bool,
    /// Its own status says nothing, but a child's error is its error.
    pub error_derived: bool,
    /// Whether its usage is in the trace's total; `None` where it says none.
    pub counted: Option<bool>,
    /// Whether its cost, as its ledger line has it, is in the trace's total; `None` where
    /// there is none. It differs from `counted` where a sender reports the cost of its
    /// calls on the span above them.
    pub cost_counted: Option<bool>,
    /// It and all below it.
    pub subtree: Subtree,
    session_at: Option<usize>,
    user_at: Option<usize>,
    agent_at: Option<usize>,
}

/// Totals over a span and all below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subtree {
    /// Spans, itself included.
    pub spans: u64,
    /// Of these, failed.
    pub errors: u64,
    /// Tokens by the rules of the ledger, as if this were the whole trace; `None` where
    /// nobody says any.
    pub usage: Option<Usage>,
    /// Likewise.
    pub cost: Option<PicoUsd>,
}

/// A span that says tokens or money, and what becomes of them. The usage of all lines with
/// `counted` and the cost of all with `cost_counted` add up to the trace's total.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Place in the tree's order.
    pub index: usize,
    /// The span.
    pub span_id: SpanId,
    /// It is in the total.
    pub counted: bool,
    /// Why it counts or does not.
    pub why: Provenance,
    /// Tokens as they count: with the details of [`LedgerLine::filled`]. Of a line that
    /// does not count, as its span says them.
    pub usage: Usage,
    /// Likewise.
    pub cost: Option<Cost>,
    /// The cost is in the total. Of a counted line it is, but where a line above counts
    /// what the sender says that its calls cost.
    pub cost_counted: bool,
    /// Some detail is taken from a wrapper that reports the same call.
    pub filled: bool,
}

/// Why a line counts or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", content = "span_id", rename_all = "snake_case")]
pub enum Provenance {
    /// Counts: the call's own usage.
    Own,
    /// Counts: a sum, and nothing below it says more.
    Aggregate,
    /// Counts its cost: what its sender says that the calls below it cost together. Those
    /// count their tokens only.
    Reported,
    /// A sum, and calls below it count themselves.
    CountedBelow,
    /// A sum inside the sum of this span.
    CountedAbove(SpanId),
    /// Reports the call that this span, below it, reports too.
    ShadowedBy(SpanId),
    /// Reports the response that this span reports too.
    DuplicateOf(SpanId),
    /// Answered from a cache, or no call of its own: it cost nothing.
    Free,
}

impl Tree {
    /// The tree of these spans. Of a span id that stands twice the last one holds.
    pub fn build(spans: Vec<Span>) -> Tree {
        let (mut state, at) = TraceState::of(trace_of(&spans), &spans);
        let mut by_place: Vec<Option<usize>> = vec![None; state.nodes.len()];
        for (index, place) in at.into_iter().enumerate().filter(|(_, place)| *place != NOWHERE) {
            by_place[place as usize] = Some(index);
        }
        // In place: a span is large.
        let mut spans: Vec<Option<Span>> = spans.into_iter().map(Some).collect();
        let order = order::preorder(&state);
        let mut index_of: Vec<Option<usize>> = vec![None; state.nodes.len()];
        let mut nodes: Vec<TreeNode> = Vec::with_capacity(order.len());
        for (place, depth) in &order {
            let span = by_place[*place as usize].and_then(|index| spans[index].take());
            let Some(span) = span else { continue };
            let parent = index_of.get(state.node(*place).parent as usize).copied().flatten();
            index_of[*place as usize] = Some(nodes.len());
            nodes.push(node(&state, *place, span, parent, *depth, &nodes));
        }
        let places: Vec<Place> = order.into_iter().map(|(place, _)| place).collect();
        let lines = lines::lines(&state, &places, &index_of, &mut nodes);
        totals::add_up(&state, &places, &mut nodes);
        let mut summary = state.summary();
        let speaker = |kind: usize| {
            let place = state.places.get(&state.speaker(kind)?.id)?;
            Some(&nodes[index_of[*place as usize]?].span)
        };
        summary.input_preview = speaker(INPUT).and_then(|span| span.input_preview.clone());
        summary.output_preview = speaker(OUTPUT).and_then(|span| span.output_preview.clone());
        // The same ids, but for parents that have not come.
        let mut indexes = std::mem::take(&mut state.places);
        indexes.retain(|_, place| match index_of[*place as usize] {
            Some(index) => {
                *place = index as u32;
                true
            }
            None => false,
        });
        Tree { nodes, lines, summary, indexes }
    }

    /// Every span, in order.
    pub fn nodes(&self) -> &[TreeNode] {
        &self.nodes
    }

    /// The trace's summary, the same as an incremental state gives.
    pub fn summary(&self) -> &TraceSummary {
        &self.summary
    }

    /// Every span that says tokens or money, in order.
    pub fn ledger_lines(&self) -> &[LedgerLine] {
        &self.lines
    }

    /// The line of a span, where it says tokens or money.
    pub fn ledger_line(&self, index: usize) -> Option<&LedgerLine> {
        let found = self.lines.binary_search_by_key(&index, |line| line.index);
        found.ok().map(|at| &self.lines[at])
    }

    /// About as many bytes as it takes in memory.
    pub fn memory_bytes(&self) -> usize {
        let spans: usize = self.nodes.iter().map(|node| node.span.heap_bytes()).sum();
        spans
            + self.nodes.len() * size_of::<TreeNode>()
            + self.lines.len() * size_of::<LedgerLine>()
            + self.indexes.len() * 2 * size_of::<(SpanId, u32)>()
    }

    /// Where a span stands.
    pub fn index_of(&self, span_id: SpanId) -> Option<usize> {
        self.indexes.get(&span_id).map(|index| *index as usize)
    }

    /// The indexes of the top-level spans.
    pub fn tops(&self) -> impl Iterator<Item = usize> + '_ {
        self.siblings(0, self.nodes.len())
    }

    /// The indexes of a span's children.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        self.siblings(index + 1, self.end_of(index))
    }

    /// The first index behind a span and all below it.
    pub fn end_of(&self, index: usize) -> usize {
        self.nodes.get(index).map_or(index, |node| index + node.subtree.spans as usize)
    }

    /// The indexes of the spans above one, nearest first.
    pub fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let parent = |index: usize| self.nodes.get(index).and_then(|node| node.parent);
        std::iter::successors(parent(index), move |index| parent(*index))
    }

    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = usize> + '_ {
        let start = (first < end).then_some(first);
        std::iter::successors(start, move |index| Some(self.end_of(*index)).filter(|it| *it < end))
    }

    /// The conversation that a span belongs to: its own, else that of the nearest span
    /// above that has one, else the trace's.
    pub fn session_id(&self, index: usize) -> Option<&str> {
        let at = self.nodes.get(index)?.session_at;
        let own = at.and_then(|at| unscrubbed(&self.nodes[at].span.session_id));
        own.or(self.summary.session_id.as_deref())
    }

    /// The user that a span belongs to, found like the session.
    pub fn user_id(&self, index: usize) -> Option<&str> {
        let at = self.nodes.get(index)?.user_at;
        let own = at.and_then(|at| unscrubbed(&self.nodes[at].span.user_id));
        own.or(self.summary.user_id.as_deref())
    }

    /// The agent that a span belongs to: its own, else that of the nearest span above
    /// that names one, else the trace's.
    pub fn agent_name(&self, index: usize) -> Option<&str> {
        let at = self.nodes.get(index)?.agent_at;
        let own = at.and_then(|at| self.nodes[at].span.agent.name.as_deref());
        own.or(self.summary.agent.name.as_deref())
    }
}

impl TreeNode {
    /// It failed, by its own word or by a child's.
    pub fn failed(&self) -> bool {
        self.span.status == Status::Error || self.error_derived
    }

    /// It runs an agent or a flow of agents.
    pub fn is_agent(&self) -> bool {
        self.span.category == Category::Agent
    }
}

fn trace_of(spans: &[Span]) -> TraceId {
    spans.first().map_or(TraceId::LARGEST, |span| span.trace_id)
}

fn node(
    state: &TraceState,
    place: Place,
    span: Span,
    parent: Option<usize>,
    depth: u32,
    above: &[TreeNode],
) -> TreeNode {
    let known = state.node(place);
    let says = |kind: usize| known.texts[kind] != super::texts::NO_TEXT;
    let index = above.len();
    let inherit = |own: bool, from: fn(&TreeNode) -> Option<usize>| match own {
        true => Some(index),
        false => parent.and_then(|parent| from(&above[parent])),
    };
    // A root's agent is among its texts; below, every span may say whose it is.
    let agent = says(AGENT_NAME) || span.agent.name.as_ref().is_some_and(|name| !name.is_empty());
    TreeNode {
        parent,
        depth,
        orphan: state.is_orphan(place),
        cycle: known.is(CUT),
        skewed: state.is_skewed(place) && !known.is(PLACEHOLDER),
        odd_clock: has_odd_clock(known),
        error_derived: known.failed() && span.status != Status::Error,
        counted: None,
        cost_counted: None,
        subtree: Subtree::default(),
        session_at: inherit(says(SESSION), |node| node.session_at),
        user_at: inherit(says(USER), |node| node.user_at),
        agent_at: inherit(agent, |node| node.agent_at),
        span,
    }
}
