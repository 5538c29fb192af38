//! Objects around messages: requests and answers of the providers, and what frameworks
//! wrap once more around them.

use serde_json::{Map, Value as Json};

use super::{Converted, Side, Trust, message, plain, read};
use crate::content::blocks::{parts_of, text_member};
use crate::message::Message;
use crate::normalise::canonical_finish_reason;

/// Members that hold messages.
const LISTS: &[&str] = &["messages", "contents", "choices", "items"];

/// Members that hold messages or texts in a model's request and answer.
const GIVEN: &[&str] =
    &["input", "prompt", "output", "message", "content", "combined_chunk_content"];

/// Reads the object; false where there are no messages inside.
pub(super) fn read_object(
    members: &Map<String, Json>,
    side: Side,
    trust: Trust,
    depth: usize,
    found: &mut Converted,
) -> bool {
    // CrewAI's outputs hold the whole conversation beside the answer.
    if let (Some(Json::String(answer)), Some(_)) = (members.get("raw"), members.get("json_dict")) {
        found.messages.push(plain(side.role(), answer));
        return true;
    }
    if let Some(Json::Array(candidates)) = members.get("candidates") {
        return read_candidates(candidates, found);
    }
    if let Some(Json::Array(generations)) = members.get("generations") {
        return read_generations(generations, side, found);
    }
    let known = LISTS
        .iter()
        .filter_map(|name| members.get(*name))
        .any(|inner| is_list(inner) && read_inner(inner, side, trust, depth, found))
        || (trust != Trust::Guessed
            && GIVEN
                .iter()
                .filter_map(|name| members.get(*name))
                .any(|inner| read(inner, side, Trust::Request, depth + 1, found)))
        || genkit(members, side, depth, found);
    if known {
        read_beside(members, found);
    }
    known
}

fn is_list(json: &Json) -> bool {
    json.is_array() || json.is_object() || json.is_string()
}

/// What stands under a name that means messages is messages if the whole is trusted; in a
/// guess it must still name roles.
fn read_inner(inner: &Json, side: Side, trust: Trust, depth: usize, found: &mut Converted) -> bool {
    let trust = if trust == Trust::Guessed { Trust::Guessed } else { Trust::Stated };
    read(inner, side, trust, depth + 1, found)
}

/// Genkit, Gemini's SDK and LangChain's callbacks wrap the request once more.
fn genkit(members: &Map<String, Json>, side: Side, depth: usize, found: &mut Converted) -> bool {
    ["message", "request", "response", "inputs", "outputs"]
        .iter()
        .filter_map(|name| members.get(*name))
        .any(|inner| inner.is_object() && read(inner, side, Trust::Guessed, depth + 1, found))
}

/// System instructions, tools and parameters beside messages.
fn read_beside(members: &Map<String, Json>, found: &mut Converted) {
    let config = members.get("config").and_then(Json::as_object);
    let places = std::iter::once(members).chain(config);
    for place in places {
        for name in ["system", "instructions", "system_instruction", "systemInstruction"] {
            if let Some(system) = place.get(name).filter(|system| !system.is_null())
                && found.system.is_empty()
            {
                found.system = system_parts(system);
            }
        }
        if let Some(Json::Array(tools)) = place.get("tools")
            && found.tools.is_empty()
        {
            found.tools = tools.clone();
        }
        for (theirs, ours) in PARAMETERS {
            if let Some(value) = place.get(*theirs).filter(|value| !value.is_null()) {
                found.parameters.entry((*ours).to_owned()).or_insert_with(|| value.clone());
            }
        }
    }
}

/// A text, blocks, or a Gemini content object.
pub(in crate::content) fn system_parts(system: &Json) -> Vec<crate::message::Part> {
    match system.get("parts") {
        Some(parts) => parts_of(parts),
        None => parts_of(system),
    }
}

const PARAMETERS: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("topP", "top_p"),
    ("top_k", "top_k"),
    ("topK", "top_k"),
    ("max_tokens", "max_tokens"),
    ("max_completion_tokens", "max_tokens"),
    ("max_output_tokens", "max_tokens"),
    ("maxOutputTokens", "max_tokens"),
    ("stop", "stop_sequences"),
    ("stop_sequences", "stop_sequences"),
    ("stopSequences", "stop_sequences"),
    ("seed", "seed"),
    ("frequency_penalty", "frequency_penalty"),
    ("presence_penalty", "presence_penalty"),
    ("n", "choice.count"),
    ("stream", "stream"),
    ("reasoning_effort", "reasoning.level"),
    ("tool_choice", "tool_choice"),
    ("toolChoice", "tool_choice"),
    ("service_tier", "service_tier"),
    ("response_format", "output.type"),
];

/// Gemini's answer.
fn read_candidates(candidates: &[Json], found: &mut Converted) -> bool {
    let before = found.messages.len();
    for candidate in candidates {
        let content = candidate.get("content").unwrap_or(candidate);
        let parts = content.get("parts").map(parts_of).unwrap_or_default();
        let reason = text_member(candidate, "finishReason")
            .or_else(|| text_member(candidate, "finish_reason"));
        found.messages.push(Message {
            finish_reason: reason.map(|reason| canonical_finish_reason(&reason)),
            ..message("assistant", parts)
        });
    }
    found.messages.len() > before
}

/// LangChain's `LLMResult`: generations, one list a prompt, `{text, message}` each.
fn read_generations(generations: &[Json], side: Side, found: &mut Converted) -> bool {
    let before = found.messages.len();
    for generation in generations.iter().flat_map(|batch| match batch {
        Json::Array(inner) => inner.iter().collect::<Vec<_>>(),
        other => vec![other],
    }) {
        let inner = generation.get("message").filter(|inner| super::langchain::is_message(inner));
        match (inner, text_member(generation, "text")) {
            (Some(inner), _) => found.messages.extend(super::langchain::message_of(inner)),
            (None, Some(text)) => found.messages.push(plain(side.role(), &text)),
            (None, None) => {}
        }
    }
    found.messages.len() > before
}
