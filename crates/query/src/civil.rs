//! The calendar: days since 1970 and back, in the proleptic Gregorian calendar.
//!
//! Filters know one fixed offset from UTC (that of the reader, now), no zone rules, so this small
//! arithmetic does instead of a time library. The method is Howard Hinnant's `days_from_civil`.

/// Nanoseconds of one second.
pub(crate) const SECOND_NANOS: i128 = 1_000_000_000;
/// Nanoseconds of one day; a day of a fixed offset always has 24 hours.
pub(crate) const DAY_NANOS: i128 = 86_400 * SECOND_NANOS;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: i64,
    /// 1 to the length of the month.
    pub(crate) day: i64,
}

impl Date {
    /// `None` when there is no such day.
    pub(crate) fn new(year: i64, month: i64, day: i64) -> Option<Date> {
        let is_day = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
        is_day.then_some(Date { year, month, day })
    }

    /// Days since 1970-01-01.
    pub(crate) fn days(self) -> i64 {
        // The year begins in March, so that the leap day is its last.
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The day that is `days` after 1970-01-01.
    pub(crate) fn from_days(days: i64) -> Date {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = (shifted_month + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Date { year, month, day }
    }

    /// The first of the month after this day's.
    pub(crate) fn next_month(self) -> Date {
        match self.month {
            12 => Date { year: self.year + 1, month: 1, day: 1 },
            month => Date { year: self.year, month: month + 1, day: 1 },
        }
    }
}

fn month_length(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_count_from_1970() {
        assert_eq!(Date::new(1970, 1, 1).unwrap().days(), 0);
        assert_eq!(Date::new(2026, 11, 20).unwrap().days(), 20_777);
        assert_eq!(Date::new(1969, 12, 31).unwrap().days(), -1);
        assert_eq!(Date::new(2000, 2, 29).unwrap().days(), 11_016);
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        for days in -150_000..150_000 {
            let date = Date::from_days(days);
            assert_eq!(Date::new(date.year, date.month, date.day).map(Date::days), Some(days));
        }
    }

    #[test]
    fn there_is_no_30th_of_february() {
        assert_eq!(Date::new(2026, 2, 29), None);
        assert_eq!(Date::new(1900, 2, 29), None);
        assert_eq!(Date::new(2026, 13, 1), None);
        assert_eq!(Date::new(2026, 4, 31), None);
    }
}
