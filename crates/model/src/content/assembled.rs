//! Messages that a sender spread over several attributes.

use serde_json::Value as Json;

use super::blocks::{parts_of, text_part};
use super::from_events;
use super::messages::{Converted, Side, Trust, converted, message, plain, tool_call};
use crate::attributes::{AttrView, Key, decode, key, text_of};
use crate::convention::Layers;
use crate::message::{Message, Part};
use crate::normalise::canonical_finish_reason;
use crate::source::SourceSpan;

/// Vercel's wrapper spans: `{system?, prompt?, messages?}`.
pub(super) fn vercel_prompt(_: &SourceSpan, view: &AttrView<'_>) -> Option<Converted> {
    let prompt = decode::json_of(view.get(const { key("ai.prompt") })?);
    converted(&prompt, Side::Input, Trust::Request)
}

/// Vercel's answer: text, reasoning, tool calls, or an object. Before version 4 under
/// `ai.result`.
pub(super) fn vercel_answer(_: &SourceSpan, view: &AttrView<'_>) -> Option<Converted> {
    let text = |keys: [Key; 2]| keys.into_iter().find_map(|key| view.get(key));
    let mut parts = Vec::new();
    if let Some(reasoning) = view.get(const { key("ai.response.reasoning") }) {
        parts.extend(reasoning_parts(&decode::json_of(reasoning)));
    }
    let said = text([const { key("ai.response.text") }, const { key("ai.result.text") }]);
    if let Some(said) = said.and_then(text_of) {
        parts.push(text_part(&said));
    }
    let object = text([const { key("ai.response.object") }, const { key("ai.result.object") }]);
    if let Some(object) = object {
        let json = decode::json_of(object);
        parts.push(text_part(&json.as_str().map_or_else(|| json.to_string(), str::to_owned)));
    }
    let calls =
        text([const { key("ai.response.toolCalls") }, const { key("ai.result.toolCalls") }]);
    if let Some(Json::Array(calls)) = calls.map(decode::json_of) {
        parts.extend(calls.iter().filter_map(tool_call));
    }
    if parts.is_empty() {
        return None;
    }
    let reason = view.str(const { key("ai.response.finishReason") });
    let finish_reason = reason.map(canonical_finish_reason);
    one(Message { finish_reason, ..message("assistant", parts) })
}

/// Reasoning comes as a text, or as a list of parts.
fn reasoning_parts(json: &Json) -> Vec<Part> {
    let texts: Vec<&str> = match json {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().filter_map(|item| item.get("text")?.as_str()).collect(),
        _ => Vec::new(),
    };
    texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| Part::Reasoning { content: Some(text.to_owned()) })
        .collect()
}

/// LiveKit's answer: a text, and function calls beside it.
pub(super) fn livekit_answer(_: &SourceSpan, view: &AttrView<'_>) -> Option<Converted> {
    let text = view
        .str(const { key("lk.pii.response.text") })
        .or_else(|| view.str(const { key("lk.response.text") }));
    let mut parts: Vec<Part> = text.map(text_part).into_iter().collect();
    let calls = view
        .get(const { key("lk.pii.response.function_calls") })
        .or_else(|| view.get(const { key("lk.response.function_calls") }));
    if let Some(Json::Array(calls)) = calls.map(decode::json_of) {
        for call in &calls {
            match call {
                Json::String(text) => {
                    parts.extend(tool_call(&decode::json_of_text(text)));
                }
                call => parts.extend(tool_call(call)),
            }
        }
    }
    if parts.is_empty() { None } else { one(message("assistant", parts)) }
}

