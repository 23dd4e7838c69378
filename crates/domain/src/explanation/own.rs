//! What we did ourselves: waiting, sending, cancelling, being interrupted, giving up.

use super::{ActBy, Contacts, Sentences, Subject, next_try, phrase};
use crate::export::EndedBy;
use crate::outcome::Outcome;
use crate::webhook_url::UrlRefusal;

const NOTHING_TO_DO: &str = "Nothing to do.";

pub(super) fn waiting(subject: &Subject<'_>) -> Sentences {
    let candidates = phrase::sentence(&phrase::candidates(subject.candidate_count));
    let be = if subject.candidate_count == 1 { "is" } else { "are" };
    if let Some(until) = subject.held_until.filter(|until| *until > subject.now) {
        let until = phrase::clock(until, subject.now);
        let host = subject.host;
        let explanation =
            format!("{candidates} {be} held back until {until}, then sent to {host}.");
        let advice =
            format!("Cancel it before then to take it back: nothing will have reached {host}.");
        return Sentences::new(ActBy::Nobody, explanation, advice);
    }
    let explanation = format!("{candidates} {be} waiting to be sent to {}.", subject.host);
    Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO)
}

/// A try that we gave up for lost, and of which we heard after all.
pub(super) fn accepted_late(subject: &Subject<'_>) -> Sentences {
    let Subject { host, attempt_number, .. } = *subject;
    let candidates = phrase::all_candidates(subject.candidate_count);
    let explanation = format!(
        "We were interrupted, and learnt later that {host} accepted {candidates} \
         (try {attempt_number})."
    );
    Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO)
}

pub(super) fn sending(subject: &Subject<'_>) -> Sentences {
    let Subject { host, attempt_number, .. } = *subject;
    let candidates = phrase::candidates(subject.candidate_count);
    let last = match subject.stopping {
        Some(EndedBy::WebhookDeleted) => {
            " Its webhook was deleted meanwhile, so this is its last try there."
        }
        Some(_) => " It was cancelled meanwhile, so this is its last try.",
        None => "",
    };
    let explanation =
        format!("We are sending {candidates} to {host} now (try {attempt_number}).{last}");
    Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO)
}

pub(super) fn cancelled(subject: &Subject<'_>) -> Sentences {
    let host = subject.host;
    let by = match subject.ended_by {
        Some(EndedBy::Restriction | EndedBy::Erasure) => return cut(subject),
        Some(EndedBy::WebhookDeleted) => "Its webhook was deleted, so the export was cancelled",
        Some(EndedBy::Member) | None => "The export was cancelled",
        Some(EndedBy::Receiver | EndedBy::GaveUp | EndedBy::WebhookDisabled) => {
            "The export was ended"
        }
    };
    let explanation = format!("{by}; {}.", already(subject));
    if may_have_it(subject) {
        let advice = format!("Look at {host} before you send these candidates again.");
        return Sentences::new(ActBy::Recruiter, explanation, advice);
    }
    let advice = match subject.ended_by {
        Some(EndedBy::WebhookDeleted) if subject.payload_gone => {
            "To send these candidates after all, export them to another webhook."
        }
        Some(EndedBy::WebhookDeleted) => {
            "To send these candidates after all, resend it to another webhook."
        }
        _ if subject.payload_gone => "To send these candidates after all, export them again.",
        _ => "To send these candidates after all, resend it or export them again.",
    };
    Sentences::new(ActBy::Nobody, explanation, advice)
}

