//! Which span speaks for the whole trace: of each kind of fact the root's, else that of
//! the shallowest span that has one, ties by start.
//!
//! Every node keeps the best candidate of each kind below it with its depth counted from
//! there, so that moving a subtree (its parent has come) costs the height of the tree and
//! not the size of the subtree.

use std::cmp::Ordering;

use super::node::{NOWHERE, Node, PRESENT, Place, ROOT, TOP};
use super::state::TraceState;
use super::texts::NO_TEXT;
use crate::span::Category;

pub(super) const NAME: usize = 0;
pub(super) const TRACE_NAME: usize = 1;
pub(super) const SESSION: usize = 2;
pub(super) const USER: usize = 3;
pub(super) const ENVIRONMENT: usize = 4;
pub(super) const RELEASE: usize = 5;
pub(super) const AGENTOS_ID: usize = 6;
pub(super) const AGENT_NAME: usize = 7;
pub(super) const AGENT_ID: usize = 8;
pub(super) const PROJECT: usize = 9;
pub(super) const SERVICE: usize = 10;
pub(super) const INPUT: usize = 11;
pub(super) const OUTPUT: usize = 12;
/// Kinds of facts that one span says for all.
pub(super) const KINDS: usize = 13;

/// A candidate: its depth below the node that keeps it, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Best {
    pub(super) depth: u32,
    pub(super) place: Place,
}

const NOBODY: Best = Best { depth: 0, place: NOWHERE };

/// The best candidate of each kind.
pub(super) type Bests = [Best; KINDS];

pub(super) const NO_BESTS: Bests = [NOBODY; KINDS];

/// Roots first; for what the run was asked and answered then spans of agents and models,
/// then tools and the rest.
fn class(kind: usize, node: &Node) -> u8 {
    if node.is(ROOT) {
        return 0;
    }
    let speaks = matches!(
        node.category,
        Category::Agent | Category::Llm | Category::Workflow | Category::Chain
    );
    if speaks || !matches!(kind, INPUT | OUTPUT) { 1 } else { 2 }
}

impl TraceState {
    fn is_better(&self, kind: usize, a: Best, b: Best) -> bool {
        if a.place == NOWHERE || b.place == NOWHERE {
            return b.place == NOWHERE && a.place != NOWHERE;
        }
        let (left, right) = (self.node(a.place), self.node(b.place));
        let rank = |best: Best, node: &Node| (class(kind, node), best.depth);
        let order = rank(a, left).cmp(&rank(b, right));
        // A run ends with its last answer.
        let ties = match kind {
            OUTPUT => right.key().cmp(&left.key()),
            _ => left.key().cmp(&right.key()),
        };
        order.then(ties) == Ordering::Less
    }

    /// The candidates that a node offers to the one above it.
    pub(super) fn offer(&self, place: Place) -> Bests {
        let below = self.node(place).below.as_deref();
        self.offer_of(place, below.copied().unwrap_or(NO_BESTS))
    }

    fn offer_of(&self, place: Place, mut bests: Bests) -> Bests {
        let node = self.node(place);
        if !node.is(PRESENT) {
            return bests;
        }
        for (kind, best) in bests.iter_mut().enumerate() {
            if best.place != NOWHERE {
                best.depth += 1;
            }
            let own = Best { depth: 0, place };
            if node.texts[kind] != NO_TEXT && self.is_better(kind, own, *best) {
                *best = own;
            }
        }
        bests
    }

    /// A child of `place` offers `new` instead of `old`: passes it on upwards as far as it
    /// makes a difference.
    pub(super) fn pass_bests(&mut self, mut place: Place, mut old: Bests, mut new: Bests) {
        while place != NOWHERE && old != new {
            let before = self.node(place).below.as_deref().copied().unwrap_or(NO_BESTS);
            let mut below = before;
            for kind in 0..KINDS {
                if old[kind] == new[kind] {
                    continue;
                }
                let held = below[kind].place != NOWHERE && below[kind].place == old[kind].place;
                if !held {
                    if self.is_better(kind, new[kind], below[kind]) {
                        below[kind] = new[kind];
                    }
                } else if self.is_better(kind, new[kind], old[kind]) {
                    below[kind] = new[kind];
                } else if place == TOP {
                    // Top-level nodes come and go while a trace arrives child before
                    // parent; they are looked through when somebody asks.
                    self.stale[kind] = true;
                } else {
                    below[kind] = self.best_child(place, kind);
                }
            }
            if below == before {
                return;
            }
            match &mut self.node_mut(place).below {
                Some(kept) => **kept = below,
                none => {
                    *none = Some(Box::new(below));
                    self.boxed_bytes += size_of::<Bests>();
                }
            }
            old = self.offer_of(place, before);
            new = self.offer_of(place, below);
            place = self.node(place).parent;
        }
    }

    fn best_child(&self, place: Place, kind: usize) -> Best {
        self.children(place).map(|child| self.offer(child)[kind]).fold(NOBODY, |best, offered| {
            if self.is_better(kind, offered, best) { offered } else { best }
        })
    }

    /// Looks through the top-level nodes where that has become due: at once where they
    /// are few, else once for as many spans as there are such nodes.
    pub(super) fn settle_bests(&mut self) {
        const FEW: u32 = 8;
        if !self.stale.contains(&true) {
            return;
        }
        self.stale_for += 1;
        let tops = self.node(TOP).children;
        if tops > FEW && self.stale_for < tops {
            return;
        }
        self.stale_for = 0;
        let mut below = self.node(TOP).below.as_deref().copied().unwrap_or(NO_BESTS);
        for (kind, best) in below.iter_mut().enumerate() {
            if std::mem::take(&mut self.stale[kind]) {
                *best = self.best_child(TOP, kind);
            }
        }
        if let Some(kept) = &mut self.node_mut(TOP).below {
            **kept = below;
        }
    }

    /// The span that says it for the trace.
    pub(super) fn speaker(&self, kind: usize) -> Option<&Node> {
        let best = if self.stale[kind] {
            self.best_child(TOP, kind)
        } else {
            self.node(TOP).below.as_deref().map_or(NOBODY, |below| below[kind])
        };
        (best.place != NOWHERE).then(|| self.node(best.place))
    }

    pub(super) fn said(&self, kind: usize) -> Option<String> {
        self.speaker(kind).and_then(|node| self.texts.owned(node.texts[kind]))
    }
}
