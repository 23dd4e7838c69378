//! What each action says, without the full stop.

use super::{Event, and_if, counted};
use crate::audit::Action;

pub(super) fn told(event: &Event<'_>) -> String {
    let who = event.who.subject();
    let Some(action) = Action::parse(event.action) else { return plainly(event, &who) };
    of_webhooks(event, &who, action)
        .or_else(|| of_deliveries(event, action))
        .or_else(|| of_exports(event, &who, action))
        .or_else(|| of_others(event, &who, action))
        .unwrap_or_else(|| plainly(event, &who))
}

/// An action whose verb says all: "Ada revoked the API key CRM".
fn plainly(event: &Event<'_>, who: &str) -> String {
    let verb = event.action.split_once('.').map_or(event.action, |(_, verb)| verb);
    format!("{who} {} {}", verb.replace('_', " "), event.object())
}

fn of_webhooks(event: &Event<'_>, who: &str, action: Action) -> Option<String> {
    let it = event.object();
    Some(match action {
        Action::WebhookCreated => {
            let replaces = event.id("replaces").map(|_| event.webhook("replaces"));
            let replaces = replaces.map(|old| format!(" in the place of {old}"));
            format!("{who} registered {it}{}", replaces.unwrap_or_default())
        }
        Action::WebhookReplaced => format!("{who} replaced {it} by {}", event.webhook("by")),
        Action::WebhookExportsResent => {
            let to = event.id("to").map(|_| format!(" to {}", event.webhook("to")));
            let resent = counted(event.count("resent"), "export", "exports");
            format!("{who} sent {resent} again that failed for {it}{}", to.unwrap_or_default())
        }
        Action::WebhookDeleted => {
            let cancelled = event.count("cancelled");
            let cancelled = and_if(cancelled, || {
                format!(", which cancelled {} that waited", counted(cancelled, "export", "exports"))
            });
            format!("{who} deleted {it}{cancelled}")
        }
        Action::WebhookTested => format!("{who} sent a test to {it}"),
        Action::WebhookSecretRotated if event.flag("new_secret") => {
            format!("{who} changed the signing secret of {it}")
        }
        Action::WebhookSecretRotated => {
            let ended = counted(event.count("earlier_ended"), "earlier secret", "earlier secrets");
            format!("{who} ended {ended} of {it}")
        }
        Action::WebhookEnabled => format!("{who} switched {it} on again"),
        _ => return None,
    })
}

/// What delivery tells of webhooks and exports.
fn of_deliveries(event: &Event<'_>, action: Action) -> Option<String> {
    let it = capital(&event.object());
    Some(match action {
        Action::WebhookFailing => {
            let failures = counted(event.count("failures_in_a_row"), "failure", "failures");
            format!("{} does not take what is sent: {failures} in a row", it)
        }
        Action::WebhookDisabled => {
            let why = match event.word("reason") {
                "gone" => ": its receiver said that the address is closed for good",
                "failing" => ": it had failed without a break for days",
                _ => "",
            };
            format!("{} was switched off{why}", it)
        }
        Action::WebhookRecovered => format!("{} takes what is sent again", it),
        Action::ExportDerived => {
            let from = event.export("resent_from");
            format!("{} carries on {from}{}", it, without(event))
        }
        Action::ExportNotCarriedOver => {
            format!("{} did not go on to {}", it, event.webhook("webhook_id"))
        }
        Action::ExportFailed => {
            let attempts = counted(event.count("attempts"), "attempt", "attempts");
            let ambiguous = if event.flag("ambiguous") {
                ": the receiver may have the data all the same"
            } else {
                ""
            };
            format!("{} failed after {attempts}{ambiguous}", it)
        }
        _ => return None,
    })
}

fn of_exports(event: &Event<'_>, who: &str, action: Action) -> Option<String> {
    let it = event.object();
    let candidates = || counted(event.count("candidates"), "candidate", "candidates");
    Some(match action {
        Action::ExportPreviewed => {
            let to = event.webhook("webhook_id");
            format!("{who} looked at what an export of {} to {to} would be", candidates())
        }
        Action::ExportRequested => {
            format!("{who} sent {} to {}", candidates(), event.webhook("webhook_id"))
        }
        Action::ExportCancelled if event.flag("on_the_wire") => {
            format!("{who} cancelled {it} while it was on the wire")
        }
        Action::ExportResent => {
            let derived = event.id("derived").map(|_| format!(" as {}", event.export("derived")));
            let to = event.id("webhook_id").map(|_| format!(" to {}", event.webhook("webhook_id")));
            let (to, derived) = (to.unwrap_or_default(), derived.unwrap_or_default());
            format!("{who} sent {it} again{to}{derived}{}", without(event))
        }
        Action::ExportPayloadRead => format!("{who} read the payload of {it}"),
        Action::ExportPayloadForgotten => format!("{who} had the payload of {it} deleted"),
        Action::ExportPeopleRead => format!("{who} read who is in {it}"),
        _ => return None,
    })
}

fn of_others(event: &Event<'_>, who: &str, action: Action) -> Option<String> {
    let it = event.object();
    Some(match action {
        Action::OrganisationRemoved => format!("{who} removed {it} with all that it had"),
        Action::MemberPreferencesChanged => format!("{who} changed of what they are told"),
        Action::MemberNotificationsSeen => format!("{who} saw their notifications"),
        Action::CandidatesSearched => format!("{who} looked for a candidate"),
        Action::CandidateExportsRead => format!("{who} read where the data of {it} went"),
        Action::AttemptResponsesRead => {
            let attempts = counted(event.count("attempts"), "attempt", "attempts");
            format!("{who} read what a receiver answered to {attempts}")
        }
        Action::ApiKeyCreated => {
            let days = counted(event.count("expires_in_days"), "day", "days");
            format!("{who} made {it}, which works for {days}")
        }
        Action::ImportCompleted => imported(event, who),
        Action::AccessRefused => refused(event, who),
        Action::SupportLooked if event.object_id.is_some() => format!("{who} looked at {it}"),
        Action::SupportLooked => format!("{who} looked at {}", event.several(event.count("shown"))),
        Action::ListDownloaded => format!("{who} downloaded {}", list(event.word("list"))),
        _ => return None,
    })
}

fn imported(event: &Event<'_>, who: &str) -> String {
    let of = |name| {
        let count = |which| event.details.get(name)?.get(which)?.as_u64();
        count("created").unwrap_or_default() + count("updated").unwrap_or_default()
    };
    let vacancies = counted(of("vacancies"), "vacancy", "vacancies");
    let candidates = counted(of("candidates"), "candidate", "candidates");
    let applications = counted(of("applications"), "application", "applications");
    format!("{who} imported {vacancies}, {candidates} and {applications}")
}

fn refused(event: &Event<'_>, who: &str) -> String {
    let (it, asked) = (event.object(), event.word("operation"));
    match event.word("why") {
        "foreign" => {
            format!("{who} asked for {it} of another organisation and was refused ({asked})")
        }
        _ => format!("{who} was refused what the role may not do ({asked})"),
    }
}

/// How many are missing.
fn without(event: &Event<'_>) -> String {
    let left_out = event.count("left_out");
    and_if(left_out, || format!(" without {}", counted(left_out, "person", "people")))
}

fn list(name: &str) -> &'static str {
    match name {
        "attempts" => "the log of attempts",
        "audit_events" => "the audit",
        "exports" => "the list of exports",
        "webhooks" => "the register of webhooks",
        _ => "a list",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
