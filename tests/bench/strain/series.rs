//! A load in slices of time: what was offered, what arrived, how late, and what a claim costs.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::probe::Probe;
use crate::latency::Samples;
use crate::load::{Answer, Callers, latencies, latency};
use crate::postgres::Database;
use crate::receiver::Seen;

/// What happens beside the load.
#[derive(Debug, Clone, Copy)]
pub enum Phase {
    /// Nothing.
    Control,
    /// The transaction is open.
    Held,
    /// It has ended.
    After,
}

/// One slice.
pub struct Slice {
    samples: Samples,
    delivered: u64,
    /// How long it was: until the last answer of its load.
    pub seconds: f64,
}

impl Slice {
    /// The p99 of the exports that were accepted in it.
    pub fn p99_ms(&self) -> f64 {
        self.samples.percentile_ms(0.99)
    }
}

/// The whole run.
pub struct Series<'a> {
    database: &'a Database,
    callers: Callers,
    seen: Arc<Seen>,
    webhooks: Range<u32>,
    per_second: u32,
    slice: Duration,
    probe: Probe,
    started: Instant,
}

impl<'a> Series<'a> {
    /// Prints the head.
    pub fn new(
        database: &'a Database,
        callers: Callers,
        seen: Arc<Seen>,
        webhooks: Range<u32>,
        per_second: u32,
        slice: Duration,
    ) -> Self {
        println!("  until  phase    accepted  delivered  202 → first byte, claim (rolled back)");
        let (probe, started) = (Probe::new(database), Instant::now());
        Self { database, callers, seen, webhooks, per_second, slice, probe, started }
    }

    /// Runs that many slices, one after the other without a pause.
    pub async fn run(&mut self, phase: Phase, slices: u32) -> Vec<Slice> {
        let mut loads = Vec::new();
        for _ in 0..slices {
            loads.push(self.slice(phase).await);
        }
        let mut done = Vec::new();
        for (answers, delivered, seconds) in loads {
            let samples = latencies(&answers, &self.seen).await;
            done.push(Slice { samples, delivered, seconds });
        }
        done
    }

    async fn slice(&mut self, phase: Phase) -> (Vec<Answer>, u64, f64) {
        let (before, started) = (self.delivered_so_far(), Instant::now());
        let callers = self.callers.clone();
        let (webhooks, rate, time) = (self.webhooks.clone(), self.per_second, self.slice);
        let load = tokio::spawn(async move { callers.offer(webhooks, rate, time).await });
        let claims = self.probe.during(self.slice).await;
        let answers = load.await.expect("no panic");
        let delivered = self.delivered_so_far() - before;
        let seconds = started.elapsed().as_secs_f64();
        // What was accepted a moment ago may be under way; the table waits for it.
        let told = |answer: &&Answer| {
            let arrived = answer.export.is_some_and(|export| self.seen.first(export).is_some());
            arrived || answer.at.elapsed() > Duration::from_secs(1)
        };
        let so_far = answers.iter().filter(told);
        let samples = Samples::new(so_far.map(|answer| latency(*answer, &self.seen)));
        println!(
            "{:>6.0}s  {:<7} {:>9} {:>10}  p50 {:>7.2} ms  p99 {:>8.2} ms, p50 {:>6.2} ms  worst {:>6.2} ms",
            self.started.elapsed().as_secs_f64(),
            phase.to_string(),
            answers.iter().filter(|answer| answer.export.is_some()).count(),
            delivered,
            samples.percentile_ms(0.5),
            samples.percentile_ms(0.99),
            claims.percentile_ms(0.5),
            claims.percentile_ms(1.0)
        );
        (answers, delivered, seconds)
    }

    fn delivered_so_far(&self) -> u64 {
        crate::queue::delivered(self.database, &self.webhooks)
    }

    /// All samples of these slices.
    pub fn samples(slices: &[Slice]) -> Samples {
        slices.iter().fold(Samples::default(), |all, slice| all.and(slice.samples.clone()))
    }

    /// Exports that ended as delivered within these slices, a second.
    pub fn rate(slices: &[Slice]) -> f64 {
        let delivered: u64 = slices.iter().map(|slice| slice.delivered).sum();
        delivered as f64 / slices.iter().map(|slice| slice.seconds).sum::<f64>()
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "control",
            Self::Held => "held",
            Self::After => "after",
        })
    }
}
