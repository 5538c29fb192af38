//! The state of a trace against a full recomputation that was written apart from it, over
//! random trees, in random orders, with replacements.

#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "trace/naive.rs"]
mod naive;
#[path = "trace/spans.rs"]
mod spans;

use clew_model::span::Span;
use clew_model::summary::TraceSummary;
use clew_model::trace::{Provenance, TraceState, Tree, TreeNode};
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn the_tree_agrees_with_the_state_and_with_the_definitions(
        upserts in prop::collection::vec(any_span(), 1..20),
    ) {
        let spans = last_of_each(&upserts);
        let tree = Tree::build(upserts);
        prop_assert_eq!(tree.summary(), &summary_of(&spans));
        let facts = naive::Facts::of(&spans);
        let order = facts.order(None);
        prop_assert_eq!(tree.nodes().len(), spans.len());
        for (index, (node, place)) in tree.nodes().iter().zip(&order).enumerate() {
            prop_assert_eq!(node.span.span_id, spans[*place].span_id);
            prop_assert_eq!(node.depth, facts.depth(*place));
            prop_assert_eq!(node.parent.map(|at| order[at]), facts.parent(*place));
            prop_assert_eq!((node.orphan, node.cycle, node.failed()), facts.marks(*place));
            let usage = node.span.usage.filter(|usage| !usage.is_absent());
            prop_assert_eq!(node.counted, usage.map(|_| facts.counts(*place)));
            let session = facts.session(*place).or(tree.summary().session_id.clone());
            prop_assert_eq!(tree.session_id(index).map(str::to_owned), session);
            subtree_is_right(&facts, &spans, *place, node)?;
        }
        lines_are_right(&tree, &facts, &order)?;
    }
}

/// Tokens and money of a subtree: of its lines, or of those inside it that pay for them.
fn total_of(
    facts: &naive::Facts<'_>,
    below: &[usize],
    lines: &[usize],
) -> (Option<u64>, Option<i64>) {
    let (mut input, mut cost) = (None, None);
    for line in lines {
        if let Some(tokens) = facts.amount(*line).0.input {
            input = Some(input.unwrap_or(0) + tokens);
        }
    }
    let payers = below.iter().filter(|place| facts.pays(**place));
    let priced =
        lines.iter().filter(|line| facts.payer(**line).is_none_or(|at| !below.contains(&at)));
    for line in priced.chain(payers) {
        if let Some(price) = facts.amount(*line).1 {
            cost = Some(cost.unwrap_or(0) + price.total.0);
        }
    }
    (input, cost)
}

fn subtree_is_right(
    facts: &naive::Facts<'_>,
    spans: &[Span],
    place: usize,
    node: &TreeNode,
) -> Result<(), TestCaseError> {
    let below: Vec<usize> = std::iter::once(place).chain(facts.order(Some(place))).collect();
    prop_assert_eq!(node.subtree.spans, below.len() as u64);
    let failed = below.iter().filter(|at| facts.marks(**at).2).count();
    prop_assert_eq!(node.subtree.errors, failed as u64);
    let (input, cost) = total_of(facts, &below, &facts.lines_below(place));
    prop_assert_eq!(node.subtree.usage.and_then(|usage| usage.input), input);
    prop_assert_eq!(node.subtree.cost.map(|cost| cost.0), cost);
    prop_assert!(spans.len() >= below.len());
    Ok(())
}

/// Every total opens to the lines that make it.
fn lines_are_right(
    tree: &Tree,
    facts: &naive::Facts<'_>,
    order: &[usize],
) -> Result<(), TestCaseError> {
    let (mut input, mut cost) = (None, None);
    for line in tree.ledger_lines() {
        let place = order[line.index];
        prop_assert_eq!(line.counted, facts.counts(place) || facts.pays(place));
        prop_assert_eq!(line.cost_counted, facts.cost_counts(place));
        let shown = line.cost.map(|_| line.cost_counted);
        prop_assert_eq!(tree.nodes()[line.index].cost_counted, shown);
        if line.counted {
            let (usage, price) = facts.amount(place);
            prop_assert_eq!((line.usage, line.cost), (usage, price));
            input = line.usage.input.map(|it| it + input.unwrap_or(0)).or(input);
        }
        if line.cost_counted {
            cost = line.cost.map(|it| it.total.0 + cost.unwrap_or(0)).or(cost);
        }
        match line.why {
            Provenance::ShadowedBy(_) => prop_assert!(facts.shadowed(place)),
            Provenance::Own => prop_assert!(facts.owns(place)),
            Provenance::Aggregate => prop_assert!(!facts.owns(place)),
            Provenance::Reported => prop_assert!(facts.pays(place)),
            _ => prop_assert!(!line.counted),
        }
    }
    prop_assert_eq!(input, tree.summary().usage.input);
    prop_assert_eq!(cost, tree.summary().cost.map(|cost| cost.0));
    Ok(())
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
