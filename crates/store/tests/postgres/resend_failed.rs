//! Sending again all that failed for a webhook: counted, in steps, and nothing twice.

use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::RunQueryDsl;
use domain::actor::Actor;
use domain::export::ExportStatus;
use domain::id::WebhookId;
use store::idempotency_keys::IdempotencyKey;
use store::webhooks::{ResendFailed, ResendFailedRefusal, Resent, delete, resend_failed};

use crate::elsewhere::Story;
use crate::people::{count, vacancy_id};
use crate::sending::{new_export, try_export, webhook};

fn since() -> DateTime<Utc> {
    Utc::now() - TimeDelta::hours(1)
}

/// Another export of everybody picked, which fails.
fn another(story: &mut Story) {
    let vacancy = vacancy_id(&mut story.world.conn, &story.world.admin, "V-1");
    let asked = new_export(story.old, vacancy, &story.picked);
    try_export(&mut story.world.conn, &story.world.rosa, &asked).expect("accepted");
    story.send(413);
}

fn ask(story: &mut Story, asked: ResendFailed) -> Result<Resent, ResendFailedRefusal> {
    let (actor, old) = (story.world.admin.clone(), story.old);
    ask_as(story, &actor, old, asked, None).map(|(counts, _)| counts)
}

fn ask_as(
    story: &mut Story,
    actor: &Actor,
    of: WebhookId,
    asked: ResendFailed,
    key: Option<&IdempotencyKey>,
) -> Result<(Resent, bool), ResendFailedRefusal> {
    resend_failed(&mut story.world.conn, actor, of, &asked, key).expect("Postgres")
}

fn here(since: DateTime<Utc>) -> ResendFailed {
    ResendFailed { since, to: None, dry_run: false }
}

fn dry(asked: ResendFailed) -> ResendFailed {
    ResendFailed { dry_run: true, ..asked }
}

#[test]
fn all_of_it_goes_again_as_it_was_and_not_twice() {
    let mut story = Story::failed();
    another(&mut story);
    let expected = Resent { resent: 2, ..Resent::default() };
    assert_eq!(ask(&mut story, dry(here(since()))), Ok(expected));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 0, "a dry run changes nothing");
    assert_eq!(ask(&mut story, here(since())), Ok(expected));
    let export = story.export;
    assert_eq!(story.read(export).status, ExportStatus::Queued);
    assert_eq!(ask(&mut story, here(since())), Ok(Resent::default()), "it is in progress");
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 2);
    let told = "audit_events WHERE action = 'webhook.exports_resent'";
    assert_eq!(count(&mut story.world.conn, told), 2);
    story.send(200);
    assert_eq!(ask(&mut story, here(since())), Ok(Resent::default()), "it was accepted");
}

#[test]
fn since_is_when_it_failed() {
    let mut story = Story::failed();
    let export = story.export;
    let failed = story.read(export).finished_at.expect("ended");
    let after = failed + TimeDelta::microseconds(1);
    assert_eq!(ask(&mut story, dry(here(after))), Ok(Resent::default()));
    assert_eq!(ask(&mut story, dry(here(failed))).map(|counts| counts.resent), Ok(1));
}

#[test]
fn what_cannot_go_is_counted_by_its_reason() {
    let mut story = Story::failed();
    for _ in 0..2 {
        another(&mut story);
    }
    let export = story.export;
    story
        .world
        .sql(&format!("UPDATE exports SET payload_kept_until = now() WHERE id = '{export}'"));
    story.restrict(1);
    let expected = Resent { resent: 2, derived: 2, payload_gone: 1, ..Resent::default() };
    assert_eq!(ask(&mut story, dry(here(since()))), Ok(expected));
    assert_eq!(ask(&mut story, here(since())), Ok(expected));
    let expected = Resent { carried_on: 2, payload_gone: 1, ..Resent::default() };
    assert_eq!(ask(&mut story, here(since())), Ok(expected), "the derived ones are in progress");
    story.send(413);
    [2, 3].into_iter().for_each(|number| story.restrict(number));
    let expected = Resent { carried_on: 2, payload_gone: 1, nobody_left: 2, ..Resent::default() };
    assert_eq!(ask(&mut story, here(since())), Ok(expected));
}

