//! Replacing a webhook: one transaction, and what goes on to the successor, each once.

use domain::actor::Actor;
use domain::export::{EndedBy, ExportStatus};
use domain::id::{ExportId, VacancyId, WebhookId};
use store::Conn;
use store::exports::{self, Export, get};
use store::idempotency_keys::IdempotencyKey;
use store::queue::{carry_over, end_of_deleted, look};
use store::webhooks::{
    self, CarriedOver, CarryOver, CreateRefusal, DeleteRefusal, ReplaceRefusal, Replaced,
    Replacement, carried_over, delete, replace, would_replace,
};

use crate::database::World;
use crate::people::{count, people};
use crate::sending::{answer, lease, new_export, new_webhook, test_export, try_export, webhook};

/// A webhook, and people to export.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) old: WebhookId,
    pub(crate) vacancy: VacancyId,
    pub(crate) picked: Vec<domain::id::ApplicationId>,
}

pub(crate) fn story() -> Story {
    let mut world = World::new();
    let old = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 2);
    Story { world, old, vacancy, picked }
}

pub(crate) fn replacement(conn: &mut Conn, url: u8, carry_over: CarryOver) -> Replacement {
    let webhook = new_webhook(conn, "unused", url);
    Replacement {
        id: webhook.id,
        name: None,
        host: webhook.host,
        url_sealed: webhook.url_sealed,
        url_hmacs: webhook.url_hmacs,
        url_marks: webhook.url_marks,
        secret_sealed: webhook.secret_sealed,
        carry_over,
    }
}

impl Story {
    pub(crate) fn export(&mut self) -> ExportId {
        let new = new_export(self.old, self.vacancy, &self.picked);
        try_export(&mut self.world.conn, &self.world.rosa, &new).expect("accepted").export.id
    }

    pub(crate) fn wake(&mut self, webhook: WebhookId) {
        let lane = [(self.world.northwind, webhook)];
        store::queue::notify(&mut self.world.conn, &lane).expect("Postgres");
    }

    /// One that failed, one that waits for its next try, one that waits, one on the wire, and a test.
    pub(crate) fn of_each_kind(&mut self) -> [ExportId; 4] {
        let mut one = |status| {
            let export = self.export();
            self.wake(self.old);
            let jobs = lease(&mut self.world.conn, 1);
            if let Some(status) = status {
                answer(&mut self.world.conn, jobs, status);
            }
            export
        };
        let (failed, retrying, sending) = (one(Some(413)), one(Some(503)), one(None));
        test_export(&mut self.world.conn, &self.world.admin, self.old);
        [failed, retrying, self.export(), sending]
    }

    pub(crate) fn replace(
        &mut self,
        url: u8,
        asked: CarryOver,
    ) -> Result<Replaced, ReplaceRefusal> {
        let new = replacement(&mut self.world.conn, url, asked);
        replace(&mut self.world.conn, &self.world.admin, self.old, &new, None).expect("Postgres")
    }

    pub(crate) fn read(&mut self, id: ExportId) -> Export {
        get(&mut self.world.conn, &self.world.admin, id).expect("Postgres").expect("there")
    }

    /// Sweeps until nothing is left to do.
    pub(crate) fn sweep(&mut self) {
        loop {
            let found = look(&mut self.world.conn).expect("Postgres");
            let ended = end_of_deleted(&mut self.world.conn).expect("Postgres");
            let carried = carry_over(&mut self.world.conn).expect("Postgres");
            assert_eq!(found.carried || ended > 0, carried.done > 0, "a look tells what there is");
            assert!(carried.failed.is_empty(), "{carried:?}");
            if carried.done == 0 {
                return;
            }
        }
    }

    pub(crate) fn carried(&mut self, id: WebhookId) -> CarriedOver {
        carried_over(&mut self.world.conn, &self.world.admin, id).expect("Postgres")
    }
}

pub(crate) const ALL: CarryOver = CarryOver::All(None);

