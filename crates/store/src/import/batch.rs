//! Lines that one round of statements writes: at most a thousand, and about nothing twice, since
//! a statement cannot touch a row twice.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::import::{ApplicationLine, ApplicationStatus, Line};

use super::document;

/// Most lines of a batch.
pub(super) const LINES: usize = 1_000;

/// Bytes of documents from which a batch is full.
const BYTES: usize = 4 * 1024 * 1024;

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Vacancy(String),
    Candidate(String),
    Application(String),
    /// A candidate in a vacancy, which may have one application.
    Pair(String, String),
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
    pub(super) rank: Rank,
    pub(super) vacancy: String,
    pub(super) candidate: String,
    pub(super) document: String,
}

/// Which of several applications of a person for a vacancy counts, the greatest: whether it is
/// active, when the person applied, its reference. As check_applications.sql has it.
pub(super) type Rank = (bool, DateTime<Utc>, String);

impl ApplicationItem {
    fn new(line: u64, application: ApplicationLine, document: String) -> Self {
        let status = application.status.into_value().unwrap_or(ApplicationStatus::Active);
        let active = status == ApplicationStatus::Active;
        let ApplicationLine { reference, vacancy, candidate, applied_at, .. } = application;
        Self { line, rank: (active, applied_at, reference), vacancy, candidate, document }
    }

    pub(super) fn reference(&self) -> &str {
        &self.rank.2
    }
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
        let subjects = subjects(&line);
        let repeated = subjects.iter().any(|subject| self.subjects.contains(subject));
        let full = if repeated || self.lines() >= LINES || self.bytes >= BYTES {
            Some(std::mem::take(self))
        } else {
            None
        };
        self.subjects.extend(subjects);
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
                self.applications.push(ApplicationItem::new(number, line, document));
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

fn subjects(line: &Line) -> Vec<Subject> {
    match line {
        Line::Vacancy(line) => vec![Subject::Vacancy(line.reference.clone())],
        Line::Candidate(line) => vec![Subject::Candidate(line.reference.clone())],
        Line::Application(line) => vec![
            Subject::Application(line.reference.clone()),
            Subject::Pair(line.candidate.clone(), line.vacancy.clone()),
        ],
    }
}
