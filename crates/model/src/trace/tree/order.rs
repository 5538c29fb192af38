//! The one order of a tree.

use super::super::node::{ENDED, PRESENT, Place, TOP};
use super::super::state::TraceState;
use crate::ids::SpanId;

/// Every span that has come with its depth, each before what is below it. Parents that
/// have not come leave their children at the top level.
pub(super) fn preorder(state: &TraceState) -> Vec<(Place, u32)> {
    let mut order = Vec::with_capacity(state.counts.spans as usize);
    let mut tops = Vec::new();
    for top in state.children(TOP) {
        if state.node(top).is(PRESENT) {
            tops.push(top);
        } else {
            tops.extend(state.children(top));
        }
    }
    let mut waiting: Vec<(Place, u32)> = Vec::new();
    push_sorted(state, tops, 0, &mut waiting);
    while let Some((place, depth)) = waiting.pop() {
        order.push((place, depth));
        let children = state.children(place).collect();
        push_sorted(state, children, depth.saturating_add(1), &mut waiting);
    }
    order
}

/// Last first, for a stack.
fn push_sorted(
    state: &TraceState,
    mut places: Vec<Place>,
    depth: u32,
    waiting: &mut Vec<(Place, u32)>,
) {
    places.sort_unstable_by_key(|place| std::cmp::Reverse(key(state, *place)));
    waiting.extend(places.into_iter().map(|place| (place, depth)));
}

fn key(state: &TraceState, place: Place) -> (i64, i64, i64, SpanId) {
    let node = state.node(place);
    let end = if node.is(ENDED) { node.end } else { i64::MAX };
    (node.start, node.sequence, end, node.id)
}
