//! What a span is: the closed category, the sender's own word, the operation
//! (span-conventions 3.1, 3.1a, 3.1b).

use crate::attributes::{AttrView, Key, Read, Source, key};
use crate::convention::Layers;
use crate::span::Category;

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

use Category::{
    Agent, Chain, Embedding, Evaluator, Guardrail, Llm, Memory, Other, Reranker, Retrieval, Tool,
    Workflow,
};
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
    if is_unmarked_embedding(view, &found, name) {
        found.category = Embedding;
    }
    if is_handoff(view, &found, scope, name) {
        found.category = Chain;
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
        return in_words(LIVEKIT_NAMES, name, Next);
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
    if Layers::LL.meets(layers) && name == "litellm_request" {
        return Is(Llm);
    }
    Next
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
        || view
            .str(const { key("hidden_params") })
            .is_some_and(|parameters| parameters.contains("\"cache_hit\": true"))
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
    (Source::any("gen_ai.operation.name"), OPERATION_WORDS, NextButNoModel),
    (Source::any("ai.operationId"), VERCEL_WORDS, Next),
    (Source::only(Layers::V4, "operation.name"), VERCEL_WORDS, Next),
    (Source::only(Layers::CC, "span.type"), CLAUDE_WORDS, Is(Other)),
    (Source::only(Layers::VA, "span.type"), GENERAL_WORDS, Next),
    (Source::only(Layers::VA, "entity.type"), GENERAL_WORDS, Next),
    (Source::any("mcp.method.name"), MCP_WORDS, Is(Other)),
    (Source::any("traceloop.span.kind"), GENERAL_WORDS, Next),
    (Source::any("llm.request.type"), REQUEST_WORDS, Next),
    (Source::any("genkit:metadata:subtype"), GENKIT_WORDS, Is(Chain)),
];

static MASTRA: Source = Source::any("mastra.span.type");

static TOOL_KEYS: &[Key] = &[
    key("gen_ai.tool.call.id"),
    key("gen_ai.tool.call.arguments"),
    key("gen_ai.tool.call.result"),
    key("gen_ai.tool.name"),
    key("flue.tool.name"),
];

static EMBEDDING_MODELS: &[Source] = &[Source::any("embedding.model_name")];

static MODELS: &[Source] = &[
    Source::any("gen_ai.request.model"),
    Source::any("gen_ai.response.model"),
    Source::any("llm.model_name"),
    Source::any("ai.model.id"),
    Source::any("aisdk.model.id"),
    Source::only(Layers::CC.or(Layers::LL).or(Layers::VA), "model"),
];

/// The sender's own word: the vendor's first, then the operation.
static KINDS: &[Source] = &[
    Source::only(Layers::AO, "agentos.kind"),
    Source::any("langfuse.observation.type"),
    Source::any("openinference.span.kind"),
    Source::any("lmnr.span.type"),
    Source::any("mlflow.spanType").read(Read::Quoted),
    Source::any("langsmith.span.kind"),
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
];

static OPERATIONS: &[Source] = &[
    Source::any("gen_ai.operation.name"),
    Source::any("ai.operationId"),
    Source::only(Layers::V4, "operation.name"),
    Source::any("voltagent.operation_id"),
    Source::any("mcp.method.name"),
    Source::any("llm.request.type"),
    Source::any("genkit:metadata:subtype"),
];

/// AgentOS kinds (ruling 11). A delegation is a member's turn; hooks are neither a check
/// nor a step of the model's, so they show neutrally.
static AGENTOS_WORDS: Words = &[
    ("run", Is(Agent)),
    ("agent", Is(Agent)),
    ("team", Is(Agent)),
    ("delegation", Is(Agent)),
    ("step", Is(Chain)),
    ("chain", Is(Chain)),
    ("workflow", Is(Workflow)),
    ("llm", Is(Llm)),
    ("model", Is(Llm)),
    ("tool", Is(Tool)),
    ("retrieval", Is(Retrieval)),
    ("retriever", Is(Retrieval)),
    ("reranker", Is(Reranker)),
    ("embedding", Is(Embedding)),
    ("memory", Is(Memory)),
    ("guardrail", Is(Guardrail)),
    ("evaluator", Is(Evaluator)),
    ("hook", Is(Other)),
    ("pre_hook", Is(Other)),
    ("post_hook", Is(Other)),
];

