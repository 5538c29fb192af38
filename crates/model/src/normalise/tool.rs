//! Tool calls: name, id, and hashes by which repeats are found (span-conventions 3.7).

use serde_json::Value as Json;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::category::Classified;
use super::{events, fields};
use crate::attributes::{AttrView, decode};
use crate::source::SourceEvent;
use crate::span::Category;
use crate::value::Value;

mod unwrapped;

/// Larger payloads are hashed as they stand instead of in canonical form.
const CANONICAL_MAX_BYTES: usize = 64 * 1024;

/// Facts of a tool call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToolFacts {
    /// Name of the tool.
    pub(crate) name: Option<String>,
    /// The model's id of the call.
    pub(crate) call_id: Option<String>,
    /// Name and canonical arguments.
    pub(crate) call_hash: Option<u64>,
    /// Canonical result.
    pub(crate) result_hash: Option<u64>,
}

/// Reads them. Spans of other categories keep the call's id, which ties them to it.
pub(crate) fn facts(
    view: &AttrView<'_>,
    span_events: &[SourceEvent],
    classified: &Classified,
    name: &str,
) -> ToolFacts {
    let call_id = view.first_string(fields::TOOL_CALL_IDS);
    if classified.category != Category::Tool {
        return ToolFacts { call_id, ..ToolFacts::default() };
    }
    let name = tool_name(view, name);
    let arguments = arguments(view, span_events);
    let result = result(view, span_events);
    ToolFacts {
        call_hash: name.as_deref().map(|name| call_hash(name, arguments)),
        result_hash: result.map(result_hash),
        name,
        call_id,
    }
}

/// What the tool was given.
pub(crate) fn arguments<'a>(
    view: &AttrView<'a>,
    span_events: &'a [SourceEvent],
) -> Option<&'a Value> {
    let (_, value) = view.first(fields::TOOL_ARGUMENTS).unzip();
    value.or_else(|| events::tool_arguments(span_events))
}

/// What it gave back.
pub(crate) fn result<'a>(view: &AttrView<'a>, span_events: &'a [SourceEvent]) -> Option<&'a Value> {
    let (_, value) = view.first(fields::TOOL_RESULTS).unzip();
    value.or_else(|| events::tool_result(span_events))
}

/// What the tool was given, decoded and freed of what frameworks put around it.
pub(crate) fn given(arguments: &Value) -> Json {
    unwrapped::arguments(decode::json_of(arguments))
}

/// What it gave back, likewise.
pub(crate) fn gave(result: &Value) -> Json {
    unwrapped::result(decode::json_of(result))
}

/// The tool's name; without one the span's, freed of what instrumentations put around it.
pub(crate) fn tool_name(view: &AttrView<'_>, span_name: &str) -> Option<String> {
    view.first_string(fields::TOOL_NAMES).or_else(|| {
        let bare = span_name
            .strip_prefix("execute_tool ")
            .or_else(|| span_name.strip_prefix("tools/call "))
            .unwrap_or(span_name);
        let bare =
            bare.strip_suffix(".tool").or_else(|| bare.strip_suffix(".__call__")).unwrap_or(bare);
        let bare = bare.trim();
        (!bare.is_empty()).then(|| bare.to_owned())
    })
}

/// Equal for equal calls, however their arguments are spaced, ordered or encoded.
fn call_hash(name: &str, arguments: Option<&Value>) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(name.as_bytes());
    hash.update(&[0]);
    if let Some(arguments) = arguments {
        hash.update(canonical(arguments, given).as_bytes());
    }
    hash.digest()
}

fn result_hash(result: &Value) -> u64 {
    xxh3_64(canonical(result, gave).as_bytes())
}

/// JSON with its members in the order of their names; a text that is no JSON, or is long,
/// as it stands.
fn canonical(value: &Value, decoded: fn(&Value) -> Json) -> String {
    match value {
        Value::String(text) if text.len() > CANONICAL_MAX_BYTES => text.clone(),
        _ => {
            let mut out = String::new();
            write_canonical(&decoded(value), &mut out);
            out
        }
    }
}

fn write_canonical(json: &Json, out: &mut String) {
    match json {
        Json::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            out.push('{');
            for name in names {
                out.push_str(&Json::String(name.clone()).to_string());
                out.push(':');
                write_canonical(&members[name], out);
                out.push(',');
            }
            out.push('}');
        }
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_calls_have_equal_hashes() {
        let spaced = Value::from(r#"{"b": 2, "a": [1, "x"]}"#);
        let ordered = Value::from(r#"{"a":[1,"x"],"b":2}"#);
        let twice = Value::from(r#""{\"a\":[1,\"x\"],\"b\":2}""#);
        let structured = Value::Map(vec![
            ("b".into(), Value::Int(2)),
            ("a".into(), Value::Array(vec![Value::Int(1), "x".into()])),
        ]);
        let want = call_hash("f", Some(&ordered));
        for arguments in [&spaced, &twice, &structured] {
            assert_eq!(call_hash("f", Some(arguments)), want);
        }
        assert_ne!(call_hash("g", Some(&ordered)), want);
        assert_ne!(call_hash("f", Some(&Value::from(r#"{"a":[1,"x"],"b":3}"#))), want);
        assert_ne!(call_hash("f", None), want);
    }
}
