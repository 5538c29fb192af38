//! What a model call was given that the one before it in its thread was not. Agents send
//! their whole history with every call.

use clew_model::content::{Content, content};
use clew_model::message::{Message, Part};
use clew_model::source::SourceSpan;
use serde_json::{Value as JsonValue, json};

/// `None` where one of the two says no messages.
pub(super) fn difference(before: &SourceSpan, now: &Content) -> Option<JsonValue> {
    let earlier = content(before);
    let (old, new) = (&earlier.input_messages, &now.input_messages);
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let common = old.iter().zip(new).take_while(|(left, right)| left == right).count();
    let (had, has) = (tool_names(&earlier), tool_names(now));
    let without = |names: &[String], others: &[String]| -> Vec<String> {
        names.iter().filter(|name| !others.contains(name)).cloned().collect()
    };
    Some(json!({
        "previous_span_id": before.span_id,
        "common_messages": common,
        "added": new[common..],
        "removed": old.len() - common,
        "removed_messages": old[common..],
        "first_change": (common < old.len()).then_some(common),
        "system_changed": system(&earlier) != system(now),
        "tools_added": without(&has, &had),
        "tools_removed": without(&had, &has),
    }))
}

/// The system's words, wherever the sender puts them.
fn system(content: &Content) -> Vec<&Part> {
    let is_system = |message: &&Message| matches!(message.role.as_str(), "system" | "developer");
    let said = content.input_messages.iter().filter(is_system);
    content.system_instructions.iter().chain(said.flat_map(|message| &message.parts)).collect()
}

/// Names of the tools that the model could call.
fn tool_names(content: &Content) -> Vec<String> {
    let named = |tool: &JsonValue| {
        let name = tool.get("name").or_else(|| tool.pointer("/function/name"));
        name.and_then(JsonValue::as_str).map(str::to_owned)
    };
    content.tool_definitions.iter().filter_map(named).collect()
}
