//! What a mail says: the sentences of its notifications, what to do, and where to look. Nobody's data but
//! the name of whoever gets it; no title of a vacancy, and of a URL no more than its host.

use chrono::{DateTime, Utc};
use domain::email;
use domain::explanation::Contacts;
use domain::notification::{link, subject};
use domain::role::Role;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use store::mails::Mail;
use store::notifications::Notification;

use super::server::Fault;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sender {
    mailbox: Mailbox,
}

/// What is the same in all mails.
pub(super) struct Letter {
    pub(super) sender: Sender,
    pub(super) app_url: Option<String>,
    pub(super) contacts: Contacts,
}

impl Sender {
    /// One address, with or without a name before it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let form = || {
            "cannot be used: write no-reply@example.com or talentATS <no-reply@example.com>"
                .to_owned()
        };
        let (name, address) = match text.strip_suffix('>').map(|text| text.rsplit_once('<')) {
            Some(Some((name, address))) => (one_line(name.trim().trim_matches('"')), address),
            Some(None) => return Err(form()),
            None => (String::new(), text),
        };
        let mailbox = mailbox(&name, address).ok_or_else(form)?;
        Ok(Self { mailbox })
    }

    /// The domain of the address.
    pub(super) fn domain(&self) -> &str {
        self.mailbox.email.domain()
    }
}

impl Letter {
    /// The mail to a member, as it is sent.
    pub(super) fn to(&self, mail: &Mail, now: DateTime<Utc>) -> Result<Message, Fault> {
        let name = one_line(mail.member.name.as_deref().unwrap_or_default());
        let to = mail.member.email.as_deref().and_then(|address| mailbox(&name, address));
        let to = to.ok_or_else(|| Fault::Refused("the member has no e-mail address".to_owned()))?;
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(self.sender.mailbox.clone())
            .to(to)
            .subject(one_line(&subject(&mail.kinds, mail.total)))
            .date(now.into())
            // The same on each try, so that who got it twice knows.
            .message_id(Some(format!("<{}@{}>", mail.id, self.sender.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(self.text(mail, &name, now));
        message.map_err(|_| Fault::Refused("the mail cannot be written".to_owned()))
    }

    /// The text of a mail.
    pub(super) fn text(&self, mail: &Mail, name: &str, now: DateTime<Utc>) -> String {
        let role = mail.member.role.unwrap_or(Role::Recruiter);
        let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Hello {name},") };
        let mut parts = vec![greeting];
        parts.extend(mail.notifications.iter().map(|told| self.part(told, role, now)));
        let shown = u64::try_from(mail.notifications.len()).unwrap_or(u64::MAX);
        if mail.total > shown {
            parts.push(format!("\u{2026} and {} more.", mail.total - shown));
        }
        parts.push(
            "You get this because you are told of it by e-mail. You choose what you are told of, and \
             how, with your notifications."
                .to_owned(),
        );
        let text = parts.join("\n\n");
        format!("{text}\n")
    }

    fn part(&self, told: &Notification, role: Role, now: DateTime<Utc>) -> String {
        let words = told.words(role, &self.contacts, now);
        let place = link(self.app_url.as_deref(), told.export_id, told.webhook_id);
        let place = place.unwrap_or_else(|| match told.export_id {
            Some(export) => format!("Export {export}"),
            None => format!("Webhook {}", told.webhook_id),
        });
        [words.sentence, words.advice, place].map(|line| one_line(&line)).join("\n")
    }
}

/// An address of one person; none where it is none.
fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    let address = email::parse(address).ok()?.parse().ok()?;
    Some(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

/// What a header, or a line, may hold: nothing that begins another one.
fn one_line(text: &str) -> String {
    let breaks = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
