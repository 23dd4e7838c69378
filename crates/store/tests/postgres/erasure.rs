//! Somebody is erased: their rows go, exports are carried on without them, and the log knows ids alone.

use domain::actor::Actor;
use domain::audit::Action;
use domain::export::{EndedBy, ExportStatus, LeftOut};
use domain::id::{ApplicationId, CandidateId, ExportId, WebhookId};
use domain::sealing::ReferenceKey;
use serde_json::json;
use store::Conn;
use store::candidates::{Certainty, EraseRefusal, Erased, Named, Secrets, erase, exports, find};
use store::exports::{ResendRefusal, get, payload, resend};
use store::idempotency_keys::IdempotencyKey;
use store::import::{ImportRefusal, load};
use store::maintenance::PayloadRetention;
use store::queue::{self, cut_erased, derive_restricted};

use crate::audit::{briefly, told};
use crate::database::World;
use crate::people::{application, candidate, count, import, keys, people, vacancy};
use crate::replace::ALL;
use crate::sending::{answer, lease, new_export, try_export, webhook};

/// Erases a candidate by reference.
pub(crate) fn try_erase(
    conn: &mut Conn,
    actor: &Actor,
    named: &Named,
    key: Option<&IdempotencyKey>,
) -> Result<(Erased, bool), EraseRefusal> {
    let keys = keys();
    let organisation = actor.organisation().expect("a member");
    let fresh = ReferenceKey::from_random([9; 32]).seal(&keys, organisation, [3; 24]);
    let secrets = Secrets { keys: &keys, fresh };
    erase(conn, actor, named, &secrets, key).expect("Postgres")
}

/// The same of one who is there.
pub(crate) fn erased(conn: &mut Conn, actor: &Actor, reference: &str) -> Erased {
    let named = Named::Reference(reference.to_owned());
    try_erase(conn, actor, &named, None).expect("erased").0
}

pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) webhook: WebhookId,
    pub(crate) export: ExportId,
    pub(crate) picked: Vec<ApplicationId>,
}

/// An export of three people.
pub(crate) fn three() -> Story {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 3);
    let new = new_export(webhook, vacancy, &picked);
    let export = try_export(&mut world.conn, &world.rosa, &new).expect("accepted").export.id;
    Story { world, webhook, export, picked }
}

impl Story {
    pub(crate) fn erase(&mut self) -> Erased {
        erased(&mut self.world.conn, &self.world.admin, "C-2")
    }

    pub(crate) fn read(&mut self, id: ExportId) -> store::exports::Export {
        get(&mut self.world.conn, &self.world.admin, id).expect("Postgres").expect("there")
    }

    pub(crate) fn wake(&mut self) {
        let lane = [(self.world.northwind, self.webhook)];
        queue::notify(&mut self.world.conn, &lane).expect("Postgres");
    }

    pub(crate) fn swept(&mut self) -> usize {
        let cuts = cut_erased(&mut self.world.conn, PayloadRetention::default());
        let cuts = cuts.expect("Postgres");
        assert_eq!(cuts.failed, []);
        cuts.done
    }

