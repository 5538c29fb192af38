//! Trees, places, chips, hints, resolved times: what the page and the store read.

use clew_query::Subject::{self, Session, Span, Trace};
use clew_query::{
    Comparison, Expr, Field, FieldRef, HintCode, IdTest, Namespace, NumberTest, Place, Predicate,
    Relation, Test, TextPattern, TimeRange, Wildcard,
};

use crate::{invalid, valid};

/// The comparison that a filter of one term is.
#[track_caller]
fn comparison(subject: Subject, text: &str) -> Comparison {
    match valid(subject, text).expr {
        Some(Expr::Term(term)) => match term.predicate {
            Predicate::Comparison(comparison) => comparison,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn test(text: &str) -> Test {
    comparison(Trace, text).test
}

fn exact(text: &str) -> TextPattern {
    TextPattern::Exact(text.to_owned())
}

#[test]
fn operands_are_in_base_units() {
    let number = |relation, value| Test::Number(NumberTest::Compare(relation, value));
    assert_eq!(test("duration > 2s"), number(Relation::Greater, 2_000_000_000));
    assert_eq!(test("cost <= $0.05"), number(Relation::LessOrEqual, 50_000_000_000));
    assert_eq!(test("tokens:10k"), number(Relation::Equal, 10_000));
    assert_eq!(test("size < 1KiB"), number(Relation::Less, 1_024));
    assert_eq!(test("cache_hit >= 35%"), number(Relation::GreaterOrEqual, 350_000));
    assert_eq!(test("score.quality = 0.5"), number(Relation::Equal, 500_000_000));
    let range = Test::Number(NumberTest::Between(None, Some(500_000_000)));
    assert_eq!(test("duration:..500ms"), range);
}

#[test]
fn bounds_are_inclusive() {
    let bounds = |text| match test(text) {
        Test::Number(number) => number.bounds(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bounds("spans > 5"), (Some(6), None));
    assert_eq!(bounds("spans < 5"), (None, Some(4)));
    assert_eq!(bounds("spans:5"), (Some(5), Some(5)));
    assert_eq!(bounds("spans:2..5"), (Some(2), Some(5)));
}

#[test]
fn times_are_half_open() {
    let day = 86_400_000_000_000;
    let friday = 1_795_132_800_000_000_000;
    let range = |from_nanos, to_nanos| Test::Time(TimeRange { from_nanos, to_nanos });
    assert_eq!(test("start:2026-11-20"), range(Some(friday), Some(friday + day)));
    assert_eq!(test("start > 2026-11-20"), range(Some(friday + day), None));
    assert_eq!(test("start >= 2026-11-20"), range(Some(friday), None));
    assert_eq!(test("start < 2026-11-20"), range(None, Some(friday)));
    assert_eq!(test("start <= 2026-11-20"), range(None, Some(friday + day)));
    assert_eq!(test("time:2026-11-20.."), range(Some(friday), None));
    assert_eq!(
        test("start:\"2026-11-19\"..2026-11-20"),
        range(Some(friday - day), Some(friday + day))
    );
}

#[test]
fn text_operators_differ_in_how_they_compare() {
    let folded = |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        Test::Text(TextPattern::Folded(Wildcard::new(&parts)))
    };
    assert_eq!(test("tool:Search"), folded(&["Search"]));
    assert_eq!(test("tool:delete*"), folded(&["delete", ""]));
    assert_eq!(test("tool:\"a*b\""), folded(&["a", "b"]));
    assert_eq!(test("tool:\"a\\*b\""), folded(&["a*b"]));
    assert_eq!(test("tool=\"a*b\""), Test::Text(exact("a*b")));
    assert_eq!(test("tool=*"), Test::Exists);
    assert_eq!(test("name=U\u{308}ber"), Test::Text(exact("Über")));
    assert!(comparison(Trace, "tool!=x").is_negated);
    assert!(matches!(test("tool !~ \"^a\""), Test::Text(TextPattern::Regex(_))));
}

#[test]
fn open_names_take_numbers_and_texts() {
    let number = NumberTest::Compare(Relation::Equal, 3_000_000_000);
    let open = |text| Test::Open { number, text };
    assert_eq!(test("attr.x = 3"), open(Some(exact("3"))));
    assert_eq!(test("attr.x = \"3\""), Test::Text(exact("3")));
    assert_eq!(test("attr.version = 1.2.0"), Test::Text(exact("1.2.0")));
    assert_eq!(test("attr.path = ../x"), Test::Text(exact("../x")));
    let number = NumberTest::Between(Some(1_000_000_000), Some(5_000_000_000));
    assert_eq!(test("attr.x:1..5"), Test::Open { number, text: None });
    let number = NumberTest::Compare(Relation::Greater, 10_000_000_000_000);
    assert_eq!(test("attr.x > 10k"), Test::Open { number, text: None });

    let field = |text| comparison(Trace, text).field;
    let attr = |path: &str| FieldRef::Open(Namespace::Attr, path.to_owned());
    assert_eq!(field("@gen_ai.request.model:x"), attr("gen_ai.request.model"));
    assert_eq!(field("attr[\"my key\"]:x"), attr("my key"));
    assert_eq!(field("attr.x-y$z>1"), attr("x-y$z"));
    assert_eq!(field("label:refusal"), FieldRef::Field(Field::Label));
    assert_eq!(field("label.outcome:x"), FieldRef::Open(Namespace::Label, "outcome".to_owned()));
}

#[test]
fn ids_are_whole_or_a_prefix_of_digits() {
    let id = |text: &str, is_prefix| Test::Id(IdTest { text: text.to_owned(), is_prefix });
    assert_eq!(test("trace:4BF92F*"), id("4bf92f", true));
    assert_eq!(
        test("trace:0AF7651916CD43DD8448EB211C80319C"),
        id("0af7651916cd43dd8448eb211c80319c", false)
    );
    let uuid = "trace=0af76519-16cd-43dd-8448-eb211c80319c";
    assert_eq!(test(uuid), id("0af7651916cd43dd8448eb211c80319c", false));
    assert_eq!(test("trace:Run-42"), id("run-42", false));
}

#[test]
fn a_term_knows_whose_field_it_is() {
    let below = |subject, text| comparison(subject, text).below;
    assert_eq!(below(Trace, "tool:search"), Some(Span));
    assert_eq!(below(Session, "tool:search"), Some(Span));
    assert_eq!(below(Span, "tool:search"), None);
    assert_eq!(below(Trace, "duration > 2s"), None);
    assert_eq!(below(Session, "root_status:error"), Some(Trace));
    assert_eq!(below(Trace, "is:root"), Some(Span));
    assert_eq!(below(Span, "is:root"), None);
}

#[test]
fn failed_means_the_run_itself() {
    let field = |subject, text| comparison(subject, text).field;
    assert_eq!(field(Trace, "status:failed"), FieldRef::Field(Field::RootStatus));
    assert_eq!(field(Trace, "is:failed"), FieldRef::Field(Field::RootStatus));
    assert_eq!(field(Session, "is:failed"), FieldRef::Field(Field::RootStatus));
    assert_eq!(field(Span, "status:failed"), FieldRef::Field(Field::Status));
    assert_eq!(test("status:failed"), Test::Text(exact("error")));
    assert_eq!(test("status:success"), Test::Text(exact("ok")));
    assert_eq!(field(Trace, "is:live"), FieldRef::Field(Field::State));
    assert_eq!(
        invalid(Span, "is:live").message,
        "\"state\" is a field of traces; here write has trace(state …)",
    );
    let either = valid(Trace, "is:(failed, orphan)").expr.unwrap();
    assert_eq!(either.to_string(), "root_status:error or is:orphan");
    let neither = valid(Trace, "is!=(failed, orphan)").expr.unwrap();
    assert_eq!(neither.to_string(), "-(root_status:error or is:orphan)");
}

#[test]
fn words_stand_alone_to_be_operators() {
    let written = |text| valid(Trace, text).expr.unwrap().to_string();
    assert_eq!(written("a AND b Or not c"), "\"a\" \"b\" or -\"c\"");
    assert_eq!(written("android or organ"), "\"android\" or \"organ\"");
    assert_eq!(written("not(a or b)"), "-(\"a\" or \"b\")");
    assert_eq!(written("has children"), "\"has\" \"children\"");
    assert_eq!(written("has span (tool:x)"), "has span(tool:x)");
    assert_eq!(written("a-b"), "\"a-b\"");
    assert_eq!(written("((a b)) c"), "(\"a\" \"b\") \"c\"");
    assert_eq!(written("a\u{3000}b"), "\"a\" \"b\"");
}

#[test]
fn places_count_characters() {
    let filter = valid(Trace, "ünïcode  tool:x");
    let mut places = Vec::new();
    filter.expr.unwrap().each_term(&mut |term| places.push((term.place.from, term.place.to)));
    assert_eq!(places, [(0, 7), (9, 15)]);
}

#[test]
fn chips_are_the_top_level_and_terms() {
    let chips = |text: &str| -> Vec<String> {
        let filter = valid(Trace, text);
        let slice =
            |place: &Place| text.chars().skip(place.from).take(place.to - place.from).collect();
        filter.chips.iter().map(slice).collect()
    };
    assert_eq!(chips(""), [""; 0]);
    assert_eq!(
        chips("status:error  -tool:x and (a or b) count() > 5"),
        ["status:error", "-tool:x", "(a or b)", "count() > 5"],
    );
    assert_eq!(chips("a or b c"), ["a or b c"]);
    assert_eq!(chips("sequence(a, b) within 3 steps c"), ["sequence(a, b) within 3 steps", "c"]);
}

#[test]
fn resolved_times_are_echoed() {
    let resolved = valid(Trace, "start > -24h").resolved;
    let expected = serde_json::json!([{
        "from": 8,
        "to": 12,
        "text": "-24h",
        "start_nanos": "1795082400000000000",
        "end_nanos": "1795082400000000001",
    }]);
    assert_eq!(serde_json::to_value(resolved).unwrap(), expected);
}

#[test]
fn hints_do_not_block() {
    let hints = |text| -> Vec<(HintCode, usize, usize)> {
        let hints = valid(Trace, text).hints;
        hints.into_iter().map(|hint| (hint.code, hint.from, hint.to)).collect()
    };
    assert_eq!(hints("tool:search duration > 2s"), [(HintCode::DifferentSpans, 0, 25)]);
    assert_eq!(hints("tool:search tool:fetch"), [(HintCode::DifferentSpans, 0, 22)]);
    assert_eq!(hints("tool:search start > -24h"), []);
    assert_eq!(hints("has span(tool:search duration > 2s)"), []);
    assert_eq!(hints("tool:search or duration > 2s"), []);
    assert_eq!(hints("duration"), [(HintCode::FieldNameAsText, 0, 8)]);
    assert_eq!(hints("cost < 0"), [(HintCode::AlwaysSame, 0, 8)]);
    assert_eq!(hints("cost >= 0"), [(HintCode::AlwaysSame, 0, 9)]);
    assert_eq!(hints("score.x < 0"), []);
    let hint = &valid(Trace, "tool:search duration > 2s").hints[0];
    assert_eq!(hint.suggestions, ["has span(tool:search duration > 2s)"]);
}

#[test]
fn what_is_not_evaluated_yet_says_where() {
    let refused = |subject, text| {
        let error = valid(subject, text).check_supported().unwrap_err();
        (error.message, error.from, error.to)
    };
    let expected = |what: &str, from, to| (format!("{what} is not supported yet"), from, to);
    assert_eq!(refused(Trace, "a has child(b)"), expected("has child(…)", 2, 14));
    assert_eq!(refused(Trace, "has span(has parent(b))"), expected("has parent(…)", 9, 22));
    assert_eq!(refused(Span, "has trace(cost > 1)"), expected("has trace(…)", 0, 19));
    assert_eq!(refused(Trace, "sum(cost) > 1"), expected("sum(…)", 0, 13));
    assert_eq!(refused(Trace, "sequence(a, b)"), expected("sequence(…)", 0, 14));
    assert_eq!(refused(Trace, "-every(a, b)"), expected("every(…)", 1, 12));
    assert_eq!(refused(Span, "count() > 1"), expected("count(…) on spans", 0, 11));
    for text in ["", "has span(tool:x)", "count(kind:llm) > 3 or a", "cost > 1"] {
        assert_eq!(valid(Trace, text).check_supported(), Ok(()), "{text}");
    }
}
