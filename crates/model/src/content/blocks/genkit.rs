//! Genkit's parts, which are told by the one member that they have. Text is as Gemini's.

use serde_json::Value as Json;

use super::text_member;
use crate::content::media;
use crate::message::Part;

pub(super) fn part(block: &Json) -> Option<Part> {
    if let Some(call) = block.get("toolRequest") {
        return Some(Part::ToolCall {
            id: text_member(call, "ref"),
            name: text_member(call, "name")?,
            arguments: call.get("input").cloned().unwrap_or_default(),
        });
    }
    if let Some(answer) = block.get("toolResponse") {
        return Some(Part::ToolCallResponse {
            id: text_member(answer, "ref"),
            response: answer.get("output").cloned().unwrap_or_default(),
        });
    }
    if let Some(file) = block.get("media") {
        let kind = text_member(file, "contentType");
        return Some(media::from_url(&text_member(file, "url")?, kind.as_deref(), "file"));
    }
    let content = text_member(block, "reasoning")?;
    Some(Part::Reasoning { content: Some(content) })
}
