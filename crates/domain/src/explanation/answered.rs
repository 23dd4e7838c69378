//! The receiver answered.

use super::{ActBy, Contacts, Sentences, Subject, next_try, phrase, server};
use crate::attempt::{Difference, USER_AGENT};
use crate::outcome::Outcome;

pub(super) fn sentences(
    outcome: Outcome,
    subject: &Subject<'_>,
    contacts: &Contacts,
) -> Option<Sentences> {
    let host = subject.host;
    let sentences = match outcome {
        Outcome::Http4xx | Outcome::Http5xx | Outcome::Throttled | Outcome::RedirectRefused
            if subject.facts.taken_for_bot =>
        {
            taken_for_bot(subject, contacts)
        }
        Outcome::Delivered => delivered(subject),
        Outcome::Http5xx => server::sentences(subject),
        Outcome::Http4xx => client_error(subject),
        Outcome::Throttled => throttled(subject),
        Outcome::Gone => Sentences::new(
            ActBy::Admin,
            format!(
                "{host} says that this address is closed for good. The webhook is now disabled."
            ),
            "Create a webhook with the new URL, then send these candidates there.",
        ),
        Outcome::PayloadTooLarge => payload_too_large(subject),
        Outcome::RedirectRefused => redirect_refused(subject),
        Outcome::UnexpectedUpgrade => Sentences::new(
            ActBy::Admin,
            format!("{host} answered in another protocol instead of confirming. {UNKNOWN}"),
            "Check that the URL is one that receives webhooks. A webhook can't be edited: create \
             a new one, then send these candidates there.",
        ),
        _ => return None,
    };
    Some(sentences)
}

/// An answer came, but it says nothing about the candidates.
pub(super) const UNKNOWN: &str = "We don't know whether it took the candidates.";

fn delivered(subject: &Subject<'_>) -> Sentences {
    let Subject { host, candidate_count, attempt_number, .. } = *subject;
    let candidates = phrase::all_candidates(candidate_count);
    let time = |at| format!(" at {}", phrase::time(at, subject.now));
    let at = subject.at.map(time).unwrap_or_default();
    let explanation = format!("{host} accepted {candidates}{at} (try {attempt_number}).");
    if subject.facts.taken_for_bot {
        // Some guards challenge with a 202.
        return Sentences::new(
            ActBy::Receiver,
            explanation,
            format!(
                "Something that guards {host} against bots may have answered in its place. Look \
                 there; if nothing arrived, ask whoever runs it to let our requests pass."
            ),
        );
    }
    Sentences::new(
        ActBy::Nobody,
        explanation,
        "If you don't see them there, check that the automation is switched on; some services \
         accept data even when paused.",
    )
}

/// Something in front of the receiver answered for it.
fn taken_for_bot(subject: &Subject<'_>, contacts: &Contacts) -> Sentences {
    let ours = [contacts.egress_ips.as_slice(), &[USER_AGENT.to_owned()]].concat().join(", ");
    Sentences::new(
        ActBy::Receiver,
        format!("Something that guards {} against bots refused us.", subject.host),
        format!("Ask whoever runs it to let our requests pass ({ours})."),
    )
    .then_resend()
}

fn client_error(subject: &Subject<'_>) -> Sentences {
    let host = subject.host;
    match subject.http_status {
        Some(404 | 405) => Sentences::new(
            ActBy::Admin,
            format!("{host} answered, but nothing receives data at this address."),
            "Check that the workflow is active and the URL is correct. (n8n: a URL with \
             /webhook-test/ takes one request within 120 s; use the production URL.) A webhook \
             can't be edited: create a new one, then send these candidates there.",
        ),
        Some(400) if subject.facts.wants_tls => Sentences::new(
            ActBy::Admin,
            format!("{host} wants https on this port, but the URL says http{}.", status(subject)),
            "A webhook can't be edited: create one whose URL begins with https, then send these \
             candidates there.",
        ),
        Some(401 | 403) => refused(subject),
        _ => Sentences::new(
            ActBy::Receiver,
            format!("{host} received the request but would not take the data{}.", status(subject)),
            format!("Ask its support, quoting {}.", subject.export_id),
        ),
    }
}

