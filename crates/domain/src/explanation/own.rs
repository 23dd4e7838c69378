//! What we did ourselves: waiting, sending, cancelling, being interrupted, giving up.

use super::{ActBy, Contacts, Sentences, Subject, phrase};
use crate::export::EndedBy;
use crate::outcome::Outcome;
use crate::webhook_url::UrlRefusal;

const NOTHING_TO_DO: &str = "Nothing to do.";

pub(super) fn waiting(subject: &Subject<'_>) -> Sentences {
    let candidates = phrase::sentence(&phrase::candidates(subject.candidate_count));
    let be = if subject.candidate_count == 1 { "is" } else { "are" };
    let explanation = format!("{candidates} {be} waiting to be sent to {}.", subject.host);
    Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO)
}

pub(super) fn sending(subject: &Subject<'_>) -> Sentences {
    let Subject { host, attempt_number, .. } = *subject;
    let candidates = phrase::candidates(subject.candidate_count);
    let last =
        if subject.stopping { " It was cancelled meanwhile, so this is its last try." } else { "" };
    let explanation =
        format!("We are sending {candidates} to {host} now (try {attempt_number}).{last}");
    Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO)
}

pub(super) fn cancelled(subject: &Subject<'_>) -> Sentences {
    let host = subject.host;
    let by = match subject.ended_by {
        Some(EndedBy::WebhookDeleted) => "Its webhook was deleted, so the export was cancelled",
        Some(EndedBy::Member) | None => "The export was cancelled",
        Some(EndedBy::Receiver | EndedBy::GaveUp | EndedBy::WebhookDisabled) => {
            "The export was ended"
        }
    };
    if subject.anything_sent {
        let explanation = format!("{by}; it may already have arrived.");
        let advice = format!("Look at {host} before you send these candidates again.");
        return Sentences::new(ActBy::Recruiter, explanation, advice);
    }
    let advice = match subject.ended_by {
        Some(EndedBy::WebhookDeleted) => {
            "To send these candidates after all, export them to another webhook."
        }
        _ => "To send these candidates after all, resend it or export them again.",
    };
    Sentences::new(ActBy::Nobody, format!("{by}; nothing was sent."), advice)
}

pub(super) fn sentences(outcome: Outcome, subject: &Subject<'_>, contacts: &Contacts) -> Sentences {
    match outcome {
        Outcome::WorkerLost | Outcome::Aborted => interrupted(outcome, subject),
        Outcome::InvalidUrl => invalid_url(subject),
        Outcome::WebhookDisabled => Sentences::new(
            ActBy::Admin,
            format!("The webhook was disabled while this export waited; {}.", sent(subject)),
            "Enable the webhook once its receiver works again, or create a new one. Then resend.",
        ),
        Outcome::Expired => Sentences::new(
            ActBy::Receiver,
            format!(
                "{} did not accept the candidates before the deadline, so we stopped trying; {}.",
                subject.host,
                sent(subject)
            ),
            "Check that the system is running and accepts requests.",
        )
        .then_resend(),
        _ => internal_error(subject, contacts),
    }
}

fn sent(subject: &Subject<'_>) -> &'static str {
    if subject.anything_sent { "an earlier try may have arrived" } else { "nothing was sent" }
}

fn interrupted(outcome: Outcome, subject: &Subject<'_>) -> Sentences {
    let unsent = outcome == Outcome::Aborted && !subject.ambiguous && !subject.anything_sent;
    let what = if unsent { "nothing was sent" } else { "it may have arrived" };
    if subject.next_attempt_at.is_some() {
        let explanation = format!("We were interrupted; {what}. We try again by ourselves.");
        return Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO);
    }
    let advice = if unsent {
        "Resend it.".to_owned()
    } else {
        format!("Look at {} before you send again.", subject.host)
    };
    Sentences::new(ActBy::Recruiter, format!("We were interrupted; {what}."), advice)
}

fn invalid_url(subject: &Subject<'_>) -> Sentences {
    let rule = subject.facts.url_rule.as_deref().and_then(UrlRefusal::from_rule);
    let advice =
        rule.map_or_else(String::new, |rule| format!("{}. ", phrase::sentence(&rule.to_string())));
    Sentences::new(
        ActBy::Admin,
        "The URL of this webhook is not allowed any more; nothing was sent.",
        format!("{advice}A webhook can't be edited: create a new one, then resend."),
    )
}

fn internal_error(subject: &Subject<'_>, contacts: &Contacts) -> Sentences {
    let what = if subject.ambiguous || subject.anything_sent {
        "it may have arrived"
    } else {
        "nothing was sent"
    };
    let explanation = format!("Something went wrong on our side; {what}.");
    if let Some(next) = subject.next_attempt_at.map(phrase::time) {
        let advice = format!("Nothing to do; we try again at {next}.");
        return Sentences::new(ActBy::Nobody, explanation, advice);
    }
    let id = subject.export_id;
    let at = contacts.support_url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
    Sentences::new(ActBy::Support, explanation, format!("Contact support{at}, quoting {id}."))
}
