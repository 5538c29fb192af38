//! Numbers that can be added up: of an hour, of a group, of everything.

use std::collections::BTreeMap;

use clew_model::usage::{PicoUsd, Usage};

use crate::contract::StoreError;
use crate::embedded::rows::pack::{Packer, Unpacker};
use crate::stats::{Figures, Percentiles};

/// Steps between a power of two and the next: a duration is known within a thirty-second part.
const STEPS_BITS: u32 = 5;

/// First number of packed sums. A later one comes with a migration that empties the roll-up.
const VERSION: u64 = 2;

/// What [`Figures`] are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) trace_count: u64,
    pub(crate) error_count: u64,
    pub(crate) failed_count: u64,
    /// Not packed: an hour with a trace that goes on is not rolled up.
    pub(crate) live_count: u64,
    pub(crate) span_count: u64,
    pub(crate) span_error_count: u64,
    pub(crate) tokens: Option<u64>,
    pub(crate) input: Option<u64>,
    pub(crate) output: Option<u64>,
    pub(crate) cache_read: Option<u64>,
    pub(crate) cache_write: Option<u64>,
    pub(crate) reasoning: Option<u64>,
    /// Whether there is any, and how much. Never negative: a sender's refund counts as nothing.
    pub(crate) cost: Option<u64>,
    pub(super) durations: BTreeMap<u16, u64>,
}

impl Sums {
    /// Counts one duration.
    pub(crate) fn add_duration(&mut self, nanos: i64) {
        *self.durations.entry(bucket(nanos.max(0) as u64)).or_default() += 1;
    }

    /// Takes others in.
    pub(crate) fn add(&mut self, other: &Sums) {
        self.trace_count += other.trace_count;
        self.error_count += other.error_count;
        self.failed_count += other.failed_count;
        self.live_count += other.live_count;
        self.span_count = self.span_count.saturating_add(other.span_count);
        self.span_error_count = self.span_error_count.saturating_add(other.span_error_count);
        for (own, other) in [
            (&mut self.tokens, other.tokens),
            (&mut self.input, other.input),
            (&mut self.output, other.output),
            (&mut self.cache_read, other.cache_read),
            (&mut self.cache_write, other.cache_write),
            (&mut self.reasoning, other.reasoning),
            (&mut self.cost, other.cost),
        ] {
            if let Some(other) = other {
                *own = Some(own.unwrap_or(0).saturating_add(other));
            }
        }
        for (bucket, count) in &other.durations {
            *self.durations.entry(*bucket).or_default() += count;
        }
    }

    /// As they are told.
    pub(crate) fn figures(&self) -> Figures {
        Figures {
            trace_count: self.trace_count,
            error_count: self.error_count,
            failed_count: self.failed_count,
            live_count: self.live_count,
            span_count: self.span_count,
            span_error_count: self.span_error_count,
            tokens: self.tokens,
            usage: Usage {
                input: self.input,
                output: self.output,
                cache_read: self.cache_read,
                cache_write: self.cache_write,
                reasoning: self.reasoning,
                ..Usage::default()
            },
            cost: self.cost.map(|cost| PicoUsd(i64::try_from(cost).unwrap_or(i64::MAX))),
            duration_nanos: self.percentiles(),
        }
    }

    fn percentiles(&self) -> Option<Percentiles> {
        let count: u64 = self.durations.values().sum();
        let percentile = |percent: u64| {
            let rank = (count * percent).div_ceil(100).max(1);
            let mut seen = 0;
            let mut reached = self.durations.iter().filter(|(_, count)| {
                seen += **count;
                seen >= rank
            });
            reached.next().map(|(bucket, _)| middle(*bucket))
        };
        Some(Percentiles { p50: percentile(50)?, p95: percentile(95)?, p99: percentile(99)? })
    }

