//! What a span carried: messages, arguments, results, documents. Derived at read.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::message::{Message, Part};

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
    /// Input of a span that has no messages: a tool's arguments, a chain's input.
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
