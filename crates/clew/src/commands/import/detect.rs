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

/// What a file's bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Protobuf,
    Parquet,
}

/// By the first bytes. Text has no control characters; in protobuf, whose first byte may
/// well be a line feed, the numbers of fields and the lengths are some.
pub(super) fn kind_of(bytes: &[u8]) -> Kind {
    const LOOKED_AT: usize = 256;
    if bytes.starts_with(b"PAR1") {
        return Kind::Parquet;
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t');
    match bytes.iter().take(LOOKED_AT).any(is_control) {
        true => Kind::Protobuf,
        false => Kind::Text,
    }
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

/// Looks at a record's fields, the surest signs first; `None` where none is known.
pub(super) fn detect(record: &str) -> Option<Way> {
    let Ok(Json::Object(fields)) = serde_json::from_str::<Json>(record) else {
        return None;
    };
    let has = |name: &str| fields.contains_key(name);
    let is_otlp = ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"];
    if is_otlp.iter().any(|name| has(name)) {
        return Some(Way::OtlpJson);
    }
    if has("sessionId") && has("type") {
        return Some(Way::Records("claude-code"));
    }
    if has("run_type") && has("id") {
        return Some(Way::Records("langsmith"));
    }
    if (has("traceId") && has("type")) || (has("id") && has("observations")) {
        return Some(Way::Records("langfuse"));
    }
    if has("spans") || (has("info") && has("data")) {
        return Some(Way::Records("mlflow"));
    }
    if is_chat(&fields) {
        return Some(Way::Records("openai-chat"));
    }
    let is_span = ["trace_id", "traceId", "context.trace_id", "context"];
    if has("name") && is_span.iter().any(|name| has(name)) {
        return Some(Way::Records("spans"));
    }
    None
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
        let records = |word| Some(Way::Records(word));
        for (record, want) in [
            (r#"{"resourceSpans":[]}"#, Some(Way::OtlpJson)),
            (r#"{"type":"user","sessionId":"s","uuid":"u"}"#, records("claude-code")),
            (r#"{"messages":[{"role":"user","content":"hi"}]}"#, records("openai-chat")),
            (r#"{"custom_id":"1","response":{"body":{}}}"#, records("openai-chat")),
            (r#"{"name":"x","context":{"trace_id":"0x1"}}"#, records("spans")),
            (r#"{"a":1}"#, None),
        ] {
            assert_eq!(detect(record), want, "{record}");
        }
    }

    #[test]
    fn protobuf_is_told_from_text_that_begins_with_a_line() {
        assert_eq!(kind_of(b"\n\x7b\n\x79\n\x1a\n\x0cservice.name"), Kind::Protobuf);
        assert_eq!(kind_of(&[0, 0, 1, 4, 10]), Kind::Protobuf);
        assert_eq!(kind_of("\n{\n\t\"é\": 1}".as_bytes()), Kind::Text);
        assert_eq!(kind_of(b"PAR1\x15"), Kind::Parquet);
    }
}
