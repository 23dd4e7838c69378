//! What somebody who searches has at hand, as they paste it: an id out of a log line, an e-mail address
//! out of a mail, a host, or words; with a day beside it, perhaps.

mod day;
mod pasted;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use crate::webhook_url::written_host;
use pasted::Pasted;

/// Bytes of the shortest text that is searched for: three letters, or one Chinese character.
const SHORTEST: usize = 3;

/// One thing, named by what it is unique by.
#[derive(Clone, PartialEq, Eq)]
pub enum Exact {
    /// Of an export, an attempt or a webhook.
    Id(Uuid),
    /// Of who asked for an export.
    Email(String),
    /// Of a webhook: lower case, punycode; masked, where it was read so.
    Host(String),
}

/// What a search is for.
#[derive(Clone, PartialEq, Eq)]
pub struct Search {
    /// What is looked for.
    pub what: Sought,
    /// The day (UTC) that is meant; none: lately.
    pub day: Option<NaiveDate>,
}

/// What is looked for.
#[derive(Clone, PartialEq, Eq)]
pub enum Sought {
    /// An id of anything.
    Id(Uuid),
    /// An e-mail address.
    Email(String),
    /// A name, a reference, or a host.
    Words {
        /// As they were written, without what cannot be seen.
        text: String,
        /// The same as a host or a part of one: lower case, punycode.
        host: Option<String>,
    },
}

/// Why there is nothing to search for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchRefusal {
    /// Too little of it can be seen.
    #[error("say more: at least 3 characters")]
    Short,
    /// Different ids.
    #[error("holds several ids: search for one at a time")]
    SeveralIds,
    /// Different e-mail addresses.
    #[error("holds several e-mail addresses: search for one at a time")]
    SeveralEmails,
    /// Different days.
    #[error("holds several days: say one, such as 2026-11-23")]
    SeveralDays,
    /// A day that lists cannot be asked for.
    #[error("holds a day of which there is nothing: say one from 1970-01-01 to 9999-12-30")]
    NoSuchDay,
    /// Nothing but a day.
    #[error("say also what to search for on that day: a host, an e-mail address or a name")]
    DayAlone,
    /// Neither an id, nor an e-mail address, nor a host.
    #[error(
        "finds an id (of an export, which is the webhook-id that a receiver quotes, of an attempt or of a \
         webhook), an e-mail address of who asked, or a whole host; GET /v1/search finds names and parts \
         of hosts"
    )]
    OfNoKind,
}

impl Exact {
    /// Reads what a list is searched for.
    ///
    /// # Errors
    /// [`SearchRefusal`].
    pub fn parse(text: &str) -> Result<Self, SearchRefusal> {
        let pasted = Pasted::new(text);
        if let Some(id) = pasted.id()? {
            return Ok(Self::Id(id));
        }
        if let Some(email) = pasted.email()? {
            return Ok(Self::Email(email));
        }
        // One word alone may be anything.
        let is_host = |text: &&str| text.contains(['.', ':']) && !text.contains('@');
        let host = Some(pasted.text()).filter(is_host).or_else(|| pasted.url());
        host.and_then(written_host).map(Self::Host).ok_or(SearchRefusal::OfNoKind)
    }
}

impl Search {
    /// Reads what is searched for.
    ///
    /// # Errors
    /// [`SearchRefusal`].
    pub fn parse(text: &str) -> Result<Self, SearchRefusal> {
        let pasted = Pasted::new(text);
        if let Some(id) = pasted.id()? {
            return Ok(Self { what: Sought::Id(id), day: None });
        }
        let (pasted, day) = pasted.without_day()?;
        if day.is_some_and(|day| !can_be_asked(day)) {
            return Err(SearchRefusal::NoSuchDay);
        }
        if let Some(email) = pasted.email()? {
            return Ok(Self { what: Sought::Email(email), day });
        }
        let text = pasted.text();
        match day {
            Some(_) if text.is_empty() => return Err(SearchRefusal::DayAlone),
            _ if text.len() < SHORTEST => return Err(SearchRefusal::Short),
            _ => {}
        }
        let what = Sought::Words { text: text.to_owned(), host: host_part(text) };
        Ok(Self { what, day })
    }

    /// The window that is meant: the day, or the seven days before `now` and what comes.
    pub fn window(&self, now: DateTime<Utc>) -> Window {
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        match self.day {
            Some(day) => Window {
                from: midnight(day),
                to: midnight(day.checked_add_days(Days::new(1)).unwrap_or(day)),
                day: true,
            },
            None => {
                let week = chrono::TimeDelta::days(7);
                Window { from: now - week, to: now + chrono::TimeDelta::days(1), day: false }
            }
        }
    }
}

/// Whether lists take its begin and its end: not before 1970, and with four digits of the year (RFC 3339).
fn can_be_asked(day: NaiveDate) -> bool {
    let last = NaiveDate::from_ymd_opt(9999, 12, 30);
    day >= DateTime::UNIX_EPOCH.date_naive() && last.is_some_and(|last| day <= last)
}

/// A text as a host or as a part of one, in the form in which hosts are stored; none where it is neither.
pub fn host_part(text: &str) -> Option<String> {
    let text = text.trim();
    // Of `10.0` the parser of URLs makes an address.
    let is_written_so = |char: char| char.is_ascii_alphanumeric() || ".-_*".contains(char);
    if !text.is_empty() && text.chars().all(is_written_so) {
        return Some(text.trim_end_matches('.').to_ascii_lowercase());
    }
    written_host(text)
}

/// The time that a search is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub from: DateTime<Utc>,
    /// Its end, which is not in it.
    pub to: DateTime<Utc>,
    /// It is the day that was asked for; else the last seven.
    pub day: bool,
}

/// What people search for is nobody's business in a log.
macro_rules! opaque {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        })+
    };
}

opaque!(Exact, Search, Sought);
