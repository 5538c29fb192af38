//! Log records.

use super::id::id;
use super::value::{attributes, value};
use super::{count, name, nanos};
use crate::decoded::Tally;
use crate::fault::Parsed;
use crate::json::{Json, Kind};
use crate::otlp::log::{LogExtension, LogRecord};

/// Reads one log record.
pub(super) fn record(json: &mut Json<'_>, tally: &mut Tally) -> Parsed<LogRecord> {
    let mut record = LogRecord::default();
    json.object(|json, key| {
        match key {
            "timeUnixNano" | "time_unix_nano" => record.time_nanos = nanos(json)?,
            "observedTimeUnixNano" | "observed_time_unix_nano" => {
                record.observed_nanos = nanos(json)?;
            }
            "severityNumber" | "severity_number" => record.severity_number = severity(json)?,
            "severityText" | "severity_text" => record.severity_text = json.text()?,
            "body" => record.body = value(json, tally, 1)?,
            "attributes" => attributes(json, tally, &mut record.attributes)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                record.dropped_attributes_count = count(json)?;
            }
            "traceId" | "trace_id" => record.set_trace_id(&id(json, 16)?)?,
            "spanId" | "span_id" => record.set_span_id(&id(json, 8)?)?,
            "eventName" | "event_name" => record.event_name = name(json, tally)?,
            "clew" => record.extension = extension(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(record)
}

/// A severity by its number, or by its name with or without the prefix.
fn severity(json: &mut Json<'_>) -> Parsed<i32> {
    if json.kind()? != Kind::Text {
        return Ok(i32::try_from(json.integer()?).unwrap_or(0));
    }
    let mark = json.mark();
    let text = json.string()?.to_ascii_uppercase();
    let bare = text.strip_prefix("SEVERITY_NUMBER_").unwrap_or(&text);
    if bare == "UNSPECIFIED" {
        return Ok(0);
    }
    if let Ok(number) = bare.parse() {
        return Ok(number);
    }
    let word = bare.trim_end_matches(|character: char| character.is_ascii_digit());
    let within = bare[word.len()..].parse().unwrap_or(1);
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    match levels.iter().position(|level| *level == word) {
        Some(level) if (1..=4).contains(&within) => Ok(level as i32 * 4 + within),
        _ => {
            json.rewind(mark);
            Err(json.unexpected("a severity", Kind::Text))
        }
    }
}

fn extension(json: &mut Json<'_>) -> Parsed<LogExtension> {
    let mut extension = LogExtension::default();
    json.object(|json, key| {
        match key {
            "index" => extension.index = usize::try_from(json.integer()?).ok(),
            "eventId" => extension.event_id = Some(json.text()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(extension)
}
