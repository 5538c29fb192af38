//! Every attribute key that the tables name, each with a slot.
//!
//! Keys are resolved to slots when the crate is compiled: a key that a table names and
//! that is missing here does not compile. At run time a key is found by hash, since it
//! happens for every attribute of every span.

use std::sync::LazyLock;

use crate::convention::{self, Layers};

/// Keys that have a slot.
pub(crate) const KEY_COUNT: usize = 634;

/// A known key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(u16);

impl Key {
    /// Its slot.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// As senders write it.
    pub(crate) fn name(self) -> &'static str {
        KEYS[self.index()]
    }

    /// The conventions that its presence shows.
    pub(super) fn layers(self) -> Layers {
        INDEX.layers[self.index()]
    }
}

/// A set of known keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeySet([u64; KEY_COUNT.div_ceil(64)]);

impl KeySet {
    /// No key.
    pub(crate) const EMPTY: KeySet = KeySet([0; KEY_COUNT.div_ceil(64)]);

    /// Adds a key.
    pub(crate) const fn insert(&mut self, key: Key) {
        self.0[key.index() / 64] |= 1 << (key.index() % 64);
    }

    /// Whether the sets share a key.
    pub(crate) fn meets(&self, other: &KeySet) -> bool {
        // Without an early end, so that it compiles to a few wide instructions.
        self.0.iter().zip(&other.0).fold(0, |met, (mine, theirs)| met | (mine & theirs)) != 0
    }
}

/// The slot of a key, for use in constants.
///
/// # Panics
///
/// At compile time with the key, where it is not in the list.
#[allow(clippy::panic, reason = "evaluated by the compiler only")]
pub(crate) const fn key(name: &str) -> Key {
    let (mut low, mut high) = (0, KEYS.len());
    while low < high {
        let middle = (low + high) / 2;
        match compare(KEYS[middle].as_bytes(), name.as_bytes()) {
            0 => return Key(middle as u16),
            less if less < 0 => low = middle + 1,
            _ => high = middle,
        }
    }
    panic!("{}", name)
}

const fn compare(left: &[u8], right: &[u8]) -> i32 {
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return left[at] as i32 - right[at] as i32;
        }
        at += 1;
    }
    left.len() as i32 - right.len() as i32
}

/// The known key with this name.
pub(super) fn find(name: &str) -> Option<Key> {
    let mut place = hash(name.as_bytes());
    loop {
        match INDEX.places[place] {
            0 => return None,
            slot if KEYS[usize::from(slot) - 1] == name => return Some(Key(slot - 1)),
            _ => place = (place + 1) % PLACES,
        }
    }
}

/// Places of the hash table: a power of two, at least three times the keys.
const PLACES: usize = 2048;

struct Index {
    /// Slot plus one; 0 is free.
    places: [u16; PLACES],
    layers: [Layers; KEY_COUNT],
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { places: [0; PLACES], layers: [Layers::NONE; KEY_COUNT] };
    for (slot, name) in KEYS.iter().enumerate() {
        let mut place = hash(name.as_bytes());
        while index.places[place] != 0 {
            place = (place + 1) % PLACES;
        }
        index.places[place] = slot as u16 + 1;
        index.layers[slot] = convention::of_key(name);
    }
    index
});

/// Mixes length, beginning, middle and end: keys share their beginnings.
fn hash(name: &[u8]) -> usize {
    let word = |at: usize| {
        let chunk = name.get(at..).and_then(|rest| rest.first_chunk::<8>());
        chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk))
    };
    let end = match name.last_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let mixed = end.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ word(name.len() / 2).wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
        ^ word(name.len() / 4).wrapping_mul(0x1656_67B1_9E37_79F9)
        ^ (name.len() as u64).wrapping_mul(0x27D4_EB2F_1656_67C5);
    (mixed >> (64 - 11)) as usize
}

