//! Why a model stopped, in one spelling (span-conventions 3.14).

use super::fields::FINISH_REASONS;
use crate::attributes::{AttrView, list_of};

/// Canonical reason of the first choice.
pub(crate) fn reason(view: &AttrView<'_>) -> Option<String> {
    reasons(view).into_iter().next()
}

/// Canonical reasons of all choices.
pub(crate) fn reasons(view: &AttrView<'_>) -> Vec<String> {
    FINISH_REASONS
        .iter()
        .filter(|source| source.layers.meets(view.layers))
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
