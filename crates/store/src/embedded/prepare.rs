//! What the caller's thread does before the writer sees a request: everything that needs no
//! order.

use std::collections::HashMap;
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::label::Label;
use clew_model::source::{RunEvent, SourceSpan};
use clew_model::span::Span;

use super::attachments::{self, PreparedAttachment};
use super::codec::facts::{put_facts, put_who, put_words};
use super::codec::frame::{self, Frame};
use super::codec::source::{EncodedSource, SourceWriter};
use super::codec::text::BLOCK_TEXT_MAX_BYTES;
use super::hash::ByHash;
use super::{labels, meaning};
use crate::{AgentId, Append, Incoming, StoreError, WorkspaceId};

/// A request, encoded.
pub(crate) struct Prepared {
    pub(crate) workspace: WorkspaceId,
    pub(crate) agent: Option<AgentId>,
    pub(crate) traces: Vec<PreparedTrace>,
    pub(crate) texts: SourceWriter,
    /// Pieces of texts that are too large for a block, by their place in `texts`.
    pub(crate) blobs: HashMap<u32, Vec<Frame>>,
    pub(crate) run_events: Vec<RunEvent>,
    pub(crate) labels: Vec<Label>,
    pub(crate) attachments: Vec<PreparedAttachment>,
    /// Attachments that are too large.
    pub(crate) refused_attachments: u64,
    pub(crate) attachments_per_trace: usize,
    pub(crate) span_count: usize,
    /// Memory it holds while it waits.
    pub(crate) bytes: usize,
}

/// Spans of one trace.
pub(crate) struct PreparedTrace {
    pub(crate) trace_id: TraceId,
    pub(crate) spans: Vec<PreparedSpan>,
    /// What is said about the trace itself. Few and small, so the writer encodes them.
    pub(crate) notes: Vec<Incoming>,
}

/// A span with everything but the numbers of its texts.
pub(crate) struct PreparedSpan {
    pub(crate) span: Span,
    pub(crate) words: Arc<[u8]>,
    pub(crate) who: Arc<[u8]>,
    pub(crate) facts: Box<[u8]>,
    pub(crate) source: EncodedSource,
}

/// Bytes of one piece of a large text or an attachment.
pub(crate) const PIECE_BYTES: usize = 1 << 20;

pub(crate) fn prepare(append: Append) -> Result<Prepared, StoreError> {
    let mut parts = Parts::default();
    let mut texts = SourceWriter::default();
    let mut traces = Traces::default();
    let span_count = append.spans.len();
    let mut bytes = 0;
    for incoming in append.spans {
        let source = match incoming.source.span_id == incoming.span.span_id {
            true => incoming.source,
            // The notice of a start under an id of its own: it is a part of the real span.
            false => meaning::resolve_pending(incoming.source),
        };
        let trace_id = source.trace_id;
        let prepared = prepare_span(&mut parts, &mut texts, &source, incoming.span);
        bytes += prepared.memory_bytes();
        traces.of(trace_id).spans.push(prepared);
    }
    for mut note in append.notes {
        note.source.span_id = SpanId::NOTE;
        bytes += 2 * attributes_bytes(&note.source.attributes) + size_of::<Incoming>();
        traces.of(note.source.trace_id).notes.push(note);
    }
    labels::check(&append.labels)?;
    bytes += append.labels.iter().map(label_bytes).sum::<usize>();
    let limits = append.attachment_limits;
    let sent = append.attachments.len();
    let attachments: Vec<PreparedAttachment> = append
        .attachments
        .into_iter()
        .filter(|attachment| attachment.content.byte_count() <= limits.bytes)
        .map(attachments::prepare)
        .collect::<Result<_, _>>()?;
    bytes += attachments.iter().map(PreparedAttachment::memory_bytes).sum::<usize>();
    let blobs = pack_blobs(&texts)?;
    bytes += texts.memory_bytes() + append.run_events.iter().map(event_bytes).sum::<usize>();
    bytes += blobs.values().flatten().map(|frame| frame.data.len()).sum::<usize>();
    Ok(Prepared {
        workspace: append.workspace,
        agent: append.agent,
        traces: traces.all,
        texts,
        blobs,
        run_events: append.run_events,
        labels: append.labels,
        refused_attachments: (sent - attachments.len()) as u64,
        attachments_per_trace: limits.per_trace,
        attachments,
        span_count,
        bytes,
    })
}

