//! Numbers as people read them. Absent and zero look different.

use serde_json::Value as Json;

/// What stands for "nobody said".
pub(crate) const ABSENT: &str = "-";

/// `950`, `12.3k`, `4.56M`.
pub(crate) fn count(number: Option<u64>) -> String {
    let Some(number) = number else { return ABSENT.to_owned() };
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{:.1}k", number as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2}M", number as f64 / 1e6),
        _ => format!("{:.2}G", number as f64 / 1e9),
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `740 ns`, `26 µs`, `250 ms`, `1.5 s`, `2m 05s`, `3h 20m`, `4d 2h`.
pub(crate) fn duration(nanos: Option<i64>) -> String {
    let Some(nanos) = nanos else { return ABSENT.to_owned() };
    let seconds = nanos / 1_000_000_000;
    match nanos {
        ..1_000 => format!("{nanos} ns"),
        1_000..1_000_000 => format!("{} µs", nanos / 1_000),
        1_000_000..1_000_000_000 => format!("{} ms", nanos / 1_000_000),
        1_000_000_000..60_000_000_000 => format!("{:.1} s", nanos as f64 / 1e9),
        _ if seconds < 3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ if seconds < 86_400 => format!("{}h {:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// Dollars from the API's decimal text: four places below a dollar, two above, and never
/// `$0.00` for something that did cost.
pub(crate) fn money(amount: Option<&str>, estimated: bool) -> String {
    let Some(amount) = amount else { return ABSENT.to_owned() };
    let value: f64 = amount.parse().unwrap_or(0.0);
    let mark = if estimated { "~" } else { "" };
    match value {
        0.0 => "$0".to_owned(),
        ..0.0001 => format!("{mark}<$0.0001"),
        ..1.0 => format!("{mark}${value:.4}"),
        _ => format!("{mark}${value:.2}"),
    }
}

/// Bytes in binary units.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = number as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{number} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// How long ago, from nanoseconds since 1970 as the API's decimal text.
pub(crate) fn ago(then: &Json, now_nanos: i64) -> String {
    let Some(then) = nanos(then).filter(|then| *then != 0) else { return ABSENT.to_owned() };
    let seconds = (now_nanos - then) / 1_000_000_000;
    match seconds {
        i64::MIN..-86_400 => "in the future".to_owned(),
        -86_400..5 => "now".to_owned(),
        5..60 => format!("{seconds}s ago"),
        60..3_600 => format!("{}m ago", seconds / 60),
        3_600..86_400 => format!("{}h ago", seconds / 3_600),
        86_400..31_536_000 => format!("{}d ago", seconds / 86_400),
        _ => format!("{}y ago", seconds / 31_536_000),
    }
}

/// Nanoseconds since 1970 from the API's decimal text, or a plain number.
pub(crate) fn nanos(value: &Json) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit_that_fits() {
        for (nanos, text) in [
            (740, "740 ns"),
            (26_169, "26 µs"),
            (250_621_823, "250 ms"),
            (1_500_000_000, "1.5 s"),
            (125_000_000_000, "2m 05s"),
            (12_000_000_000_000, "3h 20m"),
            (353_000_000_000_000, "4d 2h"),
        ] {
            assert_eq!(duration(Some(nanos)), text);
        }
        assert_eq!(duration(None), "-");
    }

    #[test]
    fn money_never_rounds_a_cost_to_nothing() {
        assert_eq!(money(Some("0.0033732"), false), "$0.0034");
        assert_eq!(money(Some("0.00000012"), false), "<$0.0001");
        assert_eq!(money(Some("12.345"), true), "~$12.35");
        assert_eq!(money(Some("0"), false), "$0");
        assert_eq!(money(None, false), "-");
    }

    #[test]
    fn counts_keep_absent_and_zero_apart() {
        assert_eq!(count(None), "-");
        assert_eq!(count(Some(0)), "0");
        assert_eq!(count(Some(9_999)), "9999");
        assert_eq!(count(Some(12_345)), "12.3k");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
        assert_eq!(bytes(1_536), "1.5 KiB");
    }
}
