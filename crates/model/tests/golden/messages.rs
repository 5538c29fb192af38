//! Where messages, definitions, documents and verdicts stand.

use clew_model::content::content;
use clew_model::value::Value;
use serde_json::json;

use crate::{event, source};

#[test]
fn openinference_flattened() {
    let span = source(
        "llm",
        "s",
        &[
            ("openinference.span.kind", "LLM".into()),
            ("llm.input_messages.10.message.role", "tool".into()),
            ("llm.input_messages.10.message.tool_call_id", "c1".into()),
            ("llm.input_messages.10.message.content", "42".into()),
            ("llm.input_messages.1.message.role", "user".into()),
            ("llm.input_messages.1.message.content", "ignored, contents go first".into()),
            ("llm.input_messages.1.message.contents.1.message_content.type", "image".into()),
            (
                "llm.input_messages.1.message.contents.1.message_content.image.image.url",
                "https://x/y.png".into(),
            ),
            ("llm.input_messages.1.message.contents.0.message_content.type", "text".into()),
            ("llm.input_messages.1.message.contents.0.message_content.text", "hi".into()),
            ("llm.output_messages.0.message.role", "assistant".into()),
            ("llm.output_messages.0.message.tool_calls.1.tool_call.function.name", "g".into()),
            ("llm.output_messages.0.message.tool_calls.0.tool_call.id", "c1".into()),
            ("llm.output_messages.0.message.tool_calls.0.tool_call.function.name", "f".into()),
            (
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
                r#"{"a":1}"#.into(),
            ),
            (
                "llm.tools.0.tool.json_schema",
                r#"{"name":"f","input_schema":{"type":"object"}}"#.into(),
            ),
            ("llm.invocation_parameters", r#"{"model":"m","temperature":0.5,"stop":["x"]}"#.into()),
        ],
    );
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.input_messages).unwrap(),
        json!([
            {"role": "user", "parts": [
                {"type": "text", "content": "hi"},
                {"type": "uri", "modality": "image", "uri": "https://x/y.png"},
            ]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "42"}]},
        ])
    );
    assert_eq!(
        serde_json::to_value(&found.output_messages).unwrap(),
        json!([{"role": "assistant", "parts": [
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
            {"type": "tool_call", "name": "g", "arguments": null},
        ]}])
    );
    assert_eq!(found.tool_definitions, [json!({"name": "f", "parameters": {"type": "object"}})]);
    assert_eq!(
        serde_json::to_value(&found.parameters).unwrap(),
        json!({"temperature": 0.5, "stop_sequences": ["x"]})
    );
}

#[test]
fn traceloop_flattened() {
    let span = source(
        "openai.chat",
        "s",
        &[
            ("llm.request.type", "chat".into()),
            ("gen_ai.prompt.0.role", "system".into()),
            ("gen_ai.prompt.0.content", "Plan".into()),
            ("gen_ai.prompt.1.role", "unknown".into()),
            ("gen_ai.prompt.1.content", r#"[{"type":"text","text":"hi"}]"#.into()),
            ("gen_ai.prompt.2.role", "tool".into()),
            ("gen_ai.prompt.2.content", r#"{"t":21}"#.into()),
            ("gen_ai.prompt.2.tool_call_id", "c0".into()),
            ("gen_ai.prompt.name", "my prompt".into()),
            ("gen_ai.completion.0.role", "assistant".into()),
            ("gen_ai.completion.0.finish_reason", "tool_calls".into()),
            ("gen_ai.completion.0.tool_calls.0.id", "c1".into()),
            ("gen_ai.completion.0.tool_calls.0.name", "f".into()),
            ("gen_ai.completion.0.tool_calls.0.arguments", r#"{"a":1}"#.into()),
            ("llm.request.functions.0.name", "f".into()),
            ("llm.request.functions.0.parameters", r#"{"type":"object"}"#.into()),
        ],
    );
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.input_messages).unwrap(),
        json!([
            {"role": "system", "parts": [{"type": "text", "content": "Plan"}]},
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c0", "response": {"t": 21}}]},
        ])
    );
    assert_eq!(
        serde_json::to_value(&found.output_messages).unwrap(),
        json!([{"role": "assistant", "finish_reason": "tool_call", "parts": [
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ]}])
    );
    assert_eq!(found.finish_reasons, ["tool_call"]);
    assert_eq!(found.tool_definitions, [json!({"name": "f", "parameters": {"type": "object"}})]);
    assert_eq!(found.prompt, Some(json!({"name": "my prompt"})));
}

#[test]
fn events_and_log_records() {
    let mut span = source("chat", "s", &[("gen_ai.operation.name", "chat".into())]);
    let body = |pairs: &[(&str, Value)]| Value::Map(crate::attributes(pairs));
    span.events = vec![
        event("gen_ai.system.message", &[("content", "Plan".into())]),
        event(
            "",
            &[
                ("event.name", "gen_ai.user.message".into()),
                ("body", body(&[("content", "hi".into())])),
            ],
        ),
        event(
            "gen_ai.assistant.message",
            &[(
                "tool_calls",
                r#"[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]"#
                    .into(),
            )],
        ),
        event("gen_ai.tool.message", &[("id", "c1".into()), ("content", "42".into())]),
        event(
            "gen_ai.choice",
            &[
                ("index", 0_i64.into()),
                ("finish_reason", "stop".into()),
                ("message", body(&[("role", "assistant".into()), ("content", "hello".into())])),
            ],
        ),
    ];
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.input_messages).unwrap(),
        json!([
            {"role": "system", "parts": [{"type": "text", "content": "Plan"}]},
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "f", "arguments": {}}]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "42"}]},
        ])
    );
    assert_eq!(
        serde_json::to_value(&found.output_messages).unwrap(),
        json!([{"role": "assistant", "finish_reason": "stop", "parts": [
            {"type": "text", "content": "hello"},
        ]}])
    );
    assert_eq!(crate::facts(&span).input_preview.as_deref(), Some("Plan"));
}

