//! The rules of docs/ledger.md and rulings 6, 9, 11, 14 and 17, one by one, with results
//! worked out by hand.

#![allow(clippy::unwrap_used, reason = "test code")]

#[allow(dead_code, reason = "shared with the laws, which use the other half")]
#[path = "trace/spans.rs"]
mod spans;

use clew_model::span::{AgentFacts, Category, Span, SpanError, Status};
use clew_model::summary::TraceSummary;
use clew_model::trace::{Provenance, TraceState, Tree};
use clew_model::usage::{Cost, CostSource, PicoUsd, Usage, UsageScope};
use spans::{at, plain, saying, span_id, trace_id};

fn of(category: Category, number: u8, parent: u8) -> Span {
    Span { category, ..plain(number, parent) }
}

fn tokens(input: u64, output: u64) -> Usage {
    Usage { input: Some(input), output: Some(output), ..Usage::default() }
}

fn llm(number: u8, parent: u8, input: u64, output: u64) -> Span {
    Span { usage: Some(tokens(input, output)), ..of(Category::Llm, number, parent) }
}

fn sum(category: Category, number: u8, parent: u8, input: u64, output: u64) -> Span {
    Span {
        usage: Some(tokens(input, output)),
        usage_scope: UsageScope::Aggregate,
        ..of(category, number, parent)
    }
}

fn price(pico: i64, source: CostSource) -> Option<Cost> {
    Some(Cost {
        total: PicoUsd(pico),
        input: None,
        output: None,
        source,
        estimated: false,
        price_version: 0,
    })
}

fn failed(span: Span, message: &str) -> Span {
    let error = SpanError { kind: "ValueError".to_owned(), message: message.to_owned() };
    Span { status: Status::Error, error: Some(error), ..span }
}

fn summary(spans: &[Span]) -> TraceSummary {
    let mut state = TraceState::new(trace_id());
    spans.iter().for_each(|span| state.upsert(span));
    let summary = state.summary();
    assert_eq!(Tree::build(spans.to_vec()).summary(), &summary);
    summary
}

fn in_out(spans: &[Span]) -> (Option<u64>, Option<u64>) {
    let usage = summary(spans).usage;
    (usage.input, usage.output)
}

fn why(spans: &[Span]) -> Vec<(bool, Provenance)> {
    let tree = Tree::build(spans.to_vec());
    tree.ledger_lines().iter().map(|line| (line.counted, line.why)).collect()
}

#[test]
fn calls_count_and_their_wrappers_do_not() {
    let spans = [
        sum(Category::Agent, 1, 0, 30, 3),
        llm(2, 1, 10, 1),
        sum(Category::Chain, 3, 1, 20, 2),
        llm(4, 3, 20, 2),
    ];
    assert_eq!(in_out(&spans), (Some(30), Some(3)));
    assert_eq!(
        why(&spans),
        [
            (false, Provenance::CountedBelow),
            (true, Provenance::Own),
            (false, Provenance::CountedBelow),
            (true, Provenance::Own),
        ]
    );
}

#[test]
fn of_nested_reports_of_one_call_the_deepest_counts() {
    let spans = [llm(1, 0, 120, 17), of(Category::Chain, 2, 1), llm(3, 2, 118, 16)];
    assert_eq!(in_out(&spans), (Some(118), Some(16)));
    assert_eq!(why(&spans), [(false, Provenance::ShadowedBy(span_id(3))), (true, Provenance::Own)]);
}

#[test]
fn a_call_made_by_an_agent_or_tool_inside_a_call_is_another_call() {
    for between in [Category::Tool, Category::Agent] {
        let spans = [llm(1, 0, 120, 17), of(between, 2, 1), llm(3, 2, 118, 16)];
        assert_eq!(in_out(&spans), (Some(238), Some(33)));
    }
    // So is an embedding inside a model call.
    let embedding = Span { category: Category::Embedding, ..llm(2, 1, 8, 0) };
    let row = summary(&[llm(1, 0, 100, 5), embedding]);
    assert_eq!((row.usage.input, row.embedding_input), (Some(108), 8));
    assert_eq!((row.llm_count, row.embedding_count), (1, 1));
}

