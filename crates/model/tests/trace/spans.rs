//! Spans made by hand and at random.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::{AgentFacts, Category, Span, SpanError, SpanWords, Status};
use clew_model::usage::{Cost, CostSource, PicoUsd, Usage, UsageScope};
use proptest::prelude::*;

pub(crate) fn trace_id() -> TraceId {
    TraceId::from_bytes(&[7; 16]).unwrap()
}

pub(crate) fn span_id(number: u8) -> SpanId {
    SpanId::from_bytes(&[0, 0, 0, 0, 0, 0, 0, number]).unwrap()
}

/// A believable start: 2026-01-01 and so many seconds.
pub(crate) fn at(seconds: i64) -> i64 {
    1_767_225_600_000_000_000 + seconds * 1_000_000_000
}

/// The span with other words, which are its own from then on.
pub(crate) fn saying(mut span: Span, say: impl FnOnce(&mut SpanWords)) -> Span {
    say(&mut span);
    span
}

/// A span of one second without any facts.
pub(crate) fn plain(number: u8, parent: u8) -> Span {
    Span {
        trace_id: trace_id(),
        span_id: span_id(number),
        parent_span_id: (parent > 0).then(|| span_id(parent)),
        forced_root: false,
        placeholder: false,
        trace_name: None,
        category: Category::Other,
        status: Status::Unset,
        error: None,
        error_marks_parent: false,
        start_nanos: at(i64::from(number)),
        end_nanos: Some(at(i64::from(number) + 1)),
        sequence: None,
        response_id: None,
        tool_call_id: None,
        usage: None,
        usage_scope: UsageScope::Own,
        cached: false,
        cost: None,
        ttft_nanos: None,
        input_preview: None,
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
        words: Arc::new(SpanWords { name: format!("span {number}"), ..SpanWords::default() }),
    }
}

fn maybe(strategy: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Option<String>> {
    prop_oneof![3 => Just(None), 1 => strategy.prop_map(Some)].boxed()
}

fn any_usage() -> impl Strategy<Value = Option<Usage>> {
    let tokens = || prop_oneof![Just(None), (0_u64..4).prop_map(Some)];
    let usage = (tokens(), tokens(), tokens(), tokens()).prop_map(
        |(input, output, cache_read, reasoning)| Usage {
            input,
            output,
            cache_read,
            reasoning,
            ..Usage::default()
        },
    );
    prop_oneof![Just(None), usage.prop_map(Some)]
}

fn any_cost() -> impl Strategy<Value = Option<Cost>> {
    let cost =
        (1_i64..9, any::<bool>(), any::<bool>()).prop_map(|(total, reported, estimated)| Cost {
            total: PicoUsd(total),
            input: None,
            output: None,
            source: if reported { CostSource::Reported } else { CostSource::Computed },
            estimated,
            price_version: 0,
        });
    prop_oneof![2 => Just(None), 1 => cost.prop_map(Some)]
}

fn any_category() -> impl Strategy<Value = Category> {
    prop_oneof![
        4 => Just(Category::Llm),
        2 => Just(Category::Agent),
        2 => Just(Category::Tool),
        2 => Just(Category::Chain),
        1 => Just(Category::Embedding),
        1 => Just(Category::Other),
    ]
}

prop_compose! {
    fn any_place()(
        number in 1_u8..9,
        parent in 0_u8..11,
        forced_root in prop::bool::weighted(0.05),
        placeholder in prop::bool::weighted(0.1),
        start in 0_i64..4,
        length in prop_oneof![2 => Just(None), 3 => (-1_i64..4).prop_map(Some)],
        sequence in prop_oneof![3 => Just(None), 1 => (0_i64..2).prop_map(Some)],
        category in any_category(),
    ) -> Span {
        Span {
            forced_root,
            placeholder,
            category,
            start_nanos: at(start),
            end_nanos: length.map(|length| at(start + length)),
            sequence,
            ..plain(number, parent)
        }
    }
}

prop_compose! {
    fn any_amounts()(
        usage in any_usage(),
        aggregate in any::<bool>(),
        cached in prop::bool::weighted(0.1),
        fetched in prop::bool::weighted(0.05),
        convention in prop_oneof![6 => Just(None), 1 => Just(Some("ST")), 3 => Just(Some("CC"))],
        cost in any_cost(),
        response_id in maybe("[ab]".boxed()),
    ) -> Span {
        let usage_scope = if aggregate { UsageScope::Aggregate } else { UsageScope::Own };
        let call = Span { usage, usage_scope, cached, cost, response_id, ..plain(1, 0) };
        saying(call, |words| {
            words.operation = fetched.then(|| "fetch_response".to_owned());
            words.conventions = convention.map(str::to_owned).into_iter().collect();
        })
    }
}

prop_compose! {
    fn any_words()(
        trace_name in maybe("[ab]".boxed()),
        session_id in maybe("[ab]|\\[Scrubbed due to 'session'\\]".boxed()),
        user_id in maybe("[ab]".boxed()),
        environment in maybe("[ab]?".boxed()),
        agent_name in maybe("[ab]".boxed()),
        service in maybe("[ab]".boxed()),
        model in maybe("[abc]".boxed()),
        tool_name in maybe("[abc]".boxed()),
        tags in prop::collection::vec("[ab]?", 0..3),
        input_preview in maybe("[abcd]".boxed()),
        output_preview in maybe("[abcd]".boxed()),
    ) -> Span {
        let words = SpanWords {
            session_id, user_id, environment, tool_name, tags,
            response_model: model.clone(),
            provider: model,
            agent: AgentFacts { name: agent_name, service, ..AgentFacts::default() },
            ..SpanWords::clone(&plain(1, 0))
        };
        Span { trace_name, input_preview, output_preview, words: Arc::new(words), ..plain(1, 0) }
    }
}

prop_compose! {
    /// One of eight spans, under one of ten parents of which two never come.
    pub(crate) fn any_span()(
        place in any_place(),
        amounts in any_amounts(),
        words in any_words(),
        failed in prop::bool::weighted(0.3),
        error_marks_parent in any::<bool>(),
        message in "[ab]?",
        dropped_count in 0_u32..3,
        truncated in prop::bool::weighted(0.1),
    ) -> Span {
        let said = SpanWords {
            name: place.name.clone(),
            operation: amounts.operation.clone(),
            conventions: amounts.conventions.clone(),
            ..SpanWords::clone(&words)
        };
        Span {
            status: if failed { Status::Error } else { Status::Unset },
            error: failed.then(|| SpanError { kind: String::new(), message }),
            error_marks_parent,
            dropped_count,
            truncated,
            usage: amounts.usage,
            usage_scope: amounts.usage_scope,
            cached: amounts.cached,
            cost: amounts.cost,
            response_id: amounts.response_id,
            trace_name: words.trace_name,
            input_preview: words.input_preview,
            output_preview: words.output_preview,
            words: Arc::new(said),
            ..place
        }
    }
}