#[test]
fn to_another_webhook_it_goes_once_also_out_of_a_deleted_one() {
    let mut story = Story::failed();
    another(&mut story);
    let (admin, old, new) = (story.world.admin.clone(), story.old, story.new);
    let there = ResendFailed { to: Some(new), ..here(since()) };
    delete(&mut story.world.conn, &admin, old, false).expect("Postgres").expect("live");
    assert_eq!(ask(&mut story, here(since())), Err(ResendFailedRefusal::Deleted));
    let expected = Resent { resent: 2, derived: 2, ..Resent::default() };
    assert_eq!(ask(&mut story, dry(there)), Ok(expected));
    assert_eq!(ask(&mut story, there), Ok(expected));
    assert_eq!(ask(&mut story, there), Ok(Resent { carried_on: 2, ..Resent::default() }));
    let there = format!("exports WHERE webhook_id = '{new}'");
    assert_eq!(count(&mut story.world.conn, &there), 2);
}

#[test]
fn refusals() {
    let mut story = Story::waiting();
    // 410 disables it.
    story.send(410);
    let disabled = ask(&mut story, here(since()));
    assert!(matches!(disabled, Err(ResendFailedRefusal::Disabled { .. })), "{disabled:?}");
    let (stranger, old) = (story.world.stranger.clone(), story.old);
    let foreign = ask_as(&mut story, &stranger, old, here(since()), None).map(|_| ());
    assert_eq!(foreign, Err(ResendFailedRefusal::Unknown));
    let theirs = webhook(&mut story.world.conn, &stranger, 9);
    let there = ResendFailed { to: Some(theirs), ..here(since()) };
    assert_eq!(ask(&mut story, there), Err(ResendFailedRefusal::TargetUnknown(theirs)));
}

#[test]
fn under_one_key_the_counts_are_those_of_the_first_request() {
    let mut story = Story::failed();
    let key = |request| IdempotencyKey {
        caller: "ada".to_owned(),
        operation: "resend_webhook_exports".to_owned(),
        key: "k".to_owned(),
        request_sha256: [request; 32],
    };
    let (admin, old) = (story.world.admin.clone(), story.old);
    let ask =
        |story: &mut Story, request| ask_as(story, &admin, old, here(since()), Some(&key(request)));
    let one = Resent { resent: 1, ..Resent::default() };
    assert_eq!(ask(&mut story, 1), Ok((one, false)));
    story.send(413);
    assert_eq!(ask(&mut story, 1), Ok((one, true)));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 0, "it is not sent once more");
    assert_eq!(ask(&mut story, 2), Err(ResendFailedRefusal::KeyReused));

    // As if the first run had broken off before its end, or were still at it: what it sent, and what failed
    // since, is not sent by a repetition.
    another(&mut story);
    let untold = "DELETE FROM audit_events WHERE action = 'webhook.exports_resent'";
    diesel::sql_query(untold).execute(&mut story.world.conn).expect("a good statement");
    let changed = Resent { changed: 2, ..Resent::default() };
    assert_eq!(ask(&mut story, 1), Ok((changed, false)));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 0, "it is not sent once more");
    assert_eq!(ask(&mut story, 1), Ok((changed, true)));
}

#[test]
fn two_calls_at_once_send_each_once() {
    for to_another in [false, true] {
        let mut story = Story::failed();
        (0..4).for_each(|_| another(&mut story));
        let asked = ResendFailed { to: to_another.then_some(story.new), ..here(since()) };
        let mut links = [story.world.connect(), story.world.connect()];
        let (admin, old) = (story.world.admin.clone(), story.old);
        let counts: Vec<Resent> = thread::scope(|scope| {
            let running: Vec<_> = links
                .iter_mut()
                .map(|link| scope.spawn(|| resend_failed(link, &admin, old, &asked, None)))
                .collect();
            let joined = running.into_iter().map(|one| one.join().expect("no panic"));
            joined.map(|one| one.expect("Postgres").expect("allowed").0).collect()
        });
        assert_eq!(counts.iter().map(|one| one.resent).sum::<u64>(), 5, "{counts:?}");
        assert_eq!(count(&mut story.world.conn, "export_jobs"), 5);
    }
}
