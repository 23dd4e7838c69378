//! The day in what was pasted: `2026-11-23`, an instant out of a log, or `23 Nov 2026`, with what belongs
//! to it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use super::pasted::around;

/// Words that belong to a day or a time beside them, and find nothing.
const SMALL: [&str; 7] = ["on", "at", "am", "um", "utc", "-", "\u{2013}"];

/// The days (UTC) among the words, in their order, and the words that are left. Where there is no day, all
/// are; where there is one, the time of day goes with it.
pub(super) fn taken_out<'a>(words: &[&'a str]) -> (Vec<NaiveDate>, Vec<&'a str>) {
    let bare: Vec<&str> = words.iter().map(|word| bare(word)).collect();
    let mut taken = vec![false; words.len()];
    let mut days = Vec::new();
    let mut at = 0;
    while let Some(rest) = bare.get(at..).filter(|rest| !rest.is_empty()) {
        let found = of_word(rest[0]).map(|day| (day, 1));
        let length = match found.or_else(|| in_words(rest).map(|day| (day, 3))) {
            Some((day, length)) => {
                days.push(day);
                taken[at..at + length].fill(true);
                length
            }
            None => 1,
        };
        at += length;
    }
    if days.is_empty() {
        return (days, words.to_vec());
    }
    for (taken, word) in taken.iter_mut().zip(&bare) {
        *taken |= is_time(word);
    }
    let is_small = |word: &str| SMALL.iter().any(|small| word.eq_ignore_ascii_case(small));
    for at in (1..words.len()).chain((1..words.len()).rev()) {
        taken[at] |= taken[at - 1] && is_small(words[at]);
        taken[at - 1] |= taken[at] && is_small(words[at - 1]);
    }
    let left = words.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(word, _)| *word);
    (days, left.collect())
}

/// A word without what stands around it: logs have brackets around it, sentences end behind it.
fn bare(word: &str) -> &str {
    word.trim_matches(|char| around(char) || "[].:?".contains(char))
}

/// A date, or an instant of RFC 3339, whose offset and seconds may be missing.
fn of_word(word: &str) -> Option<NaiveDate> {
    let date = word.get(..10).and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok())?;
    if word.len() == 10 {
        return Some(date);
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(word) {
        return Some(instant.to_utc().date_naive());
    }
    let here = word.trim_end_matches(['Z', 'z']);
    let read = |form| NaiveDateTime::parse_from_str(here, form).ok();
    let instant = read("%Y-%m-%dT%H:%M:%S%.f").or_else(|| read("%Y-%m-%dT%H:%M"));
    instant.map(|instant| instant.date())
}

/// `23 Nov 2026`, `November 23, 2026`.
fn in_words(words: &[&str]) -> Option<NaiveDate> {
    let [first, second, year, ..] = words else { return None };
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let text = format!("{first} {second} {year}");
    let read = |form| NaiveDate::parse_from_str(&text, form).ok();
    read("%d %B %Y").or_else(|| read("%B %d %Y"))
}

/// `03:42`, `03:42:00.123Z`.
fn is_time(word: &str) -> bool {
    let word = word.trim_end_matches(['Z', 'z']);
    ["%H:%M:%S%.f", "%H:%M"].iter().any(|form| NaiveTime::parse_from_str(word, form).is_ok())
}
