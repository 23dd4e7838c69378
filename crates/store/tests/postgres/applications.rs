//! Vacancies and their applications.

use domain::actor::Actor;
use domain::id::VacancyId;
use domain::import::{ApplicationStatus, parse_instant};
use serde_json::{Value, json};
use store::Conn;
use store::applications::{ApplicationFilter, FilterRefusal, ListRefusal, list};
use store::vacancies::{self, VacancyFilter};

use crate::database::World;
use crate::people::{application, candidate, import, people, vacancy, vacancy_id};

/// Four people, each with something of their own.
pub(crate) fn four_people(world: &mut World) -> VacancyId {
    let mut lines = vec![vacancy("V-1", &["Applied", "Offer"])];
    let names = ["Åsa Öberg", "100% Bob_by", "Ναταλία Example", "Dee\\dum"];
    for (number, name) in (1..).zip(names) {
        let mut person = candidate(number);
        person["full_name"] = json!(name);
        person["email"] = if number == 2 { Value::Null } else { person["email"].clone() };
        let mut application =
            application("V-1", number, if number == 4 { "Offer" } else { "Applied" });
        if number > 1 {
            let rating = json!({"value": number, "scale_min": 1, "scale_max": 5});
            application["rating"] = rating;
        }
        lines.extend([person, application]);
    }
    import(&mut world.conn, &world.admin, &lines).expect("imported");
    vacancy_id(&mut world.conn, &world.admin, "V-1")
}

pub(crate) fn found(
    conn: &mut Conn,
    actor: &Actor,
    vacancy: VacancyId,
    filter: &ApplicationFilter,
) -> Option<Vec<String>> {
    let page = list(conn, actor, vacancy, filter, None, 50).expect("Postgres").ok()?;
    Some(page.items.into_iter().map(|application| application.candidate_reference).collect())
}

#[test]
fn filters_find_whom_they_name() {
    let mut world = World::new();
    let vacancy = four_people(&mut world);
    let all = ApplicationFilter::default();
    let q = |q: &str| ApplicationFilter { q: Some(q.to_owned()), ..ApplicationFilter::default() };
    let stage = |name: &str| ApplicationFilter { stage: Some(name.to_owned()), ..all.clone() };
    let rated = |rating| ApplicationFilter { min_rating: Some(rating), ..all.clone() };
    let standing = |statuses: &[ApplicationStatus]| ApplicationFilter {
        statuses: statuses.to_vec(),
        ..all.clone()
    };
    let cases: [(ApplicationFilter, &[&str]); 18] = [
        (all.clone(), &["C-1", "C-2", "C-3", "C-4"]),
        (stage("Offer"), &["C-4"]),
        (stage("offer"), &["C-4"]),
        (stage("OFFER, applied"), &["C-1", "C-2", "C-3", "C-4"]),
        (standing(&[ApplicationStatus::Active]), &["C-1", "C-2", "C-3", "C-4"]),
        (standing(&[ApplicationStatus::Hired, ApplicationStatus::Rejected]), &[]),
        (ApplicationFilter { stage: Some("Offer".into()), ..q("example") }, &["C-4"]),
        (q("öberg"), &["C-1"]),
        (q("ΝΑΤΑΛΊΑ"), &["C-3"]),
        (q("ADA3@example"), &["C-3"]),
        (q("%"), &["C-2"]),
        (q("_"), &["C-2"]),
        (q("\\"), &["C-4"]),
        (q("nobody"), &[]),
        (rated(3.0), &["C-3", "C-4"]),
        (rated(0.0), &["C-2", "C-3", "C-4"]),
        (
            ApplicationFilter {
                applied_after: parse_instant("2026-01-01T00:02:00Z"),
                ..all.clone()
            },
            &["C-3", "C-4"],
        ),
        (ApplicationFilter { q: Some("example.com".into()), ..rated(4.0) }, &["C-4"]),
    ];
    for (filter, expected) in cases {
        let ours = found(&mut world.conn, &world.admin, vacancy, &filter).expect("there");
        assert_eq!(ours, expected, "{:?}", filter.q);
        assert_eq!(found(&mut world.conn, &world.stranger, vacancy, &filter), None);
    }
}