    fn payload(&mut self, id: ExportId) -> Option<String> {
        let body = payload(&mut self.world.conn, &self.world.admin, id).expect("Postgres");
        body.expect("there").map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    fn bodies(&mut self) -> i64 {
        count(&mut self.world.conn, "attempts WHERE response_body IS NOT NULL")
    }

    /// What goes on, and who is not in it.
    fn carried_on(&mut self) -> ExportId {
        let old = self.read(self.export);
        let new = self.read(old.continued_as.expect("carried on"));
        assert_eq!(new.left_out, LeftOut { erased: 1, ..LeftOut::default() });
        let sent = self.payload(new.id).expect("kept");
        assert!(sent.contains("ada1@") && sent.contains("ada3@") && !sent.contains("ada2@"));
        new.id
    }
}

#[test]
fn what_waits_is_carried_on_at_once() {
    let mut story = three();
    let told_of = story.erase();
    assert_eq!((told_of.applications, told_of.to_be_cut, told_of.exports_total), (1, 0, 1));
    let old = story.read(story.export);
    let ended = (old.status, old.ended_by, old.continued_as);
    let next = story.carried_on();
    assert_eq!(ended, (ExportStatus::Cancelled, Some(EndedBy::Erasure), Some(next)));
    let [gone] = told_of.exports.as_slice() else { panic!("{told_of:?}") };
    assert_eq!((gone.export_id, gone.certainty), (story.export, Certainty::NotSent));
    assert_eq!((gone.ended_by, gone.continued_as), (Some(EndedBy::Erasure), Some(next)));
    let kept = story.payload(story.export).expect("cut, not gone");
    assert!(kept.contains("ada3@") && !kept.contains("ada2@"), "{kept}");
    assert_eq!(story.swept(), 0);
    story.wake();
    let jobs = lease(&mut story.world.conn, 9);
    assert_eq!(jobs.iter().map(|job| job.lease.export).collect::<Vec<_>>(), [next]);
    assert_eq!(count(&mut story.world.conn, "candidates WHERE reference = 'C-2'"), 0);
    assert_eq!(count(&mut story.world.conn, "applications"), 2);
}

#[test]
fn what_is_on_the_wire_finishes_first() {
    for status in [200, 503] {
        let mut story = three();
        story.wake();
        let jobs = lease(&mut story.world.conn, 9);
        let told_of = story.erase();
        assert_eq!((told_of.to_be_cut, told_of.exports[0].certainty), (1, Certainty::BeingSentNow));
        assert_eq!(story.read(story.export).stopping, None, "nobody cancelled it");
        assert_eq!(story.payload(story.export), None, "nobody reads what is to be cut");
        assert_eq!(story.swept(), 0, "it is looked at once it is over");
        answer(&mut story.world.conn, jobs, status);
        assert_eq!(story.bodies(), 0, "nothing that the receiver answers is kept");
        assert_eq!(story.swept(), 1);
        let export = story.read(story.export);
        let kept = story.payload(story.export).expect("cut");
        assert!(kept.contains("ada3@") && !kept.contains("ada2@"), "{kept}");
        if status == 200 {
            assert_eq!((export.status, export.continued_as), (ExportStatus::Delivered, None));
        } else {
            assert_eq!(export.ended_by, Some(EndedBy::Erasure));
            story.carried_on();
        }
        let page =
            exports(&mut story.world.conn, &story.world.admin, told_of.candidate_id, None, 10);
        let page = page.expect("Postgres").expect("known");
        assert_eq!(page.items[0].certainty, Certainty::Sent, "a 503 after all of it counts");
        assert!(page.items[0].first_at.is_some());
    }
}

#[test]
fn an_ended_one_is_cut_and_goes_out_again_only_without_them() {
    for status in [200, 413] {
        let mut story = three();
        story.wake();
        let jobs = lease(&mut story.world.conn, 9);
        answer(&mut story.world.conn, jobs, status);
        assert_eq!(story.bodies(), 1);
        story.erase();
        assert_eq!(story.bodies(), 0);
        let before = story.read(story.export);
        let kept = story.payload(story.export).expect("cut");
        assert!(kept.contains("ada3@") && !kept.contains("ada2@"), "{kept}");
        let rosa = story.world.rosa.clone();
        let again = resend(&mut story.world.conn, &rosa, story.export, None);
        let again = again.expect("Postgres").expect("accepted").export;
        assert_ne!(again.id, story.export);
        assert_eq!(story.carried_on(), again.id);
        assert_eq!(story.read(story.export).status, before.status, "what was is not undone");
    }
}

#[test]
fn nobody_left_leaves_nothing_to_read_or_send() {
    let mut story = three();
    for reference in ["C-1", "C-2", "C-3"] {
        erased(&mut story.world.conn, &story.world.admin, reference);
        story.swept();
    }
    let conn = &mut story.world.conn;
    assert_eq!(count(conn, "export_jobs"), 0);
    assert_eq!(count(conn, "export_payloads"), 0);
    let rosa = story.world.rosa.clone();
    let again = resend(&mut story.world.conn, &rosa, story.export, None).expect("Postgres");
    assert_eq!(again, Err(ResendRefusal::PayloadGone));
}

/// As if the export had been accepted at the very moment: the person was read, and then erased.
#[test]
fn one_that_was_being_accepted_meanwhile_does_not_go_out() {
    let mut story = three();
    story.erase();
    let late = story.carried_on();
    story.world.sql(&format!(
        "UPDATE export_applications SET application_id = uuid_v7(), candidate_id = (
             SELECT candidate_id FROM erasures) WHERE export_id = '{late}' AND sequence = 1"
    ));
    story.wake();
    assert!(lease(&mut story.world.conn, 9).is_empty(), "it is held back");
    let kept = PayloadRetention::default();
    assert_eq!(derive_restricted(&mut story.world.conn, kept).expect("Postgres").ended, 1);
    let export = story.read(late);
    assert_eq!(export.ended_by, Some(EndedBy::Erasure));
    story.world.sql("UPDATE erasures SET look_again_at = now()");
    assert_eq!(story.swept(), 2, "both are looked at once more");
    assert_eq!(story.swept(), 0);
}

