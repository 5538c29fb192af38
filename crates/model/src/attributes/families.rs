//! Flattened lists (`llm.input_messages.0.message.content`), noted while attributes are
//! filed: just what previews and sizes need. Whole lists are read by [`super::indexed`].

use super::indexed::index_and_rest;
use super::is_usable;
use crate::value::Value;

/// What the pass over the attributes saw of one flattened list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Family<'a> {
    /// The first text by index, with its place.
    pub(crate) text: Option<((usize, usize), &'a str)>,
    /// The name of the first tool asked for.
    pub(crate) tool_name: Option<(usize, &'a str)>,
    /// Bytes of all values.
    pub(crate) bytes: u64,
}

/// The flattened lists of a span.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Families<'a> {
    /// Any of the lists is there.
    pub(crate) any: bool,
    /// `llm.input_messages.N.message...`
    pub(crate) openinference_input: Family<'a>,
    /// `llm.output_messages.N.message...`
    pub(crate) openinference_output: Family<'a>,
    /// `gen_ai.prompt.N...`
    pub(crate) traceloop_input: Family<'a>,
    /// `gen_ai.completion.N...`
    pub(crate) traceloop_output: Family<'a>,
    /// `embedding.embeddings.N.embedding.text`
    pub(crate) embeddings: Family<'a>,
    /// `llm.prompts.N.prompt.text`
    pub(crate) prompts: Family<'a>,
    /// `llm.choices.N.completion.text`
    pub(crate) choices: Family<'a>,
    /// `retrieval.documents.N.document...`, `reranker.output_documents.N...`
    pub(crate) documents: Family<'a>,
}

impl<'a> Families<'a> {
    /// Takes note of an attribute with an unknown key.
    pub(crate) fn note(&mut self, key: &'a str, value: &'a Value) {
        let (family, prefix) = match key.as_bytes() {
            [b'l', b'l', b'm', b'.', b'i', ..] => {
                (&mut self.openinference_input, "llm.input_messages.")
            }
            [b'l', b'l', b'm', b'.', b'o', ..] => {
                (&mut self.openinference_output, "llm.output_messages.")
            }
            [b'l', b'l', b'm', b'.', b'p', ..] => (&mut self.prompts, "llm.prompts."),
            [b'l', b'l', b'm', b'.', b'c', ..] => (&mut self.choices, "llm.choices."),
            [b'g', b'e', b'n', b'_', b'a', b'i', b'.', b'p', ..] => {
                (&mut self.traceloop_input, "gen_ai.prompt.")
            }
            [b'g', b'e', b'n', b'_', b'a', b'i', b'.', b'c', ..] => {
                (&mut self.traceloop_output, "gen_ai.completion.")
            }
            [b'e', b'm', b'b', ..] => (&mut self.embeddings, "embedding.embeddings."),
            [b'r', b'e', b't', ..] => (&mut self.documents, "retrieval.documents."),
            [b'r', b'e', b'r', ..] => (&mut self.documents, "reranker.output_documents."),
            _ => return,
        };
        if let Some((index, rest)) = key.strip_prefix(prefix).and_then(index_and_rest) {
            family.note(index, rest, value);
            self.any = true;
        }
    }
}

impl<'a> Family<'a> {
    fn note(&mut self, index: usize, rest: &str, value: &'a Value) {
        let Value::String(text) = value else { return };
        self.bytes += text.len() as u64;
        match place(rest) {
            Some(Place::Text(inner)) => {
                let place = (index, inner);
                if is_usable(value) && self.text.is_none_or(|(earlier, _)| place < earlier) {
                    self.text = Some((place, text));
                }
            }
            Some(Place::ToolName) if self.tool_name.is_none_or(|(first, _)| index < first) => {
                self.tool_name = Some((index, text));
            }
            _ => {}
        }
    }
}

enum Place {
    Text(usize),
    ToolName,
}

/// What a key says after its index.
fn place(rest: &str) -> Option<Place> {
    match rest {
        "message.content" | "content" | "embedding.text" | "prompt.text" | "completion.text"
        | "document.content" => return Some(Place::Text(0)),
        "message.tool_calls.0.tool_call.function.name"
        | "tool_calls.0.name"
        | "message.function_call_name" => return Some(Place::ToolName),
        _ => {}
    }
    let (inner, rest) = index_and_rest(rest.strip_prefix("message.contents.")?)?;
    (rest == "message_content.text").then_some(Place::Text(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_index_gives_the_text_whatever_the_order() {
        let values: Vec<(&str, Value)> = vec![
            ("llm.input_messages.10.message.content", "late".into()),
            ("llm.input_messages.2.message.contents.1.message_content.text", "second".into()),
            ("llm.input_messages.2.message.contents.0.message_content.text", "first".into()),
            ("llm.input_messages.99999999999999999999.message.content", "huge".into()),
            ("llm.output_messages.0.message.tool_calls.0.tool_call.function.name", "f".into()),
            ("gen_ai.prompt.name", "not a message".into()),
        ];
        let mut families = Families::default();
        for (key, value) in &values {
            families.note(key, value);
        }
        assert_eq!(families.openinference_input.text, Some(((2, 0), "first")));
        assert_eq!(families.openinference_output.tool_name, Some((0, "f")));
        assert!(families.traceloop_input.text.is_none());
    }
}
