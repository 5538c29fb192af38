//! The first text in a payload of any known message shape, found by scanning.

use crate::attributes::scan::{Cursor, Kind, beginning, unescaped};
use crate::span::PREVIEW_MAX_CHARS;

/// Lists are looked through up to this many entries.
const ENTRIES_MAX: usize = 64;

/// Wrappers inside wrappers are followed this deep.
const DEPTH_MAX: usize = 8;

/// What may be expected of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Messages, also without roles.
    Messages,
    /// The content of one message.
    Content,
    /// A model's request or answer: messages, or an object around them.
    Model,
    /// Anything; only what has roles is taken for messages.
    Payload,
}

/// The first text, or the first tool asked for; of a payload without message shape, its
/// beginning as sent.
pub(super) fn first_text(text: &str, shape: Shape) -> Option<String> {
    let mut cursor = Cursor::new(text);
    let trimmed = text.trim_start();
    match cursor.kind() {
        Some(Kind::Text) => {
            let inner = unescaped(cursor.raw_text()?, 64 * 1024);
            if inner.starts_with(['{', '[']) {
                return first_text(&inner, shape);
            }
            non_empty(&inner)
        }
        Some(Kind::Object | Kind::Array) => {
            let found = match shape {
                Shape::Content => content_text(cursor),
                _ => text_in(cursor, shape, 0),
            };
            match found {
                Some(found) => Some(found),
                None if is_message_shaped(cursor, shape) => call_in(cursor, 0),
                None => non_empty(trimmed),
            }
        }
        _ => non_empty(trimmed),
    }
}

/// The beginning of a payload as sent, freed of the quotes of JSON text.
pub(super) fn as_sent(text: &str) -> Option<String> {
    match Cursor::new(text).kind() {
        Some(Kind::Text) => {
            let inner = unescaped(Cursor::new(text).raw_text()?, PREVIEW_MAX_CHARS);
            non_empty(&inner)
        }
        _ => non_empty(text.trim_start()),
    }
}

fn non_empty(text: &str) -> Option<String> {
    let text = beginning(text, PREVIEW_MAX_CHARS);
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// Members of an object that may lead to a text.
#[derive(Default)]
struct Parts<'a> {
    role: bool,
    kind: Option<&'a str>,
    content: Option<Cursor<'a>>,
    parts: Option<Cursor<'a>>,
    text: Option<Cursor<'a>>,
    /// `message`, `messages`, `contents`, `choices`, `candidates`, `generations`,
    /// `kwargs`: around messages.
    wrapped: Option<Cursor<'a>>,
    /// `input`, `prompt`, `output`: around messages or texts, in a model's request.
    given: Option<Cursor<'a>>,
    /// `inputs`: LangChain's callbacks around a graph's state.
    inputs: Option<Cursor<'a>>,
    thought: bool,
}

impl<'a> Parts<'a> {
    fn of(object: Cursor<'a>) -> Self {
        let mut parts = Parts::default();
        for (name, mut value) in object.members().take(ENTRIES_MAX) {
            match name {
                "role" => parts.role = true,
                "type" => parts.kind = value.raw_text(),
                "content" => parts.content = Some(value),
                "parts" => parts.parts = Some(value),
                "text" => parts.text = Some(value),
                "thought" => parts.thought = value.slice() == "true",
                "message" | "messages" | "contents" | "choices" | "candidates" | "generations"
                | "kwargs" => {
                    parts.wrapped.get_or_insert(value);
                }
                "input" | "prompt" | "output" | "combined_chunk_content" => {
                    parts.given.get_or_insert(value);
                }
                "inputs" => parts.inputs = Some(value),
                _ => {}
            }
        }
        parts
    }

    fn is_message(&self) -> bool {
        let named = matches!(
            self.kind,
            Some(
                "human"
                    | "ai"
                    | "system"
                    | "tool"
                    | "HumanMessage"
                    | "AIMessage"
                    | "SystemMessage"
                    | "ToolMessage"
                    | "message"
            )
        );
        self.role || self.parts.is_some() || (named && self.content.is_some())
    }

    fn is_text_block(&self) -> bool {
        !self.thought
            && matches!(self.kind, None | Some("text" | "input_text" | "output_text" | "refusal"))
    }
}

