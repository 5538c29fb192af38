//! Lists that a sender flattened into keys with a number in them.
//!
//! The numbers are the sender's: they may start anywhere, have gaps, be out of order or
//! huge. Nothing is ever allocated by an index, and indices above [`INDEX_MAX`] are left
//! out.

use std::collections::BTreeMap;

use crate::value::Value;

/// Largest index that is read.
pub const INDEX_MAX: usize = 10_000;

/// The members of one list entry: the rest of the key, and the value.
pub type Members<'a> = Vec<(&'a str, &'a Value)>;

/// The entries of the list under `prefix` (with its final dot), by index.
pub fn entries<'a>(
    attributes: &'a [(String, Value)],
    prefix: &str,
) -> BTreeMap<usize, Members<'a>> {
    let pairs = attributes.iter().map(|(key, value)| (key.as_str(), value));
    grouped(pairs, prefix)
}

/// The entries of a list inside a list entry.
pub fn inner_entries<'a>(members: &Members<'a>, prefix: &str) -> BTreeMap<usize, Members<'a>> {
    grouped(members.iter().copied(), prefix)
}

/// The last value of a member.
pub fn member<'a>(members: &Members<'a>, name: &str) -> Option<&'a Value> {
    members.iter().rev().find(|(rest, _)| *rest == name).map(|(_, value)| *value)
}

fn grouped<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a Value)>,
    prefix: &str,
) -> BTreeMap<usize, Members<'a>> {
    let mut entries: BTreeMap<usize, Members<'a>> = BTreeMap::new();
    for (key, value) in pairs {
        if let Some((index, rest)) = key.strip_prefix(prefix).and_then(index_and_rest) {
            entries.entry(index).or_default().push((rest, value));
        }
    }
    entries
}

/// Splits `12.rest` into 12 and `rest`; `None` without a number or above [`INDEX_MAX`].
pub(crate) fn index_and_rest(text: &str) -> Option<(usize, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 5 {
        return None;
    }
    let index: usize = text[..digits].parse().ok()?;
    let rest = text[digits..].strip_prefix('.')?;
    (index <= INDEX_MAX).then_some((index, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_sort_as_numbers_and_huge_ones_are_left_out() {
        let attributes: Vec<(String, Value)> = ["10.a", "9.a", "2.b.0.c", "10001.a", "x.a", "3"]
            .iter()
            .map(|rest| (format!("p.{rest}"), Value::from(*rest)))
            .collect();
        let found = entries(&attributes, "p.");
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [2, 9, 10]);
        let inner = inner_entries(&found[&2], "b.");
        assert_eq!(member(&inner[&0], "c"), Some(&Value::from("2.b.0.c")));
    }
}
