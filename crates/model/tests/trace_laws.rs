//! The state of a trace against a full recomputation that was written apart from it, over
//! random trees, in random orders, with replacements.

#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "trace/naive.rs"]
mod naive;
#[path = "trace/spans.rs"]
mod spans;

use clew_model::span::Span;
use clew_model::summary::TraceSummary;
use clew_model::trace::TraceState;
use proptest::prelude::*;
use spans::{any_span, trace_id};

/// What stays of a list of upserts: the last of each span.
fn last_of_each(upserts: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for upsert in upserts {
        spans.retain(|span| span.span_id != upsert.span_id);
        spans.push(upsert.clone());
    }
    spans
}

fn summary_of(spans: &[Span]) -> TraceSummary {
    let mut state = TraceState::new(trace_id());
    spans.iter().for_each(|span| state.upsert(span));
    state.summary()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn after_every_upsert_the_summary_is_that_of_a_full_recomputation(
        upserts in prop::collection::vec(any_span(), 1..24),
    ) {
        let mut state = TraceState::new(trace_id());
        for (step, upsert) in upserts.iter().enumerate() {
            state.upsert(upsert);
            let want = naive::summary(trace_id(), &last_of_each(&upserts[..=step]));
            let got = state.summary();
            prop_assert!(got == want, "{}", difference(&got, &want));
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        upserts in prop::collection::vec(any_span(), 1..16),
        order in Just((0..16).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let spans = last_of_each(&upserts);
        let shuffled: Vec<Span> =
            order.iter().filter_map(|place| spans.get(*place)).cloned().collect();
        let (one, other) = (summary_of(&spans), summary_of(&shuffled));
        prop_assert!(one == other, "{}", difference(&one, &other));
    }
}

/// The lines in which two summaries differ.
fn difference(got: &TraceSummary, want: &TraceSummary) -> String {
    let (got, want) = (format!("{got:#?}"), format!("{want:#?}"));
    let lines = got.lines().zip(want.lines()).filter(|(got, want)| got != want);
    lines.map(|(got, want)| format!("{got}  want {want}\n")).collect()
}

fn cases() -> u32 {
    std::env::var("TRACE_LAWS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}
