//! Phone numbers in E.164 (ITU-T), where that can be told from what was entered.

use std::borrow::Cow;

/// A number that starts with `+` or `00` and has 8 to 15 digits becomes `+` and its digits;
/// anything else stays as entered. `(0)` is the zero that is not dialled behind a country code.
pub(super) fn normalised(entered: &str) -> Cow<'_, str> {
    let digits = international_digits(entered);
    digits.map_or(Cow::Borrowed(entered), |digits| Cow::Owned(format!("+{digits}")))
}

fn international_digits(entered: &str) -> Option<String> {
    let dialled = entered.replace("(0)", "");
    let mut bare: String = dialled.chars().filter(|char| !is_separator(*char)).collect();
    let prefix = ["+", "00"].into_iter().find(|prefix| bare.starts_with(prefix))?;
    bare.drain(..prefix.len());
    let digits = bare.bytes().all(|byte| byte.is_ascii_digit());
    let country = !bare.starts_with('0');
    (digits && country && (8..=15).contains(&bare.len())).then_some(bare)
}

fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '(' | ')' | '[' | ']' | '.' | '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn numbers_with_a_country_become_e164_and_others_stay() {
        let cases = [
            ("+44 113 496 0000", "+441134960000"),
            ("0044 (113) 496-0000", "+441134960000"),
            ("+1 (202) 555.0143", "+12025550143"),
            ("+44\u{a0}113\u{2011}496\u{2011}0000", "+441134960000"),
            ("+123456789012345", "+123456789012345"),
            ("+1234567890123456", "+1234567890123456"),
            ("+1234567", "+1234567"),
            ("+12345678", "+12345678"),
            ("+44 (0)113 496 0000", "+441134960000"),
            ("+00 113 496 0000", "+00 113 496 0000"),
            ("0113 496 0000", "0113 496 0000"),
            ("+44 113 496 0000 ext. 5", "+44 113 496 0000 ext. 5"),
            ("ask for Ada", "ask for Ada"),
            ("", ""),
        ];
        for (entered, expected) in cases {
            assert_eq!(normalised(entered), expected, "{entered}");
        }
    }
}
