//! What members are told without looking, how, and in which words. Sentences are made when somebody reads
//! them, from ids, counts and words of closed sets; nobody's data is in them.

mod link;
mod words;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::export::words;

pub use link::{link, parse_app_url};
pub use words::{About, OfExport, Words, subject};

words!(
    /// What a member is told of.
    NotificationKind {
        /// An export that you asked for was given up.
        ExportFailed = "export_failed",
        /// One that you were told had failed was accepted after all.
        ExportDelivered = "export_delivered",
        /// An export of your organisation is unusual.
        ExportFlagged = "export_flagged",
        /// A webhook does not take what is sent, several times in a row.
        WebhookFailing = "webhook_failing",
        /// A webhook was switched off.
        WebhookDisabled = "webhook_disabled",
        /// A webhook takes what is sent again.
        WebhookRecovered = "webhook_recovered",
    }
);

words!(
    /// How a member is told.
    Channel {
        /// Not at all.
        Off = "off",
        /// In the list of notifications and in live streams.
        InApp = "in_app",
        /// There, and by e-mail, where the operator has set it up and your token shares an address; as long
        /// as you called within the last 30 days.
        Email = "email",
    }
);

/// What the audit is told that somebody is notified of. The others come of an export that failed.
pub const OF_EVENTS: [(&str, NotificationKind); 5] = [
    ("export.failed", NotificationKind::ExportFailed),
    ("export.flagged", NotificationKind::ExportFlagged),
    ("webhook.failing", NotificationKind::WebhookFailing),
    ("webhook.disabled", NotificationKind::WebhookDisabled),
    ("webhook.recovered", NotificationKind::WebhookRecovered),
];

impl NotificationKind {
    /// How a member is told who has not said how.
    pub fn default_channel(self) -> Channel {
        Preferences::default().of(self)
    }
}

/// How a member wants to be told, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// An export that you asked for was given up.
    pub export_failed: Channel,
    /// One that you were told had failed was accepted after all.
    pub export_delivered: Channel,
    /// An export of your organisation is unusual: for admins.
    pub export_flagged: Channel,
    /// A webhook does not take what is sent: for admins, and whoever registered it.
    pub webhook_failing: Channel,
    /// A webhook was switched off: for admins, and whoever registered it.
    pub webhook_disabled: Channel,
    /// A webhook takes what is sent again: for admins, and whoever registered it.
    pub webhook_recovered: Channel,
}

impl Preferences {
    /// That of one kind.
    pub fn of(&self, kind: NotificationKind) -> Channel {
        match kind {
            NotificationKind::ExportFailed => self.export_failed,
            NotificationKind::ExportDelivered => self.export_delivered,
            NotificationKind::ExportFlagged => self.export_flagged,
            NotificationKind::WebhookFailing => self.webhook_failing,
            NotificationKind::WebhookDisabled => self.webhook_disabled,
            NotificationKind::WebhookRecovered => self.webhook_recovered,
        }
    }
}

impl Default for Preferences {
    /// What needs somebody comes by e-mail; good news, and what may be nothing, wait to be read.
    fn default() -> Self {
        Self {
            export_failed: Channel::Email,
            export_delivered: Channel::InApp,
            export_flagged: Channel::InApp,
            webhook_failing: Channel::Email,
            webhook_disabled: Channel::Email,
            webhook_recovered: Channel::Email,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_preference_of_its_name() {
        let told = serde_json::to_value(Preferences::default()).expect("JSON");
        let told = told.as_object().expect("an object");
        assert_eq!(told.len(), NotificationKind::ALL.len());
        for kind in NotificationKind::ALL {
            assert_eq!(told[kind.as_str()], kind.default_channel().as_str(), "{kind}");
        }
    }
}
