//! Sizes and lengths of time as people write them.

use std::time::Duration;

/// Bytes: a number, or one with KB, MB, GB (powers of 1000) or KiB, MiB, GiB.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 8] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("B", 1),
    ];
    let problem =
        || "write a number of bytes, or one with a unit, such as 64MiB or 10GB".to_owned();
    let (number, unit) = split(text, &UNITS);
    number.parse::<u64>().ok().and_then(|n| n.checked_mul(unit.unwrap_or(1))).ok_or_else(problem)
}

/// A length of time: a number with ms, s, m, h or d.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 5] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let problem =
        || "write a length of time with its unit, such as 500ms, 30s, 5m, 24h or 90d".to_owned();
    let (number, unit) = split(text, &UNITS);
    let milliseconds =
        number.parse::<u64>().ok().zip(unit).and_then(|(n, unit)| n.checked_mul(unit));
    milliseconds.map(Duration::from_millis).ok_or_else(problem)
}

fn split<'a>(text: &'a str, units: &[(&str, u64)]) -> (&'a str, Option<u64>) {
    let text = text.trim();
    for (name, factor) in units {
        if let Some(number) = text.strip_suffix(name)
            && number.trim_end().ends_with(|c: char| c.is_ascii_digit())
        {
            return (number.trim_end(), Some(*factor));
        }
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(bytes("64MiB"), Ok(67_108_864));
        assert_eq!(bytes("10 GB"), Ok(10_000_000_000));
        assert_eq!(bytes("512"), Ok(512));
        assert!(bytes("-1").is_err() && bytes("1.5MB").is_err() && bytes("MiB").is_err());
        assert_eq!(duration("90d"), Ok(Duration::from_secs(7_776_000)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert!(duration("30").is_err(), "a time without a unit says nothing");
    }
}
