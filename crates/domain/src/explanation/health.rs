//! What people read about a webhook or a host: how delivery to it goes and since when, what became of
//! the exports of the time that is asked about, and why the last one failed.

use std::fmt;

use chrono::{DateTime, Utc};

use super::phrase::{date, grouped, time};
use crate::export::DisabledReason;
use crate::search::Window;

#[cfg(test)]
mod tests;

/// What became of exports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// The receiver accepted them.
    pub accepted: u32,
    /// They were given up.
    pub failed: u32,
    /// They were cancelled.
    pub cancelled: u32,
    /// They wait, or are on the wire.
    pub in_progress: u32,
    /// There are more in that time than were counted: these are the newest.
    pub bounded: bool,
}

/// How the webhooks of a host stand, or the one that is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Live ones.
    pub live: u32,
    /// Of those, how many fail.
    pub failing: u32,
    /// Of those, how many are switched off.
    pub disabled: u32,
    /// Of those, to how many nothing was delivered yet.
    pub untested: u32,
    /// Since when the first of those that fail does.
    pub failing_since: Option<DateTime<Utc>>,
    /// When the last of those that are switched off was, and why.
    pub switched_off: Option<(DateTime<Utc>, DisabledReason)>,
    /// When the last one that is deleted was.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When one of them last accepted an export.
    pub last_delivered_at: Option<DateTime<Utc>>,
}

/// Whose exports were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All that went to a webhook or a host.
    All,
    /// Those of them that the reader asked for.
    Own,
    /// All that somebody asked for.
    Theirs,
}

/// What a sentence is about.
#[derive(Debug, Clone, Copy)]
pub enum Called<'a> {
    /// A webhook, by its name.
    Webhook(&'a str),
    /// A host as the reader may see it: that of one webhook or of several.
    Host(&'a str),
}

/// What a sentence about a webhook or a host is made of. Who reads of their own exports alone is not told
/// when others' were accepted.
#[derive(Debug, Clone, Copy)]
pub struct Health<'a> {
    /// What it is called.
    pub called: Called<'a>,
    /// How it stands now.
    pub standing: Standing,
    /// What became of its exports.
    pub traffic: Traffic,
    /// Of which of them.
    pub counted: Counted,
    /// The time that was counted.
    pub window: Window,
    /// When the last failure in that time was, and its sentence.
    pub last_failure: Option<(DateTime<Utc>, &'a str)>,
    /// The time of the reading.
    pub now: DateTime<Utc>,
}

impl fmt::Display for Called<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Webhook(called) | Self::Host(called)) = self;
        f.write_str(called)
    }
}

impl Traffic {
    /// How many were counted.
    pub fn total(&self) -> u32 {
        self.accepted + self.failed + self.cancelled + self.in_progress
    }

    /// `Of 12 exports in the last 7 days, 9 were accepted, 2 failed and 1 is in progress.`
    pub fn sentence(&self, counted: Counted, window: &Window) -> String {
        let when = if window.day {
            format!("on {}", date(window.from))
        } else {
            "in the last 7 days".to_owned()
        };
        let (whose, nothing) = match counted {
            Counted::All => ("", "Nothing was exported there"),
            Counted::Own => ("of yours ", "You exported nothing there"),
            Counted::Theirs => ("of theirs ", "They exported nothing"),
        };
        match self.total() {
            0 if self.bounded && counted == Counted::Own => {
                format!("None of your newest exports {when} went there.")
            }
            0 => format!("{nothing} {when}."),
            1 if !self.bounded => {
                format!("The only export {whose}{when} {}.", self.parts(true).join(" and "))
            }
            _ if self.bounded => {
                let exports = exports(self.total());
                format!("Of the newest {exports} {whose}{when}, {}.", list(&self.parts(false)))
            }
            total => format!("Of {} {whose}{when}, {}.", exports(total), list(&self.parts(false))),
        }
    }

