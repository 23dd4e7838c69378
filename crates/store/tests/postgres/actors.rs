//! Who acts in these tests.

use domain::actor::{Actor, ActorKind, Scope};
use domain::id::OrganisationId;
use domain::role::Role;

/// An admin of an organisation.
pub(crate) fn admin(organisation: OrganisationId) -> Actor {
    member("auth0|ada", "Ada Admin", Role::OrgAdmin, Scope::Organisation(organisation))
}

/// A recruiter of an organisation, who sees the exports that they asked for.
pub(crate) fn recruiter(organisation: OrganisationId, id: &str) -> Actor {
    member(id, "Rosa Recruiter", Role::Recruiter, Scope::Own(organisation))
}

/// Somebody of the support desk.
pub(crate) fn support() -> Actor {
    let actor = member("auth0|sam", "Sam Support", Role::Support, Scope::All);
    Actor { kind: ActorKind::Support, ..actor }
}

/// The operator at the command line.
pub(crate) fn operator() -> Actor {
    Actor::system("command line", Scope::All)
}

fn member(id: &str, name: &str, role: Role, scope: Scope) -> Actor {
    Actor {
        kind: ActorKind::Member,
        id: id.to_owned(),
        name: Some(name.to_owned()),
        email: Some("somebody@example.com".to_owned()),
        role: Some(role),
        scope,
        request_id: None,
    }
}
