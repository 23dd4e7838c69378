//! Unusual exports: facts become flags, with a reason that a person understands and its numbers. A flag
//! stops nothing.

#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::export::words;
use crate::webhook_url::is_inspection;

pub use words::{Subject, sentence};

/// How many days make what is usual.
pub const USUAL_DAYS: i64 = 90;
/// Days with exports, of those, from which on it is known what is usual for somebody.
pub const KNOWN_DAYS: u64 = 5;
/// How many times the usual is far above it.
pub const FAR_ABOVE: u64 = 5;
/// Fewer people on a day are never far above the usual.
pub const MANY_PEOPLE: u64 = 100;
/// A vacancy with fewer people is exported whole by everybody.
pub const WHOLE_VACANCY: u32 = 20;
/// So many people make an export large.
pub const LARGE: u32 = 50;
/// A webhook is new for so many days after it was registered.
pub const NEW_DAYS: i64 = 7;
/// Exports of an organisation, in so many weeks of the last thirteen, from which on its usual hours are
/// known.
pub const KNOWN_EXPORTS: u64 = 100;
/// See [`KNOWN_EXPORTS`].
pub const KNOWN_WEEKS: u64 = 6;
/// An hour is unusual as long as no more exports than these were asked for around it.
pub const FEW_EXPORTS: u64 = 3;

words!(
    /// Why an export is unusual.
    FlagReason {
        /// Who asked for it exported far more people that day than they usually do.
        UnusualVolume = "unusual_volume",
        /// It has everybody of its vacancy who may be exported.
        WholeVacancy = "whole_vacancy",
        /// The organisation hardly ever exports at that time.
        UnusualHours = "unusual_hours",
        /// It is the first large one to a new webhook.
        FirstLargeExport = "first_large_export",
        /// Another organisation has registered the same URL.
        SharedUrl = "shared_url",
        /// Its receiver is a service for looking at requests.
        InspectionService = "inspection_service",
    }
);

impl FlagReason {
    /// It holds for every export of a webhook, as long as it holds: who was told of one that day knows.
    pub fn is_of_webhook(self) -> bool {
        matches!(self, Self::SharedUrl | Self::InspectionService)
    }
}

/// A number of a flag.
pub mod figure {
    /// People of this export.
    pub const PEOPLE: &str = "people";
    /// People whom its requester exported on that UTC day, this export included.
    pub const PEOPLE_THAT_DAY: &str = "people_that_day";
    /// People whom they usually export on a day with exports.
    pub const USUAL_PEOPLE_A_DAY: &str = "usual_people_a_day";
    /// Hour of the day (UTC, 0 to 23).
    pub const HOUR: &str = "hour";
    /// Exports of the organisation in the time before.
    pub const EXPORTS: &str = "exports";
    /// Of these, those around that hour.
    pub const EXPORTS_AROUND_THAT_HOUR: &str = "exports_around_that_hour";
    /// Days for which the webhook has been registered.
    pub const WEBHOOK_DAYS: &str = "webhook_days";
}

/// A reason with its numbers, by the names of [`figure`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Why.
    pub reason: FlagReason,
    /// The numbers behind it.
    pub figures: BTreeMap<String, u64>,
}

/// What is known of an export that was accepted.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// People in it.
    pub people: u32,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// It carries another export on: whom it has was asked for before.
    pub derived: bool,
    /// What its requester exported.
    pub volume: Volume,
    /// When its organisation exports.
    pub hours: Hours,
    /// How many people of its vacancy may be exported; none where that was not counted.
    pub vacancy_people: Option<u32>,
    /// Where it goes.
    pub receiver: Receiver<'a>,
}

/// What somebody exported.
#[derive(Debug, Clone, Copy, Default)]
pub struct Volume {
    /// People on that UTC day before this export.
    pub people_before: u64,
    /// People on the days before, [`USUAL_DAYS`] at most.
    pub people: u64,
    /// How many of those days had an export.
    pub days: u64,
}

