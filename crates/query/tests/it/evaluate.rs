//! What filters mean, over one session of two small traces.

use clew_query::Subject::{self, Session, Span, Trace};
use clew_query::{Field, FieldRef, Namespace, Row, Value, billionths, matches};

use crate::valid;

/// A row in memory: values by the name of their field, and what is below.
#[derive(Clone, Default)]
struct Sample {
    texts: Vec<(&'static str, &'static str)>,
    numbers: Vec<(&'static str, i128)>,
    traces: Vec<Sample>,
    spans: Vec<Sample>,
}

impl Row for Sample {
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let name = field.to_string();
        let texts = self.texts.iter().filter(|(field, _)| *field == name);
        let numbers = self.numbers.iter().filter(|(field, _)| *field == name);
        let texts = texts.map(|(_, text)| Value::Text(text));
        texts.chain(numbers.map(|(_, number)| Value::Number(*number))).any(holds)
    }

    fn any_below(&self, subject: Subject, holds: &mut dyn FnMut(&dyn Row) -> bool) -> bool {
        match subject {
            Session => false,
            Trace => self.traces.iter().any(|trace| holds(trace)),
            Span => {
                let below = self.traces.iter().flat_map(|trace| &trace.spans);
                self.spans.iter().chain(below).any(|span| holds(span))
            }
        }
    }
}

const SECOND: i128 = 1_000_000_000;

