//! Request parameters by OTel's names (span-conventions 3.13).

use serde_json::{Map, Value as Json};

use crate::attributes::{AttrView, Key, Read, Source, Table, decode, key};
use crate::convention::Layers;

/// The parameters of a call: plain keys first, then what blobs add, then what stood
/// beside the messages.
pub(super) fn parameters(view: &AttrView<'_>, beside: Map<String, Json>) -> Map<String, Json> {
    let mut found = Map::new();
    for (name, sources) in KEYS {
        let value =
            view.rows(sources).find_map(|source| view.get(source.key).map(|value| (source, value)));
        if let Some((source, value)) = value {
            let json = match source.read {
                Read::Quoted => decode::json_of(value),
                _ => decode::plain_json(value),
            };
            found.insert((*name).to_owned(), json);
        }
    }
    for blob in BLOBS {
        if let Some(Json::Object(members)) = view.get(*blob).map(decode::json_of) {
            add_blob(&mut found, members);
        }
    }
    if let Some(Json::Object(mut members)) =
        view.get(const { key("braintrust.metadata") }).map(decode::json_of)
    {
        // Parameters stand among whatever else the sender keeps there.
        members.retain(|name, _| AMONG_METADATA.contains(&name.as_str()));
        add_blob(&mut found, members);
    }
    for (name, value) in beside {
        found.entry(name).or_insert(value);
    }
    for (key, value) in view.all() {
        if let Some(name) = key.strip_prefix("gen_ai.request.")
            && !KNOWN_ELSEWHERE.contains(&name)
        {
            found.entry(name).or_insert_with(|| decode::plain_json(value));
        }
    }
    found.retain(|_, value| !value.is_null() && *value != Json::Array(Vec::new()));
    found
}

/// Members of a blob by their OTel name; what is shown elsewhere is left out.
fn add_blob(found: &mut Map<String, Json>, members: Map<String, Json>) {
    const ELSEWHERE: &[&str] =
        &["model", "model_name", "messages", "tools", "input", "contents", "system", "functions"];
    for (name, value) in members {
        if ELSEWHERE.contains(&name.as_str()) || value.is_null() {
            continue;
        }
        let name = RENAMED
            .iter()
            .find(|(theirs, _)| *theirs == name)
            .map_or(name.as_str(), |(_, ours)| ours)
            .to_owned();
        found.entry(name).or_insert(value);
    }
}

const RENAMED: &[(&str, &str)] = &[
    ("topP", "top_p"),
    ("topK", "top_k"),
    ("maxTokens", "max_tokens"),
    ("maxOutputTokens", "max_tokens"),
    ("max_output_tokens", "max_tokens"),
    ("max_completion_tokens", "max_tokens"),
    ("frequencyPenalty", "frequency_penalty"),
    ("presencePenalty", "presence_penalty"),
    ("stop", "stop_sequences"),
    ("stopSequences", "stop_sequences"),
    ("n", "choice.count"),
    ("reasoning_effort", "reasoning.level"),
];

/// Parameters that Braintrust's wrappers write among the metadata.
const AMONG_METADATA: &[&str] = &[
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "frequency_penalty",
    "presence_penalty",
    "stop",
    "seed",
    "n",
    "reasoning_effort",
    "tool_choice",
    "response_format",
    "stream",
];

/// Request keys that are facts of their own, or another spelling of a key in [`KEYS`].
const KNOWN_ELSEWHERE: &[&str] =
    &["model", "n", "max_completion_tokens", "reasoning_effort", "base_url", "attempt"];

static BLOBS: &[Key] = &[
    key("langfuse.observation.model.parameters"),
    key("llm.invocation_parameters"),
    key("embedding.invocation_parameters"),
    key("model_config"),
    key("agentos.data.parameters"),
    key("openai_agents.model_config"),
    key("langsmith.invocation_params"),
    key("langsmith.metadata.ls_invocation_params"),
];

