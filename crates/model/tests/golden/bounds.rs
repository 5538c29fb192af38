//! Whatever a sender writes, nothing panics and everything ends soon.

use std::time::{Duration, Instant};

use clew_model::content::content;
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::Sender;
use clew_model::value::Value;
use proptest::prelude::*;

use crate::{event, source};

/// Keys from all tables, flattened ones, and nonsense.
const KEYS: &[&str] = &[
    "agentos.kind",
    "agentos.end.documents",
    "ai.operationId",
    "ai.prompt",
    "ai.prompt.messages",
    "ai.prompt.tools",
    "ai.response.providerMetadata",
    "ai.response.toolCalls",
    "embedding.embeddings.0.embedding.text",
    "events",
    "gcp.vertex.agent.llm_request",
    "gcp.vertex.agent.llm_response",
    "gen_ai.completion.0.content",
    "gen_ai.input.messages",
    "gen_ai.operation.name",
    "gen_ai.output.messages",
    "gen_ai.prompt.0.tool_calls.99999999999999999999.name",
    "gen_ai.prompt.4294967296.content",
    "gen_ai.response.finish_reasons",
    "gen_ai.retrieval.documents",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.definitions",
    "gen_ai.usage.cost",
    "gen_ai.usage.input_tokens",
    "genkit:input",
    "input.value",
    "langfuse.observation.completion_start_time",
    "langfuse.observation.cost_details",
    "langfuse.observation.type",
    "langfuse.observation.usage_details",
    "lk.chat_ctx",
    "llm.input_messages.9999.message.contents.9999.message_content.text",
    "llm.invocation_parameters",
    "lmnr.span.ids_path",
    "lmnr.span.type",
    "logfire.pending_parent_id",
    "logfire.span_type",
    "metadata",
    "mlflow.spanInputs",
    "mlflow.spanType",
    "openinference.span.kind",
    "output.value",
    "pydantic_ai.all_messages",
    "request_data",
    "session.id",
    "span.type",
    "tag.tags",
    "traceloop.entity.output",
    "ttft_ms",
    "",
    "\u{0}",
    "..",
];

/// Words that tables know, so that all branches are reached.
const WORDS: &[&str] = &[
    "chat",
    "LLM",
    "TOOL",
    "tool",
    "run",
    "generation",
    "pending_span",
    "execute_tool",
    "RETRIEVER",
    "EVALUATOR",
    "invoke_agent",
    "NaN",
    "-1",
    "1e400",
    "\"",
    "[",
    "{",
    "[[[[",
    "{\"role\":",
    "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"\\u00",
    "\u{0}",
    "{'a': '",
    "[{\"type\":\"function_call\"}]",
    "{\"messages\":{\"messages\":{\"messages\":[]}}}",
    "{\"candidates\":[null]}",
    "{\"generations\":[[null]]}",
    "{\"choices\":[{}]}",
    "[{\"lc\":1,\"id\":[],\"kwargs\":null}]",
    "9999-99-99T99:99:99Z",
    "2026-11-20T06:05:34Z",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(WORDS).prop_map(str::to_owned),
        ".{0,40}",
        json(3).prop_map(|json| json.to_string()),
        (json(3), 0..60_usize).prop_map(|(json, cut)| json.to_string().chars().take(cut).collect()),
    ]
}

/// JSON out of the members that converters look for.
fn json(depth: u32) -> BoxedStrategy<serde_json::Value> {
    const NAMES: &[&str] = &[
        "role",
        "content",
        "parts",
        "type",
        "text",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "input",
        "output",
        "messages",
        "message",
        "contents",
        "choices",
        "candidates",
        "kwargs",
        "lc",
        "id",
        "source",
        "data",
        "functionCall",
        "functionResponse",
        "toolUse",
        "summary",
    ];
    const TYPES: &[&str] = &[
        "text",
        "tool_use",
        "tool_result",
        "tool-call",
        "tool-result",
        "image",
        "file",
        "function_call",
        "reasoning",
        "blob",
        "uri",
        "web_search_call",
        "human",
        "user",
        "assistant",
        "tool",
        "{}",
        "",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        proptest::sample::select(TYPES).prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((proptest::sample::select(NAMES), inner), 0..5).prop_map(
                |members| {
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
                }
            ),
        ]
    })
    .boxed()
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Empty),
        text().prop_map(Value::String),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Double),
        prop::collection::vec(any::<u8>(), 0..8).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..4).prop_map(Value::Map),
        ]
    })
}

fn pairs() -> impl Strategy<Value = Vec<(String, Value)>> {
    let key = prop_oneof![
        4 => proptest::sample::select(KEYS).prop_map(str::to_owned),
        1 => "[a-z.0-9]{0,20}",
    ];
    prop::collection::vec((key, value()), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_attributes_are_borne(
        attributes in pairs(),
        in_event in pairs(),
        resource in pairs(),
        event_name in proptest::sample::select(vec![
            "exception", "gen_ai.choice", "gen_ai.user.message", "tool.output",
            "gen_ai.client.inference.operation.details", "api_request", "",
        ]),
        agentos in any::<bool>(),
    ) {
        let mut span = source("name", "lmnr.tracer", &[]);
        span.attributes = attributes;
        let mut occurred = event(event_name, &[]);
        occurred.attributes = in_event;
        span.events = vec![occurred];
        span.resource = std::sync::Arc::new(clew_model::source::Resource {
            attributes: resource,
            ..Default::default()
        });
        if agentos {
            span.sender = Sender::Agentos;
        }
        let facts = normalise(&span, &PriceTable::shipped());
        for preview in [&facts.input_preview, &facts.output_preview].into_iter().flatten() {
            prop_assert!(preview.chars().count() <= clew_model::span::PREVIEW_MAX_CHARS);
        }
        if let Some(name) = &facts.display_name {
            prop_assert!(name.chars().count() <= 38);
        }
        content(&span);
    }
}

#[test]
fn large_and_deep_payloads_end_soon() {
    let deep_open = "[{\"content\":".repeat(200_000);
    let deep_closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let escapes = format!("[{{\"role\":\"user\",\"content\":\"{}\"}}]", "\\u0041".repeat(500_000));
    let quoted =
        serde_json::to_string(&serde_json::to_string(&"x".repeat(1_000_000)).unwrap()).unwrap();
    let many = format!("[{}]", vec!["{\"role\":\"user\",\"parts\":[]}"; 50_000].join(","));
    let python = format!("{{'a': '{}", "\\'".repeat(30_000));
    let keys: Vec<(String, Value)> = (0..70_000)
        .map(|index| (format!("llm.input_messages.{index}.message.content"), Value::from("x")))
        .collect();
    let started = Instant::now();
    for text in [&deep_open, &deep_closed, &escapes, &quoted, &many, &python] {
        for key in ["gen_ai.input.messages", "input.value", "gen_ai.tool.call.arguments"] {
            let kind = if key.ends_with("arguments") { "execute_tool" } else { "chat" };
            let span = source(
                "x",
                "s",
                &[("gen_ai.operation.name", kind.into()), (key, text.as_str().into())],
            );
            normalise(&span, &PriceTable::shipped());
            content(&span);
        }
    }
    let mut span = source("x", "s", &[]);
    span.attributes = keys;
    normalise(&span, &PriceTable::shipped());
    assert!(content(&span).input_messages.len() <= 10_001);
    // Unoptimised; a release build takes a fraction of it.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
