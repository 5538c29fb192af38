//! `traces.json`: the spans of a run as a file. Clients upload it when the run is over, also
//! after they have sent the same spans as OpenTelemetry, so ids and values must come out the
//! same both ways: attributes are unquoted here into what the other way carries.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{Sender, SourceEvent, SourceLink, SourceSpan, SourceStatus, StatusCode};
use clew_model::value::{Attributes, Value};

use super::{Context, trace_of};
use crate::decoded::{Decoded, Tally};
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::json::Json;
use crate::limits::Limits;
use crate::parts::{check_part, check_sizes, keep_or_reject};

const REQUEST_ID: &str = "mlflow.traceRequestId";

/// Decodes the file. `request_id` is the run that its path names.
pub fn spans(
    body: &[u8],
    request_id: Option<&str>,
    context: &Context<'_>,
) -> Result<Decoded, WireError> {
    let mut fields = Fields::read(body, context.limits)?;
    let named = request_id.map(trace_of).transpose()?;
    let items = fields.list("spans")?.unwrap_or_default();
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    let mut tally = Tally::new(context.limits);
    for (index, item) in items.into_iter().enumerate() {
        let part = Fields::of(item).and_then(|fields| span(fields, named, &mut tally));
        keep_or_reject(&mut decoded, context.limits, "spans", index, part, |decoded, part| {
            decoded.spans.push(part);
        });
    }
    Ok(decoded)
}

fn span(mut fields: Fields, named: Option<TraceId>, tally: &mut Tally) -> Parsed<SourceSpan> {
    let attributes = unquoted(fields.prefixed("attributes", "")?, tally);
    let context = fields.any("context").map(Fields::of).transpose().within("context")?;
    let (trace_text, span_text) = match context {
        Some(mut older) => (older.word("trace_id")?, older.word("span_id")?),
        None => (fields.word("trace_id")?, fields.word("span_id")?),
    };
    let trace_id = match run(&attributes) {
        Some(request_id) => trace_of(request_id).within("mlflow.traceRequestId")?,
        None => match named {
            Some(trace_id) => trace_id,
            None => trace_from(trace_text.as_deref().unwrap_or_default()).within("trace_id")?,
        },
    };
    let span_id = span_from(span_text.as_deref().unwrap_or_default()).within("span_id")?;
    let mut part = SourceSpan::part(trace_id, span_id, Sender::Mlflow);
    let parent = fields.word("parent_span_id")?.or(fields.word("parent_id")?);
    part.parent_span_id = parent.map(|text| span_from(&text)).transpose().within("parent_id")?;
    part.name = fields.text("name")?;
    part.start_nanos = time(&mut fields, ["start_time_unix_nano", "start_time"])?;
    part.end_nanos = time(&mut fields, ["end_time_unix_nano", "end_time"])?;
    part.status = status(&mut fields)?;
    for (index, event) in fields.list("events")?.unwrap_or_default().into_iter().enumerate() {
        tally.check(part.events.len(), tally.limits.events_per_span, "events")?;
        let event = Fields::of(event).and_then(|fields| self::event(fields, tally));
        part.events.push(event.within(&format!("events[{index}]"))?);
    }
    for link in fields.list("links")?.unwrap_or_default() {
        tally.check(part.links.len(), tally.limits.links_per_span, "links")?;
        // A link to a place that cannot be named helps nobody.
        part.links
            .extend(Fields::of(link).and_then(|fields| self::link(fields, &tally.limits)).ok());
    }
    part.attributes = attributes;
    part.attributes.extend(fields.rest("mlflow.span."));
    check_part(&part, &tally.limits)?;
    Ok(part)
}

fn run(attributes: &Attributes) -> Option<&str> {
    let (_, value) = attributes.iter().find(|(key, _)| key == REQUEST_ID)?;
    value.as_str().filter(|text| !text.is_empty())
}

/// A time: the third version's key, or the second's.
fn time(fields: &mut Fields, keys: [&str; 2]) -> Parsed<Option<i64>> {
    for key in keys {
        if let Some(time) = fields.time(key)? {
            return Ok(Some(time));
        }
    }
    Ok(None)
}

fn status(fields: &mut Fields) -> Parsed<SourceStatus> {
    let (code, message) = match fields.any("status") {
        Some(status) => {
            let mut status = Fields::of(status).within("status")?;
            (status.word("code")?, status.text("message")?)
        }
        None => (fields.word("status_code")?, fields.text("status_message")?),
    };
    let code = match code.as_deref() {
        Some("STATUS_CODE_OK" | "OK") => StatusCode::Ok,
        Some("STATUS_CODE_ERROR" | "ERROR") => StatusCode::Error,
        _ => StatusCode::Unset,
    };
    Ok(SourceStatus { code, message: message.unwrap_or_default() })
}

fn event(mut fields: Fields, tally: &mut Tally) -> Parsed<SourceEvent> {
    tally.take_record()?;
    let event = SourceEvent {
        time_nanos: time(&mut fields, ["time_unix_nano", "timestamp"])?.unwrap_or(0),
        name: fields.text("name")?.unwrap_or_default(),
        attributes: fields.prefixed("attributes", "")?,
        dropped_attributes_count: 0,
        from_log: None,
    };
    check_sizes(&event.name, &event.attributes, &tally.limits)?;
    Ok(event)
}

