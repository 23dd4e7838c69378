//! Which URL may be registered, and what of it may be shown. Syntax and literals only: what a
//! name resolves to is vetted at each send.

mod host;
mod inspection;
mod known;
mod limit;
mod mask;
mod refusal;
mod rule;
mod shared;
mod unjudged;
mod warning;
mod written;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

use crate::address::AddressGuard;
use crate::list::parse_list;
use crate::name::is_invisible;

pub use inspection::is_inspection;
pub use limit::{TEST_URL_S, is_test_url, largest_body};
pub use mask::{host_for, mask_host};
pub use refusal::UrlRefusal;
pub use rule::{Verdict, WebhookRule};
pub use shared::serves_many;
pub use warning::warnings;
pub use written::written_host;

/// Characters that a URL may have.
pub const URL_LENGTH: usize = 2048;

const DEFAULT_PORTS: [u16; 2] = [443, 8443];

/// What the operator allows beyond `https` to public addresses on ports 443 and 8443.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlRules {
    /// `http` too, and then port 80 (`ALLOW_HTTP`).
    pub allow_http: bool,
    /// More ports (`ALLOW_PORTS`).
    pub allow_ports: AllowPorts,
    /// Judges addresses (`ALLOW_NETS`, `DENY_NETS`).
    pub guard: AddressGuard,
}

/// Ports beside 443 and 8443: a list such as `8080,9443`, or `*` for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowPorts {
    /// Any port: for development, where receivers get a free one.
    Any,
    /// These.
    These(Vec<u16>),
}

/// A URL that may be registered, normalised. A secret: its path and query open the receiver.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: Url,
    host: String,
}

impl UrlRules {
    /// Judges a URL as it was typed in, or as it was stored, since the rules may have changed.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check(&self, text: &str) -> Result<WebhookUrl, UrlRefusal> {
        self.judge(text, |_| ())
    }

    /// The same, and tells each rule once it is known to hold.
    fn judge(
        &self,
        text: &str,
        mut held: impl FnMut(WebhookRule),
    ) -> Result<WebhookUrl, UrlRefusal> {
        check_text(text)?;
        held(WebhookRule::Characters);
        let mut url = Url::parse(text).map_err(|error| match UrlRefusal::from(error) {
            // Where IDNA has no use for a joiner, it is a character that nobody sees.
            UrlRefusal::HostMalformed if text.contains(host::is_joiner) => {
                UrlRefusal::ControlCharacter
            }
            refusal => refusal,
        })?;
        held(WebhookRule::Complete);
        if url.as_str().len() > URL_LENGTH {
            return Err(UrlRefusal::TooLong);
        }
        held(WebhookRule::Length);
        self.check_scheme(&url)?;
        held(WebhookRule::Https);
        if !url.username().is_empty() || url.password().is_some() || has_userinfo(text) {
            return Err(UrlRefusal::Userinfo);
        }
        held(WebhookRule::NoUser);
        if url.fragment().is_some() {
            return Err(UrlRefusal::Fragment);
        }
        held(WebhookRule::NoFragment);
        if let Some(Host::Domain(name)) = url.host()
            && let Some(name) = name.strip_suffix('.')
        {
            let name = name.to_owned();
            url.set_host(Some(&name)).map_err(|_| UrlRefusal::HostMalformed)?;
            // `8.8.8.8..` is no address to anybody until one of its dots is taken away.
            if !matches!(url.host(), Some(Host::Domain(_))) {
                return Err(UrlRefusal::HostMalformed);
            }
        }
        self.check_port(&url)?;
        held(WebhookRule::Port);
        self.check_host(&url, text, held)?;
        let host = url.host_str().ok_or(UrlRefusal::HostMissing)?.to_owned();
        Ok(WebhookUrl { url, host })
    }

    fn check_scheme(&self, url: &Url) -> Result<(), UrlRefusal> {
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.allow_http => Ok(()),
            "http" => Err(UrlRefusal::NotHttps),
            _ => Err(UrlRefusal::Scheme),
        }
    }

    fn check_port(&self, url: &Url) -> Result<(), UrlRefusal> {
        let port = url.port_or_known_default().ok_or(UrlRefusal::Port)?;
        let plain = self.allow_http && port == 80;
        if plain || DEFAULT_PORTS.contains(&port) || self.allow_ports.has(port) {
            Ok(())
        } else {
            Err(UrlRefusal::Port)
        }
    }

    /// `text` is the URL as it was entered: the parser completes and converts IPv4 addresses.
    fn check_host(
        &self,
        url: &Url,
        text: &str,
        mut held: impl FnMut(WebhookRule),
    ) -> Result<(), UrlRefusal> {
        let literal = match url.host().ok_or(UrlRefusal::HostMissing)? {
            Host::Domain(name) => return host::check_name(name, held),
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
        };
        let written = literal.is_ipv4().then(|| host::as_written(authority(text)));
        let short = |written: &String| written.contains('.') && written.split('.').count() < 4;
        if written.as_ref().is_some_and(short) {
            return Err(UrlRefusal::ShortAddress);
        }
        let unusual = written.is_some_and(|written| written != literal.to_string());
        if !unusual {
            held(WebhookRule::Host);
            held(WebhookRule::Own);
        }
        if !self.guard.permits(literal) {
            return Err(UrlRefusal::ForbiddenAddress);
        }
        held(WebhookRule::Public);
        if unusual { Err(UrlRefusal::ShortAddress) } else { Ok(()) }
    }
}

