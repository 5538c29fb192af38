//! Where token counts stand, by target, in order of precedence.

use super::row;
use crate::attributes::{Source, Table};
use crate::convention::Layers;

/// A field of the usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// All input.
    Input,
    /// All output.
    Output,
    /// The sender's total.
    Total,
    /// Read from a cache.
    CacheRead,
    /// Written to a cache.
    CacheWrite,
    /// Of it, kept for five minutes.
    CacheWrite5m,
    /// Of it, kept for an hour.
    CacheWrite1h,
    /// Spent on reasoning.
    Reasoning,
    /// Audio in.
    AudioInput,
    /// Audio out.
    AudioOutput,
}

const VA: Layers = Layers::VA;
const CC: Layers = Layers::CC;
const AO: Layers = Layers::AO;

/// Every alias of every target.
pub(crate) static ALIASES: &[(Target, &Table)] = &[
    (Target::Input, INPUT),
    (Target::Output, OUTPUT),
    (Target::Total, TOTAL),
    (Target::CacheRead, CACHE_READ),
    (Target::CacheWrite, CACHE_WRITE),
    (Target::CacheWrite5m, CACHE_WRITE_5M),
    (Target::CacheWrite1h, CACHE_WRITE_1H),
    (Target::Reasoning, REASONING),
    (Target::AudioInput, AUDIO_INPUT),
    (Target::AudioOutput, AUDIO_OUTPUT),
];

static INPUT: &Table = &Table::of(&[
    row("llm.token_count.prompt"),
    row("gen_ai.usage.input_tokens"),
    row("gen_ai.usage.prompt_tokens"),
    row("gen_ai.aggregated_usage.input_tokens"),
    row("ai.usage.inputTokens"),
    row("ai.usage.promptTokens"),
    row("ai.usage.tokens"),
    row("llm.usage.prompt_tokens"),
    Source::only(VA, "usage.prompt_tokens"),
    row("stream.usage.inputTokens"),
    row("generateText.usage.inputTokens"),
    row("streamText.usage.inputTokens"),
    row("generateObject.usage.inputTokens"),
    row("streamObject.usage.inputTokens"),
    Source::only(CC, "input_tokens"),
    row("decision.token_count.input"),
    Source::only(AO, "agentos.end.input_tokens"),
    Source::only(AO, "agentos.end.prompt_tokens"),
]);

static OUTPUT: &Table = &Table::of(&[
    row("llm.token_count.completion"),
    row("gen_ai.usage.output_tokens"),
    row("gen_ai.usage.completion_tokens"),
    row("gen_ai.aggregated_usage.output_tokens"),
    row("ai.usage.outputTokens"),
    row("ai.usage.completionTokens"),
    row("llm.usage.completion_tokens"),
    Source::only(VA, "usage.completion_tokens"),
    row("stream.usage.outputTokens"),
    row("generateText.usage.outputTokens"),
    row("streamText.usage.outputTokens"),
    row("generateObject.usage.outputTokens"),
    row("streamObject.usage.outputTokens"),
    Source::only(CC, "output_tokens"),
    row("decision.token_count.output"),
    Source::only(AO, "agentos.end.output_tokens"),
    Source::only(AO, "agentos.end.completion_tokens"),
]);

static TOTAL: &Table = &Table::of(&[
    row("gen_ai.usage.total_tokens"),
    row("llm.usage.total_tokens"),
    row("llm.token_count.total"),
    row("ai.usage.totalTokens"),
    Source::only(VA, "usage.total_tokens"),
    Source::only(AO, "agentos.end.total_tokens"),
]);

