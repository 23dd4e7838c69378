//! No answer came: the name, the connection, its encryption, or the wait.

use super::answered::UNKNOWN;
use super::server::wait_or_ask;
use super::{ActBy, Contacts, Sentences, Subject, phrase};
use crate::attempt::TlsFault;
use crate::outcome::Outcome;

pub(super) fn sentences(
    outcome: Outcome,
    subject: &Subject<'_>,
    contacts: &Contacts,
) -> Option<Sentences> {
    name(outcome, subject)
        .or_else(|| reach(outcome, subject, contacts))
        .or_else(|| encryption(outcome, subject))
        .or_else(|| exchange(outcome, subject))
}

fn name(outcome: Outcome, subject: &Subject<'_>) -> Option<Sentences> {
    let host = subject.host;
    let sentences = match outcome {
        Outcome::DnsNotFound => Sentences::new(
            ActBy::Admin,
            format!("There is no system called {host} on the internet."),
            "Check the spelling of the URL.",
        ),
        Outcome::DnsFailure => Sentences::new(
            ActBy::Receiver,
            format!("The address of {host} could not be looked up; nothing was sent."),
            wait_or_ask(subject),
        ),
        Outcome::DnsTimeout => Sentences::new(
            ActBy::Receiver,
            format!("Looking up the address of {host} took too long; nothing was sent."),
            wait_or_ask(subject),
        ),
        Outcome::BlockedAddress => Sentences::new(
            ActBy::Admin,
            "This address is not publicly accessible.",
            "Use a URL that is reachable from the internet.",
        ),
        _ => return None,
    };
    Some(sentences)
}

fn reach(outcome: Outcome, subject: &Subject<'_>, contacts: &Contacts) -> Option<Sentences> {
    if !matches!(
        outcome,
        Outcome::ConnectRefused | Outcome::ConnectTimeout | Outcome::ConnectUnreachable
    ) {
        return None;
    }
    let from = match contacts.egress_ips.join(", ") {
        none if none.is_empty() => none,
        addresses => format!(" ({addresses})"),
    };
    let sentences = Sentences::new(
        ActBy::Receiver,
        format!("We could not reach {}; nothing was sent.", subject.host),
        format!("Check that the system is running and that its firewall lets us in{from}."),
    );
    Some(sentences.then_resend())
}

fn encryption(outcome: Outcome, subject: &Subject<'_>) -> Option<Sentences> {
    let host = subject.host;
    let date = subject.facts.certificate_at.map(phrase::date);
    let on = |past: &str| date.as_ref().map_or(past.to_owned(), |date| format!("{past} on {date}"));
    let certificate = |what: &str| {
        let whose = match subject.facts.tls {
            Some(TlsFault::OfIssuer) => {
                format!("A certificate of an issuer, which {host} sent along,")
            }
            _ => format!("The security certificate of {host}"),
        };
        let explanation = format!("{whose} {what}. Nothing was sent.");
        Sentences::new(ActBy::Receiver, explanation, "Ask whoever runs it to fix it.").then_resend()
    };
    let sentences = match outcome {
        Outcome::TlsCertExpired => certificate(&on("expired")),
        Outcome::TlsCertNotYetValid => certificate(&on("is not valid yet, but becomes so")),
        Outcome::TlsNameMismatch => certificate("belongs to another name"),
        Outcome::TlsUntrusted => match subject.facts.tls {
            Some(fault) => refined(fault, host),
            None => certificate("is from an unknown issuer"),
        },
        Outcome::TlsHandshake => match subject.facts.tls {
            Some(fault) => refined(fault, host),
            None => Sentences::new(
                ActBy::Receiver,
                format!("{host} and we could not agree on a secure connection. Nothing was sent."),
                OFFER,
            )
            .then_resend(),
        },
        Outcome::TlsTimeout => Sentences::new(
            ActBy::Receiver,
            format!("{host} did not set up the secure connection in time. Nothing was sent."),
            wait_or_ask(subject),
        ),
        Outcome::TlsClientCertRequired => Sentences::new(
            ActBy::Admin,
            format!("{host} wants a certificate from us, and we have none. Nothing was sent."),
            format!("Ask whoever runs {host} for a URL that works without a client certificate."),
        )
        .asking(),
        _ => return None,
    };
    Some(sentences)
}

const OFFER: &str = "Ask whoever runs it to offer TLS 1.2 or 1.3.";

const SEND_ISSUER: &str = "Ask whoever runs it to send the intermediate certificate along, and to \
                           use an issuer that browsers trust.";

const USE_KEY: &str = "Ask whoever runs it for a certificate with an RSA key of 2,048 to 8,192 bits \
                       or an ECDSA key on P-256 or P-384, signed with SHA-256 or SHA-384.";

const USE_PURPOSE: &str = "Ask whoever runs it for a certificate for web servers, of an issuer that \
                           may vouch for this host.";

