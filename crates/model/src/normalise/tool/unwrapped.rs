//! What frameworks wrap around a tool's arguments and result.

use serde_json::{Map, Value as Json};

use crate::attributes::decode;

/// The arguments alone.
pub(super) fn arguments(json: Json) -> Json {
    let Json::Object(mut members) = json else { return json };
    // LangChain's callback: {"input_str": "{'city': 'Paris'}", "inputs", "tags", "metadata"}.
    if members.contains_key("input_str") && members.contains_key("tags") {
        return match (members.remove("inputs"), members.remove("input_str")) {
            (Some(inputs @ Json::Object(_)), _) => inputs,
            (_, Some(Json::String(text))) => decode::json_of_text(&text),
            _ => Json::Object(members),
        };
    }
    // Gemini CLI: {"callId", "name", "args", "isClientInitiated", ...}.
    if members.contains_key("isClientInitiated")
        && let Some(given) = members.remove("args")
    {
        return given;
    }
    // LlamaIndex and DSPy: {"kwargs": {...}}; smolagents has a flag of its own beside it.
    // {"args", "kwargs"} alone is what a decorator saw, and stays.
    let others = members.keys().filter(|name| *name != "kwargs").count();
    let is_smolagents = others == 2
        && members.contains_key("sanitize_inputs_outputs")
        && members.get("args").and_then(Json::as_array).is_some_and(Vec::is_empty);
    match members.get_mut("kwargs") {
        Some(named @ Json::Object(_)) if others == 0 || is_smolagents => named.take(),
        _ => Json::Object(members),
    }
}

/// The result alone.
pub(super) fn result(json: Json) -> Json {
    match json {
        Json::Object(members) => of_object(members),
        // Bedrock's content list, as Strands has it.
        Json::Array(blocks) if blocks.len() == 1 => match lone_text(&blocks[0]) {
            Some(text) => text,
            None => Json::Array(blocks),
        },
        other => other,
    }
}

fn of_object(mut members: Map<String, Json>) -> Json {
    // LlamaIndex: {"blocks", "tool_name", "raw_input", "raw_output", "is_error"}.
    if members.contains_key("tool_name")
        && members.contains_key("raw_input")
        && let Some(output) = members.remove("raw_output")
    {
        return output;
    }
    // Gemini CLI: {"status", "request", "response": {"responseParts": [{"functionResponse"}], ...}, ...}.
    if members.contains_key("request")
        && let Some(answer) = members
            .get_mut("response")
            .and_then(|response| response.pointer_mut("/responseParts/0/functionResponse/response"))
    {
        return answer.take();
    }
    // LangChain's callback: {"output": message, "kwargs"}.
    if members.len() == 2
        && members.contains_key("kwargs")
        && let Some(content) = members.get_mut("output").and_then(tool_message)
    {
        return content;
    }
    let mut whole = Json::Object(members);
    tool_message(&mut whole).unwrap_or(whole)
}

/// The content of LangChain's ToolMessage, serialized or dumped.
fn tool_message(json: &mut Json) -> Option<Json> {
    let serialized = json.get("lc").is_some()
        && json.get("id").and_then(Json::as_array).and_then(|path| path.last())
            == Some(&Json::from("ToolMessage"));
    let dumped = json.get("type").and_then(Json::as_str) == Some("tool");
    let fields = match (serialized, dumped) {
        (true, _) => json.get_mut("kwargs")?,
        (false, true) => json.get_mut("data")?,
        _ => return None,
    };
    let content = fields.get_mut("content")?.take();
    Some(match content {
        Json::String(text) => decode::json_of_text(&text),
        other => other,
    })
}

fn lone_text(block: &Json) -> Option<Json> {
    let members = block.as_object().filter(|members| members.len() == 1)?;
    let text = members.get("text")?.as_str()?;
    Some(decode::json_of_text(text))
}
