//! What every receiver of JSON does with an item: its ids, its sizes, and what becomes of
//! one that is refused.

use clew_model::ids::{IdError, SpanId, TraceId};
use clew_model::source::{Sender, SourceSpan};
use clew_model::value::{Attributes, Value};

use crate::decoded::{Decoded, Rejected, Tally};
use crate::fault::{Fault, Parsed, Within};
use crate::limits::Limits;

/// Bytes of a sender's own id of a run, a span or an event.
pub const ID_MAX_BYTES: usize = 512;

/// Refuses an id that is longer than any sender makes one.
pub(crate) fn checked_id(id: &str) -> Parsed<()> {
    match id.len() {
        0..=ID_MAX_BYTES => Ok(()),
        length => {
            Err(Fault::content(format!("has {length} bytes, at most {ID_MAX_BYTES} are taken")))
        }
    }
}

/// A sender's id of a run as a trace id (ruling 20).
pub(crate) fn checked_trace_id(id: &str) -> Parsed<TraceId> {
    checked_id(id)?;
    TraceId::from_sender(id).map_err(|error: IdError| Fault::content(error.to_string()))
}

/// A sender's id of a span as a span id (ruling 20).
pub(crate) fn checked_span_id(id: &str) -> Parsed<SpanId> {
    checked_id(id)?;
    SpanId::from_sender(id).map_err(|error| Fault::content(error.to_string()))
}

/// A part of a span that says nothing yet but its ids: ours, each with the sender's own, which
/// is kept where it reads otherwise.
pub(crate) fn named_part(
    (trace_id, sender_trace_id): (TraceId, &str),
    (span_id, sender_span_id): (SpanId, &str),
    sender: Sender,
) -> SourceSpan {
    let mut part = SourceSpan::part(trace_id, span_id, sender);
    part.sender_trace_id = differing(&trace_id.to_string(), sender_trace_id);
    part.sender_span_id = differing(&span_id.to_string(), sender_span_id);
    part
}

/// A sender's id, where it is not what ours is written as.
pub(crate) fn differing(ours: &str, theirs: &str) -> Option<String> {
    let theirs = theirs.trim();
    (ours != theirs).then(|| theirs.to_owned())
}

/// Checks the sizes of a part.
pub(crate) fn check_part(part: &SourceSpan, limits: &Limits) -> Parsed<()> {
    check_sizes(part.name.as_deref().unwrap_or_default(), &part.attributes, limits)
}

/// The limits that OTLP's items have hold for everybody, or an export could not be read back.
pub(crate) fn check_sizes(name: &str, attributes: &Attributes, limits: &Limits) -> Parsed<()> {
    let tally = Tally::new(limits);
    tally.check_bytes(name.len(), limits.name_bytes).within("name")?;
    tally.check_attributes(attributes.len().saturating_sub(1))?;
    for (key, value) in attributes {
        tally.check_bytes(key.len(), limits.key_bytes)?;
        if levels(value) >= limits.attribute_depth {
            let limit = limits.attribute_depth;
            return Err(Fault::content(format!("nests deeper than {limit} levels")).within(key));
        }
    }
    Ok(())
}

/// How deep lists and maps nest in a value; reading has bounded it.
fn levels(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(levels).max().unwrap_or(0),
        Value::Map(pairs) => 1 + pairs.iter().map(|(_, value)| levels(value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// A field that must be there and is not.
pub(crate) fn missing(field: &str) -> Box<Fault> {
    Fault::content("is missing").within(field)
}

/// Takes the item at `index` of `list`, or counts it among the refused.
pub(crate) fn keep_or_reject<T>(
    decoded: &mut Decoded,
    limits: &Limits,
    list: &str,
    index: usize,
    item: Parsed<T>,
    keep: impl FnOnce(&mut Decoded, T),
) {
    keep_or_reject_at(decoded, limits, || format!("{list}[{index}]"), item, keep);
}

/// Takes the item that stands at `place` of the request, or counts it among the refused.
pub(crate) fn keep_or_reject_at<T>(
    decoded: &mut Decoded,
    limits: &Limits,
    place: impl FnOnce() -> String,
    item: Parsed<T>,
    keep: impl FnOnce(&mut Decoded, T),
) {
    let limit = limits.items_per_request;
    let admitted = if decoded.accepted_count + decoded.rejected_count < limit as u64 {
        item
    } else {
        Err(Fault::content(format!("the request has more than {limit} items")))
    };
    match admitted {
        Ok(item) => {
            decoded.accepted_count += 1;
            keep(decoded, item);
        }
        Err(fault) => {
            decoded.rejected_count += 1;
            if decoded.rejected.len() < limits.reasons_kept {
                decoded.rejected.push(Rejected { what: place(), reason: fault.reason() });
            }
        }
    }
}
