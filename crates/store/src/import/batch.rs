//! Lines that one round of statements writes: at most a thousand, and about nothing twice, since
//! a statement cannot touch a row twice.

use std::collections::HashSet;

use domain::import::{ApplicationLine, Line};

use super::document;

/// Most lines of a batch.
const LINES: usize = 1_000;

/// Bytes of documents from which a batch is full.
const BYTES: usize = 4 * 1024 * 1024;

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Vacancy(String),
    Candidate(String),
    Application(String),
}

/// A line, ready to be written.
pub(super) struct Item {
    pub(super) line: u64,
    pub(super) reference: String,
    pub(super) document: String,
}

/// An application, ready to be written once its references are found.
pub(super) struct ApplicationItem {
    pub(super) line: u64,
    pub(super) vacancy: String,
    pub(super) candidate: String,
    pub(super) document: String,
}

/// Lines that are written together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) vacancies: Vec<Item>,
    pub(super) candidates: Vec<Item>,
    pub(super) applications: Vec<ApplicationItem>,
    subjects: HashSet<Subject>,
    bytes: usize,
}

impl Batch {
    /// Adds a line. Where it does not fit, the batch so far is answered, and the line begins
    /// the next one.
    pub(super) fn add(&mut self, number: u64, line: Line) -> Option<Self> {
        let subject = subject(&line);
        let repeated = self.subjects.contains(&subject);
        let full = if repeated || self.lines() >= LINES || self.bytes >= BYTES {
            Some(std::mem::take(self))
        } else {
            None
        };
        self.subjects.insert(subject);
        match line {
            Line::Vacancy(line) => {
                let document = self.counted(document::vacancy(&line));
                self.vacancies.push(Item { line: number, reference: line.reference, document });
            }
            Line::Candidate(line) => {
                let document = self.counted(document::candidate(&line));
                self.candidates.push(Item { line: number, reference: line.reference, document });
            }
            Line::Application(line) => {
                let document = self.counted(document::application(&line));
                let ApplicationLine { vacancy, candidate, .. } = line;
                let item = ApplicationItem { line: number, vacancy, candidate, document };
                self.applications.push(item);
            }
        }
        full
    }

    fn lines(&self) -> usize {
        self.vacancies.len() + self.candidates.len() + self.applications.len()
    }

    fn counted(&mut self, document: String) -> String {
        self.bytes += document.len();
        document
    }
}

fn subject(line: &Line) -> Subject {
    match line {
        Line::Vacancy(line) => Subject::Vacancy(line.reference.clone()),
        Line::Candidate(line) => Subject::Candidate(line.reference.clone()),
        Line::Application(line) => Subject::Application(line.reference.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_applications_do_not_fill_a_batch() {
        let mut batch = Batch::default();
        let application = |number: usize| {
            let line = serde_json::json!({
                "kind": "application", "reference": format!("A-{number}"), "vacancy": "V-1",
                "candidate": format!("C-{}", number / 3), "stage": "Applied",
                "applied_at": "2026-11-02T08:00:00Z",
            });
            domain::import::parse_line(line.to_string().as_bytes()).expect("a good line")
        };
        for number in 0..LINES {
            assert!(batch.add(1, application(number)).is_none(), "line {number}");
        }
        let full = batch.add(1, application(LINES)).expect("full");
        assert_eq!(full.applications.len(), LINES);
        assert!(batch.add(1, application(LINES)).is_some(), "a row is written once in a statement");
    }
}
