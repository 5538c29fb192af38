//! Messages of any sender's shape (span-conventions section 6).

use serde_json::{Map, Value as Json};

use super::blocks::{self, is_block, parts_of, text_member};
use crate::message::{Message, Part};
use crate::normalise::canonical_finish_reason;

mod langchain;
mod llamaindex;
mod pieces;
mod tidy;
mod wrappers;

pub(super) use tidy::{join_pieces, tidy};

/// Wrappers inside wrappers are followed this deep.
const DEPTH_MAX: usize = 4;

/// Which side of a model the messages are on: who speaks where nobody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// To the model.
    Input,
    /// From the model.
    Output,
}

impl Side {
    fn role(self) -> &'static str {
        match self {
            Side::Input => "user",
            Side::Output => "assistant",
        }
    }
}

/// Whether a payload is said to be messages or only may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It stands where messages stand.
    Stated,
    /// A model's request or answer: messages somewhere inside.
    Request,
    /// Any payload; only what names roles is taken for messages.
    Guessed,
}

/// What a payload held.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Converted {
    /// In order.
    pub(super) messages: Vec<Message>,
    /// System instructions apart from them.
    pub(super) system: Vec<Part>,
    /// Tools beside them, as sent.
    pub(super) tools: Vec<Json>,
    /// Parameters beside them, by OTel's names.
    pub(super) parameters: Map<String, Json>,
}

impl Converted {
    /// There are messages, and none has a part.
    pub(super) fn says_nothing(&self) -> bool {
        self.system.is_empty() && self.messages.iter().all(|message| message.parts.is_empty())
    }
}

/// The messages in a payload; `None` where it is not messages.
pub(super) fn converted(json: &Json, side: Side, trust: Trust) -> Option<Converted> {
    let mut found = Converted::default();
    let known = read(json, side, trust, 0, &mut found);
    found.messages = tidy(std::mem::take(&mut found.messages));
    tidy::pair_by_name(&mut found.messages, json);
    (known && (!found.messages.is_empty() || !found.system.is_empty())).then_some(found)
}

/// Reads a payload; false where it is not messages.
fn read(json: &Json, side: Side, trust: Trust, depth: usize, found: &mut Converted) -> bool {
    if depth > DEPTH_MAX {
        return false;
    }
    match json {
        Json::Array(items) => read_list(items, side, trust, depth, found),
        Json::Object(members) => {
            if is_message(json, trust) {
                read_message(json, side, found);
                return true;
            }
            wrappers::read_object(members, side, trust, depth, found)
        }
        Json::String(text) if trust != Trust::Guessed && !text.is_empty() => {
            found.messages.push(plain(side.role(), text));
            true
        }
        _ => false,
    }
}

fn read_list(
    items: &[Json],
    side: Side,
    trust: Trust,
    depth: usize,
    found: &mut Converted,
) -> bool {
    let Some(first) = items.iter().find(|item| !item.is_null()) else { return false };
    // LangChain takes messages as pairs of role and text.
    if items.iter().all(is_pair) {
        let pairs = items.iter().filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?)));
        found.messages.extend(pairs.map(|(role, text)| plain(&role_of(role), text)));
        return true;
    }
    // LangChain nests batches: [[message, ...]]; the first batch is the call's.
    if first.is_array() {
        return read(first, side, trust, depth + 1, found);
    }
    if items.iter().any(|item| is_message(item, trust)) {
        pieces::joined(items).iter().for_each(|item| read_message(item, side, found));
        return true;
    }
    // A list of content blocks is one message's content.
    if is_block(first) && (trust != Trust::Guessed || first.get("type").is_some()) {
        let parts = parts_of(&Json::Array(items.to_vec()));
        found.messages.push(message(side.role(), parts));
        return true;
    }
    if trust != Trust::Guessed && items.iter().all(Json::is_string) {
        let texts = items.iter().filter_map(Json::as_str);
        found.messages.extend(texts.map(|text| plain(side.role(), text)));
        return true;
    }
    false
}

fn is_pair(json: &Json) -> bool {
    let Some([Json::String(role), Json::String(_)]) = json.as_array().map(Vec::as_slice) else {
        return false;
    };
    matches!(role_of(role).as_str(), "system" | "user" | "assistant" | "tool")
}

/// Whether an object is one message, one choice, or one item of OpenAI's Responses.
fn is_message(json: &Json, trust: Trust) -> bool {
    let has = |name: &str| json.get(name).is_some();
    let kind = json.get("type").and_then(Json::as_str).unwrap_or("");
    if has("role") && (has("content") || has("parts") || has("tool_calls") || has("toolCalls")) {
        return true;
    }
    if langchain::is_message(json) || llamaindex::is_message(json) || is_item(kind) {
        return true;
    }
    if (has("message") || has("delta")) && (has("finish_reason") || has("index")) {
        return true;
    }
    match trust {
        Trust::Stated => {
            (has("content") && !is_block(json)) || has("parts") || has("role") || has("message")
        }
        Trust::Request => has("parts"),
        Trust::Guessed => false,
    }
}

/// Items of OpenAI's Responses that are no content block of another sender.
fn is_item(kind: &str) -> bool {
    matches!(kind, "function_call_output" | "custom_tool_call_output" | "function_call_result")
        || (kind.ends_with("_call") && !matches!(kind, "tool_call" | "server_tool_call"))
}

