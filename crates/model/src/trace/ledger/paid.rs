//! What a sender says on one span that the calls below it cost together (Claude Code's
//! log records stand at the interaction, or at the tool that runs a sub-agent).
//!
//! It is that sender's own bill, so it counts, and the costs of the calls that it covers
//! do not. Tokens are not touched. Which calls those are is found when somebody reads the
//! total: there are few such spans, and calls come and go below them.

use super::super::node::{PRESENT, Place};
use super::super::state::TraceState;
use super::super::sums::Sums;

impl TraceState {
    /// The node's cost counts in place of those of [`TraceState::paid_by`]. Where no call
    /// below it says its own usage it is a sum like any other.
    pub(in super::super) fn pays(&self, place: Place) -> bool {
        self.line(place).is_some_and(|line| line.pays) && self.node(place).owners > 0
    }

    /// Every node that pays, in no order.
    pub(in super::super) fn payers(&self) -> impl Iterator<Item = Place> + '_ {
        self.ledger.payers.iter().copied().filter(|place| self.pays(*place))
    }

    /// The counted calls that a node pays: those below it with no agent, tool or other
    /// payer between.
    pub(in super::super) fn paid_by(&self, payer: Place) -> Vec<Place> {
        let mut paid = Vec::new();
        let mut waiting = vec![payer];
        while let Some(above) = waiting.pop() {
            for place in self.children(above) {
                let node = self.node(place);
                if (node.is(PRESENT) && node.is_boundary()) || self.pays(place) {
                    continue;
                }
                if self.line(place).is_some_and(|line| line.owns && line.counted_amount().is_some())
                {
                    paid.push(place);
                }
                waiting.push(place);
            }
        }
        paid
    }

    /// Puts what the node pays in place of what the calls cost.
    pub(in super::super) fn settle_bill(&self, payer: Place, sums: &mut Sums) {
        if let Some(line) = self.line(payer) {
            sums.add_money(&line.amount);
        }
        for place in self.paid_by(payer) {
            if let Some(amount) = self.line(place).and_then(|line| line.counted_amount()) {
                sums.subtract_money(amount);
            }
        }
    }

    /// Does so for the whole trace.
    pub(super) fn pay(&self, total: &mut Sums) {
        for payer in self.payers() {
            self.settle_bill(payer, total);
        }
    }
}
