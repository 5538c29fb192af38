//! What stands beside the payload: error, managed prompt, metadata, and the details of
//! AgentOS hooks, delegations and runs (span-conventions 3.17, 3.18; ruling 11).

use serde_json::{Map, Value as Json};

use super::Exception;
use crate::attributes::{AttrView, Key, Source, Table, decode, key};
use crate::convention::Layers;
use crate::normalise::events;
use crate::source::{SourceSpan, StatusCode};

/// The error with its stack, also of an exception that was handled.
pub(super) fn exception(source: &SourceSpan, view: &AttrView<'_>) -> Option<Exception> {
    let raised = events::exception(&source.events);
    let failed = source.status.code == StatusCode::Error;
    let stated = raised.is_some() || failed || view.get(const { key("error.type") }).is_some();
    let level = view.str(const { key("langfuse.observation.level") });
    if !stated && level != Some("ERROR") {
        return None;
    }
    let raised = raised.unwrap_or_default();
    let own = |text: Option<&str>| text.map(str::to_owned);
    let sent = Some(source.status.message.as_str()).filter(|message| !message.is_empty());
    Some(Exception {
        kind: own(raised.kind).or_else(|| view.first_string(KINDS)),
        message: own(raised.message).or(own(sent)).or_else(|| view.first_string(MESSAGES)),
        stack: own(raised.stack).or_else(|| view.first_string(STACKS)),
        code: view.first_string(CODES),
    })
}

static KINDS: &Table = &Table::of(&[
    Source::any("error.type"),
    Source::any("litellm.provider.error.code"),
    Source::only(Layers::AO, "agentos.error.type"),
]);

static MESSAGES: &Table = &Table::of(&[
    Source::any("error.message"),
    Source::only(Layers::LL.or(Layers::CC), "error"),
    Source::any("langfuse.observation.status_message"),
    Source::any("braintrust.error"),
    Source::only(Layers::AO, "agentos.error"),
]);

static STACKS: &Table = &Table::of(&[
    Source::any("litellm.provider.error.stack_trace"),
    Source::any("braintrust.error"),
]);

static CODES: &Table = &Table::of(&[
    Source::any("http.response.status_code"),
    Source::any("rpc.response.status_code"),
]);

/// Name, version, variables and template of a managed prompt.
pub(super) fn prompt(view: &AttrView<'_>) -> Option<Json> {
    let mut prompt = Map::new();
    for (name, sources) in PROMPT {
        if let Some(text) = view.first_string(sources) {
            prompt.insert((*name).to_owned(), Json::String(text));
        }
    }
    let mut variables = Map::new();
    for (name, value) in view.all() {
        if let Some(name) = name.strip_prefix("gen_ai.prompt.variable.") {
            variables.insert(name.to_owned(), decode::plain_json(value));
        }
    }
    if variables.is_empty()
        && let Some(Json::Object(members)) =
            VARIABLES.iter().find_map(|key| view.get(*key)).map(decode::json_of)
    {
        variables = members;
    }
    if !variables.is_empty() {
        prompt.insert("variables".to_owned(), Json::Object(variables));
    }
    (!prompt.is_empty()).then_some(Json::Object(prompt))
}

static PROMPT: &[(&str, &Table)] = &[
    (
        "name",
        &Table::of(&[
            Source::any("langfuse.observation.prompt.name"),
            Source::any("gen_ai.prompt.name"),
            Source::any("traceloop.prompt.key"),
        ]),
    ),
    (
        "version",
        &Table::of(&[
            Source::any("langfuse.observation.prompt.version"),
            Source::any("gen_ai.prompt.version"),
            Source::any("llm.prompt_template.version"),
            Source::any("traceloop.prompt.version"),
        ]),
    ),
    (
        "template",
        &Table::of(&[
            Source::any("llm.prompt_template.template"),
            Source::any("traceloop.prompt.template"),
        ]),
    ),
    (
        "id",
        &Table::of(&[
            Source::any("prompt.id"),
            Source::any("traceloop.prompt.version_hash"),
            Source::any("lmnr.span.prompt_hash"),
        ]),
    ),
    ("vendor", &Table::of(&[Source::any("prompt.vendor")])),
    ("url", &Table::of(&[Source::any("prompt.url")])),
];

static VARIABLES: &[Key] =
    &[key("llm.prompt_template.variables"), key("traceloop.prompt.template_variables")];

