//! Reading a little of a large JSON text without parsing the rest: previews of message
//! lists need the first text only, and every ingested span has two of them.
//!
//! The scanner trusts nothing: on anything that is not JSON, or is cut, it stops.

use std::borrow::Cow;

/// A place in a JSON text.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// The kind of the value at a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    Text,
    /// A number or a word.
    Word,
}

impl<'a> Cursor<'a> {
    /// The beginning of a text.
    pub fn new(text: &'a str) -> Self {
        Cursor { text, at: 0 }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn skip_space(&mut self) {
        while matches!(self.bytes().get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn next_byte(&mut self) -> Option<u8> {
        self.skip_space();
        self.bytes().get(self.at).copied()
    }

    /// Kind of the value here, `None` at the end or where no value can start.
    pub fn kind(&mut self) -> Option<Kind> {
        Some(match self.next_byte()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::Text,
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Kind::Word,
            _ => return None,
        })
    }

    /// Reads a text: what stands between the quotes, escapes as they are. A text that is
    /// cut ends where its JSON ends.
    pub fn raw_text(&mut self) -> Option<&'a str> {
        if self.next_byte()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let bytes = self.bytes();
        let mut at = start;
        loop {
            match bytes.get(at) {
                None => break,
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                Some(_) => at += 1,
            }
        }
        let end = at.min(bytes.len());
        self.at = (end + 1).min(bytes.len());
        self.text.get(start..end)
    }

    /// Goes past the value here; false where it is cut or not JSON.
    pub fn skip_value(&mut self) -> bool {
        match self.kind() {
            None => false,
            Some(Kind::Text) => self.raw_text().is_some(),
            Some(Kind::Word) => {
                while self.bytes().get(self.at).is_some_and(|byte| !b",]} \n\r\t".contains(byte)) {
                    self.at += 1;
                }
                true
            }
            Some(Kind::Object | Kind::Array) => self.skip_container(),
        }
    }

    fn skip_container(&mut self) -> bool {
        let bytes = self.bytes();
        let mut depth = 0_usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    if self.raw_text().is_none() {
                        return false;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return true;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        false
    }

    /// The elements of the array here, each as a cursor.
    pub fn elements(mut self) -> Elements<'a> {
        let open = self.next_byte() == Some(b'[');
        self.at += 1;
        Elements { cursor: self, open }
    }

    /// The members of the object here: name (escapes as they are) and a cursor at the
    /// value.
    pub fn members(mut self) -> Members<'a> {
        let open = self.next_byte() == Some(b'{');
        self.at += 1;
        Members { cursor: self, open }
    }

    /// The value here as it stands in the text, to its end or to where it is cut.
    pub fn slice(mut self) -> &'a str {
        self.skip_space();
        let start = self.at;
        self.skip_value();
        self.text.get(start..self.at).unwrap_or("")
    }
}

/// See [`Cursor::elements`].
pub struct Elements<'a> {
    cursor: Cursor<'a>,
    open: bool,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Cursor<'a>;

    fn next(&mut self) -> Option<Cursor<'a>> {
        if !self.open {
            return None;
        }
        if self.cursor.next_byte()? == b',' {
            self.cursor.at += 1;
        }
        self.cursor.kind()?;
        let here = self.cursor;
        self.open = self.cursor.skip_value();
        Some(here)
    }
}

/// See [`Cursor::members`].
pub struct Members<'a> {
    cursor: Cursor<'a>,
    open: bool,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Cursor<'a>);

    fn next(&mut self) -> Option<(&'a str, Cursor<'a>)> {
        if !self.open {
            return None;
        }
        if self.cursor.next_byte()? == b',' {
            self.cursor.at += 1;
        }
        let name = self.cursor.raw_text()?;
        if self.cursor.next_byte()? != b':' {
            return None;
        }
        self.cursor.at += 1;
        self.cursor.kind()?;
        let here = self.cursor;
        self.open = self.cursor.skip_value();
        Some((name, here))
    }
}

/// The beginning of a raw JSON text with its escapes resolved, at most `characters` long.
pub fn unescaped(raw: &str, characters: usize) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(beginning(raw, characters));
    }
    // Every character takes at most 12 bytes escaped (a surrogate pair).
    let mut end = raw.len().min(characters.saturating_mul(12));
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    let mut text = String::new();
    let mut rest = raw[..end].chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => text.push(unicode_escape(&mut rest)),
            Some(other) => text.push(other),
            None => break,
        }
    }
    let length = beginning(&text, characters).len();
    text.truncate(length);
    Cow::Owned(text)
}

fn unicode_escape(rest: &mut std::str::Chars<'_>) -> char {
    fn hex(rest: &mut std::str::Chars<'_>) -> Option<u32> {
        let digits = rest.as_str().get(..4)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        *rest = rest.as_str()[4..].chars();
        Some(value)
    }
    let Some(unit) = hex(rest) else { return char::REPLACEMENT_CHARACTER };
    if (0xD800..0xDC00).contains(&unit)
        && let Some(after) = rest.as_str().strip_prefix("\\u")
    {
        let mut ahead = after.chars();
        if let Some(low) = hex(&mut ahead)
            && (0xDC00..0xE000).contains(&low)
        {
            *rest = ahead;
            let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
    }
    char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The first `characters` characters of a text.
pub fn beginning(text: &str, characters: usize) -> &str {
    if text.len() <= characters {
        return text;
    }
    match text.char_indices().nth(characters) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_are_found_without_parsing() {
        let text = r#" {"a" : [1, {"x":"]}"}, "t\"q"], "b":null , "c":{"d":2}} "#;
        let members: Vec<(&str, &str)> =
            Cursor::new(text).members().map(|(name, value)| (name, value.slice())).collect();
        assert_eq!(
            members,
            [("a", r#"[1, {"x":"]}"}, "t\"q"]"#), ("b", "null"), ("c", r#"{"d":2}"#)]
        );
        let elements: Vec<&str> = Cursor::new(members[0].1).elements().map(Cursor::slice).collect();
        assert_eq!(elements, ["1", r#"{"x":"]}"}"#, r#""t\"q""#]);
    }

    #[test]
    fn cut_json_gives_what_there_is() {
        let text = r#"[{"role":"user","content":"What is"#;
        let first = Cursor::new(text).elements().next().unwrap();
        let members: Vec<(&str, &str)> =
            first.members().map(|(name, value)| (name, value.slice())).collect();
        assert_eq!(members, [("role", "\"user\""), ("content", "\"What is")]);
    }

    #[test]
    fn nonsense_ends() {
        for text in
            ["", "[", "{", "{\"a\"", "{\"a\":", "[,]", "]", "{{", "[\"\\", "[1 2 3]", "\u{0}"]
        {
            assert!(Cursor::new(text).elements().count() <= 3, "{text}");
            assert!(Cursor::new(text).members().count() <= 1, "{text}");
            Cursor::new(text).slice();
        }
    }

    #[test]
    fn escapes_are_resolved_up_to_the_limit() {
        assert_eq!(unescaped(r#"a\n\"\u00e9\ud83d\ude00!"#, 5), "a\n\"é😀");
        assert_eq!(unescaped("plain text", 5), "plain");
        assert_eq!(unescaped(r"\ud800x", 9), "\u{FFFD}x");
        assert_eq!(unescaped(r"\u12", 9), "\u{FFFD}12");
    }
}
