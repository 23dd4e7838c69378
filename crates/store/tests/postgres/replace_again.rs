//! Replacing a webhook that still has something to take over itself, and what becomes of what was promised
//! to a successor.

use diesel::connection::SimpleConnection;
use domain::export::{EndedBy, ExportStatus};
use serde_json::json;
use store::exports::{self, NewExport, resend, resend_to};
use store::queue::carry_over;
use store::webhooks::{CarriedOver, CarryOver, DeleteRefusal, delete, would_replace};

use crate::people::{candidate, count, import, vacancy};
use crate::replace::{ALL, Story, replacement, story};
use crate::sending::{answer, lease, new_export, try_export, webhook};

const FAILED: CarryOver = CarryOver::Failed(None);

/// Counts the second replacement, does it, and sweeps.
fn again(story: &mut Story, asked: CarryOver) -> CarriedOver {
    let would = replacement(&mut story.world.conn, 3, asked);
    let would = would_replace(&mut story.world.conn, &story.world.admin, story.old, &would);
    let third = story.replace(3, asked).expect("replaced").webhook;
    let carried = story.carried(third);
    assert_eq!(would.expect("Postgres"), Ok(carried), "it is counted as it is done");
    story.sweep();
    carried
}

/// What failed, what waited and what was on the wire go on by what is asked of each of them.
#[test]
fn each_kind_goes_on_and_is_counted_as_itself() {
    let all = CarriedOver { failed: 1, waiting: 2, sending: 1, ..CarriedOver::default() };
    let failed = CarriedOver { failed: 1, ..CarriedOver::default() };
    let waited = CarriedOver { cancelled: 2, ..CarriedOver::default() };
    let later = CarryOver::Failed(Some(chrono::Utc::now() + chrono::TimeDelta::hours(1)));
    for (first, second, expected) in [
        (FAILED, FAILED, failed),
        (FAILED, ALL, failed),
        (FAILED, later, CarriedOver::default()),
        (FAILED, CarryOver::None, CarriedOver::default()),
        (ALL, ALL, all),
        (ALL, FAILED, CarriedOver { failed: 1, ..waited }),
        (ALL, CarryOver::None, waited),
    ] {
        let mut story = story();
        let [failed, retrying, waiting, sending] = story.of_each_kind();
        story.old = story.replace(2, first).expect("replaced").webhook;
        assert_eq!(again(&mut story, second), expected, "{first:?} {second:?}");
        let went = [failed, retrying, waiting].map(|id| story.read(id).continued_as.is_some());
        let (failed, waiting) = (expected.failed > 0, expected.waiting > 0);
        assert_eq!(went, [failed, waiting, waiting], "{first:?} {second:?}");
        let noted = format!("carry_overs WHERE stood = 'sending' AND export_id = '{sending}'");
        assert_eq!(count(&mut story.world.conn, "carry_overs"), i64::from(expected.sending > 0));
        assert_eq!(count(&mut story.world.conn, &noted), i64::from(expected.sending > 0));
    }
}

/// What came of it meanwhile counts: what was on the wire was accepted or not, what failed is past its time.
#[test]
fn it_counts_as_it_stands_by_then() {
    let gone = "UPDATE exports SET payload_kept_until = now()";
    let sending = CarriedOver { sending: 1, ..CarriedOver::default() };
    let payload_gone = CarriedOver { payload_gone: 1, ..CarriedOver::default() };
    for (failed, status, then, expected) in [
        (false, 413, "SELECT", sending),
        (false, 200, "SELECT", CarriedOver::default()),
        (true, 413, gone, payload_gone),
    ] {
        let mut story = story();
        let export = story.export();
        story.wake(story.old);
        let mut jobs = Some(lease(&mut story.world.conn, 1));
        if failed {
            answer(&mut story.world.conn, jobs.take().expect("leased"), status);
        }
        story.old = story.replace(2, ALL).expect("replaced").webhook;
        if let Some(jobs) = jobs {
            answer(&mut story.world.conn, jobs, status);
        }
        story.world.sql(then);
        assert_eq!(again(&mut story, ALL), expected, "{status} {then}");
        assert_eq!(story.read(export).continued_as.is_some(), expected.sending > 0);
        assert_eq!(count(&mut story.world.conn, "carry_overs"), 0, "nothing is left to do");
    }
}

