//! Ended exports sent to another webhook: derived, cut to what both receive, out of whatever state the old
//! webhook is in.

use std::thread;

use domain::actor::Actor;
use domain::export::{EndedBy, ExportStatus};
use domain::id::{ApplicationId, ExportId, WebhookId};
use domain::include::{FieldGroup, Include};
use serde_json::{Value, json};
use store::exports::{Accepted, Export, ResendRefusal, get, payload, resend_to};
use store::idempotency_keys::IdempotencyKey;
use store::webhooks::{self, delete};

use crate::actors::recruiter;
use crate::database::World;
use crate::people::{candidate, count, import, people as picked_people, vacancy};
use crate::sending::{answer, lease, new_export, new_webhook, test_export, try_export, webhook};

/// An export of three people that failed, and another webhook.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) old: WebhookId,
    pub(crate) new: WebhookId,
    pub(crate) export: ExportId,
    pub(crate) picked: Vec<ApplicationId>,
}

/// Registers a webhook that receives these groups.
fn receiving(world: &mut World, url: u8, include: Include) -> WebhookId {
    let name = format!("Webhook {url}");
    let webhook = webhooks::NewWebhook { include, ..new_webhook(&mut world.conn, &name, url) };
    let made = webhooks::create(&mut world.conn, &world.admin, &webhook).expect("Postgres");
    made.expect("free");
    webhook.id
}

impl Story {
    fn of(old: Include, new: Include) -> Self {
        let mut world = World::new();
        let old = receiving(&mut world, 1, old);
        let new = receiving(&mut world, 2, new);
        let (vacancy, picked) = picked_people(&mut world.conn, &world.admin, 3);
        let asked = new_export(old, vacancy, &picked);
        let export = try_export(&mut world.conn, &world.rosa, &asked).expect("accepted").export.id;
        Self { world, old, new, export, picked }
    }

    pub(crate) fn waiting() -> Self {
        Self::of(Include::default(), Include::default())
    }

    pub(crate) fn failed() -> Self {
        let mut story = Self::waiting();
        story.send(413);
        story
    }

    /// Sends what is due, and answers it.
    pub(crate) fn send(&mut self, status: u16) {
        let lanes = [self.old, self.new].map(|webhook| (self.world.northwind, webhook));
        store::queue::notify(&mut self.world.conn, &lanes).expect("Postgres");
        let jobs = lease(&mut self.world.conn, 100);
        assert!(!jobs.is_empty(), "something is due");
        answer(&mut self.world.conn, jobs, status);
    }

    pub(crate) fn read(&mut self, id: ExportId) -> Export {
        get(&mut self.world.conn, &self.world.admin, id).expect("Postgres").expect("there")
    }

    pub(crate) fn resend(&mut self, to: WebhookId) -> Result<Export, ResendRefusal> {
        let actor = self.world.rosa.clone();
        self.resend_as(&actor, to, None).map(|accepted| accepted.export)
    }

