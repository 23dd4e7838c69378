//! Names that people give: of webhooks and of people. One form for what looks alike, so that two
//! names differ only where somebody can see it, and a key that leaves case aside too.

mod mark;
mod secret;
#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

pub use mark::is_invisible;
pub use secret::carries_secret;

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameRefusal {
    /// Nothing of it can be seen.
    #[error("must not be empty: nothing in it can be seen")]
    Blank,
    /// A control character (Unicode's Cc) that is no white space, such as what a terminal takes.
    #[error("contains the control character U+{0:04X}: remove it")]
    Control(u32),
}

/// The form in which a name is stored: Unicode's NFC, trimmed, each run of white space one blank,
/// without invisible and bidirectional characters. They are taken away rather than refused: they
/// come along when text is copied, and nobody who looks at the name could find them.
///
/// What changes how a name is written stays where it does: the joiner and non-joiner (U+200D,
/// U+200C) inside words of scripts that join letters or stack them (Persian, Hindi, Sinhala …) and
/// inside an emoji, and the variation selectors of Han characters and symbols.
///
/// # Errors
/// [`NameRefusal`].
pub fn clean(text: &str) -> Result<String, NameRefusal> {
    let chars: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    let mut blank = false;
    for (index, &char) in chars.iter().enumerate() {
        if char.is_whitespace() {
            blank = !kept.is_empty();
            continue;
        }
        if char.is_control() {
            return Err(NameRefusal::Control(char.into()));
        }
        let before = if blank { None } else { kept.chars().next_back() };
        if is_invisible(char) && !mark::matters(before, char, chars.get(index + 1).copied()) {
            continue;
        }
        if std::mem::take(&mut blank) {
            kept.push(' ');
        }
        kept.push(char);
    }
    if kept.is_empty() { Err(NameRefusal::Blank) } else { Ok(kept.nfc().collect()) }
}

/// Two names with the same key are the same to people: case, compatibility forms (`Ａ` and `A`,
/// `ﬁ` and `fi`) and what cannot be seen are left aside, as in Unicode's NFKC_Casefold.
pub fn key(name: &str) -> String {
    // As it is written first: of `ᾀ` with a mark behind it, capitals have the iota before the mark, but its
    // parts are sorted the other way round.
    let caseless: String = without_case(name.chars()).collect();
    without_case(caseless.nfkd().filter(|char| !is_invisible(*char))).nfkc().collect()
}

/// By way of upper case `ß` and `ss`, `σ` and `ς` meet; by way of lower case first, `ẞ` too.
fn without_case(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    text.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}
