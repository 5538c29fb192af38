//! Where the plain text fields stand: span-conventions 3.2 to 3.7 and 3.18, as data.
//! The first usable source wins; the order is the precedence.

use crate::attributes::{Read, Source, Table};
use crate::convention::Layers;

const CLAUDE: Layers = Layers::CC;
const AGENTOS: Layers = Layers::AO;
const OPENAI: Layers = Layers::OA;
const BRAINTRUST: Layers = Layers::BT;
const PYDANTIC: Layers = Layers::PA.or(Layers::LG);

/// 3.2, without the span's own name.
pub(crate) static DISPLAY_NAMES: &Table = &Table::of(&[
    Source::any("logfire.msg"),
    Source::any("langsmith.trace.name"),
    Source::any("ai.telemetry.functionId"),
    Source::only(Layers::V4, "resource.name"),
    Source::any("traceloop.entity.name"),
    Source::any("gen_ai.workflow.name"),
    Source::only(Layers::MAF, "workflow.name"),
    Source::any("genkit:name"),
]);

/// The trace's own name, where a span carries it.
pub(crate) static TRACE_NAMES: &Table = &Table::of(&[
    Source::any("langfuse.trace.name"),
    Source::any("mlflow.traceName").read(Read::Quoted),
    Source::any("agentos.run_name"),
    Source::only(OPENAI, "openai_agents.workflow_name"),
]);

/// 3.3, before canonicalising.
pub(crate) static PROVIDERS: &Table = &Table::of(&[
    Source::any("gen_ai.provider.name"),
    Source::any("llm.provider"),
    Source::any("gen_ai.system"),
    Source::any("mlflow.llm.provider").read(Read::Quoted),
    Source::any("ai.model.provider"),
    Source::any("aisdk.model.provider"),
    Source::any("decision.provider"),
    Source::any("litellm.provider.model").read(Read::BeforeSlash),
    Source::any("llm.system"),
    Source::any("traceloop.association.properties.ls_provider"),
    Source::any("lmnr.association.properties.ls_provider"),
    Source::any("langsmith.metadata.ls_provider"),
    Source::only(BRAINTRUST, "braintrust.metadata").read(Read::Member(&["provider"])),
    Source::only(AGENTOS, "agentos.data.provider"),
    Source::only(AGENTOS, "agentos.end.provider"),
]);

/// 3.4.
pub(crate) static REQUEST_MODELS: &Table = &Table::of(&[
    Source::any("gen_ai.request.model"),
    Source::any("llm.request.model_name"),
    Source::any("ai.model.id"),
    Source::any("aisdk.model.id"),
    Source::any("embedding.model_name"),
    Source::any("reranker.model_name"),
    Source::any("decision.request.model_name"),
    Source::any("llm.invocation_parameters").read(Read::Member(&["model", "model_name"])),
    Source::only(AGENTOS, "agentos.data.model"),
    Source::only(Layers::PA, "model_name"),
    Source::only(Layers::ML, "model").read(Read::Quoted),
    Source::any("langsmith.metadata.ls_model_name"),
    Source::only(BRAINTRUST, "braintrust.metadata").read(Read::Member(&["model"])),
    Source::any("langsmith.invocation_params").read(Read::Member(&["model", "model_name"])),
    Source::only(OPENAI, "openai_agents.model"),
    Source::only(CLAUDE.or(Layers::LL).or(Layers::VA), "model"),
]);

/// 3.4.
pub(crate) static RESPONSE_MODELS: &Table = &Table::of(&[
    Source::any("langfuse.observation.model.name"),
    Source::any("gen_ai.response.model"),
    Source::any("llm.response.model_name"),
    Source::any("mlflow.llm.model").read(Read::Quoted),
    Source::any("ai.response.model"),
    Source::any("llm.model_name"),
    Source::any("litellm.provider.model"),
    Source::only(AGENTOS, "agentos.end.model"),
    Source::only(OPENAI, "openai_agents.response").read(Read::Member(&["model"])),
]);

/// 3.4.
pub(crate) static RESPONSE_IDS: &Table = &Table::of(&[
    Source::any("gen_ai.response.id"),
    Source::any("ai.response.id"),
    Source::only(PYDANTIC.or(Layers::LL), "response_id"),
    // The provider's answer as it stands: `{"id":"chatcmpl-...",...}`.
    Source::only(Layers::OI, "output.value").read(Read::FirstMember("id")),
    Source::only(CLAUDE, "request_id"),
    Source::only(OPENAI, "openai_agents.response_id"),
    Source::only(AGENTOS, "agentos.end.response_id"),
]);

