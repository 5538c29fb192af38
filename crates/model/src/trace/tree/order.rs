//! The one order of a tree.

use super::super::node::{ENDED, PRESENT, Place, TOP};
use super::super::state::TraceState;
use crate::ids::SpanId;

/// Every span that has come with its depth, each before what is below it. Parents that
/// have not come leave their children at the top level.
pub(super) fn preorder(state: &TraceState) -> Vec<(Place, u32)> {
    let mut order = Vec::with_capacity(state.counts.spans as usize);
    let mut waiting: Vec<(Place, u32)> = Vec::new();
    for top in state.children(TOP) {
        if state.node(top).is(PRESENT) {
            waiting.push((top, 0));
        } else {
            waiting.extend(state.children(top).map(|child| (child, 0)));
        }
    }
    last_first(state, &mut waiting);
    while let Some((place, depth)) = waiting.pop() {
        order.push((place, depth));
        let siblings = waiting.len();
        let depth = depth.saturating_add(1);
        waiting.extend(state.children(place).map(|child| (child, depth)));
        last_first(state, &mut waiting[siblings..]);
    }
    order
}

/// For a stack.
fn last_first(state: &TraceState, siblings: &mut [(Place, u32)]) {
    if siblings.len() > 1 {
        siblings.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(key(state, *place)));
    }
}

fn key(state: &TraceState, place: Place) -> (i64, i64, i64, SpanId) {
    let node = state.node(place);
    let end = if node.is(ENDED) { node.end } else { i64::MAX };
    (node.start, node.sequence, end, node.id)
}