pub(super) fn sentences(outcome: Outcome, subject: &Subject<'_>, contacts: &Contacts) -> Sentences {
    match outcome {
        Outcome::WorkerLost | Outcome::Aborted => interrupted(outcome, subject),
        Outcome::InvalidUrl => invalid_url(subject),
        Outcome::WebhookDisabled => Sentences::new(
            ActBy::Admin,
            format!("The webhook was disabled while this export waited; {}.", sent(subject)),
            format!(
                "Test the webhook: a disabled one can be tested. Once the test is accepted, enable it, \
                 so that exports go out again, and {}. Or create a new webhook and send these \
                 candidates there.",
                subject.again()
            ),
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
    match (subject.ambiguous, subject.anything_sent) {
        (true, _) => "an earlier try may have arrived",
        (false, true) => "no try was accepted meanwhile",
        (false, false) => "nothing was sent",
    }
}

fn interrupted(outcome: Outcome, subject: &Subject<'_>) -> Sentences {
    let host = subject.host;
    let lost = subject.may_have_arrived || outcome == Outcome::WorkerLost;
    let look = format!("Look at {host} before you send again.");
    match (lost, next_try(subject)) {
        (true, Some(next)) => {
            let explanation =
                format!("We were interrupted; it may have arrived. {}.", next.sentence());
            Sentences::new(ActBy::Nobody, explanation, look)
        }
        (true, None) => {
            let explanation = "We were interrupted; it may have arrived.";
            Sentences::new(ActBy::Recruiter, explanation, look)
        }
        (false, _) => our_fault(subject, "We were interrupted"),
    }
}

/// What failed before all of it was out.
fn our_fault(subject: &Subject<'_>, what: &str) -> Sentences {
    let sent = if subject.partly_sent { "not all of it was sent" } else { "nothing was sent" };
    let explanation = format!("{what}; {sent}.");
    if subject.next_attempt_at.is_some() {
        let explanation = format!("{explanation} We try again by ourselves.");
        return Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO);
    }
    Sentences::new(ActBy::Recruiter, explanation, "Resend it.")
}

/// Whether the receiver may have an export that was stopped: what it refused each time it has not.
pub(super) fn may_have_it(subject: &Subject<'_>) -> bool {
    subject.anything_sent && (subject.ambiguous || !subject.arrivals.is_empty())
}

/// What the receiver may have of an export that was stopped, with the tries after which it may, so that
/// this is said once.
fn already(subject: &Subject<'_>) -> String {
    match (subject.anything_sent, subject.arrivals) {
        (false, _) => "nothing was sent".to_owned(),
        (true, _) if !may_have_it(subject) => "nothing was accepted".to_owned(),
        (true, []) => "it may already have arrived".to_owned(),
        (true, tries) => format!("it may already have arrived at {}", phrase::tries(tries)),
    }
}

/// Whether it ended because somebody in it may not be sent any more.
pub(super) fn was_cut(subject: &Subject<'_>) -> bool {
    matches!(subject.ended_by, Some(EndedBy::Restriction | EndedBy::Erasure))
}

/// Somebody in it changed their mind, or was erased.
pub(super) fn cut(subject: &Subject<'_>) -> Sentences {
    let sent = already(subject);
    let erased = subject.ended_by == Some(EndedBy::Erasure);
    let Some(next) = subject.continued_as else {
        let nobody = if erased {
            "Nobody in it may be sent any more (erased, restricted or withdrawn)"
        } else {
            "Nobody in it may be sent any more (restricted or withdrawn)"
        };
        let explanation = format!("{nobody}, so the export was ended; {sent}.");
        return Sentences::new(ActBy::Nobody, explanation, NOTHING_TO_DO);
    };
    let some = if erased {
        "Somebody in it was erased"
    } else {
        "Some of its people may not be sent any more (restricted or withdrawn)"
    };
    let explanation =
        format!("{some}, so the export was ended; {sent}. The others go out as export {next}.");
    Sentences::new(ActBy::Nobody, explanation, format!("Nothing to do: look at export {next}."))
}

fn invalid_url(subject: &Subject<'_>) -> Sentences {
    let rule = subject.facts.url_rule.as_deref().and_then(UrlRefusal::from_rule);
    let advice =
        rule.map_or_else(String::new, |rule| format!("{}. ", phrase::sentence(&rule.to_string())));
    Sentences::new(
        ActBy::Admin,
        "The URL of this webhook is not allowed any more; nothing was sent.",
        format!(
            "{advice}A webhook can't be edited: create a new one, then send these candidates there."
        ),
    )
}

fn internal_error(subject: &Subject<'_>, contacts: &Contacts) -> Sentences {
    const WHAT: &str = "Something failed on our side";
    if subject.next_attempt_at.is_some() && !subject.may_have_arrived {
        return our_fault(subject, WHAT);
    }
    let sent = match (subject.may_have_arrived, subject.partly_sent) {
        (true, _) => "it may have arrived",
        (false, true) => "not all of it was sent",
        (false, false) => "nothing was sent",
    };
    let explanation = format!("{WHAT}; {sent}.");
    if let Some(next) = next_try(subject) {
        let advice = format!("Look at {} before you send again; {}.", subject.host, next.clause());
        return Sentences::new(ActBy::Nobody, explanation, advice);
    }
    let id = subject.export_id;
    let at = contacts.support_url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
    Sentences::new(ActBy::Support, explanation, format!("Contact support{at}, quoting {id}."))
}
