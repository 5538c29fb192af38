//! Money as whole numbers: reading decimal text exactly, writing it back.

use std::fmt;
use std::str::FromStr;

use crate::usage::PicoUsd;

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// No digits, a stray character, or an exponent that is no number.
    #[error("not a decimal number")]
    Malformed,
    /// Larger than the type holds.
    #[error("number is too large")]
    Overflow,
}

/// Digits after the point of [`PicoUsd`].
const PICO_DIGITS: i32 = 12;

/// Longest text read as a number; a longer one is an attack or a mistake.
const DECIMAL_MAX_BYTES: usize = 64;

/// Reads `text` (`12`, `-0.5`, `1.25e-05`) as a whole number of 10^-`digits`, without
/// going through binary floating point. What is finer is rounded, halves away from zero.
pub fn parse_decimal(text: &str, digits: i32) -> Result<i64, DecimalError> {
    let text = text.trim();
    if text.is_empty() || text.len() > DECIMAL_MAX_BYTES {
        return Err(DecimalError::Malformed);
    }
    let (negative, text) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(place) => {
            let exponent = text[place + 1..].parse::<i32>().map_err(|_| DecimalError::Malformed)?;
            (&text[..place], exponent)
        }
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(DecimalError::Malformed);
    }
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    // The digits stand for `significand * 10^(shift - digits)`.
    let shift = exponent.saturating_sub(fraction.len() as i32).saturating_add(digits);
    let magnitude = scaled(whole, fraction, shift)?;
    let signed = if negative { -magnitude } else { magnitude };
    i64::try_from(signed).map_err(|_| DecimalError::Overflow)
}

/// The digits of `whole` and `fraction` as one number times 10^`shift`, rounded.
fn scaled(whole: &str, fraction: &str, shift: i32) -> Result<i128, DecimalError> {
    let digits: Vec<u8> =
        whole.bytes().chain(fraction.bytes()).skip_while(|d| *d == b'0').collect();
    if digits.is_empty() {
        return Ok(0);
    }
    let kept = digits.len() as i64 + i64::from(shift);
    if kept > 19 {
        return Err(DecimalError::Overflow);
    }
    if kept < 0 {
        return Ok(0);
    }
    let kept = kept as usize;
    let digit = |place: usize| i128::from(digits.get(place).map_or(0, |byte| byte - b'0'));
    let number = (0..kept).fold(0, |sum: i128, place| sum * 10 + digit(place));
    Ok(number + i128::from(digit(kept) >= 5))
}

impl PicoUsd {
    /// The amount that a sender gave as a binary floating point number: its shortest
    /// decimal text, which is what the sender's own program printed or computed.
    /// `None` for NaN, infinities and what does not fit.
    pub fn from_usd(amount: f64) -> Option<PicoUsd> {
        format!("{amount:e}").parse().ok()
    }

    /// Adds, and stays at the type's end instead of wrapping (9.2 million dollars).
    pub fn plus(self, other: PicoUsd) -> PicoUsd {
        PicoUsd(self.0.saturating_add(other.0))
    }
}

/// Decimal text in US dollars without trailing zeros: `0.0033732`, `12`, `-0.5`.
impl fmt::Display for PicoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let unit = 10_u64.pow(PICO_DIGITS as u32);
        let (whole, fraction) = (magnitude / unit, magnitude % unit);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let text = format!("{fraction:012}");
        write!(f, "{sign}{whole}.{}", text.trim_end_matches('0'))
    }
}

/// Reads decimal text in US dollars, also with an exponent; rounded to the pico-dollar.
impl FromStr for PicoUsd {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        parse_decimal(text, PICO_DIGITS).map(PicoUsd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_is_read_exactly() {
        for (text, digits, want) in [
            ("1e-06", 18, 1_000_000_000_000),
            ("2.5e-07", 18, 250_000_000_000),
            ("0.0", 18, 0),
            ("0", 18, 0),
            ("1.25E-05", 18, 12_500_000_000_000),
            ("0.00971", 18, 9_710_000_000_000_000),
            ("2.857142857142857e-07", 18, 285_714_285_714),
            ("-0.5", 12, -500_000_000_000),
            ("+12", 0, 12),
            (".5", 1, 5),
            ("5.", 1, 50),
            ("0.4", 0, 0),
            ("0.5", 0, 1),
            ("-0.5", 0, -1),
            ("0.05", 0, 0),
            ("9223372036854775807", 0, i64::MAX),
            ("-9223372036854775808", 0, i64::MIN),
        ] {
            assert_eq!(parse_decimal(text, digits), Ok(want), "{text}");
        }
    }

    #[test]
    fn nonsense_and_giants_are_refused() {
        for text in ["", " ", "-", ".", "e5", "1e", "1e5.5", "NaN", "inf", "1,5", "0x1", "--1"] {
            assert_eq!(parse_decimal(text, 12), Err(DecimalError::Malformed), "{text}");
        }
        assert_eq!(parse_decimal(&"1".repeat(65), 0), Err(DecimalError::Malformed));
        for text in ["9223372036854775808", "1e30", "1e2147483647"] {
            assert_eq!(parse_decimal(text, 0), Err(DecimalError::Overflow), "{text}");
        }
        assert_eq!(parse_decimal("1e-2147483648", 12), Ok(0));
        assert_eq!(parse_decimal("0e2147483647", 12), Ok(0));
    }

    #[test]
    fn money_is_written_as_short_decimal_text() {
        for (pico, text) in [
            (3_373_200_000, "0.0033732"),
            (0, "0"),
            (1, "0.000000000001"),
            (12_000_000_000_000, "12"),
            (-500_000_000_000, "-0.5"),
            (i64::MIN, "-9223372.036854775808"),
        ] {
            assert_eq!(PicoUsd(pico).to_string(), text);
            assert_eq!(text.parse(), Ok(PicoUsd(pico)));
        }
    }

    #[test]
    fn floating_point_amounts_keep_their_decimal_value() {
        assert_eq!(PicoUsd::from_usd(0.0033732), Some(PicoUsd(3_373_200_000)));
        assert_eq!(PicoUsd::from_usd(6.4e-05), Some(PicoUsd(64_000_000)));
        assert_eq!(PicoUsd::from_usd(f64::NAN), None);
        assert_eq!(PicoUsd::from_usd(f64::INFINITY), None);
        assert_eq!(PicoUsd::from_usd(1e300), None);
    }
}