static CACHE_READ: &Table = &Table::of(&[
    row("llm.token_count.prompt_details.cache_read"),
    row("gen_ai.usage.cache_read.input_tokens"),
    row("gen_ai.usage.cache_read_input_tokens"),
    row("gen_ai.usage.cache_read_tokens"),
    row("gen_ai.usage.details.cache_read_tokens"),
    row("gen_ai.usage.details.cache_read_input_tokens"),
    row("gen_ai.usage.input_tokens.cached"),
    row("gen_ai.usage.input_cached_tokens"),
    row("gen_ai.usage.cached_input_tokens"),
    row("llm.token_count.prompt_details.cache_input"),
    row("gen_ai.aggregated_usage.cache_read.input_tokens"),
    row("gen_ai.aggregated_usage.details.cache_read_tokens"),
    row("ai.usage.inputTokenDetails.cacheReadTokens"),
    row("ai.usage.cachedInputTokens"),
    Source::only(VA, "usage.cached_tokens"),
    Source::only(CC, "cache_read_tokens"),
    Source::only(AO, "agentos.end.cache_read_tokens"),
    Source::only(AO, "agentos.end.cache_read_input_tokens"),
    Source::only(AO, "agentos.end.cached_input_tokens"),
    Source::only(AO, "agentos.end.cached_tokens"),
]);

static CACHE_WRITE: &Table = &Table::of(&[
    row("llm.token_count.prompt_details.cache_write"),
    row("gen_ai.usage.cache_write.input_tokens"),
    row("gen_ai.usage.cache_creation.input_tokens"),
    row("gen_ai.usage.cache_creation_input_tokens"),
    row("gen_ai.usage.cache_write_input_tokens"),
    row("gen_ai.usage.cache_write_tokens"),
    row("gen_ai.usage.details.cache_write_tokens"),
    row("gen_ai.usage.details.cache_creation_input_tokens"),
    row("gen_ai.usage.input_tokens.cache_write"),
    row("gen_ai.aggregated_usage.cache_write.input_tokens"),
    row("gen_ai.aggregated_usage.cache_creation.input_tokens"),
    row("gen_ai.aggregated_usage.details.cache_write_tokens"),
    row("ai.usage.inputTokenDetails.cacheWriteTokens"),
    Source::only(CC, "cache_creation_tokens"),
    Source::only(AO, "agentos.end.cache_write_tokens"),
    Source::only(AO, "agentos.end.cache_write_input_tokens"),
    Source::only(AO, "agentos.end.cache_creation_tokens"),
    Source::only(AO, "agentos.end.cache_creation_input_tokens"),
]);

static CACHE_WRITE_5M: &Table =
    &Table::of(&[row("gen_ai.usage.cache_creation.input_tokens.ephemeral_5m")]);

static CACHE_WRITE_1H: &Table =
    &Table::of(&[row("gen_ai.usage.cache_creation.input_tokens.ephemeral_1h")]);

static REASONING: &Table = &Table::of(&[
    row("llm.token_count.completion_details.reasoning"),
    row("gen_ai.usage.reasoning.output_tokens"),
    row("gen_ai.usage.reasoning_tokens"),
    row("llm.usage.reasoning_tokens"),
    row("gen_ai.usage.output_tokens.reasoning"),
    row("gen_ai.usage.details.reasoning_tokens"),
    row("gen_ai.usage.details.thoughts_tokens"),
    row("gen_ai.aggregated_usage.reasoning.output_tokens"),
    row("gen_ai.aggregated_usage.details.reasoning_tokens"),
    row("gen_ai.aggregated_usage.details.thoughts_tokens"),
    row("ai.usage.outputTokenDetails.reasoningTokens"),
    row("ai.usage.reasoningTokens"),
    Source::only(VA, "usage.reasoning_tokens"),
    Source::only(AO, "agentos.end.reasoning_tokens"),
]);

static AUDIO_INPUT: &Table = &Table::of(&[
    row("llm.token_count.prompt_details.audio"),
    row("gen_ai.usage.audio.input_tokens"),
    row("gen_ai.usage.details.input_audio_tokens"),
    row("gen_ai.usage.input_audio_tokens"),
    row("gen_ai.usage.audio_input_tokens"),
]);

static AUDIO_OUTPUT: &Table = &Table::of(&[
    row("llm.token_count.completion_details.audio"),
    row("gen_ai.usage.audio.output_tokens"),
    row("gen_ai.usage.details.output_audio_tokens"),
    row("gen_ai.usage.output_audio_tokens"),
    row("gen_ai.usage.audio_output_tokens"),
]);
