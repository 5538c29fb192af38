//! The records of a file, one after the other, whether it holds JSON lines, one list, an
//! object around a list, or values that are spread over many lines.

use std::collections::VecDeque;
use std::io::BufRead;

use anyhow::{Context, bail};
use serde_json::value::RawValue;

/// A record larger than the server takes in one request.
const RECORD_MAX_BYTES: usize = 192 << 20;
/// Lists in which APIs and exports wrap their records.
const WRAPPERS: &[&str] = &["data", "runs", "traces", "observations", "events", "records"];

/// Reads records as JSON without line breaks.
pub(super) struct Records {
    reader: Box<dyn BufRead>,
    scan: Scan,
    ready: VecDeque<String>,
    ended: bool,
}

/// Where the reader is between two bytes.
#[derive(Default)]
struct Scan {
    record: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// Inside a list that holds the records.
    in_list: bool,
}

impl Records {
    pub(super) fn new(reader: Box<dyn BufRead>) -> Records {
        Records { reader, scan: Scan::default(), ready: VecDeque::new(), ended: false }
    }

    fn fill(&mut self) -> anyhow::Result<()> {
        while self.ready.is_empty() && !self.ended {
            let chunk = self.reader.fill_buf().context("the file cannot be read on")?;
            if chunk.is_empty() {
                self.ended = true;
                if !self.scan.record.is_empty() {
                    bail!("the file ends in the middle of a record");
                }
                return Ok(());
            }
            let length = chunk.len();
            for byte in chunk {
                if self.scan.step(*byte)? {
                    let record = std::mem::take(&mut self.scan.record);
                    let record = String::from_utf8(record).unwrap_or_else(|error| {
                        String::from_utf8_lossy(error.as_bytes()).into_owned()
                    });
                    self.ready.extend(unwrapped(record));
                }
            }
            self.reader.consume(length);
        }
        Ok(())
    }
}

impl Iterator for Records {
    type Item = anyhow::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.fill() {
            self.ended = true;
            return Some(Err(error));
        }
        self.ready.pop_front().map(Ok)
    }
}

impl Scan {
    /// Takes a byte; true where it ends a record.
    fn step(&mut self, byte: u8) -> anyhow::Result<bool> {
        if self.in_text {
            self.push(byte)?;
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.in_text = false;
            }
            return Ok(false);
        }
        if self.depth == 0 {
            return self.between(byte);
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        // Between tokens a line break is only space, and a record is one line.
        self.push(if matches!(byte, b'\n' | b'\r') { b' ' } else { byte })?;
        Ok(self.depth == 0)
    }

    /// Between records.
    fn between(&mut self, byte: u8) -> anyhow::Result<bool> {
        match byte {
            b'{' => {
                self.depth = 1;
                self.push(byte)?;
            }
            b'[' if !self.in_list => self.in_list = true,
            b']' if self.in_list => self.in_list = false,
            // White space, the commas of a list, a byte order mark.
            b' ' | b'\n' | b'\r' | b'\t' | b',' | 0xef | 0xbb | 0xbf => {}
            other => {
                let shown = char::from(other).escape_default();
                bail!("expected a JSON object, found `{shown}`; a record is one JSON object")
            }
        }
        Ok(false)
    }

    fn push(&mut self, byte: u8) -> anyhow::Result<()> {
        if self.record.len() >= RECORD_MAX_BYTES {
            bail!("a record is larger than {} MiB", RECORD_MAX_BYTES >> 20);
        }
        self.record.push(byte);
        Ok(())
    }
}

/// An object that is nothing but a wrapping of one list gives the list's objects.
fn unwrapped(record: String) -> Vec<String> {
    const HEAD_BYTES: usize = 64;
    let head = &record.as_bytes()[..record.len().min(HEAD_BYTES)];
    let may_wrap = WRAPPERS.iter().any(|name| {
        let quoted = format!("\"{name}\"");
        head.windows(quoted.len()).any(|window| window == quoted.as_bytes())
    });
    if !may_wrap {
        return vec![record];
    }
    type Members<'a> = std::collections::BTreeMap<String, &'a RawValue>;
    let Ok(members) = serde_json::from_str::<Members<'_>>(&record) else { return vec![record] };
    let is_record = ["id", "name", "trace_id", "traceId", "info", "uuid", "messages"]
        .iter()
        .any(|name| members.contains_key(*name));
    let list = WRAPPERS.iter().find_map(|name| members.get(*name));
    let list = list.and_then(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok());
    match list {
        Some(items) if !is_record && items.iter().all(|item| item.get().starts_with('{')) => {
            items.iter().map(|item| item.get().to_owned()).collect()
        }
        _ => vec![record],
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn of(text: &'static str) -> Vec<String> {
        Records::new(Box::new(Cursor::new(text))).map(Result::unwrap).collect()
    }

    #[test]
    fn lines_lists_and_wrapped_lists_give_the_same_records() {
        let want = vec![r#"{"a":"}\"["}"#.to_owned(), r#"{"b":[1,{"c":2}]}"#.to_owned()];
        for text in [
            "{\"a\":\"}\\\"[\"}\n\n{\"b\":[1,{\"c\":2}]}\n",
            "[{\"a\":\"}\\\"[\"}, {\"b\":[1,{\"c\":2}]}]",
            "\u{feff}{\"data\":[{\"a\":\"}\\\"[\"},{\"b\":[1,{\"c\":2}]}],\"meta\":{}}",
        ] {
            assert_eq!(of(text), want, "{text}");
        }
    }

    #[test]
    fn a_record_over_many_lines_becomes_one() {
        assert_eq!(of("{\n  \"a\": 1\n}\n{\"b\":2}"), vec!["{   \"a\": 1 }", "{\"b\":2}"]);
    }

    #[test]
    fn what_is_cut_or_no_json_is_told() {
        let mut cut = Records::new(Box::new(Cursor::new("{\"a\":1}\n{\"b\":")));
        assert_eq!(cut.next().unwrap().unwrap(), "{\"a\":1}");
        let error = cut.next().unwrap().unwrap_err().to_string();
        assert_eq!(error, "the file ends in the middle of a record");
        assert!(cut.next().is_none());
        let mut other = Records::new(Box::new(Cursor::new("trace,span\n")));
        assert!(other.next().unwrap().unwrap_err().to_string().contains("found `t`"));
    }
}
