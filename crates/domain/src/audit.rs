//! The words of the audit: what is done, and to what.

mod details;
mod sentence;

use serde::{Deserialize, Serialize};

use crate::export::words;

pub use details::{shown_to_support, shows_object};
pub use sentence::{Event, Who, sentence};

words!(
    /// What was done. Each operation that changes something has its own.
    Action {
        /// An operator added an organisation.
        OrganisationAdded = "organisation.added",
        /// An operator removed one with all that it had.
        OrganisationRemoved = "organisation.removed",
        /// An admin registered a webhook.
        WebhookCreated = "webhook.created",
        /// An admin registered a webhook in the place of this one.
        WebhookReplaced = "webhook.replaced",
        /// An admin sent again what failed for it.
        WebhookExportsResent = "webhook.exports_resent",
        /// An admin deleted it.
        WebhookDeleted = "webhook.deleted",
        /// An admin sent made-up people to it.
        WebhookTested = "webhook.tested",
        /// An admin changed its signing secret, or ended an overlap.
        WebhookSecretRotated = "webhook.secret_rotated",
        /// An admin switched it on again.
        WebhookEnabled = "webhook.enabled",
        /// An admin looked at it and found it still needed.
        WebhookReviewed = "webhook.reviewed",
        /// It did not take what was sent, several times in a row.
        WebhookFailing = "webhook.failing",
        /// Delivery switched it off.
        WebhookDisabled = "webhook.disabled",
        /// It takes what is sent again.
        WebhookRecovered = "webhook.recovered",
        /// A member looked at what an export would be.
        ExportPreviewed = "export.previewed",
        /// A member asked for an export.
        ExportRequested = "export.requested",
        /// A member cancelled it.
        ExportCancelled = "export.cancelled",
        /// A member sent it again.
        ExportResent = "export.resent",
        /// It carries on another one without those who may not be sent any more.
        ExportDerived = "export.derived",
        /// It was to go on to the webhook that replaced its own, and does not: the details say why.
        ExportNotCarriedOver = "export.not_carried_over",
        /// It is unusual: the details say why.
        ExportFlagged = "export.flagged",
        /// It was given up.
        ExportFailed = "export.failed",
        /// Somebody read the frozen payload.
        ExportPayloadRead = "export.payload_read",
        /// A member had the frozen payload forgotten before its time.
        ExportPayloadForgotten = "export.payload_forgotten",
        /// Somebody read who is in it.
        ExportPeopleRead = "export.people_read",
        /// Somebody read what receivers answered.
        AttemptResponsesRead = "attempt.responses_read",
        /// An admin made an API key.
        ApiKeyCreated = "api_key.created",
        /// An admin revoked it.
        ApiKeyRevoked = "api_key.revoked",
        /// A member chose how to be told of what happens.
        MemberPreferencesChanged = "member.preferences_changed",
        /// A member marked what they were told as seen.
        MemberNotificationsSeen = "member.notifications_seen",
        /// An admin looked for people.
        CandidatesSearched = "candidates.searched",
        /// An admin looked where a person's data went.
        CandidateExportsRead = "candidate.exports_read",
        /// An admin, or an operator after a restore, had a person erased.
        CandidateErased = "candidate.erased",
        /// Vacancies, candidates and applications were imported.
        ImportCompleted = "import.completed",
        /// The role may not do it, or the object is another organisation's.
        AccessRefused = "access.refused",
        /// The support desk looked at something of this organisation.
        SupportLooked = "support.looked",
        /// Somebody downloaded a whole list.
        ListDownloaded = "list.downloaded",
    }
);

words!(
    /// What kind of thing something was done to.
    ObjectType {
        /// An organisation.
        Organisation = "organisation",
        /// A webhook.
        Webhook = "webhook",
        /// A vacancy.
        Vacancy = "vacancy",
        /// A person.
        Candidate = "candidate",
        /// An application.
        Application = "application",
        /// An export.
        Export = "export",
        /// An API key.
        ApiKey = "api_key",
        /// An attempt.
        Attempt = "attempt",
        /// An event of the audit.
        AuditEvent = "audit_event",
        /// A member, who is the actor.
        Member = "member",
        /// An operation of the API, where no object was named.
        Operation = "operation",
    }
);
