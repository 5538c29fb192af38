//! Facts of every span of every OTLP recording, against `fixtures/expected`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its recording has to stop"
)]

mod reader;
mod recordings;

use std::collections::HashMap;

use clew_model::content::{Content, content};
use clew_model::message::Part;
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::span::Span;
use serde_json::Value as Json;

fn expected(recording: &str) -> Json {
    let path = reader::fixtures().join("expected").join(format!("{recording}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn facts_of_every_recorded_span() {
    let prices = PriceTable::shipped();
    let mut differences = Vec::new();
    let mut compared = 0;
    for recording in recordings::RECORDINGS {
        let spans: HashMap<String, Span> = reader::spans_of(recording)
            .iter()
            .map(|source| normalise(source, &prices))
            .filter(|span| span.end_nanos.is_some())
            .map(|span| (format!("{}/{}", span.trace_id, span.span_id), span))
            .collect();
        for trace in expected(recording)["traces"].as_array().unwrap() {
            for want in trace["tree"].as_array().unwrap() {
                let id = format!(
                    "{}/{}",
                    trace["trace_id"].as_str().unwrap(),
                    want["span_id"].as_str().unwrap()
                );
                let Some(span) = spans.get(&id) else {
                    differences.push(format!("{recording} {id}: missing"));
                    continue;
                };
                compared += 1;
                let place = format!("{recording} {} {}", want["span_id"], want["name"]);
                compare(&place, want, span, &mut differences);
            }
        }
    }
    assert!(differences.is_empty(), "{compared} spans\n{}", differences.join("\n"));
    assert_eq!(compared, 350);
}

fn compare(place: &str, want: &Json, span: &Span, differences: &mut Vec<String>) {
    let mut check = |what: &str, want: Json, got: Json| {
        if want != got {
            differences.push(format!("{place}: {what} is {got}, expected {want}"));
        }
    };
    check("name", want["name"].clone(), span.name.clone().into());
    let usage = span.usage.unwrap_or_default();
    check("input", want["input_tokens"].clone(), usage.input.into());
    check("output", want["output_tokens"].clone(), usage.output.into());
    check("cache_read", want["cache_read_tokens"].clone(), usage.cache_read.into());
    check("cache_write", want["cache_write_tokens"].clone(), usage.cache_write.into());
    check("reasoning", want["reasoning_tokens"].clone(), usage.reasoning.into());
    if want["raw_kind"].is_string() {
        check("kind", want["raw_kind"].clone(), span.kind.clone().into());
    }
    if want["model"].is_string() {
        check("model", want["model"].clone(), span.model().into());
    }
    for (name, got) in [
        ("tool_name", &span.tool_name),
        ("request_model", &span.request_model),
        ("agent_name", &span.agent.name),
    ] {
        if want[name].is_string() {
            check(name, want[name].clone(), got.clone().into());
        }
    }
    if want["counted"].as_bool() == Some(true) {
        check("scope", "Own".into(), format!("{:?}", span.usage_scope).into());
    }
    let accepted = |name: &str, got: &str, alias: &[&str]| {
        let words = want.get(format!("{name}_accept").as_str()).cloned();
        let words = words.unwrap_or_else(|| Json::from(vec![want[name].clone()]));
        words
            .as_array()
            .unwrap()
            .iter()
            .any(|word| word == got || alias.contains(&word.as_str().unwrap()))
    };
    if !accepted("category", span.category.as_str(), &[]) {
        check("category", want["category"].clone(), span.category.as_str().into());
    }
    let status = format!("{:?}", span.status).to_lowercase();
    // The failure of a child that its sender leaves unmarked is derived per trace.
    let derived_per_trace = want["error_derived"] == "child tool.execution failed";
    if !accepted("status", &status, &[]) && !derived_per_trace {
        check("status", want["status"].clone(), status.clone().into());
    }
    let sides =
        [("first_input_text", &span.input_preview), ("first_output_text", &span.output_preview)];
    for (name, got) in sides {
        if let Some(text) = want[name].as_str() {
            let got = got.as_deref().unwrap_or("");
            if !same_beginning(text, got) {
                check(name, text.into(), got.into());
            }
        }
    }
}

/// Payloads are compared without white space and by their first 40 characters, as
/// `compare.py` beside the expected results does.
fn same_beginning(want: &str, got: &str) -> bool {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let beginning: String = squeezed(want).chars().take(40).collect();
    squeezed(got).starts_with(&beginning)
}

#[test]
fn payload_of_every_recorded_span() {
    let mut differences = Vec::new();
    for recording in recordings::RECORDINGS {
        let contents: HashMap<String, Content> = reader::spans_of(recording)
            .iter()
            .map(|source| (format!("{}/{}", source.trace_id, source.span_id), content(source)))
            .collect();
        for trace in expected(recording)["traces"].as_array().unwrap() {
            for want in trace["tree"].as_array().unwrap() {
                let trace_id = trace["trace_id"].as_str().unwrap();
                let id = format!("{trace_id}/{}", want["span_id"].as_str().unwrap());
                let place = format!("{recording} {} {}", want["span_id"], want["name"]);
                compare_payload(&place, want, &contents[&id], &mut differences);
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn compare_payload(place: &str, want: &Json, got: &Content, differences: &mut Vec<String>) {
    let sides = [
        ("first_input_text", &got.input_messages, &got.input),
        ("first_output_text", &got.output_messages, &got.output),
    ];
    for (name, messages, raw) in sides {
        let Some(text) = want[name].as_str() else { continue };
        let first =
            messages.iter().flat_map(|message| &message.parts).find_map(|part| match part {
                Part::Text { content: Some(text) } => Some(text.clone()),
                _ => None,
            });
        // What was embedded is a list of texts.
        let listed = raw.as_ref().and_then(|json| json.get(0)?.as_str().map(str::to_owned));
        let raw = raw.as_ref().map(|json| json.as_str().map_or(json.to_string(), str::to_owned));
        let candidates = [first, raw, listed];
        if !candidates.iter().flatten().any(|found| same_beginning(text, found)) {
            differences.push(format!("{place}: {name} is {candidates:?}, expected {text:?}"));
        }
    }
    let calls: Vec<&str> = got
        .output_messages
        .iter()
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::ToolCall { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if let Some(tools) = want["output_tool_calls"].as_array() {
        let tools: Vec<&str> = tools.iter().filter_map(Json::as_str).collect();
        if calls != tools {
            differences.push(format!("{place}: asks for {calls:?}, expected {tools:?}"));
        }
    }
}
