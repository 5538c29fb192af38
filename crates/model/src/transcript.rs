//! A trace as a conversation: who said what, which tools were called with what result,
//! and what sub-agents did. Plain data; the CLI and the UI draw it.
//!
//! Models are given the whole history with every call. Each message is shown once, where
//! it was new: a message is new when a call has it more often than it has been shown.

mod conversation;
mod said;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::content::Content;
use crate::ids::SpanId;
use crate::span::{Category, Span, SpanError};
use crate::trace::{Subtree, Tree};
use crate::turn::{Turn, turns};
use conversation::Conversation;

/// Cards inside cards; what lies deeper is counted, not shown.
pub const CARD_DEPTH_MAX: usize = 16;

/// A whole trace as a conversation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Transcript {
    /// In order. What stands outside every turn, and says something, is one without a
    /// `turn`.
    pub turns: Vec<Section>,
}

/// A turn, or what stands between turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its place in the tree; `None` between turns.
    pub turn: Option<Turn>,
    /// The turn's agent, or all that stands outside.
    pub card: Card,
}

/// An agent and its conversation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Card {
    /// Its span; `None` between turns and where no agent is known.
    pub span_id: Option<SpanId>,
    /// Its name.
    pub agent: Option<String>,
    /// Nanoseconds from the trace's start.
    pub start_offset_nanos: i64,
    /// Nanoseconds; `None` while it runs.
    pub duration_nanos: Option<i64>,
    /// It failed.
    pub failed: bool,
    /// What went wrong.
    pub error: Option<SpanError>,
    /// Tokens, money, spans and errors of all that it did.
    pub totals: Subtree,
    /// In order.
    pub entries: Vec<Entry>,
    /// Spans below that are too deep to show.
    pub omitted_spans: u64,
}

/// One piece of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The span that it is from.
    pub span_id: SpanId,
    /// Nanoseconds from the trace's start to that of the span.
    pub start_offset_nanos: i64,
    /// What it is.
    #[serde(flatten)]
    pub body: Body,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Words.
    Text {
        /// `system`, `user`, `assistant` or the sender's own word.
        role: String,
        /// The words; `None` where the sender left them out.
        text: Option<Clipped>,
    },
    /// What the model thought before it answered.
    Thinking {
        /// The words; `None` where they were left out or encrypted.
        text: Option<Clipped>,
    },
    /// An image, a file, anything that is no text.
    Media {
        /// Whose.
        role: String,
        /// `image`, `audio`, ...
        modality: String,
        /// Media type.
        mime_type: Option<String>,
        /// Where it is kept, if it is not in the message itself.
        reference: Option<String>,
    },
    /// One tool, called once or several times in a row.
    Tools {
        /// The tool.
        name: String,
        /// In order. More than one: "read_file x14".
        calls: Vec<Call>,
        /// All calls have the same arguments.
        identical: bool,
    },
    /// A sub-agent.
    Agent {
        /// What it did.
        card: Box<Card>,
    },
    /// A search, a check, a judgement, work on a memory.
    Step {
        /// Which.
        category: Category,
        /// Its name.
        name: String,
        /// What it was given.
        input: Option<String>,
        /// What came out.
        output: Option<String>,
        /// What went wrong.
        error: Option<SpanError>,
    },
    /// A model call that failed.
    Failed {
        /// What went wrong.
        error: SpanError,
    },
    /// The history was shortened here.
    Compaction {
        /// What is left of it.
        text: Option<Clipped>,
    },
    /// A part of a message of a type that is not known.
    Other {
        /// As sent.
        part: Json,
    },
}

/// A call of a tool and its answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Call {
    /// The tool's own span, if it has one; else the model's that asked for it.
    pub span_id: Option<SpanId>,
    /// The model's id of the call.
    pub call_id: Option<String>,
    /// What it was given.
    pub arguments: Option<Json>,
    /// What it answered.
    pub result: Option<Json>,
    /// Nanoseconds, where the tool has a span and has ended.
    pub duration_nanos: Option<i64>,
    /// It failed.
    pub failed: bool,
    /// What went wrong.
    pub error: Option<SpanError>,
    /// The provider ran it.
    pub by_provider: bool,
    /// What went on inside: sub-agents, further model calls.
    pub inside: Vec<Entry>,
    /// Spans inside that are too deep to show.
    pub omitted_spans: u64,
}