#[test]
fn what_only_the_wrapper_of_one_call_says_is_taken_from_it() {
    let outer = Span {
        usage: Some(Usage { cache_read: Some(64), reasoning: Some(5), ..tokens(120, 17) }),
        cost: price(40, CostSource::Computed),
        ..of(Category::Llm, 1, 0)
    };
    let inner = Span { cost: price(50, CostSource::Computed), ..llm(2, 1, 120, 17) };
    let spans = [outer.clone(), inner.clone()];
    let row = summary(&spans);
    assert_eq!((row.usage.input, row.usage.cache_read), (Some(120), Some(64)));
    assert_eq!((row.usage.reasoning, row.cost), (Some(5), Some(PicoUsd(40))));
    assert!(Tree::build(spans.to_vec()).ledger_lines()[1].filled);
    // Two calls inside: nobody knows whose the 64 are.
    let row = summary(&[outer, inner, llm(3, 1, 1, 1)]);
    assert_eq!((row.usage.input, row.usage.cache_read), (Some(121), None));
    assert_eq!((row.cost, row.unpriced_count), (Some(PicoUsd(50)), 1));
}

/// Claude Code's bill for the calls below a span, from its log records.
fn bill(category: Category, number: u8, parent: u8, pico: i64) -> Span {
    saying(
        Span { cost: price(pico, CostSource::Reported), ..of(category, number, parent) },
        |words| words.conventions = vec!["CC".to_owned()],
    )
}

#[test]
fn what_claude_code_reports_for_its_calls_counts_in_place_of_their_prices() {
    let priced = |number, parent, pico| {
        let cost = price(pico, CostSource::Computed).map(|cost| Cost { estimated: true, ..cost });
        Span { cost, ..llm(number, parent, 10, 1) }
    };
    let mut spans = vec![
        bill(Category::Agent, 1, 0, 300),
        priced(2, 1, 110),
        // No price is known for this one.
        llm(3, 1, 10, 1),
        of(Category::Tool, 4, 1),
        bill(Category::Other, 5, 4, 50),
        priced(6, 5, 60),
        // A tool that calls a model itself: nobody reports what that cost.
        of(Category::Tool, 7, 5),
        priced(8, 7, 7),
    ];
    let row = summary(&spans);
    assert_eq!((row.usage.input, row.usage.output), (Some(40), Some(4)));
    assert_eq!((row.cost, row.cost_reported), (Some(PicoUsd(357)), Some(PicoUsd(350))));
    assert_eq!((row.cost_estimated, row.unpriced_count), (true, 0));
    let tree = Tree::build(spans.clone());
    let counted: Vec<_> =
        tree.nodes().iter().map(|node| (node.counted, node.cost_counted)).collect();
    assert_eq!(
        counted,
        [
            (None, Some(true)),
            (Some(true), Some(false)),
            (Some(true), None),
            (None, None),
            (None, Some(true)),
            (Some(true), Some(false)),
            (None, None),
            (Some(true), Some(true)),
        ]
    );
    assert_eq!(tree.ledger_lines()[0].why, Provenance::Reported);
    let below = |index: usize| tree.nodes()[index].subtree.cost;
    assert_eq!((below(0), below(4)), (Some(PicoUsd(357)), Some(PicoUsd(57))));
    assert_eq!(below(1), Some(PicoUsd(110)), "a call on its own shows its own cost");

    spans.truncate(6);
    assert!(!summary(&spans).cost_estimated);
    spans.reverse();
    assert_eq!(summary(&spans).cost, Some(PicoUsd(350)));
    // Without the calls it is a sum like any other, and counts.
    assert_eq!(summary(&[bill(Category::Agent, 1, 0, 300)]).cost, Some(PicoUsd(300)));
    // Another sender's agent reports what is below it, nested agents and all.
    spans[5].conventions = vec!["LF".to_owned()];
    spans[1].conventions = vec!["LF".to_owned()];
    assert_eq!(summary(&spans).cost_reported, None);
}

