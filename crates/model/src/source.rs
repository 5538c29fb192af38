//! What a receiver hands on: a span as its sender gave it, in one shape for all senders.
//!
//! A [`SourceSpan`] is the thing that is stored (ruling 16); everything else is derived
//! from it by [`crate::normalise`] and may be derived again with a later mapping.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{SpanId, TraceId};
use crate::value::Attributes;

/// One span, or one part of one: an SDK may send the start and the end of a span apart,
/// patch it later, or send a log record that belongs to it before the span itself. Parts
/// of one span are combined by [`crate::fold::fold`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceSpan {
    /// The run it belongs to.
    pub trace_id: TraceId,
    /// Its own id, unique inside the trace.
    pub span_id: SpanId,
    /// `None`: the sender says that it is a root, or this part does not say.
    pub parent_span_id: Option<SpanId>,
    /// The sender's own id of the span where it is not the hex above.
    pub sender_span_id: Option<String>,
    /// The sender's own id of the trace where it is not the hex above.
    pub sender_trace_id: Option<String>,
    /// `None` in a part that does not say, such as a log record joined to the span.
    pub name: Option<String>,
    /// OTLP's span kind.
    pub kind: SpanKind,
    /// Nanoseconds since 1970 UTC; `None` in a part that does not say.
    pub start_nanos: Option<i64>,
    /// Nanoseconds since 1970 UTC; `None` while the span is open.
    pub end_nanos: Option<i64>,
    /// The status that the sender set.
    pub status: SourceStatus,
    /// As sent, in order.
    pub attributes: Attributes,
    /// As sent, in order; log records that belong to the span stand here too, with
    /// their place marked by [`SourceEvent::from_log`].
    pub events: Vec<SourceEvent>,
    /// As sent, in order.
    pub links: Vec<SourceLink>,
    /// W3C trace state, empty where there is none.
    pub trace_state: String,
    /// OTLP's flags.
    pub flags: u32,
    /// What the sender's SDK dropped before sending.
    pub dropped: Dropped,
    /// The thing that produced the span; shared by the spans of a request.
    pub resource: Arc<Resource>,
    /// The instrumentation library; shared by the spans of a request.
    pub scope: Arc<Scope>,
    /// The receiver's format.
    pub sender: Sender,
    /// The sender's own version number or update time of this part, if it gives one.
    pub version: Option<i64>,
    /// The sender's own place among siblings, if it gives one.
    pub sequence: Option<i64>,
    /// Of a combined span: which fields came from parts other than its newest, and how
    /// new those parts were. [`crate::fold::fold`] needs it to give the same result in
    /// every order of arrival. Empty for a span that came in one piece; part of the
    /// record, to be stored with it.
    #[serde(default)]
    pub older: Vec<OlderFields>,
}

/// The fields that one older part gave to a combined span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderFields {
    /// How new the part was.
    pub age: PartAge,
    /// Places in the span: a field's name (`name`, `resource`, ...), or `attributes` and
    /// the keys on the way to the value. Sorted.
    pub paths: Vec<Vec<String>>,
}

/// How new a part of a span is; the larger one's fields win.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct PartAge {
    /// It is more than the notice of a start that another span brings (Logfire).
    pub settled: bool,
    /// Its end; ended is newer than open.
    pub end_nanos: Option<i64>,
    /// The sender's version or update time.
    pub version: Option<i64>,
    /// It says a name, a start or an end: more than a log record does.
    pub speaks: bool,
}

impl SourceSpan {
    /// A note: what a sender says about a whole run beside its spans, such as its name, session
    /// and user. It has the shape of a part of a span, so that notes are combined and derived
    /// like spans, but is none: it is in no tree and no count.
    pub fn note(trace_id: TraceId, sender: Sender) -> SourceSpan {
        SourceSpan::part(trace_id, SpanId::NOTE, sender)
    }

    /// A part that says nothing yet but its ids.
    pub fn part(trace_id: TraceId, span_id: SpanId, sender: Sender) -> SourceSpan {
        SourceSpan {
            trace_id,
            span_id,
            parent_span_id: None,
            sender_span_id: None,
            sender_trace_id: None,
            name: None,
            kind: SpanKind::Unspecified,
            start_nanos: None,
            end_nanos: None,
            status: SourceStatus::default(),
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            trace_state: String::new(),
            flags: 0,
            dropped: Dropped::default(),
            resource: Arc::default(),
            scope: Arc::default(),
            sender,
            version: None,
            sequence: None,
            older: Vec::new(),
        }
    }
}

/// OTLP `SpanKind`, with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum SpanKind {
    /// 0, or absent.
    #[default]
    Unspecified = 0,
    /// 1.
    Internal = 1,
    /// 2.
    Server = 2,
    /// 3.
    Client = 3,
    /// 4.
    Producer = 4,
    /// 5.
    Consumer = 5,
}

