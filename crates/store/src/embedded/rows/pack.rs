//! The packed part of a trace row: numbers as LEB128, texts with their length before them.

use crate::contract::StoreError;

/// Writes fields one after the other.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    /// What was written so far.
    pub(crate) bytes: Vec<u8>,
}

impl Packer {
    pub(crate) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Absent is 0, `n` is `n + 1`; the largest number there is counts as one less.
    pub(crate) fn optional_number(&mut self, value: Option<u64>) {
        self.number(value.map_or(0, |value| value.saturating_add(1)));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn optional_text(&mut self, text: Option<&str>) {
        self.optional_number(text.map(|text| text.len() as u64));
        self.bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
    }

    pub(crate) fn texts(&mut self, texts: &[String]) {
        self.number(texts.len() as u64);
        texts.iter().for_each(|text| self.text(text));
    }
}

/// Reads what a [`Packer`] wrote, in the same order.
#[derive(Debug)]
pub(crate) struct Unpacker<'a> {
    rest: &'a [u8],
}

fn corrupt() -> StoreError {
    StoreError::Corrupt("the packed part of a trace row cannot be read".to_owned())
}

impl<'a> Unpacker<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Unpacker<'a> {
        Unpacker { rest: bytes }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn number(&mut self) -> Result<u64, StoreError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (first, rest) = self.rest.split_first().ok_or_else(corrupt)?;
            self.rest = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(corrupt())
    }

    pub(crate) fn optional_number(&mut self) -> Result<Option<u64>, StoreError> {
        Ok(self.number()?.checked_sub(1))
    }

    fn bytes(&mut self, length: u64) -> Result<&'a [u8], StoreError> {
        let length = usize::try_from(length).map_err(|_| corrupt())?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(corrupt)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn string(&mut self, length: u64) -> Result<String, StoreError> {
        let bytes = self.bytes(length)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| corrupt())
    }

    pub(crate) fn raw(&mut self) -> Result<&'a [u8], StoreError> {
        let length = self.number()?;
        self.bytes(length)
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        let length = self.number()?;
        self.string(length)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.optional_number()? {
            Some(length) => self.string(length).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn texts(&mut self) -> Result<Vec<String>, StoreError> {
        let count = self.number()?;
        (0..count).map(|_| self.text()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let mut packer = Packer::default();
        packer.number(0);
        packer.number(300);
        packer.optional_number(None);
        packer.optional_number(Some(127));
        packer.optional_text(Some(""));
        packer.optional_text(None);
        packer.texts(&["a".to_owned(), "über".to_owned()]);
        assert_eq!(packer.bytes, b"\x00\xac\x02\x00\x80\x01\x01\x00\x02\x01a\x05\xc3\xbcber");

        let mut unpacker = Unpacker::new(&packer.bytes);
        assert_eq!(unpacker.number().unwrap(), 0);
        assert_eq!(unpacker.number().unwrap(), 300);
        assert_eq!(unpacker.optional_number().unwrap(), None);
        assert_eq!(unpacker.optional_number().unwrap(), Some(127));
        assert_eq!(unpacker.optional_text().unwrap(), Some(String::new()));
        assert_eq!(unpacker.optional_text().unwrap(), None);
        assert_eq!(unpacker.texts().unwrap(), ["a", "über"]);
        assert!(unpacker.is_at_end());
        assert!(unpacker.number().is_err());
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        assert!(Unpacker::new(&[0xff; 11]).number().is_err());
        assert!(Unpacker::new(&[5, b'a']).text().is_err());
        assert!(Unpacker::new(&[1, 0xff]).text().is_err());
    }
}
