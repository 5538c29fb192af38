//! Spans of agent frameworks as their tracers sent them from `conformance/programs`, cut to
//! what matters: where a reader went wrong once.

use clew_model::content::{Content, content};
use clew_model::message::Part;
use clew_model::span::Category;
use clew_model::usage::PicoUsd;
use clew_model::value::Value;
use serde_json::json;

use crate::{event, facts, facts_of, source};

const DETAILS: &str = "gen_ai.client.inference.operation.details";

fn texts(content: &Content) -> Vec<String> {
    let parts = content.output_messages.iter().flat_map(|message| &message.parts);
    parts
        .map(|part| match part {
            Part::Text { content } => content.clone().unwrap_or_default(),
            Part::ToolCall { name, arguments, .. } => format!("{name}{arguments}"),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn strands_writes_an_event_for_each_member_of_the_details() {
    let mut span = source(
        "chat",
        "strands.telemetry.tracer",
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", "strands-agents".into()),
        ],
    );
    span.events = vec![
        event(DETAILS, &[("gen_ai.system_instructions", r#"[{"type": "text", "content": "You plan"}]"#.into())]),
        event(DETAILS, &[("gen_ai.input.messages", r#"[{"role": "user", "parts": [{"type": "text", "content": "What is the weather in Paris?"}]}]"#.into())]),
        event(DETAILS, &[("gen_ai.output.messages", r#"[{"role": "assistant", "parts": [{"type": "tool_call", "name": "get_weather", "id": "call_1", "arguments": {"city": "Paris"}}], "finish_reason": "tool_use"}]"#.into())]),
    ];
    let read = content(&span);
    assert_eq!(json!(read.system_instructions), json!([{"type": "text", "content": "You plan"}]));
    assert_eq!(read.input_messages.len(), 1);
    assert_eq!(texts(&read), [r#"get_weather{"city":"Paris"}"#]);
}

#[test]
fn a_stream_that_adk_cut_into_messages_is_one_answer() {
    let span = source("generate_content gemini-2.5-flash", "gcp.vertex.agent", &[
        ("gen_ai.operation.name", "generate_content".into()),
        ("gen_ai.output.messages", r#"[{"role":"assistant","parts":[{"content":"It ","type":"text"}],"finish_reason":""},{"role":"assistant","parts":[{"content":"is ","type":"text"}],"finish_reason":""},{"role":"assistant","parts":[{"content":"21C.","type":"text"}],"finish_reason":"stop"}]"#.into()),
    ]);
    let read = content(&span);
    assert_eq!(texts(&read), ["It is 21C."]);
    assert_eq!(read.output_messages[0].finish_reason.as_deref(), Some("stop"));
}

#[test]
fn litellm_tells_calls_cached_tokens_and_cost_in_places_of_its_own() {
    let pairs: &[(&str, Value)] = &[
        ("metadata.usage_object", "{'completion_tokens': 17, 'prompt_tokens': 120, 'total_tokens': 137, 'completion_tokens_details': {'audio_tokens': 0, 'reasoning_tokens': 5}, 'prompt_tokens_details': {'audio_tokens': 0, 'cached_tokens': 64}}".into()),
        ("gen_ai.cost.input_cost", Value::Double(1.56e-05)),
        ("gen_ai.cost.output_cost", Value::Double(3.4e-05)),
        ("gen_ai.cost.total_cost", Value::Double(4.96e-05)),
        ("llm.request.type", "completion".into()),
        ("gen_ai.usage.output_tokens", Value::Int(17)),
        ("gen_ai.usage.input_tokens", Value::Int(120)),
        ("gen_ai.operation.name", "chat".into()),
        ("gen_ai.output.messages", r#"[{"role": "assistant", "parts": [], "finish_reason": "tool_calls"}]"#.into()),
        ("gen_ai.completion.0.function_call.arguments", r#"{"city": "Paris"}"#.into()),
        ("gen_ai.completion.0.function_call.name", "get_weather".into()),
    ];
    let span = facts_of("litellm_request", "litellm", pairs);
    let usage = span.usage.unwrap();
    assert_eq!((usage.input, usage.cache_read, usage.reasoning), (Some(120), Some(64), Some(5)));
    assert_eq!(span.cost.unwrap().total, PicoUsd(49_600_000));
    let read = content(&source("litellm_request", "litellm", pairs));
    assert_eq!(texts(&read), [r#"get_weather{"city":"Paris"}"#]);
}

const LLAMA_INDEX: &str = "opentelemetry.instrumentation.llamaindex";

#[test]
fn llamaindex_through_openllmetry() {
    let tool: &[(&str, Value)] = &[
        ("traceloop.span.kind", "task".into()),
        ("traceloop.entity.name", "FunctionTool.task".into()),
        ("traceloop.entity.input", r#"{"kwargs": {"city": "Paris"}}"#.into()),
        ("traceloop.entity.output", r#"{"blocks": [{"block_type": "text", "text": "21C in Paris"}], "tool_name": "get_weather", "raw_input": {"args": [], "kwargs": {"city": "Paris"}}, "raw_output": "21C in Paris", "is_error": false}"#.into()),
    ];
    let span = facts_of("FunctionTool.task", LLAMA_INDEX, tool);
    assert_eq!((span.category, span.tool_name.as_deref()), (Category::Tool, Some("get_weather")));
    let read = content(&source("FunctionTool.task", LLAMA_INDEX, tool)).tool.unwrap();
    assert_eq!(read.arguments, Some(json!({"city": "Paris"})));
    assert_eq!(read.result, Some(json!("21C in Paris")));
    let call = source("Model.task", LLAMA_INDEX, &[
        ("gen_ai.operation.name", "chat".into()),
        ("gen_ai.output.messages", r#"[{"role": "assistant", "parts": [], "finish_reason": "tool_call"}]"#.into()),
        ("traceloop.entity.output", r#"{"message": {"role": "assistant", "additional_kwargs": {"tool_calls": []}, "blocks": [{"block_type": "tool_call", "tool_call_id": "call_1", "tool_name": "get_weather", "tool_kwargs": "{\"city\": \"Paris\"}"}]}, "raw": {"id": "chatcmpl-1"}}"#.into()),
    ]);
    assert_eq!(texts(&content(&call)), [r#"get_weather{"city":"Paris"}"#]);
}

#[test]
fn llamaindex_through_openinference() {
    const SCOPE: &str = "openinference.instrumentation.llama_index";
    let kind = |kind: &str| [("openinference.span.kind", Value::from(kind))];
    let request = facts_of("OpenAI._prepare_chat_with_tools", SCOPE, &kind("LLM"));
    assert_eq!(request.category, Category::Chain);
    assert_eq!(facts_of("OpenAI.achat", SCOPE, &kind("LLM")).category, Category::Llm);
    let agent = facts_of("FunctionAgent.run", SCOPE, &kind("CHAIN"));
    assert_eq!(agent.category, Category::Agent);
    assert_eq!(agent.agent.name.as_deref(), Some("FunctionAgent"));
    assert_eq!(facts_of("AgentWorkflow.run", SCOPE, &kind("CHAIN")).category, Category::Workflow);
}

#[test]
fn langchain_through_openinference() {
    const SCOPE: &str = "openinference.instrumentation.langchain";
    let pairs: &[(&str, Value)] = &[
        ("openinference.span.kind", "CHAIN".into()),
        ("metadata", r#"{"ls_integration": "langchain_create_agent", "lc_agent_name": "planner", "session_id": "sess-123", "user_id": "user-42"}"#.into()),
        ("output.value", r#"{"messages": [{"type": "human", "data": {"content": "What is the weather?", "type": "human"}}, {"type": "ai", "data": {"content": "", "tool_calls": [{"name": "get_weather", "args": {"city": "Paris"}, "id": "call_1"}]}}, {"type": "tool", "data": {"content": "21C", "tool_call_id": "call_1"}}, {"type": "ai", "data": {"content": "It is 21C."}}]}"#.into()),
    ];
    let agent = facts_of("planner", SCOPE, pairs);
    assert_eq!((agent.category, agent.agent.name.as_deref()), (Category::Agent, Some("planner")));
    assert_eq!(agent.session_id.as_deref(), Some("sess-123"));
    assert_eq!(agent.user_id.as_deref(), Some("user-42"));
    // The agent's steps say the same of themselves and are none.
    assert_eq!(facts_of("model", SCOPE, pairs).category, Category::Chain);
    assert_eq!(texts(&content(&source("planner", SCOPE, pairs))), ["It is 21C."]);
}

#[test]
fn langchain_through_openllmetry() {
    const SCOPE: &str = "opentelemetry.instrumentation.langchain";
    let tool: &[(&str, Value)] = &[
        ("gen_ai.operation.name", "execute_tool".into()),
        ("gen_ai.tool.name", "get_weather".into()),
        ("gen_ai.tool.call.arguments", r#"{"input_str": "{'city': 'Paris'}", "tags": ["seq:step:1"], "metadata": {"langgraph_step": 5}}"#.into()),
        ("gen_ai.tool.call.result", r#"{"output": {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "ToolMessage"], "kwargs": {"content": "21C in Paris", "type": "tool", "name": "get_weather"}}, "kwargs": {"color": "green"}}"#.into()),
    ];
    let read = content(&source("execute_tool get_weather", SCOPE, tool)).tool.unwrap();
    assert_eq!(read.arguments, Some(json!({"city": "Paris"})));
    assert_eq!(read.result, Some(json!("21C in Paris")));
    // Steps differ, the call is the same.
    let again: Vec<(&str, Value)> = tool
        .iter()
        .map(|(key, value)| {
            (*key, Value::from(value.as_str().unwrap().replace("step\": 5", "step\": 9")))
        })
        .collect();
    let hash =
        |pairs: &[(&str, Value)]| facts_of("execute_tool get_weather", SCOPE, pairs).call_hash;
    assert_eq!(hash(tool), hash(&again));
    let agent: &[(&str, Value)] = &[
        ("traceloop.association.properties.lc_agent_name", "researcher".into()),
        ("traceloop.entity.name", "researcher".into()),
        ("traceloop.span.kind", "task".into()),
        ("gen_ai.operation.name", "execute_task".into()),
        ("traceloop.entity.input", r#"{"inputs": {"messages": [["user", "text for question"]]}, "tags": []}"#.into()),
        ("traceloop.entity.output", r#"{"outputs": {"messages": [{"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"], "kwargs": {"content": "text for question"}}, {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessage"], "kwargs": {"content": "It is 21C."}}]}, "kwargs": {"tags": []}}"#.into()),
    ];
    let span = facts_of("execute_task researcher", SCOPE, agent);
    assert_eq!((span.category, span.agent.name.as_deref()), (Category::Agent, Some("researcher")));
    assert_eq!(span.input_preview.as_deref(), Some("text for question"));
    let read = content(&source("execute_task researcher", SCOPE, agent));
    assert_eq!(
        json!(read.input_messages[0].parts),
        json!([{"type": "text", "content": "text for question"}])
    );
    assert_eq!(texts(&read), ["It is 21C."]);
}

#[test]
fn agents_are_named_without_task_and_method() {
    let crew: &[(&str, Value)] = &[
        ("openinference.span.kind", "AGENT".into()),
        ("crew_id", "6bbb416e".into()),
        ("graph.node.id", "researcher".into()),
        ("output.value", r#"{"description": "q", "raw": "It is 21C.", "pydantic": null, "json_dict": null, "agent": "researcher", "messages": [{"role": "system", "content": "You are researcher"}, {"role": "assistant", "content": ""}]}"#.into()),
    ];
    let span =
        facts_of("researcher.answer._execute_core", "openinference.instrumentation.crewai", crew);
    assert_eq!(span.agent.name.as_deref(), Some("researcher"));
    let read = content(&source(
        "researcher.answer._execute_core",
        "openinference.instrumentation.crewai",
        crew,
    ));
    assert_eq!(texts(&read), ["It is 21C."]);
    let kind = [("openinference.span.kind", Value::from("AGENT"))];
    let span = facts_of("planner.run", "openinference.instrumentation.smolagents", &kind);
    assert_eq!(span.agent.name.as_deref(), Some("planner"));
}

#[test]
fn smolagents_and_dspy_wrap_a_tools_arguments() {
    let tool = |name: &str, pairs: &[(&str, Value)]| {
        let kind = [("openinference.span.kind", Value::from("TOOL"))];
        content(&source(name, "openinference.instrumentation", &[&kind[..], pairs].concat()))
            .tool
            .unwrap()
    };
    let smolagents = tool(
        "SimpleTool",
        &[
            ("tool.name", "get_weather".into()),
            (
                "input.value",
                r#"{"args": [], "sanitize_inputs_outputs": true, "kwargs": {"city": "Paris"}}"#
                    .into(),
            ),
        ],
    );
    assert_eq!(smolagents.arguments, Some(json!({"city": "Paris"})));
    let dspy =
        tool("get_weather.__call__", &[("input.value", r#"{"kwargs": {"city": "Paris"}}"#.into())]);
    assert_eq!(dspy.arguments, Some(json!({"city": "Paris"})));
    assert_eq!(dspy.name.as_deref(), Some("get_weather"));
    // What a decorator saw of any function stays as it is.
    let decorated =
        tool("f", &[("input.value", r#"{"args": [], "kwargs": {"city": "Paris"}}"#.into())]);
    assert_eq!(decorated.arguments, Some(json!({"args": [], "kwargs": {"city": "Paris"}})));
}

#[test]
fn opensearch_names_functions_and_puts_their_arguments_where_messages_stand() {
    const SCOPE: &str = "opensearch-genai-observability-sdk-py";
    let chat = facts_of(
        "chat answer",
        SCOPE,
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.agent.name", "answer".into()),
            ("gen_ai.request.model", "gpt-5-mini".into()),
        ],
    );
    assert_eq!((chat.category, chat.agent.name.as_deref()), (Category::Llm, None));
    let agent = source(
        "invoke_agent planner",
        SCOPE,
        &[
            ("gen_ai.operation.name", "invoke_agent".into()),
            ("gen_ai.agent.name", "planner".into()),
            ("gen_ai.input.messages", r#"{"question": "What is the weather?"}"#.into()),
        ],
    );
    assert_eq!(content(&agent).input, Some(json!({"question": "What is the weather?"})));
    assert_eq!(facts(&agent).agent.name.as_deref(), Some("planner"));
    let verdict =
        facts_of("evaluation relevance", SCOPE, &[("gen_ai.operation.name", "evaluation".into())]);
    assert_eq!(verdict.category, Category::Evaluator);
}

#[test]
fn an_answer_as_it_came_gives_its_id() {
    let span = facts_of(
        "messages.stream",
        "openinference.instrumentation.anthropic",
        &[
            ("openinference.span.kind", "LLM".into()),
            ("output.value", r#"{"id":"msg_c93d5df8524b4f61b618fa04","content":[]}"#.into()),
        ],
    );
    assert_eq!(span.response_id.as_deref(), Some("msg_c93d5df8524b4f61b618fa04"));
}

/// By hand, from livekit-agents 1.8.9: `voice/generation.py`, `voice/audio_recognition.py`,
/// `tts/tts.py`, `voice/keyterm_detection.py`, `telemetry/trace_types.py`. A session with
/// speech needs a media server.
#[test]
fn livekit_names_a_model_on_steps_of_speech_that_are_no_calls() {
    let category = |name: &str, pairs: &[(&str, Value)]| {
        let model = [("gen_ai.request.model", Value::from("sonic-3"))];
        facts_of(name, "livekit-agents", &[&model[..], pairs].concat()).category
    };
    for (name, want) in [
        ("llm_node", Category::Chain),
        ("llm_request_run", Category::Other),
        ("tts_node", Category::Other),
        ("tts_request", Category::Other),
        ("tts_request_run", Category::Other),
        ("tts_fallback_adapter", Category::Other),
        ("user_turn", Category::Other),
        ("keyterm_detection", Category::Other),
        ("judge_evaluation", Category::Evaluator),
    ] {
        assert_eq!(category(name, &[]), want, "{name}");
    }
    let operation = |name: &str| [("gen_ai.operation.name", Value::from(name))];
    assert_eq!(category("llm_request", &operation("chat")), Category::Llm);
    // A model that hears and speaks itself.
    assert_eq!(category("realtime_inference", &operation("generate_content")), Category::Llm);
    let turn = facts_of(
        "user_turn",
        "livekit-agents",
        &[
            ("lk.room_sid", "RM_x".into()),
            ("lk.pii.user_transcript", "What is the weather?".into()),
        ],
    );
    assert_eq!(turn.session_id.as_deref(), Some("RM_x"));
    assert_eq!(turn.input_preview.as_deref(), Some("What is the weather?"));
}
