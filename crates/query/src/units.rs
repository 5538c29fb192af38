//! Numbers as people write them, to integers in base units and back.

/// Base units of one dollar: money is held in pico-dollars (ruling 19).
pub const PICODOLLARS: i128 = 1_000_000_000_000;
/// Base units of a share of one: 35 % is 350,000.
pub const MILLIONTHS: i128 = 1_000_000;
/// Base units of one in scores and in numbers of attributes.
pub const BILLIONTHS: i128 = 1_000_000_000;

/// A float in billionths, rounded to the nearest and saturating: how a [`crate::Row`] gives
/// scores and numeric attributes. Not a number counts as 0.
pub fn billionths(number: f64) -> i128 {
    // `as` saturates and takes NaN to 0.
    (number * 1e9).round() as i128
}

/// What a literal may come to at most, in base units. Far past everything that is stored, and
/// short enough to be written out and read again.
const LARGEST: i128 = 10_i128.pow(30);

/// Why a text is not a number of the type asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It does not look like one at all.
    NotOne,
    /// A number alone, where a unit must follow.
    MissingUnit,
    /// The unit, at these characters, is not one of the type's.
    UnknownUnit { from: usize, to: usize, unit: String },
    /// A unit where none belongs.
    WrongUnit,
    /// Too many digits, or past what is held.
    TooLarge,
    /// Parts of a thing that is counted whole.
    NotWhole,
}

type Units = &'static [(&'static str, i128)];

const DURATION_UNITS: Units = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

const SIZE_UNITS: Units = &[
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

const COUNT_UNITS: Units = &[("k", 1_000), ("K", 1_000), ("M", 1_000_000)];

/// Nanoseconds of `250ms`, `1h30m`.
pub(crate) fn duration(text: &str) -> Result<i128, Problem> {
    let mut rest = text;
    let mut nanos: i128 = 0;
    loop {
        let (number, after) = Decimal::prefix(rest).ok_or(Problem::NotOne)?;
        if number.is_negative {
            return Err(Problem::NotOne);
        }
        let length = after.find(|character: char| character.is_ascii_digit());
        let (unit, next) = after.split_at(length.unwrap_or(after.len()));
        let part = number.scaled(unit_factor(DURATION_UNITS, unit, text, after)?)?;
        nanos += part;
        if nanos > LARGEST {
            return Err(Problem::TooLarge);
        }
        if next.is_empty() {
            return Ok(nanos);
        }
        rest = next;
    }
}

/// Pico-dollars of `0.05` or `$0.05`.
pub(crate) fn money(text: &str) -> Result<i128, Problem> {
    let amount = text.strip_prefix('$').unwrap_or(text);
    plain(amount)?.scaled(PICODOLLARS)
}

/// A whole number: `42`, `10k`, `1.5M`.
pub(crate) fn count(text: &str) -> Result<i128, Problem> {
    let (number, unit) = Decimal::prefix(text).ok_or(Problem::NotOne)?;
    let factor = match unit {
        "" => 1,
        _ => COUNT_UNITS.iter().find(|known| known.0 == unit).ok_or(wrong_unit(unit))?.1,
    };
    number.scaled_exactly(factor)
}

/// Bytes of `500KB`, `2MiB`; the case of the unit does not matter.
pub(crate) fn size(text: &str) -> Result<i128, Problem> {
    let (number, unit) = Decimal::prefix(text).ok_or(Problem::NotOne)?;
    if number.is_negative {
        return Err(Problem::NotOne);
    }
    number.scaled(unit_factor(SIZE_UNITS, &unit.to_ascii_lowercase(), text, unit)?)
}

/// Millionths of `35%` or `0.35`.
pub(crate) fn share(text: &str) -> Result<i128, Problem> {
    match text.strip_suffix('%') {
        Some(percent) => plain(percent)?.scaled(MILLIONTHS / 100),
        None => plain(text)?.scaled(MILLIONTHS),
    }
}

/// Billionths of `0.5`, `-3`, `1e-3`.
pub(crate) fn number(text: &str) -> Result<i128, Problem> {
    let (mut number, rest) = Decimal::prefix(text).ok_or(Problem::NotOne)?;
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent: i32 = exponent.parse().map_err(|_| Problem::NotOne)?;
        number.exponent = number.exponent.saturating_add(exponent);
    } else if !rest.is_empty() {
        return Err(wrong_unit(rest));
    }
    number.scaled(BILLIONTHS)
}

