//! Message shapes of the providers, each as it stands in `gen_ai.input.messages` or in a
//! raw payload, as OTel parts.

use clew_model::content::content;
use clew_model::value::Value;
use serde_json::{Value as Json, json};

use crate::source;

/// The input messages of a model call whose raw input is `text`.
fn input(text: &str) -> Json {
    let span = source(
        "chat",
        "s",
        &[("gen_ai.operation.name", "chat".into()), ("input.value", text.into())],
    );
    serde_json::to_value(content(&span).input_messages).unwrap()
}

/// The output messages of a model call whose raw output is `text`.
fn output(text: &str) -> Json {
    let span = source(
        "chat",
        "s",
        &[("gen_ai.operation.name", "chat".into()), ("output.value", text.into())],
    );
    serde_json::to_value(content(&span).output_messages).unwrap()
}

#[test]
fn otel_parts_and_their_drift() {
    let text = r#"[
        {"role":"user","parts":[{"type":"text","content":"hi"},{"type":"text"},
            {"type":"image-url","url":"https://x/y.png"},
            {"type":"binary","media_type":"audio/wav","content":"AAAA"}]},
        {"role":"assistant","parts":[{"type":"thinking","content":"hm"},
            {"type":"tool_call","id":"c1","name":"f","arguments":"{\"a\":1}"}],"finish_reason":"tool-calls"},
        {"role":"user","parts":[{"type":"tool_call_response","id":"c1","name":"f","result":"21C"}]},
        {"role":"user","parts":[{"type":"tool_approval_response","id":"c1","approved":true}]}]"#;
    assert_eq!(
        input(text),
        json!([
            {"role": "user", "parts": [
                {"type": "text", "content": "hi"},
                {"type": "text", "content": null},
                {"type": "uri", "modality": "image", "uri": "https://x/y.png"},
                {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "content": "AAAA"},
            ]},
            {"role": "assistant", "finish_reason": "tool_call", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
            ]},
            {"role": "tool", "parts": [
                {"type": "tool_call_response", "id": "c1", "response": "21C"},
            ]},
            {"role": "user", "parts": [
                {"type": "tool_approval_response", "id": "c1", "approved": true},
            ]},
        ])
    );
}

#[test]
fn openai_chat() {
    let text = r#"{"model":"m","temperature":0.2,"messages":[
        {"role":"developer","content":"Plan"},
        {"role":"user","content":[{"type":"text","text":"hi"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
            {"type":"input_audio","input_audio":{"data":"BBBB","format":"wav"}},
            {"type":"file","file":{"file_id":"f-1"}}]},
        {"role":"assistant","content":null,"reasoning_content":"hm",
            "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
                          {"id":"c2","type":"function","function":{"name":"g","arguments":"not json"}}]},
        {"role":"tool","tool_call_id":"c1","content":"{\"t\":21}"},
        {"role":"assistant","content":null,"function_call":{"name":"h","arguments":"{}"}}]}"#;
    assert_eq!(
        input(text),
        json!([
            {"role": "system", "parts": [{"type": "text", "content": "Plan"}]},
            {"role": "user", "parts": [
                {"type": "text", "content": "hi"},
                {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "AAAA"},
                {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "content": "BBBB"},
                {"type": "file", "modality": "document", "file_id": "f-1"},
            ]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
                {"type": "tool_call", "id": "c2", "name": "g", "arguments": "not json"},
            ]},
            {"role": "tool", "parts": [
                {"type": "tool_call_response", "id": "c1", "response": {"t": 21}},
            ]},
            {"role": "assistant", "parts": [
                {"type": "tool_call", "name": "h", "arguments": {}},
            ]},
        ])
    );
    let answer = r#"{"object":"chat.completion","choices":[
        {"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}},
        {"index":1,"finish_reason":"content_filter","message":{"role":"assistant","content":null,"refusal":"no"}}]}"#;
    assert_eq!(
        output(answer),
        json!([
            {"role": "assistant", "finish_reason": "stop", "parts": [{"type": "text", "content": "a"}]},
            {"role": "assistant", "finish_reason": "content_filter", "parts": [{"type": "text", "content": "no"}]},
        ])
    );
}

#[test]
fn openai_responses() {
    let text = r#"{"instructions":"Plan","input":[
        {"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},
        {"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"x"},
        {"type":"function_call","id":"fc","call_id":"c1","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"c1","output":"42"}]}"#;
    let span = source(
        "chat",
        "s",
        &[("gen_ai.operation.name", "chat".into()), ("input.value", text.into())],
    );
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.system_instructions).unwrap(),
        json!([{"type": "text", "content": "Plan"}])
    );
    assert_eq!(
        serde_json::to_value(&found.input_messages).unwrap(),
        json!([
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "c1", "name": "f", "arguments": {}},
            ]},
            {"role": "tool", "parts": [
                {"type": "tool_call_response", "id": "c1", "response": "42"},
            ]},
        ])
    );
    let answer = r#"{"object":"response","output":[
        {"type":"reasoning","summary":[]},
        {"type":"web_search_call","id":"ws","status":"completed"},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"out"}]}]}"#;
    assert_eq!(
        output(answer),
        json!([
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": null},
                {"type": "server_tool_call", "id": "ws", "name": "web_search",
                    "server_tool_call": {"type": "web_search_call", "id": "ws", "status": "completed"}},
            ]},
            {"role": "assistant", "parts": [{"type": "text", "content": "out"}]},
        ])
    );
    assert_eq!(
        input(r#"{"input":"hello"}"#),
        json!([{"role": "user", "parts": [{"type": "text", "content": "hello"}]}])
    );
}

