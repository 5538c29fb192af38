//! Messages in the OTel GenAI shape: role and parts.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One message of a conversation. One output message is one choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user`, `assistant`, `tool`, or the sender's own word.
    pub role: String,
    /// In order.
    pub parts: Vec<Part>,
    /// Name of the participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Canonical finish reason, on output messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
}

/// A piece of a message. The `type` words are OTel's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// Text.
    Text {
        /// The text; `None` where the sender left the content out.
        content: Option<String>,
    },
    /// The model's thinking.
    Reasoning {
        /// The text; `None` where the sender left it out or encrypted it.
        content: Option<String>,
    },
    /// The model asks for a tool.
    ToolCall {
        /// The model's id of the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Name of the tool.
        name: String,
        /// Decoded where it was JSON, else the text as sent.
        arguments: Json,
    },
    /// A tool's answer.
    ToolCallResponse {
        /// The model's id of the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Decoded where it was JSON, else the text as sent.
        response: Json,
    },
    /// A tool that the provider ran.
    ServerToolCall {
        /// The model's id of the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Name of the tool.
        name: String,
        /// As sent.
        server_tool_call: Json,
    },
    /// The answer of a tool that the provider ran.
    ServerToolCallResponse {
        /// The model's id of the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// As sent.
        server_tool_call_response: Json,
    },
    /// Media inside the message, base64.
    Blob {
        /// `image`, `audio`, `video`, `document` or the sender's own word.
        modality: String,
        /// Media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
        /// Base64 as sent.
        content: String,
    },
    /// Media kept by the provider.
    File {
        /// As in `Blob`.
        modality: String,
        /// The provider's id.
        file_id: String,
        /// Media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
    },
    /// Media elsewhere. Never fetched.
    Uri {
        /// As in `Blob`.
        modality: String,
        /// Where.
        uri: String,
        /// Media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
    },
    /// The history was compacted here.
    Compaction {
        /// The provider's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// What is left of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
    /// A part of a type that this version does not know, as sent.
    #[serde(untagged)]
    Other(Json),
}
