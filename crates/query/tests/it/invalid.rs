//! The invalid examples of reference/filters.md section 7, with its refinements and ruling 23.

use clew_query::ErrorCode::{self, *};
use clew_query::Subject::{self, Span, Trace};

use crate::{invalid, valid};

#[track_caller]
fn check(
    subject: Subject,
    text: &str,
    code: ErrorCode,
    place: std::ops::Range<usize>,
    message: &str,
) {
    let error = invalid(subject, text);
    assert_eq!((error.code, error.from..error.to, error.message.as_str()), (code, place, message));
}

#[test]
fn e01_to_e08_fields_units_and_sets() {
    check(
        Trace,
        "durration > 2s",
        UnknownField,
        0..9,
        "unknown field \"durration\"; did you mean duration?",
    );
    check(
        Trace,
        "duration > 2",
        MissingUnit,
        11..12,
        "duration needs a unit, for example 2ms or 2s",
    );
    check(
        Trace,
        "duration > 2sec",
        UnknownUnit,
        12..15,
        "unknown unit \"sec\"; use ns us ms s m h d w",
    );
    check(Trace, "cost > 5s", WrongUnit, 7..9, "cost is money; write a plain number such as 0.05");
    check(
        Trace,
        "tokens > 10s",
        WrongUnit,
        9..12,
        "tokens is a count; write a plain number, or 10k, 2M",
    );
    check(
        Trace,
        "duration > fast",
        BadValue,
        11..15,
        "\"fast\" is not a duration; write 250ms, 2s, 1h30m",
    );
    // E7: `kind` is open text since ruling 23; the closed set is `category`.
    valid(Trace, "kind:tol");
    check(
        Trace,
        "category:tol",
        UnknownValue,
        9..12,
        "category cannot be \"tol\"; did you mean tool?",
    );
    // E8: `status:failed` means root_status:error since ruling 23.
    valid(Trace, "status:failed");
    check(
        Trace,
        "status:broken",
        UnknownValue,
        7..13,
        "status cannot be \"broken\"; one of ok, error, unset",
    );
}

#[test]
fn e09_to_e16_values() {
    check(Trace, "tool:", MissingValue, 0..5, "missing value after \"tool:\"");
    check(
        Trace,
        "tool: search",
        MissingValue,
        0..5,
        "missing value after \"tool:\" (no space after the colon)",
    );
    check(
        Trace,
        "tool > 3",
        BadOperator,
        5..6,
        "\">\" does not work on tool (text); use : = != or ~",
    );
    check(Trace, "cost ~ \"1\"", BadOperator, 5..6, "\"~\" needs a text field; cost is money");
    check(Trace, "duration:5s..1s", BadRange, 9..15, "range is upside down: 5s is more than 1s");
    check(
        Trace,
        "start > 24h",
        BadValue,
        8..11,
        "\"24h\" is a length of time; for \"24h ago\" write -24h",
    );
    check(
        Trace,
        "start > 1763600000",
        BadValue,
        8..18,
        "epoch numbers are not accepted; write 2026-11-20T10:00:00Z",
    );
    check(Trace, "start:2026-13-01", BadValue, 6..16, "\"2026-13-01\" is not a date");
}

#[test]
fn e17_to_e26_brackets_quotes_and_words() {
    check(Trace, "(status:error", UnclosedGroup, 0..1, "\"(\" is never closed");
    check(Trace, "status:error)", UnexpectedToken, 12..13, "\")\" has no matching \"(\"");
    check(Trace, "name:\"abc", UnclosedQuote, 5..6, "quote is never closed");
    check(
        Trace,
        "status:error &&  cost > 1",
        ReservedOperator,
        13..15,
        "\"&&\" is not an operator here; write \"and\"",
    );
    check(
        Trace,
        "status == error",
        ReservedOperator,
        7..9,
        "\"==\" is not an operator here; write \"=\"",
    );
    check(Trace, "status:error or", MissingOperand, 13..15, "\"or\" needs a filter after it");
    check(Trace, "and cost > 1", MissingOperand, 0..3, "\"and\" needs a filter before it");
    check(Trace, "()", EmptyGroup, 0..2, "empty group \"()\"");
    check(Trace, "tool:(search, )", MissingValue, 14..15, "missing value before \")\"");
    check(
        Trace,
        "tool:(search and fetch)",
        BadList,
        13..16,
        "a list means \"any of\"; write two filters for \"all of\"",
    );
}