/// 3.5.
pub(crate) static AGENT_NAMES: &Table = &Table::of(&[
    Source::only(AGENTOS, "agentos.data.member"),
    Source::only(AGENTOS, "agentos.agent_name"),
    Source::only(AGENTOS, "agentos.data.agent_name"),
    Source::only(AGENTOS, "agentos.agent_id"),
    Source::any("gen_ai.agent.name"),
    Source::any("agent.name"),
    Source::only(PYDANTIC, "agent_name"),
    Source::any("lk.agent_name"),
    Source::any("lk.agent_label"),
    Source::any("agent_role"),
    Source::only(OPENAI, "openai_agents.data.agent_name"),
]);

/// 3.5.
pub(crate) static AGENT_IDS: &Table = &Table::of(&[
    Source::any("gen_ai.agent.id"),
    Source::any("agno.agent.id"),
    Source::only(Layers::OI, "graph.node.id"),
    Source::only(CLAUDE, "agent_id"),
    Source::any("agent_key"),
]);

/// The sender's project, on a span or its resource.
pub(crate) static PROJECTS: &Table = &Table::of(&[
    Source::any("openinference.project.name"),
    Source::any("langsmith.trace.session_name"),
    Source::any("langsmith.project"),
    Source::any("mlflow.experimentName"),
    Source::any("braintrust.parent").read(Read::After("project_name:")),
    Source::only(OPENAI, "openai_agents.workflow_name"),
]);

/// 3.6. `mcp.session.id` is a transport's and never stands here.
pub(crate) static SESSIONS: &Table = &Table::of(&[
    Source::only(AGENTOS, "agentos.session_id"),
    Source::any("langfuse.session.id"),
    Source::any("session.id"),
    Source::any("gen_ai.conversation.id"),
    Source::any("lmnr.association.properties.session_id"),
    Source::any("traceloop.association.properties.session_id"),
    Source::any("traceloop.association.properties.thread_id"),
    Source::any("traceloop.association.properties.conversation_id"),
    Source::any("traceloop.association.properties.chat_id"),
    Source::any("langsmith.metadata.session_id"),
    Source::any("langsmith.metadata.thread_id"),
    Source::any("langsmith.metadata.conversation_id"),
    Source::any("ai.telemetry.metadata.sessionId"),
    Source::any("ai.telemetry.metadata.session_id"),
    Source::any("ai.settings.context.sessionId"),
    Source::any("ai.settings.context.session_id"),
    Source::any("mastra.metadata.sessionId"),
    Source::any("gcp.vertex.agent.session_id"),
    Source::any("lk.room_sid"),
    Source::any("lk.pii.room_name"),
    Source::any("lk.room_name"),
    Source::any("voltagent.conversation_id"),
    Source::any("mlflow.trace.session").read(Read::Quoted),
    Source::any("langfuse.trace.metadata.langfuse_session_id").read(Read::Quoted),
    Source::any("langfuse.observation.metadata.langfuse_session_id").read(Read::Quoted),
    Source::only(Layers::OI, "metadata").read(Read::Member(&["session_id", "thread_id"])),
    Source::any("braintrust.metadata.session_id"),
    Source::only(BRAINTRUST, "braintrust.metadata").read(Read::Member(&[
        "session_id",
        "sessionId",
        "thread_id",
        "conversation_id",
    ])),
    Source::only(OPENAI, "openai_agents.group_id"),
    Source::only(OPENAI, "openai_agents.metadata.session_id"),
]);

