//! Traceloop's annotations: feedback of users about a conversation, named by the association
//! property that its spans carry. Everything else of it comes as OpenTelemetry.

use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::value::Value;

use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError};
use crate::fields::Fields;
use crate::json::write::payload;
use crate::limits::Limits;
use crate::parts::{checked_id, keep_or_reject, missing};

/// `POST /v2/annotation-tasks/{task}/annotations`: each tag is a label of the session.
pub fn annotations(body: &[u8], now_nanos: i64, limits: &Limits) -> Result<Decoded, WireError> {
    let mut fields = Fields::read(body, limits)?;
    let session_id =
        fields.word("entity_instance_id")?.ok_or_else(|| missing("entity_instance_id"))?;
    checked_id(&session_id)?;
    let author = match fields.any("actor") {
        Some(actor) => Fields::of(actor)?.word("id")?.unwrap_or_default(),
        None => String::new(),
    };
    let tags = fields.prefixed("tags", "")?;
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    for (index, (name, value)) in tags.into_iter().enumerate() {
        let label = verdict(&name, value).map(|(score, value)| Label {
            target: LabelTarget::Session { session_id: session_id.clone() },
            name,
            score,
            value,
            explanation: None,
            source: LabelSource::Sdk,
            author: author.clone(),
            created_nanos: now_nanos,
        });
        keep_or_reject(&mut decoded, limits, "tags", index, label, |decoded, label| {
            decoded.labels.push(label);
        });
    }
    Ok(decoded)
}

fn verdict(name: &str, value: Value) -> Parsed<(Option<f64>, Option<String>)> {
    if name.trim().is_empty() {
        return Err(Fault::content("a tag must have a name"));
    }
    Ok(match value {
        Value::Int(number) => (Some(number as f64), None),
        Value::Double(number) => (Some(number), None),
        other => (None, payload(other).as_str().map(str::to_owned)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tag_is_a_label_of_the_session() {
        let body = br#"{"entity_instance_id":"chat-1","tags":{"sentiment":"positive",
            "relevance":0.95,"tones":["happy","nice"],"":1},"source":"sdk","flow":"user_feedback",
            "actor":{"type":"service","id":"shop"}}"#;
        let decoded = annotations(body, 5, &Limits::default()).unwrap();
        let said: Vec<_> = decoded
            .labels
            .iter()
            .map(|label| (label.name.as_str(), label.score, label.value.as_deref()))
            .collect();
        let expected = [
            ("sentiment", None, Some("positive")),
            ("relevance", Some(0.95), None),
            ("tones", None, Some(r#"["happy","nice"]"#)),
        ];
        assert_eq!(said, expected);
        assert_eq!(decoded.labels[0].author, "shop");
        assert_eq!(decoded.rejected_count, 1);
        let session = LabelTarget::Session { session_id: "chat-1".to_owned() };
        assert_eq!(decoded.labels[0].target, session);
    }
}
