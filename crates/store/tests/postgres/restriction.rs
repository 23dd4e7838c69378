//! People who change their minds after the confirmation: what waits is carried on without them.

use domain::actor::Actor;
use domain::export::{EndedBy, ExportStatus, LeftOut};
use domain::id::{ApplicationId, ExportId, WebhookId};
use domain::outcome::Outcome;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::exports::{Accepted, Export, ResendRefusal, get, payload, resend};
use store::idempotency_keys::IdempotencyKey;
use store::maintenance::PayloadRetention;
use store::queue::{self, derive_restricted};

use crate::database::World;
use crate::people::{application, candidate, import, people, vacancy};
use crate::sending::{answer, lease, new_export, try_export, webhook};

struct Story {
    world: World,
    webhook: WebhookId,
    export: ExportId,
    picked: Vec<ApplicationId>,
}

/// An export of three people.
fn three() -> Story {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 3);
    let new = new_export(webhook, vacancy, &picked);
    let export = try_export(&mut world.conn, &world.rosa, &new).expect("accepted").export.id;
    Story { world, webhook, export, picked }
}

impl Story {
    fn read(&mut self, id: ExportId) -> Export {
        get(&mut self.world.conn, &self.world.admin, id).expect("Postgres").expect("there")
    }

    /// The organisation says that candidate 2 may not be sent any more.
    fn restrict(&mut self) {
        let mut second = candidate(2);
        second["restricted"] = json!(true);
        self.say(second);
    }

    fn withdraw(&mut self, number: usize) {
        let mut line = application("V-1", number, "Applied");
        line["status"] = json!("withdrawn");
        self.say(line);
    }

    fn say(&mut self, line: Value) {
        let lines = [vacancy("V-1", &["Applied", "Shortlisted"]), line];
        import(&mut self.world.conn, &self.world.admin, &lines).expect("good lines");
    }

    fn wake(&mut self) {
        let lane = [(self.world.northwind, self.webhook)];
        queue::notify(&mut self.world.conn, &lane).expect("Postgres");
    }

    fn derived(&mut self) -> usize {
        let kept = PayloadRetention::default();
        derive_restricted(&mut self.world.conn, kept).expect("Postgres").ended
    }

    fn sent_to(&mut self, export: ExportId) -> Value {
        let body = payload(&mut self.world.conn, &self.world.admin, export).expect("Postgres");
        serde_json::from_slice(&body.expect("there").expect("kept")).expect("JSON")
    }

    /// What carries the export on, after its checks.
    fn carried_on(&mut self, left_out: u32, picked: &[usize]) -> Export {
        let old = self.read(self.export);
        let new = self.read(old.continued_as.expect("carried on"));
        assert_eq!((new.resent_from, new.left_out.total()), (Some(self.export), left_out));
        assert_eq!(new.requested_by, old.requested_by);
        assert_eq!(new.candidate_count as usize, picked.len());
        let sent = self.sent_to(new.id);
        assert_eq!(sent["export"]["id"], json!(new.id));
        assert_eq!(sent["export"]["resent_from"], json!(self.export));
        let people = sent["candidates"].as_array().expect("a list").clone();
        let ids: Vec<_> = people.iter().map(|person| person["application_id"].clone()).collect();
        let expected: Vec<_> = picked.iter().map(|index| json!(self.picked[*index])).collect();
        assert_eq!(ids, expected);
        let numbers: Vec<_> = people.iter().map(|person| person["sequence"].clone()).collect();
        assert_eq!(json!(numbers), json!((1..=picked.len()).collect::<Vec<_>>()));
        let bytes = payload(&mut self.world.conn, &self.world.admin, new.id);
        let bytes = bytes.expect("Postgres").expect("there").expect("kept");
        assert_eq!(new.payload_sha256, Sha256::digest(&bytes).to_vec());
        assert_eq!(new.payload_bytes, bytes.len() as u64);
        new
    }
}

