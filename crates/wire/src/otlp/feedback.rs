//! Feedback that comes as spans: Logfire sends a span of no length below the span that is
//! judged. The span stays what it is, and its verdict is a label as well.

use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::source::SourceSpan;
use clew_model::value::{Value, attribute};

use crate::decoded::Decoded;
use crate::json::write::payload;

/// The scope of such spans.
const SCOPE: &str = "logfire.feedback";
/// What was judged; the verdict stands under the name itself.
const NAME: &str = "logfire.feedback.name";
const COMMENT: &str = "logfire.feedback.comment";

/// Adds the labels that spans are.
pub(crate) fn with_labels(mut decoded: Decoded) -> Decoded {
    let judging = decoded.spans.iter().filter(|span| span.scope.name == SCOPE);
    let labels: Vec<Label> = judging.filter_map(label).collect();
    decoded.labels.extend(labels);
    decoded
}

fn label(span: &SourceSpan) -> Option<Label> {
    let text = |key| attribute(&span.attributes, key).and_then(Value::as_str);
    let name = text(NAME).filter(|name| !name.trim().is_empty())?;
    let trace_id = span.trace_id;
    let target = match span.parent_span_id {
        Some(span_id) => LabelTarget::Span { trace_id, span_id },
        None => LabelTarget::Trace { trace_id },
    };
    let (score, value) = match attribute(&span.attributes, name)? {
        Value::Int(number) => (Some(*number as f64), None),
        Value::Double(number) => (Some(*number), None),
        Value::Bool(flag) => (None, Some(flag.to_string())),
        other => (None, payload(other.clone()).as_str().map(str::to_owned)),
    };
    Some(Label {
        target,
        name: name.to_owned(),
        score,
        value,
        explanation: text(COMMENT).map(str::to_owned),
        source: LabelSource::Sdk,
        author: String::new(),
        created_nanos: span.start_nanos.unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::otlp::{Encoding, decode_traces};

    /// As `record_feedback` of logfire 5.2.0 writes it.
    #[test]
    fn feedback_is_a_label_of_the_span_above() {
        let body = br#"{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"logfire.feedback"},
            "spans":[{"traceId":"0198c3c2b5d07f3e8a4f1234567890ab","spanId":"67f6740bbe1ddc3f",
            "parentSpanId":"67f6740bbe1ddc30","name":"feedback: good","startTimeUnixNano":"7",
            "endTimeUnixNano":"7","attributes":[
            {"key":"logfire.feedback.name","value":{"stringValue":"good"}},
            {"key":"good","value":{"boolValue":true}},
            {"key":"logfire.feedback.comment","value":{"stringValue":"so it is"}}]},
            {"traceId":"0198c3c2b5d07f3e8a4f1234567890ab","spanId":"67f6740bbe1ddc31",
            "name":"x","startTimeUnixNano":"7","attributes":[]}]}]}]}"#;
        let decoded = decode_traces(body, Encoding::Json, &Limits::default()).unwrap();
        assert_eq!((decoded.spans.len(), decoded.labels.len()), (2, 1));
        let label = &decoded.labels[0];
        assert_eq!((label.name.as_str(), label.value.as_deref()), ("good", Some("true")));
        assert_eq!(label.explanation.as_deref(), Some("so it is"));
        let trace_id = "0198c3c2b5d07f3e8a4f1234567890ab".parse().unwrap();
        let span_id = "67f6740bbe1ddc30".parse().unwrap();
        assert_eq!(label.target, LabelTarget::Span { trace_id, span_id });
    }
}