fn plain(text: &str) -> Result<Decimal, Problem> {
    match Decimal::prefix(text) {
        Some((number, "")) => Ok(number),
        Some((_, rest)) => Err(wrong_unit(rest)),
        None => Err(Problem::NotOne),
    }
}

/// What follows a number is a unit when it is letters; `1.2.0` is no number at all.
fn wrong_unit(rest: &str) -> Problem {
    let is_unit = rest.chars().all(|character| character.is_alphabetic() || character == '%');
    if is_unit { Problem::WrongUnit } else { Problem::NotOne }
}

/// `rest` is what follows the number in `text`; it begins with the unit.
fn unit_factor(units: Units, unit: &str, text: &str, rest: &str) -> Result<i128, Problem> {
    if let Some(known) = units.iter().find(|known| known.0 == unit) {
        return Ok(known.1);
    }
    if unit.is_empty() {
        return Err(Problem::MissingUnit);
    }
    if !unit.chars().all(char::is_alphabetic) {
        return Err(Problem::NotOne);
    }
    let from = text.chars().count() - rest.chars().count();
    let to = from + unit.chars().count();
    Err(Problem::UnknownUnit { from, to, unit: rest.chars().take(to - from).collect() })
}

/// `digits` times ten to the power of `exponent`.
struct Decimal {
    is_negative: bool,
    digits: i128,
    exponent: i32,
}

impl Decimal {
    /// As many as [`LARGEST`] needs.
    const MOST_DIGITS: usize = 32;

    /// The number at the beginning of `text`, and what follows it.
    fn prefix(text: &str) -> Option<(Decimal, &str)> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let length = unsigned.find(|character: char| !character.is_ascii_digit());
        let (whole, mut rest) = unsigned.split_at(length.unwrap_or(unsigned.len()));
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let length = after.find(|character: char| !character.is_ascii_digit());
            (fraction, rest) = after.split_at(length.unwrap_or(after.len()));
            if fraction.is_empty() {
                return None;
            }
        }
        let fraction = fraction.trim_end_matches('0');
        let written = format!("{whole}{fraction}");
        if (whole.is_empty() && rest.len() == unsigned.len())
            || written.len() > Decimal::MOST_DIGITS
        {
            return None;
        }
        let digits = if written.is_empty() { 0 } else { written.parse().ok()? };
        let exponent = -i32::try_from(fraction.len()).ok()?;
        Some((Decimal { is_negative: unsigned.len() != text.len(), digits, exponent }, rest))
    }

    /// The number times `factor`, rounded half away from zero.
    fn scaled(&self, factor: i128) -> Result<i128, Problem> {
        let product = self.digits.checked_mul(factor).ok_or(Problem::TooLarge)?;
        let power = 10_i128.checked_pow(self.exponent.unsigned_abs());
        let size = match (self.exponent >= 0, power) {
            (true, Some(power)) => product.checked_mul(power).ok_or(Problem::TooLarge)?,
            (true, None) if product != 0 => return Err(Problem::TooLarge),
            (false, Some(power)) => {
                product.checked_add(power / 2).ok_or(Problem::TooLarge)? / power
            }
            (_, None) => 0,
        };
        if size > LARGEST {
            return Err(Problem::TooLarge);
        }
        Ok(if self.is_negative { -size } else { size })
    }

    fn scaled_exactly(&self, factor: i128) -> Result<i128, Problem> {
        let result = self.scaled(factor)?;
        let power = 10_i128.checked_pow(self.exponent.unsigned_abs()).ok_or(Problem::TooLarge)?;
        let back = result.abs().checked_mul(power).ok_or(Problem::TooLarge)?;
        if back == self.digits * factor { Ok(result) } else { Err(Problem::NotWhole) }
    }
}

