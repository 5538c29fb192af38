//! Sort orders.

use clew_query::Direction::{Ascending, Descending};
use clew_query::ErrorCode::{self, *};
use clew_query::{Field, SortKey, Subject, sort_keys};

#[test]
fn keys_are_fields_with_a_direction() {
    let expected = [
        SortKey { field: Field::Duration, direction: Descending },
        SortKey { field: Field::Start, direction: Ascending },
    ];
    assert_eq!(sort_keys("-duration,start", Subject::Trace).unwrap(), expected);
    assert_eq!(sort_keys(" -latency , time ", Subject::Trace).unwrap(), expected);
    assert_eq!(sort_keys("", Subject::Trace).unwrap(), []);
}

#[test]
fn mistakes_have_a_place() {
    #[track_caller]
    fn check(text: &str, code: ErrorCode, place: std::ops::Range<usize>, message: &str) {
        let error = sort_keys(text, Subject::Trace).unwrap_err();
        assert_eq!(
            (error.code, error.from..error.to, error.message.as_str()),
            (code, place, message)
        );
    }
    check(
        "start,-duraton",
        UnknownField,
        7..14,
        "unknown field \"duraton\"; did you mean duration?",
    );
    check("attr.x", UnknownField, 0..6, "unknown field \"attr.x\"");
    check("tool", WrongSubject, 0..4, "traces have no \"tool\" of their own");
    check("-text", BadArgument, 1..5, "text has no order to sort by");
    check("start,-start", BadArgument, 6..12, "start is named twice");
    check("start,", MissingField, 6..6, "write a field, as in -duration,start");
    check(
        "start,end,cost,name,tokens",
        TooManyTerms,
        20..26,
        "a sort order holds at most 4 fields",
    );
}
