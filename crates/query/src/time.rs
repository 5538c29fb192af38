//! Times as people write them, to instants: `now-2h`, `-1d@d`, `yesterday`, `2026-11-20`.

use crate::civil::{DAY_NANOS, Date, SECOND_NANOS};
use crate::filter::Clock;
use crate::units;

/// What a written time stands for, half open, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instants {
    pub(crate) start_nanos: i64,
    pub(crate) end_nanos: i64,
    /// A moment relative to now, which no event ever hits exactly: `-24h`.
    pub(crate) is_relative_moment: bool,
}

/// Why a text is not a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimeProblem {
    /// `24h`: a length, not a time.
    Length,
    /// A number since 1970 in an unknown unit.
    Epoch,
    /// Shaped like a date, but there is none such.
    NotADate,
    /// Not shaped like a time.
    NotATime,
    /// Outside of what 64 bits of nanoseconds hold: the years 1678 to 2261.
    OutOfRange,
}

/// Reads a time. Without a zone it is in the zone of `clock`.
pub(crate) fn read(text: &str, clock: &Clock) -> Result<Instants, TimeProblem> {
    if let Some(span) = named(text, clock) {
        return instants(span, false);
    }
    if let Some(offset) = text.strip_prefix("now") {
        return relative(offset, clock);
    }
    if text.starts_with(['-', '+']) {
        return relative(text, clock);
    }
    if units::duration(text).is_ok() {
        return Err(TimeProblem::Length);
    }
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_digits && text.len() > 4 {
        return Err(TimeProblem::Epoch);
    }
    let is_shaped_like_a_date = text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    match absolute(text, clock) {
        Some(span) => instants(span, false),
        None if is_shaped_like_a_date && text.len() >= 4 => Err(TimeProblem::NotADate),
        None => Err(TimeProblem::NotATime),
    }
}

