//! Texts: what is stored once for its owner.

use std::sync::Arc;

use super::bytes::{Damage, Input, put_varint};
use crate::embedded::hash::text_hash;

/// What a text's bytes are. Stored by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum TextKind {
    /// Characters.
    Text = 0,
    /// In the table `blob`; its bytes here are its hash.
    Blob = 1,
    /// Attributes under one index of a flattened list.
    Group = 2,
    /// One attribute value.
    Value = 3,
    /// A resource.
    Resource = 4,
    /// An instrumentation scope.
    Scope = 5,
    /// The shape of spans.
    Shape = 6,
    /// Bytes.
    Bytes = 7,
}

impl TextKind {
    fn from_number(number: u64) -> TextKind {
        match number & 7 {
            0 => TextKind::Text,
            1 => TextKind::Blob,
            2 => TextKind::Group,
            3 => TextKind::Value,
            4 => TextKind::Resource,
            5 => TextKind::Scope,
            6 => TextKind::Shape,
            _ => TextKind::Bytes,
        }
    }
}

/// Longer texts go to the table `blob`.
pub(crate) const BLOCK_TEXT_MAX_BYTES: usize = 256 << 10;

/// A text. Shared between staging, readers and the compressor, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) kind: TextKind,
    /// The text's own length; that of `bytes` but for [`TextKind::Blob`].
    pub(crate) length: u64,
    pub(crate) bytes: Arc<[u8]>,
}

const HASH_BYTES: usize = 16;

impl Text {
    /// What stands in a block for a large text.
    pub(crate) fn blob(hash: u128, length: u64) -> Self {
        Self { kind: TextKind::Blob, length, bytes: hash.to_le_bytes().as_slice().into() }
    }

    /// By which the same text is known when it comes again; `None` for a hole.
    pub(crate) fn hash(&self) -> Option<u128> {
        match self.kind {
            TextKind::Blob => self.bytes.as_ref().try_into().ok().map(u128::from_le_bytes),
            _ if self.bytes.is_empty() => None,
            kind => Some(text_hash(kind, &self.bytes)),
        }
    }

    pub(crate) fn new(kind: TextKind, bytes: &[u8]) -> Self {
        Self { kind, length: bytes.len() as u64, bytes: bytes.into() }
    }

    /// A text that a purge took out.
    pub(crate) fn hole() -> Self {
        Self::new(TextKind::Text, &[])
    }

    /// Memory that it holds.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.bytes.len() + 64
    }
}

pub(crate) fn put_text(out: &mut Vec<u8>, text: &Text) {
    put_varint(out, text.length << 3 | text.kind as u64);
    out.extend_from_slice(&text.bytes);
}

/// A text where it stands: kind, length, bytes.
pub(crate) type RawText<'a> = (TextKind, u64, &'a [u8]);

pub(crate) fn get_text<'a>(input: &mut Input<'a>) -> Result<RawText<'a>, Damage> {
    let head = input.varint()?;
    let (kind, length) = (TextKind::from_number(head), head >> 3);
    if kind == TextKind::Blob {
        return Ok((kind, length, input.take(HASH_BYTES)?));
    }
    let length_here = usize::try_from(length).map_err(|_| Damage("a text is too long"))?;
    Ok((kind, length, input.take(length_here)?))
}

pub(crate) fn put_texts(out: &mut Vec<u8>, texts: &[Text]) {
    put_varint(out, texts.len() as u64);
    texts.iter().for_each(|text| put_text(out, text));
}

/// The texts of a block, in order.
pub(crate) fn get_texts(bytes: &[u8]) -> Result<Vec<RawText<'_>>, Damage> {
    let mut input = Input::new(bytes);
    get_texts_from(&mut input)
}

pub(crate) fn get_texts_from<'a>(input: &mut Input<'a>) -> Result<Vec<RawText<'a>>, Damage> {
    let count = input.count()?;
    (0..count).map(|_| get_text(input)).collect()
}
