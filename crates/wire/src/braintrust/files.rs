//! Files that a row names: `{"type": "braintrust_attachment", "key", "filename",
//! "content_type"}` anywhere in its payloads.

use clew_model::source::SourceSpan;
use clew_model::value::Value;

use super::{Reference, member};
use crate::decoded::Tally;
use crate::json::Json;
use crate::limits::Limits;

/// Files of one row that are looked for.
const FILES_MAX: usize = 256;

const KIND: &str = "braintrust_attachment";

/// Every file that the part names.
pub(super) fn named(part: &SourceSpan) -> Vec<Reference> {
    let mut found = Vec::new();
    for (_, value) in &part.attributes {
        match value {
            Value::String(text) if text.contains(KIND) => {
                let read = Json::new(text).any(&mut Tally::new(&Limits::default()), 0);
                if let Ok(value) = read {
                    collect(part, &value, &mut found);
                }
            }
            Value::Map(_) => collect(part, value, &mut found),
            _ => {}
        }
    }
    found
}

fn collect(part: &SourceSpan, value: &Value, found: &mut Vec<Reference>) {
    if found.len() >= FILES_MAX {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|inner| collect(part, inner, found)),
        Value::Map(pairs) => match reference(part, value) {
            Some(reference) => found.push(reference),
            None => pairs.iter().for_each(|(_, inner)| collect(part, inner, found)),
        },
        _ => {}
    }
}

fn reference(part: &SourceSpan, value: &Value) -> Option<Reference> {
    let text = |name| member(Some(value), name).and_then(Value::as_str);
    if text("type") != Some(KIND) {
        return None;
    }
    let own = |name| text(name).unwrap_or_default().to_owned();
    Some(Reference {
        key: text("key")?.to_owned(),
        filename: own("filename"),
        content_type: own("content_type"),
        trace_id: part.trace_id,
        span_id: part.span_id,
    })
}
