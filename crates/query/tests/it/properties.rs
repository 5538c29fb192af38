//! Laws over generated texts.

use clew_query::{Clock, Subject, limits, parse, sort_keys, tokens};
use proptest::prelude::*;

use crate::CLOCK;

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![Just(Subject::Session), Just(Subject::Trace), Just(Subject::Span)]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-mp-z][a-z]{0,5}[*]?".prop_filter("no operator", |word| word != "and"),
        "[*]?[a-zA-Z0-9_./-]{1,8}".prop_map(|text| format!("\"{text}\"")),
        "\"([a-zßÜ検 *(),:=~-]|\\\\\\*|\\\\n|\\\\\"|\\\\\\\\){0,8}x\"",
        Just("and".to_owned()).prop_map(|word| format!("\"{word}\"")),
    ]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof!["-?[0-9]{1,6}", "-?[0-9]{1,4}\\.[0-9]{1,6}", "[0-9]{1,3}e-?[0-9]"]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        "-[1-9][0-9]?[smhdw](@[smhdw])?",
        Just("yesterday".to_owned()),
        Just("2026-11".to_owned()),
        "20[0-4][0-9]-0[3-9]-[12][0-9]",
        "20[0-4][0-9]-0[3-9]-[12][0-9]T1[0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?(Z|\\+02:00)?",
    ]
}

fn order() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("<"), Just("<="), Just(">"), Just(" >= "), Just(":"), Just("!="), Just(" = ")]
}

/// One comparison that is right on every subject.
fn comparison() -> impl Strategy<Value = String> {
    let text =
        prop_oneof![Just("tool"), Just("agent"), Just("user"), Just("label"), Just("attr.x")];
    let text = (text, prop_oneof![Just(":"), Just("="), Just("!=")], value());
    let list = (prop_oneof![Just("model"), Just("attr.k")], prop::collection::vec(value(), 1..4));
    prop_oneof![
        text.prop_map(|(field, operator, value)| format!("{field}{operator}{value}")),
        list.prop_map(|(field, values)| format!("{field}:({})", values.join(", "))),
        ("[a-z検Ü]{1,6}[*]?").prop_map(|word| format!("\"{word}\"")),
        (order(), number()).prop_map(|(order, number)| format!("attr.n{order}{number}")),
        (order(), number()).prop_map(|(order, number)| format!("score.q{order}{number}")),
        (order(), number()).prop_map(|(order, number)| format!("cost{order}{}", plain(&number))),
        (order(), 0..99_999_u32, "(ns|us|ms|s|m|h|d|w)")
            .prop_map(|(order, number, unit)| format!("duration{order}{number}{unit}")),
        (0..9_u32, 0..9_u32).prop_map(|(a, b)| format!("depth:{a}..{}", a + b)),
        (0..100_u32).prop_map(|percent| format!("cache_hit < {percent}%")),
        (0..100_u32).prop_map(|size| format!("size!={size}MiB")),
        time().prop_map(|time| format!("start <= {time}")),
        time().prop_map(|time| format!("end > {time}")),
        time().prop_map(|time| format!("arrived:{time}..")),
        Just("start!=2026-11-20".to_owned()),
        Just("start:(2026-11-20, 2026-11-18..2026-11-19)".to_owned()),
        prop_oneof![Just("status:(error, ok)"), Just("is!=root"), Just("category:llm")]
            .prop_map(str::to_owned),
        Just("error ~ \"a\\\\d+\\*\"".to_owned()),
        Just("span:00f067*".to_owned()),
    ]
}

/// Without an exponent, which money has not.
fn plain(number: &str) -> &str {
    number.split('e').next().unwrap_or_default()
}

fn filter() -> impl Strategy<Value = String> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        let one = inner.clone();
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|items| format!("({})", items.join(" "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|items| format!("({})", items.join(" or "))),
            one.clone().prop_map(|item| format!("-{item}")),
            one.clone().prop_map(|item| format!("not {item}")),
            one.clone().prop_map(|item| format!("has child({item})")),
            (one.clone(), 0..9_u32).prop_map(|(item, count)| format!("count({item}) != {count}")),
            one.clone().prop_map(|item| format!("avg(duration, {item}) > 3ms")),
            (one.clone(), inner.clone())
                .prop_map(|(a, b)| format!("sequence({a}, {b}) within 2 steps")),
            (one, inner).prop_map(|(a, b)| format!("every({a}, {b})")),
        ]
    })
}