/// `2026-11-20T10:00:00Z`, with as many digits of the second as are not zero, or with all nine.
pub(crate) fn write(nanos: i64, with_all_digits: bool) -> String {
    let nanos = i128::from(nanos);
    let date = Date::from_days(nanos.div_euclid(DAY_NANOS) as i64);
    let of_day = nanos.rem_euclid(DAY_NANOS);
    let (seconds, fraction) = (of_day / SECOND_NANOS, of_day % SECOND_NANOS);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let fraction = match (fraction, with_all_digits) {
        (0, false) => String::new(),
        (fraction, true) => format!(".{fraction:09}"),
        (fraction, false) => format!(".{fraction:09}").trim_end_matches('0').to_owned(),
    };
    let Date { year, month, day } = date;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

fn instants(span: (i128, i128), is_relative_moment: bool) -> Result<Instants, TimeProblem> {
    match (i64::try_from(span.0), i64::try_from(span.1)) {
        (Ok(start_nanos), Ok(end_nanos)) => {
            Ok(Instants { start_nanos, end_nanos, is_relative_moment })
        }
        _ => Err(TimeProblem::OutOfRange),
    }
}

/// Words for whole days and weeks.
fn named(text: &str, clock: &Clock) -> Option<(i128, i128)> {
    let (unit, back_nanos) = match text {
        "today" => (Unit::Day, 0),
        "yesterday" => (Unit::Day, DAY_NANOS),
        "this-week" => (Unit::Week, 0),
        "last-week" => (Unit::Week, 7 * DAY_NANOS),
        _ => return None,
    };
    Some(unit.around(i128::from(clock.now_nanos) - back_nanos, clock))
}

/// What follows `now`: an offset, a snap, both or nothing.
fn relative(text: &str, clock: &Clock) -> Result<Instants, TimeProblem> {
    let (offset, snap) = match text.split_once('@') {
        Some((offset, unit)) => (offset, Some(Unit::read(unit).ok_or(TimeProblem::NotATime)?)),
        None => (text, None),
    };
    let length = |text| match units::duration(text) {
        Ok(nanos) => Ok(nanos),
        Err(units::Problem::TooLarge) => Err(TimeProblem::OutOfRange),
        Err(_) => Err(TimeProblem::NotATime),
    };
    let nanos = match (offset.strip_prefix('-'), offset.strip_prefix('+')) {
        (Some(back), _) => -length(back)?,
        (_, Some(forward)) => length(forward)?,
        _ if offset.is_empty() => 0,
        _ => return Err(TimeProblem::NotATime),
    };
    let moment = i128::from(clock.now_nanos) + nanos;
    if i64::try_from(moment).is_err() {
        return Err(TimeProblem::OutOfRange);
    }
    match snap {
        Some(unit) => instants(unit.around(moment, clock), false),
        None => instants((moment, moment + 1), true),
    }
}

/// What `@` snaps to.
#[derive(Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

impl Unit {
    fn read(text: &str) -> Option<Unit> {
        Some(match text {
            "s" => Unit::Second,
            "m" => Unit::Minute,
            "h" => Unit::Hour,
            "d" => Unit::Day,
            "w" => Unit::Week,
            "mon" => Unit::Month,
            _ => return None,
        })
    }

    /// The unit of local time that holds an instant. Weeks begin on Monday (ISO 8601).
    fn around(self, nanos: i128, clock: &Clock) -> (i128, i128) {
        let offset_nanos = i128::from(clock.utc_offset_seconds) * SECOND_NANOS;
        let local = nanos + offset_nanos;
        let day = local.div_euclid(DAY_NANOS);
        let (start, end) = match self {
            Unit::Second => fixed(local, SECOND_NANOS),
            Unit::Minute => fixed(local, 60 * SECOND_NANOS),
            Unit::Hour => fixed(local, 3_600 * SECOND_NANOS),
            Unit::Day => fixed(local, DAY_NANOS),
            Unit::Week => {
                // 1970-01-01 was a Thursday, three days after a Monday.
                let monday = day - (day + 3).rem_euclid(7);
                (monday * DAY_NANOS, (monday + 7) * DAY_NANOS)
            }
            Unit::Month => {
                let date = Date::from_days(day as i64);
                month_of(Date { day: 1, ..date })
            }
        };
        (start - offset_nanos, end - offset_nanos)
    }
}

fn fixed(local: i128, length: i128) -> (i128, i128) {
    let start = local - local.rem_euclid(length);
    (start, start + length)
}

fn month_of(first: Date) -> (i128, i128) {
    let start = i128::from(first.days()) * DAY_NANOS;
    (start, i128::from(first.next_month().days()) * DAY_NANOS)
}

/// A month, a day, or a time of day to the minute, the second or a fraction of it.
fn absolute(text: &str, clock: &Clock) -> Option<(i128, i128)> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let local_offset = i128::from(clock.utc_offset_seconds);
    let shift = |span: (i128, i128), seconds: i128| {
        (span.0 - seconds * SECOND_NANOS, span.1 - seconds * SECOND_NANOS)
    };
    let Some(day) = day else {
        let first = Date::new(year, month, 1)?;
        return time.is_none().then(|| shift(month_of(first), local_offset));
    };
    let midnight = i128::from(Date::new(year, month, digits(day, 2)?)?.days()) * DAY_NANOS;
    let Some(time) = time else {
        return Some(shift((midnight, midnight + DAY_NANOS), local_offset));
    };
    let (clock_time, zone) = split_zone(time);
    let seconds = if zone.is_empty() { local_offset } else { zone_seconds(zone)? };
    let (start, length) = time_of_day(clock_time)?;
    Some(shift((midnight + start, midnight + start + length), seconds))
}

fn split_zone(time: &str) -> (&str, &str) {
    time.split_at(time.find(['Z', 'z', '+', '-']).unwrap_or(time.len()))
}

/// `Z`, `+02:00`, `-0530`, in seconds east of UTC.
fn zone_seconds(zone: &str) -> Option<i128> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None => (rest.get(..2)?, rest.get(2..)?),
    };
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let is_zone = hours <= 18 && minutes < 60;
    is_zone.then(|| sign * i128::from(hours * 3_600 + minutes * 60))
}

