//! What LangSmith's SDKs send, through the public functions.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::path::Path;

use clew_model::attachment::AttachmentContent;
use clew_model::fold::fold;
use clew_model::ids::{SpanId, TraceId};
use clew_model::label::LabelTarget;
use clew_model::source::{SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Value, attribute};
use clew_wire::langsmith::{self, Context};
use clew_wire::{Decoded, Limits, WireError};

const NOW: i64 = 1_795_154_500_000_000_000;
const ROOT: &str = "01a1f78d-98cc-7d9d-8c47-a335f3932748";
const CHILD: &str = "01a1f78d-98ff-7eb1-b88f-d286429bfacb";

fn with_context<T>(call: impl FnOnce(&Context<'_>) -> T) -> T {
    let limits = Limits::default();
    call(&Context { now_nanos: NOW, trace_of: &|_| None, limits: &limits })
}

fn create(body: &str) -> Result<Decoded, WireError> {
    with_context(|context| langsmith::create_run(body.as_bytes(), context))
}

fn post(fields: &str) -> SourceSpan {
    create(&format!(r#"{{"id":"{CHILD}",{fields}}}"#)).unwrap().spans.remove(0)
}

fn patch(fields: &str) -> SourceSpan {
    let body = format!("{{{fields}}}");
    let decoded = with_context(|context| langsmith::update_run(CHILD, body.as_bytes(), context));
    decoded.unwrap().spans.remove(0)
}

fn recorded(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire").join(name);
    fs::read(path).unwrap()
}

fn form(body: &[u8], boundary: &str) -> Result<Decoded, WireError> {
    with_context(|context| langsmith::multipart(body, boundary, context))
}

fn get<'a>(span: &'a SourceSpan, key: &str) -> Option<&'a str> {
    attribute(&span.attributes, key).and_then(Value::as_str)
}

#[test]
fn a_recorded_batch() {
    let body = recorded("langsmith-batch/02-POST-runs_batch.body");
    let decoded = with_context(|context| langsmith::batch(&body, context)).unwrap();
    assert_eq!((decoded.spans.len(), decoded.rejected_count), (15, 0));
    let call = &decoded.spans[1];
    assert_eq!(call.trace_id.to_string(), "01a1f78d98cc7d9d8c47a335f3932748");
    assert_eq!(call.sender_trace_id.as_deref(), Some(ROOT));
    assert_eq!(call.sender_span_id.as_deref(), Some(CHILD));
    assert_eq!(call.parent_span_id, Some(decoded.spans[0].span_id));
    assert_eq!((call.name.as_deref(), call.kind), (Some("ChatOpenAI"), SpanKind::Client));
    assert_eq!(
        (call.start_nanos, call.end_nanos),
        (Some(1_795_154_614_527_598_000), Some(1_795_154_614_544_695_000))
    );
    for (key, text) in [
        ("langsmith.span.kind", "llm"),
        ("langsmith.trace.session_name", "agents"),
        ("langsmith.metadata.session_id", "sess-123"),
        ("langsmith.metadata.ls_model_name", "gpt-5-mini"),
        ("gen_ai.response.model", "gpt-5-mini-2026-08-01"),
        ("gen_ai.response.id", "chatcmpl-e3ecf774e5a84e08972f"),
        (
            "langsmith.usage_metadata",
            concat!(
                r#"{"input_tokens": 120, "output_tokens": 17, "total_tokens": 137, "#,
                r#""input_token_details": {"audio": 0, "cache_read": 64}, "#,
                r#""output_token_details": {"audio": 0, "reasoning": 5}}"#
            ),
        ),
    ] {
        let found = get(call, key).map(|text| text.replace([' ', '\n'], ""));
        assert_eq!(found, Some(text.replace(' ', "")), "{key}");
    }
    let tags = attribute(&call.attributes, "langsmith.span.tags");
    assert_eq!(tags, Some(&Value::Array(vec!["demo".into()])));
    let reasons = attribute(&call.attributes, "gen_ai.response.finish_reasons");
    assert_eq!(reasons, Some(&Value::Array(vec!["tool_calls".into()])));
    let broken = decoded.spans.iter().find(|span| span.name.as_deref() == Some("broken_tool"));
    let broken = broken.unwrap();
    assert_eq!(broken.status.code, StatusCode::Error);
    assert_eq!(broken.status.message, "ValueError('tool exploded: text for value')");
    let raised = &broken.events[0];
    assert_eq!((raised.name.as_str(), raised.time_nanos), ("exception", 1_795_154_614_551_103_000));
    let field = |key: &str| attribute(&raised.attributes, key).and_then(Value::as_str);
    assert_eq!(field("exception.type"), Some("ValueError"));
    assert!(field("exception.stacktrace").unwrap().contains("langsmith_py.py\", line 17"));
    // The manual root has begun only: `{}` of outputs is "not yet".
    let manual = &decoded.spans[14];
    assert_eq!((manual.end_nanos, get(manual, "gen_ai.completion")), (None, None));
    let streamed = &decoded.spans[11];
    assert_eq!(streamed.events[0].name, "new_token");
    assert_eq!(streamed.events[0].time_nanos, 1_795_154_614_562_097_000);
}

#[test]
fn a_recorded_form() {
    let body = recorded("langsmith-multipart-plain/02-POST-runs_multipart.body");
    let decoded = form(&body, "c4bebc7d90c7487cad5d3849edaa8130").unwrap();
    assert_eq!((decoded.spans.len(), decoded.rejected_count), (15, 0));
    assert_eq!(
        get(&decoded.spans[0], "gen_ai.prompt"),
        Some(r#"{"q":"What is the weather in Paris?"}"#)
    );
    assert_eq!(
        (
            decoded.attachments.len(),
            decoded.attachments[0].name.as_str(),
            decoded.attachments[0].content_type.as_str()
        ),
        (1, "pic", "image/png")
    );
    assert_eq!(decoded.attachments[0].content, AttachmentContent::Bytes(b"\x89PNG\r\n".to_vec()));
    let body = recorded("langsmith-multipart-plain/03-POST-runs_multipart.body");
    let decoded = form(&body, "c4bebc7d90c7487cad5d3849edaa8130").unwrap();
    assert_eq!((decoded.spans.len(), decoded.labels.len()), (3, 1));
    let label = &decoded.labels[0];
    let trace_id = TraceId::from_sender("01a1f78d-7c1a-7dcd-a9f2-e19af709b74e").unwrap();
    assert_eq!(label.target, LabelTarget::Trace { trace_id });
    assert_eq!((label.name.as_str(), label.score, label.author.as_str()), ("score", Some(0.5), ""));
}

#[test]
fn a_form_that_is_cut_lands_nothing() {
    let body = recorded("langsmith-multipart-plain/02-POST-runs_multipart.body");
    let half = form(&body[..body.len() / 2], "c4bebc7d90c7487cad5d3849edaa8130").unwrap_err();
    assert_eq!(half.message, "the multipart body ends before its last boundary");
    assert!(form(&body, "another").is_err());
}

#[test]
fn parts_of_a_form_in_any_order_and_bad_ones() {
    let part = |name: &str, kind: &str, text: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n{text}\r\n"
        )
    };
    let json = "application/json; length=9";
    let body = [
        part(&format!("patch.{CHILD}.outputs"), json, r#"{"a":2}"#),
        part(
            &format!("patch.{CHILD}"),
            json,
            &format!(r#"{{"id":"{CHILD}","name":"x","trace_id":"{ROOT}"}}"#),
        ),
        part(&format!("attachment.{CHILD}.a.b"), "text/plain; length=2", "hi"),
        part("post.broken", json, "{"),
        part("post.", json, "{}"),
        part("odd", json, "{}"),
        part(&format!("feedback.{CHILD}"), json, r#"{"score":1}"#),
        "--b--\r\n".to_owned(),
    ]
    .concat();
    let decoded = form(body.as_bytes(), "b").unwrap();
    assert_eq!(decoded.spans.len(), 1);
    assert_eq!(get(&decoded.spans[0], "gen_ai.completion"), Some(r#"{"a":2}"#));
    assert_eq!(
        (decoded.attachments[0].name.as_str(), decoded.attachments[0].content_type.as_str()),
        ("a.b", "text/plain")
    );
    assert_eq!(decoded.attachments[0].trace_id, decoded.spans[0].trace_id);
    let reasons: Vec<_> = decoded
        .rejected
        .iter()
        .map(|rejected| (rejected.what.as_str(), rejected.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("post.broken", "the JSON ends too early"),
            ("post.", "names no run"),
            ("odd", "is no part of a run, a feedback or an attachment"),
            (
                format!("feedback.{CHILD}").as_str(),
                "run_id: is missing: feedback on a project is not kept"
            ),
        ]
    );
}

#[test]
fn parts_fold_to_the_same_run_in_every_order() {
    let ids =
        format!(r#""trace_id":"{ROOT}","parent_run_id":"{ROOT}","name":"n","run_type":"llm""#);
    let begun = post(&format!(
        r#"{ids},"start_time":"2026-11-20T06:03:34Z","inputs":{{"q":1}},"outputs":{{}},"events":[]"#
    ));
    let ended = patch(&format!(
        r#"{ids},"start_time":"2026-11-20T06:03:34Z","end_time":1795154615000,"inputs":{{}},"outputs":{{"a":2}}"#
    ));
    let run = fold(&begun, &ended);
    assert_eq!(run, fold(&ended, &begun));
    assert_eq!(run, fold(&run, &begun));
    assert_eq!(
        (run.start_nanos, run.end_nanos),
        (Some(1_795_154_614_000_000_000), Some(1_795_154_615_000_000_000))
    );
    assert_eq!(get(&run, "gen_ai.prompt"), Some(r#"{"q":1}"#));
    assert_eq!(get(&run, "gen_ai.completion"), Some(r#"{"a":2}"#));
}

#[test]
fn trace_and_parent_are_found_where_they_stand() {
    let root = TraceId::from_sender(ROOT).unwrap();
    let parent = SpanId::from_sender(ROOT).unwrap();
    let order = format!("20261120T060334476673Z{ROOT}.20261120T060334527598Z{CHILD}");
    let other = "01a1f78d-9911-758a-8c54-3524f48eed01";
    let other_trace = TraceId::from_sender(other).unwrap();
    for (fields, trace, above) in [
        (format!(r#""dotted_order":"{order}""#), root, Some(parent)),
        (format!(r#""parent_run_id":"{ROOT}""#), root, Some(parent)),
        (format!(r#""trace_id":"{ROOT}""#), root, None),
        // An order that lies is kept and not believed.
        (format!(r#""trace_id":"{other}","dotted_order":"{order}""#), other_trace, None),
        (
            format!(r#""trace_id":"{ROOT}","parent_run_id":"{other}","dotted_order":"{order}""#),
            root,
            Some(SpanId::from_sender(other).unwrap()),
        ),
    ] {
        let run = post(&fields);
        assert_eq!((run.trace_id, run.parent_span_id), (trace, above), "{fields}");
    }
    let run = patch(r#""outputs":{"a":1}"#);
    assert_eq!(run.trace_id, TraceId::from_sender(CHILD).unwrap());
    let limits = Limits::default();
    let context = Context { now_nanos: NOW, trace_of: &|_| Some(root), limits: &limits };
    let known = langsmith::update_run(CHILD, br#"{"outputs":{"a":1}}"#, &context).unwrap();
    assert_eq!(known.spans[0].trace_id, root);
    let batch = format!(
        r#"{{"patch":[{{"id":"{CHILD}","outputs":{{"a":1}}}}],
            "post":[{{"id":"{CHILD}","run_type":"chain","dotted_order":"{order}"}}]}}"#
    );
    let decoded = with_context(|context| langsmith::batch(batch.as_bytes(), context)).unwrap();
    assert_eq!(decoded.spans.iter().map(|run| run.trace_id).collect::<Vec<_>>(), [root, root]);
}

#[test]
fn tokens_model_and_reason_of_langchain() {
    let message = |kwargs: &str| {
        format!(
            r#""run_type":"llm","outputs":{{"generations":[[{{"text":"yo","message":{{"lc":1,
            "type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{kwargs}}}}}]],
            "llm_output":{{"model_name":"m-0"}}}}"#
        )
    };
    let both = r#"{"content":"yo","usage_metadata":{"input_tokens":3,"output_tokens":2},
        "response_metadata":{"model_name":"m-1","finish_reason":"stop","token_usage":{"prompt_tokens":9}}}"#;
    let run = post(&message(both));
    assert_eq!(
        get(&run, "langsmith.usage_metadata"),
        Some(r#"{"input_tokens":3,"output_tokens":2}"#)
    );
    assert_eq!(get(&run, "gen_ai.response.model"), Some("m-1"));
    let reasons = attribute(&run.attributes, "gen_ai.response.finish_reasons");
    assert_eq!(reasons, Some(&Value::Array(vec!["stop".into()])));
    let run = post(&message(r#"{"response_metadata":{"token_usage":{"prompt_tokens":9}}}"#));
    assert_eq!(get(&run, "langsmith.usage_metadata"), Some(r#"{"prompt_tokens":9}"#));
    assert_eq!(get(&run, "gen_ai.response.model"), Some("m-0"));
    let run = post(
        r#""run_type":"llm","outputs":{"usage_metadata":{"input_tokens":1}},
        "extra":{"metadata":{"usage_metadata":{"input_tokens":2}}}"#,
    );
    assert_eq!(get(&run, "langsmith.usage_metadata"), Some(r#"{"input_tokens":1}"#));
    let run = post(r#""extra":{"metadata":{"usage_metadata":{"input_tokens":2}}}"#);
    assert_eq!(get(&run, "langsmith.usage_metadata"), Some(r#"{"input_tokens":2}"#));
    let tool =
        post(r#""run_type":"tool","outputs":{"output":{"type":"tool","tool_call_id":"c-1"}}"#);
    assert_eq!(get(&tool, "gen_ai.tool.call.id"), Some("c-1"));
}

#[test]
fn errors_of_both_languages() {
    for (error, message, class, stack) in [
        (
            "ValueError('x')\\n\\nTraceback (most recent call last):\\n  File",
            "ValueError('x')",
            Some("ValueError"),
            true,
        ),
        (
            "ValueError('x')Traceback (most recent call last):\\n  File",
            "ValueError('x')",
            Some("ValueError"),
            true,
        ),
        ("TypeError: x\\n    at f (a.js:1)", "TypeError: x", Some("TypeError"), true),
        (
            "openai.RateLimitError: slow",
            "openai.RateLimitError: slow",
            Some("openai.RateLimitError"),
            false,
        ),
        ("boom", "boom", None, false),
        ("went wrong (badly)", "went wrong (badly)", None, false),
    ] {
        let run = post(&format!(r#""error":"{error}","end_time":1795154615000"#));
        assert_eq!((run.status.code, run.status.message.as_str()), (StatusCode::Error, message));
        let field = |key: &str| attribute(&run.events[0].attributes, key).and_then(Value::as_str);
        assert_eq!(field("exception.type"), class, "{error}");
        assert_eq!(field("exception.stacktrace").is_some(), stack, "{error}");
    }
    for fine in [r#""error":null"#, r#""error":"""#] {
        assert_eq!(
            post(&format!(r#"{fine},"end_time":1795154615000"#)).status.code,
            StatusCode::Ok
        );
    }
}

#[test]
fn what_is_wrong_costs_its_run() {
    for (fields, reason) in [
        (r#""name":7"#, "name: wrong type: expected a string, found a number"),
        (
            r#""start_time":"yesterday""#,
            "start_time: \"yesterday\" is no time between 1970 and 2262",
        ),
        (r#""end_time":{}"#, "end_time: \"{}\" is no time between 1970 and 2262"),
        (r#""trace_id":"00000000-0000-0000-0000-000000000000""#, "trace_id: id is all zeros"),
        (
            r#""parent_run_id":{"a":1}"#,
            "parent_run_id: wrong type: expected a string, found an object",
        ),
    ] {
        let body = format!(r#"{{"post":[{{"id":"{CHILD}",{fields}}},{{"id":"{ROOT}"}}]}}"#);
        let decoded = with_context(|context| langsmith::batch(body.as_bytes(), context)).unwrap();
        assert_eq!(decoded.spans.len(), 1, "{fields}");
        assert_eq!(
            (decoded.rejected[0].what.as_str(), decoded.rejected[0].reason.as_str()),
            ("post[0]", reason)
        );
    }
    assert_eq!(create("{}").unwrap_err().to_string(), "id: is missing");
    let events =
        post(r#""events":[7,{"time":"?"},{"name":"new_token","time":1795154615000}]"#).events;
    let seen: Vec<_> = events.iter().map(|event| (event.name.as_str(), event.time_nanos)).collect();
    assert_eq!(seen, [("event", NOW), ("event", NOW), ("new_token", 1_795_154_615_000_000_000)]);
}

#[test]
fn feedback_of_every_shape() {
    let read = |body: &str| {
        with_context(|context| langsmith::feedback(body.as_bytes(), context, &|_| true))
            .map(|(decoded, _)| decoded)
    };
    let label = |fields: &str| {
        read(&format!(r#"{{"run_id":"{CHILD}","trace_id":"{ROOT}",{fields}}}"#))
            .unwrap()
            .labels
            .remove(0)
    };
    let trace_id = TraceId::from_sender(ROOT).unwrap();
    let span_id = SpanId::from_sender(CHILD).unwrap();
    let full = label(
        r#""key":"correct","score":true,"value":{"a":1},"comment":"why","correction":{"b":2},
        "created_at":"2026-11-20T06:03:34Z","feedback_source":{"type":"model"}"#,
    );
    assert_eq!(full.target, LabelTarget::Span { trace_id, span_id });
    assert_eq!((full.score, full.value.as_deref()), (Some(1.0), Some(r#"{"a":1}"#)));
    assert_eq!(full.explanation.as_deref(), Some("why\nCorrection: {\"b\":2}"));
    assert_eq!((full.author.as_str(), full.created_nanos), ("model", 1_795_154_614_000_000_000));
    assert_eq!(label(r#""key":"tone","value":"warm""#).value.as_deref(), Some("warm"));
    let bad = read(&format!(r#"{{"run_id":"{CHILD}","key":"k","score":"high"}}"#)).unwrap();
    assert_eq!(bad.rejected[0].reason, "score: is no number");
    assert_eq!(read(&format!(r#"[{{"run_id":"{CHILD}","key":"k"}}]"#)).unwrap().labels.len(), 1);
}

#[test]
fn feedback_on_a_run_that_is_not_here() {
    let read = |body: &str| {
        with_context(|context| langsmith::feedback(body.as_bytes(), context, &|_| false)).unwrap()
    };
    let (decoded, is_unknown) = read(&format!(r#"{{"run_id":"{CHILD}","key":"k"}}"#));
    assert_eq!((decoded.labels.len(), is_unknown), (0, true));
    assert_eq!(decoded.rejected[0].reason, "run_id: names a run that is not here");
    let named = format!(r#"{{"run_id":"{CHILD}","trace_id":"{ROOT}","key":"k"}}"#);
    let (decoded, is_unknown) = read(&named);
    assert_eq!((decoded.labels.len(), is_unknown), (1, false));
}