/// 3.6.
pub(crate) static USERS: &Table = &Table::of(&[
    Source::only(AGENTOS, "agentos.user_id"),
    Source::any("langfuse.user.id"),
    Source::any("user.id"),
    Source::any("enduser.id"),
    Source::any("lmnr.association.properties.user_id"),
    Source::any("traceloop.association.properties.user_id"),
    Source::any("ai.telemetry.metadata.userId"),
    Source::any("ai.telemetry.metadata.user_id"),
    Source::any("ai.settings.context.userId"),
    Source::any("ai.settings.context.user_id"),
    Source::any("mastra.metadata.userId"),
    Source::any("gen_ai.user"),
    Source::any("llm.user"),
    Source::any("langsmith.metadata.user_id"),
    Source::any("mlflow.trace.user").read(Read::Quoted),
    Source::any("langfuse.trace.metadata.langfuse_user_id").read(Read::Quoted),
    Source::any("langfuse.observation.metadata.langfuse_user_id").read(Read::Quoted),
    Source::any("braintrust.metadata.user_id"),
    Source::only(BRAINTRUST, "braintrust.metadata").read(Read::Member(&["user_id", "userId"])),
    Source::only(OPENAI, "openai_agents.metadata.user_id"),
    Source::only(OPENAI, "openai_agents.metadata.userId"),
    Source::only(Layers::OI, "metadata").read(Read::Member(&["user_id"])),
]);

/// 3.7, without the entity and the span's own name.
pub(crate) static TOOL_NAMES: &Table = &Table::of(&[
    Source::any("gen_ai.tool.name"),
    Source::any("tool.name"),
    Source::any("ai.toolCall.name"),
    Source::any("lk.function_tool.name"),
    Source::any("flue.tool.name"),
    Source::only(CLAUDE, "tool_name"),
    Source::only(AGENTOS, "agentos.data.tool_name"),
    Source::only(AGENTOS, "agentos.data.name"),
    // LlamaIndex names the class of the tool, and the tool in what it gave.
    Source::only(Layers::TL, "traceloop.entity.output").read(Read::Member(&["tool_name"])),
    Source::only(Layers::TL, "traceloop.entity.name"),
]);

/// 3.7.
pub(crate) static TOOL_CALL_IDS: &Table = &Table::of(&[
    Source::any("gen_ai.tool.call.id"),
    Source::any("gen_ai.tool.call_id"),
    Source::any("tool_call.id"),
    Source::any("tool.id"),
    Source::any("ai.toolCall.id"),
    Source::only(CLAUDE, "tool_use_id"),
    Source::any("lk.function_tool.id"),
    Source::any("flue.tool.call_id"),
    Source::only(AGENTOS, "agentos.data.tool_call_id"),
    Source::only(AGENTOS, "agentos.data.call_id"),
]);

/// 3.7.
pub(crate) static TOOL_TYPES: &Table =
    &Table::of(&[Source::any("gen_ai.tool.type"), Source::only(AGENTOS, "agentos.data.type")]);

/// 3.7.
pub(crate) static TOOL_DESCRIPTIONS: &Table = &Table::of(&[
    Source::any("gen_ai.tool.description"),
    Source::any("tool.description"),
    Source::only(AGENTOS, "agentos.data.description"),
]);

/// 3.7. `tool.parameters` is the schema by OpenInference's text and the arguments by the
/// habit of several instrumentors, so it stands after `input.value`.
pub(crate) static TOOL_ARGUMENTS: &Table = &Table::of(&[
    Source::any("gen_ai.tool.call.arguments"),
    Source::any("ai.toolCall.args"),
    Source::only(PYDANTIC, "tool_arguments"),
    Source::any("gcp.vertex.agent.tool_call_args"),
    Source::any("lk.pii.function_tool.arguments"),
    Source::any("lk.function_tool.arguments"),
    Source::any("gen_ai.tool.input"),
    Source::only(CLAUDE, "tool_input"),
    Source::any("mcp.request.argument"),
    Source::only(AGENTOS, "agentos.data.arguments"),
    Source::only(AGENTOS, "agentos.data.args"),
    Source::only(AGENTOS, "agentos.data.input"),
    Source::only(AGENTOS, "agentos.input"),
    Source::any("langfuse.observation.input"),
    Source::any("input.value"),
    Source::only(Layers::OI, "tool.parameters"),
    Source::any("braintrust.input_json"),
    Source::any("braintrust.input"),
    Source::any("lmnr.span.input"),
    Source::any("mlflow.spanInputs"),
    Source::any("traceloop.entity.input"),
    Source::any("genkit:input"),
    Source::any("flue.tool.arguments"),
    Source::only(Layers::VA, "input"),
    Source::only(OPENAI, "openai_agents.input"),
    Source::only(Layers::LS, "gen_ai.prompt"),
    Source::only(CLAUDE, "full_command"),
    Source::only(CLAUDE, "file_path"),
    Source::only(Layers::GC, "gen_ai.input.messages"),
]);

