//! Blocks of the Vercel AI SDK's `ModelMessage` (span-conventions 6.6).

use serde_json::Value as Json;

use super::{decoded, text_member};
use crate::content::media;
use crate::message::Part;

pub(super) fn part(kind: &str, block: &Json) -> Option<Part> {
    let mime_type = || {
        text_member(block, "mediaType")
            .or_else(|| text_member(block, "mimeType"))
            .or_else(|| text_member(block, "media_type"))
    };
    Some(match kind {
        "tool-call" => Part::ToolCall {
            id: text_member(block, "toolCallId"),
            name: text_member(block, "toolName")?,
            arguments: decoded(block.get("input").or_else(|| block.get("args"))),
        },
        "tool-result" | "tool-error" => Part::ToolCallResponse {
            id: text_member(block, "toolCallId"),
            response: response(block),
        },
        "file" | "image" => {
            let data = block.get("data").or_else(|| block.get("image"))?;
            // Version 6 wraps the data once more: {type: "data" | "url", ...}.
            let inner = data.get("data").or_else(|| data.get("url")).unwrap_or(data);
            media::from_data(inner, mime_type().as_deref(), kind)?
        }
        _ => return None,
    })
}

/// Version 5 and later: `output: {type, value}`; before that `result`.
fn response(block: &Json) -> Json {
    match block.get("output") {
        Some(output) => match output.get("value") {
            Some(value) if output.get("type").is_some() => decoded(Some(value)),
            _ => decoded(Some(output)),
        },
        None => decoded(block.get("result").or_else(|| block.get("error"))),
    }
}
