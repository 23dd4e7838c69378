//! A line as the JSON document that a statement merges into what is stored: a key that is
//! missing leaves a column alone, null clears it. It is text all along: a tree of values would
//! make doubles of numbers.

use std::collections::BTreeMap;

use domain::import::{ApplicationLine, CandidateLine, Patch, VacancyLine};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// A document in the making.
#[derive(Default)]
struct Document(BTreeMap<&'static str, Box<RawValue>>);

impl Document {
    fn with(mut self, key: &'static str, value: impl Serialize) -> Self {
        let value = to_raw_value(&value).expect("text, numbers and lists of them");
        self.0.insert(key, value);
        self
    }

    fn patched<T: Serialize>(self, key: &'static str, patch: &Patch<T>) -> Self {
        match patch {
            Patch::Absent => self,
            Patch::Null => self.with(key, ()),
            Patch::Value(value) => self.with(key, value),
        }
    }

    fn text(self) -> String {
        serde_json::to_string(&self.0).expect("text all along")
    }
}

pub(super) fn vacancy(line: &VacancyLine) -> String {
    Document::default()
        .with("reference", &line.reference)
        .with("title", &line.title)
        .with("stages", &line.stages)
        .patched("department", &line.department)
        .patched("location", &line.location)
        .patched("url", &line.url)
        .patched("status", &line.status)
        .text()
}

pub(super) fn candidate(line: &CandidateLine) -> String {
    Document::default()
        .with("reference", &line.reference)
        .with("first_name", &line.first_name)
        .with("last_name", &line.last_name)
        .with("full_name", line.full_name())
        .patched("email", &line.email)
        .patched("phone", &line.phone)
        .patched("can_contact", &line.can_contact)
        .patched("consent_expires_at", &line.consent_expires_at)
        .patched("restricted", &line.restricted)
        .patched("contact", &line.contact)
        .patched("qualifications", &line.qualifications)
        .patched("experience", &line.experience)
        .patched("skills", &line.skills)
        .patched("tags", &line.tags)
        .patched("attachments", &line.attachments)
        .text()
}

pub(super) fn application(line: &ApplicationLine) -> String {
    Document::default()
        .with("reference", &line.reference)
        .with("vacancy", &line.vacancy)
        .with("candidate", &line.candidate)
        .with("stage", &line.stage)
        .with("applied_at", line.applied_at)
        .patched("status", &line.status)
        .patched("stage_entered_at", &line.stage_entered_at)
        .patched("source", &line.source)
        .patched("cover_letter", &line.cover_letter)
        .patched("answers", &line.answers)
        .patched("rating", &line.rating)
        .patched("assessments", &line.assessments)
        .text()
}
