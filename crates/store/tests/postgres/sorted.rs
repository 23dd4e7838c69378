//! Applications in each order: page by page as in one go, those without a rating last, and nobody twice
//! or left out while others come. With what went to a webhook before, and with how many there are.

use std::cmp::Ordering;

use domain::export::ExportStatus;
use domain::id::{ApplicationId, VacancyId, WebhookId};
use domain::import::ApplicationStatus;
use serde_json::json;
use store::applications::{
    Application, ApplicationFilter, ApplicationKey, ApplicationPage, ListRefusal, Listed, Sort,
    SortBy, list,
};
use uuid::Uuid;

use crate::database::World;
use crate::people::{application, candidate, import, people, vacancy, vacancy_id};
use crate::sending::{new_export, try_export, webhook};

const STAGES: [&str; 3] = ["Applied", "Interview", "Offer"];
const NAMES: [&str; 5] = ["Åsa Öberg", "asa oberg", "Ben O'Neill", "Zoë", "ben ode"];

fn sorts() -> Vec<Sort> {
    let all = [SortBy::AppliedAt, SortBy::FullName, SortBy::Rating, SortBy::Stage];
    all.into_iter().flat_map(|by| [false, true].map(|descending| Sort { by, descending })).collect()
}

/// People of whom many are alike in what they are sorted by; the vacancy has no stage `Interview` any more.
fn many(world: &mut World, count: usize) -> VacancyId {
    let mut lines = vec![vacancy("V-1", &STAGES)];
    for number in 1..=count {
        let mut person = candidate(number);
        person["full_name"] = json!(NAMES[number % NAMES.len()]);
        person["first_name"] = json!(null);
        person["last_name"] = json!(null);
        let mut application = application("V-1", number / 3, STAGES[number % STAGES.len()]);
        application["reference"] = json!(format!("A-{number}"));
        application["candidate"] = person["reference"].clone();
        if number % 4 > 0 {
            let value = json!((number % 4) * 2);
            application["rating"] = json!({"value": value, "scale_min": 0, "scale_max": 10});
        }
        if number % 7 == 0 {
            application["status"] = json!("rejected");
        }
        lines.extend([person, application]);
    }
    import(&mut world.conn, &world.admin, &lines).expect("good lines");
    world.sql("UPDATE vacancies SET stages = '{Applied, Offer}'");
    vacancy_id(&mut world.conn, &world.admin, "V-1")
}

fn listed(filter: &ApplicationFilter, sort: Sort) -> Listed<'_> {
    Listed { sort, ..Listed::from(filter) }
}

fn page(
    world: &mut World,
    vacancy: VacancyId,
    listed: Listed<'_>,
    after: Option<ApplicationKey>,
    limit: usize,
) -> ApplicationPage {
    let page = list(&mut world.conn, &world.admin, vacancy, listed, after, limit);
    page.expect("Postgres").expect("there")
}

/// The ids of all pages, with what happens between the first two.
fn walk(
    world: &mut World,
    vacancy: VacancyId,
    listed: Listed<'_>,
    between: impl FnOnce(&mut World),
) -> Vec<ApplicationId> {
    let mut read = page(world, vacancy, listed, None, 4);
    between(world);
    let mut ids = Vec::new();
    loop {
        ids.extend(read.items.iter().map(|item| item.id));
        let Some(after) = read.next else { return ids };
        read = page(world, vacancy, listed, Some(after), 4);
    }
}

fn rated(application: &Application) -> Option<u64> {
    let rating = application.rating.as_ref()?;
    serde_json::to_value(&rating.value).expect("a number").as_u64()
}

/// Said again, in Rust.
fn compare(sort: Sort, one: &Application, other: &Application) -> Ordering {
    let name = |it: &Application| it.full_name.to_lowercase().replace(['å', 'ö', 'ë', '\''], "?");
    let folded = |it: &Application| {
        let name = name(it);
        let plain = [("?sa ?berg", "asa oberg"), ("ben o?neill", "ben oneill"), ("zo?", "zoe")];
        plain.iter().find(|(folded, _)| *folded == name).map_or(name, |(_, it)| (*it).to_owned())
    };
    let place = |it: &Application| match it.stage.as_str() {
        "Applied" => 1,
        "Offer" => 2,
        _ => 3,
    };
    let nulls = match sort.by {
        SortBy::Rating => rated(one).is_none().cmp(&rated(other).is_none()),
        _ => Ordering::Equal,
    };
    let values = match sort.by {
        SortBy::AppliedAt => one.applied_at.cmp(&other.applied_at),
        SortBy::FullName => folded(one).cmp(&folded(other)),
        SortBy::Rating => rated(one).cmp(&rated(other)),
        SortBy::Stage => (place(one), one.applied_at).cmp(&(place(other), other.applied_at)),
    };
    let values = values.then(one.id.cmp(&other.id));
    nulls.then(if sort.descending { values.reverse() } else { values })
}

