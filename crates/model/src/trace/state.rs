//! The incremental state of one trace.

use super::best::{
    AGENT_ID, AGENT_NAME, AGENTOS_ID, ENVIRONMENT, INPUT, KINDS, NAME, OUTPUT, PROJECT, RELEASE,
    SERVICE, SESSION, TRACE_NAME, USER,
};
use super::counts::Counts;
use super::firsts::Firsts;
use super::hash::Map;
use super::ledger::Ledger;
use super::node::{
    AGENT, CUT, ENDED, ERROR, LISTS, MARKS_PARENT, MODEL, NOWHERE, Node, PLACEHOLDER, PRESENT,
    PROVIDER, Place, ROOT, TOOL, TRUNCATED, push,
};
use super::note::Note;
use super::texts::{ELSEWHERE, NO_TEXT, TextId, Texts};
use crate::ids::{SpanId, TraceId};
use crate::span::{Category, Span, Status};

/// Everything needed to keep the summary of one trace current, without its payload: some
/// 400 bytes a span and its previews. The result does not depend on the order in which spans
/// came. An upsert costs the height of the tree.
#[derive(Debug)]
pub struct TraceState {
    pub(super) trace_id: TraceId,
    pub(super) nodes: Vec<Node>,
    pub(super) places: Map<SpanId, Place>,
    pub(super) free: Vec<Place>,
    pub(super) texts: Texts,
    pub(super) counts: Counts,
    pub(super) firsts: Firsts,
    pub(super) ledger: Ledger,
    /// Kinds of facts whose speaker must be looked for among the top-level nodes.
    pub(super) stale: [bool; KINDS],
    /// Spans taken in since then.
    pub(super) stale_for: u32,
    pub(super) duplicates: u64,
    /// What the sender says about the run itself.
    pub(super) note: Option<Box<Note>>,
    /// Numbers of the texts of the span before.
    recent: ([TextId; KINDS], [TextId; LISTS]),
    /// Numbers of the texts of words that were met, by where they are. Only while whoever made
    /// the state holds the spans, each of them once: then words stay where they are, and no
    /// text is given up.
    met: Map<Speaker, ([TextId; KINDS], [TextId; LISTS])>,
    /// Whoever made the state has the spans, and reads the previews there.
    borrows_previews: bool,
    /// Memory behind the nodes' own.
    pub(super) boxed_bytes: usize,
}

impl TraceState {
    /// A trace of which nothing is known yet.
    pub fn new(trace_id: TraceId) -> TraceState {
        // The top's id is never looked up; the state never lists it.
        let top = Node::new(SpanId::LARGEST);
        TraceState {
            trace_id,
            nodes: vec![top],
            places: Map::default(),
            free: Vec::new(),
            texts: Texts::default(),
            counts: Counts::default(),
            firsts: Firsts::default(),
            ledger: Ledger::default(),
            stale: [false; KINDS],
            stale_for: 0,
            duplicates: 0,
            note: None,
            recent: ([NO_TEXT; KINDS], [NO_TEXT; LISTS]),
            met: Map::default(),
            borrows_previews: false,
            boxed_bytes: 0,
        }
    }

    /// Takes in a span. One that is there already is replaced by these facts: give those
    /// of the combined span.
    pub fn upsert(&mut self, span: &Span) {
        self.take_in(span);
    }

    /// A state of these spans that leaves their previews where they are, and the place of
    /// each; of a span id that stands twice the last one has one. Parents mostly begin before their children, and need not be
    /// looked for again when they come first.
    pub(super) fn of(trace_id: TraceId, spans: &[Span]) -> (TraceState, Vec<Place>) {
        let mut state = TraceState { borrows_previews: true, ..TraceState::new(trace_id) };
        state.nodes.reserve(spans.len());
        state.places.reserve(spans.len());
        let mut last: Map<SpanId, usize> = Map::default();
        last.reserve(spans.len());
        last.extend(spans.iter().enumerate().map(|(index, span)| (span.span_id, index)));
        let mut order: Vec<usize> = (0..spans.len())
            .filter(|index| last.get(&spans[*index].span_id) == Some(index))
            .collect();
        order.sort_by_key(|index| spans[*index].start_nanos);
        let mut places = vec![NOWHERE; spans.len()];
        for index in order {
            places[index] = state.take_in(&spans[index]);
        }
        (state, places)
    }

    fn take_in(&mut self, span: &Span) -> Place {
        let place = self.place_of(span.span_id);
        let cut_above = self.cut_above(place);
        if !self.node(place).is(PRESENT) {
            // It gets its facts before its place, so that it never counts at a wrong one.
            self.detach(place);
        }
        self.replace(place, span);
        self.relink(place);
        // Its cycle may be open now, or have another first span.
        if let Some(top) = cut_above.filter(|top| *top != place && self.node(*top).is(CUT)) {
            self.relink(top);
        }
        self.settle_ledger();
        self.settle_firsts();
        self.settle_bests();
        place
    }

