//! Totals of every subtree, by the same rules as the trace's.

use super::super::node::Place;
use super::super::state::TraceState;
use super::super::sums::Sums;
use super::TreeNode;

/// Sums so far; `None` where there is nothing, which is true of most nodes.
type Part = Option<Box<Sums>>;

/// Adds everything up from the last node to the first: parents stand before children.
pub(super) fn add_up(state: &TraceState, places: &[Place], nodes: &mut [TreeNode]) {
    // Apart: what an owner around would have in its own usage.
    let mut closed: Vec<Part> = vec![None; nodes.len()];
    let mut open: Vec<Part> = vec![None; nodes.len()];
    for index in (0..nodes.len()).rev() {
        let place = places[index];
        let boundary = state.node(place).is_boundary();
        match state.line(place) {
            Some(line) if line.owns => {
                open[index] = None;
                if let Some(amount) = line.counted_amount() {
                    closed[index].get_or_insert_default().add_amount(amount);
                }
            }
            Some(line) if !line.free && state.node(place).owners == 0 => {
                (closed[index], open[index]) = (None, None);
                open[index].get_or_insert_default().add_amount(&line.amount);
            }
            _ => {}
        }
        if state.pays(place) {
            state.settle_bill(place, closed[index].get_or_insert_default());
        }
        if boundary && let Some(inside) = open[index].take() {
            closed[index].get_or_insert_default().add(&inside);
        }
        let failed = nodes[index].failed();
        let node = &mut nodes[index];
        node.subtree.spans += 1;
        node.subtree.errors += u64::from(failed);
        let mut both = None;
        let total = match (&closed[index], &open[index]) {
            (Some(closed), Some(open)) => {
                let sums: &mut Sums = both.insert((**closed).clone());
                sums.add(open);
                Some(&*sums)
            }
            (part, other) => part.as_deref().or(other.as_deref()),
        };
        if let Some(total) = total {
            node.subtree.usage = Some(total.usage()).filter(|usage| !usage.is_absent());
            node.subtree.cost = total.cost();
        }
        let (parent, subtree) = (node.parent, node.subtree);
        let Some(parent) = parent else { continue };
        nodes[parent].subtree.spans += subtree.spans;
        nodes[parent].subtree.errors += subtree.errors;
        for parts in [&mut closed, &mut open] {
            if let Some(part) = parts[index].take() {
                match &mut parts[parent] {
                    Some(sums) => sums.add(&part),
                    none => *none = Some(part),
                }
            }
        }
    }
}
