//! Why an export waits, as it is told: who asked for the pause, and that a receiver is probed, also when
//! the pause itself is over and others go first.

use domain::explanation::Pause;
use store::exports::get;

use crate::database::World;
use crate::sending::{test_export, webhook};

#[test]
fn a_pause_is_told_by_who_made_it_and_probing_beyond_its_pause() {
    let table = [
        ("cap = NULL", "none"),
        (
            "blocked_until = now() + interval '1 minute', asked_until = now() + interval '1 minute'",
            "asked",
        ),
        ("blocked_until = now() + interval '1 minute', asked_until = NULL, cap = 1", "probing"),
        (
            "blocked_until = now() - interval '1 minute', asked_until = NULL, cap = 1",
            "probing, its turn",
        ),
        (
            "blocked_until = now() - interval '1 minute', asked_until = now() - interval '1 minute', cap = 1",
            "probing, its turn",
        ),
        ("blocked_until = now() - interval '1 minute', asked_until = NULL, cap = 4", "none"),
        (
            "blocked_until = now() + interval '1 minute', cap = 1, disabled_at = now(), disabled_reason = 'failing'",
            "none",
        ),
    ];
    for (lane, expected) in table {
        let mut world = World::new();
        let webhook = webhook(&mut world.conn, &world.admin, 1);
        world.sql(&format!("UPDATE lanes SET {lane}"));
        let export = test_export(&mut world.conn, &world.admin, webhook);
        let read = get(&mut world.conn, &world.admin, export).expect("Postgres").expect("there");
        let now = chrono::Utc::now();
        let told = match read.pause {
            None => "none",
            Some(Pause::Asked(_)) => "asked",
            Some(Pause::Probing(until)) if until > now => "probing",
            Some(Pause::Probing(_)) => "probing, its turn",
        };
        assert_eq!(told, expected, "{lane}");
    }
}
