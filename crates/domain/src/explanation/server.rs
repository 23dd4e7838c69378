//! The receiver, or what stands in front of it, answered with a status from 500 on.

use super::{ActBy, Sentences, Subject, next_try, phrase};

/// Statuses of Cloudflare (520 to 530) are told as what they mean.
pub(super) fn sentences(subject: &Subject<'_>) -> Sentences {
    let (host, status) = (subject.host, super::answered::status(subject));
    let explanation = match subject.http_status {
        Some(504 | 524) => return gateway_gave_up(subject),
        Some(500) | None => format!("{host} had an internal error{status}."),
        Some(501) => format!("{host} does not do what a webhook needs: to take a POST{status}."),
        Some(502 | 503 | 520..=523 | 527 | 530) => {
            format!("{host} is not available right now{status}.")
        }
        Some(505) => format!("{host} does not take requests over HTTP/1.1{status}."),
        Some(507) => format!("{host} has no room left to store what it gets{status}."),
        Some(508) => format!("{host} went round in circles with the request{status}."),
        Some(509) => format!("{host} has used up the traffic that it may have{status}."),
        Some(511) => {
            format!("A network in front of {host} wants a login before it lets us through{status}.")
        }
        Some(525 | 526) => format!(
            "A gateway in front of {host} could not set up a secure connection to it{status}."
        ),
        Some(529) => format!("{host} is overloaded{status}."),
        Some(_) => format!("{host} could not handle the request{status}."),
    };
    Sentences::new(ActBy::Receiver, explanation, wait_or_ask(subject))
}

fn gateway_gave_up(subject: &Subject<'_>) -> Sentences {
    let (host, status) = (subject.host, super::answered::status(subject));
    let explanation = format!("A gateway in front of {host} gave up waiting{status}.");
    if !subject.may_have_arrived {
        return Sentences::new(ActBy::Receiver, explanation, wait_or_ask(subject));
    }
    let candidates = phrase::sentence(phrase::the_candidates(subject.candidate_count));
    let explanation = format!("{explanation} {candidates} may have arrived.");
    let advice = match next_try(subject) {
        Some(next) => format!("Look there before you send again; {}.", next.clause()),
        None => format!("Look there before you send again, and ask whoever runs {host}."),
    };
    Sentences::new(ActBy::Receiver, explanation, advice)
}

/// The advice while a receiver's own trouble may pass, and when it did not.
pub(super) fn wait_or_ask(subject: &Subject<'_>) -> String {
    let host = subject.host;
    match next_try(subject) {
        Some(next) => {
            format!(
                "Nothing to do now; {}. If it persists, ask whoever runs {host}.",
                next.clause()
            )
        }
        None => format!("Ask whoever runs {host}, then {}.", subject.again()),
    }
}
