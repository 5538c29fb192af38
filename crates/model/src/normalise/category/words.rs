//! The senders' words for what a span is.

use super::{Verdict, Words};
use crate::span::Category;

use Category::{
    Agent, Chain, Embedding, Evaluator, Guardrail, Llm, Memory, Other, Reranker, Retrieval, Tool,
    Workflow,
};
use Verdict::{Decision, Fetch, Is, Next};

/// AgentOS kinds (ruling 11). A delegation is a member's turn; hooks are neither a check
/// nor a step of the model's, so they show neutrally.
pub(super) static AGENTOS_WORDS: Words = &[
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

pub(super) static LANGFUSE_WORDS: Words = &[
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

pub(super) static BRAINTRUST_WORDS: Words = &[
    ("llm", Is(Llm)),
    ("tool", Is(Tool)),
    ("task", Is(Chain)),
    ("function", Is(Chain)),
    ("eval", Is(Chain)),
    ("automation", Is(Chain)),
    ("score", Is(Evaluator)),
    ("classifier", Is(Evaluator)),
    ("review", Is(Evaluator)),
    ("facet", Is(Other)),
    ("preprocessor", Is(Other)),
];

pub(super) static OPENINFERENCE_WORDS: Words = &[
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

pub(super) static LAMINAR_WORDS: Words = &[
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

pub(super) static MLFLOW_WORDS: Words = &[
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
pub(super) static LANGSMITH_WORDS: Words = &[
    ("llm", Is(Llm)),
    ("tool", Is(Tool)),
    ("retriever", Is(Retrieval)),
    ("embedding", Is(Embedding)),
    ("prompt", Is(Other)),
    ("parser", Is(Chain)),
    ("chain", Is(Chain)),
];

/// The types of `span_data`, and the runner's own custom spans. A handoff is never a tool
/// call; voice is no model call with messages.
pub(super) static OPENAI_AGENTS_WORDS: Words = &[
    ("agent", Is(Agent)),
    ("task", Is(Chain)),
    ("turn", Is(Chain)),
    ("generation", Is(Llm)),
    ("response", Is(Llm)),
    ("function", Is(Tool)),
    ("handoff", Is(Chain)),
    ("guardrail", Is(Guardrail)),
    ("speech_group", Is(Chain)),
];

pub(super) static OPERATION_WORDS: Words = &[
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
    ("evaluation", Is(Evaluator)),
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

pub(super) static VERCEL_WORDS: Words = &[
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
pub(super) static CLAUDE_WORDS: Words = &[
    ("interaction", Is(Agent)),
    ("claude_code.interaction", Is(Agent)),
    ("session", Is(Agent)),
    ("subagent", Is(Agent)),
    ("llm_request", Is(Llm)),
    ("claude_code.llm_request", Is(Llm)),
    ("tool", Is(Tool)),
    ("claude_code.tool", Is(Tool)),
    ("tool.execution", Is(Other)),
    ("tool.blocked_on_user", Is(Other)),
    ("hook", Is(Other)),
    ("claude_code.hook", Is(Other)),
];

pub(super) static MCP_WORDS: Words = &[("tools/call", Is(Tool)), ("prompts/get", Is(Other))];

pub(super) static REQUEST_WORDS: Words = &[
    ("chat", Is(Llm)),
    ("completion", Is(Llm)),
    ("embedding", Is(Embedding)),
    ("rerank", Is(Reranker)),
];

/// Since 1.0 `model_generation` is the loop of an agent and `model_inference` each call in it, which carries the
/// tokens. Before that `model_generation` was the call; those spans say `chat` as their operation, which is asked first.
pub(super) static MASTRA_WORDS: Words = &[
    ("model_generation", Is(Chain)),
    ("model_step", Is(Chain)),
    ("model_inference", Is(Llm)),
    ("model_chunk", Is(Other)),
    ("workflow_run", Is(Workflow)),
    ("workflow_step", Is(Chain)),
    ("workflow_conditional", Is(Chain)),
    ("workflow_conditional_eval", Is(Chain)),
    ("workflow_parallel", Is(Chain)),
    ("workflow_loop", Is(Chain)),
    ("workflow_sleep", Is(Other)),
    ("workflow_wait_event", Is(Other)),
    ("processor_run", Is(Chain)),
];

pub(super) static GENKIT_WORDS: Words = &[
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

pub(super) static GENERAL_WORDS: Words = &[
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

pub(super) static LIVEKIT_NAMES: Words = &[
    ("agent_turn", Is(Agent)),
    ("start_agent_activity", Is(Agent)),
    ("function_tool", Is(Tool)),
    // The call itself is `llm_request`; around it the agent's step, inside it each try.
    ("llm_node", Is(Chain)),
    ("llm_request", Is(Llm)),
    ("llm_request_run", Is(Other)),
    ("judge_evaluation", Is(Evaluator)),
];

pub(super) static ADK_NAMES: Words = &[("call_llm", Is(Llm)), ("invocation", Is(Workflow))];

pub(super) static AGENT_FRAMEWORK_NAMES: Words = &[
    ("workflow.run", Is(Workflow)),
    ("executor.process", Is(Chain)),
    ("edge_group.process", Is(Chain)),
    ("message.send", Is(Other)),
];