    /// Notes that a span came again, or in another part.
    pub fn note_duplicate(&mut self) {
        self.duplicates += 1;
    }

    /// Restores the count of [`TraceState::note_duplicate`] after a rebuild.
    pub fn set_duplicates(&mut self, duplicates: u64) {
        self.duplicates = duplicates;
    }

    /// Whether this span has come.
    pub fn contains(&self, span_id: SpanId) -> bool {
        self.places.get(&span_id).is_some_and(|place| self.node(*place).is(PRESENT))
    }

    /// Memory held, by estimate.
    pub fn memory_bytes(&self) -> usize {
        const PER_PLACE: usize = 24;
        size_of::<TraceState>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.boxed_bytes
            + self.places.capacity() * PER_PLACE
            + self.free.capacity() * size_of::<Place>()
            + self.texts.memory_bytes()
            + self.firsts.memory_bytes()
            + self.ledger.memory_bytes()
            + self.note.as_ref().map_or(0, |note| note.memory_bytes())
    }

    pub(super) fn node(&self, place: Place) -> &Node {
        &self.nodes[place as usize]
    }

    pub(super) fn node_mut(&mut self, place: Place) -> &mut Node {
        &mut self.nodes[place as usize]
    }

    /// The node of a span; a new one stands nowhere.
    pub(super) fn place_of(&mut self, id: SpanId) -> Place {
        if let Some(place) = self.places.get(&id) {
            return *place;
        }
        let node = Node::new(id);
        let place = match self.free.pop() {
            Some(place) => {
                *self.node_mut(place) = node;
                place
            }
            None => {
                push(&mut self.nodes, node);
                (self.nodes.len() - 1) as Place
            }
        };
        self.places.insert(id, place);
        place
    }

    /// Gives a node the facts of a span. Its link to the node above stays.
    fn replace(&mut self, place: Place, span: &Span) {
        let parent = self.node(place).parent;
        let mut offered = self.offer(place);
        let before = self.ledger_view(place);
        let retimed = self.is_retimed(place, span);
        self.tally_around(place, retimed, false);
        self.mark_parent(place, false);
        self.firsts_leave(place);
        self.ledger_leave(place);

        let old_texts = self.node(place).texts;
        let old_lists = self.node(place).lists;
        if self.is_rekeyed(place, span) {
            // The node is a candidate by its old key until nobody above holds it.
            self.node_mut(place).texts = [NO_TEXT; KINDS];
            let bare = self.offer(place);
            self.pass_bests(parent, offered, bare);
            offered = bare;
        }
        let (texts, lists) = self.keep_names(span);
        let node = self.node_mut(place);
        write_facts(node, span);
        node.texts = texts;
        node.lists = lists;
        for text in old_texts.into_iter().chain(old_lists) {
            self.texts.release(text);
        }

        self.firsts_join(place, span);
        self.ledger_join(place, span);
        self.mark_parent(place, true);
        self.tally_around(place, retimed, true);
        self.ledger_changed(place, before);
        let new = self.offer(place);
        self.pass_bests(parent, offered, new);
    }

    /// Whether children must be looked at again: whether they are orphans and whether they
    /// lie inside their parent's time depends on the parent's facts.
    fn is_retimed(&self, place: Place, span: &Span) -> bool {
        let node = self.node(place);
        let end = node.is(ENDED).then_some(node.end);
        !node.is(PRESENT)
            || node.start != start_of(span)
            || end != span.end_nanos
            || node.is(PLACEHOLDER) != span.placeholder
    }

    fn is_rekeyed(&self, place: Place, span: &Span) -> bool {
        let node = self.node(place);
        node.is(PRESENT)
            && (node.start != start_of(span)
                || node.sequence != span.sequence.unwrap_or(i64::MAX)
                || node.is(ROOT) != is_root(span)
                || node.category != span.category)
    }

    fn keep_names(&mut self, span: &Span) -> ([TextId; KINDS], [TextId; LISTS]) {
        if !self.borrows_previews {
            return (self.keep_texts(span), self.keep_lists(span));
        }
        let speaker = speaker_of(span);
        let (mut texts, lists) = match self.met.get(&speaker) {
            Some(known) => {
                let (texts, lists) = *known;
                texts.into_iter().chain(lists).for_each(|text| self.texts.keep_again(text));
                (texts, lists)
            }
            None => {
                let mut known = (self.keep_texts(span), self.keep_lists(span));
                // What is the span's own, and not said by its words.
                for kind in [TRACE_NAME, INPUT, OUTPUT] {
                    self.texts.release(std::mem::replace(&mut known.0[kind], NO_TEXT));
                }
                self.met.insert(speaker, known);
                known
            }
        };
        let said = span.trace_name.as_deref().filter(|text| !text.is_empty());
        texts[TRACE_NAME] = self.texts.keep(said);
        for (kind, text) in [(INPUT, &span.input_preview), (OUTPUT, &span.output_preview)] {
            let is_there = text.as_ref().is_some_and(|text| !text.is_empty());
            texts[kind] = if is_there { ELSEWHERE } else { NO_TEXT };
        }
        (texts, lists)
    }

