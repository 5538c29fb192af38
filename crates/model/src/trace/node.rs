//! One span as the incremental state keeps it, and the links between spans.

use super::best::{Bests, KINDS};
use super::ledger::Zone;
use super::texts::{NO_TEXT, TextId};
use crate::ids::SpanId;
use crate::span::Category;

/// A node's number in the state.
pub(super) type Place = u32;
/// The node above everything: its children stand at top level.
pub(super) const TOP: Place = 0;
/// No node.
pub(super) const NOWHERE: Place = u32::MAX;

/// Texts of which a summary lists every distinct one.
pub(super) const LISTS: usize = 4;
pub(super) const MODEL: usize = 0;
pub(super) const PROVIDER: usize = 1;
pub(super) const TOOL: usize = 2;
pub(super) const AGENT: usize = 3;

/// The span has come. Without this flag the node stands for a parent that others name.
pub(super) const PRESENT: u16 = 1;
/// Known from a log record only.
pub(super) const PLACEHOLDER: u16 = 1 << 1;
/// Names no parent, or its sender calls it a root.
pub(super) const ROOT: u16 = 1 << 2;
/// Its parent is below itself, so it stands at top level.
pub(super) const CUT: u16 = 1 << 3;
/// Its own status is an error.
pub(super) const ERROR: u16 = 1 << 4;
/// Its error is also one of the span above.
pub(super) const MARKS_PARENT: u16 = 1 << 5;
/// Its payload was cut by its sender.
pub(super) const TRUNCATED: u16 = 1 << 6;
/// It has an end.
pub(super) const ENDED: u16 = 1 << 7;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: SpanId,
    /// As the span names it.
    pub(super) parent_id: Option<SpanId>,
    pub(super) parent: Place,
    pub(super) first_child: Place,
    pub(super) next: Place,
    pub(super) previous: Place,
    pub(super) children: u32,
    pub(super) start: i64,
    /// `i64::MAX` where the sender gives none.
    pub(super) sequence: i64,
    /// Of an ended span.
    pub(super) end: i64,
    pub(super) flags: u16,
    pub(super) category: Category,
    /// Children whose error is also this span's.
    pub(super) marking: u32,
    /// Spans of this subtree, itself included, that own their usage.
    pub(super) owners: u32,
    /// Its line in the ledger.
    pub(super) line: Place,
    /// What it says of the whole trace, by kind.
    pub(super) texts: [TextId; KINDS],
    pub(super) lists: [TextId; LISTS],
    pub(super) dropped: u32,
    pub(super) rejected: u32,
    /// The best candidates below, depth counted from the child.
    pub(super) below: Option<Box<Bests>>,
    /// The deepest owners below, with no agent or tool between.
    pub(super) zone: Option<Box<Zone>>,
}

impl Node {
    pub(super) fn new(id: SpanId) -> Node {
        Node {
            id,
            parent_id: None,
            parent: NOWHERE,
            first_child: NOWHERE,
            next: NOWHERE,
            previous: NOWHERE,
            children: 0,
            start: 0,
            sequence: i64::MAX,
            end: 0,
            flags: 0,
            category: Category::Other,
            marking: 0,
            owners: 0,
            line: NOWHERE,
            texts: [NO_TEXT; KINDS],
            lists: [NO_TEXT; LISTS],
            dropped: 0,
            rejected: 0,
            below: None,
            zone: None,
        }
    }

    pub(super) fn is(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn set(&mut self, flag: u16, on: bool) {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
    }

    /// It failed, by its own word or by a child's.
    pub(super) fn failed(&self) -> bool {
        self.is(PRESENT) && (self.is(ERROR) || self.marking > 0)
    }

    /// The order in which spans come first.
    pub(super) fn key(&self) -> (i64, i64, SpanId) {
        (self.start, self.sequence, self.id)
    }

    /// Model calls on its two sides belong to different askers.
    pub(super) fn is_boundary(&self) -> bool {
        matches!(self.category, Category::Agent | Category::Tool)
    }
}

/// Adds to a list that grows by a quarter: the states of large traces fill a store's
/// memory, and doubling leaves up to half of it unused.
pub(super) fn push<T>(list: &mut Vec<T>, item: T) {
    const LEAST: usize = 8;
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 4).max(LEAST));
    }
    list.push(item);
}
