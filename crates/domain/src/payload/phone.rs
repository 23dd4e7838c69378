//! Phone numbers in E.164 (ITU-T), where that can be told from what was entered: `phonenumber`
//! knows each country's plan, and so whether the zero behind `+39` is dialled and that behind
//! `+49` is not.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::sync::{LazyLock, Mutex, PoisonError};

use lru::LruCache;
use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Mode, Type};
use regex::{Regex, RegexBuilder};

use crate::name::is_invisible;

/// Forms that are kept compiled: those of nearly all countries, some 10 MiB.
const FORMS_KEPT: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

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

/// The digits are read as they are, without the trunk prefix, and as the library reads them: the
/// first of these that somebody in the country can have is it. The library alone takes the `8` of
/// `+7 812 …` for a trunk prefix; and it takes a while, so it is asked last.
fn e164(number: &str, doubtful: bool) -> Option<String> {
    let (code, plans) = (2..=4).find_map(|length| {
        let code = number.get(..length)?;
        Some((code, DATABASE.by_code(&code.parse().ok()?)?))
    })?;
    let national = number.strip_prefix(code)?;
    let trunk = plans.iter().filter_map(|plan| plan.national_prefix());
    let stripped = trunk.filter_map(|prefix| national.strip_prefix(prefix)).next();
    // Two zeros that are no part of a number begin another country's code.
    let several = national.starts_with("00");
    let readings = [Some(national), stripped.filter(|_| !several)].into_iter().flatten();
    let known = |national: &str| format!("{code}{national}");
    if let Some(national) = readings.into_iter().find(|reading| is_valid(&plans, reading)) {
        return Some(known(national));
    }
    let parsed = phonenumber::parse(None, number).ok()?;
    let written = parsed.format().mode(Mode::E164).to_string();
    let written = written.strip_prefix(code).filter(|_| !several);
    if let Some(national) = written.filter(|reading| is_valid(&plans, reading)) {
        return Some(known(national));
    }
    // A zero that is no part of a number is that of the trunk, or a mistake.
    let likely = if national.starts_with('0') { stripped? } else { national };
    let sure = !doubtful && !likely.starts_with('0') && is_possible(&plans, likely);
    sure.then(|| known(likely))
}

fn kinds(plans: &[&'static Metadata]) -> impl Iterator<Item = &'static Descriptor> {
    plans.iter().flat_map(|plan| KINDS.iter().filter_map(|kind| plan.descriptors().get(*kind)))
}

/// Whether its country gives out numbers of that form.
fn is_valid(plans: &[&'static Metadata], national: &str) -> bool {
    kinds(plans).any(|kind| {
        let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
        (kind.possible_length().is_empty() || kind.possible_length().contains(&length))
            && whole(kind.national_number().as_str()).is_some_and(|whole| whole.is_match(national))
    })
}

/// The form of a kind of number from its first digit to its last: the library is content with digits
/// that begin with it. Kept compiled, for that takes a while; digits are those of ASCII, since all
/// of Unicode's would make each of them twenty times as large.
fn whole(form: &'static str) -> Option<Regex> {
    static FORMS: LazyLock<Mutex<LruCache<&str, Regex>>> =
        LazyLock::new(|| Mutex::new(LruCache::new(FORMS_KEPT)));
    let mut forms = FORMS.lock().unwrap_or_else(PoisonError::into_inner);
    let compile = || {
        let mut whole = RegexBuilder::new(&format!("^(?:{form})$"));
        whole.ignore_whitespace(true).unicode(false).build()
    };
    forms.try_get_or_insert(form, compile).ok().cloned()
}

/// Whether its country has numbers of that length.
fn is_possible(plans: &[&'static Metadata], national: &str) -> bool {
    let Ok(length) = u16::try_from(national.len()) else { return false };
    kinds(plans).any(|kind| kind.possible_length().contains(&length))
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
            // An 8 or a 1 that is part of the number, and one that is not.
            ("+375 801 123 4567", "+3758011234567"),
            ("+375 8 017 123 45 67", "+375171234567"),
            ("+7 812 123 45 67", "+78121234567"),
            ("+7 843 555 35 35", "+78435553535"),
            ("+7 861 222 33 44", "+78612223344"),
            ("+7 (846) 333-44-55", "+78463334455"),
            ("+7 800 555 35 35", "+78005553535"),
            ("+7 8 (812) 123-45-67", "+78121234567"),
            ("+7 8 912 345 67 89", "+79123456789"),
            ("+7 800 080 77 77", "+78000807777"),
            ("+370 800 12 345", "+37080012345"),
            ("+370 8 612 34567", "+37061234567"),
            ("+370 801 23 456", "+37080123456"),
            ("+370 808 12 345", "+37080812345"),
            ("+1 1 202 555 0143", "+12025550143"),
            ("+57 (0) 321 123 4567", "+573211234567"),
            ("+57 0 321 123 4567", "+573211234567"),
            ("+57 (0)601 123 4567", "+576011234567"),
            ("+55 (0) 11 91234 5678", "+5511912345678"),
            ("+55 0 15 11 91234 5678", "+5511912345678"),
            ("+36 06 1 234 5678", "+3612345678"),
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
            "+49 (0049) 30 901820",
            "+49 0049 30 901820",
            "+44 0044 113 496 0000",
            "0049 0049 30 901820",
            "+33 (00)1 99 00 12 34",
            "+49 (+49) 30 901820",
            "+1 1 555 123 4567",
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
