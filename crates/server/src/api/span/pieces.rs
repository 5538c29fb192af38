//! Long texts of a span piece by piece, and where something stands in them.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_store::Scope;
use serde::Serialize;
use serde_json::{Value as JsonValue, json};

use super::{Told, labels, long_texts, told};
use crate::api::params::{Params, SpanPath};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Query, Route};

/// Characters of one piece.
const PIECE_MAX_CHARS: usize = 1 << 20;
/// Bytes of what is looked for.
const FIND_MAX_BYTES: usize = 1_024;
/// Matches that are given.
const MATCHES_MAX: usize = 200;
/// Matches that are counted.
const COUNTED_MAX: usize = 100_000;
/// Characters around a match, before and after.
const AROUND_CHARS: usize = 60;

pub(super) fn routes() -> [Route; 2] {
    let text = Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/spans/{span_id}/text",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "A piece of a long text of a span",
        query: &[
            Query {
                name: "pointer",
                kind: "string",
                about: "Its place in the answer about the span",
            },
            Query { name: "from", kind: "integer", about: "Its first character, 0 if left out" },
            Query { name: "max", kind: "integer", about: "Characters, at most 1,048,576" },
        ],
        body: None,
        answer: Answer::Json("TextPiece"),
        handler: || get(text),
    };
    let find = Route {
        path: "/api/v1/traces/{trace_id}/spans/{span_id}/find",
        summary: "Where a text stands in content and attributes of a span, whatever its case",
        query: &[Query { name: "q", kind: "string", about: "What to find, as it stands" }],
        answer: Answer::Json("Found"),
        handler: || get(find),
        ..text.same()
    };
    [text, find]
}

async fn text(
    State(app): State<App>,
    caller: Caller,
    SpanPath(trace_id, span_id): SpanPath,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let pointer = params.text("pointer").unwrap_or("").to_owned();
    let from = number(&params, "from", 0, usize::MAX)?.unwrap_or(0);
    let max = number(&params, "max", 1, PIECE_MAX_CHARS)?.unwrap_or(PIECE_MAX_CHARS);
    app.read(move |app| {
        let Told { row, document } = told(app, &caller, trace_id, span_id)?;
        let labels = json!({ "labels": labels(&row, span_id) });
        let found = document.pointer(&pointer).or_else(|| labels.pointer(&pointer));
        let text = found.and_then(JsonValue::as_str).ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, "no text stands at `pointer`").with_field("pointer")
        })?;
        let chars = text.chars().count();
        let piece = long_texts::chars_of(text, from, max);
        let next = from.saturating_add(max);
        let next = (next < chars).then_some(next);
        Ok(Json(json!({ "text": piece, "from": from, "chars": chars, "next": next })))
    })
    .await
}

async fn find(
    State(app): State<App>,
    caller: Caller,
    SpanPath(trace_id, span_id): SpanPath,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let q = params.text("q").unwrap_or("");
    if q.is_empty() || q.len() > FIND_MAX_BYTES {
        let message = format!("`q` must be 1 to {FIND_MAX_BYTES} bytes");
        return Err(ApiError::bad_request(message).with_field("q"));
    }
    let wanted = folded(q);
    app.read(move |app| {
        let document = told(app, &caller, trace_id, span_id)?.document;
        let mut found = Found::default();
        for part in ["content", "attributes"] {
            long_texts::each_text(
                &document[part],
                &mut format!("/{part}"),
                &mut |pointer, text| {
                    found.look(pointer, text, &wanted);
                    found.total < COUNTED_MAX
                },
            );
        }
        let total_is = if found.total < COUNTED_MAX { "exact" } else { "at_least" };
        Ok(Json(json!({ "matches": found.matches, "total": found.total, "total_is": total_is })))
    })
    .await
}

fn number(
    params: &Params,
    name: &'static str,
    min: usize,
    max: usize,
) -> Result<Option<usize>, ApiError> {
    let Some(asked) = params.integer(name)? else { return Ok(None) };
    match usize::try_from(asked) {
        Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
        _ => {
            let bounds = if max == usize::MAX { "or more".to_owned() } else { format!("to {max}") };
            Err(ApiError::bad_request(format!("`{name}` must be {min} {bounds}, not {asked}"))
                .with_field(name))
        }
    }
}

/// A place where it stands.
#[derive(Debug, PartialEq, Serialize)]
struct Match {
    pointer: String,
    /// The first character of it.
    at: usize,
    snippet: String,
    /// Place and length in characters of it in the snippet.
    mark: [usize; 2],
}

#[derive(Debug, Default)]
struct Found {
    matches: Vec<Match>,
    total: usize,
}

impl Found {
    /// Counts the matches in a text, and keeps the first.
    fn look(&mut self, pointer: &str, text: &str, wanted: &str) {
        let length = wanted.chars().count();
        let folded_text = folded(text);
        // The same character in both: folding keeps their number, not their bytes.
        let (mut at, mut folded_at, mut text_at) = (0, 0, 0);
        for (place, _) in folded_text.match_indices(wanted) {
            if self.total >= COUNTED_MAX {
                return;
            }
            self.total += 1;
            if self.matches.len() >= MATCHES_MAX {
                continue;
            }
            let passed = folded_text[folded_at..place].chars().count();
            text_at += bytes_of(&text[text_at..], passed);
            (at, folded_at) = (at + passed, place);
            let before = text[..text_at].char_indices().rev().take(AROUND_CHARS);
            let start = before.last().map_or(text_at, |(start, _)| start);
            let end = text_at + bytes_of(&text[text_at..], length + AROUND_CHARS);
            let mark = [text[start..text_at].chars().count(), length];
            let snippet = text[start..end].to_owned();
            self.matches.push(Match { pointer: pointer.to_owned(), at, snippet, mark });
        }
    }
}

/// Bytes of the first characters of a text.
fn bytes_of(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(end, _)| end)
}

/// In lower case, character by character: one that would become several stays as it is.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let fold = |c: char| {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    };
    text.chars().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_places_in_characters() {
        let mut found = Found::default();
        // The Kelvin sign has three bytes and becomes one, the dotted I would become two.
        found.look("/a", "İ \u{212a}elvin and kElvin", &folded("Kelvin"));
        let places: Vec<(usize, [usize; 2])> =
            found.matches.iter().map(|found| (found.at, found.mark)).collect();
        assert_eq!(places, [(2, [2, 6]), (13, [13, 6])]);
        assert_eq!(found.matches[0].snippet, "İ \u{212a}elvin and kElvin");
        assert_eq!(found.total, 2);
    }

    #[test]
    fn a_snippet_is_what_stands_around() {
        let mut found = Found::default();
        let text = format!("{}x{}", "é".repeat(100), "ü".repeat(100));
        found.look("/a", &text, "x");
        let around = format!("{}x{}", "é".repeat(60), "ü".repeat(60));
        assert_eq!(
            found.matches,
            [Match { pointer: "/a".to_owned(), at: 100, snippet: around, mark: [60, 1] }]
        );
    }

    #[test]
    fn two_hundred_are_given_and_all_are_counted() {
        let mut found = Found::default();
        found.look("/a", &"ab".repeat(300), "b");
        assert_eq!((found.matches.len(), found.total), (200, 300));
        assert_eq!(found.matches[199].at, 399);
    }
}
