//! Feedback: verdicts on runs.

use clew_model::ids::{SpanId, TraceId};
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::value::Value;

use super::Context;
use super::known::Known;
use crate::fault::{Fault, Parsed, Within};
use crate::parts::{checked_span_id, checked_trace_id, missing};
use crate::raw::{RawFields, payload};

/// Reads one feedback.
pub(super) fn label(
    mut fields: RawFields<'_>,
    known: &Known,
    context: &Context<'_>,
) -> Parsed<Label> {
    let target = target(&mut fields, known, context)?;
    let name = fields.word("key")?.ok_or_else(|| missing("key"))?;
    if name.len() > context.limits.key_bytes {
        let limit = context.limits.key_bytes;
        return Err(Fault::content(format!("has more than {limit} bytes")).within("key"));
    }
    let score = match fields.payload("score")? {
        Some(Value::Bool(yes)) => Some(f64::from(u8::from(yes))),
        Some(Value::Int(number)) => Some(number as f64),
        Some(Value::Double(number)) => Some(number),
        None => None,
        Some(_) => return Err(Fault::content("is no number").within("score")),
    };
    let value = fields.raw("value").map(text).transpose().within("value")?;
    let comment = fields.raw("comment").map(text).transpose().within("comment")?;
    let correction = fields.raw("correction").map(text).transpose().within("correction")?;
    let correction = correction.map(|correction| format!("Correction: {correction}"));
    let explanation = match (comment, correction) {
        (Some(comment), Some(correction)) => Some(format!("{comment}\n{correction}")),
        (comment, correction) => comment.or(correction),
    };
    let created = fields.time("created_at")?;
    let modified = fields.time("modified_at")?;
    Ok(Label {
        target,
        name,
        score,
        value,
        explanation,
        source: LabelSource::Sdk,
        author: author(&mut fields)?,
        created_nanos: modified.or(created).unwrap_or(context.now_nanos),
    })
}

/// A run, or the whole trace where the run is its root. A project has no labels.
fn target(fields: &mut RawFields<'_>, known: &Known, context: &Context<'_>) -> Parsed<LabelTarget> {
    let trace = fields.word("trace_id")?;
    let run = fields.word("run_id")?.or_else(|| trace.clone()).ok_or_else(|| {
        Fault::content("is missing: feedback on a project is not kept").within("run_id")
    })?;
    let span_id: SpanId = checked_span_id(&run).within("run_id")?;
    let own = checked_trace_id(&run).within("run_id")?;
    let trace_id: TraceId = match trace {
        Some(trace) => checked_trace_id(&trace).within("trace_id")?,
        None => known.trace_of(span_id, context).unwrap_or(own),
    };
    Ok(match trace_id == own {
        true => LabelTarget::Trace { trace_id },
        false => LabelTarget::Span { trace_id, span_id },
    })
}

/// Whether the run of a feedback is there, or its trace is named; what was found stands in
/// `known`. Where the feedback names nothing that can be looked up, [`label`] tells.
pub(super) fn finds_run(
    fields: &RawFields<'_>,
    known: &mut Known,
    context: &Context<'_>,
    has_trace: &dyn Fn(TraceId) -> bool,
) -> bool {
    let run = fields.peek_word("run_id").filter(|_| fields.peek_word("trace_id").is_none());
    let Some(run) = run else { return true };
    let (Ok(span_id), Ok(own)) = (checked_span_id(&run), checked_trace_id(&run)) else {
        return true;
    };
    let found = known.trace_of(span_id, context).or_else(|| has_trace(own).then_some(own));
    if let Some(trace_id) = found {
        known.put(span_id, trace_id);
    }
    found.is_some()
}

/// Who said it, as far as that tells two verdicts of one name apart: `api` is everybody.
fn author(fields: &mut RawFields<'_>) -> Parsed<String> {
    let Some(raw) = fields.raw("feedback_source").filter(|raw| raw.starts_with('{')) else {
        return Ok(String::new());
    };
    let mut source = RawFields::read(raw).within("feedback_source")?;
    let named = source.word("user_name")?.or(source.word("user_id")?);
    Ok(named.or(source.word("type")?.filter(|kind| kind != "api")).unwrap_or_default())
}

/// A text as it is, all else as its JSON.
fn text(raw: &str) -> Parsed<String> {
    match payload(raw)? {
        Value::String(text) => Ok(text),
        _ => Ok(raw.to_owned()),
    }
}