#[test]
fn all_goes_on_what_is_on_the_wire_last() {
    let mut story = story();
    let [failed, retrying, waiting, sending] = story.of_each_kind();
    let would = replacement(&mut story.world.conn, 2, ALL);
    let counted = would_replace(&mut story.world.conn, &story.world.admin, story.old, &would);
    let counts = CarriedOver { failed: 1, waiting: 2, sending: 1, cancelled: 1, payload_gone: 0 };
    assert_eq!(counted.expect("Postgres"), Ok(counts));
    assert_eq!(count(&mut story.world.conn, "webhooks"), 1, "nothing was changed");

    let new = story.replace(2, ALL).expect("replaced").webhook;
    assert_eq!(story.carried(new), counts);
    let row = webhooks::get(&mut story.world.conn, &story.world.admin, new);
    let row = row.expect("Postgres").expect("live");
    assert_eq!((row.name.as_str(), row.replaces), ("Webhook 1", Some(story.old)));
    assert_eq!(story.read(waiting).ended_by, Some(EndedBy::WebhookDeleted));
    story.sweep();
    for export in [failed, retrying, waiting] {
        let made = story.read(export).continued_as.expect("it goes on");
        let made = story.read(made);
        assert_eq!((made.webhook_id, made.resent_from), (new, Some(export)));
        assert_eq!((made.status, made.attempt_count), (ExportStatus::Queued, 0));
    }
    assert_eq!(story.read(sending).continued_as, None, "it finishes first");
    assert_eq!(count(&mut story.world.conn, "export_jobs WHERE attempt_id IS NULL"), 3);
}

/// What was on the wire goes on unless it was accepted, or cancelled.
#[test]
fn what_was_on_the_wire_goes_on_by_what_came_of_it() {
    for (status, cancelled, goes_on) in
        [(503, false, true), (200, false, false), (503, true, false)]
    {
        let mut story = story();
        let export = story.export();
        story.wake(story.old);
        let jobs = lease(&mut story.world.conn, 1);
        story.replace(2, ALL).expect("replaced");
        story.sweep();
        if cancelled {
            let actor = story.world.rosa.clone();
            exports::cancel(&mut story.world.conn, &actor, export).expect("Postgres").expect("so");
        }
        answer(&mut story.world.conn, jobs, status);
        story.sweep();
        assert_eq!(story.read(export).continued_as.is_some(), goes_on, "{status} {cancelled}");
        assert_eq!(count(&mut story.world.conn, "carry_overs"), 0, "nothing is left to do");
    }
}

#[test]
fn none_goes_on_or_only_what_failed_since() {
    let mut story = story();
    let [failed, retrying, waiting, _] = story.of_each_kind();
    let later = story.read(failed).finished_at.expect("ended") + chrono::TimeDelta::seconds(1);
    let cases = [
        (CarryOver::None, 0),
        (CarryOver::Failed(Some(later)), 0),
        (CarryOver::Failed(story.read(failed).finished_at), 1),
        (CarryOver::Failed(None), 1),
    ];
    for (asked, expected) in cases {
        let would = replacement(&mut story.world.conn, 2, asked);
        let counted = would_replace(&mut story.world.conn, &story.world.admin, story.old, &would);
        let counted = counted.expect("Postgres").expect("allowed");
        assert_eq!((counted.failed, counted.waiting, counted.sending), (expected, 0, 0));
        assert_eq!(counted.cancelled, 3, "the test, too");
    }
    story.replace(2, CarryOver::Failed(None)).expect("replaced");
    story.sweep();
    assert!(story.read(failed).continued_as.is_some());
    for export in [retrying, waiting] {
        let ended = story.read(export);
        assert_eq!((ended.ended_by, ended.continued_as), (Some(EndedBy::WebhookDeleted), None));
    }
}

#[test]
fn what_is_no_longer_kept_is_counted_and_stays() {
    let mut story = story();
    let [failed, ..] = story.of_each_kind();
    story.world.sql("UPDATE exports SET payload_kept_until = now() WHERE end_state = 'failed'");
    let since = story.read(failed).finished_at;
    let new = story.replace(2, CarryOver::Failed(since)).expect("replaced").webhook;
    let carried = story.carried(new);
    assert_eq!((carried.failed, carried.payload_gone), (0, 1));
    assert_eq!(count(&mut story.world.conn, "carry_overs"), 0);
}

