//! The export of the normative example, as the store would read it.

use chrono::{DateTime, Utc};
use domain::export::ExportType;
use domain::import::{
    ApplicationLine, ApplicationStatus, CandidateLine, Line, VacancyLine, parse_instant, parse_line,
};
use domain::include::Include;
use domain::payload::{
    ApplicationRecord, OrganisationRecord, Payload, PayloadContext, PersonRecord, VacancyRecord,
};
use domain::requester::{Requester, RequesterType};
use serde_json::Value;

/// Its normative form.
pub(crate) const EXAMPLE: &str = include_str!("../payload-example.json");
const LINES: &str = include_str!("../import-example.ndjson");

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).expect("an instant")
}

fn lines() -> (VacancyLine, CandidateLine, ApplicationLine) {
    let mut lines = LINES.lines().map(|line| parse_line(line.as_bytes()).expect("valid"));
    match (lines.next(), lines.next(), lines.next()) {
        (
            Some(Line::Vacancy(vacancy)),
            Some(Line::Candidate(candidate)),
            Some(Line::Application(application)),
        ) => (vacancy, candidate, application),
        _ => panic!("a vacancy, a candidate and an application"),
    }
}

/// The export of the example, receiving everything.
pub(crate) fn context() -> PayloadContext {
    let (vacancy, ..) = lines();
    PayloadContext {
        export_id: id("019aafc6-3d9e-7c41-9d0b-6f2f6f0f2a11"),
        export_type: ExportType::Candidates,
        requested_at: at("2026-11-23T10:14:59.812Z"),
        requester: Requester {
            kind: RequesterType::Member,
            id: "auth0|rosa".into(),
            name: Some("Rosa Recruiter".into()),
            email: Some("rosa@northwind.example".into()),
        },
        organisation: OrganisationRecord {
            id: id("019aafc0-0000-7000-8000-000000000001"),
            name: "Northwind".into(),
        },
        vacancy: VacancyRecord {
            id: id("019aafc1-5b1c-7d1e-8a77-0d8f3f5f9d01"),
            reference: vacancy.reference,
            title: vacancy.title,
            department: vacancy.department.into_value(),
            location: vacancy.location.into_value(),
            url: vacancy.url.into_value(),
            stages: vacancy.stages,
        },
        include: Include::everything(),
        resent_from: None,
    }
}

/// The application of the example, as it was imported.
pub(crate) fn application() -> ApplicationRecord {
    let (_, candidate, application) = lines();
    ApplicationRecord {
        id: id("019aafc2-2222-7aaa-8bbb-000000000002"),
        reference: application.reference,
        person: person(candidate),
        status: application.status.into_value().unwrap_or(ApplicationStatus::Active),
        stage: application.stage,
        stage_entered_at: application.stage_entered_at.into_value(),
        applied_at: application.applied_at,
        updated_at: at("2026-11-20T16:02:11Z"),
        source: application.source.into_value(),
        cover_letter: application.cover_letter.into_value(),
        answers: application.answers.into_value().unwrap_or_default(),
        rating: application.rating.into_value(),
        assessments: application.assessments.into_value().unwrap_or_default(),
    }
}

fn person(line: CandidateLine) -> PersonRecord {
    PersonRecord {
        id: id("019aafc2-1111-7aaa-8bbb-000000000001"),
        full_name: line.full_name(),
        reference: line.reference,
        first_name: line.first_name,
        last_name: line.last_name,
        email: line.email.into_value(),
        phone: line.phone.into_value(),
        can_contact: line.can_contact.into_value(),
        consent_expires_at: line.consent_expires_at.into_value(),
        contact: line.contact.into_value().unwrap_or_default(),
        qualifications: line.qualifications.into_value().unwrap_or_default(),
        experience: line.experience.into_value().unwrap_or_default(),
        skills: line.skills.into_value().unwrap_or_default(),
        tags: line.tags.into_value().unwrap_or_default(),
        attachments: line.attachments.into_value().unwrap_or_default(),
    }
}

pub(crate) fn json_of(payload: &Payload) -> Value {
    serde_json::to_value(payload).expect("JSON")
}