#[test]
fn a_reported_cost_beats_a_computed_one_of_the_same_call() {
    let outer = Span { cost: price(70, CostSource::Reported), ..llm(1, 0, 120, 17) };
    let inner = Span { cost: price(50, CostSource::Computed), ..llm(2, 1, 120, 17) };
    let row = summary(&[outer, inner]);
    assert_eq!((row.cost, row.cost_reported), (Some(PicoUsd(70)), Some(PicoUsd(70))));
}

#[test]
fn one_response_counts_once_and_as_the_fuller_report() {
    let one = Span { response_id: Some("resp-1".to_owned()), ..llm(2, 1, 120, 17) };
    let other = Span {
        response_id: Some("resp-1".to_owned()),
        usage: Some(Usage { cache_read: Some(64), ..tokens(120, 17) }),
        ..of(Category::Llm, 3, 1)
    };
    let spans = [of(Category::Agent, 1, 0), one, other];
    let row = summary(&spans);
    assert_eq!((row.usage.input, row.usage.cache_read), (Some(120), Some(64)));
    assert_eq!(
        why(&spans),
        [(false, Provenance::DuplicateOf(span_id(3))), (true, Provenance::Own)]
    );
    assert_eq!(row.llm_count, 1);
}

#[test]
fn a_call_that_two_instrumentations_tell_is_one_call() {
    // ADK's call_llm around generate_content; LangChain's model around OpenAI's client.
    let spans =
        [of(Category::Agent, 1, 0), llm(2, 1, 120, 17), llm(3, 2, 120, 17), llm(4, 1, 7, 1)];
    let row = summary(&spans);
    assert_eq!((row.llm_count, row.usage.input), (2, Some(127)));
    // An answer from a cache is a call that costs nothing.
    let cached = Span { cached: true, ..llm(5, 1, 120, 17) };
    let spans = [&spans[..], &[cached]].concat();
    assert_eq!(summary(&spans).llm_count, 3);
}

#[test]
fn a_wrapper_counts_where_no_call_below_says_anything_and_then_the_highest() {
    // The OpenAI Agents SDK for JavaScript: sums on task and turns, none on responses.
    let spans = [
        sum(Category::Chain, 1, 0, 840, 119),
        of(Category::Agent, 2, 1),
        sum(Category::Chain, 3, 2, 120, 17),
        of(Category::Llm, 4, 3),
        sum(Category::Chain, 5, 2, 360, 51),
        of(Category::Llm, 6, 5),
    ];
    assert_eq!(in_out(&spans), (Some(840), Some(119)));
    assert_eq!(
        why(&spans),
        [
            (true, Provenance::Aggregate),
            (false, Provenance::CountedAbove(span_id(1))),
            (false, Provenance::CountedAbove(span_id(1))),
        ]
    );
    let tree = Tree::build(spans.to_vec());
    // Opened at a turn, the turn's own sum shows.
    assert_eq!(tree.nodes()[2].subtree.usage.unwrap().input, Some(120));
    assert_eq!(tree.nodes()[0].subtree.usage.unwrap().input, Some(840));
    assert_eq!(tree.nodes()[3].counted, None);
}

#[test]
fn a_remote_agent_counts_by_its_wrapper_beside_calls_that_count_themselves() {
    let spans = [
        sum(Category::Agent, 1, 0, 1_000, 100),
        llm(2, 1, 700, 70),
        sum(Category::Agent, 3, 1, 300, 30),
    ];
    assert_eq!(in_out(&spans), (Some(1_000), Some(100)));
}

