//! How a span ended (span-conventions 3.17; wire-protocols 15.7).

use super::events::{self, Raised};
use super::{fields, sent_status};
use crate::attributes::{AttrView, key, scan};
use crate::convention::Layers;
use crate::source::SourceSpan;
use crate::span::{Category, ERROR_MESSAGE_MAX_BYTES, SpanError, Status};

/// Status and, of a failed span, its error. An exception on a span that did not fail was
/// handled and says nothing here.
pub(crate) fn outcome(
    source: &SourceSpan,
    view: &AttrView<'_>,
    category: Category,
) -> (Status, Option<SpanError>) {
    let raised = if source.events.is_empty() { None } else { events::exception(&source.events) };
    let mut status = sent_status(source);
    if says_error(view, category)
        || (status == Status::Unset && implies_error(view, category, raised))
    {
        status = Status::Error;
    }
    let error = (status == Status::Error).then(|| error(source, view, raised));
    (status, error)
}

/// Senders that say in an attribute that the span failed, whatever its status.
fn says_error(view: &AttrView<'_>, category: Category) -> bool {
    view.str(const { key("langfuse.observation.level") }) == Some("ERROR")
        || (category == Category::Tool && Layers::GC.meets(view.layers) && says_failed_call(view))
}

fn implies_error(view: &AttrView<'_>, category: Category, raised: Option<Raised<'_>>) -> bool {
    // Laminar's JavaScript SDK leaves the status of a span that threw unset.
    if Layers::LM.meets(view.layers) && raised.is_some() {
        return true;
    }
    category == Category::Tool
        && (view.flag(const { key("lk.function_tool.is_error") }) == Some(true)
            || view.str(const { key("gen_ai.tool.status") }) == Some("error")
            || view.flag(const { key("gen_ai.tool.success") }) == Some(false)
            || view.get(const { key("pydantic_ai.tool.failure_stage") }).is_some()
            || view.get(const { key("error.type") }).is_some())
}

/// Gemini CLI tells a tool's whole call as an object that begins with how it went, and gives each span the status OK.
fn says_failed_call(view: &AttrView<'_>) -> bool {
    view.str(const { key("gen_ai.output.messages") })
        .is_some_and(|call| call.starts_with(r#"{"status":"error""#))
}

fn error(source: &SourceSpan, view: &AttrView<'_>, raised: Option<Raised<'_>>) -> SpanError {
    let raised = raised.unwrap_or_default();
    let kind = view
        .first_text(fields::ERROR_TYPES)
        .filter(|kind| kind != "_OTHER")
        .or(raised.kind.map(Into::into))
        .map(|kind| kind.into_owned());
    let sent = Some(source.status.message.as_str()).filter(|message| !message.is_empty());
    let message = sent
        .or(raised.message)
        .map(Into::into)
        .or_else(|| view.first_text(fields::ERROR_MESSAGES))
        .unwrap_or_default();
    SpanError { kind: kind.unwrap_or_default(), message: cut(&message) }
}

fn cut(message: &str) -> String {
    let mut end = message.len().min(ERROR_MESSAGE_MAX_BYTES);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    scan::beginning(&message[..end], ERROR_MESSAGE_MAX_BYTES).to_owned()
}