/// What the parser would silently mend: it strips white space and control characters and turns
/// backslashes around, so that two readers of one text would see two URLs.
fn check_text(text: &str) -> Result<(), UrlRefusal> {
    if text.trim().is_empty() {
        Err(UrlRefusal::Empty)
    } else if text.len() > URL_LENGTH {
        Err(UrlRefusal::TooLong)
    } else if text.chars().any(char::is_whitespace) {
        Err(UrlRefusal::WhiteSpace)
    } else if text.char_indices().any(|(at, char)| is_stray(text, at, char)) {
        Err(UrlRefusal::ControlCharacter)
    } else if text.contains('\\') {
        Err(UrlRefusal::Backslash)
    } else {
        Ok(())
    }
}

/// Whether a character cannot be seen and has no business there. In a host the joiner and the
/// non-joiner may have one (RFC 5892, appendix A.1 and A.2): the parser judges that, and what is
/// stored is the punycode form.
fn is_stray(text: &str, at: usize, char: char) -> bool {
    let in_authority = || {
        text[..at].find("://").is_some_and(|scheme| !text[scheme + 3..at].contains(['/', '?', '#']))
    };
    (char.is_control() || is_invisible(char)) && !(host::is_joiner(char) && in_authority())
}

/// Whether the authority has an `@`, even with nothing before it, which the parser drops.
fn has_userinfo(text: &str) -> bool {
    authority(text).contains('@')
}

/// Host and port as they were entered, user information too; however many slashes lead there.
fn authority(text: &str) -> &str {
    let after_scheme = text.split_once(':').map_or("", |(_, rest)| rest);
    let authority = after_scheme.trim_start_matches('/');
    authority.split(['/', '?', '#']).next().unwrap_or_default()
}

impl WebhookUrl {
    /// The whole URL: a secret.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The whole URL, parsed: a secret.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host: lower case, punycode, IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own where none is written.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// The address, where the host is a literal: an HTTP client resolves nothing then.
    pub fn literal(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// What may stand in a list: `https://hooks.zapier.com/…/a1b2`.
    pub fn masked(&self) -> String {
        mask::masked(&self.url)
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl")
    }
}

impl AllowPorts {
    fn has(&self, port: u16) -> bool {
        match self {
            Self::Any => port != 0,
            Self::These(ports) => ports.contains(&port),
        }
    }
}

impl Default for AllowPorts {
    fn default() -> Self {
        Self::These(Vec::new())
    }
}

impl FromStr for AllowPorts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let entries = parse_list(text, |entry| Ok(entry.to_owned()))?;
        if entries == ["*"] {
            return Ok(Self::Any);
        }
        let port = |entry: &str| match entry.parse() {
            Ok(port) if port != 0 && !entry.starts_with('+') => Ok(port),
            _ if entry == "*" => {
                Err("`*` lets any port in: write it alone, or the ports without it".to_owned())
            }
            _ => Err(format!("`{entry}` is no port: write ports such as 8080,9443, or * for any")),
        };
        parse_list(text, port).map(Self::These)
    }
}

/// The form that [`FromStr`] reads.
impl fmt::Display for AllowPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::These(ports) => {
                let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
                f.write_str(&ports.join(","))
            }
        }
    }
}
