//! Events about observations: spans, generations, events and the newer kinds.

use clew_model::source::{Sender, SourceSpan, SpanKind};
use clew_model::value::{Attributes, Value, attribute};

use super::{Context, Runs, take_any, take_payload, take_word};
use crate::fault::{Parsed, Within};
use crate::fields::Fields;
use crate::parts::{checked_span_id, missing, named_part};

/// Kinds of observations by their word in `TYPE-create`. `observation` says its kind inside.
const KINDS: &[&str] = &[
    "span",
    "generation",
    "event",
    "observation",
    "agent",
    "tool",
    "chain",
    "retriever",
    "evaluator",
    "embedding",
    "guardrail",
];

/// Whether events of this word are about observations.
pub(super) fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

/// What stands around the body.
pub(super) struct Event<'a> {
    /// Its word.
    pub(super) kind: &'a str,
    /// It changes an observation that another event made.
    pub(super) is_update: bool,
    /// The event's own id.
    pub(super) id: &'a str,
    /// When it was sent, which orders the events of one observation.
    pub(super) time: Option<i64>,
}

/// The part of a span that an event tells.
pub(super) fn part(
    mut body: Fields,
    event: &Event<'_>,
    runs: &mut Runs,
    context: &mut Context<'_>,
) -> Parsed<SourceSpan> {
    let id = body.word("id")?;
    // Langfuse makes an id where an event that creates has none.
    let stand_in = (!event.is_update && !event.id.is_empty()).then_some(event.id);
    let id = id.as_deref().or(stand_in).ok_or_else(|| missing("id"))?;
    let span_id = checked_span_id(id).within("id")?;
    let run = body.word("traceId")?;
    let trace_id = runs.of(span_id, run.as_deref(), id, event.is_update, context)?;
    let ids = (trace_id, run.as_deref().unwrap_or(id));
    let mut part = named_part(ids, (span_id, id), Sender::Langfuse);
    let parent = body.word("parentObservationId")?;
    part.parent_span_id =
        parent.map(|parent| checked_span_id(&parent).within("parentObservationId")).transpose()?;
    part.name = body.text("name")?;
    part.version = event.time;
    set_times(&mut part, &mut body, event, context.now_nanos)?;
    let kind = kind(&mut body, event)?;
    if !event.is_update {
        part.kind = if is_model(kind.as_deref()) { SpanKind::Client } else { SpanKind::Internal };
    }
    let kind = kind.map(|kind| ("langfuse.observation.type".to_owned(), Value::String(kind)));
    part.attributes.extend(kind);
    add_attributes(&mut part.attributes, &mut body, event)?;
    part.attributes.extend(body.rest("langfuse.observation.extra."));
    Ok(part)
}

/// An update says its kind only where that is more than "some span": it must not change what
/// the event that created said.
fn kind(body: &mut Fields, event: &Event<'_>) -> Parsed<Option<String>> {
    let inside = body.word("type")?.map(|kind| kind.to_lowercase());
    Ok(match event.kind {
        "observation" => inside,
        "span" if event.is_update => None,
        word => Some(word.to_owned()),
    })
}

fn is_model(kind: Option<&str>) -> bool {
    matches!(kind, Some("generation" | "embedding"))
}

fn set_times(
    part: &mut SourceSpan,
    body: &mut Fields,
    event: &Event<'_>,
    now_nanos: i64,
) -> Parsed<()> {
    part.start_nanos = body.time("startTime")?;
    part.end_nanos = body.time("endTime")?;
    if !event.is_update && part.start_nanos.is_none() {
        part.start_nanos = event.time.or(part.end_nanos).or(Some(now_nanos));
    }
    // An event is a moment.
    if event.kind == "event" && part.end_nanos.is_none() {
        part.end_nanos = part.start_nanos;
    }
    Ok(())
}

fn add_attributes(attributes: &mut Attributes, body: &mut Fields, event: &Event<'_>) -> Parsed<()> {
    let model = body.word("model")?;
    if let Some(model) = model {
        // The first event comes before the call, later ones know which model answered.
        if !event.is_update {
            attributes.push(("gen_ai.request.model".to_owned(), model.clone().into()));
        }
        attributes.push(("langfuse.observation.model.name".to_owned(), model.into()));
    }
    for (key, ours) in [
        ("level", "langfuse.observation.level"),
        ("statusMessage", "langfuse.observation.status_message"),
        ("completionStartTime", "langfuse.observation.completion_start_time"),
        ("promptName", "langfuse.observation.prompt.name"),
        ("promptVersion", "langfuse.observation.prompt.version"),
        ("version", "langfuse.version"),
        ("environment", "langfuse.environment"),
    ] {
        take_word(attributes, body, key, ours)?;
    }
    for key in ["input", "output"] {
        take_payload(attributes, body, key, &format!("langfuse.observation.{key}"));
    }
    for (key, ours) in [
        ("metadata", "langfuse.observation.metadata"),
        ("modelParameters", "langfuse.observation.model.parameters"),
        ("usageDetails", "langfuse.observation.usage_details"),
        ("costDetails", "langfuse.observation.cost_details"),
    ] {
        take_any(attributes, body, key, ours);
    }
    if let Some(usage) = body.any("usage") {
        add_usage(attributes, usage);
    }
    Ok(())
}

/// The older object with tokens and money together, in Langfuse's words or OpenAI's. It speaks
/// where the newer ones are silent, and of tokens only: a unit may be characters or seconds.
fn add_usage(attributes: &mut Attributes, usage: Value) {
    if let Value::Map(members) = &usage {
        let unit = attribute(members, "unit").and_then(Value::as_str).unwrap_or("TOKENS");
        if unit.eq_ignore_ascii_case("tokens") {
            complete(attributes, "langfuse.observation.usage_details", members, TOKENS);
        }
        complete(attributes, "langfuse.observation.cost_details", members, COSTS);
    }
    attributes.push(("langfuse.observation.usage".to_owned(), usage));
}

const TOKENS: &[(&str, &[&str])] = &[
    ("input", &["input", "promptTokens", "prompt_tokens"]),
    ("output", &["output", "completionTokens", "completion_tokens"]),
    ("total", &["total", "totalTokens", "total_tokens"]),
];

const COSTS: &[(&str, &[&str])] =
    &[("input", &["inputCost"]), ("output", &["outputCost"]), ("total", &["totalCost"])];

fn complete(
    attributes: &mut Attributes,
    key: &str,
    members: &[(String, Value)],
    names: &[(&str, &[&str])],
) {
    if attribute(attributes, key).is_some() {
        return;
    }
    let found: Vec<(String, Value)> = names
        .iter()
        .filter_map(|(ours, theirs)| {
            let value = theirs.iter().find_map(|name| attribute(members, name))?;
            (*value != Value::Empty).then(|| ((*ours).to_owned(), value.clone()))
        })
        .collect();
    if !found.is_empty() {
        attributes.push((key.to_owned(), Value::Map(found)));
    }
}
