//! From an error of the HTTP client to an outcome: by the types in its source chain and the
//! phase that the attempt had reached, never by text.

use std::error::Error;
use std::io;

use chrono::{DateTime, Utc};
use domain::outcome::Outcome;
use rustls::{AlertDescription, CertificateError};

use crate::probe::Phase;

/// What an error means, with the date of a certificate where that is the matter; `body_sent`
/// says whether the request had gone out.
pub(crate) fn classify(
    error: &reqwest::Error,
    phase: Phase,
    body_sent: bool,
) -> (Outcome, Option<DateTime<Utc>>) {
    let mut source = error.source();
    let mut found = None;
    while let Some(error) = source {
        if let Some(verdict) = of_link(error, phase, body_sent) {
            found = Some(verdict);
        }
        source = deeper(error);
    }
    found.unwrap_or_else(|| (fallback(error, phase), None))
}

/// What a time-out means in that phase; `body_sent` says whether the request had gone out.
pub(crate) fn timed_out(phase: Phase, body_sent: bool) -> Outcome {
    match phase {
        Phase::Connecting => Outcome::ConnectTimeout,
        Phase::Handshake => Outcome::TlsTimeout,
        Phase::Waiting | Phase::Exchange if body_sent => Outcome::ResponseTimeout,
        Phase::Waiting | Phase::Exchange => Outcome::RequestSendTimeout,
    }
}

/// `io::Error` hides a custom error from `source`: its own source is that of the inner error.
fn deeper<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The verdict of one error of the chain; the innermost that has one wins.
fn of_link(
    error: &(dyn Error + 'static),
    phase: Phase,
    body_sent: bool,
) -> Option<(Outcome, Option<DateTime<Utc>>)> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(of_tls(error, phase));
    }
    let plain = |outcome| Some((outcome, None));
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return of_http(error).and_then(plain);
    }
    let error = error.downcast_ref::<io::Error>()?;
    of_io(error.kind(), phase, body_sent).and_then(plain)
}

fn of_http(error: &hyper::Error) -> Option<Outcome> {
    if error.is_parse_too_large() {
        Some(Outcome::ResponseHeadersTooLarge)
    } else if error.is_parse() {
        Some(Outcome::ProtocolError)
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Some(Outcome::ConnectionClosed)
    } else if error.source().is_none() {
        // An answer to no question, such as a greeting or the settings of HTTP/2.
        Some(Outcome::ProtocolError)
    } else {
        None
    }
}

fn of_io(kind: io::ErrorKind, phase: Phase, body_sent: bool) -> Option<Outcome> {
    use io::ErrorKind as Kind;
    Some(match (kind, phase) {
        // The kernel gives up on a peer that takes nothing for long, maybe before our deadline.
        (Kind::TimedOut, phase) => timed_out(phase, body_sent),
        (Kind::ConnectionRefused, _) => Outcome::ConnectRefused,
        (Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable, _) => {
            Outcome::ConnectUnreachable
        }
        (
            Kind::ConnectionReset
            | Kind::BrokenPipe
            | Kind::ConnectionAborted
            | Kind::UnexpectedEof,
            Phase::Handshake,
        ) => Outcome::TlsHandshake,
        (Kind::ConnectionReset | Kind::BrokenPipe | Kind::ConnectionAborted, _) => {
            Outcome::ConnectionReset
        }
        (Kind::UnexpectedEof, _) => Outcome::ConnectionClosed,
        (Kind::InvalidData, Phase::Handshake) => Outcome::TlsHandshake,
        (Kind::PermissionDenied, Phase::Connecting) => Outcome::ConnectUnreachable,
        _ => return None,
    })
}

fn of_tls(error: &rustls::Error, phase: Phase) -> (Outcome, Option<DateTime<Utc>>) {
    let at = |time: &rustls::pki_types::UnixTime| {
        i64::try_from(time.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0))
    };
    let outcome = match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired => Outcome::TlsCertExpired,
            CertificateError::ExpiredContext { not_after, .. } => {
                return (Outcome::TlsCertExpired, at(not_after));
            }
            CertificateError::NotValidYet => Outcome::TlsCertNotYetValid,
            CertificateError::NotValidYetContext { not_before, .. } => {
                return (Outcome::TlsCertNotYetValid, at(not_before));
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Outcome::TlsNameMismatch
            }
            _ => Outcome::TlsUntrusted,
        },
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::NoCertificate,
        ) => Outcome::TlsClientCertRequired,
        _ if phase != Phase::Exchange => Outcome::TlsHandshake,
        rustls::Error::AlertReceived(_) => Outcome::ConnectionReset,
        _ => Outcome::ProtocolError,
    };
    (outcome, None)
}

fn fallback(error: &reqwest::Error, phase: Phase) -> Outcome {
    match phase {
        Phase::Connecting | Phase::Handshake if error.is_timeout() => timed_out(phase, false),
        Phase::Connecting => Outcome::ConnectUnreachable,
        Phase::Handshake => Outcome::TlsHandshake,
        Phase::Waiting | Phase::Exchange if error.is_body() => Outcome::ConnectionReset,
        Phase::Waiting | Phase::Exchange => Outcome::ProtocolError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_the_kernel_gave_up_on_has_timed_out() {
        let timed_out = |phase, sent| of_io(io::ErrorKind::TimedOut, phase, sent);
        assert_eq!(timed_out(Phase::Connecting, false), Some(Outcome::ConnectTimeout));
        assert_eq!(timed_out(Phase::Exchange, false), Some(Outcome::RequestSendTimeout));
        assert_eq!(timed_out(Phase::Exchange, true), Some(Outcome::ResponseTimeout));
    }

    #[test]
    fn an_alert_after_the_handshake_is_not_of_the_handshake() {
        let alert =
            |description, phase| of_tls(&rustls::Error::AlertReceived(description), phase).0;
        let internal = AlertDescription::InternalError;
        assert_eq!(alert(internal, Phase::Handshake), Outcome::TlsHandshake);
        assert_eq!(alert(internal, Phase::Exchange), Outcome::ConnectionReset);
        let wanted = AlertDescription::CertificateRequired;
        assert_eq!(alert(wanted, Phase::Exchange), Outcome::TlsClientCertRequired);
    }
}
