//! A payload that makes the sender panic: its attempts are `internal_error` and spend no try, so it is
//! the deadline that ends its export; its neighbours are delivered.

use std::time::Duration;

use super::Context;
use crate::load::Amount;
use crate::report::Outcome;
use crate::stage::{Plan, Stage};

pub(super) async fn in_the_sender(context: Context) -> Outcome {
    let binary = context.crash_binary.clone().expect("asked for before");
    let env = vec![("EXPORT_DEADLINE", "20s".to_owned())];
    let stage = Stage::set(&context.ground, Plan { workers: 2, env, ..Plan::of(&binary) }).await;
    let exports = context.count(1_000, 100);
    let load = stage.load(Amount { exports, parallel: 8, pause: Duration::from_millis(5) });
    let wanted = context.count(20, 4);
    let mut marked = Vec::new();
    for number in 0..wanted {
        let target = &stage.clients.targets[number % stage.clients.targets.len()];
        let person = target.applications.last().cloned().into_iter().collect::<Vec<_>>();
        let key = format!("marked-{number}");
        marked.extend(stage.clients.export_people(target, &key, &person, 1).await);
    }
    load.finish().await;
    let ids = marked.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
    let (ground, database) = (stage.ground.clone(), stage.database.clone());
    let summary = stage.judge(marked.len()).await;
    let count = |sql: String| ground.psql(&database, &sql);
    let failed = count(format!(
        "SELECT count(*) FROM exports WHERE id IN ({ids}) AND end_state = 'failed' AND outcome = 'expired'
         AND NOT ambiguous"
    ));
    let others = count(format!(
        "SELECT count(*) FROM attempts WHERE outcome = 'internal_error' AND export_id NOT IN ({ids})"
    ));
    Outcome::Judged(Box::new(
        summary
            .shows(failed == marked.len().to_string(), format!("{failed} marked exports failed"))
            .shows(others == "0", format!("{others} attempts of neighbours were harmed")),
    ))
}
