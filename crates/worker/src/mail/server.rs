//! The SMTP server of the operator: one connection a mail, one deadline for all of it. What it says is
//! kept nowhere, since it may repeat an address: its code tells enough.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

/// Ports of mail with STARTTLS (RFC 6409) and with TLS from the start (RFC 8314).
const PORTS: (u16, u16) = (587, 465);

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It never will be: the address is none, or is not known there.
    Refused(String),
    /// It may be later.
    Away(String),
}

/// Where mail goes.
pub(super) struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

/// What the address says, but for what may not be shown.
struct Address {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    FromTheStart,
    StartTls,
    Off,
}

impl Server {
    /// `domain` is that of the sender: servers are greeted with it.
    pub(super) fn new(
        url: &str,
        domain: &str,
        timeout: Duration,
        extra_ca: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let Address { host, port, encryption, credentials } = Address::parse(url)?;
        let tls = match encryption {
            Encryption::Off => Tls::None,
            Encryption::StartTls => Tls::Required(parameters(&host, extra_ca)?),
            Encryption::FromTheStart => Tls::Wrapper(parameters(&host, extra_ca)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .hello_name(ClientId::Domain(domain.to_owned()))
            .timeout(Some(timeout));
        if let Some(credentials) = credentials {
            builder = builder.credentials(credentials);
        }
        Ok(Self { transport: builder.build(), timeout })
    }

    /// The longest that a mail takes.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Hands a mail over; done once the server said that it has it.
    pub(super) async fn send(&self, message: Message) -> Result<(), Fault> {
        // Dropped at the deadline, the connection closes.
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(Fault::Away("the SMTP server takes too long".to_owned())),
        }
    }
}

/// Whoever says for good that it takes no mail for this address, or of this content, is believed. What is
/// wrong with us (a login, our address) may be put right.
fn fault(error: &lettre::transport::smtp::Error) -> Fault {
    let Some(code) = error.status() else { return Fault::Away(without_code(error).to_owned()) };
    let reason = format!("the SMTP server answered {code}");
    if is_about_the_mail(code.into()) { Fault::Refused(reason) } else { Fault::Away(reason) }
}

/// Not 554, with which a server may turn us away as we come; 53x is about logins, 50x about commands, and
/// 52x about servers (RFC 5321, RFC 4954, RFC 7504).
fn is_about_the_mail(code: u16) -> bool {
    matches!(code, 550..=553 | 556)
}

fn without_code(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "the SMTP server takes too long"
    } else if error.is_tls() {
        "no TLS with the SMTP server: look at its certificate, and at EXTRA_CA_FILE"
    } else if error.is_response() {
        "the SMTP server answered what is no SMTP"
    } else if error.is_client() {
        "the SMTP server does not offer what is asked of it: STARTTLS, a login, or such an address"
    } else {
        "the SMTP server cannot be reached, or hung up"
    }
}

fn parameters(host: &str, extra_ca: Option<&Path>) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = extra_ca {
        let pem =
            std::fs::read(path).with_context(|| format!("EXTRA_CA_FILE {}", path.display()))?;
        let certificates = Certificate::from_pem(&pem).context("EXTRA_CA_FILE")?;
        builder = builder.add_root_certificate(certificates);
    }
    builder.build().context("no TLS for this host")
}

impl Address {
    /// What is wrong is said without the address: a password is in it.
    fn parse(text: &str) -> anyhow::Result<Self> {
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

    #[test]
    fn only_what_is_about_the_mail_is_final() {
        let table = [
            (550, true),
            (551, true),
            (552, true),
            (553, true),
            (554, false),
            (535, false),
            (530, false),
            (521, false),
            (501, false),
            (450, false),
            (421, false),
        ];
        for (number, is_final) in table {
            assert_eq!(is_about_the_mail(number), is_final, "{number}");
        }
    }
}
