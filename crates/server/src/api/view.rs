//! How things look in JSON. Instants are decimal strings (a number in JavaScript cannot
//! hold nanoseconds since 1970), offsets and lengths are numbers, money is decimal text,
//! absent is null (ruling 19).

pub(crate) mod label;
pub(crate) mod money;
pub(crate) mod skeleton;
pub(crate) mod source;
pub(crate) mod totals;
pub(crate) mod trace_row;

use serde::{Serialize, Serializer};

/// Nanoseconds since 1970, written as a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nanos(pub(crate) i64);

impl Serialize for Nanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// An error as lists show it.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorView<'a> {
    kind: &'a str,
    message: &'a str,
}

impl<'a> From<&'a clew_model::span::SpanError> for ErrorView<'a> {
    fn from(error: &'a clew_model::span::SpanError) -> Self {
        Self { kind: &error.kind, message: &error.message }
    }
}