    fn resend_as(
        &mut self,
        actor: &Actor,
        to: WebhookId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Accepted, ResendRefusal> {
        resend_to(&mut self.world.conn, actor, self.export, to, key).expect("Postgres")
    }

    fn sent(&mut self, id: ExportId) -> Value {
        let body = payload(&mut self.world.conn, &self.world.admin, id).expect("Postgres");
        serde_json::from_slice(&body.expect("there").expect("kept")).expect("JSON")
    }

    pub(crate) fn restrict(&mut self, number: usize) {
        let mut person = candidate(number);
        person["restricted"] = json!(true);
        let lines = [vacancy("V-1", &["Applied", "Shortlisted"]), person];
        import(&mut self.world.conn, &self.world.admin, &lines).expect("good lines");
    }
}

#[test]
fn it_goes_on_under_an_id_of_its_own_and_says_so() {
    let mut story = Story::failed();
    let made = story.resend(story.new).expect("sent on");
    assert_eq!((made.webhook_id, made.resent_from), (story.new, Some(story.export)));
    assert_eq!((made.status, made.first_accepted_at), (ExportStatus::Queued, None));
    let old = story.read(story.export);
    assert_eq!((old.status, old.continued_as), (ExportStatus::Failed, Some(made.id)));
    assert_eq!(made.requested_by, old.requested_by);
    let sent = story.sent(made.id);
    assert_eq!(sent["export"]["id"], json!(made.id));
    assert_eq!(sent["candidates"].as_array().map(Vec::len), Some(3));
    story.send(200);
    assert_eq!(story.read(made.id).status, ExportStatus::Delivered);
    assert_eq!(story.read(story.export).status, ExportStatus::Failed, "the old one did not");
}

#[test]
fn nothing_widens_and_nothing_comes_back() {
    let only = |group| Include::NOTHING.with(group);
    let old = only(FieldGroup::Contact).with(FieldGroup::Tags);
    let mut story = Story::of(old, only(FieldGroup::Contact).with(FieldGroup::Skills));
    story.send(413);
    let first = story.resend(story.new).expect("sent on");
    let sent = story.sent(first.id);
    assert_eq!(sent["export"]["include"], json!(["contact"]));
    let before = story.sent(story.export);
    for person in 0..3 {
        let (now, then) = (&sent["candidates"][person], &before["candidates"][person]);
        assert_eq!(now["contact"], then["contact"]);
        assert_eq!((&now["tags"], &now["skills"]), (&json!([]), &json!([])));
    }
    // Back to the first one: it receives tags, but they are gone from these bytes.
    story.send(413);
    story.export = first.id;
    let back = story.resend(story.old).expect("sent on");
    assert_eq!(story.sent(back.id)["export"]["include"], json!(["contact"]));
}

#[test]
fn what_one_receiver_accepted_the_other_has_not() {
    let mut story = Story::waiting();
    story.send(200);
    let made = story.resend(story.new).expect("sent on");
    assert_eq!((made.status, made.first_accepted_at), (ExportStatus::Queued, None));
    story.send(413);
    assert_eq!(story.read(made.id).status, ExportStatus::Failed);
    assert_eq!(story.read(story.export).status, ExportStatus::Delivered);
}

#[test]
fn it_goes_out_of_disabled_and_deleted_webhooks_but_not_into_them() {
    let mut story = Story::waiting();
    // 410 disables the webhook.
    story.send(410);
    story.resend(story.new).expect("out of a disabled one");
    story.send(413);
    let into = story.resend_as(&story.world.rosa.clone(), story.old, None);
    assert!(matches!(into, Err(ResendRefusal::WebhookDisabled { .. })), "{into:?}");
    let old = story.old;
    delete(&mut story.world.conn, &story.world.admin, old, true).expect("Postgres").expect("live");
    story.resend(story.new).expect("out of a deleted one");
    assert_eq!(story.resend(old).map(|_| ()), Err(ResendRefusal::TargetUnknown(old)));
}

#[test]
fn what_waited_when_its_webhook_was_deleted_goes_on_before_the_sweep_has_written_its_end() {
    let mut story = Story::waiting();
    // As if the deletion had left it to the sweep.
    story.world.sql(
        "UPDATE lanes SET deleted_at = now() WHERE webhook_id IN (SELECT webhook_id FROM exports)",
    );
    story
        .world
        .sql("UPDATE webhooks SET deleted_at = now() WHERE id IN (SELECT webhook_id FROM exports)");
    assert_eq!(story.read(story.export).status, ExportStatus::Cancelled);
    let made = story.resend(story.new).expect("sent on");
    let old = story.read(story.export);
    let ended = (old.status, old.ended_by, old.continued_as);
    assert_eq!(ended, (ExportStatus::Cancelled, Some(EndedBy::WebhookDeleted), Some(made.id)));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 1, "the new one's alone");
}

