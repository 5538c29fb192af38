//! A source span as bytes: shape, values, and the texts that both refer to.
//!
//! What recurs is kept apart from what does not. The shape (which fields, which keys, which
//! types) is a text of its own, so that a thousand spans of one kind name their keys once;
//! long strings are texts, cut so that a resent history is known already. See
//! docs/formats/store.md for the layout, [`encode`] for the writing and [`decode`] for the
//! reading.

mod decode;
mod encode;
mod group;

pub(crate) use decode::{Basics, SourceReader, decode_inline};
pub(crate) use encode::{EncodedSource, SourceWriter};

/// Shorter strings and elements stay inline: a reference and its place in the table of
/// hashes cost about as much.
pub(crate) const INLINE_MAX_BYTES: usize = 64;

/// System prompts and tool definitions of this size are kept once for the workspace.
pub(crate) const SHARED_MIN_BYTES: usize = 1024;

// Presence bits of the shape. The first three say that the field is there at all; where
// its value is that of the facts, a relation bit in the values says so.
const PARENT: u64 = 1;
const START: u64 = 1 << 1;
const END: u64 = 1 << 2;
const NAME: u64 = 1 << 3;
const SENDER_SPAN_ID: u64 = 1 << 4;
const SENDER_TRACE_ID: u64 = 1 << 5;
const STATUS_MESSAGE: u64 = 1 << 6;
const TRACE_STATE: u64 = 1 << 7;
const FLAGS: u64 = 1 << 8;
const DROPPED: u64 = 1 << 9;
const VERSION: u64 = 1 << 10;
const SEQUENCE: u64 = 1 << 11;
const EVENTS: u64 = 1 << 12;
const LINKS: u64 = 1 << 13;
const OLDER: u64 = 1 << 14;
const KNOWN: u64 = (1 << 15) - 1;

// Tags of attributes.
const TAG_EMPTY: u8 = 0;
const TAG_STRING: u8 = 1;
const TAG_BOOL: u8 = 2;
const TAG_INT: u8 = 3;
const TAG_DOUBLE: u8 = 4;
const TAG_BYTES: u8 = 5;
const TAG_ARRAY: u8 = 6;
const TAG_MAP: u8 = 7;
const TAG_GROUP: u8 = 8;
/// Tools in flattened keys: small each, the same in every call, so all are one text.
const TAG_GROUP_WHOLE: u8 = 9;

// Modes of a cut string.
const CUT_INLINE: u64 = 0;
const CUT_WHOLE: u64 = 1;
const CUT_PIECES: u64 = 2;
