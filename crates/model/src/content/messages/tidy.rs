//! The same conversation, however its sender cut it into messages.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::message::{Message, Part};

/// Nesting of a payload that is followed.
const NESTING_MAX: usize = 8;

/// Moves tools' answers out of user messages, joins what one speaker said in pieces, and
/// pairs calls and answers that have no ids.
pub(in crate::content) fn tidy(messages: Vec<Message>) -> Vec<Message> {
    let mut tidied: Vec<Message> = Vec::with_capacity(messages.len());
    for message in messages {
        if message.parts.is_empty() && message.finish_reason.is_none() && message.name.is_none() {
            continue;
        }
        for piece in split_answers(message) {
            match tidied.last_mut() {
                Some(last) if continues(last, &piece) => last.parts.extend(piece.parts),
                _ => tidied.push(piece),
            }
        }
    }
    tidied
}

/// Anthropic and older Pydantic AI put tools' answers into the user's message: they become
/// a message of the tool's, before what the user said.
fn split_answers(message: Message) -> Vec<Message> {
    let is_answer = |part: &Part| matches!(part, Part::ToolCallResponse { .. });
    if message.role != "user" || !message.parts.iter().any(is_answer) {
        return vec![message];
    }
    let (answers, rest): (Vec<Part>, Vec<Part>) = message.parts.into_iter().partition(is_answer);
    let answers =
        Message { role: "tool".to_owned(), parts: answers, name: None, finish_reason: None };
    if rest.is_empty() {
        return vec![answers];
    }
    vec![answers, Message { parts: rest, ..message }]
}

/// OpenAI's Responses give an item for each thing the assistant said or did.
fn continues(last: &Message, next: &Message) -> bool {
    let is_item = |message: &Message| {
        message.finish_reason.is_none()
            && matches!(
                message.parts.as_slice(),
                [Part::ToolCall { .. } | Part::Reasoning { .. } | Part::ServerToolCall { .. }]
            )
    };
    last.role == "assistant"
        && next.role == "assistant"
        && last.name == next.name
        && last.finish_reason.is_none()
        && (is_item(next) || matches!(last.parts.last(), Some(Part::Reasoning { .. })))
}

/// Gemini's calls and answers may have no ids; each is paired by name and order, which
/// gives them `name#1`, `name#2`, ... The parts keep no name of an answer, so the names
/// come from the payload itself.
pub(super) fn pair_by_name(messages: &mut [Message], payload: &Json) {
    let unpaired = |part: &Part| matches!(part, Part::ToolCallResponse { id: None, .. });
    if !messages.iter().flat_map(|message| &message.parts).any(unpaired) {
        return;
    }
    let mut names = Vec::new();
    collect_answer_names(payload, 0, &mut names);
    let mut names = names.into_iter();
    let mut calls: HashMap<String, usize> = HashMap::new();
    let mut answers: HashMap<String, usize> = HashMap::new();
    for part in messages.iter_mut().flat_map(|message| message.parts.iter_mut()) {
        match part {
            Part::ToolCall { id: id @ None, name, .. } => *id = Some(numbered(&mut calls, name)),
            Part::ToolCallResponse { id: id @ None, .. } => {
                *id = names.next().map(|name| numbered(&mut answers, &name));
            }
            _ => {}
        }
    }
}

/// Names of Gemini's answers without an id, in order.
fn collect_answer_names(json: &Json, depth: usize, names: &mut Vec<String>) {
    if depth > NESTING_MAX {
        return;
    }
    match json {
        Json::Array(items) => {
            items.iter().for_each(|item| collect_answer_names(item, depth + 1, names));
        }
        Json::Object(members) => {
            let answer =
                members.get("functionResponse").or_else(|| members.get("function_response"));
            match answer {
                Some(answer) if answer.get("id").is_none_or(Json::is_null) => {
                    names.extend(answer.get("name").and_then(Json::as_str).map(str::to_owned));
                }
                Some(_) => {}
                None => {
                    members.values().for_each(|value| collect_answer_names(value, depth + 1, names))
                }
            }
        }
        _ => {}
    }
}

fn numbered(seen: &mut HashMap<String, usize>, name: &str) -> String {
    let count = seen.entry(name.to_owned()).or_default();
    *count += 1;
    format!("{name}#{count}")
}

/// Makes one message of the pieces of a streamed answer, where a sender lists each piece as a message (Gemini CLI).
pub(in crate::content) fn join_pieces(messages: &mut Vec<Message>) {
    let mut whole: Vec<Message> = Vec::new();
    for piece in std::mem::take(messages) {
        match whole.last_mut() {
            Some(before) if before.role == piece.role && before.finish_reason.is_none() => {
                before.finish_reason = piece.finish_reason;
                for part in piece.parts {
                    join_part(&mut before.parts, part);
                }
            }
            _ => whole.push(piece),
        }
    }
    *messages = whole;
}

fn join_part(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text { content: Some(before) }), Part::Text { content: Some(more) })
        | (
            Some(Part::Reasoning { content: Some(before) }),
            Part::Reasoning { content: Some(more) },
        ) => {
            before.push_str(&more);
        }
        (_, part) => parts.push(part),
    }
}
