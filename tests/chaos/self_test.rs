//! A checker that cannot fail proves nothing: sound evidence is spoiled in every way that an
//! invariant forbids, and exactly that invariant must notice.

mod sound;
mod spoiled;

use std::collections::BTreeSet;

use crate::evidence::Evidence;
use crate::invariants::{COUNT as INVARIANTS, broken};

/// A way to break an invariant.
struct Spoiled {
    invariant: usize,
    how: &'static str,
    spoil: fn(&mut Evidence),
}

/// How many there are.
pub const COUNT: usize = spoiled::ALL.len();

/// What was not noticed, or noticed where nothing was wrong.
pub fn run() -> Vec<String> {
    let mut blind = Vec::new();
    let false_alarms = broken(&sound::evidence());
    blind.extend(false_alarms.iter().map(|alarm| format!("sound evidence: {alarm:?}")));
    for Spoiled { invariant, how, spoil } in spoiled::ALL {
        let mut evidence = sound::evidence();
        spoil(&mut evidence);
        let noticed: BTreeSet<_> = broken(&evidence).iter().map(|found| found.invariant).collect();
        if !noticed.contains(invariant) {
            blind.push(format!("I{invariant} does not notice {how}, only {noticed:?}"));
        }
    }
    let shown: BTreeSet<_> = spoiled::ALL.iter().map(|spoiled| spoiled.invariant).collect();
    let unproven = (1..=INVARIANTS).filter(|invariant| !shown.contains(invariant));
    blind.extend(unproven.map(|invariant| format!("nothing breaks I{invariant}")));
    blind
}
