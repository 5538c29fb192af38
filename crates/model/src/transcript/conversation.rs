//! One conversation: the model calls and tools of one agent, in order.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value as Json;

use super::said::signature;
use super::{Body, CARD_DEPTH_MAX, Call, Entry, Source, card};
use crate::content::Content;
use crate::ids::SpanId;
use crate::message::{Message, Part};
use crate::span::{Category, SpanError};

/// Where a call stands: its entry, and its place in it.
type At = (usize, usize);

/// A conversation as far as it has been read.
#[derive(Default)]
pub(super) struct Conversation {
    pub(super) entries: Vec<Entry>,
    /// Somebody other than the system said something.
    pub(super) has_words: bool,
    /// How often each part of a message has been shown.
    shown: HashMap<u64, usize>,
    by_id: HashMap<String, At>,
    /// Calls without a span of their own yet, by tool.
    unmatched: HashMap<String, VecDeque<At>>,
    /// Calls whose answer no message has given yet.
    unanswered: VecDeque<At>,
    responses: HashSet<String>,
    /// Model calls before this index repeat one that was read.
    repeated_until: usize,
}

/// The span that says something.
#[derive(Clone, Copy)]
struct From {
    span_id: SpanId,
    start_offset_nanos: i64,
}

impl Conversation {
    /// Reads the spans of a range of the tree.
    pub(super) fn of(source: &mut Source<'_>, first: usize, end: usize, depth: usize) -> Self {
        let mut conversation = Conversation::default();
        let mut index = first;
        while index < end {
            index = conversation.read(source, index, depth);
        }
        for entry in &mut conversation.entries {
            if let Body::Tools { calls, identical, .. } = &mut entry.body {
                let same = |call: &Call| call.arguments == calls[0].arguments;
                *identical = calls.len() > 1 && calls.iter().all(same);
            }
        }
        conversation
    }

    /// Reads one span; returns the index of the next one to read.
    fn read(&mut self, source: &mut Source<'_>, index: usize, depth: usize) -> usize {
        let node = &source.tree.nodes()[index];
        let from = From { span_id: node.span.span_id, start_offset_nanos: source.offset(index) };
        let end = source.tree.end_of(index);
        match node.span.category {
            Category::Agent => {
                let card = Box::new(card(source, index, end, depth + 1));
                self.push(from, Body::Agent { card });
                end
            }
            Category::Tool => {
                self.tool(source, from, index, depth);
                end
            }
            Category::Llm => {
                self.call(source, from, index);
                index + 1
            }
            Category::Retrieval
            | Category::Reranker
            | Category::Guardrail
            | Category::Evaluator
            | Category::Memory => {
                let span = &node.span;
                let step = Body::Step {
                    category: span.category,
                    name: span.display_name.clone().unwrap_or_else(|| span.name.clone()),
                    input: span.input_preview.clone(),
                    output: span.output_preview.clone(),
                    error: node.failed().then(|| span.error.clone().unwrap_or_default()),
                };
                self.push(from, step);
                index + 1
            }
            _ => index + 1,
        }
    }

    /// A model call: what is new in its input, and its answer.
    fn call(&mut self, source: &mut Source<'_>, from: From, index: usize) {
        let node = &source.tree.nodes()[index];
        let again = node.span.response_id.as_ref();
        let again = again.is_some_and(|id| !self.responses.insert(id.clone()));
        if again || index < self.repeated_until {
            return;
        }
        let content = source.content(index).unwrap_or_default();
        self.input(source, from, &content);
        for message in &content.output_messages {
            self.repeated_until = source.tree.end_of(index);
            self.output(source, from, message);
        }
        if node.failed() {
            let error = node.span.error.clone().unwrap_or_else(|| SpanError {
                kind: String::new(),
                message: "the model call failed".to_owned(),
            });
            self.push(from, Body::Failed { error });
        }
    }

    /// Shows the parts that a call has more often than they have been shown.
    fn input(&mut self, source: &Source<'_>, from: From, content: &Content) {
        let system = content.system_instructions.iter().map(|part| ("system", part));
        let messages = content
            .input_messages
            .iter()
            .flat_map(|message| message.parts.iter().map(|part| (message.role.as_str(), part)));
        let mut here: HashMap<u64, usize> = HashMap::new();
        for (role, part) in system.chain(messages) {
            let sign = signature(role, part);
            let times = here.entry(sign).or_default();
            *times += 1;
            let shown = self.shown.entry(sign).or_default();
            if *times > *shown {
                *shown = *times;
                self.say(source, from, role, part);
            }
        }
    }