fn text_in(cursor: Cursor<'_>, shape: Shape, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    let mut here = cursor;
    match here.kind()? {
        Kind::Array => pair_text(cursor).or_else(|| {
            cursor
                .elements()
                .take(ENTRIES_MAX)
                .find_map(|element| text_in(element, shape, depth + 1))
        }),
        Kind::Object => {
            let parts = Parts::of(cursor);
            let lenient = shape != Shape::Payload;
            if parts.is_message() || (lenient && parts.content.is_some()) {
                return parts
                    .parts
                    .and_then(content_text)
                    .or_else(|| parts.content.and_then(content_text));
            }
            if let Some(found) =
                parts.wrapped.and_then(|wrapped| text_in(wrapped, shape, depth + 1))
            {
                return Some(found);
            }
            if let Some(found) = parts.inputs.and_then(|inner| text_in(inner, shape, depth + 1)) {
                return Some(found);
            }
            if shape == Shape::Model
                && let Some(given) = parts.given
            {
                return text_in(given, shape, depth + 1);
            }
            (lenient && parts.is_text_block()).then(|| parts.text.and_then(content_text)).flatten()
        }
        Kind::Text if shape != Shape::Payload => plain(here.raw_text()?),
        _ => None,
    }
}

/// LangChain's users give messages as pairs: `["user", "hello"]`.
fn pair_text(pair: Cursor<'_>) -> Option<String> {
    let mut elements = pair.elements();
    let (mut role, mut text) = (elements.next()?, elements.next()?);
    let known = matches!(role.raw_text()?, "system" | "user" | "human" | "assistant" | "ai");
    if !known || elements.next().is_some() {
        return None;
    }
    plain(text.raw_text()?)
}

/// The first text of a message's content: a text, blocks, or one block.
fn content_text(cursor: Cursor<'_>) -> Option<String> {
    let mut here = cursor;
    match here.kind()? {
        Kind::Text => plain(here.raw_text()?),
        Kind::Array => {
            cursor.elements().take(ENTRIES_MAX).find_map(|mut element| match element.kind()? {
                Kind::Text => plain(element.raw_text()?),
                Kind::Object => block_text(element),
                _ => None,
            })
        }
        Kind::Object => {
            let parts = Parts::of(cursor);
            match parts.parts {
                Some(inner) => content_text(inner),
                None => block_text(cursor),
            }
        }
        Kind::Word => None,
    }
}

fn block_text(block: Cursor<'_>) -> Option<String> {
    let parts = Parts::of(block);
    if !parts.is_text_block() {
        return None;
    }
    let mut value = parts.text.or(parts.content)?;
    plain(value.raw_text()?)
}

fn plain(raw: &str) -> Option<String> {
    let text = unescaped(raw, PREVIEW_MAX_CHARS);
    (!text.trim().is_empty()).then(|| text.into_owned())
}

/// Whether an object or array is messages rather than data.
fn is_message_shaped(cursor: Cursor<'_>, shape: Shape) -> bool {
    if matches!(shape, Shape::Messages | Shape::Content) {
        return true;
    }
    let mut here = cursor;
    let first = match here.kind() {
        Some(Kind::Array) => cursor.elements().next(),
        _ => Some(cursor),
    };
    first.is_some_and(|first| {
        let parts = Parts::of(first);
        parts.is_message() || (parts.wrapped.is_some() && shape == Shape::Model)
    })
}

/// The first tool asked for, as `name(arguments)`.
fn call_in(cursor: Cursor<'_>, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    let mut here = cursor;
    match here.kind()? {
        Kind::Array => {
            cursor.elements().take(ENTRIES_MAX).find_map(|element| call_in(element, depth + 1))
        }
        Kind::Object => {
            let (mut name, mut arguments, mut inner) = (None, None, Vec::new());
            for (member, mut value) in cursor.members().take(ENTRIES_MAX) {
                match member {
                    "name" | "toolName" => name = value.raw_text(),
                    "arguments" | "input" | "args" => arguments = Some(value),
                    "function" | "functionCall" | "function_call" | "toolUse" | "tool_calls"
                    | "parts" | "content" | "message" | "choices" | "candidates" | "output"
                    | "kwargs" | "generations" => inner.push(value),
                    _ => {}
                }
            }
            match (name, arguments) {
                (Some(name), Some(arguments)) => Some(call(name, arguments)),
                _ => inner.into_iter().find_map(|value| call_in(value, depth + 1)),
            }
        }
        _ => None,
    }
}

