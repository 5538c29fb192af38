//! Phoenix's REST calls: annotations of spans, runs and sessions, and spans as JSON. Most of
//! its spans come as OpenTelemetry in OpenInference's words.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::source::{
    Resource, Sender, SourceEvent, SourceSpan, SourceStatus, SpanKind, StatusCode,
};
use clew_model::value::{Attributes, Value};

use crate::decoded::{Decoded, Tally};
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::json::write::payload;
use crate::limits::Limits;
use crate::parts::{
    check_part, check_sizes, checked_span_id, checked_trace_id, keep_or_reject, missing,
};

/// What a list of annotations is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// `POST /v1/span_annotations`.
    Span,
    /// `POST /v1/document_annotations`: a document that a span found.
    Document,
    /// `POST /v1/trace_annotations`.
    Trace,
    /// `POST /v1/session_annotations`.
    Session,
    /// `POST /v1/span_notes`: one text about a span.
    Note,
}

/// What an annotation is about. Phoenix names a span without its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A span of a run that must be looked up.
    Span(SpanId),
    /// A run or a session.
    Known(LabelTarget),
}

/// An annotation, whose run may still be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// What it is about.
    pub target: Target,
    name: String,
    score: Option<f64>,
    value: Option<String>,
    explanation: Option<String>,
    author: String,
    created_nanos: i64,
}

impl Annotation {
    /// The label, on what it turned out to be about.
    pub fn label(self, target: LabelTarget) -> Label {
        Label {
            target,
            name: self.name,
            score: self.score,
            value: self.value,
            explanation: self.explanation,
            source: LabelSource::Sdk,
            author: self.author,
            created_nanos: self.created_nanos,
        }
    }
}

/// Annotations and, in the second, the places and reasons of those that are refused.
pub fn annotations(
    subject: Subject,
    body: &[u8],
    now_nanos: i64,
    limits: &Limits,
) -> Result<(Vec<Annotation>, Decoded), WireError> {
    let mut fields = Fields::read(body, limits)?;
    let items = match fields.any("data") {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Map(_)) => vec![one],
        _ => return Err(missing("data").into()),
    };
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    let mut taken = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let one = Fields::of(item).and_then(|fields| annotation(subject, fields, now_nanos));
        keep_or_reject(&mut decoded, limits, "data", index, one, |_, one| taken.push(one));
    }
    Ok((taken, decoded))
}

fn annotation(subject: Subject, mut fields: Fields, now_nanos: i64) -> Parsed<Annotation> {
    let mut name = match subject {
        Subject::Note => "note".to_owned(),
        _ => required(&mut fields, "name")?,
    };
    let target = target(subject, &mut fields)?;
    if subject == Subject::Document {
        let place = fields.integer("document_position")?.unwrap_or(0);
        name = format!("{name} (document {place})");
    }
    let kind = fields.text("annotator_kind")?;
    let author = fields.word("identifier")?.or(kind).unwrap_or_default();
    let mut one = Annotation {
        target,
        name,
        score: None,
        value: fields.text("note")?,
        explanation: None,
        author,
        created_nanos: now_nanos,
    };
    if let Some(result) = fields.any("result") {
        let mut result = Fields::of(result).within("result")?;
        one.score = number(result.any("score")).within("result.score")?;
        one.value = result.any("label").map(text);
        one.explanation = result.text("explanation").within("result")?;
    }
    Ok(one)
}

fn target(subject: Subject, fields: &mut Fields) -> Parsed<Target> {
    Ok(match subject {
        Subject::Span | Subject::Document | Subject::Note => {
            let id = required(fields, "span_id")?;
            Target::Span(checked_span_id(&id).within("span_id")?)
        }
        Subject::Trace => {
            let id = required(fields, "trace_id")?;
            let trace_id = checked_trace_id(&id).within("trace_id")?;
            Target::Known(LabelTarget::Trace { trace_id })
        }
        Subject::Session => {
            let session_id = required(fields, "session_id")?;
            Target::Known(LabelTarget::Session { session_id })
        }
    })
}

/// `POST /v1/projects/{project}/spans`.
pub fn spans(body: &[u8], project: &str, limits: &Limits) -> Result<Decoded, WireError> {
    let mut fields = Fields::read(body, limits)?;
    let items = fields.list("data")?.ok_or_else(|| missing("data"))?;
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    let name = ("openinference.project.name".to_owned(), project.into());
    let resource = Arc::new(Resource { attributes: vec![name], ..Resource::default() });
    let mut tally = Tally::new(limits);
    for (index, item) in items.into_iter().enumerate() {
        let part = Fields::of(item).and_then(|fields| span(fields, &resource, &mut tally));
        keep_or_reject(&mut decoded, limits, "data", index, part, |decoded, part| {
            decoded.spans.push(part);
        });
    }
    Ok(decoded)
}

