//! What is wrong with the lines of an import, as far as it is told.

use super::{ImportRefusal, LineProblem};

/// How many problems a refusal names.
const NAMED: usize = 100;

/// The problems that were found.
#[derive(Default)]
pub(super) struct Problems {
    named: Vec<LineProblem>,
    total: u64,
}

impl Problems {
    pub(super) fn push(&mut self, problem: LineProblem) {
        self.total += 1;
        if !self.enough() {
            self.named.push(problem);
        }
    }

    /// Whether more would not be named.
    pub(super) fn enough(&self) -> bool {
        self.named.len() >= NAMED
    }

    /// The refusal that they make; none when there is no problem.
    pub(super) fn refusal(self) -> Option<ImportRefusal> {
        let Self { named: mut problems, total } = self;
        problems.sort_by_key(|problem| problem.line);
        (total > 0).then_some(ImportRefusal::Lines { problems, total })
    }
}