fn link(mut fields: Fields, limits: &Limits) -> Parsed<SourceLink> {
    let link = SourceLink {
        trace_id: trace_of(&fields.word("trace_id")?.unwrap_or_default())?,
        span_id: span_from(&fields.word("span_id")?.unwrap_or_default())?,
        trace_state: String::new(),
        attributes: fields.prefixed("attributes", "")?,
        dropped_attributes_count: 0,
        flags: 0,
    };
    check_sizes("", &link.attributes, limits)?;
    Ok(link)
}

/// Ids are base64, hex, or in the second version hex after `0x`.
fn trace_from(text: &str) -> Parsed<TraceId> {
    match bytes(text, 16) {
        Some(bytes) => {
            TraceId::from_bytes(&bytes).map_err(|error| Fault::content(error.to_string()))
        }
        None => trace_of(text),
    }
}

fn span_from(text: &str) -> Parsed<SpanId> {
    let id = match bytes(text, 8) {
        Some(bytes) => SpanId::from_bytes(&bytes),
        None => SpanId::from_sender(text.strip_prefix("0x").unwrap_or(text)),
    };
    id.map_err(|error| Fault::content(error.to_string()))
}

fn bytes(text: &str, length: usize) -> Option<Vec<u8>> {
    if !text.ends_with('=') {
        return None;
    }
    STANDARD.decode(text).ok().filter(|bytes| bytes.len() == length)
}

/// Each value is JSON in a text; what is not stays as it is.
fn unquoted(attributes: Attributes, tally: &mut Tally) -> Attributes {
    attributes.into_iter().map(|(key, value)| (key, unquoted_value(value, tally))).collect()
}

fn unquoted_value(value: Value, tally: &mut Tally) -> Value {
    let Value::String(text) = &value else { return value };
    let mut json = Json::new(text);
    match json.any(tally, 1) {
        Ok(found) if json.at_end() && found != Value::Empty => found,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Decoded {
        let limits = Limits::default();
        spans(body.as_bytes(), None, &Context { now_nanos: 1, limits: &limits }).unwrap()
    }

    #[test]
    fn ids_in_base64_and_values_in_json_are_what_opentelemetry_carries() {
        let decoded = read(
            r#"{"spans":[{"trace_id":"/vW20S1bGZU2cuVHnLLG5Q==","span_id":"uSLhItJZMzo=",
                "parent_span_id":null,"name":"Responses","start_time_unix_nano":1795155956836577254,
                "end_time_unix_nano":1795155959255427409,"events":[],
                "status":{"code":"STATUS_CODE_OK","message":""},
                "attributes":{"mlflow.traceRequestId":"\"tr-fef5b6d12d5b19953672e5479cb2c6e5\"",
                "mlflow.spanType":"\"CHAT_MODEL\"","plain":"not json",
                "mlflow.chat.tokenUsage":"{\"input_tokens\": 120}"},"links":[]}]}"#,
        );
        let span = &decoded.spans[0];
        assert_eq!(span.trace_id.to_string(), "fef5b6d12d5b19953672e5479cb2c6e5");
        assert_eq!(span.span_id.to_string(), "b922e122d259333a");
        assert_eq!(span.start_nanos, Some(1_795_155_956_836_577_254));
        assert_eq!(span.status.code, StatusCode::Ok);
        let expected = [
            ("mlflow.traceRequestId", Value::from("tr-fef5b6d12d5b19953672e5479cb2c6e5")),
            ("mlflow.spanType", Value::from("CHAT_MODEL")),
            ("plain", Value::from("not json")),
            (
                "mlflow.chat.tokenUsage",
                Value::Map(vec![("input_tokens".to_owned(), Value::Int(120))]),
            ),
        ];
        assert_eq!(span.attributes, expected.map(|(key, value)| (key.to_owned(), value)));
    }

    #[test]
    fn the_second_version_names_its_run_by_the_request() {
        let decoded = read(
            r#"{"spans":[{"name":"root","context":{"span_id":"0x5a089a5dce32a28e",
                "trace_id":"0x00000000000000000000000000000001"},"parent_id":null,
                "start_time":1700000000000000000,"end_time":1700000001000000000,
                "status_code":"ERROR","status_message":"no","attributes":
                {"mlflow.traceRequestId":"\"tr-00000000000000000000000000000abc\""},
                "events":[{"name":"exception","timestamp":1700000000500000000,"attributes":{}}]}]}"#,
        );
        let span = &decoded.spans[0];
        assert_eq!(span.trace_id.to_string(), "00000000000000000000000000000abc");
        assert_eq!(span.span_id.to_string(), "5a089a5dce32a28e");
        assert_eq!((span.status.code, span.status.message.as_str()), (StatusCode::Error, "no"));
        assert_eq!(span.events[0].time_nanos, 1_700_000_000_500_000_000);
    }

    #[test]
    fn a_span_that_is_wrong_does_not_cost_the_others() {
        let decoded = read(
            r#"{"spans":[{"span_id":"","trace_id":"tr-1"},{"span_id":"uSLhItJZMzo=","trace_id":"x",
                "start_time_unix_nano":"yesterday"},7,{"span_id":"uSLhItJZMzo=","trace_id":"x"}]}"#,
        );
        assert_eq!((decoded.spans.len(), decoded.rejected_count), (1, 3));
        assert_eq!(decoded.rejected[0].reason, "span_id: id is empty");
        assert_eq!(decoded.rejected[2].reason, "wrong type: expected an object, found a number");
    }
}
