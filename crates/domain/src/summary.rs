//! Summaries: by what attempts and exports are counted, and the sentence that a line of them says.

use serde::{Deserialize, Serialize};

use crate::explanation::phrase;
use crate::export::{ExportStatus, words};
use crate::outcome::Outcome;

words!(
    /// What attempts are counted by.
    AttemptGroup {
        /// The host that they went to.
        Host = "host",
        /// What came of them.
        Outcome = "outcome",
        /// Whose they are.
        Organisation = "organisation",
        /// The webhook that they went to.
        Webhook = "webhook",
        /// The UTC day on which they began.
        Day = "day",
    }
);

words!(
    /// What exports are counted by.
    ExportGroup {
        /// The host that they go to.
        Host = "host",
        /// Where they stand.
        Status = "status",
        /// What came of the attempt that ended them.
        Outcome = "outcome",
        /// Whose they are.
        Organisation = "organisation",
        /// The webhook that they go to.
        Webhook = "webhook",
        /// The UTC day on which they were asked for.
        Day = "day",
    }
);

/// What several attempts or exports have in common, in one sentence; `host` as its reader may see it, where
/// it is one.
pub fn sentence(outcome: Outcome, host: Option<&str>) -> String {
    let text = of_outcome(outcome, host.unwrap_or(NO_HOST));
    if host.is_none() { phrase::sentence(&text) } else { text }
}

const NO_HOST: &str = "the receiver";

fn of_outcome(outcome: Outcome, host: &str) -> String {
    match outcome {
        Outcome::Delivered => format!("{host} accepted the candidates."),
        Outcome::Http4xx => format!("{host} answered, but would not take the candidates (4xx)."),
        Outcome::Http5xx => format!("{host} had an internal error or was not available (5xx)."),
        Outcome::Throttled => format!("{host} was busy and asked us to wait (429)."),
        Outcome::Gone => format!("{host} said that this address is closed for good (410)."),
        Outcome::PayloadTooLarge => {
            format!("The candidates were more than {host} takes at once (413).")
        }
        Outcome::RedirectRefused => {
            format!("{host} sent us on to another address; for safety we don't follow.")
        }
        Outcome::UnexpectedUpgrade => {
            format!("{host} answered in another protocol instead of confirming.")
        }
        Outcome::DnsNotFound => format!("There was no system called {host} on the internet."),
        Outcome::DnsFailure => format!("The address of {host} could not be looked up."),
        Outcome::DnsTimeout => format!("Looking up the address of {host} took too long."),
        Outcome::BlockedAddress => format!("The address of {host} is not publicly accessible."),
        Outcome::InvalidUrl => format!("The URL at {host} is no longer allowed."),
        Outcome::ConnectRefused => format!("{host} refused the connection; nothing was sent."),
        Outcome::ConnectUnreachable => format!("There was no way to {host}; nothing was sent."),
        Outcome::ConnectTimeout => {
            format!("{host} did not answer when we connected; nothing was sent.")
        }
        _ => of_connection(outcome, host),
    }
}

fn of_connection(outcome: Outcome, host: &str) -> String {
    match outcome {
        Outcome::TlsCertExpired => format!("The security certificate of {host} has expired."),
        Outcome::TlsCertNotYetValid => {
            format!("The security certificate of {host} is not valid yet.")
        }
        Outcome::TlsNameMismatch => {
            format!("The security certificate of {host} belongs to another name.")
        }
        Outcome::TlsUntrusted => {
            format!("The security certificate of {host} is from an unknown issuer.")
        }
        Outcome::TlsHandshake => format!("No secure connection to {host} could be made."),
        Outcome::TlsTimeout => format!("Making a secure connection to {host} took too long."),
        Outcome::TlsClientCertRequired => format!("{host} wanted a certificate of ours."),
        Outcome::ConnectionReset => format!("{host} broke the connection off before it answered."),
        Outcome::ConnectionClosed => format!("{host} closed the connection without an answer."),
        Outcome::RequestSendTimeout => format!("{host} did not take the request in time."),
        Outcome::ResponseTimeout => {
            format!("{host} did not confirm in time; the candidates may have arrived.")
        }
        Outcome::ResponseHeadersTooLarge => format!("The answer of {host} was too large to read."),
        Outcome::ProtocolError => format!("{host} answered something that is not HTTP."),
        Outcome::WorkerLost | Outcome::Aborted => {
            format!("We were interrupted while we sent to {host}.")
        }
        Outcome::WebhookDisabled => {
            format!("The webhook at {host} was disabled while they waited.")
        }
        Outcome::Expired => format!("They waited for {host} until their deadline had passed."),
        _ => format!("Something failed on our side before we could send to {host}."),
    }
}

/// Where several exports stand that have no outcome, in one sentence.
pub fn standing(status: ExportStatus, host: Option<&str>) -> String {
    let is_one = host.is_some();
    let host = host.unwrap_or(NO_HOST);
    let text = match status {
        ExportStatus::Queued => format!("These exports wait to be sent to {host}."),
        ExportStatus::Delivering => format!("These exports are being sent to {host} now."),
        ExportStatus::Retrying => format!("These exports are tried again at {host}."),
        ExportStatus::Delivered => format!("{host} accepted these exports."),
        ExportStatus::Failed => format!("These exports were not delivered to {host}."),
        ExportStatus::Cancelled => format!("These exports to {host} were cancelled."),
    };
    if is_one { text } else { phrase::sentence(&text) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_outcome_and_status_has_a_sentence_of_its_own() {
        let outcomes = Outcome::ALL.iter().map(|outcome| sentence(*outcome, Some("a.example.com")));
        let all = ExportStatus::ALL.iter();
        let statuses = all.map(|status| standing(*status, Some("a.example.com")));
        let sentences: Vec<_> = outcomes.chain(statuses).collect();
        for sentence in &sentences {
            assert!(sentence.ends_with('.') && sentence.len() < 90, "{sentence}");
            assert!(sentence.contains("a.example.com"), "{sentence}");
        }
        let different: BTreeSet<_> = sentences.iter().collect();
        assert_eq!(different.len(), sentences.len() - 1, "worker_lost and aborted share one");
        assert_eq!(
            sentence(Outcome::Throttled, None),
            "The receiver was busy and asked us to wait (429)."
        );
    }
}