/// When an organisation exports, by the weeks before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hours {
    /// Exports.
    pub exports: u64,
    /// Weeks with one.
    pub weeks: u64,
    /// Exports within an hour of this time of day, at the weekend or on other days as this one.
    pub around: u64,
}

/// Where an export goes.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// Host of the URL.
    pub host: &'a str,
    /// When the webhook was registered.
    pub registered_at: DateTime<Utc>,
    /// It accepted an export before this one; tests aside.
    pub accepted_before: bool,
    /// A large one went there before.
    pub large_before: bool,
    /// Another organisation has the same URL.
    pub shared: bool,
}

/// What is unusual about an export, in the order of [`FlagReason`].
pub fn judge(facts: &Facts<'_>) -> Vec<Flag> {
    let asked = [volume, whole_vacancy, hours].into_iter().filter(|_| !facts.derived);
    let rules = asked.chain([first_large, shared, inspection]);
    rules.filter_map(|rule| rule(facts)).collect()
}

/// Told when the day's people pass what is far above the usual, and again each time they double.
fn volume(facts: &Facts<'_>) -> Option<Flag> {
    let Volume { people_before, people, days } = facts.volume;
    if days < KNOWN_DAYS {
        return None;
    }
    let usual = people.div_ceil(days).max(1);
    let limit = (usual * FAR_ABOVE).max(MANY_PEOPLE);
    let that_day = people_before + u64::from(facts.people);
    let level = |people: u64| (people / limit).checked_ilog2();
    (level(that_day) > level(people_before)).then(|| {
        let figures = [(figure::PEOPLE_THAT_DAY, that_day), (figure::USUAL_PEOPLE_A_DAY, usual)];
        flag(FlagReason::UnusualVolume, facts, &figures)
    })
}

fn whole_vacancy(facts: &Facts<'_>) -> Option<Flag> {
    let all = facts.vacancy_people.is_some_and(|all| all <= facts.people);
    (all && facts.people >= WHOLE_VACANCY).then(|| flag(FlagReason::WholeVacancy, facts, &[]))
}

fn hours(facts: &Facts<'_>) -> Option<Flag> {
    let Hours { exports, weeks, around } = facts.hours;
    let known = exports >= KNOWN_EXPORTS && weeks >= KNOWN_WEEKS;
    (known && around <= FEW_EXPORTS).then(|| {
        let figures = [
            (figure::HOUR, hour(facts.requested_at)),
            (figure::EXPORTS, exports),
            (figure::EXPORTS_AROUND_THAT_HOUR, around),
        ];
        flag(FlagReason::UnusualHours, facts, &figures)
    })
}

fn first_large(facts: &Facts<'_>) -> Option<Flag> {
    let Receiver { registered_at, accepted_before, large_before, .. } = facts.receiver;
    let days = (facts.requested_at - registered_at).num_days();
    let new = !accepted_before || days < NEW_DAYS;
    (new && !large_before && facts.people >= LARGE).then(|| {
        let days = u64::try_from(days).unwrap_or_default();
        flag(FlagReason::FirstLargeExport, facts, &[(figure::WEBHOOK_DAYS, days)])
    })
}

fn shared(facts: &Facts<'_>) -> Option<Flag> {
    facts.receiver.shared.then(|| flag(FlagReason::SharedUrl, facts, &[]))
}

fn inspection(facts: &Facts<'_>) -> Option<Flag> {
    is_inspection(facts.receiver.host).then(|| flag(FlagReason::InspectionService, facts, &[]))
}

fn flag(reason: FlagReason, facts: &Facts<'_>, figures: &[(&str, u64)]) -> Flag {
    let people = (figure::PEOPLE, u64::from(facts.people));
    let figures = figures.iter().chain([&people]);
    Flag { reason, figures: figures.map(|(name, value)| ((*name).to_owned(), *value)).collect() }
}

fn hour(at: DateTime<Utc>) -> u64 {
    u64::from(chrono::Timelike::hour(&at))
}
