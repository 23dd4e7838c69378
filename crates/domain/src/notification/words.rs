//! The sentences of notifications.

use chrono::{DateTime, Utc};

use super::NotificationKind;
use crate::explanation::Explanation;
use crate::explanation::phrase::{candidates, grouped, time};
use crate::export::{DisabledReason, ExportStatus};

/// What a notification is about, as its reader may see it.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What happened.
    pub kind: NotificationKind,
    /// Name of the webhook.
    pub webhook_name: &'a str,
    /// Its host (punycode; see `mask_host`).
    pub host: &'a str,
    /// The export, where it is about one that is still kept.
    pub export: Option<OfExport<'a>>,
    /// Why the webhook was switched off.
    pub disabled: Option<DisabledReason>,
    /// Tries in a row that failed.
    pub failures: Option<u32>,
    /// When it is read.
    pub now: DateTime<Utc>,
}

/// An export as it stands now.
#[derive(Debug, Clone, Copy)]
pub struct OfExport<'a> {
    /// Where it stands.
    pub status: ExportStatus,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// How many people it carries.
    pub candidate_count: u32,
    /// How that is explained.
    pub explanation: &'a Explanation,
    /// An API key of the reader asked for it.
    pub by_key: bool,
    /// What is unusual about it, in sentences.
    pub unusual: &'a str,
}

impl OfExport<'_> {
    fn whose(&self) -> &'static str {
        if self.by_key { "Your API key's" } else { "Your" }
    }
}

/// What a member reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What happened.
    pub sentence: String,
    /// What to do about it.
    pub advice: String,
}

const NOTHING: &str = "Nothing to do.";

impl About<'_> {
    /// The words of the notification.
    pub fn words(&self) -> Words {
        let (name, host) = (self.webhook_name, self.host);
        match self.kind {
            NotificationKind::ExportFailed => self.failed(),
            NotificationKind::ExportDelivered => self.delivered(),
            NotificationKind::ExportFlagged => self.flagged(),
            NotificationKind::WebhookFailing => words(
                format!(
                    "The webhook \u{201c}{name}\u{201d} ({host}) is failing: {} in a row did not \
                     succeed. We go on trying, one at a time.",
                    tries(self.failures)
                ),
                format!(
                    "Look at its last attempts: they say what is wrong. If it persists, ask whoever runs {host}."
                ),
            ),
            NotificationKind::WebhookDisabled => self.disabled(),
            NotificationKind::WebhookRecovered => words(
                format!("The webhook \u{201c}{name}\u{201d} ({host}) takes what is sent again."),
                "Nothing to do. What had failed before can be sent again with a resend.".to_owned(),
            ),
        }
    }

    fn disabled(&self) -> Words {
        let (name, host) = (self.webhook_name, self.host);
        let switched_off =
            "so it was disabled. What waited for it has failed, and new exports to it are refused.";
        match self.disabled {
            Some(DisabledReason::Gone) => words(
                format!(
                    "{host} says that the address of the webhook \u{201c}{name}\u{201d} is closed \
                     for good, {switched_off}"
                ),
                "Create a webhook with the new URL, then resend what failed.".to_owned(),
            ),
            Some(DisabledReason::Failing) | None => words(
                format!(
                    "The webhook \u{201c}{name}\u{201d} ({host}) failed without a break for days, \
                     {switched_off}"
                ),
                format!(
                    "Ask whoever runs {host} to repair it. Then test the webhook, enable it, and \
                     resend what failed."
                ),
            ),
        }
    }

    fn failed(&self) -> Words {
        let Some(export) = self.export else { return self.no_longer_kept("was not delivered") };
        let Explanation { explanation, advice, .. } = export.explanation;
        let happened = match export.status {
            ExportStatus::Failed => "was not delivered",
            _ => "was not delivered at first",
        };
        let to = self.export_to(&export);
        words(format!("{} {to} {happened}. {explanation}", export.whose()), advice.clone())
    }

    fn delivered(&self) -> Words {
        let Some(export) = self.export else {
            return self.no_longer_kept("was accepted after all");
        };
        let to = self.export_to(&export);
        match export.status {
            ExportStatus::Delivered => words(
                format!("{} {to}, which had failed, was accepted after all.", export.whose()),
                NOTHING.to_owned(),
            ),
            // Its own end is what it was.
            _ => words(
                format!(
                    "{} {to} had failed; the export that carries it on was accepted.",
                    export.whose()
                ),
                NOTHING.to_owned(),
            ),
        }
    }

    fn flagged(&self) -> Words {
        let what = self.export.map_or_else(
            || format!("export to \u{201c}{}\u{201d} ({})", self.webhook_name, self.host),
            |export| self.export_to(&export),
        );
        let why = self.export.map(|export| export.unusual).filter(|why| !why.is_empty());
        let why = why.map_or_else(String::new, |why| format!(" {why}"));
        words(
            format!("An {what} is unusual.{why}"),
            "Look at the export, and ask whoever asked for it. Nothing was stopped.".to_owned(),
        )
    }

    /// `export of 3 candidates to “CRM” (hooks.example.com), asked for at 14:05 UTC, 23 Nov`
    fn export_to(&self, export: &OfExport<'_>) -> String {
        format!(
            "export of {} to \u{201c}{}\u{201d} ({}), asked for at {}",
            candidates(export.candidate_count),
            self.webhook_name,
            self.host,
            time(export.requested_at, self.now)
        )
    }

    fn no_longer_kept(&self, happened: &str) -> Words {
        let (name, host) = (self.webhook_name, self.host);
        words(
            format!("An export of yours to \u{201c}{name}\u{201d} ({host}) {happened}."),
            "Nothing to do: it is no longer kept.".to_owned(),
        )
    }
}

/// What a mail of these kinds is about, in a few words: without a name, so that nothing of an organisation
/// is read over a shoulder.
pub fn subject(kinds: &[NotificationKind], total: u64) -> String {
    let several = |one: &str, many: &str| match total {
        1 => one.to_owned(),
        _ => format!("{} {many}", grouped(u32::try_from(total).unwrap_or(u32::MAX))),
    };
    let first = kinds.first().filter(|first| kinds.iter().all(|kind| kind == *first));
    match first {
        Some(NotificationKind::ExportFailed) => {
            several("Your export was not delivered", "of your exports were not delivered")
        }
        Some(NotificationKind::ExportDelivered) => {
            several("Your export was accepted after all", "of your exports were accepted after all")
        }
        Some(NotificationKind::ExportFlagged) => {
            several("An export is unusual", "exports are unusual")
        }
        Some(NotificationKind::WebhookFailing) => {
            several("A webhook is failing", "times a webhook began to fail")
        }
        Some(NotificationKind::WebhookDisabled) => {
            several("A webhook was disabled", "webhooks were disabled")
        }
        Some(NotificationKind::WebhookRecovered) => {
            several("A webhook works again", "times a webhook recovered")
        }
        None => several("News of your exports", "news of your exports and webhooks"),
    }
}

fn tries(failures: Option<u32>) -> String {
    match failures {
        Some(count) if count > 1 => format!("{} tries", grouped(count)),
        _ => "several tries".to_owned(),
    }
}

fn words(sentence: String, advice: String) -> Words {
    Words { sentence, advice }
}
