//! The end of a round: work is let run dry, some exports are asked for again, and everything is
//! judged.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use store::invariants::{Queue, queue, snapshot};
use uuid::Uuid;

use super::{AMBIGUOUS_DELAY, Stage, schedule};
use crate::evidence::{Evidence, Rules};
use crate::invariants;
use crate::load::lock;
use crate::receiver::Manner;
use crate::report::Summary;

/// How long it may take until nothing is left to do.
const DRY: Duration = Duration::from_secs(150);
const LOOK: Duration = Duration::from_millis(100);
/// Exports that are asked for again.
const RESENT: usize = 20;

/// Ends long waits: lanes first, as everywhere. The result says which, so that they are not taken for a
/// broken schedule.
const HURRY: &str = "
    SELECT FROM lanes ORDER BY organisation_id, webhook_id FOR NO KEY UPDATE;
    UPDATE export_jobs SET run_at = now()
    WHERE attempt_id IS NULL AND run_at > now() + interval '2 seconds'
    RETURNING export_id, attempt_number;
    UPDATE lanes SET blocked_until = '-infinity', cap = NULL, next_run_at = now()
    WHERE blocked_until > now() + interval '1 second' OR next_run_at > now() + interval '1 second';";

impl Stage {
    /// Lets everything end, and judges the round.
    pub async fn judge(mut self, injected: usize) -> Summary {
        self.watch.leave_the_rest();
        self.receiver.set(Manner::WELL);
        self.receiver.let_go();
        let mut failures = self.run_dry().await;
        self.resend_some().await;
        failures.extend(self.run_dry().await);
        let deadlocks =
            self.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        if deadlocks != "0" {
            failures.push(format!("{deadlocks} deadlocks"));
        }
        let evidence = self.evidence().await;
        let (_, mut violations, looks) = self.watch.seen();
        violations.extend(invariants::broken(&evidence));
        let seconds = self.begun.elapsed();
        let summary = Summary::new(injected, &evidence, violations, failures, looks, seconds);
        match self.watch.activity() {
            Some(activity) => summary.note(format!("when a lease was old: {activity}")),
            None => summary,
        }
    }

    /// Waits until no export has work left; what then still is there.
    pub async fn run_dry(&mut self) -> Vec<String> {
        let begun = Instant::now();
        let mut left = None;
        while begun.elapsed() < DRY {
            match self.db.run(queue).await {
                Ok(queue) if queue.jobs.is_empty() => return Vec::new(),
                Ok(queue) => {
                    if waits_long(&queue) {
                        self.hurry();
                    }
                    left = Some(queue);
                }
                Err(_) => {}
            }
            tokio::time::sleep(LOOK).await;
        }
        let jobs = left.map(|queue| queue.jobs).unwrap_or_default();
        let first = jobs.first().map(|job| format!("{job:?}")).unwrap_or_default();
        vec![format!("{} exports still unfinished after {DRY:?}, for example {first}", jobs.len())]
    }

    fn hurry(&mut self) {
        let rows = self.sql(HURRY);
        let row = |row: &str| {
            let (export, number) = row.split_once('|')?;
            Some((Uuid::parse_str(export).ok()?, number.parse().ok()?))
        };
        self.hurried.extend(rows.lines().filter_map(row));
    }

    async fn resend_some(&mut self) {
        let Ok(snapshot) = self.db.run(snapshot).await else { return };
        let ended =
            snapshot.exports.iter().filter(|row| row.end_state.as_deref() == Some("delivered"));
        let every = (snapshot.exports.len() / RESENT).max(1);
        let cancelled: HashSet<Uuid> =
            lock(&self.clients.told).cancelled.iter().map(|(export, _)| *export).collect();
        let ended = ended.filter(|row| !cancelled.contains(&row.id));
        for export in ended.step_by(every) {
            self.clients.resend(export.id, export.webhook_id).await;
        }
    }

    /// Everything that is known now.
    pub async fn evidence(&self) -> Evidence {
        let snapshot = self.db.run(snapshot).await.expect("the tables can be read at the end");
        let live_since = self.watch.live_since();
        Evidence {
            snapshot,
            // Read last: a request that is being logged now is in the tables already.
            seen: self.receiver.log(),
            told: lock(&self.clients.told).clone(),
            history: self.watch.seen().0,
            hurried: self.hurried.clone(),
            rules: Rules {
                schedule: schedule(),
                ambiguous_delay: AMBIGUOUS_DELAY,
                live_since,
                quiet: true,
            },
        }
    }
}

/// Whether nothing is under way, and something waits for longer than the schedule says.
fn waits_long(queue: &Queue) -> bool {
    let soon = queue.now + chrono::TimeDelta::seconds(2);
    queue.jobs.iter().all(|job| job.attempt_id.is_none())
        && queue.jobs.iter().any(|job| job.run_at > soon)
}
