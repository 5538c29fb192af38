//! Sums that wrappers report, where nothing below says more.

use super::super::node::{NOWHERE, PRESENT, Place, TOP};
use super::super::state::TraceState;
use super::super::sums::Sums;

/// The aggregates that count below a node.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Fallback {
    /// With an agent or tool between: they count whatever stands above.
    closed: Sums,
    /// With none between: an owner above has them in its own usage.
    open: Sums,
}

/// What a node passes on upwards; `None` where it is nothing, which is the rule.
pub(super) type Out = Option<Box<Fallback>>;

impl TraceState {
    /// Sums of all aggregates that count.
    pub(super) fn counted_aggregates(&self) -> Sums {
        let mut sums = Sums::default();
        if let Some(below) = self.ledger.fallbacks.get(&TOP) {
            sums.add(&below.closed);
            sums.add(&below.open);
        }
        sums
    }

    pub(super) fn fallback_out(&self, place: Place) -> Out {
        if self.ledger.aggregates == 0 && self.ledger.fallbacks.is_empty() {
            return None;
        }
        let node = self.node(place);
        let below = self.ledger.fallbacks.get(&place);
        let boundary = node.is(PRESENT) && node.is_boundary();
        let mut out = Fallback::default();
        match self.line(place) {
            Some(line) if !line.owns && !line.free && node.owners == 0 => {
                let side = if boundary { &mut out.closed } else { &mut out.open };
                side.add_amount(&line.amount);
            }
            Some(line) if line.owns => {
                out.closed = below.map(|below| below.closed.clone()).unwrap_or_default();
            }
            _ => {
                out = below?.clone();
                if boundary {
                    let open = std::mem::take(&mut out.open);
                    out.closed.add(&open);
                }
            }
        }
        (out != Fallback::default()).then(|| Box::new(out))
    }

    /// A child of `place` passes on `new` instead of `old`, and has `owners.1` owners
    /// instead of `owners.0`.
    pub(super) fn pass_fallback(
        &mut self,
        mut place: Place,
        owners: (u32, u32),
        mut old: Out,
        mut new: Out,
    ) {
        while place != NOWHERE && (owners.0 != owners.1 || old != new) {
            let before = self.fallback_out(place);
            let node = self.node_mut(place);
            node.owners = node.owners - owners.0 + owners.1;
            if old != new {
                self.change_below(place, old.as_deref(), new.as_deref());
            }
            old = before;
            new = self.fallback_out(place);
            place = self.node(place).parent;
        }
    }

    fn change_below(&mut self, place: Place, old: Option<&Fallback>, new: Option<&Fallback>) {
        let below = self.ledger.fallbacks.entry(place).or_default();
        if let Some(new) = new {
            below.closed.add(&new.closed);
            below.open.add(&new.open);
        }
        if let Some(old) = old {
            below.closed.subtract(&old.closed);
            below.open.subtract(&old.open);
        }
        if below.closed.is_empty() && below.open.is_empty() {
            self.ledger.fallbacks.remove(&place);
        }
    }
}