    fn output(&mut self, source: &Source<'_>, from: From, message: &Message) {
        let role = if message.role.is_empty() { "assistant" } else { &message.role };
        for part in &message.parts {
            *self.shown.entry(signature(role, part)).or_default() += 1;
            self.say(source, from, role, part);
        }
    }

    /// Everything that a span without model calls says for itself.
    pub(super) fn said_by(source: &Source<'_>, index: usize, content: &Content) -> [Vec<Entry>; 2] {
        let span_id = source.tree.nodes()[index].span.span_id;
        let from = From { span_id, start_offset_nanos: source.offset(index) };
        let mut before = Conversation::default();
        before.input(source, from, content);
        if content.input_messages.is_empty() {
            before.text(source, from, "user", content.input.as_ref());
        }
        let mut after = Conversation::default();
        for message in &content.output_messages {
            after.output(source, from, message);
        }
        if content.output_messages.is_empty() {
            after.text(source, from, "assistant", content.output.as_ref());
        }
        [before.entries, after.entries]
    }

    fn text(&mut self, source: &Source<'_>, from: From, role: &str, value: Option<&Json>) {
        let text = match value {
            None | Some(Json::Null) => return,
            Some(Json::String(text)) => source.clip(text),
            Some(other) => source.clip(&other.to_string()),
        };
        self.push(from, Body::Text { role: role.to_owned(), text: Some(text) });
    }

    fn say(&mut self, source: &Source<'_>, from: From, role: &str, part: &Part) {
        let clip = |text: &Option<String>| text.as_deref().map(|text| source.clip(text));
        let body = match part {
            Part::Text { content } if content.as_deref() == Some("") => return,
            Part::Text { content: Some(text) } if role == "tool" && !self.unanswered.is_empty() => {
                return self.answer(from, None, &Json::String(text.clone()));
            }
            Part::Text { content } => {
                self.has_words |= content.is_some() && role != "system";
                Body::Text { role: role.to_owned(), text: clip(content) }
            }
            Part::Reasoning { content } => Body::Thinking { text: clip(content) },
            Part::ToolCall { id, name, arguments } => {
                return self.ask(from, name, id.as_deref(), arguments, false);
            }
            Part::ServerToolCall { id, name, server_tool_call } => {
                return self.ask(from, name, id.as_deref(), server_tool_call, true);
            }
            Part::ToolCallResponse { id, response } => {
                return self.answer(from, id.as_deref(), response);
            }
            Part::ServerToolCallResponse { id, server_tool_call_response } => {
                return self.answer(from, id.as_deref(), server_tool_call_response);
            }
            Part::Blob { modality, mime_type, .. } => media(role, modality, mime_type, None),
            Part::File { modality, file_id, mime_type } => {
                media(role, modality, mime_type, Some(file_id))
            }
            Part::Uri { modality, uri, mime_type } => media(role, modality, mime_type, Some(uri)),
            Part::Compaction { content, .. } => Body::Compaction { text: clip(content) },
            Part::Other(part) => Body::Other { part: part.clone() },
        };
        self.push(from, body);
    }

    /// The model asks for a tool.
    fn ask(
        &mut self,
        from: From,
        name: &str,
        id: Option<&str>,
        arguments: &Json,
        by_provider: bool,
    ) {
        let at = self.push_call(
            from,
            name,
            Call {
                span_id: Some(from.span_id),
                call_id: id.map(str::to_owned),
                arguments: Some(arguments.clone()),
                by_provider,
                ..Call::default()
            },
        );
        if let Some(id) = id {
            self.by_id.insert(id.to_owned(), at);
        }
        self.unanswered.push_back(at);
        if !by_provider {
            self.unmatched.entry(name.to_owned()).or_default().push_back(at);
        }
    }