#[test]
fn an_erased_reference_is_not_imported_again() {
    let mut story = three();
    story.erase();
    let mut lines = vec![vacancy("V-1", &["Applied", "Shortlisted"])];
    for number in 2..=3 {
        lines.extend([candidate(number), application("V-1", number, "Applied")]);
    }
    let (admin, stranger) = (story.world.admin.clone(), story.world.stranger.clone());
    let conn = &mut story.world.conn;
    let done = import(conn, &admin, &lines).expect("imported");
    assert_eq!((done.skipped_erased, done.candidates.updated, done.candidates.created), (2, 1, 0));
    assert_eq!(count(conn, "candidates WHERE reference = 'C-2'"), 0);
    let done = import(conn, &stranger, &lines).expect("imported");
    assert_eq!((done.skipped_erased, done.candidates.created), (0, 2), "another organisation's");
    let refused = load(conn, &admin, None, std::iter::empty()).expect("Postgres");
    assert!(matches!(refused, Err(ImportRefusal::NoKeys)), "{refused:?}");
}

#[test]
fn nobody_is_erased_twice_nor_by_another_organisation_nor_beside_an_import() {
    let mut story = three();
    told(&mut story.world.conn);
    let id = find(&mut story.world.conn, &story.world.admin, "C-2", None, 5);
    let id: CandidateId = id.expect("Postgres").items[0].id;
    let (admin, stranger) = (story.world.admin.clone(), story.world.stranger.clone());
    let key = IdempotencyKey {
        caller: "ada".to_owned(),
        operation: "erase_candidate".to_owned(),
        key: "k".to_owned(),
        request_sha256: [7; 32],
    };
    let conn = &mut story.world.conn;
    for named in [Named::Id(id), Named::Reference("C-2".to_owned())] {
        assert_eq!(try_erase(conn, &stranger, &named, None), Err(EraseRefusal::Unknown));
    }
    let looked = exports(conn, &stranger, id, None, 5).expect("Postgres");
    assert!(looked.is_none(), "another organisation's");
    let mut importing = story.world.connect();
    let lock =
        format!("SELECT pg_advisory_lock(hashtextextended('import {}', 0))", story.world.northwind);
    diesel::RunQueryDsl::execute(diesel::sql_query(lock), &mut importing).expect("locked");
    let conn = &mut story.world.conn;
    let refused = try_erase(conn, &admin, &Named::Id(id), None);
    assert_eq!(refused, Err(EraseRefusal::ImportInProgress));
    drop(importing);
    while try_erase(conn, &admin, &Named::Id(id), Some(&key)) == Err(EraseRefusal::ImportInProgress)
    {
    }
    let again = try_erase(conn, &admin, &Named::Id(id), Some(&key)).expect("replayed");
    assert!(again.1 && again.0.applications == 1);
    assert_eq!(try_erase(conn, &admin, &Named::Id(id), None), Err(EraseRefusal::Unknown));
    let events = briefly(&told(conn));
    let of = |action| events.iter().filter(|event| event.0 == action).collect::<Vec<_>>();
    assert_eq!(of(Action::CandidatesSearched).len(), 1);
    let [(_, object, details)] = of(Action::CandidateErased)[..] else { panic!("{events:?}") };
    assert_eq!((*object, details), (id.into(), &json!({ "applications": 1, "exports": 1 })));
}

#[test]
fn what_a_successor_takes_over_goes_without_them() {
    let mut story = crate::replace::story();
    let [failed, retrying, waiting, _sending] = story.of_each_kind();
    story.replace(2, ALL).expect("replaced");
    erased(&mut story.world.conn, &story.world.admin, "C-2");
    story.sweep();
    for export in [failed, retrying, waiting] {
        let next = story.read(export).continued_as.expect("carried over");
        let body = payload(&mut story.world.conn, &story.world.admin, next).expect("Postgres");
        let body = String::from_utf8(body.expect("there").expect("kept")).expect("text");
        assert!(body.contains("ada1@") && !body.contains("ada2@"), "{body}");
    }
}
