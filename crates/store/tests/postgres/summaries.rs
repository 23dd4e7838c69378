//! Summaries tell what the tables hold, however much of it was counted before: random histories of attempts in
//! time and late ones, ends, resends, deletions, and a sweep now and then, against a plain GROUP BY.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::actor::Actor;
use domain::id::{OrganisationId, WebhookId};
use domain::outcome::Outcome;
use domain::summary::{AttemptGroup, ExportGroup};
use store::summaries::{
    Counted, Line, SummaryFilter, Window, count_on, drop_days, of_attempts, of_exports,
};

use crate::actors::operator;
use crate::database::World;
use crate::people::count;
use crate::sending::webhook;

mod history;
mod plain;

use history::History;
use plain::{Plain, text};

fn filter(window: Window) -> SummaryFilter {
    SummaryFilter {
        window,
        webhook_id: None,
        host: None,
        outcomes: Vec::new(),
        statuses: Vec::new(),
    }
}

fn attempts(
    conn: &mut store::Conn,
    actor: &Actor,
    filter: &SummaryFilter,
    groups: &[AttemptGroup],
) -> Vec<Line> {
    let summary = of_attempts(conn, actor, filter, groups, 10_000).expect("Postgres");
    summary.expect("known").lines
}

fn exports(
    conn: &mut store::Conn,
    actor: &Actor,
    filter: &SummaryFilter,
    groups: &[ExportGroup],
) -> Vec<Line> {
    let summary = of_exports(conn, actor, filter, groups, 10_000).expect("Postgres");
    summary.expect("known").lines
}

/// Both summaries are those of a plain GROUP BY, for everybody, in windows of whole days and of instants.
fn assert_told(history: &mut History, step: usize) {
    use AttemptGroup as A;
    use ExportGroup as E;
    let now = Utc::now();
    let ago = |hours| Some(now - TimeDelta::hours(hours));
    let all = Window::new(ago(24 * 100), None, now);
    let shown = Window::new(None, None, now);
    let cut = Window::new(ago(24 * 40), ago(20), now);
    let short = Window::new(ago(30), ago(19), now);
    let actors =
        [history.world.support.clone(), history.world.admin.clone(), history.world.rosa.clone()];
    let by: [(&[A], &[E]); 4] = [
        (&[A::Host, A::Outcome], &[E::Host, E::Status]),
        (&[A::Day], &[E::Day]),
        (&[A::Organisation, A::Webhook, A::Outcome, A::Day], &[E::Webhook, E::Outcome, E::Status]),
        (&[A::Host], &[E::Organisation, E::Outcome]),
    ];
    for actor in &actors {
        for window in [all, shown, cut, short] {
            let (of_attempts, of_exports) = by[step % by.len()];
            let conn = &mut history.world.conn;
            let plain = Plain { actor, window };
            let told = attempts(conn, actor, &filter(window), of_attempts);
            let what = format!("step {step}, {actor:?}, {window:?}");
            assert_eq!(text(&told), plain.attempts(conn, of_attempts), "attempts, {what}");
            let told = exports(conn, actor, &filter(window), of_exports);
            assert_eq!(text(&told), plain.exports(conn, of_exports), "exports, {what}");
        }
    }
}

#[test]
fn a_summary_tells_what_the_tables_hold() {
    for seed in 1..=2 {
        let mut history = History::new(seed);
        for step in 0..60 {
            history.step();
            if step % 4 == 3 {
                assert_told(&mut history, step / 4);
            }
        }
        history.count_all();
        assert_eq!(history.days_to_recount(), 0);
        (60..64).for_each(|step| assert_told(&mut history, step));
    }
}

#[test]
fn what_was_counted_goes_with_its_organisation_and_with_the_log() {
    let mut history = History::new(9);
    (0..40).for_each(|_| history.step());
    history.count_all();
    let (conn, contoso) = (&mut history.world.conn, history.world.contoso);
    while store::organisations::remove(conn, &operator(), contoso, "Contoso")
        .expect("Postgres")
        .is_err()
    {
        // What the history says is on the wire never was.
        diesel::sql_query(format!("DELETE FROM export_jobs WHERE organisation_id = '{contoso}'"))
            .execute(conn)
            .expect("a good statement");
    }
    history.forget(contoso);
    assert_told(&mut history, 2);
    // Of the log nothing is as old as to go.
    let day = Duration::from_hours(24);
    assert_eq!(drop_days(&mut history.world.conn, day).expect("Postgres"), 0);
    history.world.sql("UPDATE attempt_days SET day = day - 100");
    assert!(drop_days(&mut history.world.conn, day).expect("Postgres") > 0);
    assert_eq!(count(&mut history.world.conn, "attempt_days"), 0);
}

