//! The ledger of a tree, line by line.

use std::collections::HashSet;

use super::super::hash::Seeded;
use super::super::ledger::Counted;
use super::super::node::Place;
use super::super::state::TraceState;
use super::{LedgerLine, Provenance, TreeNode};

/// What stands above a node, for sums.
#[derive(Clone, Copy, Default)]
struct Above {
    /// A sum that has everything below it.
    sum: Option<usize>,
    /// A call that has all sums below it that are not an agent's or tool's.
    owner: Option<usize>,
}

/// A line for each span that says tokens or money; also notes on the nodes whether they
/// count.
pub(super) fn lines(
    state: &TraceState,
    places: &[Place],
    index_of: &[Option<usize>],
    nodes: &mut [TreeNode],
) -> Vec<LedgerLine> {
    let shadows = shadows(state, places, index_of);
    let paid: HashSet<Place, Seeded> =
        state.payers().flat_map(|payer| state.paid_by(payer)).collect();
    let mut above: Vec<Above> = Vec::with_capacity(places.len());
    let mut lines = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let mut around = nodes[index].parent.map_or(Above::default(), |parent| above[parent]);
        let boundary = state.node(*place).is_boundary();
        if boundary {
            around.owner = None;
        }
        let Some(line) = state.line(*place) else {
            above.push(around);
            continue;
        };
        let id = |index: usize| nodes[index].span.span_id;
        let why = match &line.counted {
            _ if line.free => Provenance::Free,
            Counted::AsSaid | Counted::Filled(_) => Provenance::Own,
            Counted::No if line.owns => match (shadows[index], state.leader_of(*place)) {
                (Some(inner), _) => Provenance::ShadowedBy(id(inner)),
                (None, Some(leader)) => Provenance::DuplicateOf(state.node(leader).id),
                (None, None) => Provenance::Free,
            },
            Counted::No if line.pays && state.node(*place).owners > 0 => Provenance::Reported,
            Counted::No if state.node(*place).owners > 0 => Provenance::CountedBelow,
            Counted::No => match (around.sum, around.owner) {
                (Some(sum), _) => Provenance::CountedAbove(id(sum)),
                (None, Some(owner)) => Provenance::CountedAbove(id(owner)),
                (None, None) => Provenance::Aggregate,
            },
        };
        if line.owns {
            around.owner = Some(index);
        } else if !line.free && state.node(*place).owners == 0 {
            around.sum = around.sum.or(Some(index));
        }
        above.push(around);
        let counted = matches!(why, Provenance::Own | Provenance::Aggregate | Provenance::Reported);
        let amount = line.counted_amount().unwrap_or(&line.amount);
        let said = nodes[index].span.usage.is_some_and(|usage| !usage.is_absent());
        let cost_counted = counted && !paid.contains(place);
        nodes[index].counted = said.then_some(counted);
        nodes[index].cost_counted = amount.cost.map(|_| cost_counted);
        lines.push(LedgerLine {
            index,
            span_id: nodes[index].span.span_id,
            counted,
            why,
            usage: amount.usage,
            cost: amount.cost,
            cost_counted,
            filled: matches!(line.counted, Counted::Filled(_)),
        });
    }
    lines
}

/// For each owner that another one of its call shadows, the first such one.
fn shadows(state: &TraceState, places: &[Place], index_of: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut shadows = vec![None; places.len()];
    for (index, place) in places.iter().enumerate() {
        if !state.is_owner(*place) || state.is_shadowed(*place) {
            continue;
        }
        for wrapper in state.owners_around(*place) {
            let Some(wrapper) = index_of[wrapper as usize] else { continue };
            if shadows[wrapper].is_some() {
                // Whoever marked it has marked all around it.
                break;
            }
            shadows[wrapper] = Some(index);
        }
    }
    shadows
}
