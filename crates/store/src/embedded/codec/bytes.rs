//! Numbers and strings as bytes.

use crate::StoreError;

/// Bytes that are not what their format says, and where the reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

impl Damage {
    /// The error for callers, naming the place of the bytes.
    pub(crate) fn at(self, place: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt(format!("{place}: {}", self.0))
    }
}

/// Unsigned LEB128.
#[inline]
pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Small for small magnitudes of either sign.
#[inline]
pub(crate) fn put_zigzag(out: &mut Vec<u8>, number: i64) {
    put_varint(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Length, then bytes.
#[inline]
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads forward and never past the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Damage> {
        let (first, rest) = self.rest.split_first().ok_or(Damage("it ends too early"))?;
        self.rest = rest;
        Ok(*first)
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Damage> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Damage("a number overflows"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damage("a number overflows"))
    }

    #[inline]
    pub(crate) fn zigzag(&mut self) -> Result<i64, Damage> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    #[inline]
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Damage> {
        if length > self.rest.len() {
            return Err(Damage("it ends too early"));
        }
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(bytes)
    }

    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Damage> {
        let length = self.length()?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Damage> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Damage("a text is not UTF-8"))
    }

    pub(crate) fn string(&mut self) -> Result<String, Damage> {
        self.text().map(str::to_owned)
    }

    /// A count of things of at least one byte each: never more than the bytes left, so a
    /// damaged count can't make us reserve memory for it.
    #[inline]
    pub(crate) fn count(&mut self) -> Result<usize, Damage> {
        self.length()
    }

    #[inline]
    fn length(&mut self) -> Result<usize, Damage> {
        let number = self.varint()?;
        if number > self.rest.len() as u64 {
            return Err(Damage("a length is larger than what is left"));
        }
        Ok(number as usize)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damage> {
        Ok(u64::from_le_bytes(self.array()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked out by hand from the definition of LEB128 and zigzag.
    #[test]
    fn numbers_have_their_documented_bytes() {
        let mut out = Vec::new();
        for number in [0, 127, 128, 300] {
            put_varint(&mut out, number);
        }
        assert_eq!(out, [0x00, 0x7f, 0x80, 0x01, 0xac, 0x02]);
        let mut out = Vec::new();
        for number in [0, -1, 1, -2, 64] {
            put_zigzag(&mut out, number);
        }
        assert_eq!(out, [0x00, 0x01, 0x02, 0x03, 0x80, 0x01]);
    }

    #[test]
    fn numbers_come_back() {
        let numbers = [0, 1, 127, 128, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, i64::MIN, i64::MAX, 1_700_000_000_000_000_000];
        let mut out = Vec::new();
        numbers.iter().for_each(|number| put_varint(&mut out, *number));
        signed.iter().for_each(|number| put_zigzag(&mut out, *number));
        let mut input = Input::new(&out);
        numbers.iter().for_each(|number| assert_eq!(input.varint(), Ok(*number)));
        signed.iter().for_each(|number| assert_eq!(input.zigzag(), Ok(*number)));
        assert!(input.is_empty());
    }

    #[test]
    fn damage_is_an_error() {
        assert!(Input::new(&[0x80]).varint().is_err());
        assert!(Input::new(&[0xff; 11]).varint().is_err());
        assert!(Input::new(&[5, b'a']).bytes().is_err());
        assert!(Input::new(&[1, 0xff]).text().is_err());
    }
}
