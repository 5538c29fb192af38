//! Tools that the model could call, each as `{name, description?, parameters?, type?}`
//! (span-conventions 3.10).

use serde_json::{Map, Value as Json};

use super::from_events;
use crate::attributes::indexed::{entries, member};
use crate::attributes::{AttrView, Source, Table, decode};
use crate::convention::Layers;
use crate::source::SourceSpan;

/// The definitions of the first source that has any; `beside` are those that stood beside
/// the messages.
pub(super) fn definitions(source: &SourceSpan, view: &AttrView<'_>, beside: &[Json]) -> Vec<Json> {
    let attribute = view
        .rows(DEFINITIONS)
        .filter_map(|source| view.get(source.key))
        .map(|value| all(&decode::json_of(value)))
        .find(|tools| !tools.is_empty());
    let in_event = || from_events::detail(&source.events, "gen_ai.tool.definitions");
    attribute
        .or_else(|| some(in_event().map(|list| all(&list)).unwrap_or_default()))
        .or_else(|| some(flattened(view)))
        .or_else(|| some(all(&Json::Array(beside.to_vec()))))
        .unwrap_or_default()
}

fn some(tools: Vec<Json>) -> Option<Vec<Json>> {
    (!tools.is_empty()).then_some(tools)
}

static DEFINITIONS: &Table = &Table::of(&[
    Source::any("gen_ai.tool.definitions"),
    Source::any("ai.prompt.tools"),
    Source::only(Layers::PA.or(Layers::LG), "model_request_parameters"),
    Source::any("mlflow.chat.tools"),
    Source::any("lk.function_tools"),
    Source::any("gen_ai.agent.tools"),
    Source::only(Layers::AO, "agentos.data.tools"),
    Source::any("agno.tools"),
    Source::only(Layers::LS, "langsmith.invocation_params"),
    Source::only(Layers::OA, "openai_agents.tools"),
    Source::only(Layers::OA, "openai_agents.response"),
    // An object around them, which may be without any.
    Source::any("braintrust.metadata"),
]);

/// Definitions that were flattened into keys.
fn flattened(view: &AttrView<'_>) -> Vec<Json> {
    let openinference = entries(view.all(), "llm.tools.");
    let tools: Vec<Json> = openinference
        .values()
        .filter_map(|members| member(members, "tool.json_schema"))
        .filter_map(|value| definition(&decode::json_of(value)))
        .collect();
    if !tools.is_empty() {
        return tools;
    }
    entries(view.all(), "llm.request.functions.")
        .values()
        .filter_map(|members| {
            let object: Map<String, Json> = members
                .iter()
                .map(|(name, value)| ((*name).to_owned(), decode::json_of(value)))
                .collect();
            definition(&Json::Object(object))
        })
        .collect()
}

/// Every tool in a list, or in Pydantic AI's and Gemini's objects around lists.
fn all(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(items) => items.iter().flat_map(each).collect(),
        Json::Object(members) => ["function_tools", "output_tools", "tools"]
            .iter()
            .filter_map(|name| members.get(*name))
            .flat_map(all)
            .collect(),
        _ => Vec::new(),
    }
}

/// One entry of a list: a tool, a text with a tool, or Gemini's group of functions.
fn each(entry: &Json) -> Vec<Json> {
    let entry = match entry {
        Json::String(text) => decode::json_of_text(text),
        other => other.clone(),
    };
    let group = entry.get("functionDeclarations").or_else(|| entry.get("function_declarations"));
    match group {
        Some(Json::Array(functions)) => functions.iter().filter_map(definition).collect(),
        _ => definition(&entry).into_iter().collect(),
    }
}

/// One tool in one shape. Members that are not known stay.
fn definition(tool: &Json) -> Option<Json> {
    if let Json::String(name) = tool {
        return Some(serde_json::json!({ "name": name }));
    }
    let mut members = tool.as_object()?.clone();
    // {type: "function", function: {...}}, and Bedrock's {toolSpec: {...}}.
    for wrapper in ["function", "toolSpec"] {
        if let Some(Json::Object(inner)) = members.remove(wrapper) {
            members.extend(inner);
        }
    }
    for name in PARAMETER_NAMES {
        if let Some(schema) = members.remove(*name)
            && !schema.is_null()
        {
            let schema = schema.get("json").cloned().unwrap_or(schema);
            members.entry("parameters").or_insert_with(|| match schema {
                Json::String(text) => decode::json_of_text(&text),
                other => other,
            });
        }
    }
    members.retain(|_, value| !value.is_null());
    let mut ordered = Map::new();
    for name in ["name", "description", "parameters", "type"] {
        if let Some(value) = members.remove(name) {
            ordered.insert(name.to_owned(), value);
        }
    }
    // Built-in tools of the providers have a type and no name.
    if !ordered.contains_key("name") {
        let kind = ordered.get("type")?.clone();
        ordered.insert("name".to_owned(), kind);
    }
    ordered.extend(members);
    Some(Json::Object(ordered))
}

const PARAMETER_NAMES: &[&str] = &[
    "parameters",
    "input_schema",
    "inputSchema",
    "parametersJsonSchema",
    "parameters_json_schema",
    "json_schema",
    "schema",
];