/// Reads any text; every position of what comes out must lie inside it.
fn read_safely(text: &str, subject: Subject) -> Result<(), TestCaseError> {
    let length = text.chars().count();
    match parse(text, subject, &CLOCK) {
        Ok(filter) => {
            if let Some(expr) = &filter.expr {
                let mut places = Vec::new();
                expr.each_term(&mut |term| places.push(term.place));
                places.extend(&filter.chips);
                for place in places {
                    prop_assert!(place.from < place.to && place.to <= length, "{place:?}");
                }
            }
            for hint in &filter.hints {
                prop_assert!(hint.from < hint.to && hint.to <= length, "{hint:?}");
            }
        }
        Err(error) => {
            prop_assert!(error.from < error.to && error.to <= length, "{error:?}");
            prop_assert!(error.message.chars().count() <= limits::MESSAGE_CHARACTERS);
            prop_assert!(!error.message.ends_with('.'), "{}", error.message);
            prop_assert!(!error.explain(text).is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}", subject in subject()) {
        read_safely(&text, subject)?;
    }

    #[test]
    fn text_of_the_languages_own_signs_is_read_or_refused(
        text in "(and|or|not|has|child|count|sum|is|tool|cost|start|attr|within|[ ():=<>!~\",.*@$\\[\\]1a\\\\-]){0,24}",
        subject in subject(),
    ) {
        read_safely(&text, subject)?;
    }

    #[test]
    fn a_filter_with_one_thing_changed_is_read_or_refused(
        text in filter(),
        at in any::<prop::sample::Index>(),
        change in "\\PC|[ ():=<>!~\",.*-]",
        removed in 0..3_usize,
        subject in subject(),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        let end = (at + removed).min(characters.len());
        characters.splice(at..end, change.chars());
        read_safely(&characters.into_iter().collect::<String>(), subject)?;
    }

    #[test]
    fn text_to_tree_to_text_to_tree_is_the_same_tree(text in filter(), offset in -12..14_i32) {
        let clock = Clock { utc_offset_seconds: offset * 3_600, ..CLOCK };
        let subject = Subject::Trace;
        let first = parse(&text, subject, &clock);
        prop_assert!(first.is_ok(), "{text}: {}", first.unwrap_err().explain(&text));
        let first = first.unwrap().expr.unwrap();
        let written = first.to_string();
        let second = parse(&written, subject, &CLOCK);
        prop_assert!(second.is_ok(), "{text}\n{}", second.unwrap_err().explain(&written));
        let second = second.unwrap().expr.unwrap();
        prop_assert_eq!(first.without_places(), second.without_places(), "{} {}", text, written);
    }

    #[test]
    fn numbers_of_any_length_are_read_exactly_or_refused(
        field in "cost|tokens|attr\\.x|score\\.q",
        number in "-?[0-9]{1,36}(\\.[0-9]{1,36})?(e-?[0-9]{1,10})?[kKM]?",
        duration in "([0-9]{1,34}(\\.[0-9]{1,12})?(ns|ms|s|h|w)){1,3}",
    ) {
        for text in [format!("{field} > {number}"), format!("duration <= {duration}")] {
            read_safely(&text, Subject::Trace)?;
            if let Ok(filter) = parse(&text, Subject::Trace, &CLOCK) {
                let first = filter.expr.unwrap();
                let written = first.to_string();
                let second = parse(&written, Subject::Trace, &CLOCK);
                prop_assert!(second.is_ok(), "{text}\n{}", second.unwrap_err().explain(&written));
                let second = second.unwrap().expr.unwrap();
                prop_assert_eq!(first.without_places(), second.without_places());
            }
        }
    }

    #[test]
    fn taking_a_chip_away_leaves_the_others(texts in prop::collection::vec(comparison(), 2..5)) {
        let joined = texts.join(" ");
        let chips = parse(&joined, Subject::Trace, &CLOCK).unwrap().chips;
        let slices: Vec<String> = chips
            .iter()
            .map(|chip| joined.chars().skip(chip.from).take(chip.to - chip.from).collect())
            .collect();
        prop_assert_eq!(slices, texts);
    }

    #[test]
    fn a_text_holds_every_required_token_of_a_pattern_it_meets(
        words in prop::collection::vec("[a-zA-Z]{1,4}|[検索エラー]{1,4}|[._-]", 1..8),
        from in any::<prop::sample::Index>(),
        length in 1..4_usize,
    ) {
        let text = words.join(" ");
        let from = from.index(words.len());
        let part = words[from..(from + length).min(words.len())].join(" ");
        if let Some(pattern) = clew_query::WordPattern::new(&part, false) {
            prop_assert!(pattern.matches(&text), "{part} in {text}");
            let tokens = tokens(&text);
            for required in pattern.required_tokens() {
                prop_assert!(tokens.contains(&required), "{required} of {part} in {text}");
            }
        }
    }

    #[test]
    fn any_sort_order_is_read_or_refused(text in "\\PC{0,20}|[a-z,. -]{0,30}", subject in subject()) {
        if let Err(error) = sort_keys(&text, subject) {
            prop_assert!(error.from <= error.to && error.to <= text.chars().count());
        }
    }
}
