//! LlamaIndex's messages: `{"role", "additional_kwargs", "blocks": [{"block_type": ...}]}`.

use serde_json::Value as Json;

use crate::content::blocks::{self, parts_of, text_member, text_part};
use crate::message::Part;

/// Whether the object has LlamaIndex's blocks where others have content.
pub(super) fn is_message(json: &Json) -> bool {
    json.get("role").is_some() && json.get("blocks").is_some_and(Json::is_array)
}

/// The parts of such a message, `None` where it is none.
pub(super) fn parts(json: &Json) -> Option<Vec<Part>> {
    let blocks = json.get("blocks").filter(|_| is_message(json))?.as_array()?;
    Some(blocks.iter().flat_map(of_block).collect())
}

/// The call that a tool's message answers.
pub(super) fn answered_call(json: &Json) -> Option<String> {
    text_member(json.get("additional_kwargs")?, "tool_call_id")
}

fn of_block(block: &Json) -> Vec<Part> {
    match block.get("block_type").and_then(Json::as_str) {
        Some("text") => {
            text_member(block, "text").map(|text| text_part(&text)).into_iter().collect()
        }
        Some("thinking") => vec![Part::Reasoning { content: text_member(block, "content") }],
        Some("tool_call") => vec![Part::ToolCall {
            id: text_member(block, "tool_call_id"),
            name: text_member(block, "tool_name").unwrap_or_default(),
            arguments: blocks::decoded(block.get("tool_kwargs")),
        }],
        _ => parts_of(block),
    }
}