    fn keep_texts(&mut self, span: &Span) -> [TextId; KINDS] {
        let agent = &span.agent;
        let mut texts = [NO_TEXT; KINDS];
        let name = Some(span.name.as_str()).filter(|_| !span.placeholder);
        // Of all agents in a run the one that runs it names it.
        let root = is_root(span);
        for (kind, text) in [
            (NAME, name),
            (TRACE_NAME, span.trace_name.as_deref()),
            (SESSION, unscrubbed(&span.session_id)),
            (USER, unscrubbed(&span.user_id)),
            (ENVIRONMENT, unscrubbed(&span.environment)),
            (RELEASE, unscrubbed(&span.release)),
            (AGENTOS_ID, agent.agentos_id.as_deref()),
            (AGENT_NAME, agent.name.as_deref().filter(|_| root)),
            (AGENT_ID, agent.id.as_deref().filter(|_| root)),
            (PROJECT, agent.project.as_deref()),
            (SERVICE, agent.service.as_deref()),
        ] {
            let text = text.filter(|text| !text.is_empty());
            texts[kind] = self.texts.keep_like(self.recent.0[kind], text);
            if text.is_some() {
                self.recent.0[kind] = texts[kind];
            }
        }
        for (kind, text) in [(INPUT, &span.input_preview), (OUTPUT, &span.output_preview)] {
            let text = text.as_deref().filter(|text| !text.is_empty());
            texts[kind] = match self.borrows_previews {
                true => text.map_or(NO_TEXT, |_| ELSEWHERE),
                false => self.texts.keep_alone(text),
            };
        }
        texts
    }

    fn keep_lists(&mut self, span: &Span) -> [TextId; LISTS] {
        let is = |category| span.category == category;
        let mut lists = [NO_TEXT; LISTS];
        for (list, text) in [
            (MODEL, span.model().filter(|_| names_model(span))),
            (PROVIDER, span.provider.as_deref()),
            (TOOL, span.tool_name.as_deref().filter(|_| is(Category::Tool))),
            (AGENT, span.agent.name.as_deref().filter(|_| is(Category::Agent))),
        ] {
            let text = text.filter(|text| !text.is_empty());
            lists[list] = self.texts.keep_like(self.recent.1[list], text);
            if text.is_some() {
                self.recent.1[list] = lists[list];
            }
        }
        lists
    }
}

/// Words, and what else decides which of them count.
type Speaker = (usize, bool, bool, bool, Category);

fn speaker_of(span: &Span) -> Speaker {
    let words = std::sync::Arc::as_ptr(&span.words) as usize;
    (words, is_root(span), span.placeholder, names_model(span), span.category)
}

fn write_facts(node: &mut Node, span: &Span) {
    let cut = node.flags & CUT;
    node.parent_id = span.parent_span_id;
    node.start = start_of(span);
    node.end = span.end_nanos.unwrap_or(0);
    node.sequence = span.sequence.unwrap_or(i64::MAX);
    node.category = span.category;
    node.dropped = span.dropped_count;
    node.rejected = u32::try_from(span.rejected_keys.len()).unwrap_or(u32::MAX);
    node.flags = PRESENT | cut;
    node.set(PLACEHOLDER, span.placeholder);
    node.set(ROOT, is_root(span));
    node.set(ERROR, span.status == Status::Error);
    node.set(MARKS_PARENT, span.error_marks_parent);
    node.set(TRUNCATED, span.truncated);
    node.set(ENDED, span.end_nanos.is_some());
}

/// What is known from a log record only comes last.
fn start_of(span: &Span) -> i64 {
    if span.placeholder { i64::MAX } else { span.start_nanos }
}

/// A span known from a log record only names no parent, but that says nothing.
fn is_root(span: &Span) -> bool {
    span.forced_root || (span.parent_span_id.is_none() && !span.placeholder)
}

/// Logfire's scrubber replaces what looks secret; session ids do.
pub(super) fn unscrubbed(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.starts_with("[Scrubbed due to"))
}

/// Wrappers repeat the model of the calls below them, or name one that never answered.
fn names_model(span: &Span) -> bool {
    matches!(span.category, Category::Llm | Category::Embedding | Category::Reranker)
        || (span.usage.is_some() && span.usage_scope == crate::usage::UsageScope::Own)
}