    /// A tool's answer in a message. What the tool's own span says stays.
    fn answer(&mut self, from: From, id: Option<&str>, response: &Json) {
        let at = match id {
            Some(id) => self.by_id.get(id).copied(),
            None => self.unanswered.front().copied(),
        };
        self.unanswered.retain(|other| Some(*other) != at);
        let Some(at) = at else {
            let call = Call {
                span_id: Some(from.span_id),
                call_id: id.map(str::to_owned),
                result: Some(response.clone()),
                ..Call::default()
            };
            self.push_call(from, "tool", call);
            return;
        };
        if let Some(call) = self.call_at(at) {
            call.result.get_or_insert_with(|| response.clone());
        }
    }

    /// A tool that ran: completes the call that the model asked for, or stands alone.
    fn tool(&mut self, source: &mut Source<'_>, from: From, index: usize, depth: usize) {
        let content = source.content(index).unwrap_or_default();
        let node = &source.tree.nodes()[index];
        let tool = content.tool.unwrap_or_default();
        let name = node.span.tool_name.clone().or(tool.name);
        let name = name.unwrap_or_else(|| node.span.name.clone());
        let call_id = node.span.tool_call_id.clone().or(tool.call_id);
        let (duration_nanos, failed) = (node.span.duration_nanos(), node.failed());
        let error = node.span.error.clone().filter(|_| failed);
        let end = source.tree.end_of(index);
        let at = match self.asked(&name, call_id.as_deref()) {
            Some(at) => at,
            None => {
                let at = self.push_call(
                    from,
                    &name,
                    Call { call_id: call_id.clone(), ..Call::default() },
                );
                call_id.map(|id| self.by_id.insert(id, at));
                at
            }
        };
        let (inside, omitted_spans) = match depth < CARD_DEPTH_MAX {
            true => (Conversation::of(source, index + 1, end, depth + 1).entries, 0),
            false => (Vec::new(), (end - index - 1) as u64),
        };
        let Some(call) = self.call_at(at) else { return };
        call.span_id = Some(from.span_id);
        call.arguments = tool.arguments.or(content.input).or(call.arguments.take());
        call.result = tool.result.or(content.output).or(call.result.take());
        (call.duration_nanos, call.failed, call.error) = (duration_nanos, failed, error);
        (call.inside, call.omitted_spans) = (inside, omitted_spans);
    }

    /// The call that a tool's span belongs to, taken off the list of those without one.
    fn asked(&mut self, name: &str, id: Option<&str>) -> Option<At> {
        let at = match id.and_then(|id| self.by_id.get(id).copied()) {
            Some(at) => at,
            None => {
                let waiting = self.unmatched.get(name)?;
                let fits = |at: &&At| {
                    let has_id = self.entries.get(at.0).is_some_and(|entry| match &entry.body {
                        Body::Tools { calls, .. } => calls[at.1].call_id.is_some(),
                        _ => false,
                    });
                    // A span with an id of its own is not the answer to another id.
                    id.is_none() || !has_id
                };
                *waiting.iter().find(fits)?
            }
        };
        if let Some(waiting) = self.unmatched.get_mut(name) {
            waiting.retain(|other| *other != at);
        }
        Some(at)
    }

    fn call_at(&mut self, at: At) -> Option<&mut Call> {
        match &mut self.entries.get_mut(at.0)?.body {
            Body::Tools { calls, .. } => calls.get_mut(at.1),
            _ => None,
        }
    }

    /// Adds a call, to the entry before where that is the same tool.
    fn push_call(&mut self, from: From, tool: &str, call: Call) -> At {
        if let Some(Entry { body: Body::Tools { name, calls, .. }, .. }) = self.entries.last_mut()
            && name == tool
        {
            calls.push(call);
            let last = calls.len() - 1;
            return (self.entries.len() - 1, last);
        }
        let body = Body::Tools { name: tool.to_owned(), calls: vec![call], identical: false };
        self.push(from, body);
        (self.entries.len() - 1, 0)
    }

    fn push(&mut self, from: From, body: Body) {
        let From { span_id, start_offset_nanos } = from;
        self.entries.push(Entry { span_id, start_offset_nanos, body });
    }
}

fn media(
    role: &str,
    modality: &str,
    mime_type: &Option<String>,
    reference: Option<&String>,
) -> Body {
    Body::Media {
        role: role.to_owned(),
        modality: modality.to_owned(),
        mime_type: mime_type.clone(),
        reference: reference.cloned(),
    }
}
