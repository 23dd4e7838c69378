//! What a developer reads about the answer of their receiver: what came back, and what to look at on
//! their own machine. The words of the log speak to the people of an organisation instead.

use std::time::Duration;

use domain::attempt::Attempt;
use domain::outcome::Outcome;

/// What went out, as far as the words need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    /// The receiver's host, as it was written.
    pub(super) host: &'a str,
    /// How many people the body carries; none where it is no payload.
    pub(super) people: Option<u32>,
    /// Bytes of the body.
    pub(super) bytes: usize,
    /// How long the answer was waited for.
    pub(super) timeout: Duration,
}

/// What happened, and what to do about it where there is something: else empty.
pub(super) fn words(attempt: &Attempt, sent: &Sent<'_>) -> (String, String) {
    let (what, advice) = match (attempt.outcome, &attempt.response) {
        (Outcome::Delivered, _) => (format!("accepted {}", people(sent.people)), String::new()),
        (outcome, Some(response)) => answered(outcome, response.status, attempt, sent),
        (outcome, None) if is_tls(outcome) => tls(outcome),
        (outcome, None) => unanswered(outcome, attempt, sent),
    };
    (format!("{} {what}.", sent.host), advice)
}

fn people(people: Option<u32>) -> String {
    match people {
        Some(1) => "the candidate".to_owned(),
        Some(2) => "both candidates".to_owned(),
        Some(count) if count > 0 => format!("all {count} candidates"),
        _ => "it".to_owned(),
    }
}

fn answered(outcome: Outcome, status: u16, attempt: &Attempt, sent: &Sent<'_>) -> (String, String) {
    let (what, advice) = match (outcome, status) {
        _ if attempt.facts.wants_tls => {
            ("it takes https at this port", "Begin the URL with https://.")
        }
        (_, 401 | 403) => ("it could not verify our signature, or wants a login", SIGNATURE),
        (_, 404 | 405) => (
            "it takes no POST at this path",
            "Check the path of the URL, and that the handler is one for POST.",
        ),
        (_, 415) => ("it does not take application/json", "Let it take that content type."),
        (Outcome::PayloadTooLarge, _) => {
            let what = format!("answered 413: {} bytes are more than it takes", sent.bytes);
            return (
                what,
                "Raise the limit of its bodies: docs/receivers.md tells how.".to_owned(),
            );
        }
        (Outcome::Gone, _) => (
            "it says that this address is closed for good",
            "A deployment would disable the webhook. Answer 410 only when that is meant.",
        ),
        (Outcome::Throttled, _) => (
            "it wants fewer requests",
            "A deployment would send the same again later, not before Retry-After.",
        ),
        (Outcome::RedirectRefused, _) => return redirected(status, attempt),
        (_, 504 | 524) => (
            "a gateway gave up waiting for what is behind it",
            "Answer with a 2xx first, and take the work up afterwards.",
        ),
        (Outcome::Http5xx, _) => ("something failed in it", "Its own log says what."),
        (Outcome::UnexpectedUpgrade, _) => ("that ends nothing", "Answer with a 2xx."),
        _ => ("it does not accept this", "Its answer above may say why. Only a 2xx accepts."),
    };
    (format!("answered {status}: {what}"), advice.to_owned())
}

/// What makes most signatures fail.
const SIGNATURE: &str = "Check that the receiver has the secret that was given here, that it verifies \
                         the bytes as they came, before they are parsed, and that its clock is right: \
                         verifiers refuse a timestamp that is 5 minutes off.";

fn redirected(status: u16, attempt: &Attempt) -> (String, String) {
    let to = attempt.facts.redirect_host.as_ref();
    let to = to.map(|host| format!(" to {host}")).unwrap_or_default();
    let advice = "No redirect is followed. Write the URL to which it leads: often it differs by https, \
                  by a slash at the end, or by a login that is asked for.";
    (format!("answered {status}: a redirect{to}"), advice.to_owned())
}

fn is_tls(outcome: Outcome) -> bool {
    outcome.as_str().starts_with("tls_")
}

fn tls(outcome: Outcome) -> (String, String) {
    const CERTIFICATE: &str = "Here http will do, or a certificate of an authority that this machine \
                               trusts. A deployment takes only those of public authorities, sent with \
                               the whole chain.";
    let (what, advice) = match outcome {
        Outcome::TlsCertExpired => ("has a certificate that has expired", CERTIFICATE),
        Outcome::TlsCertNotYetValid => ("has a certificate that is not valid yet", CERTIFICATE),
        Outcome::TlsNameMismatch => ("has a certificate for another name", CERTIFICATE),
        Outcome::TlsUntrusted => {
            ("has a certificate that this machine does not trust", CERTIFICATE)
        }
        Outcome::TlsClientCertRequired => (
            "wants a certificate of the sender, and there is none",
            "Let it verify the signature instead.",
        ),
        _ => (
            "did not agree on TLS",
            "If it speaks plain http at this port, begin the URL with http://. Else it needs TLS 1.2 \
             or 1.3.",
        ),
    };
    (what.to_owned(), advice.to_owned())
}

