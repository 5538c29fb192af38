//! Messages in span events, in joined log records, and in the lists of events that
//! Pydantic AI writes into an attribute (span-conventions 6.9).

use serde_json::{Map, Value as Json};

use super::messages::{Converted, Side, Trust, converted, tidy};
use crate::attributes::decode;
use crate::message::Message;
use crate::normalise::events::name;
use crate::source::SourceEvent;
use crate::value::{Value, attribute};

/// What `gen_ai.client.inference.operation.details` carries under `key`.
pub(super) fn details(events: &[SourceEvent], key: &str, side: Side) -> Option<Converted> {
    converted(&detail(events, key)?, side, Trust::Stated)
}

/// A member of the details event, decoded. Strands writes an event a member, others one for all.
pub(super) fn detail(events: &[SourceEvent], key: &str) -> Option<Json> {
    let mut details =
        events.iter().filter(|event| name(event) == "gen_ai.client.inference.operation.details");
    details.find_map(|event| attribute(&event.attributes, key)).map(decode::json_of)
}

/// Messages that stand one an event: `gen_ai.user.message`, `gen_ai.choice`, ...
pub(super) fn one_an_event(events: &[SourceEvent], side: Side) -> Vec<Message> {
    let mut messages = Vec::new();
    for event in events {
        let named = name(event);
        if named == "gen_ai.event.content" {
            let fields = fields(event);
            if let Some(role) = role_of_content(&fields, side) {
                messages.extend(message_of(&fields, role, side));
            }
        } else if let Some(role) = role_of_event(named, side) {
            messages.extend(message_of(&fields(event), role, side));
        }
    }
    tidy(messages)
}

/// The same, from a JSON list of events with `event.name` in each.
pub(super) fn listed(list: &Json, side: Side) -> Vec<Message> {
    let mut messages = Vec::new();
    for event in list.as_array().into_iter().flatten() {
        let Some(members) = event.as_object() else { continue };
        let named = members.get("event.name").and_then(Json::as_str).unwrap_or("");
        if let Some(role) = role_of_event(named, side) {
            messages.extend(message_of(members, role, side));
        }
    }
    tidy(messages)
}

/// Prompts and completions as one attribute of one event: up to version 1.27.
pub(super) fn single(
    events: &[SourceEvent],
    event: &str,
    key: &str,
    side: Side,
) -> Option<Converted> {
    let found = events.iter().find(|candidate| name(candidate) == event)?;
    converted(&decode::json_of(attribute(&found.attributes, key)?), side, Trust::Request)
}

/// An attribute of the last event of this name.
pub(super) fn last_field<'a>(
    events: &'a [SourceEvent],
    event: &str,
    keys: &[&str],
) -> Option<&'a Value> {
    let found = events.iter().rev().find(|candidate| name(candidate) == event)?;
    keys.iter().find_map(|key| attribute(&found.attributes, key))
}

fn role_of_event(name: &str, side: Side) -> Option<&'static str> {
    match (side, name) {
        (Side::Input, "gen_ai.system.message") => Some("system"),
        (Side::Input, "gen_ai.user.message" | "gen_ai.prompt") => Some("user"),
        (Side::Input, "gen_ai.assistant.message") => Some("assistant"),
        (Side::Input, "gen_ai.tool.message") => Some("tool"),
        (Side::Output, "gen_ai.choice") => Some("assistant"),
        _ => None,
    }
}

/// Semantic Kernel's older records have no name; what is in them tells the side.
fn role_of_content(fields: &Map<String, Json>, side: Side) -> Option<&'static str> {
    let is_choice = fields.contains_key("message") || fields.contains_key("finish_reason");
    match side {
        Side::Input if !is_choice => Some("user"),
        Side::Output if is_choice => Some("assistant"),
        _ => None,
    }
}

/// The event's attributes as one object; what a log record has in its body joins them.
fn fields(event: &SourceEvent) -> Map<String, Json> {
    let mut fields = Map::new();
    for (key, value) in &event.attributes {
        let json = decode::json_of(value);
        match (key.as_str(), json) {
            ("body", Json::Object(members)) => fields.extend(members),
            ("body", text) => {
                fields.entry("content").or_insert(text);
            }
            ("gen_ai.event.content", Json::Object(members)) => fields.extend(members),
            ("gen_ai.event.content", text) => {
                fields.entry("content").or_insert(text);
            }
            (key, json) => {
                fields.insert(key.to_owned(), json);
            }
        }
    }
    fields
}

/// A message event as the message that the converters know.
fn message_of(fields: &Map<String, Json>, role: &str, side: Side) -> Vec<Message> {
    let mut object = Map::new();
    let role = fields.get("role").cloned().unwrap_or_else(|| Json::from(role));
    object.insert("role".to_owned(), role);
    for name in ["content", "parts", "tool_calls", "name", "id", "finish_reason", "reasoning"] {
        if let Some(value) = fields.get(name) {
            object.insert(name.to_owned(), value.clone());
        }
    }
    // A choice holds the message as an object, as text, or as a list of blocks (Strands).
    match fields.get("message") {
        Some(Json::Object(inner)) => object.extend(inner.clone()),
        Some(inner) => {
            object.insert("content".to_owned(), inner.clone());
        }
        None => {}
    }
    object.entry("content").or_insert(Json::Null);
    converted(&Json::Object(object), side, Trust::Stated)
        .map(|found| found.messages)
        .unwrap_or_default()
}
