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
}

impl Role {
    /// Whether this role may do that at all. Which rows it may do it to (own, organisation's,
    /// everybody's) is decided by the scope of the query.
    pub fn may(self, action: Action) -> bool {
        match action {
            Action::ManageWebhooks | Action::Import => self == Role::OrgAdmin,
            Action::SeeVacancies | Action::Export | Action::SeePayload => self != Role::Support,
            Action::SeeWebhooks | Action::SeeExports => true,
        }
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
            (Action::ManageWebhooks, [true, false, false]),
            (Action::SeeWebhooks, [true, true, true]),
            (Action::SeeVacancies, [true, true, false]),
            (Action::Import, [true, false, false]),
            (Action::Export, [true, true, false]),
            (Action::SeeExports, [true, true, true]),
            (Action::SeePayload, [true, true, false]),
        ];
        for (action, allowed) in table {
            let roles = [Role::OrgAdmin, Role::Recruiter, Role::Support];
            assert_eq!(roles.map(|role| role.may(action)), allowed, "{action:?}");
        }
    }
}