fn unanswered(outcome: Outcome, attempt: &Attempt, sent: &Sent<'_>) -> (String, String) {
    let (what, advice) = match outcome {
        Outcome::DnsNotFound | Outcome::DnsFailure | Outcome::DnsTimeout => (
            "has no address that this machine can find",
            "Check how it is written. A name of your own goes into the hosts file of this machine.",
        ),
        Outcome::ConnectRefused => (
            "listens at no such port",
            "Start the receiver, and check the port. In a container it has to listen on 0.0.0.0, and \
             its port has to be published.",
        ),
        Outcome::ConnectUnreachable | Outcome::ConnectTimeout => (
            "cannot be reached",
            "Check the address, and whether a firewall or a VPN is in between.",
        ),
        Outcome::RequestSendTimeout | Outcome::ResponseTimeout => {
            let seconds = sent.timeout.as_secs_f64();
            let advice = "Answer with a 2xx first, and take the work up afterwards: a deployment waits \
                          30 s. --timeout waits longer.";
            return (format!("did not answer within {seconds} s"), advice.to_owned());
        }
        _ if attempt.facts.wants_tls => (
            "answered what is no HTTP",
            "If it takes https at this port, begin the URL with https://.",
        ),
        Outcome::ConnectionReset | Outcome::ConnectionClosed => (
            "closed the connection without an answer",
            "Its own log says why: perhaps it broke off, or did not read the whole request.",
        ),
        Outcome::ResponseHeadersTooLarge => {
            ("answered with too many headers, or too large ones", "Answer with fewer.")
        }
        Outcome::ProtocolError => ("answered what is no HTTP/1.1", "Check the port."),
        _ => return own(attempt),
    };
    (what.to_owned(), advice.to_owned())
}

/// What failed before the receiver had a part in it.
fn own(attempt: &Attempt) -> (String, String) {
    let fault = attempt.facts.own_fault.map(|fault| fault.to_string()).unwrap_or_default();
    ("got nothing: something failed on this machine".to_owned(), fault)
}

#[cfg(test)]
mod tests {
    use domain::attempt::Response;

    use super::*;

    const SENT: Sent<'_> = Sent {
        host: "localhost",
        people: Some(2),
        bytes: 900,
        timeout: Duration::from_millis(1_500),
    };

    fn attempt(outcome: Outcome, status: Option<u16>) -> Attempt {
        let response = status.map(|status| Response {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            truncated: false,
            too_large: false,
        });
        Attempt { response, ..Attempt::without_request(outcome) }
    }

    #[test]
    fn a_status_is_told_with_what_to_look_at() {
        let table = [
            (200, "localhost accepted both candidates.", ""),
            (302, "localhost answered 302: a redirect.", "No redirect is followed"),
            (401, "localhost answered 401: it could not verify our signature", "the secret"),
            (403, "localhost answered 403: it could not verify our signature", "the bytes"),
            (405, "localhost answered 405: it takes no POST", "the path"),
            (410, "localhost answered 410: it says", "would disable"),
            (413, "localhost answered 413: 900 bytes are more", "Raise"),
            (422, "localhost answered 422: it does not accept this.", "Its answer"),
            (429, "localhost answered 429: it wants fewer", "Retry-After"),
            (500, "localhost answered 500: something failed in it.", "log"),
            (504, "localhost answered 504: a gateway", "afterwards"),
        ];
        for (status, what, advice) in table {
            let told = words(&attempt(Outcome::of_status(status), Some(status)), &SENT);
            assert!(told.0.starts_with(what), "{status}: {}", told.0);
            assert!(told.1.contains(advice), "{status}: {}", told.1);
            assert_eq!(told.1.is_empty(), status == 200);
        }
    }

    #[test]
    fn nothing_is_told_that_only_a_deployment_has() {
        for outcome in Outcome::ALL {
            let (what, advice) = words(&attempt(*outcome, None), &SENT);
            assert!(what.starts_with("localhost ") && what.ends_with('.'), "{what}");
            for word in
                ["webhook can't", "resend", "Quote", "our firewall", "lets us in", "support"]
            {
                assert!(!what.contains(word) && !advice.contains(word), "{outcome}: {advice}");
            }
        }
        let (what, _) = words(&attempt(Outcome::ResponseTimeout, None), &SENT);
        assert_eq!(what, "localhost did not answer within 1.5 s.");
        let mut wants = attempt(Outcome::ProtocolError, None);
        wants.facts.wants_tls = true;
        assert!(words(&wants, &SENT).1.contains("https://"));
    }
}
