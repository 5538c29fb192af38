//! How long a trace's tree and state take: `cargo run --release --example tree_speed`.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a measure for people")]

use std::time::{Duration, Instant};

use clew_model::ids::{SpanId, TraceId};
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::{Sender, SourceSpan};
use clew_model::span::Span;
use clew_model::trace::{TraceState, Tree};
use clew_model::value::Value;

/// 2026-01-01.
const START: i64 = 1_767_225_600_000_000_000;
const ROUNDS: usize = 9;

fn trace_id() -> TraceId {
    TraceId::from_bytes(&[7; 16]).expect("not all zeros")
}

/// An id without order, as SDKs make them.
fn span_id(number: u64) -> SpanId {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    SpanId::from_bytes(&(mixed ^ (mixed >> 29)).to_be_bytes()).expect("not all zeros")
}

/// A run of turns by an agent: in each one model call and three tools.
fn span(number: u64) -> SourceSpan {
    let parent = match number {
        0 => None,
        _ if number % 5 == 1 => Some(0),
        _ => Some(number - (number - 1) % 5),
    };
    let text = |text: String| Value::String(text);
    let (name, operation) = match (number, number % 5) {
        (0, _) => ("invoke_agent planner", "invoke_agent"),
        (_, 1) => ("invoke_agent researcher", "invoke_agent"),
        (_, 2) => ("chat gpt-5-mini", "chat"),
        _ => ("execute_tool search", "execute_tool"),
    };
    let mut attributes = vec![
        ("gen_ai.operation.name".to_owned(), text(operation.to_owned())),
        ("gen_ai.conversation.id".to_owned(), text("sess-123".to_owned())),
        ("user.id".to_owned(), text("user-42".to_owned())),
        ("gen_ai.provider.name".to_owned(), text("openai".to_owned())),
        ("input.value".to_owned(), text(format!("what is asked in step {number}"))),
        ("output.value".to_owned(), text(format!("what is answered in step {number}"))),
    ];
    match operation {
        "chat" => attributes.extend([
            ("gen_ai.request.model".to_owned(), text("gpt-5-mini".to_owned())),
            ("gen_ai.response.id".to_owned(), text(format!("resp-{number}"))),
            ("gen_ai.usage.input_tokens".to_owned(), Value::Int(120)),
            ("gen_ai.usage.output_tokens".to_owned(), Value::Int(17)),
        ]),
        "execute_tool" => {
            attributes.push(("gen_ai.tool.name".to_owned(), text("search".to_owned())));
        }
        _ => attributes.push(("gen_ai.agent.name".to_owned(), text("planner".to_owned()))),
    }
    let start = START + number as i64 * 1_000_000;
    SourceSpan {
        parent_span_id: parent.map(span_id),
        name: Some(name.to_owned()),
        start_nanos: Some(start),
        end_nanos: Some(start + 900_000),
        attributes,
        ..SourceSpan::part(trace_id(), span_id(number), Sender::Otlp)
    }
}

/// Half of the rounds took longer; the fastest one was disturbed least.
fn times(mut rounds: Vec<Duration>) -> (Duration, Duration) {
    rounds.sort();
    (rounds[rounds.len() / 2], rounds[0])
}

fn main() {
    let prices = PriceTable::shipped();
    for count in [1_000, 10_000, 100_000] {
        // Children end, and come, before their parents.
        let spans: Vec<Span> =
            (0..count).rev().map(|number| normalise(&span(number), &prices)).collect();
        let (mut builds, mut upserts, mut bytes) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let copies = spans.clone();
            let began = Instant::now();
            let tree = Tree::build(copies);
            builds.push(began.elapsed());
            assert_eq!(tree.nodes().len(), spans.len());
            drop(tree);
            let began = Instant::now();
            let mut state = TraceState::new(trace_id());
            spans.iter().for_each(|span| state.upsert(span));
            upserts.push(began.elapsed());
            bytes = state.memory_bytes();
        }
        println!(
            "{count} spans: median and fastest: tree {:?}, upserts {:?}; {} bytes a span",
            times(builds),
            times(upserts),
            bytes / count as usize,
        );
    }
}