/// Nanoseconds since midnight, and the length of what was written: a minute, a second, or the
/// last digit of a fraction.
fn time_of_day(text: &str) -> Option<(i128, i128)> {
    let mut parts = text.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let second = parts.next();
    if parts.next().is_some() || hour > 23 || minute > 59 {
        return None;
    }
    let start = i128::from(hour * 3_600 + minute * 60) * SECOND_NANOS;
    let Some(second) = second else { return Some((start, 60 * SECOND_NANOS)) };
    let (whole, fraction) = match second.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (second, None),
    };
    let whole = digits(whole, 2).filter(|second| *second < 60)?;
    let start = start + i128::from(whole) * SECOND_NANOS;
    let Some(fraction) = fraction else { return Some((start, SECOND_NANOS)) };
    if !(1..=9).contains(&fraction.len()) {
        return None;
    }
    let length = 10_i128.pow(9 - fraction.len() as u32);
    Some((start + i128::from(digits(fraction, fraction.len())?) * length, length))
}

/// Exactly `length` ASCII digits as a number.
fn digits(text: &str, length: usize) -> Option<i64> {
    let is_digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday 2026-11-20T10:00:00Z, read in Berlin in winter.
    const CLOCK: Clock = Clock { now_nanos: 1_795_168_800_000_000_000, utc_offset_seconds: 3_600 };

    fn span(text: &str) -> (String, String) {
        let read = read(text, &CLOCK).unwrap();
        (write(read.start_nanos, false), write(read.end_nanos, false))
    }

    #[track_caller]
    fn check(text: &str, start: &str, end: &str) {
        assert_eq!(span(text), (start.to_owned(), end.to_owned()), "{text}");
    }

    #[test]
    fn days_weeks_and_months_are_the_readers() {
        check("today", "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z");
        check("yesterday", "2026-11-18T23:00:00Z", "2026-11-19T23:00:00Z");
        check("this-week", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z");
        check("last-week", "2026-11-08T23:00:00Z", "2026-11-15T23:00:00Z");
        check("2026-12", "2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z");
        check("2026-11-20", "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z");
        check("-1d@d", "2026-11-18T23:00:00Z", "2026-11-19T23:00:00Z");
        check("now@mon", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z");
        check("now-90m@h", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z");
    }

    #[test]
    fn times_of_day_are_as_long_as_written() {
        check("2026-11-20T10:00", "2026-11-20T09:00:00Z", "2026-11-20T09:01:00Z");
        check("2026-11-20T10:00Z", "2026-11-20T10:00:00Z", "2026-11-20T10:01:00Z");
        check("2026-11-20T10:00:05+05:30", "2026-11-20T04:30:05Z", "2026-11-20T04:30:06Z");
        check("2026-11-20T10:00:05.25Z", "2026-11-20T10:00:05.25Z", "2026-11-20T10:00:05.26Z");
    }

    #[test]
    fn moments_are_relative_to_the_clock() {
        let moment = read("now-2h", &CLOCK).unwrap();
        assert_eq!(moment.start_nanos, CLOCK.now_nanos - 7_200_000_000_000);
        assert!(moment.is_relative_moment);
        assert_eq!(read("-2h", &CLOCK), Ok(moment));
        assert_eq!(read("now", &CLOCK).unwrap().start_nanos, CLOCK.now_nanos);
    }

    #[test]
    fn what_is_not_a_time_says_why() {
        assert_eq!(read("24h", &CLOCK), Err(TimeProblem::Length));
        assert_eq!(read("1763600000", &CLOCK), Err(TimeProblem::Epoch));
        assert_eq!(read("2026-13-01", &CLOCK), Err(TimeProblem::NotADate));
        assert_eq!(read("2026-11-20T25:00", &CLOCK), Err(TimeProblem::NotADate));
        assert_eq!(read("2026", &CLOCK), Err(TimeProblem::NotADate));
        assert_eq!(read("soon", &CLOCK), Err(TimeProblem::NotATime));
        assert_eq!(read("now2h", &CLOCK), Err(TimeProblem::NotATime));
        assert_eq!(read("9999-01-01", &CLOCK), Err(TimeProblem::OutOfRange));
        assert_eq!(read("-9999999w", &CLOCK), Err(TimeProblem::OutOfRange));
    }
}
