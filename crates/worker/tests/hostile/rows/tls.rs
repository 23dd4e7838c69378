//! Receivers whose certificate or handshake is not as it should be.

use std::time::Duration;

use chrono::Datelike;
use domain::attempt::TlsFault;
use domain::outcome::Outcome;

use crate::certificates::Tls;
use crate::row::{
    Check, Expected, Listen, Row, Step, delivered, failed, message, one_of, unsure, write,
};

pub fn rows() -> Vec<Row> {
    [certificates(), handshakes(), established()].into_iter().flatten().collect()
}

fn refused(name: &str, tls: Tls, expected: Expected) -> Row {
    Row::new(name, vec![], expected)
        .listen(Listen::Tls(tls))
        .check("nothing of the body left", |attempt| attempt.request_bytes_sent == 0)
}

fn certificates() -> Vec<Row> {
    vec![
        refused("certificate that expired", Tls::Expired, failed(Outcome::TlsCertExpired))
            .check("it says since when", |attempt| {
                attempt.facts.certificate_at.is_some_and(|at| at.year() == 2024)
            }),
        refused("certificate of the future", Tls::NotYetValid, failed(Outcome::TlsCertNotYetValid))
            .check("it says from when", |attempt| {
                attempt.facts.certificate_at.is_some_and(|at| at.year() == 4000)
            }),
        refused("certificate of another name", Tls::WrongName, failed(Outcome::TlsNameMismatch)),
        refused("certificate nobody trusts", Tls::Untrusted, failed(Outcome::TlsUntrusted))
            .check("it is nothing else", |attempt| attempt.facts.tls.is_none()),
        refused("certificate signed by itself", Tls::SelfSigned, failed(Outcome::TlsUntrusted))
            .check("it says so", |attempt| attempt.facts.tls == Some(TlsFault::SelfSigned)),
        refused("certificate without its issuer's", Tls::Incomplete, failed(Outcome::TlsUntrusted))
            .check("it says so", |attempt| attempt.facts.tls == Some(TlsFault::IncompleteChain)),
        refused("chain with a hole higher up", Tls::Hole, failed(Outcome::TlsUntrusted))
            .check("it says so", |attempt| attempt.facts.tls == Some(TlsFault::IncompleteChain)),
        refused("issuer that expired", Tls::ExpiredIssuer, failed(Outcome::TlsCertExpired)).check(
            "it says whose and since when",
            |attempt| {
                attempt.facts.tls == Some(TlsFault::OfIssuer)
                    && attempt.facts.certificate_at.is_some_and(|at| at.year() == 2024)
            },
        ),
        refused("certificate for clients", Tls::WrongPurpose, failed(Outcome::TlsUntrusted))
            .check("it says so", |attempt| attempt.facts.tls == Some(TlsFault::WrongUse)),
        refused("chain of 1,000 certificates", Tls::LongChain, failed(Outcome::TlsHandshake)),
        refused("HTTP/2 only, by ALPN", Tls::Http2Only, failed(Outcome::TlsHandshake)),
        refused(
            "TLS 1.2 that wants a client certificate",
            Tls::WantsClientOld,
            failed(Outcome::TlsClientCertRequired),
        ),
        // TLS 1.3 lets us send before the receiver judges: the request may have left.
        Row::new(
            "TLS 1.3 that wants a client certificate",
            vec![],
            failed(Outcome::TlsClientCertRequired),
        )
        .listen(Listen::Tls(Tls::WantsClient)),
    ]
}