#[test]
fn anthropic() {
    let text = r#"{"system":[{"type":"text","text":"Plan"}],"messages":[
        {"role":"user","content":"hi"},
        {"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"s"},
            {"type":"redacted_thinking","data":"d"},
            {"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
        {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"42"}],"is_error":false},
            {"type":"text","text":"go on"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
            {"type":"document","source":{"type":"url","url":"https://x/y.pdf"}}]}]}"#;
    let span = source(
        "chat",
        "s",
        &[("gen_ai.operation.name", "chat".into()), ("input.value", text.into())],
    );
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.system_instructions).unwrap(),
        json!([{"type": "text", "content": "Plan"}])
    );
    assert_eq!(
        serde_json::to_value(&found.input_messages).unwrap(),
        json!([
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "redacted_thinking", "data": "d"},
                {"type": "tool_call", "id": "t1", "name": "f", "arguments": {"a": 1}},
            ]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "t1", "response": "42"}]},
            {"role": "user", "parts": [
                {"type": "text", "content": "go on"},
                {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "AAAA"},
                {"type": "uri", "modality": "document", "uri": "https://x/y.pdf"},
            ]},
        ])
    );
    let answer = r#"{"type":"message","role":"assistant","content":[
        {"type":"server_tool_use","id":"s1","name":"web_search","input":{}},
        {"type":"web_search_tool_result","tool_use_id":"s1","content":[]},
        {"type":"text","text":"out"}],"stop_reason":"end_turn"}"#;
    assert_eq!(
        output(answer),
        json!([{"role": "assistant", "finish_reason": "stop", "parts": [
            {"type": "server_tool_call", "id": "s1", "name": "web_search",
                "server_tool_call": {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}},
            {"type": "server_tool_call_response", "id": "s1",
                "server_tool_call_response": {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []}},
            {"type": "text", "content": "out"},
        ]}])
    );
}

#[test]
fn gemini() {
    let text = r#"{"system_instruction":{"parts":[{"text":"Plan"}]},"contents":[
        {"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},
        {"role":"model","parts":[{"text":"hm","thought":true},
            {"functionCall":{"name":"f","args":{"a":1}}},{"function_call":{"name":"f","args":{"a":2}}}]},
        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"r":1}}},
            {"function_response":{"name":"f","response":{"r":2}}}]}]}"#;
    let span = source(
        "chat",
        "s",
        &[("gen_ai.operation.name", "chat".into()), ("input.value", text.into())],
    );
    let found = content(&span);
    assert_eq!(
        serde_json::to_value(&found.system_instructions).unwrap(),
        json!([{"type": "text", "content": "Plan"}])
    );
    assert_eq!(
        serde_json::to_value(&found.input_messages).unwrap(),
        json!([
            {"role": "user", "parts": [
                {"type": "text", "content": "hi"},
                {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "AAAA"},
            ]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "f#1", "name": "f", "arguments": {"a": 1}},
                {"type": "tool_call", "id": "f#2", "name": "f", "arguments": {"a": 2}},
            ]},
            {"role": "tool", "parts": [
                {"type": "tool_call_response", "id": "f#1", "response": {"r": 1}},
                {"type": "tool_call_response", "id": "f#2", "response": {"r": 2}},
            ]},
        ])
    );
    let answer = r#"{"candidates":[{"content":{"role":"model","parts":[
        {"executableCode":{"code":"1+1"}},{"codeExecutionResult":{"output":"2"}},{"text":"two"}]},
        "finishReason":"MAX_TOKENS"}]}"#;
    assert_eq!(
        output(answer),
        json!([{"role": "assistant", "finish_reason": "length", "parts": [
            {"type": "server_tool_call", "name": "code_execution", "server_tool_call": {"code": "1+1"}},
            {"type": "server_tool_call_response", "server_tool_call_response": {"output": "2"}},
            {"type": "text", "content": "two"},
        ]}])
    );
}

