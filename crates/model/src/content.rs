//! What a span carried: messages, arguments, results, documents. Derived at read.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::attributes::AttrView;
use crate::message::{Message, Part};
use crate::normalise;
use crate::source::SourceSpan;
use crate::span::Category;

mod annotations;
mod assembled;
mod blocks;
mod evaluations;
mod flattened;
mod from_events;
mod media;
mod messages;
mod parameters;
mod payload;
mod retrieval;
mod tools;

use messages::Side;

/// The payload of one span in one shape for all senders.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Content {
    /// What the model was given, without `system_instructions` given apart.
    pub input_messages: Vec<Message>,
    /// What it answered, one message a choice.
    pub output_messages: Vec<Message>,
    /// System instructions given apart from the messages.
    pub system_instructions: Vec<Part>,
    /// Tools the model could call, `{name, description?, parameters?, type?}` each.
    pub tool_definitions: Vec<Json>,
    /// Input of a span that has no messages: a tool's arguments, a chain's input, the list
    /// of texts that were embedded.
    /// Decoded where it was JSON, else text.
    pub input: Option<Json>,
    /// Output of a span that has no messages.
    pub output: Option<Json>,
    /// Set on tool spans.
    pub tool: Option<ToolContent>,
    /// Set on retrieval, re-ranking and memory spans.
    pub retrieval: Option<RetrievalContent>,
    /// Request parameters by their OTel name without the prefix (`temperature`, ...).
    pub parameters: serde_json::Map<String, Json>,
    /// Every finish reason, canonical.
    pub finish_reasons: Vec<String>,
    /// Error with its stack.
    pub exception: Option<Exception>,
    /// Verdicts that the sender put on the span.
    pub evaluations: Vec<Evaluation>,
    /// Name, version and variables of a managed prompt.
    pub prompt: Option<Json>,
    /// Free metadata of the sender.
    pub metadata: serde_json::Map<String, Json>,
    /// Hook name and modified input or output, delegation's member, mode and sub-run.
    pub details: serde_json::Map<String, Json>,
}

/// A tool call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ToolContent {
    /// Name of the tool.
    pub name: Option<String>,
    /// The model's id of the call.
    pub call_id: Option<String>,
    /// `function`, `extension`, `datastore`, `mcp`, ...
    pub kind: Option<String>,
    /// What the tool does.
    pub description: Option<String>,
    /// Decoded where it was JSON.
    pub arguments: Option<Json>,
    /// Decoded where it was JSON.
    pub result: Option<Json>,
}

/// A search and what it found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RetrievalContent {
    /// What was looked for.
    pub query: Option<String>,
    /// How many were wanted.
    pub top_k: Option<i64>,
    /// Where it looked.
    pub data_source: Option<String>,
    /// In the order of the answer.
    pub documents: Vec<Document>,
}

/// One found document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Document {
    /// The store's id.
    pub id: Option<String>,
    /// Larger is better.
    pub score: Option<f64>,
    /// Smaller is better.
    pub distance: Option<f64>,
    /// Text.
    pub content: Option<String>,
    /// Whatever else came along.
    pub metadata: Option<Json>,
}

/// An exception as the sender recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exception {
    /// Class.
    pub kind: Option<String>,
    /// Text.
    pub message: Option<String>,
    /// Stack trace.
    pub stack: Option<String>,
    /// HTTP or RPC status code.
    pub code: Option<String>,
}

/// A verdict that came with a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Name of the measure.
    pub name: String,
    /// Number.
    pub score: Option<f64>,
    /// Word.
    pub label: Option<String>,
    /// Why.
    pub explanation: Option<String>,
    /// `HUMAN`, `LLM`, `CODE` or the sender's own word.
    pub annotator: Option<String>,
    /// `span`, `trace` or `session`.
    pub target: String,
}

/// Derives the payload of one span.
pub fn content(source: &SourceSpan) -> Content {
    let view = AttrView::of_span(source);
    let category = normalise::category_of(source, &view);
    let mut content = Content {
        retrieval: retrieval::retrieval(source, &view, category),
        exception: annotations::exception(source, &view),
        evaluations: evaluations::evaluations(source, &view, category),
        prompt: annotations::prompt(&view),
        metadata: annotations::metadata(&view),
        details: annotations::details(&view),
        finish_reasons: normalise::finish_reasons(&view),
        ..Content::default()
    };
    if category == Category::Tool {
        add_tool(&mut content, source, &view);
    } else {
        add_payload(&mut content, source, &view, category);
    }
    content
}

/// What kind of step a span is, for whoever has its payload and not its facts.
pub fn category(source: &SourceSpan) -> Category {
    normalise::category_of(source, &AttrView::of_span(source))
}

/// A tool's arguments and result are never messages, whatever they look like.
fn add_tool(content: &mut Content, source: &SourceSpan, view: &AttrView<'_>) {
    use normalise::fields::{TOOL_CALL_IDS, TOOL_DESCRIPTIONS, TOOL_TYPES};
    let span_name = source.name.as_deref().unwrap_or("");
    let is_mcp = crate::convention::Layers::MCP.meets(view.layers);
    let tool = ToolContent {
        name: normalise::tool_name(view, span_name),
        call_id: view.first_string(TOOL_CALL_IDS),
        kind: view.first_string(TOOL_TYPES).or_else(|| is_mcp.then(|| "mcp".to_owned())),
        description: view.first_string(TOOL_DESCRIPTIONS),
        arguments: normalise::tool_arguments(view, &source.events).map(normalise::tool_given),
        result: normalise::tool_result(view, &source.events).map(normalise::tool_gave),
    };
    content.input = tool.arguments.clone();
    content.output = tool.result.clone();
    content.tool = Some(tool);
}

fn add_payload(
    content: &mut Content,
    source: &SourceSpan,
    view: &AttrView<'_>,
    category: Category,
) {
    let embedded = match category {
        Category::Embedding => retrieval::embedded_texts(view),
        _ => Vec::new(),
    };
    let input = match embedded.is_empty() {
        true => payload::payload(source, view, category, Side::Input),
        false => payload::Payload { raw: Some(embedded.into()), ..payload::Payload::default() },
    };
    let output = payload::payload(source, view, category, Side::Output);
    content.system_instructions = assembled::system_instructions(source, view);
    if content.system_instructions.is_empty() {
        content.system_instructions = input.converted.system;
    }
    content.tool_definitions = tools::definitions(source, view, &input.converted.tools);
    content.parameters = parameters::parameters(view, input.converted.parameters);
    content.input_messages = input.converted.messages;
    content.output_messages = output.converted.messages;
    if crate::convention::Layers::GC.meets(view.layers) {
        messages::join_pieces(&mut content.output_messages);
    }
    content.input = input.raw;
    content.output = output.raw;
    if content.finish_reasons.is_empty() {
        let reasons = content.output_messages.iter().filter_map(|said| said.finish_reason.clone());
        content.finish_reasons = reasons.collect();
    }
}
