//! Moments written as text.

/// Nanoseconds since 1970 UTC of an ISO 8601 moment (`2026-11-20T06:05:34.694924Z`, with
/// an offset, or without either, which is read as UTC). `None` for anything else.
pub fn parse_iso_nanos(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.parse().ok()?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || parts.next().is_some() {
        return None;
    }
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, offset_seconds) = split_offset(time)?;
    let (whole, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
    let mut units = whole.split(':').map(|unit| unit.parse::<i64>().ok());
    let hour = units.next()??;
    let minute = units.next()??;
    let second = units.next().unwrap_or(Some(0))?;
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let nanos = fraction_nanos(fraction)?;
    (seconds - offset_seconds).checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Takes `Z` or `+hh:mm` off the end and gives it in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(place) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (clock, offset) = time.split_at(place);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits: String = offset[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i64>().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse::<i64>().ok()?),
        _ => return None,
    };
    Some((clock, sign * (hours * 3600 + minutes * 60)))
}

fn fraction_nanos(digits: &str) -> Option<i64> {
    let kept = digits.get(..digits.len().min(9))?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if kept.is_empty() {
        return Some(0);
    }
    Some(kept.parse::<i64>().ok()? * 10_i64.pow(9 - kept.len() as u32))
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected numbers from `date -d TEXT +%s%N`.
    #[test]
    fn moments_are_read() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-20T06:05:34.694924Z", Some(1_795_154_734_694_924_000)),
            ("2026-11-20T08:05:34.694924+02:00", Some(1_795_154_734_694_924_000)),
            ("2026-11-20 06:05:34", Some(1_795_154_734_000_000_000)),
            ("2000-02-29T12:00:00.5-0030", Some(951_827_400_500_000_000)),
            ("2026-13-01T00:00:00Z", None),
            ("yesterday", None),
            ("", None),
            ("99999-01-01T00:00:00Z", None),
        ] {
            assert_eq!(parse_iso_nanos(text), want, "{text}");
        }
    }
}
