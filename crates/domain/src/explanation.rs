//! What people read about an export or an attempt: what happened, whether anything was sent,
//! who does what next. Computed on read from typed facts; never stored, never a receiver's text.

mod answered;
mod contacts;
mod health;
mod history;
mod network;
mod next;
mod own;
pub(crate) mod phrase;
mod server;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::attempt::Facts;
use crate::export::{EndedBy, ExportStatus, words};
use crate::id::ExportId;
use crate::outcome::Outcome;
pub use health::{Called, Counted, Health, Standing, Traffic};
use next::next_try;

pub use contacts::{Contacts, parse_egress, parse_page};

/// What the answer to an attempt to edit a webhook says: the steps of the product guide.
pub const EDIT_REFUSED: &str = "A webhook can't be edited after creation. 1. Delete the existing \
    webhook. 2. Create a new webhook with the correct URL. 3. Update any references to the old \
    URL.";

words!(
    /// Who can do something about it.
    ActBy {
        /// Nobody has to.
        Nobody = "nobody",
        /// Who exported.
        Recruiter = "recruiter",
        /// An admin of the organisation.
        Admin = "admin",
        /// Whoever runs the receiving system.
        Receiver = "receiver",
        /// The operator's support desk.
        Support = "support",
    }
);

/// The words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Where it stands, in a few words.
    pub status_label: String,
    /// What happened, and whether anything was sent.
    pub explanation: String,
    /// What to do next.
    pub advice: String,
    /// By whom.
    pub act_by: ActBy,
}

/// What an explanation is about: an export, or one attempt.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The export.
    pub export_id: ExportId,
    /// Where the export stands. An attempt's explanation does not read it.
    pub status: ExportStatus,
    /// Who brought the end of the export. An attempt's explanation does not read it.
    pub ended_by: Option<EndedBy>,
    /// The attempt's outcome, or that of the export's last attempt or end.
    pub outcome: Option<Outcome>,
    /// The receiver may have the data of an export, and accepted none of its tries. Of an attempt: the same
    /// as `may_have_arrived`.
    pub ambiguous: bool,
    /// The attempt, or the export's last one, may have arrived.
    pub may_have_arrived: bool,
    /// Tries of an export after which the receiver may have the data, by number.
    pub arrivals: &'a [u32],
    /// When the receiver first accepted the export. An attempt's explanation does not read it.
    pub first_accepted_at: Option<DateTime<Utc>>,
    /// What was seen of an attempt that had been given up for lost.
    pub late: Option<Outcome>,
    /// Whether any try of the export, or this attempt, may have handed data over.
    pub anything_sent: bool,
    /// The attempt, or the export's last one, handed some of the data over.
    pub partly_sent: bool,
    /// Who cancelled the export while on the wire. An attempt's explanation does not read it.
    pub stopping: Option<EndedBy>,
    /// Status of the last answer.
    pub http_status: Option<u16>,
    /// The receiver's host as the reader may see it (punycode; see `mask_host`).
    pub host: &'a str,
    /// How many people the export carries.
    pub candidate_count: u32,
    /// Size of the payload in bytes.
    pub payload_bytes: u64,
    /// Number of the attempt, or of the export's last one.
    pub attempt_number: u32,
    /// When the attempt or the export ended.
    pub at: Option<DateTime<Utc>>,
    /// When the next try is due at the earliest, pauses of the webhook included; none: this was the last.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Until when an export that waits can be taken back before anything of it is sent. An attempt's
    /// explanation does not read it.
    pub held_until: Option<DateTime<Utc>>,
    /// Why the webhook takes nothing now. An attempt's explanation does not read it.
    pub pause: Option<Pause>,
    /// The export has ended, and its bytes are kept no longer: it cannot be resent.
    pub payload_gone: bool,
    /// The export that carries on with those who may still be sent.
    pub continued_as: Option<ExportId>,
    /// The export that this one was derived from, and how many of its people were left out.
    pub derived: Option<(ExportId, u32)>,
    /// What another webhook has of that one. An attempt's explanation does not read it.
    pub elsewhere: Option<Elsewhere<'a>>,
    /// The time of the reading: what is near is told in seconds.
    pub now: DateTime<Utc>,
    /// Facts of the last attempt.
    pub facts: &'a Facts,
}

impl Subject<'_> {
    /// What one does to send the candidates once more.
    fn again(&self) -> &'static str {
        if self.payload_gone { "export the candidates again" } else { "resend" }
    }
}

/// Another webhook that has, or may have, the people of an export: that of the one it was derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere<'a> {
    /// Its host as the reader may see it.
    pub host: &'a str,
    /// It accepted them; otherwise they may have arrived.
    pub accepted: bool,
}

/// Why a webhook takes nothing for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// The receiver asked for it (`Retry-After`), until then.
    Asked(DateTime<Utc>),
    /// It kept failing: one request at a time tries it, the next one then; where that is past, as
    /// soon as one of those that wait has its turn.
    Probing(DateTime<Utc>),
}

/// Explains where an export stands.
pub fn explain(subject: &Subject<'_>, contacts: &Contacts) -> Explanation {
    let sentences = match subject.status {
        ExportStatus::Queued => own::waiting(subject),
        ExportStatus::Delivering => own::sending(subject),
        ExportStatus::Cancelled => own::cancelled(subject),
        ExportStatus::Retrying | ExportStatus::Delivered | ExportStatus::Failed => {
            of_outcome(subject, contacts)
        }
    };
    let sentences = match subject.ended_by {
        // The one request of a test.
        Some(EndedBy::WebhookDisabled) if subject.outcome != Some(Outcome::WebhookDisabled) => {
            Sentences { advice: TEST_AGAIN.to_owned(), act_by: ActBy::Admin, ..sentences }
        }
        _ => sentences,
    };
    let sentences = history::completed(sentences, subject);
    sentences.with_label(label_of_export(subject))
}

