//! From a source span to its facts: one pure pass over a table of keys.
//!
//! The tables hold the knowledge (`fields`, `category`, `usage`, ...), the code only
//! walks them. [`MAPPING_VERSION`] names the state of the tables; facts are derived again
//! when it moves.

use std::sync::Arc;

use crate::attributes::{AttrView, key};
use crate::convention::Layers;
use crate::fold;
use crate::prices::PriceTable;
use crate::source::{SourceSpan, StatusCode};
use crate::span::{Category, Span, SpanWords, Status};
use crate::usage::{Cost, Usage, UsageScope};

pub(crate) mod category;
mod cost;
mod error;
pub(crate) mod events;
pub(crate) mod fields;
mod finish;
mod identity;
mod names;
mod preview;
mod provider;
mod timing;
mod tool;
mod usage;

pub use finish::canonical_finish_reason;
pub(crate) use tool::{
    arguments as tool_arguments, gave as tool_gave, given as tool_given, result as tool_result,
    tool_name,
};

/// Version of the mapping from attributes to facts.
pub const MAPPING_VERSION: u32 = 1;

/// Tags kept on a span.
const TAGS_MAX: usize = 64;

/// Derives the facts of one span. `prices` is used where the sender reported no cost.
pub fn normalise(source: &SourceSpan, prices: &PriceTable) -> Span {
    let view = AttrView::of_span(source);
    if is_pending_notice(&view, source) {
        return normalise(&fold::resolve_pending(source.clone()), prices);
    }
    let resource = AttrView::new(&source.resource.attributes);
    let name = source.name.clone().unwrap_or_default();
    let scope = source.scope.name.as_str();
    let classified = category::classify(&view, scope, &name);
    let (status, error) = error::outcome(source, &view, classified.category);
    let models = names::models(&view, &classified, &name);
    let provider = provider::provider(&view, models.pricing());
    let usage::Found { usage, scope: usage_scope, rejected: mut rejected_keys } =
        usage::usage(&view, scope, provider.as_deref(), &classified);
    // A part that ends a span whose opening part never came: a point in time is less
    // wrong than a span since 1970.
    let start_nanos = source.start_nanos.or(source.end_nanos).unwrap_or(0);
    let cost = cost::reported(&view, &source.events, &mut rejected_keys).or_else(|| {
        computed(
            prices,
            provider.as_deref(),
            models.pricing(),
            usage.as_ref(),
            usage_scope,
            start_nanos,
        )
    });
    let agent = identity::agent(&view, &resource, &classified, &name);
    let tool = tool::facts(&view, &source.events, &classified, &name);
    let (input, output) = preview::sides(source, &view, classified.category);
    let display_name = names::display(
        &view,
        &name,
        names::Shown { classified: &classified, tool: &tool, agent: &agent, models: &models },
    );
    let words = SpanWords {
        display_name,
        conventions: view.layers.names().map(str::to_owned).collect(),
        session_id: identity::session(&view, &resource),
        user_id: identity::user(&view, &resource),
        environment: identity::on_span_or_resource(&view, &resource, fields::ENVIRONMENTS),
        release: identity::on_span_or_resource(&view, &resource, fields::RELEASES),
        agent,
        provider,
        request_model: models.request,
        response_model: models.response,
        tool_name: tool.name,
        finish_reason: finish_reason(source, &view, classified.category),
        tags: tags(&view),
        kind: classified.kind,
        operation: classified.operation,
        name,
    };
    Span {
        trace_id: source.trace_id,
        span_id: source.span_id,
        parent_span_id: identity::parent(source, &view),
        forced_root: identity::is_forced_root(&view),
        placeholder: source.name.is_none(),
        trace_name: view.first_string(fields::TRACE_NAMES),
        category: classified.category,
        status,
        error,
        error_marks_parent: status == Status::Error && is_claude_tool_execution(&view, &words.name),
        start_nanos,
        end_nanos: source.end_nanos,
        sequence: source.sequence,
        response_id: view.first_string(fields::RESPONSE_IDS),
        tool_call_id: tool.call_id,
        call_hash: tool.call_hash,
        result_hash: tool.result_hash,
        usage,
        usage_scope,
        cached: classified.cached || classified.never_counts,
        cost,
        ttft_nanos: timing::ttft_nanos(&view, source),
        input_bytes: input.bytes,
        output_bytes: output.bytes,
        truncated: input.truncated || output.truncated,
        input_preview: input.preview,
        output_preview: output.preview,
        has_events: !source.events.is_empty(),
        has_links: !source.links.is_empty(),
        dropped_count: dropped(source),
        rejected_keys,
        words: Arc::new(words),
    }
}

