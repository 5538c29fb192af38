//! One block of a message's content, of any sender, as a part.
//!
//! The senders' names for block types hardly overlap, so one dispatch serves them all and
//! mixtures, which instrumentations do produce, need no rule of their own.

use serde_json::Value as Json;

use super::media;
use crate::attributes::decode;
use crate::message::Part;

mod bedrock;
mod gemini;
mod genkit;
mod openai;
mod otel;
mod vercel;

/// The parts of a message's content: a text, one block, or a list of blocks.
pub(super) fn parts_of(content: &Json) -> Vec<Part> {
    match content {
        Json::Null => Vec::new(),
        Json::String(text) if text.is_empty() => Vec::new(),
        Json::String(text) => vec![text_part(text)],
        Json::Array(blocks) => blocks.iter().flat_map(part_of).collect(),
        Json::Object(members) if members.is_empty() => Vec::new(),
        block @ Json::Object(_) => part_of(block).into_iter().collect(),
        other => vec![text_part(&other.to_string())],
    }
}

/// One block. `None` for a block that says nothing.
pub(super) fn part_of(block: &Json) -> Option<Part> {
    match block {
        Json::Null => None,
        Json::String(text) => Some(text_part(text)),
        Json::Object(_) => Some(match block.get("type").and_then(Json::as_str) {
            Some(kind) => typed(kind, block),
            None => untyped(block),
        }),
        other => Some(text_part(&other.to_string())),
    }
}

fn typed(kind: &str, block: &Json) -> Part {
    otel::part(kind, block)
        .or_else(|| openai::part(kind, block))
        .or_else(|| anthropic(kind, block))
        .or_else(|| vercel::part(kind, block))
        .unwrap_or_else(|| Part::Other(block.clone()))
}

fn untyped(block: &Json) -> Part {
    gemini::part(block)
        .or_else(|| genkit::part(block))
        .or_else(|| bedrock::part(block))
        .unwrap_or_else(|| Part::Other(block.clone()))
}

/// Whether a block has a type, or a member, that only message content has.
pub(super) fn is_block(block: &Json) -> bool {
    block.is_object() && part_of(block).is_some_and(|part| !matches!(part, Part::Other(_)))
}

/// Anthropic's blocks (span-conventions 6.4), without those that share OpenAI's names.
fn anthropic(kind: &str, block: &Json) -> Option<Part> {
    Some(match kind {
        "thinking" => Part::Reasoning {
            content: text_member(block, "thinking").or_else(|| text_member(block, "content")),
        },
        "tool_use" => Part::ToolCall {
            id: text_member(block, "id"),
            name: text_member(block, "name").unwrap_or_default(),
            arguments: decoded(block.get("input")),
        },
        "tool_result" => Part::ToolCallResponse {
            id: text_member(block, "tool_use_id"),
            response: response_of(block.get("content")),
        },
        "server_tool_use" | "mcp_tool_use" => Part::ServerToolCall {
            id: text_member(block, "id"),
            name: text_member(block, "name").unwrap_or_default(),
            server_tool_call: block.clone(),
        },
        _ if kind.ends_with("_tool_result") => Part::ServerToolCallResponse {
            id: text_member(block, "tool_use_id"),
            server_tool_call_response: block.clone(),
        },
        "image" | "document" | "audio" | "video" => return sourced(kind, block.get("source")?),
        _ => return None,
    })
}

/// Anthropic's `source` of an image or a document.
fn sourced(kind: &str, source: &Json) -> Option<Part> {
    let mime_type = source.get("media_type").and_then(Json::as_str);
    if let Some(url) = source.get("url").and_then(Json::as_str) {
        return Some(media::from_url(url, mime_type, kind));
    }
    if let Some(file_id) = source.get("file_id").and_then(Json::as_str) {
        return Some(media::file(file_id, mime_type, kind));
    }
    if source.get("type").and_then(Json::as_str) == Some("text") {
        return text_member(source, "data").map(|text| text_part(&text));
    }
    media::from_data(source.get("data").or_else(|| source.get("bytes"))?, mime_type, kind)
}

pub(super) fn text_part(text: &str) -> Part {
    Part::Text { content: Some(text.to_owned()) }
}

/// A member's text; numbers are ids too.
pub(super) fn text_member(object: &Json, name: &str) -> Option<String> {
    match object.get(name)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value with JSON in a text decoded; null where there is none.
pub(super) fn decoded(value: Option<&Json>) -> Json {
    match value {
        Some(Json::String(text)) => decode::json_of_text(text),
        Some(other) => other.clone(),
        None => Json::Null,
    }
}

/// A tool's answer: a lone text block is the text in it.
pub(super) fn response_of(value: Option<&Json>) -> Json {
    if let Some(Json::Array(blocks)) = value
        && let [block] = blocks.as_slice()
        && let Some(Json::String(text)) = block.get("text")
    {
        return decode::json_of_text(text);
    }
    decoded(value)
}