/// 3.7.
pub(crate) static TOOL_RESULTS: &Table = &Table::of(&[
    Source::any("gen_ai.tool.call.result"),
    Source::any("ai.toolCall.result"),
    Source::only(PYDANTIC, "tool_response"),
    Source::any("gcp.vertex.agent.tool_response"),
    Source::any("lk.pii.function_tool.output"),
    Source::any("lk.function_tool.output"),
    Source::any("gen_ai.tool.output"),
    Source::any("mcp.response.value"),
    Source::only(AGENTOS, "agentos.end.result"),
    Source::only(AGENTOS, "agentos.end.output"),
    Source::only(AGENTOS, "agentos.output"),
    Source::any("langfuse.observation.output"),
    Source::any("output.value"),
    Source::any("braintrust.output_json"),
    Source::any("braintrust.output"),
    Source::any("lmnr.span.output"),
    Source::any("mlflow.spanOutputs"),
    Source::any("traceloop.entity.output"),
    Source::any("genkit:output"),
    Source::any("flue.tool.result"),
    Source::only(OPENAI, "openai_agents.output"),
    Source::only(Layers::LS, "gen_ai.completion"),
    Source::only(Layers::VA, "output"),
    Source::only(Layers::GC, "gen_ai.output.messages"),
]);

/// 3.18; merged, in this order.
pub(crate) static TAGS: &Table = &Table::of(&[
    Source::any("langfuse.trace.tags"),
    Source::any("braintrust.tags"),
    Source::any("tag.tags"),
    Source::any("langsmith.span.tags"),
    Source::any("logfire.tags"),
    Source::any("lmnr.association.properties.tags"),
    Source::any("lmnr.association.properties.labels"),
    Source::any("ai.telemetry.metadata.tags"),
    Source::any("mastra.tags"),
    Source::only(AGENTOS, "agentos.tags"),
    Source::only(OPENAI, "openai_agents.metadata.tags"),
]);

/// 3.18, on the span, then on its resource.
pub(crate) static ENVIRONMENTS: &Table = &Table::of(&[
    Source::any("langfuse.environment"),
    Source::any("deployment.environment.name"),
    Source::any("deployment.environment"),
    Source::any("gen_ai.environment"),
    Source::any("langsmith.metadata.environment"),
    Source::only(AGENTOS, "agentos.environment"),
    Source::only(OPENAI, "openai_agents.metadata.environment"),
]);

/// 3.18, on the span, then on its resource.
pub(crate) static RELEASES: &Table = &Table::of(&[
    Source::any("langfuse.release"),
    Source::any("langfuse.version"),
    Source::any("langsmith.metadata.revision_id"),
    Source::any("service.version"),
    Source::only(AGENTOS, "agentos.release"),
]);

/// 3.14.
pub(crate) static FINISH_REASONS: &Table = &Table::of(&[
    Source::any("gen_ai.response.finish_reasons"),
    Source::any("ai.response.finishReason"),
    Source::any("llm.finish_reason"),
    Source::any("gen_ai.response.finish_reason"),
    Source::any("gen_ai.response.stop_reason"),
    Source::any("llm.response.finish_reason"),
    Source::any("llm.response.stop_reason"),
    Source::any("gen_ai.finishReason"),
    Source::any("gen_ai.completion.0.finish_reason"),
    Source::any("langfuse.observation.metadata.finish_reason").read(Read::Quoted),
    Source::only(CLAUDE, "stop_reason"),
    Source::only(AGENTOS, "agentos.end.finish_reason"),
]);

/// 3.17: class or code of an error.
pub(crate) static ERROR_TYPES: &Table = &Table::of(&[
    Source::any("error.type"),
    Source::any("litellm.provider.error.code"),
    Source::only(AGENTOS, "agentos.error.type"),
]);

/// 3.17: text of an error, after the status message and the exception's.
pub(crate) static ERROR_MESSAGES: &Table = &Table::of(&[
    Source::any("error.message"),
    Source::only(Layers::LL.or(CLAUDE), "error"),
    Source::any("braintrust.error"),
    Source::any("langfuse.observation.status_message"),
    Source::only(AGENTOS, "agentos.error"),
]);
