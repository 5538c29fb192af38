//! What Laminar's clients say about a run after it: tags and metadata. Its spans come as
//! OpenTelemetry.

use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::source::{Sender, SourceSpan};
use clew_model::value::Value;

use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::limits::Limits;
use crate::parts::{check_part, checked_trace_id, keep_or_reject, missing};

/// `POST /v1/tag`: each name is a label of the run.
pub fn tags(body: &[u8], now_nanos: i64, limits: &Limits) -> Result<Decoded, WireError> {
    let mut fields = Fields::read(body, limits)?;
    let trace_id = trace(&mut fields)?;
    let names = fields.list("names")?.ok_or_else(|| missing("names"))?;
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    for (index, name) in names.into_iter().enumerate() {
        let label = tag(name).map(|name| Label {
            target: LabelTarget::Trace { trace_id },
            name,
            score: None,
            value: None,
            explanation: None,
            source: LabelSource::Sdk,
            author: String::new(),
            created_nanos: now_nanos,
        });
        keep_or_reject(&mut decoded, limits, "names", index, label, |decoded, label| {
            decoded.labels.push(label);
        });
    }
    Ok(decoded)
}

/// `POST /v1/traces/metadata`: joins what the run's spans say.
pub fn metadata(body: &[u8], now_nanos: i64, limits: &Limits) -> Result<Decoded, WireError> {
    let mut fields = Fields::read(body, limits)?;
    let mut note = SourceSpan::note(trace(&mut fields)?, Sender::Otlp);
    note.version = Some(now_nanos);
    if !fields.has("metadata") {
        return Err(missing("metadata").into());
    }
    note.attributes = fields.prefixed("metadata", "lmnr.association.properties.metadata.")?;
    check_part(&note, limits)?;
    Ok(Decoded {
        notes: vec![note],
        accepted_count: 1,
        replaced_texts: fields.replaced_texts,
        ..Decoded::default()
    })
}

fn trace(fields: &mut Fields) -> Parsed<clew_model::ids::TraceId> {
    let id = fields.word("traceId")?.ok_or_else(|| missing("traceId"))?;
    checked_trace_id(&id).within("traceId")
}

fn tag(name: Value) -> Parsed<String> {
    match name {
        Value::String(name) if !name.trim().is_empty() => Ok(name),
        _ => Err(Fault::content("a tag must be a text that says something")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_labels_and_metadata_a_note() {
        let limits = Limits::default();
        let body = br#"{"traceId":"0198c3c2-b5d0-7f3e-8a4f-1234567890ab","names":["good",""," "]}"#;
        let decoded = tags(body, 5, &limits).unwrap();
        assert_eq!((decoded.labels.len(), decoded.rejected_count), (1, 2));
        assert_eq!(decoded.labels[0].name, "good");
        let trace_id = "0198c3c2b5d07f3e8a4f1234567890ab".parse().unwrap();
        assert_eq!(decoded.labels[0].target, LabelTarget::Trace { trace_id });
        let body =
            br#"{"traceId":"0198c3c2-b5d0-7f3e-8a4f-1234567890ab","metadata":{"score":0.5}}"#;
        let decoded = metadata(body, 5, &limits).unwrap();
        let attribute = &decoded.notes[0].attributes[0];
        assert_eq!(attribute.0, "lmnr.association.properties.metadata.score");
        let error = tags(br#"{"names":[]}"#, 5, &limits).unwrap_err();
        assert_eq!(error.to_string(), "traceId: is missing");
        let error = metadata(br#"{"traceId":"a"}"#, 5, &limits).unwrap_err();
        assert_eq!(error.to_string(), "metadata: is missing");
    }
}
