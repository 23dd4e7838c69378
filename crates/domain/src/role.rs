//! The three roles and what each may do (`may` is the whole table).

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a caller is. One token carries exactly one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages the webhooks of an organisation and sees all of its exports.
    OrgAdmin,
    /// Exports candidates and sees their own exports.
    Recruiter,
    /// The operator's support desk: reads the log of every organisation, no personal data.
    Support,
}

/// Something that a role may or may not do; the check comes before any look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Create, delete, test and enable webhooks, rotate their secrets.
    ManageWebhooks,
    /// List webhooks and look at one.
    SeeWebhooks,
    /// See vacancies and their applications.
    SeeVacancies,
    /// Import vacancies, candidates and applications.
    Import,
    /// Create, cancel and resend exports.
    Export,
    /// List exports and attempts.
    SeeExports,
    /// Read the frozen bytes of an export.
    SeePayload,
    /// List, make and revoke API keys.
    ManageApiKeys,
    /// Find a person, and see where their data went.
    FindCandidates,
    /// Erase a person.
    EraseCandidates,
    /// Read what the audit was told.
    ReadAudit,
    /// Download the register of webhooks.
    SeeRegister,
    /// Find the organisations of the operator.
    FindOrganisations,
    /// Read what oneself is to know, and choose how one is told.
    BeNotified,
}

impl Action {
    /// Whether it takes a person: a key may not do it, whatever its role. Who holds a key that leaked
    /// must not make another one.
    pub fn takes_a_person(self) -> bool {
        match self {
            Action::ManageApiKeys
            | Action::EraseCandidates
            | Action::ReadAudit
            | Action::BeNotified => true,
            Action::ManageWebhooks
            | Action::SeeWebhooks
            | Action::SeeVacancies
            | Action::Import
            | Action::Export
            | Action::SeeExports
            | Action::SeePayload
            | Action::FindCandidates
            | Action::SeeRegister
            | Action::FindOrganisations => false,
        }
    }
}

impl Role {
    /// Whether this role may do that at all. Which rows it may do it to (own, organisation's,
    /// everybody's) is decided by the scope of the query.
    pub fn may(self, action: Action) -> bool {
        match action {
            Action::ManageWebhooks
            | Action::Import
            | Action::ManageApiKeys
            | Action::FindCandidates
            | Action::EraseCandidates => self == Role::OrgAdmin,
            Action::SeeVacancies | Action::Export | Action::SeePayload | Action::BeNotified => {
                self != Role::Support
            }
            Action::ReadAudit | Action::SeeRegister => self != Role::Recruiter,
            Action::FindOrganisations => self == Role::Support,
            Action::SeeWebhooks | Action::SeeExports => true,
        }
    }

    /// The role of that name, if there is one.
    pub fn parse(text: &str) -> Option<Self> {
        [Role::OrgAdmin, Role::Recruiter, Role::Support]
            .into_iter()
            .find(|role| role.as_str() == text)
    }

    /// The name in tokens and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::OrgAdmin => "org_admin",
            Role::Recruiter => "recruiter",
            Role::Support => "support",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Role};

    #[test]
    fn the_table_of_roles() {
        let table = [
            (Action::ManageWebhooks, [true, false, false], false),
            (Action::SeeWebhooks, [true, true, true], false),
            (Action::SeeVacancies, [true, true, false], false),
            (Action::Import, [true, false, false], false),
            (Action::Export, [true, true, false], false),
            (Action::SeeExports, [true, true, true], false),
            (Action::SeePayload, [true, true, false], false),
            (Action::ManageApiKeys, [true, false, false], true),
            (Action::FindCandidates, [true, false, false], false),
            (Action::EraseCandidates, [true, false, false], true),
            (Action::ReadAudit, [true, false, true], true),
            (Action::SeeRegister, [true, false, true], false),
            (Action::FindOrganisations, [false, false, true], false),
            (Action::BeNotified, [true, true, false], true),
        ];
        for (action, allowed, takes_a_person) in table {
            let roles = [Role::OrgAdmin, Role::Recruiter, Role::Support];
            assert_eq!(roles.map(|role| role.may(action)), allowed, "{action:?}");
            assert_eq!(action.takes_a_person(), takes_a_person, "{action:?}");
        }
    }
}
