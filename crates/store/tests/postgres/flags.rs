//! Unusual exports: judged once each after they were accepted, whoever comes first, and told to the audit.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use domain::actor::Actor;
use domain::audit::Action;
use domain::flag::{FlagReason, figure};
use domain::id::{ApplicationId, ExportId, VacancyId, WebhookId};
use serde_json::json;
use store::exports::{self, Export, ExportFilter};
use store::flags::{Judged, judge};
use store::webhooks::delete;

use crate::audit::told;
use crate::database::World;
use crate::people::{count, people};
use crate::sending::{answer, lease, new_export, test_export, try_export, webhook};

const LATER: Duration = Duration::ZERO;

impl World {
    /// Judges whatever there is, as a worker does.
    fn judge_all(&mut self) -> Judged {
        let mut all = Judged::default();
        let unjudged = "exports e WHERE NOT EXISTS (
            SELECT FROM flag_rounds WHERE e.id = ANY (judged))";
        while count(&mut self.conn, unjudged) > 0 {
            let judged = judge(&mut self.conn, LATER).expect("Postgres");
            all.exports += judged.exports;
            all.flagged += judged.flagged;
        }
        all
    }

    fn ask(
        &mut self,
        actor: &Actor,
        webhook: WebhookId,
        (vacancy, picked): (VacancyId, &[ApplicationId]),
    ) -> ExportId {
        let new = new_export(webhook, vacancy, picked);
        try_export(&mut self.conn, actor, &new).expect("accepted").export.id
    }

    fn export(&mut self, id: ExportId) -> Export {
        let support = self.support.clone();
        exports::get(&mut self.conn, &support, id).expect("Postgres").expect("there")
    }

    fn reasons(&mut self, id: ExportId) -> Vec<FlagReason> {
        self.export(id).flags.iter().map(|flag| flag.reason).collect()
    }
}

#[test]
fn a_whole_vacancy_and_a_first_large_export_are_flagged_once() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 60);
    let some = world.ask(&rosa, hook, (vacancy, &picked[..19]));
    let all = world.ask(&rosa, hook, (vacancy, &picked));
    let again = world.ask(&rosa, hook, (vacancy, &picked));
    let most = world.ask(&rosa, hook, (vacancy, &picked[1..]));
    assert_eq!(world.reasons(all), [], "not judged yet");
    told(&mut world.conn);
    let judged = world.judge_all();
    assert_eq!((judged.exports, judged.flagged), (4, 2));
    assert_eq!(world.reasons(all), [FlagReason::WholeVacancy, FlagReason::FirstLargeExport]);
    assert_eq!(world.export(all).flags[0].figures[figure::PEOPLE], 60);
    assert_eq!(world.reasons(again), [FlagReason::WholeVacancy], "a large one went there before");
    assert_eq!((world.reasons(some), world.reasons(most)), (vec![], vec![]));

    let events = told(&mut world.conn);
    let flagged: Vec<_> = events.iter().filter(|it| it.action == Action::ExportFlagged).collect();
    assert_eq!(flagged.len(), 2, "one an export: {events:?}");
    assert_eq!(flagged[0].details, json!({ "reasons": ["whole_vacancy", "first_large_export"] }));
    assert_eq!(flagged[0].organisation, Some(world.northwind));
    assert_eq!(judge(&mut world.conn, LATER).expect("Postgres"), Judged::default());
    assert_eq!(count(&mut world.conn, "export_flags"), 2);
}

#[test]
fn those_who_may_not_go_do_not_make_a_vacancy_less_whole() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 22);
    world.sql(&format!("UPDATE applications SET status = 'withdrawn' WHERE id = '{}'", picked[0]));
    let restricted = format!(
        "UPDATE candidates SET restricted = true
         WHERE id = (SELECT candidate_id FROM applications WHERE id = '{}')",
        picked[1]
    );
    world.sql(&restricted);
    let all = world.ask(&rosa, hook, (vacancy, &picked[2..]));
    world.judge_all();
    assert_eq!(world.reasons(all), [FlagReason::WholeVacancy]);
}