fn handshakes() -> Vec<Row> {
    let row = |name: &str, script: Vec<Step>, outcome| {
        Row::new(name, script, failed(outcome))
            .listen(Listen::NoTls)
            .check("nothing of the body left", |attempt| attempt.request_bytes_sent == 0)
    };
    let then_hang =
        |name: &str, bytes: &[u8]| row(name, vec![write(bytes), Step::Hang], Outcome::TlsHandshake);
    let old: Check = |attempt| attempt.facts.tls == Some(TlsFault::OldVersion);
    let no_cipher: Check = |attempt| attempt.facts.tls == Some(TlsFault::NoCipherInCommon);
    let endless = [b"\x16\x03\x03\x40\x00\x02\x00\xff\xff".to_vec(), vec![0; 16_375]].concat();
    let slow = Step::Drip(endless.clone(), Duration::from_millis(100));
    let hello = b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01";
    let hello = [&hello[..], &[7; 32], b"\x00\x00\x2f\x00"].concat();
    let old_suite = [&hello[..9], b"\x03\x03", &hello[11..]].concat();
    let long = [&b"\x16\x03\x03\xff\xff"[..], &[0; 9_000]].concat();
    // It may come when TCP stands and TLS has not begun.
    let reset = one_of(&[Outcome::TlsHandshake, Outcome::ConnectionReset]);
    vec![
        row("handshake that stalls", vec![Step::Hang], Outcome::TlsTimeout),
        row("handshake byte by byte", vec![slow], Outcome::TlsTimeout),
        row("handshake that never ends", vec![Step::Flood(endless)], Outcome::TlsHandshake),
        row("close during the handshake", vec![], Outcome::TlsHandshake),
        Row::new("reset during the handshake", vec![Step::Reset], reset).listen(Listen::NoTls),
        then_hang("plain HTTP instead of TLS", &message("400 Bad Request", &[], b""))
            .check("it says so", |attempt| attempt.facts.tls == Some(TlsFault::NotTls)),
        then_hang("noise instead of TLS", &[0xa5; 4_096]),
        // What servers say that find no cipher suite, or no version, in our hello (RFC 5246).
        then_hang("alert instead of TLS", b"\x15\x03\x03\x00\x02\x02\x28")
            .check("it says why", no_cipher),
        then_hang("alert that security is too low", b"\x15\x03\x03\x00\x02\x02\x47")
            .check("it says why", no_cipher),
        then_hang("alert that the version is too new", b"\x15\x03\x01\x00\x02\x02\x46")
            .check("it says why", old),
        then_hang("TLS 1.0 hello", &hello).check("it says why", old),
        then_hang("TLS 1.2 hello with an old cipher suite", &old_suite)
            .check("it says why", no_cipher),
        then_hang("record longer than TLS allows", &long),
    ]
}

fn established() -> Vec<Row> {
    let ok = || write(message("200 OK", &["content-length: 2"], b"ok"));
    let open = write(message("200 OK", &[], b"ok"));
    let row = |name: &str, rest: Vec<Step>, expected| {
        Row::new(name, [vec![Step::Request], rest].concat(), expected)
            .listen(Listen::Tls(Tls::Good))
    };
    let beside = |bytes: &[u8]| vec![Step::Plain(bytes.to_vec()), Step::Hang];
    let plain = beside(&message("200 OK", &["content-length: 0"], b""));
    let alert = beside(b"\x15\x03\x03\x00\x02\x02\x50");
    let flood = vec![Step::Flood(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(64))];
    let kept: Check = |attempt| {
        let response = attempt.response.as_ref();
        response.is_some_and(|response| response.body == b"ok" && response.truncated)
    };
    vec![
        row("TLS 1.3 as it should be", vec![ok()], delivered(200))
            .check("connecting was timed", |attempt| attempt.timing.connect_ms.is_some()),
        row("TLS 1.2 as it should be", vec![ok()], delivered(200)).listen(Listen::Tls(Tls::Old)),
        row("certificate with its issuer's", vec![ok()], delivered(200))
            .listen(Listen::Tls(Tls::Intermediate)),
        row("no farewell of TLS after the answer", vec![open, Step::Vanish], delivered(200))
            .check("the body is kept", kept),
        row("no farewell of TLS, no answer", vec![Step::Vanish], unsure(Outcome::ConnectionClosed)),
        row("TLS and no answer", vec![Step::Hang], unsure(Outcome::ResponseTimeout)),
        row("TLS and a flood of 100 Continue", flood, unsure(Outcome::ResponseTimeout)),
        row("TLS and a reset", vec![Step::Reset], unsure(Outcome::ConnectionReset)),
        row("plain text beside TLS", plain, unsure(Outcome::ProtocolError)),
        row("plain alert beside TLS", alert, unsure(Outcome::ProtocolError)),
    ]
}