static LANGFUSE_WORDS: Words = &[
    ("span", Next),
    ("event", Is(Other)),
    ("generation", Is(Llm)),
    ("embedding", Is(Embedding)),
    ("agent", Is(Agent)),
    ("tool", Is(Tool)),
    ("chain", Is(Chain)),
    ("retriever", Is(Retrieval)),
    ("guardrail", Is(Guardrail)),
    ("evaluator", Is(Evaluator)),
];

static OPENINFERENCE_WORDS: Words = &[
    ("LLM", Is(Llm)),
    ("TOOL", Is(Tool)),
    ("AGENT", Is(Agent)),
    ("CHAIN", Is(Chain)),
    ("RETRIEVER", Is(Retrieval)),
    ("EMBEDDING", Is(Embedding)),
    ("RERANKER", Is(Reranker)),
    ("GUARDRAIL", Is(Guardrail)),
    ("EVALUATOR", Is(Evaluator)),
    ("PROMPT", Is(Other)),
    ("DECISION", Decision),
];

static LAMINAR_WORDS: Words = &[
    ("LLM", Is(Llm)),
    ("TOOL", Is(Tool)),
    ("DEFAULT", Next),
    ("CACHED", Next),
    ("PIPELINE", Is(Chain)),
    ("EXECUTOR", Is(Agent)),
    ("EVALUATOR", Is(Evaluator)),
    ("HUMAN_EVALUATOR", Is(Evaluator)),
    ("EVALUATION", Is(Evaluator)),
];

static MLFLOW_WORDS: Words = &[
    ("LLM", Is(Llm)),
    ("CHAT_MODEL", Is(Llm)),
    ("CHAIN", Is(Chain)),
    ("AGENT", Is(Agent)),
    ("TOOL", Is(Tool)),
    ("RETRIEVER", Is(Retrieval)),
    ("PARSER", Is(Chain)),
    ("EMBEDDING", Is(Embedding)),
    ("RERANKER", Is(Reranker)),
    ("MEMORY", Is(Memory)),
    ("WORKFLOW", Is(Workflow)),
    ("TASK", Is(Chain)),
    ("GUARDRAIL", Is(Guardrail)),
    ("EVALUATOR", Is(Evaluator)),
];

/// Goes before the operation: LangSmith writes `embeddings` for retrievers and `chat` for
/// prompts.
static LANGSMITH_WORDS: Words = &[
    ("llm", Is(Llm)),
    ("tool", Is(Tool)),
    ("retriever", Is(Retrieval)),
    ("embedding", Is(Embedding)),
    ("prompt", Is(Other)),
    ("parser", Is(Chain)),
    ("chain", Is(Chain)),
];

static OPERATION_WORDS: Words = &[
    ("chat", Is(Llm)),
    ("execute_tool", Is(Tool)),
    ("invoke_agent", Is(Agent)),
    ("text_completion", Is(Llm)),
    ("generate_content", Is(Llm)),
    ("completion", Is(Llm)),
    ("generate", Is(Llm)),
    ("response", Is(Llm)),
    ("responses", Is(Llm)),
    ("llm_request", Is(Llm)),
    ("llm_call", Is(Llm)),
    ("embeddings", Is(Embedding)),
    ("embedding", Is(Embedding)),
    ("retrieval", Is(Retrieval)),
    ("vector_db_retrieve", Is(Retrieval)),
    ("create_agent", Is(Agent)),
    ("agent_call", Is(Agent)),
    ("invoke_swarm", Is(Agent)),
    ("invoke_graph", Is(Agent)),
    ("invoke_workflow", Is(Workflow)),
    ("tool_call", Is(Tool)),
    ("plan", Is(Chain)),
    ("create_memory_store", Is(Memory)),
    ("delete_memory_store", Is(Memory)),
    ("create_memory", Is(Memory)),
    ("update_memory", Is(Memory)),
    ("upsert_memory", Is(Memory)),
    ("delete_memory", Is(Memory)),
    ("search_memory", Is(Memory)),
    ("fetch_response", Fetch),
    ("apply_guardrail", Is(Guardrail)),
    ("agent_step", Is(Chain)),
    ("rerank", Is(Reranker)),
    ("decide", Decision),
    ("execute_task", Is(Chain)),
    ("execute_event_loop_cycle", Is(Chain)),
    ("compact_events", Is(Other)),
    ("user_prompt", Is(Other)),
    ("system_prompt", Is(Other)),
    ("schedule_tool_calls", Is(Other)),
    ("ai.generateSpeech", Next),
    ("ai.transcribe", Next),
    ("ai.streamTranscribe", Next),
];

