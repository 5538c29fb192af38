//! Cutting long texts out of an answer that would pass its byte budget. What was cut says
//! so at its end, and the answer says how much in all.

use serde_json::Value as Json;

/// Longest texts that are left, tried in turn.
const STEPS: [usize; 4] = [1 << 20, 1 << 16, 1 << 12, 1 << 8];

/// Cuts texts in `answer` until it fits. Gives the bytes that were cut, 0 mostly.
pub(crate) fn clip(answer: &mut Json, max_bytes: usize) -> usize {
    let mut cut = 0;
    for longest in STEPS {
        if size(answer) <= max_bytes {
            break;
        }
        cut += clip_texts(answer, longest);
    }
    cut
}

/// About as many bytes as the JSON text has; escapes are not counted.
pub(crate) fn size(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) => 5,
        Json::Number(_) => 8,
        Json::String(text) => text.len() + 3,
        Json::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Json::Object(fields) => {
            fields.iter().map(|(key, value)| key.len() + 4 + size(value)).sum::<usize>() + 2
        }
    }
}

fn clip_texts(json: &mut Json, longest: usize) -> usize {
    match json {
        Json::String(text) if text.len() > longest => {
            let end = (0..=longest).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            let cut = text.len() - end;
            text.truncate(end);
            text.push_str(&format!("… [{cut} bytes cut]"));
            cut
        }
        Json::Array(items) => items.iter_mut().map(|item| clip_texts(item, longest)).sum(),
        Json::Object(fields) => {
            fields.iter_mut().map(|(_, value)| clip_texts(value, longest)).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_is_whole() {
        let mut answer = json!({"a": "x".repeat(5000)});
        assert_eq!(clip(&mut answer, 6000), 0);
    }

    #[test]
    fn long_texts_are_cut_and_say_so() {
        let mut answer = json!({"a": ["é".repeat(1 << 20), "short"]});
        // Two bytes a letter: a megabyte of them is left, a megabyte goes.
        assert_eq!(clip(&mut answer, (1 << 20) + 100), 1 << 20);
        let text = answer["a"][0].as_str().unwrap();
        assert!(text.ends_with("é… [1048576 bytes cut]"));
        assert_eq!(answer["a"][1], "short");
    }
}
