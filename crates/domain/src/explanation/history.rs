//! What went before, told beside where an export stands: an earlier acceptance, tries that may have
//! arrived, the pause of its webhook, and where it comes from.

use super::{ActBy, Elsewhere, Pause, Sentences, Subject, own, phrase};
use crate::export::{EndedBy, ExportStatus};
use crate::outcome::Outcome;

/// Adds what an export went through before.
pub(super) fn completed(mut sentences: Sentences, subject: &Subject<'_>) -> Sentences {
    if let Some(accepted) = accepted_before(subject) {
        sentences = match subject.status {
            ExportStatus::Delivered => sent_again(sentences, subject, &accepted),
            _ => sentences.after(&format!("{accepted} They are to be sent again.")),
        };
    }
    let notes = [arrivals(subject), pause(subject), origin(subject)];
    for note in notes.into_iter().flatten() {
        sentences.explanation.push(' ');
        sentences.explanation.push_str(&note);
    }
    sentences = continued(sentences, subject);
    if subject.status == ExportStatus::Queued
        && subject.held_until.is_none()
        && subject.elsewhere.is_some_and(|elsewhere| elsewhere.host == subject.host)
    {
        sentences.advice = "If they should not arrive twice, cancel this export.".to_owned();
        sentences.act_by = ActBy::Recruiter;
    }
    let open = subject.ambiguous || subject.may_have_arrived && tells_of_last_try(subject);
    if matches!(subject.status, ExportStatus::Failed | ExportStatus::Delivered)
        && open
        && !sentences.advice.contains("before you send")
    {
        let look = format!(" Look at {} before you send again.", subject.host);
        sentences.advice.push_str(&look);
    }
    sentences
}

/// What has ended and is carried on elsewhere says where: there is nothing left to do about it here. Who may
/// not be sent any more is told of by the sentence of the end.
fn continued(mut sentences: Sentences, subject: &Subject<'_>) -> Sentences {
    let told = own::was_cut(subject);
    let Some(next) = subject.continued_as.filter(|_| !told) else { return sentences };
    match subject.status {
        ExportStatus::Failed | ExportStatus::Cancelled => {
            sentences.explanation.push_str(&format!(" It goes on as export {next}."));
            sentences.advice = format!("Nothing to do here: look at export {next}.");
            sentences.act_by = ActBy::Nobody;
        }
        ExportStatus::Delivered => {
            sentences.explanation.push_str(&format!(" It was sent on as export {next}."));
        }
        ExportStatus::Queued | ExportStatus::Delivering | ExportStatus::Retrying => {}
    }
    sentences
}

/// The label of what was accepted, also where sending it again did not succeed.
pub(super) fn accepted_label(subject: &Subject<'_>) -> String {
    let Some(at) = subject.first_accepted_at.filter(|_| was_sent_again(subject)) else {
        return format!("Accepted by {}", subject.host);
    };
    let at = phrase::time(at, subject.now);
    let again = if was_stopped(subject) {
        "sending again was stopped"
    } else {
        "sent again without success"
    };
    format!("Accepted {at}; {again}")
}

/// `hooks.acme.com accepted all 25 candidates at 14:05 UTC, 23 Nov.`, where that was before the last
/// send request or while it is still told of another.
fn accepted_before(subject: &Subject<'_>) -> Option<String> {
    let at = subject.first_accepted_at.filter(|_| was_sent_again(subject))?;
    let candidates = phrase::all_candidates(subject.candidate_count);
    Some(format!("{} accepted {candidates} at {}.", subject.host, phrase::time(at, subject.now)))
}

/// Whether an accepted export was asked for again, and that was not accepted too.
fn was_sent_again(subject: &Subject<'_>) -> bool {
    subject.status != ExportStatus::Delivered
        || subject.outcome != Some(Outcome::Delivered)
        || was_stopped(subject)
}

/// Whether somebody of us, not the receiver, ended it.
fn was_stopped(subject: &Subject<'_>) -> bool {
    own::was_cut(subject)
        || matches!(subject.ended_by, Some(EndedBy::Member | EndedBy::WebhookDeleted))
}

fn sent_again(sentences: Sentences, subject: &Subject<'_>, accepted: &str) -> Sentences {
    if own::was_cut(subject) {
        return own::cut(subject).after(accepted);
    }
    if was_stopped(subject) {
        let explanation = format!("{accepted} Sending them again was stopped.");
        return Sentences::new(ActBy::Nobody, explanation, "Nothing to do.");
    }
    sentences.after(&format!("{accepted} Sending them again did not work:"))
}

