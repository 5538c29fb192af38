//! Tokens: aliases, inclusive and exclusive senders, numbers that are not believed.

use clew_model::usage::{CostSource, PicoUsd, Usage};
use clew_model::value::Value;

use crate::facts_of;

const CHAT: (&str, &str) = ("gen_ai.operation.name", "chat");

fn usage(pairs: &[(&str, Value)]) -> Usage {
    let mut all = vec![(CHAT.0, Value::from(CHAT.1))];
    all.extend_from_slice(pairs);
    facts_of("chat", "s", &all).usage.unwrap_or_default()
}

#[test]
fn aliases_are_alternatives_and_the_newer_name_wins() {
    let found = usage(&[
        ("gen_ai.usage.prompt_tokens", 1_i64.into()),
        ("gen_ai.usage.input_tokens", 120_i64.into()),
        ("gen_ai.usage.cache_creation.input_tokens", 5_i64.into()),
        ("gen_ai.usage.cache_write.input_tokens", 6_i64.into()),
        ("gen_ai.usage.details.cache_write_tokens", 7_i64.into()),
        ("gen_ai.usage.details.reasoning_tokens", 8_i64.into()),
    ]);
    assert_eq!((found.input, found.cache_write), (Some(120), Some(6)));
    assert_eq!((found.reasoning, found.output), (Some(8), None));
}

#[test]
fn zero_is_said_and_absent_is_not() {
    let found = usage(&[
        ("gen_ai.usage.input_tokens", 0_i64.into()),
        ("gen_ai.usage.cache_read.input_tokens", "0".into()),
    ]);
    assert_eq!((found.input, found.cache_read), (Some(0), Some(0)));
    assert_eq!((found.output, found.cache_write), (None, None));
    assert!(facts_of("chat", "s", &[(CHAT.0, CHAT.1.into())]).usage.is_none());
}

#[test]
fn more_cache_than_input_proves_an_exclusive_sender() {
    let found = usage(&[
        ("gen_ai.usage.input_tokens", 10_i64.into()),
        ("gen_ai.usage.cache_read.input_tokens", 90_i64.into()),
        ("gen_ai.usage.cache_write.input_tokens", 5_i64.into()),
    ]);
    assert_eq!((found.input, found.normalised_from_exclusive), (Some(105), true));
    let inclusive = usage(&[
        ("gen_ai.usage.input_tokens", 100_i64.into()),
        ("gen_ai.usage.cache_read.input_tokens", 90_i64.into()),
    ]);
    assert_eq!((inclusive.input, inclusive.normalised_from_exclusive), (Some(100), false));
}

#[test]
fn claude_code_always_leaves_the_cache_out() {
    let span = facts_of(
        "claude_code.llm_request",
        "com.anthropic.claude_code.tracing",
        &[
            ("span.type", "llm_request".into()),
            ("input_tokens", 1000_i64.into()),
            ("cache_read_tokens", 10_i64.into()),
            ("cache_creation_tokens", 5_i64.into()),
        ],
    );
    let found = span.usage.unwrap();
    assert_eq!((found.input, found.normalised_from_exclusive), (Some(1015), true));
}

#[test]
fn bare_keys_count_only_with_their_convention() {
    assert_eq!(usage(&[("input_tokens", 5_i64.into())]).input, None);
}

#[test]
fn numbers_that_cannot_be_are_rejected_and_the_next_alias_is_tried() {
    let span = facts_of(
        "chat",
        "s",
        &[
            (CHAT.0, CHAT.1.into()),
            ("gen_ai.usage.input_tokens", Value::Double(f64::NAN)),
            ("gen_ai.usage.prompt_tokens", 7_i64.into()),
            ("gen_ai.usage.output_tokens", (-1_i64).into()),
            ("gen_ai.usage.reasoning.output_tokens", 0.5.into()),
        ],
    );
    let found = span.usage.unwrap();
    assert_eq!((found.input, found.output, found.reasoning), (Some(7), None, None));
    assert_eq!(
        span.rejected_keys,
        [
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.reasoning.output_tokens",
        ]
    );
}

#[test]
fn langfuse_input_is_inclusive() {
    let span = facts_of(
        "g",
        "langfuse-sdk",
        &[
            ("langfuse.observation.type", "generation".into()),
            (
                "langfuse.observation.usage_details",
                r#"{"input": 10, "output": 5, "cache_read_input_tokens": 3}"#.into(),
            ),
            ("langfuse.observation.cost_details", r#"{"input": 0.001, "output": 0.002}"#.into()),
        ],
    );
    let found = span.usage.unwrap();
    assert_eq!((found.input, found.output, found.cache_read), (Some(10), Some(5), Some(3)));
    let cost = span.cost.unwrap();
    assert_eq!((cost.total, cost.source), (PicoUsd(3_000_000_000), CostSource::Reported));
}

#[test]
fn gemini_thoughts_that_only_the_total_has_are_added() {
    let vertex = usage(&[
        ("gen_ai.provider.name", "gcp.vertex_ai".into()),
        ("gen_ai.usage.input_tokens", 100_i64.into()),
        ("gen_ai.usage.output_tokens", 20_i64.into()),
        ("gen_ai.usage.reasoning_tokens", 30_i64.into()),
        ("gen_ai.usage.total_tokens", 150_i64.into()),
    ]);
    assert_eq!(vertex.output, Some(50));
    let inside = usage(&[
        ("gen_ai.provider.name", "gcp.gemini".into()),
        ("gen_ai.usage.input_tokens", 100_i64.into()),
        ("gen_ai.usage.output_tokens", 50_i64.into()),
        ("gen_ai.usage.reasoning_tokens", 30_i64.into()),
        ("gen_ai.usage.total_tokens", 150_i64.into()),
    ]);
    assert_eq!(inside.output, Some(50));
}

#[test]
fn writes_by_duration_make_the_write() {
    let found = usage(&[
        ("gen_ai.usage.input_tokens", 100_i64.into()),
        ("gen_ai.usage.cache_creation.input_tokens.ephemeral_5m", 10_i64.into()),
        ("gen_ai.usage.cache_creation.input_tokens.ephemeral_1h", 20_i64.into()),
    ]);
    assert_eq!((found.cache_write, found.cache_write_1h), (Some(30), Some(20)));
}

#[test]
fn reported_costs_go_before_computed_ones() {
    let reported = facts_of(
        "chat",
        "s",
        &[
            (CHAT.0, CHAT.1.into()),
            ("gen_ai.request.model", "gpt-5-mini".into()),
            ("gen_ai.usage.input_tokens", 1000_i64.into()),
            ("operation.cost", 0.5.into()),
        ],
    );
    assert_eq!(reported.cost.unwrap().total, PicoUsd(500_000_000_000));
    let broken = facts_of(
        "chat",
        "s",
        &[
            (CHAT.0, CHAT.1.into()),
            ("gen_ai.request.model", "gpt-5-mini".into()),
            ("gen_ai.usage.input_tokens", 1000_i64.into()),
            ("gen_ai.usage.cost", (-0.5).into()),
        ],
    );
    assert_eq!(broken.cost.unwrap().source, CostSource::Computed);
    assert_eq!(broken.rejected_keys, ["gen_ai.usage.cost"]);
}
