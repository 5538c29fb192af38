//! Lists against the evaluator over plain values: no index, no packed column, no term.

use clew_query::{Field, FieldRef, Row, Value, matches};
use proptest::prelude::*;

use super::*;

/// A trace as it was made, not as it was stored.
#[derive(Debug)]
struct Plain {
    trace: clew_model::summary::TraceSummary,
    spans: Vec<Span>,
    labels: Vec<String>,
}

struct PlainSpan<'a>(&'a Span);

impl Row for Plain {
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let FieldRef::Field(field) = field else { return false };
        let trace = &self.trace;
        let number = |value: Option<i64>| value.map(|value| Value::Number(value.into()));
        let value = match field {
            Field::Session => trace.session_id.as_deref().map(Value::Text),
            Field::User => trace.user_id.as_deref().map(Value::Text),
            Field::Agent => trace.agent.name.as_deref().map(Value::Text),
            Field::Name => Some(Value::Text(&trace.name)),
            Field::Status if trace.status == Status::Error => Some(Value::Text("error")),
            Field::RootStatus if trace.root_status == Status::Error => Some(Value::Text("error")),
            Field::Status | Field::RootStatus => Some(Value::Text("unset")),
            Field::State if trace.ended => Some(Value::Text("done")),
            // Everything came more than half an hour ago.
            Field::State => Some(Value::Text("abandoned")),
            Field::Cost => number(trace.cost.map(|cost| cost.0)),
            Field::Errors => number(Some(trace.error_count as i64)),
            Field::Duration => number(trace.end_nanos.map(|end| end - trace.start_nanos)),
            Field::Start => number(Some(trace.start_nanos)),
            Field::Label => return self.labels.iter().any(|label| holds(Value::Text(label))),
            Field::Tag => {
                let mut tags = self.spans.iter().flat_map(|span| &span.tags);
                return tags.any(|tag| holds(Value::Text(tag)));
            }
            _ => None,
        };
        value.is_some_and(holds)
    }

    fn any_below(&self, _: Subject, holds: &mut dyn FnMut(&dyn Row) -> bool) -> bool {
        self.spans.iter().any(|span| holds(&PlainSpan(span)))
    }
}

impl Row for PlainSpan<'_> {
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let FieldRef::Field(field) = field else { return false };
        let text = match field {
            Field::Tool => self.0.tool_name.as_deref(),
            Field::Model => self.0.response_model.as_deref(),
            Field::Env => self.0.environment.as_deref(),
            Field::Category => Some(self.0.category.as_str()),
            Field::Status if self.0.status == Status::Error => Some("error"),
            Field::Status => Some("unset"),
            _ => None,
        };
        text.is_some_and(|text| holds(Value::Text(text)))
    }

    fn any_below(&self, _: Subject, _: &mut dyn FnMut(&dyn Row) -> bool) -> bool {
        false
    }
}

const ATOMS: [&str; 34] = [
    "tool:search",
    "tool=Search",
    "tool!=search",
    "tool:s*",
    "tool:*",
    "-tool:fetch",
    "tool:(search, write)",
    "model:gpt-5",
    "model!=gpt-5",
    "-model:*",
    "env:prod",
    "category:tool",
    "-category:tool",
    "status:error",
    "status:unset",
    "root_status:error",
    "is:failed",
    "session:s-1",
    "session:S*",
    "session!=s-1",
    "-session:*",
    "user:ada",
    "user:(ada, grace)",
    "agent:planner",
    "-agent:planner",
    "agent:p*",
    "label:good",
    "-label:good",
    "tag:beta",
    "cost > 2",
    "duration >= 3s",
    "errors = 0",
    "start > 2026-11-20T00:00:06Z",
    "has span(tool:search status:error)",
];

fn any_filter() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(&ATOMS[..]).prop_map(str::to_owned);
    atom.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" ")),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("-({part})")),
        ]
    })
}

fn name(names: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(names).prop_map(str::to_owned))
}

prop_compose! {
    fn any_span()(
        tool in name(&["search", "Search", "fetch", "write"]),
        model in name(&["gpt-5", "claude"]),
        environment in name(&["prod", "dev"]),
        tag in name(&["beta"]),
        failed in any::<bool>(),
    ) -> Span {
        saying(Span { category: if tool.is_some() { clew_model::span::Category::Tool } else { Default::default() }, status: if failed { Status::Error } else { Status::Unset }, ..span(1, 1) }, |words| { words.tool_name = tool; words.response_model = model; words.environment = environment; words.tags = tag.into_iter().collect(); })
    }
}

