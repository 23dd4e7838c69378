//! Exports that another one carries on: nothing else is made of them while that goes on, and what is learnt
//! late about them ends what carries them on to the same webhook, and nothing else.

use std::thread;

use domain::export::{EndedBy, ExportStatus};
use domain::id::ExportId;
use store::exports::{Elsewhere, ResendRefusal, resend, resend_to};
use store::maintenance::PayloadRetention;
use store::queue::{Job, derive_restricted, record, rescue};
use store::webhooks::delete;

use crate::elsewhere::Story;
use crate::people::count;
use crate::sending::{lease, policy, sent, webhook};

/// One whose worker froze with its request on the wire, and whom that one's job was lost to.
fn lost() -> (Story, Job) {
    let mut story = Story::waiting();
    store::queue::notify(&mut story.world.conn, &[(story.world.northwind, story.old)])
        .expect("Postgres");
    let job = lease(&mut story.world.conn, 1).remove(0);
    story.world.sql("UPDATE export_jobs SET lease_until = now() - interval '1 second'");
    let rescued = rescue(&mut story.world.conn, &policy()).expect("Postgres");
    assert_eq!(rescued.recorded, 1);
    (story, job)
}

impl Story {
    /// Restricts somebody of an export that waits: what carries it on.
    fn carried_on(&mut self, id: ExportId, number: usize) -> ExportId {
        self.restrict(number);
        let kept = PayloadRetention::default();
        assert_eq!(derive_restricted(&mut self.world.conn, kept).expect("Postgres").ended, 1);
        let ended = self.read(id);
        assert_eq!(ended.ended_by, Some(EndedBy::Restriction));
        ended.continued_as.expect("carried on")
    }

    fn send_now(&mut self, status: u16) {
        self.world.sql("UPDATE export_jobs SET run_at = now()");
        self.send(status);
    }

    /// The frozen worker goes on: its receiver had accepted.
    fn accepted_late(&mut self, job: Job) {
        let recorded = record(&mut self.world.conn, &policy(), &[sent(job, 200)]);
        assert_eq!(recorded.expect("Postgres").late.len(), 1);
        assert_eq!(self.read(self.export).status, ExportStatus::Delivered);
    }
}

#[test]
fn what_was_accepted_late_ends_all_that_carries_it_on_to_the_same_webhook() {
    let (mut story, job) = lost();
    let first = story.carried_on(story.export, 2);
    let second = story.carried_on(first, 1);
    story.accepted_late(job);
    for id in [first, second] {
        assert_eq!(story.read(id).status, ExportStatus::Delivered);
    }
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 0);
}

#[test]
fn what_was_accepted_late_stops_nothing_to_another_webhook() {
    let (mut story, job) = lost();
    let first = story.carried_on(story.export, 2);
    story.send_now(413);
    assert_eq!(story.read(first).status, ExportStatus::Failed);
    let elsewhere = story.resend(story.new).expect("nothing carries it on any more");
    story.accepted_late(job);
    let sent_on = story.read(elsewhere.id);
    assert_eq!((sent_on.status, sent_on.first_accepted_at), (ExportStatus::Queued, None));
    story.send(200);
    assert_eq!(story.read(elsewhere.id).attempt_count, 1, "it went out");
    assert_eq!(story.read(elsewhere.id).status, ExportStatus::Delivered);
}

#[test]
fn what_is_carried_on_is_not_sent_beside_that() {
    let (mut story, job) = lost();
    let first = story.carried_on(story.export, 2);
    let second = story.carried_on(first, 1);
    for to in [story.new, story.old] {
        let refused = story.resend(to).map(|_| ());
        assert_eq!(refused, Err(ResendRefusal::CarriedOn), "what carries it on is carried on");
    }
    let again = resend(&mut story.world.conn, &story.world.rosa, story.export, None);
    assert_eq!(again.expect("Postgres").map(|_| ()), Err(ResendRefusal::CarriedOn));
    assert_eq!(story.read(story.export).continued_as, Some(first));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 1);
    story.send_now(413);
    assert_eq!(story.read(second).status, ExportStatus::Failed);
    let others = story.resend(story.old).expect("nothing carries it on any more");
    assert_eq!(others.left_out.total(), 2);
    story.accepted_late(job);
}

#[test]
fn whole_it_is_not_sent_beside_what_carries_it_on_elsewhere() {
    let mut story = Story::failed();
    let elsewhere = story.resend(story.new).expect("sent on");
    assert_eq!(story.resend(story.old).map(|_| ()), Err(ResendRefusal::CarriedOn));
    // As if the deletion of the other webhook had left its end to the sweep: it has ended all the same.
    story.world.sql(&format!(
        "UPDATE lanes SET deleted_at = now() WHERE webhook_id = '{}'",
        elsewhere.webhook_id
    ));
    let again = story.resend(story.old).expect("nothing carries it on any more");
    assert_eq!(again.id, story.export);
}

#[test]
fn what_another_webhook_has_is_told_of_what_goes_elsewhere() {
    let mut story = Story::failed();
    let made = story.resend(story.new).expect("sent on");
    assert_eq!(made.elsewhere, None, "the other one has nothing");

    let (mut story, job) = lost();
    let old = story.old;
    delete(&mut story.world.conn, &story.world.admin, old, true).expect("Postgres").expect("live");
    let made = story.resend(story.new).expect("sent on");
    let host = "hooks.example.com".to_owned();
    let may_have = Elsewhere { host: host.clone(), accepted: false };
    assert_eq!(made.elsewhere, Some(may_have), "it may have arrived there");
    story.accepted_late(job);
    assert_eq!(story.read(made.id).elsewhere, Some(Elsewhere { host, accepted: true }));
    let second = story.carried_on(made.id, 2);
    assert_eq!(story.read(second).elsewhere, None, "as its origin went to the same webhook");
}

/// Each of two resends waits for the other one and sees it.
#[test]
fn two_resends_at_once_make_one() {
    for round in 0..10 {
        let mut story = Story::failed();
        let third = webhook(&mut story.world.conn, &story.world.admin.clone(), 3);
        let (export, rosa) = (story.export, story.world.rosa.clone());
        let targets = [story.new, third, story.old];
        let connected = targets.map(|webhook| (story.world.connect(), webhook));
        let made: usize = thread::scope(|scope| {
            let rosa = &rosa;
            let sending = connected.map(|(mut conn, webhook)| {
                scope.spawn(move || resend_to(&mut conn, rosa, export, webhook, None))
            });
            let made = sending.map(|sent| sent.join().expect("no panic").expect("Postgres"));
            made.iter().filter(|made| made.is_ok()).count()
        });
        assert_eq!(made, 1, "round {round}");
        assert_eq!(count(&mut story.world.conn, "export_jobs"), 1, "round {round}");
    }
}