fn span(mut fields: Fields, resource: &Arc<Resource>, tally: &mut Tally) -> Parsed<SourceSpan> {
    let context = fields.any("context").ok_or_else(|| missing("context"))?;
    let mut context = Fields::of(context).within("context")?;
    let trace_id: TraceId =
        checked_trace_id(&required(&mut context, "trace_id")?).within("context.trace_id")?;
    let span_id = checked_span_id(&required(&mut context, "span_id")?).within("context.span_id")?;
    let mut part = SourceSpan::part(trace_id, span_id, Sender::Otlp);
    part.resource = Arc::clone(resource);
    let parent = fields.word("parent_id")?;
    part.parent_span_id = parent.map(|id| checked_span_id(&id)).transpose().within("parent_id")?;
    part.name = Some(required(&mut fields, "name")?);
    part.kind = SpanKind::Internal;
    part.start_nanos = fields.time("start_time")?;
    part.end_nanos = fields.time("end_time")?;
    part.status = status(&mut fields)?;
    if let Some(attributes) = fields.any("attributes") {
        flatten("", attributes, &mut part.attributes, tally)?;
    }
    if let Some(kind) = fields.text("span_kind")?.filter(|kind| !kind.is_empty()) {
        part.attributes.retain(|(key, _)| key != KIND);
        part.attributes.push((KIND.to_owned(), kind.to_uppercase().into()));
    }
    for (index, event) in fields.list("events")?.unwrap_or_default().into_iter().enumerate() {
        tally.check(part.events.len(), tally.limits.events_per_span, "events")?;
        let event = Fields::of(event).and_then(|fields| self::event(fields, &tally.limits));
        part.events.push(event.within(&format!("events[{index}]"))?);
    }
    fields.any("id");
    part.attributes.extend(fields.rest("phoenix."));
    check_part(&part, &tally.limits)?;
    Ok(part)
}

const KIND: &str = "openinference.span.kind";

/// Phoenix gives attributes out as nested objects and takes them so; its spans on the wire
/// have flat keys. Metadata and JSON texts are payloads and stay whole.
fn flatten(prefix: &str, value: Value, out: &mut Attributes, tally: &mut Tally) -> Parsed<()> {
    match value {
        Value::Map(pairs) if prefix == "metadata" => {
            tally.check_attributes(out.len())?;
            out.push((prefix.to_owned(), payload(Value::Map(pairs))));
        }
        Value::Map(pairs) => {
            for (key, value) in pairs {
                flatten(&joined(prefix, &key, tally)?, value, out, tally)?;
            }
        }
        Value::Array(items) if items.iter().any(|item| matches!(item, Value::Map(_))) => {
            for (index, item) in items.into_iter().enumerate() {
                flatten(&joined(prefix, &index.to_string(), tally)?, item, out, tally)?;
            }
        }
        Value::Empty => {}
        other => {
            tally.check_attributes(out.len())?;
            out.push((prefix.to_owned(), other));
        }
    }
    Ok(())
}

