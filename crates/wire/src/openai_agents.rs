//! The exporter of OpenAI's Agents SDK: `{"data":[item,...]}`, each item a trace or a span
//! that has ended. What it says is kept under `openai_agents.*`; the fields of `span_data`
//! stand there under their own names.
//!
//! A trace item is queued when its run begins and may come in another request than the
//! spans; it has no end and no status.

use clew_model::source::{Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value};

use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::limits::Limits;
use crate::otlp::utf8;
use crate::parts::{
    check_part, checked_span_id, checked_trace_id, keep_or_reject, missing, named_part,
};
use crate::raw::{RawFields, payload};

/// `POST /v1/traces/ingest`.
pub fn decode(body: &[u8], limits: &Limits) -> Result<Decoded, WireError> {
    let (text, replaced_texts) = utf8(body);
    let items = RawFields::read_body(&text)?.list("data")?.ok_or_else(|| missing("data"))?;
    let mut decoded = Decoded { replaced_texts, ..Decoded::default() };
    for (index, item) in items.into_iter().enumerate() {
        let item = RawFields::read(item).and_then(|fields| item_of(fields, limits));
        keep_or_reject(&mut decoded, limits, "data", index, item, |decoded, item| match item {
            Item::Note(note) => decoded.notes.push(note),
            Item::Span(span) => decoded.spans.push(span),
        });
    }
    Ok(decoded)
}

enum Item {
    Note(SourceSpan),
    Span(SourceSpan),
}

fn item_of(mut fields: RawFields<'_>, limits: &Limits) -> Parsed<Item> {
    let object = fields.text("object")?.ok_or_else(|| missing("object"))?;
    let item = match object.as_str() {
        "trace" => Item::Note(note(fields)?),
        "trace.span" => Item::Span(span(fields)?),
        other => {
            let other: String = other.chars().take(80).collect();
            let reason = format!("{other:?} is neither \"trace\" nor \"trace.span\"");
            return Err(Fault::content(reason).within("object"));
        }
    };
    let (Item::Note(part) | Item::Span(part)) = &item;
    check_part(part, limits)?;
    Ok(item)
}

/// A trace item: what is said about the whole run.
fn note(mut fields: RawFields<'_>) -> Parsed<SourceSpan> {
    let id = fields.word("id")?.ok_or_else(|| missing("id"))?;
    let trace_id = checked_trace_id(&id).within("id")?;
    let mut note = SourceSpan::note(trace_id, Sender::OpenaiAgents);
    note.sender_trace_id = Some(id);
    for key in ["workflow_name", "group_id"] {
        let text = fields.word(key)?;
        let text = text.map(|text| (format!("openai_agents.{key}"), Value::String(text)));
        note.attributes.extend(text);
    }
    add_metadata(&mut note.attributes, &mut fields)?;
    // An SDK that was told to keep its key in the trace must not give it to readers.
    note.attributes.extend(fields.rest("openai_agents.extra.", &["tracing_api_key", "tracing"])?);
    Ok(note)
}

fn span(mut fields: RawFields<'_>) -> Parsed<SourceSpan> {
    let id = fields.word("id")?.ok_or_else(|| missing("id"))?;
    let trace = fields.word("trace_id")?.ok_or_else(|| missing("trace_id"))?;
    let span_id = checked_span_id(&id).within("id")?;
    let trace_id = checked_trace_id(&trace).within("trace_id")?;
    let mut span = named_part((trace_id, &trace), (span_id, &id), Sender::OpenaiAgents);
    let parent = fields.word("parent_id")?;
    let parent = parent.map(|id| checked_span_id(&id)).transpose();
    span.parent_span_id = parent.within("parent_id")?.filter(|parent| *parent != span_id);
    span.start_nanos = fields.time("started_at")?;
    span.end_nanos = fields.time("ended_at")?;
    if span.end_nanos.is_some() {
        span.status.code = StatusCode::Ok;
    }
    add_data(&mut span, fields.object("span_data")?.unwrap_or_default())?;
    if let Some(error) = fields.raw("error") {
        set_error(&mut span, error).within("error")?;
    }
    add_metadata(&mut span.attributes, &mut fields)?;
    span.attributes.extend(fields.rest("openai_agents.extra.", &[])?);
    Ok(span)
}

/// `span_data`: the type, the name, and everything else under its own name.
fn add_data(span: &mut SourceSpan, mut data: RawFields<'_>) -> Parsed<()> {
    let kind = data.word("type").within("span_data")?;
    span.kind = match kind.as_deref() {
        Some("generation" | "response" | "transcription" | "speech") => SpanKind::Client,
        _ => SpanKind::Internal,
    };
    let name = data.word("name").within("span_data")?;
    span.name = Some(name.or_else(|| kind.clone()).unwrap_or_else(|| "span".to_owned()));
    if let Some(kind) = kind {
        span.attributes.push(("openai_agents.span.type".to_owned(), Value::String(kind)));
    }
    if data.peek("data").is_some_and(|text| text.starts_with('{'))
        && let Some(own) = data.object("data").within("span_data")?
    {
        span.attributes.extend(own_data(own)?);
    }
    span.attributes.extend(data.rest("openai_agents.", &[]).within("span_data")?);
    Ok(())
}

/// The data of a custom span. The runner's own ones, task and turn, carry the sum of what
/// their calls used; whatever else is called usage is the user's own affair.
fn own_data(mut data: RawFields<'_>) -> Parsed<Attributes> {
    let mut attributes = Attributes::new();
    if matches!(data.peek("sdk_span_type"), Some(r#""task""# | r#""turn""#)) {
        let usage = data.payload("usage")?;
        attributes.extend(usage.map(|usage| ("openai_agents.usage".to_owned(), usage)));
    }
    attributes.extend(data.rest("openai_agents.data.", &[])?);
    Ok(attributes)
}

/// `{message, data}`, or a text.
fn set_error(span: &mut SourceSpan, error: &str) -> Parsed<()> {
    span.status.code = StatusCode::Error;
    if !error.starts_with('{') {
        span.status.message = match payload(error)? {
            Value::String(text) => text,
            _ => error.to_owned(),
        };
        return Ok(());
    }
    let mut fields = RawFields::read(error)?;
    span.status.message = fields.word("message")?.unwrap_or_default();
    span.attributes.extend(fields.rest("openai_agents.error.", &[])?);
    Ok(())
}

/// Free metadata of a trace or a span.
fn add_metadata(attributes: &mut Attributes, fields: &mut RawFields<'_>) -> Parsed<()> {
    match fields.peek("metadata") {
        Some(text) if !text.starts_with('{') => {
            let value = fields.payload("metadata")?;
            attributes.extend(value.map(|value| ("openai_agents.metadata".to_owned(), value)));
        }
        _ => {
            let mut metadata = fields.object("metadata")?.unwrap_or_default();
            attributes.extend(metadata.rest("openai_agents.metadata.", &[])?);
        }
    }
    Ok(())
}
