//! The valid examples of reference/filters.md section 6, each with the tree it becomes, written
//! as text: aliases, units, times and shorthands resolved.

use clew_query::Subject::{self, Session, Span, Trace};

use crate::valid;

#[track_caller]
fn check(examples: &[(Subject, &str, &str)]) {
    for (subject, text, expected) in examples {
        let filter = valid(*subject, text);
        let written = filter.expr.map(|expr| expr.to_string()).unwrap_or_default();
        assert_eq!(written, *expected, "{text}");
    }
}

#[test]
fn examples_1_to_17_words_and_text_keys() {
    check(&[
        (Trace, "", ""),
        (Trace, "refund policy", "\"refund\" \"policy\""),
        (Trace, "\"refund policy\"", "\"refund policy\""),
        (Trace, "refund*", "\"refund*\""),
        (Trace, "-refund", "-\"refund\""),
        (Trace, "status:error", "status:error"),
        (Trace, "is:error", "status:error"),
        (Trace, "kind:llm", "kind:llm"),
        (Trace, "tool:search", "tool:search"),
        (Trace, "tool=Search", "tool=Search"),
        (Trace, "tool:delete*", "tool:delete*"),
        (Trace, "tool:(search, fetch)", "tool:(search, fetch)"),
        (Trace, "tool:search tool:fetch", "tool:search tool:fetch"),
        (Trace, "-tool:search", "-tool:search"),
        (Trace, "tool!=search", "tool!=search"),
        (Trace, "tool:*", "tool:*"),
        (Trace, "-tool:*", "-tool:*"),
    ]);
}

#[test]
fn examples_18_to_33_numbers_and_times() {
    check(&[
        (Trace, "duration > 2s", "duration > 2s"),
        (Trace, "latency>2s", "duration > 2s"),
        (Trace, "duration:>=1h30m", "duration >= 90m"),
        (Trace, "duration:1s..5s", "duration:1s..5s"),
        (Trace, "duration:..500ms", "duration:..500ms"),
        (Trace, "cost >= 0.05", "cost >= 0.05"),
        (Trace, "cost:$0.05..$1", "cost:0.05..1"),
        (Trace, "tokens > 10k", "tokens > 10000"),
        (Trace, "tokens.in > 100k tokens.out < 1k", "tokens.in > 100000 tokens.out < 1000"),
        (Trace, "cache_hit < 35%", "cache_hit < 35%"),
        (Trace, "start > -24h", "start >= 2026-11-19T10:00:00.000000001Z"),
        (Trace, "start:yesterday", "start:2026-11-19T00:00:00Z..2026-11-19T23:59:59.999999999Z"),
        (
            Trace,
            "start:2026-11-01..2026-11-07",
            "start:2026-11-01T00:00:00Z..2026-11-07T23:59:59.999999999Z",
        ),
        (Trace, "start > 2026-11-19", "start >= 2026-11-20T00:00:00Z"),
        (Trace, "start >= 2026-11-19T14:00Z", "start >= 2026-11-19T14:00:00Z"),
        (Trace, "start:-1d@d", "start:2026-11-19T00:00:00Z..2026-11-19T23:59:59.999999999Z"),
    ]);
}

#[test]
fn examples_34_to_47_logic_and_open_names() {
    check(&[
        (Trace, "status:error and not agent:billing", "status:error -agent:billing"),
        (
            Trace,
            "status:error or cost > 1 and agent:billing",
            "status:error or cost > 1 agent:billing",
        ),
        (
            Trace,
            "(status:error or cost > 1) agent:billing",
            "(status:error or cost > 1) agent:billing",
        ),
        (Trace, "-(tool:search or tool:fetch)", "-(tool:search or tool:fetch)"),
        (Trace, "attr.gen_ai.request.model = \"gpt-5\"", "attr.gen_ai.request.model=\"gpt-5\""),
        (Trace, "@gen_ai.request.model:gpt-*", "attr.gen_ai.request.model:\"gpt-*\""),
        (Trace, "attr[\"my key\"]:*", "attr[\"my key\"]:*"),
        (Trace, "resource.service.version != 1.2.0", "resource.service.version!=\"1.2.0\""),
        (Trace, "attr.retries >= 3", "attr.retries >= 3"),
        (
            Trace,
            "label.outcome:resolved score.quality < 0.5",
            "label.outcome:\"resolved\" score.quality < 0.5",
        ),
        (Trace, "meta.region:eu", "meta.region:\"eu\""),
        (Trace, "error ~ \"timeout after \\\\d+ms\"", "error ~ \"timeout after \\\\d+ms\""),
        (Trace, "has span(tool:search duration > 2s)", "has span(tool:search duration > 2s)"),
        (Trace, "tool:search duration > 2s", "tool:search duration > 2s"),
    ]);
}

#[test]
fn examples_48_to_62_structure() {
    check(&[
        (
            Trace,
            "has span(tool:search has parent(kind:agent name:planner))",
            "has span(tool:search has parent(kind:agent name:planner))",
        ),
        (Span, "kind:tool has ancestor(agent:planner)", "kind:tool has ancestor(agent:planner)"),
        (
            Span,
            "kind:llm has child(kind:tool status:error)",
            "kind:llm has child(kind:tool status:error)",
        ),
        (Span, "is:root -has descendant(kind:llm)", "is:root -has descendant(kind:llm)"),
        (Span, "kind:tool has sibling(tool:approval)", "kind:tool has sibling(tool:approval)"),
        (Trace, "count(tool:search) > 5", "count(tool:search) > 5"),
        (Trace, "count() >= 1000", "count() >= 1000"),
        (Trace, "count(status:error) = 0", "count(status:error) = 0"),
        (
            Trace,
            "sum(cost, tool:search or kind:llm) > 0.5",
            "sum(cost, tool:search or kind:llm) > 0.5",
        ),
        (Trace, "max(duration, kind:llm) > 30s", "max(duration, kind:llm) > 30s"),
        (
            Trace,
            "sequence(tool:search, tool:write, status:error)",
            "sequence(tool:search, tool:write, status:error)",
        ),
        (
            Trace,
            "sequence(status:error, kind:llm) within 3 steps",
            "sequence(status:error, kind:llm) within 3 steps",
        ),
        (
            Trace,
            "sequence(tool:plan, tool:deploy) within 10m",
            "sequence(tool:plan, tool:deploy) within 10m",
        ),
        (Trace, "every(kind:llm, model:claude-*)", "every(kind:llm, model:claude-*)"),
        (Trace, "has child(kind:llm)", "has span(has child(kind:llm))"),
    ]);
}

#[test]
fn examples_63_to_70_other_rows_and_scripts() {
    check(&[
        (Span, "status:error has trace(cost > 1)", "status:error has trace(cost > 1)"),
        (Session, "has trace(status:error) traces > 3", "has trace(status:error) traces > 3"),
        (Session, "tool:search", "tool:search"),
        (Session, "cost > 1 user:ada", "cost > 1 user:ada"),
        (Trace, "receipt.gaps > 0", "receipt.gaps > 0"),
        (Trace, "name:\"Überweisung\"", "name:\"Überweisung\""),
        (Trace, "検索 エラー", "\"検索\" \"エラー\""),
        (Trace, "\"and\"", "\"and\""),
    ]);
}