    /// The column `figures` of the roll-up.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut packer = Packer::default();
        packer.number(VERSION);
        packer.number(self.trace_count);
        packer.number(self.error_count);
        packer.number(self.failed_count);
        packer.number(self.span_count);
        packer.number(self.span_error_count);
        for number in [
            self.tokens,
            self.input,
            self.output,
            self.cache_read,
            self.cache_write,
            self.reasoning,
            self.cost,
        ] {
            packer.optional_number(number);
        }
        packer.number(self.durations.len() as u64);
        let mut before = 0;
        for (bucket, count) in &self.durations {
            packer.number(u64::from(bucket - before));
            packer.number(*count);
            before = *bucket;
        }
        packer.bytes
    }

    /// Takes in what [`Sums::pack`] wrote, without unpacking it first: a year has many hours.
    pub(crate) fn add_packed(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let mut unpacker = Unpacker::new(bytes);
        if unpacker.number()? != VERSION {
            return Err(StoreError::Corrupt("a roll-up was written by another version".to_owned()));
        }
        let mut head = Sums {
            trace_count: unpacker.number()?,
            error_count: unpacker.number()?,
            failed_count: unpacker.number()?,
            span_count: unpacker.number()?,
            span_error_count: unpacker.number()?,
            ..Sums::default()
        };
        for number in [
            &mut head.tokens,
            &mut head.input,
            &mut head.output,
            &mut head.cache_read,
            &mut head.cache_write,
            &mut head.reasoning,
            &mut head.cost,
        ] {
            *number = unpacker.optional_number()?;
        }
        self.add(&head);
        let mut bucket = 0u16;
        for _ in 0..unpacker.number()? {
            bucket = bucket.saturating_add(unpacker.number()? as u16);
            *self.durations.entry(bucket).or_default() += unpacker.number()?;
        }
        Ok(())
    }
}

/// Numbers below 32 are their own bucket; above, each power of two has 32.
fn bucket(value: u64) -> u16 {
    let steps = 1 << STEPS_BITS;
    if value < steps {
        return value as u16;
    }
    let exponent = 63 - value.leading_zeros() - STEPS_BITS;
    let step = (value >> exponent) - steps;
    (u64::from(exponent + 1) * steps + step) as u16
}

/// The middle of a bucket.
fn middle(bucket: u16) -> i64 {
    let steps = 1u64 << STEPS_BITS;
    let bucket = u64::from(bucket);
    if bucket < steps {
        return bucket as i64;
    }
    let exponent = bucket / steps - 1;
    let least = (steps + bucket % steps) << exponent;
    (least + ((1 << exponent) - 1) / 2) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_known_within_a_thirty_second_part() {
        for value in [0, 1, 31, 32, 33, 63, 64, 65, 1_000, 123_456_789, 3_600_000_000_000, i64::MAX]
        {
            let told = middle(bucket(value as u64));
            assert!((told - value).abs() <= value / 32, "{value}: {told}");
        }
        let mut before = 0;
        for value in 0..100_000 {
            let now = bucket(value);
            assert!(now == before || now == before + 1);
            before = now;
        }
    }

    #[test]
    fn sums_are_packed_and_added() {
        let mut sums = Sums {
            trace_count: 2,
            span_count: 7,
            span_error_count: 3,
            cost: Some(5),
            tokens: Some(0),
            ..Sums::default()
        };
        sums.add_duration(10);
        sums.add_duration(1_000_000);
        let mut back = Sums::default();
        back.add_packed(&sums.pack()).unwrap();
        assert_eq!(back, sums);
        let other = sums.clone();
        sums.add(&other);
        sums.add(&Sums::default());
        let figures = sums.figures();
        assert_eq!(
            (figures.trace_count, figures.tokens, figures.cost),
            (4, Some(0), Some(PicoUsd(10)))
        );
        assert_eq!((figures.span_count, figures.span_error_count), (14, 6));
        assert_eq!(figures.usage.input, None);
        assert!(sums.add_packed(&[1]).is_err());
    }

    #[test]
    fn percentiles_of_a_hundred() {
        let mut sums = Sums::default();
        assert_eq!(sums.figures().duration_nanos, None);
        (1..=100).for_each(|value| sums.add_duration(value));
        let told = sums.figures().duration_nanos.unwrap();
        // 50 stands in a bucket of one, 95 in 94..=95, 99 in 98..=99.
        assert_eq!((told.p50, told.p95, told.p99), (50, 94, 98));
    }
}