/// An AgentOS model call's answer, where it asks for tools or says how it thought.
pub(super) fn agentos_answer(_: &SourceSpan, view: &AttrView<'_>) -> Option<Converted> {
    if !Layers::AO.meets(view.layers) {
        return None;
    }
    let calls = view.get(const { key("agentos.end.tool_calls") }).map(decode::json_of);
    let thought = view.str(const { key("agentos.end.reasoning") });
    if calls.is_none() && thought.is_none() {
        return None;
    }
    let said = [
        const { key("agentos.end.content") },
        const { key("agentos.end.response") },
        const { key("agentos.end.output") },
    ];
    let said = said.into_iter().find_map(|key| view.str(key));
    let thought = thought.map(|text| Part::Reasoning { content: Some(text.to_owned()) });
    let mut parts: Vec<Part> = thought.into_iter().chain(said.map(text_part)).collect();
    let calls = calls.as_ref().and_then(|calls| calls.as_array());
    parts.extend(calls.into_iter().flatten().filter_map(tool_call));
    if parts.is_empty() { None } else { one(message("assistant", parts)) }
}

/// Pydantic AI's whole history on an agent span: what came last from the assistant is the
/// answer, the rest went in.
pub(super) fn history(view: &AttrView<'_>, side: Side) -> Option<Converted> {
    let all = match view.get(const { key("pydantic_ai.all_messages") }) {
        Some(value) => converted(&decode::json_of(value), Side::Input, Trust::Stated)?.messages,
        None => {
            let value = view
                .get(const { key("all_messages_events") })
                .filter(|_| Layers::PA.meets(view.layers))?;
            let list = decode::json_of(value);
            from_events::listed(&list, Side::Input)
        }
    };
    let mut all = all;
    let answered = all.last().is_some_and(|last| last.role == "assistant");
    match side {
        Side::Input if answered => {
            all.pop();
            some(all)
        }
        Side::Input => some(all),
        Side::Output if answered => one(all.pop()?),
        Side::Output => None,
    }
}

/// Pydantic AI's first version, and Logfire: a list of events in an attribute.
pub(super) fn listed_events(view: &AttrView<'_>, side: Side) -> Option<Converted> {
    if !Layers::PA.or(Layers::LG).meets(view.layers) {
        return None;
    }
    let list = decode::json_of(view.get(const { key("events") })?);
    some(from_events::listed(&list, side))
}

/// What somebody said, in the last event of a name.
pub(super) fn said_in_event(
    source: &SourceSpan,
    event: &str,
    keys: &[&str],
    side: Side,
) -> Option<Converted> {
    let said = text_of(from_events::last_field(&source.events, event, keys)?)?;
    let role = if side == Side::Input { "user" } else { "assistant" };
    one(plain(role, &said))
}

/// System instructions given apart.
pub(super) fn system_instructions(source: &SourceSpan, view: &AttrView<'_>) -> Vec<Part> {
    const KEYS: &[(Key, Layers)] = &[
        (key("gen_ai.system_instructions"), Layers::ANY),
        (key("lk.pii.instructions"), Layers::ANY),
        (key("lk.instructions"), Layers::ANY),
        (key("system_prompt"), Layers::CC),
        (key("system_prompt_preview"), Layers::CC),
        (key("agentos.data.system"), Layers::AO),
        (key("agentos.data.system_prompt"), Layers::AO),
        (key("openai_agents.instructions"), Layers::OA),
    ];
    let stated = KEYS
        .iter()
        .filter(|(_, layers)| layers.meets(view.layers))
        .find_map(|(key, _)| view.get(*key))
        .map(decode::json_of)
        .or_else(|| from_events::detail(&source.events, "gen_ai.system_instructions"))
        .or_else(|| instructions_of_response(view));
    stated.map(|json| parts_of(&json)).unwrap_or_default()
}

/// OpenAI's Responses repeat the instructions that they were given.
fn instructions_of_response(view: &AttrView<'_>) -> Option<Json> {
    let response = view
        .get(const { key("openai_agents.response") })
        .filter(|_| Layers::OA.meets(view.layers))?;
    decode::json_of(response).get("instructions").filter(|text| !text.is_null()).cloned()
}

fn one(message: Message) -> Option<Converted> {
    some(vec![message])
}

fn some(messages: Vec<Message>) -> Option<Converted> {
    (!messages.is_empty()).then(|| Converted { messages, ..Converted::default() })
}