fn call(name: &str, mut arguments: Cursor<'_>) -> String {
    let arguments = match arguments.kind() {
        Some(Kind::Text) => unescaped(arguments.raw_text().unwrap_or(""), PREVIEW_MAX_CHARS),
        _ => beginning(arguments.slice(), PREVIEW_MAX_CHARS).into(),
    };
    beginning(&format!("{name}({arguments})"), PREVIEW_MAX_CHARS).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_of_every_message_shape() {
        let messages = Shape::Messages;
        for (shape, text, want) in [
            (
                messages,
                r#"[{"role":"system","parts":[{"type":"text","content":"You plan"}]}]"#,
                "You plan",
            ),
            (
                messages,
                r#"[{"role":"user","parts":[{"content":"late type","type":"text"}]}]"#,
                "late type",
            ),
            (messages, r#"[{"content":"a"},{"content":"b"}]"#, "a"),
            (
                messages,
                r#"[{"index":0,"message":{"content":"It is","role":"assistant"}}]"#,
                "It is",
            ),
            (
                messages,
                r#"[{"id":"m","content":[{"text":"out","type":"output_text"}],"role":"assistant"}]"#,
                "out",
            ),
            (
                messages,
                r#"[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"yes"}]}]"#,
                "yes",
            ),
            (Shape::Model, r#"{"model":"m","input":"hello"}"#, "hello"),
            (
                Shape::Model,
                r#"{"tools":[{"x":"[{"}],"messages":[{"role":"user","content":"hi"}]}"#,
                "hi",
            ),
            (
                Shape::Model,
                r#"{"object":"response","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"o"}]}]}"#,
                "o",
            ),
            (
                Shape::Model,
                r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"t","thought":true},{"text":"answer"}]}}]}"#,
                "answer",
            ),
            (Shape::Model, r#"{"generations":[[{"text":"gen","message":{}}]]}"#, "gen"),
            (
                Shape::Payload,
                r#"{"messages":[{"role":"user","content":"in a chain"}]}"#,
                "in a chain",
            ),
            (
                Shape::Payload,
                r#"{"messages":[[{"lc":1,"kwargs":{"content":"lc","type":"human"}}]]}"#,
                "lc",
            ),
            (Shape::Payload, "plain text", "plain text"),
            (Shape::Payload, r#""quoted \"text\"""#, "quoted \"text\""),
            (Shape::Payload, r#"{"question": "What?"}"#, r#"{"question": "What?"}"#),
            (
                Shape::Payload,
                r#"{"model":"m","input":["a","b"]}"#,
                r#"{"model":"m","input":["a","b"]}"#,
            ),
            (Shape::Content, r#"[{"type":"text","text":"block"}]"#, "block"),
        ] {
            assert_eq!(first_text(text, shape).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn an_answer_without_text_shows_the_tool_asked_for() {
        for text in [
            r#"[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"a":1}}]}]"#,
            r#"[{"message":{"content":null,"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]}}]"#,
            r#"[{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{"a":1}}]}]"#,
        ] {
            assert_eq!(
                first_text(text, Shape::Messages).as_deref(),
                Some(r#"f({"a":1})"#),
                "{text}"
            );
        }
        assert_eq!(first_text(r#"[{"role":"user","parts":[]}]"#, Shape::Messages), None);
    }

    #[test]
    fn cut_and_hostile_payloads_give_what_there_is() {
        let cut = r#"[{"role":"user","content":"What is the wea"#;
        assert_eq!(first_text(cut, Shape::Messages).as_deref(), Some("What is the wea"));
        let deep = "[".repeat(100_000);
        assert!(first_text(&deep, Shape::Model).is_some());
        let quotes = format!("\"{}", "\\\"".repeat(10_000));
        first_text(&quotes, Shape::Payload);
    }
}
