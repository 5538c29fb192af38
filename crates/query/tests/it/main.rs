//! The filter language through its public functions.

mod evaluate;
mod invalid;
mod limits;
mod properties;
mod schema;
mod sort;
mod tree;
mod valid;

use clew_query::{Clock, Filter, FilterError, Subject, parse};

/// Friday 2026-11-20T10:00:00Z, read in UTC.
const CLOCK: Clock = Clock { now_nanos: 1_795_168_800_000_000_000, utc_offset_seconds: 0 };

fn read(subject: Subject, text: &str) -> Result<Filter, FilterError> {
    parse(text, subject, &CLOCK)
}

#[track_caller]
fn valid(subject: Subject, text: &str) -> Filter {
    match read(subject, text) {
        Ok(filter) => filter,
        Err(error) => panic!("{}", error.explain(text)),
    }
}

#[track_caller]
fn invalid(subject: Subject, text: &str) -> FilterError {
    match read(subject, text) {
        Ok(filter) => panic!("{text} was read as {:?}", filter.expr),
        Err(error) => error,
    }
}
