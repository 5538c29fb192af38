//! First text of what went into a span and of what came out, and how large both were.
//!
//! It runs on every ingested span, so it scans to the first text and stops; whole
//! messages are converted on demand by [`crate::content`].

use std::borrow::Cow;

use crate::attributes::{AttrView, Family, KeySet, Source, decode};
use crate::source::SourceSpan;
use crate::span::Category;
use crate::value::Value;

use super::tool;

mod first_text;
mod from_events;
mod tables;

use first_text::Shape;

/// Nesting of OTLP arrays and maps that is counted.
const NESTING_MAX: usize = 64;

/// One side of a span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Side {
    /// First text, at most [`PREVIEW_MAX_CHARS`] characters.
    pub(crate) preview: Option<String>,
    /// Bytes of the payload as sent.
    pub(crate) bytes: u64,
    /// The payload was cut by its sender.
    pub(crate) truncated: bool,
}

/// A place where a payload may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// An attribute with messages.
    Messages(Source),
    /// A model's request, whoever sent it.
    Request(Source),
    /// Messages flattened into keys.
    Flattened(Which),
    /// A payload of any shape.
    Raw(Source),
}

/// Places in order, and the keys they name.
pub(crate) struct Places {
    rows: &'static [Place],
    keys: KeySet,
}

impl Places {
    const fn of(rows: &'static [Place]) -> Places {
        let mut keys = KeySet::EMPTY;
        let mut at = 0;
        while at < rows.len() {
            if let Place::Messages(source) | Place::Request(source) | Place::Raw(source) = &rows[at]
            {
                keys.insert(source.key);
            }
            at += 1;
        }
        Places { rows, keys }
    }
}

/// A flattened list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// `llm.input_messages`
    OpenInferenceInput,
    /// `llm.output_messages`
    OpenInferenceOutput,
    /// `gen_ai.prompt`
    TraceloopInput,
    /// `gen_ai.completion`
    TraceloopOutput,
    /// `embedding.embeddings`
    Embeddings,
    /// `llm.prompts`
    Prompts,
    /// `llm.choices`
    Choices,
    /// `retrieval.documents`
    Documents,
}

/// Input and output of a span.
pub(crate) fn sides(source: &SourceSpan, view: &AttrView<'_>, category: Category) -> (Side, Side) {
    let (mut input, mut output) = match category {
        Category::Tool => (
            tool_side(tool::arguments(view, &source.events)),
            tool_side(tool::result(view, &source.events)),
        ),
        _ => (side(view, category, tables::INPUTS), side(view, category, tables::OUTPUTS)),
    };
    if category == Category::Embedding {
        // Vectors are nothing to read.
        output.preview = None;
    } else if category != Category::Tool && !source.events.is_empty() {
        from_events::complete(&source.events, &mut input, &mut output);
    }
    if source.dropped.attributes > 0 {
        // An SDK that drops attributes drops the tail of flattened lists first.
        let families = &view.families;
        input.truncated |=
            families.openinference_input.bytes > 0 || families.traceloop_input.bytes > 0;
    }
    (input, output)
}

/// Arguments and results are shown as sent: a tool may take messages as its argument.
fn tool_side(value: Option<&Value>) -> Side {
    let Some(value) = value else { return Side::default() };
    let text = as_text(value);
    let preview = first_text::as_sent(&text);
    Side { preview, bytes: byte_count(value), truncated: is_cut(&text) }
}

fn side(view: &AttrView<'_>, category: Category, places: &'static Places) -> Side {
    let mut found = Side::default();
    if !view.present.meets(&places.keys) && !view.families.any {
        return found;
    }
    for place in places.rows {
        let (preview, bytes, truncated) = match place {
            Place::Flattened(which) => match flattened(view, *which) {
                Some((preview, bytes)) => (preview, bytes, false),
                None => continue,
            },
            Place::Messages(source) | Place::Request(source) | Place::Raw(source) => {
                if !source.layers.meets(view.layers) {
                    continue;
                }
                let Some(value) = view.get(source.key) else { continue };
                let shape = match place {
                    Place::Messages(_) => Shape::Messages,
                    Place::Request(_) => Shape::Model,
                    _ if category == Category::Llm => Shape::Model,
                    _ => Shape::Payload,
                };
                let text = as_text(value);
                (first_text::first_text(&text, shape), byte_count(value), is_cut(&text))
            }
        };
        if found.bytes == 0 {
            found.bytes = bytes;
        }
        found.truncated |= truncated;
        if preview.as_ref().is_some_and(|text| !text.is_empty()) {
            found.preview = preview;
            break;
        }
    }
    found
}

fn flattened(view: &AttrView<'_>, which: Which) -> Option<(Option<String>, u64)> {
    let families = &view.families;
    let family: &Family<'_> = match which {
        Which::OpenInferenceInput => &families.openinference_input,
        Which::OpenInferenceOutput => &families.openinference_output,
        Which::TraceloopInput => &families.traceloop_input,
        Which::TraceloopOutput => &families.traceloop_output,
        Which::Embeddings => &families.embeddings,
        Which::Prompts => &families.prompts,
        Which::Choices => &families.choices,
        Which::Documents => &families.documents,
    };
    if family.bytes == 0 {
        return None;
    }
    let preview = match (family.text, family.tool_name) {
        (Some((_, text)), _) => first_text::first_text(text, Shape::Content),
        (None, Some((_, name))) => Some(format!("{name}()")),
        (None, None) => None,
    };
    Some((preview, family.bytes))
}

/// A value as the text to scan: OTLP arrays and maps are written out as JSON.
fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(decode::plain_json(other).to_string()),
    }
}

/// Bytes of a value's names, texts, numbers and flags.
fn byte_count(value: &Value) -> u64 {
    nested_byte_count(value, 0)
}

fn nested_byte_count(value: &Value, depth: usize) -> u64 {
    let inner = |value: &Value| match depth {
        0..NESTING_MAX => nested_byte_count(value, depth + 1),
        _ => 0,
    };
    match value {
        Value::Empty => 0,
        Value::String(text) => text.len() as u64,
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Double(_) => 8,
        Value::Array(items) => items.iter().map(inner).sum(),
        Value::Map(members) => {
            members.iter().map(|(name, member)| name.len() as u64 + inner(member)).sum()
        }
    }
}

/// JSON that begins but does not end: its sender cut it.
fn is_cut(text: &str) -> bool {
    let text = text.trim();
    let closer = match text.as_bytes() {
        [b'{', b'"', ..] => '}',
        [b'[', b'{' | b'"' | b'[', ..] => ']',
        _ => return false,
    };
    !text.ends_with(closer)
}
