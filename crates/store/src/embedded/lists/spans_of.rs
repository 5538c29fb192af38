//! The spans of one trace, as the evaluator walks them.

use std::cell::OnceCell;
use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use rusqlite::Connection;

use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Where spans come from: the chunks and staging of the store, or a test.
pub(crate) trait SpanSource {
    /// Facts of every span of a trace, in any order.
    fn spans(&self, workspace: WorkspaceId, trace_id: &TraceId) -> Result<Vec<Span>, StoreError>;

    /// The spans as their senders sent them, with all of their payload.
    fn sources(
        &self,
        workspace: WorkspaceId,
        trace_id: &TraceId,
    ) -> Result<Vec<SourceSpan>, StoreError>;

    /// Whether each of these tokens may stand somewhere in the trace's text. `true` where that is
    /// not known.
    fn may_hold(
        &self,
        connection: &Connection,
        tno: i64,
        tokens: &[String],
    ) -> Result<bool, StoreError>;
}

/// The spans of a trace in order of start, with their places in the tree.
pub(crate) struct Spans {
    pub(crate) nodes: Vec<Node>,
    sources: OnceCell<HashMap<SpanId, SourceSpan>>,
}

/// A span in its tree.
pub(crate) struct Node {
    pub(crate) span: Span,
    /// Place of the parent in [`Spans::nodes`].
    pub(crate) parent: Option<usize>,
    /// Levels above it.
    pub(crate) depth: u32,
    /// It names a parent that is not here.
    pub(crate) is_orphan: bool,
}

impl Spans {
    /// Puts spans into order and into their tree.
    pub(crate) fn new(mut spans: Vec<Span>) -> Spans {
        spans.sort_by_cached_key(|span| {
            let end = span.end_nanos.unwrap_or(i64::MAX);
            (span.start_nanos, span.sequence.unwrap_or(i64::MAX), end, span.span_id)
        });
        let places: HashMap<SpanId, usize> =
            spans.iter().enumerate().map(|(place, span)| (span.span_id, place)).collect();
        let mut nodes: Vec<Node> = spans
            .into_iter()
            .map(|span| {
                let named = span.parent_span_id.filter(|_| !span.forced_root);
                let parent = named.and_then(|id| places.get(&id).copied());
                let is_orphan = named.is_some() && parent.is_none();
                Node { span, parent, depth: 0, is_orphan }
            })
            .collect();
        break_cycles(&mut nodes);
        for place in 0..nodes.len() {
            nodes[place].depth = ancestors(&nodes, place).count() as u32;
        }
        Spans { nodes, sources: OnceCell::new() }
    }

    /// The span's own value, else that of the nearest span above that has one.
    pub(crate) fn inherited(
        &self,
        place: usize,
        own: impl Fn(&Span) -> Option<&str>,
    ) -> Option<&str> {
        std::iter::once(place)
            .chain(ancestors(&self.nodes, place))
            .find_map(|place| self.nodes.get(place).and_then(|node| own(&node.span)))
    }

    /// Whether `place` lies below `above`.
    pub(crate) fn is_below(&self, place: usize, above: usize) -> bool {
        ancestors(&self.nodes, place).any(|ancestor| ancestor == above)
    }

    /// The span as it was sent.
    pub(crate) fn source(
        &self,
        place: usize,
        load: impl FnOnce() -> Result<Vec<SourceSpan>, StoreError>,
    ) -> Result<Option<&SourceSpan>, StoreError> {
        if self.sources.get().is_none() {
            let by_id = load()?.into_iter().map(|source| (source.span_id, source)).collect();
            // Set just now by nobody else: there is one thread.
            let _ = self.sources.set(by_id);
        }
        let id = self.nodes.get(place).map(|node| node.span.span_id);
        Ok(id.and_then(|id| self.sources.get().and_then(|by_id| by_id.get(&id))))
    }
}

fn ancestors(nodes: &[Node], place: usize) -> impl Iterator<Item = usize> {
    let parent = move |place: &usize| nodes.get(*place).and_then(|node| node.parent);
    std::iter::successors(parent(&place), parent)
}

/// A span that is its own ancestor is taken to the top.
fn break_cycles(nodes: &mut [Node]) {
    const UNSEEN: u8 = 0;
    const ON_PATH: u8 = 1;
    const SOUND: u8 = 2;
    let mut marks = vec![UNSEEN; nodes.len()];
    for start in 0..nodes.len() {
        let mut path = Vec::new();
        let mut place = start;
        while marks[place] == UNSEEN {
            marks[place] = ON_PATH;
            path.push(place);
            match nodes[place].parent {
                Some(parent) if marks[parent] == ON_PATH => nodes[place].parent = None,
                Some(parent) => place = parent,
                None => {}
            }
        }
        path.into_iter().for_each(|place| marks[place] = SOUND);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::rows::fixture::span;

    fn child(number: u8, parent: u8) -> Span {
        let parent_span_id = Some(SpanId::from_bytes(&[parent; 8]).unwrap());
        Span { parent_span_id, start_nanos: i64::from(number), ..span(1, number) }
    }

    #[test]
    fn depth_orphans_and_cycles() {
        let spans = Spans::new(vec![child(4, 3), child(3, 2), span(1, 2), child(5, 9)]);
        let told: Vec<(u32, bool)> =
            spans.nodes.iter().map(|node| (node.depth, node.is_orphan)).collect();
        // By start: 3, 4, 5, then the root, which starts at the day.
        assert_eq!(told, [(1, false), (2, false), (0, true), (0, false)]);

        let cycle =
            Spans::new(vec![child(1, 2), child(2, 3), child(3, 1), child(4, 4), child(5, 1)]);
        let depths: Vec<u32> = cycle.nodes.iter().map(|node| node.depth).collect();
        assert_eq!(depths, [2, 1, 0, 0, 3]);
    }

    #[test]
    fn a_value_comes_from_the_nearest_above() {
        let mut root = span(1, 1);
        root.session_id = Some("s".to_owned());
        root.start_nanos = 0;
        let spans = Spans::new(vec![root, child(2, 1), child(3, 2), child(4, 9)]);
        let session = |place| spans.inherited(place, |span| span.session_id.as_deref());
        assert_eq!([session(0), session(2), session(3)], [Some("s"), Some("s"), None]);
        assert!(spans.is_below(2, 0));
        assert!(!spans.is_below(3, 0));
    }
}
