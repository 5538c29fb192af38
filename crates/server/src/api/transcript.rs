//! A run as a conversation.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use clew_model::content::{Content, content};
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use clew_model::trace::Tree;
use clew_model::transcript::transcript;
use clew_model::usage::{PicoUsd, Usage};
use clew_store::{Scope, StoreError};
use serde_json::{Value as JsonValue, json};

use super::clip::clip;
use super::params::TracePath;
use super::view::money::{UsageView, Usd};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Route};
use crate::trees::run;

/// Longest text of one message; the whole is in the span's payload.
const TEXT_MAX_BYTES: usize = 32 * 1024;
/// Payloads read at once: a run may have more than fit into memory.
const PAYLOADS_AT_ONCE: usize = 256;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::GET,
        path: "/api/v1/traces/{trace_id}/transcript",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "A run as a conversation: each message once, tools with their results, cards of \
                  sub-agents",
        query: &[],
        body: None,
        answer: Answer::Json("Transcript"),
        handler: || get(read),
    }]
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    TracePath(trace_id): TracePath,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let tree = run(app, &caller, trace_id)?.tree;
        let mut payloads = Payloads {
            app,
            caller: &caller,
            trace_id,
            tree: &tree,
            held: HashMap::new(),
            failed: None,
        };
        let conversation = transcript(&tree, TEXT_MAX_BYTES, &mut |span| payloads.of(span));
        if let Some(error) = payloads.failed {
            return Err(error.into());
        }
        let mut answer = json!(conversation);
        rewrite_totals(&mut answer);
        let cut = clip(&mut answer, app.config.limits.max_response_bytes);
        answer["clipped_bytes"] = json!(cut);
        Ok(Json(answer))
    })
    .await
}

/// Payloads, some at a time. They are asked for in the order of the tree, so those that
/// follow one are read along with it.
struct Payloads<'a> {
    app: &'a App,
    caller: &'a Caller,
    trace_id: TraceId,
    tree: &'a Tree,
    held: HashMap<SpanId, SourceSpan>,
    failed: Option<StoreError>,
}

impl Payloads<'_> {
    fn of(&mut self, span: &Span) -> Option<Content> {
        if !self.held.contains_key(&span.span_id) {
            let first = self.tree.index_of(span.span_id)?;
            let nodes = self.tree.nodes().iter().skip(first).take(PAYLOADS_AT_ONCE);
            let ids: Vec<SpanId> = nodes.map(|node| node.span.span_id).collect();
            let read = self.app.store.sources(self.caller.workspace, &self.trace_id, Some(&ids));
            match read {
                Ok(sources) => {
                    self.held =
                        sources.into_iter().map(|source| (source.span_id, source)).collect();
                }
                Err(error) => {
                    self.failed.get_or_insert(error);
                    return None;
                }
            }
        }
        self.held.get(&span.span_id).map(content)
    }
}

/// Totals in the words of the rest of the API: money is decimal text.
fn rewrite_totals(json: &mut JsonValue) {
    match json {
        JsonValue::Array(items) => items.iter_mut().for_each(rewrite_totals),
        JsonValue::Object(fields) => {
            if let Some(totals) = fields.get_mut("totals") {
                let cost = totals["cost"].as_i64().map(|cost| Usd(PicoUsd(cost)));
                let usage = serde_json::from_value::<Usage>(totals["usage"].take()).ok();
                totals["cost"] = json!(cost);
                totals["usage"] = json!(usage.as_ref().and_then(UsageView::of));
            }
            // What senders sent stands under these; it may have a `totals` of its own.
            let ours = fields.iter_mut().filter(|(key, _)| {
                !matches!(key.as_str(), "arguments" | "result" | "part" | "totals")
            });
            ours.for_each(|(_, value)| rewrite_totals(value));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_rewritten_and_payloads_are_not() {
        let mut json = json!({"turns": [{"card": {
            "totals": {"spans": 2, "errors": 0, "usage": null, "cost": 3_373_200_000_i64},
            "entries": [{"kind": "tools", "calls": [{"arguments": {"totals": {"cost": 5}}}]}],
        }}]});
        rewrite_totals(&mut json);
        let card = &json["turns"][0]["card"];
        assert_eq!(card["totals"]["cost"], "0.0033732");
        assert_eq!(card["entries"][0]["calls"][0]["arguments"]["totals"]["cost"], 5);
    }
}
