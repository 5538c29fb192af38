//! OTLP in files: JSON requests, and protobuf as collectors' file exporters write it.

use std::io::{BufRead, Read};

use anyhow::{Context, bail};

/// Most that a protobuf file may hold; larger ones are cut by whoever writes them.
const FILE_MAX_BYTES: u64 = 2 << 30;
/// Bytes of the length before each message.
const LENGTH_BYTES: usize = 4;

/// Where a JSON request belongs, by the first key that OTLP gives it.
pub(super) fn path_of(body: &[u8]) -> &'static str {
    let known: [(&[u8], _); 4] = [
        (b"\"resourceSpans\"", "/v1/traces"),
        (b"\"resource_spans\"", "/v1/traces"),
        (b"\"resourceLogs\"", "/v1/logs"),
        (b"\"resource_logs\"", "/v1/logs"),
    ];
    let place = |key: &[u8]| body.windows(key.len()).position(|window| window == key);
    let first = known.iter().filter_map(|(key, path)| Some((place(key)?, *path)));
    first.min_by_key(|(place, _)| *place).map_or("/v1/traces", |(_, path)| path)
}

/// The messages of a protobuf file: each behind its length in four bytes, the largest
/// first, or the whole file as one.
pub(super) fn messages(mut reader: Box<dyn BufRead>) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = reader.by_ref().take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes);
    let read = read.context("the file cannot be read on")?;
    if read as u64 > FILE_MAX_BYTES {
        bail!("a protobuf file may have {} GiB", FILE_MAX_BYTES >> 30);
    }
    Ok(framed(&bytes).unwrap_or_else(|| vec![bytes]))
}

/// The messages where lengths lead from one to the next and exactly to the end.
fn framed(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut messages = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<LENGTH_BYTES>()?;
        let length = u32::from_be_bytes(*length) as usize;
        messages.push(after.get(..length)?.to_vec());
        rest = &after[length..];
    }
    Some(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_where_its_first_key_says() {
        assert_eq!(path_of(br#"{"resourceSpans":[{"x":"\"resourceLogs\""}]}"#), "/v1/traces");
        assert_eq!(path_of(br#"{"resourceLogs":[]}"#), "/v1/logs");
    }

    #[test]
    fn framed_messages_come_apart_and_a_bare_one_stays_whole() {
        assert_eq!(framed(&[0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9]), Some(vec![vec![7], vec![8, 9]]));
        assert_eq!(framed(&[10, 2, 8, 9]), None);
        assert_eq!(framed(&[0, 0, 0, 9, 1]), None);
    }
}
