//! Feedback and expectations about a run or one of its spans: labels.

use clew_model::ids::SpanId;
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::value::Value;

use super::info::required;
use super::{Context, trace_of};
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::json::write::payload;

/// `POST .../assessments`: the label, and the JSON of it for the answer.
pub fn created(request_id: &str, body: &[u8], context: &Context<'_>) -> Result<Label, WireError> {
    let mut whole = Fields::read(body, context.limits)?;
    let Some(assessment) = whole.any("assessment") else {
        return Err(Fault::content("is missing").within("assessment").into());
    };
    let label = Fields::of(assessment).and_then(|fields| label_of(request_id, fields, context));
    Ok(label.within("assessment")?)
}

/// `PATCH .../assessments/{id}`: what it says now, over what `label` said.
pub fn changed(label: &Label, body: &[u8], context: &Context<'_>) -> Result<Label, WireError> {
    let mut whole = Fields::read(body, context.limits)?;
    let Some(assessment) = whole.any("assessment") else {
        return Err(Fault::content("is missing").within("assessment").into());
    };
    let mut fields = Fields::of(assessment).within("assessment")?;
    let mut label = label.clone();
    if let Some(name) = fields.word("assessment_name")? {
        label.name = name;
    }
    if let Some(verdict) = verdict(&mut fields).within("assessment")? {
        (label.score, label.value) = (verdict.score, verdict.value);
        label.explanation = verdict.error.or(label.explanation);
    }
    label.explanation = fields.text("rationale")?.or(label.explanation);
    label.created_nanos = context.now_nanos;
    Ok(label)
}

/// The label of an assessment.
pub(super) fn label_of(
    request_id: &str,
    mut fields: Fields,
    context: &Context<'_>,
) -> Parsed<Label> {
    let trace_id = trace_of(request_id).within("trace_id")?;
    let target = match fields.word("span_id")? {
        None => LabelTarget::Trace { trace_id },
        Some(span) => {
            let span = span.strip_prefix("0x").unwrap_or(&span);
            let span_id = SpanId::from_sender(span)
                .map_err(|error| Fault::content(error.to_string()).within("span_id"))?;
            LabelTarget::Span { trace_id, span_id }
        }
    };
    let name = required(&mut fields, "assessment_name")?;
    let verdict = verdict(&mut fields)?.unwrap_or_default();
    let author = match fields.any("source") {
        None => String::new(),
        Some(source) => {
            let mut source = Fields::of(source).within("source")?;
            let kind = source.text("source_type")?;
            source.word("source_id")?.or(kind).unwrap_or_default()
        }
    };
    let rationale = fields.text("rationale")?;
    Ok(Label {
        target,
        name,
        score: verdict.score,
        value: verdict.value,
        explanation: rationale.or(verdict.error),
        source: LabelSource::Sdk,
        author,
        created_nanos: fields.time("create_time")?.unwrap_or(context.now_nanos),
    })
}

#[derive(Default)]
struct Verdict {
    score: Option<f64>,
    value: Option<String>,
    error: Option<String>,
}

/// What was found; `None` where neither feedback nor an expectation stands.
fn verdict(fields: &mut Fields) -> Parsed<Option<Verdict>> {
    let Some(said) = fields.any("feedback").or_else(|| fields.any("expectation")) else {
        return Ok(None);
    };
    let mut said = Fields::of(said).within("feedback")?;
    let mut verdict = Verdict::default();
    match said.any("value") {
        Some(Value::Int(number)) => verdict.score = Some(number as f64),
        Some(Value::Double(number)) => verdict.score = Some(number),
        Some(Value::Bool(flag)) => verdict.value = Some(flag.to_string()),
        Some(other) => verdict.value = payload(other).as_str().map(str::to_owned),
        None => {
            if let Some(packed) = said.any("serialized_value") {
                verdict.value = Fields::of(packed).within("serialized_value")?.text("value")?;
            }
        }
    }
    if let Some(error) = said.any("error") {
        let mut error = Fields::of(error).within("feedback.error")?;
        let code = error.text("error_code")?;
        verdict.error = error.text("error_message")?.or(code);
    }
    Ok(Some(verdict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const RUN: &str = "tr-e593952dfb6b600a1d561a1528dd671e";

    fn read(body: &str) -> Result<Label, WireError> {
        let limits = Limits::default();
        created(RUN, body.as_bytes(), &Context { now_nanos: 7, limits: &limits })
    }

    #[test]
    fn feedback_becomes_a_label_with_its_author() {
        let label = read(
            r#"{"assessment":{"assessment_name":"correct","trace_id":"tr-1","source":{"source_type":
                "HUMAN","source_id":"ada"},"create_time":"2026-11-20T06:25:54Z","feedback":{"value":
                true},"rationale":"says so"}}"#,
        )
        .unwrap();
        assert_eq!(label.name, "correct");
        assert_eq!((label.score, label.value.as_deref()), (None, Some("true")));
        assert_eq!((label.author.as_str(), label.explanation.as_deref()), ("ada", Some("says so")));
        assert_eq!(label.created_nanos, 1_795_155_954_000_000_000);
        assert!(matches!(label.target, LabelTarget::Trace { .. }));
    }

    #[test]
    fn numbers_are_scores_and_expectations_are_texts() {
        let scored = read(
            r#"{"assessment":{"assessment_name":"s","span_id":"5a089a5dce32a28e","feedback":
                {"value":0.5},"source":{"source_type":"LLM_JUDGE"}}}"#,
        )
        .unwrap();
        assert_eq!((scored.score, scored.value), (Some(0.5), None));
        assert_eq!((scored.author.as_str(), scored.created_nanos), ("LLM_JUDGE", 7));
        assert!(matches!(scored.target, LabelTarget::Span { .. }));
        let expected = read(
            r#"{"assessment":{"assessment_name":"e","expectation":{"serialized_value":
                {"serialization_format":"JSON","value":"[1, 2]"}}}}"#,
        );
        assert_eq!(expected.unwrap().value.as_deref(), Some("[1, 2]"));
    }

    #[test]
    fn a_changed_one_keeps_what_is_not_said_again() {
        let limits = Limits::default();
        let context = Context { now_nanos: 9, limits: &limits };
        let first = read(
            r#"{"assessment":{"assessment_name":"n","feedback":{"value":1},"rationale":"r"}}"#,
        );
        let body = br#"{"assessment":{"assessment_id":"a-1","feedback":{"value":"bad"}}}"#;
        let label = changed(&first.unwrap(), body, &context).unwrap();
        assert_eq!((label.score, label.value.as_deref()), (None, Some("bad")));
        assert_eq!((label.explanation.as_deref(), label.created_nanos), (Some("r"), 9));
    }

    #[test]
    fn an_assessment_without_a_name_is_refused_with_its_place() {
        let error = read(r#"{"assessment":{"feedback":{"value":1}}}"#).unwrap_err();
        assert_eq!(error.to_string(), "assessment.assessment_name: is missing");
        assert_eq!(read("{}").unwrap_err().to_string(), "assessment: is missing");
    }
}