/// A key with those above it; its length is checked before it is made.
fn joined(prefix: &str, key: &str, tally: &mut Tally) -> Parsed<String> {
    tally.take_joined_key(prefix.len() + 1 + key.len()).within("attributes")?;
    Ok(if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") })
}

fn status(fields: &mut Fields) -> Parsed<SourceStatus> {
    let code = match fields.text("status_code")?.as_deref() {
        Some("OK") => StatusCode::Ok,
        Some("ERROR") => StatusCode::Error,
        _ => StatusCode::Unset,
    };
    Ok(SourceStatus { code, message: fields.text("status_message")?.unwrap_or_default() })
}

fn event(mut fields: Fields, limits: &Limits) -> Parsed<SourceEvent> {
    let event = SourceEvent {
        name: fields.text("name")?.unwrap_or_default(),
        time_nanos: fields.time("timestamp")?.unwrap_or(0),
        attributes: fields.prefixed("attributes", "")?,
        dropped_attributes_count: 0,
        from_log: None,
    };
    check_sizes(&event.name, &event.attributes, limits)?;
    Ok(event)
}

fn required(fields: &mut Fields, key: &str) -> Parsed<String> {
    fields.word(key)?.ok_or_else(|| missing(key))
}

fn number(value: Option<Value>) -> Parsed<Option<f64>> {
    match value {
        None => Ok(None),
        Some(Value::Int(number)) => Ok(Some(number as f64)),
        Some(Value::Double(number)) => Ok(Some(number)),
        Some(_) => Err(Fault::content("must be a number")),
    }
}

fn text(value: Value) -> String {
    payload(value).as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use clew_model::value::attribute;

    use super::*;

    fn read(subject: Subject, body: &str) -> (Vec<Annotation>, Decoded) {
        annotations(subject, body.as_bytes(), 5, &Limits::default()).unwrap()
    }

    #[test]
    fn annotations_become_labels() {
        let (taken, decoded) = read(
            Subject::Span,
            r#"{"data":[{"name":"correctness","annotator_kind":"LLM","span_id":"67f6740bbe1ddc3f",
                "result":{"label":"correct","score":1,"explanation":"it is"},"identifier":"judge"},
                {"annotator_kind":"HUMAN","span_id":"67f6740bbe1ddc3f"},{"name":"n","span_id":" "}]}"#,
        );
        assert_eq!(decoded.rejected_count, 2);
        assert_eq!(decoded.rejected[0].reason, "name: is missing");
        let span_id = "67f6740bbe1ddc3f".parse().unwrap();
        assert_eq!(taken[0].target, Target::Span(span_id));
        let trace_id = "0198c3c2b5d07f3e8a4f1234567890ab".parse().unwrap();
        let label = taken[0].clone().label(LabelTarget::Span { trace_id, span_id });
        assert_eq!((label.score, label.value.as_deref()), (Some(1.0), Some("correct")));
        assert_eq!((label.author.as_str(), label.explanation.as_deref()), ("judge", Some("it is")));
    }

    #[test]
    fn notes_documents_runs_and_sessions_have_their_own_places() {
        let (taken, _) =
            read(Subject::Note, r#"{"data":{"span_id":"67f6740bbe1ddc3f","note":"look at this"}}"#);
        assert_eq!(
            (taken[0].name.as_str(), taken[0].value.as_deref()),
            ("note", Some("look at this"))
        );
        let (taken, _) = read(
            Subject::Document,
            r#"{"data":[{"name":"relevance","span_id":"67f6740bbe1ddc3f","document_position":2}]}"#,
        );
        assert_eq!(taken[0].name, "relevance (document 2)");
        let (taken, _) = read(Subject::Session, r#"{"data":[{"name":"n","session_id":"s"}]}"#);
        let session = LabelTarget::Session { session_id: "s".to_owned() };
        assert_eq!(taken[0].target, Target::Known(session));
    }

    #[test]
    fn joined_keys_are_bounded_each_and_together() {
        let read = |name: usize, leaves: usize, limits: Limits| {
            let leaves: Vec<String> = (0..leaves).map(|leaf| format!(r#""{leaf}":1"#)).collect();
            let (name, leaves) = ("k".repeat(name), leaves.join(","));
            let body = format!(
                r#"{{"data":[{{"name":"chat","context":{{"trace_id":"0198c3c2b5d07f3e8a4f1234567890ab",
                "span_id":"67f6740bbe1ddc3f"}},"attributes":{{"{name}":{{"{name}":{{{leaves}}}}}}}}}]}}"#,
            );
            spans(body.as_bytes(), "shop", &limits).unwrap()
        };
        let decoded = read(10_000, 1, Limits::default());
        let reason = "attributes: has 20001 bytes, at most 16384 are taken";
        assert_eq!(decoded.rejected[0].reason, reason);
        let few = Limits { values_per_request: 1_000, ..Limits::default() };
        assert_eq!(read(1_000, 20, few).spans[0].attributes.len(), 20);
        let decoded = read(1_000, 100, few);
        let reason = "attributes: the request has more than 1000 attribute values";
        assert_eq!(decoded.rejected[0].reason, reason);
    }

    #[test]
    fn spans_as_phoenix_gives_them_out_are_flat_again() {
        let body = br#"{"data":[{"id":"x","name":"chat","context":{"trace_id":
            "0198c3c2b5d07f3e8a4f1234567890ab","span_id":"67f6740bbe1ddc3f"},"span_kind":"llm",
            "parent_id":null,"start_time":"2024-01-01T00:00:00Z","end_time":"2024-01-01T00:00:01Z",
            "status_code":"OK","attributes":{"llm":{"input_messages":[{"message":{"role":"user",
            "content":"hi"}}],"token_count":{"prompt":3}},"metadata":{"a":1},"tag.tags":["x"]},
            "events":[{"name":"exception","timestamp":"2024-01-01T00:00:00.5Z","attributes":{}}]},
            {"name":"no context"}]}"#;
        let decoded = spans(body, "shop", &Limits::default()).unwrap();
        assert_eq!(decoded.rejected[0].reason, "context: is missing");
        let span = &decoded.spans[0];
        let value = |key: &str| attribute(&span.attributes, key).cloned();
        assert_eq!(value("llm.input_messages.0.message.content"), Some("hi".into()));
        assert_eq!(value("llm.token_count.prompt"), Some(Value::Int(3)));
        assert_eq!(value("metadata"), Some(r#"{"a":1}"#.into()));
        assert_eq!(value("tag.tags"), Some(Value::Array(vec!["x".into()])));
        assert_eq!(value(KIND), Some("LLM".into()));
        assert_eq!(span.start_nanos, Some(1_704_067_200_000_000_000));
        assert_eq!(span.resource.attributes[0].1, "shop".into());
    }
}
