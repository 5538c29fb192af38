//! What span events and joined log records tell about a span's facts.

use crate::source::SourceEvent;
use crate::value::{Value, attribute};

/// The event's own name: log records have it in an attribute or in the body, some behind
/// their sender's prefix.
pub(crate) fn name(event: &SourceEvent) -> &str {
    let named = match attribute(&event.attributes, "event.name") {
        Some(Value::String(name)) if event.from_log.is_some() || event.name.is_empty() => name,
        _ if event.name.is_empty() => {
            attribute(&event.attributes, "body").and_then(Value::as_str).unwrap_or("")
        }
        _ => &event.name,
    };
    named.strip_prefix("claude_code.").unwrap_or(named)
}

/// A tool's arguments where they stand in an event (Strands).
pub(crate) fn tool_arguments(events: &[SourceEvent]) -> Option<&Value> {
    field(events, "gen_ai.tool.message", &["content", "body"])
}

/// A tool's result where it stands in an event (Claude Code, Strands).
pub(crate) fn tool_result(events: &[SourceEvent]) -> Option<&Value> {
    field(events, "tool.output", &["output", "content", "diff"])
        .or_else(|| field(events, "gen_ai.choice", &["message", "tool.result"]))
}

fn field<'a>(events: &'a [SourceEvent], wanted: &str, keys: &[&str]) -> Option<&'a Value> {
    let event = events.iter().find(|event| name(event) == wanted)?;
    keys.iter().find_map(|key| attribute(&event.attributes, key))
}

/// An exception as recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Raised<'a> {
    /// Class.
    pub(crate) kind: Option<&'a str>,
    /// Text.
    pub(crate) message: Option<&'a str>,
    /// Stack trace.
    pub(crate) stack: Option<&'a str>,
}

/// The last exception among the events: the one that ended the span, where several were
/// caught on the way.
pub(crate) fn exception(events: &[SourceEvent]) -> Option<Raised<'_>> {
    let event = events
        .iter()
        .rev()
        .find(|event| matches!(name(event), "exception" | "gen_ai.client.operation.exception"))?;
    let text = |key| {
        attribute(&event.attributes, key).and_then(Value::as_str).filter(|text| !text.is_empty())
    };
    Some(Raised {
        kind: text("exception.type"),
        message: text("exception.message"),
        stack: text("exception.stacktrace"),
    })
}
