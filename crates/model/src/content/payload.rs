//! Messages and raw payloads of a span, source by source (span-conventions 3.8 and 3.9).

use serde_json::Value as Json;

use super::messages::{Converted, Side, Trust, converted, plain};
use super::{assembled, flattened, from_events};
use crate::attributes::{AttrView, Source, decode};
use crate::convention::Layers;
use crate::message::Message;
use crate::source::SourceSpan;
use crate::span::Category;

/// What was found on one side of a span.
#[derive(Debug, Default)]
pub(super) struct Payload {
    /// Messages, where the payload is some.
    pub(super) converted: Converted,
    /// The payload of a span that has no messages.
    pub(super) raw: Option<Json>,
}

/// A place where a payload may stand.
enum From {
    /// Messages.
    Stated(Source),
    /// A payload of any shape.
    Raw(Source),
    /// A text that somebody said.
    Said(Source),
    /// Put together from several attributes or events.
    Built(fn(&SourceSpan, &AttrView<'_>) -> Option<Converted>),
}

use From::{Built, Raw, Said, Stated};

/// The first source that gives messages; else the first payload that is none.
pub(super) fn payload(
    source: &SourceSpan,
    view: &AttrView<'_>,
    category: Category,
    side: Side,
) -> Payload {
    let (mut raw, mut hollow) = (None, None);
    let places = if side == Side::Input { INPUTS } else { OUTPUTS };
    for place in places {
        let found = match place {
            Built(build) => build(source, view),
            Stated(at) => {
                let Some(json) = read(view, at) else { continue };
                let found = converted(&json, side, Trust::Stated);
                // OpenSearch's decorator writes a function's arguments where messages stand.
                if found.is_none() && json.is_object() {
                    raw.get_or_insert(json);
                }
                found
            }
            Said(at) => read(view, at).map(|json| said(&json, side)),
            Raw(at) => {
                let Some(json) = read(view, at) else { continue };
                let trust = if category == Category::Llm { Trust::Request } else { Trust::Guessed };
                let found = converted(&json, side, trust);
                if found.is_none() {
                    raw.get_or_insert(json);
                }
                match side {
                    Side::Output if trust == Trust::Guessed => found.map(answer_of_state),
                    _ => found,
                }
            }
        };
        match found {
            // LiteLLM and LlamaIndex leave the calls out of the message that makes them.
            Some(converted) if converted.says_nothing() => {
                hollow.get_or_insert(converted);
            }
            Some(converted) => return Payload { converted, raw: None },
            None => {}
        }
    }
    Payload { converted: hollow.unwrap_or_default(), raw }
}

fn read(view: &AttrView<'_>, source: &Source) -> Option<Json> {
    let value = view.get(source.key).filter(|_| source.layers.meets(view.layers))?;
    Some(decode::json_of(value))
}

/// A graph gives back its whole state: what was asked stands there too. The answer is what
/// the assistant said last.
fn answer_of_state(mut found: Converted) -> Converted {
    let is_state = found.messages.iter().any(|message| message.role == "user");
    if is_state && found.messages.last().is_some_and(|last| last.role == "assistant") {
        found.messages.drain(..found.messages.len() - 1);
    }
    found
}

fn said(json: &Json, side: Side) -> Converted {
    let role = if side == Side::Input { "user" } else { "assistant" };
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    Converted { messages: vec![plain(role, &text)], ..Converted::default() }
}

fn some(messages: Vec<Message>) -> Option<Converted> {
    (!messages.is_empty()).then(|| Converted { messages, ..Converted::default() })
}

const CC: Layers = Layers::CC;
const OA: Layers = Layers::OA;
const AO: Layers = Layers::AO;

static INPUTS: &[From] = &[
    Stated(Source::any("gen_ai.input.messages")),
    Built(|source, _| from_events::details(&source.events, "gen_ai.input.messages", Side::Input)),
    Built(|_, view| some(flattened::openinference(view.all(), "llm.input_messages.", Side::Input))),
    Stated(Source::any("ai.prompt.messages")),
    Built(assembled::vercel_prompt),
    Built(|_, view| some(flattened::traceloop(view.all(), "gen_ai.prompt.", Side::Input))),
    Built(|source, _| some(from_events::one_an_event(&source.events, Side::Input))),
    Built(|_, view| assembled::listed_events(view, Side::Input)),
    Built(|_, view| assembled::history(view, Side::Input)),
    Built(|source, _| {
        from_events::single(&source.events, "gen_ai.content.prompt", "gen_ai.prompt", Side::Input)
    }),
    Raw(Source::any("gen_ai.prompt")),
    Stated(Source::any("gcp.vertex.agent.llm_request")),
    Raw(Source::only(Layers::LG, "request_data")),
    Stated(Source::any("lk.pii.chat_ctx")),
    Stated(Source::any("lk.chat_ctx")),
    Said(Source::any("lk.pii.user_input")),
    Said(Source::any("lk.user_input")),
    Said(Source::any("lk.pii.user_transcript")),
    Said(Source::any("lk.user_transcript")),
    Said(Source::any("lk.pii.input_text")),
    Said(Source::any("lk.input_text")),
    Raw(Source::only(CC, "new_context")),
    Said(Source::only(CC, "user_prompt")),
    Built(|source, _| assembled::said_in_event(source, "user_prompt", &["prompt"], Side::Input)),
    Built(|_, view| some(flattened::texts(view.all(), "llm.prompts.", "prompt.text", Side::Input))),
    Raw(Source::any("llm.prompts")),
    Stated(Source::any("llm.openai.messages")),
    Stated(Source::any("llm.anthropic.messages")),
    Stated(Source::only(AO, "agentos.data.messages")),
    Raw(Source::only(AO, "agentos.data.prompt")),
    Raw(Source::only(AO, "agentos.data.task")),
    Raw(Source::only(AO, "agentos.data.input")),
    Raw(Source::only(AO, "agentos.input")),
    Raw(Source::any("langfuse.observation.input")),
    Raw(Source::any("braintrust.input_json")),
    Raw(Source::any("braintrust.input")),
    Raw(Source::any("lmnr.span.input")),
    Raw(Source::any("mlflow.spanInputs")),
    Raw(Source::any("input.value")),
    Raw(Source::any("traceloop.entity.input")),
    Raw(Source::any("genkit:input")),
    Raw(Source::only(Layers::VA, "agent.messages")),
    Raw(Source::only(Layers::VA, "llm.messages")),
    Raw(Source::only(OA, "openai_agents.input")),
    Raw(Source::any("flue.turn.input")),
    Raw(Source::any("mastra.agent_run.input")),
    Raw(Source::any("mastra.workflow_run.input")),
    Raw(Source::any("mastra.workflow_step.input")),
    Raw(Source::any("mastra.model_generation.input")),
    Raw(Source::any("mastra.model_step.input")),
    Raw(Source::any("mastra.processor_run.input")),
    Raw(Source::any("mastra.generic.input")),
    Raw(Source::any("gen_ai.retrieval.query.text")),
    Raw(Source::any("reranker.query")),
    Raw(Source::any("gen_ai.memory.query.text")),
    Raw(Source::any("ai.value")),
    Raw(Source::any("ai.values")),
    Raw(Source::only(AO, "agentos.data.query")),
    Raw(Source::only(Layers::VA.or(Layers::LL), "prompt")),
    Raw(Source::only(Layers::VA.or(Layers::LL).or(Layers::MA), "input")),
    Raw(Source::any("langfuse.trace.input")),
    Raw(Source::any("mlflow.traceInputs")),
];

static OUTPUTS: &[From] = &[
    Stated(Source::any("gen_ai.output.messages")),
    Built(|source, _| from_events::details(&source.events, "gen_ai.output.messages", Side::Output)),
    Built(|_, view| {
        some(flattened::openinference(view.all(), "llm.output_messages.", Side::Output))
    }),
    Built(assembled::vercel_answer),
    Built(|_, view| some(flattened::traceloop(view.all(), "gen_ai.completion.", Side::Output))),
    Built(|source, _| some(from_events::one_an_event(&source.events, Side::Output))),
    Built(|_, view| assembled::listed_events(view, Side::Output)),
    Built(|_, view| assembled::history(view, Side::Output)),
    Raw(Source::only(Layers::PA.or(Layers::LG), "final_result")),
    Built(|source, _| {
        let event = "gen_ai.content.completion";
        from_events::single(&source.events, event, "gen_ai.completion", Side::Output)
    }),
    Raw(Source::any("gen_ai.completion")),
    Stated(Source::any("gcp.vertex.agent.llm_response")),
    Raw(Source::only(Layers::LG, "response_data")),
    Built(assembled::livekit_answer),
    Said(Source::only(CC, "response.model_output")),
    Built(|source, _| {
        assembled::said_in_event(source, "assistant_response", &["response"], Side::Output)
    }),
    Built(|_, view| {
        some(flattened::texts(view.all(), "llm.choices.", "completion.text", Side::Output))
    }),
    Stated(Source::any("llm.openai.choices")),
    Stated(Source::any("llm.anthropic.content")),
    Built(assembled::agentos_answer),
    Raw(Source::only(AO, "agentos.end.output")),
    Raw(Source::only(AO, "agentos.end.response")),
    Raw(Source::only(AO, "agentos.end.content")),
    Raw(Source::only(AO, "agentos.end.result")),
    Raw(Source::only(AO, "agentos.output")),
    Raw(Source::only(AO, "agentos.end.modified_input")),
    Raw(Source::only(AO, "agentos.end.modified_output")),
    Raw(Source::any("langfuse.observation.output")),
    Raw(Source::any("braintrust.output_json")),
    Raw(Source::any("braintrust.output")),
    Raw(Source::any("lmnr.span.output")),
    Raw(Source::any("mlflow.spanOutputs")),
    Raw(Source::any("output.value")),
    Raw(Source::any("traceloop.entity.output")),
    Raw(Source::any("genkit:output")),
    Raw(Source::only(OA, "openai_agents.output")),
    Raw(Source::only(OA, "openai_agents.response")),
    Raw(Source::only(OA, "openai_agents.result")),
    Raw(Source::any("flue.turn.output")),
    Raw(Source::any("mastra.agent_run.output")),
    Raw(Source::any("mastra.workflow_run.output")),
    Raw(Source::any("mastra.workflow_step.output")),
    Raw(Source::any("mastra.model_generation.output")),
    Raw(Source::any("mastra.model_step.output")),
    Raw(Source::any("mastra.processor_run.output")),
    Raw(Source::any("mastra.generic.output")),
    Raw(Source::any("mastra.model_chunk.output")),
    Raw(Source::any("gen_ai.retrieval.documents")),
    Raw(Source::any("gen_ai.memory.records")),
    Raw(Source::only(AO, "agentos.end.documents")),
    Raw(Source::only(Layers::VA.or(Layers::LL).or(Layers::MA), "output")),
    Raw(Source::any("langfuse.trace.output")),
    Raw(Source::any("mlflow.traceOutputs")),
];
