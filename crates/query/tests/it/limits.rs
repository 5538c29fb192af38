//! Each bound of `clew_query::limits`, just inside and just outside.

use clew_query::ErrorCode::{TooDeep, TooLong, TooManyTerms};
use clew_query::Subject::Trace;
use clew_query::limits;

use crate::{invalid, valid};

#[track_caller]
fn refused(text: &str, code: clew_query::ErrorCode, message: &str) {
    let error = invalid(Trace, text);
    assert_eq!((error.code, error.message.as_str()), (code, message));
    assert!(error.from < error.to && error.to <= text.chars().count());
}

#[test]
fn characters_are_counted_not_bytes() {
    valid(Trace, &"ü".repeat(limits::FILTER_CHARACTERS));
    let text = "ü".repeat(limits::FILTER_CHARACTERS + 1);
    refused(&text, TooLong, "a filter holds at most 4096 characters");
}

#[test]
fn groups_negations_and_functions_nest_32_levels() {
    let nested = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
    valid(Trace, &nested(32));
    refused(&nested(33), TooDeep, "a filter nests at most 32 levels deep");
    refused(&format!("{}a", "-".repeat(33)), TooDeep, "a filter nests at most 32 levels deep");
    let functions = format!("{}a{}", "has descendant(".repeat(33), ")".repeat(33));
    refused(&functions, TooDeep, "a filter nests at most 32 levels deep");
}

#[test]
fn terms_list_values_and_steps_are_counted() {
    valid(Trace, &"a ".repeat(200));
    refused(&"a ".repeat(201), TooManyTerms, "a filter holds at most 200 terms");
    let list = |values: usize| format!("tool:({}a)", "a,".repeat(values - 1));
    valid(Trace, &list(500));
    refused(&list(501), TooManyTerms, "a list holds at most 500 values");
    let steps = |steps: usize| format!("sequence({}a)", "a,".repeat(steps - 1));
    valid(Trace, &steps(8));
    refused(&steps(9), TooManyTerms, "at most 8 filters stand here");
}

#[test]
fn regular_expressions_are_short_as_written_and_as_compiled() {
    let pattern = |characters: usize| format!("name ~ \"{}\"", "a".repeat(characters));
    valid(Trace, &pattern(512));
    refused(&pattern(513), TooLong, "a regular expression holds at most 512 characters");
    let error = invalid(Trace, "name ~ \"\\\\w{900}\"");
    assert_eq!(error.message, "invalid regular expression: it is too large once compiled");
}
