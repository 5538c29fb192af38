//! The rows that hold blobs: chunks, blocks, large texts, shared texts, dictionaries.
//! Everything here works on any connection, inside whatever transaction it has.

pub(crate) mod blocks;
pub(crate) mod chunks;
pub(crate) mod dictionaries;
pub(crate) mod shared;

/// Numbers of chunks in a trace and of blocks in an owner take as many bits of their keys.
const NUMBER_BITS: u32 = 20;

/// The keys of everything that belongs to `id`, from and to inclusive.
fn keys(id: i64) -> (i64, i64) {
    (id << NUMBER_BITS, (id << NUMBER_BITS) | ((1 << NUMBER_BITS) - 1))
}

/// Whose it is.
pub(super) fn id_of(key: i64) -> i64 {
    key >> NUMBER_BITS
}
