//! Services at whose hosts people try out webhooks, known to all who judge a host.

use super::host::is_under;

/// They show what they were sent to whoever knows the address.
pub(super) const INSPECTORS: [&str; 6] = [
    "webhook.site",
    "requestbin.com",
    "requestcatcher.com",
    "beeceptor.com",
    "typedwebhook.tools",
    "hookbin.com",
];

/// They hand it to somebody's own computer.
pub(super) const TUNNELS: [&str; 10] = [
    "ngrok.io",
    "ngrok.app",
    "ngrok.dev",
    "ngrok-free.app",
    "ngrok-free.dev",
    "trycloudflare.com",
    "loca.lt",
    "lhr.life",
    "serveo.net",
    "pinggy.link",
];

/// Whether a host is one of these domains or lies below one.
pub(super) fn is_under_one_of(host: &str, lists: &[&[&str]]) -> bool {
    lists.iter().copied().flatten().any(|domain| is_under(host, domain))
}