/// One that another export carried on and that was then sent again stands for itself: it waits, or fails.
#[test]
fn what_was_sent_elsewhere_and_then_again_goes_on() {
    for fails in [false, true] {
        let mut story = story();
        let export = story.export();
        let other = webhook(&mut story.world.conn, &story.world.admin, 9);
        let rosa = story.world.rosa.clone();
        story.wake(story.old);
        let jobs = lease(&mut story.world.conn, 1);
        answer(&mut story.world.conn, jobs, 413);
        let sent = resend_to(&mut story.world.conn, &rosa, export, other, None).expect("Postgres");
        let sent = sent.expect("it has ended").export.id;
        assert_eq!(story.read(export).continued_as, Some(sent));
        // What carries it on has to end first.
        story.wake(other);
        let jobs = lease(&mut story.world.conn, 1);
        answer(&mut story.world.conn, jobs, 413);
        let again = resend(&mut story.world.conn, &rosa, export, None).expect("Postgres");
        assert_eq!(again.expect("it has ended").export.continued_as, None);
        if fails {
            story.wake(story.old);
            let jobs = lease(&mut story.world.conn, 1);
            answer(&mut story.world.conn, jobs, 413);
        }
        let new = story.replace(2, ALL).expect("replaced").webhook;
        let carried = story.carried(new);
        assert_eq!((carried.failed, carried.waiting), (u64::from(fails), u64::from(!fails)));
        story.sweep();
        let made = story.read(export).continued_as.expect("it goes on");
        assert_eq!(story.read(made).webhook_id, new);
    }
}

fn restrict_both(story: &mut Story) {
    let mut lines = vec![vacancy("V-1", &["Applied", "Shortlisted"])];
    lines.extend([1, 2].map(|number| {
        let mut person = candidate(number);
        person["restricted"] = json!(true);
        person
    }));
    import(&mut story.world.conn, &story.world.admin, &lines).expect("good lines");
}

/// Nothing that was promised vanishes without a word.
#[test]
fn what_does_not_go_on_is_told() {
    for reason in ["payload_gone", "payload_unreadable", "nobody_left", "webhook_deleted"] {
        let mut story = story();
        let export = story.export();
        let new = story.replace(2, ALL).expect("replaced").webhook;
        match reason {
            "payload_gone" => {
                story.world.sql("UPDATE exports SET payload_kept_until = now()");
            }
            "payload_unreadable" => {
                story.world.sql("UPDATE export_payloads SET body = 'x'");
            }
            "nobody_left" => restrict_both(&mut story),
            _ => {
                let deleted = delete(&mut story.world.conn, &story.world.admin, new, true);
                deleted.expect("Postgres").expect("live");
            }
        }
        story.sweep();
        assert_eq!(story.read(export).continued_as, None, "{reason}");
        let told = format!(
            "audit_events WHERE action = 'export.not_carried_over' AND object_id = '{export}'
             AND details = '{{\"webhook_id\": \"{new}\", \"reason\": \"{reason}\"}}'"
        );
        assert_eq!(count(&mut story.world.conn, &told), 1, "{reason}");
        assert_eq!(count(&mut story.world.conn, "carry_overs"), 0, "{reason}");
    }
}

/// Cancelled on the wire, it does not go on: that is an event, once.
#[test]
fn a_cancellation_after_the_replacement_is_told() {
    let mut story = story();
    let export = story.export();
    story.wake(story.old);
    let jobs = lease(&mut story.world.conn, 1);
    story.replace(2, ALL).expect("replaced");
    let rosa = story.world.rosa.clone();
    for _ in 0..2 {
        let cancelled = exports::cancel(&mut story.world.conn, &rosa, export).expect("Postgres");
        cancelled.expect("on the wire");
        let told = "audit_events WHERE action = 'export.cancelled'";
        assert_eq!(count(&mut story.world.conn, told), 1);
    }
    answer(&mut story.world.conn, jobs, 503);
    assert_eq!(story.read(export).ended_by, Some(EndedBy::WebhookDeleted));
}

