//! What a model's answer says beside its text: tokens, model, id, why it stopped. In the
//! wrapped provider's own JSON, and in LangChain's.

use clew_model::value::{Attributes, Value};

use crate::limits::Limits;
use crate::raw::{RawFields, elements, is_blank};

/// Finish reasons that are read of one answer.
const REASONS_MAX: usize = 64;
/// LangChain nests batches of generations: `[[generation]]`.
const BATCHES_MAX: usize = 3;

/// The outputs of a run, read as far as facts stand in them.
#[derive(Default)]
pub(super) struct Answer<'a> {
    outputs: RawFields<'a>,
    /// LangChain's first message: `generations[0][0].message.kwargs`.
    message: RawFields<'a>,
    /// Its `response_metadata`.
    metadata: RawFields<'a>,
    /// LangChain's `llm_output`.
    result: RawFields<'a>,
}

impl<'a> Answer<'a> {
    /// Reads outputs, which may be anything.
    pub(super) fn of(outputs: &'a str) -> Answer<'a> {
        let outputs = object(Some(outputs));
        let message = object(first_generation(outputs.peek("generations")));
        let message = object(message.peek("message"));
        let message = inner(message, "kwargs");
        Answer {
            metadata: object(message.peek("response_metadata")),
            result: object(outputs.peek("llm_output")),
            message,
            outputs,
        }
    }

    /// Tokens: the answer's own, else the metadata's, else those on LangChain's message.
    pub(super) fn usage(&self, metadata: &RawFields<'_>) -> Option<Value> {
        let found = said(self.outputs.peek("usage_metadata"))
            .or_else(|| said(metadata.peek("usage_metadata")))
            .or_else(|| said(self.message.peek("usage_metadata")))
            .or_else(|| said(self.metadata.peek("token_usage")))
            .or_else(|| said(self.metadata.peek("usage")))
            .or_else(|| said(self.result.peek("token_usage")))?;
        Some(Value::String(found.to_owned()))
    }

    /// Model, id and finish reasons of a model call, by OpenTelemetry's names.
    pub(super) fn facts(&self) -> Attributes {
        let model = [
            self.outputs.peek_word("model"),
            self.metadata.peek_word("model_name"),
            self.metadata.peek_word("model"),
            self.result.peek_word("model_name"),
        ];
        // A chain's outputs may have an id of anything; a provider's answer has one of these.
        let is_answer = ["choices", "output", "content"];
        let is_answer = is_answer.iter().any(|name| self.outputs.peek(name).is_some());
        let id = self.outputs.peek_word("id").filter(|_| is_answer);
        let texts = [
            ("gen_ai.response.model", model.into_iter().flatten().next()),
            ("gen_ai.response.id", id),
        ];
        let mut attributes: Attributes = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), Value::String(text?))))
            .collect();
        let reasons = self.finish_reasons();
        if !reasons.is_empty() {
            let key = "gen_ai.response.finish_reasons".to_owned();
            attributes.push((key, Value::Array(reasons)));
        }
        attributes
    }

    fn finish_reasons(&self) -> Vec<Value> {
        let choices = self.outputs.peek("choices").and_then(|list| elements(list, most()).ok());
        let of_choices = choices
            .unwrap_or_default()
            .into_iter()
            .take(REASONS_MAX)
            .filter_map(|choice| object(Some(choice)).peek_word("finish_reason"));
        let others = [
            self.outputs.peek_word("stop_reason"),
            self.metadata.peek_word("finish_reason"),
            self.metadata.peek_word("stop_reason"),
        ];
        of_choices.chain(others.into_iter().flatten()).map(Value::String).collect()
    }

    /// The id of the call that LangChain's tool message answers.
    pub(super) fn tool_call_id(&self) -> Option<String> {
        let message = object(self.outputs.peek("output"));
        inner(message, "kwargs")
            .peek_word("tool_call_id")
            .or_else(|| self.outputs.peek_word("tool_call_id"))
    }
}

/// The first generation of the first batch.
fn first_generation(mut list: Option<&str>) -> Option<&str> {
    for _ in 0..BATCHES_MAX {
        match list {
            Some(text) if text.starts_with('[') => {
                list = elements(text, most()).ok()?.first().copied();
            }
            found => return found,
        }
    }
    None
}

/// Elements of a list of an answer; one that is longer says nothing.
fn most() -> usize {
    Limits::default().items_per_request
}

/// An object's fields, none where it is no object.
fn object(text: Option<&str>) -> RawFields<'_> {
    let text = text.filter(|text| text.starts_with('{'));
    text.and_then(|text| RawFields::read(text).ok()).unwrap_or_default()
}

/// The fields of a member that is an object, else the object's own.
fn inner<'a>(fields: RawFields<'a>, name: &str) -> RawFields<'a> {
    match fields.peek(name).filter(|text| text.starts_with('{')) {
        Some(text) => object(Some(text)),
        None => fields,
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| text.starts_with('{') && !is_blank(text))
}
