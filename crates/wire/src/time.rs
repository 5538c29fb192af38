//! Times as senders of JSON write them.

use clew_model::value::Value;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::fault::{Fault, Parsed};
use crate::fields::wrong_type;

/// Below this a number counts seconds since 1970 (until the year 5138).
const SECONDS_BELOW: f64 = 1e11;
/// Below this, milliseconds; from 1973 on.
const MILLISECONDS_BELOW: f64 = 1e14;
/// Below this, microseconds; from 1973 on. Anything larger counts nanoseconds.
const MICROSECONDS_BELOW: f64 = 1e17;

/// Nanoseconds since 1970: from ISO 8601 (UTC where it names no zone), or from a number
/// whose size tells its unit. Zero says "not given", as in OTLP.
pub(crate) fn parse_time(value: &Value) -> Parsed<Option<i64>> {
    let nanos = match value {
        Value::Int(number) => from_whole(*number),
        Value::Double(number) => from_fraction(*number),
        Value::String(text) => from_text(text.trim()),
        other => return Err(wrong_type("a time", other)),
    };
    match nanos {
        Some(0) => Ok(None),
        Some(nanos) if nanos > 0 => Ok(Some(nanos)),
        _ => Err(Fault::content(format!(
            "{} is no time between 1970 and 2262",
            match value {
                Value::String(text) => format!("{:?}", text.chars().take(80).collect::<String>()),
                Value::Int(number) => number.to_string(),
                Value::Double(number) => number.to_string(),
                _ => String::new(),
            }
        ))),
    }
}

fn from_whole(number: i64) -> Option<i64> {
    number.checked_mul(nanos_per_unit(number as f64))
}

fn from_fraction(number: f64) -> Option<i64> {
    let unit = nanos_per_unit(number);
    // Apart, since a double of nanoseconds would round the whole part.
    let below_unit = (number.fract() * unit as f64).round() as i64;
    let whole = number.trunc();
    (whole.abs() < i64::MAX as f64)
        .then_some(whole as i64)?
        .checked_mul(unit)?
        .checked_add(below_unit)
}

fn nanos_per_unit(number: f64) -> i64 {
    match number.abs() {
        size if size < SECONDS_BELOW => 1_000_000_000,
        size if size < MILLISECONDS_BELOW => 1_000_000,
        size if size < MICROSECONDS_BELOW => 1_000,
        _ => 1,
    }
}

fn from_text(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return from_whole(number);
    }
    if let Ok(number) = text.parse() {
        return from_fraction(number);
    }
    let timestamp = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(local).ok()
    })?;
    i64::try_from(timestamp.as_nanosecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_moment() {
        const WANT: i64 = 1_795_154_508_607_000_000;
        for value in [
            "2026-11-20T06:01:48.607Z".into(),
            "2026-11-20T07:01:48.607+01:00".into(),
            "2026-11-20 06:01:48.607".into(),
            "2026-11-20T06:01:48,607Z".into(),
            "1795154508607".into(),
            Value::Int(1_795_154_508_607),
            Value::Int(1_795_154_508_607_000),
            Value::Int(WANT),
            Value::Double(1_795_154_508_607.0),
        ] {
            assert_eq!(parse_time(&value).ok(), Some(Some(WANT)), "{value:?}");
        }
        assert_eq!(
            parse_time(&Value::Int(1_795_154_508)).ok(),
            Some(Some(1_795_154_508_000_000_000))
        );
        // A double of seconds is exact to the microsecond.
        let seconds = parse_time(&Value::Double(1_795_154_508.607)).ok().flatten().unwrap();
        assert!((seconds - WANT).abs() < 1_000, "{seconds}");
    }

    #[test]
    fn what_is_no_time() {
        assert_eq!(parse_time(&Value::Int(0)).ok(), Some(None));
        for value in [
            Value::Int(-1),
            Value::Double(f64::NAN),
            Value::Double(1e30),
            Value::Bool(true),
            "".into(),
            "NaN".into(),
            "yesterday".into(),
            "1960-01-01T00:00:00Z".into(),
            "2300-01-01T00:00:00Z".into(),
        ] {
            assert!(parse_time(&value).is_err(), "{value:?}");
        }
    }
}
