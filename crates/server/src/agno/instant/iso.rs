//! Reading ISO 8601 as agno's server does: what Python's `datetime.fromisoformat` takes,
//! with its words for what it does not take, since clients show them.

use super::day_number;

/// Why a text is no time, in the words of agno's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::agno) struct IsoError(pub(in crate::agno) String);

/// Microseconds since 1970. A time without a zone is UTC, a date alone its beginning.
pub(in crate::agno) fn parse(text: &str) -> Result<i64, IsoError> {
    // agno replaces every `Z` before it reads.
    let text = text.replace('Z', "+00:00");
    let fault = || IsoError(format!("Invalid isoformat string: {}", quoted(&text)));
    let (date, rest) = split_date(&text).ok_or_else(fault)?;
    let (year, month, day) = read_date(date).ok_or_else(fault)?;
    check_date(year, month, day)?;
    let midnight = day_number(year, month, day) * 86_400_000_000;
    let Some(rest) = rest else { return Ok(midnight) };
    let (time, offset) = match rest.find(['+', '-']) {
        Some(at) => (&rest[..at], Some(&rest[at..])),
        None => (rest, None),
    };
    let time = read_time(time).ok_or_else(fault)?;
    check_time(&time)?;
    let offset = match offset {
        None => 0,
        Some(offset) => read_offset(offset).ok_or_else(fault)?,
    };
    Ok(midnight + time.micros() - offset)
}

/// Date, and what follows the one character after it.
fn split_date(text: &str) -> Option<(&str, Option<&str>)> {
    let extended = text.as_bytes().get(4) == Some(&b'-');
    let length = if extended { 10 } else { 8 };
    let date = text.get(..length)?;
    let mut rest = text.get(length..)?.chars();
    match rest.next() {
        None => Some((date, None)),
        // Digits that go on belong to no date: a number of seconds is not a time.
        Some(separator) if !extended && separator.is_ascii_digit() => None,
        Some(_) if rest.as_str().is_empty() => None,
        Some(_) => Some((date, Some(rest.as_str()))),
    }
}

fn read_date(text: &str) -> Option<(i64, i64, i64)> {
    let (month, day) = match text.len() {
        8 => (text.get(4..6)?, text.get(6..8)?),
        _ if text.as_bytes().get(7) == Some(&b'-') => (text.get(5..7)?, text.get(8..10)?),
        _ => return None,
    };
    Some((number(text.get(..4)?)?, number(month)?, number(day)?))
}

fn check_date(year: i64, month: i64, day: i64) -> Result<(), IsoError> {
    let fault = |words: &str| Err(IsoError(words.to_owned()));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match (year, month, day) {
        (0, ..) => fault("year 0 is out of range"),
        _ if !(1..=12).contains(&month) => fault("month must be in 1..12"),
        _ if !(1..=days).contains(&day) => fault("day is out of range for month"),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Time {
    hour: i64,
    minute: i64,
    second: i64,
    micro: i64,
}

impl Time {
    fn micros(&self) -> i64 {
        (self.hour * 3_600 + self.minute * 60 + self.second) * 1_000_000 + self.micro
    }
}

/// `HH`, `HH:MM`, `HH:MM:SS` with a fraction, or the same without colons.
fn read_time(text: &str) -> Option<Time> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<&str> = if clock.contains(':') {
        clock.split(':').collect()
    } else {
        (0..clock.len()).step_by(2).map(|at| clock.get(at..at + 2)).collect::<Option<_>>()?
    };
    let mut fields = [0; 3];
    if parts.is_empty() || parts.len() > 3 || (fraction.is_some() && parts.len() != 3) {
        return None;
    }
    for (field, part) in fields.iter_mut().zip(&parts) {
        *field = Some(part).filter(|part| part.len() == 2).and_then(|part| number(part))?;
    }
    let micro = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            // Digits beyond the sixth are dropped.
            let kept: String = digits.chars().chain("000000".chars()).take(6).collect();
            kept.parse().ok()?
        }
        Some(_) => return None,
    };
    Some(Time { hour: fields[0], minute: fields[1], second: fields[2], micro })
}

fn check_time(time: &Time) -> Result<(), IsoError> {
    for (value, most, name) in
        [(time.hour, 23, "hour"), (time.minute, 59, "minute"), (time.second, 59, "second")]
    {
        if value > most {
            return Err(IsoError(format!("{name} must be in 0..{most}")));
        }
    }
    Ok(())
}

/// East of UTC is positive.
fn read_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let offset = read_time(rest)?;
    check_time(&offset).ok()?;
    Some(sign * offset.micros())
}

fn number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// As Python writes a text, shortened where somebody sent a long one.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(100).collect();
    crate::agno::python::text(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_agno_takes() {
        // 2020-01-01T00:00:00Z
        const NEW_YEAR: i64 = 1_577_836_800_000_000;
        for text in [
            "2020-01-01",
            "20200101",
            "2020-01-01T00:00:00",
            "2020-01-01 00:00",
            "2020-01-01T00",
            "2020-01-01T00:00:00Z",
            "2020-01-01T05:30:00+05:30",
            "2019-12-31T19:00:00-0500",
            "20200101T000000Z",
        ] {
            assert_eq!(parse(text), Ok(NEW_YEAR), "{text}");
        }
        assert_eq!(parse("2020-01-01T00:00:00.000001"), Ok(NEW_YEAR + 1));
        assert_eq!(parse("2020-01-01T00:00:00.5Z"), Ok(NEW_YEAR + 500_000));
        assert_eq!(parse("2020-01-01T00:00:00.1234569Z"), Ok(NEW_YEAR + 123_456));
    }

    #[test]
    fn other_forms_are_refused_in_pythons_words() {
        for (text, words) in [
            ("bogus", "Invalid isoformat string: 'bogus'"),
            ("1700000000", "Invalid isoformat string: '1700000000'"),
            ("2020-01-01T05:30:00 05:30", "Invalid isoformat string: '2020-01-01T05:30:00 05:30'"),
            ("2020-01-01T", "Invalid isoformat string: '2020-01-01T'"),
            ("2020-13-01", "month must be in 1..12"),
            ("2021-02-29", "day is out of range for month"),
            ("2020-01-01T24:00:00", "hour must be in 0..23"),
            ("", "Invalid isoformat string: ''"),
            ("2020-01-01Tä", "Invalid isoformat string: '2020-01-01Tä'"),
            ("äöüäöüäö", "Invalid isoformat string: 'äöüäöüäö'"),
        ] {
            assert_eq!(parse(text), Err(IsoError(words.to_owned())), "{text}");
        }
    }
}
