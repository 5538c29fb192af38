//! One answer in several messages: Google ADK writes a message for each chunk of a stream,
//! all but the last with an empty finish reason.

use std::borrow::Cow;

use serde_json::Value as Json;

/// The messages with such pieces joined.
pub(super) fn joined(items: &[Json]) -> Cow<'_, [Json]> {
    if !items.iter().any(is_piece) {
        return Cow::Borrowed(items);
    }
    let mut whole: Vec<Json> = Vec::with_capacity(items.len());
    for item in items {
        match whole.last_mut() {
            Some(last) if is_piece(last) && role(last) == role(item) => append(last, item),
            _ => whole.push(item.clone()),
        }
    }
    Cow::Owned(whole)
}

fn is_piece(message: &Json) -> bool {
    let reason = message.get("finish_reason").and_then(Json::as_str);
    reason == Some("") && message.get("parts").is_some_and(Json::is_array)
}

fn role(message: &Json) -> Option<&str> {
    message.get("role")?.as_str()
}

/// Adds the parts of `next`; a text goes on where a text ended.
fn append(last: &mut Json, next: &Json) {
    if let Some(reason) = next.get("finish_reason") {
        last["finish_reason"] = reason.clone();
    }
    let Some(Json::Array(parts)) = last.get_mut("parts") else { return };
    for part in next.get("parts").and_then(Json::as_array).into_iter().flatten() {
        let more = text(part).map(str::to_owned);
        let ended = parts.last_mut().filter(|last| text(last).is_some());
        match (ended.and_then(|last| last.get_mut("content")), more) {
            (Some(Json::String(said)), Some(more)) => said.push_str(&more),
            _ => parts.push(part.clone()),
        }
    }
}

fn text(part: &Json) -> Option<&str> {
    let is_text = part.get("type").and_then(Json::as_str) == Some("text");
    part.get("content").filter(|_| is_text)?.as_str()
}
