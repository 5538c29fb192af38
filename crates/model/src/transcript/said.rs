//! What makes two parts of messages the same, and what an agent's own span says.

use serde_json::Value as Json;
use xxhash_rust::xxh3::Xxh3;

use super::conversation::Conversation;
use super::{Entry, Source};
use crate::message::Part;

/// Equal for a part and the same part sent again with the history: providers and SDKs
/// change the form of a call's arguments, not its id, and drop names and reasons.
pub(super) fn signature(role: &str, part: &Part) -> u64 {
    let mut hash = Xxh3::new();
    let mut add = |piece: &str| {
        hash.update(&(piece.len() as u64).to_le_bytes());
        hash.update(piece.as_bytes());
    };
    match part {
        Part::Text { content } => {
            add("text");
            add(role);
            add(content.as_deref().map_or("", str::trim));
        }
        Part::Reasoning { content } => {
            add("reasoning");
            add(content.as_deref().map_or("", str::trim));
        }
        Part::ToolCall { id: Some(id), .. } | Part::ServerToolCall { id: Some(id), .. } => {
            add("call");
            add(id);
        }
        Part::ToolCall { id: None, name, arguments } => {
            add("unnamed call");
            add(name);
            add(&canonical(arguments));
        }
        Part::ServerToolCall { id: None, name, server_tool_call } => {
            add("unnamed call");
            add(name);
            add(&canonical(server_tool_call));
        }
        Part::ToolCallResponse { id: Some(id), .. }
        | Part::ServerToolCallResponse { id: Some(id), .. } => {
            add("answer");
            add(id);
        }
        other => {
            add("other");
            add(role);
            let json = serde_json::to_value(other).unwrap_or_default();
            add(&canonical(&json));
        }
    }
    hash.digest()
}

/// The text of a value with sorted keys; a JSON object in a text counts as the object.
fn canonical(json: &Json) -> String {
    if let Json::String(text) = json
        && let Ok(inner @ (Json::Object(_) | Json::Array(_))) = serde_json::from_str(text)
    {
        return sorted(&inner).to_string();
    }
    sorted(json).to_string()
}

fn sorted(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(sorted).collect(),
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        other => other.clone(),
    }
}

/// Where no model call says anything, the agent's own input and output stand around what
/// it did.
pub(super) fn around(source: &mut Source<'_>, index: usize, inside: Vec<Entry>) -> Vec<Entry> {
    let Some(content) = source.content(index) else { return inside };
    let [before, after] = Conversation::said_by(source, index, &content);
    before.into_iter().chain(inside).chain(after).collect()
}