#[test]
fn vercel() {
    let text = r#"[{"role":"system","content":"Plan"},
        {"role":"user","content":[{"type":"text","text":"hi"},
            {"type":"image","image":{"0":255,"1":0},"mediaType":"image/png"},
            {"type":"file","data":"https://x/y.pdf","mediaType":"application/pdf"}]},
        {"role":"assistant","content":[{"type":"reasoning","text":"hm"},
            {"type":"tool-call","toolCallId":"c1","toolName":"f","input":{"a":1}},
            {"type":"tool-call","toolCallId":"c2","toolName":"g","args":"{\"b\":2}"}]},
        {"role":"tool","content":[
            {"type":"tool-result","toolCallId":"c1","toolName":"f","output":{"type":"json","value":{"r":1}}},
            {"type":"tool-result","toolCallId":"c2","toolName":"g","result":"old"}]}]"#;
    assert_eq!(
        input(text),
        json!([
            {"role": "system", "parts": [{"type": "text", "content": "Plan"}]},
            {"role": "user", "parts": [
                {"type": "text", "content": "hi"},
                {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "/wA="},
                {"type": "uri", "modality": "document", "uri": "https://x/y.pdf", "mime_type": "application/pdf"},
            ]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
                {"type": "tool_call", "id": "c2", "name": "g", "arguments": {"b": 2}},
            ]},
            {"role": "tool", "parts": [
                {"type": "tool_call_response", "id": "c1", "response": {"r": 1}},
                {"type": "tool_call_response", "id": "c2", "response": "old"},
            ]},
        ])
    );
}

#[test]
fn bedrock() {
    let text = r#"[{"role":"user","content":[{"text":"hi"}]},
        {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm"}}},
            {"toolUse":{"toolUseId":"c1","name":"f","input":{"a":1}}}]},
        {"role":"user","content":[{"toolResult":{"toolUseId":"c1","content":[{"json":{"r":1}}],"status":"success"}}]}]"#;
    assert_eq!(
        input(text),
        json!([
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
            ]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": {"r": 1}}]},
        ])
    );
}

#[test]
fn langchain() {
    let text = r#"{"messages":[[
        {"lc":1,"type":"constructor","id":["langchain","schema","messages","SystemMessage"],"kwargs":{"content":"Plan"}},
        {"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"hi"}},
        {"lc":1,"type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{"content":"",
            "tool_calls":[{"name":"f","args":{"a":1},"id":"c1","type":"tool_call"}],
            "response_metadata":{"finish_reason":"tool_calls"}}},
        {"lc":1,"type":"constructor","id":["langchain","schema","messages","ToolMessage"],"kwargs":{"content":"42","tool_call_id":"c1"}}]]}"#;
    let want = json!([
        {"role": "system", "parts": [{"type": "text", "content": "Plan"}]},
        {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
        {"role": "assistant", "finish_reason": "tool_call", "parts": [
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
        ]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "42"}]},
    ]);
    assert_eq!(input(text), want);
    let dumped =
        r#"[{"type":"human","content":"hi"},{"type":"ai","content":[{"type":"text","text":"a"}]}]"#;
    assert_eq!(
        input(dumped),
        json!([
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [{"type": "text", "content": "a"}]},
        ])
    );
}

#[test]
fn what_is_no_message_stays_raw() {
    let span = source(
        "step",
        "s",
        &[
            ("openinference.span.kind", "CHAIN".into()),
            ("input.value", r#"{"args":["x"],"kwargs":{"a":1}}"#.into()),
            ("output.value", "plain".into()),
        ],
    );
    let found = content(&span);
    assert!(found.input_messages.is_empty() && found.output_messages.is_empty());
    assert_eq!(found.input, Some(json!({"args": ["x"], "kwargs": {"a": 1}})));
    assert_eq!(found.output, Some(json!("plain")));
}

#[test]
fn cut_messages_keep_the_beginning() {
    let span = source(
        "chat",
        "s",
        &[
            ("gen_ai.operation.name", "chat".into()),
            (
                "gen_ai.input.messages",
                r#"[{"role":"user","parts":[{"type":"text","content":"What is the wea"#.into(),
            ),
        ],
    );
    assert_eq!(
        serde_json::to_value(content(&span).input_messages).unwrap(),
        json!([{"role": "user", "parts": [{"type": "text", "content": "What is the wea"}]}])
    );
    let facts = crate::facts(&span);
    assert!(facts.truncated);
    assert_eq!(facts.input_preview.as_deref(), Some("What is the wea"));
}

#[test]
fn embedded_texts_are_a_list() {
    let openinference = source(
        "CreateEmbeddings",
        "openinference.instrumentation.openai",
        &[
            ("openinference.span.kind", "EMBEDDING".into()),
            ("input.value", r#"{"input":["a","b"],"model":"m"}"#.into()),
            ("embedding.embeddings.0.embedding.text", "a".into()),
            ("embedding.embeddings.0.embedding.vector", "[0.1]".into()),
            ("embedding.embeddings.10.embedding.text", "c".into()),
            ("embedding.embeddings.2.embedding.text", "b".into()),
        ],
    );
    assert_eq!(content(&openinference).input, Some(json!(["a", "b", "c"])));
    let vercel = |key: &str, value: Value| {
        let operation = ("ai.operationId", "ai.embedMany.doEmbed".into());
        let found = content(&source("ai.embedMany.doEmbed", "ai", &[operation, (key, value)]));
        assert!(found.input_messages.is_empty());
        found.input
    };
    let values = Value::Array(vec!["\"a\"".into(), "plain".into()]);
    assert_eq!(vercel("ai.values", values), Some(json!(["a", "plain"])));
    assert_eq!(vercel("ai.value", "\"a\"".into()), Some(json!(["a"])));
}
