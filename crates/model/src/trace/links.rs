//! The tree's links: children under parents that may come later, and cycles.

use super::best::Bests;
use super::ledger::Zone;
use super::node::{
    CUT, ENDED, ERROR, MARKS_PARENT, NOWHERE, PLACEHOLDER, PRESENT, Place, ROOT, TOP,
};
use super::state::TraceState;

/// A child outside its parent's time by more than this has another clock.
pub(super) const SKEW_NANOS: i64 = 1_000_000_000;

impl TraceState {
    pub(super) fn children(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let mut child = self.node(place).first_child;
        std::iter::from_fn(move || {
            let found = child;
            if found == NOWHERE {
                return None;
            }
            child = self.node(found).next;
            Some(found)
        })
    }

    /// Puts a node without a parent under one, with all that is below it.
    pub(super) fn attach(&mut self, place: Place, parent: Place) {
        let first = self.node(parent).first_child;
        if first != NOWHERE {
            self.node_mut(first).previous = place;
        }
        let node = self.node_mut(place);
        node.parent = parent;
        node.previous = NOWHERE;
        node.next = first;
        let above = self.node_mut(parent);
        above.first_child = place;
        above.children += 1;
        self.mark_parent(place, true);
        self.tally(place, true);
        self.ledger_attached(place, parent);
        let offered = self.offer(place);
        self.pass_bests(parent, super::best::NO_BESTS, offered);
    }

    /// Takes a node out from under its parent, if it has one, with all that is below it.
    pub(super) fn detach(&mut self, place: Place) {
        let (parent, previous, next) = {
            let node = self.node(place);
            (node.parent, node.previous, node.next)
        };
        if parent == NOWHERE {
            return;
        }
        let offered = self.offer(place);
        self.tally(place, false);
        self.mark_parent(place, false);
        if previous == NOWHERE {
            self.node_mut(parent).first_child = next;
        } else {
            self.node_mut(previous).next = next;
        }
        if next != NOWHERE {
            self.node_mut(next).previous = previous;
        }
        let node = self.node_mut(place);
        (node.parent, node.previous, node.next) = (NOWHERE, NOWHERE, NOWHERE);
        self.node_mut(parent).children -= 1;
        self.ledger_detached(place, parent);
        self.pass_bests(parent, offered, super::best::NO_BESTS);
    }

    /// The top-level node above this one, if a cycle was cut there.
    pub(super) fn cut_above(&self, place: Place) -> Option<Place> {
        if self.counts.cycles == 0 {
            return None;
        }
        let mut top = place;
        while !matches!(self.node(top).parent, TOP | NOWHERE) {
            top = self.node(top).parent;
        }
        self.node(top).is(CUT).then_some(top)
    }

    /// Puts a node under the parent that it names, now that its facts have changed.
    ///
    /// Each node names at most one parent, so what hangs together has at most one cycle.
    /// It is cut above its earliest span, which does not depend on who closed it.
    pub(super) fn relink(&mut self, place: Place) {
        let target = match self.node(place).parent_id {
            Some(id) if !self.node(place).is(ROOT) => self.place_of(id),
            _ => TOP,
        };
        if target != place && target != TOP && self.node(target).parent == NOWHERE {
            // Nobody has named it before: it waits at top level.
            self.attach(target, TOP);
        }
        let old = self.node(place).parent;
        if old == target && !self.node(place).is(CUT) {
            return;
        }
        self.detach(place);
        self.node_mut(place).set(CUT, false);
        match self.earliest_in_cycle(place, target) {
            None => self.attach(place, target),
            Some(earliest) if earliest == place => self.attach_cut(place),
            Some(earliest) => {
                self.detach(earliest);
                self.attach(place, target);
                self.attach_cut(earliest);
            }
        }
        self.drop_if_unneeded(old);
    }

    fn attach_cut(&mut self, place: Place) {
        self.node_mut(place).set(CUT, true);
        self.attach(place, TOP);
    }

    /// The earliest span of the cycle that linking would close.
    fn earliest_in_cycle(&self, place: Place, target: Place) -> Option<Place> {
        if target == place {
            return Some(place);
        }
        if self.node(place).first_child == NOWHERE {
            return None;
        }
        let mut earliest = place;
        let mut above = target;
        while above != place {
            if above == TOP || above == NOWHERE {
                return None;
            }
            if self.node(above).key() < self.node(earliest).key() {
                earliest = above;
            }
            above = self.node(above).parent;
        }
        Some(earliest)
    }

    /// Forgets a span that has not come and that nobody names any more.
    fn drop_if_unneeded(&mut self, place: Place) {
        if matches!(place, TOP | NOWHERE)
            || self.node(place).is(PRESENT)
            || self.node(place).first_child != NOWHERE
        {
            return;
        }
        self.detach(place);
        let node = self.node_mut(place);
        let (id, bests, zone) = (node.id, node.below.take(), node.zone.take());
        self.boxed_bytes -= bests.map_or(0, |_| size_of::<Bests>());
        self.boxed_bytes -= zone.map_or(0, |_| size_of::<Zone>());
        self.places.remove(&id);
        self.free.push(place);
    }

    /// Adds (or takes out) what this node's error says of the one above.
    pub(super) fn mark_parent(&mut self, place: Place, add: bool) {
        let node = self.node(place);
        let (parent, flags) = (node.parent, ERROR | MARKS_PARENT);
        if node.flags & flags != flags || parent == NOWHERE {
            return;
        }
        self.tally(parent, false);
        let above = self.node_mut(parent);
        above.marking = if add { above.marking + 1 } else { above.marking - 1 };
        self.tally(parent, true);
    }

    /// The parent that it names has not come.
    pub(super) fn is_orphan(&self, place: Place) -> bool {
        let parent = self.node(place).parent;
        parent != NOWHERE && parent != TOP && !self.node(parent).is(PRESENT)
    }

    pub(super) fn is_skewed(&self, place: Place) -> bool {
        let node = self.node(place);
        if node.parent == NOWHERE || node.parent == TOP {
            return false;
        }
        let parent = self.node(node.parent);
        if !parent.is(PRESENT) || parent.is(PLACEHOLDER) || node.is(PLACEHOLDER) {
            return false;
        }
        let early = parent.start.saturating_sub(node.start) > SKEW_NANOS;
        let late =
            node.is(ENDED) && parent.is(ENDED) && node.end.saturating_sub(parent.end) > SKEW_NANOS;
        early || late
    }
}
