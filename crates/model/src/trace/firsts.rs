//! What the earliest (or latest) of all spans decides, wherever it stands in the tree:
//! start, end, the error to show, and the order of the lists of names.

use std::cmp::Reverse;

use super::hash::Map;
use super::node::{ENDED, ERROR, LISTS, Node, PLACEHOLDER, PRESENT, Place, ROOT};
use super::state::TraceState;
use super::texts::{NO_TEXT, TextId};
use crate::ids::SpanId;
use crate::span::{PREVIEW_MAX_CHARS, Span, SpanError};
use crate::summary::NAMES_MAX;

/// After the lists that each span has one text of.
const TAGS: usize = LISTS;

type Key = (i64, i64, SpanId);

/// The smallest key and whose it is.
#[derive(Debug)]
struct Holder<K> {
    held: Option<(K, Place)>,
    /// The holder has left and the next one must be looked for.
    lost: bool,
}

impl<K> Default for Holder<K> {
    fn default() -> Self {
        Holder { held: None, lost: false }
    }
}

impl<K: Ord + Copy> Holder<K> {
    fn leave(&mut self, place: Place) {
        self.lost |= self.held.is_some_and(|(_, holder)| holder == place);
    }

    fn join(&mut self, key: K, place: Place) {
        match self.held {
            // The span that left comes back with its new facts, and is first still.
            Some((held, holder)) if self.lost => {
                if holder == place && key <= held {
                    *self = Holder { held: Some((key, place)), lost: false };
                }
            }
            Some((held, _)) if held <= key => {}
            _ => self.held = Some((key, place)),
        }
    }
}

/// Who says a name.
#[derive(Debug, Default)]
struct Use {
    count: u32,
    first: Holder<Key>,
}

#[derive(Debug, Default)]
pub(super) struct Firsts {
    earliest: Holder<i64>,
    latest: Holder<Reverse<i64>>,
    error: Holder<(bool, Key)>,
    errors: Map<Place, (TextId, TextId)>,
    tags: Map<Place, Box<[TextId]>>,
    uses: Map<(usize, TextId), Use>,
    lost: Vec<(usize, TextId)>,
}

impl Firsts {
    /// Heap bytes, by estimate.
    pub(super) fn memory_bytes(&self) -> usize {
        self.errors.capacity() * 24 + self.tags.capacity() * 48 + self.uses.capacity() * 72
    }

    /// Earliest start of a span.
    pub(super) fn start(&self) -> Option<i64> {
        self.earliest.held.map(|(start, _)| start)
    }

    /// Latest end of an ended span.
    pub(super) fn end(&self) -> Option<i64> {
        self.latest.held.map(|(Reverse(end), _)| end)
    }

    fn leave(&mut self, list: usize, text: TextId, place: Place) {
        let Some(used) = self.uses.get_mut(&(list, text)) else { return };
        used.count -= 1;
        used.first.leave(place);
        if used.count == 0 {
            self.uses.remove(&(list, text));
        } else if used.first.lost {
            self.lost.push((list, text));
        }
    }
}

impl TraceState {
    /// Takes a node's old facts out, before they are replaced.
    pub(super) fn firsts_leave(&mut self, place: Place) {
        let lists = self.node(place).lists;
        if !self.node(place).is(PRESENT) {
            return;
        }
        let firsts = &mut self.firsts;
        firsts.earliest.leave(place);
        firsts.latest.leave(place);
        firsts.error.leave(place);
        if let Some((kind, message)) = firsts.errors.remove(&place) {
            self.texts.release(kind);
            self.texts.release(message);
        }
        let tags = firsts.tags.remove(&place).unwrap_or_default();
        for (list, text) in lists.into_iter().enumerate().filter(|(_, text)| *text != NO_TEXT) {
            firsts.leave(list, text, place);
        }
        for tag in tags {
            firsts.leave(TAGS, tag, place);
            self.texts.release(tag);
        }
    }

