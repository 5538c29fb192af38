//! The filter language: `status:error tool:search duration > 2s`.
//!
//! [`parse()`] turns text into a [`Filter`] whose operands are typed and resolved, or into one
//! [`FilterError`] with its place in the text. [`matches()`] says whether a [`Row`] meets the tree.
//! [`fields`] and [`namespaces`] are the tables behind completion. Nothing here reads a clock, a
//! file or a socket; the time of reading is handed in as a [`Clock`].
//!
//! ```
//! use clew_query::{Clock, Subject, parse};
//!
//! let clock = Clock { now_nanos: 1_795_168_800_000_000_000, utc_offset_seconds: 0 };
//! let filter = parse("kind:llm latency>2s start:yesterday", Subject::Trace, &clock)?;
//! assert_eq!(filter.chips.len(), 3);
//!
//! let error = parse("kind:llm latency>2", Subject::Trace, &clock).unwrap_err();
//! assert_eq!(error.to_string(), "duration needs a unit, for example 2ms or 2s");
//! assert_eq!((error.from, error.to), (17, 18));
//! # Ok::<(), clew_query::FilterError>(())
//! ```
//!
//! Steps and where they live: characters (`parse::cursor`), grammar (`parse`), one comparison
//! (`parse::comparison`), typed operands (`parse::operand`, with the readers `units` and `time`),
//! tree (`expr`), meaning (`matching`).

pub mod limits;

mod civil;
mod error;
mod expr;
mod field;
mod filter;
mod fold;
mod hint;
mod matching;
mod nearest;
mod parse;
mod pattern;
mod sort;
mod subject;
mod time;
mod units;
mod value_test;
mod words;

pub use error::{ErrorCode, FilterError};
pub use expr::{Aggregation, Comparison, Expr, Place, Predicate, Relative, Term, Within, quoted};
pub use field::{
    Field, FieldInfo, FieldRef, FieldType, Namespace, NamespaceInfo, fields, namespaces,
};
pub use filter::{Clock, Filter, ResolvedTime};
pub use hint::{Hint, HintCode};
pub use matching::{Row, Value, matches};
pub use parse::parse;
pub use pattern::{RegexPattern, TextPattern, Wildcard};
pub use sort::{Direction, SortKey, sort_keys};
pub use subject::Subject;
pub use units::{BILLIONTHS, MILLIONTHS, PICODOLLARS, billionths};
pub use value_test::{IdTest, NumberTest, Relation, Test, TimeRange};
pub use words::{WordPattern, each_token, tokens};