#[test]
fn each_order_is_the_same_page_by_page_and_whatever_it_is_filtered_by() {
    let mut world = World::new();
    let vacancy = many(&mut world, 60);
    let all = ApplicationFilter::default;
    let applied_after = page(&mut world, vacancy, (&all()).into(), None, 60).items[20].applied_at;
    let filters = [
        all(),
        ApplicationFilter { stage: Some("offer,applied".into()), ..all() },
        ApplicationFilter { stage: Some("interview".into()), ..all() },
        ApplicationFilter { statuses: vec![ApplicationStatus::Rejected], ..all() },
        ApplicationFilter { min_rating: Some(4.0), ..all() },
        ApplicationFilter { q: Some("ben".into()), ..all() },
        ApplicationFilter { q: Some("zoe".into()), min_rating: Some(4.0), ..all() },
        ApplicationFilter { applied_after: Some(applied_after), ..all() },
        ApplicationFilter { applied_after: Some(applied_after), q: Some("asa".into()), ..all() },
    ];
    for filter in &filters {
        let found = page(&mut world, vacancy, filter.into(), None, 60).items;
        assert!(found.len() > 5, "{filter:?}");
        for sort in sorts() {
            let mut wanted = found.clone();
            wanted.sort_by(|one, other| compare(sort, one, other));
            let wanted: Vec<_> = wanted.iter().map(|item| item.id).collect();
            let walked = walk(&mut world, vacancy, listed(filter, sort), |_| ());
            assert_eq!(walked, wanted, "{sort:?} {:?} {:?}", filter.q, filter.stage);
            let counted = Listed { counted: true, ..listed(filter, sort) };
            let total = page(&mut world, vacancy, counted, None, 3).total;
            assert_eq!(total, Some(wanted.len() as u64), "{sort:?} {:?}", filter.q);
        }
    }
}

#[test]
fn who_comes_meanwhile_moves_nobody() {
    for sort in sorts() {
        let mut world = World::new();
        let vacancy = many(&mut world, 24);
        let all = ApplicationFilter::default();
        let before = walk(&mut world, vacancy, listed(&all, sort), |_| ());
        let while_more_come = walk(&mut world, vacancy, listed(&all, sort), |world| {
            let mut lines = Vec::new();
            for number in 100..124 {
                let mut application = application("V-1", number - 100, "Offer");
                application["reference"] = json!(format!("A-{number}"));
                application["candidate"] = json!(format!("C-{number}"));
                lines.extend([candidate(number), application]);
            }
            import(&mut world.conn, &world.admin, &lines).expect("good lines");
        });
        let those: Vec<_> =
            while_more_come.iter().filter(|id| before.contains(id)).copied().collect();
        assert_eq!(those, before, "{sort:?}");
        let mut once = while_more_come.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), while_more_come.len(), "{sort:?}: nobody twice");
    }
}

fn last(world: &mut World, vacancy: VacancyId, webhook: WebhookId) -> Vec<Option<String>> {
    let all = ApplicationFilter::default();
    let listed = Listed { webhook: Some(webhook), ..Listed::from(&all) };
    let told = |last: store::applications::LastExport| {
        let by = last.by.unwrap_or_default();
        format!("{} {} {}", by, last.status.as_str(), last.accepted)
    };
    let items = page(world, vacancy, listed, None, 9).items;
    items.into_iter().map(|item| item.last_export.map(told)).collect()
}

#[test]
fn who_went_to_a_webhook_or_may_have_is_told_with_the_newest_export() {
    let mut world = World::new();
    let [ours, other] = [1, 2].map(|url| webhook(&mut world.conn, &world.admin, url));
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 3);
    let rosa = world.rosa.clone();
    let made = try_export(&mut world.conn, &rosa, &new_export(ours, vacancy, &picked[..2]));
    let first = made.expect("accepted").export;
    let name = rosa.name.clone().unwrap_or_default();
    let waiting = Some(format!("{name} queued false"));
    assert_eq!(last(&mut world, vacancy, ours), [waiting.clone(), waiting.clone(), None]);
    assert_eq!(last(&mut world, vacancy, other), [None, None, None]);

    world.sql("DELETE FROM export_jobs");
    let ends = [
        ("'failed', ended_by = 'receiver', outcome = 'http_4xx', ambiguous = false", None),
        ("'failed', ambiguous = true", Some("failed false")),
        ("'cancelled', ended_by = 'member', outcome = NULL, ambiguous = false", None),
        ("'cancelled', first_accepted_at = now()", Some("cancelled true")),
        ("'delivered', outcome = 'delivered', ended_by = 'receiver'", Some("delivered true")),
    ];
    for (end, told) in ends {
        world.sql(&format!("UPDATE exports SET finished_at = now(), end_state = {end}"));
        let told = told.map(|told| format!("{name} {told}"));
        let seen = last(&mut world, vacancy, ours);
        assert_eq!(seen, [told.clone(), told.clone(), None], "{end}");
    }
    let admin = world.admin.clone();
    let made = try_export(&mut world.conn, &admin, &new_export(ours, vacancy, &picked[1..]));
    let second = made.expect("accepted").export;
    assert_ne!(first.id, second.id);
    let all = ApplicationFilter::default();
    let listed = Listed { webhook: Some(ours), ..Listed::from(&all) };
    let items = page(&mut world, vacancy, listed, None, 9).items;
    let ids: Vec<_> = items.into_iter().map(|item| item.last_export.map(|last| last.id)).collect();
    assert_eq!(ids, [Some(first.id), Some(second.id), Some(second.id)]);
    assert_eq!(second.status, ExportStatus::Queued);
    store::webhooks::delete(&mut world.conn, &admin, ours, true).expect("Postgres").expect("gone");
    let accepted = Some(format!("{name} delivered true"));
    let seen = last(&mut world, vacancy, ours);
    assert_eq!(seen, [accepted.clone(), accepted, None], "what waited is cancelled with it");
}

#[test]
fn a_webhook_of_somebody_else_is_as_unknown_as_none() {
    let mut world = World::new();
    let theirs = webhook(&mut world.conn, &world.stranger, 1);
    let (vacancy, _) = people(&mut world.conn, &world.admin, 1);
    let all = ApplicationFilter::default();
    for id in [theirs, WebhookId::from(Uuid::from_u128(9))] {
        let listed = Listed { webhook: Some(id), ..Listed::from(&all) };
        let refused = list(&mut world.conn, &world.admin, vacancy, listed, None, 9);
        assert_eq!(refused.expect("Postgres"), Err(ListRefusal::UnknownWebhook));
    }
}
