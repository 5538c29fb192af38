//! What a span is: the closed category, the sender's own word, the operation
//! (span-conventions 3.1, 3.1a, 3.1b).

use crate::attributes::{AttrView, Key, Read, Source, Table, key};
use crate::convention::Layers;
use crate::span::Category;

mod frameworks;
mod words;

use words::*;

/// What the tables say of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It is this.
    Is(Category),
    /// It is a decision: shown as other, but its usage is a call's own.
    Decision,
    /// It fetches an answer made before: its tokens never count.
    Fetch,
    /// Ask the next rule.
    Next,
    /// Ask the next rule, but do not take the span for a model call merely because it
    /// names a model.
    NextButNoModel,
}

use Category::{Agent, Chain, Embedding, Llm, Other, Retrieval, Tool, Workflow};
use Verdict::{Decision, Fetch, Is, Next, NextButNoModel};

type Words = &'static [(&'static str, Verdict)];

/// What a span is found to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Classified {
    /// Closed set.
    pub(crate) category: Category,
    /// The sender's own word.
    pub(crate) kind: Option<String>,
    /// The operation as sent.
    pub(crate) operation: Option<String>,
    /// A decision owns its usage though it shows as other.
    pub(crate) decision: bool,
    /// Tokens of the span never count.
    pub(crate) never_counts: bool,
    /// Answered from a cache of the application.
    pub(crate) cached: bool,
}

/// Classifies a span by its attributes, scope and name.
pub(crate) fn classify(view: &AttrView<'_>, scope: &str, name: &str) -> Classified {
    let verdict = by_rules(view, scope, name);
    let (category, decision, never_counts) = match verdict {
        Is(category) => (category, false, false),
        Decision => (Other, true, false),
        Fetch => (Other, false, true),
        Next | NextButNoModel => (Other, false, false),
    };
    let mut found = Classified {
        category,
        kind: view.first_string(KINDS),
        operation: view.first_string(OPERATIONS),
        decision,
        never_counts,
        cached: is_cached(view),
    };
    if is_langchain_agent(view, &found, name) {
        found.category = Agent;
    }
    if is_unmarked_embedding(view, &found, name) {
        found.category = Embedding;
    }
    if is_handoff(view, &found, scope, name) {
        found.category = Chain;
    }
    if let Some(better) = frameworks::restated(view, found.category, scope, name) {
        found.category = better;
    }
    found
}

fn by_rules(view: &AttrView<'_>, scope: &str, name: &str) -> Verdict {
    let mut model_tells = true;
    for (source, words, unknown) in RULES {
        if !source.layers.meets(view.layers) {
            continue;
        }
        let Some(value) = view.get(source.key) else { continue };
        let Some(text) = source.read.text(value) else { continue };
        match in_words(words, first_token(&text), *unknown) {
            Next => {}
            NextButNoModel => model_tells = false,
            found => return found,
        }
    }
    if MASTRA.layers.meets(view.layers)
        && let Some(kind) = view.str(MASTRA.key)
        && let Some(category) = by_part(kind)
    {
        return Is(category);
    }
    if TOOL_KEYS.iter().any(|key| view.get(*key).is_some()) {
        return Is(Tool);
    }
    let found = by_name(view.layers, scope, name);
    if found != Next {
        return found;
    }
    if view.get(const { key("db.system") }).is_some()
        && view.get(const { key("db.vector.query.top_k") }).is_some()
    {
        return Is(Retrieval);
    }
    if Layers::LG.meets(view.layers)
        && view.get(const { key("request_data") }).is_some()
        && view.get(const { key("response_data") }).is_some()
    {
        return Is(Llm);
    }
    if model_tells && view.first(EMBEDDING_MODELS).is_some() {
        return Is(Embedding);
    }
    if model_tells && view.first(MODELS).is_some() {
        return Is(Llm);
    }
    Next
}