#[test]
fn the_rules_of_a_registration_hold_but_the_old_one_is_in_nobodys_way() {
    let mut story = story();
    for url in 2..=50 {
        webhook(&mut story.world.conn, &story.world.admin, url);
    }
    let other = story.replace(2, ALL);
    assert!(
        matches!(other, Err(ReplaceRefusal::Create(CreateRefusal::UrlExists { .. }))),
        "{other:?}"
    );
    let mut named = replacement(&mut story.world.conn, 1, ALL);
    named.name = Some("WEBHOOK 2".to_owned());
    let (admin, stranger) = (story.world.admin.clone(), story.world.stranger.clone());
    let mut ask = |actor: &Actor, old: WebhookId, new: &Replacement| {
        replace(&mut story.world.conn, actor, old, new, None)
    };
    let taken = ask(&admin, story.old, &named).expect("Postgres");
    assert_eq!(taken, Err(ReplaceRefusal::Create(CreateRefusal::NameTaken)));
    named.name = None;
    let foreign = ask(&stranger, story.old, &named).expect("Postgres");
    assert_eq!(foreign, Err(ReplaceRefusal::Unknown));
    // The same URL, the same name, and as many webhooks as may be.
    ask(&admin, story.old, &named).expect("Postgres").expect("replaced");
    let again = ask(&admin, story.old, &named).expect("Postgres");
    assert_eq!(again, Err(ReplaceRefusal::Unknown), "it is deleted");
}

#[test]
fn one_key_replaces_once() {
    let mut story = story();
    story.of_each_kind();
    let key = IdempotencyKey {
        caller: "ada".to_owned(),
        operation: "replace_webhook".to_owned(),
        key: "k".to_owned(),
        request_sha256: [1; 32],
    };
    let mut ask = |request: u8| {
        let new = replacement(&mut story.world.conn, 2, ALL);
        let key = IdempotencyKey { request_sha256: [request; 32], ..key.clone() };
        replace(&mut story.world.conn, &story.world.admin, story.old, &new, Some(&key))
            .expect("Postgres")
    };
    let first = ask(1).expect("replaced");
    let again = ask(1).expect("replaced");
    assert_eq!((again.webhook, again.replayed, first.replayed), (first.webhook, true, false));
    assert_eq!(ask(2), Err(ReplaceRefusal::KeyReused));
    assert_eq!(count(&mut story.world.conn, "webhooks"), 2);
}

/// A successor that is itself replaced hands on what it was still to take over.
#[test]
fn a_chain_of_replacements_loses_nothing() {
    let mut story = story();
    let export = story.export();
    let second = story.replace(2, ALL).expect("replaced").webhook;
    story.old = second;
    let refused = delete(&mut story.world.conn, &story.world.admin, second, false);
    let refused = refused.expect("Postgres");
    assert!(
        matches!(refused, Err(DeleteRefusal::InProgress { total: 1, .. })),
        "it has something to take over: {refused:?}"
    );
    let third = story.replace(3, ALL).expect("replaced").webhook;
    assert_eq!(story.carried(third).waiting, 1);
    story.sweep();
    let made = story.read(export).continued_as.expect("it goes on");
    assert_eq!(story.read(made).webhook_id, third);
}

#[test]
fn what_a_deleted_successor_was_to_take_over_stays_where_it_is() {
    let mut story = story();
    let export = story.export();
    let second = story.replace(2, ALL).expect("replaced").webhook;
    delete(&mut story.world.conn, &story.world.admin, second, true).expect("Postgres").expect("ok");
    story.sweep();
    assert_eq!(story.read(export).continued_as, None);
    assert_eq!(count(&mut story.world.conn, "carry_overs"), 0);
}

/// Who sends one on by hand, or has it forgotten, is quicker than the sweep: it does not go twice.
#[test]
fn by_hand_it_goes_once() {
    let mut story = story();
    let (by_hand, forgotten) = (story.export(), story.export());
    let new = story.replace(2, ALL).expect("replaced").webhook;
    let rosa = story.world.rosa.clone();
    exports::resend_to(&mut story.world.conn, &rosa, by_hand, new, None)
        .expect("Postgres")
        .expect("sent on");
    exports::forget_payload(&mut story.world.conn, &rosa, forgotten)
        .expect("Postgres")
        .expect("ended");
    story.sweep();
    assert_eq!(count(&mut story.world.conn, "export_jobs"), 1);
}
