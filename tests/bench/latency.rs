//! Samples of how long something took.

use std::time::Duration;

/// Samples, sorted.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Of these.
    pub fn new(samples: impl IntoIterator<Item = Duration>) -> Self {
        let mut samples: Vec<_> = samples.into_iter().collect();
        samples.sort_unstable();
        Self(samples)
    }

    /// These and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.0.into_iter().chain(other.0))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest sample that at least `part` (0..=1) of all do not exceed (nearest rank), in
    /// milliseconds. What never happened was given as `Duration::MAX` and counts as infinite.
    pub fn percentile_ms(&self, part: f64) -> f64 {
        let rank = (self.0.len() as f64 * part).ceil() as usize;
        let sample = self.0.get(rank.max(1) - 1).copied().unwrap_or(Duration::MAX);
        if sample == Duration::MAX { f64::INFINITY } else { sample.as_secs_f64() * 1_000.0 }
    }

    /// In words: count, median, p99, worst.
    pub fn words(&self) -> String {
        let at = |part| self.percentile_ms(part);
        format!(
            "{:>6} samples  p50 {:>8.2} ms  p99 {:>8.2} ms  worst {:>8.2} ms",
            self.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        )
    }
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
