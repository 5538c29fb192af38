//! What one filter may hold. Each bound keeps the work of reading and evaluating a filter small
//! whoever wrote it; each has its own message.

/// Characters (not bytes) of one filter. Longer lists of ids belong in a saved view.
pub const FILTER_CHARACTERS: usize = 4_096;

/// Groups, negations and functions inside each other. Keeps every recursion over the tree shallow.
pub const DEPTH: usize = 32;

/// Comparisons, words and functions of one filter.
pub const TERMS: usize = 200;

/// Values of one list such as `tool:(a, b)`.
pub const LIST_ITEMS: usize = 500;

/// Filters in one `sequence(...)`.
pub const SEQUENCE_STEPS: usize = 8;

/// Characters of one regular expression.
pub const REGEX_CHARACTERS: usize = 512;

/// Bytes that a compiled regular expression may take; `\w{500}` would take megabytes.
pub const REGEX_COMPILED_BYTES: usize = 1 << 20;

/// Digits that a prefix of an id must have at least; fewer match too much to be meant.
pub const ID_PREFIX_DIGITS: usize = 4;

/// Characters of a message of an error or a hint.
pub const MESSAGE_CHARACTERS: usize = 160;

/// Keys of one sort order.
pub const SORT_KEYS: usize = 4;
