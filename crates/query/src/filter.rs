//! A filter that has been read.

use serde::Serialize;

use crate::error::FilterError;
use crate::expr::{Expr, Place};
use crate::hint::Hint;
use crate::matching::{Row, matches};
use crate::subject::Subject;

/// When and where a filter is read: what `now`, `today` and times without a zone mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub now_nanos: i64,
    /// East of UTC is positive. The reader's in the page, 0 in API, CLI and MCP.
    pub utc_offset_seconds: i32,
}

/// A checked filter.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What the rows are.
    pub subject: Subject,
    /// The text as it was given; places count its characters.
    pub text: String,
    /// The tree, or `None` for the empty filter, which every row meets.
    pub expr: Option<Expr>,
    /// Places of the top-level and-terms in order: one chip each. An or-filter is one chip.
    pub chips: Vec<Place>,
    /// Remarks that do not block.
    pub hints: Vec<Hint>,
    /// What each time in the text came to; answers echo it.
    pub resolved: Vec<ResolvedTime>,
}

impl Filter {
    /// Whether `row`, which is of the filter's subject, meets it. See [`matches()`].
    pub fn matches(&self, row: &dyn Row) -> bool {
        self.expr.as_ref().is_none_or(|expr| matches(expr, row))
    }

    /// Whether everything in the filter is evaluated today.
    ///
    /// # Errors
    ///
    /// `not_supported_yet` with the place of the first predicate that is not (ruling 23:
    /// `has span(...)` and `count(...)` over traces and sessions are).
    pub fn check_supported(&self) -> Result<(), FilterError> {
        match &self.expr {
            Some(expr) => expr.check_supported(self.subject),
            None => Ok(()),
        }
    }
}

/// The instants that one time in the text stands for: `yesterday` is a whole day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResolvedTime {
    /// First character of the time in the text.
    pub from: usize,
    /// One past its last character.
    pub to: usize,
    /// The time as written.
    pub text: String,
    /// First nanosecond since 1970, inclusive. A decimal string in JSON (ruling 19).
    #[serde(serialize_with = "decimal_string")]
    pub start_nanos: i64,
    /// Last nanosecond, exclusive.
    #[serde(serialize_with = "decimal_string")]
    pub end_nanos: i64,
}

fn decimal_string<S: serde::Serializer>(nanos: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(nanos)
}