#[test]
fn what_waits_is_carried_on_without_who_was_restricted() {
    let mut story = three();
    story.restrict();
    story.wake();
    assert!(lease(&mut story.world.conn, 9).is_empty(), "it does not go out as it is");
    assert_eq!((story.derived(), story.derived()), (1, 0));
    let old = story.read(story.export);
    let ended = (old.status, old.ended_by);
    assert_eq!(ended, (ExportStatus::Cancelled, Some(EndedBy::Restriction)));
    let new = story.carried_on(1, &[0, 2]);
    assert_eq!(new.left_out, LeftOut { restricted: 1, ..LeftOut::default() });
    assert_eq!((new.status, new.attempt_count), (ExportStatus::Queued, 0));
    let jobs = lease(&mut story.world.conn, 9);
    assert_eq!(jobs.iter().map(|job| job.lease.export).collect::<Vec<_>>(), [new.id]);
}

#[test]
fn who_withdraws_between_two_tries_is_in_the_first_only() {
    let mut story = three();
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    answer(&mut story.world.conn, jobs, 503);
    let due = story.read(story.export).next_attempt_at;
    story.withdraw(1);
    assert_eq!(story.derived(), 1);
    let new = story.carried_on(1, &[1, 2]);
    assert_eq!(new.left_out, LeftOut { withdrawn: 1, ..LeftOut::default() });
    assert_eq!(new.next_attempt_at, due, "it is tried when the old one would have been");
    let old = story.read(story.export);
    assert_eq!((old.attempt_count, old.anything_sent), (1, true));
}

#[test]
fn who_withdraws_one_application_is_not_sent_with_it_whatever_the_newer_one_says() {
    let withdrawn = |number: usize| {
        let mut line = application("V-1", number, "Applied");
        line["status"] = json!("withdrawn");
        line
    };
    let newer = |number: usize| {
        let mut line = application("V-1", number, "Applied");
        line["reference"] = json!("second");
        line["applied_at"] = json!("2026-11-20T08:00:00Z");
        line
    };
    // The line of the withdrawal, if any, before or after that of the newer one, or in a later file.
    let cases: [(usize, Vec<Vec<Value>>); 5] = [
        (1, vec![vec![withdrawn(2), newer(2)]]),
        (1, vec![vec![newer(2), withdrawn(2)]]),
        (1, vec![vec![newer(2)], vec![withdrawn(2)]]),
        (1, vec![vec![withdrawn(2)], vec![newer(2)]]),
        (0, vec![vec![newer(2)]]),
    ];
    for (expected, files) in cases {
        let mut story = three();
        story.wake();
        let jobs = lease(&mut story.world.conn, 9);
        answer(&mut story.world.conn, jobs, 503);
        for lines in &files {
            import(&mut story.world.conn, &story.world.admin, lines).expect("good lines");
        }
        assert_eq!(story.derived(), expected, "{files:#?}");
        if expected == 1 {
            story.carried_on(1, &[0, 2]);
        }
    }
}

#[test]
fn what_is_on_the_wire_finishes_first() {
    for status in [200, 503] {
        let mut story = three();
        story.wake();
        let jobs = lease(&mut story.world.conn, 9);
        story.restrict();
        assert_eq!(story.derived(), 0);
        assert_eq!(story.read(story.export).stopping, None, "nobody cancelled it");
        answer(&mut story.world.conn, jobs, status);
        if status == 200 {
            assert_eq!(story.derived(), 0);
            assert_eq!(story.read(story.export).status, ExportStatus::Delivered);
        } else {
            assert_eq!(story.derived(), 1);
            story.carried_on(1, &[0, 2]);
        }
    }
}

/// As if the import had not seen the export, since that was not committed yet.
#[test]
fn an_export_that_was_being_written_meanwhile_is_looked_at_before_it_goes() {
    for tried in [false, true] {
        let mut story = three();
        story.wake();
        if tried {
            let jobs = lease(&mut story.world.conn, 9);
            answer(&mut story.world.conn, jobs, 503);
        }
        story.restrict();
        story.world.sql("UPDATE export_jobs SET stop_after_attempt = NULL, run_at = now()");
        story.world.sql("UPDATE lanes SET next_run_at = now()");
        assert!(lease(&mut story.world.conn, 9).is_empty(), "it is held back");
        assert_eq!(story.derived(), 1);
        story.carried_on(1, &[0, 2]);
    }
}

