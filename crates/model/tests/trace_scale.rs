//! Traces of the sizes that happen: wide, deep, long, and arriving in the worst order.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test code")]

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::{Category, Span, SpanWords, Status};
use clew_model::trace::{TraceState, Tree};
use clew_model::usage::{Usage, UsageScope};

/// 2026-01-01.
const START: i64 = 1_767_225_600_000_000_000;

fn span(number: u64, parent: u64, category: Category) -> Span {
    let id = |number: u64| SpanId::from_bytes(&number.to_be_bytes()).unwrap();
    let tokens = Usage { input: Some(10), output: Some(1), ..Usage::default() };
    Span {
        trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
        span_id: id(number),
        parent_span_id: (parent > 0).then(|| id(parent)),
        forced_root: false,
        placeholder: false,
        trace_name: None,
        category,
        status: Status::Unset,
        error: None,
        error_marks_parent: false,
        start_nanos: START + number as i64,
        end_nanos: Some(START + number as i64 + 1),
        sequence: None,
        response_id: None,
        tool_call_id: None,
        usage: (category == Category::Llm).then_some(tokens),
        usage_scope: UsageScope::Own,
        cached: false,
        cost: None,
        ttft_nanos: None,
        input_preview: Some(format!("input {number}")),
        output_preview: None,
        input_bytes: 0,
        output_bytes: 0,
        call_hash: None,
        result_hash: None,
        dropped_count: 0,
        truncated: false,
        has_events: false,
        has_links: false,
        rejected_keys: Vec::new(),
        words: Arc::new(SpanWords {
            name: "step".to_owned(),
            session_id: Some("sess-1".to_owned()),
            request_model: Some("gpt-5-mini".to_owned()),
            ..SpanWords::default()
        }),
    }
}

/// A root with 100 agents, each with steps of one model call and nine tools, children
/// before parents as exporters send them.
fn long_trace(spans: u64) -> Vec<Span> {
    let mut all = vec![span(1, 0, Category::Chain)];
    all.extend((2..102).map(|agent| span(agent, 1, Category::Agent)));
    all.extend((102..=spans).map(|number| match number % 10 {
        0 => span(number, 2 + number % 100, Category::Llm),
        _ => span(number, 2 + number % 100, Category::Tool),
    }));
    all.reverse();
    all
}

fn report(what: &str, spans: &[Span]) -> clew_model::summary::TraceSummary {
    let began = std::time::Instant::now();
    let mut state = TraceState::new(TraceId::from_bytes(&[7; 16]).unwrap());
    spans.iter().for_each(|span| state.upsert(span));
    let upserts = began.elapsed();
    let began = std::time::Instant::now();
    let summary = state.summary();
    let summarised = began.elapsed();
    let copies = spans.to_vec();
    let began = std::time::Instant::now();
    let tree = Tree::build(copies);
    let built = began.elapsed();
    assert_eq!(tree.summary(), &summary);
    println!(
        "{what}: {} spans, upsert {} ns each, summary {summarised:?}, tree {built:?}, {} bytes a span",
        spans.len(),
        upserts.as_nanos() / spans.len() as u128,
        state.memory_bytes() / spans.len(),
    );
    summary
}

#[test]
fn a_hundred_thousand_spans() {
    let summary = report("long", &long_trace(100_000));
    assert_eq!((summary.span_count, summary.root_count, summary.orphan_count), (100_000, 1, 0));
    // Every tenth of 110 ..= 100,000.
    assert_eq!((summary.llm_count, summary.usage.input), (9_990, Some(99_900)));
    assert_eq!(summary.input_preview.as_deref(), Some("input 1"));
}

#[test]
fn ten_thousand_children_before_their_parent() {
    let mut spans: Vec<Span> = (2..=10_001).map(|number| span(number, 1, Category::Llm)).collect();
    spans.push(span(1, 0, Category::Agent));
    let summary = report("wide", &spans);
    assert_eq!((summary.span_count, summary.usage.output), (10_001, Some(10_000)));
    assert_eq!(summary.orphan_count, 0);
}

#[test]
fn five_thousand_levels_in_both_directions() {
    let mut spans: Vec<Span> =
        (1..5_000).map(|number| span(number, number - 1, Category::Chain)).collect();
    spans.push(span(5_000, 4_999, Category::Llm));
    let summary = report("deep", &spans);
    assert_eq!(summary.usage.input, Some(10));
    spans.reverse();
    assert_eq!(report("deep, last first", &spans), summary);
    let tree = Tree::build(spans);
    assert_eq!(tree.nodes()[4_999].depth, 4_999);
    assert_eq!(tree.nodes()[0].subtree.spans, 5_000);
}

#[test]
fn a_thousand_reports_of_one_call_inside_each_other() {
    let spans: Vec<Span> =
        (1..=1_000).map(|number| span(number, number - 1, Category::Llm)).collect();
    assert_eq!(report("nested calls", &spans).usage.input, Some(10));
}

#[test]
fn as_many_roots_or_orphans_as_spans() {
    let roots: Vec<Span> = (1..=20_000).map(|number| span(number, 0, Category::Llm)).collect();
    let summary = report("roots", &roots);
    assert_eq!((summary.root_count, summary.usage.input), (20_000, Some(200_000)));
    let orphans: Vec<Span> =
        (1..=20_000).map(|number| span(number, 1_000_000 + number, Category::Chain)).collect();
    let summary = report("orphans", &orphans);
    assert_eq!((summary.orphan_count, summary.receipt.missing_root), (20_000, true));
}

#[test]
fn every_span_open_first_and_ended_later() {
    let ended = long_trace(10_000);
    let open: Vec<Span> =
        ended.iter().map(|span| Span { end_nanos: None, usage: None, ..span.clone() }).collect();
    let both: Vec<Span> = open.iter().chain(&ended).cloned().collect();
    let summary = report("twice", &both);
    assert_eq!(summary.receipt.open_spans, 0);
    assert_eq!(summary.usage.input, Some(9_900));
    assert_eq!(summary, report("once", &ended));
}

#[test]
fn a_circle_of_two_thousand() {
    let spans: Vec<Span> = (1..=2_000)
        .map(|number| span(number, if number == 1 { 2_000 } else { number - 1 }, Category::Chain))
        .collect();
    let summary = report("circle", &spans);
    assert_eq!((summary.receipt.cycles, summary.root_count, summary.orphan_count), (1, 0, 0));
    let tree = Tree::build(spans);
    assert_eq!(tree.nodes()[0].span.start_nanos, START + 1);
    assert!(tree.nodes()[0].cycle && tree.nodes()[1_999].depth == 1_999);
}