/// What a request brings, by trace in order of first appearance.
#[derive(Default)]
struct Traces {
    all: Vec<PreparedTrace>,
    places: HashMap<TraceId, usize, ByHash>,
}

impl Traces {
    fn of(&mut self, trace_id: TraceId) -> &mut PreparedTrace {
        let all = &mut self.all;
        let place = *self.places.entry(trace_id).or_insert_with(|| {
            all.push(PreparedTrace { trace_id, spans: Vec::new(), notes: Vec::new() });
            all.len() - 1
        });
        &mut self.all[place]
    }
}

/// Encodes one span into `texts`.
pub(crate) fn prepare_span(
    parts: &mut Parts,
    texts: &mut SourceWriter,
    source: &SourceSpan,
    span: Span,
) -> PreparedSpan {
    let encoded = texts.encode(source, &span);
    parts.scratch.clear();
    put_facts(&mut parts.scratch, &span);
    let facts = parts.scratch.as_slice().into();
    PreparedSpan { words: parts.words(&span), who: parts.who(&span), facts, source: encoded, span }
}

impl PreparedSpan {
    fn memory_bytes(&self) -> usize {
        // The facts stay until the commit: about twice their encoded length, and the struct.
        self.facts.len() * 3
            + self.words.len() * 2
            + self.source.values.len()
            + self.source.references.len() * 4
            + size_of::<PreparedSpan>()
    }

    /// Its id.
    pub(crate) fn span_id(&self) -> SpanId {
        self.span.span_id
    }
}

/// Words and who of a request's spans, each once.
#[derive(Default)]
pub(crate) struct Parts {
    known: HashMap<Arc<[u8]>, (), ByHash>,
    scratch: Vec<u8>,
}

impl Parts {
    fn words(&mut self, span: &Span) -> Arc<[u8]> {
        self.scratch.clear();
        put_words(&mut self.scratch, span);
        self.once()
    }

    fn who(&mut self, span: &Span) -> Arc<[u8]> {
        self.scratch.clear();
        put_who(&mut self.scratch, span);
        self.once()
    }

    fn once(&mut self) -> Arc<[u8]> {
        if let Some((known, ())) = self.known.get_key_value(self.scratch.as_slice()) {
            return Arc::clone(known);
        }
        let bytes: Arc<[u8]> = self.scratch.as_slice().into();
        self.known.insert(Arc::clone(&bytes), ());
        bytes
    }
}

/// Compresses large texts here, where it stops nobody else.
fn pack_blobs(texts: &SourceWriter) -> Result<HashMap<u32, Vec<Frame>>, StoreError> {
    let mut blobs = HashMap::new();
    for (number, slice) in texts.slices().iter().enumerate() {
        let bytes = texts.bytes(slice);
        if bytes.len() > BLOCK_TEXT_MAX_BYTES {
            blobs.insert(number as u32, pack_pieces(bytes)?);
        }
    }
    Ok(blobs)
}

/// A large text in pieces.
pub(crate) fn pack_pieces(bytes: &[u8]) -> Result<Vec<Frame>, StoreError> {
    bytes.chunks(PIECE_BYTES).map(|piece| frame::pack(piece, frame::LEVEL_FAST)).collect()
}

fn event_bytes(event: &RunEvent) -> usize {
    size_of::<RunEvent>()
        + event.name.len()
        + event.event_id.len()
        + attributes_bytes(&event.attributes)
}

fn label_bytes(label: &Label) -> usize {
    let texts = [&label.value, &label.explanation];
    size_of::<Label>()
        + label.name.len()
        + label.author.len()
        + texts.into_iter().flatten().map(String::len).sum::<usize>()
}

fn attributes_bytes(attributes: &[(String, clew_model::value::Value)]) -> usize {
    fn value_bytes(value: &clew_model::value::Value) -> usize {
        use clew_model::value::Value;
        match value {
            Value::String(text) => text.len() + 32,
            Value::Bytes(bytes) => bytes.len() + 32,
            Value::Array(values) => values.iter().map(value_bytes).sum::<usize>() + 32,
            Value::Map(entries) => {
                entries.iter().map(|(key, value)| key.len() + value_bytes(value)).sum::<usize>()
            }
            _ => 32,
        }
    }
    attributes.iter().map(|(key, value)| key.len() + value_bytes(value)).sum()
}
