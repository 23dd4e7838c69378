//! Made-up people: the published sample, and what a test export carries.

use chrono::{DateTime, TimeDelta, Utc};

use uuid::Uuid;

use super::build::build;
use super::record::{
    ApplicationRecord, OrganisationRecord, PayloadContext, PersonRecord, VacancyRecord,
};
use super::wire::Payload;
use crate::export::ExportType;
use crate::id::ExportId;
use crate::import::{
    Address, Answer, ApplicationStatus, Assessment, Attachment, Contact, ContactPoint, Experience,
    Figure, Link, PartialDate, Qualification, Rating,
};
use crate::include::Include;
use crate::requester::{Requester, RequesterType};

/// A whole payload with everything in it, to build a receiver against.
pub fn sample() -> Payload {
    let requested_at = DateTime::from_timestamp_millis(1_795_428_899_812).unwrap_or_default();
    of(ExportType::Candidates, made_up(1).into(), requested_at)
}

/// The sample as a test under an id of its own: what a receiver's developer sends to themselves.
pub fn sample_test(export_id: ExportId, now: DateTime<Utc>) -> Payload {
    of(ExportType::Test, export_id, now)
}

fn of(export_type: ExportType, export_id: ExportId, requested_at: DateTime<Utc>) -> Payload {
    let context = PayloadContext {
        export_id,
        export_type,
        requested_at,
        requester: Requester {
            kind: RequesterType::Member,
            id: "auth0|rosa".into(),
            name: Some("Rosa Recruiter".into()),
            email: Some("rosa@example.com".into()),
        },
        organisation: OrganisationRecord { id: made_up(0).into(), name: "Northwind".into() },
        vacancy: test_vacancy(),
        include: Include::everything(),
        resent_from: None,
    };
    build(&context, &test_people(requested_at))
}

/// Ids that belong to nobody: fixed and documented (`docs/receivers.md`), so that a receiver can
/// tell the people of a test apart, and by hand remove what came of it.
fn made_up(last: u128) -> Uuid {
    Uuid::from_u128(0x019a_afc6_3d9e_7c41_9d0b_0000_0000_0000 + last)
}

/// The made-up vacancy of a test export.
pub fn test_vacancy() -> VacancyRecord {
    VacancyRecord {
        id: made_up(2).into(),
        reference: "TEST-V-1".into(),
        title: "Backend Engineer (test)".into(),
        department: Some("Engineering".into()),
        location: Some("Leeds, GB".into()),
        url: Some("https://example.com/jobs/backend-engineer".into()),
        stages: ["Applied", "Phone screen", "Shortlisted", "Offer", "Hired"]
            .map(str::to_owned)
            .to_vec(),
    }
}

/// The two made-up people of a test export: one with everything, one with next to nothing, so
/// that a mapping is tried against both. `now` dates their applications.
pub fn test_people(now: DateTime<Utc>) -> Vec<ApplicationRecord> {
    vec![with_everything(now), with_little(now)]
}

fn with_everything(now: DateTime<Utc>) -> ApplicationRecord {
    ApplicationRecord {
        id: made_up(4).into(),
        reference: "TEST-A-1".into(),
        person: ada(now),
        status: ApplicationStatus::Active,
        stage: "Shortlisted".into(),
        stage_entered_at: Some(now - TimeDelta::days(5)),
        applied_at: now - TimeDelta::days(21),
        updated_at: now - TimeDelta::days(3),
        source: Some("careers_site".into()),
        cover_letter: Some("Dear team,\nthis is a made-up person.\n".into()),
        answers: vec![Answer {
            question: "Notice period?".into(),
            answer: Some("1 month".into()),
            sensitive: false,
        }],
        rating: Some(Rating {
            value: Figure::parse("4.5").expect("a number"),
            scale_min: 1.into(),
            scale_max: 5.into(),
            count: Some(2),
        }),
        assessments: vec![Assessment {
            name: "Coding exercise".into(),
            score: Some(87.into()),
            scale_min: Some(0.into()),
            scale_max: Some(100.into()),
            assessor: Some("Sam".into()),
            completed_at: Some(now - TimeDelta::days(8)),
        }],
    }
}

fn ada(now: DateTime<Utc>) -> PersonRecord {
    PersonRecord {
        id: made_up(3).into(),
        reference: "TEST-C-1".into(),
        first_name: Some("Ada".into()),
        last_name: Some("Example".into()),
        full_name: "Ada Example".into(),
        email: Some("ada@example.com".into()),
        phone: Some("+44 113 496 0000".into()),
        can_contact: Some(true),
        consent_expires_at: Some(now + TimeDelta::days(365)),
        contact: contact(),
        qualifications: vec![Qualification {
            institution: Some("University of Leeds".into()),
            qualification: Some("BSc".into()),
            field_of_study: Some("Computer Science".into()),
            grade: Some("First".into()),
            start_date: PartialDate::parse("2016-09"),
            end_date: PartialDate::parse("2019-06"),
        }],
        experience: vec![Experience {
            employer: Some("Contoso".into()),
            title: Some("Software Engineer".into()),
            start_date: PartialDate::parse("2019-09"),
            end_date: None,
            current: true,
            description: Some("Payments platform.".into()),
        }],
        skills: vec!["Rust".into(), "PostgreSQL".into()],
        tags: vec!["priority".into()],
        attachments: vec![Attachment {
            kind: Some("cv".into()),
            filename: "ada-example.pdf".into(),
            content_type: Some("application/pdf".into()),
            size_bytes: Some(48_213),
            url: "https://example.com/cv/ada".into(),
            url_expires_at: Some(now + TimeDelta::days(7)),
        }],
    }
}

fn contact() -> Contact {
    let point = |kind: &str, value: &str| ContactPoint {
        kind: Some(kind.into()),
        value: value.into(),
        primary: true,
    };
    Contact {
        emails: vec![point("personal", "ada@example.com")],
        phones: vec![point("mobile", "+44 113 496 0000")],
        address: Address {
            lines: vec!["1 Example Street".into()],
            city: Some("Leeds".into()),
            region: Some("West Yorkshire".into()),
            postal_code: Some("LS1 1AA".into()),
            country: Some("GB".into()),
        },
        links: vec![Link {
            kind: Some("linkedin".into()),
            url: "https://www.linkedin.com/in/ada-example".into(),
        }],
    }
}

/// One name, letters beyond ASCII, no phone, no rating: legal, and what mappings forget.
fn with_little(now: DateTime<Utc>) -> ApplicationRecord {
    ApplicationRecord {
        id: made_up(6).into(),
        reference: "TEST-A-2".into(),
        person: PersonRecord {
            id: made_up(5).into(),
            reference: "TEST-C-2".into(),
            first_name: Some("Żaneta".into()),
            last_name: None,
            full_name: "Żaneta".into(),
            email: Some("zaneta@example.com".into()),
            phone: None,
            can_contact: None,
            consent_expires_at: None,
            contact: Contact::default(),
            qualifications: vec![],
            experience: vec![],
            skills: vec![],
            tags: vec![],
            attachments: vec![],
        },
        status: ApplicationStatus::Active,
        stage: "Applied".into(),
        stage_entered_at: None,
        applied_at: now - TimeDelta::days(2),
        updated_at: now - TimeDelta::days(2),
        source: None,
        cover_letter: None,
        answers: vec![],
        rating: None,
        assessments: vec![],
    }
}
