//! Where a long JSON text is cut, so that what comes again with the next call is stored once.
//!
//! Agents send their whole history with every call. Cut at the borders of the elements of
//! its arrays, a history that grew by two messages is two new texts and many known ones.
//! This is a scanner, not a parser: whatever it makes of a text, the pieces joined are the
//! text, byte for byte.

use std::ops::Range;

/// Elements below this stay with the text around them.
pub(crate) const ELEMENT_MIN_BYTES: usize = 64;
/// Shorter texts are not worth a scan.
pub(crate) const TEXT_MIN_BYTES: usize = 256;
const DEPTH_MAX: usize = 4;

/// An element that is to be a text of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its place in the text.
    pub(crate) range: Range<usize>,
    /// It says that it is a system prompt, or stands in a list of tools.
    pub(crate) sharable: bool,
}

/// The elements to cut out, in order and apart; `None` where the text is not JSON or has
/// none.
pub(crate) fn elements(text: &str) -> Option<Vec<Element>> {
    let bytes = text.as_bytes();
    if bytes.len() < TEXT_MIN_BYTES || !matches!(bytes[0], b'[' | b'{') {
        return None;
    }
    let mut scan = Scan { bytes, at: 0, found: Vec::new() };
    scan.container(0, false)?;
    (!scan.found.is_empty()).then_some(scan.found)
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    found: Vec<Element>,
}

impl Scan<'_> {
    /// At `[` or `{`; ends behind its closing bracket.
    fn container(&mut self, depth: usize, of_tools: bool) -> Option<()> {
        if depth >= DEPTH_MAX {
            return self.skip();
        }
        match self.bytes[self.at] {
            b'[' => self.array(depth, of_tools),
            _ => self.object(depth),
        }
    }

    fn array(&mut self, depth: usize, of_tools: bool) -> Option<()> {
        self.at += 1;
        loop {
            match self.next_token()? {
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                b'[' => self.container(depth + 1, of_tools)?,
                _ => self.element(of_tools)?,
            }
        }
    }

    fn element(&mut self, of_tools: bool) -> Option<()> {
        let start = self.at;
        self.skip()?;
        let range = start..self.at;
        if range.is_empty() {
            return None;
        }
        if range.len() >= ELEMENT_MIN_BYTES {
            let sharable = of_tools || says_system(&self.bytes[range.clone()]);
            self.found.push(Element { range, sharable });
        }
        Some(())
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        let mut key = 0..0;
        loop {
            match self.next_token()? {
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                b':' => {
                    self.at += 1;
                    if matches!(self.next_token()?, b'[' | b'{') {
                        let of_tools = names_tools(&self.bytes[key.clone()]);
                        self.container(depth + 1, of_tools)?;
                    } else {
                        self.skip()?;
                    }
                }
                b'"' => {
                    let start = self.at + 1;
                    self.string()?;
                    key = start..self.at - 1;
                }
                _ => return None,
            }
        }
    }

    /// The next byte that is no white space.
    #[inline]
    fn next_token(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Over one value of any kind, brackets matched by count.
    fn skip(&mut self) -> Option<()> {
        let mut open = 0_usize;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    if open == 0 {
                        return Some(());
                    }
                }
                b'[' | b'{' => {
                    open += 1;
                    self.at += 1;
                }
                b']' | b'}' => {
                    if open <= 1 {
                        // Without an open bracket it belongs to the container around.
                        self.at += open;
                        return Some(());
                    }
                    open -= 1;
                    self.at += 1;
                }
                b',' | b' ' | b'\n' | b'\r' | b'\t' if open == 0 => return Some(()),
                _ => self.at += 1,
            }
        }
    }

    /// At the opening quote; ends behind the closing one.
    #[inline]
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let step = memchr::memchr2(b'"', b'\\', &self.bytes[self.at..])?;
            self.at += step;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Some(());
            }
            self.at += 2;
            if self.at >= self.bytes.len() {
                return None;
            }
        }
    }
}

/// Keys under which senders put the tools that a model may call.
pub(crate) fn names_tools(key: &[u8]) -> bool {
    matches!(key, b"tools" | b"functions" | b"tool_definitions" | b"tool.definitions")
}

/// The object's own `role` is that of a system prompt. Looked for near its start and its
/// end only: senders put it there, and a missed one is merely stored once more.
fn says_system(object: &[u8]) -> bool {
    const NEAR: usize = 96;
    let head = &object[..object.len().min(NEAR)];
    let tail = &object[object.len().saturating_sub(NEAR)..];
    object.first() == Some(&b'{') && (role_is_system(head) || role_is_system(tail))
}

fn role_is_system(bytes: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(bytes, b"\"role\"") else { return false };
    let rest = &bytes[at + 6..];
    let mut words = rest.iter().filter(|byte| !matches!(byte, b' ' | b':' | b'\n' | b'\t'));
    let word: Vec<u8> = words.by_ref().take(11).copied().collect();
    word.starts_with(b"\"system\"") || word.starts_with(b"\"developer\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(&str, bool)> {
        let found = elements(text).unwrap_or_default();
        found.into_iter().map(|e| (&text[e.range], e.sharable)).collect()
    }

    fn message(role: &str) -> String {
        format!("{{\"role\": \"{role}\", \"content\": \"{} \\\" ] }} , \\\\\"}}", "x".repeat(100))
    }

    #[test]
    fn a_list_of_messages_is_cut_between_them() {
        let (system, user) = (message("system"), message("user"));
        let text = format!("[{system}, {user},\n{{}}]");
        assert_eq!(cut(&text), [(system.as_str(), true), (user.as_str(), false)]);
    }

    #[test]
    fn lists_inside_objects_and_lists_are_found() {
        let user = message("user");
        let tool = format!("{{\"name\":\"{}\"}}", "t".repeat(80));
        let text = format!(
            "{{\"model\": \"m\", \"messages\": [[{user}]], \"n\": 1.5, \"x\": {{\"tools\":[{tool}]}}}}"
        );
        assert_eq!(cut(&text), [(user.as_str(), false), (tool.as_str(), true)]);
    }

    #[test]
    fn numbers_and_small_elements_stay_where_they_are() {
        assert_eq!(cut(&format!("[{}1]", "0.12345, ".repeat(100))), []);
        assert_eq!(cut(&format!("[{}{{}}]", "{\"a\":1},".repeat(100))), []);
    }

    #[test]
    fn what_is_not_json_is_left_whole() {
        for broken in ["[", "[}", "[,}", "{\"a\"", "[\"", "{]", "[\"\\", "{\"a\":"] {
            assert_eq!(cut(&format!("{broken}{}", " ".repeat(300))), [], "{broken}");
            assert_eq!(cut(&format!("{broken}{}", "\\".repeat(301))), [], "{broken}");
        }
        assert_eq!(cut(&"plain words ".repeat(50)), []);
        assert_eq!(cut(&"[".repeat(5_000)), []);
    }
}