prop_compose! {
    fn any_trace()(
        spans in prop::collection::vec(any_span(), 0..4),
        start in 0..12i64,
        length in prop::option::of(0..6i64),
        cost in prop::option::of(0..4i64),
        session in name(&["s-1", "S-1", "s-2"]),
        user in name(&["ada", "grace", "eve"]),
        agent in name(&["planner", "Planner", "billing"]),
        label in name(&["good", "bad"]),
        ended in any::<bool>(),
        root_failed in any::<bool>(),
    ) -> Plain {
        let mut trace = summary(1, start);
        trace.end_nanos = length.map(|length| trace.start_nanos + length * SECOND);
        trace.cost = cost.map(|cost| PicoUsd(cost * 1_000_000_000_000));
        trace.session_id = session;
        trace.user_id = user;
        trace.agent.name = agent;
        trace.ended = ended;
        trace.error_count = spans.iter().filter(|span| span.status == Status::Error).count() as u64;
        if trace.error_count > 0 {
            trace.status = Status::Error;
            trace.root_status = if root_failed { Status::Error } else { Status::Unset };
        }
        Plain { trace, spans, labels: label.into_iter().collect() }
    }
}

fn store(plains: &mut [Plain]) -> (Rows, Kept) {
    let mut rows = Rows::new();
    let mut kept = Kept::default();
    for (index, plain) in plains.iter_mut().enumerate() {
        let number = index as u8 + 1;
        plain.trace.trace_id = trace_id(number);
        plain.trace.name = format!("run {number}");
        for (index, span) in plain.spans.iter_mut().enumerate() {
            let id = super::span(number, index as u8 + 1);
            (span.trace_id, span.span_id) = (id.trace_id, id.span_id);
        }
        // First the trace without its last span, later and from a later start.
        let mut early = plain.trace.clone();
        early.start_nanos += SECOND;
        early.session_id = None;
        let half = plain.spans.len() / 2;
        rows.put_with(ONE, &early, &plain.spans[..half], 1);
        rows.put_with(ONE, &plain.trace, &plain.spans[half..], 2);
        rows.put_with(TWO, &early, &plain.spans, 1);
        kept.spans.insert((ONE, trace_id(number)), plain.spans.clone());
        for name in &plain.labels {
            let label = Label {
                target: LabelTarget::Trace { trace_id: trace_id(number) },
                name: name.clone(),
                score: None,
                value: None,
                explanation: None,
                source: LabelSource::Rule,
                author: String::new(),
                created_nanos: DAY,
            };
            labels::put(&rows.connection, ONE, &[label]).unwrap();
        }
    }
    (rows, kept)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_list_holds_exactly_what_the_evaluator_accepts(
        mut plains in prop::collection::vec(any_trace(), 1..12),
        texts in prop::collection::vec(any_filter(), 6),
        limit in 1..5usize,
    ) {
        let (rows, kept) = store(&mut plains);
        for text in texts {
            let filter = filter(&text);
            let expr = filter.expr.as_ref().unwrap();
            let mut wanted: Vec<&Plain> = plains.iter().filter(|plain| matches(expr, *plain)).collect();
            wanted.sort_by_key(|plain| (plain.trace.start_nanos, plain.trace.trace_id));
            let ascending: Vec<u8> =
                wanted.iter().map(|plain| plain.trace.trace_id.as_bytes()[0]).collect();
            let descending: Vec<u8> = ascending.iter().rev().copied().collect();
            prop_assert_eq!(&all_pages(&rows, &kept, query(&text, "", limit)).0, &descending, "{}", text);
            prop_assert_eq!(&all_pages(&rows, &kept, query(&text, "start", limit)).0, &ascending, "{}", text);
            let page = traces(&rows.connection, &kept, &query(&text, "", 100)).unwrap();
            prop_assert_eq!((page.total, page.total_is), (wanted.len() as u64, TotalIs::Exact), "{}", text);
            let mut sorted = all_pages(&rows, &kept, query(&text, "-cost", limit)).0;
            sorted.sort_unstable();
            let mut all = descending.clone();
            all.sort_unstable();
            prop_assert_eq!(sorted, all, "{}", text);
        }
    }
}
