//! A payload derived for another webhook: what both receive, as if it had been frozen so.

use domain::export::ExportType;
use domain::include::{FieldGroup, Include};
use domain::payload::{
    ApplicationRecord, Derived, PayloadContext, derive, test_people, test_vacancy,
};
use proptest::prelude::*;

use crate::freeze::freeze;
use crate::records::{application, context};

/// Every set of groups.
const SETS: u16 = 1 << FieldGroup::ALL.len();

fn set(bits: u16) -> Include {
    let groups = FieldGroup::ALL.iter().enumerate();
    groups.filter(|(place, _)| bits & (1 << place) != 0).map(|(_, group)| *group).collect()
}

/// One who has something in each group, and one who has next to nothing.
fn two() -> [ApplicationRecord; 2] {
    let mut full = application();
    full.cover_letter = Some("Dear \u{2028} team".into());
    let mut bare = application();
    bare.id = "019aafc2-2222-7aaa-8bbb-000000000003".parse().expect("an id");
    (bare.rating, bare.source, bare.stage_entered_at) = (None, None, None);
    bare.person.contact = domain::import::Contact::default();
    (bare.person.email, bare.person.phone, bare.person.experience) = (None, None, Vec::new());
    [full, bare]
}

fn whole(context: &PayloadContext, people: &[ApplicationRecord]) -> Vec<u8> {
    freeze(context, people, usize::MAX).expect("no limit")
}

fn derived(include: Include) -> Derived {
    Derived {
        id: "019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a12".parse().expect("an id"),
        requested_at: "2026-11-24T08:00:00.5Z".parse().expect("an instant"),
        resent_from: context().export_id,
        include: Some(include),
    }
}

/// The same as `derived`, had it been asked for like this.
fn frozen_for(derived: &Derived, include: Include) -> PayloadContext {
    PayloadContext {
        export_id: derived.id,
        requested_at: derived.requested_at,
        resent_from: Some(derived.resent_from),
        include,
        ..context()
    }
}

fn cut(body: &[u8], derived: &Derived) -> Vec<u8> {
    derive(body, derived, |_| true).expect("ours").expect("somebody is left")
}

#[test]
fn for_each_set_of_groups_it_is_what_would_have_been_frozen() {
    let people = two();
    let everything = whole(&context(), &people);
    for bits in 0..SETS {
        let derived = derived(set(bits));
        let expected = whole(&frozen_for(&derived, set(bits)), &people);
        assert!(cut(&everything, &derived) == expected, "{:?}", set(bits).names());
    }
}

proptest! {
    #[test]
    fn no_group_comes_back_over_several_webhooks(webhooks in prop::collection::vec(0..SETS, 2..5)) {
        let people = two();
        let (first, others) = webhooks.split_first().expect("two at least");
        let frozen = whole(&PayloadContext { include: set(*first), ..context() }, &people);
        let last = others.iter().fold(frozen, |body, bits| cut(&body, &derived(set(*bits))));
        let shared = webhooks.iter().fold(SETS - 1, |shared, bits| shared & bits);
        let expected = whole(&frozen_for(&derived(set(shared)), set(shared)), &people);
        prop_assert!(last == expected);
    }
}

#[test]
fn a_test_is_cut_like_real_people() {
    let test =
        PayloadContext { export_type: ExportType::Test, vacancy: test_vacancy(), ..context() };
    let people = test_people(test.requested_at);
    let derived = derived(Include::NOTHING);
    let expected = PayloadContext {
        export_type: ExportType::Test,
        vacancy: test_vacancy(),
        ..frozen_for(&derived, Include::NOTHING)
    };
    assert!(cut(&whole(&test, &people), &derived) == whole(&expected, &people));
}

#[test]
fn what_stays_stays_to_the_last_byte() {
    let text = r#"{"timestamp":"x","export":{"id":"x","requested_at":"x","requested_by":{"type":"member","id":"a","name":null,"email":null},"candidate_count":1,"resent_from":null,"include":["skills","tags"]},"candidates":[{"sequence":7,"skills":["\u0041", 1.0e2 ],"tags":["t"],"n":18446744073709551616.50,"application_id":"019aafc2-2222-7aaa-8bbb-000000000001","export_id":"x"}]}"#;
    let skills = Include::NOTHING.with(FieldGroup::Skills).with(FieldGroup::Contact);
    let cut = String::from_utf8(cut(text.as_bytes(), &derived(skills))).expect("UTF-8");
    for kept in [r#""skills":["\u0041", 1.0e2 ]"#, r#""n":18446744073709551616.50"#] {
        assert!(cut.contains(kept), "{cut}");
    }
    assert!(cut.contains(r#""include":["skills"]"#) && cut.contains(r#""tags":[]"#), "{cut}");
}

#[test]
fn what_says_not_what_it_carries_goes_nowhere_else() {
    for include in [r#""include":["wages"]"#, r#""include":null"#, r#""inclde":[]"#] {
        let text = format!(
            r#"{{"timestamp":"x","export":{{"id":"x","requested_at":"x","candidate_count":1,"resent_from":null,{include}}},"candidates":[{{"sequence":1,"application_id":"019aafc2-2222-7aaa-8bbb-000000000001","export_id":"x"}}]}}"#
        );
        assert!(derive(text.as_bytes(), &derived(Include::everything()), |_| true).is_err());
    }
}
