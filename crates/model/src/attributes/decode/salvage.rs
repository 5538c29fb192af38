//! What is left of JSON that its sender cut in the middle.

use serde_json::{Value as Json, json};

/// Open containers that are followed; JSON nested deeper is not salvaged. serde_json
/// itself stops at 128.
const OPEN_MAX: usize = 120;

/// The beginning of a cut object or array: everything that was complete, and the
/// beginning of a text value that was cut. `None` where the text is not JSON cut short.
pub fn salvage(text: &str) -> Option<Json> {
    let mut walk = Walk::default();
    for (position, byte) in text.bytes().enumerate() {
        if !walk.step(text, position, byte) {
            return None;
        }
    }
    let mut repaired = walk.repaired(text)?;
    for opener in walk.open_at_safe.iter().rev() {
        repaired.push(if *opener == b'{' { '}' } else { ']' });
    }
    serde_json::from_str(&repaired).ok().filter(|json| *json != json!([]) && *json != json!({}))
}

/// Where a walk over cut JSON stands.
#[derive(Default)]
struct Walk {
    /// Openers of the containers that are open.
    open: Vec<u8>,
    /// The openers at the last safe place.
    open_at_safe: Vec<u8>,
    /// Up to here the text can be closed with closing brackets alone.
    safe: usize,
    in_text: bool,
    escaped: bool,
    /// Start of the text that is being read.
    text_start: usize,
    /// The text being read is the name of a member.
    in_name: bool,
    /// The next text is a member's name.
    name_next: bool,
    /// Start of the bare word or number that is being read.
    word: Option<usize>,
}

impl Walk {
    /// Takes one byte; false where this cannot be JSON.
    fn step(&mut self, text: &str, position: usize, byte: u8) -> bool {
        if self.in_text {
            self.step_in_text(position, byte);
            return true;
        }
        if !self.end_of_word(text, position, byte) {
            return false;
        }
        match byte {
            b'"' => {
                self.in_text = true;
                self.text_start = position;
                self.in_name = self.name_next;
            }
            b'{' | b'[' => {
                self.open.push(byte);
                self.name_next = byte == b'{';
                self.mark_safe(position + 1);
                return self.open.len() <= OPEN_MAX;
            }
            b'}' | b']' => {
                let opener = if byte == b'}' { b'{' } else { b'[' };
                let matches = self.open.pop() == Some(opener);
                self.mark_safe(position + 1);
                return matches;
            }
            b',' => self.name_next = self.open.last() == Some(&b'{'),
            b':' => self.name_next = false,
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => {
                self.word.get_or_insert(position);
            }
        }
        true
    }

    /// Checks a bare word or number that ends here; false where JSON has no such word.
    fn end_of_word(&mut self, text: &str, position: usize, byte: u8) -> bool {
        if !matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b' ' | b'\n' | b'\r' | b'\t') {
            return true;
        }
        let Some(start) = self.word.take() else { return true };
        self.mark_safe(position);
        serde_json::from_str::<Json>(&text[start..position]).is_ok()
    }

    fn step_in_text(&mut self, position: usize, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.in_text = false;
            if !self.in_name {
                self.mark_safe(position + 1);
            }
        }
    }

    fn mark_safe(&mut self, position: usize) {
        self.safe = position;
        self.open_at_safe.clone_from(&self.open);
    }

    /// The text up to where it can be closed; a cut text value is closed where it ends.
    fn repaired(&self, text: &str) -> Option<String> {
        if self.safe == 0 {
            return None;
        }
        if !self.in_text || self.in_name {
            return Some(text[..self.safe].to_owned());
        }
        let mut cut = text[self.text_start..].to_owned();
        if self.escaped {
            cut.pop();
        }
        // A cut \uXXXX, or half of a surrogate pair, would not parse.
        for _ in 0..2 {
            if serde_json::from_str::<String>(&format!("{cut}\"")).is_ok() {
                break;
            }
            cut.truncate(cut.rfind("\\u").unwrap_or(1));
        }
        Some(format!("{}{cut}\"", &text[..self.text_start]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_json_keeps_what_was_complete_and_the_beginning_of_a_text() {
        for (text, want) in [
            (
                r#"[{"role":"user","content":"What is the wea"#,
                json!([{"role": "user", "content": "What is the wea"}]),
            ),
            (
                r#"[{"role":"user","content":"hi"},{"ro"#,
                json!([{"role": "user", "content": "hi"}, {}]),
            ),
            (r#"[{"a":1},"#, json!([{"a": 1}])),
            (r#"{"a":[1,2,3"#, json!({"a": [1, 2]})),
            (r#"{"a":"x\"#, json!({"a": "x"})),
            (r#"{"a":"x\u00"#, json!({"a": "x"})),
            (r#"{"a":1,"b":tr"#, json!({"a": 1})),
            (r#"{"a":1,"b":"#, json!({"a": 1})),
        ] {
            assert_eq!(salvage(text), Some(want), "{text}");
        }
    }

    #[test]
    fn what_is_not_cut_json_stays_text() {
        for text in ["", "plain", "[not json", "{]", "}", "[1] see the list", "{'a': 1"] {
            assert_eq!(salvage(text), None, "{text}");
        }
    }
}
