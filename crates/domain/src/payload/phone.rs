//! Phone numbers in E.164 (ITU-T), where that can be told from what was entered: `phonenumber`
//! knows each country's plan, and so whether the zero behind `+39` is dialled and that behind
//! `+49` is not.

use std::borrow::Cow;

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, PhoneNumber, Type};

use crate::name::is_invisible;

/// Kinds of numbers that have lengths of their own.
const KINDS: [Type; 10] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// A number with a country (`+` or `00` before it) that its country may have becomes E.164.
/// Anything else stays as entered, without invisible characters and blanks around it: numbers
/// with an extension, with letters, with two of them in one, or without a country.
pub(super) fn normalised(entered: &str) -> Cow<'_, str> {
    let visible = visible(entered);
    // A zero in brackets is there or not by the plan, which only a number of the plan tells.
    let doubtful = visible.contains("(0");
    let number = international(&visible).and_then(|number| e164(&number, doubtful));
    number.map_or(visible, Cow::Owned)
}

fn visible(entered: &str) -> Cow<'_, str> {
    let hidden = |char: char| char.is_control() || is_invisible(char);
    if entered.chars().any(hidden) {
        let kept: String = entered.chars().filter(|char| !hidden(*char)).collect();
        return Cow::Owned(kept.trim().to_owned());
    }
    Cow::Borrowed(entered.trim())
}

/// `+` and digits, if there is nothing but these and what is put between digits.
fn international(visible: &str) -> Option<String> {
    let bare: String = visible.chars().filter(|char| !is_separator(*char)).map(digit).collect();
    let number = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"))?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !number.starts_with('0')).then(|| format!("+{number}"))
}

fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '(' | ')' | '[' | ']' | '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Digits of other scripts (Arabic, Persian, Devanagari, full width) as those of ASCII.
fn digit(char: char) -> char {
    let value = |zero: u32| u32::from(char).checked_sub(zero).filter(|value| *value < 10);
    let zeros = [0x660, 0x6f0, 0x966, 0xff10];
    match zeros.into_iter().find_map(value) {
        Some(value) => char::from_digit(value, 10).unwrap_or(char),
        None if char == '\u{ff0b}' => '+',
        None => char,
    }
}

fn e164(number: &str, doubtful: bool) -> Option<String> {
    let parsed = phonenumber::parse(None, number).ok()?;
    let written = parsed.format().mode(Mode::E164).to_string();
    let sure = if doubtful { parsed.is_valid() } else { is_possible(&parsed, &written) };
    sure.then_some(written)
}

/// Whether its country has numbers of that length.
fn is_possible(number: &PhoneNumber, written: &str) -> bool {
    let code = number.code().value();
    let national = written.len().saturating_sub(1 + code.to_string().len());
    let Ok(national) = u16::try_from(national) else { return false };
    let plans = DATABASE.by_code(&code).unwrap_or_default();
    let kinds = plans.iter().flat_map(|plan| KINDS.map(|kind| plan.descriptors().get(kind)));
    kinds.flatten().any(|kind| kind.possible_length().contains(&national))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn numbers_with_a_country_become_e164() {
        let cases = [
            ("+44 113 496 0000", "+441134960000"),
            ("0044 (113) 496-0000", "+441134960000"),
            ("+1 (202) 555.0143", "+12025550143"),
            ("+44\u{a0}113\u{2011}496\u{2011}0000", "+441134960000"),
            ("\u{202a}+44\u{200b} 113 496 0000\u{202c}\n", "+441134960000"),
            ("\u{ff0b}\u{ff14}\u{ff14} 113 496 0000", "+441134960000"),
            ("+\u{664}\u{664} \u{661}\u{661}\u{663} 496 0000", "+441134960000"),
            // The zero of the trunk, as each country has it.
            ("+39 (0)6 698 12345", "+390669812345"),
            ("+39 06 69812345", "+390669812345"),
            ("+39 347 123 4567", "+393471234567"),
            ("+378 0549 882 914", "+3780549882914"),
            ("+225 07 01 23 45 67", "+2250701234567"),
            ("+49 (0)30 901820", "+4930901820"),
            ("+44 (0)113 496 0000", "+441134960000"),
            ("0033 (0) 1 99 00 12 34", "+33199001234"),
            ("+41 (0)44 668 18 00", "+41446681800"),
            ("+800 1234 5678", "+80012345678"),
            // Possible, though nobody has it.
            ("+1 555 123 4567", "+15551234567"),
        ];
        for (entered, expected) in cases {
            assert_eq!(normalised(entered), expected, "{entered}");
        }
    }

    #[test]
    fn others_stay_as_entered_without_what_nobody_sees() {
        let stay = [
            "+1234567890123456",
            "+1 234 567",
            "+1 (0)202 555 014",
            "+34 (0)912 345 678",
            "+44 113",
            "+999 123 4567",
            "+00 113 496 0000",
            "0113 496 0000",
            "+44 113 496 0000 ext. 5",
            "+44 113 496 0000;ext=5",
            "+44 113 496 0000 x5",
            "+44 113 496 0000#5",
            "+1-800-FLOWERS",
            "tel:+44-113-496-0000",
            "++44 113 496 0000",
            "+44 113 496 0000 / 0001",
            "+44 113 496 0000, +44 113 496 0001",
            "ask for Ada",
            "+",
            "",
        ];
        for entered in stay {
            assert_eq!(normalised(entered), entered);
        }
        assert_eq!(normalised(" 0113\u{200b} 496 0000\u{feff}"), "0113 496 0000");
        assert_eq!(normalised("\u{202d}ask for Ada\u{202c}"), "ask for Ada");
    }
}
