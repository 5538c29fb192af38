//! Ids in JSON: hex as OTLP says, base64 as protobuf's own JSON mapping says.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::fault::{Fault, Parsed};
use crate::json::Json;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD_LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL_SAFE_LENIENT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The bytes of an id of `length` bytes, empty for `""` and `null`. Their number is not
/// checked for base64, their being zero never.
pub(super) fn id(json: &mut Json<'_>, length: usize) -> Parsed<Vec<u8>> {
    let text = json.text()?;
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.len() == length * 2
        && let Some(bytes) = hex(text.as_bytes())
    {
        return Ok(bytes);
    }
    match base64(&text) {
        Some(bytes) if bytes.len() == length => Ok(bytes),
        _ => Err(Fault::content(format!(
            "{:?} is no id of {length} bytes, neither in hex nor in base64",
            text.chars().take(80).collect::<String>()
        ))),
    }
}

/// Base64 in either alphabet, with or without padding.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_LENIENT.decode(text).or_else(|_| URL_SAFE_LENIENT.decode(text)).ok()
}

fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let nibble = |digit: u8| (digit as char).to_digit(16).map(|value| value as u8);
    digits.chunks(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(*pair.get(1)?)?)).collect()
}
