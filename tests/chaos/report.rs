//! What came of each fault, as a row of a table; and the details of what was broken.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use uuid::Uuid;

use crate::evidence::{Evidence, Violation};
use crate::invariants::COUNT;

/// Sentences per invariant that are printed.
const SHOWN: usize = 3;

/// A judged round.
#[derive(Debug)]
pub struct Summary {
    /// How often the fault struck.
    pub injected: usize,
    /// What was broken.
    pub violations: Vec<Violation>,
    /// What else the fault was to show, and did not.
    pub failures: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    exports: usize,
    attempts: usize,
    extra: usize,
    looks: u32,
    seconds: f64,
}

impl Summary {
    /// Counts what there is in the evidence.
    pub fn new(
        injected: usize,
        evidence: &Evidence,
        violations: Vec<Violation>,
        failures: Vec<String>,
        looks: u32,
        took: Duration,
    ) -> Self {
        let mut once = HashSet::new();
        let violations =
            violations.into_iter().filter(|violation| once.insert(violation.clone())).collect();
        let (exports, attempts) =
            (evidence.snapshot.exports.len(), evidence.snapshot.attempts.len());
        let (extra, notes, seconds) = (extra(evidence), outcomes(evidence), took.as_secs_f64());
        Self { injected, violations, failures, notes, exports, attempts, extra, looks, seconds }
    }

    /// Adds a condition of the fault itself.
    #[must_use]
    pub fn shows(mut self, holds: bool, what: impl Into<String>) -> Self {
        if !holds {
            self.failures.push(what.into());
        }
        self
    }

    /// Adds something worth knowing.
    #[must_use]
    pub fn note(mut self, what: impl Into<String>) -> Self {
        self.notes.push(what.into());
        self
    }

    fn of(&self, invariant: usize) -> impl Iterator<Item = &Violation> {
        self.violations.iter().filter(move |violation| violation.invariant == invariant)
    }
}

/// What came of a fault.
#[derive(Debug)]
pub enum Outcome {
    /// It was injected and judged.
    Judged(Box<Summary>),
    /// It could not be injected here.
    NotChecked(String),
    /// The round itself broke.
    Broke(String),
}

impl Outcome {
    /// Whether nothing speaks against it; none where nothing was checked.
    pub fn passed(&self) -> Option<bool> {
        match self {
            Self::Judged(summary) => {
                Some(summary.violations.is_empty() && summary.failures.is_empty())
            }
            Self::NotChecked(_) => None,
            Self::Broke(_) => Some(false),
        }
    }
}

/// How it all went.
#[derive(Debug, Default)]
pub struct Count {
    passed: usize,
    /// Faults that showed something.
    pub failed: usize,
    not_checked: usize,
}

impl Count {
    /// Counts one more.
    pub fn add(&mut self, passed: Option<bool>) {
        match passed {
            Some(true) => self.passed += 1,
            Some(false) => self.failed += 1,
            None => self.not_checked += 1,
        }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { passed, failed, not_checked } = self;
        write!(f, "{passed} passed, {failed} failed, {not_checked} not checked")
    }
}

/// Requests that came although the receiver had accepted the export already: what "at least
/// once" costs. Those that a member asked for are not counted.
fn extra(evidence: &Evidence) -> usize {
    let mut requests: HashMap<Uuid, (usize, bool)> = HashMap::new();
    for seen in evidence.seen.iter().filter(|seen| !evidence.told.resent.contains(&seen.export)) {
        let (after, accepted) = requests.entry(seen.export).or_default();
        *after += usize::from(*accepted);
        *accepted |= seen.answer.is_some_and(|status| (200..300).contains(&status));
    }
    requests.values().map(|(after, _)| after).sum()
}

fn outcomes(evidence: &Evidence) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for attempt in &evidence.snapshot.attempts {
        *counts.entry(&attempt.outcome).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(outcome, count)| (std::cmp::Reverse(*count), *outcome));
    let words: Vec<_> =
        counts.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
    let stopped = (evidence.told.cancelled.len(), evidence.told.deleted.len());
    vec![format!(
        "attempts: {}; cancelled {}, resent {}, webhooks deleted {}",
        words.join(", "),
        stopped.0,
        evidence.told.resent.len(),
        stopped.1
    )]
}

/// The head of the table.
pub fn head() -> String {
    let invariants: Vec<_> =
        (1..=COUNT).map(|number| format!("{:>3}", format!("I{number}"))).collect();
    format!(
        "{:<16} {:<12} {:>8} {:>7} {:>8} {:>6} {} {:>6} {:>7}",
        "fault",
        "binary",
        "injected",
        "exports",
        "attempts",
        "extra",
        invariants.join(" "),
        "looks",
        "seconds"
    )
}

/// Its row, and what there is to say below it.
pub fn row(name: &str, binary: &str, outcome: &Outcome) -> String {
    let mut lines = vec![match outcome {
        Outcome::Judged(summary) => judged(name, binary, summary),
        Outcome::NotChecked(why) => format!("{name:<16} {binary:<12} NOT CHECKED: {why}"),
        Outcome::Broke(why) => format!("{name:<16} {binary:<12} BROKE: {why}"),
    }];
    if let Outcome::Judged(summary) = outcome {
        lines.extend(summary.notes.iter().map(|note| format!("    {note}")));
        lines.extend(summary.failures.iter().map(|failure| format!("    FAILED: {failure}")));
        for number in 1..=COUNT {
            let shown = summary.of(number).take(SHOWN);
            lines.extend(shown.map(|violation| format!("    I{number}: {}", violation.what)));
        }
    }
    lines.join("\n")
}

fn judged(name: &str, binary: &str, summary: &Summary) -> String {
    let counts: Vec<_> =
        (1..=COUNT).map(|number| format!("{:>3}", summary.of(number).count())).collect();
    format!(
        "{name:<16} {binary:<12} {:>8} {:>7} {:>8} {:>6} {} {:>6} {:>7.1}",
        summary.injected,
        summary.exports,
        summary.attempts,
        summary.extra,
        counts.join(" "),
        summary.looks,
        summary.seconds
    )
}
