//! Scores: verdicts on a run, an observation or a session.

use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::value::Value;

use crate::fault::{Fault, Parsed, Within};
use crate::fields::{Fields, wrong_type};
use crate::limits::Limits;
use crate::parts::{check_sizes, checked_id, checked_span_id, checked_trace_id, missing};

/// The label that a score is. `time` stands in where the score says none.
pub(super) fn label(mut fields: Fields, time: i64) -> Parsed<Label> {
    let name = fields.text("name")?.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| missing("name"))?;
    check_sizes(&name, &Vec::new(), &Limits::default())?;
    let target = target(&mut fields)?;
    let kind = fields.text("dataType")?.unwrap_or_default();
    let value = fields.any("value").or_else(|| fields.any("stringValue"));
    let (score, value) = verdict(&kind, value.ok_or_else(|| missing("value"))?).within("value")?;
    Ok(Label {
        target,
        name,
        score,
        value,
        explanation: fields.text("comment")?.filter(|comment| !comment.is_empty()),
        source: source(fields.text("source")?.as_deref()),
        author: String::new(),
        created_nanos: fields.time("timestamp")?.unwrap_or(time),
    })
}

fn source(said: Option<&str>) -> LabelSource {
    match said {
        Some("ANNOTATION") => LabelSource::Human,
        Some("EVAL") => LabelSource::Judge,
        _ => LabelSource::Sdk,
    }
}

fn target(fields: &mut Fields) -> Parsed<LabelTarget> {
    let trace = fields.word("traceId")?;
    let observation = fields.word("observationId")?;
    let session = fields.word("sessionId")?;
    let Some(trace) = trace else {
        let session_id =
            session.filter(|_| observation.is_none()).ok_or_else(|| missing("traceId"))?;
        checked_id(&session_id).within("sessionId")?;
        return Ok(LabelTarget::Session { session_id });
    };
    let trace_id = checked_trace_id(&trace).within("traceId")?;
    Ok(match observation {
        Some(id) => {
            let span_id = checked_span_id(&id).within("observationId")?;
            LabelTarget::Span { trace_id, span_id }
        }
        None => LabelTarget::Trace { trace_id },
    })
}

/// Number and word of a verdict: a boolean is both.
fn verdict(kind: &str, value: Value) -> Parsed<(Option<f64>, Option<String>)> {
    let word = |yes: bool| Some(yes.to_string());
    Ok(match value {
        Value::Bool(yes) => (Some(f64::from(u8::from(yes))), word(yes)),
        Value::Int(number) if kind == "BOOLEAN" => (Some(number as f64), word(number != 0)),
        Value::Double(number) if kind == "BOOLEAN" => (Some(number), word(number != 0.0)),
        Value::Int(number) => (Some(number as f64), None),
        Value::Double(number) if number.is_finite() => (Some(number), None),
        Value::String(text) if kind == "NUMERIC" => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => (Some(number), None),
            _ => return Err(Fault::content("is no number, as dataType says")),
        },
        Value::String(text) => (None, Some(text)),
        other => return Err(wrong_type("a number, a word or a boolean", &other)),
    })
}
