//! From an error of the HTTP client to an outcome: by the types in its source chain and the
//! phase that the attempt had reached, never by text.

use std::error::Error;
use std::io;

use chrono::DateTime;
use domain::attempt::{Facts, OwnFault, TlsFault};
use domain::outcome::Outcome;
use rustls::{
    AlertDescription, CertificateError, InvalidMessage, PeerIncompatible, PeerMisbehaved,
};

use crate::client::CertificateFault;
use crate::fault;
use crate::probe::{Phase, Probe};

/// An outcome with what else is known.
type Verdict = (Outcome, Facts);

/// What an error means for the attempt of that probe.
pub(crate) fn classify(error: &reqwest::Error, probe: &Probe) -> Verdict {
    let (phase, body_sent) = (probe.phase(), probe.body_sent());
    let ipv4_only = probe.addresses().iter().all(std::net::SocketAddr::is_ipv4);
    let mut source = error.source();
    let mut found = None;
    while let Some(error) = source {
        if let Some(verdict) = of_link(error, phase, body_sent, ipv4_only) {
            found = Some(verdict);
        }
        source = deeper(error);
    }
    found.unwrap_or_else(|| plain(fallback(error, phase)))
}

fn plain(outcome: Outcome) -> Verdict {
    (outcome, Facts::default())
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
    ipv4_only: bool,
) -> Option<Verdict> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(of_tls(error, phase));
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return of_http(error).map(plain);
    }
    let error = error.downcast_ref::<io::Error>()?;
    if let Some(fault) = own_fault(error, phase, ipv4_only) {
        let facts = Facts { own_fault: Some(fault), ..Facts::default() };
        return Some((Outcome::InternalError, facts));
    }
    of_io(error.kind(), phase, body_sent).map(plain)
}

/// Whether we are at fault. That no local address is available means that all ports are taken;
/// with IPv6 it may as well mean that there is no IPv6 here.
fn own_fault(error: &io::Error, phase: Phase, ipv4_only: bool) -> Option<OwnFault> {
    let no_port = error.kind() == io::ErrorKind::AddrNotAvailable;
    if no_port && ipv4_only && matches!(phase, Phase::Waiting | Phase::Connecting) {
        return Some(OwnFault::Ports);
    }
    fault::of_io(error)
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

fn of_tls(error: &rustls::Error, phase: Phase) -> Verdict {
    match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error),
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::NoCertificate,
        ) => plain(Outcome::TlsClientCertRequired),
        _ if phase != Phase::Exchange => {
            (Outcome::TlsHandshake, Facts { tls: of_handshake(error), ..Facts::default() })
        }
        rustls::Error::AlertReceived(_) => plain(Outcome::ConnectionReset),
        _ => plain(Outcome::ProtocolError),
    }
}

/// From a time of a certificate on.
fn since(time: &rustls::pki_types::UnixTime) -> Facts {
    let seconds = i64::try_from(time.as_secs()).ok();
    let certificate_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    Facts { certificate_at, ..Facts::default() }
}

fn of_certificate(error: &CertificateError) -> Verdict {
    match error {
        CertificateError::Expired => plain(Outcome::TlsCertExpired),
        CertificateError::ExpiredContext { not_after, .. } => {
            (Outcome::TlsCertExpired, since(not_after))
        }
        CertificateError::NotValidYet => plain(Outcome::TlsCertNotYetValid),
        CertificateError::NotValidYetContext { not_before, .. } => {
            (Outcome::TlsCertNotYetValid, since(not_before))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            plain(Outcome::TlsNameMismatch)
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            untrusted(TlsFault::UnverifiableKey)
        }
        CertificateError::Other(other) => match other.0.downcast_ref() {
            Some(fault) => of_chain(*fault),
            None => plain(Outcome::TlsUntrusted),
        },
        _ => plain(Outcome::TlsUntrusted),
    }
}

fn untrusted(fault: TlsFault) -> Verdict {
    (Outcome::TlsUntrusted, Facts { tls: Some(fault), ..Facts::default() })
}

fn of_chain(fault: CertificateFault) -> Verdict {
    let of_issuer = |time| Facts { tls: Some(TlsFault::OfIssuer), ..since(time) };
    match fault {
        CertificateFault::IncompleteChain => untrusted(TlsFault::IncompleteChain),
        CertificateFault::SelfSigned => untrusted(TlsFault::SelfSigned),
        CertificateFault::UnverifiableKey => untrusted(TlsFault::UnverifiableKey),
        CertificateFault::WrongUse => untrusted(TlsFault::WrongUse),
        CertificateFault::IssuerExpired(at) => (Outcome::TlsCertExpired, of_issuer(&at)),
        CertificateFault::IssuerNotYetValid(at) => (Outcome::TlsCertNotYetValid, of_issuer(&at)),
    }
}

/// Why both sides could not agree. A receiver tells by an alert (RFC 8446, section 6.2), or by
/// choosing what we did not offer.
fn of_handshake(error: &rustls::Error) -> Option<TlsFault> {
    match error {
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => Some(TlsFault::OldVersion),
        rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        )
        | rustls::Error::PeerMisbehaved(
            PeerMisbehaved::SelectedUnofferedCipherSuite
            | PeerMisbehaved::SelectedUnofferedKxGroup
            | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion,
        )
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::NoKxGroupsInCommon
            | PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::ExtendedMasterSecretExtensionRequired,
        ) => Some(TlsFault::NoCipherInCommon),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Some(TlsFault::NotTls),
        _ => None,
    }
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
    use rustix::io::Errno;

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

    #[test]
    fn what_we_ran_out_of_is_not_the_receivers_failure() {
        let out_of = |errno: Errno, ipv4_only| {
            let error = io::Error::from(errno);
            let verdict = of_link(&error, Phase::Connecting, false, ipv4_only);
            verdict.map(|(outcome, facts)| (outcome, facts.own_fault))
        };
        let own = |fault| Some((Outcome::InternalError, Some(fault)));
        assert_eq!(out_of(Errno::MFILE, true), own(OwnFault::Descriptors));
        assert_eq!(out_of(Errno::NOBUFS, false), own(OwnFault::Memory));
        assert_eq!(out_of(Errno::ADDRNOTAVAIL, true), own(OwnFault::Ports));
        let unreachable = Some((Outcome::ConnectUnreachable, None));
        assert_eq!(out_of(Errno::ADDRNOTAVAIL, false), unreachable, "perhaps there is no IPv6");
        assert_eq!(out_of(Errno::NETUNREACH, true), unreachable);
    }

    #[test]
    fn an_old_version_is_told_from_old_cipher_suites() {
        let of = |error: rustls::Error| {
            let (outcome, facts) = of_tls(&error, Phase::Handshake);
            assert_eq!(outcome, Outcome::TlsHandshake);
            facts.tls
        };
        let alert = |description| of(rustls::Error::AlertReceived(description));
        assert_eq!(alert(AlertDescription::ProtocolVersion), Some(TlsFault::OldVersion));
        let old = PeerIncompatible::ServerDoesNotSupportTls12Or13;
        assert_eq!(of(old.into()), Some(TlsFault::OldVersion));
        assert_eq!(alert(AlertDescription::HandshakeFailure), Some(TlsFault::NoCipherInCommon));
        assert_eq!(alert(AlertDescription::InsufficientSecurity), Some(TlsFault::NoCipherInCommon));
        let unoffered = PeerMisbehaved::SelectedUnofferedCipherSuite;
        assert_eq!(of(unoffered.into()), Some(TlsFault::NoCipherInCommon));
        assert_eq!(alert(AlertDescription::InternalError), None);
    }
}