#[test]
fn nameless_records_of_semantic_kernel() {
    let mut span = source("chat", "semantic_kernel.x", &[("gen_ai.operation.name", "chat".into())]);
    span.events = vec![
        event("gen_ai.event.content", &[(
            "gen_ai.event.content",
            r#"{"role":"user","content":"hi"}"#.into(),
        )]),
        event("gen_ai.event.content", &[(
            "gen_ai.event.content",
            r#"{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"yo"}}"#.into(),
        )]),
    ];
    let found = content(&span);
    assert_eq!(
        serde_json::to_value((&found.input_messages, &found.output_messages)).unwrap(),
        json!([
            [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}],
            [{"role": "assistant", "finish_reason": "stop", "parts": [
                {"type": "text", "content": "yo"},
            ]}],
        ])
    );
}

#[test]
fn details_event_and_old_content_events() {
    let mut span = source("chat", "s", &[("gen_ai.operation.name", "chat".into())]);
    span.events = vec![event(
        "gen_ai.client.inference.operation.details",
        &[
            (
                "gen_ai.input.messages",
                r#"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#.into(),
            ),
            (
                "gen_ai.output.messages",
                r#"[{"role":"assistant","parts":[{"type":"text","content":"yo"}]}]"#.into(),
            ),
            ("gen_ai.system_instructions", r#"["Plan"]"#.into()),
            ("gen_ai.tool.definitions", r#"[{"type":"function","name":"f"}]"#.into()),
        ],
    )];
    let found = content(&span);
    assert_eq!(found.input_messages.len(), 1);
    assert_eq!(found.output_messages.len(), 1);
    assert_eq!(
        serde_json::to_value(&found.system_instructions).unwrap(),
        json!([{"type": "text", "content": "Plan"}])
    );
    assert_eq!(found.tool_definitions, [json!({"name": "f", "type": "function"})]);

    span.events = vec![
        event(
            "gen_ai.content.prompt",
            &[("gen_ai.prompt", r#"[{"role":"user","content":"hi"}]"#.into())],
        ),
        event(
            "gen_ai.content.completion",
            &[("gen_ai.completion", r#"[{"role":"assistant","content":"yo"}]"#.into())],
        ),
    ];
    let found = content(&span);
    assert_eq!((found.input_messages.len(), found.output_messages.len()), (1, 1));
}

#[test]
fn vercel_answer_is_one_message() {
    let span = source(
        "ai.streamText.doStream",
        "ai",
        &[
            ("ai.operationId", "ai.streamText.doStream".into()),
            ("ai.prompt.messages", r#"[{"role":"user","content":"hi"}]"#.into()),
            (
                "ai.prompt.tools",
                Value::Array(vec![
                    r#"{"type":"function","name":"f","inputSchema":{"type":"object"}}"#.into(),
                ]),
            ),
            ("ai.prompt.toolChoice", r#"{"type":"auto"}"#.into()),
            ("ai.response.reasoning", "hm".into()),
            ("ai.response.text", "hello".into()),
            (
                "ai.response.toolCalls",
                r#"[{"toolCallId":"c1","toolName":"f","args":"{\"a\":1}"}]"#.into(),
            ),
            ("ai.response.finishReason", "tool-calls".into()),
        ],
    );
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.output_messages).unwrap(),
        json!([{"role": "assistant", "finish_reason": "tool_call", "parts": [
            {"type": "reasoning", "content": "hm"},
            {"type": "text", "content": "hello"},
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ]}])
    );
    assert_eq!(
        found.tool_definitions,
        [json!({"name": "f", "parameters": {"type": "object"}, "type": "function"})]
    );
    assert_eq!(found.parameters["tool_choice"], json!({"type": "auto"}));
}

#[test]
fn retrieval_documents() {
    let span = source(
        "retrieve",
        "s",
        &[
            ("openinference.span.kind", "RETRIEVER".into()),
            ("input.value", "weather".into()),
            ("retrieval.documents.1.document.content", "second".into()),
            ("retrieval.documents.0.document.id", "d1".into()),
            ("retrieval.documents.0.document.content", "first".into()),
            ("retrieval.documents.0.document.score", 0.5.into()),
            ("retrieval.documents.0.document.metadata", r#"{"p":1}"#.into()),
        ],
    );
    let found = content(&span).retrieval.unwrap();
    assert_eq!(found.query.as_deref(), Some("weather"));
    assert_eq!(found.documents[0].id.as_deref(), Some("d1"));
    assert_eq!(
        (found.documents[0].score, &found.documents[0].metadata),
        (Some(0.5), &Some(json!({"p": 1})))
    );
    assert_eq!(found.documents[1].content.as_deref(), Some("second"));

    let mut milvus = source(
        "milvus.search",
        "s",
        &[("db.system", "milvus".into()), ("db.vector.query.top_k", 3_i64.into())],
    );
    milvus.events = vec![event(
        "db.search.result",
        &[("db.search.result.id", 7_i64.into()), ("db.search.result.distance", 0.25.into())],
    )];
    let found = content(&milvus).retrieval.unwrap();
    assert_eq!(found.top_k, Some(3));
    assert_eq!(
        (found.documents[0].id.as_deref(), found.documents[0].distance),
        (Some("7"), Some(0.25))
    );

    let langchain = source(
        "retriever",
        "langsmith",
        &[
            ("langsmith.span.kind", "retriever".into()),
            (
                "output.value",
                r#"{"documents":[{"page_content":"text","metadata":{"source":"x"}}]}"#.into(),
            ),
        ],
    );
    let found = content(&langchain).retrieval.unwrap();
    assert_eq!(found.documents[0].content.as_deref(), Some("text"));
    assert_eq!(found.documents[0].metadata, Some(json!({"source": "x"})));
}

#[test]
fn evaluations_exceptions_and_metadata() {
    let mut span = source(
        "llm",
        "s",
        &[
            ("openinference.span.kind", "LLM".into()),
            ("metadata", "{'k': 'v'}".into()),
            ("evaluations.0.evaluation.name", "correct".into()),
            ("evaluations.0.evaluation.score", 0.9.into()),
            ("evaluations.0.evaluation.annotator_kind", "LLM".into()),
            ("session.annotations.0.annotation.name", "mood".into()),
            ("session.annotations.0.annotation.label", "good".into()),
            ("gen_ai.prompt.variable.city", "Paris".into()),
            ("llm.prompt_template.template", "Weather in {city}".into()),
            ("http.response.status_code", 429_i64.into()),
        ],
    );
    span.events = vec![
        event(
            "gen_ai.evaluation.result",
            &[
                ("gen_ai.evaluation.name", "toxic".into()),
                ("gen_ai.evaluation.score.value", 0.1.into()),
                ("gen_ai.evaluation.score.label", "no".into()),
            ],
        ),
        event(
            "exception",
            &[
                ("exception.type", "RateLimitError".into()),
                ("exception.message", "slow down".into()),
                ("exception.stacktrace", "at x".into()),
            ],
        ),
    ];
    let found = content(&span);
    let names: Vec<(&str, &str)> =
        found.evaluations.iter().map(|one| (one.name.as_str(), one.target.as_str())).collect();
    assert_eq!(names, [("toxic", "span"), ("correct", "span"), ("mood", "session")]);
    assert_eq!(found.evaluations[0].label.as_deref(), Some("no"));
    assert_eq!(found.evaluations[1].score, Some(0.9));
    let exception = found.exception.unwrap();
    assert_eq!(exception.kind.as_deref(), Some("RateLimitError"));
    assert_eq!(
        (exception.stack.as_deref(), exception.code.as_deref()),
        (Some("at x"), Some("429"))
    );
    assert_eq!(serde_json::to_value(&found.metadata).unwrap(), json!({"k": "v"}));
    assert_eq!(
        found.prompt,
        Some(json!({"template": "Weather in {city}", "variables": {"city": "Paris"}}))
    );
}