/// The shortest text with one unit that [`duration`] reads as `nanos`.
pub(crate) fn write_duration(nanos: i128) -> String {
    const WRITTEN: [&str; 6] = ["h", "m", "s", "ms", "us", "ns"];
    let factor = |unit| DURATION_UNITS.iter().find(|known| known.0 == unit).map(|known| known.1);
    for unit in WRITTEN {
        if let Some(factor) = factor(unit)
            && nanos != 0
            && nanos % factor == 0
        {
            return format!("{}{unit}", nanos / factor);
        }
    }
    format!("{nanos}ns")
}

/// A text that [`size`] reads as `bytes`.
pub(crate) fn write_size(bytes: i128) -> String {
    format!("{bytes}B")
}

/// A text that [`share`] reads as `millionths`.
pub(crate) fn write_share(millionths: i128) -> String {
    format!("{}%", write_decimal(millionths, 4))
}

/// `value` over ten to the power of `places`, without zeros at the end.
pub(crate) fn write_decimal(value: i128, places: u32) -> String {
    let power = 10_u128.pow(places);
    let (whole, fraction) = (value.unsigned_abs() / power, value.unsigned_abs() % power);
    let sign = if value < 0 { "-" } else { "" };
    let fraction = format!("{fraction:0width$}", width = places as usize);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_known_units() {
        assert_eq!(duration("2s"), Ok(2_000_000_000));
        assert_eq!(duration("1h30m"), Ok(5_400_000_000_000));
        assert_eq!(duration("1.5ms"), Ok(1_500_000));
        assert_eq!(duration("3µs"), Ok(3_000));
        assert_eq!(duration("2"), Err(Problem::MissingUnit));
        assert_eq!(duration("1h30"), Err(Problem::MissingUnit));
        assert_eq!(duration("fast"), Err(Problem::NotOne));
        assert_eq!(duration("-2s"), Err(Problem::NotOne));
        let unknown = Problem::UnknownUnit { from: 1, to: 4, unit: "sec".to_owned() };
        assert_eq!(duration("2sec"), Err(unknown));
        assert_eq!(duration("999999999999999999999999w"), Err(Problem::TooLarge));
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(money("$0.05"), Ok(50_000_000_000));
        assert_eq!(money("0.000000000001"), Ok(1));
        assert_eq!(money("-1"), Ok(-1_000_000_000_000));
        assert_eq!(money("5s"), Err(Problem::WrongUnit));
        assert_eq!(money("$"), Err(Problem::NotOne));
        assert_eq!(money("1."), Err(Problem::NotOne));
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(count("10k"), Ok(10_000));
        assert_eq!(count("1.5M"), Ok(1_500_000));
        assert_eq!(count("1.50"), Err(Problem::NotWhole));
        assert_eq!(count("0.0001k"), Err(Problem::NotWhole));
        assert_eq!(count("10s"), Err(Problem::WrongUnit));
        assert_eq!(count("many"), Err(Problem::NotOne));
    }

    #[test]
    fn sizes_shares_and_numbers() {
        assert_eq!(size("2MiB"), Ok(2_097_152));
        assert_eq!(size("1.5kb"), Ok(1_500));
        assert_eq!(share("35%"), Ok(350_000));
        assert_eq!(share("0.35"), Ok(350_000));
        assert_eq!(number("0.5"), Ok(500_000_000));
        assert_eq!(number("-1e-3"), Ok(-1_000_000));
        assert_eq!(number("1e99999999999"), Err(Problem::NotOne));
        assert_eq!(number("1e60"), Err(Problem::TooLarge));
        assert_eq!(number("1.2.0"), Err(Problem::NotOne));
        assert_eq!(billionths(0.7), 700_000_000);
    }

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(write_duration(5_400_000_000_000), "90m");
        assert_eq!(write_duration(0), "0ns");
        assert_eq!(write_decimal(-1_050_000_000, 9), "-1.05");
        assert_eq!(write_share(350_000), "35%");
        assert_eq!(write_share(1), "0.0001%");
    }
}
