//! Lists of an organisation that has much, and of one that is newer than the statistics: each page
//! reads about as many rows as it shows, whatever it is filtered by.

use chrono::{TimeDelta, Utc};
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::{OrganisationId, VacancyId, WebhookId};
use domain::import::ApplicationStatus;
use store::Conn;
use store::applications::{self, ApplicationFilter, Listed, Sort, SortBy};
use store::exports::{self, ExportFilter};
use store::vacancies::{self, VacancyFilter};
use uuid::Uuid;

use super::rows_read;
use crate::actors::recruiter;
use crate::database::World;
use crate::people::vacancy_id;
use crate::sending::webhook;

/// What a page shows at most.
const LIMIT: usize = 10;
/// What a page may read: a row of each table for each that is shown, for some that are passed by, and
/// for those that are counted to find the shortest way.
const FEW: i64 = 1_000;

/// Which of its organisations has much.
#[derive(Debug, Clone, Copy)]
enum Statistics {
    /// Nothing is known of any.
    None,
    /// Both are known.
    OfBoth,
    /// One came after them.
    OfTheOther,
}

const EXPORTS: &[&str] = &["exports", "export_jobs", "export_ends", "webhooks"];

/// 6,000 exports that ended, of which few failed, fewer were cancelled and few went to the second
/// webhook; then 3,000 that wait for their next try, and three that were never tried before them.
fn exports_of(world: &mut World, actor: &Actor) -> [WebhookId; 2] {
    let hooks = [1, 2].map(|url| webhook(&mut world.conn, actor, url));
    let organisation = actor.organisation().expect("of a member");
    let [many, few] = hooks.map(Uuid::from);
    world.sql(&format!(
        "INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, vacancy_id, requested_by_type,
             requested_by_id, requested_by_name, requested_by_email, requested_at, candidate_count, payload_bytes,
             payload_sha256, end_state, ended_by, outcome, finished_at, attempt_count)
         SELECT '{organisation}', uuid_v7(at), 'candidates', hook, 'hook', host, vacancy, 'member', requester, 'R',
             requester || '@example.com', at, 1, 1, '\\x00', state,
             CASE WHEN state IS NOT NULL THEN 'receiver' END,
             CASE state WHEN 'failed' THEN 'http_5xx' WHEN 'delivered' THEN state END, CASE WHEN state IS NOT NULL THEN at END, 0
           FROM generate_series(1, 9000) n
          CROSS JOIN LATERAL (SELECT now() - interval '1 day' + n * interval '1 second' AS at,
                CASE WHEN n > 6000 THEN NULL WHEN n % 1500 = 7 THEN 'failed' WHEN n % 3000 = 8 THEN 'cancelled'
                     ELSE 'delivered' END AS state,
                CASE WHEN n % 2000 = 9 THEN '{few}'::uuid ELSE '{many}' END AS hook,
                CASE WHEN n % 2000 = 9 THEN 'few.example.com' ELSE 'hooks.example.com' END AS host,
                CASE WHEN n % 2000 = 9 THEN '{few}'::uuid ELSE '{many}' END AS vacancy,
                CASE WHEN n % 300 = 10 THEN 'rosa' ELSE 'ben' END AS requester) made"
    ));
    world.sql(&format!("UPDATE webhooks SET host = 'few.example.com' WHERE id = '{few}'"));
    world.sql(&format!(
        "INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes, attempt_number,
             schedule_position)
         SELECT organisation_id, id, webhook_id, now() + interval '1 day', 1, tries, tries
           FROM (SELECT *, CASE WHEN row_number() OVER (ORDER BY id) <= 3 THEN 0 ELSE 1 END AS tries
                   FROM exports WHERE organisation_id = '{organisation}' AND end_state IS NULL) waiting"
    ));
    hooks
}

