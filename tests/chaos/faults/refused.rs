//! Rows that the database refuses inside a batch of results: each becomes `internal_error` and is
//! tried again, and what was recorded with it is recorded all the same.

use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

/// Refuses the success of the first try of one export in sixteen.
const TRIGGER: &str = "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.attempt_number = 1 AND NEW.outcome = 'delivered'
           AND get_byte(uuid_send(NEW.export_id), 15) % 16 = 0 THEN
            RAISE EXCEPTION 'this row is refused';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION refuse();";

const REFUSED: &str = "get_byte(uuid_send(export_id), 15) % 16 = 0";

pub(super) async fn in_a_batch(context: Context) -> Outcome {
    let stage = Stage::set(&context.ground, Plan::of(&context.binary)).await;
    stage.sql(TRIGGER);
    let exports = context.count(2_000, 200);
    let load = stage.load(Amount { exports, parallel: 12, pause: Duration::from_millis(2) });
    load.finish().await;
    let (ground, database) = (stage.ground.clone(), stage.database.clone());
    let number = |sql: &str| ground.psql(&database, sql).parse::<usize>().expect("a number");
    let count = "SELECT count(*) FROM attempts WHERE outcome = 'internal_error'";
    let mut summary = stage.judge(0).await;
    summary.injected = number(count);
    let harmed = number(&format!("{count} AND NOT ({REFUSED} AND attempt_number = 1)"));
    let lost = number(
        "SELECT count(*) FROM exports WHERE end_state = 'failed' AND outcome = 'internal_error'",
    );
    Outcome::Judged(Box::new(
        summary
            .shows(number(count) > 0, "no row was refused")
            .shows(harmed == 0, format!("{harmed} neighbours became internal_error"))
            .shows(lost == 0, format!("{lost} exports were given up for it")),
    ))
}
