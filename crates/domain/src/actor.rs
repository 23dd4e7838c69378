//! Who acts, and whose rows they may see and change. Every function of the store that touches an
//! organisation's data takes an [`Actor`]; its [`Scope`] is the only way to say whose rows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::export::words;
use crate::id::{ApiKeyId, OrganisationId};
use crate::requester::{Requester, RequesterType};
use crate::role::{Action, Role};

words!(
    /// What kind of actor it is.
    ActorKind {
        /// A person of an organisation, by a token of the identity provider.
        Member = "member",
        /// An API key of an organisation.
        ApiKey = "api_key",
        /// A person of the operator's support desk.
        Support = "support",
        /// The operator's command line, or a worker.
        System = "system",
    }
);

/// Whose rows an actor may see and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One organisation's; of exports and attempts only those that the actor asked for.
    Own(OrganisationId),
    /// One organisation's.
    Organisation(OrganisationId),
    /// Everybody's.
    All,
}

/// Who acts: a copy of what the token, the key or the command line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Subject of the token, id of the API key, or the name of the process.
    pub id: String,
    /// Name for people, where it is shared.
    pub name: Option<String>,
    /// E-mail address, where it is shared.
    pub email: Option<String>,
    /// Its role; none for the system.
    pub role: Option<Role>,
    /// Whose rows it may see and change.
    pub scope: Scope,
    /// The request that it makes; none outside of one.
    pub request_id: Option<Uuid>,
}

impl Scope {
    /// What a role reaches within one organisation: recruiters their own exports, others all.
    pub fn of_role(role: Role, organisation: OrganisationId) -> Self {
        if role == Role::Recruiter {
            Self::Own(organisation)
        } else {
            Self::Organisation(organisation)
        }
    }

    /// The organisation that rows must belong to; none where everybody's are meant.
    pub fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::Own(organisation) | Self::Organisation(organisation) => Some(organisation),
            Self::All => None,
        }
    }
}

impl Actor {
    /// A process of ours: `id` says which (`worker`, `command line`).
    pub fn system(id: impl Into<String>, scope: Scope) -> Self {
        let (name, email, role, request_id) = (None, None, None, None);
        Self { kind: ActorKind::System, id: id.into(), name, email, role, scope, request_id }
    }

    /// A key of an organisation: its name stands where a person's would.
    pub fn api_key(id: ApiKeyId, name: String, role: Role, organisation: OrganisationId) -> Self {
        Self {
            kind: ActorKind::ApiKey,
            id: id.to_string(),
            name: Some(name),
            email: None,
            role: Some(role),
            scope: Scope::of_role(role, organisation),
            request_id: None,
        }
    }

    /// Whether it may do that at all: its role must, and some actions take a person.
    pub fn may(&self, action: Action) -> bool {
        let by_role = self.role.is_some_and(|role| role.may(action));
        by_role && (self.kind != ActorKind::ApiKey || !action.takes_a_person())
    }

    /// The organisation that rows must belong to; none where everybody's are meant.
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.scope.organisation()
    }

    /// Whom exports and attempts must have been asked for by; none where anybody will do.
    pub fn own(&self) -> Option<&str> {
        matches!(self.scope, Scope::Own(_)).then_some(self.id.as_str())
    }

    /// The same actor, who looks at one organisation alone. A scope never grows.
    #[must_use]
    pub fn within(&self, organisation: OrganisationId) -> Self {
        let scope = match self.scope {
            Scope::All => Scope::Organisation(organisation),
            scope => scope,
        };
        Self { scope, ..self.clone() }
    }

    /// As exports and webhooks remember who asked.
    pub fn requester(&self) -> Requester {
        let kind = match self.kind {
            ActorKind::ApiKey => RequesterType::ApiKey,
            ActorKind::Member | ActorKind::Support | ActorKind::System => RequesterType::Member,
        };
        Requester { kind, id: self.id.clone(), name: self.name.clone(), email: self.email.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_never_grows() {
        let [mine, other] = [1, 2].map(|number| OrganisationId::from(Uuid::from_u128(number)));
        let seen = |scope| Actor::system("test", scope).within(other).scope;
        assert_eq!(seen(Scope::All), Scope::Organisation(other));
        assert_eq!(seen(Scope::Organisation(mine)), Scope::Organisation(mine));
        assert_eq!(seen(Scope::Own(mine)), Scope::Own(mine));
    }

    #[test]
    fn a_key_may_what_its_role_may_but_for_what_takes_a_person() {
        let organisation = OrganisationId::from(Uuid::from_u128(1));
        for role in [Role::OrgAdmin, Role::Recruiter] {
            let id = ApiKeyId::from(Uuid::from_u128(2));
            let key = Actor::api_key(id, "CRM".to_owned(), role, organisation);
            let person = Actor { kind: ActorKind::Member, ..key.clone() };
            assert!(!key.may(Action::ManageApiKeys));
            assert_eq!(person.may(Action::ManageApiKeys), role == Role::OrgAdmin);
            for action in [Action::ManageWebhooks, Action::Export, Action::Import] {
                assert_eq!(
                    (key.may(action), person.may(action)),
                    (role.may(action), role.may(action))
                );
            }
            assert_eq!(key.own().is_some(), role == Role::Recruiter);
            assert_eq!(key.requester().kind, RequesterType::ApiKey);
        }
    }

    #[test]
    fn only_the_scope_of_ones_own_narrows_to_oneself() {
        let organisation = OrganisationId::from(Uuid::from_u128(1));
        let own = |scope| Actor::system("rosa", scope).own().map(ToOwned::to_owned);
        assert_eq!(own(Scope::Own(organisation)).as_deref(), Some("rosa"));
        assert_eq!(own(Scope::Organisation(organisation)), None);
        assert_eq!(own(Scope::All), None);
    }
}
