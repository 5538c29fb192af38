//! Messages that were flattened into keys (span-conventions 6.7 and 6.8).

use serde_json::Value as Json;

use super::blocks::{parts_of, response_of};
use super::media;
use super::messages::{Side, message, role_of, tidy};
use crate::attributes::indexed::{Members, entries, inner_entries, member};
use crate::attributes::{decode, text_of};
use crate::message::{Message, Part};
use crate::normalise::canonical_finish_reason;
use crate::value::Value;

/// OpenInference: `llm.input_messages.N.message...` under `prefix`.
pub(super) fn openinference(
    attributes: &[(String, Value)],
    prefix: &str,
    side: Side,
) -> Vec<Message> {
    let messages = entries(attributes, prefix);
    tidy(messages.values().map(|members| openinference_message(members, side)).collect())
}

fn openinference_message(members: &Members<'_>, side: Side) -> Message {
    let role = text(members, "message.role").map(|role| role_of(&role));
    let role = role.unwrap_or_else(|| default_role(side));
    let call_id = text(members, "message.tool_call_id");
    let blocks = inner_entries(members, "message.contents.");
    let mut parts = Vec::new();
    if role == "tool" {
        let content = text(members, "message.content")
            .or_else(|| blocks.values().find_map(|block| text(block, "message_content.text")));
        parts.push(Part::ToolCallResponse { id: call_id, response: answer(content) });
    } else if !blocks.is_empty() {
        parts.extend(blocks.values().filter_map(openinference_block));
    } else if let Some(content) = text(members, "message.content") {
        parts.extend(content_parts(&content));
    }
    for call in inner_entries(members, "message.tool_calls.").values() {
        parts.extend(openinference_call(call));
    }
    if let Some(name) = text(members, "message.function_call_name") {
        let arguments = text(members, "message.function_call_arguments_json");
        parts.push(Part::ToolCall { id: None, name, arguments: answer(arguments) });
    }
    Message {
        name: text(members, "message.name"),
        finish_reason: text(members, "message.finish_reason")
            .map(|reason| canonical_finish_reason(&reason)),
        ..message(&role, parts)
    }
}

fn openinference_call(call: &Members<'_>) -> Option<Part> {
    Some(Part::ToolCall {
        id: text(call, "tool_call.id"),
        name: text(call, "tool_call.function.name")?,
        arguments: answer(text(call, "tool_call.function.arguments")),
    })
}

fn openinference_block(block: &Members<'_>) -> Option<Part> {
    let field = |name: &str| text(block, &format!("message_content.{name}"));
    let kind = field("type").unwrap_or_else(|| "text".to_owned());
    match kind.as_str() {
        "text" => Some(Part::Text { content: field("text") }),
        "reasoning" | "thinking" => Some(Part::Reasoning { content: field("text") }),
        "tool_use" => Some(Part::ToolCall {
            id: field("id").or_else(|| field("tool_use.id")),
            name: field("name").or_else(|| field("tool_use.name"))?,
            arguments: answer(field("input").or_else(|| field("tool_use.input"))),
        }),
        "image" | "audio" | "video" | "document" => {
            let inner = |name: &str| field(&format!("{kind}.{kind}.{name}"));
            let mime_type = inner("mime_type");
            match inner("url").or_else(|| field(&format!("{kind}.url"))) {
                Some(url) => Some(media::from_url(&url, mime_type.as_deref(), &kind)),
                None => Some(Part::Text { content: Some(inner("transcript")?) }),
            }
        }
        _ => Some(Part::Other(as_object(block))),
    }
}

/// A block of a type that is not known, as an object of what was under it.
fn as_object(block: &Members<'_>) -> Json {
    let members = block.iter().map(|(name, value)| {
        let name = name.strip_prefix("message_content.").unwrap_or(name);
        (name.to_owned(), decode::plain_json(value))
    });
    Json::Object(members.collect())
}

/// Traceloop: `gen_ai.prompt.N...`, `gen_ai.completion.N...` under `prefix`.
pub(super) fn traceloop(attributes: &[(String, Value)], prefix: &str, side: Side) -> Vec<Message> {
    let messages = entries(attributes, prefix);
    tidy(messages.values().map(|members| traceloop_message(members, side)).collect())
}

fn traceloop_message(members: &Members<'_>, side: Side) -> Message {
    // Older LangChain instrumentation wrote "unknown" for the role.
    let role = text(members, "role")
        .filter(|role| role != "unknown")
        .map_or_else(|| default_role(side), |role| role_of(&role));
    let content = text(members, "content");
    let mut parts = if role == "tool" {
        vec![Part::ToolCallResponse {
            id: text(members, "tool_call_id"),
            response: answer(content),
        }]
    } else {
        content.map(|content| content_parts(&content)).unwrap_or_default()
    };
    for call in inner_entries(members, "tool_calls.").values() {
        if let Some(name) = text(call, "name") {
            let arguments = answer(text(call, "arguments"));
            parts.push(Part::ToolCall { id: text(call, "id"), name, arguments });
        }
    }
    // LiteLLM writes the call without a list around it.
    if let Some(name) = text(members, "function_call.name") {
        let arguments = answer(text(members, "function_call.arguments"));
        parts.push(Part::ToolCall { id: None, name, arguments });
    }
    let finish_reason =
        text(members, "finish_reason").map(|reason| canonical_finish_reason(&reason));
    Message { finish_reason, ..message(&role, parts) }
}

/// Texts of a flattened list without roles: `llm.prompts.N.prompt.text`.
pub(super) fn texts(
    attributes: &[(String, Value)],
    prefix: &str,
    name: &str,
    side: Side,
) -> Vec<Message> {
    entries(attributes, prefix)
        .values()
        .filter_map(|members| text(members, name))
        .map(|text| message(&default_role(side), vec![Part::Text { content: Some(text) }]))
        .collect()
}

fn default_role(side: Side) -> String {
    match side {
        Side::Input => "user".to_owned(),
        Side::Output => "assistant".to_owned(),
    }
}

/// Plain text, or a list of blocks as JSON.
fn content_parts(content: &str) -> Vec<Part> {
    if content.trim_start().starts_with("[{")
        && let Some(blocks @ Json::Array(_)) = decode::structure_of_text(content)
    {
        return parts_of(&blocks);
    }
    vec![Part::Text { content: Some(content.to_owned()) }]
}

fn answer(content: Option<String>) -> Json {
    match content {
        Some(text) => response_of(Some(&Json::String(text))),
        None => Json::Null,
    }
}

fn text(members: &Members<'_>, name: &str) -> Option<String> {
    let value = member(members, name)?;
    match value {
        Value::Array(_) | Value::Map(_) => Some(decode::plain_json(value).to_string()),
        scalar => text_of(scalar).map(|text| text.into_owned()),
    }
    .filter(|text| !text.is_empty())
}
