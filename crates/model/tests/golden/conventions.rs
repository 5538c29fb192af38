//! One span for each convention that has no recording.

use clew_model::content::content;
use clew_model::span::{Category, Status};
use clew_model::usage::{PicoUsd, UsageScope};
use clew_model::value::Value;

use crate::{event, facts, facts_of, source};

fn list(items: &[&str]) -> Value {
    Value::Array(items.iter().map(|item| Value::from(*item)).collect())
}

#[test]
fn langsmith() {
    let span = facts_of("ChatOpenAI", "langsmith", &[
        ("langsmith.span.kind", "llm".into()),
        ("langsmith.trace.name", "ChatOpenAI".into()),
        ("langsmith.trace.session_name", "my-project".into()),
        ("langsmith.metadata.thread_id", "t-1".into()),
        ("langsmith.metadata.user_id", "u-1".into()),
        ("langsmith.metadata.ls_provider", "openai".into()),
        ("langsmith.span.tags", "a, b".into()),
        ("gen_ai.operation.name", "chat".into()),
        ("gen_ai.system", "langchain".into()),
        ("gen_ai.request.model", "gpt-5-mini".into()),
        (
            "langsmith.usage_metadata",
            r#"{"input_tokens":30,"output_tokens":4,"total_tokens":34,"input_token_details":{"cache_read":10},"output_token_details":{"reasoning":2}}"#.into(),
        ),
        ("gen_ai.prompt", r#"{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"hi","type":"human"}}]]}"#.into()),
        ("gen_ai.completion", r#"{"generations":[[{"text":"hello","message":{"lc":1,"type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{"content":"hello"}}}]]}"#.into()),
    ]);
    assert_eq!(span.conventions, ["LS", "SC"]);
    assert_eq!((span.category, span.kind.as_deref()), (Category::Llm, Some("llm")));
    assert_eq!(span.agent.project.as_deref(), Some("my-project"));
    assert_eq!(span.session_id.as_deref(), Some("t-1"));
    assert_eq!(span.user_id.as_deref(), Some("u-1"));
    assert_eq!(span.provider.as_deref(), Some("openai"));
    assert_eq!(span.tags, ["a", "b"]);
    let usage = span.usage.unwrap();
    assert_eq!((usage.input, usage.output, usage.cache_read), (Some(30), Some(4), Some(10)));
    assert_eq!((usage.reasoning, usage.total), (Some(2), Some(34)));
    assert_eq!(span.input_preview.as_deref(), Some("hi"));
    assert_eq!(span.output_preview.as_deref(), Some("hello"));
    // A retriever run carries the operation of an embedding call; the kind wins.
    let retriever = facts_of(
        "search",
        "langsmith",
        &[
            ("langsmith.span.kind", "retriever".into()),
            ("gen_ai.operation.name", "embeddings".into()),
        ],
    );
    assert_eq!(retriever.category, Category::Retrieval);
}

#[test]
fn vercel_4_to_6() {
    let leaf = facts_of(
        "ai.generateText.doGenerate",
        "ai",
        &[
            ("operation.name", "ai.generateText.doGenerate my-function".into()),
            ("ai.operationId", "ai.generateText.doGenerate".into()),
            ("ai.model.id", "gpt-5-mini".into()),
            ("ai.model.provider", "openai.chat".into()),
            ("ai.telemetry.functionId", "my-function".into()),
            ("ai.telemetry.metadata.sessionId", "s-1".into()),
            ("ai.telemetry.metadata.userId", 42_i64.into()),
            ("ai.response.model", "gpt-5-mini-2026-08-01".into()),
            ("ai.response.id", "resp_1".into()),
            ("ai.response.finishReason", "tool-calls".into()),
            ("ai.response.msToFirstChunk", 12.5.into()),
            ("ai.usage.inputTokens", 100_i64.into()),
            ("ai.usage.outputTokens", 9_i64.into()),
            ("gen_ai.usage.input_tokens", 100_i64.into()),
            ("gen_ai.usage.output_tokens", 9_i64.into()),
            (
                "ai.response.providerMetadata",
                r#"{"openai":{"cachedPromptTokens":64,"reasoningTokens":3}}"#.into(),
            ),
            (
                "ai.prompt.messages",
                r#"[{"role":"user","content":[{"type":"text","text":"hi"}]}]"#.into(),
            ),
            (
                "ai.response.toolCalls",
                r#"[{"toolCallId":"c1","toolName":"f","input":{"a":1}}]"#.into(),
            ),
        ],
    );
    assert_eq!(leaf.conventions, ["SC", "V4-6"]);
    assert_eq!((leaf.category, leaf.usage_scope), (Category::Llm, UsageScope::Own));
    assert_eq!(leaf.provider.as_deref(), Some("openai"));
    assert_eq!(leaf.model(), Some("gpt-5-mini-2026-08-01"));
    assert_eq!(leaf.request_model.as_deref(), Some("gpt-5-mini"));
    assert_eq!(leaf.response_id.as_deref(), Some("resp_1"));
    assert_eq!((leaf.session_id.as_deref(), leaf.user_id.as_deref()), (Some("s-1"), Some("42")));
    assert_eq!(leaf.finish_reason.as_deref(), Some("tool_call"));
    assert_eq!(leaf.ttft_nanos, Some(12_500_000));
    let usage = leaf.usage.unwrap();
    assert_eq!((usage.input, usage.output), (Some(100), Some(9)));
    assert_eq!((usage.cache_read, usage.reasoning), (Some(64), Some(3)));
    assert_eq!(leaf.input_preview.as_deref(), Some("hi"));
    assert_eq!(leaf.output_preview.as_deref(), Some(r#"f({"a":1})"#));

    let wrapper = facts_of(
        "ai.generateText",
        "ai",
        &[
            ("operation.name", "ai.generateText my-function".into()),
            ("ai.operationId", "ai.generateText".into()),
            ("ai.usage.promptTokens", 200_i64.into()),
            ("ai.prompt", r#"{"system":"Be brief","prompt":"hi"}"#.into()),
            ("ai.response.text", "hello".into()),
        ],
    );
    assert_eq!((wrapper.category, wrapper.usage_scope), (Category::Agent, UsageScope::Aggregate));
    assert_eq!(wrapper.display_name.as_deref(), Some("my-function"));
    assert_eq!(wrapper.usage.unwrap().input, Some(200));
    assert_eq!(wrapper.input_preview.as_deref(), Some("hi"));

    let embed = facts_of(
        "ai.embed.doEmbed",
        "ai",
        &[
            ("ai.operationId", "ai.embed.doEmbed".into()),
            ("ai.usage.tokens", 8_i64.into()),
            ("ai.value", "\"text\"".into()),
        ],
    );
    assert_eq!((embed.category, embed.usage.unwrap().input), (Category::Embedding, Some(8)));
    let tool = facts_of(
        "ai.toolCall",
        "ai",
        &[
            ("ai.operationId", "ai.toolCall".into()),
            ("ai.toolCall.name", "f".into()),
            ("ai.toolCall.id", "c1".into()),
            ("ai.toolCall.args", r#"{"a":1}"#.into()),
            ("ai.toolCall.result", r#"{"b":2}"#.into()),
        ],
    );
    assert_eq!((tool.category, tool.tool_name.as_deref()), (Category::Tool, Some("f")));
    assert_eq!(tool.tool_call_id.as_deref(), Some("c1"));
    assert_eq!(tool.input_preview.as_deref(), Some(r#"{"a":1}"#));
}

#[test]
fn strands() {
    let mut chat = source(
        "chat",
        "strands.telemetry.tracer",
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.system", "strands-agents".into()),
            ("gen_ai.request.model", "us.anthropic.claude-sonnet-4-5".into()),
            ("gen_ai.usage.prompt_tokens", 50_i64.into()),
            ("gen_ai.usage.input_tokens", 50_i64.into()),
            ("gen_ai.usage.output_tokens", 5_i64.into()),
            ("gen_ai.usage.cache_read_input_tokens", 0_i64.into()),
            ("gen_ai.usage.cache_write_input_tokens", 20_i64.into()),
            ("gen_ai.usage.cache_creation_input_tokens", 20_i64.into()),
            ("gen_ai.server.time_to_first_token", 250_i64.into()),
        ],
    );
    chat.events = vec![
        event("gen_ai.user.message", &[("content", r#"[{"text":"hi"}]"#.into())]),
        event(
            "gen_ai.choice",
            &[
                ("finish_reason", "end_turn".into()),
                (
                    "message",
                    r#"[{"text":"hello"},{"toolUse":{"toolUseId":"c1","name":"f","input":{}}}]"#
                        .into(),
                ),
            ],
        ),
    ];
    let span = facts(&chat);
    assert_eq!(span.conventions, ["SC", "ST"]);
    assert_eq!(span.provider, None);
    assert_eq!(span.ttft_nanos, Some(250_000_000));
    let usage = span.usage.unwrap();
    assert_eq!((usage.input, usage.cache_read, usage.cache_write), (Some(50), Some(0), Some(20)));
    assert_eq!(span.input_preview.as_deref(), Some("hi"));
    assert_eq!(span.output_preview.as_deref(), Some("hello"));

    let cycle = facts_of(
        "execute_event_loop_cycle",
        "strands.telemetry.tracer",
        &[
            ("gen_ai.operation.name", "execute_event_loop_cycle".into()),
            ("event_loop.cycle_id", "id".into()),
        ],
    );
    assert_eq!(cycle.category, Category::Chain);
    let mut tool = source(
        "execute_tool f",
        "strands.telemetry.tracer",
        &[
            ("gen_ai.operation.name", "execute_tool".into()),
            ("gen_ai.tool.name", "f".into()),
            ("gen_ai.tool.status", "error".into()),
        ],
    );
    tool.events = vec![
        event("gen_ai.tool.message", &[("content", r#"{"a":1}"#.into())]),
        event("gen_ai.choice", &[("message", r#"[{"text":"42"}]"#.into())]),
    ];
    let span = facts(&tool);
    assert_eq!(span.status, Status::Error);
    assert_eq!(span.input_preview.as_deref(), Some(r#"{"a":1}"#));
    assert!(span.call_hash.is_some() && span.result_hash.is_some());
}

#[test]
fn google_adk() {
    let span = facts_of("call_llm", "gcp.vertex.agent", &[
        ("gen_ai.system", "gcp.vertex.agent".into()),
        ("gen_ai.request.model", "gemini-3-pro".into()),
        ("gcp.vertex.agent.session_id", "s-1".into()),
        ("gcp.vertex.agent.invocation_id", "i-1".into()),
        ("gcp.vertex.agent.llm_request", r#"{"model":"gemini-3-pro","config":{"system_instruction":"Plan","temperature":0.5},"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#.into()),
        ("gcp.vertex.agent.llm_response", r#"{"content":{"parts":[{"text":"hello"}],"role":"model"},"usage_metadata":{"cached_content_token_count": 7}}"#.into()),
        ("gen_ai.usage.input_tokens", 20_i64.into()),
    ]);
    assert_eq!(span.conventions, ["SC", "ADK"]);
    assert_eq!((span.category, span.provider.as_deref()), (Category::Llm, Some("gcp.gemini")));
    assert_eq!(span.session_id.as_deref(), Some("s-1"));
    assert_eq!(span.usage.unwrap().cache_read, Some(7));
    assert_eq!(span.input_preview.as_deref(), Some("hi"));
    assert_eq!(span.output_preview.as_deref(), Some("hello"));
    // "{}" means that content is off.
    let silent =
        facts_of("call_llm", "gcp.vertex.agent", &[("gcp.vertex.agent.llm_request", "{}".into())]);
    assert_eq!((silent.category, silent.input_preview), (Category::Llm, None));
    let workflow = facts_of("invocation", "gcp.vertex.agent", &[]);
    assert_eq!(workflow.category, Category::Workflow);
}

#[test]
fn claude_api_and_sdk() {
    let span = facts_of(
        "anthropic.messages.create",
        "com.anthropic.sdk.python",
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", "anthropic".into()),
            ("gen_ai.request.model", "claude-sonnet-4-5".into()),
            ("gen_ai.usage.input_tokens", 130_i64.into()),
            ("gen_ai.usage.cache_read.input_tokens", 100_i64.into()),
            ("gen_ai.response.finish_reasons", list(&["end_turn"])),
        ],
    );
    assert_eq!(span.conventions, ["SC", "CA"]);
    assert_eq!((span.category, span.usage_scope), (Category::Llm, UsageScope::Own));
    assert_eq!(span.usage.unwrap().input, Some(130));
    assert_eq!(span.finish_reason.as_deref(), Some("stop"));
    let bare = facts_of("anthropic.messages.create", "com.anthropic.sdk.python", &[]);
    assert_eq!((bare.category, bare.conventions.clone()), (Category::Llm, vec!["CA".to_owned()]));
}

#[test]
fn microsoft_agent_framework() {
    for (name, category) in [
        ("workflow.run", Category::Workflow),
        ("executor.process", Category::Chain),
        ("edge_group.process", Category::Chain),
        ("message.send", Category::Other),
    ] {
        let span = facts_of(name, "agent_framework", &[("workflow.name", "flow".into())]);
        assert_eq!(span.category, category, "{name}");
        assert_eq!(span.conventions, ["MAF"]);
        assert_eq!(span.display_name.as_deref(), Some("flow"));
    }
}

#[test]
fn semantic_kernel_and_autogen() {
    let mut kernel = source(
        "chat.completions gpt-5-mini",
        "semantic_kernel.utils.telemetry",
        &[
            ("gen_ai.operation.name", "chat.completions".into()),
            ("gen_ai.system", "openai".into()),
            ("gen_ai.request.model", "gpt-5-mini".into()),
        ],
    );
    let body = Value::from(r#"{"role":"user","content":"hi"}"#);
    kernel.events =
        vec![event("", &[("event.name", "gen_ai.user.message".into()), ("body", body)])];
    let content = content(&kernel);
    assert_eq!(facts(&kernel).conventions, ["SC", "SK"]);
    assert_eq!(content.input_messages.len(), 1);
    assert_eq!(content.input_messages[0].role, "user");

    let autogen = facts_of(
        "invoke_agent planner",
        "autogen-core",
        &[("gen_ai.system", "autogen".into()), ("gen_ai.operation.name", "invoke_agent".into())],
    );
    assert_eq!(autogen.conventions, ["SC", "AG"]);
    assert_eq!((autogen.provider.clone(), autogen.agent.name.as_deref()), (None, Some("planner")));
}

#[test]
fn livekit() {
    let span = facts_of(
        "llm_request",
        "livekit-agents",
        &[
            ("gen_ai.request.model", "gpt-5-mini".into()),
            ("lk.room_sid", "RM_1".into()),
            ("lk.agent_name", "helper".into()),
            ("lk.response.ttft", 0.25.into()),
            (
                "lk.chat_ctx",
                r#"{"items":[{"id":"i","type":"message","role":"user","content":["hi"]}]}"#.into(),
            ),
            ("lk.response.text", "hello".into()),
            ("gen_ai.usage.input_tokens", 10_i64.into()),
            ("gen_ai.usage.input_cached_tokens", 4_i64.into()),
        ],
    );
    assert_eq!(span.conventions, ["SC", "LK"]);
    assert_eq!(span.category, Category::Llm);
    assert_eq!(
        (span.session_id.as_deref(), span.agent.name.as_deref()),
        (Some("RM_1"), Some("helper"))
    );
    assert_eq!(span.ttft_nanos, Some(250_000_000));
    assert_eq!(span.usage.unwrap().cache_read, Some(4));
    let content = content(&source(
        "llm_request",
        "livekit-agents",
        &[(
            "lk.chat_ctx",
            r#"{"items":[{"id":"i","type":"message","role":"user","content":["hi"]}]}"#.into(),
        )],
    ));
    assert_eq!(content.input_messages[0].role, "user");
    let tool = facts_of(
        "function_tool",
        "livekit-agents",
        &[
            ("lk.function_tool.name", "f".into()),
            ("lk.function_tool.id", "c1".into()),
            ("lk.pii.function_tool.arguments", r#"{"a":1}"#.into()),
            ("lk.function_tool.is_error", true.into()),
            ("lk.pii.function_tool.output", "no".into()),
        ],
    );
    assert_eq!((tool.category, tool.status), (Category::Tool, Status::Error));
    assert_eq!(tool.tool_name.as_deref(), Some("f"));
}

#[test]
fn litellm() {
    let span = facts_of(
        "litellm_request",
        "litellm",
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.request.model", "gpt-5-mini".into()),
            ("litellm.provider.model", "azure/gpt-5-mini".into()),
            ("litellm.cost.total", 0.25.into()),
            ("litellm.cost.input", 0.2.into()),
            ("gen_ai.usage.input_tokens", "12".into()),
            ("litellm.cache_hit", true.into()),
        ],
    );
    assert_eq!(span.conventions, ["SC", "LL"]);
    assert_eq!(span.provider.as_deref(), Some("azure.ai.inference"));
    let cost = span.cost.unwrap();
    assert_eq!(
        (cost.total, cost.input),
        (PicoUsd(250_000_000_000), Some(PicoUsd(200_000_000_000)))
    );
    assert!(span.cached);
}

#[test]
fn genkit() {
    let span = facts_of("gemini-3-pro", "genkit-tracer", &[
        ("genkit:type", "action".into()),
        ("genkit:metadata:subtype", "model".into()),
        ("genkit:name", "googleai/gemini-3-pro".into()),
        ("genkit:input", r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"config":{"temperature":0.1}}"#.into()),
        ("genkit:output", r#"{"message":{"role":"model","content":[{"text":"hello"}]},"finishReason":"stop"}"#.into()),
    ]);
    assert_eq!(span.conventions, ["GK"]);
    assert_eq!((span.category, span.kind.as_deref()), (Category::Llm, Some("model")));
    assert_eq!(span.request_model.as_deref(), Some("googleai/gemini-3-pro"));
    assert_eq!(span.input_preview.as_deref(), Some("hi"));
    assert_eq!(span.output_preview.as_deref(), Some("hello"));
    let flow = facts_of("menu", "genkit-tracer", &[("genkit:metadata:subtype", "flow".into())]);
    assert_eq!(flow.category, Category::Chain);
    let loop_of_calls = facts_of("generate", "genkit-tracer", &[("genkit:type", "util".into())]);
    assert_eq!(loop_of_calls.category, Category::Chain);
}

/// As genkit 1.42 with its OpenAI plugin sends them.
#[test]
fn genkit_usage() {
    let output = r#"{"finishReason":"stop","message":{"role":"model","content":[{"toolRequest":{"name":"get_weather","ref":"call_1","input":{"city":"Paris"}}}]},"usage":{"inputTokens":120,"outputTokens":17,"totalTokens":137,"cachedContentTokens":64,"thoughtsTokens":5},"raw":{"usage":{"prompt_tokens":120}},"latencyMs":7.6}"#;
    let span = facts_of(
        "openai/gpt-5-mini",
        "genkit-tracer",
        &[
            ("genkit:type", "action".into()),
            ("genkit:metadata:subtype", "model".into()),
            ("genkit:name", "openai/gpt-5-mini".into()),
            ("genkit:output", output.into()),
        ],
    );
    let usage = span.usage.unwrap();
    assert_eq!((usage.input, usage.output, usage.total), (Some(120), Some(17), Some(137)));
    assert_eq!((usage.cache_read, usage.reasoning), (Some(64), Some(5)));
    let embedder = facts_of(
        "openai/text-embedding-3-small",
        "genkit-tracer",
        &[
            ("genkit:type", "action".into()),
            ("genkit:metadata:subtype", "embedder".into()),
            ("genkit:name", "openai/text-embedding-3-small".into()),
        ],
    );
    assert_eq!(embedder.category, Category::Embedding);
    assert_eq!(embedder.request_model.as_deref(), Some("openai/text-embedding-3-small"));
}

#[test]
fn mastra() {
    let span = facts_of(
        "llm: gpt",
        "mastra",
        &[("mastra.span.type", "llm_generation".into()), ("gen_ai.tool.input", "x".into())],
    );
    assert_eq!(
        (span.category, span.conventions.clone()),
        (Category::Llm, vec!["SC".to_owned(), "MA".to_owned()])
    );
    let tool = facts_of(
        "tool: f",
        "mastra",
        &[
            ("mastra.span.type", "tool_call".into()),
            ("gen_ai.tool.input", r#"{"a":1}"#.into()),
            ("gen_ai.tool.success", false.into()),
        ],
    );
    assert_eq!((tool.category, tool.status), (Category::Tool, Status::Error));
    let older = facts_of(
        "agent.stream",
        "ai",
        &[
            ("aisdk.model.id", "gpt-5-mini".into()),
            ("aisdk.model.provider", "openai.responses".into()),
            ("stream.usage.inputTokens", 11_i64.into()),
        ],
    );
    assert_eq!((older.provider.as_deref(), older.usage.unwrap().input), (Some("openai"), Some(11)));
}

/// As @mastra/otel-exporter 1.4 sends them: the loop of an agent, one turn of it, the call, and a piece of its answer.
#[test]
fn mastra_since_1_0() {
    let scope = "@mastra/otel-exporter";
    let span = |operation: &str, kind: &str, more: &[(&str, Value)]| {
        let said = [
            ("gen_ai.operation.name", operation.into()),
            ("mastra.span.type", kind.into()),
            ("mastra.metadata.sessionId", "sess-123".into()),
            ("mastra.metadata.userId", "user-42".into()),
        ];
        facts_of(operation, scope, &[&said[..], more].concat())
    };
    let agent = span(
        "invoke_agent",
        "agent_run",
        &[
            ("gen_ai.agent.name", "planner".into()),
            ("mastra.agent_run.input", "weather?".into()),
            ("mastra.agent_run.output", r#"{"text":"sunny","files":[]}"#.into()),
            ("mastra.tags", r#"["demo"]"#.into()),
        ],
    );
    assert_eq!(agent.category, Category::Agent);
    assert_eq!(agent.session_id.as_deref(), Some("sess-123"));
    assert_eq!(agent.user_id.as_deref(), Some("user-42"));
    assert_eq!(agent.tags, ["demo"]);
    assert_eq!(agent.input_preview.as_deref(), Some("weather?"));
    let call = span(
        "chat",
        "model_inference",
        &[
            ("gen_ai.request.model", "gpt-5-mini".into()),
            ("gen_ai.usage.input_tokens", 120_i64.into()),
            ("mastra.completion_start_time", "2026-11-20T06:01:42.250Z".into()),
        ],
    );
    assert_eq!((call.category, call.ttft_nanos), (Category::Llm, Some(250_000_000)));
    for (operation, kind, category) in [
        ("model_generation", "model_generation", Category::Chain),
        ("agent_step", "model_step", Category::Chain),
        ("model_chunk", "model_chunk", Category::Other),
        ("invoke_workflow", "workflow_run", Category::Workflow),
        ("workflow_step", "workflow_step", Category::Chain),
    ] {
        assert_eq!(span(operation, kind, &[]).category, category, "{kind}");
    }
    // The exporter before 1.0 says "chat" of its `model_generation`, and that is the call.
    assert_eq!(span("chat", "model_generation", &[]).category, Category::Llm);
}

/// As Gemini CLI 0.61 sends them: each piece of a streamed answer is a message, a tool's whole call is one object.
#[test]
fn gemini_cli_calls() {
    let said = [
        ("gen_ai.agent.name", "gemini-cli".into()),
        ("gen_ai.operation.name", "llm_call".into()),
        ("gen_ai.output.messages", r#"[{"role":"model","parts":[{"text":"It "}]},{"role":"model","parts":[{"text":"is 21C."}]}]"#.into()),
    ];
    let answer = clew_model::content::content(&source("llm_call", "gemini-cli", &said));
    assert_eq!(
        serde_json::to_value(&answer.output_messages).unwrap(),
        serde_json::json!([{"role": "assistant", "parts": [{"type": "text", "content": "It is 21C."}]}])
    );
    let call = [
        ("gen_ai.agent.name", "gemini-cli".into()),
        ("gen_ai.operation.name", "tool_call".into()),
        ("gen_ai.tool.name", "glob".into()),
        ("gen_ai.tool.call_id", "glob__call_1".into()),
        ("gen_ai.input.messages", r#"{"callId":"glob__call_1","name":"glob","args":{"pattern":"*.md"},"isClientInitiated":false}"#.into()),
        ("gen_ai.output.messages", r#"{"status":"error","request":{"name":"glob"},"response":{"responseParts":[{"functionResponse":{"name":"glob","response":{"error":"no such folder"}}}]}}"#.into()),
    ];
    let tool =
        clew_model::content::content(&source("tool_call", "gemini-cli", &call)).tool.unwrap();
    assert_eq!(tool.call_id.as_deref(), Some("glob__call_1"));
    assert_eq!(tool.arguments, Some(serde_json::json!({"pattern": "*.md"})));
    assert_eq!(tool.result, Some(serde_json::json!({"error": "no such folder"})));
    let mut sent = source("tool_call", "gemini-cli", &call);
    sent.status.code = clew_model::source::StatusCode::Ok;
    assert_eq!(facts(&sent).status, Status::Error);
}

#[test]
fn gemini_cli() {
    for (operation, category) in [
        ("llm_call", Category::Llm),
        ("tool_call", Category::Tool),
        ("agent_call", Category::Agent),
        ("user_prompt", Category::Other),
        ("schedule_tool_calls", Category::Other),
    ] {
        let span = facts_of(
            operation,
            "gemini-cli",
            &[
                ("gen_ai.agent.name", "gemini-cli".into()),
                ("gen_ai.operation.name", operation.into()),
            ],
        );
        assert_eq!(span.category, category, "{operation}");
        assert_eq!(span.conventions, ["SC", "GC"]);
    }
}

#[test]
fn voltagent() {
    let span = facts_of(
        "llm:generateText",
        "voltagent",
        &[
            ("voltagent.operation_id", "op".into()),
            ("voltagent.conversation_id", "s-1".into()),
            ("span.type", "llm".into()),
            ("entity.type", "agent".into()),
            ("usage.prompt_tokens", 9_i64.into()),
            ("usage.cached_tokens", 3_i64.into()),
            ("llm.messages", r#"[{"role":"user","content":"hi"}]"#.into()),
            ("output", "hello".into()),
        ],
    );
    assert_eq!(span.conventions, ["VA"]);
    assert_eq!((span.category, span.session_id.as_deref()), (Category::Llm, Some("s-1")));
    let usage = span.usage.unwrap();
    assert_eq!((usage.input, usage.cache_read), (Some(9), Some(3)));
    assert_eq!(span.input_preview.as_deref(), Some("hi"));
    assert_eq!(span.output_preview.as_deref(), Some("hello"));
}

#[test]
fn flue() {
    let span = facts_of(
        "tool",
        "@flue/opentelemetry",
        &[("flue.tool.name", "f".into()), ("flue.tool.call_id", "c1".into())],
    );
    assert_eq!((span.category, span.conventions.clone()), (Category::Tool, vec!["FL".to_owned()]));
    assert_eq!((span.tool_name.as_deref(), span.tool_call_id.as_deref()), (Some("f"), Some("c1")));
}

#[test]
fn mcp() {
    let span = facts_of(
        "tools/call search",
        "mcp",
        &[
            ("mcp.method.name", "tools/call".into()),
            ("mcp.session.id", "transport".into()),
            ("gen_ai.tool.call.arguments", Value::Map(vec![("q".into(), "x".into())])),
        ],
    );
    assert_eq!(span.conventions, ["SC", "MCP"]);
    assert_eq!((span.category, span.tool_name.as_deref()), (Category::Tool, Some("search")));
    assert_eq!(span.session_id, None);
    assert_eq!(span.input_preview.as_deref(), Some(r#"{"q":"x"}"#));
    let content =
        content(&source("tools/call search", "mcp", &[("mcp.method.name", "tools/call".into())]));
    assert_eq!(content.tool.unwrap().kind.as_deref(), Some("mcp"));
    for (method, category) in [
        ("prompts/get", Category::Other),
        ("resources/read", Category::Other),
        ("tools/list", Category::Other),
    ] {
        let span = facts_of(method, "mcp", &[("mcp.method.name", method.into())]);
        assert_eq!(span.category, category, "{method}");
    }
}

#[test]
fn plain_infrastructure_is_other_and_names_no_session() {
    let span = facts_of(
        "GET /",
        "opentelemetry.instrumentation.fastapi",
        &[
            ("http.request.method", "GET".into()),
            ("session.id", "browser".into()),
            ("model", "T-800".into()),
            ("input", "x".into()),
            ("error", "bare".into()),
        ],
    );
    assert!(span.conventions.is_empty());
    assert_eq!(span.category, Category::Other);
    assert_eq!((&span.kind, &span.session_id), (&None, &None));
    assert_eq!((&span.request_model, &span.input_preview), (&None, &None));
}

#[test]
fn operations_beyond_chat() {
    for (operation, category, scope) in [
        ("Chat ", Category::Llm, UsageScope::Own),
        ("rerank", Category::Reranker, UsageScope::Own),
        ("decide", Category::Other, UsageScope::Own),
        ("plan", Category::Chain, UsageScope::Aggregate),
        ("invoke_workflow", Category::Workflow, UsageScope::Aggregate),
        ("search_memory", Category::Memory, UsageScope::Aggregate),
        ("apply_guardrail", Category::Guardrail, UsageScope::Aggregate),
        ("my_own", Category::Other, UsageScope::Aggregate),
    ] {
        let span = facts_of(
            "x",
            "s",
            &[
                ("gen_ai.operation.name", operation.into()),
                ("gen_ai.request.model", "m".into()),
                ("gen_ai.usage.input_tokens", 1_i64.into()),
            ],
        );
        assert_eq!((span.category, span.usage_scope), (category, scope), "{operation}");
        assert_eq!(span.operation.as_deref(), Some(operation));
    }
    let fetched = facts_of("fetch", "s", &[("gen_ai.operation.name", "fetch_response".into())]);
    assert_eq!((fetched.category, fetched.cached), (Category::Other, true));
}

#[test]
fn a_handoff_is_no_tool_call() {
    let scope = "openinference.instrumentation.openai_agents";
    let span = facts_of(
        "handoff to writer",
        scope,
        &[("openinference.span.kind", "TOOL".into()), ("input.value", "planner".into())],
    );
    assert_eq!((span.category, &span.tool_name), (Category::Chain, &None));
    assert_eq!(span.kind.as_deref(), Some("TOOL"));
}

#[test]
fn laminar_from_javascript() {
    let mut thrown = source("tool", "lmnr.tracer", &[("lmnr.span.type", "TOOL".into())]);
    thrown.events = vec![event(
        "exception",
        &[("exception.type", "Error".into()), ("exception.message", "no".into())],
    )];
    let span = facts(&thrown);
    assert_eq!(span.status, Status::Error);
    assert_eq!(span.error.unwrap().message, "no");
    // Elsewhere an exception on a span that did not fail was handled.
    let mut handled = source("tool", "s", &[("gen_ai.operation.name", "chat".into())]);
    handled.events = thrown.events;
    assert_eq!((facts(&handled).status, facts(&handled).error), (Status::Unset, None));

    let path =
        list(&["00000000-0000-0000-73c7-3130b8624837", "00000000-0000-0000-b7ad-6b7169203331"]);
    let mut orphan = source("x", "lmnr.tracer", &[("lmnr.span.ids_path", path)]);
    assert_eq!(facts(&orphan).parent_span_id.unwrap().to_string(), "73c73130b8624837");
    orphan.attributes.push(("lmnr.internal.override_parent_span".into(), true.into()));
    assert_eq!(facts(&orphan).parent_span_id, None);
}

#[test]
fn logfire_model_call_without_an_operation() {
    let pairs = [
        ("logfire.span_type", "span".into()),
        ("request_data", r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#.into()),
        ("response_data", r#"{"combined_chunk_content":"hello","chunk_count":2}"#.into()),
    ];
    let span = facts_of("Chat Completion with 'm'", "logfire.openai", &pairs);
    assert_eq!((span.category, span.input_preview.as_deref()), (Category::Llm, Some("hi")));
    let found = content(&source("Chat Completion with 'm'", "logfire.openai", &pairs));
    assert_eq!(found.output_messages.len(), 1);
    assert_eq!(found.output_messages[0].role, "assistant");
}

#[test]
fn a_finish_reason_inside_the_answer_counts_on_model_calls() {
    let answer = r#"[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":"x"}}]"#;
    let pairs = [("lmnr.span.type", "LLM".into()), ("gen_ai.output.messages", answer.into())];
    let span = facts_of("openai.chat", "lmnr.tracer", &pairs);
    assert_eq!(span.finish_reason.as_deref(), Some("tool_call"));
}

#[test]
fn logfire_pending_notice_is_the_open_span() {
    let mut notice = source(
        "demo run",
        "logfire",
        &[
            ("logfire.span_type", "pending_span".into()),
            ("logfire.pending_parent_id", "00f067aa0ba902b7".into()),
        ],
    );
    notice.parent_span_id = Some("32c2410000000001".parse().unwrap());
    let span = facts(&notice);
    assert_eq!(span.span_id.to_string(), "32c2410000000001");
    assert_eq!(span.parent_span_id.unwrap().to_string(), "00f067aa0ba902b7");
    assert_eq!(span.end_nanos, None);
}

#[test]
fn claude_code_failures_mark_the_tool() {
    let mut execution = source(
        "claude_code.tool.execution",
        "com.anthropic.claude_code.tracing",
        &[
            ("span.type", "tool.execution".into()),
            ("error", "File does not exist.".into()),
            ("error.type", "tool_error".into()),
        ],
    );
    execution.status.code = clew_model::source::StatusCode::Error;
    let span = facts(&execution);
    assert!(span.error_marks_parent);
    let error = span.error.unwrap();
    assert_eq!(
        (error.kind.as_str(), error.message.as_str()),
        ("tool_error", "File does not exist.")
    );
}

#[test]
fn langfuse_as_root_and_long_names() {
    let long = "a name that is longer than thirty-seven characters";
    let span = facts_of(
        long,
        "langfuse-sdk",
        &[
            ("langfuse.observation.type", "span".into()),
            ("langfuse.internal.as_root", true.into()),
            ("langfuse.trace.name", "my trace".into()),
        ],
    );
    assert!(span.forced_root);
    assert_eq!(span.trace_name.as_deref(), Some("my trace"));
    assert_eq!(span.name, long);
    assert_eq!(span.display_name.as_deref(), Some("a name that is longer than thirty-sev…"));
}