/// Sorted.
const KEYS: &[&str; KEY_COUNT] = &[
    "agent.messages",
    "agent.name",
    "agent_id",
    "agent_key",
    "agent_name",
    "agent_role",
    "agentos.agent_id",
    "agentos.agent_name",
    "agentos.data.agent_name",
    "agentos.data.args",
    "agentos.data.arguments",
    "agentos.data.call_id",
    "agentos.data.description",
    "agentos.data.frequency_penalty",
    "agentos.data.input",
    "agentos.data.k",
    "agentos.data.max_tokens",
    "agentos.data.member",
    "agentos.data.messages",
    "agentos.data.metadata",
    "agentos.data.model",
    "agentos.data.name",
    "agentos.data.parameters",
    "agentos.data.presence_penalty",
    "agentos.data.prompt",
    "agentos.data.provider",
    "agentos.data.query",
    "agentos.data.reasoning_effort",
    "agentos.data.seed",
    "agentos.data.service_tier",
    "agentos.data.stop",
    "agentos.data.store",
    "agentos.data.stream",
    "agentos.data.system",
    "agentos.data.system_prompt",
    "agentos.data.task",
    "agentos.data.temperature",
    "agentos.data.tool_call_id",
    "agentos.data.tool_choice",
    "agentos.data.tool_name",
    "agentos.data.tools",
    "agentos.data.top_k",
    "agentos.data.top_p",
    "agentos.data.type",
    "agentos.end.cache_creation_input_tokens",
    "agentos.end.cache_creation_tokens",
    "agentos.end.cache_read_input_tokens",
    "agentos.end.cache_read_tokens",
    "agentos.end.cache_write_input_tokens",
    "agentos.end.cache_write_tokens",
    "agentos.end.cached_input_tokens",
    "agentos.end.cached_tokens",
    "agentos.end.completion_tokens",
    "agentos.end.content",
    "agentos.end.cost",
    "agentos.end.cost_usd",
    "agentos.end.documents",
    "agentos.end.finish_reason",
    "agentos.end.input_cost",
    "agentos.end.input_tokens",
    "agentos.end.model",
    "agentos.end.modified_input",
    "agentos.end.modified_output",
    "agentos.end.output",
    "agentos.end.output_cost",
    "agentos.end.output_tokens",
    "agentos.end.prompt_tokens",
    "agentos.end.provider",
    "agentos.end.reasoning",
    "agentos.end.reasoning_tokens",
    "agentos.end.response",
    "agentos.end.response_id",
    "agentos.end.result",
    "agentos.end.time_to_first_token",
    "agentos.end.tool_calls",
    "agentos.end.total_tokens",
    "agentos.end.ttft_ms",
    "agentos.environment",
    "agentos.error",
    "agentos.error.type",
    "agentos.input",
    "agentos.kind",
    "agentos.metadata",
    "agentos.output",
    "agentos.release",
    "agentos.run_name",
    "agentos.session_id",
    "agentos.tags",
    "agentos.user_id",
    "agno.agent.id",
    "agno.tools",
    "ai.model.id",
    "ai.model.provider",
    "ai.operationId",
    "ai.prompt",
    "ai.prompt.messages",
    "ai.prompt.toolChoice",
    "ai.prompt.tools",
    "ai.ranking",
    "ai.response.finishReason",
    "ai.response.id",
    "ai.response.model",
    "ai.response.msToFirstChunk",
    "ai.response.object",
    "ai.response.providerMetadata",
    "ai.response.reasoning",
    "ai.response.text",
    "ai.response.toolCalls",
    "ai.result.object",
    "ai.result.text",
    "ai.result.toolCalls",
    "ai.settings.context.sessionId",
    "ai.settings.context.session_id",
    "ai.settings.context.userId",
    "ai.settings.context.user_id",
    "ai.settings.frequencyPenalty",
    "ai.settings.maxOutputTokens",
    "ai.settings.maxRetries",
    "ai.settings.maxSteps",
    "ai.settings.maxTokens",
    "ai.settings.mode",
    "ai.settings.output",
    "ai.settings.presencePenalty",
    "ai.settings.seed",
    "ai.settings.stopSequences",
    "ai.settings.temperature",
    "ai.settings.topK",
    "ai.settings.topP",
    "ai.stream.msToFirstChunk",
    "ai.telemetry.functionId",
    "ai.telemetry.metadata.sessionId",
    "ai.telemetry.metadata.session_id",
    "ai.telemetry.metadata.tags",
    "ai.telemetry.metadata.userId",
    "ai.telemetry.metadata.user_id",
    "ai.toolCall.args",
    "ai.toolCall.id",
    "ai.toolCall.name",
    "ai.toolCall.result",
    "ai.usage.cachedInputTokens",
    "ai.usage.completionTokens",
    "ai.usage.inputTokenDetails.cacheReadTokens",
    "ai.usage.inputTokenDetails.cacheWriteTokens",
    "ai.usage.inputTokens",
    "ai.usage.outputTokenDetails.reasoningTokens",
    "ai.usage.outputTokens",
    "ai.usage.promptTokens",
    "ai.usage.reasoningTokens",
    "ai.usage.tokens",
    "ai.usage.totalTokens",
    "ai.value",
    "ai.values",
    "aisdk.model.id",
    "aisdk.model.provider",
    "all_messages_events",
    "anthropic.request.service_tier",
    "aws.bedrock.knowledge_base.id",
    "braintrust.error",
    "braintrust.input",
    "braintrust.input_json",
    "braintrust.metadata",
    "braintrust.metadata.session_id",
    "braintrust.metadata.user_id",
    "braintrust.metrics",
    "braintrust.output",
    "braintrust.output_json",
    "braintrust.parent",
    "braintrust.scores",
    "braintrust.span_attributes",
    "braintrust.tags",
    "cache_creation_tokens",
    "cache_read_tokens",
    "cost_usd",
    "crew_id",
    "db.collection.name",
    "db.system",
    "db.vector.query.top_k",
    "decision.provider",
    "decision.request.model_name",
    "decision.token_count.input",
    "decision.token_count.output",
    "deployment.environment",
    "deployment.environment.name",
    "embedding.invocation_parameters",
    "embedding.model_name",
    "enduser.id",
    "entity.type",
    "error",
    "error.message",
    "error.type",
    "events",
    "file_path",
    "final_result",
    "flue.tool.arguments",
    "flue.tool.call_id",
    "flue.tool.name",
    "flue.tool.result",
    "flue.turn.input",
    "flue.turn.output",
    "full_command",
    "gcp.vertex.agent.llm_request",
    "gcp.vertex.agent.llm_response",
    "gcp.vertex.agent.session_id",
    "gcp.vertex.agent.tool_call_args",
    "gcp.vertex.agent.tool_response",
    "gen_ai.agent.id",
    "gen_ai.agent.name",
    "gen_ai.agent.tools",
    "gen_ai.aggregated_usage.cache_creation.input_tokens",
    "gen_ai.aggregated_usage.cache_read.input_tokens",
    "gen_ai.aggregated_usage.cache_write.input_tokens",
    "gen_ai.aggregated_usage.details.cache_read_tokens",
    "gen_ai.aggregated_usage.details.cache_write_tokens",
    "gen_ai.aggregated_usage.details.reasoning_tokens",
    "gen_ai.aggregated_usage.details.thoughts_tokens",
    "gen_ai.aggregated_usage.input_tokens",
    "gen_ai.aggregated_usage.output_tokens",
    "gen_ai.aggregated_usage.reasoning.output_tokens",
    "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.completion",
    "gen_ai.completion.0.finish_reason",
    "gen_ai.conversation.id",
    "gen_ai.cost.input_cost",
    "gen_ai.cost.output_cost",
    "gen_ai.cost.total_cost",
    "gen_ai.data_source.id",
    "gen_ai.embeddings.dimension.count",
    "gen_ai.environment",
    "gen_ai.finishReason",
    "gen_ai.input.messages",
    "gen_ai.is_streaming",
    "gen_ai.memory.query.text",
    "gen_ai.memory.records",
    "gen_ai.memory.store.id",
    "gen_ai.openai.request.response_format",
    "gen_ai.openai.request.seed",
    "gen_ai.operation.name",
    "gen_ai.output.messages",
    "gen_ai.output.type",
    "gen_ai.prompt",
    "gen_ai.prompt.name",
    "gen_ai.prompt.version",
    "gen_ai.provider.name",
    "gen_ai.request.choice.count",
    "gen_ai.request.frequency_penalty",
    "gen_ai.request.max_completion_tokens",
    "gen_ai.request.max_tokens",
    "gen_ai.request.model",
    "gen_ai.request.n",
    "gen_ai.request.presence_penalty",
    "gen_ai.request.reasoning.level",
    "gen_ai.request.reasoning_effort",
    "gen_ai.request.seed",
    "gen_ai.request.service_tier",
    "gen_ai.request.stop_sequences",
    "gen_ai.request.stream",
    "gen_ai.request.temperature",
    "gen_ai.request.top_k",
    "gen_ai.request.top_p",
    "gen_ai.response.finish_reason",
    "gen_ai.response.finish_reasons",
    "gen_ai.response.id",
    "gen_ai.response.model",
    "gen_ai.response.stop_reason",
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.retrieval.documents",
    "gen_ai.retrieval.query.text",
    "gen_ai.retrieval.top_k",
    "gen_ai.server.time_to_first_token",
    "gen_ai.system",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.id",
    "gen_ai.tool.call.result",
    "gen_ai.tool.call_id",
    "gen_ai.tool.definitions",
    "gen_ai.tool.description",
    "gen_ai.tool.input",
    "gen_ai.tool.name",
    "gen_ai.tool.output",
    "gen_ai.tool.status",
    "gen_ai.tool.success",
    "gen_ai.tool.type",
    "gen_ai.usage.audio.input_tokens",
    "gen_ai.usage.audio.output_tokens",
    "gen_ai.usage.audio_input_tokens",
    "gen_ai.usage.audio_output_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens.ephemeral_1h",
    "gen_ai.usage.cache_creation.input_tokens.ephemeral_5m",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cache_read_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_write_input_tokens",
    "gen_ai.usage.cache_write_tokens",
    "gen_ai.usage.cached_input_tokens",
    "gen_ai.usage.completion_tokens",
    "gen_ai.usage.cost",
    "gen_ai.usage.details.cache_creation_input_tokens",
    "gen_ai.usage.details.cache_read_input_tokens",
    "gen_ai.usage.details.cache_read_tokens",
    "gen_ai.usage.details.cache_write_tokens",
    "gen_ai.usage.details.input_audio_tokens",
    "gen_ai.usage.details.output_audio_tokens",
    "gen_ai.usage.details.reasoning_tokens",
    "gen_ai.usage.details.thoughts_tokens",
    "gen_ai.usage.input_audio_tokens",
    "gen_ai.usage.input_cached_tokens",
    "gen_ai.usage.input_cost",
    "gen_ai.usage.input_token_details",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.input_tokens.cache_write",
    "gen_ai.usage.input_tokens.cached",
    "gen_ai.usage.output_audio_tokens",
    "gen_ai.usage.output_cost",
    "gen_ai.usage.output_token_details",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.output_tokens.reasoning",
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.total_cost",
    "gen_ai.usage.total_tokens",
    "gen_ai.user",
    "gen_ai.workflow.name",
    "generateObject.usage.inputTokens",
    "generateObject.usage.outputTokens",
    "generateText.usage.inputTokens",
    "generateText.usage.outputTokens",
    "genkit:input",
    "genkit:metadata:subtype",
    "genkit:name",
    "genkit:output",
    "genkit:type",
    "graph.node.id",
    "hidden_params",
    "http.response.status_code",
    "input",
    "input.value",
    "input_tokens",
    "langfuse.environment",
    "langfuse.internal.as_root",
    "langfuse.observation.completion_start_time",
    "langfuse.observation.cost_details",
    "langfuse.observation.input",
    "langfuse.observation.level",
    "langfuse.observation.metadata",
    "langfuse.observation.metadata.finish_reason",
    "langfuse.observation.metadata.langfuse_session_id",
    "langfuse.observation.metadata.langfuse_user_id",
    "langfuse.observation.model.name",
    "langfuse.observation.model.parameters",
    "langfuse.observation.output",
    "langfuse.observation.prompt.name",
    "langfuse.observation.prompt.version",
    "langfuse.observation.status_message",
    "langfuse.observation.type",
    "langfuse.observation.usage_details",
    "langfuse.release",
    "langfuse.session.id",
    "langfuse.trace.input",
    "langfuse.trace.metadata",
    "langfuse.trace.metadata.langfuse_session_id",
    "langfuse.trace.metadata.langfuse_user_id",
    "langfuse.trace.name",
    "langfuse.trace.output",
    "langfuse.trace.tags",
    "langfuse.user.id",
    "langfuse.version",
    "langsmith.invocation_params",
    "langsmith.metadata",
    "langsmith.metadata.conversation_id",
    "langsmith.metadata.environment",
    "langsmith.metadata.lc_agent_name",
    "langsmith.metadata.ls_invocation_params",
    "langsmith.metadata.ls_max_tokens",
    "langsmith.metadata.ls_model_name",
    "langsmith.metadata.ls_provider",
    "langsmith.metadata.ls_stop",
    "langsmith.metadata.ls_temperature",
    "langsmith.metadata.revision_id",
    "langsmith.metadata.session_id",
    "langsmith.metadata.thread_id",
    "langsmith.metadata.user_id",
    "langsmith.project",
    "langsmith.span.kind",
    "langsmith.span.tags",
    "langsmith.trace.name",
    "langsmith.trace.session_id",
    "langsmith.trace.session_name",
    "langsmith.usage_metadata",
    "litellm.cache_hit",
    "litellm.cost.input",
    "litellm.cost.output",
    "litellm.cost.total",
    "litellm.provider.error.code",
    "litellm.provider.error.stack_trace",
    "litellm.provider.model",
    "lk.agent_label",
    "lk.agent_name",
    "lk.chat_ctx",
    "lk.function_tool.arguments",
    "lk.function_tool.id",
    "lk.function_tool.is_error",
    "lk.function_tool.name",
    "lk.function_tool.output",
    "lk.function_tools",
    "lk.input_text",
    "lk.instructions",
    "lk.pii.chat_ctx",
    "lk.pii.function_tool.arguments",
    "lk.pii.function_tool.output",
    "lk.pii.input_text",
    "lk.pii.instructions",
    "lk.pii.response.function_calls",
    "lk.pii.response.text",
    "lk.pii.room_name",
    "lk.pii.user_input",
    "lk.pii.user_transcript",
    "lk.response.function_calls",
    "lk.response.text",
    "lk.response.ttft",
    "lk.room_name",
    "lk.room_sid",
    "lk.user_input",
    "lk.user_transcript",
    "llm.anthropic.content",
    "llm.anthropic.messages",
    "llm.chat.stop_sequences",
    "llm.cost.completion",
    "llm.cost.prompt",
    "llm.cost.total",
    "llm.finish_reason",
    "llm.frequency_penalty",
    "llm.invocation_parameters",
    "llm.is_streaming",
    "llm.messages",
    "llm.model_name",
    "llm.openai.choices",
    "llm.openai.messages",
    "llm.presence_penalty",
    "llm.prompt_template.template",
    "llm.prompt_template.variables",
    "llm.prompt_template.version",
    "llm.prompts",
    "llm.provider",
    "llm.request.model_name",
    "llm.request.type",
    "llm.response.finish_reason",
    "llm.response.model_name",
    "llm.response.stop_reason",
    "llm.system",
    "llm.token_count.completion",
    "llm.token_count.completion_details.audio",
    "llm.token_count.completion_details.reasoning",
    "llm.token_count.prompt",
    "llm.token_count.prompt_details.audio",
    "llm.token_count.prompt_details.cache_input",
    "llm.token_count.prompt_details.cache_read",
    "llm.token_count.prompt_details.cache_write",
    "llm.token_count.total",
    "llm.top_k",
    "llm.usage.completion_tokens",
    "llm.usage.prompt_tokens",
    "llm.usage.reasoning_tokens",
    "llm.usage.total_tokens",
    "llm.user",
    "lmnr.association.properties.labels",
    "lmnr.association.properties.ls_provider",
    "lmnr.association.properties.session_id",
    "lmnr.association.properties.tags",
    "lmnr.association.properties.user_id",
    "lmnr.internal.override_parent_span",
    "lmnr.span.ids_path",
    "lmnr.span.input",
    "lmnr.span.original_type",
    "lmnr.span.output",
    "lmnr.span.prompt_hash",
    "lmnr.span.type",
    "logfire.msg",
    "logfire.span_type",
    "logfire.tags",
    "mastra.agent_run.input",
    "mastra.agent_run.output",
    "mastra.completion_start_time",
    "mastra.generic.input",
    "mastra.generic.output",
    "mastra.metadata.sessionId",
    "mastra.metadata.userId",
    "mastra.model_chunk.output",
    "mastra.model_generation.input",
    "mastra.model_generation.output",
    "mastra.model_step.input",
    "mastra.model_step.output",
    "mastra.processor_run.input",
    "mastra.processor_run.output",
    "mastra.span.type",
    "mastra.tags",
    "mastra.workflow_run.input",
    "mastra.workflow_run.output",
    "mastra.workflow_step.input",
    "mastra.workflow_step.output",
    "mcp.method.name",
    "mcp.request.argument",
    "mcp.response.value",
    "metadata",
    "metadata.usage_object",
    "mlflow.chat.tokenUsage",
    "mlflow.chat.tools",
    "mlflow.experimentName",
    "mlflow.llm.cost",
    "mlflow.llm.model",
    "mlflow.llm.provider",
    "mlflow.spanInputs",
    "mlflow.spanOutputs",
    "mlflow.spanType",
    "mlflow.trace.session",
    "mlflow.trace.user",
    "mlflow.traceInputs",
    "mlflow.traceName",
    "mlflow.traceOutputs",
    "model",
    "model_config",
    "model_name",
    "model_request_parameters",
    "new_context",
    "openai.api.type",
    "openai.request.service_tier",
    "openai_agents.data.agent_name",
    "openai_agents.data.sdk_span_type",
    "openai_agents.error.data",
    "openai_agents.first_content_at",
    "openai_agents.group_id",
    "openai_agents.input",
    "openai_agents.instructions",
    "openai_agents.mcp_data",
    "openai_agents.metadata",
    "openai_agents.metadata.environment",
    "openai_agents.metadata.session_id",
    "openai_agents.metadata.tags",
    "openai_agents.metadata.userId",
    "openai_agents.metadata.user_id",
    "openai_agents.model",
    "openai_agents.model_config",
    "openai_agents.output",
    "openai_agents.response",
    "openai_agents.response_id",
    "openai_agents.result",
    "openai_agents.span.type",
    "openai_agents.tools",
    "openai_agents.usage",
    "openai_agents.workflow_name",
    "opencode.llm.cost.total",
    "openinference.project.name",
    "openinference.span.kind",
    "operation.cost",
    "operation.name",
    "output",
    "output.value",
    "output_tokens",
    "pinecone.query.top_k",
    "prompt",
    "prompt.id",
    "prompt.url",
    "prompt.vendor",
    "pydantic_ai.all_messages",
    "pydantic_ai.tool.failure_stage",
    "request_data",
    "request_id",
    "reranker.model_name",
    "reranker.query",
    "reranker.top_k",
    "resource.name",
    "response.model_output",
    "response_data",
    "response_id",
    "rpc.response.status_code",
    "service.name",
    "service.version",
    "session.id",
    "span.type",
    "speed",
    "stop_reason",
    "stream",
    "stream.usage.inputTokens",
    "stream.usage.outputTokens",
    "streamObject.usage.inputTokens",
    "streamObject.usage.outputTokens",
    "streamText.usage.inputTokens",
    "streamText.usage.outputTokens",
    "system_prompt",
    "system_prompt_preview",
    "tag.tags",
    "temperature",
    "tool.description",
    "tool.id",
    "tool.name",
    "tool.parameters",
    "tool_arguments",
    "tool_call.id",
    "tool_input",
    "tool_name",
    "tool_response",
    "tool_use_id",
    "traceloop.association.properties.chat_id",
    "traceloop.association.properties.conversation_id",
    "traceloop.association.properties.lc_agent_name",
    "traceloop.association.properties.ls_provider",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.thread_id",
    "traceloop.association.properties.user_id",
    "traceloop.entity.input",
    "traceloop.entity.name",
    "traceloop.entity.output",
    "traceloop.prompt.key",
    "traceloop.prompt.template",
    "traceloop.prompt.template_variables",
    "traceloop.prompt.version",
    "traceloop.prompt.version_hash",
    "traceloop.span.kind",
    "traceloop.workflow.name",
    "ttft_ms",
    "usage.cached_tokens",
    "usage.completion_tokens",
    "usage.prompt_tokens",
    "usage.reasoning_tokens",
    "usage.total_tokens",
    "user.id",
    "user_prompt",
    "voltagent.conversation_id",
    "voltagent.operation_id",
    "workflow.name",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_others_are_not() {
        assert!(KEYS.is_sorted());
        for (slot, name) in KEYS.iter().enumerate() {
            assert_eq!(find(name), Some(Key(slot as u16)), "{name}");
        }
        for name in ["", "a", "gen_ai.usage.input_token", "http.request.method"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn the_table_is_sparse_enough() {
        let longest = KEYS
            .iter()
            .map(|name| {
                let mut place = hash(name.as_bytes());
                let mut steps = 1;
                while KEYS[usize::from(INDEX.places[place]) - 1] != *name {
                    place = (place + 1) % PLACES;
                    steps += 1;
                }
                steps
            })
            .max();
        assert!(longest < Some(12), "{longest:?}");
    }
}
