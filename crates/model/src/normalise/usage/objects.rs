//! Token counts that senders give as one object (the first row of span-conventions 3.11),
//! and those inside provider metadata, which fill gaps only.

use serde_json::Value as Json;

use super::{Reader, Target};
use crate::attributes::{AttrView, Key, decode, key};
use crate::value::Value;

type Paths = &'static [(&'static [&'static str], Target)];

/// Objects of a vendor's own: before every other source.
static OBJECTS: &[(Key, Paths)] = &[
    (key("langfuse.observation.usage_details"), LANGFUSE),
    (key("mlflow.chat.tokenUsage"), MLFLOW),
    (key("langsmith.usage_metadata"), LANGSMITH),
    (key("braintrust.metrics"), BRAINTRUST),
    (key("openai_agents.usage"), OPENAI_AGENTS),
    (key("openai_agents.response"), OPENAI_RESPONSE),
];

/// Details beside plain keys.
static DETAILS: &[(Key, Paths)] = &[
    (key("gen_ai.usage.input_token_details"), INPUT_DETAILS),
    (key("gen_ai.usage.output_token_details"), OUTPUT_DETAILS),
    (key("ai.response.providerMetadata"), PROVIDER_METADATA),
    (key("genkit:output"), GENKIT),
    (key("metadata.usage_object"), LITELLM),
];

/// Reads the objects that go before the plain keys.
pub(super) fn read(view: &AttrView<'_>, reader: &mut Reader) {
    OBJECTS.iter().for_each(|(key, paths)| read_object(view, reader, *key, paths));
}

/// Reads what only fills gaps.
pub(super) fn fill_gaps(view: &AttrView<'_>, reader: &mut Reader) {
    DETAILS.iter().for_each(|(key, paths)| read_object(view, reader, *key, paths));
    if reader.is_open(Target::CacheRead)
        && let Some(response) = view.str(const { key("gcp.vertex.agent.llm_response") })
        && let Some(number) = number_after(response, "\"cached_content_token_count\"")
    {
        reader.set(Target::CacheRead, number);
    }
}

fn read_object(view: &AttrView<'_>, reader: &mut Reader, key: Key, paths: Paths) {
    let Some(value) = view.get(key) else { return };
    let object = decode::json_of(value);
    for (path, target) in paths {
        let found = path.iter().try_fold(&object, |inner, name| inner.get(name));
        if let Some(found) = found.and_then(plain) {
            reader.take(*target, &format!("{}.{}", key.name(), path.join(".")), &found);
        }
    }
}

fn plain(json: &Json) -> Option<Value> {
    match json {
        Json::Number(number) => Some(match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        }),
        Json::String(text) if !text.is_empty() => Some(Value::String(text.clone())),
        _ => None,
    }
}

