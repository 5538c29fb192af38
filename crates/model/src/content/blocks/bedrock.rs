//! Blocks of Bedrock's Converse, which have no type (span-conventions 6.9). Its text
//! blocks look like Gemini's.

use serde_json::Value as Json;

use super::{decoded, response_of, text_member};
use crate::content::media;
use crate::message::Part;

pub(super) fn part(block: &Json) -> Option<Part> {
    if let Some(call) = block.get("toolUse") {
        return Some(Part::ToolCall {
            id: text_member(call, "toolUseId"),
            name: text_member(call, "name")?,
            arguments: decoded(call.get("input")),
        });
    }
    if let Some(answer) = block.get("toolResult") {
        return Some(Part::ToolCallResponse {
            id: text_member(answer, "toolUseId"),
            response: response(answer.get("content")),
        });
    }
    if let Some(reasoning) = block.get("reasoningContent") {
        let inner = reasoning.get("reasoningText").unwrap_or(reasoning);
        return Some(Part::Reasoning { content: text_member(inner, "text") });
    }
    ["image", "document", "video"].iter().find_map(|kind| {
        let inner = block.get(*kind)?;
        let format = text_member(inner, "format");
        let mime_type = match *kind {
            "document" => format.map(|format| format!("application/{format}")),
            kind => format.map(|format| format!("{kind}/{format}")),
        };
        let source = inner.get("source")?;
        if let Some(uri) = source.get("s3Location").and_then(|place| text_member(place, "uri")) {
            return Some(media::from_url(&uri, mime_type.as_deref(), kind));
        }
        media::from_data(source.get("bytes")?, mime_type.as_deref(), kind)
    })
}

/// A lone `{"text": ...}` or `{"json": ...}` is what is in it.
fn response(content: Option<&Json>) -> Json {
    if let Some(Json::Array(blocks)) = content
        && let [block] = blocks.as_slice()
        && let Some(json) = block.get("json")
    {
        return json.clone();
    }
    response_of(content)
}
