//! The words in the facts of an attempt: what exactly it was, where the outcome alone says too
//! little to act on. Kept as JSON, each under a name that stays.

use serde::{Deserialize, Serialize};

/// In what a redirect to the same host differs from the URL that we sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// It leads to https, from http.
    Https,
    /// It leads to http, from https.
    Http,
    /// Another port.
    Port,
    /// A slash at the end of the path, more or less.
    Slash,
    /// Another path.
    Path,
    /// The same path with another query.
    Query,
    /// None at all: it leads back to where it came from.
    Nothing,
}

/// Why TLS failed, where its outcome has several reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsFault {
    /// The receiver did not send the certificate of an issuer, or nobody that we trust is behind it:
    /// from outside both look the same.
    IncompleteChain,
    /// Its certificate is signed by itself.
    SelfSigned,
    /// A key or a signature of a kind that we cannot verify.
    UnverifiableKey,
    /// A certificate, its own or an issuer's, that may not be used for this.
    WrongUse,
    /// What the outcome says of a certificate is true of an issuer's, and not of its own.
    OfIssuer,
    /// No version of TLS that we speak.
    OldVersion,
    /// No cipher suite, key exchange or signature in common.
    NoCipherInCommon,
    /// What came was not TLS.
    NotTls,
}

/// What failed on our side, so that nothing, or not all, was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnFault {
    /// No file descriptor was left, in this process or on this machine.
    Descriptors,
    /// No memory was left for the network.
    Memory,
    /// No local port was left.
    Ports,
    /// No name server is configured, or the configuration cannot be read.
    NameServers,
    /// A sealed value does not open.
    Sealed,
    /// The payload of the export is missing or could not be read.
    Payload,
    /// A defect of ours.
    Defect,
}

impl std::fmt::Display for OwnFault {
    /// What to look at, for whoever runs the worker.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Descriptors => {
                "no file descriptors are left: raise the limit or lower CONCURRENCY"
            }
            Self::Memory => "no memory is left for the network",
            Self::Ports => "no local ports are left",
            Self::NameServers => {
                "no name servers are known: mend /etc/resolv.conf or set DNS_SERVERS"
            }
            Self::Sealed => "a sealed value does not open: check SECRET_KEYS",
            Self::Payload => "the payload is missing or could not be read",
            Self::Defect => "a defect of ours",
        })
    }
}
