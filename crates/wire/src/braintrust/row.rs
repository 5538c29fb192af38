//! A row that is a span, or a part of one.

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value};

use super::{Context, Known, Said, feedback, member, take_any};
use crate::fault::{Fault, Parsed, Within};
use crate::fields::{Fields, wrong_type};
use crate::json::write::payload;
use crate::parts::{checked_id, checked_span_id, checked_trace_id, differing};
use crate::time::parse_time;

/// The row's own id, and its trace and span.
pub(super) fn ids(fields: &Fields) -> Option<(String, (TraceId, SpanId))> {
    let text = |key| fields.get(key).and_then(Value::as_str);
    let trace_id = checked_trace_id(text("root_span_id")?).ok()?;
    let span_id = checked_span_id(text("span_id")?).ok()?;
    Some((text("id")?.to_owned(), (trace_id, span_id)))
}

/// What a row says of its span, and the scores on it.
pub(super) fn said(
    mut fields: Fields,
    id: &str,
    known: &mut Known,
    context: &mut Context<'_>,
) -> Parsed<Said> {
    let is_merge = fields.any("_is_merge") == Some(Value::Bool(true));
    checked_id(id).within("id")?;
    let mut part = empty(&mut fields, id, is_merge, known, context)?;
    part.sender_span_id = differing(&part.span_id.to_string(), id);
    let created = fields.time("created")?;
    set_times(&mut part, &fields, created.filter(|_| !is_merge))?;
    set_parent(&mut part, &mut fields)?;
    set_name(&mut part, &fields)?;
    set_error(&mut part, &mut fields)?;
    let labels = feedback::scores(&fields, &part, created.unwrap_or(context.now_nanos))?;
    set_container(&mut part.attributes, &mut fields, known, context)?;
    let attributes = &mut part.attributes;
    for key in ["input", "output", "expected"] {
        take_any(attributes, &mut fields, key, &format!("braintrust.{key}_json"));
    }
    for key in ["metadata", "metrics", "scores", "tags", "span_attributes", "context", "origin"] {
        take_any(attributes, &mut fields, key, &format!("braintrust.{key}"));
    }
    attributes.extend(fields.rest("braintrust.extra."));
    Ok(Said { part: Some(part), labels, ..Said::default() })
}

/// The part with its ids: those of the row; of feedback those of the row that it names; of the
/// oldest SDKs, which had none, the row's own.
fn empty(
    fields: &mut Fields,
    id: &str,
    is_merge: bool,
    known: &Known,
    context: &mut Context<'_>,
) -> Parsed<SourceSpan> {
    let span = fields.word("span_id")?;
    let root = fields.word("root_span_id")?;
    let (trace_id, span_id) = match (&span, &root) {
        (None, _) if is_merge || fields.has("_audit_source") => known.span(id, context)?,
        _ => {
            let span = span.as_deref().unwrap_or(id);
            let root = root.as_deref().unwrap_or(span);
            let trace_id = checked_trace_id(root).within("root_span_id")?;
            (trace_id, checked_span_id(span).within("span_id")?)
        }
    };
    let mut part = SourceSpan::part(trace_id, span_id, Sender::Braintrust);
    part.sender_trace_id = root.and_then(|root| differing(&trace_id.to_string(), &root));
    // The row's id is what feedback names, so it stands where a sender's id of a span stands.
    let own = span.and_then(|span| differing(&span_id.to_string(), &span));
    let own = own.filter(|own| own != id);
    part.attributes.extend(own.map(|own| ("braintrust.span_id".to_owned(), Value::String(own))));
    Ok(part)
}

fn set_times(part: &mut SourceSpan, fields: &Fields, created: Option<i64>) -> Parsed<()> {
    let metrics = fields.get("metrics");
    part.start_nanos = seconds(member(metrics, "start")).within("metrics.start")?.or(created);
    part.end_nanos = seconds(member(metrics, "end")).within("metrics.end")?;
    Ok(())
}

