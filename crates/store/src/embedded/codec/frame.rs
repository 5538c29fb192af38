//! Compression and checksums: how a blob stands in its row.

use std::cell::RefCell;

use xxhash_rust::xxh3::xxh3_64;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::bytes::Damage;
use crate::StoreError;

/// Longest blob before compression: a larger claim is damage.
const RAW_MAX_BYTES: i64 = 1 << 30;

/// A blob as it goes into a row.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) raw_bytes: i64,
    pub(crate) checksum: i64,
    pub(crate) data: Vec<u8>,
}

/// Checksum of a blob before compression, as SQLite keeps it.
pub(crate) fn checksum(raw: &[u8]) -> i64 {
    xxh3_64(raw) as i64
}

/// A trained dictionary, ready for both directions.
///
/// zstd's contexts borrow it, and threads keep their contexts: making one costs more than
/// what is decompressed with it. So its tables stay until the process ends; there is one
/// dictionary a workspace.
pub(crate) struct Dictionary {
    pub(crate) id: i64,
    fast: &'static EncoderDictionary<'static>,
    small: &'static EncoderDictionary<'static>,
    decoder: &'static DecoderDictionary<'static>,
}

/// Compression level of a first write.
pub(crate) const LEVEL_FAST: i32 = 1;
/// Compression level of a merge.
pub(crate) const LEVEL_SMALL: i32 = 3;

/// Up to here a dictionary makes the higher level nearly as fast as the lower.
const SMALL_WITH_DICTIONARY_BYTES: usize = 16 << 10;

/// The level of a first write.
pub(crate) fn first_level(raw_bytes: usize, dictionary: Option<&Dictionary>) -> i32 {
    match dictionary {
        Some(_) if raw_bytes <= SMALL_WITH_DICTIONARY_BYTES => LEVEL_SMALL,
        _ => LEVEL_FAST,
    }
}

impl Dictionary {
    pub(crate) fn new(id: i64, data: &[u8]) -> Self {
        Self {
            id,
            fast: Box::leak(Box::new(EncoderDictionary::copy(data, LEVEL_FAST))),
            small: Box::leak(Box::new(EncoderDictionary::copy(data, LEVEL_SMALL))),
            decoder: Box::leak(Box::new(DecoderDictionary::copy(data))),
        }
    }
}

thread_local! {
    /// zstd's working memory is worth keeping: it is larger than most blobs.
    static COMPRESSOR: RefCell<Option<(i32, Compressor<'static>)>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    /// Likewise, with the dictionary of the last blob.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses without a dictionary.
pub(crate) fn pack(raw: &[u8], level: i32) -> Result<Frame, StoreError> {
    let data = COMPRESSOR.with_borrow_mut(|kept| -> std::io::Result<Vec<u8>> {
        if kept.as_ref().is_none_or(|(kept_level, _)| *kept_level != level) {
            *kept = Some((level, Compressor::new(level)?));
        }
        match kept {
            Some((_, compressor)) => compressor.compress(raw),
            None => zstd::bulk::compress(raw, level),
        }
    })?;
    Ok(Frame { raw_bytes: raw.len() as i64, checksum: checksum(raw), data })
}

/// Compresses with a dictionary, where there is one.
pub(crate) fn pack_with(
    raw: &[u8],
    level: i32,
    dictionary: Option<&Dictionary>,
) -> Result<Frame, StoreError> {
    let Some(dictionary) = dictionary else { return pack(raw, level) };
    let prepared = if level == LEVEL_FAST { dictionary.fast } else { dictionary.small };
    let data = PACKER.with_borrow_mut(|kept| match kept {
        Some(packer) => {
            packer.set_prepared_dictionary(prepared)?;
            packer.compress(raw)
        }
        None => kept.insert(Compressor::with_prepared_dictionary(prepared)?).compress(raw),
    })?;
    Ok(Frame { raw_bytes: raw.len() as i64, checksum: checksum(raw), data })
}

/// Decompresses and checks.
pub(crate) fn unpack(
    data: &[u8],
    raw_bytes: i64,
    expected: i64,
    dictionary: Option<&Dictionary>,
) -> Result<Vec<u8>, Damage> {
    if !(0..=RAW_MAX_BYTES).contains(&raw_bytes) {
        return Err(Damage("its length is not believable"));
    }
    let capacity = raw_bytes as usize;
    let raw = match dictionary {
        Some(dictionary) => UNPACKER.with_borrow_mut(|kept| match kept {
            Some(unpacker) => {
                unpacker.set_prepared_dictionary(dictionary.decoder)?;
                unpacker.decompress(data, capacity)
            }
            None => kept
                .insert(Decompressor::with_prepared_dictionary(dictionary.decoder)?)
                .decompress(data, capacity),
        }),
        None => DECOMPRESSOR.with_borrow_mut(|kept| {
            if kept.is_none() {
                *kept = Some(Decompressor::new()?);
            }
            match kept {
                Some(decompressor) => decompressor.decompress(data, capacity),
                None => zstd::bulk::decompress(data, capacity),
            }
        }),
    }
    .map_err(|_| Damage("it can't be decompressed"))?;
    if raw.len() != capacity || checksum(&raw) != expected {
        return Err(Damage("its checksum is wrong"));
    }
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_is_found() {
        let raw: Vec<u8> = (0..4_000_u32).flat_map(|n| (n % 77).to_le_bytes()).collect();
        let frame = pack(&raw, LEVEL_FAST).unwrap();
        assert_eq!(unpack(&frame.data, frame.raw_bytes, frame.checksum, None), Ok(raw));
        for place in 0..frame.data.len() {
            let mut damaged = frame.data.clone();
            damaged[place] ^= 0x10;
            let result = unpack(&damaged, frame.raw_bytes, frame.checksum, None);
            // A bit in zstd's own frame header may be without meaning; the bytes never change.
            if let Ok(same) = result {
                assert_eq!(checksum(&same), frame.checksum, "place {place}");
            }
        }
        assert!(unpack(&frame.data, frame.raw_bytes, frame.checksum ^ 1, None).is_err());
        assert!(unpack(&frame.data, -1, frame.checksum, None).is_err());
    }
}