/// Every possible arrival is said: all but that of which the outcome has told just now.
fn arrivals(subject: &Subject<'_>) -> Option<String> {
    if has_told_arrivals(subject) {
        return None;
    }
    let told = Some(subject.attempt_number).filter(|_| tells_of_last_try(subject));
    let tries: Vec<u32> =
        subject.arrivals.iter().copied().filter(|number| Some(*number) != told).collect();
    let also = if subject.status == ExportStatus::Delivered
        || told.is_some() && subject.may_have_arrived
    {
        "also "
    } else {
        ""
    };
    if !tries.is_empty() {
        return Some(format!("It may {also}have arrived at {}.", phrase::tries(&tries)));
    }
    // The tries are another export's, or the log does not reach back so far.
    (subject.ambiguous && subject.arrivals.is_empty()).then(|| match subject.derived {
        Some((from, _)) => format!("It may have arrived as export {from}."),
        None => "It may have arrived on an earlier try.".to_owned(),
    })
}

/// Whether the sentence of a stop has said it, which names no other export.
fn has_told_arrivals(subject: &Subject<'_>) -> bool {
    let stopped = match subject.status {
        ExportStatus::Cancelled => true,
        ExportStatus::Delivered => own::was_cut(subject) && was_sent_again(subject),
        _ => false,
    };
    stopped && subject.anything_sent && (subject.derived.is_none() || !subject.arrivals.is_empty())
}

/// Whether the sentences are about the last attempt.
fn tells_of_last_try(subject: &Subject<'_>) -> bool {
    let of_outcome = match subject.status {
        ExportStatus::Retrying | ExportStatus::Failed => true,
        ExportStatus::Delivered => was_sent_again(subject) && !was_stopped(subject),
        ExportStatus::Queued | ExportStatus::Delivering | ExportStatus::Cancelled => false,
    };
    of_outcome && !matches!(subject.outcome, Some(Outcome::WebhookDisabled | Outcome::Expired))
}

fn pause(subject: &Subject<'_>) -> Option<String> {
    if !matches!(subject.status, ExportStatus::Queued | ExportStatus::Retrying) {
        return None;
    }
    let host = subject.host;
    match subject.pause? {
        Pause::Asked(until) if until > subject.now => {
            Some(match phrase::seconds_ahead(until, subject.now) {
                Some(seconds) => format!("{host} asked us to wait {seconds} s more."),
                None => {
                    format!("{host} asked us to wait until {}.", phrase::time(until, subject.now))
                }
            })
        }
        Pause::Asked(_) => None,
        Pause::Probing(until) => {
            let next = if until > subject.now {
                format!(": the next one {}", phrase::moment(until, subject.now))
            } else {
                String::new()
            };
            Some(format!(
                "{host} keeps failing, so one request at a time tries it, after pauses that grow \
                 up to 5 minutes{next}."
            ))
        }
    }
}

fn origin(subject: &Subject<'_>) -> Option<String> {
    let (from, left_out) = subject.derived?;
    let without = match left_out {
        0 => String::new(),
        1 => "1 person who".to_owned(),
        _ => format!("{left_out} people who"),
    };
    let origin = if without.is_empty() {
        format!("It was made from export {from}.")
    } else {
        format!("It carries on export {from}, without {without} may not be sent any more.")
    };
    let Some(elsewhere) = subject.elsewhere else { return Some(origin) };
    Some(format!("{origin} {}", arrived_elsewhere(elsewhere, subject)))
}

/// Who has, or may have, these candidates already. The same host cannot tell by the id that it has them.
fn arrived_elsewhere(Elsewhere { host, accepted }: Elsewhere<'_>, subject: &Subject<'_>) -> String {
    let arrived = if accepted {
        format!("{host} accepted that one")
    } else {
        format!("{host} may already have these candidates from that one")
    };
    let twice = match subject.status {
        _ if host != subject.host => None,
        ExportStatus::Queued | ExportStatus::Delivering | ExportStatus::Retrying => Some("take"),
        ExportStatus::Delivered => Some("have"),
        ExportStatus::Failed | ExportStatus::Cancelled => None,
    };
    match twice {
        Some(verb) => format!("{arrived}; this one has another id, so it may {verb} them twice."),
        None => format!("{arrived}."),
    }
}