/// A text, cut where it is too long to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clipped {
    /// The text, or its beginning.
    pub text: String,
    /// Bytes left out at the end.
    pub clipped_bytes: u64,
}

impl Clipped {
    /// Cuts at the last whole character within the limit.
    pub fn new(text: &str, limit_bytes: usize) -> Clipped {
        let mut end = text.len().min(limit_bytes);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Clipped { text: text[..end].to_owned(), clipped_bytes: (text.len() - end) as u64 }
    }
}

/// What a transcript is made from.
pub(crate) struct Source<'a> {
    tree: &'a Tree,
    content: &'a mut dyn FnMut(&Span) -> Option<Content>,
    text_limit_bytes: usize,
}

/// The conversation of a trace. `content` gives the payload of a span; it is asked once
/// or twice for each. Texts longer than `text_limit_bytes` are cut, and say so; arguments
/// and results of tools are whole.
pub fn transcript(
    tree: &Tree,
    text_limit_bytes: usize,
    content: &mut dyn FnMut(&Span) -> Option<Content>,
) -> Transcript {
    let turns = turns(tree, content);
    let mut source = Source { tree, content, text_limit_bytes };
    let mut sections = Vec::new();
    let mut index = 0;
    for turn in turns {
        sections.extend(between(&mut source, index, turn.first));
        let card = card(&mut source, turn.first, turn.end, 0);
        sections.push(Section { turn: Some(turn), card });
        index = turn.end;
    }
    sections.extend(between(&mut source, index, tree.nodes().len()));
    Transcript { turns: sections }
}

/// What stands outside of every turn, if it says something.
fn between(source: &mut Source<'_>, first: usize, end: usize) -> Option<Section> {
    let entries = Conversation::of(source, first, end, 0).entries;
    let start_offset_nanos = entries.first()?.start_offset_nanos;
    let failed = source.tree.nodes()[first..end].iter().filter(|node| node.failed()).count();
    let mut totals =
        Subtree { spans: (end - first) as u64, errors: failed as u64, ..Subtree::default() };
    let lines = source.tree.ledger_lines().iter();
    for line in lines.filter(|line| line.counted && (first..end).contains(&line.index)) {
        totals.usage.get_or_insert_default().add(&line.usage);
        if let Some(cost) = line.cost.filter(|_| line.cost_counted) {
            totals.cost = Some(totals.cost.unwrap_or_default().plus(cost.total));
        }
    }
    Some(Section {
        turn: None,
        card: Card { start_offset_nanos, totals, entries, ..Card::default() },
    })
}

/// The card of the span at `first` with everything before `end`.
fn card(source: &mut Source<'_>, first: usize, end: usize, depth: usize) -> Card {
    let node = &source.tree.nodes()[first];
    let mut card = Card {
        span_id: Some(node.span.span_id),
        agent: source.tree.agent_name(first).map(str::to_owned),
        start_offset_nanos: source.offset(first),
        duration_nanos: node.span.duration_nanos(),
        failed: node.failed(),
        error: node.span.error.clone(),
        totals: node.subtree,
        ..Card::default()
    };
    if depth >= CARD_DEPTH_MAX {
        card.omitted_spans = (end - first - 1) as u64;
        return card;
    }
    let conversation = match node.is_agent() {
        true => Conversation::of(source, first + 1, end, depth),
        false => Conversation::of(source, first, end, depth),
    };
    card.entries = match node.is_agent() && !conversation.has_words {
        true => said::around(source, first, conversation.entries),
        false => conversation.entries,
    };
    card
}

impl Source<'_> {
    fn offset(&self, index: usize) -> i64 {
        let span = &self.tree.nodes()[index].span;
        match span.placeholder {
            true => 0,
            false => span.start_nanos.saturating_sub(self.tree.summary().start_nanos),
        }
    }

    fn content(&mut self, index: usize) -> Option<Content> {
        (self.content)(&self.tree.nodes()[index].span)
    }

    fn clip(&self, text: &str) -> Clipped {
        Clipped::new(text, self.text_limit_bytes)
    }
}

#[cfg(test)]
mod tests;
