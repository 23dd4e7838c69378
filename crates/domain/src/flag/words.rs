//! The sentences of flags.

use chrono::{DateTime, Utc};

use super::{Flag, FlagReason, figure};
use crate::explanation::phrase::grouped;

/// Whom and what a flag is about, as its reader may see it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Who asked for the export.
    pub who: &'a str,
    /// Host of its receiver.
    pub host: &'a str,
    /// When they asked.
    pub requested_at: DateTime<Utc>,
    /// When this is read.
    pub now: DateTime<Utc>,
}

/// What a flag says.
pub fn sentence(flag: &Flag, subject: &Subject<'_>) -> String {
    let Subject { who, host, requested_at, now } = subject;
    let number = |name: &str| {
        let value = flag.figures.get(name).copied().unwrap_or_default();
        grouped(u32::try_from(value).unwrap_or(u32::MAX))
    };
    let people = number(figure::PEOPLE);
    match flag.reason {
        FlagReason::UnusualVolume => format!(
            "{who} exported {} people {}; usually it is about {} a day.",
            number(figure::PEOPLE_THAT_DAY),
            day(*requested_at, *now),
            number(figure::USUAL_PEOPLE_A_DAY),
        ),
        FlagReason::WholeVacancy => format!(
            "{who} exported all {people} people of a vacancy at once, everybody who may be exported."
        ),
        FlagReason::UnusualHours => format!(
            "{who} asked for this at {} UTC on a {}; of {} exports in the 90 days before, {} were asked \
             for around that time.",
            requested_at.format("%H:%M"),
            requested_at.format("%A"),
            number(figure::EXPORTS),
            number(figure::EXPORTS_AROUND_THAT_HOUR),
        ),
        FlagReason::FirstLargeExport => {
            format!("This is the first large export to a new webhook: {people} people.")
        }
        FlagReason::SharedUrl => format!(
            "Another organisation has registered the same URL: make sure that {host} is the receiver \
             that you mean."
        ),
        FlagReason::InspectionService => format!(
            "{host} is a service for trying out webhooks: others may see what arrives there. It is no \
             place for people's data."
        ),
    }
}

fn day(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at.date_naive() == now.date_naive() {
        "today".to_owned()
    } else {
        at.format("on %-d %b").to_string()
    }
}
