//! Tests of `turn`.

use domain::actor::Scope;
use uuid::Uuid;

use super::*;

#[test]
fn each_has_so_many_turns_and_gets_them_back() {
    let downloads = Downloads::default();
    let organisation = OrganisationId::from(Uuid::from_u128(1));
    let take = |id: &str| downloads.take(&Actor::system(id, Scope::Organisation(organisation)));
    let mut turns: Vec<_> = ["ada", "ada", "rosa"].map(|id| take(id).ok()).into();
    assert!(turns.iter().all(Option::is_some));
    assert!(take("ada").is_err(), "two each");
    turns.push(take("rosa").ok());
    let refused = take("ben").map(drop).expect_err("four together");
    assert_eq!(refused.kind(), Kind::TooManyRequests);
    turns.pop();
    assert!(take("ben").is_ok());
    drop(turns);
    assert!(downloads.0.lock().expect("whole").is_empty(), "nothing is remembered");
}

#[test]
fn support_uses_its_own_turns_wherever_it_looks() {
    let downloads = Downloads::default();
    let organisations = [1, 2].map(|id| OrganisationId::from(Uuid::from_u128(id)));
    let take = |id: &str, scope| {
        let kind = ActorKind::Support;
        downloads.take(&Actor { kind, ..Actor::system(id, scope) })
    };
    let [northwind, contoso] = organisations.map(Scope::Organisation);
    let turns = [("sam", northwind), ("sam", contoso), ("sue", northwind), ("sue", Scope::All)]
        .map(|(id, scope)| take(id, scope).ok());
    assert!(turns.iter().all(Option::is_some));
    for scope in [northwind, contoso, Scope::All] {
        assert!(take("sam", scope).is_err(), "two each, whatever they look at");
    }
    assert!(take("sid", northwind).is_err(), "four together");
    let admin = Actor::system("ann", northwind);
    let theirs = [(); 2].map(|()| downloads.take(&admin).ok());
    assert!(theirs.iter().all(Option::is_some), "the customer's turns are its own");
    drop((turns, theirs));
    assert!(downloads.0.lock().expect("whole").is_empty(), "nothing is remembered");
}