fn refused(subject: &Subject<'_>) -> Sentences {
    let forbidden = subject.http_status == Some(403);
    let bots = if forbidden { " (n8n: turn \"Ignore Bots\" off.)" } else { "" };
    Sentences::new(
        ActBy::Admin,
        format!(
            "{} refused us{}: it wants a login, or it could not verify our signature.",
            subject.host,
            status(subject)
        ),
        format!(
            "If it verifies signatures: it needs the current signing secret and the body as it \
             came, byte for byte, not parsed and written again. Else ask for a URL that works \
             without signing in.{bots}"
        ),
    )
    .asking()
}

/// ` (503)`, or nothing.
pub(super) fn status(subject: &Subject<'_>) -> String {
    subject.http_status.map(|status| format!(" ({status})")).unwrap_or_default()
}

fn throttled(subject: &Subject<'_>) -> Sentences {
    let explanation = format!("{} is busy and asked us to wait.", subject.host);
    match next_try(subject) {
        Some(next) => {
            let advice = format!("Nothing to do; {}.", next.clause());
            Sentences::new(ActBy::Nobody, explanation, advice)
        }
        None => Sentences::new(
            ActBy::Recruiter,
            explanation,
            "We have tried for as long as we do. Resend when it is less busy.",
        ),
    }
}

fn payload_too_large(subject: &Subject<'_>) -> Sentences {
    let Subject { host, candidate_count, payload_bytes, .. } = *subject;
    let candidates = phrase::sentence(&phrase::candidates(candidate_count));
    let size = phrase::size(payload_bytes);
    let be = if candidate_count == 1 { "is" } else { "are" };
    let explanation = format!("{candidates} ({size}) {be} more than {host} takes at once.");
    if candidate_count == 1 {
        let advice = format!("Ask whoever runs {host} to take larger requests.");
        return Sentences::new(ActBy::Receiver, explanation, advice).then_resend();
    }
    let advice = format!(
        "Export a smaller batch, or ask whoever runs {host} to take larger requests (about 2 KB a \
         person)."
    );
    Sentences::new(ActBy::Recruiter, explanation, advice)
}

fn redirect_refused(subject: &Subject<'_>) -> Sentences {
    let host = subject.host;
    if subject.http_status == Some(304) {
        return not_modified(subject);
    }
    let target = match subject.facts.redirect_host.as_deref() {
        None => String::new(),
        Some(same) if same == host => same_host(&subject.facts.redirect_differs),
        Some(other) => other.to_owned(),
    };
    // There is no other URL to register.
    let nowhere = target.is_empty();
    let mut explanation = if nowhere {
        format!("{host} sent us on{}, but to no address that we could use.", status(subject))
    } else {
        format!("{host} sent us on to {target}; for safety we don't follow.")
    };
    if host == "script.google.com" {
        explanation.push_str(
            " script.google.com answers so after it ran the script: the data has probably arrived.",
        );
    }
    if nowhere || subject.facts.redirect_differs == [Difference::Nothing] {
        return Sentences::new(ActBy::Receiver, explanation, ask_for_url(host));
    }
    let advice = "A webhook can't be edited: create one with the final URL, then send these \
                  candidates there.";
    Sentences::new(ActBy::Admin, explanation, advice)
}

/// No redirect, and an answer only to who asked for a page (RFC 9110, section 15.4.5).
fn not_modified(subject: &Subject<'_>) -> Sentences {
    let host = subject.host;
    let explanation = format!(
        "{host} answered that nothing has changed (304), as if we had asked for a page. {UNKNOWN}"
    );
    Sentences::new(ActBy::Receiver, explanation, ask_for_url(host))
}

/// To this one nothing can be resent.
fn ask_for_url(host: &str) -> String {
    format!(
        "Ask whoever runs {host} for a URL that takes webhooks. A webhook can't be edited: create one \
         with that URL, then send these candidates there."
    )
}

/// In what the final URL differs, without showing any of it.
fn same_host(differs: &[Difference]) -> String {
    let word = |difference: &Difference| match difference {
        Difference::Https => "https",
        Difference::Http => "http",
        Difference::Port => "another port",
        Difference::Slash | Difference::Path => "another path",
        Difference::Query => "another query",
        Difference::Nothing => "the same address again",
    };
    let words: Vec<_> = differs.iter().map(word).collect();
    let words = match words.split_last() {
        None => "another address".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    };
    match differs {
        [Difference::Nothing] => words,
        differs if differs.contains(&Difference::Slash) => {
            format!("{words} on the same host (a slash at its end, perhaps)")
        }
        _ => format!("{words} on the same host"),
    }
}
