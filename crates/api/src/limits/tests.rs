//! Who may ask how much, and what of that is told.

use actix_web::test::TestRequest;
use domain::actor::Scope;
use uuid::Uuid;

use super::*;

fn member(id: &str, organisation: u128) -> Actor {
    let scope = Scope::Own(OrganisationId::from(Uuid::from_u128(organisation)));
    Actor::system(id, scope)
}

fn charge(limits: &Limits, actor: &Actor) -> Result<String, Kind> {
    let request = TestRequest::default().to_http_request();
    let charged = limits.charge(&request, actor);
    let mut headers = HeaderMap::new();
    Limits::tell(&request, &mut headers);
    let left = headers.get(LIMIT).map(|left| left.to_str().expect("text").to_owned());
    charged.map(|()| left.unwrap_or_default()).map_err(|problem| problem.kind())
}

#[test]
fn each_caller_and_each_organisation_has_a_bucket() {
    let limits = Limits::new(1, 2);
    let policy = limits.policy(member("rosa", 1).organisation());
    assert_eq!(policy, "\"caller\";q=10;w=10, \"organisation\";q=20;w=10");
    let support = Actor::system("support", Scope::All);
    assert_eq!(limits.policy(support.organisation()), "\"caller\";q=10;w=10");
    assert_eq!((limits.of_organisation(&support), limits.of_caller()), (None, Some(1)));
    let (rosa, ralf, ann) = (member("rosa", 1), member("ralf", 1), member("ann", 1));
    let first = charge(&limits, &rosa).expect("the first");
    assert_eq!(first, "\"caller\";r=9;t=1, \"organisation\";r=19;t=1");
    let took = |actor: &Actor| (0..40).filter(|_| charge(&limits, actor).is_ok()).count();
    // A slow machine fills buckets while it counts.
    assert!((9..20).contains(&took(&rosa)), "what is refused costs the others nothing");
    assert!((1..20).contains(&took(&ralf)));
    assert!(took(&ann) < 20, "the organisation has none left");
    assert_eq!(charge(&limits, &rosa), Err(Kind::TooManyRequests));
    assert!(charge(&limits, &member("rosa", 2)).is_ok(), "of another organisation");
}

/// Only the request that finds the organisation's bucket empty costs the caller one.
#[test]
fn an_empty_organisation_costs_its_callers_nothing() {
    let limits = Limits::new(1_000, 1);
    let rosa = member("rosa", 1);
    assert!((0..11_000).any(|_| charge(&limits, &rosa).is_err()));
    let left = |limits: &Limits| {
        let callers = limits.callers.as_ref().expect("a limit");
        let key = (rosa.organisation(), rosa.id.clone());
        callers.take(&key).unwrap_or_else(|left| left).requests
    };
    let before = left(&limits);
    let refused = (0..5_000).filter(|_| charge(&limits, &rosa).is_err()).count();
    assert!(refused > 2_500, "{refused}");
    assert!(left(&limits) + 2_500 > before, "{before}, and now {}", left(&limits));
}

#[test]
fn a_dead_key_is_not_looked_for_again_and_again() {
    let limits = Limits::new(1, 0);
    let looked = (0..1_000).filter(|_| {
        let may = limits.check_key(&[7; 32]).is_ok();
        if may {
            limits.charge_key(&[7; 32]);
        }
        may
    });
    assert!((10..30).contains(&looked.count()));
    let refused = limits.check_key(&[7; 32]).expect_err("too often");
    assert_eq!(refused.kind(), Kind::TooManyRequests);
    assert!(limits.check_key(&[8; 32]).is_ok(), "another one");
}

#[test]
fn without_limits_nothing_is_told() {
    let limits = Limits::new(0, 0);
    assert!((0..10_000).all(|_| charge(&limits, &member("rosa", 1)) == Ok(String::new())));
}