#[test]
fn who_changes_their_mind_twice_is_sent_after_all() {
    let mut story = three();
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    story.restrict();
    story.say(candidate_again());
    answer(&mut story.world.conn, jobs, 503);
    assert_eq!(story.derived(), 0, "nobody is left out");
    let export = story.read(story.export);
    assert_eq!((export.status, export.continued_as), (ExportStatus::Retrying, None));
    story.world.sql("UPDATE export_jobs SET run_at = now()");
    story.world.sql("UPDATE lanes SET next_run_at = now()");
    assert_eq!(lease(&mut story.world.conn, 9).len(), 1, "it goes on as it is");
}

fn candidate_again() -> Value {
    let mut second = candidate(2);
    second["restricted"] = json!(false);
    second
}

#[test]
fn one_that_cannot_be_read_keeps_no_other_waiting() {
    let mut story = three();
    let (vacancy, picked) =
        (story.read(story.export).vacancy_id.expect("one"), story.picked.clone());
    let new = new_export(story.webhook, vacancy, &picked);
    let other =
        try_export(&mut story.world.conn, &story.world.rosa, &new).expect("accepted").export;
    story.world.sql(&format!(
        "UPDATE export_payloads SET body = 'spoilt' WHERE export_id = '{}'",
        story.export
    ));
    story.restrict();
    assert_eq!(story.derived(), 2);
    let spoilt = story.read(story.export);
    let ended = (spoilt.status, spoilt.outcome);
    assert_eq!(ended, (ExportStatus::Failed, Some(Outcome::InternalError)));
    assert!(story.read(other.id).continued_as.is_some());
}

#[test]
fn nobody_left_ends_it() {
    let mut story = three();
    for number in 1..=3 {
        story.withdraw(number);
    }
    assert_eq!(story.derived(), 1);
    let old = story.read(story.export);
    assert_eq!((old.status, old.continued_as), (ExportStatus::Cancelled, None));
    assert!(lease(&mut story.world.conn, 9).is_empty());
    let again = resend(&mut story.world.conn, &story.world.rosa, story.export, None);
    assert_eq!(again.expect("Postgres"), Err(ResendRefusal::NobodyLeft));
}

#[test]
fn a_resend_leaves_them_out_and_is_remembered() {
    let mut story = three();
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    answer(&mut story.world.conn, jobs, 200);
    story.restrict();
    assert_eq!(story.derived(), 0, "what has ended is left alone");
    let key = IdempotencyKey {
        caller: "rosa".to_owned(),
        operation: "resend_export".to_owned(),
        key: "k".to_owned(),
        request_sha256: [7; 32],
    };
    let ask = |story: &mut Story, actor: &Actor| {
        resend(&mut story.world.conn, actor, story.export, Some(&key)).expect("Postgres")
    };
    let rosa = story.world.rosa.clone();
    let Accepted { export, replayed } = ask(&mut story, &rosa).expect("accepted");
    assert!(!replayed);
    assert_eq!(story.carried_on(1, &[0, 2]), export);
    assert_eq!(story.read(story.export).status, ExportStatus::Delivered);
    let again = ask(&mut story, &rosa).expect("accepted");
    assert_eq!((again.export.id, again.replayed), (export.id, true));
    assert_eq!(lease(&mut story.world.conn, 9).len(), 1, "once, and nothing else");
}

#[test]
fn who_is_in_no_export_stops_none() {
    let mut story = three();
    let mut other = candidate(9);
    story.say(other.clone());
    other["restricted"] = json!(true);
    story.say(other);
    assert_eq!(story.derived(), 0);
    story.wake();
    assert_eq!(lease(&mut story.world.conn, 9).len(), 1);
}
