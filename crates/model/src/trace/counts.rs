//! What is counted span by span.

use super::node::{CUT, ENDED, NOWHERE, Node, PLACEHOLDER, PRESENT, Place, ROOT, TRUNCATED};
use super::state::TraceState;
use crate::span::Category;

/// 2000-01-01 and 2100-01-01 in nanoseconds since 1970: a span outside has no real clock.
const BELIEVABLE_NANOS: std::ops::Range<i64> = 946_684_800_000_000_000..4_102_444_800_000_000_000;

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) spans: u64,
    pub(super) placeholders: u64,
    pub(super) roots: u64,
    pub(super) open_roots: u64,
    pub(super) failed_roots: u64,
    pub(super) orphans: u64,
    pub(super) cycles: u64,
    /// Failed spans at top level that are no roots.
    pub(super) failed_stand_ins: u64,
    pub(super) failed: u64,
    pub(super) llm: u64,
    pub(super) llm_failed: u64,
    pub(super) tool: u64,
    pub(super) tool_failed: u64,
    pub(super) embedding: u64,
    pub(super) open: u64,
    pub(super) truncated: u64,
    pub(super) odd_clocks: u64,
    pub(super) skewed: u64,
    pub(super) dropped: u64,
    pub(super) rejected: u64,
}

/// Ends before it starts, or lies in no believable time.
pub(super) fn has_odd_clock(node: &Node) -> bool {
    !node.is(PLACEHOLDER)
        && (!BELIEVABLE_NANOS.contains(&node.start) || (node.is(ENDED) && node.end < node.start))
}

impl TraceState {
    /// Counts a node in, or out again. Whatever changes a node's part in the counts takes
    /// it out before and puts it in after. A node is in while it has a place in the tree.
    pub(super) fn tally(&mut self, place: Place, add: bool) {
        let node = self.node(place);
        if !node.is(PRESENT) || node.parent == NOWHERE {
            return;
        }
        let (orphan, skewed) = (self.is_orphan(place), self.is_skewed(place));
        let (failed, real) = (node.failed(), !node.is(PLACEHOLDER));
        let root = node.is(ROOT);
        let is = |category| node.category == category;
        let (llm, tool, embedding) =
            (is(Category::Llm), is(Category::Tool), is(Category::Embedding));
        let cut = node.is(CUT);
        let parts = [
            real && !node.is(ENDED),
            node.is(TRUNCATED),
            has_odd_clock(node),
            !real,
            root && !node.is(ENDED),
        ];
        let (dropped, rejected) = (u64::from(node.dropped), u64::from(node.rejected));
        let counts = &mut self.counts;
        for (count, part) in [
            (&mut counts.spans, true),
            (&mut counts.roots, root),
            (&mut counts.failed_roots, root && failed),
            (&mut counts.orphans, orphan),
            (&mut counts.cycles, cut),
            (&mut counts.failed_stand_ins, failed && (orphan || cut)),
            (&mut counts.failed, failed),
            (&mut counts.llm, llm),
            (&mut counts.llm_failed, llm && failed),
            (&mut counts.tool, tool),
            (&mut counts.tool_failed, tool && failed),
            (&mut counts.embedding, embedding),
            (&mut counts.skewed, skewed),
            (&mut counts.open, parts[0]),
            (&mut counts.truncated, parts[1]),
            (&mut counts.odd_clocks, parts[2]),
            (&mut counts.placeholders, parts[3]),
            (&mut counts.open_roots, parts[4]),
        ] {
            shift(count, u64::from(part), add);
        }
        shift(&mut counts.dropped, dropped, add);
        shift(&mut counts.rejected, rejected, add);
    }

    /// Counts a node and, where its facts decide about them, its children.
    pub(super) fn tally_around(&mut self, place: Place, children: bool, add: bool) {
        self.tally(place, add);
        if children {
            let mut child = self.node(place).first_child;
            while child != NOWHERE {
                self.tally(child, add);
                child = self.node(child).next;
            }
        }
    }
}

fn shift(count: &mut u64, by: u64, add: bool) {
    *count = if add { *count + by } else { *count - by };
}
