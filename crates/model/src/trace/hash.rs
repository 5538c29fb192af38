//! Hashing for the maps of one trace: a multiplication for ids and numbers, xxh3 for
//! texts. Both start from a number that is new in each process, so that a sender cannot
//! choose ids that meet in one bucket.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

/// A map with this hashing.
pub(super) type Map<K, V> = HashMap<K, V, Seeded>;

/// Makes hashers that start from the process' number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Seeded {
        static SEED: OnceLock<u64> = OnceLock::new();
        Seeded(*SEED.get_or_init(|| RandomState::new().hash_one(0)))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

/// Folds numbers by multiplying.
#[derive(Debug)]
pub(super) struct Folding(u64);

impl Folding {
    fn fold(&mut self, number: u64) {
        const ODD: u128 = 0x9e37_79b9_7f4a_7c15;
        let product = u128::from(self.0 ^ number) * ODD;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Folding {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        match <[u8; 8]>::try_from(bytes) {
            Ok(id) => self.fold(u64::from_le_bytes(id)),
            Err(_) => self.0 = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.0),
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_u128(&mut self, number: u128) {
        self.fold(number as u64);
        self.fold((number >> 64) as u64);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_differ_in_any_byte_spread() {
        let build = Seeded::default();
        let hashes = (0..64).map(|bit| build.hash_one((1_u64 << bit).to_be_bytes()));
        let low: std::collections::HashSet<u64> = hashes.map(|hash| hash & 0xffff).collect();
        assert!(low.len() > 56, "{}", low.len());
        assert_eq!(build.hash_one("text"), build.hash_one("text"));
        assert_ne!(build.hash_one("text"), build.hash_one("texts"));
    }
}