/// Logfire's notice of a span that has begun: a record with an id of its own, whose parent
/// is the span. Receivers resolve it; here it is for those that did not.
fn is_pending_notice(view: &AttrView<'_>, source: &SourceSpan) -> bool {
    source.end_nanos.is_some()
        && source.parent_span_id.is_some()
        && view.str(const { key("logfire.span_type") }) == Some("pending_span")
}

/// Only a call's own usage is priced: a wrapper's is the sum of calls that are priced
/// themselves, and where they are missing nothing tells their models.
fn computed(
    prices: &PriceTable,
    provider: Option<&str>,
    model: Option<&str>,
    usage: Option<&Usage>,
    scope: UsageScope,
    at_nanos: i64,
) -> Option<Cost> {
    if scope != UsageScope::Own {
        return None;
    }
    prices.cost(provider, model?, usage?, at_nanos)
}

/// Claude Code marks a failed tool only on the execution below it.
fn is_claude_tool_execution(view: &AttrView<'_>, name: &str) -> bool {
    Layers::CC.meets(view.layers)
        && (name == "claude_code.tool.execution"
            || view
                .str(const { key("span.type") })
                .is_some_and(|kind| kind.ends_with("tool.execution")))
}

/// Only models stop for a reason; a chain's answer may repeat one inside.
fn finish_reason(source: &SourceSpan, view: &AttrView<'_>, category: Category) -> Option<String> {
    match category {
        Category::Llm => finish::reason(view, &source.events),
        _ => finish::reasons(view).into_iter().next(),
    }
}

fn tags(view: &AttrView<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for source in view.rows(fields::TAGS) {
        let Some(value) = view.get(source.key) else { continue };
        for tag in crate::attributes::list_of(value) {
            if !tags.contains(&tag) && tags.len() < TAGS_MAX {
                tags.push(tag);
            }
        }
    }
    // MLflow's tags have names and values, each an attribute of its own.
    for (key, value) in Layers::ML.meets(view.layers).then(|| view.all()).into_iter().flatten() {
        let Some(name) = key.strip_prefix("mlflow.trace.tag.") else { continue };
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { continue };
        if tags.len() < TAGS_MAX {
            tags.push(format!("{name}:{text}"));
        }
    }
    tags
}

fn dropped(source: &SourceSpan) -> u32 {
    let dropped = &source.dropped;
    dropped.attributes.saturating_add(dropped.events).saturating_add(dropped.links)
}

/// Canonical finish reasons, for [`crate::content`].
pub(crate) fn finish_reasons(view: &AttrView<'_>) -> Vec<String> {
    finish::reasons(view)
}

/// The category alone, for [`crate::content`].
pub(crate) fn category_of(source: &SourceSpan, view: &AttrView<'_>) -> Category {
    let name = source.name.as_deref().unwrap_or("");
    category::classify(view, &source.scope.name, name).category
}

/// The status as sent, in our words.
fn sent_status(source: &SourceSpan) -> Status {
    match source.status.code {
        StatusCode::Unset => Status::Unset,
        StatusCode::Ok => Status::Ok,
        StatusCode::Error => Status::Error,
    }
}
