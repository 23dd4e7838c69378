//! What people read about a webhook or a host: how delivery to it goes and since when, what became of
//! the exports of the time that is asked about, and why the last one failed.

use chrono::{DateTime, Utc};

use super::phrase::{date, grouped, time};
use crate::export::DisabledReason;
use crate::search::Window;

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

/// What a sentence about a webhook or a host is made of.
#[derive(Debug, Clone, Copy)]
pub struct Health<'a> {
    /// What it is called: a host as the reader may see it, or the name of a webhook.
    pub called: &'a str,
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
            0 => format!("{nothing} {when}."),
            1 => format!("The only export {whose}{when} {}.", self.parts(true).join(" and ")),
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
        match standing.deleted_at {
            Some(at) => {
                format!("{called} was deleted at {}: nothing goes there any more.", time(at, *now))
            }
            None => format!("Nothing goes to {called}."),
        }
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
        match (standing.failing_since, standing.last_delivered_at) {
            (Some(since), Some(last)) => format!(
                "{called} has not taken what is sent since {}; it last accepted an export at {}.",
                time(since, *now),
                time(last, *now)
            ),
            (Some(since), None) => format!(
                "{called} has not taken what is sent since {}, and accepted nothing before.",
                time(since, *now)
            ),
            (None, Some(last)) => format!(
                "{called} takes what is sent: it last accepted an export at {}.",
                time(last, *now)
            ),
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
        let last = standing.last_delivered_at.map_or_else(String::new, |at| {
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_442_700, 0).expect("a valid instant")
    }

    fn health(standing: Standing, traffic: Traffic) -> Health<'static> {
        let window =
            Window { from: now() - TimeDelta::days(7), to: now() + TimeDelta::days(1), day: false };
        let called = "hooks.example.com";
        Health {
            called,
            standing,
            traffic,
            counted: Counted::All,
            window,
            last_failure: None,
            now: now(),
        }
    }

    #[test]
    fn a_sentence_says_how_it_stands_and_since_when() {
        let hour = |hours| Some(now() - TimeDelta::hours(hours));
        let one = Standing { live: 1, ..Standing::default() };
        let failing = Standing { failing: 1, failing_since: hour(2), ..one };
        let off = |reason| Standing { switched_off: Some((now(), reason)), disabled: 1, ..one };
        let cases = [
            (one, "Nothing was delivered to hooks.example.com yet."),
            (
                Standing { last_delivered_at: hour(1), ..one },
                "hooks.example.com takes what is sent: it last accepted an export at 13:05 UTC, 23 Nov.",
            ),
            (
                failing,
                "hooks.example.com has not taken what is sent since 12:05 UTC, 23 Nov, and accepted nothing before.",
            ),
            (
                Standing { last_delivered_at: hour(3), ..failing },
                "hooks.example.com has not taken what is sent since 12:05 UTC, 23 Nov; it last accepted an export at 11:05 UTC, 23 Nov.",
            ),
            (
                off(DisabledReason::Gone),
                "Delivery to hooks.example.com was switched off at 14:05 UTC, 23 Nov: it said that its address is closed for good.",
            ),
            (
                off(DisabledReason::Failing),
                "Delivery to hooks.example.com was switched off at 14:05 UTC, 23 Nov: it had accepted nothing for 5 days.",
            ),
            (
                Standing { deleted_at: hour(1), ..Standing::default() },
                "hooks.example.com was deleted at 13:05 UTC, 23 Nov: nothing goes there any more.",
            ),
            (
                Standing { live: 5, failing: 2, disabled: 1, failing_since: hour(2), ..one },
                "hooks.example.com has 5 webhooks: 2 take what is sent, 2 do not (the first of them since 12:05 UTC, 23 Nov) and 1 is switched off.",
            ),
            (
                Standing {
                    live: 2,
                    failing: 1,
                    untested: 1,
                    last_delivered_at: hour(4),
                    ..failing
                },
                "hooks.example.com has 2 webhooks: 1 does not (since 12:05 UTC, 23 Nov) and 1 was never used. It last accepted an export at 10:05 UTC, 23 Nov.",
            ),
        ];
        for (standing, expected) in cases {
            let told = health(standing, Traffic::default()).sentence();
            let nothing = " Nothing was exported there in the last 7 days.";
            assert_eq!(told, format!("{expected}{nothing}"));
        }
    }

    #[test]
    fn a_sentence_says_what_became_of_exports() {
        let some = Traffic { accepted: 9, failed: 2, in_progress: 1, ..Traffic::default() };
        let cases = [
            (
                some,
                Counted::All,
                "Of 12 exports in the last 7 days, 9 were accepted, 2 failed and 1 is in progress.",
            ),
            (
                some,
                Counted::Own,
                "Of 12 exports of yours in the last 7 days, 9 were accepted, 2 failed and 1 is in progress.",
            ),
            (
                Traffic { cancelled: 1, ..Traffic::default() },
                Counted::All,
                "The only export in the last 7 days was cancelled.",
            ),
            (
                Traffic { failed: 1, ..Traffic::default() },
                Counted::Theirs,
                "The only export of theirs in the last 7 days failed.",
            ),
            (
                Traffic { accepted: 2, ..Traffic::default() },
                Counted::All,
                "Of 2 exports in the last 7 days, 2 were accepted.",
            ),
            (
                Traffic { accepted: 1_000, bounded: true, ..Traffic::default() },
                Counted::All,
                "Of the newest 1,000 exports in the last 7 days, 1,000 were accepted.",
            ),
            (Traffic::default(), Counted::Own, "You exported nothing there in the last 7 days."),
        ];
        let window = health(Standing::default(), some).window;
        for (traffic, counted, expected) in cases {
            assert_eq!(traffic.sentence(counted, &window), expected);
        }
        let day = Window { day: true, ..window };
        assert!(some.sentence(Counted::All, &day).starts_with("Of 12 exports on 16 Nov 2026, "));
        let sentence = "It had an internal error (500).";
        let failed =
            Health { last_failure: Some((now(), sentence)), ..health(Standing::default(), some) };
        let end = "The last failure was at 14:05 UTC, 23 Nov: It had an internal error (500).";
        assert!(failed.sentence().ends_with(end), "{}", failed.sentence());
    }
}