#[test]
fn who_may_not_be_sent_stays_behind() {
    let mut story = Story::failed();
    story.restrict(2);
    let made = story.resend(story.new).expect("sent on");
    assert_eq!((made.left_out.total(), made.candidate_count), (1, 2));
    let sent = story.sent(made.id);
    assert_eq!(sent["candidates"][1]["application_id"], json!(story.picked[2]));
    story.send(413);
    for number in [1, 3] {
        story.restrict(number);
    }
    assert_eq!(story.resend(story.new).map(|_| ()), Err(ResendRefusal::NobodyLeft));
}

#[test]
fn refusals() {
    let mut story = Story::waiting();
    assert_eq!(story.resend(story.new).map(|_| ()), Err(ResendRefusal::InProgress));
    story.send(413);
    let (stranger, other) =
        (story.world.stranger.clone(), recruiter(story.world.northwind, "auth0|rob"));
    for actor in [&stranger, &other] {
        let refused = story.resend_as(actor, story.new, None).map(|_| ());
        assert_eq!(refused, Err(ResendRefusal::Unknown), "not theirs");
    }
    let foreign = webhook(&mut story.world.conn, &stranger, 7);
    assert_eq!(story.resend(foreign).map(|_| ()), Err(ResendRefusal::TargetUnknown(foreign)));
    let test = test_export(&mut story.world.conn, &story.world.admin, story.old);
    story.send(413);
    let admin = story.world.admin.clone();
    let sent = resend_to(&mut story.world.conn, &admin, test, story.new, None).expect("Postgres");
    assert_eq!(sent.map(|_| ()), Err(ResendRefusal::OfATest));
    story.world.sql("UPDATE exports SET payload_kept_until = now()");
    assert_eq!(story.resend(story.new).map(|_| ()), Err(ResendRefusal::PayloadGone));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 0, "nothing was queued");
}

#[test]
fn its_own_webhook_is_no_other_one() {
    let mut story = Story::failed();
    let again = story.resend(story.old).expect("sent again");
    assert_eq!((again.id, again.resent_from), (story.export, None));
    story.send(413);
    story.restrict(1);
    let others = story.resend(story.old).expect("sent again");
    assert_eq!((others.resent_from, others.left_out.total()), (Some(story.export), 1));
}

#[test]
fn one_key_sends_it_once() {
    let mut story = Story::failed();
    let key = |request| IdempotencyKey {
        caller: "rosa".to_owned(),
        operation: "resend_export".to_owned(),
        key: "k".to_owned(),
        request_sha256: [request; 32],
    };
    let rosa = story.world.rosa.clone();
    let first = story.resend_as(&rosa, story.new, Some(&key(1))).expect("sent on");
    let again = story.resend_as(&rosa, story.new, Some(&key(1))).expect("sent on");
    assert_eq!((again.export.id, first.replayed, again.replayed), (first.export.id, false, true));
    let other = story.resend_as(&rosa, story.new, Some(&key(2))).map(|_| ());
    assert_eq!(other, Err(ResendRefusal::KeyReused));
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 1);
}

/// The deletion of the target waits for a resend to it, or the resend sees it.
#[test]
fn a_deletion_of_the_target_and_a_resend_to_it_never_pass_each_other() {
    for round in 0..10 {
        let mut story = Story::failed();
        let (mut deleting, mut sending) = (story.world.connect(), story.world.connect());
        let (admin, rosa) = (story.world.admin.clone(), story.world.rosa.clone());
        let (export, new) = (story.export, story.new);
        let sent = thread::scope(|scope| {
            let deleted = scope.spawn(|| delete(&mut deleting, &admin, new, true));
            let sent = scope.spawn(|| resend_to(&mut sending, &rosa, export, new, None));
            deleted.join().expect("no panic").expect("Postgres").expect("live");
            sent.join().expect("no panic").expect("Postgres")
        });
        match sent {
            Ok(made) => {
                let made = story.read(made.export.id);
                assert_eq!(made.ended_by, Some(EndedBy::WebhookDeleted), "round {round}");
            }
            Err(refusal) => assert_eq!(refusal, ResendRefusal::TargetUnknown(new)),
        }
        assert_eq!(count(&mut story.world.conn, "export_jobs"), 0, "nothing is left waiting");
    }
}
