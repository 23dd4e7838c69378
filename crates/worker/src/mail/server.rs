//! The SMTP server of the operator: one connection a mail, one deadline for all of it. What it says is
//! kept nowhere, since it may repeat an address: its code tells enough.

mod address;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use address::{Address, Encryption};

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

#[cfg(test)]
mod tests {
    use super::*;

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
