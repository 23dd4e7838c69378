//! What to know before people are sent: warnings that refuse nothing, with the numbers behind them.

mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::export::words;
use crate::id::ExportId;
use crate::import::VacancyStatus;
use crate::requester::Requester;

words!(
    /// What a warning is about.
    WarningCode {
        /// Some of these people went to this webhook in the last 90 days, or are on their way there.
        AlreadySent = "already_sent",
        /// Some of these people may not be contacted.
        MayNotBeContacted = "may_not_be_contacted",
        /// The consent of some of these people has expired.
        ConsentExpired = "consent_expired",
        /// Some of these people were rejected.
        Rejected = "rejected",
        /// The vacancy is closed or archived.
        VacancyClosed = "vacancy_closed",
        /// The webhook never accepted anything yet.
        WebhookUntested = "webhook_untested",
        /// The webhook has been failing, and is not disabled.
        WebhookFailing = "webhook_failing",
        /// The webhook is disabled: an export to it is refused.
        WebhookDisabled = "webhook_disabled",
        /// The payload is larger than what this kind of receiver takes.
        LargerThanReceiverTakes = "larger_than_receiver_takes",
        /// The URL is one for tests, which listens for a short time.
        TestUrl = "test_url",
    }
);

/// Something to know before people are sent. What does not belong to its code is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// The same in a sentence.
    #[schema(example = "2 of these people were rejected.")]
    pub message: String,
    /// How many of these people it is about.
    #[schema(required, example = 2)]
    pub candidate_count: Option<u32>,
    /// Of `already_sent`: the newest export that carried any of them there.
    #[schema(required)]
    pub export_id: Option<ExportId>,
    /// When that was asked for.
    #[schema(required)]
    pub last_requested_at: Option<DateTime<Utc>>,
    /// Who asked for that.
    #[schema(required)]
    pub last_requested_by: Option<Requester>,
    /// Of `webhook_failing` and `webhook_disabled`: since when.
    #[schema(required)]
    pub since: Option<DateTime<Utc>>,
    /// Of `larger_than_receiver_takes`: bytes of the payload.
    #[schema(required)]
    pub payload_bytes: Option<u64>,
    /// Of `larger_than_receiver_takes`: most bytes that the receiver takes.
    #[schema(required)]
    pub limit_bytes: Option<u64>,
    /// Of `test_url`: how long it listens.
    #[schema(required)]
    pub seconds: Option<u32>,
}

/// What is known of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How many people would go.
    pub candidate_count: u32,
    /// Bytes of the payload.
    pub payload_bytes: u64,
    /// What went to this webhook before.
    pub already_sent: Option<AlreadySent>,
    /// How many of those who would go may not be contacted.
    pub may_not_be_contacted: u32,
    /// Whose consent has expired.
    pub consent_expired: u32,
    /// Who were rejected.
    pub rejected: u32,
    /// Where the vacancy stands.
    pub vacancy: VacancyStatus,
    /// The webhook accepted something once.
    pub ever_accepted: bool,
    /// Since when it fails without a break.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When that was so.
    pub now: DateTime<Utc>,
}

/// Which of the people went to the webhook before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadySent {
    /// How many of them.
    pub count: u32,
    /// The newest export that carried any of them there.
    pub export_id: ExportId,
    /// When that was asked for.
    pub at: DateTime<Utc>,
    /// Who asked for that.
    pub by: Requester,
}

/// What is known of the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receiver<'a> {
    /// Its host, as the reader may see it.
    pub host: &'a str,
    /// Most bytes that it takes in one request, where that is known.
    pub largest_body: Option<u64>,
    /// Its URL is one for tests.
    pub test_url: bool,
}

/// All that there is to warn of, in the order of the codes.
pub fn warnings(facts: &Facts, receiver: &Receiver<'_>) -> Vec<Warning> {
    WarningCode::ALL.iter().filter_map(|code| warning(*code, facts, receiver)).collect()
}

fn warning(code: WarningCode, facts: &Facts, receiver: &Receiver<'_>) -> Option<Warning> {
    let mut warning = Warning {
        code,
        message: String::new(),
        candidate_count: None,
        export_id: None,
        last_requested_at: None,
        last_requested_by: None,
        since: None,
        payload_bytes: None,
        limit_bytes: None,
        seconds: None,
    };
    let some = |count: u32| (count > 0).then_some(Some(count));
    match code {
        WarningCode::AlreadySent => {
            let sent = facts.already_sent.as_ref()?;
            warning.candidate_count = Some(sent.count);
            warning.export_id = Some(sent.export_id);
            warning.last_requested_at = Some(sent.at);
            warning.last_requested_by = Some(sent.by.clone());
        }
        WarningCode::MayNotBeContacted => {
            warning.candidate_count = some(facts.may_not_be_contacted)?;
        }
        WarningCode::ConsentExpired => warning.candidate_count = some(facts.consent_expired)?,
        WarningCode::Rejected => warning.candidate_count = some(facts.rejected)?,
        WarningCode::VacancyClosed if facts.vacancy == VacancyStatus::Open => return None,
        WarningCode::WebhookUntested if facts.ever_accepted => return None,
        WarningCode::VacancyClosed | WarningCode::WebhookUntested => {}
        // Nothing is tried again at a disabled one: its own warning says what holds.
        WarningCode::WebhookFailing if facts.disabled_at.is_some() => return None,
        WarningCode::WebhookFailing => warning.since = Some(facts.failing_since?),
        WarningCode::WebhookDisabled => warning.since = Some(facts.disabled_at?),
        WarningCode::LargerThanReceiverTakes => {
            let limit = receiver.largest_body.filter(|limit| facts.payload_bytes > *limit)?;
            warning.limit_bytes = Some(limit);
            warning.payload_bytes = Some(facts.payload_bytes);
        }
        WarningCode::TestUrl => {
            warning.seconds = receiver.test_url.then_some(Some(crate::webhook_url::TEST_URL_S))?;
        }
    }
    warning.message = words::message(&warning, facts, receiver);
    Some(warning)
}
