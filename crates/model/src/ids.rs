//! Trace and span ids, and the fixed rule that turns a sender's own id into one.
//!
//! The rule is ruling 20: every route to the same thing must meet at the same id, so a
//! UUID or 32 hex digits (also behind a known prefix) *are* the trace id, 16 hex digits
//! *are* the span id, and everything else is the leading bytes of BLAKE3 of the
//! lower-cased text. Test vectors stand in docs/formats/ids.md.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A trace (run) id: 16 bytes, never all zero, written as 32 lower hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId([u8; 16]);

/// A span id: 8 bytes, never all zero, written as 16 lower hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId([u8; 8]);

/// Why a text or a byte string is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Every byte is zero: OpenTelemetry's spelling of "no id".
    #[error("id is all zeros")]
    Zero,
    /// The length is wrong for this kind of id.
    #[error("id has {found} bytes, expected {expected}")]
    Length {
        /// Bytes wanted: 16 for a trace, 8 for a span.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// A character that is no hex digit, at this 0-based place.
    #[error("id has a character that is no hex digit at position {0}")]
    Digit(usize),
    /// The text is empty.
    #[error("id is empty")]
    Empty,
}

/// Prefixes that SDKs put before an id that is otherwise a trace id already.
const TRACE_ID_PREFIXES: [&str; 3] = ["trace_", "tr-", "trace-"];