#[test]
fn the_example_of_the_documentation() {
    let spans = [
        sum(Category::Agent, 1, 0, 360, 51),
        llm(2, 1, 120, 17),
        llm(3, 1, 120, 17),
        llm(4, 3, 120, 17),
        of(Category::Tool, 5, 1),
        sum(Category::Agent, 6, 5, 100, 10),
        Span { cached: true, ..llm(7, 1, 120, 17) },
    ];
    assert_eq!(in_out(&spans), (Some(340), Some(44)));
    assert_eq!(
        why(&spans),
        [
            (false, Provenance::CountedBelow),
            (true, Provenance::Own),
            (false, Provenance::ShadowedBy(span_id(4))),
            (true, Provenance::Own),
            (true, Provenance::Aggregate),
            (false, Provenance::Free),
        ]
    );
}

#[test]
fn a_late_call_takes_over_from_the_wrapper() {
    let mut state = TraceState::new(trace_id());
    state.upsert(&sum(Category::Agent, 1, 0, 100, 10));
    assert_eq!(state.summary().usage.input, Some(100));
    state.upsert(&llm(3, 2, 90, 9));
    // Its parent is not here, so nobody knows yet that it is below the agent.
    assert_eq!(state.summary().usage.input, Some(190));
    state.upsert(&of(Category::Chain, 2, 1));
    assert_eq!(state.summary().usage.input, Some(90));
}

#[test]
fn a_sum_over_the_session_is_marked() {
    let strands = saying(sum(Category::Agent, 1, 0, 500, 50), |words| {
        words.conventions = vec!["ST".to_owned(), "SC".to_owned()]
    });
    let row = summary(std::slice::from_ref(&strands));
    assert_eq!((row.usage.input, row.receipt.suspect_cumulative), (Some(500), 1));
    let row = summary(&[strands, llm(2, 1, 100, 10)]);
    assert_eq!((row.usage.input, row.receipt.suspect_cumulative), (Some(100), 0));
}

#[test]
fn cached_answers_and_fetched_ones_cost_nothing() {
    let cached = Span { cached: true, ..llm(2, 1, 120, 17) };
    let fetched = saying(Span { category: Category::Other, ..llm(3, 1, 120, 17) }, |words| {
        words.operation = Some("fetch_response".to_owned())
    });
    let spans = [of(Category::Agent, 1, 0), cached, fetched, llm(4, 1, 7, 1)];
    assert_eq!(in_out(&spans), (Some(7), Some(1)));
    assert_eq!(why(&spans)[..2], [(false, Provenance::Free), (false, Provenance::Free)]);
}

#[test]
fn a_decision_owns_its_usage_though_it_shows_as_other() {
    let decision = Span { category: Category::Other, ..llm(2, 1, 30, 3) };
    assert_eq!(in_out(&[sum(Category::Agent, 1, 0, 99, 9), decision]), (Some(30), Some(3)));
}

#[test]
fn absent_tokens_are_not_zero() {
    assert_eq!(in_out(&[of(Category::Llm, 1, 0)]), (None, None));
    let silent = Span { usage: Some(Usage::default()), ..of(Category::Llm, 1, 0) };
    assert_eq!(Tree::build(vec![silent]).nodes()[0].counted, None);
    let zero = Span { usage: Some(tokens(0, 0)), ..of(Category::Llm, 1, 0) };
    assert_eq!(in_out(&[zero]), (Some(0), Some(0)));
}

#[test]
fn calls_without_a_price_are_told() {
    let priced = Span { cost: price(5, CostSource::Computed), ..llm(1, 0, 10, 1) };
    let row = summary(&[priced, llm(2, 0, 10, 1), llm(3, 0, 0, 0)]);
    assert_eq!((row.cost, row.unpriced_count), (Some(PicoUsd(5)), 1));
    assert_eq!(row.receipt.unpriced, 1);
}

fn with_session(session: &str, span: Span) -> Span {
    saying(span, |words| words.session_id = Some(session.to_owned()))
}