fn filters(hooks: [WebhookId; 2]) -> Vec<ExportFilter> {
    let all = ExportFilter::default;
    let standing = |status| ExportFilter { statuses: vec![status], ..all() };
    let by = |requester: &str| ExportFilter { requested_by: Some(requester.to_owned()), ..all() };
    let to = |host: &str| ExportFilter { host: Some(host.to_owned()), ..all() };
    let hour = |hours| Some(Utc::now() - TimeDelta::hours(hours));
    let mut filters: Vec<_> = ExportStatus::ALL.iter().copied().map(standing).collect();
    filters.extend([
        all(),
        ExportFilter { statuses: ExportStatus::ALL.to_vec(), ..all() },
        by("rosa"),
        by("rosa@example.com"),
        to("few.example.com"),
        to("hooks.example.com"),
        ExportFilter { from: hour(24), ..all() },
        ExportFilter { to: hour(23), ..all() },
        ExportFilter { webhook_id: Some(hooks[1]), ..standing(ExportStatus::Retrying) },
        ExportFilter {
            host: Some("few.example.com".to_owned()),
            ..standing(ExportStatus::Delivered)
        },
        ExportFilter { requested_by: Some("rosa".to_owned()), ..standing(ExportStatus::Failed) },
    ]);
    filters.extend(hooks.map(|hook| ExportFilter { webhook_id: Some(hook), ..all() }));
    filters.extend(
        hooks.map(|hook| ExportFilter {
            vacancy_id: Some(VacancyId::from(Uuid::from(hook))),
            ..all()
        }),
    );
    filters
}

fn read_pages_of_exports(statistics: Statistics) {
    let mut world = World::new();
    for table in ["exports", "export_jobs", "export_ends"] {
        world.sql(&format!("ALTER TABLE {table} SET (autovacuum_enabled = false)"));
    }
    let (admin, stranger) = (world.admin.clone(), world.stranger.clone());
    let ours = exports_of(&mut world, &admin);
    if matches!(statistics, Statistics::OfTheOther) {
        world.sql("ANALYZE");
    }
    let theirs = exports_of(&mut world, &stranger);
    if matches!(statistics, Statistics::OfBoth) {
        world.sql("ANALYZE");
    }
    let rosa = |organisation: OrganisationId| recruiter(organisation, "rosa");
    let actors = [
        (admin, ours),
        (stranger, theirs),
        (rosa(world.northwind), ours),
        (rosa(world.contoso), theirs),
        (world.support.clone(), theirs),
    ];
    for (actor, hooks) in actors {
        for filter in filters(hooks) {
            let read = rows_read(&world, EXPORTS, |conn| {
                let page = exports::list(conn, &actor, &filter, None, LIMIT);
                page.expect("Postgres").map(drop).unwrap_or_default();
            });
            assert!(read < FEW, "{read} rows: {statistics:?} {:?} {filter:?}", actor.scope);
        }
    }
}

#[test]
fn a_page_of_exports_reads_a_page_without_statistics() {
    read_pages_of_exports(Statistics::None);
}

#[test]
fn a_page_of_exports_reads_a_page_with_statistics() {
    read_pages_of_exports(Statistics::OfBoth);
}

#[test]
fn a_page_of_exports_of_a_newcomer_reads_a_page() {
    read_pages_of_exports(Statistics::OfTheOther);
}

const PEOPLE: &[&str] = &["applications", "candidates", "vacancies", "stage_counts"];

/// 4,000 people in one vacancy, few of whom stand late in it, and three vacancies with nobody.
fn people_of(world: &mut World, actor: &Actor) -> VacancyId {
    let organisation = actor.organisation().expect("of a member");
    world.sql(&format!(
        "INSERT INTO vacancies (organisation_id, reference, title, stages)
         SELECT '{organisation}', 'V-' || n, 'V', '{{Applied,Offer}}' FROM generate_series(1, 4) n"
    ));
    world.sql(&format!(
        "INSERT INTO candidates (organisation_id, reference, full_name, email)
         SELECT '{organisation}', 'C-' || n, 'Jan Garcia ' || n, 'p' || n || '@example.com'
           FROM generate_series(1, 4000) n"
    ));
    world.sql(&format!(
        "INSERT INTO applications (organisation_id, reference, vacancy_id, candidate_id, stage, status, rating, applied_at)
         SELECT '{organisation}', c.reference, v.id, c.id,
             CASE c.reference WHEN 'C-3001' THEN 'Offer' ELSE 'Applied' END,
             CASE c.reference WHEN 'C-3002' THEN 'hired' ELSE 'active' END,
             jsonb_build_object('value', CASE c.reference WHEN 'C-3003' THEN 5 ELSE 1 END, 'scale_min', 1, 'scale_max', 5),
             now() - interval '1 day' + length(c.id::text) * random() * interval '1 second'
           FROM candidates c JOIN vacancies v ON v.organisation_id = c.organisation_id AND v.reference = 'V-1'
          WHERE c.organisation_id = '{organisation}'"
    ));
    vacancy_id(&mut world.conn, actor, "V-1")
}