const OFFER_CIPHERS: &str = "Ask whoever runs it to offer TLS 1.3 or 1.2 with AES-GCM or ChaCha20-Poly1305 and ECDHE on \
     X25519, P-256 or P-384; and a certificate with an RSA key of 2,048 to 8,192 bits or an ECDSA \
     key on P-256 or P-384.";

/// What exactly is wrong with the encryption, where we know.
fn refined(fault: TlsFault, host: &str) -> Sentences {
    let (what, advice) = match fault {
        TlsFault::IncompleteChain => (
            format!(
                "The security certificate of {host} has an issuer that we don't know, or \
                 whose own certificate it did not send: if it looks fine in a browser, the \
                 intermediate certificate is missing."
            ),
            SEND_ISSUER,
        ),
        TlsFault::SelfSigned => (
            format!(
                "The security certificate of {host} is signed by itself: nobody vouches for it."
            ),
            "Ask whoever runs it for a certificate of an issuer that browsers trust.",
        ),
        TlsFault::UnverifiableKey => (
            format!(
                "The security certificate of {host} has a kind of key or signature that we cannot verify."
            ),
            USE_KEY,
        ),
        TlsFault::WrongUse => (
            format!(
                "The security certificate of {host}, or that of an issuer of it, may not be used \
                 for this: it is meant for something else or for other hosts."
            ),
            USE_PURPOSE,
        ),
        TlsFault::OfIssuer => (
            format!("Something is wrong with the certificate of an issuer that {host} sent along."),
            "Ask whoever runs it to send the current certificate of its issuer along.",
        ),
        TlsFault::OldVersion => {
            (format!("{host} speaks only a version of TLS that is too old to be safe."), OFFER)
        }
        TlsFault::NoCipherInCommon => (
            format!(
                "{host} and we have no encryption in common: it has only outdated cipher suites \
                 or key exchanges, perhaps, or its certificate a kind of key that we cannot verify."
            ),
            OFFER_CIPHERS,
        ),
        TlsFault::NotTls => (
            format!("What answers at {host} on this port does not speak TLS."),
            "Check the port of the URL: a webhook can't be edited, so create a new one where it is wrong, \
             and send these candidates there. Else ask whoever runs it to offer TLS 1.2 or 1.3.",
        ),
    };
    Sentences::new(ActBy::Receiver, format!("{what} Nothing was sent."), advice).then_resend()
}

fn exchange(outcome: Outcome, subject: &Subject<'_>) -> Option<Sentences> {
    let host = subject.host;
    let seconds = subject.facts.timeout_s;
    let within = seconds.map_or("in time".to_owned(), |seconds| format!("within {seconds} s"));
    let explanation = match outcome {
        Outcome::ResponseTimeout => {
            return Some(Sentences::new(
                ActBy::Receiver,
                format!(
                    "We sent {}, but {host} did not confirm {within}. {} may have arrived.",
                    phrase::the_candidates(subject.candidate_count),
                    if subject.candidate_count == 1 { "It" } else { "They" },
                ),
                "Look there before you send again. (n8n: set the Webhook node to respond \
                 immediately.)",
            ));
        }
        Outcome::RequestSendTimeout => {
            format!("{host} stopped taking our request and did not have all of it {within}.")
        }
        Outcome::ConnectionReset | Outcome::ConnectionClosed => {
            format!("{host} broke off the connection without confirming. {}", arrival(subject))
        }
        Outcome::ResponseHeadersTooLarge => {
            format!("{host} answered with more headers than we read. {UNKNOWN}")
        }
        Outcome::ProtocolError if subject.facts.wants_tls => {
            return Some(Sentences::new(
                ActBy::Admin,
                format!(
                    "{host} answered in a way that is not HTTP. {UNKNOWN} Perhaps it speaks TLS on \
                     this port: the URL says http."
                ),
                "Try the URL with https. A webhook can't be edited: create a new one, then send \
                 these candidates there.",
            ));
        }
        Outcome::ProtocolError => {
            format!("{host} answered in a way that is not HTTP. {UNKNOWN}")
        }
        _ => return None,
    };
    let sentences = if subject.may_have_arrived {
        let advice = format!("Look there before you send again, and ask whoever runs {host}.");
        Sentences::new(ActBy::Receiver, explanation, advice)
    } else {
        Sentences::new(ActBy::Receiver, explanation, wait_or_ask(subject))
    };
    Some(sentences)
}

/// Whether the candidates may be there, although no answer came.
fn arrival(subject: &Subject<'_>) -> String {
    let candidates = phrase::sentence(phrase::the_candidates(subject.candidate_count));
    let have = if subject.candidate_count == 1 { "has" } else { "have" };
    if subject.may_have_arrived {
        format!("{candidates} may have arrived.")
    } else {
        format!("{candidates} {have} not arrived, or not completely.")
    }
}