#[test]
fn filters_hold_and_the_most_come_first() {
    let mut history = History::new(5);
    (0..60).for_each(|_| history.step());
    let now = Utc::now();
    let all = filter(Window::new(Some(now - TimeDelta::days(60)), None, now));
    let (conn, support) = (&mut history.world.conn, history.world.support.clone());
    let by = [AttemptGroup::Host, AttemptGroup::Outcome];
    let lines = attempts(conn, &support, &all, &by);
    assert!(lines.len() > 3 && lines.is_sorted_by(|a, b| a.count >= b.count), "{lines:#?}");
    let first = of_attempts(conn, &support, &all, &by, 2).expect("Postgres").expect("known");
    assert_eq!((first.lines.as_slice(), first.more), (&lines[..2], true));
    let host = lines[0].host.clone().expect("by host");
    let of_host = SummaryFilter { host: Some(host.clone()), ..all.clone() };
    let expected: Vec<_> =
        lines.iter().filter(|it| it.host.as_ref() == Some(&host)).cloned().collect();
    assert_eq!(attempts(conn, &support, &of_host, &by), expected);
    let gone = SummaryFilter { outcomes: vec![Outcome::Gone], ..all.clone() };
    let expected: Vec<_> =
        lines.iter().filter(|it| it.outcome == Some(Outcome::Gone)).cloned().collect();
    assert_eq!(attempts(conn, &support, &gone, &by), expected);
    for (_, webhook) in history.webhooks().to_vec() {
        let conn = &mut history.world.conn;
        let of_webhook = SummaryFilter { webhook_id: Some(webhook), ..all.clone() };
        let total: u64 = attempts(conn, &support, &of_webhook, &[AttemptGroup::Webhook])
            .iter()
            .map(|line| line.count)
            .sum();
        let lines = attempts(conn, &support, &all, &[AttemptGroup::Webhook]);
        let line =
            lines.iter().find(|line| line.webhook.as_ref().is_some_and(|it| it.0 == webhook));
        assert_eq!(total, line.map_or(0, |line| line.count));
    }
}

#[test]
fn hosts_that_look_alike_are_one_line() {
    let mut world = World::new();
    let hosts = ["a1b2c3d4.ngrok-free.app", "e5f6a7b8.ngrok-free.app"];
    for (number, host) in (1..).zip(hosts) {
        let id = webhook(&mut world.conn, &world.admin, number);
        world.sql(&format!("UPDATE webhooks SET host = '{host}' WHERE id = '{id}'"));
        crate::sending::test_export(&mut world.conn, &world.rosa, id);
        let jobs = crate::sending::lease(&mut world.conn, 1);
        crate::sending::answer(&mut world.conn, jobs, 413);
    }
    let now = Utc::now();
    let all = filter(Window::new(None, None, now));
    let by = [AttemptGroup::Host];
    let hosts = |lines: Vec<Line>| {
        lines.into_iter().map(|line| (line.host.expect("by host"), line.count)).collect::<Vec<_>>()
    };
    let conn = &mut world.conn;
    assert_eq!(hosts(attempts(conn, &world.admin, &all, &by)).len(), 2);
    let masked = [("***.ngrok-free.app".to_owned(), 2)];
    for actor in [&world.support, &world.rosa] {
        assert_eq!(hosts(attempts(conn, actor, &all, &by)), masked, "{actor:?}");
        let same = SummaryFilter { host: Some("***.ngrok-free.app".to_owned()), ..all.clone() };
        assert_eq!(hosts(attempts(conn, actor, &same, &by)), masked, "{actor:?}");
        assert_eq!(exports(conn, actor, &all, &[ExportGroup::Host])[0].count, 2);
    }
}

#[test]
fn two_count_and_nothing_is_counted_twice() {
    let mut history = History::new(7);
    (0..40).for_each(|_| history.step());
    let mut other = history.world.connect();
    let conn = &mut history.world.conn;
    conn.begin_test_transaction().expect("begun");
    while count_on(conn, Counted::Attempts).expect("Postgres") {}
    // The first one holds the lock until its end.
    assert!(!count_on(&mut other, Counted::Attempts).expect("Postgres"));
    diesel::sql_query("ROLLBACK").execute(conn).expect("as if it had died");
    history.world.conn = other;
    history.count_all();
    (0..4).for_each(|step| assert_told(&mut history, step));
}

/// Rows of one text.
#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    told: String,
}

fn at(instant: DateTime<Utc>) -> String {
    format!("'{}'::timestamptz", instant.to_rfc3339())
}

type Owned = (OrganisationId, WebhookId);
