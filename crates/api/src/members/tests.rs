//! Tests of `members`.

use domain::actor::Scope;
use domain::role::Role;

use super::*;

#[test]
fn two_tokens_by_turns_are_noted_once_each() {
    let (waiting, mut members) = mpsc::channel(WAITING);
    let told = Members { waiting, noted: Arc::default() };
    let organisation = OrganisationId::from(uuid::Uuid::from_u128(1));
    let with = |email: Option<&str>| {
        Arc::new(Actor {
            kind: ActorKind::Member,
            id: "rosa".to_owned(),
            name: Some("Rosa".to_owned()),
            email: email.map(str::to_owned),
            role: Some(Role::Recruiter),
            scope: Scope::of_role(Role::Recruiter, organisation),
            request_id: None,
        })
    };
    let (full, bare) = (with(Some("rosa@example.com")), with(None));
    for _ in 0..10 {
        told.note(&full);
        told.note(&bare);
    }
    let noted = std::iter::from_fn(|| members.try_recv().ok());
    assert_eq!(noted.count(), 2);
}
