//! A pull reader for JSON that knows where it is.
//!
//! Written by hand instead of serde: one bad span must not cost its batch, so the reader
//! can go back to where the span began and step over it; a fault names field and byte;
//! and texts go straight into the model's types.

mod any;
mod number;
mod text;
pub(crate) mod write;

use std::borrow::Cow;

use crate::fault::{Fault, Parsed};

/// How deep a value may nest that is stepped over.
pub(crate) const SKIP_DEPTH: usize = 512;

/// A JSON document, or several with nothing but white space between them.
pub(crate) struct Json<'a> {
    bytes: &'a [u8],
    text: &'a str,
    position: usize,
}

/// A place to come back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);

/// The kind of the next value, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Array,
    Object,
}

impl Kind {
    fn describe(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "a boolean",
            Kind::Number => "a number",
            Kind::Text => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }
}

impl<'a> Json<'a> {
    /// Reads `text` from its beginning.
    pub(crate) fn new(text: &'a str) -> Self {
        Json { bytes: text.as_bytes(), text, position: 0 }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.position)
    }

    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.position = mark.0;
    }

    /// Whether only white space is left.
    pub(crate) fn at_end(&mut self) -> bool {
        self.skip_space();
        self.position == self.bytes.len()
    }

    #[cold]
    pub(crate) fn more_than_one(&self) -> Box<Fault> {
        Fault::body("the body holds more than one JSON value", self.position)
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.position) {
            self.position += 1;
        }
    }

    #[inline]
    fn peek_byte(&mut self) -> Parsed<u8> {
        self.skip_space();
        match self.bytes.get(self.position) {
            Some(byte) => Ok(*byte),
            None => Err(Fault::body("the JSON ends too early", self.position)),
        }
    }

    /// The kind of the next value.
    #[inline]
    pub(crate) fn kind(&mut self) -> Parsed<Kind> {
        match self.peek_byte()? {
            b'"' => Ok(Kind::Text),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' | b'f' => Ok(Kind::Bool),
            b'n' => Ok(Kind::Null),
            _ => Err(self.no_json()),
        }
    }

    #[cold]
    fn no_json(&self) -> Box<Fault> {
        let found = self.text.get(self.position..).and_then(|rest| rest.chars().next());
        Fault::body(format!("no JSON: unexpected {:?}", found.unwrap_or('\0')), self.position)
    }

    #[cold]
    pub(crate) fn unexpected(&self, expected: &str, found: Kind) -> Box<Fault> {
        let found = found.describe();
        Fault::shape(format!("wrong type: expected {expected}, found {found}"), self.position)
    }

    fn literal(&mut self, word: &str) -> Parsed<()> {
        if self.bytes[self.position..].starts_with(word.as_bytes()) {
            self.position += word.len();
            return Ok(());
        }
        Err(self.no_json())
    }

    /// Takes a `null` if it is next. `null` says the same as a missing field.
    #[inline]
    pub(crate) fn take_null(&mut self) -> Parsed<bool> {
        if self.peek_byte()? != b'n' {
            return Ok(false);
        }
        self.literal("null").map(|()| true)
    }

    /// A boolean, also as the text that some senders write.
    pub(crate) fn boolean(&mut self) -> Parsed<bool> {
        match self.kind()? {
            Kind::Bool if self.bytes[self.position] == b't' => self.literal("true").map(|()| true),
            Kind::Bool => self.literal("false").map(|()| false),
            Kind::Text => match &*self.string()? {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(self.unexpected("a boolean", Kind::Text)),
            },
            other => Err(self.unexpected("a boolean", other)),
        }
    }

    /// Reads an object; `field` must take the value of each key. `null` is an object
    /// without fields. Faults get the key in their path.
    #[inline]
    pub(crate) fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Parsed<()>,
    ) -> Parsed<()> {
        match self.kind()? {
            Kind::Object => self.position += 1,
            Kind::Null => return self.literal("null"),
            other => return Err(self.unexpected("an object", other)),
        }
        if self.take(b'}')? {
            return Ok(());
        }
        loop {
            if self.peek_byte()? != b'"' {
                return Err(self.no_json());
            }
            let key = self.raw_string()?;
            self.expect(b':')?;
            if let Err(fault) = field(self, &key) {
                return Err(fault.within(&key));
            }
            if self.take(b'}')? {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Reads an array; `element` must take each value. `null` is an empty array. Faults
    /// get the index in their path.
    #[inline]
    pub(crate) fn array(
        &mut self,
        mut element: impl FnMut(&mut Self, usize) -> Parsed<()>,
    ) -> Parsed<()> {
        match self.kind()? {
            Kind::Array => self.position += 1,
            Kind::Null => return self.literal("null"),
            other => return Err(self.unexpected("an array", other)),
        }
        if self.take(b']')? {
            return Ok(());
        }
        for index in 0.. {
            if let Err(fault) = element(self, index) {
                return Err(fault.within(&format!("[{index}]")));
            }
            if self.take(b']')? {
                break;
            }
            self.expect(b',')?;
        }
        Ok(())
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Parsed<bool> {
        let found = self.peek_byte()? == byte;
        self.position += usize::from(found);
        Ok(found)
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.take(byte)? { Ok(()) } else { Err(self.no_json()) }
    }

    /// A string; any other kind of value is a fault.
    #[inline]
    pub(crate) fn string(&mut self) -> Parsed<Cow<'a, str>> {
        match self.kind()? {
            Kind::Text => self.raw_string(),
            other => Err(self.unexpected("a string", other)),
        }
    }

    /// A string, or nothing for `null`.
    #[inline]
    pub(crate) fn text(&mut self) -> Parsed<String> {
        if self.take_null()? { Ok(String::new()) } else { self.string().map(Cow::into_owned) }
    }

    /// The text of the next value, which may nest `depth` levels deep.
    pub(crate) fn raw(&mut self, depth: usize) -> Parsed<&'a str> {
        self.skip_space();
        let start = self.position;
        self.skip_to(depth)?;
        Ok(&self.text[start..self.position])
    }

    /// Steps over the next value.
    pub(crate) fn skip(&mut self) -> Parsed<()> {
        self.skip_to(SKIP_DEPTH)
    }

    /// Steps over the next value, without recursion.
    fn skip_to(&mut self, depth: usize) -> Parsed<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.kind()? {
                Kind::Object | Kind::Array => {
                    let closing = if self.bytes[self.position] == b'{' { b'}' } else { b']' };
                    self.position += 1;
                    if open.len() == depth {
                        return Err(Fault::body(
                            format!("nests deeper than {depth} levels"),
                            self.position,
                        ));
                    }
                    if !self.take(closing)? {
                        open.push(closing);
                        self.skip_key(closing)?;
                        continue;
                    }
                }
                Kind::Text => self.skip_string()?,
                Kind::Number => _ = self.number_token()?,
                Kind::Bool if self.bytes[self.position] == b't' => self.literal("true")?,
                Kind::Bool => self.literal("false")?,
                Kind::Null => self.literal("null")?,
            }
            if !self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// After a value: closes what ends here. Says whether another value follows.
    fn close(&mut self, open: &mut Vec<u8>) -> Parsed<bool> {
        while let Some(&closing) = open.last() {
            if !self.take(closing)? {
                self.expect(b',')?;
                self.skip_key(closing)?;
                return Ok(true);
            }
            open.pop();
        }
        Ok(false)
    }

    fn skip_key(&mut self, closing: u8) -> Parsed<()> {
        if closing == b'}' {
            if self.peek_byte()? != b'"' {
                return Err(self.no_json());
            }
            self.skip_string()?;
            self.expect(b':')?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skips(text: &str) -> bool {
        let mut json = Json::new(text);
        json.skip().is_ok() && json.at_end()
    }

    #[test]
    fn skip_takes_exactly_what_is_json() {
        for text in [r#"{"a":[1,{"b":null}],"c":"\"]"}"#, "[]", " -1.5e3 ", "true", r#"{"":{}}"#] {
            assert!(skips(text), "{text}");
        }
        for text in ["{", "[1,]", "{a:1}", r#"{"a" 1}"#, "[1 2]", r#"""#, "nul", "1.", "}", ""] {
            assert!(!skips(text), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_when_skipping() {
        assert!(skips(&("[".repeat(512) + &"]".repeat(512))));
        assert!(!skips(&("[".repeat(513) + &"]".repeat(513))));
        assert!(!skips(&"[".repeat(1_000_000)));
    }
}
