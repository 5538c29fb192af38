//! Strings of JSON.

use std::borrow::Cow;

use super::Json;
use crate::fault::{Fault, Parsed};

/// Bytes to look at one by one before a wide search is worth its start.
const SHORT: usize = 16;

impl<'a> Json<'a> {
    /// The string that begins at the quote here. Borrowed where it has no escapes.
    pub(super) fn raw_string(&mut self) -> Parsed<Cow<'a, str>> {
        let start = self.position + 1;
        let end = self.plain_until(start)?;
        let plain = &self.text[start..end];
        self.position = end + 1;
        if self.bytes[end] == b'"' {
            return Ok(Cow::Borrowed(plain));
        }
        let mut owned = String::with_capacity(plain.len() * 2 + 16);
        owned.push_str(plain);
        loop {
            self.escape(&mut owned)?;
            let start = self.position;
            let end = self.plain_until(start)?;
            owned.push_str(&self.text[start..end]);
            self.position = end + 1;
            if self.bytes[end] == b'"' {
                return Ok(Cow::Owned(owned));
            }
        }
    }

    /// Steps over the string that begins at the quote here.
    pub(super) fn skip_string(&mut self) -> Parsed<()> {
        let mut start = self.position + 1;
        loop {
            let end = self.plain_until(start)?;
            self.position = end + 1;
            if self.bytes[end] == b'"' {
                return Ok(());
            }
            start = (end + 2).min(self.bytes.len());
        }
    }

    /// The place of the next quote or backslash. Raw control characters are let pass,
    /// although JSON wants them escaped: nothing is ambiguous about them.
    #[inline]
    fn plain_until(&self, start: usize) -> Parsed<usize> {
        let rest = &self.bytes[start..];
        let stops = |byte: &u8| *byte == b'"' || *byte == b'\\';
        // Keys are short, and so is what lies between the escapes of JSON in JSON.
        if let Some(length) = rest.iter().take(SHORT).position(stops) {
            return Ok(start + length);
        }
        let beyond = rest.get(SHORT..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest));
        match beyond {
            Some(length) => Ok(start + SHORT + length),
            None => Err(Fault::body("the string does not end", start.saturating_sub(1))),
        }
    }

    /// Decodes the escape whose backslash was just passed.
    fn escape(&mut self, into: &mut String) -> Parsed<()> {
        let at = self.position;
        let escaped = match self.bytes.get(at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.position += 1;
                into.push(self.unicode_escape()?);
                return Ok(());
            }
            _ => return Err(Fault::body("bad escape in a string", at)),
        };
        into.push(escaped);
        self.position += 1;
        Ok(())
    }

    /// The character of `\uXXXX`, with its low half where it is a surrogate. A half
    /// without its other, which JavaScript's strings can hold, becomes U+FFFD.
    fn unicode_escape(&mut self) -> Parsed<char> {
        let unit = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after_high = self.position;
        if self.bytes[after_high..].starts_with(b"\\u") {
            self.position += 2;
            let low = self.four_digits()?;
            if (0xDC00..0xE000).contains(&low) {
                let joined = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.position = after_high;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Parsed<u32> {
        let at = self.position;
        let digits = self.bytes.get(at..at + 4).unwrap_or_default();
        let mut value = 0;
        for digit in digits {
            match (*digit as char).to_digit(16) {
                Some(nibble) => value = value << 4 | nibble,
                None => return Err(Fault::body("bad escape in a string", at)),
            }
        }
        if digits.len() < 4 {
            return Err(Fault::body("the string does not end", at));
        }
        self.position += 4;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Json::new(text).string().ok().map(Cow::into_owned)
    }

    #[test]
    fn escapes() {
        assert_eq!(read(r#""a\"b\\c\/\n\u00e9\u0000""#).as_deref(), Some("a\"b\\c/\né\0"));
        assert_eq!(read(r#""\ud83d\ude00""#).as_deref(), Some("😀"));
        assert_eq!(read(r#""x\ud83dy""#).as_deref(), Some("x\u{FFFD}y"));
        assert_eq!(read(r#""\ud83d\u0041""#).as_deref(), Some("\u{FFFD}A"));
        assert_eq!(read(r#""\ude00""#).as_deref(), Some("\u{FFFD}"));
        for bad in [r#""\x""#, r#""\u12""#, r#""abc"#, r#""abc\"#, r#""\u00"#, r#""\ud83d\u"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
