//! The sentences of warnings.

use super::{Facts, Receiver, Warning, WarningCode};
use crate::explanation::phrase;

/// What a warning says.
pub(super) fn message(warning: &Warning, facts: &Facts, receiver: &Receiver<'_>) -> String {
    let host = receiver.host;
    let count = warning.candidate_count.unwrap_or_default();
    let these = these(count, facts.candidate_count);
    let (were, are) = if count == 1 { ("was", "is") } else { ("were", "are") };
    let since = warning.since.map(|at| phrase::time(at, facts.now)).unwrap_or_default();
    match warning.code {
        WarningCode::AlreadySent => format!(
            "{these} {were} sent to this webhook in the last 90 days, or {are} on the way there; last \
             {}.",
            last(warning, facts)
        ),
        WarningCode::MayNotBeContacted => format!("{these} may not be contacted."),
        WarningCode::ConsentExpired => format!("The consent of {} has expired.", lower(&these)),
        WarningCode::Rejected => format!("{these} {were} rejected."),
        WarningCode::VacancyClosed => format!("This vacancy is {}.", facts.vacancy.as_str()),
        WarningCode::WebhookUntested => {
            "This webhook never accepted anything yet. An organisation admin can send it a test first."
                .to_owned()
        }
        WarningCode::WebhookFailing => format!(
            "Nothing was accepted by {host} since {since}. Exports are tried again for about a day."
        ),
        WarningCode::WebhookDisabled => format!(
            "This webhook is disabled since {since}: an export to it is refused. An organisation \
             admin can test it, and enable it once the test is accepted."
        ),
        WarningCode::LargerThanReceiverTakes => format!(
            "The payload has {}, and {host} takes {} at most: it will probably refuse it. Select fewer \
             candidates.",
            phrase::size(warning.payload_bytes.unwrap_or_default()),
            phrase::size(warning.limit_bytes.unwrap_or_default()),
        ),
        WarningCode::TestUrl => format!(
            "This is a test URL: {host} listens there for {} seconds after somebody asked it to. \
             Register its production URL.",
            warning.seconds.unwrap_or_default()
        ),
    }
}

/// `2 of these 25 candidates`, `All 25 candidates`, `This candidate`.
fn these(count: u32, of: u32) -> String {
    match (count, of) {
        (1, 1) => "This candidate".to_owned(),
        (2, 2) => "Both candidates".to_owned(),
        (count, of) if count == of => phrase::sentence(&phrase::all_candidates(of)),
        (count, of) => format!("{} of these {}", phrase::grouped(count), phrase::candidates(of)),
    }
}

fn lower(these: &str) -> String {
    let mut lower = these.to_owned();
    if let Some(first) = lower.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    lower
}

/// `at 14:05 UTC, 23 Nov by Ben Example (export …)`.
fn last(warning: &Warning, facts: &Facts) -> String {
    let at = warning.last_requested_at.map(|at| phrase::time(at, facts.now)).unwrap_or_default();
    let by = warning.last_requested_by.as_ref();
    let by = by.and_then(|by| by.name.as_deref()).map(|name| format!(" by {name}"));
    let export = warning.export_id.map(|id| format!(" (export {id})")).unwrap_or_default();
    format!("at {at}{}{export}", by.unwrap_or_default())
}
