//! Links between a call and the turn that its end began. An agent of Claude Code may go on in
//! the background; when it is done, its result comes as a prompt of its own, a
//! `<task-notification>` that names the call. That is another run of the same session.
//!
//! They are found when somebody looks, both ways, since either may come first.

use clew_model::ids::{SpanId, TraceId};
use clew_model::span::Span;
use clew_model::trace::Tree;
use clew_query::Subject;
use clew_store::{TraceQuery, TraceRow};
use serde_json::{Value as JsonValue, json};

use crate::api::filtering::{budget, read_filter};
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::trees::run;

/// How such a prompt begins.
const NOTIFICATION: &str = "<task-notification>";
/// Tools that start agents.
const STARTERS: [&str; 2] = ["Agent", "Task"];
/// Runs of a session that are looked through, the newest first.
const RUNS_MAX: usize = 50;

/// The other end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End<'a> {
    /// The span is a notification about this call.
    Call(&'a str),
    /// The span is the call: notifications about it are wanted.
    Notifications(&'a str),
}

impl<'a> End<'a> {
    fn of(span: &'a Span) -> Option<End<'a>> {
        if let Some(call_id) = span.input_preview.as_deref().and_then(notified) {
            return Some(End::Call(call_id));
        }
        let starts = span.tool_name.as_deref().is_some_and(|name| STARTERS.contains(&name));
        let call_id = span.tool_call_id.as_deref().filter(|id| starts && !id.is_empty())?;
        Some(End::Notifications(call_id))
    }

    fn is(self, span: &Span) -> bool {
        match self {
            End::Call(id) => span.tool_call_id.as_deref() == Some(id),
            End::Notifications(id) => span.input_preview.as_deref().and_then(notified) == Some(id),
        }
    }

    fn words(self) -> &'static str {
        match self {
            End::Call(_) => "the call that started this task",
            End::Notifications(_) => "the turn that the end of this task began",
        }
    }
}

/// The call that a notification names.
fn notified(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix(NOTIFICATION)?;
    let (_, rest) = rest.split_once("<tool-use-id>")?;
    let (id, _) = rest.split_once("</tool-use-id>")?;
    Some(id.trim()).filter(|id| !id.is_empty())
}

/// Whether what is told of a span leaves a link possible: only then its run is read again.
pub(super) fn may_link(document: &JsonValue) -> bool {
    let starts =
        document["span"]["tool_name"].as_str().is_some_and(|name| STARTERS.contains(&name));
    let first = document.pointer("/content/input_messages/0/parts/0/content");
    let asked = first.and_then(JsonValue::as_str).unwrap_or_default();
    starts || asked.trim_start().starts_with(NOTIFICATION)
}

/// Links of the span in the form of those that senders give.
pub(super) fn links(
    app: &App,
    caller: &Caller,
    row: &TraceRow,
    span_id: SpanId,
) -> Result<Vec<JsonValue>, ApiError> {
    let own = run(app, caller, row.summary.trace_id)?.tree;
    let Some(index) = own.index_of(span_id) else { return Ok(Vec::new()) };
    let Some(end) = End::of(&own.nodes()[index].span) else { return Ok(Vec::new()) };
    let mut found = within(&own, row.summary.trace_id, end);
    if found.is_empty() {
        for other in others(app, caller, row, end)? {
            found.extend(within(&run(app, caller, other)?.tree, other, end));
            if matches!(end, End::Call(_)) && !found.is_empty() {
                break;
            }
        }
    }
    let link = |(trace_id, span_id): (TraceId, SpanId)| {
        json!({
            "trace_id": trace_id, "span_id": span_id,
            "attributes": { "clew.link": end.words() },
        })
    };
    Ok(found.into_iter().map(link).collect())
}

fn within(tree: &Tree, trace_id: TraceId, end: End<'_>) -> Vec<(TraceId, SpanId)> {
    let spans = tree.nodes().iter().map(|node| &node.span);
    spans.filter(|span| end.is(span)).map(|span| (trace_id, span.span_id)).collect()
}

/// Other runs of the session in which the other end may be.
fn others(
    app: &App,
    caller: &Caller,
    row: &TraceRow,
    end: End<'_>,
) -> Result<Vec<TraceId>, ApiError> {
    let Some(session) = &row.summary.session_id else { return Ok(Vec::new()) };
    let filter = read_filter(app, &format!("session:{}", json!(session)), Subject::Trace)?;
    let page = app.store.traces(&TraceQuery {
        workspace: caller.workspace,
        filter,
        sort: Vec::new(),
        limit: RUNS_MAX,
        cursor: None,
        agent: caller.agent,
        budget: budget(app),
        now: app.store.now(),
    })?;
    let may_have_it = |other: &TraceRow| match end {
        End::Call(_) => other.summary.start_nanos <= row.summary.start_nanos,
        End::Notifications(id) => {
            other.summary.input_preview.as_deref().and_then(notified) == Some(id)
        }
    };
    let own = row.summary.trace_id;
    let rows = page.rows.into_iter().filter(|other| other.summary.trace_id != own);
    Ok(rows.filter(may_have_it).map(|other| other.summary.trace_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_names_its_call() {
        let text =
            "<task-notification>\n<task-id>a1</task-id>\n<tool-use-id>toolu_7</tool-use-id>\n";
        assert_eq!(notified(text), Some("toolu_7"));
        assert_eq!(notified("<task-notification><tool-use-id></tool-use-id>"), None);
        assert_eq!(notified("say <task-notification><tool-use-id>x</tool-use-id>"), None);
        assert_eq!(notified("<task-notification><tool-use-id>cut"), None);
    }
}
