//! Nested reports of one call: a proxy's span around a provider's, a framework's around
//! its client's. The deepest owner counts.
//!
//! Each node knows how many deepest owners of each kind of call it has below it, with no
//! agent or tool between; an owner with one is shadowed. The sum of their places is kept
//! beside the number: where there is one, the sum is its place.

use super::super::node::{NOWHERE, PRESENT, Place, TOP};
use super::super::state::TraceState;
use crate::span::Category;

/// Kinds of calls that do not contain each other's.
const CALLS: usize = 4;

/// Wrappers around one call from which details are taken.
const WRAPPERS_MAX: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Zone {
    leaves: [u32; CALLS],
    places: [u64; CALLS],
}

impl Zone {
    fn only_leaf(&self, call: usize) -> Option<Place> {
        (self.leaves[call] == 1).then_some(self.places[call] as Place)
    }
}

impl TraceState {
    /// The kind of call that a node reports, if its report can be of a nested one.
    fn call(&self, place: Place) -> Option<usize> {
        if !self.is_owner(place) {
            return None;
        }
        match self.node(place).category {
            Category::Llm => Some(0),
            Category::Embedding => Some(1),
            Category::Reranker => Some(2),
            Category::Agent | Category::Tool => None,
            _ => Some(3),
        }
    }

    fn zone(&self, place: Place) -> Zone {
        self.node(place).zone.as_deref().copied().unwrap_or_default()
    }

    pub(in super::super) fn is_shadowed(&self, place: Place) -> bool {
        self.call(place).is_some_and(|call| self.zone(place).leaves[call] > 0)
    }

    /// The deepest owners that a node shows to the one above it.
    pub(super) fn zone_out(&self, place: Place) -> Zone {
        let node = self.node(place);
        if node.is(PRESENT) && node.is_boundary() {
            return Zone::default();
        }
        let mut zone = self.zone(place);
        if let Some(call) = self.call(place).filter(|call| zone.leaves[*call] == 0) {
            zone.leaves[call] = 1;
            zone.places[call] = u64::from(place);
        }
        zone
    }

    /// A child of `place` shows `new` instead of `old`.
    pub(super) fn pass_zone(&mut self, mut place: Place, mut old: Zone, mut new: Zone) {
        while place != NOWHERE && place != TOP && old != new {
            let shown = self.zone_out(place);
            let before = self.zone(place);
            let mut zone = before;
            for call in 0..CALLS {
                zone.leaves[call] = zone.leaves[call] - old.leaves[call] + new.leaves[call];
                zone.places[call] = zone.places[call] - old.places[call] + new.places[call];
            }
            match &mut self.node_mut(place).zone {
                Some(kept) => **kept = zone,
                none => {
                    *none = Some(Box::new(zone));
                    self.boxed_bytes += size_of::<Zone>();
                }
            }
            if let Some(call) = self.call(place) {
                if (before.leaves[call] > 0) != (zone.leaves[call] > 0) {
                    self.unsettle(place);
                }
                for leaf in [before.only_leaf(call), zone.only_leaf(call)].into_iter().flatten() {
                    self.unsettle(leaf);
                }
            }
            (old, new) = (shown, self.zone_out(place));
            place = self.node(place).parent;
        }
    }

    /// Marks the owners that may take details from this node.
    pub(super) fn unsettle_only_leaves(&mut self, place: Place) {
        let zone = self.zone(place);
        for leaf in (0..CALLS).filter_map(|call| zone.only_leaf(call)) {
            self.unsettle(leaf);
        }
    }

    /// The owners around this one of its kind of call, with no agent or tool between,
    /// nearest first.
    pub(in super::super) fn owners_around(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let call = self.call(place);
        let mut above = place;
        std::iter::from_fn(move || {
            let call = call?;
            loop {
                above = self.node(above).parent;
                if above == TOP || above == NOWHERE {
                    return None;
                }
                let node = self.node(above);
                if node.is(PRESENT) && node.is_boundary() {
                    return None;
                }
                if self.call(above) == Some(call) {
                    return Some(above);
                }
            }
        })
    }

    /// Of these, the ones that report nothing but this one's call, as many as anybody
    /// nests for a reason.
    pub(super) fn wrappers(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let call = self.call(place);
        self.owners_around(place)
            .take_while(move |above| call.is_some_and(|call| self.zone(*above).leaves[call] == 1))
            .take(WRAPPERS_MAX)
    }
}