#[test]
fn tests_and_small_exports_to_known_webhooks_are_not_flagged() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 60);
    test_export(&mut world.conn, &world.admin, hook);
    let judged = world.judge_all();
    assert_eq!(judged, Judged::default(), "tests are passed by");
    let first = world.ask(&rosa, hook, (vacancy, &picked[..2]));
    store::queue::notify(&mut world.conn, &[(world.northwind, hook)]).expect("Postgres");
    let jobs = lease(&mut world.conn, 2);
    answer(&mut world.conn, jobs, 200);
    world.sql("UPDATE webhooks SET created_at = now() - interval '8 days'");
    let large = world.ask(&rosa, hook, (vacancy, &picked[..59]));
    world.judge_all();
    assert_eq!((world.reasons(first), world.reasons(large)), (vec![], vec![]), "it is in use");
}

#[test]
fn a_shared_url_is_told_without_saying_whose() {
    let mut world = World::new();
    let (rosa, stranger) = (world.rosa.clone(), world.stranger.clone());
    let own = webhook(&mut world.conn, &world.admin, 1);
    let other = webhook(&mut world.conn, &world.admin, 2);
    let theirs = webhook(&mut world.conn, &stranger, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    let (their_vacancy, their_picked) = people(&mut world.conn, &stranger, 2);
    let shared = world.ask(&rosa, own, (vacancy, &picked));
    let alone = world.ask(&rosa, other, (vacancy, &picked));
    let from_there = world.ask(&stranger, theirs, (their_vacancy, &their_picked));
    told(&mut world.conn);
    world.judge_all();
    assert_eq!(world.reasons(shared), [FlagReason::SharedUrl]);
    assert_eq!(world.reasons(from_there), [FlagReason::SharedUrl]);
    assert_eq!(world.reasons(alone), []);
    let about = |world: &mut World, id| format!("{:?}", world.export(id).flags);
    let secret = [world.contoso.to_string(), theirs.to_string(), "Contoso".to_owned()];
    for event in told(&mut world.conn).iter().filter(|it| it.organisation == Some(world.northwind))
    {
        assert!(secret.iter().all(|it| !event.details.to_string().contains(it)), "{event:?}");
    }
    let text = about(&mut world, shared);
    assert!(secret.iter().all(|it| !text.contains(it)), "{text}");

    delete(&mut world.conn, &stranger, theirs, true).expect("Postgres").expect("deleted");
    let after = world.ask(&rosa, own, (vacancy, &picked));
    world.judge_all();
    assert_eq!(world.reasons(after), [], "a deleted one is nobody's");
}

#[test]
fn what_is_usual_is_learnt_from_what_was_judged() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let admin = world.admin.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 130);
    let days = format!(
        "INSERT INTO member_days SELECT '{}', 'auth0|rosa', '2026-11-22'::date - day, 3
         FROM generate_series(1, 10) day",
        world.northwind
    );
    world.sql(&days);
    let at = |world: &mut World, id: ExportId, time: &str| {
        world.sql(&format!("UPDATE exports SET requested_at = '{time}' WHERE id = '{id}'"));
    };
    let morning = world.ask(&rosa, hook, (vacancy, &picked[..49]));
    let noon = world.ask(&rosa, hook, (vacancy, &picked[..49]));
    let evening = world.ask(&rosa, hook, (vacancy, &picked[..49]));
    let hers = world.ask(&admin, hook, (vacancy, &picked[..129]));
    let tomorrow = world.ask(&rosa, hook, (vacancy, &picked[..49]));
    for id in [morning, noon, evening, hers] {
        at(&mut world, id, "2026-11-22T12:00:00Z");
    }
    at(&mut world, tomorrow, "2026-11-23T00:00:00Z");
    world.judge_all();
    assert_eq!((world.reasons(morning), world.reasons(noon)), (vec![], vec![]));
    let flags = world.export(evening).flags;
    assert_eq!(flags[0].reason, FlagReason::UnusualVolume);
    let figures =
        (flags[0].figures[figure::PEOPLE_THAT_DAY], flags[0].figures[figure::USUAL_PEOPLE_A_DAY]);
    assert_eq!(figures, (147, 3));
    assert_eq!(world.reasons(hers), [FlagReason::FirstLargeExport], "nobody knows what is usual");
    assert_eq!(world.reasons(tomorrow), []);
    let learnt =
        "member_days WHERE requested_by_id = 'auth0|rosa' AND day = '2026-11-22' AND people = 147";
    assert_eq!(count(&mut world.conn, learnt), 1);
}

