//! `opentelemetry.proto.logs.v1.LogRecord`.

use super::{attribute, count, text, value};
use crate::decoded::Tally;
use crate::fault::{Fault, Parsed, Within};
use crate::otlp::log::LogRecord;
use crate::otlp::span::nanos;
use crate::protobuf::Field;

/// Decodes one log record.
pub(crate) fn record(field: &Field<'_>, tally: &mut Tally) -> Parsed<LogRecord> {
    let mut record = LogRecord::default();
    let mut message = field.message()?;
    while let Some(field) = message.next()? {
        match field.number {
            1 => record.time_nanos = field.fixed64().and_then(nanos).within("timeUnixNano")?,
            2 => record.severity_number = severity(&field).within("severityNumber")?,
            3 => record.severity_text = text(&field, tally).within("severityText")?,
            5 => record.body = value(&field, tally, 1).within("body")?,
            6 => attribute(&field, tally, &mut record.attributes)?,
            7 => {
                record.dropped_attributes_count = count(&field).within("droppedAttributesCount")?;
            }
            9 => record.set_trace_id(field.bytes().within("traceId")?).within("traceId")?,
            10 => record.set_span_id(field.bytes().within("spanId")?).within("spanId")?,
            11 => {
                record.observed_nanos =
                    field.fixed64().and_then(nanos).within("observedTimeUnixNano")?;
            }
            12 => {
                tally
                    .check_bytes(field.bytes()?.len(), tally.limits.name_bytes)
                    .and_then(|()| text(&field, tally))
                    .map(|name| record.event_name = name)
                    .within("eventName")?;
            }
            _ => {}
        }
    }
    Ok(record)
}

fn severity(field: &Field<'_>) -> Parsed<i32> {
    let number = field.varint()?.cast_signed();
    i32::try_from(number).map_err(|_| Fault::content(format!("{number} is no severity")))
}
