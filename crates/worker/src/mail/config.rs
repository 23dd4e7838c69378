//! The settings of mail: where the SMTP server is, who writes, how often.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use domain::explanation::{Contacts, parse_egress, parse_page};
use domain::list::List;
use domain::notification::parse_app_url;
use domain::retry::parse_duration;
use secrecy::{ExposeSecret, SecretString};
use store::news::MailRhythm;

use super::letter::{Letter, Sender};
use super::server::Server;

/// Settings of mail to members.
#[derive(Clone, clap::Args)]
pub struct MailConfig {
    /// SMTP server that mail to members goes to: smtp://user:password@host:587 takes STARTTLS and
    /// insists on it, smtps://…:465 is TLS from the start. With ?tls=off at the end nothing is
    /// encrypted, for a server on the same machine or network; a password then goes to this machine
    /// alone. Together with MAIL_FROM; without both no mail is sent.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<SecretString>,

    /// Who writes: no-reply@example.com, or talentATS <no-reply@example.com>.
    #[arg(long, env = "MAIL_FROM")]
    pub mail_from: Option<String>,

    /// How long the SMTP server may take for one mail; 1s to 5m.
    #[arg(long, env = "SMTP_TIMEOUT", default_value = "30s", value_parser = parse_timeout)]
    pub smtp_timeout: Duration,

    /// Shortest time from one mail to the next to the same person. What happens first waits a tenth
    /// of it for what comes at once.
    #[arg(long, env = "MAIL_INTERVAL", default_value = "10m", value_parser = parse_duration)]
    pub mail_interval: Duration,

    /// Where your application shows exports and webhooks to people: mails link to APP_URL/exports/ID
    /// and APP_URL/webhooks/ID. Without it they have no link.
    #[arg(long, env = "APP_URL", value_parser = parse_app_url)]
    pub app_url: Option<String>,

    /// Where people get help; told in mails.
    #[arg(long, env = "SUPPORT_URL", value_parser = parse_page)]
    pub support_url: Option<String>,

    /// Addresses and networks (CIDR) that deliveries come from, separated by commas; told in mails to
    /// those who run firewalls.
    #[arg(long, env = "EGRESS_IPS", default_value = "", value_parser = parse_egress)]
    pub egress_ips: List<String>,
}

/// What the settings say.
pub(super) struct Settings {
    pub(super) server: Server,
    pub(super) letter: Letter,
}

impl MailConfig {
    /// When a mail is made of what waits.
    pub(crate) fn rhythm(&self) -> MailRhythm {
        MailRhythm { gather: self.mail_interval / 10, interval: self.mail_interval }
    }

    /// None where no mail is to be sent.
    pub(super) fn read(&self, extra_ca: Option<&Path>) -> anyhow::Result<Option<Settings>> {
        let url = self.smtp_url.as_ref().map(ExposeSecret::expose_secret);
        let url = url.map(str::trim).filter(|url| !url.is_empty());
        let from = self.mail_from.as_deref().map(str::trim).filter(|from| !from.is_empty());
        let (url, from) = match (url, from) {
            (None, None) => return Ok(None),
            (Some(_), None) => bail!("SMTP_URL is set and MAIL_FROM is not: say who writes"),
            (None, Some(_)) => bail!("MAIL_FROM is set and SMTP_URL is not: say where mail goes"),
            (Some(url), Some(from)) => (url, from),
        };
        let sender =
            Sender::parse(from).map_err(|problem| anyhow::anyhow!("MAIL_FROM {problem}"))?;
        let server = Server::new(url, sender.domain(), self.smtp_timeout, extra_ca);
        let contacts =
            Contacts { support_url: self.support_url.clone(), egress_ips: self.egress_ips.clone() };
        Ok(Some(Settings {
            server: server.context("SMTP_URL cannot be used")?,
            letter: Letter { sender, app_url: self.app_url.clone(), contacts },
        }))
    }
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let timeout = parse_duration(text)?;
    if (Duration::from_secs(1)..=Duration::from_mins(5)).contains(&timeout) {
        return Ok(timeout);
    }
    Err("write 1s to 5m".to_owned())
}