/// Vercel's `operation.name` is the operation id, a space and the function id.
fn first_token(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

fn in_words(words: Words, text: &str, unknown: Verdict) -> Verdict {
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map_or(unknown, |(_, verdict)| *verdict)
}

/// Mastra's kinds are made of several words; the list of them is not published.
fn by_part(kind: &str) -> Option<Category> {
    [("agent", Agent), ("llm", Llm), ("model", Llm), ("tool", Tool), ("workflow", Workflow)]
        .into_iter()
        .find(|(part, _)| kind.contains(part))
        .map(|(_, category)| category)
}

fn by_name(layers: Layers, scope: &str, name: &str) -> Verdict {
    if layers.meets(Layers::LK) || scope == "livekit-agents" {
        // Speech steps name the model that they use: it makes them no model calls.
        return in_words(LIVEKIT_NAMES, name, Is(Other));
    }
    if Layers::ADK.meets(layers) {
        return in_words(ADK_NAMES, name, Next);
    }
    if Layers::MAF.meets(layers) {
        return in_words(AGENT_FRAMEWORK_NAMES, name, Next);
    }
    if Layers::CA.meets(layers) && name.starts_with("anthropic.") {
        return if name.contains("messages") || name.contains("completions") {
            Is(Llm)
        } else {
            Next
        };
    }
    if Layers::CC.meets(layers) {
        return in_words(CLAUDE_WORDS, name.strip_prefix("claude_code.").unwrap_or(name), Next);
    }
    if layers.meets(Layers::LL) && name == "litellm_request" {
        return Is(Llm);
    }
    if layers.meets(Layers::SK) && name == "AutoFunctionInvocationLoop" {
        return Is(Chain);
    }
    Next
}

/// LangChain writes the name of the agent on every run below it; the run that is called so
/// is the agent itself.
fn is_langchain_agent(view: &AttrView<'_>, found: &Classified, name: &str) -> bool {
    found.category == Chain
        && !name.is_empty()
        && view.str(const { key("langsmith.metadata.lc_agent_name") }) == Some(name)
}

/// Laminar marks embedding calls as LLM; the model or the span's name tells them apart
/// where there is no output.
fn is_unmarked_embedding(view: &AttrView<'_>, found: &Classified, name: &str) -> bool {
    found.category == Llm
        && Layers::LM.meets(view.layers)
        && view.get(const { key("gen_ai.output.messages") }).is_none()
        && view.families.traceloop_output.text.is_none()
        && (name.contains("embedding")
            || view
                .str(const { key("gen_ai.request.model") })
                .is_some_and(|model| model.contains("embedding")))
}

/// OpenInference maps the handoffs of the OpenAI Agents SDK to tools; a handoff is never
/// a tool call.
fn is_handoff(view: &AttrView<'_>, found: &Classified, scope: &str, name: &str) -> bool {
    found.category == Tool
        && Layers::OI.meets(view.layers)
        && view.get(const { key("tool.name") }).is_none()
        && view.get(const { key("tool.parameters") }).is_none()
        && (scope.ends_with("openai_agents") || name.starts_with("handoff"))
}

fn is_cached(view: &AttrView<'_>) -> bool {
    view.str(const { key("lmnr.span.type") }).is_some_and(|kind| kind == "CACHED")
        || view.flag(const { key("litellm.cache_hit") }) == Some(true)
        || view.str(const { key("hidden_params") }).is_some_and(|parameters| {
            ["\"cache_hit\": true", "\"cache_hit\":true", "'cache_hit': True"]
                .iter()
                .any(|hit| parameters.contains(hit))
        })
}

/// The rules, in order; the first that knows its word decides. The last column holds for
/// words that are not in the table.
static RULES: &[(Source, Words, Verdict)] = &[
    (Source::only(Layers::AO, "agentos.kind"), AGENTOS_WORDS, Next),
    (Source::any("langfuse.observation.type"), LANGFUSE_WORDS, Next),
    (Source::any("openinference.span.kind"), OPENINFERENCE_WORDS, Next),
    (Source::any("lmnr.span.type"), LAMINAR_WORDS, Next),
    (Source::any("lmnr.span.original_type"), LAMINAR_WORDS, Next),
    (Source::any("mlflow.spanType").read(Read::Quoted), MLFLOW_WORDS, Next),
    (Source::any("langsmith.span.kind"), LANGSMITH_WORDS, Next),
    (
        Source::any("braintrust.span_attributes").read(Read::Member(&["type"])),
        BRAINTRUST_WORDS,
        Next,
    ),
    (Source::only(Layers::OA, "openai_agents.data.sdk_span_type"), OPENAI_AGENTS_WORDS, Next),
    (Source::only(Layers::OA, "openai_agents.span.type"), OPENAI_AGENTS_WORDS, Is(Other)),
    (Source::any("gen_ai.operation.name"), OPERATION_WORDS, NextButNoModel),
    (Source::any("mastra.span.type"), MASTRA_WORDS, Next),
    (Source::any("ai.operationId"), VERCEL_WORDS, Next),
    (Source::only(Layers::V4, "operation.name"), VERCEL_WORDS, Next),
    (Source::only(Layers::CC, "span.type"), CLAUDE_WORDS, Is(Other)),
    (Source::only(Layers::VA, "span.type"), GENERAL_WORDS, Next),
    (Source::only(Layers::VA, "entity.type"), GENERAL_WORDS, Next),
    (Source::any("mcp.method.name"), MCP_WORDS, Is(Other)),
    (Source::any("traceloop.span.kind"), GENERAL_WORDS, Next),
    (Source::any("llm.request.type"), REQUEST_WORDS, Next),
    (Source::any("genkit:metadata:subtype"), GENKIT_WORDS, Is(Chain)),
    (Source::any("genkit:type"), GENKIT_WORDS, Next),
];

static MASTRA: Source = Source::any("mastra.span.type");

static TOOL_KEYS: &[Key] = &[
    key("gen_ai.tool.call.id"),
    key("gen_ai.tool.call.arguments"),
    key("gen_ai.tool.call.result"),
    key("gen_ai.tool.name"),
    key("flue.tool.name"),
];

static EMBEDDING_MODELS: &Table = &Table::of(&[Source::any("embedding.model_name")]);

static MODELS: &Table = &Table::of(&[
    Source::any("gen_ai.request.model"),
    Source::any("gen_ai.response.model"),
    Source::any("llm.model_name"),
    Source::any("ai.model.id"),
    Source::any("aisdk.model.id"),
    Source::only(Layers::CC.or(Layers::LL).or(Layers::VA), "model"),
]);

/// The sender's own word: the vendor's first, then the operation.
static KINDS: &Table = &Table::of(&[
    Source::only(Layers::AO, "agentos.kind"),
    Source::any("langfuse.observation.type"),
    Source::any("openinference.span.kind"),
    Source::any("lmnr.span.type"),
    Source::any("mlflow.spanType").read(Read::Quoted),
    Source::any("langsmith.span.kind"),
    Source::any("braintrust.span_attributes").read(Read::Member(&["type"])),
    Source::only(Layers::OA, "openai_agents.data.sdk_span_type"),
    Source::only(Layers::OA, "openai_agents.span.type"),
    Source::only(Layers::CC.or(Layers::VA), "span.type"),
    Source::any("traceloop.span.kind"),
    Source::any("gen_ai.operation.name"),
    Source::any("ai.operationId"),
    Source::only(Layers::V4, "operation.name"),
    Source::any("mcp.method.name"),
    Source::any("llm.request.type"),
    Source::any("genkit:metadata:subtype"),
    Source::any("genkit:type"),
    Source::any("mastra.span.type"),
    Source::only(Layers::VA, "entity.type"),
]);

static OPERATIONS: &Table = &Table::of(&[
    Source::any("gen_ai.operation.name"),
    Source::any("ai.operationId"),
    Source::only(Layers::V4, "operation.name"),
    Source::any("voltagent.operation_id"),
    Source::any("mcp.method.name"),
    Source::any("llm.request.type"),
    Source::any("genkit:metadata:subtype"),
]);