/// Free metadata: objects as they are, and members that were flattened.
pub(super) fn metadata(view: &AttrView<'_>) -> Map<String, Json> {
    let mut metadata = Map::new();
    for source in view.rows(OBJECTS) {
        if let Some(Json::Object(members)) = view.get(source.key).map(decode::json_of) {
            for (name, value) in members {
                metadata.entry(name).or_insert(value);
            }
        }
    }
    for (key, value) in view.all() {
        let flattened = PREFIXES
            .iter()
            .filter(|(_, layers)| layers.meets(view.layers))
            .find_map(|(prefix, _)| key.strip_prefix(prefix));
        if let Some(name) = flattened
            && !name.is_empty()
        {
            metadata.entry(name).or_insert_with(|| decode::json_of(value));
        }
    }
    for (name, source) in PROJECTS {
        if let Some(text) = view.first_string(source) {
            metadata.entry(*name).or_insert(Json::String(text));
        }
    }
    metadata
}

static OBJECTS: &Table = &Table::of(&[
    Source::any("langfuse.observation.metadata"),
    Source::any("langfuse.trace.metadata"),
    Source::any("langsmith.metadata"),
    Source::any("braintrust.metadata"),
    Source::only(Layers::OI, "metadata"),
    Source::only(Layers::AO, "agentos.metadata"),
    Source::only(Layers::AO, "agentos.data.metadata"),
    Source::only(Layers::OA, "openai_agents.metadata"),
]);

const PREFIXES: &[(&str, Layers)] = &[
    ("langfuse.observation.metadata.", Layers::ANY),
    ("langfuse.trace.metadata.", Layers::ANY),
    ("ai.telemetry.metadata.", Layers::ANY),
    ("ai.settings.context.", Layers::ANY),
    ("mastra.metadata.", Layers::MA),
    ("traceloop.association.properties.", Layers::ANY),
    ("lmnr.association.properties.metadata.", Layers::ANY),
    ("langsmith.metadata.", Layers::ANY),
    ("braintrust.metadata.", Layers::ANY),
    ("mlflow.trace.metadata.", Layers::ANY),
    ("litellm.metadata.", Layers::ANY),
    ("agentos.metadata.", Layers::AO),
    ("openai_agents.metadata.", Layers::OA),
    ("metadata.", Layers::LL),
];

/// LangSmith's "session" is its project.
static PROJECTS: &[(&str, &Table)] = &[(
    "project",
    &Table::of(&[
        Source::any("langsmith.trace.session_name"),
        Source::any("langsmith.trace.session_id"),
    ]),
)];

/// What a span carried, without its prefix, beyond what has a field of its own: of AgentOS
/// and of OpenAI's Agents SDK, whose spans are objects of free fields.
pub(super) fn details(view: &AttrView<'_>) -> Map<String, Json> {
    let mut details = Map::new();
    for (key, value) in view.all() {
        let found = DETAILS
            .iter()
            .filter(|(_, layers, _)| layers.meets(view.layers))
            .find_map(|(prefix, _, shown)| Some((key.strip_prefix(prefix)?, shown)));
        if let Some((name, shown)) = found
            && !shown.contains(&name)
            && !name.starts_with("metadata.")
            && !name.ends_with("_tokens")
        {
            details.insert(name.to_owned(), decode::json_of(value));
        }
    }
    details
}

/// Prefix, convention, and the members that are shown elsewhere. Longer prefixes first.
const DETAILS: &[(&str, Layers, &[&str])] = &[
    ("agentos.data.", Layers::AO, SHOWN),
    ("agentos.end.", Layers::AO, SHOWN),
    ("openai_agents.data.", Layers::OA, &["sdk_span_type"]),
    ("openai_agents.extra.", Layers::OA, &[]),
    ("openai_agents.", Layers::OA, OPENAI_SHOWN),
];

/// Members of OpenAI's spans that facts, messages and parameters show already.
const OPENAI_SHOWN: &[&str] = &[
    "span.type",
    "metadata",
    "input",
    "output",
    "response",
    "instructions",
    "model",
    "model_config",
    "usage",
    "response_id",
    "workflow_name",
    "group_id",
];

/// Members that the tool, the search, the messages or the facts show already.
const SHOWN: &[&str] = &[
    "arguments",
    "args",
    "input",
    "messages",
    "prompt",
    "output",
    "response",
    "content",
    "result",
    "documents",
    "query",
    "model",
    "provider",
    "tools",
    "metadata",
    "tool_name",
    "tool_call_id",
    "call_id",
    "finish_reason",
    "parameters",
    "temperature",
    "top_p",
    "stop",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "reasoning_effort",
    "tool_choice",
    "stream",
    "service_tier",
    "max_tokens",
    "cost",
    "cost_usd",
    "input_cost",
    "output_cost",
    "tool_calls",
    "reasoning",
    "response_id",
    "system",
    "system_prompt",
];
