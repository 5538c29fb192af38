//! Traceloop's annotations: feedback of users about a conversation, named by the association
//! property that its spans carry; and images, which its SDK takes out of the messages.
//! Everything else of it comes as OpenTelemetry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_model::ids::{SpanId, TraceId};
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::value::Value;

use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::json::write::payload;
use crate::limits::Limits;
use crate::parts::{checked_id, checked_span_id, checked_trace_id, keep_or_reject, missing};

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

/// Where an image belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePlace {
    /// The run, as the SDK writes it: the number in decimal digits.
    pub trace_id: String,
    /// The span, likewise.
    pub span_id: String,
    /// What the SDK calls the image.
    pub name: String,
}

/// `POST /v2/traces/{trace}/spans/{span}/images`: the name of the image that will come.
pub fn image_name(body: &[u8], limits: &Limits) -> Result<String, WireError> {
    let mut fields = Fields::read(body, limits)?;
    let name = fields.word("image_name")?.ok_or_else(|| missing("image_name"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name.len() <= 255 && name.chars().all(plain) {
        true => Ok(name),
        false => Err(Fault::content("must be letters, digits, dots, lines and dashes")
            .within("image_name")
            .into()),
    }
}

/// The image itself.
pub fn image(body: &[u8], place: &ImagePlace, limits: &Limits) -> Result<Decoded, WireError> {
    let mut fields = Fields::read(body, limits)?;
    let data = fields.text("image_data")?.ok_or_else(|| missing("image_data"))?;
    let bytes = STANDARD
        .decode(data.trim())
        .map_err(|error| Fault::content(format!("is no base64: {error}")).within("image_data"))?;
    let ending = place.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let attachment = NewAttachment {
        trace_id: trace(&place.trace_id).within("trace_id")?,
        span_id: Some(span(&place.span_id).within("span_id")?),
        sender_id: None,
        name: place.name.clone(),
        content_type: match ending {
            "" => "application/octet-stream".to_owned(),
            "jpg" => "image/jpeg".to_owned(),
            ending => format!("image/{ending}"),
        },
        content: AttachmentContent::Bytes(bytes),
    };
    let attachments = vec![attachment];
    Ok(Decoded { attachments, accepted_count: 1, ..Decoded::default() })
}

fn trace(text: &str) -> Parsed<TraceId> {
    match text.parse::<u128>() {
        Ok(number) => TraceId::from_bytes(&number.to_be_bytes())
            .map_err(|error| Fault::content(error.to_string())),
        Err(_) => checked_trace_id(text),
    }
}

fn span(text: &str) -> Parsed<SpanId> {
    match text.parse::<u64>() {
        Ok(number) => SpanId::from_bytes(&number.to_be_bytes())
            .map_err(|error| Fault::content(error.to_string())),
        Err(_) => checked_span_id(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_belongs_to_the_span_that_decimal_digits_name() {
        let limits = Limits::default();
        let place = ImagePlace {
            // 0x0198c3c2b5d07f3e8a4f1234567890ab and 0x67f6740bbe1ddc3f.
            trace_id: "2122427614687293757805567202700071083".to_owned(),
            span_id: "7491302623960489023".to_owned(),
            name: "message_0_content_1.png".to_owned(),
        };
        let decoded = image(br#"{"image_data":"aGVsbG8="}"#, &place, &limits).unwrap();
        let found = &decoded.attachments[0];
        assert_eq!(found.trace_id.to_string(), "0198c3c2b5d07f3e8a4f1234567890ab");
        assert_eq!(found.span_id.unwrap().to_string(), "67f6740bbe1ddc3f");
        assert_eq!(found.content, AttachmentContent::Bytes(b"hello".to_vec()));
        assert_eq!(found.content_type, "image/png");
        let error = image(br#"{"image_data":"?"}"#, &place, &limits).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("image_data"));
        assert!(image_name(br#"{"image_name":"../x"}"#, &limits).is_err());
        assert_eq!(image_name(br#"{"image_name":"a.png"}"#, &limits).unwrap(), "a.png");
    }

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