/// What a page may read where nothing else helps: everybody in the vacancy, and that once or twice.
const ALL: i64 = 9_000;

fn sorts() -> impl Iterator<Item = Sort> {
    let all = [SortBy::AppliedAt, SortBy::FullName, SortBy::Rating, SortBy::Stage];
    all.into_iter().flat_map(|by| [false, true].map(|descending| Sort { by, descending }))
}

/// The third page of all, as the one before it says where.
fn read_to_the_end_of_three_pages(conn: &mut Conn, actor: &Actor, vacancy: VacancyId, sort: Sort) {
    let all = ApplicationFilter::default();
    let mut after = None;
    for _ in 0..3 {
        let listed = Listed { sort, ..Listed::from(&all) };
        let page = applications::list(conn, actor, vacancy, listed, after, LIMIT);
        after = page.expect("Postgres").expect("there").next;
        assert!(after.is_some(), "more follow");
    }
}

#[test]
fn a_page_of_applications_reads_a_page() {
    for statistics in [Statistics::None, Statistics::OfBoth, Statistics::OfTheOther] {
        let mut world = World::new();
        let (admin, stranger) = (world.admin.clone(), world.stranger.clone());
        let ours = people_of(&mut world, &admin);
        if matches!(statistics, Statistics::OfTheOther) {
            world.sql("ANALYZE");
        }
        let theirs = people_of(&mut world, &stranger);
        if matches!(statistics, Statistics::OfBoth) {
            world.sql("ANALYZE");
        }
        let q = |q: &str| ApplicationFilter { q: Some(q.to_owned()), ..Default::default() };
        let stage = |stage: &str| ApplicationFilter { stage: Some(stage.into()), ..q("garcia") };
        let rated = |rating| ApplicationFilter { min_rating: Some(rating), ..Default::default() };
        let standing = |status| ApplicationFilter { statuses: vec![status], ..Default::default() };
        // "ng" stands in everybody's name where blanks are left out, and begins no word.
        let words = ["garcia", "jangarcia", "p3999@example.com", "nobody", "zq", "ng", "angarcia"];
        let mut filters: Vec<_> = words.into_iter().map(q).collect();
        filters.extend([ApplicationFilter::default(), stage("Applied"), stage("Offer")]);
        filters.extend(["Applied", "Offer"].map(|it| ApplicationFilter { q: None, ..stage(it) }));
        filters.extend([1.0, 5.0, 6.0].map(rated));
        filters.extend([ApplicationStatus::Active, ApplicationStatus::Hired].map(standing));
        filters.push(ApplicationFilter { min_rating: Some(6.0), ..stage("Applied") });
        for (actor, vacancy) in [(&admin, ours), (&stranger, theirs)] {
            for (filter, sort) in
                filters.iter().flat_map(|it| sorts().take(3).map(move |sort| (it, sort)))
            {
                let read = rows_read(&world, PEOPLE, |conn| {
                    let listed = Listed { sort, ..Listed::from(filter) };
                    let page = applications::list(conn, actor, vacancy, listed, None, LIMIT);
                    page.expect("Postgres").expect("there");
                });
                // In another order than that of the indexes all are read that one of them holds, and words
                // that all have are looked for among all.
                let most = if sort.by == SortBy::AppliedAt { FEW } else { ALL };
                assert!(
                    read < most,
                    "{read} rows: {statistics:?} {sort:?} {:?} {:?} {:?} {:?}",
                    filter.q,
                    filter.stage,
                    filter.statuses,
                    filter.min_rating
                );
            }
            for sort in sorts() {
                let read = rows_read(&world, PEOPLE, |conn| {
                    read_to_the_end_of_three_pages(conn, actor, vacancy, sort);
                });
                assert!(read < FEW, "{read} rows: {statistics:?} {sort:?}");
            }
            let read = rows_read(&world, PEOPLE, |conn| {
                let all = VacancyFilter::default();
                vacancies::list(conn, actor, &all, None, LIMIT).expect("Postgres").expect("found");
            });
            assert!(read < FEW, "{read} rows: {statistics:?}, vacancies");
        }
    }
}
