//! Why a model stopped, in one spelling (span-conventions 3.14).

use super::events;
use super::fields::FINISH_REASONS;
use crate::attributes::{AttrView, Key, key, list_of};
use crate::source::SourceEvent;
use crate::value::attribute;

/// Canonical reason of the first choice; where no attribute says it, as the answer does.
pub(crate) fn reason(view: &AttrView<'_>, span_events: &[SourceEvent]) -> Option<String> {
    reasons(view)
        .into_iter()
        .next()
        .or_else(|| {
            let choice = span_events.iter().find(|event| events::name(event) == "gen_ai.choice")?;
            let reason = attribute(&choice.attributes, "finish_reason")?.as_str()?;
            Some(canonical_finish_reason(reason))
        })
        .or_else(|| ANSWERS.iter().filter_map(|key| view.str(*key)).find_map(inside))
}

/// Attributes that hold a model's answer.
static ANSWERS: &[Key] = &[
    key("gen_ai.output.messages"),
    key("mlflow.spanOutputs"),
    key("langfuse.observation.output"),
    key("braintrust.output_json"),
    key("lmnr.span.output"),
    key("response_data"),
    key("genkit:output"),
    key("gcp.vertex.agent.llm_response"),
];

/// The first reason in an answer, without parsing it. A quote inside a text is escaped, so
/// a text that speaks of reasons does not match.
fn inside(answer: &str) -> Option<String> {
    ["\"finish_reason\"", "\"finishReason\"", "\"stop_reason\""].iter().find_map(|name| {
        let rest = answer.split_once(name)?.1.trim_start().strip_prefix(':')?.trim_start();
        let (reason, _) = rest.strip_prefix('"')?.split_once('"')?;
        (!reason.is_empty()).then(|| canonical_finish_reason(reason))
    })
}

/// Canonical reasons of all choices.
pub(crate) fn reasons(view: &AttrView<'_>) -> Vec<String> {
    view.rows(FINISH_REASONS)
        .filter_map(|source| view.get(source.key))
        .map(list_of)
        .find(|reasons| !reasons.is_empty())
        .unwrap_or_default()
        .iter()
        .map(|reason| canonical_finish_reason(reason))
        .collect()
}

/// One spelling for one reason; an unknown one is passed through.
pub fn canonical_finish_reason(reason: &str) -> String {
    let bare = reason.trim().trim_matches('"');
    // Python writes enumerations with their class: `FinishReason.STOP`.
    let bare = bare.rsplit_once("FinishReason.").map_or(bare, |(_, word)| word);
    match bare.to_ascii_lowercase().as_str() {
        "stop" | "end_turn" | "stop_sequence" | "eos" | "eos_token" | "complete" | "completed" => {
            "stop".into()
        }
        "length" | "max_tokens" | "max_output_tokens" | "model_length" => "length".into(),
        "tool_call" | "tool_calls" | "tool-calls" | "tool_use" | "function_call" => {
            "tool_call".into()
        }
        "content_filter" | "content-filter" | "safety" | "recitation" | "refusal" | "blocklist"
        | "prohibited_content" | "spii" => "content_filter".into(),
        "error" | "malformed_function_call" | "other-error" => "error".into(),
        _ => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_found_inside_an_answer() {
        let answer = r#"[{"message":{"content":"\"finish_reason\": \"no\""},"finish_reason": "tool_calls"}]"#;
        assert_eq!(inside(answer).as_deref(), Some("tool_call"));
        assert_eq!(inside(r#"{"finish_reason":null}"#), None);
    }

    #[test]
    fn reasons_have_one_spelling() {
        for (reason, want) in [
            ("tool-calls", "tool_call"),
            ("STOP", "stop"),
            ("end_turn", "stop"),
            ("MAX_TOKENS", "length"),
            ("SAFETY", "content_filter"),
            ("MALFORMED_FUNCTION_CALL", "error"),
            ("FinishReason.STOP", "stop"),
            ("compaction", "compaction"),
            ("Weird", "Weird"),
        ] {
            assert_eq!(canonical_finish_reason(reason), want);
        }
    }
}
