//! LangChain's messages: serialized constructors (`{"lc":1,...,"kwargs":{...}}`) and
//! dumped ones (`{"type":"human","content":...}`, also under `data`).

use serde_json::Value as Json;

use super::{canonical_finish_reason, message, role_of, tool_call};
use crate::content::blocks::{self, parts_of, text_member};
use crate::message::{Message, Part};

pub(super) fn is_message(json: &Json) -> bool {
    class_of(json).is_some()
}

fn has_content(json: &Json) -> bool {
    let inner = json.get("data").unwrap_or(json);
    inner.get("content").is_some()
}

/// The message's class in lower case without `message` and `chunk`.
fn class_of(json: &Json) -> Option<String> {
    let named = match json.get("lc") {
        Some(_) => json.get("id")?.as_array()?.last()?.as_str()?,
        None if has_content(json) && json.get("role").is_none() => json.get("type")?.as_str()?,
        None => return None,
    };
    let lower = named.to_ascii_lowercase();
    let class = lower.trim_end_matches("chunk").trim_end_matches("message");
    matches!(class, "human" | "ai" | "system" | "tool" | "function" | "chat" | "developer")
        .then(|| class.to_owned())
}

/// The message, `None` where it is none.
pub(super) fn message_of(json: &Json) -> Option<Message> {
    let class = class_of(json)?;
    let fields = json.get("kwargs").or_else(|| json.get("data")).unwrap_or(json);
    let role = match class.as_str() {
        "chat" => text_member(fields, "role").unwrap_or_else(|| "user".to_owned()),
        _ => class,
    };
    let role = role_of(&role);
    let content = fields.get("content").unwrap_or(&Json::Null);
    let mut parts = if role == "tool" {
        vec![Part::ToolCallResponse {
            id: text_member(fields, "tool_call_id"),
            response: blocks::response_of(Some(content)),
        }]
    } else {
        parts_of(content)
    };
    if let Some(Json::Array(calls)) = fields.get("tool_calls") {
        for call in calls.iter().filter_map(tool_call) {
            // Anthropic's content blocks repeat the calls.
            let Part::ToolCall { id, .. } = &call else { continue };
            let known = id.is_some()
                && parts
                    .iter()
                    .any(|part| matches!(part, Part::ToolCall { id: other, .. } if other == id));
            if !known {
                parts.push(call);
            }
        }
    }
    let metadata = fields.get("response_metadata");
    let reason = metadata.and_then(|metadata| {
        text_member(metadata, "finish_reason").or_else(|| text_member(metadata, "stop_reason"))
    });
    Some(Message {
        name: text_member(fields, "name"),
        finish_reason: reason.map(|reason| canonical_finish_reason(&reason)),
        ..message(&role, parts)
    })
}
