//! Recorded answers and ours, side by side.

use serde_json::Value as Json;

/// Times of arrival and of the search itself: they are there, but no replay has the same.
const ONLY_PRESENT: [&str; 5] =
    ["created_at", "first_trace_at", "last_trace_at", "search_time_ms", "instantiated_at"];

/// A line for each place where the two differ. A field that is absent is not one that is
/// null.
pub(super) fn differences(want: &Json, got: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    compare(want, got, "", &mut lines);
    lines
}

fn compare(want: &Json, got: &Json, place: &str, lines: &mut Vec<String>) {
    match (want, got) {
        (Json::Object(want), Json::Object(got)) => {
            for (key, value) in want {
                match got.get(key) {
                    None => lines.push(format!("{place}.{key}: only agno has it")),
                    Some(_) if ONLY_PRESENT.contains(&key.as_str()) => {}
                    Some(other) => compare(value, other, &format!("{place}.{key}"), lines),
                }
            }
            for (key, value) in got.iter().filter(|(key, _)| !want.contains_key(*key)) {
                lines.push(format!("{place}.{key}: only Clew has it: {value}"));
            }
            let same_keys = want.len() == got.len() && want.keys().all(|key| got.contains_key(key));
            if same_keys && !want.keys().eq(got.keys()) {
                lines.push(format!("{place}: the fields stand in another order"));
            }
        }
        (Json::Array(want), Json::Array(got)) if want.len() == got.len() => {
            for (index, (left, right)) in want.iter().zip(got).enumerate() {
                compare(left, right, &format!("{place}[{index}]"), lines);
            }
        }
        _ if want == got => {}
        _ if place.ends_with(".duration") && is_near(want, got) => {}
        _ => lines.push(format!("{place}: agno {want}, Clew {got}")),
    }
}

/// agno's milliseconds of a trace carry the error of its store's arithmetic. A text of
/// seconds has two digits: those are compared as they stand.
fn is_near(want: &Json, got: &Json) -> bool {
    let millis = |text: &Json| text.as_str()?.strip_suffix("ms")?.parse::<f64>().ok();
    match (millis(want), millis(got)) {
        (Some(want), Some(got)) => got.fract() == 0.0 && (want - got).abs() <= 1.0,
        _ => false,
    }
}
