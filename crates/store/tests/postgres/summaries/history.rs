//! A random history of six weeks, written as claim, record, resend and retention leave it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::id::OrganisationId;
use store::summaries::{Counted, count_on};

use super::{Owned, Told, at};
use crate::database::World;
use crate::people::count;
use crate::sending::webhook;

const OUTCOMES: [&str; 4] = ["http_5xx", "response_timeout", "gone", "worker_lost"];

/// The two months before this one have their partitions.
const MONTHS: &str = "DO $$
    DECLARE month timestamptz; name text;
    BEGIN
        FOR ago IN 1..2 LOOP
            month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - make_interval(months => ago);
            name := 'attempts_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
            IF to_regclass(name) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF attempts FOR VALUES FROM (%L) TO (%L)', name,
                    uuid_v7_floor(month), uuid_v7_floor(month + interval '1 month'));
            END IF;
        END LOOP;
    END $$";

struct Export {
    id: String,
    of: Owned,
    attempts: usize,
    last_at: DateTime<Utc>,
    ended: bool,
}

/// One history, and what it is made of.
pub(super) struct History {
    pub(super) world: World,
    webhooks: Vec<Owned>,
    exports: Vec<Export>,
    chance: u64,
}

impl History {
    /// A world with six webhooks of two organisations, two of which share a host, where nothing is counted.
    pub(super) fn new(seed: u64) -> Self {
        let mut world = World::new();
        let mut webhooks = Vec::new();
        for number in 1..=3 {
            for actor in [world.admin.clone(), world.stranger.clone()] {
                let id = webhook(&mut world.conn, &actor, number);
                let of = actor.organisation().expect("a member");
                webhooks.push((of, id));
                let host = format!("{}.example.com", if number == 1 { "shared" } else { "own" });
                world.sql(&format!(
                    "UPDATE webhooks SET host = '{number}.{host}' WHERE id = '{id}'"
                ));
            }
        }
        world.sql("SELECT make_partitions()");
        world.sql(MONTHS);
        world.sql("UPDATE days_counted SET until = now() - interval '45 days'");
        Self {
            world,
            webhooks,
            exports: Vec::new(),
            chance: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    pub(super) fn webhooks(&self) -> &[Owned] {
        &self.webhooks
    }

    /// A number below `below`.
    fn pick(&mut self, below: usize) -> usize {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.chance >> 33).expect("31 bits") % below
    }

    fn between(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        let part = i32::try_from(1 + self.pick(999)).expect("small");
        from + (to - from) * part / 1_000
    }

    /// Something happens.
    pub(super) fn step(&mut self) {
        match self.pick(12) {
            _ if self.exports.len() < 4 => self.ask(),
            0..=2 => self.ask(),
            3..=7 => self.attempt(),
            8 | 9 => self.change(),
            10 => self.delete(),
            _ => {
                let what = Counted::ALL[self.pick(2)];
                for _ in 0..=self.pick(30) {
                    count_on(&mut self.world.conn, what).expect("Postgres");
                }
            }
        }
    }

    pub(super) fn count_all(&mut self) {
        for what in Counted::ALL {
            while count_on(&mut self.world.conn, what).expect("Postgres") {}
        }
    }

    pub(super) fn days_to_recount(&mut self) -> i64 {
        count(&mut self.world.conn, "days_to_recount")
    }

    pub(super) fn forget(&mut self, organisation: OrganisationId) {
        self.exports.retain(|export| export.of.0 != organisation);
        self.webhooks.retain(|webhook| webhook.0 != organisation);
    }

    fn told(&mut self, query: &str) -> String {
        let told: Told = diesel::sql_query(query).get_result(&mut self.world.conn).expect("a row");
        told.told
    }

    /// How far it is counted: what happens in time is later.
    fn counted(&mut self, what: &str) -> DateTime<Utc> {
        let query = format!(
            "SELECT to_json(until) #>> '{{}}' AS told FROM days_counted WHERE what = '{what}'"
        );
        self.told(&query).parse().expect("an instant")
    }

    fn ask(&mut self) {
        let index = self.pick(self.webhooks.len());
        let of = self.webhooks[index];
        let now = Utc::now();
        let asked = self.between(now - TimeDelta::days(44), now);
        let who = ["auth0|rosa", "auth0|ben"][self.pick(2)];
        let people = 1 + self.pick(30);
        let (_, webhook) = of;
        let id = self.told(&format!(
            "WITH made AS (
                INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, requested_by_type,
                    requested_by_id, requested_by_name, requested_by_email, requested_at, candidate_count,
                    payload_bytes, payload_sha256)
                SELECT organisation_id, uuid_v7({asked}), 'test', id, name, host, 'member', '{who}', 'x', 'x',
                    {asked}, {people}, 1, '\\x' FROM webhooks WHERE id = '{webhook}'
                RETURNING organisation_id, id, webhook_id),
             job AS (
                INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
                SELECT organisation_id, id, webhook_id, now(), 1 FROM made)
             SELECT id::text AS told FROM made", asked = at(asked)
        ));
        self.exports.push(Export { id, of, attempts: 0, last_at: asked, ended: false });
    }

    /// An attempt that is logged in time, or late.
    fn attempt(&mut self) {
        let index = self.pick(self.exports.len());
        if self.exports[index].ended {
            return;
        }
        let (counted, now) = (self.counted("attempts"), Utc::now());
        let late = self.pick(3) == 0;
        let last_at = self.exports[index].last_at;
        let earliest = if late { last_at } else { last_at.max(counted) };
        let begun = self.between(earliest, now);
        let outcome = OUTCOMES[self.pick(OUTCOMES.len())];
        let export = &mut self.exports[index];
        export.attempts += 1;
        export.last_at = begun;
        let (id, number) = (export.id.clone(), export.attempts);
        self.world.sql(&format!(
            "INSERT INTO attempts (organisation_id, id, export_id, webhook_id, webhook_name, host, requested_by_id,
                attempt_number, outcome, ambiguous, started_at, duration_ms, request_bytes_sent, payload_bytes,
                payload_sha256, response_headers, response_truncated, response_too_large, facts, worker)
             SELECT organisation_id, uuid_v7({begun}), id, webhook_id, webhook_name, host, requested_by_id, {number},
                '{outcome}', false, {begun}, 1, 1, 1, '\\x', '{{}}', false, false, '{{}}', 'w'
             FROM exports WHERE id = '{id}'", begun = at(begun)
        ));
        self.world.sql(&format!(
            "UPDATE export_jobs SET attempt_number = {number} WHERE export_id = '{id}'"
        ));
        if !late {
            // In time, as the clock of this history has it.
            self.world.sql(
                "DELETE FROM days_to_recount WHERE id = (SELECT id FROM days_to_recount
                 WHERE what = 'attempts' ORDER BY id DESC LIMIT 1) AND id >= uuid_v7_floor(clock_timestamp() - interval '1 second')",
            );
        }
    }

    /// An end, or a resend of what has ended.
    fn change(&mut self) {
        let index = self.pick(self.exports.len());
        let (id, tries) = (self.exports[index].id.clone(), self.exports[index].attempts);
        if self.exports[index].ended {
            self.world.sql(&format!(
                "UPDATE exports SET end_state = NULL, ended_by = NULL, outcome = NULL, finished_at = NULL WHERE id = '{id}'"
            ));
            self.world.sql(&format!(
                "INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes, attempt_number)
                 SELECT organisation_id, id, webhook_id, now(), 1, {tries} FROM exports WHERE id = '{id}'"
            ));
            self.exports[index].ended = false;
            return;
        }
        let (counted, now) = (self.counted("exports"), Utc::now());
        let written = self.between(counted, now);
        let (state, outcome) =
            [("failed", "'gone'"), ("cancelled", "NULL"), ("delivered", "'delivered'")]
                [self.pick(3)];
        self.world.sql(&format!("DELETE FROM export_jobs WHERE export_id = '{id}'"));
        self.world.sql(&format!(
            "UPDATE exports SET end_state = '{state}', ended_by = 'receiver', outcome = {outcome}, finished_at = now(),
                attempt_count = {tries} WHERE id = '{id}'"
        ));
        let written = at(written);
        self.world.sql(&format!(
            "UPDATE export_ends SET written_at = {written} WHERE export_id = '{id}'"
        ));
        self.exports[index].ended = true;
    }

    /// What is kept no longer.
    fn delete(&mut self) {
        let index = self.pick(self.exports.len());
        if self.exports[index].ended {
            let export = self.exports.swap_remove(index);
            self.world.sql(&format!("DELETE FROM exports WHERE id = '{}'", export.id));
        }
    }
}
