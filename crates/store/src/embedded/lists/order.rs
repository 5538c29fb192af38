//! Orders other than by start: all rows are looked at, the best are kept.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use clew_query::{Direction, SortKey};

use crate::contract::StoreError;
use crate::embedded::rows::pack::{Packer, Unpacker};

/// What a row is sorted by. Absent values come last in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SortValue {
    /// A number in the field's base unit.
    Number(i64),
    /// A text, case folded.
    Text(Box<str>),
    /// The row has none.
    Absent,
}

impl SortValue {
    pub(crate) fn pack(&self, packer: &mut Packer) {
        match self {
            SortValue::Number(number) => {
                packer.number(0);
                packer.number(*number as u64);
            }
            SortValue::Text(text) => {
                packer.number(1);
                packer.text(text);
            }
            SortValue::Absent => packer.number(2),
        }
    }

    pub(crate) fn unpack(unpacker: &mut Unpacker<'_>) -> Result<SortValue, StoreError> {
        Ok(match unpacker.number()? {
            0 => SortValue::Number(unpacker.number()? as i64),
            1 => SortValue::Text(unpacker.text()?.into()),
            2 => SortValue::Absent,
            _ => return Err(StoreError::BadCursor),
        })
    }

    fn compare(&self, other: &SortValue, direction: Direction) -> Ordering {
        use SortValue::{Absent, Number, Text};
        let natural = match (self, other) {
            (Absent, Absent) => return Ordering::Equal,
            (Absent, _) => return Ordering::Greater,
            (_, Absent) => return Ordering::Less,
            (Number(left), Number(right)) => left.cmp(right),
            (Text(left), Text(right)) => left.cmp(right),
            (Number(_), Text(_)) => Ordering::Less,
            (Text(_), Number(_)) => Ordering::Greater,
        };
        match direction {
            Direction::Ascending => natural,
            Direction::Descending => natural.reverse(),
        }
    }
}

/// A row's place in a sorted list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ranked {
    pub(crate) values: Vec<SortValue>,
    pub(crate) number: i64,
}

impl Ranked {
    /// Less comes first. Ties go by number, in the direction of the first key.
    pub(crate) fn compare(&self, other: &Ranked, keys: &[SortKey]) -> Ordering {
        let pairs = self.values.iter().zip(&other.values).zip(keys);
        let by_values = pairs
            .map(|((left, right), key)| left.compare(right, key.direction))
            .find(|order| order.is_ne());
        by_values.unwrap_or_else(|| match keys.first().map(|key| key.direction) {
            Some(Direction::Ascending) => self.number.cmp(&other.number),
            _ => other.number.cmp(&self.number),
        })
    }
}

/// Keeps the first rows of an order.
pub(crate) struct Best<'k> {
    keys: &'k [SortKey],
    most: usize,
    /// The last of the kept ones on top.
    heap: BinaryHeap<Kept<'k>>,
}

struct Kept<'k> {
    ranked: Ranked,
    keys: &'k [SortKey],
}

impl Ord for Kept<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ranked.compare(&other.ranked, self.keys)
    }
}

impl PartialOrd for Kept<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Kept<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Kept<'_> {}

impl<'k> Best<'k> {
    pub(crate) fn new(keys: &'k [SortKey], most: usize) -> Best<'k> {
        Best { keys, most, heap: BinaryHeap::with_capacity(most + 1) }
    }

    /// Takes a row into account.
    pub(crate) fn offer(&mut self, ranked: Ranked) {
        self.heap.push(Kept { ranked, keys: self.keys });
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    /// The best, in order.
    pub(crate) fn into_sorted(self) -> Vec<Ranked> {
        self.heap.into_sorted_vec().into_iter().map(|kept| kept.ranked).collect()
    }
}

#[cfg(test)]
mod tests {
    use clew_query::{Subject, sort_keys};

    use super::*;

    fn best(order: &str, most: usize, rows: &[(SortValue, i64)]) -> Vec<i64> {
        let keys = sort_keys(order, Subject::Trace).unwrap();
        let mut best = Best::new(&keys, most);
        for (value, number) in rows {
            best.offer(Ranked { values: vec![value.clone()], number: *number });
        }
        best.into_sorted().into_iter().map(|ranked| ranked.number).collect()
    }

    #[test]
    fn absent_values_come_last_and_ties_go_by_number() {
        use SortValue::{Absent, Number, Text};
        let rows = [(Number(5), 1), (Absent, 2), (Number(9), 3), (Number(5), 4), (Absent, 5)];
        assert_eq!(best("-cost", 9, &rows), [3, 4, 1, 5, 2]);
        assert_eq!(best("cost", 9, &rows), [1, 4, 3, 2, 5]);
        assert_eq!(best("-cost", 2, &rows), [3, 4]);
        let names = [(Text("b".into()), 1), (Text("a".into()), 2)];
        assert_eq!(best("name", 9, &names), [2, 1]);
    }
}