/// Seconds since 1970 as a double, turned as the sender's own clock does: times of one program
/// keep their order.
fn seconds(value: Option<&Value>) -> Parsed<Option<i64>> {
    const YEAR_2262: f64 = 9.2e9;
    match value {
        Some(Value::Double(seconds)) if (0.0..YEAR_2262).contains(seconds) => {
            Ok(Some((seconds * 1e9) as i64).filter(|nanos| *nanos > 0))
        }
        Some(other) => parse_time(other),
        None => Ok(None),
    }
}

/// A row without parents says nothing: the last row of a JavaScript root has none.
fn set_parent(part: &mut SourceSpan, fields: &mut Fields) -> Parsed<()> {
    let Some(parents) = fields.list("span_parents")? else { return Ok(()) };
    let Some(first) = parents.first() else { return Ok(()) };
    let text =
        first.as_str().ok_or_else(|| wrong_type("a string", first).within("span_parents"))?;
    part.parent_span_id = Some(checked_span_id(text).within("span_parents")?);
    if parents.len() > 1 {
        part.attributes.push(("braintrust.span_parents".to_owned(), Value::Array(parents)));
    }
    Ok(())
}

fn set_name(part: &mut SourceSpan, fields: &Fields) -> Parsed<()> {
    let about = fields.get("span_attributes");
    part.name = match member(about, "name") {
        None => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(other) => return Err(wrong_type("a string", other).within("span_attributes.name")),
    };
    if let Some(Value::Int(counter)) = member(about, "exec_counter") {
        part.sequence = Some(*counter);
    }
    part.kind = match member(about, "type").and_then(Value::as_str) {
        Some("llm") => SpanKind::Client,
        Some(_) => SpanKind::Internal,
        None => SpanKind::Unspecified,
    };
    Ok(())
}

/// An error's text holds the whole trace back: the line that says what happened is the status.
fn set_error(part: &mut SourceSpan, fields: &mut Fields) -> Parsed<()> {
    let Some(error) = fields.any("error").filter(|error| *error != Value::Bool(false)) else {
        return Ok(());
    };
    part.status.code = StatusCode::Error;
    let text = match payload(error) {
        Value::String(text) => text,
        _ => return Err(Fault::content("is no error").within("error")),
    };
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let python = text.starts_with("Traceback (most recent call last)");
    let line = if python { lines().next_back() } else { lines().next() };
    let message = line.unwrap_or_default();
    // JavaScript's text begins with the message; its class stands before the stack.
    let named = if python { Some(message) } else { lines().nth(1) };
    let class = named.and_then(|line| line.split_once(": ")).map(|(class, _)| class);
    if let Some(class) = class.filter(|class| is_class(class)) {
        part.attributes.push(("error.type".to_owned(), class.into()));
    }
    part.status.message = message.to_owned();
    part.attributes.push(("braintrust.error".to_owned(), text.into()));
    Ok(())
}

fn is_class(word: &str) -> bool {
    word.len() < 200 && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'))
}

/// Where the row stands at Braintrust, with the name where it is known.
fn set_container(
    attributes: &mut Attributes,
    fields: &mut Fields,
    known: &mut Known,
    context: &mut Context<'_>,
) -> Parsed<()> {
    let project = fields.word("project_id")?;
    let experiment = fields.word("experiment_id")?;
    let name = project.as_ref().and_then(|id| known.name(id, context));
    let parent = match (&experiment, name, &project) {
        (Some(id), ..) => Some(format!("experiment_id:{id}")),
        (None, Some(name), _) => Some(format!("project_name:{name}")),
        (None, None, Some(id)) => Some(format!("project_id:{id}")),
        (None, None, None) => None,
    };
    let experiment_name = experiment.as_ref().and_then(|id| known.name(id, context));
    let texts = [
        ("braintrust.parent", parent),
        ("braintrust.project_id", project),
        ("braintrust.experiment_id", experiment),
        ("braintrust.experiment_name", experiment_name),
        ("braintrust.log_id", fields.word("log_id")?),
    ];
    for (key, text) in texts {
        attributes.extend(text.map(|text| (key.to_owned(), Value::String(text))));
    }
    Ok(())
}