#[test]
fn the_session_is_the_roots_else_that_of_the_shallowest_earliest() {
    let below = [
        with_session("late", plain(5, 1)),
        with_session("deep", plain(3, 2)),
        with_session("early", plain(4, 1)),
        plain(2, 1),
    ];
    let trace = |root: Span| summary(&[&[root], &below[..]].concat()).session_id;
    assert_eq!(trace(with_session("root", plain(1, 0))).as_deref(), Some("root"));
    assert_eq!(trace(plain(1, 0)).as_deref(), Some("early"));
    let scrubbed = with_session("[Scrubbed due to 'session']", plain(1, 0));
    assert_eq!(trace(scrubbed.clone()).as_deref(), Some("early"));
    let tree = Tree::build([&[scrubbed], &below[..]].concat());
    assert_eq!(tree.session_id(tree.index_of(span_id(1)).unwrap()), Some("early"));
    assert_eq!(tree.session_id(tree.index_of(span_id(3)).unwrap()), Some("deep"));
}

#[test]
fn the_trace_is_failed_when_its_root_is_and_has_errors_when_any_span_has() {
    let caught = summary(&[plain(1, 0), failed(of(Category::Tool, 2, 1), "boom")]);
    assert_eq!((caught.status, caught.root_status), (Status::Error, Status::Ok));
    assert_eq!((caught.error_count, caught.tool_error_count), (1, 1));
    assert_eq!(caught.error.unwrap().message, "boom");
    let fatal = summary(&[failed(plain(1, 0), "root"), failed(plain(2, 1), "boom")]);
    assert_eq!((fatal.status, fatal.root_status), (Status::Error, Status::Error));
    assert_eq!(fatal.error.unwrap().message, "root");
}

#[test]
fn without_a_root_the_top_level_orphans_stand_in() {
    let spans = [failed(plain(2, 9), "boom"), plain(3, 9)];
    let row = summary(&spans);
    assert_eq!((row.root_count, row.orphan_count), (0, 2));
    assert_eq!((row.root_status, row.ended), (Status::Error, false));
    assert!(row.receipt.missing_root);
    // The parent comes: they are no orphans any more, and it decides.
    let row = summary(&[&spans[..], &[plain(9, 0)]].concat());
    assert_eq!((row.root_count, row.orphan_count), (1, 0));
    assert_eq!((row.root_status, row.ended), (Status::Ok, true));
    assert!(!row.receipt.missing_root);
}

#[test]
fn a_childs_error_can_be_its_parents() {
    let execution = Span { error_marks_parent: true, ..failed(plain(2, 1), "exit 1") };
    let spans = [of(Category::Tool, 1, 0), execution];
    let row = summary(&spans);
    assert_eq!((row.error_count, row.tool_error_count), (2, 1));
    assert_eq!(row.root_status, Status::Error);
    let tree = Tree::build(spans.to_vec());
    assert!(tree.nodes()[0].error_derived && tree.nodes()[0].failed());
    assert!(!tree.nodes()[1].error_derived && tree.nodes()[1].failed());
    assert_eq!(tree.nodes()[0].subtree.errors, 2);
}

#[test]
fn the_agent_is_named_by_the_root_and_projects_and_services_by_anybody() {
    let agent = |agentos: Option<&str>, name: &str| AgentFacts {
        agentos_id: agentos.map(str::to_owned),
        name: Some(name.to_owned()),
        service: Some("svc".to_owned()),
        ..AgentFacts::default()
    };
    let inner =
        saying(of(Category::Agent, 2, 1), |words| words.agent = agent(Some("a-1"), "inner"));
    let row = summary(&[plain(1, 0), inner.clone()]);
    assert_eq!(row.agent.name, None);
    assert_eq!(row.agent.agentos_id.as_deref(), Some("a-1"));
    assert_eq!(row.agent.service.as_deref(), Some("svc"));
    assert_eq!(row.agents, ["inner"]);
    let root = saying(of(Category::Agent, 1, 0), |words| words.agent = agent(None, "outer"));
    let row = summary(&[root, inner]);
    assert_eq!(row.agent.name.as_deref(), Some("outer"));
    assert_eq!(row.agents, ["outer", "inner"]);
}

