//! Gemini's parts, which have no type, in camel and in snake case (span-conventions 6.5).

use serde_json::Value as Json;

use super::{decoded, text_member, text_part};
use crate::content::media;
use crate::message::Part;

pub(super) fn part(block: &Json) -> Option<Part> {
    let either = |camel: &str, snake: &str| block.get(camel).or_else(|| block.get(snake));
    if let Some(call) = either("functionCall", "function_call") {
        return Some(Part::ToolCall {
            id: text_member(call, "id"),
            name: text_member(call, "name")?,
            arguments: decoded(call.get("args").or_else(|| call.get("arguments"))),
        });
    }
    if let Some(answer) = either("functionResponse", "function_response") {
        return Some(Part::ToolCallResponse {
            id: text_member(answer, "id"),
            response: decoded(answer.get("response")),
        });
    }
    if let Some(inline) = either("inlineData", "inline_data") {
        return media::from_data(inline.get("data")?, mime_type(inline).as_deref(), "file");
    }
    if let Some(file) = either("fileData", "file_data") {
        let uri = text_member(file, "fileUri").or_else(|| text_member(file, "file_uri"))?;
        return Some(media::from_url(&uri, mime_type(file).as_deref(), "file"));
    }
    if let Some(code) = either("executableCode", "executable_code") {
        return Some(Part::ServerToolCall {
            id: None,
            name: "code_execution".to_owned(),
            server_tool_call: code.clone(),
        });
    }
    if let Some(outcome) = either("codeExecutionResult", "code_execution_result") {
        return Some(Part::ServerToolCallResponse {
            id: None,
            server_tool_call_response: outcome.clone(),
        });
    }
    let text = text_member(block, "text")?;
    if block.get("thought").and_then(Json::as_bool) == Some(true) {
        return Some(Part::Reasoning { content: Some(text) });
    }
    Some(text_part(&text))
}

fn mime_type(data: &Json) -> Option<String> {
    text_member(data, "mimeType").or_else(|| text_member(data, "mime_type"))
}
