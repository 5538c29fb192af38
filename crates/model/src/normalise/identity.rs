//! Who: agent, session, user (span-conventions 3.5, 3.6; rulings 6 and 17). Only what this
//! very span or its resource says; a trace inherits elsewhere.

use super::category::Classified;
use super::fields;
use crate::attributes::{AttrView, Table, key};
use crate::convention::Layers;
use crate::ids::SpanId;
use crate::source::SourceSpan;
use crate::span::{AgentFacts, Category};
use crate::value::Value;

/// Who the span says its agent is.
pub(crate) fn agent(
    view: &AttrView<'_>,
    resource: &AttrView<'_>,
    classified: &Classified,
    name: &str,
) -> AgentFacts {
    let named = view
        .first_string(fields::AGENT_NAMES)
        .filter(|named| !is_name_of_the_call(classified, name, named));
    let agentos_id = const { key("agentos.agent_id") };
    AgentFacts {
        agentos_id: view
            .text(agentos_id)
            .or_else(|| resource.text(agentos_id))
            .map(|id| id.into_owned()),
        name: named.or_else(|| agent_by_its_span(view, classified, name)),
        id: view.first_string(fields::AGENT_IDS),
        project: on_span_or_resource(view, resource, fields::PROJECTS),
        service: resource.text(const { key("service.name") }).map(|name| name.into_owned()),
    }
}

/// Vendors whose agent spans are named like their agents.
const NAMED_LIKE_AGENTS: Layers = Layers::AO
    .or(Layers::LF)
    .or(Layers::OI)
    .or(Layers::ML)
    .or(Layers::LM)
    .or(Layers::TL)
    .or(Layers::OA);

/// OpenSearch's decorator writes a function's name as the agent's, of a model call too:
/// `chat answer` with the agent `answer`.
fn is_name_of_the_call(classified: &Classified, name: &str, named: &str) -> bool {
    classified.category == Category::Llm
        && name
            .strip_suffix(named)
            .is_some_and(|before| Some(before.trim_end()) == classified.operation.as_deref())
}

/// Endings that instrumentors put behind an agent's name.
const METHODS: &[&str] = &[".run", ".run_stream", "._execute_core"];

fn agent_by_its_span(view: &AttrView<'_>, classified: &Classified, name: &str) -> Option<String> {
    if classified.category != Category::Agent {
        return None;
    }
    if let Some(entity) = view.str(const { key("traceloop.entity.name") }) {
        return Some(entity.to_owned());
    }
    if view.str(const { key("langsmith.metadata.lc_agent_name") }) == Some(name) {
        return Some(name.to_owned());
    }
    if let Some(rest) = name.strip_prefix("invoke_agent ") {
        let is_model = view.str(const { key("gen_ai.request.model") }) == Some(rest);
        return (!is_model && !rest.is_empty()).then(|| rest.to_owned());
    }
    // CrewAI's span is named agent, task and method; the agent's role is its node.
    if view.get(const { key("crew_id") }).is_some()
        && let Some(role) = view.str(const { key("graph.node.id") })
    {
        return Some(role.to_owned());
    }
    // An AgentOS run is named for what it is about.
    if classified.kind.as_deref() == Some("run") && Layers::AO.meets(view.layers) {
        return None;
    }
    let bare = METHODS.iter().find_map(|method| name.strip_suffix(method));
    let name = bare.filter(|_| Layers::OI.meets(view.layers)).unwrap_or(name);
    (NAMED_LIKE_AGENTS.meets(view.layers) && !name.is_empty()).then(|| name.to_owned())
}

/// The conversation. `session.id` is also a word of browser monitoring: on a span without
/// any AI convention it names no conversation.
pub(crate) fn session(view: &AttrView<'_>, resource: &AttrView<'_>) -> Option<String> {
    if view.layers.is_empty() && resource.layers.is_empty() {
        return None;
    }
    view.first_string(fields::SESSIONS).or_else(|| resource.first_string(fields::SESSIONS))
}

/// The user. Claude Code writes an id of the installation on its spans, so there the
/// resource, which people set themselves, goes first.
pub(crate) fn user(view: &AttrView<'_>, resource: &AttrView<'_>) -> Option<String> {
    let on_resource = || resource.first_string(fields::USERS);
    if Layers::CC.meets(view.layers) {
        return on_resource().or_else(|| view.first_string(fields::USERS));
    }
    view.first_string(fields::USERS).or_else(on_resource)
}

/// The first source on the span, else on the resource.
pub(crate) fn on_span_or_resource(
    view: &AttrView<'_>,
    resource: &AttrView<'_>,
    sources: &'static Table,
) -> Option<String> {
    view.first_string(sources).or_else(|| resource.first_string(sources))
}

/// The parent that the span names. Laminar overrides it where it put a span under one that
/// it never sends, and repeats the whole way from the root beside it.
pub(crate) fn parent(source: &SourceSpan, view: &AttrView<'_>) -> Option<SpanId> {
    if !Layers::LM.meets(view.layers) {
        return source.parent_span_id;
    }
    if view.flag(const { key("lmnr.internal.override_parent_span") }) == Some(true) {
        return None;
    }
    source.parent_span_id.or_else(|| {
        let Value::Array(path) = view.get(const { key("lmnr.span.ids_path") })? else {
            return None;
        };
        let above = path.len().checked_sub(2).and_then(|place| path.get(place))?;
        let digits: String = above.as_str()?.chars().filter(|digit| *digit != '-').collect();
        SpanId::from_hex(digits.get(16..)?).ok()
    })
}

/// The sender says that the span is a root although it names a parent.
pub(crate) fn is_forced_root(view: &AttrView<'_>) -> bool {
    view.flag(const { key("langfuse.internal.as_root") }) == Some(true)
}
