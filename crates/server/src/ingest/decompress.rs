//! `Content-Encoding`, undone within a limit. A body is unpacked in steps, so that a
//! few kilobytes that claim to be terabytes cost one step more than the limit.

use std::io::Read;

use crate::error::{ApiError, ErrorCode};

/// How a body or a gRPC message is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As it is.
    Identity,
    /// RFC 1952, several members allowed.
    Gzip,
    /// RFC 8878, several frames allowed.
    Zstd,
}

/// Bytes unpacked between two looks at the limits.
const STEP_BYTES: usize = 256 * 1024;

/// The window that RFC 9659 grants to zstd on the web: 8 MB. A larger one would let a
/// small frame claim memory.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

impl Packing {
    /// Reads the value of a `Content-Encoding` or `grpc-encoding` header.
    pub(crate) fn from_header(value: Option<&str>) -> Result<Self, ApiError> {
        match value.unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Packing::Identity),
            "gzip" | "x-gzip" => Ok(Packing::Gzip),
            "zstd" => Ok(Packing::Zstd),
            other => Err(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                format!("encoding `{}` is not read: use identity, gzip or zstd", printable(other)),
            )),
        }
    }

    /// The word in headers and messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Packing::Identity => "identity",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }

    /// The unpacked size that the body itself claims, 0 where it claims none. A hint to
    /// make room by, never a bound.
    pub(crate) fn claimed_bytes(self, packed: &[u8]) -> usize {
        match self {
            Packing::Identity => packed.len(),
            Packing::Gzip => packed
                .last_chunk::<4>()
                .map_or(0, |size| usize::try_from(u32::from_le_bytes(*size)).unwrap_or(0)),
            Packing::Zstd => zstd::zstd_safe::get_frame_content_size(packed)
                .ok()
                .flatten()
                .and_then(|size| usize::try_from(size).ok())
                .unwrap_or(0),
        }
    }
}

/// Why a body could not be unpacked.
#[derive(Debug, PartialEq)]
pub(crate) enum UnpackError {
    /// More than the limit came out.
    TooLarge,
    /// It is not what the header says.
    Corrupt(String),
    /// There was no room for it.
    Refused(ApiError),
}

/// Unpacks `packed` to at most `limit` bytes. `grow` is told the size reached so far
/// before each step and may refuse it.
pub(crate) fn unpack(
    packing: Packing,
    packed: &[u8],
    limit: usize,
    mut grow: impl FnMut(usize) -> Result<(), ApiError>,
) -> Result<Vec<u8>, UnpackError> {
    let corrupt = |error: std::io::Error| UnpackError::Corrupt(error.to_string());
    let mut reader: Box<dyn Read + '_> = match packing {
        Packing::Identity => Box::new(packed),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(corrupt)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(corrupt)?;
            Box::new(decoder)
        }
    };
    // A claim is believed only as far as the packed bytes could pay for it.
    let believable = packing.claimed_bytes(packed).min(packed.len().saturating_mul(32)).min(limit);
    let mut unpacked = Vec::with_capacity(believable);
    loop {
        grow(unpacked.len() + STEP_BYTES.min(packed.len().saturating_mul(32)))
            .map_err(UnpackError::Refused)?;
        let mut step = reader.by_ref().take(STEP_BYTES as u64);
        let count = step.read_to_end(&mut unpacked).map_err(corrupt)?;
        if unpacked.len() > limit {
            return Err(UnpackError::TooLarge);
        }
        if count == 0 {
            return Ok(unpacked);
        }
    }
}

/// The text with everything that a terminal would act on left out, cut short.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack_all(packing: Packing, packed: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
        unpack(packing, packed, limit, |_| Ok(()))
    }

    #[test]
    fn each_packing_is_undone() {
        let text = b"a span".repeat(1000);
        let zstd = zstd::encode_all(text.as_slice(), 3).unwrap();
        for (packing, packed) in
            [(Packing::Identity, text.clone()), (Packing::Gzip, gzip(&text)), (Packing::Zstd, zstd)]
        {
            assert_eq!(unpack_all(packing, &packed, 10_000).unwrap(), text, "{packing:?}");
        }
    }

    #[test]
    fn members_and_frames_may_follow_each_other() {
        let mut packed = gzip(b"one ");
        packed.extend(gzip(b"two"));
        assert_eq!(unpack_all(Packing::Gzip, &packed, 100).unwrap(), b"one two");
        let mut packed = zstd::encode_all(&b"one "[..], 1).unwrap();
        packed.extend(zstd::encode_all(&b"two"[..], 1).unwrap());
        assert_eq!(unpack_all(Packing::Zstd, &packed, 100).unwrap(), b"one two");
    }

    #[test]
    fn a_bomb_stops_one_step_after_the_limit() {
        let zeros = vec![0; 64 * 1024 * 1024];
        let limit = 1024 * 1024;
        for (packing, packed) in [
            (Packing::Gzip, gzip(&zeros)),
            (Packing::Zstd, zstd::encode_all(zeros.as_slice(), 1).unwrap()),
        ] {
            let mut seen = 0;
            let result = unpack(packing, &packed, limit, |size| {
                seen = size;
                Ok(())
            });
            assert_eq!(result, Err(UnpackError::TooLarge), "{packing:?}");
            assert!(seen <= limit + STEP_BYTES, "{packing:?} reached {seen}");
        }
    }

    #[test]
    fn a_refused_step_ends_it() {
        let packed = gzip(&vec![0; 4 * 1024 * 1024]);
        let full = ApiError::new(ErrorCode::TooManyRequests, "no room");
        let result = unpack(Packing::Gzip, &packed, usize::MAX, |size| {
            if size > 1024 * 1024 { Err(full.clone()) } else { Ok(()) }
        });
        assert_eq!(result, Err(UnpackError::Refused(full)));
    }

    #[test]
    fn damage_and_cut_ends_are_told() {
        let packed = gzip(b"a span");
        for bad in [&b"not packed"[..], &packed[..packed.len() - 4]] {
            let result = unpack_all(Packing::Gzip, bad, 100);
            assert!(matches!(result, Err(UnpackError::Corrupt(_))), "{result:?}");
        }
        let packed = zstd::encode_all(&b"a span"[..], 1).unwrap();
        let result = unpack_all(Packing::Zstd, &packed[..packed.len() - 2], 100);
        assert!(matches!(result, Err(UnpackError::Corrupt(_))), "{result:?}");
    }

    #[test]
    fn only_named_encodings_are_read() {
        assert_eq!(Packing::from_header(Some("GZIP")), Ok(Packing::Gzip));
        assert_eq!(Packing::from_header(None), Ok(Packing::Identity));
        let error = Packing::from_header(Some("br")).unwrap_err();
        assert_eq!(error.code, ErrorCode::UnsupportedMediaType);
        assert_eq!(error.message, "encoding `br` is not read: use identity, gzip or zstd");
    }
}
