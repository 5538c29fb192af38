//! `trace-create`: what is said about a whole run. Langfuse sends the same event to change it.

use clew_model::source::{Sender, SourceSpan};

use super::{take_any, take_payload, take_word};
use crate::fault::{Parsed, Within};
use crate::fields::Fields;
use crate::parts::{checked_trace_id, differing, missing};

/// The note of a run. `event_id` stands in where the body names no run, as at Langfuse, which
/// makes one.
pub(super) fn note(mut body: Fields, event_id: &str, time: Option<i64>) -> Parsed<SourceSpan> {
    let id = body.word("id")?;
    let id = id.as_deref().or((!event_id.is_empty()).then_some(event_id));
    let id = id.ok_or_else(|| missing("id"))?;
    let trace_id = checked_trace_id(id).within("id")?;
    let mut note = SourceSpan::note(trace_id, Sender::Langfuse);
    note.sender_trace_id = differing(&trace_id.to_string(), id);
    note.version = time;
    note.start_nanos = body.time("timestamp")?;
    let attributes = &mut note.attributes;
    for (key, ours) in [
        ("name", "langfuse.trace.name"),
        ("userId", "langfuse.user.id"),
        ("sessionId", "langfuse.session.id"),
        ("release", "langfuse.release"),
        ("version", "langfuse.version"),
        ("environment", "langfuse.environment"),
    ] {
        take_word(attributes, &mut body, key, ours)?;
    }
    for key in ["input", "output"] {
        take_payload(attributes, &mut body, key, &format!("langfuse.trace.{key}"));
    }
    for key in ["tags", "metadata", "public"] {
        take_any(attributes, &mut body, key, &format!("langfuse.trace.{key}"));
    }
    attributes.extend(body.rest("langfuse.trace.extra."));
    Ok(note)
}