#[test]
fn the_trace_is_named_by_its_sender_else_by_its_root_else_by_the_first_on_top() {
    let titled = Span { trace_name: Some("demo-trace".to_owned()), ..plain(3, 1) };
    assert_eq!(summary(&[plain(1, 0), titled]).name, "demo-trace");
    assert_eq!(summary(&[plain(2, 1), plain(1, 0)]).name, "span 1");
    assert_eq!(summary(&[plain(4, 9), plain(3, 9)]).name, "span 3");
}

#[test]
fn a_sender_may_call_a_span_with_a_parent_a_root() {
    let root = Span { forced_root: true, ..plain(2, 9) };
    let row = summary(&[root.clone(), plain(3, 2)]);
    assert_eq!((row.root_count, row.orphan_count, row.ended), (1, 0, true));
    let tree = Tree::build(vec![plain(9, 0), root]);
    assert_eq!(tree.nodes().iter().map(|node| node.depth).collect::<Vec<_>>(), [0, 0]);
}

fn with_texts(input: &str, output: &str, span: Span) -> Span {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Span { input_preview: text(input), output_preview: text(output), ..span }
}

#[test]
fn input_and_output_are_the_roots_else_those_of_the_topmost_ai_spans() {
    let turns = [
        with_texts("first question", "first answer", of(Category::Agent, 2, 1)),
        with_texts("second question", "second answer", of(Category::Agent, 4, 1)),
        with_texts("{}", "21C", of(Category::Tool, 3, 1)),
    ];
    let row = summary(&[&[plain(1, 0)], &turns[..]].concat());
    assert_eq!(row.input_preview.as_deref(), Some("first question"));
    assert_eq!(row.output_preview.as_deref(), Some("second answer"));
    let row = summary(&[&[with_texts("", "all done", plain(1, 0))], &turns[..]].concat());
    assert_eq!(row.input_preview.as_deref(), Some("first question"));
    assert_eq!(row.output_preview.as_deref(), Some("all done"));
    let row = summary(&[plain(1, 0), turns[2].clone()]);
    assert_eq!(row.output_preview.as_deref(), Some("21C"));
}

#[test]
fn a_circle_opens_above_its_earliest_span() {
    let spans = [plain(3, 2), plain(2, 4), plain(4, 3), plain(5, 4)];
    let row = summary(&spans);
    assert_eq!((row.receipt.cycles, row.root_count, row.orphan_count), (1, 0, 0));
    let tree = Tree::build(spans.to_vec());
    let ids: Vec<_> = tree.nodes().iter().map(|node| (node.span.span_id, node.depth)).collect();
    let want = [(2, 0), (3, 1), (4, 2), (5, 3)];
    assert_eq!(ids, want.map(|(number, depth)| (span_id(number), depth)));
    assert!(tree.nodes()[0].cycle && !tree.nodes()[1].cycle);
    // A span that is its own parent.
    let row = summary(&[plain(1, 1), plain(2, 1)]);
    assert_eq!((row.receipt.cycles, row.root_status), (1, Status::Ok));
    // The circle is opened by a correction.
    let row = summary(&[&spans[..], &[plain(3, 0)]].concat());
    assert_eq!((row.receipt.cycles, row.root_count), (0, 1));
}

