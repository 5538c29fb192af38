//! Any text under each attribute that may hold messages, tools or documents: facts and
//! content are derived without a panic.
#![no_main]

use std::sync::{Arc, LazyLock};

use clew_model::content::content;
use clew_model::ids::{SpanId, TraceId};
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::{Dropped, Resource, Scope, Sender, SourceSpan, SourceStatus, SpanKind};
use clew_model::value::Value;
use libfuzzer_sys::fuzz_target;

const KEYS: [&str; 16] = [
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.prompt",
    "gen_ai.tool.definitions",
    "gen_ai.system_instructions",
    "ai.prompt.messages",
    "ai.prompt",
    "ai.response.toolCalls",
    "pydantic_ai.all_messages",
    "gcp.vertex.agent.llm_request",
    "input.value",
    "output.value",
    "langfuse.observation.usage_details",
    "traceloop.entity.input",
    "mlflow.spanInputs",
    "gen_ai.retrieval.documents",
];

static PRICES: LazyLock<PriceTable> = LazyLock::new(PriceTable::shipped);

fuzz_target!(|input: (u8, u8, &str)| {
    let (first, second, text) = input;
    let key = |number: u8| KEYS[usize::from(number) % KEYS.len()].to_owned();
    let operation = ["chat", "execute_tool", "retrieval", "invoke_agent"][usize::from(first) % 4];
    let span = SourceSpan {
        trace_id: TraceId::from_bytes(&[1; 16]).expect("not zero"),
        span_id: SpanId::from_bytes(&[1; 8]).expect("not zero"),
        parent_span_id: None,
        sender_span_id: None,
        sender_trace_id: None,
        name: Some("fuzz".to_owned()),
        kind: SpanKind::Internal,
        start_nanos: Some(1),
        end_nanos: Some(2),
        status: SourceStatus::default(),
        attributes: vec![
            ("gen_ai.operation.name".to_owned(), Value::from(operation)),
            ("openinference.span.kind".to_owned(), Value::from("LLM")),
            (key(first), Value::from(text)),
            (key(second), Value::from(text)),
            (format!("llm.input_messages.{second}.message.content"), Value::from(text)),
            (format!("gen_ai.prompt.{second}.content"), Value::from(text)),
        ],
        events: Vec::new(),
        links: Vec::new(),
        trace_state: String::new(),
        flags: 0,
        dropped: Dropped::default(),
        resource: Arc::new(Resource::default()),
        scope: Arc::new(Scope::default()),
        sender: Sender::Otlp,
        version: None,
        sequence: None,
        older: Vec::new(),
    };
    normalise(&span, &PRICES);
    content(&span);
});