/// A deletion that is refused names what the webhook is still to take over, as it stands.
#[test]
fn what_is_to_be_taken_over_is_named() {
    let mut story = story();
    let exports = story.of_each_kind();
    story.old = story.replace(2, ALL).expect("replaced").webhook;
    let own = story.export();
    let refused = delete(&mut story.world.conn, &story.world.admin, story.old, false);
    let Err(DeleteRefusal::InProgress { exports: named, total: 5 }) = refused.expect("Postgres")
    else {
        panic!("all of them are in progress to it");
    };
    let [failed, retrying, waiting, sending] = exports;
    let expected = [
        (failed, ExportStatus::Failed),
        (retrying, ExportStatus::Cancelled),
        (sending, ExportStatus::Delivering),
        (waiting, ExportStatus::Cancelled),
        (own, ExportStatus::Queued),
    ];
    let status: Vec<_> = named.iter().map(|one| (one.export_id, one.status)).collect();
    assert_eq!(status, expected);
    let due = named.iter().map(|one| one.next_attempt_at.is_some());
    assert_eq!(due.collect::<Vec<_>>(), [false, false, false, false, true]);
}

/// More than one call takes, and each of them fails: others go on meanwhile, and these are tried later.
#[test]
fn one_that_cannot_take_over_keeps_nobody_waiting() {
    const MANY: usize = 60;
    let mut story = story();
    let other = webhook(&mut story.world.conn, &story.world.admin, 9);
    (0..MANY).for_each(|_| {
        story.export();
    });
    let broken = story.replace(2, ALL).expect("replaced").webhook;
    story.world.sql(&format!("UPDATE webhooks SET include = '{{nonsense}}' WHERE id = '{broken}'"));
    story.old = other;
    let export = story.export();
    story.replace(3, ALL).expect("replaced");
    let mut sweep = |done, failed| {
        let carried = carry_over(&mut story.world.conn).expect("Postgres");
        assert_eq!((carried.done, carried.failed.len()), (done, failed));
    };
    sweep(1, 49);
    sweep(0, 11);
    sweep(0, 0);
    assert!(story.read(export).continued_as.is_some());
    story.world.sql(&format!("UPDATE webhooks SET include = '{{}}' WHERE id = '{broken}'"));
    story.sweep();
    let carried = format!("exports WHERE webhook_id = '{broken}'");
    assert_eq!(count(&mut story.world.conn, &carried), 0, "not before their time");
    story.world.sql("UPDATE carry_overs SET retry_at = now()");
    story.sweep();
    assert_eq!(count(&mut story.world.conn, &carried), MANY as i64);
}

/// What somebody else holds is not waited for.
#[test]
fn what_is_in_other_hands_is_passed_by() {
    let mut story = story();
    let (held, free) = (story.export(), story.export());
    let new = story.replace(2, ALL).expect("replaced").webhook;
    let mut other = story.world.connect();
    for row in [format!("exports WHERE id = '{held}'"), format!("webhooks WHERE id = '{new}'")] {
        let hold = format!("BEGIN; SELECT FROM {row} FOR UPDATE");
        other.batch_execute(&hold).expect("a good statement");
        let carried = carry_over(&mut story.world.conn).expect("Postgres");
        assert!(carried.failed.is_empty(), "{carried:?}");
        assert_eq!(story.read(held).continued_as, None);
        assert_eq!(carried.done, usize::from(row.starts_with("exports")));
        other.batch_execute("COMMIT").expect("a good statement");
    }
    assert!(story.read(free).continued_as.is_some());
    story.sweep();
    assert!(story.read(held).continued_as.is_some());
}

/// Who was promised time to take an export back has it at the successor, too.
#[test]
fn what_is_held_back_stays_so() {
    let mut story = story();
    let asked = new_export(story.old, story.vacancy, &story.picked);
    let held = NewExport { hold_s: 40, ..asked };
    let held =
        try_export(&mut story.world.conn, &story.world.rosa, &held).expect("accepted").export;
    story.replace(2, ALL).expect("replaced");
    story.sweep();
    let derived = story.read(held.id).continued_as.expect("it goes on");
    let derived = story.read(derived);
    assert_eq!(derived.held_until, held.held_until);
    assert_eq!(derived.next_attempt_at, held.held_until);
}
