//! Flattened lists: `llm.input_messages.3.message.content` is one attribute of message 3.

use std::ops::Range;

use clew_model::value::Value;

/// A key `prefix.index.rest`, cut at its first index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flat<'a> {
    pub(super) prefix: &'a str,
    pub(super) index: u64,
    pub(super) rest: &'a str,
}

/// `None` for a key that the three parts would not give back exactly.
pub(super) fn flat(key: &str) -> Option<Flat<'_>> {
    let mut from = 0;
    loop {
        let dot = from + key[from..].find('.')?;
        let tail = &key[dot + 1..];
        let end = tail.find('.')?;
        if let Some(index) = index(&tail[..end]) {
            return Some(Flat { prefix: &key[..dot], index, rest: &tail[end + 1..] });
        }
        from = dot + 1;
    }
}

/// A number as a list's index is written: no sign, no leading zero.
fn index(text: &str) -> Option<u64> {
    let digits = text.as_bytes();
    let plain = matches!(digits, [b'0'] | [b'1'..=b'9', ..]) && digits.len() <= 9;
    if plain { text.parse().ok() } else { None }
}

/// A run of attributes that belong to one flattened list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The attributes of each element, in order; the elements' indices count up by one.
    pub(super) elements: Vec<Range<usize>>,
    pub(super) first: u64,
}

/// The longest such run from `start` on, with two attributes at least.
pub(super) fn run(attributes: &[(String, Value)], start: usize) -> Option<Run> {
    let head = flat(&attributes[start].0)?;
    let mut elements: Vec<Range<usize>> = Vec::new();
    for (place, (key, _)) in attributes.iter().enumerate().skip(start) {
        let Some(next) = flat(key).filter(|next| next.prefix == head.prefix) else { break };
        let end = head.index + elements.len() as u64;
        if next.index == end {
            elements.push(place..place + 1);
        } else if next.index + 1 == end
            && let Some(element) = elements.last_mut()
        {
            element.end = place + 1;
        } else {
            break;
        }
    }
    let attributes_in_run = elements.last().map_or(0, |last| last.end) - start;
    (attributes_in_run >= 2).then_some(Run { elements, first: head.index })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> Vec<(String, Value)> {
        keys.iter().map(|key| ((*key).to_owned(), Value::Empty)).collect()
    }

    #[test]
    fn keys_are_cut_at_the_first_index() {
        let found = flat("llm.input_messages.12.message.tool_calls.0.id");
        let want =
            Flat { prefix: "llm.input_messages", index: 12, rest: "message.tool_calls.0.id" };
        assert_eq!(found, Some(want));
        for other in ["a", "a.b.c", "a.0", "a.01.b", "a.-1.b", "a.1", "1.a", "a.9999999999.b", ""] {
            assert_eq!(flat(other), None, "{other}");
        }
        assert_eq!(flat("a.0."), Some(Flat { prefix: "a", index: 0, rest: "" }));
    }

    #[test]
    fn a_run_ends_where_the_list_does() {
        let attributes = keys(&["m.0.role", "m.0.content", "m.1.role", "m.3.role", "x"]);
        let want = Run { elements: [0..2, 2..3].into(), first: 0 };
        assert_eq!(run(&attributes, 0), Some(want));
        assert_eq!(run(&attributes, 3), None);
        assert_eq!(run(&attributes, 4), None);
        let other = keys(&["m.0.role", "n.0.role", "n.0.content"]);
        assert_eq!(run(&other, 0), None);
        let only = std::iter::once(1..3).collect();
        assert_eq!(run(&other, 1), Some(Run { elements: only, first: 0 }));
    }
}