fn sample(texts: &[(&'static str, &'static str)], numbers: &[(&'static str, i128)]) -> Sample {
    Sample { texts: texts.to_vec(), numbers: numbers.to_vec(), ..Sample::default() }
}

/// A refund that went through, with one failed tool call on the way.
fn refund() -> Sample {
    let mut trace = sample(
        &[
            ("trace", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("trace", "run-42"),
            ("name", "refund flow"),
            ("agent", "billing"),
            ("status", "error"),
            ("root_status", "ok"),
            ("state", "done"),
            ("tag", "beta"),
            ("tag", "eu"),
            ("label", "outcome"),
            ("label.outcome", "Resolved"),
            ("meta.region", "eu"),
            ("text", "Please refund order 42"),
            ("text", "Our refund policy allows it. 検索エラー"),
        ],
        &[
            ("duration", 3 * SECOND),
            ("cost", 60_000_000_000),
            ("tokens", 12_000),
            ("cache_hit", 349_999),
            ("spans", 4),
            ("start", 1_795_132_800 * SECOND),
            ("score.quality", billionths(0.4)),
        ],
    );
    let root = sample(
        &[("is", "root"), ("name", "billing"), ("kind", "agent"), ("status", "ok")],
        &[("duration", 3 * SECOND)],
    );
    let model = sample(
        &[("kind", "llm"), ("category", "llm"), ("model", "gpt-5-mini"), ("status", "unset")],
        &[("duration", SECOND), ("cost", 60_000_000_000)],
    );
    let search = sample(
        &[
            ("kind", "tool"),
            ("tool", "Search"),
            ("status", "error"),
            ("error", "timeout after 30ms"),
            ("attr.version", "1.10"),
            ("attr.port", "8080"),
        ],
        &[("duration", SECOND / 2), ("attr.retries", billionths(3.0))],
    );
    let fetch = sample(
        &[("kind", "tool"), ("tool", "fetch"), ("status", "ok"), ("attr.\"\"", "x")],
        &[("duration", 2 * SECOND + 1)],
    );
    trace.spans = vec![root, model, search, fetch];
    trace
}

fn greeting() -> Sample {
    let mut trace = sample(
        &[("name", "Überweisung"), ("status", "ok"), ("root_status", "ok"), ("state", "live")],
        &[("duration", SECOND), ("cost", 0)],
    );
    trace.spans = vec![sample(&[("kind", "llm"), ("model", "claude-x")], &[])];
    trace
}

fn session() -> Sample {
    let mut session =
        sample(&[("user", "ada"), ("status", "error"), ("state", "live")], &[("traces", 2)]);
    session.traces = vec![refund(), greeting()];
    session
}

fn holds(row: &Sample, subject: Subject, text: &str) -> bool {
    let filter = valid(subject, text);
    assert_eq!(filter.check_supported(), Ok(()), "{text}");
    filter.matches(row)
}

#[track_caller]
fn check(row: &Sample, subject: Subject, met: &[&str], not_met: &[&str]) {
    for text in met {
        assert!(holds(row, subject, text), "should hold: {text}");
    }
    for text in not_met {
        assert!(!holds(row, subject, text), "should not hold: {text}");
    }
}

#[test]
fn words_and_phrases() {
    check(
        &refund(),
        Trace,
        &[
            "",
            "refund policy",
            "\"refund policy\"",
            "ref*",
            "検索 エラー",
            "REFUND",
            "refund -banana",
            "\"検索 エラー\"",
        ],
        &["\"policy refund\"", "ref", "refund banana", "-refund", "\"索検\""],
    );
}

#[test]
fn fields_of_the_row_are_its_own() {
    check(
        &refund(),
        Trace,
        &[
            "status:error",
            "is:error",
            "-is:failed",
            "state:done",
            "duration > 2s",
            "duration:3s..5s",
            "cost:$0.05..$1",
            "cost = 0.06",
            "tokens > 10k",
            "cache_hit < 35%",
            "start:2026-11-20",
            "start:today",
            "name:\"REFUND flow\"",
            "agent:BILL*",
            "tag:beta tag:eu",
            "label:outcome label.outcome:resolved",
            "meta.region:eu",
            "score.quality < 0.5",
            "score.quality = 0.4",
            "trace:4bf9*",
            "trace:4BF92F35-77B3-4DA6-A3CE-929D0E0E4736",
            "trace:run-42",
            "spans:(3, 4)",
        ],
        &[
            "root_status:error",
            "status:failed",
            "is:live",
            "duration < 3s",
            "duration:..2s",
            "start:yesterday",
            "start > 2026-11-20",
            "name:refund",
            "agent=Billing",
            "label:other",
            "label.outcome=resolved",
            "trace:bf92*",
            "end:*",
            "end > -24h",
        ],
    );
}

#[test]
fn fields_of_spans_ask_for_some_span() {
    check(
        &refund(),
        Trace,
        &[
            "kind:llm",
            "category:llm",
            "tool:search",
            "tool=Search",
            "tool:(search, other)",
            "tool:search tool:fetch",
            "tool!=Search",
            "tool:*",
            "model:gpt-*",
            "error ~ \"timeout after \\\\d+ms\"",
            "error:timeout",
            "is:root",
            "-is:orphan",
            "-model:claude-*",
        ],
        &[
            "tool=search",
            "-tool:search",
            "tool:sea",
            "tool!=(Search, fetch)",
            "provider:*",
            "provider!=openai",
            "error ~ \"^after\"",
            "error ~ Timeout",
        ],
    );
    check(&greeting(), Trace, &["-tool:*", "-tool:search"], &["tool!=search", "tool:*"]);
}

#[test]
fn attributes_are_numbers_or_texts() {
    check(
        &refund(),
        Trace,
        &[
            "attr.retries >= 3",
            "attr.retries = 3",
            "attr.retries:1..5",
            "attr.port > 8000",
            "attr.port = 8080",
            "attr.port = \"8080\"",
            "attr.version = 1.10",
            "attr.version:1.*",
            "attr.version > 1",
        ],
        &[
            "attr.retries > 3",
            "attr.retries = \"3\"",
            "attr.version = 1.1",
            "attr.port < 8000",
            "attr.missing != 1",
            "attr.missing:*",
        ],
    );
}

#[test]
fn one_span_meets_all_of_has_span() {
    check(
        &refund(),
        Trace,
        &[
            "has span(tool:fetch duration > 2s)",
            "tool:search duration > 2s",
            "-has span(tool:search duration > 2s)",
            "has span(kind:tool status:error error:timeout)",
        ],
        &["has span(tool:search duration > 2s)", "has span(tool:search tool:fetch)"],
    );
}

#[test]
fn counts_are_over_spans() {
    check(
        &refund(),
        Trace,
        &[
            "count() = 4",
            "count(kind:tool) = 2",
            "count(kind:tool) > 1",
            "count(kind:tool) >= 2",
            "count(kind:tool) < 3",
            "count(kind:tool) != 3",
            "count(kind:none) = 0",
            "count(kind:tool -status:error) = 1",
        ],
        &["count() < 4", "count(kind:tool) = 1", "count(kind:tool) != 2", "count() >= 1000"],
    );
}

#[test]
fn logic_binds_not_then_and_then_or() {
    check(
        &refund(),
        Trace,
        &[
            "status:error or cost > 1 and agent:other",
            "-(tool:nothing or tool:none)",
            "not not kind:llm",
        ],
        &["(status:error or cost > 1) agent:other", "-(tool:search or tool:none)"],
    );
}

#[test]
fn case_is_folded_and_accents_are_not() {
    check(
        &greeting(),
        Trace,
        &["name:überweisung", "name:\"U\u{308}berweisung\"", "name=Überweisung"],
        &["name:uberweisung", "name=überweisung"],
    );
}

#[test]
fn sessions_look_into_their_traces_and_spans() {
    check(
        &session(),
        Session,
        &["user:ADA", "traces > 1", "tool:search", "state:live", "count() = 5", "model:claude-*"],
        &["is:failed", "user:bob", "has span(model:claude-* kind:tool)"],
    );
}

#[test]
fn spans_are_rows_too() {
    let search = refund().spans[2].clone();
    check(
        &search,
        Span,
        &["kind:tool status:error", "is:failed", "duration < 1s", "tool!=fetch", "-is:root"],
        &["is:root", "tool!=Search", "model:*"],
    );
}

#[test]
fn a_row_may_answer_for_its_spans() {
    /// A trace of which only the list of models is kept.
    struct Summary;

    impl Row for Summary {
        fn any_value(&self, _: &FieldRef, _: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
            false
        }

        fn any_below(&self, _: Subject, _: &mut dyn FnMut(&dyn Row) -> bool) -> bool {
            panic!("the spans are not here");
        }

        fn any_value_below(
            &self,
            subject: Subject,
            field: &FieldRef,
            holds: &mut dyn FnMut(Value<'_>) -> bool,
        ) -> bool {
            assert_eq!(subject, Span);
            match field {
                FieldRef::Field(Field::Model) => ["a", "b"].into_iter().map(Value::Text).any(holds),
                FieldRef::Open(Namespace::Attr, path) => path == "x" && holds(Value::Number(1)),
                _ => false,
            }
        }
    }

    let holds = |text| matches(&valid(Trace, text).expr.unwrap(), &Summary);
    assert!(holds("model:B"));
    assert!(holds("model!=a"));
    assert!(!holds("-model:a"));
    assert!(holds("attr.x:*"));
}