    /// What became of how many; of one alone without its number.
    fn parts(&self, only: bool) -> Vec<String> {
        let part = |count: u32, one: &str, several: &str| {
            let verb = if count == 1 { one } else { several };
            let number = if only { String::new() } else { format!("{} ", grouped(count)) };
            (count > 0).then(|| format!("{number}{verb}"))
        };
        let parts = [
            part(self.accepted, "was accepted", "were accepted"),
            part(self.failed, "failed", "failed"),
            part(self.cancelled, "was cancelled", "were cancelled"),
            part(self.in_progress, "is in progress", "are in progress"),
        ];
        parts.into_iter().flatten().collect()
    }
}

impl Health<'_> {
    /// All of it.
    pub fn sentence(&self) -> String {
        let traffic = self.traffic.sentence(self.counted, &self.window);
        let failure = self.last_failure.map(|(at, sentence)| {
            format!(" The last failure was at {}: {sentence}", time(at, self.now))
        });
        format!("{} {traffic}{}", self.standing(), failure.unwrap_or_default())
    }

    fn standing(&self) -> String {
        match self.standing.live {
            0 => self.gone(),
            1 => self.one(),
            _ => self.several(),
        }
    }

    fn gone(&self) -> String {
        let Self { called, standing, now, .. } = self;
        let Some(at) = standing.deleted_at else { return format!("Nothing goes to {called}.") };
        let what = match called {
            Called::Webhook(name) => (*name).to_owned(),
            Called::Host(host) => format!("The last webhook to {host}"),
        };
        format!("{what} was deleted at {}: nothing goes there any more.", time(at, *now))
    }

    fn is_own(&self) -> bool {
        self.counted == Counted::Own
    }

    fn last_delivered_at(&self) -> Option<DateTime<Utc>> {
        self.standing.last_delivered_at.filter(|_| !self.is_own())
    }

    fn one(&self) -> String {
        let Self { called, standing, now, .. } = self;
        if let Some((at, reason)) = standing.switched_off {
            let why = match reason {
                DisabledReason::Gone => "it said that its address is closed for good",
                DisabledReason::Failing => "it had accepted nothing for 5 days",
            };
            return format!("Delivery to {called} was switched off at {}: {why}.", time(at, *now));
        }
        match (standing.failing_since, self.last_delivered_at()) {
            (Some(since), Some(last)) => format!(
                "{called} has not taken what is sent since {}; it last accepted an export at {}.",
                time(since, *now),
                time(last, *now)
            ),
            (Some(since), None) if self.is_own() => {
                format!("{called} has not taken what is sent since {}.", time(since, *now))
            }
            (Some(since), None) => format!(
                "{called} has not taken what is sent since {}, and accepted nothing before.",
                time(since, *now)
            ),
            (None, Some(last)) => format!(
                "{called} takes what is sent: it last accepted an export at {}.",
                time(last, *now)
            ),
            (None, None) if self.is_own() && standing.untested == 0 => {
                format!("{called} takes what is sent.")
            }
            (None, None) => format!("Nothing was delivered to {called} yet."),
        }
    }

    fn several(&self) -> String {
        let Self { called, standing, now, .. } = self;
        let Standing { live, failing, disabled, untested, .. } = *standing;
        let well = live.saturating_sub(failing + disabled + untested);
        let part = |count: u32, one: &str, several: &str, more: String| {
            let verb = if count == 1 { one } else { several };
            (count > 0).then(|| format!("{} {verb}{more}", grouped(count)))
        };
        let since = standing.failing_since.map(|at| {
            let first = if failing == 1 { "" } else { "the first of them " };
            format!(" ({first}since {})", time(at, *now))
        });
        let parts = [
            part(well, "takes what is sent", "take what is sent", String::new()),
            part(failing, "does not", "do not", since.unwrap_or_default()),
            part(disabled, "is switched off", "are switched off", String::new()),
            part(untested, "was never used", "were never used", String::new()),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        let last = self.last_delivered_at().map_or_else(String::new, |at| {
            format!(" It last accepted an export at {}.", time(at, *now))
        });
        format!("{called} has {} webhooks: {}.{last}", grouped(live), list(&parts))
    }
}

fn exports(count: u32) -> String {
    if count == 1 { "1 export".to_owned() } else { format!("{} exports", grouped(count)) }
}

/// `a`, `a and b`, `a, b and c`.
fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
