//! What a file's records are, by the first one.

use serde_json::{Map, Value as Json};

use crate::arguments::ImportFormat;

/// Where records go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Each is a request of OTLP.
    OtlpJson,
    /// Lines of a format that the server's import reads.
    Records(&'static str),
}

/// Whether a record's format is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    Yes(Way),
    /// It is no JSON but a Parquet file.
    Parquet,
    No,
}

pub(super) fn way_of(format: ImportFormat) -> Way {
    format.word().map_or(Way::OtlpJson, Way::Records)
}

/// The formats that can be named.
pub(super) fn names() -> String {
    use clap::ValueEnum;
    let words = ImportFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    words.map(|word| word.get_name().to_owned()).collect::<Vec<_>>().join(", ")
}

/// Looks at a record's fields, the surest signs first.
pub(super) fn detect(record: &str) -> Known {
    if record.starts_with("PAR1") {
        return Known::Parquet;
    }
    let Ok(Json::Object(fields)) = serde_json::from_str::<Json>(record) else {
        return Known::No;
    };
    let has = |name: &str| fields.contains_key(name);
    let is_otlp = ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"];
    if is_otlp.iter().any(|name| has(name)) {
        return Known::Yes(Way::OtlpJson);
    }
    if has("sessionId") && has("type") {
        return Known::Yes(Way::Records("claude-code"));
    }
    if is_chat(&fields) {
        return Known::Yes(Way::Records("openai-chat"));
    }
    let is_span = ["trace_id", "traceId", "context.trace_id", "context"];
    if has("name") && is_span.iter().any(|name| has(name)) {
        return Known::Yes(Way::Records("spans"));
    }
    Known::No
}

fn is_chat(fields: &Map<String, Json>) -> bool {
    let has = |name: &str| fields.contains_key(name);
    has("messages")
        || has("choices")
        || has("custom_id")
        || (has("request") && has("response"))
        || fields.get("object").and_then(Json::as_str) == Some("response")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_its_fields() {
        let records = |word| Known::Yes(Way::Records(word));
        for (record, want) in [
            (r#"{"resourceSpans":[]}"#, Known::Yes(Way::OtlpJson)),
            (r#"{"type":"user","sessionId":"s","uuid":"u"}"#, records("claude-code")),
            (r#"{"messages":[{"role":"user","content":"hi"}]}"#, records("openai-chat")),
            (r#"{"custom_id":"1","response":{"body":{}}}"#, records("openai-chat")),
            (r#"{"name":"x","context":{"trace_id":"0x1"}}"#, records("spans")),
            (r#"{"a":1}"#, Known::No),
            ("PAR1\u{15}", Known::Parquet),
        ] {
            assert_eq!(detect(record), want, "{record}");
        }
    }
}
