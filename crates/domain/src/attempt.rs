//! What came of one try to POST an export: a plain value that `worker::send` makes and `store`
//! records.

mod fact;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

use crate::outcome::Outcome;
use crate::role::Role;
use crate::webhook_url::host_for;

pub use fact::{Difference, OwnFault, TlsFault};

/// How we introduce ourselves to receivers.
pub const USER_AGENT: &str = concat!("talentATS-Webhooks/", env!("CARGO_PKG_VERSION"));

/// Bytes of an answer that the log keeps.
pub const BODY_KEPT_BYTES: usize = 4 * 1024;

/// Bytes of an answer that are read at most; what comes after is cut.
pub const BODY_READ_BYTES: usize = 64 * 1024;

/// The result of one attempt. Always made, whatever happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// What came of it.
    pub outcome: Outcome,
    /// The receiver may have the data, although it did not accept them: [`is_ambiguous`].
    pub ambiguous: bool,
    /// How long each phase took.
    pub timing: Timing,
    /// Bytes of the body that were handed to the connection.
    pub request_bytes_sent: usize,
    /// What the receiver answered, if it did.
    pub response: Option<Response>,
    /// What the explanation of the outcome fills in.
    pub facts: Facts,
    /// The address that was connected to; null on a reused connection of unknown peer.
    pub resolved_address: Option<IpAddr>,
    /// `Retry-After` of the answer, in seconds from its arrival, where it was well-formed.
    pub retry_after_s: Option<u32>,
}

/// Durations in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// Resolution of the name; null on a reused connection and for literals.
    pub dns_ms: Option<u32>,
    /// TCP and TLS; null on a reused connection.
    pub connect_ms: Option<u32>,
    /// From the start until the head of the answer had arrived.
    pub first_byte_ms: Option<u32>,
    /// From the start to the end of the answer.
    pub total_ms: u32,
}

/// What the receiver answered, cut to what may be kept.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Allow-listed headers; `location` as host only.
    pub headers: Vec<(String, String)>,
    /// The first [`BODY_KEPT_BYTES`] of the body, as received; of UTF-8 only whole characters.
    pub body: Vec<u8>,
    /// The body was longer than what is kept.
    pub truncated: bool,
    /// The body was longer than [`BODY_READ_BYTES`].
    pub too_large: bool,
}

/// A receiver's body may quote personal data: it is never printed.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Facts that explanations fill in; never text that a receiver wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// When the certificate expired, or when it becomes valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_at: Option<DateTime<Utc>>,
    /// Host that a redirect pointed to, punycode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_host: Option<String>,
    /// In what a redirect to the same host differs; none of one to another host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_differs: Vec<Difference>,
    /// Something in front of the receiver took us for a bot.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub taken_for_bot: bool,
    /// The URL says `http`, and what answered wants TLS (with an answer that is no HTTP: perhaps).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wants_tls: bool,
    /// Why TLS failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFault>,
    /// What failed on our side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_fault: Option<OwnFault>,
    /// The rule of the URL guard that the URL breaks now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_rule: Option<String>,
    /// Whole seconds that the receiver was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u32>,
}

/// Statuses by which a gateway says that it gave up waiting for what is behind it: 504 (RFC 9110,
/// section 15.6.5), and 524 of Cloudflare.
const GATEWAY_GAVE_UP: [u16; 2] = [504, 524];

/// Whether the receiver may have the data of an attempt that it did not accept. `body_out`: the whole
/// body was handed to the connection. It rules the next try, the flag and the words alike.
pub fn is_ambiguous(outcome: Outcome, http_status: Option<u16>, body_out: bool) -> bool {
    match outcome {
        // Who vanished took its knowledge along.
        Outcome::WorkerLost => true,
        // TLS 1.3 lets us send before the receiver judges our certificate: it refused all the same.
        Outcome::TlsClientCertRequired => false,
        _ if !body_out => false,
        _ => http_status.is_none_or(|status| GATEWAY_GAVE_UP.contains(&status)),
    }
}

impl Facts {
    /// No facts.
    pub const NONE: Self = Self {
        certificate_at: None,
        redirect_host: None,
        redirect_differs: Vec::new(),
        taken_for_bot: false,
        wants_tls: false,
        tls: None,
        own_fault: None,
        url_rule: None,
        timeout_s: None,
    };

    /// The same as that role may see them: a host that a receiver pointed to is one as its own is.
    #[must_use]
    pub fn seen_by(&self, role: Role) -> Self {
        let redirect_host = self.redirect_host.as_deref().map(|other| host_for(role, other));
        Self { redirect_host, ..self.clone() }
    }
}

impl Attempt {
    /// An attempt that handed no body over: lost, aborted, or broken before it could.
    pub fn without_request(outcome: Outcome) -> Self {
        Self {
            outcome,
            ambiguous: is_ambiguous(outcome, None, false),
            timing: Timing::default(),
            request_bytes_sent: 0,
            response: None,
            facts: Facts::default(),
            resolved_address: None,
            retry_after_s: None,
        }
    }

    /// An attempt that failed on our side before anything was sent.
    pub fn of_own_fault(fault: OwnFault) -> Self {
        let facts = Facts { own_fault: Some(fault), ..Facts::default() };
        Self { facts, ..Self::without_request(Outcome::InternalError) }
    }
}
