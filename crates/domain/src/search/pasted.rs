//! A text as it comes out of a log, a mail or a form: with quotation marks, names of headers, line
//! breaks and characters that nobody sees.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{SearchRefusal, day};
use crate::{email, name};

/// What stands around a word and is not of it.
const AROUND: [char; 22] = [
    '"', '\'', '`', '<', '>', '(', ')', '{', '}', ',', ';', '\u{ab}', '\u{bb}', '\u{2018}',
    '\u{2019}', '\u{201a}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2039}', '\u{203a}', '!',
];

/// Characters of an id with its hyphens.
const ID: usize = 36;
/// Those of one without.
const BARE_ID: usize = 32;

/// A text that was pasted.
pub(super) struct Pasted {
    text: String,
}

impl Pasted {
    pub(super) fn new(text: &str) -> Self {
        let spaced: String =
            text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        let seen = name::clean(&spaced).unwrap_or_default();
        Self { text: seen.trim_matches(around).to_owned() }
    }

    /// What can be seen of it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The one URL in it.
    pub(super) fn url(&self) -> Option<&str> {
        let mut urls = self.words().filter(|word| word.contains("://"));
        urls.next().filter(|_| urls.next().is_none())
    }

    /// The one id in it.
    pub(super) fn id(&self) -> Result<Option<Uuid>, SearchRefusal> {
        let text: String = name::key(&self.text).chars().map(hyphen).collect();
        let mut ids: Vec<Uuid> = parts(&text).filter_map(id).collect();
        if ids.is_empty() {
            // A line break went through it.
            let whole: String = text.chars().filter(|char| !char.is_whitespace()).collect();
            ids = parts(&whole).filter_map(|part| id(last(part))).collect();
        }
        ids.dedup();
        match ids[..] {
            [] => Ok(None),
            [id] => Ok(Some(id)),
            _ => Err(SearchRefusal::SeveralIds),
        }
    }

    /// The one e-mail address in it: alone, after a name, in a link, or in a sentence.
    pub(super) fn email(&self) -> Result<Option<String>, SearchRefusal> {
        let address = |part: &str| {
            let part = part.trim_matches(around).trim_end_matches(['.', ':', '?']);
            let address = part.rsplit_once(':').map_or(part, |(_, address)| address);
            let (name, host) = address.rsplit_once('@')?;
            (!name.is_empty() && !host.is_empty()).then(|| address.to_owned())
        };
        let words = self.words().filter(|word| !word.contains("://"));
        let parts = words.flat_map(|word| word.split(['<', '>', '(', ')', ',', ';']));
        let mut addresses: Vec<String> = parts.filter_map(address).collect();
        addresses.dedup_by_key(|address| email::key(address));
        match addresses.len() {
            0 | 1 => Ok(addresses.pop()),
            _ => Err(SearchRefusal::SeveralEmails),
        }
    }

    /// The rest without the one day in it, and that day.
    pub(super) fn without_day(self) -> Result<(Self, Option<NaiveDate>), SearchRefusal> {
        let words: Vec<&str> = self.words().collect();
        let (mut days, rest) = day::taken_out(&words);
        days.dedup();
        match days[..] {
            [] => Ok((self, None)),
            [day] => {
                let text = rest.join(" ").trim_matches(around).to_owned();
                Ok((Self { text }, Some(day)))
            }
            _ => Err(SearchRefusal::SeveralDays),
        }
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split_whitespace()
    }
}

pub(super) fn around(char: char) -> bool {
    char.is_whitespace() || AROUND.contains(&char)
}

/// Word processors write other dashes.
fn hyphen(char: char) -> char {
    if matches!(char, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { char }
}

/// What may be ids: `msg_019a…`, `webhook-id=019a…` and `/v1/exports/019a…/attempts` have one each.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_ascii_alphanumeric() && char != '-')
}

fn id(text: &str) -> Option<Uuid> {
    matches!(text.len(), ID | BARE_ID).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// The end of a part that a word before it ran into.
fn last(part: &str) -> &str {
    &part[part.len().saturating_sub(ID)..]
}