#[test]
fn e27_to_e35_relations_and_functions() {
    check(
        Trace,
        "has chld(kind:llm)",
        UnknownRelation,
        4..8,
        "unknown relation \"chld\"; did you mean child?",
    );
    check(
        Span,
        "spans > 10",
        WrongSubject,
        0..5,
        "\"spans\" is a field of traces; here write has trace(spans …)",
    );
    check(
        Trace,
        "has trace(cost > 1)",
        WrongSubject,
        4..9,
        "the rows are traces already; write the filter without has trace(…)",
    );
    check(
        Trace,
        "count(tool:search)",
        MissingComparison,
        0..18,
        "count(…) must be compared, for example count(…) > 5",
    );
    check(Trace, "count(tool:search) > many", BadValue, 21..25, "\"many\" is not a number");
    check(
        Trace,
        "sequence(tool:a)",
        BadArgument,
        0..16,
        "sequence needs at least two filters, as in sequence(a, b)",
    );
    // E33 covers the whole word (second refinement).
    check(
        Trace,
        "sequence(a, b) within soon",
        BadValue,
        22..26,
        "after \"within\" write a number of steps or a time: within 3 steps, within 30s",
    );
    check(Trace, "sum(tool) > 1", BadArgument, 4..8, "sum needs a number; tool is text");
    check(
        Trace,
        "coutn(tool:search) > 5",
        UnknownFunction,
        0..5,
        "unknown function \"coutn\"; did you mean count?",
    );
}

#[test]
fn e36_to_e43_the_rest() {
    // E36: the sentence in the middle is that of our regular expression library.
    check(
        Trace,
        "error ~ \"time(out\"",
        BadRegex,
        8..18,
        "invalid regular expression: unclosed group at character 5 of the pattern",
    );
    check(Trace, "> 5", MissingField, 0..1, "\">\" needs a field before it");
    check(
        Trace,
        "url:http",
        UnknownField,
        0..3,
        "unknown field \"url\"; for a span attribute write attr.url",
    );
    check(
        Trace,
        "tool:a\u{200b}b",
        InvisibleCharacter,
        6..7,
        "invisible character U+200B; delete it, or put it inside quotes",
    );
    check(
        Trace,
        "cost > \"abc\"",
        BadValue,
        7..12,
        "\"abc\" is not an amount; write 0.05 or $0.05",
    );
    check(
        Span,
        "has span(kind:llm)",
        WrongSubject,
        4..8,
        "a span has no spans of its own; write has descendant(…) or has child(…)",
    );
    check(
        Trace,
        "traces > 3",
        WrongSubject,
        0..6,
        "\"traces\" is a field of sessions; here write has session(traces …)",
    );
    // E43 says why the comparison fell apart (second refinement).
    check(
        Trace,
        "tool:delete* > 3",
        MissingField,
        13..14,
        "\">\" needs a field before it; \"*\" ends a value here",
    );
}

#[test]
fn suggestions_replace_the_place() {
    assert_eq!(invalid(Trace, "durration > 2s").suggestions, ["duration"]);
    assert_eq!(invalid(Trace, "latncy > 2s").suggestions, ["duration"]);
    assert_eq!(invalid(Trace, "duration > 2").suggestions, ["2ms", "2s"]);
    assert_eq!(invalid(Trace, "start > 24h").suggestions, ["-24h"]);
    assert_eq!(invalid(Trace, "a && b").suggestions, ["and"]);
    assert_eq!(invalid(Trace, "url:x").suggestions, ["attr.url"]);
    assert_eq!(invalid(Trace, "tool!=*").suggestions, ["-tool:*"]);
    assert_eq!(invalid(Trace, "http://x.y/z a").suggestions, ["\"http://x.y/z\""]);
    assert_eq!(invalid(Trace, "start > 1763600000").suggestions, [""; 0]);
}

#[test]
fn operators_of_other_languages_are_refused_with_ours() {
    for (text, symbol, ours) in [
        ("a || b", "||", "or"),
        ("!tool:x", "!", "not"),
        ("name =~ x", "=~", "~"),
        ("cost => 1", "=>", ">="),
        ("tool <> x", "<>", "!="),
        ("tool:!=x", ":!", "!="),
        ("kind:llm >> tool:x", ">>", "has descendant(…)"),
    ] {
        let error = invalid(Trace, text);
        let message = format!("\"{symbol}\" is not an operator here; write \"{ours}\"");
        assert_eq!((error.code, error.message), (ReservedOperator, message), "{text}");
    }
}

