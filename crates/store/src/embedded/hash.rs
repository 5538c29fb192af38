//! Hashing: of texts, and for tables whose keys are hashes or ids already.

use std::hash::{BuildHasher, Hasher, RandomState};

use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::codec::text::TextKind;

/// The address of a text. 128 bits, so that two texts never meet by chance; the kind is
/// part of it, since equal bytes of another kind mean something else.
pub(crate) fn text_hash(kind: TextKind, bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(bytes, kind as u64)
}

/// For keys that are hashes or ids: one multiplication instead of SipHash. The factor is
/// random per table, so that a sender can't choose ids that collide.
#[derive(Debug, Clone)]
pub(crate) struct ByHash {
    factor: u64,
}

impl Default for ByHash {
    fn default() -> Self {
        Self { factor: RandomState::new().hash_one(0_u8) | 1 }
    }
}

impl BuildHasher for ByHash {
    type Hasher = FoldHasher;

    fn build_hasher(&self) -> FoldHasher {
        FoldHasher { factor: self.factor, state: 0 }
    }
}

/// Folds each word into the state by a wide multiplication.
#[derive(Debug)]
pub(crate) struct FoldHasher {
    factor: u64,
    state: u64,
}

impl FoldHasher {
    #[inline]
    fn fold(&mut self, word: u64) {
        let wide = u128::from(self.state ^ word ^ self.factor) * u128::from(self.factor);
        self.state = (wide >> 64) as u64 ^ wide as u64;
    }
}

impl Hasher for FoldHasher {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            self.fold(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.fold(word);
    }

    fn write_u128(&mut self, word: u128) {
        self.fold(word as u64);
        self.fold((word >> 64) as u64);
    }

    fn write_usize(&mut self, word: usize) {
        self.fold(word as u64);
    }
}