macro_rules! id_type {
    ($name:ident, $bytes:literal) => {
        impl $name {
            /// Takes the id as it stands on the wire. All zeros are refused.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdError> {
                let bytes: [u8; $bytes] = bytes
                    .try_into()
                    .map_err(|_| IdError::Length { expected: $bytes, found: bytes.len() })?;
                if bytes == [0; $bytes] {
                    return Err(IdError::Zero);
                }
                Ok(Self(bytes))
            }

            /// Reads exactly twice as many hex digits as the id has bytes, in either case.
            pub fn from_hex(text: &str) -> Result<Self, IdError> {
                let digits = text.as_bytes();
                if digits.len() != $bytes * 2 {
                    return Err(IdError::Length { expected: $bytes, found: digits.len() / 2 });
                }
                let mut bytes = [0; $bytes];
                for (position, digit) in digits.iter().enumerate() {
                    let value = (*digit as char).to_digit(16).ok_or(IdError::Digit(position))?;
                    bytes[position / 2] = bytes[position / 2] << 4 | value as u8;
                }
                Self::from_bytes(&bytes)
            }

            /// The id's bytes, as OTLP carries them.
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// The leading bytes of BLAKE3 of a lower-case text. A digest of all zeros does
            /// not occur; its last bit is set in case it did.
            fn hashed(text: &str) -> Self {
                let digest = blake3::hash(text.as_bytes());
                let mut bytes = [0; $bytes];
                bytes.copy_from_slice(&digest.as_bytes()[..$bytes]);
                if bytes == [0; $bytes] {
                    bytes[$bytes - 1] = 1;
                }
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::from_hex(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::from_hex(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id_type!(TraceId, 16);
id_type!(SpanId, 8);

impl SpanId {
    /// Stands where a span's id would, in a note about a whole run
    /// ([`crate::source::SourceSpan::note`]).
    pub const NOTE: SpanId = SpanId([0xff; 8]);
}

impl TraceId {
    /// For a tree without spans.
    pub(crate) const LARGEST: TraceId = TraceId([0xff; 16]);

    /// The trace id for a sender's own name of a trace (ruling 20).
    pub fn from_sender(text: &str) -> Result<Self, IdError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        let prefix = TRACE_ID_PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix));
        let bare = prefix.unwrap_or(&text);
        let hex = uuid_digits(bare);
        match Self::from_hex(hex.as_deref().unwrap_or(bare)) {
            Err(IdError::Length { .. } | IdError::Digit(_)) => Ok(Self::hashed(&text)),
            other => other,
        }
    }
}

impl SpanId {
    /// For a node that is no span; a sender may use it all the same.
    pub(crate) const LARGEST: SpanId = SpanId([0xff; 8]);

    /// The span id for a sender's own name of a span (ruling 20). UUIDs are hashed, not
    /// cut: the first eight bytes of time-ordered UUIDs collide inside one trace.
    pub fn from_sender(text: &str) -> Result<Self, IdError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        // The "no id" of senders whose ids are UUIDs or as long as a trace's.
        if TraceId::from_hex(uuid_digits(&text).as_deref().unwrap_or(&text)) == Err(IdError::Zero) {
            return Err(IdError::Zero);
        }
        match Self::from_hex(&text) {
            Err(IdError::Length { .. } | IdError::Digit(_)) => Ok(Self::hashed(&text)),
            other => other,
        }
    }
}

/// The 32 digits of a UUID written 8-4-4-4-12, or `None` for any other text.
fn uuid_digits(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    (lengths == [8, 4, 4, 4, 12]).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_in_lower_case() {
        let id = TraceId::from_hex("605FEFE378EA52B31A28792F24513BB7").unwrap();
        assert_eq!(id.to_string(), "605fefe378ea52b31a28792f24513bb7");
        let span = SpanId::from_hex("fde761c430befd2c").unwrap();
        assert_eq!(span.to_string(), "fde761c430befd2c");
    }

    #[test]
    fn zero_short_and_foreign_digits_are_refused() {
        assert_eq!(TraceId::from_hex(&"0".repeat(32)), Err(IdError::Zero));
        assert_eq!(SpanId::from_bytes(&[0; 8]), Err(IdError::Zero));
        assert_eq!(SpanId::from_hex("abc"), Err(IdError::Length { expected: 8, found: 1 }));
        assert_eq!(SpanId::from_hex("fde761c430befd2g"), Err(IdError::Digit(15)));
    }

    #[test]
    fn uuids_and_prefixed_hex_stand_as_trace_ids() {
        let want = TraceId::from_hex("0198c3c2b5d07f3e8a4f1234567890ab").unwrap();
        for text in [
            "0198c3c2b5d07f3e8a4f1234567890ab",
            "0198C3C2-B5D0-7F3E-8A4F-1234567890AB",
            "trace_0198c3c2b5d07f3e8a4f1234567890ab",
            "tr-0198c3c2b5d07f3e8a4f1234567890ab",
        ] {
            assert_eq!(TraceId::from_sender(text), Ok(want), "{text}");
        }
    }

    // The vectors of docs/formats/ids.md, made with another implementation of BLAKE3.
    #[test]
    fn every_route_to_a_thing_meets_at_its_id() {
        for (text, trace, span) in [
            (
                "0198c3c2b5d07f3e8a4f1234567890ab",
                "0198c3c2b5d07f3e8a4f1234567890ab",
                "41ac5e8cd3677a59",
            ),
            (
                "0198C3C2-B5D0-7F3E-8A4F-1234567890AB",
                "0198c3c2b5d07f3e8a4f1234567890ab",
                "2787ab2959ad9bdb",
            ),
            (
                "trace_8ce8be32c46c44f2bb4685ecb520e220",
                "8ce8be32c46c44f2bb4685ecb520e220",
                "ef6493411bd14f91",
            ),
            (
                "TR-0198C3C2B5D07F3E8A4F1234567890AB",
                "0198c3c2b5d07f3e8a4f1234567890ab",
                "4642e0d78c6eaee1",
            ),
            ("trace_abc", "9c137c8ed66aadc1046205d77ae1cf26", "9c137c8ed66aadc1"),
            ("0198c3c2b5d07f3e", "7ae83b4c6a46b0683de47db00b21b223", "0198c3c2b5d07f3e"),
            (
                "span_5d41402abc4b2a76b9719d91",
                "7c1dc71f1d1e6836bcb77c83cccc6a3c",
                "7c1dc71f1d1e6836",
            ),
            ("my-run", "fba4f747c7cd2dd8d13c14cf1640b378", "fba4f747c7cd2dd8"),
            (" My-Run ", "fba4f747c7cd2dd8d13c14cf1640b378", "fba4f747c7cd2dd8"),
            ("run 42", "70889dd4fb93fbb169a2eb1d09b73eed", "70889dd4fb93fbb1"),
            ("Überlauf-7", "d461d8f05fc41443eb70ffa6bed25e17", "d461d8f05fc41443"),
            ("a", "17762fddd969a453925d65717ac3eea2", "17762fddd969a453"),
        ] {
            assert_eq!(TraceId::from_sender(text).unwrap().to_string(), trace, "{text}");
            assert_eq!(SpanId::from_sender(text).unwrap().to_string(), span, "{text}");
        }
    }

    #[test]
    fn no_id_is_no_id_in_every_spelling() {
        let nil = "00000000-0000-0000-0000-000000000000";
        for text in [nil, &"0".repeat(32), &format!("trace_{}", "0".repeat(32))] {
            assert_eq!(TraceId::from_sender(text), Err(IdError::Zero), "{text}");
        }
        for text in [nil, &"0".repeat(16), &"0".repeat(32)] {
            assert_eq!(SpanId::from_sender(text), Err(IdError::Zero), "{text}");
        }
        assert_eq!(TraceId::from_sender("  "), Err(IdError::Empty));
        assert_eq!(SpanId::from_sender(""), Err(IdError::Empty));
    }
}
