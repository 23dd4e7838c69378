//! What came of an attempt: a closed, typed set. Never "unknown".

use crate::export::words;
use serde::{Deserialize, Serialize};

words!(
    /// The outcome of an attempt, or of an export that ended without one.
    Outcome {
        /// The receiver answered 2xx.
        Delivered = "delivered",
        /// A 4xx that has no outcome of its own.
        Http4xx = "http_4xx",
        /// A 5xx.
        Http5xx = "http_5xx",
        /// 429: the receiver asked us to wait.
        Throttled = "throttled",
        /// 410: the address is closed for good.
        Gone = "gone",
        /// 413: more than the receiver takes at once.
        PayloadTooLarge = "payload_too_large",
        /// A 3xx: redirects are not followed.
        RedirectRefused = "redirect_refused",
        /// A 1xx as the final answer, 101 for example.
        UnexpectedUpgrade = "unexpected_upgrade",
        /// The name does not exist, or has no address.
        DnsNotFound = "dns_not_found",
        /// The resolver failed.
        DnsFailure = "dns_failure",
        /// The resolver did not answer in time.
        DnsTimeout = "dns_timeout",
        /// The name leads to an address that may not receive.
        BlockedAddress = "blocked_address",
        /// The URL is no longer allowed.
        InvalidUrl = "invalid_url",
        /// TCP: refused.
        ConnectRefused = "connect_refused",
        /// TCP: no route.
        ConnectUnreachable = "connect_unreachable",
        /// TCP: no answer in time.
        ConnectTimeout = "connect_timeout",
        /// TLS: the certificate expired.
        TlsCertExpired = "tls_cert_expired",
        /// TLS: the certificate is not valid yet.
        TlsCertNotYetValid = "tls_cert_not_yet_valid",
        /// TLS: the certificate belongs to another name.
        TlsNameMismatch = "tls_name_mismatch",
        /// TLS: the issuer is unknown, or the certificate is incomplete, malformed or unverifiable.
        TlsUntrusted = "tls_untrusted",
        /// TLS: the handshake failed otherwise.
        TlsHandshake = "tls_handshake",
        /// TLS: the handshake did not end in time.
        TlsTimeout = "tls_timeout",
        /// TLS: the receiver wants a certificate of ours.
        TlsClientCertRequired = "tls_client_cert_required",
        /// The connection was reset before an answer came.
        ConnectionReset = "connection_reset",
        /// The connection was closed before an answer came.
        ConnectionClosed = "connection_closed",
        /// The receiver did not take the request in time.
        RequestSendTimeout = "request_send_timeout",
        /// The request was sent and no answer came in time.
        ResponseTimeout = "response_timeout",
        /// The head of the answer was too large or had too many headers.
        ResponseHeadersTooLarge = "response_headers_too_large",
        /// The answer was not HTTP/1.1.
        ProtocolError = "protocol_error",
        /// The worker vanished in mid-attempt.
        WorkerLost = "worker_lost",
        /// The worker was stopped in mid-attempt.
        Aborted = "aborted",
        /// Our own fault.
        InternalError = "internal_error",
        /// Of an export: its webhook was disabled while it waited.
        WebhookDisabled = "webhook_disabled",
        /// Of an export: its deadline passed while it waited.
        Expired = "expired",
    }
);

impl Outcome {
    /// The outcome of a final HTTP status (RFC 9110).
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Delivered,
            100..=199 => Self::UnexpectedUpgrade,
            300..=399 => Self::RedirectRefused,
            410 => Self::Gone,
            413 => Self::PayloadTooLarge,
            429 => Self::Throttled,
            400..=499 => Self::Http4xx,
            500..=599 => Self::Http5xx,
            _ => Self::ProtocolError,
        }
    }

    /// Whether another try cannot help: the export fails at once.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Gone
                | Self::PayloadTooLarge
                | Self::RedirectRefused
                | Self::BlockedAddress
                | Self::InvalidUrl
                | Self::WebhookDisabled
                | Self::Expired
        )
    }

    /// Whether the receiver is to blame, so that the attempt counts against the webhook's health.
    pub fn is_receivers_failure(self) -> bool {
        !matches!(
            self,
            Self::Delivered
                | Self::PayloadTooLarge
                | Self::Aborted
                | Self::WorkerLost
                | Self::InternalError
                | Self::WebhookDisabled
                | Self::Expired
        )
    }
}
