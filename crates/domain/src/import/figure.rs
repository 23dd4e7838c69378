//! Numbers as they were written, to the last digit: a double would round them, and Postgres
//! prints large ones in a form that is none of JSON's usual ones.

use std::cmp::Ordering;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Digits before the decimal point of a number that an import takes.
const WHOLE_DIGITS: usize = 15;
/// Digits behind it: enough for what is left over where doubles are subtracted.
const FRACTION_DIGITS: usize = 40;
/// Zeros that an exponent may stand for: more than a double has.
const LARGEST_EXPONENT: i64 = 400;

/// What is said of a number beyond the limits.
pub(super) const LIMITS: &str =
    "may have 15 digits before the decimal point and 40 behind it at most";
/// What is said of a number where things are counted.
pub(super) const WHOLE: &str = "expected a whole number, 0 or more";

/// A decimal number without exponent, as Postgres writes a `numeric`: `4.8e4` is read as `48000`,
/// `87` stays `87` and `87.50` stays `87.50`. What is stored is read without limits; what is
/// imported is checked.
#[derive(Clone)]
pub struct Figure(Box<RawValue>);

/// Its sign and its digits before and behind the point, without zeros that change no value.
#[derive(PartialEq, Eq)]
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl Figure {
    /// Reads a number of JSON (RFC 8259). None: it is none, or its exponent is beyond reason.
    pub fn parse(text: &str) -> Option<Self> {
        let raw = RawValue::from_string(plain(text)?);
        raw.ok().map(Self)
    }

    /// Its digits, without exponent.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Whether it is within the limits of an import, as it is written: zeros are stored and sent
    /// like other digits.
    pub(super) fn fits(&self) -> bool {
        let (whole, fraction) = self.written();
        whole.len() <= WHOLE_DIGITS && fraction.len() <= FRACTION_DIGITS
    }

    /// Its value where things are counted.
    fn counted(&self) -> Option<u64> {
        let Parts { negative, whole, fraction } = self.parts();
        if negative || !fraction.is_empty() {
            return None;
        }
        if whole.is_empty() { Some(0) } else { whole.parse().ok() }
    }

    /// Its digits before and behind the point.
    fn written(&self) -> (&str, &str) {
        let text = self.as_str();
        let digits = text.strip_prefix('-').unwrap_or(text);
        digits.split_once('.').unwrap_or((digits, ""))
    }

    fn parts(&self) -> Parts<'_> {
        let (whole, fraction) = self.written();
        Parts {
            negative: self.as_str().starts_with('-'),
            whole: whole.trim_start_matches('0'),
            fraction: fraction.trim_end_matches('0'),
        }
    }
}

/// A number of JSON without its exponent; zero has no sign.
fn plain(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    if exponent.abs() > LARGEST_EXPONENT {
        return None;
    }
    // How many of the digits are behind the point.
    let behind = i64::try_from(fraction.len()).ok()? - exponent;
    digits.extend(std::iter::repeat_n('0', usize::try_from(-behind).unwrap_or(0)));
    let behind = usize::try_from(behind).unwrap_or(0);
    let before = digits.trim_start_matches('0').len().max(behind + 1);
    // Not by a width of `format!`: those end at 65,535.
    let missing = before.saturating_sub(digits.len());
    let digits = "0".repeat(missing) + &digits;
    let digits = &digits[digits.len() - before..];
    let (whole, fraction) = digits.split_at(before - behind);
    let zero = digits.bytes().all(|byte| byte == b'0');
    let sign = if zero || unsigned.len() == text.len() { "" } else { "-" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// By value: `4.50` is `4.5`.
impl Ord for Figure {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, two) = (self.parts(), other.parts());
        let size = |parts: &Parts<'_>| parts.whole.len();
        let larger = size(&one).cmp(&size(&two));
        let larger = larger.then_with(|| one.whole.cmp(two.whole));
        let larger = larger.then_with(|| one.fraction.cmp(two.fraction));
        match (one.negative, two.negative) {
            (false, false) => larger,
            (true, true) => larger.reverse(),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Figure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Figure {}

impl From<u32> for Figure {
    fn from(number: u32) -> Self {
        Self::parse(&number.to_string()).expect("digits are a number")
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How somebody was rated is their own affair.
impl std::fmt::Debug for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Figure")
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let wrong = if number { LIMITS } else { "expected a number" };
        Self::parse(text).ok_or_else(|| serde::de::Error::custom(wrong))
    }
}

/// A count: `2.0` and `4.8e4` are whole, too. For `#[serde(deserialize_with = "…")]`.
pub(super) fn whole<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    let Some(figure) = Option::<Figure>::deserialize(deserializer)? else { return Ok(None) };
    let number = figure.counted().and_then(|number| T::try_from(number).ok());
    // Before the point, what it counts has a limit of its own.
    if figure.written().1.len() > FRACTION_DIGITS {
        return Err(serde::de::Error::custom(LIMITS));
    }
    number.map(Some).ok_or_else(|| serde::de::Error::custom(WHOLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_their_exponent_and_nothing_else() {
        let cases = [
            ("87", "87"),
            ("87.0", "87.0"),
            ("87.50", "87.50"),
            ("4.8e4", "48000"),
            ("4.8E+1", "48"),
            ("1.50e1", "15.0"),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("0e9", "0"),
            ("-1.5e-3", "-0.0015"),
            ("1.8181818181818181", "1.8181818181818181"),
            ("0.10000000000000000555111512312578", "0.10000000000000000555111512312578"),
            ("10e-1", "1.0"),
            ("100e-5", "0.00100"),
        ];
        for (text, expected) in cases {
            let read = Figure::parse(text).expect(text);
            assert_eq!(read.as_str(), expected, "{text}");
        }
        for none in ["", "-", "x", ".5", "1e", "1e401", "1e-401", "1e99999999999999999999", "--1"] {
            assert!(Figure::parse(none).is_none(), "{none}");
        }
    }

    #[test]
    fn they_are_compared_by_value() {
        let rising =
            ["-10.5", "-10.49", "-1", "-0.5", "0", "0.05", "0.5", "0.51", "9", "10", "1e15"];
        let rising = rising.map(|text| Figure::parse(text).expect("a number"));
        assert!(rising.is_sorted_by(|one, two| one < two));
        assert!(Figure::parse("4.50") == Figure::parse("45e-1"));
        assert!(Figure::parse("-0.0") == Figure::parse("0"));
    }

    #[test]
    fn the_limits_are_those_that_are_told() {
        let (nines, small) = ("9".repeat(15), format!("0.{}1", "0".repeat(39)));
        let zeros = |count: usize| format!("1.{}", "0".repeat(count));
        for fits in [nines.as_str(), &format!("-{nines}.5"), &small, "1.000e2", &zeros(40)] {
            assert!(Figure::parse(fits).expect(fits).fits(), "{fits}");
        }
        let beyond = ["1e15", "1.7976931348623157e308", "5e-324", "-1e-41", "0e-400", "0e-41"];
        let many = [41, 16_383, 16_384, 65_533, 65_534, 65_535, 65_536, 200_000].map(zeros);
        for beyond in beyond.into_iter().chain(many.iter().map(String::as_str)) {
            assert!(!Figure::parse(beyond).expect(beyond).fits(), "{} digits", beyond.len());
        }
        let small = format!("0.{}e400", "0".repeat(100_000));
        assert!(!Figure::parse(&small).expect("a number").fits());
    }
}