static VERCEL_WORDS: Words = &[
    ("ai.generateText", Is(Agent)),
    ("ai.generateText.doGenerate", Is(Llm)),
    ("ai.streamText", Is(Agent)),
    ("ai.streamText.doStream", Is(Llm)),
    ("ai.generateObject", Is(Agent)),
    ("ai.generateObject.doGenerate", Is(Llm)),
    ("ai.streamObject", Is(Agent)),
    ("ai.streamObject.doStream", Is(Llm)),
    ("ai.workflowAgent.stream", Is(Agent)),
    ("ai.workflowAgent.doStream", Is(Llm)),
    ("ai.embed", Is(Chain)),
    ("ai.embedMany", Is(Chain)),
    ("ai.embed.doEmbed", Is(Embedding)),
    ("ai.embedMany.doEmbed", Is(Embedding)),
    ("ai.rerank", Is(Chain)),
    ("ai.rerank.doRerank", Is(Reranker)),
    ("ai.toolCall", Is(Tool)),
];

/// Sub-spans of a tool (`tool.execution`, `tool.blocked_on_user`) are never a second call.
static CLAUDE_WORDS: Words = &[
    ("interaction", Is(Agent)),
    ("claude_code.interaction", Is(Agent)),
    ("llm_request", Is(Llm)),
    ("claude_code.llm_request", Is(Llm)),
    ("tool", Is(Tool)),
    ("claude_code.tool", Is(Tool)),
    ("tool.execution", Is(Other)),
    ("tool.blocked_on_user", Is(Other)),
    ("hook", Is(Other)),
    ("claude_code.hook", Is(Other)),
];

static MCP_WORDS: Words = &[("tools/call", Is(Tool)), ("prompts/get", Is(Other))];

static REQUEST_WORDS: Words = &[
    ("chat", Is(Llm)),
    ("completion", Is(Llm)),
    ("embedding", Is(Embedding)),
    ("rerank", Is(Reranker)),
];

static GENKIT_WORDS: Words = &[
    ("model", Is(Llm)),
    ("background-model", Is(Llm)),
    ("embedder", Is(Embedding)),
    ("tool", Is(Tool)),
    ("tool.v2", Is(Tool)),
    ("retriever", Is(Retrieval)),
    ("reranker", Is(Reranker)),
    ("evaluator", Is(Evaluator)),
    ("flow", Is(Chain)),
    ("action", Is(Chain)),
    ("util", Is(Chain)),
    ("prompt", Is(Chain)),
    ("indexer", Is(Chain)),
];

static GENERAL_WORDS: Words = &[
    ("agent", Is(Agent)),
    ("subagent", Is(Agent)),
    ("workflow", Is(Workflow)),
    ("task", Is(Chain)),
    ("step", Is(Chain)),
    ("chain", Is(Chain)),
    ("tool", Is(Tool)),
    ("llm", Is(Llm)),
    ("model", Is(Llm)),
    ("embedding", Is(Embedding)),
    ("retriever", Is(Retrieval)),
    ("retrieval", Is(Retrieval)),
    ("memory", Is(Memory)),
    ("guardrail", Is(Guardrail)),
    ("evaluator", Is(Evaluator)),
    ("eval", Is(Evaluator)),
];

static LIVEKIT_NAMES: Words = &[
    ("agent_turn", Is(Agent)),
    ("start_agent_activity", Is(Agent)),
    ("function_tool", Is(Tool)),
    ("llm_request", Is(Llm)),
    ("tts_request", Is(Other)),
    ("stt", Is(Other)),
    ("vad", Is(Other)),
];

static ADK_NAMES: Words = &[("call_llm", Is(Llm)), ("invocation", Is(Workflow))];

static AGENT_FRAMEWORK_NAMES: Words = &[
    ("workflow.run", Is(Workflow)),
    ("executor.process", Is(Chain)),
    ("edge_group.process", Is(Chain)),
    ("message.send", Is(Other)),
];