/// Explains one attempt; without an outcome it is under way.
pub fn explain_attempt(subject: &Subject<'_>, contacts: &Contacts) -> Explanation {
    let status = match subject.outcome {
        None => {
            let sentences = own::sending(&Subject { stopping: None, ..*subject });
            return sentences.with_label(SENDING.to_owned());
        }
        Some(Outcome::Delivered) => ExportStatus::Delivered,
        Some(_) if subject.next_attempt_at.is_some() => ExportStatus::Retrying,
        Some(_) => ExportStatus::Failed,
    };
    // What the log tells has happened: it waits for nothing.
    let logged = Subject { status: ExportStatus::Failed, ..*subject };
    of_outcome(&logged, contacts).with_label(label_of_export(&Subject { status, ..*subject }))
}

/// What to do when a disabled webhook failed its test.
const TEST_AGAIN: &str = "The webhook is disabled. Test it again once its receiver works, and enable it \
                          when a test is accepted.";

const SENDING: &str = "Sending now";

/// Where an export stands that went to a receiver, or may have: `accepted` once, whatever came then.
pub fn short_label(status: ExportStatus, accepted: bool) -> &'static str {
    match status {
        ExportStatus::Queued => WAITING,
        ExportStatus::Delivering => SENDING,
        ExportStatus::Retrying => TRYING_AGAIN,
        ExportStatus::Delivered => "Accepted",
        _ if accepted => "Accepted",
        ExportStatus::Failed => NOT_CONFIRMED,
        ExportStatus::Cancelled => CANCELLED_LATE,
    }
}

const WAITING: &str = "Waiting to be sent";
const TRYING_AGAIN: &str = "Trying again";
const NOT_CONFIRMED: &str = "Not confirmed: it may have arrived";
const CANCELLED_LATE: &str = "Cancelled: it may already have arrived";

fn label_of_export(subject: &Subject<'_>) -> String {
    match subject.status {
        ExportStatus::Queued => WAITING.to_owned(),
        ExportStatus::Delivering => SENDING.to_owned(),
        ExportStatus::Retrying => TRYING_AGAIN.to_owned(),
        ExportStatus::Delivered => history::accepted_label(subject),
        ExportStatus::Failed if subject.ambiguous => NOT_CONFIRMED.to_owned(),
        ExportStatus::Failed => "Not delivered".to_owned(),
        ExportStatus::Cancelled if own::may_have_it(subject) => CANCELLED_LATE.to_owned(),
        ExportStatus::Cancelled if subject.anything_sent => {
            "Cancelled: nothing was accepted".to_owned()
        }
        ExportStatus::Cancelled => "Cancelled: nothing was sent".to_owned(),
    }
}

fn of_outcome(subject: &Subject<'_>, contacts: &Contacts) -> Sentences {
    let outcome = subject.outcome.unwrap_or(Outcome::InternalError);
    if subject.late == Some(Outcome::Delivered) {
        return own::accepted_late(subject);
    }
    let sentences = answered::sentences(outcome, subject, contacts)
        .or_else(|| network::sentences(outcome, subject, contacts))
        .unwrap_or_else(|| own::sentences(outcome, subject, contacts));
    sentences.completed(subject, contacts)
}

/// An explanation in the making.
struct Sentences {
    explanation: String,
    advice: String,
    act_by: ActBy,
    /// Whether somebody else has to be asked, who needs the export's id.
    asks: bool,
    /// Whether to resend once the advice is followed, when no try is left.
    resend: bool,
}

impl Sentences {
    fn new(act_by: ActBy, explanation: impl Into<String>, advice: impl Into<String>) -> Self {
        let asks = matches!(act_by, ActBy::Receiver | ActBy::Support);
        let (explanation, advice) = (explanation.into(), advice.into());
        Self { explanation, advice, act_by, asks, resend: false }
    }

    fn then_resend(self) -> Self {
        Self { resend: true, ..self }
    }

    /// The same after another sentence.
    fn after(self, sentence: &str) -> Self {
        Self { explanation: format!("{sentence} {}", self.explanation), ..self }
    }

    fn asking(self) -> Self {
        Self { asks: true, ..self }
    }

    /// Adds what each advice needs: the next try or the resend, and what to quote to whom.
    fn completed(mut self, subject: &Subject<'_>, contacts: &Contacts) -> Self {
        match next_try(subject) {
            Some(next) if !next.is_in(&self.explanation) && !next.is_in(&self.advice) => {
                self.advice.push_str(&format!(" {}.", next.sentence()));
            }
            None if self.resend => self.advice.push_str(&format!(" Then {}.", subject.again())),
            _ => {}
        }
        let id = subject.export_id.to_string();
        if self.asks && !self.advice.contains(&id) {
            self.advice.push_str(&format!(" Quote export {id}."));
        }
        if let Some(url) = &contacts.support_url
            && self.asks
            && subject.next_attempt_at.is_none()
            && !self.advice.contains(url)
        {
            self.advice.push_str(&format!(" If it persists, contact support: {url}"));
        }
        self
    }

    fn with_label(self, status_label: String) -> Explanation {
        let Self { explanation, advice, act_by, .. } = self;
        Explanation { status_label, explanation, advice, act_by }
    }
}