#[test]
fn what_is_glued_is_not_guessed_at() {
    check(Trace, "tool :x", MissingField, 5..6, "\":\" needs a field before it");
    let message = "unexpected \"(\"; put a space before it, or quote the whole";
    check(Trace, "tool:a(b)", UnexpectedToken, 6..7, message);
    let message = "unexpected \"\"\"; put a space before it, or quote the whole";
    check(Trace, "tool:a\"b\"", UnexpectedToken, 6..7, message);
    check(
        Trace,
        "a-b:c",
        UnknownField,
        0..3,
        "unknown field \"a-b\"; for a span attribute write attr.a-b",
    );
    let message = "unknown field \"10\"; to search for it as text, put it in quotes";
    check(Trace, "10:30", UnknownField, 0..2, message);
}

#[test]
fn more_mistakes_of_each_kind() {
    for (text, code, from, to) in [
        ("attr:x", MissingField, 0, 4),
        ("@:x", MissingField, 0, 1),
        ("attr[x]:1", UnexpectedToken, 4, 5),
        ("attr[\"x\"]", MissingValue, 0, 9),
        ("name:\"a\\d\"", BadEscape, 7, 9),
        ("tool:((a))", BadList, 6, 7),
        ("tool:(a b)", BadList, 8, 9),
        ("tool:(a", UnclosedGroup, 5, 6),
        ("tool ~ (a, b)", BadList, 7, 8),
        ("duration:..", BadRange, 9, 11),
        ("duration = 1s..2s", BadRange, 11, 17),
        ("tokens > 1.5", BadValue, 9, 12),
        ("cache_hit > 35", BadValue, 12, 14),
        ("trace:ab*", BadValue, 6, 9),
        ("trace:xyzw*", BadValue, 6, 11),
        ("start:-24h", BadValue, 6, 10),
        ("start > soon", BadValue, 8, 12),
        ("attr.x > abc", BadValue, 9, 12),
        ("attr.x > \"3\"", BadValue, 9, 12),
        ("is:broken", UnknownValue, 3, 9),
        ("is:*", UnknownValue, 3, 4),
        ("state:gone", UnknownValue, 6, 10),
        ("- x", MissingOperand, 0, 1),
        ("not", MissingOperand, 0, 3),
        ("a or or b", MissingOperand, 2, 4),
        ("(or a)", MissingOperand, 1, 3),
        ("sequence(a, )", MissingOperand, 10, 11),
        ("count(", UnclosedGroup, 5, 6),
        ("count(a", UnclosedGroup, 5, 6),
        ("has span(", UnclosedGroup, 8, 9),
        ("has span()", MissingOperand, 8, 9),
        ("has(x)", UnknownFunction, 0, 3),
        ("child(x)", UnknownFunction, 0, 5),
        ("a, b", UnexpectedToken, 1, 2),
        ("every(a)", BadArgument, 0, 8),
        ("sum() > 1", BadArgument, 0, 3),
        ("sum(cost kind:llm) > 1", BadArgument, 9, 10),
        ("count() >", MissingValue, 0, 9),
        ("count() : 5", MissingComparison, 0, 7),
        ("sequence(a, b) within 3", BadValue, 22, 23),
        ("\"…\"", BadValue, 0, 3),
        ("a*b", BadValue, 0, 3),
        ("*", BadValue, 0, 1),
        ("cost > > 1", UnexpectedToken, 7, 8),
        ("name:'a b'", UnexpectedToken, 5, 6),
    ] {
        let error = invalid(Trace, text);
        assert_eq!((error.code, error.from, error.to), (code, from, to), "{text}: {error}");
    }
}

#[test]
fn a_namespace_needs_a_name() {
    let message = "\"score\" needs a name after it, as in score.quality < 0.5";
    check(Trace, "score > 1", MissingField, 0..5, message);
    let message = "\"@\" needs a name after it, as in attr.retries >= 3";
    check(Trace, "@ > 1", MissingField, 0..1, message);
}

#[test]
fn explain_points_at_the_place() {
    let text = "status:error\ncost > 5s";
    let error = invalid(Trace, text);
    assert_eq!(error.line_and_column(text), (2, 8));
    let expected = "cost > 5s\n       ^^\ncost is money; write a plain number such as 0.05";
    assert_eq!(error.explain(text), expected);
}

#[test]
fn the_error_object_is_what_the_api_answers() {
    let json = serde_json::to_value(invalid(Trace, "duration > 2")).unwrap();
    let expected = serde_json::json!({
        "code": "missing_unit",
        "message": "duration needs a unit, for example 2ms or 2s",
        "from": 11,
        "to": 12,
        "suggestions": ["2ms", "2s"],
    });
    assert_eq!(json, expected);
}
