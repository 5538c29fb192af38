//! Any text as a filter: no panic, places inside the text, and a parsed filter written
//! out reads as the same tree.
#![no_main]

use clew_query::{Clock, Subject, parse};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let clock = Clock { now_nanos: 1_795_154_476_000_000_000, utc_offset_seconds: 3_600 };
    for subject in [Subject::Trace, Subject::Span, Subject::Session] {
        match parse(text, subject, &clock) {
            Err(error) => assert!(error.from <= error.to && error.to <= text.chars().count() + 1),
            Ok(filter) => {
                let Some(expr) = filter.expr else { continue };
                let written = expr.to_string();
                let again = parse(&written, subject, &clock).expect("what we write we read");
                let again = again.expr.expect("a tree stays a tree");
                assert_eq!(again.without_places(), expr.without_places(), "{written}");
            }
        }
    }
});
