//! Exports of all whom a filter means: those of the list, in its order, without who may not be sent.

use domain::export::{LeaveOut, LeftOut, LeftOutReason};
use domain::import::ApplicationStatus;
use serde_json::json;
use store::applications::{ApplicationFilter, FilterRefusal};
use store::exports::{self, CreateRefusal, Limits, NewExport, Picked, Unexportable};

use crate::database::World;
use crate::people::{application, people};
use crate::preview::{five, id_in};
use crate::sending::{new_export, try_export, webhook};

/// As in the list, and in its order.
#[test]
fn filters_mean_whom_the_list_shows() {
    let mut story = five();
    let mut fifth = application("V-1", 5, "Shortlisted");
    fifth["rating"] = json!({"value": 4, "scale_min": 1, "scale_max": 5});
    fifth["status"] = json!("hired");
    story.change(fifth);
    let applied_after =
        chrono::DateTime::parse_from_rfc3339("2026-01-01T00:03:00Z").expect("a time");
    let all = ApplicationFilter::default;
    let filters = [
        (all(), vec![0, 2, 4]),
        (ApplicationFilter { stage: Some("shortlisted".into()), ..all() }, vec![4]),
        (ApplicationFilter { stage: Some("Applied,Shortlisted".into()), ..all() }, vec![0, 2, 4]),
        (ApplicationFilter { statuses: vec![ApplicationStatus::Hired], ..all() }, vec![4]),
        (ApplicationFilter { min_rating: Some(3.5), ..all() }, vec![4]),
        (ApplicationFilter { applied_after: Some(applied_after.into()), ..all() }, vec![4]),
        (ApplicationFilter { q: Some("example 3".into()), ..all() }, vec![2]),
        (
            ApplicationFilter { q: Some("ada".into()), stage: Some("applied".into()), ..all() },
            vec![0, 2],
        ),
    ];
    for (number, (filter, expected)) in filters.into_iter().enumerate() {
        let shown = story.select(filter.clone());
        let listed = store::applications::list(
            &mut story.world.conn,
            &story.world.rosa,
            story.new.vacancy_id,
            &filter,
            None,
            50,
        );
        let may_go = |one: &&store::applications::Application| {
            one.status != ApplicationStatus::Withdrawn && !one.restricted
        };
        let listed = listed.expect("Postgres").expect("a good filter").items;
        let listed: Vec<_> = listed.iter().filter(may_go).map(|one| one.id).collect();
        assert_eq!(listed, expected.iter().map(|at| story.picked[*at]).collect::<Vec<_>>());
        let rosa = story.world.rosa.clone();
        let made = try_export(&mut story.world.conn, &rosa, &shown).expect("accepted").export;
        let sent = story.sent(made.id).0;
        let sent: Vec<_> = sent.iter().map(|person| id_in(person)).collect();
        let expected: Vec<_> = listed.iter().map(ToString::to_string).collect();
        assert_eq!(sent, expected, "filter {number}");
    }
}

#[test]
fn a_filter_that_leaves_nobody_or_cannot_be_used_is_refused() {
    let mut story = five();
    let all = ApplicationFilter::default;
    let withdrawn = ApplicationFilter { statuses: vec![ApplicationStatus::Withdrawn], ..all() };
    let nobody = ApplicationFilter { min_rating: Some(5.0), ..all() };
    let left_out = LeftOut { withdrawn: 1, ..LeftOut::default() };
    let stages = vec!["Applied".to_owned(), "Shortlisted".to_owned()];
    let rosa = story.world.rosa.clone();
    let mut refused = |new: &NewExport| try_export(&mut story.world.conn, &rosa, new).err();
    let select = |filter| NewExport {
        picked: Picked::Select(filter),
        leave_out: LeaveOut::Skip,
        ..story.new.clone()
    };
    let cases = [
        (withdrawn.clone(), CreateRefusal::NobodyToSend { left_out }),
        (nobody, CreateRefusal::NobodyToSend { left_out: LeftOut::default() }),
        (
            ApplicationFilter { q: Some("'-".into()), ..all() },
            CreateRefusal::Select(FilterRefusal::NoWords),
        ),
        (
            ApplicationFilter { stage: Some("Offer".into()), ..all() },
            CreateRefusal::Select(FilterRefusal::UnknownStage(stages)),
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(refused(&select(filter)), Some(expected));
    }
    let few = Limits { max_candidates: 2, ..story.new.limits };
    let too_many = CreateRefusal::TooManyCandidates { limit: 2, actual: 3 };
    assert_eq!(refused(&NewExport { limits: few, ..select(all()) }), Some(too_many));
    let strict = NewExport { leave_out: LeaveOut::Refuse, ..select(all()) };
    let Some(CreateRefusal::Applications { refused: named, total: 2 }) = refused(&strict) else {
        panic!("refused by wish")
    };
    assert_eq!(named[0].full_name.as_deref(), Some("Ada Example 2"));
    assert_eq!(named[1].why, Unexportable::from(LeftOutReason::Restricted));
    let everybody = NewExport { picked: Picked::Ids(vec![story.picked[1]]), ..select(all()) };
    assert_eq!(refused(&everybody), Some(CreateRefusal::NobodyToSend { left_out }));
    let shown = story.look(&select(withdrawn)).expect("shown, with a name");
    assert_eq!((shown.candidate_count, shown.cannot_go_total), (0, 1));
    assert!(!shown.can_be_created && shown.selection_digest.is_none());
}

/// Everything about one export is seen at one moment: who is selected, and what there is of them.
#[test]
fn a_large_selection_is_read_whole() {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1_100);
    let new = new_export(webhook, vacancy, &picked);
    let select = NewExport {
        picked: Picked::Select(ApplicationFilter::default()),
        leave_out: LeaveOut::Skip,
        ..new.clone()
    };
    let shown = exports::preview(&mut world.conn, &world.rosa, &select, 0).expect("Postgres");
    let shown = shown.expect("shown");
    let by_ids = exports::preview(&mut world.conn, &world.rosa, &new, 0).expect("Postgres");
    let by_ids = by_ids.expect("shown");
    assert_eq!(shown.selection_digest, by_ids.selection_digest, "the same people, the same bytes");
    assert_eq!((shown.candidate_count, shown.sample.len()), (1_100, 0));
    let made = try_export(&mut world.conn, &world.rosa, &select).expect("accepted").export;
    assert_eq!(made.payload_bytes, shown.payload_bytes);
}