#[test]
fn pages_go_by_time_of_application_then_id() {
    let mut world = World::new();
    let (vacancy, _) = people(&mut world.conn, &world.admin, 30);
    world.sql(
        "UPDATE applications SET applied_at = '2026-01-01T00:00:00.123456Z'
               WHERE reference IN ('V-1/A-10', 'V-1/A-11', 'V-1/A-12', 'V-1/A-13')",
    );
    let filter = ApplicationFilter::default();
    let whole = list(&mut world.conn, &world.admin, vacancy, &filter, None, 30);
    let whole = whole.expect("Postgres").expect("there").items;
    let whole: Vec<_> = whole.iter().map(|item| item.id).collect();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list(&mut world.conn, &world.admin, vacancy, &filter, after, 3);
        let page = page.expect("Postgres").expect("there");
        seen.extend(page.items.iter().map(|application| application.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), &seen), (30, &whole));
}

#[test]
fn a_stage_that_a_vacancy_has_not_is_told_with_those_that_it_has() {
    let mut world = World::new();
    let id = four_people(&mut world);
    let stage = |name: &str| ApplicationFilter { stage: Some(name.into()), ..Default::default() };
    let listed = |world: &mut World, name: &str| {
        list(&mut world.conn, &world.admin, id, &stage(name), None, 50).expect("Postgres")
    };
    let stages = || ["Applied", "Offer"].map(str::to_owned).to_vec();
    for unknown in ["Interview", "Offer,Interview", "", "off"] {
        let refused = listed(&mut world, unknown);
        assert_eq!(
            refused,
            Err(ListRefusal::Filter(FilterRefusal::UnknownStage(stages()))),
            "{unknown}"
        );
    }
    let unknown = VacancyId::from(uuid::Uuid::from_u128(9));
    for (actor, vacancy) in [(&world.stranger, id), (&world.admin, unknown)] {
        let refused = list(&mut world.conn, actor, vacancy, &stage("Interview"), None, 50);
        assert_eq!(refused.expect("Postgres"), Err(ListRefusal::Filter(FilterRefusal::Unknown)));
    }
    world.sql("UPDATE vacancies SET stages = '{Offer, \"Interview, on site\"}'");
    let former = listed(&mut world, "applied").expect("people still stand there");
    assert_eq!(former.items.len(), 3);
    let comma = listed(&mut world, "interview, on site").expect("a stage with a comma");
    assert_eq!(comma.items, []);
}

#[test]
fn a_vacancy_counts_its_applications_by_stage() {
    let mut world = World::new();
    let id = four_people(&mut world);
    import(&mut world.conn, &world.admin, &[vacancy("V-2", &["Applied"])]).expect("imported");
    import(&mut world.conn, &world.stranger, &[vacancy("V-1", &["Applied"])]).expect("imported");
    let read = vacancies::get(&mut world.conn, &world.admin, id).expect("Postgres");
    let stages = read.expect("there").stages;
    let stages: Vec<_> =
        stages.iter().map(|stage| (stage.name.as_str(), stage.order, stage.applications)).collect();
    assert_eq!(stages, [("Applied", 1, 3), ("Offer", 2, 1)]);
    assert_eq!(vacancies::get(&mut world.conn, &world.stranger, id).expect("Postgres"), None);
    let all = VacancyFilter::default();
    let page = vacancies::list(&mut world.conn, &world.admin, &all, None, 1);
    let page = page.expect("Postgres").expect("found");
    assert_eq!(page.items[0].reference, "V-2");
    let rest = vacancies::list(&mut world.conn, &world.admin, &all, page.next, 1);
    let rest = rest.expect("Postgres").expect("found");
    assert_eq!((rest.items[0].id, rest.next), (id, None));
    assert_eq!(rest.items[0].stages[0].applications, 3);
}
