//! OTel's own parts, and how senders drift from them (span-conventions 6.1).

use serde_json::Value as Json;

use super::{decoded, text_member};
use crate::content::media;
use crate::message::Part;

pub(super) fn part(kind: &str, block: &Json) -> Option<Part> {
    let content = || text_member(block, "content");
    let modality =
        |otherwise: &str| text_member(block, "modality").unwrap_or_else(|| otherwise.to_owned());
    let mime_type = || text_member(block, "mime_type").or_else(|| text_member(block, "media_type"));
    Some(match kind {
        "text" => Part::Text { content: text_member(block, "text").or_else(content) },
        "reasoning" => Part::Reasoning {
            content: content().or_else(|| text_member(block, "text")).or_else(|| summary(block)),
        },
        "tool_call" if block.get("name").is_some() => Part::ToolCall {
            id: text_member(block, "id"),
            name: text_member(block, "name")?,
            arguments: decoded(block.get("arguments").or_else(|| block.get("args"))),
        },
        "tool_call_response" => Part::ToolCallResponse {
            id: text_member(block, "id"),
            response: decoded(block.get("response").or_else(|| block.get("result"))),
        },
        "server_tool_call" => Part::ServerToolCall {
            id: text_member(block, "id"),
            name: text_member(block, "name").unwrap_or_default(),
            server_tool_call: decoded(block.get("server_tool_call")),
        },
        "server_tool_call_response" => Part::ServerToolCallResponse {
            id: text_member(block, "id"),
            server_tool_call_response: decoded(block.get("server_tool_call_response")),
        },
        "blob" | "binary" => {
            let mime_type = mime_type();
            let modality = text_member(block, "modality")
                .unwrap_or_else(|| media::modality(mime_type.as_deref(), "file"));
            Part::Blob { modality, mime_type, content: content()? }
        }
        "file" if block.get("file_id").is_some() => Part::File {
            modality: modality("document"),
            file_id: text_member(block, "file_id")?,
            mime_type: mime_type(),
        },
        "uri" => Part::Uri {
            modality: modality("document"),
            uri: text_member(block, "uri")?,
            mime_type: mime_type(),
        },
        // Pydantic AI.
        "image-url" | "audio-url" | "video-url" | "document-url" => {
            let modality = kind.trim_end_matches("-url");
            media::from_url(&text_member(block, "url")?, mime_type().as_deref(), modality)
        }
        "compaction" => Part::Compaction {
            id: text_member(block, "id"),
            content: content().or_else(|| text_member(block, "encrypted_content")),
        },
        _ => return None,
    })
}

/// OpenAI's summaries of its reasoning, which is itself encrypted.
fn summary(block: &Json) -> Option<String> {
    let lines: Vec<&str> = block
        .get("summary")?
        .as_array()?
        .iter()
        .filter_map(|line| line.get("text").and_then(Json::as_str))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