fn read_message(json: &Json, side: Side, found: &mut Converted) {
    if let Some(text) = json.as_str() {
        found.messages.push(plain(side.role(), text));
        return;
    }
    if langchain::is_message(json) {
        found.messages.extend(langchain::message_of(json));
        return;
    }
    if let Some(inner) = json.get("message").or_else(|| json.get("delta")) {
        let before = found.messages.len();
        read_message(inner, side, found);
        if let Some(last) = found.messages[before..].last_mut() {
            last.finish_reason = last.finish_reason.take().or_else(|| finish_reason(json));
        }
        return;
    }
    let kind = json.get("type").and_then(Json::as_str).unwrap_or("");
    if json.get("role").is_none() && (is_item(kind) || kind == "reasoning" || kind == "compaction")
    {
        let answers = kind.ends_with("_output") || kind.ends_with("_result");
        let role = if answers { "tool" } else { "assistant" };
        found.messages.push(message(role, blocks::part_of(json).into_iter().collect()));
        return;
    }
    found.messages.push(ordinary(json, side));
}

/// A message with a role and content or parts, and OpenAI's members beside them.
fn ordinary(json: &Json, side: Side) -> Message {
    let content = json.get("parts").or_else(|| json.get("content")).unwrap_or(&Json::Null);
    // Gemini's answers hold a whole content object: {"content": {"role", "parts"}}.
    let inner = content.get("parts").map(|_| content);
    let role = text_member(json, "role")
        .or_else(|| text_member(inner?, "role"))
        .filter(|role| !role.is_empty());
    let role = role.map_or_else(|| side.role().to_owned(), |role| role_of(&role));
    let content = inner.and_then(|inner| inner.get("parts")).unwrap_or(content);
    let mut parts: Vec<Part> = Vec::new();
    for name in ["reasoning_content", "reasoning"] {
        if let Some(text) = text_member(json, name).filter(|text| !text.is_empty()) {
            parts.push(Part::Reasoning { content: Some(text) });
            break;
        }
    }
    if role == "tool" && !is_answer_list(content) {
        let blocks = json.get("blocks").filter(|_| content.is_null());
        parts.push(Part::ToolCallResponse {
            id: text_member(json, "tool_call_id")
                .or_else(|| text_member(json, "id"))
                .or_else(|| llamaindex::answered_call(json)),
            response: blocks::response_of(Some(blocks.unwrap_or(content))),
        });
    } else if let Some(blocks) = llamaindex::parts(json) {
        parts.extend(blocks);
    } else {
        parts.extend(parts_of(content));
    }
    for name in ["tool_calls", "toolCalls"] {
        if let Some(Json::Array(calls)) = json.get(name) {
            parts.extend(calls.iter().filter_map(tool_call));
        }
    }
    if let Some(call) = json.get("function_call").filter(|call| call.is_object()) {
        parts.extend(tool_call(call));
    }
    if let Some(refusal) = text_member(json, "refusal").filter(|text| !text.is_empty()) {
        parts.push(blocks::text_part(&refusal));
    }
    Message {
        name: text_member(json, "name"),
        finish_reason: finish_reason(json),
        ..message(&role, parts)
    }
}

/// Blocks that carry their own ids (Vercel, Anthropic, OTel), as against a bare result.
fn is_answer_list(content: &Json) -> bool {
    content.as_array().is_some_and(|blocks| {
        blocks
            .iter()
            .any(|block| matches!(blocks::part_of(block), Some(Part::ToolCallResponse { .. })))
    })
}

/// A tool call beside the content, in any sender's spelling.
pub(super) fn tool_call(call: &Json) -> Option<Part> {
    if call.get("toolName").is_some() {
        return Some(Part::ToolCall {
            id: text_member(call, "toolCallId"),
            name: text_member(call, "toolName")?,
            arguments: blocks::decoded(call.get("input").or_else(|| call.get("args"))),
        });
    }
    let function = call.get("function").filter(|inner| inner.is_object()).unwrap_or(call);
    Some(Part::ToolCall {
        id: text_member(call, "id").or_else(|| text_member(call, "call_id")),
        name: text_member(function, "name")?,
        arguments: blocks::decoded(
            function
                .get("arguments")
                .or_else(|| function.get("args"))
                .or_else(|| function.get("input")),
        ),
    })
}

fn finish_reason(json: &Json) -> Option<String> {
    ["finish_reason", "finishReason", "stop_reason", "stopReason"]
        .iter()
        .find_map(|name| text_member(json, name))
        .filter(|reason| !reason.is_empty())
        .map(|reason| canonical_finish_reason(&reason))
}

/// One spelling for the roles; an unknown one is passed through.
pub(super) fn role_of(role: &str) -> String {
    match role.to_ascii_lowercase().as_str() {
        "developer" | "system" => "system",
        "human" | "user" => "user",
        "ai" | "model" | "bot" | "assistant" => "assistant",
        "function" | "tool_result" | "tool" => "tool",
        _ => role,
    }
    .to_owned()
}

pub(super) fn message(role: &str, parts: Vec<Part>) -> Message {
    Message { role: role.to_owned(), parts, name: None, finish_reason: None }
}

/// A message of one text.
pub(super) fn plain(role: &str, text: &str) -> Message {
    message(role, vec![blocks::text_part(text)])
}
