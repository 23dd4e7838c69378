//! Exports that are held back for a while, so that they can be taken back.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use domain::export::ExportStatus;
use domain::id::{ExportId, WebhookId};
use store::exports::{Cancelled, Export, NewExport, cancel, get, resend};
use store::queue::notify;

use crate::database::World;
use crate::people::people;
use crate::sending::{lease, new_export, try_export, webhook};

struct Story {
    world: World,
    webhook: WebhookId,
    at_once: NewExport,
}

fn story() -> Story {
    let mut world = World::new();
    let webhook = webhook(&mut world.conn, &world.admin, 1);
    let (vacancy, picked) = people(&mut world.conn, &world.admin, 1);
    Story { at_once: new_export(webhook, vacancy, &picked), world, webhook }
}

impl Story {
    fn ask(&mut self, hold_s: u32) -> Export {
        let new = NewExport { hold_s, ..self.at_once.clone() };
        let accepted = try_export(&mut self.world.conn, &self.world.rosa, &new).expect("accepted");
        let lane = [(self.world.northwind, self.webhook)];
        notify(&mut self.world.conn, &lane).expect("Postgres");
        accepted.export
    }

    fn read(&mut self, id: ExportId) -> Export {
        get(&mut self.world.conn, &self.world.rosa, id).expect("Postgres").expect("there")
    }

    fn leased(&mut self) -> Vec<ExportId> {
        lease(&mut self.world.conn, 9).iter().map(|job| job.lease.export).collect()
    }

    fn time(&mut self, query: &str) -> DateTime<Utc> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Timestamptz)]
            at: DateTime<Utc>,
        }
        diesel::sql_query(query).get_result::<Row>(&mut self.world.conn).expect("a time").at
    }

    /// The time of what is held passes.
    fn pass(&mut self, id: ExportId) {
        for statement in [
            "UPDATE exports SET held_until = now() WHERE id = $1",
            "UPDATE export_jobs SET run_at = now() WHERE export_id = $1",
        ] {
            diesel::sql_query(statement)
                .bind::<diesel::sql_types::Uuid, _>(uuid::Uuid::from(id))
                .execute(&mut self.world.conn)
                .expect("Postgres");
        }
    }
}

#[test]
fn what_is_held_waits_for_its_time_and_keeps_nothing_else_waiting() {
    let mut story = story();
    let held = story.ask(60);
    assert_eq!(held.status, ExportStatus::Queued);
    let until = held.held_until.expect("held");
    let hold = until - held.requested_at;
    assert!(hold >= TimeDelta::seconds(60) && hold < TimeDelta::seconds(61), "{hold}");
    assert_eq!(held.next_attempt_at, Some(until));
    assert_eq!(story.read(held.id), held, "what is answered is what is read");
    let other = story.ask(0);
    assert_eq!(other.held_until, None);
    assert_eq!(story.leased(), [other.id], "the lane goes on");
    assert_eq!(story.leased(), []);
    let next = story.time("SELECT next_run_at AS at FROM lanes WHERE next_run_at > now()");
    assert_eq!(next, until, "the lane is due when the time is over");
    let bound = story.time("SELECT max(due_from) AS at FROM lanes");
    assert!(bound < until, "no lower bound passes it");
    story.pass(held.id);
    assert_eq!(story.read(held.id).held_until, None, "it may go");
    notify(&mut story.world.conn, &[(story.world.northwind, story.webhook)]).expect("Postgres");
    assert_eq!(story.leased(), [held.id]);
}

#[test]
fn what_is_taken_back_never_goes_and_what_is_sent_again_is_not_held() {
    let mut story = story();
    let held = story.ask(30).id;
    let (cancelled, export) =
        cancel(&mut story.world.conn, &story.world.rosa, held).expect("Postgres").expect("waits");
    assert_eq!((cancelled, export.status), (Cancelled::Ended, ExportStatus::Cancelled));
    assert_eq!((export.held_until, export.anything_sent), (None, false));
    assert_eq!(story.leased(), []);
    let again = resend(&mut story.world.conn, &story.world.rosa, held, None);
    let again = again.expect("Postgres").expect("ended").export;
    assert_eq!((again.held_until, again.status), (None, ExportStatus::Queued));
    assert_eq!(story.read(held), again);
    notify(&mut story.world.conn, &[(story.world.northwind, story.webhook)]).expect("Postgres");
    assert_eq!(story.leased(), [held]);
}