#[test]
fn unusual_hours_need_a_history() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    let ask_at = |world: &mut World, time: &str| {
        let id = world.ask(&rosa, hook, (vacancy, &picked));
        world.sql(&format!("UPDATE exports SET requested_at = '{time}' WHERE id = '{id}'"));
        world.judge_all();
        world.reasons(id)
    };
    assert_eq!(ask_at(&mut world, "2026-11-22T03:12:00Z"), [], "it is young");
    let weeks = format!(
        "INSERT INTO export_hours SELECT '{}', '2026-11-16'::date - 7 * week, hour, 10
         FROM generate_series(1, 7) week, generate_series(8, 16) hour",
        world.northwind
    );
    world.sql(&weeks);
    assert_eq!(ask_at(&mut world, "2026-11-22T03:12:00Z"), [FlagReason::UnusualHours], "a Sunday");
    assert_eq!(ask_at(&mut world, "2026-11-20T11:00:00Z"), []);
    assert_eq!(ask_at(&mut world, "2026-11-20T17:30:00Z"), [], "an hour later is usual, too");
    assert_eq!(ask_at(&mut world, "2026-11-20T20:00:00Z"), [FlagReason::UnusualHours]);
}

#[test]
fn what_commits_late_is_found_when_a_range_is_looked_at_again() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 20);
    let late = world.ask(&rosa, hook, (vacancy, &picked));
    world.ask(&rosa, hook, (vacancy, &picked[..1]));
    world.judge_all();
    // As if it had not been there.
    world.sql("DELETE FROM export_flags");
    world.sql(&format!("UPDATE flag_rounds SET judged = array_remove(judged, '{late}')"));
    assert_eq!(judge(&mut world.conn, LATER).expect("Postgres"), Judged::default());
    world.sql("UPDATE flag_rounds SET look_again_at = now()");
    let judged = judge(&mut world.conn, LATER).expect("Postgres");
    assert_eq!((judged.exports, judged.flagged), (1, 1));
    assert_eq!(world.reasons(late), [FlagReason::WholeVacancy]);
    world.sql("UPDATE flag_rounds SET look_again_at = now()");
    assert_eq!(judge(&mut world.conn, LATER).expect("Postgres"), Judged::default(), "once");
    assert_eq!(count(&mut world.conn, "flag_rounds"), 1, "the last one says how far it got");
    assert_eq!(count(&mut world.conn, "flag_rounds WHERE look_again_at = 'infinity'"), 1);
}

#[test]
fn one_judges_at_a_time() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    world.ask(&rosa, hook, (vacancy, &picked));
    let mut other = world.connect();
    let lock = "BEGIN; SELECT pg_advisory_xact_lock(hashtext('flags of exports'))";
    other.batch_execute(lock).expect("a lock");
    for _ in 0..10 {
        let judged = judge(&mut world.conn, LATER).expect("Postgres");
        assert_eq!(judged, Judged::default());
    }
    other.batch_execute("COMMIT").expect("released");
    assert_eq!(world.judge_all().exports, 1);
}

#[test]
fn lists_are_filtered_by_flags() {
    let mut world = World::new();
    let rosa = world.rosa.clone();
    let hook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 20);
    let flagged = world.ask(&rosa, hook, (vacancy, &picked));
    let usual = world.ask(&rosa, hook, (vacancy, &picked[..1]));
    world.judge_all();
    let listed = |world: &mut World, actor: &Actor, flagged, statuses: &[_]| {
        let filter =
            ExportFilter { flagged, statuses: statuses.to_vec(), ..ExportFilter::default() };
        let page = exports::list(&mut world.conn, actor, &filter, None, 50);
        let items = page.expect("Postgres").expect("known").items;
        items.into_iter().map(|export| export.id).collect::<Vec<_>>()
    };
    let (queued, failed) =
        (domain::export::ExportStatus::Queued, domain::export::ExportStatus::Failed);
    for actor in [world.admin.clone(), world.support.clone()] {
        assert_eq!(listed(&mut world, &actor, Some(true), &[]), [flagged]);
        assert_eq!(listed(&mut world, &actor, Some(false), &[]), [usual]);
        assert_eq!(listed(&mut world, &actor, None, &[]), [usual, flagged]);
        assert_eq!(listed(&mut world, &actor, Some(true), &[queued]), [flagged]);
        assert_eq!(listed(&mut world, &actor, Some(true), &[failed]), []);
    }
    let stranger = world.stranger.clone();
    assert_eq!(listed(&mut world, &stranger, Some(true), &[]), []);
}
