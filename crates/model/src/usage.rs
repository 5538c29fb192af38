//! Tokens and money of one span.

use serde::{Deserialize, Serialize};

/// Tokens. `input` includes `cache_read` and `cache_write`; `output` includes
/// `reasoning` and audio. Sub-counts are never added on top. `None` is "not said",
/// which differs from 0 everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// All input tokens, cached ones included.
    pub input: Option<u64>,
    /// All output tokens, reasoning included.
    pub output: Option<u64>,
    /// Input tokens read from a prompt cache.
    pub cache_read: Option<u64>,
    /// Input tokens written to a prompt cache.
    pub cache_write: Option<u64>,
    /// Of `cache_write`, those kept for an hour (dearer at some providers).
    pub cache_write_1h: Option<u64>,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<u64>,
    /// Input tokens of audio.
    pub audio_input: Option<u64>,
    /// Output tokens of audio.
    pub audio_output: Option<u64>,
    /// Total as the sender gave it, shown but never trusted over `input + output`.
    pub total: Option<u64>,
    /// The sender's `input` left the cache out and was raised by it.
    pub normalised_from_exclusive: bool,
}

impl Usage {
    /// No number at all was said.
    pub fn is_absent(&self) -> bool {
        [
            self.input,
            self.output,
            self.cache_read,
            self.cache_write,
            self.reasoning,
            self.audio_input,
            self.audio_output,
            self.total,
        ]
        .iter()
        .all(Option::is_none)
    }

    /// Adds field by field; absent and a number is the number. The flag is an "or".
    pub fn add(&mut self, other: &Usage) {
        fn plus(left: &mut Option<u64>, right: Option<u64>) {
            if let Some(right) = right {
                *left = Some(left.unwrap_or(0).saturating_add(right));
            }
        }
        plus(&mut self.input, other.input);
        plus(&mut self.output, other.output);
        plus(&mut self.cache_read, other.cache_read);
        plus(&mut self.cache_write, other.cache_write);
        plus(&mut self.cache_write_1h, other.cache_write_1h);
        plus(&mut self.reasoning, other.reasoning);
        plus(&mut self.audio_input, other.audio_input);
        plus(&mut self.audio_output, other.audio_output);
        plus(&mut self.total, other.total);
        self.normalised_from_exclusive |= other.normalised_from_exclusive;
    }
}

/// Whether a span's usage is its own call's or a sum over what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageScope {
    /// One model call.
    #[default]
    Own,
    /// A wrapper's total: shown, and counted only where nothing below it has any.
    Aggregate,
}

/// Millionths of a millionth of a US dollar; the only form in which money is added.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PicoUsd(pub i64);

/// What a span cost and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// All of it.
    pub total: PicoUsd,
    /// The input's share, where known.
    pub input: Option<PicoUsd>,
    /// The output's share, where known.
    pub output: Option<PicoUsd>,
    /// Who says so.
    pub source: CostSource,
    /// Some rate was missing from the price table and the normal one was used.
    pub estimated: bool,
    /// Version of the price table behind a computed cost, 0 for a reported one.
    pub price_version: u32,
}

/// Who named a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostSource {
    /// The sender.
    Reported,
    /// The price table.
    Computed,
}
