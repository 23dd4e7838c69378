//! Webhooks to review: who answers for them, which are due, stale, and how much was accepted.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use domain::audit::Action;
use domain::id::WebhookId;
use store::webhooks::{
    CarryOver, Review, Webhook, WebhookFilter, create, delete, get, list, replace, review,
};

use crate::audit::told;
use crate::database::World;
use crate::people::count;
use crate::replace::replacement;
use crate::sending::{answer, lease, new_webhook, test_export, webhook};

impl World {
    fn read(&mut self, id: WebhookId) -> Webhook {
        get(&mut self.conn, &self.admin, id).expect("Postgres").expect("there")
    }

    fn listed(&mut self, stale: Option<bool>, review_due: Option<bool>) -> Vec<WebhookId> {
        let filter = WebhookFilter { stale, review_due, ..WebhookFilter::default() };
        let page = list(&mut self.conn, &self.admin, &filter, None, 50).expect("Postgres");
        page.expect("nothing unknown").items.iter().map(|webhook| webhook.id).collect()
    }
}

fn days(webhook: &Webhook) -> i64 {
    (webhook.review_by - Utc::now() + TimeDelta::hours(1)).num_days()
}

#[test]
fn whoever_registered_it_answers_for_it_until_somebody_else_does() {
    let mut world = World::new();
    let own = webhook(&mut world.conn, &world.admin, 1);
    let mut new = new_webhook(&mut world.conn, "CRM", 2);
    new.owner = Some("Ben of Sales".to_owned());
    create(&mut world.conn, &world.admin, &new).expect("Postgres").expect("registered");
    let (own_read, given) = (world.read(own), world.read(new.id));
    let registered = own_read.created_by.email.clone().or(own_read.created_by.name.clone());
    assert_eq!(own_read.owner, registered.unwrap_or(own_read.created_by.id.clone()));
    assert_eq!((given.owner.as_str(), given.reviewed.as_ref()), ("Ben of Sales", None));
    assert!((365..=366).contains(&days(&own_read)) && !own_read.review_due);

    let reviewed = review(&mut world.conn, &world.admin, own, &Review::default());
    assert!(reviewed.expect("Postgres"));
    let kept = world.read(own);
    assert_eq!(kept.owner, own_read.owner, "as before");
    assert_eq!(kept.reviewed.as_ref().map(|(_, by)| by), Some(&world.admin.requester()));
    let soon = Utc::now() + TimeDelta::days(30);
    let given = Review { owner: Some("Cleo".to_owned()), review_by: Some(soon) };
    assert!(review(&mut world.conn, &world.admin, own, &given).expect("Postgres"));
    let read = world.read(own);
    assert_eq!((read.owner.as_str(), days(&read)), ("Cleo", 30));
    assert_eq!(count(&mut world.conn, "webhook_reviews"), 2, "one row a webhook");
    let events = told(&mut world.conn);
    let event = events.last().expect("events");
    assert_eq!(event.action, Action::WebhookReviewed);
    assert!(!event.details.to_string().contains("Cleo"), "{event:?}");

    let heir = replacement(&mut world.conn, 9, CarryOver::None);
    replace(&mut world.conn, &world.admin, own, &heir, None).expect("Postgres").expect("replaced");
    let heir = world.read(heir.id);
    assert_eq!((heir.owner.as_str(), heir.reviewed), ("Cleo", None), "inherited");
}

#[test]
fn only_a_live_webhook_of_ones_own_is_reviewed() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let foreign = review(&mut world.conn, &world.stranger, id, &Review::default());
    assert!(!foreign.expect("Postgres"));
    delete(&mut world.conn, &world.admin, id, false).expect("Postgres").expect("idle");
    let gone = review(&mut world.conn, &world.admin, id, &Review::default());
    assert!(!gone.expect("Postgres"));
    assert_eq!(count(&mut world.conn, "webhook_reviews"), 0);
}

#[test]
fn lists_show_what_is_due_and_what_is_stale() {
    let mut world = World::new();
    let [fresh, old, used] = [1, 2, 3].map(|url| webhook(&mut world.conn, &world.admin, url));
    let aged = format!(
        "UPDATE webhooks SET created_at = now() - interval '400 days' WHERE id IN ('{old}', '{used}')"
    );
    world.sql(&aged);
    world.sql(&format!("UPDATE lanes SET last_delivered_at = now() WHERE webhook_id = '{used}'"));
    assert_eq!(world.listed(Some(true), None), [old]);
    assert_eq!(world.listed(Some(false), None), [used, fresh]);
    assert_eq!(world.listed(None, Some(true)), [used, old]);
    assert_eq!(world.listed(Some(false), Some(true)), [used]);
    assert!(review(&mut world.conn, &world.admin, used, &Review::default()).expect("Postgres"));
    assert_eq!(world.listed(None, Some(true)), [old]);
    assert_eq!(world.listed(None, Some(false)), [used, fresh]);
    let long_ago = "UPDATE lanes SET last_delivered_at = now() - interval '91 days'";
    world.sql(long_ago);
    assert_eq!(world.listed(Some(true), None), [used, old, fresh]);
}

#[test]
fn success_is_that_of_the_exports_of_thirty_days() {
    let mut world = World::new();
    let id = webhook(&mut world.conn, &world.admin, 1);
    let send = |world: &mut World, status| {
        let export = test_export(&mut world.conn, &world.rosa, id);
        let jobs = lease(&mut world.conn, 1);
        answer(&mut world.conn, jobs, status);
        export
    };
    assert_eq!(world.read(id).success_rate, None);
    let failed = send(&mut world, 413);
    assert_eq!(world.read(id).success_rate, Some(0.0));
    // A try that fails is not an end: what is accepted at last is accepted.
    send(&mut world, 500);
    world.sql("UPDATE export_jobs SET run_at = now()");
    world.sql("UPDATE lanes SET next_run_at = now(), blocked_until = now()");
    let jobs = lease(&mut world.conn, 1);
    answer(&mut world.conn, jobs, 200);
    assert_eq!(world.read(id).success_rate, Some(0.5));
    let cancelled = format!(
        "UPDATE exports SET end_state = 'cancelled', ended_by = 'member' WHERE id = '{failed}'"
    );
    diesel::sql_query(cancelled).execute(&mut world.conn).expect("a good statement");
    assert_eq!(world.read(id).success_rate, Some(1.0), "a cancelled one says nothing");
}
