//! A planner with two researchers, in OpenInference's names instead of OpenTelemetry's.

use serde_json::{Value as Json, json};

use super::run::{MadeUpRun, Recorder};

/// Two sub-agents search and read, the planner writes.
pub(super) fn market_report(start_nanos: i64, seed: u64) -> MadeUpRun {
    let story = "a planner with two researchers, one search that times out";
    let mut run = Recorder::new(story, "research", start_nanos, seed, 3);
    let task =
        "Compare heat pumps for terraced houses: price, noise, and what owners complain about.";
    run.open(
        "planner",
        json!({
            "openinference.span.kind": "AGENT", "agent.name": "planner",
            "session.id": "research-17", "user.id": "lena",
            "input.value": task,
        }),
    );
    llm(
        &mut run,
        "planner",
        &[("system", "You plan research and write the report."), ("user", task)],
        "1. prices and noise figures  2. owners' complaints",
        (412, 96),
        2_210,
    );
    for (name, goal, queries) in [
        (
            "prices",
            "Find prices and noise figures.",
            ["heat pump 6 kW price 2026", "heat pump noise dB terraced house"],
        ),
        (
            "complaints",
            "Find what owners complain about.",
            ["heat pump owner complaints", "heat pump neighbour noise forum"],
        ),
    ] {
        run.open(
            name,
            json!({
                "openinference.span.kind": "AGENT", "agent.name": name, "input.value": goal,
            }),
        );
        for (number, query) in queries.into_iter().enumerate() {
            llm(
                &mut run,
                name,
                &[("system", "You search and cite."), ("user", goal)],
                &format!("search: {query}"),
                (388 + 210 * number as u64, 22),
                760,
            );
            let failed = name == "complaints" && number == 1;
            run.span("web_search", if failed { 10_000 } else { 640 }, json!({
                "openinference.span.kind": "TOOL", "tool.name": "web_search",
                "input.value": json!({ "query": query }).to_string(),
                "output.value": if failed { "" } else { "[{\"title\":\"Field test of 12 units\",\"url\":\"https://example.org/field-test\"},{\"title\":\"What 300 owners say\",\"url\":\"https://example.org/owners\"}]" },
            }), failed.then_some("TimeoutError: search did not answer within 10 s"));
        }
        llm(
            &mut run,
            name,
            &[("user", goal)],
            "Found: list prices 9,400 to 13,800 EUR; 38 to 54 dB(A) at three metres.",
            (1_204, 148),
            2_890,
        );
        run.close(json!({ "output.value": "notes ready" }), None);
    }
    let report = "Three models stay below 42 dB(A) and cost between 10,900 and 12,600 EUR. Owners complain most about defrosting at night.";
    llm(&mut run, "planner", &[("user", task)], report, (2_933, 611), 7_450);
    run.close(json!({ "output.value": report }), None);
    run.finish()
}

fn llm(
    run: &mut Recorder,
    agent: &str,
    input: &[(&str, &str)],
    output: &str,
    tokens: (u64, u64),
    milliseconds: i64,
) {
    let mut attributes: Json = json!({
        "openinference.span.kind": "LLM",
        "llm.model_name": "claude-sonnet-4-5",
        "llm.provider": "anthropic",
        "llm.token_count.prompt": tokens.0,
        "llm.token_count.completion": tokens.1,
        "llm.token_count.total": tokens.0 + tokens.1,
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": output,
        "metadata": json!({ "agent": agent }).to_string(),
    });
    for (index, (role, content)) in input.iter().enumerate() {
        attributes[format!("llm.input_messages.{index}.message.role")] = json!(role);
        attributes[format!("llm.input_messages.{index}.message.content")] = json!(content);
    }
    run.span("ChatAnthropic", milliseconds, attributes, None);
}
