//! Langfuse's own calls: batches of events (`/api/public/ingestion`) and scores
//! (`/api/public/scores`). JSON in, parts of spans, notes and labels out. Langfuse's later
//! SDKs send OpenTelemetry; an event is told in the attributes that those use.
//!
//! Every event is a part that may come late, twice or before the one it follows.

mod observation;
mod score;
mod trace;

use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::value::{Attributes, Value};

use crate::batch::{Shape, inner};
use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::json::write::payload;
use crate::limits::Limits;
use crate::parts::{check_part, checked_trace_id, keep_or_reject, missing};

const EVENTS: Shape = Shape {
    list: "batch",
    alone: false,
    inside: Some("body"),
    payloads: &["input", "output"],
    quoted: false,
};

const SCORES: Shape =
    Shape { list: "scores", alone: true, inside: None, payloads: &[], quoted: false };

/// What a request needs from outside.
pub struct Context<'a> {
    /// The time where the sender gave none.
    pub now_nanos: i64,
    /// The run of an observation that was sent before.
    pub run_of: &'a mut dyn FnMut(SpanId) -> Option<TraceId>,
    /// Bounds on the body.
    pub limits: &'a Limits,
}

/// What became of one event or score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The sender's id of it, empty where it gave none.
    pub id: String,
    /// Why it was refused.
    pub refused: Option<String>,
}

/// A decoded request, and what to say about each of its items, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Received {
    /// Parts of spans, notes on runs, labels.
    pub decoded: Decoded,
    /// One for each item.
    pub answers: Vec<Answered>,
    /// The body was one item and no list.
    pub is_single: bool,
}

/// `POST /api/public/ingestion`.
pub fn ingest(body: &[u8], context: &mut Context<'_>) -> Result<Received, WireError> {
    let batch = EVENTS.read(body, context.limits)?;
    let mut received = Received::default();
    received.decoded.replaced_texts = batch.replaced_texts;
    let mut runs = Runs::default();
    for (index, item) in batch.items.into_iter().enumerate() {
        let mut id = String::new();
        let event = item.and_then(|mut fields| {
            id = fields.word("id")?.unwrap_or_default();
            event(fields, &id, &mut runs, context)
        });
        received.take("batch", index, id, event, context.limits);
    }
    Ok(received)
}

/// `POST /api/public/scores`: one score, or a list.
pub fn scores(body: &[u8], context: &mut Context<'_>) -> Result<Received, WireError> {
    let batch = SCORES.read(body, context.limits)?;
    let mut received = Received { is_single: batch.is_single, ..Received::default() };
    received.decoded.replaced_texts = batch.replaced_texts;
    for (index, item) in batch.items.into_iter().enumerate() {
        let mut id = String::new();
        let label = item.and_then(|mut fields| {
            id = fields.word("id")?.unwrap_or_default();
            score::label(fields, context.now_nanos).map(Item::Label)
        });
        received.take("scores", index, id, label, context.limits);
    }
    Ok(received)
}

impl Received {
    fn take(&mut self, list: &str, index: usize, id: String, item: Parsed<Item>, limits: &Limits) {
        let item = item.and_then(|item| {
            if let Item::Span(part) | Item::Note(part) = &item {
                check_part(part, limits)?;
            }
            Ok(item)
        });
        let before = self.decoded.rejected_count;
        let reason = item.as_ref().err().map(|fault| fault.reason());
        keep_or_reject(&mut self.decoded, limits, list, index, item, |decoded, item| match item {
            Item::Span(part) => decoded.spans.push(*part),
            Item::Note(note) => decoded.notes.push(*note),
            Item::Label(label) => decoded.labels.push(label),
            Item::Log => *decoded.ignored.entry("SDK log".to_owned()).or_default() += 1,
        });
        let refused = (self.decoded.rejected_count > before).then(|| {
            let too_many =
                || format!("the request has more than {} items", limits.items_per_request);
            reason.unwrap_or_else(too_many)
        });
        self.answers.push(Answered { id, refused });
    }
}

/// What an event is.
enum Item {
    Span(Box<SourceSpan>),
    Note(Box<SourceSpan>),
    Label(clew_model::label::Label),
    /// A line of the SDK's own log.
    Log,
}

/// Runs of the observations of a request.
#[derive(Default)]
struct Runs {
    known: HashMap<SpanId, TraceId>,
}

impl Runs {
    /// The run of an observation: as it says; else as another event said; else as the store
    /// knows; else it is a run of its own, as Langfuse makes one.
    fn of(
        &mut self,
        span_id: SpanId,
        said: Option<&str>,
        own: &str,
        is_update: bool,
        context: &mut Context<'_>,
    ) -> Parsed<TraceId> {
        if let Some(said) = said {
            let trace_id = checked_trace_id(said).within("traceId")?;
            self.known.insert(span_id, trace_id);
            return Ok(trace_id);
        }
        if let Some(known) = self.known.get(&span_id) {
            return Ok(*known);
        }
        match is_update.then(|| (context.run_of)(span_id)).flatten() {
            Some(found) => Ok(found),
            None => checked_trace_id(own),
        }
    }
}

fn event(mut fields: Fields, id: &str, runs: &mut Runs, context: &mut Context<'_>) -> Parsed<Item> {
    let kind = fields.text("type")?.ok_or_else(|| missing("type"))?;
    let time = fields.time("timestamp")?;
    let body = inner(&mut fields, "body")?;
    let (what, verb) = kind.rsplit_once('-').unwrap_or((&kind, ""));
    let in_body = |item: Parsed<Item>| item.within("body");
    match (what, verb) {
        ("trace", "create" | "update") => {
            in_body(trace::note(body, id, time).map(|note| Item::Note(Box::new(note))))
        }
        ("score", "create") => {
            in_body(score::label(body, time.unwrap_or(context.now_nanos)).map(Item::Label))
        }
        ("sdk", "log") => Ok(Item::Log),
        (_, "create" | "update") if observation::is_kind(what) => {
            let event = observation::Event { kind: what, is_update: verb == "update", id, time };
            in_body(observation::part(body, &event, runs, context).map(|p| Item::Span(Box::new(p))))
        }
        _ => Err(Fault::content(format!("{kind:?} is no type of event")).within("type")),
    }
}

/// Takes a text, or a number as one, under our name.
fn take_word(
    attributes: &mut Attributes,
    fields: &mut Fields,
    key: &str,
    ours: &str,
) -> Parsed<()> {
    let text = fields.word(key)?;
    attributes.extend(text.map(|text| (ours.to_owned(), Value::String(text))));
    Ok(())
}

/// Takes a payload as text.
fn take_payload(attributes: &mut Attributes, fields: &mut Fields, key: &str, ours: &str) {
    let value = fields.any(key).map(payload);
    attributes.extend(value.map(|value| (ours.to_owned(), value)));
}

/// Takes any value as it is: objects merge deeply with what other events say.
fn take_any(attributes: &mut Attributes, fields: &mut Fields, key: &str, ours: &str) {
    let value = fields.any(key);
    attributes.extend(value.map(|value| (ours.to_owned(), value)));
}

#[cfg(test)]
mod tests;
