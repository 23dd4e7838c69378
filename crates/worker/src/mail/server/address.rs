//! The address of an SMTP server, as the operator writes it.

use std::net::IpAddr;

use anyhow::{Context, bail};
use lettre::transport::smtp::authentication::Credentials;
use url::Url;

/// Ports of mail with STARTTLS (RFC 6409) and with TLS from the start (RFC 8314).
const PORTS: (u16, u16) = (587, 465);

/// What the address says, but for what may not be shown.
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    FromTheStart,
    StartTls,
    Off,
}

impl Address {
    /// What is wrong is said without the address: a password is in it.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        const FORM: &str = "write smtp://user:password@host:587 or smtps://user:password@host:465; \
            what is no letter or digit in user and password as %XX";
        let url = Url::parse(text).ok().context(FORM)?;
        let host = url.host_str().filter(|host| !host.is_empty()).context(FORM)?.to_owned();
        let encryption = match (url.scheme(), url.query()) {
            ("smtp", None) => Encryption::StartTls,
            ("smtp", Some("tls=off")) => Encryption::Off,
            ("smtps", None) => Encryption::FromTheStart,
            _ => bail!("{FORM}. After smtp:// alone ?tls=off may stand at the end"),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            bail!(FORM);
        }
        let usual = if encryption == Encryption::FromTheStart { PORTS.1 } else { PORTS.0 };
        let port = url.port().unwrap_or(usual);
        let credentials = match (decoded(url.username())?, url.password().map(decoded)) {
            (user, Some(password)) if !user.is_empty() => Some(Credentials::new(user, password?)),
            (user, None) if user.is_empty() => None,
            _ => bail!("give both user and password, or neither. {FORM}"),
        };
        if encryption == Encryption::Off && credentials.is_some() && !is_this_machine(&host) {
            bail!("with tls=off the password would be read on its way: leave one of both away");
        }
        Ok(Self { host: unbracketed(&host).to_owned(), port, encryption, credentials })
    }
}

fn unbracketed(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn is_this_machine(host: &str) -> bool {
    let address = unbracketed(host).parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

/// `%XX` as what it stands for.
fn decoded(text: &str) -> anyhow::Result<String> {
    let decoded =
        percent_decoded(text.as_bytes()).context("a % in user or password is written %25")?;
    String::from_utf8(decoded).context("user and password must be UTF-8")
}

fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after.get(2..)?;
        } else {
            decoded.push(*first);
            rest = after;
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_refused_without_its_password() {
        let good = [
            ("smtp://mail.example.com", "mail.example.com", 587, Encryption::StartTls, false),
            (
                "smtp://u%40a:p%3aw@mail.example.com:2525",
                "mail.example.com",
                2525,
                Encryption::StartTls,
                true,
            ),
            (
                "smtps://u:p@mail.example.com",
                "mail.example.com",
                465,
                Encryption::FromTheStart,
                true,
            ),
            ("smtp://relay.internal:25?tls=off", "relay.internal", 25, Encryption::Off, false),
            ("smtp://u:p@127.0.0.1:25?tls=off", "127.0.0.1", 25, Encryption::Off, true),
            ("smtp://u:p@[::1]:25?tls=off", "::1", 25, Encryption::Off, true),
        ];
        for (text, host, port, encryption, credentials) in good {
            let read = Address::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((read.host.as_str(), read.port), (host, port), "{text}");
            assert_eq!((read.encryption, read.credentials.is_some()), (encryption, credentials));
        }
        let wrong = [
            "",
            "mail.example.com:587",
            "http://mail.example.com",
            "smtp://",
            "smtp:mail",
            "smtp://user:hunter2@mail.example.com?tls=off",
            "smtp://user:hunter2@mail.example.com/inbox",
            "smtp://mail.example.com?tls=required",
            "smtps://mail.example.com?tls=off",
            "smtp://user@mail.example.com",
            "smtp://:hunter2@mail.example.com",
            "smtp://user:hunter2%zz@mail.example.com",
            "smtp://user:hunter2@mail.example.com#x",
            "smtp://user:hunter2@mail.example.com:99999",
        ];
        for text in wrong {
            let Err(error) = Address::parse(text) else { panic!("{text} is taken") };
            let told = format!("{error:#}");
            assert!(!told.contains("hunter2") && !told.contains("mail.example.com"), "{told}");
        }
    }
}