#[test]
fn siblings_stand_by_start_then_sequence_then_end_then_id() {
    let span = |number: u8, start: i64, sequence: Option<i64>, length: Option<i64>| Span {
        start_nanos: at(start),
        sequence,
        end_nanos: length.map(|length| at(start + length)),
        ..plain(number, 1)
    };
    let spans = vec![
        plain(1, 0),
        span(9, 5, None, None),
        span(8, 5, None, Some(2)),
        span(7, 5, None, Some(1)),
        span(6, 5, None, Some(1)),
        span(5, 5, Some(2), None),
        span(4, 5, Some(1), None),
        span(3, 4, None, None),
    ];
    let tree = Tree::build(spans);
    let ids: Vec<_> = tree.children(0).map(|index| tree.nodes()[index].span.span_id).collect();
    assert_eq!(ids, [3, 4, 5, 6, 7, 8, 9].map(span_id));
    assert_eq!(tree.tops().collect::<Vec<_>>(), [0]);
    assert_eq!(tree.end_of(0), 8);
}

#[test]
fn clocks_that_cannot_be_right_are_told() {
    let backwards = Span { end_nanos: Some(at(1)), start_nanos: at(2), ..plain(2, 1) };
    let ancient = Span { start_nanos: 5, end_nanos: None, ..plain(3, 0) };
    let row = summary(&[Span { end_nanos: Some(at(9)), ..plain(1, 0) }, backwards, ancient]);
    assert_eq!((row.receipt.odd_clocks, row.receipt.open_spans), (2, 1));
    // Outside by a second is within bounds, by more is not.
    let parent = Span { start_nanos: at(10), end_nanos: Some(at(20)), ..plain(1, 0) };
    let child = |number: u8, start: i64, end: i64| Span {
        start_nanos: at(start),
        end_nanos: Some(at(end)),
        ..plain(number, 1)
    };
    let spans = [parent, child(2, 9, 21), child(3, 8, 12), child(4, 15, 22)];
    assert_eq!(summary(&spans).receipt.skewed, 2);
    let tree = Tree::build(spans.to_vec());
    let skewed = tree.nodes().iter().filter(|node| node.skewed).count();
    assert_eq!(skewed, 2);
}

#[test]
fn a_span_known_from_a_log_record_waits_for_its_facts() {
    let placeholder =
        saying(Span { placeholder: true, ..plain(2, 0) }, |words| words.name = String::new());
    let row = summary(std::slice::from_ref(&placeholder));
    assert_eq!((row.span_count, row.root_count, row.start_nanos), (1, 0, 0));
    assert_eq!((row.status, row.receipt.placeholders), (Status::Unset, 1));
    let row = summary(&[placeholder, plain(1, 0), plain(2, 1)]);
    assert_eq!((row.span_count, row.root_count, row.receipt.placeholders), (2, 1, 0));
}

#[test]
fn names_are_listed_once_first_said_first_and_at_most_64() {
    let model = |number: u8, name: &str| {
        saying(of(Category::Llm, number, 1), |words| words.response_model = Some(name.to_owned()))
    };
    let wrapper =
        saying(of(Category::Agent, 1, 0), |words| words.request_model = Some("wrapped".to_owned()));
    let row = summary(&[model(4, "b"), model(3, "a"), model(2, "b"), wrapper]);
    assert_eq!(row.models, ["b", "a"]);
    let many: Vec<Span> = (1..=100)
        .map(|number| saying(plain(number, 0), |words| words.tags = vec![format!("t{number}")]))
        .collect();
    let row = summary(&many);
    assert_eq!(row.tags.len(), 64);
    assert_eq!((row.tags[0].as_str(), row.tags[63].as_str()), ("t1", "t64"));
}

#[test]
fn duplicates_are_only_what_the_store_says() {
    let mut state = TraceState::new(trace_id());
    state.upsert(&plain(1, 0));
    state.upsert(&plain(1, 0));
    assert_eq!(state.summary().receipt.duplicates, 0);
    state.note_duplicate();
    assert_eq!(state.summary().receipt.duplicates, 1);
    assert_eq!(state.summary().span_count, 1);
    assert!(state.contains(span_id(1)) && !state.contains(span_id(2)));
}
