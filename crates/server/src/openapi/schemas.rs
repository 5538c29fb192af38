//! Shapes of bodies and answers, a line a field. A name that ends in `?` may be left out, a
//! type that ends in `?` may be null. `[x]` is a list, `{x}` an object of such values, `a|b`
//! one of these words, `=a` this word, a capital begins the name of another shape.

mod conversation;
mod errors;
mod groups;
mod keeping;
mod rows;
mod runs;
mod sending;

use clew_model::span::Category;
use serde_json::{Map, Value as Json, json};

type Field = (&'static str, &'static str);

const SHAPES: [&[(&str, &[Field])]; 7] = [
    errors::SHAPES,
    rows::SHAPES,
    runs::SHAPES,
    conversation::SHAPES,
    groups::SHAPES,
    keeping::SHAPES,
    sending::SHAPES,
];

/// Words of one kind that stand in several shapes.
const WORDS: &[(&str, &str)] = &[
    ("Outcome", "unset|ok|error"),
    ("RunState", "live|quiet|abandoned|resumed|done"),
    ("Scope", "ingest|read|admin"),
    ("Subject", "session|trace|span"),
    ("FilterType", "text|full_text|set|id|duration|money|count|number|size|share|time|open"),
];

/// One of several shapes, told apart by `kind`.
const UNIONS: &[(&str, &[&str])] = &[(
    "Entry",
    &[
        "TextEntry",
        "ThinkingEntry",
        "MediaEntry",
        "ToolsEntry",
        "AgentEntry",
        "StepEntry",
        "FailedEntry",
        "CompactionEntry",
        "OtherEntry",
    ],
)];

/// The document's `components.schemas`.
pub(super) fn all() -> Json {
    let mut schemas: Map<String, Json> = SHAPES
        .iter()
        .flat_map(|shapes| shapes.iter())
        .map(|(name, fields)| ((*name).to_owned(), object(fields)))
        .collect();
    let span = object(&[SKELETON, SPAN_ROW_ONLY].concat());
    schemas.insert("Skeleton".to_owned(), object(SKELETON));
    schemas.insert("SpanRow".to_owned(), span);
    for (name, words) in WORDS {
        schemas.insert((*name).to_owned(), schema(words));
    }
    let categories = Category::ALL.map(Category::as_str);
    schemas.insert("Category".to_owned(), json!({ "type": "string", "enum": categories }));
    for (name, shapes) in UNIONS {
        let shapes: Vec<Json> = shapes.iter().map(|shape| reference(shape)).collect();
        schemas.insert((*name).to_owned(), json!({ "anyOf": shapes }));
    }
    let codes = super::error_words();
    schemas["ErrorBody"]["properties"]["code"] = json!({ "type": "string", "enum": codes });
    Json::Object(schemas)
}

/// A reference to a shape.
pub(super) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(fields: &[Field]) -> Json {
    let properties: Map<String, Json> = fields
        .iter()
        .map(|(name, kind)| (name.trim_end_matches('?').to_owned(), schema(kind)))
        .collect();
    let required: Vec<&str> =
        fields.iter().map(|(name, _)| *name).filter(|name| !name.ends_with('?')).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schema(kind: &str) -> Json {
    if let Some(inner) = kind.strip_suffix('?') {
        return json!({ "anyOf": [schema(inner), { "type": "null" }] });
    }
    if let Some(inner) = kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return json!({ "type": "array", "items": schema(inner) });
    }
    if let Some(inner) = kind.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return json!({ "type": "object", "additionalProperties": schema(inner) });
    }
    if let Some(word) = kind.strip_prefix('=') {
        return json!({ "const": word });
    }
    if kind.contains('|') {
        return json!({ "type": "string", "enum": kind.split('|').collect::<Vec<_>>() });
    }
    match kind {
        "nanos" => json!({ "type": "string", "pattern": "^-?[0-9]+$" }),
        "usd" => json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" }),
        "any" => json!({}),
        "object" | "string" | "integer" | "number" | "boolean" => json!({ "type": kind }),
        name => reference(name),
    }
}

const SKELETON: &[Field] = &[
    ("span_id", "string"),
    ("parent_span_id", "string?"),
    ("index", "integer"),
    ("parent_index", "integer?"),
    ("depth", "integer"),
    ("orphan", "boolean"),
    ("name", "string"),
    ("display_name", "string"),
    ("category", "Category"),
    ("kind", "string?"),
    ("operation", "string?"),
    ("status", "Outcome"),
    ("error_derived", "boolean"),
    ("error", "SpanError?"),
    ("start_offset_nanos", "integer"),
    ("duration_nanos", "integer?"),
    ("open", "boolean"),
    ("usage", "Usage?"),
    ("usage_scope", "own|aggregate"),
    ("counted", "boolean?"),
    ("cost", "Cost?"),
    ("model", "string?"),
    ("request_model", "string?"),
    ("response_model", "string?"),
    ("provider", "string?"),
    ("tool_name", "string?"),
    ("tool_call_id", "string?"),
    ("agent_name", "string?"),
    ("session_id", "string?"),
    ("user_id", "string?"),
    ("finish_reason", "string?"),
    ("ttft_nanos", "integer?"),
    ("input_preview", "string?"),
    ("output_preview", "string?"),
    ("input_bytes", "integer"),
    ("output_bytes", "integer"),
    ("call_hash", "string?"),
    ("result_hash", "string?"),
    ("conventions", "[string]"),
    ("tags", "[string]"),
    ("subtree", "Subtree"),
];

const SPAN_ROW_ONLY: &[Field] =
    &[("trace_id", "string"), ("trace_name", "string"), ("start_nanos", "nanos")];

#[cfg(test)]
pub(crate) fn fields_of(name: &str) -> Vec<&'static str> {
    let shapes = || SHAPES.iter().flat_map(|shapes| shapes.iter());
    let fields = match name {
        "Skeleton" => SKELETON,
        _ => shapes().find(|(known, _)| *known == name).map_or(&[][..], |(_, fields)| fields),
    };
    fields.iter().map(|(field, _)| field.trim_end_matches('?')).collect()
}
