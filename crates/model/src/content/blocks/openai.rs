//! Blocks and items of OpenAI's two interfaces (span-conventions 6.2, 6.3).

use serde_json::Value as Json;

use super::{decoded, response_of, text_member, text_part};
use crate::content::media;
use crate::message::Part;

pub(super) fn part(kind: &str, block: &Json) -> Option<Part> {
    Some(match kind {
        "input_text" | "output_text" => Part::Text { content: text_member(block, "text") },
        "refusal" => text_part(&text_member(block, "refusal")?),
        "image_url" | "input_image" => image(block)?,
        "input_audio" => {
            let audio = block.get("input_audio").unwrap_or(block);
            let mime_type = text_member(audio, "format").map(|format| format!("audio/{format}"));
            media::from_data(audio.get("data")?, mime_type.as_deref(), "audio")?
        }
        "file" | "input_file" => file(block)?,
        "function" => function(block)?,
        "function_call" => Part::ToolCall {
            id: call_id(block).or_else(|| text_member(block, "id")),
            name: text_member(block, "name")?,
            arguments: decoded(block.get("arguments")),
        },
        "function_call_output" | "custom_tool_call_output" | "function_call_result" => {
            Part::ToolCallResponse {
                id: call_id(block),
                response: response_of(block.get("output")),
            }
        }
        "custom_tool_call" => Part::ToolCall {
            id: text_member(block, "call_id"),
            name: text_member(block, "name")?,
            arguments: decoded(block.get("input")),
        },
        _ if is_server_call(kind) => Part::ServerToolCall {
            id: text_member(block, "id").or_else(|| text_member(block, "call_id")),
            name: text_member(block, "name")
                .unwrap_or_else(|| kind.trim_end_matches("_call").to_owned()),
            server_tool_call: block.clone(),
        },
        _ => return None,
    })
}

/// The Agents SDK for JavaScript spells it its own way.
fn call_id(block: &Json) -> Option<String> {
    text_member(block, "call_id").or_else(|| text_member(block, "callId"))
}

/// Tools that OpenAI runs itself.
pub(super) fn is_server_call(kind: &str) -> bool {
    kind.ends_with("_call") && kind != "function_call" && kind != "tool_call"
}

/// A tool call of the chat interface, `{id, function: {name, arguments}}`.
pub(super) fn function(call: &Json) -> Option<Part> {
    let function = call.get("function").unwrap_or(call);
    Some(Part::ToolCall {
        id: text_member(call, "id").or_else(|| text_member(call, "tool_call_id")),
        name: text_member(function, "name")?,
        arguments: decoded(function.get("arguments").or_else(|| function.get("args"))),
    })
}

fn image(block: &Json) -> Option<Part> {
    let image = block.get("image_url");
    let url = match image {
        Some(Json::String(url)) => Some(url.as_str()),
        Some(object) => object.get("url").and_then(Json::as_str),
        None => None,
    };
    match url {
        Some(url) => Some(media::from_url(url, None, "image")),
        None => Some(media::file(block.get("file_id")?.as_str()?, None, "image")),
    }
}

fn file(block: &Json) -> Option<Part> {
    let file = block.get("file").filter(|file| file.is_object()).unwrap_or(block);
    if let Some(id) = file.get("file_id").and_then(Json::as_str) {
        return Some(media::file(id, None, "file"));
    }
    if let Some(url) = file.get("file_url").and_then(Json::as_str) {
        return Some(media::from_url(url, None, "file"));
    }
    media::from_data(file.get("file_data")?, None, "file")
}