/// The number after `"name":`, without parsing a whole response for it.
fn number_after(text: &str, name: &str) -> Option<u64> {
    let rest = text.split_once(name)?.1.trim_start().strip_prefix(':')?.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// Two families of keys: the OpenAI wrapper's, and those of use by hand. Both inclusive
/// (ruling 17).
static LANGFUSE: Paths = &[
    (&["input"], Target::Input),
    (&["prompt_tokens"], Target::Input),
    (&["input_tokens"], Target::Input),
    (&["output"], Target::Output),
    (&["completion_tokens"], Target::Output),
    (&["output_tokens"], Target::Output),
    (&["total"], Target::Total),
    (&["total_tokens"], Target::Total),
    (&["input_cached_tokens"], Target::CacheRead),
    (&["cache_read_input_tokens"], Target::CacheRead),
    (&["input_cache_read"], Target::CacheRead),
    (&["prompt_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["input_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["input_cache_creation"], Target::CacheWrite),
    (&["cache_creation_input_tokens"], Target::CacheWrite),
    (&["output_reasoning_tokens"], Target::Reasoning),
    (&["output_reasoning"], Target::Reasoning),
    (&["reasoning_tokens"], Target::Reasoning),
    (&["completion_tokens_details", "reasoning_tokens"], Target::Reasoning),
    (&["output_tokens_details", "reasoning_tokens"], Target::Reasoning),
    (&["input_audio_tokens"], Target::AudioInput),
    (&["prompt_tokens_details", "audio_tokens"], Target::AudioInput),
    (&["output_audio_tokens"], Target::AudioOutput),
    (&["completion_tokens_details", "audio_tokens"], Target::AudioOutput),
];

/// All inclusive, also where the provider counts its cache apart: the SDK adds it.
static BRAINTRUST: Paths = &[
    (&["prompt_tokens"], Target::Input),
    (&["completion_tokens"], Target::Output),
    (&["tokens"], Target::Total),
    (&["prompt_cached_tokens"], Target::CacheRead),
    (&["prompt_cache_creation_tokens"], Target::CacheWrite),
    (&["prompt_cache_creation_5m_tokens"], Target::CacheWrite5m),
    (&["prompt_cache_creation_1h_tokens"], Target::CacheWrite1h),
    (&["completion_reasoning_tokens"], Target::Reasoning),
    (&["prompt_audio_tokens"], Target::AudioInput),
    (&["completion_audio_tokens"], Target::AudioOutput),
];

static MLFLOW: Paths = &[
    (&["input_tokens"], Target::Input),
    (&["output_tokens"], Target::Output),
    (&["total_tokens"], Target::Total),
    (&["cache_read_input_tokens"], Target::CacheRead),
    (&["cache_creation_input_tokens"], Target::CacheWrite),
    (&["cache_creation_input_tokens_above_1hr"], Target::CacheWrite1h),
];

static LANGSMITH: Paths = &[
    (&["input_tokens"], Target::Input),
    (&["output_tokens"], Target::Output),
    (&["total_tokens"], Target::Total),
    (&["prompt_tokens"], Target::Input),
    (&["completion_tokens"], Target::Output),
    (&["input_token_details", "cache_read"], Target::CacheRead),
    (&["prompt_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["cache_read_input_tokens"], Target::CacheRead),
    (&["cache_creation_input_tokens"], Target::CacheWrite),
    (&["completion_tokens_details", "reasoning_tokens"], Target::Reasoning),
    (&["input_token_details", "cache_creation"], Target::CacheWrite),
    (&["input_token_details", "audio"], Target::AudioInput),
    (&["output_token_details", "reasoning"], Target::Reasoning),
    (&["output_token_details", "audio"], Target::AudioOutput),
];

/// Of calls, in both of OpenAI's spellings, and the flat sums of tasks and turns.
static OPENAI_AGENTS: Paths = &[
    (&["input_tokens"], Target::Input),
    (&["prompt_tokens"], Target::Input),
    (&["output_tokens"], Target::Output),
    (&["completion_tokens"], Target::Output),
    (&["total_tokens"], Target::Total),
    (&["input_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["prompt_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["cached_input_tokens"], Target::CacheRead),
    (&["input_tokens_details", "cache_write_tokens"], Target::CacheWrite),
    (&["cache_write_input_tokens"], Target::CacheWrite),
    (&["output_tokens_details", "reasoning_tokens"], Target::Reasoning),
    (&["completion_tokens_details", "reasoning_tokens"], Target::Reasoning),
    (&["reasoning_output_tokens"], Target::Reasoning),
];

/// A response that was sent whole.
static OPENAI_RESPONSE: Paths = &[
    (&["usage", "input_tokens"], Target::Input),
    (&["usage", "output_tokens"], Target::Output),
    (&["usage", "total_tokens"], Target::Total),
    (&["usage", "input_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["usage", "input_tokens_details", "cache_write_tokens"], Target::CacheWrite),
    (&["usage", "output_tokens_details", "reasoning_tokens"], Target::Reasoning),
];

/// LiteLLM's span names input and output alone; the provider's whole usage stands in its
/// metadata.
static LITELLM: Paths = &[
    (&["prompt_tokens_details", "cached_tokens"], Target::CacheRead),
    (&["cache_read_input_tokens"], Target::CacheRead),
    (&["cache_creation_input_tokens"], Target::CacheWrite),
    (&["completion_tokens_details", "reasoning_tokens"], Target::Reasoning),
];

static INPUT_DETAILS: Paths = &[
    (&["cache_read"], Target::CacheRead),
    (&["cache_creation"], Target::CacheWrite),
    (&["audio"], Target::AudioInput),
];

static OUTPUT_DETAILS: Paths =
    &[(&["reasoning"], Target::Reasoning), (&["audio"], Target::AudioOutput)];

/// A model action's answer carries its usage; that of `generate` around it says the last call's again and owns nothing.
static GENKIT: Paths = &[
    (&["usage", "inputTokens"], Target::Input),
    (&["usage", "outputTokens"], Target::Output),
    (&["usage", "totalTokens"], Target::Total),
    (&["usage", "cachedContentTokens"], Target::CacheRead),
    (&["usage", "thoughtsTokens"], Target::Reasoning),
];

static PROVIDER_METADATA: Paths = &[
    (&["openai", "cachedPromptTokens"], Target::CacheRead),
    (&["openai", "reasoningTokens"], Target::Reasoning),
    (&["anthropic", "usage", "cache_read_input_tokens"], Target::CacheRead),
    (&["anthropic", "usage", "cache_creation_input_tokens"], Target::CacheWrite),
    (&["anthropic", "cacheReadInputTokens"], Target::CacheRead),
    (&["anthropic", "cacheCreationInputTokens"], Target::CacheWrite),
    (&["anthropic", "usage", "cache_creation", "ephemeral_5m_input_tokens"], Target::CacheWrite5m),
    (&["anthropic", "usage", "cache_creation", "ephemeral_1h_input_tokens"], Target::CacheWrite1h),
    (&["bedrock", "usage", "cacheReadInputTokens"], Target::CacheRead),
    (&["bedrock", "usage", "cacheWriteInputTokens"], Target::CacheWrite),
];