    /// Takes a node's new facts in.
    pub(super) fn firsts_join(&mut self, place: Place, span: &Span) {
        let node = &self.nodes[place as usize];
        let (key, lists) = (node.key(), node.lists);
        if !node.is(PLACEHOLDER) {
            self.firsts.earliest.join(node.start, place);
            if node.is(ENDED) {
                self.firsts.latest.join(Reverse(node.end), place);
            }
        }
        let said = span
            .error
            .as_ref()
            .filter(|error| node.is(ERROR) && !(error.kind.is_empty() && error.message.is_empty()));
        if let Some(error) = said {
            self.firsts.error.join((!node.is(ROOT), key), place);
            let kind = self.texts.keep(Some(preview(&error.kind)));
            let message = self.texts.keep(Some(preview(&error.message)));
            self.firsts.errors.insert(place, (kind, message));
        }
        let mut tags: Vec<TextId> = Vec::new();
        for tag in span.tags.iter().filter(|tag| !tag.is_empty()) {
            let text = self.texts.keep(Some(tag));
            if tags.contains(&text) {
                self.texts.release(text);
            } else {
                tags.push(text);
            }
        }
        let named = lists.into_iter().enumerate().filter(|(_, text)| *text != NO_TEXT);
        for (list, text) in named.chain(tags.iter().map(|tag| (TAGS, *tag))) {
            let used = self.firsts.uses.entry((list, text)).or_default();
            used.count += 1;
            used.first.join(key, place);
        }
        if !tags.is_empty() {
            self.firsts.tags.insert(place, tags.into());
        }
    }

    /// Looks for those whose place has become free. Rare: the first of its kind must have
    /// moved to a later time, or changed what it says.
    pub(super) fn settle_firsts(&mut self) {
        if self.firsts.earliest.lost {
            let starts = self.real().map(|(place, node)| (node.start, place));
            self.firsts.earliest = Holder { held: starts.min(), lost: false };
        }
        if self.firsts.latest.lost {
            let ended = self.real().filter(|(_, node)| node.is(ENDED));
            let ends = ended.map(|(place, node)| (Reverse(node.end), place));
            self.firsts.latest = Holder { held: ends.min(), lost: false };
        }
        if self.firsts.error.lost {
            let failed = self.firsts.errors.keys().map(|place| {
                let node = self.node(*place);
                ((!node.is(ROOT), node.key()), *place)
            });
            self.firsts.error = Holder { held: failed.min(), lost: false };
        }
        for (list, text) in std::mem::take(&mut self.firsts.lost) {
            let Some(used) = self.firsts.uses.get(&(list, text)) else { continue };
            if !used.first.lost {
                continue;
            }
            let first = self
                .nodes
                .iter()
                .enumerate()
                .map(|(place, node)| (place as Place, node))
                .filter(|(_, node)| node.is(PRESENT))
                .filter(|(place, node)| match list {
                    TAGS => self.firsts.tags.get(place).is_some_and(|tags| tags.contains(&text)),
                    _ => node.lists[list] == text,
                })
                .map(|(place, node)| (node.key(), place))
                .min();
            if let Some(used) = self.firsts.uses.get_mut(&(list, text)) {
                used.first = Holder { held: first, lost: false };
            }
        }
    }

    fn real(&self) -> impl Iterator<Item = (Place, &Node)> {
        let nodes = self.nodes.iter().enumerate().map(|(place, node)| (place as Place, node));
        nodes.filter(|(_, node)| node.is(PRESENT) && !node.is(PLACEHOLDER))
    }

    /// The distinct names of a list, first said first, at most [`NAMES_MAX`].
    pub(super) fn names(&self, list: usize) -> Vec<String> {
        let used = self.firsts.uses.iter().filter(|((which, _), _)| *which == list);
        let mut names: Vec<_> = used
            .map(|((_, text), used)| {
                let key = used.first.held.map(|(key, _)| key);
                (key, self.texts.get(*text).unwrap_or_default())
            })
            .collect();
        names.sort_unstable();
        names.into_iter().take(NAMES_MAX).map(|(_, name)| name.to_owned()).collect()
    }

    pub(super) fn tags(&self) -> Vec<String> {
        self.names(TAGS)
    }

    pub(super) fn first_error(&self) -> Option<SpanError> {
        let (_, place) = self.firsts.error.held?;
        let (kind, message) = self.firsts.errors.get(&place)?;
        Some(SpanError {
            kind: self.texts.owned(*kind).unwrap_or_default(),
            message: self.texts.owned(*message).unwrap_or_default(),
        })
    }
}

/// The first characters of a text, as many as previews have.
pub(super) fn preview(text: &str) -> &str {
    text.char_indices().nth(PREVIEW_MAX_CHARS).map_or(text, |(end, _)| &text[..end])
}