static KEYS: &[(&str, &Table)] = &[
    (
        "temperature",
        &Table::of(&[
            Source::any("gen_ai.request.temperature"),
            Source::any("ai.settings.temperature"),
            Source::any("langsmith.metadata.ls_temperature"),
            Source::only(Layers::ML, "temperature").read(Read::Quoted),
            Source::only(Layers::AO, "agentos.data.temperature"),
        ]),
    ),
    (
        "top_p",
        &Table::of(&[
            Source::any("gen_ai.request.top_p"),
            Source::any("ai.settings.topP"),
            Source::only(Layers::AO, "agentos.data.top_p"),
        ]),
    ),
    (
        "top_k",
        &Table::of(&[
            Source::any("gen_ai.request.top_k"),
            Source::any("llm.top_k"),
            Source::any("ai.settings.topK"),
            Source::only(Layers::AO, "agentos.data.top_k"),
        ]),
    ),
    (
        "max_tokens",
        &Table::of(&[
            Source::any("gen_ai.request.max_tokens"),
            Source::any("gen_ai.request.max_completion_tokens"),
            Source::any("ai.settings.maxOutputTokens"),
            Source::any("ai.settings.maxTokens"),
            Source::any("langsmith.metadata.ls_max_tokens"),
            Source::only(Layers::AO, "agentos.data.max_tokens"),
        ]),
    ),
    (
        "stop_sequences",
        &Table::of(&[
            Source::any("gen_ai.request.stop_sequences"),
            Source::any("llm.chat.stop_sequences"),
            Source::any("ai.settings.stopSequences"),
            Source::any("langsmith.metadata.ls_stop").read(Read::Quoted),
            Source::only(Layers::AO, "agentos.data.stop"),
        ]),
    ),
    (
        "seed",
        &Table::of(&[
            Source::any("gen_ai.request.seed"),
            Source::any("gen_ai.openai.request.seed"),
            Source::any("ai.settings.seed"),
            Source::only(Layers::AO, "agentos.data.seed"),
        ]),
    ),
    (
        "frequency_penalty",
        &Table::of(&[
            Source::any("gen_ai.request.frequency_penalty"),
            Source::any("llm.frequency_penalty"),
            Source::any("ai.settings.frequencyPenalty"),
            Source::only(Layers::AO, "agentos.data.frequency_penalty"),
        ]),
    ),
    (
        "presence_penalty",
        &Table::of(&[
            Source::any("gen_ai.request.presence_penalty"),
            Source::any("llm.presence_penalty"),
            Source::any("ai.settings.presencePenalty"),
            Source::only(Layers::AO, "agentos.data.presence_penalty"),
        ]),
    ),
    (
        "choice.count",
        &Table::of(&[Source::any("gen_ai.request.choice.count"), Source::any("gen_ai.request.n")]),
    ),
    (
        "stream",
        &Table::of(&[
            Source::any("gen_ai.request.stream"),
            Source::any("gen_ai.is_streaming"),
            Source::any("llm.is_streaming"),
            Source::only(Layers::ML, "stream").read(Read::Quoted),
            Source::only(Layers::AO, "agentos.data.stream"),
        ]),
    ),
    (
        "reasoning.level",
        &Table::of(&[
            Source::any("gen_ai.request.reasoning.level"),
            Source::any("gen_ai.request.reasoning_effort"),
            Source::only(Layers::AO, "agentos.data.reasoning_effort"),
        ]),
    ),
    (
        "output.type",
        &Table::of(&[
            Source::any("gen_ai.output.type"),
            Source::any("gen_ai.openai.request.response_format"),
            Source::any("ai.settings.output"),
        ]),
    ),
    (
        "tool_choice",
        &Table::of(&[
            Source::any("ai.prompt.toolChoice").read(Read::Quoted),
            Source::only(Layers::AO, "agentos.data.tool_choice"),
        ]),
    ),
    (
        "service_tier",
        &Table::of(&[
            Source::any("gen_ai.request.service_tier"),
            Source::any("openai.request.service_tier"),
            Source::any("anthropic.request.service_tier"),
            Source::only(Layers::AO, "agentos.data.service_tier"),
        ]),
    ),
    ("max_retries", &Table::of(&[Source::any("ai.settings.maxRetries")])),
    ("max_steps", &Table::of(&[Source::any("ai.settings.maxSteps")])),
    ("mode", &Table::of(&[Source::any("ai.settings.mode")])),
    ("api.type", &Table::of(&[Source::any("openai.api.type")])),
    ("dimension.count", &Table::of(&[Source::any("gen_ai.embeddings.dimension.count")])),
    ("speed", &Table::of(&[Source::only(Layers::CC, "speed")])),
];
