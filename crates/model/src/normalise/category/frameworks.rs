//! Frameworks whose instrumentation has a word too general for what the span is.

use crate::attributes::{AttrView, Read, Source, Table, key};
use crate::span::Category;

/// LangChain tells the agent that it is in beside everything that an agent does.
static LANGCHAIN_AGENT: &Table =
    &Table::of(&[Source::any("metadata").read(Read::Member(&["lc_agent_name"]))]);

/// LlamaIndex's agents, by the names of their classes.
const LLAMA_INDEX_AGENTS: &[&str] = &["FunctionAgent.run", "ReActAgent.run", "CodeActAgent.run"];

/// What the span is, where the sender's word for it says less.
pub(super) fn restated(
    view: &AttrView<'_>,
    said: Category,
    scope: &str,
    name: &str,
) -> Option<Category> {
    use Category::{Agent, Chain, Llm, Tool, Workflow};
    match (scope, said) {
        // A graph that is named like the agent whose step it is, is the agent itself.
        ("openinference.instrumentation.langchain", Chain) => {
            (view.first_text(LANGCHAIN_AGENT)? == name).then_some(Agent)
        }
        ("opentelemetry.instrumentation.langchain", Chain) => {
            let agent =
                view.str(const { key("traceloop.association.properties.lc_agent_name") })?;
            let entity = view.str(const { key("traceloop.entity.name") })?;
            (agent == entity).then_some(Agent)
        }
        // A method of the model's class that puts a request together and calls nobody.
        ("openinference.instrumentation.llama_index", Llm) => {
            name.ends_with("._prepare_chat_with_tools").then_some(Chain)
        }
        ("openinference.instrumentation.llama_index", Chain) if name == "AgentWorkflow.run" => {
            Some(Workflow)
        }
        ("openinference.instrumentation.llama_index", Chain) => {
            LLAMA_INDEX_AGENTS.contains(&name).then_some(Agent)
        }
        ("opentelemetry.instrumentation.llamaindex", Chain) => {
            name.ends_with("Tool.task").then_some(Tool)
        }
        _ => None,
    }
}
