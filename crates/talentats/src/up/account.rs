//! The tokens that `talentats up` prints: one per role, and an admin of the other organisation.

use domain::role::Role;
use store::organisations::Organisation;
use uuid::Uuid;

use crate::token::{Bearer, LONGEST, TokenKey};

/// Tokens for trying out. Their bearers are invented.
pub(crate) struct Accounts {
    /// The organisation of most of them.
    pub(crate) organisation: Organisation,
    /// The other one.
    pub(crate) other_organisation: Organisation,
    /// Manages the organisation's webhooks.
    pub(crate) admin: String,
    /// Exports its candidates.
    pub(crate) recruiter: String,
    /// Reads the log of both.
    pub(crate) support: String,
    /// Must see nothing of the first.
    pub(crate) other_admin: String,
}

impl Accounts {
    /// Signs them all, as good as can be.
    ///
    /// # Errors
    /// When the key is none.
    pub(crate) fn new(key: &TokenKey, organisations: &[Organisation; 2]) -> anyhow::Result<Self> {
        let [first, second] = organisations;
        let sign = |role, organisation: Option<&Organisation>, name, email| {
            let organisation = organisation.map(|organisation| Uuid::from(organisation.id));
            key.sign(&Bearer { role, organisation, name, email }, LONGEST)
        };
        Ok(Self {
            admin: sign(Role::OrgAdmin, Some(first), "Ada Admin", "ada@northwind.example")?,
            recruiter: sign(
                Role::Recruiter,
                Some(first),
                "Rosa Recruiter",
                "rosa@northwind.example",
            )?,
            support: sign(Role::Support, None, "Sven Support", "sven@talentats.example")?,
            other_admin: sign(Role::OrgAdmin, Some(second), "Omar Admin", "omar@fabrikam.example")?,
            organisation: first.clone(),
            other_organisation: second.clone(),
        })
    }
}
