//! Numbers of JSON, in the spellings that OTLP's senders use.

use super::{Json, Kind};
use crate::fault::{Fault, Parsed};

/// Up to here a double counts whole numbers exactly.
const EXACT_DOUBLE: f64 = 9_007_199_254_740_992.0;

impl<'a> Json<'a> {
    /// The text of the number that begins here.
    pub(super) fn number_token(&mut self) -> Parsed<&'a str> {
        let start = self.position;
        self.step_over(|byte| byte == b'-', 1);
        let whole = self.step_over(|byte| byte.is_ascii_digit(), usize::MAX);
        let mut valid = whole > 0;
        if self.step_over(|byte| byte == b'.', 1) == 1 {
            valid &= self.step_over(|byte| byte.is_ascii_digit(), usize::MAX) > 0;
        }
        if self.step_over(|byte| byte == b'e' || byte == b'E', 1) == 1 {
            self.step_over(|byte| byte == b'+' || byte == b'-', 1);
            valid &= self.step_over(|byte| byte.is_ascii_digit(), usize::MAX) > 0;
        }
        if valid {
            Ok(&self.text[start..self.position])
        } else {
            Err(Fault::body("no JSON: bad number", start))
        }
    }

    #[inline]
    fn step_over(&mut self, wanted: impl Fn(u8) -> bool, most: usize) -> usize {
        let rest = &self.bytes[self.position..];
        let length = rest.iter().take(most).take_while(|byte| wanted(**byte)).count();
        self.position += length;
        length
    }

    /// A whole number: a number, its text, or the `{low, high, unsigned}` of protobuf.js.
    /// `null` is zero.
    pub(crate) fn integer(&mut self) -> Parsed<i128> {
        match self.kind()? {
            Kind::Number => {
                let at = self.position;
                let token = self.number_token()?;
                whole(token).ok_or_else(|| Fault::shape("expected a whole number", at))
            }
            Kind::Text => {
                let at = self.position;
                let text = self.string()?;
                whole(text.trim())
                    .ok_or_else(|| Fault::shape("wrong type: expected a whole number", at))
            }
            Kind::Object => self.halves(),
            Kind::Null => self.take_null().map(|_| 0),
            other => Err(self.unexpected("a whole number", other)),
        }
    }

    fn halves(&mut self) -> Parsed<i128> {
        let at = self.position;
        let (mut low, mut high, mut unsigned) = (None, None, false);
        self.object(|json, key| {
            match key {
                "low" => low = Some(json.integer_token()?),
                "high" => high = Some(json.integer_token()?),
                "unsigned" => unsigned = json.boolean()?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        let (Some(low), Some(high)) = (low, high) else {
            return Err(Fault::shape("wrong type: expected a whole number, found an object", at));
        };
        let bits = (high as u64) << 32 | u64::from(low as u32);
        Ok(if unsigned { i128::from(bits) } else { i128::from(bits.cast_signed()) })
    }

    fn integer_token(&mut self) -> Parsed<i64> {
        match self.kind()? {
            Kind::Number => {
                let at = self.position;
                let token = self.number_token()?;
                token.parse().map_err(|_| Fault::shape("expected a whole number", at))
            }
            other => Err(self.unexpected("a number", other)),
        }
    }

    /// A floating-point number, also as text: `"NaN"`, `"Infinity"`, `"1.5"`.
    pub(crate) fn double(&mut self) -> Parsed<f64> {
        match self.kind()? {
            Kind::Number => {
                let at = self.position;
                let token = self.number_token()?;
                token.parse().map_err(|_| Fault::shape("expected a number", at))
            }
            Kind::Text => {
                let at = self.position;
                match self.string()?.trim() {
                    "NaN" => Ok(f64::NAN),
                    "Infinity" => Ok(f64::INFINITY),
                    "-Infinity" => Ok(f64::NEG_INFINITY),
                    text => {
                        text.parse().map_err(|_| Fault::shape("wrong type: expected a number", at))
                    }
                }
            }
            Kind::Null => self.take_null().map(|_| 0.0),
            other => Err(self.unexpected("a number", other)),
        }
    }
}

/// `1`, `1.0` and `1e3` are whole; `1.5` is not, nor what a double cannot count.
fn whole(text: &str) -> Option<i128> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= EXACT_DOUBLE).then_some(number as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_in_every_spelling() {
        for (text, want) in [
            ("7", 7),
            ("\"18446744073709551615\"", 18_446_744_073_709_551_615),
            ("-9223372036854775808", -9_223_372_036_854_775_808),
            ("1e3", 1000),
            ("2.0", 2),
            ("null", 0),
            // As protobuf.js splits it.
            (r#"{"low":746986677,"high":417966972,"unsigned":true}"#, 1_795_154_476_295_134_389),
            (r#"{"low":-1,"high":-1,"unsigned":false}"#, -1),
        ] {
            assert_eq!(Json::new(text).integer().ok(), Some(want), "{text}");
        }
        for text in ["1.5", "\"\"", "\"x\"", "true", "[]", "{}", "1e40", "{\"low\":1}"] {
            assert!(Json::new(text).integer().is_err(), "{text}");
        }
    }

    #[test]
    fn doubles_in_every_spelling() {
        assert!(Json::new("\"NaN\"").double().is_ok_and(f64::is_nan));
        assert_eq!(Json::new("\"-Infinity\"").double().ok(), Some(f64::NEG_INFINITY));
        assert_eq!(
            Json::new("0.0005621999999999999").double().ok(),
            Some(0.000_562_199_999_999_999_9)
        );
        assert_eq!(Json::new("\"1.5\"").double().ok(), Some(1.5));
        assert!(Json::new("\"one\"").double().is_err());
    }
}
