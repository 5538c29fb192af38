//! Times and lengths as agno writes and reads them: UTC with microseconds, lengths as text.

mod iso;

pub(super) use iso::parse;

/// An instant as agno's answers have it, in microseconds since 1970. Its server turns the
/// nanoseconds of a span into seconds as a double first, which moves about every tenth
/// instant by a microsecond; answers and comparisons take the same way, or a filter by a
/// time that was read from an answer would miss the very trace it was read from.
pub(super) fn micros(nanos: i64) -> i64 {
    // Both parts are exact, so that their sum is rounded once, like Python's quotient.
    let part = nanos.rem_euclid(1_000_000_000) as f64 / 1e9;
    let seconds = nanos.div_euclid(1_000_000_000) as f64 + part;
    let whole = seconds.floor();
    whole as i64 * 1_000_000 + ((seconds - whole) * 1e6).round_ties_even() as i64
}

/// The first nanosecond that is shown as this microsecond or a later one.
pub(super) fn first_nanos(micros_shown: i64) -> i64 {
    let exact = micros_shown.saturating_mul(1_000);
    let (mut early, mut late) = (exact.saturating_sub(2_000), exact.saturating_add(2_000));
    while early < late {
        let middle = early + (late - early) / 2;
        if micros(middle) >= micros_shown {
            late = middle;
        } else {
            early = middle.saturating_add(1);
        }
    }
    late
}

/// `2026-11-20T06:01:48.607950Z`; without a fraction where it is zero.
pub(crate) fn written(nanos: i64) -> String {
    format!("{}Z", date_time(micros(nanos)))
}

/// As agno's table holds it, which is what texts are compared with.
pub(super) fn stored(micros: i64) -> String {
    format!("{}+00:00", date_time(micros))
}

fn date_time(micros: i64) -> String {
    let seconds = micros.div_euclid(1_000_000);
    let fraction = micros.rem_euclid(1_000_000);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second_of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) =
        (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60);
    let whole = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if fraction == 0 { whole } else { format!("{whole}.{fraction:06}") }
}

/// `86ms` below a second, else `1.36s`. agno's own traces carry the error of its store's
/// arithmetic here (`86.01844310760498ms`); clients see a text and nothing else.
pub(super) fn duration(millis: i64) -> String {
    if millis < 1_000 { format!("{millis}ms") } else { format!("{:.2}s", millis as f64 / 1e3) }
}

/// Whole milliseconds of a length.
pub(super) fn millis(nanos: i64) -> i64 {
    nanos.max(0) / 1_000_000
}

/// Year, month and day of a day since 1970 (proleptic Gregorian), over eras of 400 years
/// that begin in March, so that the leap day comes last.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The way back.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start and end of recorded spans (fixtures/agno/otlp) and how agno showed them.
    #[test]
    fn instants_are_rounded_as_agno_rounds_them() {
        for (nanos, shown) in [
            (1_795_154_507_728_791_592, "2026-11-20T06:01:47.728791Z"),
            (1_795_154_507_961_281_097, "2026-11-20T06:01:47.961281Z"),
            (1_795_154_510_291_995_451, "2026-11-20T06:01:50.291996Z"),
            (1_795_154_510_631_634_582, "2026-11-20T06:01:50.631634Z"),
            (1_795_154_510_742_671_628, "2026-11-20T06:01:50.742672Z"),
            (1_795_154_510_762_145_738, "2026-11-20T06:01:50.762146Z"),
            (1_795_154_510_766_112_448, "2026-11-20T06:01:50.766113Z"),
            (1_793_491_200_000_000_000, "2026-11-01T00:00:00Z"),
            (951_782_400_500_000_000, "2000-02-29T00:00:00.500000Z"),
            (-1_000_000_000, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(written(nanos), shown, "{nanos}");
        }
        assert_eq!(stored(1_793_491_200_050_000), "2026-11-01T00:00:00.050000+00:00");
    }

    #[test]
    fn the_first_nanosecond_of_a_shown_microsecond_is_exact() {
        for shown in [1_795_154_510_742_672, 1_795_154_507_728_791, 0, 1_793_491_200_000_000] {
            let first = first_nanos(shown);
            assert!(micros(first) >= shown && micros(first - 1) < shown, "{shown}");
        }
    }

    #[test]
    fn days_go_there_and_back() {
        for day in [-719_468, -1, 0, 59, 60, 11_016, 20_777, 2_932_896] {
            let (year, month, of_month) = civil(day);
            assert_eq!(day_number(year, month, of_month), day);
        }
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn lengths_are_milliseconds_or_seconds_with_two_digits() {
        assert_eq!(duration(millis(451_000)), "0ms");
        assert_eq!(duration(999), "999ms");
        assert_eq!(duration(1_000), "1.00s");
        assert_eq!(duration(1_361), "1.36s");
        assert_eq!(duration(61_230), "61.23s");
        assert_eq!(duration(millis(-5_000_000)), "0ms");
    }
}