/// The status as sent. [`crate::span::Status`] is the one after normalising.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceStatus {
    /// OTLP's code.
    pub code: StatusCode,
    /// Text for people, empty where there is none.
    pub message: String,
}

/// OTLP `StatusCode`, with its numbers; a larger one wins when parts are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum StatusCode {
    /// 0.
    #[default]
    Unset = 0,
    /// 1.
    Ok = 1,
    /// 2.
    Error = 2,
}

/// A timed record on a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceEvent {
    /// Nanoseconds since 1970 UTC.
    pub time_nanos: i64,
    /// The event's name.
    pub name: String,
    /// As sent. A log record's body stands under the key `body`.
    pub attributes: Attributes,
    /// What the sender's SDK dropped.
    pub dropped_attributes_count: u32,
    /// It came as an OTLP log record and was joined to the span by its ids.
    pub from_log: Option<LogOrigin>,
}

/// What a log record has that a span event has not, so that it can be given out again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogOrigin {
    /// OTLP's severity number, 0 to 24.
    pub severity_number: i32,
    /// The sender's severity text.
    pub severity_text: String,
    /// Name of the instrumentation scope that logged it.
    pub scope_name: String,
    /// When it was observed, nanoseconds since 1970 UTC.
    pub observed_nanos: i64,
}

/// A reference to a span of this or another trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceLink {
    /// The other trace.
    pub trace_id: TraceId,
    /// The other span.
    pub span_id: SpanId,
    /// W3C trace state of the link.
    pub trace_state: String,
    /// As sent.
    pub attributes: Attributes,
    /// What the sender's SDK dropped.
    pub dropped_attributes_count: u32,
    /// OTLP's flags.
    pub flags: u32,
}

/// How much the sender's SDK dropped because of its own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dropped {
    /// Attributes of the span.
    pub attributes: u32,
    /// Events of the span.
    pub events: u32,
    /// Links of the span.
    pub links: u32,
}

/// OTLP's resource.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Resource {
    /// As sent.
    pub attributes: Attributes,
    /// What the sender's SDK dropped.
    pub dropped_attributes_count: u32,
    /// Schema of the attributes, empty where there is none.
    pub schema_url: String,
}

/// OTLP's instrumentation scope.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// Name of the library.
    pub name: String,
    /// Its version.
    pub version: String,
    /// As sent.
    pub attributes: Attributes,
    /// What the sender's SDK dropped.
    pub dropped_attributes_count: u32,
    /// Schema of the spans' attributes, empty where there is none.
    pub schema_url: String,
}

/// Which receiver took it. Stored by number; numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Sender {
    /// OpenTelemetry, any transport.
    Otlp = 1,
    /// AgentOS run, span and event calls.
    Agentos = 2,
    /// LangSmith's runs.
    Langsmith = 3,
    /// Langfuse's event batches; later versions speak OpenTelemetry.
    Langfuse = 4,
    /// The exporter of OpenAI's Agents SDK.
    OpenaiAgents = 5,
    /// Braintrust's rows.
    Braintrust = 6,
    /// MLflow's tracking calls and artifacts; its spans mostly come as OpenTelemetry.
    Mlflow = 7,
    /// Claude Code's local session files.
    ClaudeSession = 8,
    /// Logged requests and answers of OpenAI's API.
    OpenaiLog = 9,
}

impl Sender {
    /// Every sender with its word in exported spans.
    pub const WORDS: [(Sender, &'static str); 9] = [
        (Sender::Otlp, "otlp"),
        (Sender::Agentos, "agentos"),
        (Sender::Langsmith, "langsmith"),
        (Sender::Langfuse, "langfuse"),
        (Sender::OpenaiAgents, "openai_agents"),
        (Sender::Braintrust, "braintrust"),
        (Sender::Mlflow, "mlflow"),
        (Sender::ClaudeSession, "claude_session"),
        (Sender::OpenaiLog, "openai_log"),
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(sender, _)| *sender == self).map_or("", |(_, word)| word)
    }

    /// The sender of a word.
    pub fn from_word(word: &str) -> Option<Sender> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(sender, _)| *sender)
    }

    /// The sender of a stored number.
    pub fn from_number(number: u8) -> Option<Sender> {
        Self::WORDS.iter().find(|(sender, _)| *sender as u8 == number).map(|(sender, _)| *sender)
    }
}

/// A flat, timed record on a run, beside its spans. A run may have only these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    /// The run.
    pub trace_id: TraceId,
    /// The sender's id of the event; the same event sent again has the same one. Where
    /// the sender has none, a hash of the content.
    pub event_id: String,
    /// Nanoseconds since 1970 UTC.
    pub time_nanos: i64,
    /// What happened.
    pub name: String,
    /// Free data of the event.
    pub attributes: Attributes,
}
